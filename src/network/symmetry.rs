//! Symmetries: which renamings of processes, channels and snapshots leave a system as it is. They are found, not told:
//! each condition says what must keep its look, and what is left is a group.
//!
//! Handlers go over channels in channel order, but what they do to one channel does not touch another, so that order
//! does not matter, unless an algorithm speaks of the first channel or of processes listed before others. A message is
//! received for all snapshots in their order: that matters where it makes handlers send markers, or do something for
//! another snapshot.

use std::collections::BTreeSet;

use super::application::Application;
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::protocol::Protocol;
use super::renaming::{Renaming, Renamings};
use super::schedule::Turn;
use super::system::{StateOf, System};
use super::topology::Channel;
use crate::engine::{TransitionSystem, images};

/// The largest group: of a larger one, a part is taken in which some things keep their names.
pub const ORDER_MAX: usize = 720;
/// So many renamings are begun or tried before more things keep their names.
const TRIED_MAX: usize = 50_000;

/// Something that must keep its look.
pub struct Condition<'a> {
    /// What is so where no renaming meets it: `the initiators differ`.
    pub otherwise: &'static str,
    /// Can one process take the name of another, as far as these two tell?
    pub could: Box<dyn Fn(ProcessId, ProcessId) -> bool + 'a>,
    /// Does all keep its look?
    pub holds: Box<dyn Fn(&Renaming) -> bool + 'a>,
}

impl<'a> Condition<'a> {
    /// A condition on whole renamings.
    pub fn new(otherwise: &'static str, holds: impl Fn(&Renaming) -> bool + 'a) -> Self {
        Self { otherwise, could: Box::new(|_, _| true), holds: Box::new(holds) }
    }

    fn sooner(self, could: impl Fn(ProcessId, ProcessId) -> bool + 'a) -> Self {
        Self { could: Box::new(could), ..self }
    }
}

/// What has been found.
#[derive(Clone, Debug)]
pub struct Symmetry {
    /// The renamings.
    pub renamings: Renamings,
    /// There are more, and this is a part of them.
    pub is_part: bool,
    /// Where there is only the one that changes nothing: why.
    pub why_none: Option<&'static str>,
}

