//! The engine and the reference agree on random small models: odd algorithms, all disciplines, scripts, walks and
//! capacities included. Every figure, every verdict, and the counterexamples event by event; for 1, 2 and 3 threads,
//! with every edge carried out and, where orderings are not counted, with sleep sets.

mod reference;

use cl_check::check::{Options, check};
use cl_check::engine::Status;
use cl_check::engine::verdict::{Verdict, Word};
use cl_check::model::{Model, Source, event_text, read};
use proptest::prelude::*;

use reference::judge::Findings;
use reference::peer::PeerFigures;
use reference::random::random_model;
use reference::{ModelEvent, Reference, Then};

/// Larger ones take the reference too long.
const STATES_MAX: usize = 2_000;

/// What must be equal, in the terms of neither side.
#[derive(Clone, Debug, PartialEq)]
struct Summary {
    figures: [u64; 6],
    orderings: Option<String>,
    word: String,
    properties: Vec<(String, String, u64, Option<Vec<String>>)>,
    reach: Vec<Vec<String>>,
}

fn of_reference(model: &Model, found: &Findings) -> Summary {
    let texts = |events: &Vec<ModelEvent>| events.iter().map(|event| event_text(model, event)).collect();
    let property = |judgement: &reference::judge::Judgement| {
        let status = format!("{:?}", judgement.status).to_lowercase();
        let counterexample = judgement.counterexample.as_ref().map(texts);
        (judgement.property.name().to_owned(), status, judgement.checked as u64, counterexample)
    };
    let figures = [
        found.distinct_states,
        found.transitions,
        found.terminal_states,
        found.depth,
        found.completed_snapshots,
        found.distinct_snapshots,
    ];
    let mut properties: Vec<_> = found.judgements.iter().map(property).collect();
    properties.sort();
    Summary {
        figures: figures.map(|figure| figure as u64),
        orderings: found.orderings.as_ref().map(ToString::to_string),
        word: format!("{:?}", found.verdict).to_lowercase(),
        properties,
        reach: found.reach.iter().flatten().map(texts).collect(),
    }
}

fn of_engine(verdict: &Verdict) -> Summary {
    let stats = &verdict.stats;
    let counterexample = |name: &str| {
        let run = verdict.counterexamples.iter().find(|run| run.property == name)?;
        Some(run.events.clone())
    };
    let mut properties: Vec<_> = verdict
        .properties
        .iter()
        .map(|property| {
            let counterexample = counterexample(&property.name);
            (property.name.clone(), property.status.word().to_owned(), property.checked, counterexample)
        })
        .collect();
    properties.sort();
    Summary {
        figures: [
            stats.distinct_states,
            stats.transitions,
            stats.terminal_states,
            u64::from(stats.depth),
            stats.completed_snapshots,
            stats.distinct_snapshots,
        ],
        orderings: stats.orderings.as_ref().map(ToString::to_string),
        word: verdict.word.text().to_owned(),
        properties,
        reach: verdict.witnesses.iter().map(|run| run.events.clone()).collect(),
    }
}

fn agree(seed: u64) {
    let model = random_model(seed);
    if Reference::of_model(&model).has_at_most(STATES_MAX) {
        agree_on(&model, &format!("seed {seed}"));
    }
}

fn agree_on(model: &Model, named: &str) {
    let reference = Reference::of_model(model);
    let expected = of_reference(model, &reference.explore());
    for (threads, orderings) in [(1, true), (2, true), (3, true), (1, false), (2, false)] {
        let verdict = check(model, &Options { threads, orderings, ..Options::default() });
        let expected =
            Summary { orderings: expected.orderings.clone().filter(|_| orderings), ..expected.clone() };
        let what = format!("{named}, {threads} threads, orderings {orderings}");
        assert_eq!(of_engine(&verdict), expected, "{what}: {model:#?}");
        assert!(verdict.counterexamples.iter().all(|run| run.rows.len() == run.events.len() + 1));
    }
    if model.then == Then::Explore {
        agrees_with_stateright(&reference, &expected, named);
    }
}

/// Stateright shares the reference's semantics and none of its search.
fn agrees_with_stateright(reference: &Reference, expected: &Summary, named: &str) {
    let PeerFigures { distinct_states, transitions, terminal_states, depth } =
        reference.count_with_stateright(1);
    let figures = [distinct_states, transitions, terminal_states, depth].map(|figure| figure as u64);
    assert_eq!(figures, expected.figures[..4], "{named}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn engine_and_reference_agree(seed: u64) {
        agree(seed);
    }
}

