//! No text may make the reader panic, overflow or run away: good models are mangled, and whatever comes out is
//! either a model or an error whose place lies in the text.

use std::path::Path;

use cl_check::model::{Source, is_algorithm, read};
use proptest::prelude::*;
use proptest::sample::Index;

/// Models that together use every part of the format.
const GOOD: [&str; 8] = [
    r#"Model(
    name: "three", about: "x", topology: Complete(["A", "B", "C"]),
    channels: Fifo, channel_overrides: [(("A","B"), Lossy(1)), (("B","A"), Bag)], channel_capacity: 16,
    application: Tokens(unit: "$", start: {"A": 10, "B": 3}, behaviour: Free(sends: {"A": 2}, amounts: [1, 2])),
    algorithm: "chandy-lamport", mutations: [Delete(on_marker, 4), Insert(on_start, 0, If(Not(Recorded), [Pause]))],
    equivalent: ["x"], snapshots: [By("A"), By(["A", "B"])], walk: [Send("A","B",1), Start(0,"A"), Receive("A","B")],
    then: Stop, check: [ConsistentCut], expect: Violated([ConsistentCut]),
    reach: [Completes(0), UnderWay([0, 1]), Records(Snapshot(k: 0, processes: {"A": 1}))],
    recorded: [Snapshot(k: 1, processes: {"A": 5}, channels: {("B","A"): [10]})],
)"#,
    r#"#![enable(implicit_some)]
// comment
Model(name: r"two", /* nested /* comment */ */ topology: Graph(processes: ["A", "ö"], channels: [("A", "ö"), ("ö", "A")]),
    application: Tokens(start: Each(5), behaviour: Script([Send("A", "ö", 5), Snapshot(0), Start(1, "ö")])),
    snapshots: [By("A"), By("ö")], channels: Overtaking(3),
    algorithm: Algorithm(name: "mine", on_start: [Record, Send(Marker, ButFirst(Outgoing)), Open(Incoming)],
        on_marker: [If(NotRecorded, [Record, Block(Arriving)]), Unblock(Incoming), Close(Arriving)],
        on_message: [If(IsOpen(Arriving), [Keep]), If(Not(SentAfterRecord), [])], complete_when: EveryMarkerArrived),
)"#,
    r#"Model(name: "ring", topology: BiRing(["A", "B", "C", "D"]), channels: Duplicating(2),
    application: Tokens(start: 3, behaviour: PerProcess({"A": [To("B", 1), To("D", 2)], "B": [To("C", 9)]})),
    snapshots: [By("A")], check: Default, expect: Incomplete,
    walk: [Snapshot(0), Receive("A", "B", Marker(0)), Duplicate("B", "C"), Receive("B", "C")])"#,
    r#"Model(name: "star", topology: Star(centre: "A", leaves: ["B"]), application: Tokens(start: 1, behaviour:
    Free(sends: 1, amounts: [1])), channels: Bag, snapshots: [By("A")], walk: [Send("A", "B", 1), Start(0, "A"),
    Receive("A", "B", Marker(0)), Receive("A", "B", Late(1, []))])"#,
    r#"Like(model: "models/broken/no-wait.ron", mutations: [Delete(on_start, 1)], channel_capacity: 3, expect: Verified)"#,
    r#"Model(name: "work", topology: Ring(["A", "B"]), application: Diffusing(active: ["A"], sends: {"A": 1, "B": 2},
    asks_all_passive: true), walk: [Work("A", "B"), Rest("A"), Receive("A", "B", Work), Rest("B")])"#,
    r#"Model(name: "jobs", topology: Line(["A", "B", "C"]), application: Resources(jobs: {"A": [["A", "B"], ["B"]], "C": [["B"]]}),
    walk: [Ask("A"), Receive("A", "B", Request), Receive("B", "A"), Finish("A")], check: [NoPhantomDeadlock])"#,
    r#"Model(name: "heap", topology: Ring(["A", "B"]), application: References(objects: {"x": Object(at: "A", refers_to: ["y"]),
    "y": Object(at: "B")}, holds: {"A": ["x"]}, acts: {"A": 4}, kinds: [Load, Pass, Drop, Store, Clear]),
    walk: [Load("A", "x", "y"), Pass("A", "B", "y"), Clear("A", "x", "y"), Receive("A", "B", Ref("y"))])"#,
];

/// What is put in.
const PIECES: [&str; 24] = [
    "18446744073709551616",
    "-1",
    "1e999",
    "0x",
    "1.5",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "/*",
    "//",
    "r#\"",
    "\\",
    "\u{0}",
    "\u{feff}",
    "é",
    "None",
    "Some(",
    "9007199254740991",
];

