//! What stands at one place: a process with its part of every snapshot and its incoming channels, or the script.
//! Together the components are exactly the state of the model; the ghost cut is part of it.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::event::{Item, Late};
use super::ids::{ChannelId, SnapshotId};
use super::link::Wire;
use super::protocol::Handler;
use super::recovery::Origin;
use super::schedule::Turn;
use super::topology::Discipline;

/// What stands at one place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Component<S, M> {
    /// A process.
    Process(Process<S, M>),
    /// The environment that keeps to a script.
    Script(Script),
}

impl<S, M> Component<S, M> {
    /// The process that stands here, if it is one.
    pub fn process(&self) -> Option<&Process<S, M>> {
        match self {
            Self::Process(process) => Some(process),
            Self::Script(_) => None,
        }
    }
}

/// A process: application state, its part of each snapshot, its incoming channels in channel order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Process<S, M> {
    /// The application state.
    pub state: S,
    /// One for each snapshot. What an event does not change is shared with the process before it.
    pub parts: Vec<Arc<Part<S, M>>>,
    /// One for each incoming channel, shared likewise.
    pub incoming: Vec<Arc<Incoming<M>>>,
    /// How often it has crashed.
    pub crashes: u32,
    /// It has crashed, and is not restored yet.
    pub down: bool,
    /// Ghost: it should have been restored from there, and nothing has happened here since.
    pub fresh: Option<Origin>,
}

impl<S: Clone, M: Clone> Process<S, M> {
    /// Its part of a snapshot, to change.
    pub fn part_mut(&mut self, snapshot: SnapshotId) -> &mut Part<S, M> {
        Arc::make_mut(&mut self.parts[snapshot.index()])
    }

    /// An incoming channel, to change.
    pub fn incoming_mut(&mut self, inbox: usize) -> &mut Incoming<M> {
        Arc::make_mut(&mut self.incoming[inbox])
    }
}

/// What one process has done for one snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part<S, M> {
    /// It has recorded, or its `on_start` has run.
    pub begun: bool,
    /// Ghost: what the application's stable property was true of when this process was the first to start it.
    pub held: u64,
    /// The recorded application state.
    pub record: Option<S>,
    /// The half of it that was read before it is recorded.
    pub peeked: Option<S>,
    /// Stopped handlers, oldest first.
    pub stopped: VecDeque<Stopped<M>>,
}

/// A handler that stopped at a `Pause`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stopped<M> {
    /// Which handler.
    pub handler: Handler,
    /// The action to go on with.
    pub resume_at: u16,
    /// What had arrived.
    pub arriving: Option<Arriving<M>>,
}

/// What a handler is told of the item being received.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arriving<M> {
    /// The channel that it came on.
    pub channel: ChannelId,
    /// The message, and for which of the snapshots that the handler may ask about it is late; `None` for a marker.
    pub message: Option<(M, Late)>,
}

/// An incoming channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Incoming<M> {
    /// What is in it, head first (`Bag`: sorted).
    pub items: Vec<Item<M>>,
    /// How many more faults it may have.
    pub faults_left: u8,
    /// Its part in each snapshot.
    pub ledgers: Vec<Ledger<M>>,
    /// The link layer that brings the items, where there is one.
    pub wire: Option<Wire>,
}

/// One channel's part in one snapshot.
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own: any combination can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ledger<M> {
    /// A marker was sent on it.
    pub marker_sent: bool,
    /// A marker was received from it.
    pub marker_arrived: bool,
    /// Nothing is received from it.
    pub blocked: bool,
    /// Untouched, open or closed.
    pub status: Status,
    /// What the algorithm keeps.
    pub kept: Vec<M>,
    /// Ghost: what has crossed the cut.
    pub expected: Vec<M>,
    /// Ghost: a message from after the cut was received before it.
    pub orphan: bool,
}

/// Whether a channel's messages are being recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not yet.
    Untouched,
    /// They are.
    Open,
    /// No more.
    Closed,
}

/// What can happen to a channel at its sender's or its receiver's hand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect<M> {
    /// An item is sent.
    Append(Item<M>),
    /// An item is sent, and put in front of all others.
    Prepend(Item<M>),
    /// Untouched becomes open.
    Open(SnapshotId),
    /// Becomes closed.
    Close(SnapshotId),
    /// Nothing is received from it, or it is again.
    SetBlocked(SnapshotId, bool),
}

/// How an [`Effect`] went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// As asked.
    Done,
    /// Done, and it was the second marker of a snapshot on this channel.
    IllFormed,
    /// The channel is full.
    Full,
}

