//! What a model's author expects, against what is found: a property that is named must be the one that fails.

use cl_check::check::{Options, check};
use cl_check::engine::verdict::Word;
use cl_check::model::{Source, read};

/// Mutations, expectation, the word found, and whether that meets the expectation.
#[test]
fn an_expectation_is_met_by_what_it_names_and_nothing_else() {
    let cases = [
        ("", "Verified", Word::Verified, true),
        ("", "Violated([Terminates])", Word::Verified, false),
        ("", "Incomplete", Word::Verified, false),
        ("Delete(on_marker, 4)", "Violated([Terminates])", Word::Violated, true),
        ("Delete(on_marker, 4)", "Violated([TotalPreserved])", Word::Violated, false),
        ("Delete(on_marker, 4)", "Violated([Terminates, WellFormed])", Word::Violated, false),
        ("Delete(on_marker, 4)", "Verified", Word::Violated, false),
        ("Delete(on_message, 1)", "Violated([ConsistentCut])", Word::Violated, true),
        ("Delete(on_message, 1)", "Violated([Terminates])", Word::Violated, false),
        (
            "Insert(on_start, 0, Block(Incoming))",
            "Violated([NonInterference, Terminates])",
            Word::Violated,
            true,
        ),
        ("Insert(on_start, 0, Block(Incoming))", "Violated([WellFormed])", Word::Violated, false),
    ];
    for (mutations, expect, word, met) in cases {
        let text = format!(
            r#"Model(name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")], mutations: [{mutations}],
                application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])), expect: {expect})"#
        );
        let verdict = check(&read(&Source::new("pair.ron", text)).unwrap(), &Options::default());
        assert_eq!((verdict.word, verdict.met), (word, met), "{mutations}, {expect}");
    }
}
