//! Renamings: each process, channel and snapshot takes the name of another. What a component, or what was recorded of
//! it, is called then. Says nothing of whether the system stays the same: see `symmetry`.

use std::sync::Arc;

use super::application::Application;
use super::component::{Arriving, Component, Incoming, Ledger, Part, Process, Stopped};
use super::event::{Item, Lane, Late};
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::protocol::Protocol;
use super::rule::Standing;
use super::system::{ComponentOf, ProcessOf, System};
use super::topology::{Discipline, Topology};
use crate::engine::Symmetries;

/// Who takes whose name: a permutation of processes, with the channels between them, and one of snapshots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Renaming {
    processes: Vec<ProcessId>,
    snapshots: Vec<SnapshotId>,
    channels: Vec<ChannelId>,
}

impl Renaming {
    /// Process and snapshot `i` are called as these say; `None` where a channel would be called what no channel is.
    pub fn new(topology: &Topology, processes: &[ProcessId], snapshots: &[SnapshotId]) -> Option<Self> {
        let image = |process: ProcessId| processes[process.index()];
        let channels = topology.channels().iter();
        let channels = channels.map(|channel| {
            let (from, to) = (image(channel.from), image(channel.to));
            topology.outgoing(from).iter().copied().find(|&other| topology.channel(other).to == to)
        });
        let channels: Option<Vec<ChannelId>> = channels.collect();
        Some(Self { processes: processes.to_vec(), snapshots: snapshots.to_vec(), channels: channels? })
    }

    /// Whose name a process takes.
    pub fn process(&self, process: ProcessId) -> ProcessId {
        self.processes[process.index()]
    }

    /// Whose name a channel takes.
    pub fn channel(&self, channel: ChannelId) -> ChannelId {
        self.channels[channel.index()]
    }

    /// Whose name a snapshot takes.
    pub fn snapshot(&self, snapshot: SnapshotId) -> SnapshotId {
        self.snapshots[snapshot.index()]
    }

    /// This one, then another.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        Self {
            processes: self.processes.iter().map(|&process| next.process(process)).collect(),
            snapshots: self.snapshots.iter().map(|&snapshot| next.snapshot(snapshot)).collect(),
            channels: self.channels.iter().map(|&channel| next.channel(channel)).collect(),
        }
    }

    /// Does everything keep its name?
    pub fn is_identity(&self) -> bool {
        let keeps = |(at, process): (usize, &ProcessId)| process.index() == at;
        self.processes.iter().enumerate().all(keeps)
            && self.snapshots.iter().enumerate().all(|(at, snapshot)| snapshot.index() == at)
    }

    /// The application's part of a process, under its new name.
    pub fn standing<S: Clone, M: Clone + Ord>(
        &self,
        topology: &Topology,
        at: ProcessId,
        (state, messages): &Standing<S, M>,
    ) -> Standing<S, M> {
        let messages = self
            .inboxes(topology, at, messages, |discipline, messages| in_order(messages.clone(), discipline));
        (state.clone(), messages)
    }

    /// What is said of the incoming channels of a process, in the order that those have under their new names.
    fn inboxes<T, U>(
        &self,
        topology: &Topology,
        at: ProcessId,
        of: &[T],
        renamed: impl Fn(Discipline, &T) -> U,
    ) -> Vec<U> {
        let channels = topology.incoming(at).iter().zip(of);
        let renamed = channels.map(|(&channel, said)| {
            (topology.inbox(self.channel(channel)), renamed(topology.channel(channel).discipline, said))
        });
        in_places(renamed)
    }

    /// What is said of each snapshot, in the order of their new names.
    fn by_snapshot<T, U>(&self, of: &[T], renamed: impl Fn(&T) -> U) -> Vec<U> {
        let snapshots = self.snapshots.iter().zip(of);
        in_places(snapshots.map(|(snapshot, said)| (snapshot.index(), renamed(said))))
    }

    fn late(&self, late: Late) -> Late {
        let mut renamed = Late::default();
        let snapshots = (0..self.snapshots.len()).map(SnapshotId::of);
        snapshots
            .filter(|&snapshot| late.is(snapshot))
            .for_each(|snapshot| renamed.set(self.snapshot(snapshot)));
        renamed
    }

    fn item<M: Clone>(&self, item: &Item<M>) -> Item<M> {
        match item {
            Item::Message(message, late) => Item::Message(message.clone(), self.late(*late)),
            Item::Marker(snapshot) => Item::Marker(self.snapshot(*snapshot)),
        }
    }

    fn incoming<M: Clone + Ord>(&self, incoming: &Incoming<M>, discipline: Discipline) -> Incoming<M> {
        let ledger = |ledger: &Ledger<M>| ledger.clone();
        Incoming {
            items: in_order(incoming.items.iter().map(|item| self.item(item)).collect(), discipline),
            faults_left: incoming.faults_left,
            ledgers: self.by_snapshot(&incoming.ledgers, ledger),
            wire: incoming.wire.clone(),
        }
    }

    fn part<S: Clone, M: Clone>(&self, part: &Part<S, M>) -> Part<S, M> {
        let arriving = |arriving: &Arriving<M>| Arriving {
            channel: self.channel(arriving.channel),
            message: arriving.message.as_ref().map(|(message, late)| (message.clone(), self.late(*late))),
        };
        let stopped = |stopped: &Stopped<M>| Stopped {
            handler: stopped.handler,
            resume_at: stopped.resume_at,
            arriving: stopped.arriving.as_ref().map(arriving),
        };
        Part { stopped: part.stopped.iter().map(stopped).collect(), ..part.clone() }
    }
}

