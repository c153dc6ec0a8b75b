//! The reference on systems so small that every figure was derived by hand, state by state; each case is
//! about one rule of the semantics. Stateright counts each of them too.

mod reference;

use reference::judge::{Findings, Judgement, Status, Verdict};
use reference::peer::PeerFigures;
use reference::syntax::{Action, Condition, Rule, Set, Token};
use reference::systems::{complete, even, model, topology};
use reference::{
    Behaviour, Carried, ChannelId, Discipline, Event, Item, Late, Model, ModelEvent, ProcessId, Property,
    Recorded, Reference, Sending, SnapshotId, Then, Topology, Turn, message,
};

const A: ProcessId = ProcessId(0);
const B: ProcessId = ProcessId(1);
const AB: ChannelId = ChannelId(0);
const BA: ChannelId = ChannelId(1);
const K: SnapshotId = SnapshotId(0);
const MARKER: Carried = Item::Marker(K);
const START: ModelEvent = Event::Start(K, A);

/// States, transitions, terminal states, depth, orderings; Stateright must count the first four the same.
type Figures = (usize, usize, usize, usize, u32);

fn explore(model: &Model, expected: Figures) -> Findings {
    let reference = Reference::of_model(model);
    let found = reference.explore();
    let (distinct_states, transitions, terminal_states, depth, orderings) = expected;
    let four = (found.distinct_states, found.transitions, found.terminal_states, found.depth);
    assert_eq!(four, (distinct_states, transitions, terminal_states, depth));
    assert_eq!(found.orderings, (!found.is_cut).then(|| orderings.into()));
    let peer = PeerFigures { distinct_states, transitions, terminal_states, depth };
    if reference.then == Then::Explore {
        assert_eq!(reference.count_with_stateright(1), peer);
    }
    found
}

fn judged(found: &Findings, property: Property) -> Judgement {
    found.judgement(property).expect("the property was judged").clone()
}

fn assert_violated(found: &Findings, property: Property, counterexample: &[ModelEvent]) {
    let judgement = judged(found, property);
    assert_eq!(judgement.status, Status::Violated);
    assert_eq!(judgement.counterexample.as_deref(), Some(counterexample));
}

fn pair(discipline: Discipline) -> Topology {
    topology(2, &complete(2), discipline)
}

fn one_way(discipline: Discipline) -> Topology {
    topology(2, &[(0, 1)], discipline)
}

fn free(sends: &[u32]) -> Behaviour {
    Behaviour::Free { sends: sends.to_vec(), amounts: vec![1] }
}

fn step(channel: ChannelId, amount: u64) -> ModelEvent {
    reference::step(Sending::Send(channel, amount))
}

fn on_time(amount: u64) -> Carried {
    message(amount, Late::default())
}

fn late(amount: u64) -> Carried {
    let mut bits = Late::default();
    bits.set(K);
    message(amount, bits)
}

#[test]
fn two_initiators_of_one_snapshot_make_paths_of_unequal_length() {
    let found = explore(&even(2, &complete(2), 1, 0, &[&[0, 1]]), (7, 10, 1, 3, 6));
    assert_eq!(found.longest_path, 4);
}

#[test]
fn a_snapshot_of_two_idle_processes_is_three_events() {
    let found = explore(&even(2, &complete(2), 1, 0, &[&[0]]), (4, 3, 1, 3, 1));
    assert_eq!(
        (found.completed_snapshots, found.distinct_snapshots, found.verdict),
        (1, 1, Verdict::Verified)
    );
}

/// Each process: not sent, in flight, received; the two are independent.
#[test]
fn two_sends_without_a_snapshot() {
    let found = explore(&even(2, &complete(2), 1, 1, &[]), (9, 12, 1, 4, 6));
    assert_eq!(found.verdict, Verdict::Vacuous);
    assert_eq!(judged(&found, Property::ConsistentCut).status, Status::Vacuous);
    assert_eq!(judged(&found, Property::NonInterference).checked, 9);
}

#[test]
fn a_process_that_no_marker_reaches_never_completes() {
    let system = model(one_way(Discipline::Fifo), vec![1, 1], free(&[0, 0]), &[&[1]]);
    let found = explore(&system, (2, 1, 1, 1, 1));
    assert_violated(&found, Property::Terminates, &[Event::Start(K, B)]);
    let other = model(one_way(Discipline::Fifo), vec![1, 1], free(&[0, 0]), &[&[0]]);
    assert_eq!(explore(&other, (3, 2, 1, 2, 1)).verdict, Verdict::Verified);
}