impl<A: Application, P: Protocol> System<A, P> {
    /// The renamings that leave this system as it is, this state of it, and what else is to keep its look.
    pub fn symmetry<'a>(&'a self, from: &'a StateOf<A>, more: Vec<Condition<'a>>) -> Symmetry {
        let mut conditions = self.conditions();
        // The initial state is kept where the application and the channels are.
        let is_initial = from.components == self.initial();
        conditions
            .push(Condition::new("the walk ends in a state that tells processes apart", move |renaming| {
                is_initial || self.keeps(renaming, from)
            }));
        conditions.extend(more);
        let channels = self.topology.channels().iter().map(|channel| (channel.from, channel.to)).collect();
        let search = Search { system: self, conditions: &conditions, channels: &channels };
        let (renamings, is_part) = search.group();
        let alone = renamings.len() == 1;
        let why_none = alone.then(|| search.first_broken()).flatten();
        Symmetry { renamings: Renamings::new(renamings), is_part, why_none }
    }

    /// Is the state its own image?
    fn keeps(&self, renaming: &Renaming, state: &StateOf<A>) -> bool {
        let one = Renamings::new(vec![renaming.clone()]);
        images(self, &one, &state.components).iter().all(|image| *image == state.components)
    }

    fn conditions(&self) -> Vec<Condition<'_>> {
        let looks = |process: ProcessId| {
            let all = |channels: &[ChannelId]| {
                let channels = channels.iter().map(|&channel| self.topology.channel(channel).discipline);
                let mut all: Vec<String> = channels.map(|discipline| format!("{discipline:?}")).collect();
                all.sort();
                all
            };
            (all(self.topology.incoming(process)), all(self.topology.outgoing(process)))
        };
        let looks: Vec<_> = self.topology.processes().map(looks).collect();
        let starts = |process: ProcessId| self.snapshots.iter().filter(|by| by.contains(&process)).count();
        let application = &self.application;
        vec![
            Condition::new("each process has channels unlike those of the others", |renaming| {
                self.keeps_channels(renaming)
            })
            .sooner(move |one, other| looks[one.index()] == looks[other.index()]),
            Condition::new("processes crash and are restored", |_| self.recovery.is_none()),
            Condition::new("a rule of the application looks back at the whole state", |_| {
                self.looking_back().is_none()
            }),
            Condition::new("the initiators tell processes apart", |renaming| self.keeps_initiators(renaming))
                .sooner(move |one, other| starts(one) == starts(other)),
            Condition::new(
                "the application tells processes apart, or does not say that it does not",
                |renaming| application.is_same_under(&self.topology, renaming),
            )
            .sooner(|one, other| application.are_alike(one, other)),
            Condition::new("the algorithm depends on the order of processes or snapshots", |renaming| {
                self.keeps_order(renaming)
            }),
            Condition::new("the script names processes or snapshots", |renaming| {
                self.schedule.iter().flatten().all(|turn| keeps_turn(renaming, *turn))
            }),
        ]
    }

    /// Is each channel like the one whose name it takes?
    fn keeps_channels(&self, renaming: &Renaming) -> bool {
        let discipline = |channel: ChannelId| self.topology.channel(channel).discipline;
        let mut channels = (0..self.topology.channels().len()).map(ChannelId::of);
        channels.all(|channel| discipline(channel) == discipline(renaming.channel(channel)))
    }

    /// Is each snapshot started by those whose names its initiators take?
    fn keeps_initiators(&self, renaming: &Renaming) -> bool {
        self.snapshot_ids().all(|snapshot| {
            let (by, others) =
                (&self.snapshots[snapshot.index()], &self.snapshots[renaming.snapshot(snapshot).index()]);
            by.len() == others.len() && by.iter().all(|&process| others.contains(&renaming.process(process)))
        })
    }

    /// Does everything that the algorithm heeds keep its order?
    fn keeps_order(&self, renaming: &Renaming) -> bool {
        let heeds = self.protocol.heeds();
        let topology = &self.topology;
        let keeps_first = |of: &dyn Fn(ProcessId) -> Option<ChannelId>| {
            let mut processes = topology.processes();
            processes.all(|process| {
                of(process).map(|first| renaming.channel(first)) == of(renaming.process(process))
            })
        };
        let keeps_listed = |channel: &Channel| {
            let (from, to) = (renaming.process(channel.from), renaming.process(channel.to));
            (from < to) == (channel.from < channel.to)
        };
        let keeps_next = |snapshot: SnapshotId| {
            renaming.snapshot(self.further(snapshot, 1)) == self.further(renaming.snapshot(snapshot), 1)
        };
        let mut snapshots = self.snapshot_ids();
        (!heeds.first_outgoing || keeps_first(&|process| topology.outgoing(process).first().copied()))
            && (!heeds.first_incoming || keeps_first(&|process| topology.incoming(process).first().copied()))
            && (!heeds.listed || topology.channels().iter().all(keeps_listed))
            && (!heeds.snapshots
                || self.snapshot_ids().all(|snapshot| renaming.snapshot(snapshot) == snapshot))
            && (!heeds.next || snapshots.all(keeps_next))
    }
}

/// Does an entry of a script stay what it is?
fn keeps_turn(renaming: &Renaming, turn: Turn) -> bool {
    match turn {
        Turn::Step(process) => renaming.process(process) == process,
        Turn::Start(snapshot, process) => {
            renaming.snapshot(snapshot) == snapshot && renaming.process(process) == process
        }
    }
}

/// Looks for renamings: processes are named one after the other, as far as the channels between them allow, then
/// snapshots.
struct Search<'s, 'a, A, P> {
    system: &'s System<A, P>,
    conditions: &'s [Condition<'a>],
    /// The channels that there are, by their ends.
    channels: &'s BTreeSet<(ProcessId, ProcessId)>,
}

/// What one search has come to.
struct Found {
    renamings: Vec<Renaming>,
    tried: usize,
    /// More are wanted than this.
    most: usize,
}

