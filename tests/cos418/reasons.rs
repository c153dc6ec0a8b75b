//! Why snapshots are not legal: each question by an example that the ones before it do not catch.

use cl_check::cos418::judge::{Judgement, Kind, Semantics, judge};
use cl_check::cos418::{Exercise, read_recordings};
use cl_check::engine::Bounds;
use cl_check::model::Source;

use super::exercises::{MESSAGE, PAIR, SIMPLE, THREE, exercise};

fn judged(exercise: &Exercise, semantics: Semantics, texts: &[&str]) -> Judgement {
    let numbered = texts.iter().enumerate();
    let sources = numbered.map(|(number, text)| Source::new("a.snap", format!("{number}\n{text}")));
    let recordings = read_recordings(exercise, &sources.collect::<Vec<_>>()).expect("they are of the format");
    judge(exercise, &recordings, semantics, &Bounds::default())
}

#[track_caller]
fn is_illegal(exercise: &Exercise, semantics: Semantics, texts: &[&str], kind: Kind, says: &str) {
    match judged(exercise, semantics, texts) {
        Judgement::Illegal(reason) => {
            assert_eq!(reason.kind, kind, "{}", reason.text);
            assert!(reason.text.contains(says), "{}", reason.text);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_reason_in_its_turn() {
    let three = exercise(THREE, SIMPLE);
    let cases: [(&str, Kind, &str); 8] = [
        ("N1 5\nN2 1\nN3 2\nN1 N2 token(3)\n", Kind::Total, "2 tokens lost"),
        ("N1 8\nN2 1\nN3 2\nN1 N2 token(3)\nN1 N2 token(2)\n", Kind::Total, "3 tokens duplicated"),
        ("N1 7\nN2 2\nN3 2\nN1 N2 token(2)\n", Kind::Value, "N2 cannot have 2 tokens when it records"),
        ("N1 6\nN2 1\nN3 2\nN1 N2 token(3)\nN1 N3 token(1)\n", Kind::Value, "N1 cannot have 6 tokens"),
        ("N1 7\nN2 1\nN3 2\nN3 N1 token(3)\n", Kind::Message, "no such message is ever sent there"),
        (
            "N1 5\nN2 1\nN3 2\nN1 N2 token(2)\nN1 N2 token(2)\nN1 N2 token(1)\n",
            Kind::Message,
            "twice, but it is sent there only once",
        ),
        ("N1 7\nN2 1\nN3 3\nN1 N2 token(2)\n", Kind::Together, "no one cut has all of them"),
        (
            "N1 5\nN2 1\nN3 2\nN1 N2 token(2)\nN1 N2 token(3)\n",
            Kind::Order,
            "they arrive as token(3), token(2)",
        ),
    ];
    for (text, kind, says) in cases {
        is_illegal(&three, Semantics::Asynchronous, &[text], kind, says);
    }
}

#[test]
fn between_servers_without_a_link() {
    let ring = exercise("3\nA 1\nB 0\nC 0\nA B\nB C\nC A\n", "send A B 1\nsnapshot A\n");
    let text = "A 0\nB 0\nC 0\nB A token(1)\n";
    is_illegal(&ring, Semantics::Discrete, &[text], Kind::Message, "from B to A, but there is no link");
}

/// The token is sent before the snapshot starts, and so is under way or received: it cannot be with N1 any more.
#[test]
fn values_before_the_start_are_gone() {
    let pair = exercise(PAIR, MESSAGE);
    is_illegal(&pair, Semantics::Asynchronous, &["N1 1\nN2 0\n"], Kind::Value, "What it can have then: 0");
}

/// Each of two snapshots is possible, but the second one starts where the token has come to in the first.
#[test]
fn two_that_do_not_go_together() {
    let two = exercise("2\nA 1\nB 0\nA B\nB A\n", "send A B 1\nsnapshot B\nsnapshot B\n");
    let (under_way, received) = ("A 0\nB 0\nA B token(1)\n", "A 0\nB 1\n");
    for semantics in [Semantics::Asynchronous, Semantics::Discrete] {
        is_illegal(&two, semantics, &[received, under_way], Kind::Together, "snapshots 0 and 1");
    }
    assert!(matches!(judged(&two, Semantics::Asynchronous, &[under_way, received]), Judgement::Legal(_)));
}

/// Nothing takes ten ticks.
#[test]
fn no_delay_is_as_long() {
    let late = exercise(PAIR, "send N1 N2 1\ntick 10\nsnapshot N2\n");
    let text = "N1 0\nN2 0\nN1 N2 token(1)\n";
    assert!(matches!(judged(&late, Semantics::Asynchronous, &[text]), Judgement::Legal(_)));
    is_illegal(&late, Semantics::Discrete, &[text], Kind::Delays, "no delays of 0 to 4");
}

#[test]
fn a_bound_is_said() {
    let three = exercise(THREE, SIMPLE);
    let text = Source::new("a.snap", "0\nN1 5\nN2 1\nN3 2\nN1 N2 token(3)\nN1 N2 token(2)\n");
    let recordings = read_recordings(&three, &[text]).expect("it is of the format");
    let bounds = Bounds { states_max: Some(1), ..Bounds::default() };
    assert_eq!(judge(&three, &recordings, Semantics::Discrete, &bounds), Judgement::Undecided);
}
