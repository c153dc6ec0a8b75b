//! The algorithm over a link layer: it holds where each frame is sent more often than something can be lost, whatever else
//! happens to frames and acknowledgements; else the snapshot may never complete.

use cl_check::check::{Options, check};
use cl_check::engine::verdict::{Verdict, Word};
use cl_check::model::{Source, read};

/// A pair over links, B passing its token on while A takes a snapshot.
fn verdict(over: &str, budget: u32, tries: u32) -> Verdict {
    let text = format!(
        r#"Model(name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")],
            channels: Linked(over: {over}({budget}), tries: {tries}),
            application: Tokens(start: {{"B": 1}}, behaviour: Free(sends: {{"B": 1}}, amounts: [1])))"#
    );
    check(
        &read(&Source::new("pair.ron", text)).expect("a model"),
        &Options { threads: 2, ..Options::default() },
    )
}

fn failing(verdict: &Verdict) -> Vec<&str> {
    let failing = verdict.properties.iter();
    let failing = failing.filter(|property| property.status == cl_check::engine::Status::Violated);
    failing.map(|property| property.name.as_str()).collect()
}

#[test]
fn a_link_layer_repairs_what_it_may_send_often_enough() {
    for over in ["Lossy", "Duplicating", "Overtaking"] {
        for (budget, tries) in [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2), (2, 3)] {
            let verdict = verdict(over, budget, tries);
            if over == "Lossy" && tries <= budget {
                assert_eq!(
                    failing(&verdict),
                    ["Terminates", "NonInterference"],
                    "{over}({budget}), {tries} tries"
                );
            } else {
                assert_eq!(
                    verdict.word,
                    Word::Verified,
                    "{over}({budget}), {tries} tries: {:?}",
                    failing(&verdict)
                );
            }
        }
    }
}

/// Without faults and with one try, a link adds an acknowledgement to each item, and nothing else.
#[test]
fn what_is_recorded_is_the_same_as_over_plain_channels() {
    let linked = verdict("Lossy", 0, 1);
    let plain = r#"Model(name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")],
        application: Tokens(start: {"B": 1}, behaviour: Free(sends: {"B": 1}, amounts: [1])))"#;
    let plain = check(&read(&Source::new("pair.ron", plain)).expect("a model"), &Options::default());
    assert_eq!(linked.stats.distinct_snapshots, plain.stats.distinct_snapshots);
    assert!(linked.stats.distinct_states > plain.stats.distinct_states);
}
