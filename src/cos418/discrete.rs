//! Every outcome in discrete time, the assignment's simulator with every choice of delays.
//!
//! A delay is not drawn when a packet is sent but when it matters: at each tick a head is late or due, and from a delay
//! of 4 on it cannot be late any more. Whatever was late before does not change what may follow, so of the times only
//! the age of each packet is part of the state, up to 5 ticks.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use indexmap::IndexMap;

use super::exercise::{Entry, Exercise};
use super::found::{Found, Outcome};
use super::run::{Move, Run};
use super::simulator::{DELAYS, Message, Server, collected};
use crate::engine::{Bounds, End};
use crate::network::{ChannelId, ProcessId, SnapshotId};

/// How often the bounds are looked at, in states.
const BOUNDS_EVERY: u64 = 1024;

/// Explores every choice of delays.
pub fn outcomes(exercise: &Exercise, bounds: &Bounds<'_>) -> Found {
    Search::new(exercise, bounds).all().0
}

/// The same, and for each outcome a run that has it.
pub fn runs(exercise: &Exercise, bounds: &Bounds<'_>) -> (Found, Vec<Run>) {
    Search::new(exercise, bounds).all()
}

/// What the future depends on, beside the place in the script.
#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    servers: Vec<Server>,
    /// What is on each link, and how many ticks ago it was sent.
    links: Vec<VecDeque<(Message, u8)>>,
}

/// How a state was reached.
struct Trace {
    before: Option<Arc<Trace>>,
    moves: Vec<Move>,
}

/// The states of one moment, each with a run to it; in the order in which they were met.
type Layer = IndexMap<State, Arc<Trace>>;

struct Search<'e> {
    exercise: &'e Exercise,
    bounds: &'e Bounds<'e>,
    order: Vec<(ProcessId, Vec<ChannelId>)>,
    found: Found,
    runs: BTreeMap<Outcome, Run>,
}

impl<'e> Search<'e> {
    fn new(exercise: &'e Exercise, bounds: &'e Bounds<'e>) -> Self {
        let order = exercise.servers_in_order();
        let found = Found {
            states: 0,
            transitions: 0,
            outcomes: Vec::new(),
            without_outcome: 0,
            end: End::Exhausted,
        };
        Self {
            exercise,
            bounds,
            order: order.into_iter().map(|server| (server, exercise.links_in_order(server))).collect(),
            found,
            runs: BTreeMap::new(),
        }
    }

    fn all(mut self) -> (Found, Vec<Run>) {
        let mut layer = Layer::from([(State::first(self.exercise), Arc::new(Trace::start()))]);
        self.found.states = 1;
        let mut position = 0;
        while !layer.is_empty() && self.found.end == End::Exhausted {
            let entry = self.exercise.script.get(position).copied();
            layer = self.next(layer, entry);
            position += 1;
        }
        let (outcomes, runs) = self.runs.into_iter().unzip();
        (Found { outcomes, ..self.found }, runs)
    }

    /// The states after the next entry; after the script, after one more tick.
    fn next(&mut self, layer: Layer, entry: Option<Entry>) -> Layer {
        let mut next = Layer::new();
        for (state, trace) in layer {
            match entry {
                Some(Entry::Send(..) | Entry::Snapshot(_)) => self.act(state, &trace, entry, &mut next),
                None if self.is_final(&state, &trace) => {}
                Some(Entry::Tick) | None => self.tick(state, &trace, &mut next),
            }
            if let Some(end) = self.is_over(next.len() as u64) {
                self.found.end = end;
                return Layer::new();
            }
        }
        self.found.states += next.len() as u64;
        next
    }

    fn act(&mut self, mut state: State, trace: &Arc<Trace>, entry: Option<Entry>, next: &mut Layer) {
        let Some(entry) = entry else { return };
        if state.act(self.exercise, entry).is_none() {
            self.found.without_outcome += 1;
            return;
        }
        self.found.transitions += 1;
        next.entry(state).or_insert_with(|| trace.then(vec![Move::Entry(entry)]));
    }

