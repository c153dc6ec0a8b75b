//! How checkpoints and logging are written: what makes no sense is refused, where it stands and with what to do; a walk can
//! name every step and every message.

use cl_check::model::{Model, Source, read};

fn model(topology: &str, application: &str, walk: &str) -> Result<Model, String> {
    let text =
        format!("Model(name: \"here\", topology: {topology}, application: {application},\nwalk: [{walk}])");
    read(&Source::new("here.ron", text)).map_err(|error| error.to_string())
}

#[test]
fn what_makes_no_sense_is_refused() {
    let cases = [
        ("Checkpoints(sends: 2000, checkpoints: 1)", "2000 is more than is supported"),
        ("Checkpoints(sends: 1, checkpoints: {\"D\": 1})", "there is no process `D`"),
        ("Checkpoints(sends: 1, checkpoints: {\"B\": 1}, signal: \"D\")", "there is no process `D`"),
        (
            "Checkpoints(sends: 1, checkpoints: 1, signal: \"A\")",
            "`B` takes checkpoints at the signal of `A`",
        ),
        ("Checkpoints(sends: 1, checkpoints: 1, domino_from: 2000)", "`domino_from` is at most 1000"),
        (
            "Checkpoints(sends: 1, checkpoints: 1, rolls_back_at_most: 2000)",
            "`rolls_back_at_most` is at most 1000",
        ),
        ("Checkpoints(sends: 1, checkpoints: 1, crash: Nobody)", "Nobody"),
        ("Logging(messages: [(from: \"A\", to: \"D\")])", "there is no process `D`"),
        ("Logging(messages: [(from: \"A\", to: \"C\")])", "there is no channel from `A` to `C`"),
        ("Logging(messages: [(from: \"A\", to: \"A\")])", "there is no channel from `A` to `A`"),
        ("Logging(messages: [(from: \"A\", to: \"B\", after: 2000)])", "`after` is at most 1000"),
        ("Logging(messages: [(from: \"A\", to: \"B\")], crashes: 1)", "there is no channel from `B` to `A`"),
        ("Logging(messages: [], logging: Never)", "Never"),
    ];
    for (application, expected) in cases {
        let error = model("Ring([\"A\", \"B\", \"C\"])", application, "").expect_err(application);
        assert!(error.contains(expected), "{application}: {error}");
    }
}

#[test]
fn a_walk_names_checkpoints_and_signals() {
    let walk = "Tell(\"A\", \"B\"), Checkpoint(\"A\"), Receive(\"A\", \"B\", Work(1)), Receive(\"A\", \"B\", Signal(1)),
        Tell(\"B\", \"A\"), Receive(\"B\", \"A\", Signal(1)), Receive(\"B\", \"A\", Work(2))";
    let application = "Checkpoints(sends: 1, checkpoints: {\"A\": 1}, signal: \"A\")";
    let model =
        model("Complete([\"A\", \"B\"])", application, walk).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(model.walk.len(), 7);
}

#[test]
fn a_walk_names_what_messages_depend_on() {
    let walk = "Tell(\"A\"), Receive(\"A\", \"B\", Work(1)), Crash(\"B\"), Receive(\"B\", \"A\", Again(1)),
        Receive(\"A\", \"B\"), Flush(\"B\"), Tell(\"B\"), Receive(\"B\", \"A\", Work(1, \"B1'\"))";
    let application = "Logging(
        messages: [(from: \"A\", to: \"B\"), (from: \"B\", to: \"A\", after: 1)],
        crashes: {\"B\": 1}, logging: Optimistic,
    )";
    let model =
        model("Complete([\"A\", \"B\"])", application, walk).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(model.walk.len(), 8);
}