/// The marker that comes back makes A record again: that state counts, ends its path and is not terminal.
#[test]
fn recording_twice_is_ill_formed() {
    let mut system = even(2, &complete(2), 1, 0, &[&[0]]);
    system.algorithm.on_marker = system.algorithm.on_start.clone();
    let found = explore(&system, (4, 3, 0, 3, 1));
    assert_violated(
        &found,
        Property::WellFormed,
        &[START, Event::Receive(AB, MARKER), Event::Receive(BA, MARKER)],
    );
    assert_eq!(judged(&found, Property::Terminates).status, Status::Vacuous);
    assert_eq!(found.completed_snapshots, 0);
}

#[test]
fn a_lost_marker_is_never_replaced() {
    let system = model(pair(Discipline::Lossy(1)), vec![1, 1], free(&[0, 0]), &[&[0]]);
    let found = explore(&system, (6, 5, 3, 3, 3));
    assert_violated(&found, Property::Terminates, &[START, Event::Lose(AB)]);
}

/// A copied marker closes a closed channel again; it was not sent twice.
#[test]
fn a_copy_of_a_marker_was_not_sent() {
    let mut channels = pair(Discipline::Fifo).channels().to_vec();
    channels[0].discipline = Discipline::Duplicating(1);
    let topology = Topology::new(vec!["A".into(), "B".into()], channels);
    let found = explore(&model(topology, vec![1, 1], free(&[0, 0]), &[&[0]]), (9, 9, 2, 5, 3));
    assert_eq!(judged(&found, Property::WellFormed).status, Status::Holds);
    assert_eq!((found.completed_snapshots, found.distinct_snapshots), (3, 1));
}

#[test]
fn a_marker_that_overtakes_loses_a_message() {
    let system = model(one_way(Discipline::Overtaking(1)), vec![1, 0], free(&[1, 0]), &[&[0]]);
    let found = Reference::of_model(&system).explore();
    let run = [step(AB, 1), START, Event::Overtake(AB), Event::Receive(AB, MARKER)];
    let judged_so = [Property::ConsistentCut, Property::TotalPreserved, Property::RecordedStateReachable];
    for property in judged_so {
        assert_violated(&found, property, &run);
    }
    assert_eq!(judged(&found, Property::NonInterference).status, Status::Holds);
}

/// Sends before the marker of a recorded process: an orphan.
#[test]
fn a_pause_between_record_and_marker() {
    let mut system = model(pair(Discipline::Fifo), vec![1, 0], free(&[1, 0]), &[&[0]]);
    system.algorithm.on_start.insert(1, Action::Pause);
    let found = Reference::of_model(&system).explore();
    let run = [
        START,
        step(AB, 1),
        Event::Receive(AB, late(1)),
        Event::Resume(A, K),
        Event::Receive(AB, MARKER),
        Event::Receive(BA, MARKER),
    ];
    assert_violated(&found, Property::ConsistentCut, &run);
    assert_violated(&found, Property::TotalPreserved, &run);
    assert_eq!(judged(&found, Property::Terminates).status, Status::Holds);
}

/// Two pauses in a row are two; one at the end of an `If` that something follows is one; one at the very end is none.
#[test]
fn which_pauses_are_pauses() {
    let mut system = model(one_way(Discipline::Fifo), vec![1, 0], free(&[0, 0]), &[&[0]]);
    let guarded = Action::If(Condition::NotRecorded, vec![Action::Record, Action::Pause]);
    let send = Action::Send(Token::Marker, Set::Outgoing);
    system.algorithm.on_start = vec![guarded, Action::Pause, send, Action::Pause];
    explore(&system, (5, 4, 1, 4, 1));
}

/// A handler stopped by the message's arrival does not delay the message itself: B has it at once.
#[test]
fn a_pause_in_on_message_delays_only_the_handler() {
    let mut system = model(one_way(Discipline::Fifo), vec![1, 0], free(&[1, 0]), &[&[1]]);
    system.algorithm.on_message = vec![Action::Pause, Action::Keep];
    system.algorithm.complete_when = Rule::Recorded;
    let walk = [Event::Start(K, B), step(AB, 1), Event::Receive(AB, on_time(1))];
    system.walk = walk.to_vec();
    let graph = Reference::of_model(&system).graph();
    let (before, after) = (&graph.states[0], &graph.states[1]);
    assert_eq!(graph.edges[0], [(Event::Resume(B, K), 1)]);
    assert_eq!((before.purses[1].balance, after.purses[1].balance), (1, 1));
    let link = |state: &reference::state::State| state.snapshots[0].links[0].clone();
    assert_eq!((link(before).kept, link(after).kept, link(before).expected), (vec![], vec![1], vec![1]));
}

