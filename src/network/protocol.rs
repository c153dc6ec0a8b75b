//! What a system asks of the snapshot algorithm, and what the algorithm may see and do at one process.

use serde::Deserialize;

use super::ids::ChannelId;

/// One of the three handlers, as model files call them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handler {
    /// Run by `Start`.
    OnStart,
    /// Run by a marker.
    OnMarker,
    /// Run by a message.
    OnMessage,
}

impl Handler {
    /// As model files call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OnStart => "on_start",
            Self::OnMarker => "on_marker",
            Self::OnMessage => "on_message",
        }
    }
}

/// What one process knows of one snapshot.
pub trait View {
    /// Channels from here, in channel order.
    fn outgoing(&self) -> &[ChannelId];
    /// Channels to here, in channel order.
    fn incoming(&self) -> &[ChannelId];
    /// This process has recorded.
    fn recorded(&self) -> bool;
    /// An incoming channel is open.
    fn is_open(&self, channel: ChannelId) -> bool;
    /// An incoming channel is closed.
    fn is_closed(&self, channel: ChannelId) -> bool;
    /// A marker was received on this incoming channel.
    fn marker_arrived(&self, channel: ChannelId) -> bool;
}

/// One process while it runs a handler.
pub trait Site: View {
    /// The channel of the item being received, if one is.
    fn arriving(&self) -> Option<ChannelId>;
    /// The arriving message was sent after its sender had recorded.
    fn sent_after_record(&self) -> bool;
    /// The application takes no step of its own any more.
    fn finished(&self) -> bool;
    /// The channel leads from a process listed earlier to one listed later.
    fn is_forward(&self, channel: ChannelId) -> bool;
    /// What follows is about the snapshot so many numbers after the handler's own.
    fn turn_to(&mut self, ahead: usize);
    /// Write down the application state.
    fn record(&mut self);
    /// Read the first half of the application state for the record to come.
    fn peek(&mut self);
    /// Append the marker to a channel.
    fn send_marker(&mut self, channel: ChannelId);
    /// Put the marker in front of everything in a channel.
    fn send_marker_ahead(&mut self, channel: ChannelId);
    /// An untouched channel becomes open.
    fn open(&mut self, channel: ChannelId);
    /// A channel becomes closed.
    fn close(&mut self, channel: ChannelId);
    /// Append the arriving message to what is kept of its channel.
    fn keep(&mut self);
    /// Put the arriving message before what is kept of its channel.
    fn keep_first(&mut self);
    /// Append the arriving message, and make everything kept of its channel equal to it.
    fn keep_repeated(&mut self);
    /// Drop what is kept of every channel to here.
    fn forget(&mut self);
    /// Receive nothing more from a channel, or do again.
    fn set_blocked(&mut self, channel: ChannelId, blocked: bool);
    /// An action was passed, `taken` unless it is an `If` whose condition failed: for coverage.
    fn passed(&mut self, handler: Handler, action: u16, taken: bool);
}

/// What of the order of things an algorithm depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own: any combination can be.
pub struct Heeds {
    /// Which channel from a process is the first.
    pub first_outgoing: bool,
    /// Which channel to a process is the first.
    pub first_incoming: bool,
    /// Which processes are listed before which.
    pub listed: bool,
    /// Which snapshots come before which.
    pub snapshots: bool,
    /// Which snapshot comes next after which.
    pub next: bool,
}

impl Heeds {
    /// Everything.
    pub const ALL: Self =
        Self { first_outgoing: true, first_incoming: true, listed: true, snapshots: true, next: true };
}

/// A snapshot algorithm.
pub trait Protocol: Send + Sync {
    /// Runs a handler from an action on; the action to go on with if it stopped at a `Pause`.
    fn run(&self, handler: Handler, from: u16, site: &mut dyn Site) -> Option<u16>;

    /// The completion rule holds here (a record is asked for elsewhere).
    fn rule_holds(&self, view: &dyn View) -> bool;

    /// How many `Pause`s stand at this action or behind it.
    fn pauses_from(&self, handler: Handler, action: u16) -> u16;

    /// A process can record or send a marker of a snapshot at another time than at its start and its markers.
    fn acts_unasked(&self) -> bool;

    /// How many numbers after a handler's own the snapshots are for which it may ask whether a message is late.
    fn lateness_asked(&self) -> &[usize];

    /// What of the order of things it depends on.
    fn heeds(&self) -> Heeds {
        Heeds::ALL
    }
}

/// A [`Site::passed`] as the number that the engine counts.
pub(super) fn mark(handler: Handler, action: u16, taken: bool) -> u16 {
    (handler as u16) << 14 | action << 1 | u16::from(taken)
}

/// What the number of a trace means: the inverse of what a [`Site`] notes.
pub fn passed_of(mark: u16) -> (Handler, u16, bool) {
    let handler = [Handler::OnStart, Handler::OnMarker, Handler::OnMessage][usize::from(mark >> 14)];
    (handler, mark >> 1 & 0x1fff, mark & 1 == 1)
}