/// The first seeds, always the same, so that nothing depends on luck alone.
#[test]
fn engine_and_reference_agree_on_the_first_seeds() {
    (0..150).for_each(agree);
}

/// What random models seldom have: starts that a script names and a marker forestalls, conditions and rules about
/// markers that have arrived, channels blocked from afar, channels that two processes send on,
/// faults of every kind with several snapshots, conditions to be reached and clauses about what is recorded,
/// each word that disturbs or confuses where it matters.
const DIRECTED: &[&str] = &[
    r#"snapshots: [By(["A", "B"])], application: Tokens(start: Each(1), behaviour:
        Script([Start(0, "A"), Start(0, "B"), Send("A", "B", 1), Send("B", "A", 1)]))"#,
    r#"snapshots: [By(["A", "B"])], application: Tokens(start: Each(1), behaviour:
        Script([Send("A", "B", 1), Start(0, "B"), Send("B", "A", 1), Start(0, "A"), Send("A", "B", 1)]))"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: Each(1), behaviour:
        Script([Snapshot(1), Send("A", "B", 1), Snapshot(0), Send("B", "A", 2)]))"#,
    r#"snapshots: [By("A")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        algorithm: Algorithm(name: "aligned", on_start: [Record, Send(Marker, Outgoing)],
            on_marker: [Block(Arriving), If(EveryMarkerArrived, [If(NotRecorded, [Record, Send(Marker, Outgoing)]),
                Unblock(Incoming)])], on_message: [], complete_when: EveryMarkerArrived)"#,
    r#"snapshots: [By("A")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        algorithm: Algorithm(name: "from afar", on_start: [Record, Open(Incoming), Send(Marker, Outgoing)],
            on_marker: [If(NotRecorded, [Record, Block(Outgoing), Send(Marker, Incoming)]), Pause,
                Unblock(Outgoing), Close(Arriving), Close(Outgoing)],
            on_message: [If(Not(SentAfterRecord), [Keep])], complete_when: EveryIncomingClosed)"#,
    r#"snapshots: [By("A")], application: Tokens(start: {"A": 2}, behaviour: Free(sends: {"A": 3}, amounts: [1])),
        algorithm: Algorithm(name: "back to itself", on_start: [Record, Send(Marker, Outgoing), Open(Incoming)],
            on_marker: [If(NotRecorded, [Record, Send(Marker, Outgoing)]), Close(Arriving)],
            on_message: [Send(Marker, Arriving)], complete_when: EveryMarkerArrived)"#,
    r#"channels: Duplicating(1), snapshots: [By("A"), By("B")],
        application: Tokens(start: {"A": 1}, behaviour: Free(sends: {"A": 1}, amounts: [1]))"#,
    r#"channels: Overtaking(1), snapshots: [By("A"), By("B")],
        application: Tokens(start: {"A": 2}, behaviour: Free(sends: {"A": 1}, amounts: [1, 2]))"#,
    r#"channels: Bag, snapshots: [By("A"), By("B")],
        application: Tokens(start: {"A": 2}, behaviour: Free(sends: {"A": 2}, amounts: [1]))"#,
    r#"channel_capacity: 1, snapshots: [By("A")],
        application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1]))"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        reach: [Completes(0), Completes(1), ChannelRecorded(0), ChannelRecorded(1), UnderWay([0]), UnderWay([1]),
            UnderWay([0, 1]), Records(Snapshot(k: 1, processes: {"A": 1, "B": 0}, channels: {("B", "A"): [1]})),
            Records(Snapshot(k: 0, processes: {"A": 2, "B": 0}, channels: {})),
            Records(Snapshot(k: 0, processes: {"A": 1, "B": 0}, channels: {("A", "B"): [1]}))]"#,
    r#"snapshots: [By("A")], application: Tokens(start: {"B": 3}, behaviour: PerProcess({"B": [To("A", 1), To("A", 2)]})),
        reach: [Records(Snapshot(k: 0, processes: {"B": 0}, channels: {("B", "A"): [1, 2]})),
            Records(Snapshot(k: 0, processes: {"B": 0}, channels: {("B", "A"): [2, 1]})),
            Records(Snapshot(k: 0, processes: {"A": 1}, channels: {("B", "A"): [2]})), ChannelRecorded(0)],
        recorded: [Snapshot(k: 0, processes: {"A": 1}, channels: {("B", "A"): [2]})]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: {"A": 1}, behaviour: Free()), recorded: [
        Snapshot(k: 0, processes: {"A": 1}, channels: {}), Snapshot(k: 1, processes: {"A": 1}, channels: {})]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: {"A": 1}, behaviour: Free()), recorded: [
        Snapshot(k: 1, processes: {"B": 1}, channels: {}), Snapshot(k: 0, processes: {"A": 1}, channels: {})],
        mutations: [Delete(on_start, 1)]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: {"A": 1}, behaviour: Free(sends: 1, amounts: [1])),
        reach: [Completes(0), UnderWay([0, 1]), ChannelRecorded(1)], mutations: [Delete(on_marker, 2)],
        check: [Terminates]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: {"A": 1}, behaviour: Free(sends: 1, amounts: [1])),
        walk: [Send("A", "B", 1), Start(0, "A"), Start(1, "B")], reach: [UnderWay([0, 1]), Completes(1)]"#,
    r#"snapshots: [By("A"), By("B")], reach: [UnderWay([0, 1]), Completes(1)],
        application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        algorithm: Algorithm(name: "on messages", on_start: [Record, Pause, Send(Marker, Outgoing)],
            on_marker: [If(NotRecorded, [Record]), Close(Incoming)],
            on_message: [Pause, If(NotRecorded, [Record, Send(Marker, ButFirst(Outgoing))])],
            complete_when: Recorded)"#,
    // Words about one snapshot: a marker in front of messages, on some channels only, and what is kept disturbed.
    r#"snapshots: [By("A")], application: Tokens(start: Each(2), behaviour: Free(sends: 1, amounts: [1, 2])),
        mutations: [Replace(on_start, 1, SendAhead(Marker, Outgoing)), Replace(on_marker, 2, SendAhead(Marker, Outgoing))]"#,
    r#"channels: Bag, snapshots: [By("A")], mutations: [Replace(on_marker, 2, SendAhead(Marker, Outgoing))],
        application: Tokens(start: Each(1), behaviour: Free(sends: 2, amounts: [1]))"#,
    r#"channel_capacity: 1, snapshots: [By("A")], mutations: [Replace(on_start, 1, SendAhead(Marker, Outgoing))],
        application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1]))"#,
    r#"snapshots: [By("A")], mutations: [Insert(on_marker, 5, SendAhead(Marker, Arriving))],
        application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1]))"#,
    r#"snapshots: [By("A"), By("B")], mutations: [Replace(on_start, 1, SendAhead(Marker, Outgoing))],
        application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1]))"#,
    r#"snapshots: [By("A")], application: Tokens(start: {"B": 3}, behaviour: PerProcess({"B": [To("A", 1), To("A", 2)]})),
        mutations: [Replace(on_message, 1, KeepFirst)], reach: [
            Records(Snapshot(k: 0, processes: {"B": 0}, channels: {("B", "A"): [2, 1]}))]"#,
    r#"snapshots: [By("A")], application: Tokens(start: {"B": 3}, behaviour: PerProcess({"B": [To("A", 1), To("A", 2)]})),
        mutations: [Replace(on_message, 1, KeepRepeated)], reach: [
            Records(Snapshot(k: 0, processes: {"B": 0}, channels: {("B", "A"): [2, 2]}))]"#,
    r#"channels: Bag, snapshots: [By("A")], application: Tokens(start: {"B": 4}, behaviour: Free(sends: 2, amounts: [1, 2])),
        mutations: [Replace(on_message, 1, KeepRepeated), Insert(on_message, 0, If(SentAfterRecord, [KeepFirst]))]"#,
    r#"snapshots: [By("A")], application: Tokens(start: {"B": 2}, behaviour: Free(sends: {"B": 2}, amounts: [1])),
        mutations: [Insert(on_message, 2, If(Finished, [Forget])), Insert(on_marker, 5, Pause), Insert(on_marker, 6, Forget)]"#,
    r#"snapshots: [By("A")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Replace(on_start, 1, Send(Marker, Forward(Outgoing))), Replace(on_marker, 3, Open(Forward(Incoming)))]"#,
    r#"snapshots: [By("B")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Replace(on_start, 1, Send(Marker, Forward(Incoming)))]"#,
    // The application ends: under budgets, under lists, and where it waits for ever.
    r#"snapshots: [By("A")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [2])),
        mutations: [Insert(on_marker, 0, If(Finished, [Close(Incoming)])), Condition(on_message, 0, Not(Finished))]"#,
    r#"snapshots: [By("A")], application: Tokens(start: Each(1), behaviour: PerProcess({"A": [To("B", 1)], "B": [To("A", 2)]})),
        mutations: [Insert(on_marker, 0, If(Finished, [Close(Incoming)])), Condition(on_message, 0, Not(Finished))]"#,
    r#"snapshots: [By("B")], application: Tokens(start: Each(1), behaviour:
        Script([Send("A", "B", 1), Snapshot(0), Send("B", "A", 2)])),
        mutations: [Insert(on_start, 0, If(Finished, [Open(Outgoing)])), Insert(on_marker, 0, If(Not(Finished), [Pause]))]"#,
    // The balance read early: over a pause, twice, after the record, for the other snapshot.
    r#"snapshots: [By("A")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Insert(on_start, 0, Peek), PauseBefore(on_start, 1)]"#,
    r#"snapshots: [By("A")], application: Tokens(start: Each(2), behaviour: PerProcess({"A": [To("B", 1), To("B", 1)], "B": [To("A", 1)]})),
        mutations: [Insert(on_start, 0, Peek), PauseBefore(on_start, 1), Insert(on_message, 0, Peek)]"#,
    r#"snapshots: [By(["A", "B"])], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Insert(on_start, 0, Peek), PauseBefore(on_start, 1), Insert(on_marker, 5, Peek)]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Insert(on_start, 0, OfNext([Peek]))]"#,
    // The next snapshot: everything in its body is that one's.
    r#"snapshots: [By("A")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Replace(on_marker, 4, OfNext([Close(Arriving)])), Insert(on_start, 0, OfNext([OfNext([Record])])), Delete(on_start, 2)]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Insert(on_start, 1, OfNext([Forget])), Insert(on_marker, 2, OfNext([Forget]))]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Replace(on_marker, 4, OfNext([Close(Arriving)]))], reach: [Completes(0), Completes(1), UnderWay([0, 1])]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Replace(on_message, 1, OfNext([Keep])), Insert(on_message, 0, OfNext([If(IsOpen(Arriving), [Block(Arriving)])]))]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
        algorithm: Algorithm(name: "on messages of the other", on_start: [Record, Send(Marker, Outgoing)],
            on_marker: [If(NotRecorded, [Record, OfNext([If(NotRecorded, [Record, SendAhead(Marker, Outgoing)])])]), Close(Arriving)],
            on_message: [OfNext([If(SentAfterRecord, [If(NotRecorded, [Record])]), If(EveryMarkerArrived, [Unblock(Incoming)])])],
            complete_when: Recorded)"#,
    r#"snapshots: [By("A"), By("B"), By("A")], application: Tokens(start: {"A": 1}, behaviour: Free(sends: {"A": 1}, amounts: [1])),
        algorithm: Algorithm(name: "the one before", on_start: [If(NotRecorded, [Record]), OfNext([OfNext([If(NotRecorded, [Record, Send(Marker, Outgoing)])])])],
            on_marker: [OfNext([If(NotRecorded, [Record])])], on_message: [], complete_when: Recorded)"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: Each(1), behaviour: Script(
        [Snapshot(0), Snapshot(1), Send("A", "B", 1), Send("B", "A", 1)])),
        mutations: [Insert(on_marker, 0, OfNext([If(NotRecorded, [Record])]))]"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: {"A": 1}, behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Replace(on_message, 0, Pause), Insert(on_message, 1, OfNext([If(SentAfterRecord, [Keep]), OfNext([If(Not(SentAfterRecord), [KeepFirst])])]))]"#,
    r#"snapshots: [By("A"), By("A")], application: Tokens(start: {"A": 2}, behaviour: Free(sends: {"A": 1}, amounts: [1])),
        algorithm: Algorithm(name: "late for which", on_start: [Record, Send(Marker, Outgoing)], on_marker: [If(NotRecorded, [Record])],
            on_message: [If(SentAfterRecord, [Keep]), OfNext([If(SentAfterRecord, [KeepFirst])])], complete_when: Recorded)"#,
    r#"channels: Bag, snapshots: [By("A"), By("A")], application: Tokens(start: {"A": 2}, behaviour: Free(sends: {"A": 2}, amounts: [1])),
        algorithm: Algorithm(name: "whose late bit is remembered", on_start: [Record],
            on_message: [Pause, OfNext([OfNext([If(SentAfterRecord, [Keep])])])], complete_when: Recorded)"#,
    r#"channels: Bag, snapshots: [By("A"), By("A"), By("A")], application: Tokens(start: {"A": 2}, behaviour: Free(sends: {"A": 2}, amounts: [1])),
        algorithm: Algorithm(name: "asked before the pause", on_start: [Record],
            on_message: [OfNext([If(Not(SentAfterRecord), [Keep])]), Pause, OfNext([Keep])], complete_when: Recorded)"#,
    r#"snapshots: [By("A"), By("B")], application: Tokens(start: {"A": 1}, behaviour: Free(sends: 1, amounts: [1])),
        mutations: [Insert(on_start, 3, Pause), Insert(on_start, 4, OfNext([])), PauseBefore(on_marker, 1),
            Insert(on_marker, 6, Pause), Insert(on_marker, 7, OfNext([OfNext([]), If(Recorded, [])]))]"#,
    // Broadcasts, whole and copy by copy: to nobody, to one, to two; owed while others record, and when it ends.
    r#"snapshots: [By("A")], application: Tokens(start: Each(2), behaviour: Broadcast(sends: 1, amounts: [1, 2], whole: false))"#,
    r#"topology: Graph(processes: ["A", "B"], channels: [("A", "B")]), snapshots: [By("A")],
        application: Tokens(start: Each(2), behaviour: Broadcast(sends: 1, amounts: [1]))"#,
    r#"topology: Star(centre: "B", leaves: ["A", "C"]), snapshots: [By("A")],
        application: Tokens(start: {"B": 4}, behaviour: Broadcast(sends: {"B": 1}, amounts: [1, 2]))"#,
    r#"topology: Star(centre: "B", leaves: ["A", "C"]), snapshots: [By("A")],
        application: Tokens(start: {"B": 4}, behaviour: Broadcast(sends: {"B": 2}, amounts: [1, 2], whole: false))"#,
    r#"topology: Star(centre: "B", leaves: ["A", "C"]),
        application: Tokens(start: {"B": 6}, behaviour: Broadcast(sends: {"B": 2}, amounts: [1, 2], whole: false))"#,
    r#"topology: Graph(processes: ["A", "B", "C", "D"], channels: [("B", "D"), ("B", "A"), ("B", "C")]), snapshots: [By("B")],
        application: Tokens(start: {"B": 3}, behaviour: Broadcast(sends: {"B": 1}, amounts: [1], whole: false)),
        walk: [Broadcast("B", 1), Send("B", "A", 1)]"#,
    r#"topology: Star(centre: "B", leaves: ["A", "C"]), snapshots: [By("B")], channel_capacity: 1,
        application: Tokens(start: {"B": 2}, behaviour: Broadcast(sends: {"B": 1}, amounts: [1]))"#,
    r#"topology: Graph(processes: ["A", "B", "C"], channels: [("A", "C"), ("B", "A"), ("A", "B"), ("C", "B")]), snapshots: [By("C")],
        application: Tokens(start: {"A": 3}, behaviour: Broadcast(sends: {"A": 1, "B": 1}, amounts: [1], whole: false)),
        walk: [Broadcast("A", 1), Send("A", "B", 1), Receive("A", "C")], reach: [ChannelRecorded(0)]"#,
    r#"topology: Star(centre: "B", leaves: ["A", "C"]), snapshots: [By("B")],
        application: Tokens(start: {"B": 2}, behaviour: Broadcast(sends: {"B": 1}, amounts: [1], whole: false)),
        mutations: [Insert(on_start, 0, If(Not(Finished), [Peek, Pause])), Insert(on_marker, 5, If(Finished, [Open(Incoming)]))]"#,
    r#"topology: Star(centre: "B", leaves: ["A", "C"]), snapshots: [By("A")],
        channels: Bag, application: Tokens(start: {"B": 2}, behaviour: Broadcast(sends: {"B": 1}, amounts: [1], whole: false)),
        check: [NonInterference, RecordedStateReachable, LeadsToActual, TotalPreserved]"#,
];

#[test]
fn engine_and_reference_agree_on_directed_models() {
    for fields in DIRECTED {
        let topology = if fields.contains("topology:") { "" } else { r#"topology: Complete(["A", "B"]), "# };
        let text = format!(r#"Model(name: "directed", {topology}{fields})"#);
        agree_on(&read(&Source::new("directed.ron", text)).unwrap(), fields);
    }
}

/// The comparison can fail: on a model whose figures are those of another.
#[test]
fn a_difference_is_seen() {
    let models: Vec<Model> = (0..20).map(random_model).collect();
    let summaries = models.iter().map(|model| of_engine(&check(model, &Options::default())));
    let first = of_engine(&check(&models[0], &Options::default()));
    assert!(summaries.skip(1).any(|other| other != first));
    assert!(Word::Verified.text() != Status::Holds.word());
}