    /// Every choice of what is late at one tick: of each server at most one packet is delivered.
    fn tick(&mut self, mut state: State, trace: &Arc<Trace>, next: &mut Layer) {
        state.age();
        let mut partial = vec![(state, vec![Move::Entry(Entry::Tick)])];
        for (_, links) in &self.order {
            let mut after = Vec::new();
            for (state, moves) in partial {
                for link in state.choices(links) {
                    let (mut state, mut moves) = (state.clone(), moves.clone());
                    if let Some(link) = link {
                        state.deliver(self.exercise, link);
                        moves.push(Move::Deliver(link));
                    }
                    after.push((state, moves));
                }
            }
            partial = after;
        }
        self.found.transitions += partial.len() as u64;
        for (state, moves) in partial {
            next.entry(state).or_insert_with(|| trace.then(moves));
        }
    }

    /// Every snapshot is complete, or nothing is left that could make it so.
    fn is_final(&mut self, state: &State, trace: &Arc<Trace>) -> bool {
        let links = state.links.len();
        let collect = |snapshot| collected(&state.servers, links, snapshot);
        if let Some(snapshots) = self.exercise.snapshots().map(collect).collect() {
            self.runs.entry(Outcome { snapshots }).or_insert_with(|| trace.run());
            return true;
        }
        let is_stuck = state.links.iter().all(VecDeque::is_empty);
        self.found.without_outcome += u64::from(is_stuck);
        is_stuck
    }

    fn is_over(&self, more: u64) -> Option<End> {
        let states = self.found.states + more;
        if self.bounds.states_max.is_some_and(|most| states > most) {
            return Some(End::States);
        }
        if states.is_multiple_of(BOUNDS_EVERY) { self.bounds.met(0) } else { None }
    }
}

impl State {
    fn first(exercise: &Exercise) -> Self {
        Self {
            servers: exercise.topology.processes().map(|at| Server::new(exercise, at)).collect(),
            links: vec![VecDeque::new(); exercise.topology.channels().len()],
        }
    }

    /// A send or a start; `None` where it aborts the run.
    fn act(&mut self, exercise: &Exercise, entry: Entry) -> Option<()> {
        match entry {
            Entry::Tick => {}
            Entry::Snapshot(snapshot) => self.start(exercise, snapshot),
            Entry::Send(link, tokens) => {
                let from = exercise.topology.channel(link).from;
                let sent = self.servers[from.index()].send_tokens(tokens, link)?;
                self.put(sent.link, sent.message);
            }
        }
        Some(())
    }

    fn start(&mut self, exercise: &Exercise, snapshot: SnapshotId) {
        let initiator = exercise.initiators[snapshot.index()];
        for packet in self.servers[initiator.index()].start_snapshot(snapshot) {
            self.put(packet.link, packet.message);
        }
    }

    fn put(&mut self, link: ChannelId, message: Message) {
        self.links[link.index()].push_back((message, 0));
    }

    fn age(&mut self) {
        for (_, age) in self.links.iter_mut().flatten() {
            *age = (*age + 1).min(DELAYS);
        }
    }

    /// What a server with these links may deliver at a tick: any head that may be due, up to the first that must be;
    /// nothing, if none must.
    fn choices(&self, links: &[ChannelId]) -> Vec<Option<ChannelId>> {
        let mut choices = Vec::new();
        for &link in links {
            match self.links[link.index()].front() {
                None | Some((_, 0)) => {}
                Some(&(_, age)) => {
                    choices.push(Some(link));
                    if age >= DELAYS {
                        return choices;
                    }
                }
            }
        }
        choices.push(None);
        choices
    }

    fn deliver(&mut self, exercise: &Exercise, link: ChannelId) {
        let Some((message, _)) = self.links[link.index()].pop_front() else { return };
        let to = exercise.topology.channel(link).to;
        for packet in self.servers[to.index()].handle_packet(link, message) {
            self.put(packet.link, packet.message);
        }
    }
}

impl Trace {
    fn start() -> Self {
        Self { before: None, moves: Vec::new() }
    }

    fn then(self: &Arc<Self>, moves: Vec<Move>) -> Arc<Self> {
        Arc::new(Self { before: Some(Arc::clone(self)), moves })
    }

    fn run(&self) -> Run {
        let mut pieces = vec![&self.moves];
        let mut at = self;
        while let Some(before) = &at.before {
            pieces.push(&before.moves);
            at = before;
        }
        Run { moves: pieces.into_iter().rev().flatten().copied().collect() }
    }
}
