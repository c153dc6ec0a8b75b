//! Every format on the same few fabricated outcomes, as snapshots.

use serde_json::json;

use super::{Exporter, Failure, Human, Json, Ndjson, News, Outcome, Page, Quiet, Summary};
use crate::engine::Status;
use crate::engine::diagram::{Arrow, ArrowEnd, Cut, Diagram, Load, Side, Step};
use crate::engine::verdict::{
    Coverage, EndReason, Expected, PropertyVerdict, Run, RunKind, Snapshot, Stats, Verdict, Word,
};

const PAGE: Page = Page { columns: None, color: false, times: true, batch: true, ascii: false };

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn property(name: &str, status: Status, checked: u64, note: &str) -> PropertyVerdict {
    PropertyVerdict { name: name.to_owned(), status, checked, note: note.to_owned() }
}

fn verified() -> Verdict {
    Verdict {
        path: "models/three_node.ron".to_owned(),
        name: "three_node".to_owned(),
        heading: texts(&[
            "complete(A B C)",
            "1 token each, 2 sends each",
            "snapshot 0 from A",
            "chandy-lamport",
        ]),
        word: Word::Verified,
        expected: Expected { word: Word::Verified, properties: Vec::new() },
        met: true,
        end_reason: EndReason::Exhausted,
        properties: vec![
            property(
                "ConsistentCut",
                Status::Holds,
                8000,
                "773 different snapshots, every one a consistent cut",
            ),
            property("Terminates", Status::Holds, 2547, "in all 2,547 final states"),
        ],
        stats: Stats {
            distinct_states: 504_870,
            transitions: 1_925_203,
            terminal_states: 2547,
            depth: 19,
            orderings: Some(1_023_948_063_900_u64.into()),
            distinct_snapshots: 773,
            completed_snapshots: 8000,
            reduction: "none".to_owned(),
            reduced: None,
            threads: 2,
            elapsed_s: 0.214_159_26,
            peak_rss_bytes: 15_000_000,
            bytes_per_state: 18.333_333,
        },
        counterexamples: Vec::new(),
        witnesses: Vec::new(),
        warnings: Vec::new(),
        coverage: None,
        graph: None,
    }
}

fn snapshot() -> Snapshot {
    Snapshot {
        number: 0,
        complete: true,
        processes: vec![("A".to_owned(), Some("1".to_owned())), ("B".to_owned(), Some("1".to_owned()))],
        channels: vec![("B→A".to_owned(), texts(&["1", "2"]))],
        totals: Some(("5 tokens".to_owned(), "1 token".to_owned())),
        json: json!({"k": 0, "total": 5}),
    }
}

/// A starts and sends 1 to B, which records when it comes.
fn diagram() -> Diagram {
    let step = |process, says: &str, clock: [u32; 3]| Step {
        process: Some(process),
        says: says.to_owned(),
        clock: clock.to_vec(),
        ..Step::default()
    };
    let arrow = Arrow {
        origin: 1,
        from: 0,
        to: 1,
        load: Load::Message("1".to_owned()),
        sent: 1,
        copied: false,
        end: ArrowEnd::Received(2),
        side: Side::After,
        kept: false,
    };
    Diagram {
        processes: texts(&["A", "B", "C"]),
        snapshots: 1,
        steps: vec![
            step(0, "A starts snapshot 0, records 1", [1, 0, 0]),
            step(0, "A sends 1 to B", [2, 0, 0]),
            step(1, "B receives 1 from A, records 1; snapshot 0 is complete", [2, 1, 0]),
        ],
        arrows: vec![arrow],
        cut: Some(Cut { snapshot: 0, records: vec![Some(0), Some(2), None], at_once: false }),
        recorded: vec![snapshot(); 4],
    }
}

fn run(property: &str, reason: &str) -> Run {
    Run {
        kind: RunKind::Counterexample,
        property: property.to_owned(),
        reason: reason.to_owned(),
        minimal: true,
        repeats_from: None,
        walked: 0,
        events: texts(&["Start(0,\"A\")", "Send(\"A\",\"B\",1)", "Receive(\"A\",\"B\",1)"]),
        columns: texts(&["A", "B", "C", "A→B", "B→A"]),
        rows: vec![
            texts(&["1", "0", "7", "-", "-"]),
            texts(&["1 rec 1 paused", "0", "7", "-", "-"]),
            texts(&["0 rec 1 paused", "0", "7", "1", "-"]),
            texts(&["0 rec 1", "1 rec 1", "7", "-", "-"]),
        ],
        states: vec![json!({"A": 1}), json!({"A": 1}), json!({"A": 0}), json!({"A": 0})],
        snapshot: Some(snapshot()),
        diagram: diagram(),
    }
}

fn violated() -> Verdict {
    let late = Run { minimal: false, walked: 2, ..run("WellFormed", "A records twice") };
    let events = texts(&["Start(0,\"A\")", "Resume(\"A\",0)", "Resume(\"A\",0)"]);
    Verdict {
        path: "models/broken/send-before-marker.ron".to_owned(),
        name: "send-before-marker".to_owned(),
        word: Word::Violated,
        met: false,
        properties: vec![
            property("ConsistentCut", Status::Violated, 6, "fails"),
            property("TotalPreserved", Status::Violated, 6, "fails"),
            property("Terminates", Status::Holds, 3, "in all 3 final states"),
            property("WellFormed", Status::Violated, 24, "fails"),
        ],
        counterexamples: vec![
            run(
                "ConsistentCut",
                "B received a message before its record that A sent after its own: an orphan",
            ),
            run("TotalPreserved", "recorded are 5 tokens, but the system holds 1 token"),
            Run { events, ..late },
        ],
        warnings: texts(&["never taken: on_message 1: Keep"]),
        ..verified()
    }
}

