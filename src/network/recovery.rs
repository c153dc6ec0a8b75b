//! Processes that crash, and what they are restored from (R. Koo, S. Toueg, *Checkpointing and Rollback-Recovery for
//! Distributed Systems*, IEEE TSE 13(1), 1987): all processes and channels from the last complete snapshot, or from
//! the beginning where none is complete. A process that is down does nothing, and what it holds then is lost. What was sent
//! before a restore is never delivered after it: it is gone from the channels.

use super::application::Application;
use super::component::{Component, Incoming, Process};
use super::event::{Event, Item, Late};
use super::ids::{ProcessId, SnapshotId};
use super::protocol::Protocol;
use super::system::{ComponentOf, ProcessOf, System};
use crate::engine::{Global, GlobalOf, TransitionSystem};

/// Who crashes how often, and what a restore restores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// How often each process may crash.
    pub crashes: Vec<u32>,
    /// What a restore restores.
    pub restores: Restores,
}

/// What a restore restores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum Restores {
    /// All processes and channels, from the last complete snapshot.
    Everything,
    /// The processes that are down, and nothing else.
    Crashed,
    /// All processes; the channels are emptied.
    Processes,
    /// All processes and channels, from the last snapshot that was started, complete or not.
    Incomplete,
}

/// Where a state was restored from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The beginning of the run.
    Beginning,
    /// A snapshot.
    Snapshot(SnapshotId),
}

impl<A: Application, P: Protocol> System<A, P> {
    /// May the process crash?
    pub(super) fn may_crash(&self, at: ProcessId, process: &ProcessOf<A>) -> bool {
        let allowed = self.recovery.as_ref().map_or(0, |recovery| recovery.crashes[at.index()]);
        !process.down && process.crashes < allowed
    }

    /// The restore, where some process is down.
    pub(super) fn restore(&self, state: &[&ComponentOf<A>]) -> Option<GlobalOf<Self>> {
        let restores = self.recovery.as_ref()?.restores;
        let processes = || state.iter().filter_map(|component| component.process());
        processes().any(|process| process.down).then_some(())?;
        let complete = state.iter().enumerate();
        let complete = complete.fold(u64::MAX, |all, (at, component)| all & self.milestones(at, component));
        let is_usable = |number: &SnapshotId| {
            let begun = processes().any(|process| process.parts[number.index()].record.is_some());
            complete >> number.0 & 1 == 1 || restores == Restores::Incomplete && begun
        };
        let last = self.snapshot_ids().filter(is_usable).last();
        let of = |number: Option<SnapshotId>| number.map_or(Origin::Beginning, Origin::Snapshot);
        let due = of(self.snapshot_ids().filter(|number| complete >> number.0 & 1 == 1).last());
        let origin = of(last);
        let places = state.iter().enumerate().map(|(place, component)| match component {
            Component::Process(process) => {
                let restored = self.restored(ProcessId::of(place), process, origin, complete);
                Component::Process(Process { fresh: Some(due), ..restored })
            }
            Component::Script(script) => Component::Script(script.clone()),
        });
        let components = places.collect();
        Some(Global {
            place: 0,
            event: Event::Restore,
            components,
            halts: false,
            cut: false,
            trace: Vec::new(),
        })
    }

    /// What becomes of one process and its incoming channels.
    fn restored(&self, at: ProcessId, process: &ProcessOf<A>, origin: Origin, complete: u64) -> ProcessOf<A> {
        let restores = self.recovery.as_ref().map_or(Restores::Everything, |recovery| recovery.restores);
        let mut after = process.clone();
        if restores != Restores::Crashed || process.down {
            after.state = self.held_by(at, process, origin).unwrap_or_else(|| process.state.clone());
        }
        after.down = false;
        if restores != Restores::Crashed {
            self.abandon(&mut after, at, complete);
            for inbox in 0..after.incoming.len() {
                let messages =
                    if restores == Restores::Processes { Vec::new() } else { kept(process, inbox, origin) };
                self.refill(&mut after, at, inbox, messages, complete);
            }
        }
        after
    }

    /// What a process held there; `None` where that is not known.
    pub(super) fn held_by(&self, at: ProcessId, process: &ProcessOf<A>, origin: Origin) -> Option<A::State> {
        match origin {
            Origin::Beginning => Some(self.application.initial(at)),
            Origin::Snapshot(number) => process.parts[number.index()].record.clone(),
        }
    }

    /// Snapshots that are not complete are given up; they may be started again.
    fn abandon(&self, process: &mut ProcessOf<A>, at: ProcessId, complete: u64) {
        let first = self.first(at);
        for number in self.snapshot_ids().filter(|number| complete >> number.0 & 1 == 0) {
            process.parts[number.index()] = first.parts[number.index()].clone();
            for (inbox, new) in first.incoming.iter().enumerate() {
                process.incoming_mut(inbox).ledgers[number.index()] = new.ledgers[number.index()].clone();
            }
        }
    }

    /// A channel that holds these messages and nothing else. They are from before every snapshot that is still to be taken,
    /// and from after all that are complete.
    fn refill(
        &self,
        process: &mut ProcessOf<A>,
        at: ProcessId,
        inbox: usize,
        messages: Vec<A::Message>,
        complete: u64,
    ) {
        let mut late = Late::default();
        self.snapshot_ids()
            .filter(|number| complete >> number.0 & 1 == 1)
            .for_each(|number| late.set(number));
        let items = messages.into_iter().map(|message| Item::Message(message, late)).collect();
        let empty = self.empty_channel(self.topology.incoming(at)[inbox]);
        let incoming = process.incoming_mut(inbox);
        let Incoming { ledgers, faults_left, .. } = incoming.clone();
        *incoming = Incoming { faults_left, ledgers, ..empty }.holding(items);
    }

    /// Right after a restore: does the process hold what it held there, and its channels what they held?
    pub fn is_as_it_was(&self, at: ProcessId, process: &ProcessOf<A>) -> bool {
        let Some(origin) = process.fresh else { return true };
        let (state, channels) = process.standing();
        let as_then = (0..channels.len()).all(|inbox| channels[inbox] == kept(process, inbox, origin));
        self.held_by(at, process, origin) == Some(state) && as_then
    }
}

/// What a channel held there.
fn kept<S, M: Clone>(process: &Process<S, M>, inbox: usize, origin: Origin) -> Vec<M> {
    match origin {
        Origin::Beginning => Vec::new(),
        Origin::Snapshot(number) => process.incoming[inbox].ledgers[number.index()].kept.clone(),
    }
}