/// One way to break a text.
#[derive(Clone, Debug)]
enum Mangling {
    Delete(Index, usize),
    Repeat(Index, usize),
    Put(Index, usize),
    Swap(Index, Index),
    Number(Index, u64),
}

fn mangling() -> impl Strategy<Value = Mangling> {
    let place = any::<Index>;
    prop_oneof![
        (place(), 1_usize..20).prop_map(|(place, length)| Mangling::Delete(place, length)),
        (place(), 1_usize..40).prop_map(|(place, length)| Mangling::Repeat(place, length)),
        (place(), 0..PIECES.len()).prop_map(|(place, piece)| Mangling::Put(place, piece)),
        (place(), place()).prop_map(|(left, right)| Mangling::Swap(left, right)),
        (place(), prop_oneof![any::<u64>(), 0_u64..70])
            .prop_map(|(place, number)| Mangling::Number(place, number)),
    ]
}

/// A place in the text, or its end.
fn at(text: &[char], place: Index) -> usize {
    place.index(text.len() + 1)
}

fn mangle(text: &str, mangling: &Mangling) -> String {
    let mut text: Vec<char> = text.chars().collect();
    match mangling {
        Mangling::Delete(place, length) => {
            let start = at(&text, *place);
            let end = text.len().min(start + length);
            text.drain(start..end);
        }
        Mangling::Repeat(place, length) => {
            let start = at(&text, *place);
            let end = text.len().min(start + length);
            let piece = text[start..end].to_vec();
            text.splice(end..end, piece);
        }
        Mangling::Put(place, piece) => {
            let start = at(&text, *place);
            text.splice(start..start, PIECES[*piece].chars());
        }
        Mangling::Swap(left, right) => return swap_tokens(&text.iter().collect::<String>(), *left, *right),
        Mangling::Number(place, number) => put_number(&mut text, *place, *number),
    }
    text.into_iter().collect()
}

/// Words and other characters, exchanged at two places.
fn swap_tokens(text: &str, left: Index, right: Index) -> String {
    let mut tokens: Vec<&str> =
        text.split_inclusive(|character: char| !character.is_alphanumeric()).collect();
    if !tokens.is_empty() {
        let count = tokens.len();
        tokens.swap(left.index(count), right.index(count));
    }
    tokens.concat()
}

/// Another number instead of the next one.
fn put_number(text: &mut Vec<char>, place: Index, number: u64) {
    let start = at(text, place);
    let digit = |character: &char| character.is_ascii_digit();
    if let Some(start) = text[start..].iter().position(digit).map(|offset| start + offset) {
        let length = text[start..].iter().take_while(|character| digit(character)).count();
        text.splice(start..start + length, number.to_string().chars());
    }
}

/// A model, or an error that can be shown and whose place lies in its text, be it this one or that of another file.
fn judge(text: &str) {
    is_algorithm(text);
    let Err(error) = read(&Source::new("-", text)) else { return };
    let place = error.place.as_deref().expect("an error in a text has a place");
    assert!(place.text.get(place.span.clone()).is_some(), "{error}");
    assert!(error.path != Path::new("-") || place.text == text, "{error}");
    assert!(place.line <= 1 + place.text.matches('\n').count(), "{error}");
    assert!(
        place.column <= 1 + place.text.lines().nth(place.line - 1).unwrap_or("").chars().count(),
        "{error}"
    );
    assert!(!error.message.is_empty());
    assert!(error.hint.as_ref().is_some_and(|hint| !hint.is_empty()), "no hint: {error}\n{text}");
    assert!(error.render(false).starts_with("Error: "));
}

#[test]
fn the_models_are_good() {
    for text in GOOD {
        assert_eq!(read(&Source::new("-", text)).map(|_| ()).map_err(|error| error.render(false)), Ok(()));
    }
}

#[test]
fn a_prefix_of_a_model_is_an_error_at_a_place() {
    for text in GOOD {
        text.char_indices().for_each(|(end, _)| judge(&text[..end]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mangled_models_are_read_or_refused(
        which in 0..GOOD.len(),
        manglings in proptest::collection::vec(mangling(), 1..6),
    ) {
        judge(&manglings.iter().fold(GOOD[which].to_owned(), |text, next| mangle(&text, next)));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}", tokens in "[A-Za-z0-9()\\[\\]{},:\"/*#!rb'\\\\._+ \n-]{0,60}") {
        judge(&text);
        judge(&tokens);
        judge(&format!("Model({tokens}"));
    }
}
