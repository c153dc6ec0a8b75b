//! A closed set of local states: all that one process can be in, without what is in its channels, and what each of its
//! events does there. It holds for every run, because a step out of it would have to begin in it: an event at a process
//! depends on that process and, where it receives, on an item that somebody can have sent.
//!
//! What is only written and never read (records, kept messages, the ghost cut) is not told apart, but what each
//! event writes is noted with it. Where that cannot be right, the set is not closed, and [`Refusal`] says why: something
//! but the tail of a channel is touched elsewhere; what was kept is changed otherwise than by appending; the set is too
//! large; or one of these fails:
//!
//! - *W, nothing ill-formed*: no event records twice or sends a second marker of a snapshot on a channel. Else a state
//!   would be halted, and what halts is dependent on everything.
//! - *F, frozen when done*: where a process has done its part of a snapshot, what it recorded and kept for it stays as it
//!   is. Then whatever was judged at completion can be judged in a terminal state as well.

use std::cmp::Ordering;
use std::sync::Arc;

use indexmap::IndexSet;

use super::application::Application;
use super::closing::Round;
use super::component::{Incoming, Part, Process};
use super::event::{Event, Item};
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::protocol::Protocol;
use super::system::{ComponentOf, EventOf, ProcessOf, System};

/// More events at one process have no room in a set of them.
pub const ACTS_MAX: usize = 64;

/// Things with numbers.
pub(super) type Numbered<T> = IndexSet<T, ahash::RandomState>;
pub(super) type ItemOf<A> = Item<<A as Application>::Message>;
pub(super) type EffectsOf<A> = Effects<<A as Application>::State, <A as Application>::Message>;
pub(super) type NoteOf<A> = Note<<A as Application>::State, <A as Application>::Message>;
/// Items by channel.
pub(super) type Items<A> = Vec<Numbered<ItemOf<A>>>;

/// Why there is no closed set: a sentence that names the transition, where it is one.
pub type Refusal = String;

/// All local states of all processes.
#[derive(Debug)]
pub struct Closure<A: Application> {
    /// By process.
    pub sites: Vec<Site<A>>,
    /// All items that can ever be in a channel.
    pub items: Items<A>,
}

/// All local states of one process.
#[derive(Debug)]
pub struct Site<A: Application> {
    /// The local states.
    pub classes: Numbered<ProcessOf<A>>,
    /// The events that can ever happen here, whose numbers are called acts.
    pub acts: Numbered<EventOf<A>>,
    /// For each local state what can happen there, in the order of acts.
    pub moves: Vec<Vec<Move>>,
    /// How much of the conserved quantity each local state holds.
    pub(super) held: Vec<u128>,
    /// How much of it each act receives.
    pub(super) received: Vec<u128>,
    /// How much of it there is in all.
    pub(super) total: u128,
    /// What events do besides.
    pub effects: Numbered<Effects<A::State, A::Message>>,
}

impl<A: Application> Site<A> {
    /// No state holds enough for both acts to be possible in this local state: what one receives is in a channel until
    /// it does.
    pub fn never_both(&self, class: usize, a: usize, b: usize) -> bool {
        self.held[class] + self.received[a] + self.received[b] > self.total
    }

    /// Both receive from one channel: then only what is at its head can happen, and stays there until it does.
    pub fn on_one_channel(&self, a: usize, b: usize) -> bool {
        let of = |act: usize| match &self.acts[act] {
            Event::Receive(channel, _) => Some(*channel),
            _ => None,
        };
        of(a).is_some() && of(a) == of(b)
    }
}

/// One event in one local state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The event.
    pub act: usize,
    /// The local state after it.
    pub target: usize,
    /// The number of its effects.
    pub effects: usize,
}

/// What an event does besides leading to a local state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Effects<S, M> {
    /// What it sends, in order.
    pub sends: Vec<(ChannelId, Item<M>)>,
    /// What it writes that nothing reads.
    pub notes: Vec<Note<S, M>>,
}

/// Something written that nothing reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note<S, M> {
    /// A process state is recorded.
    Recorded(SnapshotId, S),
    /// A message is appended to what is kept of an incoming channel.
    Kept(usize, SnapshotId, M),
    /// A message is appended to what has crossed the cut.
    Crossed(usize, SnapshotId, M),
    /// An orphan has been received.
    Orphan(usize, SnapshotId),
}

impl<S: Ord, M: Ord> Note<S, M> {
    /// Notes of different places in a fixed order; those of one list stay as they are.
    pub fn by_place(&self, other: &Self) -> Ordering {
        let place = |note: &Self| match note {
            Self::Recorded(snapshot, _) => (0, 0, *snapshot),
            Self::Kept(inbox, snapshot, _) => (1, *inbox, *snapshot),
            Self::Crossed(inbox, snapshot, _) => (2, *inbox, *snapshot),
            Self::Orphan(inbox, snapshot) => (3, *inbox, *snapshot),
        };
        place(self).cmp(&place(other))
    }
}

impl<A: Application, P: Protocol> System<A, P> {
    /// The local states that can be met from this state on.
    ///
    /// # Errors
    /// Where there is no such set that tells what is dependent; see the module.
    pub fn closure(&self, initial: &[ComponentOf<A>]) -> Result<Closure<A>, Refusal> {
        let processes: Vec<&ProcessOf<A>> =
            initial.iter().filter_map(|component| component.process()).collect();
        let mut items: Items<A> = self.topology.channels().iter().map(|_| Numbered::default()).collect();
        for (process, at) in processes.iter().zip(self.topology.processes()) {
            for (incoming, channel) in process.incoming.iter().zip(self.topology.incoming(at)) {
                items[channel.index()].extend(incoming.items.iter().cloned());
            }
        }
        loop {
            let mut round = Round::new(self, &processes, &items);
            round.close()?;
            if round.sent.iter().zip(&items).all(|(sent, known)| sent.iter().all(|item| known.contains(item)))
            {
                round.check_markers(&processes)?;
                return Ok(Closure { sites: round.sites, items });
            }
            for (sent, known) in round.sent.into_iter().zip(&mut items) {
                known.extend(sent);
            }
        }
    }

    /// A process without what is in its channels and without what is only written.
    pub fn class(&self, at: ProcessId, process: &ProcessOf<A>) -> ProcessOf<A> {
        let part = |part: &Part<A::State, A::Message>| Part {
            begun: part.begun,
            held: 0,
            record: part.record.as_ref().map(|_| self.application.initial(at)),
            peeked: part.peeked.clone(),
            stopped: part.stopped.clone(),
        };
        let incoming = |(incoming, &channel): (&Arc<Incoming<A::Message>>, &ChannelId)| {
            let mut plain = self.empty_channel(channel);
            for (ledger, from) in plain.ledgers.iter_mut().zip(&incoming.ledgers) {
                ledger.marker_arrived = from.marker_arrived;
                ledger.blocked = from.blocked;
                ledger.status = from.status;
            }
            Arc::new(plain)
        };
        let channels = process.incoming.iter().zip(self.topology.incoming(at));
        Process {
            state: process.state.clone(),
            parts: process.parts.iter().map(|of| Arc::new(part(of))).collect(),
            incoming: channels.map(incoming).collect(),
            crashes: process.crashes,
            down: process.down,
            fresh: None,
        }
    }
}
