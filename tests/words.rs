//! What each word of the algorithm language does that Chandy and Lamport's algorithm does not use: a system, a walk, and
//! what stands there at its end.

use cl_check::apps::{App, AppMessage, AppState, Purse};
use cl_check::check;
use cl_check::engine::{State, TransitionSystem, successors};
use cl_check::model::{Model, Source, event_text, read};
use cl_check::network::{ChannelId, Item, StateOf, Status};

/// A pair of which A holds 3 tokens and sends 1 and then 2, and both start a snapshot, unless fields say otherwise.
fn model(fields: &str) -> Model {
    let or = |field: &str, value: &str| {
        if fields.contains(&format!("{field}:")) { String::new() } else { format!("{field}: {value},") }
    };
    let topology = or("topology", r#"Complete(["A", "B"])"#);
    let lists = r#"Tokens(start: {"A": 3}, behaviour: PerProcess({"A": [To("B", 1), To("B", 2)]}))"#;
    let application = or("application", lists);
    let snapshots = or("snapshots", r#"[By("A"), By("B")]"#);
    let text = format!(r#"Model(name: "words", {topology} {application} {snapshots} {fields})"#);
    read(&Source::new("words.ron", text)).unwrap_or_else(|error| panic!("{fields}: {error}"))
}

/// The state that a model's walk leads to, and whether something more would be cut there.
fn end(model: &Model) -> (StateOf<App>, bool) {
    let system = model.system();
    let mut state = State { components: system.initial(), halted: false };
    for event in &model.walk {
        let next = successors(&system, &state).taken.into_iter().find(|next| next.event == *event);
        state = next.expect("a walk is possible").state;
    }
    let cut = successors(&system, &state).cut;
    (state, cut)
}

/// Balance and sends done, and what is owed: `1/1 owes 1x2`.
fn purse(state: &AppState) -> String {
    let AppState::Tokens(Purse { balance, sent, owed }) = state else { panic!("these models pass tokens") };
    let owes =
        if owed.is_nothing() { String::new() } else { format!(" owes {}x{}", owed.copies, owed.amount) };
    format!("{balance}/{sent}{owes}")
}

fn amount(message: &AppMessage) -> u64 {
    let AppMessage::Tokens(amount) = message else { panic!("these models pass tokens") };
    *amount
}

/// What stands in a state, of what is not as it was at first: `A rec0 3/0` is balance and sends done, `A>B` a channel.
fn told(model: &Model, state: &StateOf<App>) -> String {
    let mut words = Vec::new();
    let process = |at: usize| state.components[at].process().expect("a process");
    for (at, name) in model.topology.names().iter().enumerate() {
        for (number, part) in process(at).parts.iter().enumerate() {
            words.extend(part.record.as_ref().map(|it| format!("{name} rec{number} {}", purse(it))));
            words.extend(part.peeked.as_ref().map(|it| format!("{name} peek{number} {}", purse(it))));
        }
    }
    for (at, channel) in model.topology.channels().iter().enumerate() {
        let inbox = model.topology.inbox(ChannelId::of(at));
        let incoming = &process(channel.to.index()).incoming[inbox];
        let name = format!("{}>{}", model.topology.name(channel.from), model.topology.name(channel.to));
        let items = incoming.items.iter().map(|item| match item {
            Item::Message(message, _) => amount(message).to_string(),
            Item::Marker(snapshot) => format!("M{}", snapshot.0),
        });
        let items: Vec<String> = items.collect();
        words.extend((!items.is_empty()).then(|| format!("{name} {}", items.join(" "))));
        for (number, ledger) in incoming.ledgers.iter().enumerate() {
            let kept = (!ledger.kept.is_empty()).then(|| {
                format!("{name} kept{number} {:?}", ledger.kept.iter().map(amount).collect::<Vec<_>>())
            });
            words.extend(kept);
            let status =
                (ledger.status != Status::Untouched).then(|| format!("{name} {:?}{number}", ledger.status));
            words.extend(status);
            words.extend(ledger.blocked.then(|| format!("{name} blocked{number}")));
        }
    }
    words.extend(state.halted.then(|| "ill-formed".to_owned()));
    words.join(", ")
}

/// An algorithm that does only this.
fn only(handlers: &str) -> String {
    format!(r#"algorithm: Algorithm(name: "only", {handlers}, complete_when: Recorded)"#)
}

fn stands(cases: &[(&str, &str, &str, &str)]) {
    for (handlers, fields, walk, expected) in cases {
        let model = model(&format!("{}, {fields} walk: [{walk}]", only(handlers)));
        assert_eq!(told(&model, &end(&model).0), *expected, "{handlers} {fields} {walk}");
    }
}

const SEND_1: &str = r#"Send("A", "B", 1)"#;
const SEND_BOTH: &str = r#"Send("A", "B", 1), Send("A", "B", 2)"#;
const BOTH_ARRIVE: &str =
    r#"Send("A", "B", 1), Send("A", "B", 2), Receive("A", "B", 1), Receive("A", "B", 2)"#;

#[test]
fn a_marker_that_is_sent_ahead_is_in_front() {
    let ahead = "on_start: [SendAhead(Marker, Outgoing)]";
    let sent = &format!("{SEND_BOTH}, Start(0, \"A\")");
    stands(&[
        (ahead, "", sent, "A>B M0 1 2"),
        (ahead, "channels: Bag,", sent, "A>B 1 2 M0"),
        (ahead, "channels: Lossy(1),", sent, "A>B M0 1 2"),
        (
            "on_start: [SendAhead(Marker, Outgoing), Send(Marker, Outgoing)]",
            "",
            sent,
            "A>B M0 1 2 M0, ill-formed",
        ),
        (
            "on_start: [Send(Marker, Outgoing), SendAhead(Marker, Outgoing)]",
            "",
            sent,
            "A>B M0 1 2 M0, ill-formed",
        ),
        ("on_start: [SendAhead(Marker, Incoming)]", "", &format!("{SEND_1}, Start(1, \"B\")"), "A>B M1 1"),
        (
            "on_start: [Send(Marker, Outgoing)], on_marker: [SendAhead(Marker, Arriving)]",
            "",
            r#"Start(0, "A"), Send("A", "B", 1), Receive("A", "B", Marker(0))"#,
            "A>B M0 1, ill-formed",
        ),
    ]);
    let full = |capacity: u8| {
        let fields = format!("{}, channel_capacity: {capacity}, walk: [{SEND_1}]", only(ahead));
        end(&model(&fields)).1
    };
    assert_eq!((full(1), full(2)), (true, false));
}

#[test]
fn messages_are_kept_in_disorder() {
    let snapshots = r#"snapshots: [By("A")],"#;
    stands(&[
        ("on_message: [Keep]", snapshots, BOTH_ARRIVE, "A>B kept0 [1, 2]"),
        ("on_message: [KeepFirst]", snapshots, BOTH_ARRIVE, "A>B kept0 [2, 1]"),
        (
            "on_message: [KeepFirst]",
            "snapshots: [By(\"A\")], channels: Bag,",
            BOTH_ARRIVE,
            "A>B kept0 [1, 2]",
        ),
        ("on_message: [KeepRepeated]", snapshots, BOTH_ARRIVE, "A>B kept0 [2, 2]"),
        ("on_message: [Keep, KeepRepeated]", snapshots, BOTH_ARRIVE, "A>B kept0 [2, 2, 2, 2]"),
        ("on_message: [Keep, Forget]", snapshots, BOTH_ARRIVE, ""),
        ("on_message: [Forget, Keep]", "", BOTH_ARRIVE, "A>B kept0 [2], A>B kept1 [2]"),
        (
            "on_start: [Forget, Send(Marker, Outgoing)], on_message: [Keep]",
            "",
            &format!("{BOTH_ARRIVE}, Start(1, \"B\")"),
            "A>B kept0 [1, 2], B>A M1",
        ),
    ]);
}

#[test]
fn a_state_is_read_in_two_halves() {
    let once = &format!("Start(0, \"A\"), {SEND_1}");
    let resumed = &format!("{once}, Resume(\"A\", 0)");
    stands(&[
        ("on_start: [Peek, Pause, Record]", "", once, "A peek0 3/0, A>B 1"),
        ("on_start: [Peek, Pause, Record]", "", resumed, "A rec0 3/1, A>B 1"),
        ("on_start: [Peek, Pause, Peek, Record]", "", resumed, "A rec0 2/1, A>B 1"),
        ("on_start: [Record, Pause, Peek]", "", resumed, "A rec0 3/0, A>B 1"),
        ("on_start: [Peek, OfNext([Record])]", "", once, "A peek0 3/0, A rec1 3/0, A>B 1"),
    ]);
}

#[test]
fn the_next_snapshot_is_acted_on() {
    let three = r#"snapshots: [By("A"), By("A"), By("A")],"#;
    let everything = "on_start: [OfNext([Record, Send(Marker, Outgoing), Open(Incoming), Block(Incoming)]), Close(Incoming)]";
    let (start_0, start_1) = (r#"Start(0, "A")"#, r#"Start(1, "A")"#);
    stands(&[
        (everything, "", start_0, "A rec1 3/0, A>B M1, B>A Closed0, B>A Open1, B>A blocked1"),
        (everything, three, start_1, "A rec2 3/0, A>B M2, B>A Closed1, B>A Open2, B>A blocked2"),
        (everything, three, r#"Start(2, "A")"#, "A rec0 3/0, A>B M0, B>A Open0, B>A blocked0, B>A Closed2"),
        ("on_start: [OfNext([OfNext([Record])])]", three, start_0, "A rec2 3/0"),
        ("on_start: [OfNext([OfNext([Record])])]", "", start_0, "A rec0 3/0"),
        ("on_start: [OfNext([Record, If(NotRecorded, [OfNext([Record])])])]", "", start_0, "A rec1 3/0"),
        (
            "on_start: [OfNext([Record, If(Recorded, [OfNext([Record])])])]",
            "",
            start_0,
            "A rec0 3/0, A rec1 3/0",
        ),
        ("on_start: [Record, OfNext([])]", r#"snapshots: [By("A")],"#, start_0, "A rec0 3/0"),
        (
            "on_start: [Record, OfNext([Record])]",
            r#"snapshots: [By("A")],"#,
            start_0,
            "A rec0 3/0, ill-formed",
        ),
        ("on_start: [Pause, OfNext([])]", "", r#"Start(0, "A"), Resume("A", 0)"#, ""),
        (
            "on_message: [OfNext([If(IsOpen(Arriving), [Keep]), Open(Arriving)])]",
            three,
            BOTH_ARRIVE,
            "A>B kept0 [2], A>B Open0, A>B kept1 [2], A>B Open1, A>B kept2 [2], A>B Open2",
        ),
        // The marker of 1 arrives; 0 has none yet, and 1 has one on every channel.
        (
            "on_start: [Send(Marker, Outgoing)], on_marker: [If(EveryMarkerArrived, [Record]), \
             OfNext([If(EveryMarkerArrived, [Record])])]",
            r#"snapshots: [By("A"), By("A")],"#,
            r#"Start(1, "A"), Receive("A", "B")"#,
            "B rec1 0/0",
        ),
        // A has recorded 1 and not 0 when it sends.
        (
            "on_start: [Record], on_message: [If(SentAfterRecord, [Keep]), OfNext([If(SentAfterRecord, [Keep, Keep])])]",
            r#"snapshots: [By("A"), By("A")],"#,
            r#"Start(1, "A"), Send("A", "B", 1), Receive("A", "B")"#,
            "A rec1 3/0, A>B kept1 [1, 1, 1]",
        ),
        (
            "on_start: [Record], on_message: [Pause, OfNext([If(SentAfterRecord, [Keep])])]",
            r#"snapshots: [By("A"), By("A")],"#,
            r#"Start(1, "A"), Send("A", "B", 1), Receive("A", "B"), Resume("B", 0)"#,
            "A rec1 3/0, A>B kept1 [1]",
        ),
    ]);
}

/// A record begins the snapshot, and a script moves past the start that is no longer due.
#[test]
fn a_start_of_the_next_snapshot_is_passed() {
    let script = r#"application: Tokens(start: {"A": 3}, behaviour: Script([Start(0, "A"), Start(1, "A"), Send("A", "B", 1)])),
        snapshots: [By("A"), By("A")],"#;
    stands(&[(
        "on_start: [Record, OfNext([Record])]",
        script,
        r#"Start(0, "A"), Send("A", "B", 1)"#,
        "A rec0 3/0, A rec1 3/0, A>B 1",
    )]);
}

#[test]
fn a_process_finishes() {
    let finished = "on_start: [If(Finished, [Record])]";
    let free = r#"application: Tokens(start: {"A": 3}, behaviour: Free(sends: {"A": 1}, amounts: [1])),"#;
    let poor = "application: Tokens(behaviour: PerProcess({})),";
    let needy = r#"application: Tokens(start: {"B": 3}, behaviour: PerProcess({"A": [To("B", 2)]})),"#;
    let start = r#"Start(0, "A")"#;
    stands(&[
        (finished, "", start, ""),
        (finished, "", &format!("{SEND_1}, {start}"), "A>B 1"),
        (finished, "", &format!("{SEND_BOTH}, {start}"), "A rec0 0/2, A>B 1 2"),
        (finished, "", r#"Start(1, "B")"#, "B rec1 0/0"),
        (finished, free, start, ""),
        (finished, free, &format!("{SEND_1}, {start}"), "A rec0 2/1, A>B 1"),
        (finished, poor, start, "A rec0 0/0"),
        (finished, needy, start, ""),
    ]);
}

/// A send to all neighbours, in one step or copy by copy. What is owed is held by nobody.
#[test]
fn a_message_is_broadcast() {
    let tokens = |sends: u8, whole: bool| {
        format!(
            r#"topology: Graph(processes: ["A", "B", "C"], channels: [("A", "C"), ("A", "B"), ("B", "A")]), application:
            Tokens(start: {{"A": 5}}, behaviour: Broadcast(sends: {sends}, amounts: [2, 1], whole: {whole})), "#
        )
    };
    let (whole, split) = (&tokens(2, true), &tokens(2, false));
    let record = "on_start: [Record]";
    let (once, start) = (r#"Broadcast("A", 2)"#, r#"Start(0, "A")"#);
    let rest = r#"Broadcast("A", 2), Send("A", "B", 2)"#;
    stands(&[
        (record, whole, &format!("{once}, {start}"), "A rec0 1/1, A>C 2, A>B 2"),
        (record, split, &format!("{once}, {start}"), "A rec0 1/1 owes 1x2, A>C 2"),
        (record, split, &format!("{rest}, {start}"), "A rec0 1/1, A>C 2, A>B 2"),
        ("on_start: [Peek, Pause, Record]", split, &format!("{start}, {once}"), "A peek0 5/0, A>C 2"),
        (
            "on_start: [Peek, Pause, Record]",
            split,
            &format!("{start}, {once}, Resume(\"A\", 0)"),
            "A rec0 5/1 owes 1x2, A>C 2",
        ),
        ("on_start: [If(Finished, [Record])]", &tokens(1, false), &format!("{once}, {start}"), "A>C 2"),
        (
            "on_start: [If(Finished, [Record])]",
            &tokens(1, false),
            &format!("{rest}, {start}"),
            "A rec0 1/1, A>C 2, A>B 2",
        ),
    ]);
    let offered = |fields: &str, walk: &str| {
        let model = model(&format!("{}, {fields} snapshots: [], walk: [{walk}]", only(record)));
        let next = successors(&model.system(), &end(&model).0).taken.into_iter();
        let text = next.map(|next| event_text(&model, &next.event));
        text.filter(|event| !event.starts_with("Receive")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(offered(whole, ""), r#"Broadcast("A",1) Broadcast("A",2)"#);
    assert_eq!(
        offered(whole, r#"Broadcast("A", 1)"#),
        r#"Broadcast("A",1)"#,
        "3 are not enough for two of 2"
    );
    assert_eq!(offered(split, once), r#"Send("A","B",2)"#, "nothing else while it owes");
    assert_eq!(offered(&tokens(1, true), once), "", "no sends left");
    assert_eq!(offered(split, rest), "", "1 is not enough for two");
    let both = r#"Broadcast("A", 1), Send("A", "B", 1), Receive("A", "B", 1)"#;
    assert_eq!(offered(split, both), r#"Broadcast("A",1) Broadcast("B",1)"#, "B has one neighbour");
    assert_eq!(
        offered(split, &format!("{both}, Broadcast(\"B\", 1)")),
        r#"Broadcast("A",1)"#,
        "and owes nothing"
    );
}

#[test]
fn forward_is_from_earlier_to_later_in_the_list() {
    let line = r#"topology: Line(["A", "B", "C"]), snapshots: [By("B")],"#;
    let turned = r#"topology: Line(["C", "B", "A"]), snapshots: [By("B")],"#;
    let start = r#"Start(0, "B")"#;
    stands(&[
        ("on_start: [Send(Marker, Forward(Outgoing))]", line, start, "B>C M0"),
        ("on_start: [Send(Marker, Forward(Outgoing))]", turned, start, "B>A M0"),
        ("on_start: [Open(Forward(Incoming))]", line, start, "A>B Open0"),
        ("on_start: [Open(Forward(Incoming))]", turned, start, "C>B Open0"),
    ]);
}

/// The last rows of the run that shows that a property fails, and why it does.
fn shown(fields: &str, property: &str) -> (Vec<String>, String) {
    let verdict = check::check(&model(fields), &check::Options::default());
    let run = verdict.counterexamples.iter().find(|run| run.property == property).expect("it fails");
    (run.rows.iter().map(|row| row.join(" | ")).collect(), run.reason.clone())
}

#[test]
fn runs_show_what_is_read_and_what_is_owed() {
    let one = r#"snapshots: [By("A")], application: Tokens(start: {"A": 1}, behaviour: Free(sends: {"A": 1}, amounts: [1]))"#;
    let (rows, _) = shown(
        &format!("{one}, mutations: [PauseBefore(on_start, 0), Insert(on_start, 0, Peek)]"),
        "TotalPreserved",
    );
    assert_eq!(rows[1], "1 peek 1 paused | 0 | - | -");
    let (rows, _) = shown(
        r#"topology: Star(centre: "A", leaves: ["B", "C"]), snapshots: [By("A"), By("A")],
            application: Tokens(start: {"A": 2}, behaviour: Broadcast(sends: {"A": 1}, amounts: [1], whole: false))"#,
        "TotalPreserved",
    );
    assert!(rows.last().is_some_and(|row| row.contains("rec 0:0 owes 1")), "{rows:?}");
}

/// It is not always the snapshot of the event that does something twice.
#[test]
fn the_snapshot_that_is_ill_formed_is_named() {
    let pair = r#"snapshots: [By("A"), By("A")], application: Tokens()"#;
    let reason = |mutations: &str| shown(&format!("{pair}, mutations: [{mutations}]"), "WellFormed").1;
    assert_eq!(
        reason("Insert(on_start, 2, OfNext([Send(Marker, Outgoing), Send(Marker, Outgoing)]))"),
        "a second marker of snapshot 1 is sent on A→B"
    );
    assert_eq!(
        reason("Insert(on_start, 1, Record)"),
        "snapshot 0 is recorded a second time by the same process"
    );
    assert_eq!(
        reason("Insert(on_start, 1, OfNext([Record, Record]))"),
        "a snapshot is recorded a second time by the same process"
    );
}

/// Two snapshots that the handlers of one message record have the same cut, whichever handler recorded which.
#[test]
fn cuts_are_drawn_after_all_handlers() {
    let walk = format!(r#"walk: [{SEND_1}, Receive("A", "B", 1)]"#);
    let model = model(&format!("{}, {walk}", only("on_message: [OfNext([Record])]")));
    let (state, _) = end(&model);
    let ledgers = &state.components[1].process().expect("a process").incoming[0].ledgers;
    let crossed: Vec<Vec<u64>> =
        ledgers.iter().map(|ledger| ledger.expected.iter().map(amount).collect()).collect();
    assert_eq!(crossed, [[1], [1]]);
}