/// The marker stands before the token that was sent first.
#[test]
fn a_marker_sent_ahead_leaves_a_message_behind() {
    let mut system = model(one_way(Discipline::Fifo), vec![1, 0], free(&[1, 0]), &[&[0]]);
    system.algorithm.on_start[1] = Action::SendAhead(Token::Marker, Set::Outgoing);
    let found = Reference::of_model(&system).explore();
    let run = [step(AB, 1), START, Event::Receive(AB, MARKER)];
    assert_violated(&found, Property::ConsistentCut, &run);
    assert_violated(&found, Property::TotalPreserved, &run);
}

/// A's token is in what was read before the pause, and has arrived at B when B records.
#[test]
fn a_balance_that_was_read_early_is_recorded_late() {
    let mut system = model(one_way(Discipline::Fifo), vec![1, 0], free(&[1, 0]), &[&[0]]);
    system.algorithm.on_start.splice(..0, [Action::Peek, Action::Pause]);
    let found = Reference::of_model(&system).explore();
    let run =
        [START, step(AB, 1), Event::Receive(AB, on_time(1)), Event::Resume(A, K), Event::Receive(AB, MARKER)];
    assert_violated(&found, Property::TotalPreserved, &run);
    assert_eq!(judged(&found, Property::ConsistentCut).status, Status::Holds);
}

/// Either start records both snapshots, and so makes the other impossible.
#[test]
fn what_is_done_to_the_next_snapshot_begins_it() {
    let mut system = model(one_way(Discipline::Fifo), vec![1, 0], free(&[0, 0]), &[&[0], &[0]]);
    system.algorithm.on_start = vec![Action::Record, Action::OfNext(vec![Action::Record])];
    explore(&system, (2, 2, 1, 1, 2));
}

/// B's copy: under way or received. C's: owed, under way or received; whole, it is never owed.
#[test]
fn a_broadcast_is_one_step_or_one_a_copy() {
    let sends = |whole| Behaviour::Broadcast { sends: vec![1, 0, 0], amounts: vec![1], whole };
    let fan = topology(3, &[(0, 1), (0, 2)], Discipline::Fifo);
    explore(&model(fan.clone(), vec![2, 0, 0], sends(false), &[]), (7, 8, 1, 4, 3));
    explore(&model(fan.clone(), vec![2, 0, 0], sends(true), &[]), (5, 5, 1, 3, 2));
    explore(&model(fan, vec![1, 0, 0], sends(true), &[]), (1, 0, 1, 0, 1));
}

/// `Block` without `Unblock`: what A sent behind its marker stays in the channel.
#[test]
fn a_blocked_channel_keeps_its_messages() {
    let mut system = model(pair(Discipline::Fifo), vec![1, 0], free(&[1, 0]), &[&[0]]);
    let part = vec![Action::Record, Action::Send(Token::Marker, Set::Outgoing)];
    system.algorithm.on_start = part.clone();
    system.algorithm.on_marker = vec![Action::If(Condition::NotRecorded, part), Action::Block(Set::Arriving)];
    system.algorithm.complete_when = Rule::EveryMarkerArrived;
    let found = Reference::of_model(&system).explore();
    let run = [START, step(AB, 1), Event::Receive(AB, MARKER), Event::Receive(BA, MARKER)];
    assert_violated(&found, Property::NonInterference, &run);
    assert_eq!(judged(&found, Property::ConsistentCut).status, Status::Holds);
}

/// The marker that A sends on its incoming channel comes to A, which has recorded and only closes.
#[test]
fn a_marker_sent_on_an_incoming_channel_comes_back() {
    let mut system = model(pair(Discipline::Fifo), vec![1, 0], free(&[0, 0]), &[&[0]]);
    system.algorithm.on_start[1] = Action::Send(Token::Marker, Set::Incoming);
    let found = explore(&system, (3, 2, 1, 2, 1));
    assert_violated(&found, Property::Terminates, &[START, Event::Receive(BA, MARKER)]);
}

/// The second send would overfill the channel until the first is received.
#[test]
fn capacity_cuts_events() {
    let mut system = model(one_way(Discipline::Fifo), vec![2, 0], free(&[2, 0]), &[]);
    system.capacity = Some(1);
    let found = explore(&system, (5, 4, 1, 4, 0));
    assert!(found.is_cut);
    assert_eq!(found.verdict, Verdict::Incomplete);
    assert!(found.judgements.iter().all(|judgement| judgement.status == Status::Unknown));
}