fn incomplete() -> Verdict {
    Verdict {
        path: "-".to_owned(),
        name: "a_name_that_is_long_enough_to_be_wider_than_a_narrow_terminal".to_owned(),
        word: Word::Incomplete,
        met: false,
        end_reason: EndReason::MaxStates,
        properties: vec![
            property("ConsistentCut", Status::Unknown, 12, "no violation found before the search ended"),
            property("Reach", Status::Holds, 1, "every condition asked for is reachable"),
        ],
        stats: Stats { distinct_states: 1, transitions: 0, orderings: None, ..verified().stats },
        witnesses: vec![run("ChannelRecorded(0)", "reached here")],
        coverage: Some(vec![
            Coverage { what: "on_start 0: Record".to_owned(), taken: 1234 },
            Coverage { what: "on_message 1: Keep".to_owned(), taken: 0 },
        ]),
        ..verified()
    }
}

fn as_expected() -> Verdict {
    let expected = Expected { word: Word::Violated, properties: texts(&["ConsistentCut", "TotalPreserved"]) };
    Verdict { met: true, expected, ..violated() }
}

fn unreadable() -> Outcome {
    Outcome::Failed(Failure {
        path: "models/typo.ron".to_owned(),
        file: None,
        message: "unknown field `topolgy`".to_owned(),
        line: Some(3),
        column: Some(5),
        hint: Some("did you mean `topology`?".to_owned()),
        internal: false,
    })
}

fn outcomes() -> Vec<Outcome> {
    let verdicts = [verified(), violated(), incomplete(), as_expected()];
    let mut outcomes: Vec<Outcome> = verdicts.map(|verdict| Outcome::Judged(Box::new(verdict))).into();
    outcomes.push(unreadable());
    outcomes.push(Outcome::Skipped { path: "models/two_node.ron".to_owned() });
    outcomes
}

fn exported(mut exporter: impl Exporter, outcomes: &[Outcome]) -> String {
    let mut summary = Summary::new();
    let mut text = Vec::new();
    for outcome in outcomes {
        summary.add(outcome);
        exporter.export(News::Model(outcome), &mut text).unwrap();
    }
    summary.exit = 1;
    summary.elapsed_s = 61.0;
    exporter.export(News::End(&summary), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn one(verdict: Verdict) -> [Outcome; 1] {
    [Outcome::Judged(Box::new(verdict))]
}

#[test]
fn human_batch() {
    insta::assert_snapshot!(exported(Human::new(PAGE), &outcomes()));
}

#[test]
fn human_single() {
    let page = Page { batch: false, times: false, ..PAGE };
    insta::assert_snapshot!("human_verified", exported(Human::new(page), &one(verified())));
    insta::assert_snapshot!("human_expected", exported(Human::new(page), &one(as_expected())));
}

#[test]
fn human_narrow() {
    let page = Page { columns: Some(44), ..PAGE };
    insta::assert_snapshot!(exported(Human::new(page), &outcomes()));
}

#[test]
fn human_color() {
    let page = Page { color: true, ..PAGE };
    let text = exported(Human::new(page), &outcomes());
    insta::assert_snapshot!(text.replace('\u{1b}', "^"));
}

#[test]
fn quiet() {
    insta::assert_snapshot!(exported(Quiet::new(PAGE), &outcomes()));
}

#[test]
fn json() {
    insta::assert_snapshot!(exported(Json::new(true), &outcomes()));
}

#[test]
fn json_without_times() {
    let text = exported(Json::new(false), &outcomes());
    for key in ["elapsed_s", "peak_rss_bytes", "bytes_per_state", "threads"] {
        assert!(!text.contains(key), "{key}");
    }
}

#[test]
fn json_is_json() {
    let report: serde_json::Value = serde_json::from_str(&exported(Json::new(true), &outcomes())).unwrap();
    assert_eq!(report["models"].as_array().unwrap().len(), 6);
    let empty: serde_json::Value = serde_json::from_str(&exported(Json::new(true), &[])).unwrap();
    assert_eq!(empty["models"], json!([]));
}

#[test]
fn ndjson() {
    let text = exported(Ndjson::new(false), &outcomes());
    assert!(text.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    insta::assert_snapshot!(text);
}

/// Whatever the width, no line is wider, and no word is lost.
#[test]
fn no_width_garbles_a_run() {
    for columns in 34..120 {
        let page = Page { columns: Some(columns), batch: false, ..PAGE };
        let run = run("ConsistentCut", "because");
        let text = super::table::steps(&run, page) + &exported(Human::new(page), &one(violated()));
        let widest = text.lines().map(super::text::columns).max();
        assert!(widest <= Some(columns), "{columns} columns:\n{text}");
        let whole: String = text.split_whitespace().collect();
        for cell in ["1rec1paused", "Send(\"A\",\"B\",1)", "because", "──1─▶◆"] {
            assert!(whole.contains(cell), "{cell} in {columns} columns:\n{text}");
        }
    }
}