/// What is in a bag is sorted.
fn in_order<T: Ord>(mut items: Vec<T>, discipline: Discipline) -> Vec<T> {
    if discipline == Discipline::Bag {
        items.sort();
    }
    items
}

/// Puts each where it belongs.
fn in_places<T>(all: impl Iterator<Item = (usize, T)>) -> Vec<T> {
    let mut all: Vec<(usize, T)> = all.collect();
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, said)| said).collect()
}

impl<A: Application, P: Protocol> System<A, P> {
    /// A process under its new name. Nobody crashes where names may change.
    fn renamed(&self, renaming: &Renaming, at: ProcessId, process: &ProcessOf<A>) -> ProcessOf<A> {
        Process {
            state: process.state.clone(),
            parts: renaming.by_snapshot(&process.parts, |part| Arc::new(renaming.part(part))),
            incoming: renaming.inboxes(&self.topology, at, &process.incoming, |discipline, incoming| {
                Arc::new(renaming.incoming(incoming, discipline))
            }),
            crashes: process.crashes,
            down: process.down,
            fresh: process.fresh,
        }
    }
}

/// A group of renamings under which a system stays the same.
#[derive(Clone, Debug)]
pub struct Renamings {
    /// All of them, sorted: the one that changes nothing is the first.
    all: Vec<Renaming>,
}

impl Renamings {
    /// These; they are a group.
    pub fn new(mut all: Vec<Renaming>) -> Self {
        all.sort();
        Self { all }
    }

    /// All of them; the first changes nothing.
    pub fn all(&self) -> &[Renaming] {
        &self.all
    }

    fn of_place(&self, symmetry: usize, place: usize) -> Option<ProcessId> {
        self.all[symmetry].processes.get(place).copied()
    }
}

impl<A: Application, P: Protocol> Symmetries<System<A, P>> for Renamings {
    fn order(&self) -> usize {
        self.all.len()
    }

    fn composed(&self, then: usize, first: usize) -> usize {
        let both = self.all[first].then(&self.all[then]);
        self.all.binary_search(&both).expect("two renamings after each other are one of the group")
    }

    /// The script keeps its place.
    fn place(&self, symmetry: usize, place: usize) -> usize {
        self.of_place(symmetry, place).map_or(place, ProcessId::index)
    }

    /// What a script names keeps its name.
    fn image(
        &self,
        system: &System<A, P>,
        symmetry: usize,
        place: usize,
        component: &ComponentOf<A>,
    ) -> ComponentOf<A> {
        match component {
            Component::Process(process) => {
                Component::Process(system.renamed(&self.all[symmetry], ProcessId::of(place), process))
            }
            Component::Script(script) => Component::Script(script.clone()),
        }
    }

    fn lane(&self, system: &System<A, P>, symmetry: usize, lane: &Lane<A::Step>) -> Option<Lane<A::Step>> {
        let renaming = &self.all[symmetry];
        Some(match lane {
            Lane::Step(step) => Lane::Step(system.application.renamed_step(renaming, step)?),
            Lane::Start(snapshot) => Lane::Start(renaming.snapshot(*snapshot)),
            Lane::Receive(channel) => Lane::Receive(renaming.channel(*channel)),
            Lane::Resume(snapshot) => Lane::Resume(renaming.snapshot(*snapshot)),
        })
    }

    fn milestone(&self, symmetry: usize, milestone: u32) -> u32 {
        let snapshots = &self.all[symmetry].snapshots;
        snapshots.get(milestone as usize).map_or(milestone, |snapshot| u32::from(snapshot.0))
    }
}
