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

/// One process while it runs a handler of one snapshot.
pub trait Site: View {
    /// The channel of the item being received, if one is.
    fn arriving(&self) -> Option<ChannelId>;
    /// The arriving message was sent after its sender had recorded.
    fn sent_after_record(&self) -> bool;
    /// Write down the application state.
    fn record(&mut self);
    /// Append the marker to a channel.
    fn send_marker(&mut self, channel: ChannelId);
    /// An untouched channel becomes open.
    fn open(&mut self, channel: ChannelId);
    /// A channel becomes closed.
    fn close(&mut self, channel: ChannelId);
    /// Append the arriving message to what is kept of its channel.
    fn keep(&mut self);
    /// Receive nothing more from a channel, or do again.
    fn set_blocked(&mut self, channel: ChannelId, blocked: bool);
    /// An action was passed, `taken` unless it is an `If` whose condition failed: for coverage.
    fn passed(&mut self, handler: Handler, action: u16, taken: bool);
}

/// A snapshot algorithm.
pub trait Protocol: Send + Sync {
    /// Runs a handler from an action on; the action to go on with if it stopped at a `Pause`.
    fn run(&self, handler: Handler, from: u16, site: &mut dyn Site) -> Option<u16>;

    /// The completion rule holds here (a record is asked for elsewhere).
    fn rule_holds(&self, view: &dyn View) -> bool;

    /// How many `Pause`s stand at this action or behind it.
    fn pauses_from(&self, handler: Handler, action: u16) -> u16;

    /// A message can make a process record or send a marker.
    fn acts_on_messages(&self) -> bool;
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
