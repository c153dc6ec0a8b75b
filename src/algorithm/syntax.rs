//! A snapshot algorithm as it is written: three handlers of actions and a completion rule.
//! Knows nothing of how they are run. The meaning of each word is one line here.

use serde::Deserialize;

pub use crate::network::Handler;

/// A snapshot algorithm as data.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Algorithm {
    /// How reports call it.
    pub name: String,
    /// One sentence for people.
    #[serde(default)]
    pub about: String,
    /// Run by `Start(k, p)`.
    #[serde(default)]
    pub on_start: Vec<Action>,
    /// Run when a marker of `k` has been received.
    #[serde(default)]
    pub on_marker: Vec<Action>,
    /// Run for every snapshot when a message has been received, before the application sees it.
    #[serde(default)]
    pub on_message: Vec<Action>,
    /// When a process has done its part.
    pub complete_when: Rule,
}

/// One action of a handler.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Action {
    /// Write down the application state of this process.
    Record,
    /// Append this snapshot's marker to these channels.
    Send(Token, Set),
    /// Put this snapshot's marker in front of everything in these channels.
    SendAhead(Token, Set),
    /// Untouched channels become open.
    Open(Set),
    /// Channels become closed.
    Close(Set),
    /// Append the arriving message to what is kept of its channel.
    Keep,
    /// Put the arriving message before what is kept of its channel.
    KeepFirst,
    /// Append the arriving message, then make everything kept of its channel equal to it.
    KeepRepeated,
    /// Drop what is kept of all channels to here.
    Forget,
    /// Read the first half of the application state; the `Record` that follows takes it from here.
    Peek,
    /// Stop here; the rest runs as a later `Resume`.
    Pause,
    /// Receive nothing more from these channels.
    Block(Set),
    /// Take back `Block`.
    Unblock(Set),
    /// Run the body if the condition holds now.
    If(Condition, Vec<Action>),
    /// Run the body for the next snapshot instead of this one; after the last comes the first.
    OfNext(Vec<Action>),
}

impl Action {
    /// The actions inside it: those of an `If` or an `OfNext`.
    pub fn body(&self) -> &[Self] {
        match self {
            Self::If(_, body) | Self::OfNext(body) => body,
            _ => &[],
        }
    }

    /// The list of the actions inside it, if it can have some.
    pub fn body_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::If(_, body) | Self::OfNext(body) => Some(body),
            _ => None,
        }
    }
}

/// What a handler can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Token {
    /// The marker of the handler's own snapshot.
    Marker,
}

/// A set of channels as this process sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Set {
    /// Every channel from here.
    Outgoing,
    /// Every channel to here.
    Incoming,
    /// The channel of the item being received.
    Arriving,
    /// All but the first, in channel order.
    ButFirst(Side),
    /// Those that lead from a process listed earlier to one listed later.
    Forward(Side),
}

/// A side of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Side {
    /// Channels from here.
    Outgoing,
    /// Channels to here.
    Incoming,
}

/// The channel an `IsOpen` asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Which {
    /// The channel of the item being received.
    Arriving,
}

/// What an `If` asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Condition {
    /// This process has not recorded this snapshot.
    NotRecorded,
    /// This process has recorded this snapshot.
    Recorded,
    /// The arriving item's channel is open.
    IsOpen(Which),
    /// At least one marker of this snapshot was received on every incoming channel.
    EveryMarkerArrived,
    /// The arriving message was sent after its sender had recorded.
    SentAfterRecord,
    /// The application of this process will take no step of its own any more.
    Finished,
    /// The opposite.
    Not(Box<Condition>),
}

impl Condition {
    /// The condition under all `Not`s.
    pub fn innermost(&self) -> &Self {
        match self {
            Self::Not(inner) => inner.innermost(),
            other => other,
        }
    }
}

/// When a process has done its part of a snapshot (besides having recorded).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Rule {
    /// Every incoming channel is closed.
    EveryIncomingClosed,
    /// A marker was received on every incoming channel.
    EveryMarkerArrived,
    /// Recording is enough.
    Recorded,
}

/// One mechanical edit of an algorithm. Positions count actions from 0 in the order written, an `If` or `OfNext`
/// before its body, bodies counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub enum Edit {
    /// Remove the action, with its body.
    Delete(Handler, usize),
    /// Exchange the action with the next one of its list.
    Swap(Handler, usize),
    /// Put a `Pause` before the action.
    PauseBefore(Handler, usize),
    /// Put another action in its place.
    Replace(Handler, usize, Action),
    /// Put an action before it; the number of actions as position means the end of the handler.
    Insert(Handler, usize, Action),
    /// Ask another condition at this `If`.
    Condition(Handler, usize, Condition),
    /// Another completion rule.
    CompleteWhen(Rule),
}
