//! What makes no sense is refused at the word that is wrong, with a hint.

use cl_check::model::{Source, read};

/// The application, the word that is pointed at, what is said and what is advised.
const SAID: &[(&str, &str, &str, &str)] = &[
    (
        "Diffusing(active: [])",
        "Diffusing",
        "nobody is active at first, so nothing is ever done",
        "name somebody: `active: [\"A\"]`",
    ),
    (r#"Diffusing(active: ["D"])"#, "\"D\"", "there is no process `D`", "processes are `A`, `B`, `C`"),
    (r#"Diffusing(active: ["B", "B"])"#, "\"B\"", "`B` is named twice", "name each once"),
    (
        r#"Diffusing(active: ["A"], sends: {"B": 1001})"#,
        "1001",
        "1001 sends of one process; the most supported is 1000",
        "write a smaller number",
    ),
    (r#"Diffusing(active: ["A"], sends: {"B": 1, "B": 2})"#, "\"B\"", "`B` is named twice", "name each once"),
    ("Resources(jobs: {})", "Resources", "nobody has a job", "write `jobs: {\"A\": [[\"A\", \"B\"]]}`"),
    (
        r#"Resources(jobs: {"A": [[]]})"#,
        "\"A\"",
        "a job of `A` needs nothing",
        "name at least one process: a job is done with its resource",
    ),
    (
        r#"Resources(jobs: {"A": [["B"], ["A", "C"]]})"#,
        "\"C\"",
        "`A` needs the resource of `C`, but there are not channels both ways between them",
        "add them to the topology",
    ),
    (r#"Resources(jobs: {"A": [["B", "B"]]})"#, "\"B\"", "`B` is named twice", "name each once"),
    (
        "References(objects: {})",
        "References",
        "0 objects; 1 to 64 are supported",
        "write `objects: {\"x\": Object(at: \"A\")}`",
    ),
    (
        r#"References(objects: {"x": Object(at: "A"), "x": Object(at: "B")})"#,
        "\"x\"",
        "`x` is named twice",
        "name each once",
    ),
    (
        r#"References(objects: {"x": Object(at: "A", refers_to: ["y"])})"#,
        "\"y\"",
        "there is no object `y`",
        "objects are `x`",
    ),
    (
        r#"References(objects: {"x": Object(at: "A")}, holds: {"B": ["z"]})"#,
        "\"z\"",
        "there is no object `z`",
        "objects are `x`",
    ),
    (
        r#"References(objects: {"x": Object(at: "A")}, kinds: [Send])"#,
        "Send",
        "there is no `Send` here",
        "known are `Pass`, `Drop`, `Load`, `Store`, `Clear`",
    ),
];

#[test]
fn what_makes_no_sense_is_refused() {
    for &(application, word, message, hint) in SAID {
        let text =
            format!(r#"Model(name: "m", topology: Line(["A", "B", "C"]), application: {application})"#);
        let error = read(&Source::new("m.ron", text.clone())).expect_err(application);
        let application_at = text.find(application).expect("it is there");
        let column = 1 + application_at + application.find(word).expect("the word is there");
        assert_eq!(error.to_string(), format!("m.ron:1:{column}: {message}"));
        assert_eq!(error.hint.as_deref(), Some(hint), "{application}");
    }
}
