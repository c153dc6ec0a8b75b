//! Each message of a model whose sends are fixed, over all orderings: is it recorded in its channel always, never, or
//! sometimes? Explored plainly, with the messages told apart by their number on their channel.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Course;
use super::picture::{channel, process};
use super::walk::milestones;
use crate::algorithm::syntax::{Action, Algorithm};
use crate::algorithm::validate::flattened;
use crate::apps::{App, AppStep, Behaviour, Sending};
use crate::engine::simulation::{Classified, Fate};
use crate::engine::{State as Engine, successors};
use crate::model::{Model, ModelEvent};
use crate::network::{Application, ChannelId, Event, Item, ProcessId, SnapshotId, StateOf};

/// Why messages cannot be classified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclassified {
    /// What is sent differs from ordering to ordering.
    SendsAreFree,
    /// The model has no snapshots.
    NoSnapshots,
    /// A channel may lose, repeat, or let out any item, so that messages cannot be followed by their order.
    NotFifo,
    /// A message may be kept later than it is received, or not stay kept.
    KeptOtherwise,
    /// There are more states than this.
    TooLarge(usize),
}

/// A message: its channel and its number there.
type Message = (ChannelId, u16);
type State = StateOf<App>;

/// A state in which messages are told apart.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Marked {
    components: Vec<<crate::check::Network as crate::engine::TransitionSystem>::Component>,
    halted: bool,
    /// For each channel how many messages were sent on it and received from it.
    sent: Vec<u16>,
    received: Vec<u16>,
    /// What each snapshot has kept.
    kept: Vec<Vec<Message>>,
}

/// Where a marked state was first met from, and by what.
type From = Option<(usize, ModelEvent)>;

/// Every message with every snapshot: by snapshot, then in channel order.
///
/// # Errors
/// Where messages cannot be told apart in every ordering, or the graph has more states than allowed.
pub fn classify(model: &Model, states_max: usize) -> Result<Vec<Classified>, Unclassified> {
    fits(model)?;
    let mut space = Space::new(model);
    space.explore(states_max)?;
    let messages = space.messages();
    let snapshots = (0..model.snapshots.len()).map(SnapshotId::of);
    let all = snapshots.flat_map(|number| messages.iter().map(move |&message| (number, message)));
    Ok(all.map(|(number, message)| space.classified(number, message)).collect())
}

fn fits(model: &Model) -> Result<(), Unclassified> {
    let is_fifo = |channel: &crate::network::Channel| channel.discipline == crate::network::Discipline::Fifo;
    if model.snapshots.is_empty() {
        return Err(Unclassified::NoSnapshots);
    }
    if !model.topology.channels().iter().all(is_fifo) {
        return Err(Unclassified::NotFifo);
    }
    if model.recovery.is_some() || keeps_otherwise(&model.algorithm) {
        return Err(Unclassified::KeptOtherwise);
    }
    let Some(tokens) = model.application.tokens() else { return Err(Unclassified::SendsAreFree) };
    if matches!(tokens.behaviour, Behaviour::Lists(_)) {
        return Ok(());
    }
    let mut course = Course::new(model);
    course.take_enabled(&model.walk);
    let spent = |at: ProcessId| model.application.is_finished(at, &process(course.last(), at).state);
    if model.topology.processes().all(spent) { Ok(()) } else { Err(Unclassified::SendsAreFree) }
}

/// Other than where a message is received, and for good.
fn keeps_otherwise(algorithm: &Algorithm) -> bool {
    let handlers = [&algorithm.on_start, &algorithm.on_marker, &algorithm.on_message];
    let changes = |action: &&Action| matches!(action, Action::Forget | Action::KeepRepeated);
    handlers.into_iter().any(|handler| flattened(handler).iter().any(changes))
        || flattened(&algorithm.on_message).contains(&&Action::Pause)
}

/// The marked states of a model.
struct Space<'m> {
    model: &'m Model,
    system: super::Network,
    states: Vec<Marked>,
    from: Vec<From>,
    /// The states without successors.
    ends: Vec<usize>,
}

impl<'m> Space<'m> {
    fn new(model: &'m Model) -> Self {
        let system = model.system();
        let channels = model.topology.channels().len();
        let first = super::picture::initial(&system);
        let mut state = Marked {
            components: first.components,
            halted: false,
            sent: vec![0; channels],
            received: vec![0; channels],
            kept: vec![Vec::new(); model.snapshots.len()],
        };
        for event in &model.walk {
            let next =
                successors(&system, &state.plain()).taken.into_iter().find(|next| next.event == *event);
            let next = next.expect("the model has seen to it that each event of its walk is enabled");
            state = state.after(model, event, next.state);
        }
        Self { model, system, states: vec![state], from: vec![None], ends: Vec::new() }
    }

