//! What the oracles know of one component: computed once, when the component gets its number. Judging a state is
//! then a few look-ups and sums. Reads records, kept messages, the ghost cut and channel contents; nothing else of
//! what an algorithm does.

use std::sync::Arc;

use indexmap::IndexSet;

use super::{Reach, Recorded};
use crate::engine::TransitionSystem;
use crate::network::{
    Application, Component, ComponentOf, Discipline, Incoming, Ledger, ProcessId, Protocol, Renaming,
    SnapshotId, Standing, System, Topology,
};

/// What is known of one component. Masks have a bit for each snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// Begun here.
    pub begun: u64,
    /// Recorded here, and the completion rule holds.
    pub done: u64,
    /// Here the cut is as it must be: no orphan, and kept is what has crossed and will cross.
    pub cut_is_consistent: u64,
    /// Some message is kept.
    pub keeps_messages: u64,
    /// A marker was sent on every incoming channel.
    pub markers_sent: u64,
    /// Which of the clauses about recorded values this component's part meets.
    pub clauses_met: u64,
    /// A message is in an incoming channel.
    pub message_left: bool,
    /// Nothing has happened here since a restore.
    pub fresh: bool,
    /// If nothing has, all is as it was in what was restored.
    pub as_it_was: bool,
    /// The conserved quantity that is here, in units.
    pub holds: u128,
    /// The [`Views`] number of what the application does here.
    pub actual: u32,
    /// One for each snapshot. Few components have recorded different things: they share it.
    pub recorded: Arc<[RecordedPart]>,
}

/// What one component has recorded of one snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RecordedPart {
    /// The conserved quantity, in units.
    pub total: u128,
    /// The [`Views`] number of the record and what is kept; 0 while nothing is recorded.
    pub view: u32,
    /// Ghost: what the application's stable property was true of when the snapshot was started here.
    pub held: u64,
}

/// The application's part of a component: the state of a process and the messages in its incoming channels.
pub type View<A> = Standing<<A as Application>::State, <A as Application>::Message>;

/// Numbers for the application's parts of components, from 1, by place: what was recorded and what is there now
/// have the same number if they are the same.
#[derive(Debug)]
pub struct Views<A: Application>(Vec<IndexSet<View<A>, ahash::RandomState>>);

impl<A: Application> Views<A> {
    /// No views of so many places.
    pub fn new(places: usize) -> Self {
        Self((0..places).map(|_| IndexSet::default()).collect())
    }

    /// The number of a view, a new one if need be.
    pub fn number(&mut self, place: usize, view: View<A>) -> u32 {
        self.0[place].insert_full(view).0 as u32 + 1
    }

    /// The number of a view, if it has one.
    pub fn find(&self, place: usize, view: &View<A>) -> Option<u32> {
        self.0[place].get_index_of(view).map(|index| index as u32 + 1)
    }

    /// What the views of a whole system, one a process, are under other names.
    pub fn renamed(&mut self, topology: &Topology, renaming: &Renaming, views: &[u32]) -> Box<[u32]> {
        let mut renamed: Box<[u32]> = views.into();
        for (at, &number) in topology.processes().zip(views) {
            let there = renaming.process(at).index();
            // 0 is no view, under any name.
            renamed[there] = number;
            if number != 0 {
                let view = renaming.standing(topology, at, self.view(at.index(), number));
                renamed[there] = self.number(there, view);
            }
        }
        renamed
    }

    /// The view of a number.
    pub fn view(&self, place: usize, number: u32) -> &View<A> {
        &self.0[place][number as usize - 1]
    }
}

/// The application's part of a component, as it is now; `None` for the script.
pub fn actual_view<A: Application>(component: &ComponentOf<A>) -> Option<View<A>> {
    component.process().map(crate::network::Process::standing)
}

/// Clauses about recorded values: those of `recorded`, then those of `reach`.
pub fn clauses<'a>(recorded: &'a [Recorded], reach: &'a [Reach]) -> impl Iterator<Item = &'a Recorded> {
    let of_reach = |reach: &'a Reach| match reach {
        Reach::Records(clause) => Some(clause),
        _ => None,
    };
    recorded.iter().chain(reach.iter().filter_map(of_reach))
}

