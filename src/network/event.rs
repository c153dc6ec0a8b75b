//! Events and items, in *event order*: the derived order is the one that breaks ties between
//! counterexamples. Knows nothing of what an event does.

use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::link::LinkEvent;

/// Which snapshots the sender had recorded when it sent a message: one bit a snapshot.
///
/// Snapshot 0 is the most significant bit, so that the order is that of the list of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Late(u64);

impl Late {
    /// Is the message late for this snapshot?
    pub fn is(self, snapshot: SnapshotId) -> bool {
        self.0 & Self::bit(snapshot) != 0
    }

    /// Mark as late for this snapshot.
    pub fn set(&mut self, snapshot: SnapshotId) {
        self.0 |= Self::bit(snapshot);
    }

    fn bit(snapshot: SnapshotId) -> u64 {
        1 << (63 - snapshot.0)
    }
}

/// What travels in a channel: messages order before markers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item<M> {
    /// A message of the application, with the ghost bits of its sending.
    Message(M, Late),
    /// The marker of a snapshot.
    Marker(SnapshotId),
}

/// One event, one atomic transition. `S` is the application's own step, `M` its message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event<S, M> {
    /// The application acts.
    Step(S),
    /// A process starts a snapshot.
    Start(SnapshotId, ProcessId),
    /// An item is received.
    Receive(ChannelId, Item<M>),
    /// The oldest stopped handler goes on.
    Resume(ProcessId, SnapshotId),
    /// The channel drops its head.
    Lose(ChannelId),
    /// The channel copies its head.
    Duplicate(ChannelId),
    /// The channel exchanges its first two items.
    Overtake(ChannelId),
    /// Something happens in the channel's link layer.
    Link(ChannelId, LinkEvent),
    /// A process crashes.
    Crash(ProcessId),
    /// The system is restored.
    Restore,
}

/// What stays the same of an event while other events happen: from a channel that keeps its order whatever is its head
/// is received, and the head does not change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Lane<S> {
    /// The application acts.
    Step(S),
    /// A snapshot is started.
    Start(SnapshotId),
    /// The head of a channel is received.
    Receive(ChannelId),
    /// The oldest stopped handler goes on.
    Resume(SnapshotId),
}
