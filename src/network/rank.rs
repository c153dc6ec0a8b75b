//! The rank of a state: how much has been used up. It grows with every event, which is what lets the engine forget
//! old layers.
//!
//! Counted are steps, items received, faults and initiators that have begun. Items received is not stored, but
//! follows: messages sent (the application tells) plus markers sent plus copies less losses less what is in
//! flight. A handler that stops owes a `Resume` for each `Pause` ahead of it; to leave room for that, every
//! other count weighs more than what one event can come to owe.

use super::application::Application;
use super::component::Incoming;
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::protocol::{Handler, Protocol};
use super::system::{ProcessOf, System};
use super::topology::{Channel, Discipline};

impl<A: Application, P: Protocol> System<A, P> {
    pub(super) fn process_rank(&self, at: ProcessId, process: &ProcessOf<A>) -> i64 {
        let progress = self.application.progress(&self.topology, at, &process.state).unwrap_or_default();
        let channels = self.topology.incoming(at).iter().zip(&process.incoming);
        let received: i64 = channels.map(|(&channel, incoming)| self.channel_rank(channel, incoming)).sum();
        let starts = |snapshot: &SnapshotId| {
            process.parts[snapshot.index()].begun && self.snapshots[snapshot.index()].contains(&at)
        };
        let begun = self.snapshot_ids().filter(starts).count() as i64;
        self.weight() * (progress.cast_signed() + received + begun) - self.owed(process)
    }

    /// The most that one event adds: itself, what its process begins otherwise than by a Start, and what a stopped
    /// handler no longer owes.
    pub(super) fn largest_rank_step(&self) -> Option<u32> {
        for process in self.topology.processes() {
            self.application.progress(&self.topology, process, &self.application.initial(process))?;
        }
        // What a link layer does is not counted, and a restore goes back.
        let is_linked = |channel: &Channel| matches!(channel.discipline, Discipline::Linked { .. });
        if self.recovery.is_some() || self.topology.channels().iter().any(is_linked) {
            return None;
        }
        // A marker can only come before the Start where somebody else has started.
        let by_marker = i64::from(self.snapshots.iter().any(|by| by.len() > 1));
        let begins = if self.protocol.acts_unasked() { self.snapshots.len() as i64 } else { by_marker };
        u32::try_from(self.weight() * (1 + begins) + self.pauses_max()).ok()
    }

    fn channel_rank(&self, channel: ChannelId, incoming: &Incoming<A::Message>) -> i64 {
        let discipline = self.topology.channel(channel).discipline;
        let faults = i64::from(discipline.faults() - incoming.faults_left);
        let copies = match discipline {
            Discipline::Duplicating(_) => faults,
            Discipline::Lossy(_) => -faults,
            _ => 0,
        };
        let markers = incoming.ledgers.iter().filter(|ledger| ledger.marker_sent).count() as i64;
        markers + copies + faults - incoming.items.len() as i64
    }

    fn owed(&self, process: &ProcessOf<A>) -> i64 {
        let stopped = process.parts.iter().flat_map(|part| &part.stopped);
        // The Pause stands just before the action to go on with.
        stopped.map(|handler| self.pauses(handler.handler, handler.resume_at - 1)).sum()
    }

    /// More than what the handlers of one event can come to owe.
    fn weight(&self) -> i64 {
        let of_messages = self.pauses(Handler::OnMessage, 0) * self.snapshots.len() as i64;
        1 + of_messages.max(self.pauses_max())
    }

    fn pauses_max(&self) -> i64 {
        let handlers = [Handler::OnStart, Handler::OnMarker, Handler::OnMessage];
        handlers.into_iter().map(|handler| self.pauses(handler, 0)).max().unwrap_or_default()
    }

    fn pauses(&self, handler: Handler, action: u16) -> i64 {
        if self.snapshots.is_empty() { 0 } else { i64::from(self.protocol.pauses_from(handler, action)) }
    }
}