/// Sent 0, 1 or 2; any subset of what was sent received.
#[test]
fn a_bag_gives_any_of_its_items() {
    let lists = Behaviour::Lists(vec![vec![(AB, 1), (AB, 2)], vec![]]);
    explore(&model(one_way(Discipline::Bag), vec![3, 0], lists, &[]), (7, 8, 1, 4, 3));
}

/// A records between two sends of one token: the two are different items, as their late bits differ.
#[test]
fn late_bits_distinguish_items_of_a_bag() {
    let mut system = model(one_way(Discipline::Bag), vec![2, 0], free(&[2, 0]), &[&[0]]);
    system.algorithm.on_start = vec![Action::Record];
    let found = explore(&system, (21, 27, 3, 5, 11));
    let run =
        [step(AB, 1), step(AB, 1), START, Event::Receive(AB, on_time(1)), Event::Receive(AB, on_time(1))];
    assert_violated(&found, Property::Terminates, &run);
}

/// First the start, then the send; the markers and the message fall anywhere behind.
#[test]
fn a_script_orders_sends_and_starts_only() {
    let lists = Behaviour::Lists(vec![vec![(AB, 1)], vec![]]);
    let mut system = model(pair(Discipline::Fifo), vec![1, 0], lists, &[&[0]]);
    system.schedule = Some(vec![Turn::Start(K, A), Turn::Step(A)]);
    explore(&system, (9, 11, 1, 5, 5));
}

/// B's start is free and makes A begin, and so the script passes A's own start.
#[test]
fn a_script_passes_the_start_of_a_process_that_has_begun() {
    let mut system =
        model(pair(Discipline::Fifo), vec![1, 1], Behaviour::Lists(vec![vec![], vec![]]), &[&[0, 1]]);
    system.schedule = Some(vec![Turn::Start(K, A)]);
    explore(&system, (7, 10, 1, 3, 6));
}

#[test]
fn what_the_script_cannot_afford_holds_up_all_behind_it() {
    let lists = Behaviour::Lists(vec![vec![(AB, 2)], vec![]]);
    let mut system = model(pair(Discipline::Fifo), vec![1, 1], lists, &[&[0]]);
    system.schedule = Some(vec![Turn::Step(A), Turn::Start(K, A)]);
    let found = explore(&system, (1, 0, 1, 0, 1));
    assert_eq!(found.verdict, Verdict::Vacuous);
    assert_eq!(judged(&found, Property::Terminates).status, Status::Holds);
}

/// Ten tokens each; five go over before the snapshot, ten come back across it.
fn walked(length: usize, recorded: u64) -> Model {
    let lists = Behaviour::Lists(vec![vec![(AB, 5)], vec![(BA, 10)]]);
    let mut system = model(pair(Discipline::Fifo), vec![10, 10], lists, &[&[0]]);
    let walk = [
        step(AB, 5),
        START,
        Event::Receive(AB, on_time(5)),
        step(BA, 10),
        Event::Receive(AB, MARKER),
        Event::Receive(BA, on_time(10)),
        Event::Receive(BA, MARKER),
    ];
    system.walk = walk[..length].to_vec();
    system.then = Then::Stop;
    system.recorded =
        vec![Recorded { snapshot: K, processes: vec![(A, 5), (B, 5)], channels: vec![(BA, vec![recorded])] }];
    system
}

#[test]
fn a_walk_that_stops_is_all_there_is() {
    let found = explore(&walked(7, 10), (1, 0, 0, 0, 1));
    assert_eq!((found.completed_snapshots, found.verdict), (1, Verdict::Verified));
    assert_eq!(judged(&found, Property::Terminates).status, Status::Vacuous);
    let wrong = walked(7, 9);
    assert_violated(&explore(&wrong, (1, 0, 0, 0, 1)), Property::Recorded, &wrong.walk);
    let unfinished = walked(6, 10);
    assert_violated(&explore(&unfinished, (1, 0, 0, 0, 1)), Property::Recorded, &unfinished.walk);
}

/// The figures are those of the rest, the judgements those of the whole.
#[test]
fn exploration_goes_on_from_the_end_of_a_walk() {
    let mut system = walked(6, 10);
    system.then = Then::Explore;
    let found = explore(&system, (2, 1, 1, 1, 1));
    assert_eq!((found.completed_snapshots, found.verdict), (1, Verdict::Verified));
    system.walk = walked(7, 10).walk;
    assert_eq!(explore(&system, (1, 0, 1, 0, 1)).completed_snapshots, 1);
}
