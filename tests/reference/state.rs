//! The global state, part by part as the semantics lists it, and what a state is asked about.
//! Knows nothing of events.

/// Everything that two states are compared by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The application state of each process.
    pub purses: Vec<Purse>,
    /// How many entries of the script are behind us.
    pub position: usize,
    /// The channels.
    pub channels: Vec<Line>,
    /// The snapshots.
    pub snapshots: Vec<Snapshot>,
    /// Something was recorded twice or a marker was sent twice.
    pub ill_formed: bool,
}

/// What a process holds, its sends (those left under `Free` and `Broadcast`, those done under lists), and what it has
/// begun to send to all: how many copies are still to go, of which amount; nobody holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Purse {
    /// Tokens held.
    pub balance: u64,
    /// Sends left or done.
    pub sends: u32,
    /// Copies owed.
    pub copies: u32,
    /// How much each; 0 where none is owed.
    pub copied: u64,
}

/// A channel: its items, first to come out first (a `Bag`: sorted), and how many faults are left.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// What travels.
    pub items: Vec<Travelling>,
    /// The budget.
    pub faults: u8,
}

/// An item. The derived order is messages by amount and late bits, then markers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Travelling {
    /// A message; `late[k]`: its sender had recorded snapshot `k` when it sent it.
    Message { amount: u64, late: Vec<bool> },
    /// The marker of a snapshot.
    Marker(usize),
}

/// What is remembered of one snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// Per process.
    pub sites: Vec<Site>,
    /// Per channel.
    pub links: Vec<Link>,
}

/// One process as one snapshot sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Site {
    /// What was recorded.
    pub record: Option<Purse>,
    /// The balance that `Peek` read for the record to come.
    pub peeked: Option<u64>,
    /// It has recorded, or its `on_start` has run.
    pub begun: bool,
    /// Stopped handlers, the oldest first.
    pub stopped: Vec<Stopped>,
}

/// A handler that has stopped at a `Pause`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stopped {
    /// Which handler, and for what.
    pub occasion: Occasion,
    /// Which `Pause`: the places of the `If`s around it, then its own.
    pub pause: Vec<usize>,
    /// The late bits of the message that the rest may ask for, by snapshot.
    pub late: Vec<bool>,
}

/// Why a handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// A start.
    Start,
    /// A marker received on this channel.
    Marker { channel: usize },
    /// A message received on this channel.
    Message { channel: usize, amount: u64 },
}

/// One channel as one snapshot sees it.
#[allow(clippy::struct_excessive_bools)] // as the semantics lists them
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Link {
    /// A marker was sent on it.
    pub marker_sent: bool,
    /// A marker was received from it.
    pub marker_arrived: bool,
    /// Untouched, open or closed.
    pub gate: Gate,
    /// What the algorithm kept (a `Bag`: sorted).
    pub kept: Vec<u64>,
    /// What crossed the cut (a `Bag`: sorted).
    pub expected: Vec<u64>,
    /// An orphan was received.
    pub orphan: bool,
    /// The snapshot blocks it.
    pub blocked: bool,
}

/// How far recording of a channel is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gate {
    /// Neither opened nor closed.
    #[default]
    Untouched,
    /// Being recorded.
    Open,
    /// Done.
    Closed,
}

/// The application's part of a state, without the faults left: purses, and messages in channels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Picture {
    /// The application state of each process.
    pub purses: Vec<Purse>,
    /// The amounts in each channel.
    pub channels: Vec<Vec<u64>>,
}

impl State {
    /// The application's part.
    pub fn picture(&self) -> Picture {
        let channels =
            self.channels.iter().map(|line| line.items.iter().filter_map(Travelling::amount).collect());
        Picture { purses: self.purses.clone(), channels: channels.collect() }
    }

    /// Has some process begun this snapshot?
    pub fn is_started(&self, snapshot: usize) -> bool {
        self.snapshots[snapshot].sites.iter().any(|site| site.begun)
    }

    /// Does some snapshot block this channel?
    pub fn is_blocked(&self, channel: usize) -> bool {
        self.snapshots.iter().any(|snapshot| snapshot.links[channel].blocked)
    }

    /// Is a message in some channel?
    pub fn has_message(&self) -> bool {
        self.channels.iter().flat_map(|line| &line.items).any(|item| item.amount().is_some())
    }
}

impl Travelling {
    /// The amount of a message.
    pub fn amount(&self) -> Option<u64> {
        match self {
            Self::Message { amount, .. } => Some(*amount),
            Self::Marker(_) => None,
        }
    }
}

impl Snapshot {
    /// What was recorded so far: a record or none per process, what was kept per channel.
    pub fn recorded(&self) -> (Vec<Option<Purse>>, Vec<Vec<u64>>) {
        let records = self.sites.iter().map(|site| site.record).collect();
        (records, self.links.iter().map(|link| link.kept.clone()).collect())
    }

    /// The same as a state of the application; every process must have recorded.
    pub fn picture(&self) -> Picture {
        let (records, channels) = self.recorded();
        let purses = records.into_iter().map(|record| record.expect("a complete snapshot has every record"));
        Picture { purses: purses.collect(), channels }
    }
}
