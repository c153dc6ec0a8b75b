//! One process's part of one snapshot, read only; and when that part is done.

use super::application::Application;
use super::component::{Ledger, Status};
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::protocol::{Protocol, View};
use super::system::{ProcessOf, System};
use super::topology::Topology;

/// One process's part of one snapshot.
pub(super) struct PartView<'a, A: Application> {
    topology: &'a Topology,
    at: ProcessId,
    process: &'a ProcessOf<A>,
    snapshot: SnapshotId,
}

impl<'a, A: Application> PartView<'a, A> {
    pub fn new(
        topology: &'a Topology,
        at: ProcessId,
        process: &'a ProcessOf<A>,
        snapshot: SnapshotId,
    ) -> Self {
        Self { topology, at, process, snapshot }
    }

    pub fn outgoing(&self) -> &'a [ChannelId] {
        self.topology.outgoing(self.at)
    }

    pub fn incoming(&self) -> &'a [ChannelId] {
        self.topology.incoming(self.at)
    }

    fn ledger(&self, channel: ChannelId) -> &Ledger<A::Message> {
        &self.process.incoming[self.topology.inbox(channel)].ledgers[self.snapshot.index()]
    }
}

impl<A: Application> View for PartView<'_, A> {
    fn outgoing(&self) -> &[ChannelId] {
        self.topology.outgoing(self.at)
    }

    fn incoming(&self) -> &[ChannelId] {
        self.topology.incoming(self.at)
    }

    fn recorded(&self) -> bool {
        self.process.parts[self.snapshot.index()].record.is_some()
    }

    fn is_open(&self, channel: ChannelId) -> bool {
        self.ledger(channel).status == Status::Open
    }

    fn is_closed(&self, channel: ChannelId) -> bool {
        self.ledger(channel).status == Status::Closed
    }

    fn marker_arrived(&self, channel: ChannelId) -> bool {
        self.ledger(channel).marker_arrived
    }
}

impl<A: Application, P: Protocol> System<A, P> {
    /// The snapshots that this process has recorded and for which the completion rule holds here, a bit each. A
    /// snapshot is complete when every process says so.
    pub(super) fn done(&self, at: ProcessId, process: &ProcessOf<A>) -> u64 {
        let is_done = |snapshot: &SnapshotId| {
            let view = PartView::<A>::new(&self.topology, at, process, *snapshot);
            view.recorded() && self.protocol.rule_holds(&view)
        };
        self.snapshot_ids().filter(is_done).map(|snapshot| 1 << snapshot.0).sum()
    }
}