/// Everything known of one component.
pub fn fact<A: Application, P: Protocol>(
    system: &System<A, P>,
    views: &mut Views<A>,
    clauses: &[&Recorded],
    place: usize,
    component: &ComponentOf<A>,
) -> Fact {
    // The script is no process: nobody asks about it.
    let Component::Process(process) = component else { return Fact::default() };
    let mask = |holds: &dyn Fn(SnapshotId) -> bool| -> u64 {
        system.snapshot_ids().filter(|&snapshot| holds(snapshot)).map(|snapshot| 1 << snapshot.0).sum()
    };
    let ledgers = |snapshot: SnapshotId| process.incoming.iter().map(move |at| &at.ledgers[snapshot.index()]);
    let at = ProcessId::of(place);
    let cut_is_consistent = |snapshot: SnapshotId| {
        let channels = system.topology.incoming(at).iter().zip(&process.incoming);
        channels.into_iter().all(|(&channel, incoming)| {
            cut_is_consistent(incoming, snapshot, system.topology.channel(channel).discipline)
        })
    };
    let actual = actual_view::<A>(component).map_or(0, |view| views.number(place, view));
    let recorded =
        system.snapshot_ids().map(|snapshot| recorded(system, views, place, component, snapshot)).collect();
    Fact {
        begun: mask(&|snapshot| process.parts[snapshot.index()].begun),
        done: system.milestones(place, component),
        cut_is_consistent: mask(&cut_is_consistent),
        keeps_messages: mask(&|snapshot| ledgers(snapshot).any(|ledger| !ledger.kept.is_empty())),
        markers_sent: mask(&|snapshot| ledgers(snapshot).all(|ledger| ledger.marker_sent)),
        clauses_met: clauses_met(system, clauses, at, component),
        fresh: process.fresh.is_some(),
        as_it_was: system.is_as_it_was(at, process),
        holds: holds(system, process),
        message_left: process.incoming.iter().any(|incoming| incoming.messages().next().is_some()),
        actual,
        recorded,
    }
}

/// No orphan, and kept = what has crossed the cut, then what will: the messages in the channel from before it.
fn cut_is_consistent<M: Clone + Ord>(
    incoming: &Incoming<M>,
    snapshot: SnapshotId,
    discipline: Discipline,
) -> bool {
    let Ledger { kept, expected, orphan, .. } = &incoming.ledgers[snapshot.index()];
    let not_late = incoming.messages().filter(|(_, late)| !late.is(snapshot)).map(|(message, _)| message);
    let mut crossing: Vec<&M> = expected.iter().chain(not_late).collect();
    if discipline == Discipline::Bag {
        crossing.sort();
    }
    !orphan && crossing.into_iter().eq(kept)
}

/// The conserved quantity that a process and its incoming channels hold.
fn holds<A: Application, P: Protocol>(
    system: &System<A, P>,
    process: &crate::network::Process<A::State, A::Message>,
) -> u128 {
    let messages = process.incoming.iter().flat_map(|incoming| incoming.messages());
    let carried = messages.map(|(message, _)| u128::from(system.application.carried(message)));
    u128::from(system.application.held(&process.state)) + carried.sum::<u128>()
}

fn recorded<A: Application, P: Protocol>(
    system: &System<A, P>,
    views: &mut Views<A>,
    place: usize,
    component: &ComponentOf<A>,
    snapshot: SnapshotId,
) -> RecordedPart {
    let Some(process) = component.process() else { return RecordedPart::default() };
    let part = &process.parts[snapshot.index()];
    let Some(record) = &part.record else {
        return RecordedPart { held: part.held, ..RecordedPart::default() };
    };
    let kept: Vec<Vec<A::Message>> =
        process.incoming.iter().map(|incoming| incoming.ledgers[snapshot.index()].kept.clone()).collect();
    let carried = kept.iter().flatten().map(|message| u128::from(system.application.carried(message)));
    RecordedPart {
        total: u128::from(system.application.held(record)) + carried.sum::<u128>(),
        view: views.number(place, (record.clone(), kept)),
        held: part.held,
    }
}

/// The clauses that this process's record and its channels' kept messages meet, a bit each.
fn clauses_met<A: Application, P: Protocol>(
    system: &System<A, P>,
    clauses: &[&Recorded],
    at: ProcessId,
    component: &ComponentOf<A>,
) -> u64 {
    let met = |clause: &Recorded| {
        let Some(process) = component.process() else { return true };
        let record = process.parts[clause.snapshot.index()].record.as_ref();
        let named = clause.processes.iter().find(|(process, _)| *process == at);
        let balance_is = |&(_, amount): &(ProcessId, u64)| {
            record.is_some_and(|record| system.application.held(record) == amount)
        };
        let channels = system.topology.incoming(at).iter().zip(&process.incoming);
        named.is_none_or(balance_is)
            && channels.into_iter().all(|(channel, incoming)| {
                let named = clause.channels.iter().find(|(named, _)| named == channel);
                let mut amounts = named.map_or_else(Vec::new, |(_, amounts)| amounts.clone());
                if system.topology.channel(*channel).discipline == Discipline::Bag {
                    amounts.sort_unstable();
                }
                let kept = &incoming.ledgers[clause.snapshot.index()].kept;
                kept.iter().map(|message| system.application.carried(message)).eq(amounts)
            })
    };
    (0..).zip(clauses).filter(|(_, clause)| met(clause)).map(|(bit, _)| 1_u64 << bit).sum()
}