    fn explore(&mut self, states_max: usize) -> Result<(), Unclassified> {
        let mut numbers = HashMap::from([(self.states[0].clone(), 0)]);
        let mut at = 0;
        while at < self.states.len() {
            let state = self.states[at].clone();
            let taken =
                if state.halted { Vec::new() } else { successors(&self.system, &state.plain()).taken };
            if taken.is_empty() {
                self.ends.push(at);
            }
            for next in taken {
                let marked = state.after(self.model, &next.event, next.state);
                if let Entry::Vacant(free) = numbers.entry(marked.clone()) {
                    free.insert(self.states.len());
                    self.states.push(marked);
                    self.from.push(Some((at, next.event)));
                }
            }
            if self.states.len() > states_max {
                return Err(Unclassified::TooLarge(states_max));
            }
            at += 1;
        }
        Ok(())
    }

    /// Every message that is sent in some ordering.
    fn messages(&self) -> Vec<Message> {
        let channels = (0..self.model.topology.channels().len()).map(ChannelId::of);
        let most = |at: ChannelId| self.ends.iter().map(|&end| self.states[end].sent[at.index()]).max();
        channels.flat_map(|at| (0..most(at).unwrap_or(0)).map(move |number| (at, number))).collect()
    }

    fn classified(&self, number: SnapshotId, message: Message) -> Classified {
        let is_kept = |end: &usize| self.states[*end].kept[number.index()].contains(&message);
        let is_complete =
            |end: &&usize| milestones(&self.system, &self.states[**end].plain()) >> number.0 & 1 == 1;
        let ends: Vec<usize> = self.ends.iter().filter(is_complete).copied().collect();
        let kept = ends.iter().copied().find(|end| is_kept(end));
        let other = ends.iter().copied().find(|end| !is_kept(end));
        let fate = match (kept, other) {
            (Some(_), None) => Fate::Always,
            (None, _) => Fate::Never,
            (Some(_), Some(_)) => Fate::Sometimes,
        };
        let example = |end: usize, title: &str| {
            let mut course = Course::new(self.model);
            course.take_enabled(&self.model.walk);
            course.take_enabled(&self.path(end));
            course.run(title, String::new())
        };
        Classified {
            message: self.name(message),
            snapshot: number.index(),
            fate,
            examples: [
                kept.map(|end| example(end, "recorded")),
                other.map(|end| example(end, "not recorded")),
            ],
        }
    }

    /// `1 from A to B`, with its number where the channel has several.
    fn name(&self, (at, number): Message) -> String {
        let ends = self.model.topology.channel(at);
        let (from, to) = (self.model.topology.name(ends.from), self.model.topology.name(ends.to));
        let amount = self.amount((at, number)).unwrap_or_default();
        let several = self.messages().iter().filter(|(other, _)| *other == at).count() > 1;
        let ordinal = if several { format!(", number {} there", number + 1) } else { String::new() };
        format!("{amount} from {from} to {to}{ordinal}")
    }

    /// What the message carries: the first time that it is sent tells.
    fn amount(&self, (at, number): Message) -> Option<String> {
        let sent_on = |event: &ModelEvent, at| sent_on(self.model, event, at);
        let walked = self.model.walk.iter().filter_map(|event| sent_on(event, at));
        let mut walked = walked.skip(usize::from(number));
        let sends = |state: usize| self.states[state].sent[at.index()] == number + 1;
        let by = self.from.iter().enumerate().filter(|(state, _)| sends(*state));
        let mut by = by.filter_map(|(_, from)| sent_on(&from.as_ref()?.1, at));
        walked.next().or_else(|| by.next())
    }

    fn path(&self, end: usize) -> Vec<ModelEvent> {
        let mut events = Vec::new();
        let mut at = end;
        while let Some((before, event)) = &self.from[at] {
            events.push(event.clone());
            at = *before;
        }
        events.reverse();
        events
    }
}

/// What the event sends on a channel, if it can.
fn sent_on(model: &Model, event: &ModelEvent, at: ChannelId) -> Option<String> {
    let Event::Step(AppStep::Tokens(step)) = event else { return None };
    match step {
        Sending::Send(channel, amount) if *channel == at => Some(amount.to_string()),
        Sending::Broadcast(process, amount) if model.topology.channel(at).from == *process => {
            Some(amount.to_string())
        }
        Sending::Send(..) | Sending::Broadcast(..) => None,
    }
}

impl Marked {
    fn plain(&self) -> State {
        Engine { components: self.components.clone(), halted: self.halted }
    }

    /// The state after an event; a message is kept where it is received and the list of what is kept grows.
    fn after(&self, model: &Model, event: &ModelEvent, next: State) -> Self {
        let mut marked = Self { components: next.components, halted: next.halted, ..self.clone() };
        match event {
            Event::Step(_) => {
                let (before, after) = (self.plain(), marked.plain());
                for at in (0..marked.sent.len()).map(ChannelId::of) {
                    let length = |state: &State| channel(model, state, at).messages().count();
                    marked.sent[at.index()] += (length(&after) - length(&before)) as u16;
                }
            }
            Event::Receive(at, Item::Message(..)) => {
                let message = (*at, self.received[at.index()]);
                marked.received[at.index()] += 1;
                let (before, after) = (self.plain(), marked.plain());
                for (number, kept) in marked.kept.iter_mut().enumerate() {
                    let length = |state: &State| channel(model, state, *at).ledgers[number].kept.len();
                    if length(&after) > length(&before) {
                        kept.push(message);
                    }
                }
            }
            _ => {}
        }
        marked
    }
}
