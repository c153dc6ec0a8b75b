//! A second, naive implementation of the semantics for token systems: whole states, cloned and hashed;
//! the algorithm walked as it is written. It shares the model's types with the crate and nothing else.

#![allow(dead_code)] // each test binary that includes this uses a part of it

pub mod alike;
pub mod application;
pub mod events;
pub mod explore;
pub mod golden;
pub mod handlers;
pub mod judge;
pub mod peer;
pub mod properties;
pub mod random;
pub mod state;
pub mod systems;

pub use cl_check::algorithm::syntax;
pub use cl_check::apps::{AppMessage, AppStep, Behaviour, Sending, Tokens};
pub use cl_check::model::{Expect, Model, ModelEvent, Then};
pub use cl_check::network::{
    Channel, ChannelId, Discipline, Event, Item, Late, ProcessId, SnapshotId, Topology, Turn,
};
pub use cl_check::oracle::{Property, Reach, Recorded};

use state::{Line, Purse, Site, Snapshot, State, Travelling};

/// Something that travels in a channel of a token system.
pub type Carried = Item<AppMessage>;

/// A step of a token system.
pub fn step(sending: Sending) -> ModelEvent {
    Event::Step(AppStep::Tokens(sending))
}

/// A message of a token system.
pub fn message(amount: u64, late: Late) -> Carried {
    Item::Message(AppMessage::Tokens(amount), late)
}

/// A token system, ready to be explored. Processes, channels and snapshots are plain numbers here.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Sender and receiver of each channel.
    pub channels: Vec<(usize, usize)>,
    /// How each channel delivers.
    pub disciplines: Vec<Discipline>,
    /// The most items in a channel.
    pub capacity: Option<usize>,
    /// Who may start each snapshot, ascending.
    pub initiators: Vec<Vec<usize>>,
    /// The global script.
    pub script: Option<Vec<Turn>>,
    /// What the processes do.
    pub tokens: Tokens,
    /// The algorithm, as written.
    pub algorithm: syntax::Algorithm,
    /// The events that happen first.
    pub walk: Vec<ModelEvent>,
    /// What follows the walk.
    pub then: Then,
    /// What is judged.
    pub check: Vec<Property>,
    /// The clauses of `Recorded`.
    pub recorded: Vec<Recorded>,
    /// What must be reachable.
    pub reach: Vec<Reach>,
}

impl Reference {
    /// The system of a model.
    pub fn of_model(model: &Model) -> Self {
        let channels = model.topology.channels();
        let initiators = model.snapshots.iter().map(|initiators| {
            let mut initiators: Vec<usize> = initiators.iter().map(|process| process.index()).collect();
            initiators.sort_unstable();
            initiators
        });
        Self {
            channels: channels.iter().map(|channel| (channel.from.index(), channel.to.index())).collect(),
            disciplines: channels.iter().map(|channel| channel.discipline).collect(),
            capacity: model.capacity,
            initiators: initiators.collect(),
            script: model.schedule.clone(),
            tokens: model.application.tokens().expect("the reference knows tokens").clone(),
            algorithm: model.algorithm.clone(),
            walk: model.walk.clone(),
            then: model.then,
            check: model.check.clone(),
            recorded: model.recorded.clone(),
            reach: model.reach.clone(),
        }
    }

    /// The same application on the same channels: no snapshots, script, walk or capacity.
    pub fn application_alone(&self) -> Self {
        Self {
            capacity: None,
            initiators: Vec::new(),
            script: None,
            walk: Vec::new(),
            then: Then::Explore,
            check: Vec::new(),
            recorded: Vec::new(),
            reach: Vec::new(),
            ..self.clone()
        }
    }

    /// How many processes there are.
    pub fn process_count(&self) -> usize {
        self.tokens.start.len()
    }

    /// The state in which nothing has happened.
    pub fn initial(&self) -> State {
        let sends = |process: usize| match &self.tokens.behaviour {
            Behaviour::Free { sends, .. } | Behaviour::Broadcast { sends, .. } => sends[process],
            Behaviour::Lists(_) => 0,
        };
        let purse = |process: usize| {
            let (balance, sends) = (self.tokens.start[process], sends(process));
            Purse { balance, sends, copies: 0, copied: 0 }
        };
        let snapshot = Snapshot {
            sites: vec![Site::default(); self.process_count()],
            links: vec![state::Link::default(); self.channels.len()],
        };
        let mut state = State {
            purses: (0..self.process_count()).map(purse).collect(),
            position: 0,
            channels: self
                .disciplines
                .iter()
                .map(|it| Line { items: Vec::new(), faults: it.faults() })
                .collect(),
            snapshots: vec![snapshot; self.initiators.len()],
            ill_formed: false,
        };
        self.pass_begun_starts(&mut state);
        state
    }

    /// Channels to a process, in channel order.
    pub fn incoming(&self, process: usize) -> Vec<usize> {
        (0..self.channels.len()).filter(|&channel| self.channels[channel].1 == process).collect()
    }

    /// Channels from a process, in channel order.
    pub fn outgoing(&self, process: usize) -> Vec<usize> {
        (0..self.channels.len()).filter(|&channel| self.channels[channel].0 == process).collect()
    }

    /// Is the channel a multiset?
    pub fn is_bag(&self, channel: usize) -> bool {
        self.disciplines[channel] == Discipline::Bag
    }

    /// Puts an item behind the others of a channel.
    pub fn put(&self, state: &mut State, channel: usize, item: Travelling) {
        self.append(channel, &mut state.channels[channel].items, item);
    }

    /// Puts an item in front of the others of a channel.
    pub fn put_ahead(&self, state: &mut State, channel: usize, item: Travelling) {
        self.prepend(channel, &mut state.channels[channel].items, item);
    }

    /// Appends to something that is kept per channel: at the end, or where it sorts if the channel is a bag.
    pub fn append<T: Ord>(&self, channel: usize, list: &mut Vec<T>, entry: T) {
        list.push(entry);
        if self.is_bag(channel) {
            list.sort();
        }
    }

    /// The same at the beginning.
    pub fn prepend<T: Ord>(&self, channel: usize, list: &mut Vec<T>, entry: T) {
        list.insert(0, entry);
        if self.is_bag(channel) {
            list.sort();
        }
    }
}