impl<M: Clone + Ord> Incoming<M> {
    /// An empty channel.
    pub fn new(discipline: Discipline, snapshots: usize) -> Self {
        let wire = matches!(discipline, Discipline::Linked { .. }).then(Wire::default);
        let ledgers = vec![Ledger::new(); snapshots];
        Self { items: Vec::new(), faults_left: discipline.faults(), ledgers, wire }
    }

    /// The channel with these items just sent.
    #[must_use]
    pub fn holding(mut self, items: Vec<Item<M>>) -> Self {
        self.items = items;
        self.offer();
        self
    }

    /// A link layer sends its next frame, if there is one.
    fn offer(&mut self) {
        if !self.items.is_empty() {
            self.wire.iter_mut().for_each(Wire::offer);
        }
    }

    /// A snapshot blocks it.
    pub fn blocked(&self) -> bool {
        self.ledgers.iter().any(|ledger| ledger.blocked)
    }

    /// Carries an effect out.
    pub fn apply(&mut self, effect: &Effect<M>, discipline: Discipline, capacity: Option<usize>) -> Applied {
        match effect {
            Effect::Append(_) | Effect::Prepend(_)
                if capacity.is_some_and(|most| self.items.len() >= most) =>
            {
                return Applied::Full;
            }
            Effect::Append(item) => return self.put(End::Tail, item.clone(), discipline),
            Effect::Prepend(item) => return self.put(End::Head, item.clone(), discipline),
            Effect::Open(snapshot) => self.ledger(*snapshot).open(),
            Effect::Close(snapshot) => self.ledger(*snapshot).status = Status::Closed,
            Effect::SetBlocked(snapshot, blocked) => self.ledger(*snapshot).blocked = *blocked,
        }
        Applied::Done
    }

    /// The messages in it, with their ghost bits, in order.
    pub fn messages(&self) -> impl Iterator<Item = (&M, Late)> {
        self.items.iter().filter_map(|item| match item {
            Item::Message(message, late) => Some((message, *late)),
            Item::Marker(_) => None,
        })
    }

    fn put(&mut self, end: End, item: Item<M>, discipline: Discipline) -> Applied {
        let second = match &item {
            Item::Message(..) => false,
            Item::Marker(snapshot) => std::mem::replace(&mut self.ledger(*snapshot).marker_sent, true),
        };
        // What a link layer is about to deliver stays the first.
        let delivering = self.wire.as_ref().is_some_and(Wire::is_pending);
        match end {
            End::Head if delivering => self.items.insert(1, item),
            _ => insert(&mut self.items, end, item, discipline),
        }
        self.offer();
        if second { Applied::IllFormed } else { Applied::Done }
    }

    fn ledger(&mut self, snapshot: SnapshotId) -> &mut Ledger<M> {
        &mut self.ledgers[snapshot.index()]
    }
}

impl<M> Ledger<M> {
    fn new() -> Self {
        Self {
            marker_sent: false,
            marker_arrived: false,
            blocked: false,
            status: Status::Untouched,
            kept: Vec::new(),
            expected: Vec::new(),
            orphan: false,
        }
    }

    fn open(&mut self) {
        if self.status == Status::Untouched {
            self.status = Status::Open;
        }
    }
}

/// An end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Before everything.
    Head,
    /// Behind everything.
    Tail,
}

/// Puts a value at an end, or in order where the channel is a bag.
pub fn insert<T: Ord>(list: &mut Vec<T>, end: End, value: T, discipline: Discipline) {
    let place = match (discipline, end) {
        (Discipline::Bag, _) => list.partition_point(|other| *other <= value),
        (_, End::Head) => 0,
        (_, End::Tail) => list.len(),
    };
    list.insert(place, value);
}

/// Where a script stands. What it holds is a function of the processes' state and its position.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Script {
    /// The next entry.
    pub position: usize,
    /// Starts that stand further on, of processes that have already begun.
    pub ahead: BTreeSet<Turn>,
}

impl Script {
    /// Takes the next entry, if it is this one.
    pub fn take(&self, schedule: &[Turn], turn: Turn) -> Option<Self> {
        let due = schedule.get(self.position) == Some(&turn);
        due.then(|| Self { position: self.position + 1, ahead: self.ahead.clone() }.skip(schedule))
    }

    /// A process has begun otherwise what the script would have it start.
    #[must_use]
    pub fn begun(&self, schedule: &[Turn], start: Turn) -> Self {
        let mut next = self.clone();
        if schedule[self.position.min(schedule.len())..].contains(&start) {
            next.ahead.insert(start);
        }
        next.skip(schedule)
    }

    /// Moves past starts that have happened.
    fn skip(mut self, schedule: &[Turn]) -> Self {
        while schedule.get(self.position).is_some_and(|turn| self.ahead.remove(turn)) {
            self.position += 1;
        }
        self
    }
}