impl Found {
    fn is_too_much(&self) -> bool {
        self.renamings.len() > self.most || self.tried > TRIED_MAX
    }
}

impl<A: Application, P: Protocol> Search<'_, '_, A, P> {
    /// All renamings that meet the conditions; or, where that are too many, those of them under which the last things
    /// keep their names: as few as can be, snapshots first. And whether there are more.
    fn group(&self) -> (Vec<Renaming>, bool) {
        let things = self.system.snapshots.len() + self.system.topology.names().len();
        // The more keep their names, the fewer renamings there are.
        let (mut least, mut kept) = (0, if self.all(0, ORDER_MAX).is_too_much() { things } else { 0 });
        while least < kept {
            let middle = least.midpoint(kept);
            if self.all(middle, ORDER_MAX).is_too_much() {
                least = middle + 1;
            } else {
                kept = middle;
            }
        }
        let found = self.all(kept, ORDER_MAX);
        (found.renamings, kept > 0)
    }

    /// What is broken by all renamings but the one that changes nothing: the first that leaves only that.
    fn first_broken(&self) -> Option<&'static str> {
        let alone = |conditions: &[Condition<'_>]| {
            let found = Search { conditions, ..*self }.all(0, 1);
            found.renamings.iter().all(Renaming::is_identity)
        };
        let mut known = 1..=self.conditions.len();
        known.find(|&many| alone(&self.conditions[..many])).map(|many| self.conditions[many - 1].otherwise)
    }

    /// All renamings, until there are more than so many; the last so many things keep their names.
    fn all(&self, kept: usize, most: usize) -> Found {
        let mut found = Found { renamings: Vec::new(), tried: 0, most };
        let snapshots = self.system.snapshots.len();
        let free = (
            self.system.topology.names().len() - kept.saturating_sub(snapshots),
            snapshots.saturating_sub(kept),
        );
        self.name_processes(&mut Vec::new(), free, &mut found);
        found
    }

    fn name_processes(&self, named: &mut Vec<ProcessId>, free: (usize, usize), found: &mut Found) {
        found.tried += 1;
        let next = ProcessId::of(named.len());
        if named.len() == self.system.topology.names().len() {
            return self.name_snapshots(named, &mut Vec::new(), free.1, found);
        }
        for name in self.system.topology.processes() {
            let may = if named.len() < free.0 { name.index() < free.0 } else { name == next };
            if may && !named.contains(&name) && self.fits(named, next, name) && !found.is_too_much() {
                named.push(name);
                self.name_processes(named, free, found);
                named.pop();
            }
        }
    }

    /// Has the process the channels to and from those named before that one of this name has?
    fn fits(&self, named: &[ProcessId], process: ProcessId, name: ProcessId) -> bool {
        let is = |from, to| self.channels.contains(&(from, to));
        let mut before = (0..).map(ProcessId::of).zip(named);
        let could = || self.conditions.iter().all(|condition| (condition.could)(process, name));
        (process == name || could())
            && before.all(|(other, &called)| {
                is(other, process) == is(called, name) && is(process, other) == is(name, called)
            })
    }

    fn name_snapshots(
        &self,
        processes: &[ProcessId],
        named: &mut Vec<SnapshotId>,
        free: usize,
        found: &mut Found,
    ) {
        let next = SnapshotId::of(named.len());
        if named.len() == self.system.snapshots.len() {
            found.tried += 1;
            let renaming = Renaming::new(&self.system.topology, processes, named);
            // The one that changes nothing need not be asked about.
            let meets = |renaming: &Renaming| {
                renaming.is_identity() || self.conditions.iter().all(|condition| (condition.holds)(renaming))
            };
            return found.renamings.extend(renaming.filter(meets));
        }
        for name in self.system.snapshot_ids() {
            let may = if named.len() < free { name.index() < free } else { name == next };
            if may && !named.contains(&name) && !found.is_too_much() {
                named.push(name);
                self.name_snapshots(processes, named, free, found);
                named.pop();
            }
        }
    }
}
