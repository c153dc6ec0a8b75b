//! Watches a search and notes what fails. What needs the application's own graph is only collected here, and decided
//! afterwards (`recorded_state_reachable`, `leads_to_actual`).

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::Arc;

use ahash::AHashSet;
use serde::{Deserialize, Serialize};

use super::case::Case;
use super::fact::{Fact, RecordedPart, Views, clauses, fact};
use super::pairs::Pairs;
use super::{
    Property, Reach, Recorded, consistent_cut, non_interference, nothing_lost, own, recorded, terminates,
    total_preserved, well_formed,
};
use crate::engine::{Observer, Sight};
use crate::network::{Application, ComponentOf, Protocol, Renamings, SnapshotId, System};

/// What to judge.
#[derive(Clone, Debug, Default)]
pub struct Questions {
    /// The properties.
    pub properties: Vec<Property>,
    /// What must be recorded.
    pub recorded: Vec<Recorded>,
    /// What must be reachable.
    pub reach: Vec<Reach>,
}

impl Questions {
    /// Is the property to be judged?
    pub fn ask(&self, property: Property) -> bool {
        self.properties.contains(&property)
    }

    /// The number of the clause about recorded values that a condition of `reach` brings.
    pub fn clause_of(&self, reach: usize) -> usize {
        let before = self.reach[..reach].iter().filter(|reach| matches!(reach, Reach::Records(_)));
        self.recorded.len() + before.count()
    }
}

/// The numbers of the views of what a snapshot recorded, one a process.
pub type Snapshot = Box<[u32]>;
/// A recorded state, then the actual state at completion.
pub type Pair = Box<[u32]>;

/// What one thread has seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Pairs of a snapshot and a state judged at completion.
    pub completed: u64,
    /// Terminal states judged.
    pub terminals: u64,
    /// The snapshots among them that completed at all.
    pub completed_snapshots: u64,
    /// Different recorded global states, by snapshot.
    pub distinct: BTreeMap<SnapshotId, AHashSet<Snapshot>>,
    /// Different (recorded, actual); only for `LeadsToActual`.
    pub pairs: Pairs,
    /// Properties that fail, a bit each.
    violated: u32,
    /// Conditions of `reach` that were met, a bit each.
    met: u64,
    /// Room for a row of numbers.
    #[serde(skip)]
    row: Vec<u32>,
}

/// Puts a row in; only one that is new is allocated.
fn insert(rows: &mut AHashSet<Box<[u32]>>, row: &[u32]) {
    if !rows.contains(row) {
        rows.insert(row.into());
    }
}

impl Tally {
    /// Takes another thread's tally in.
    pub fn merge(&mut self, other: Self) {
        self.completed += other.completed;
        self.terminals += other.terminals;
        self.completed_snapshots |= other.completed_snapshots;
        for (snapshot, rows) in other.distinct {
            unite(self.distinct.entry(snapshot).or_default(), rows);
        }
        self.pairs.unite(other.pairs);
        self.violated |= other.violated;
        self.met |= other.met;
    }

    /// How many recorded states are different.
    pub fn snapshots(&self) -> usize {
        self.distinct.values().map(|rows| rows.len()).sum()
    }

    /// Was the property seen to fail?
    pub fn fails(&self, property: Property) -> bool {
        self.violated >> property.bit() & 1 == 1
    }

    /// Was the condition met?
    pub fn is_met(&self, reach: usize) -> bool {
        self.met >> reach & 1 == 1
    }
}

/// The one that is the same as this, which stays if there is none.
fn shared<T: Eq + Hash + ?Sized>(all: &mut AHashSet<Arc<T>>, one: Arc<T>) -> Arc<T> {
    if let Some(same) = all.get(&one) {
        return Arc::clone(same);
    }
    all.insert(Arc::clone(&one));
    one
}

/// The larger takes in the smaller.
fn unite(rows: &mut AHashSet<Box<[u32]>>, mut more: AHashSet<Box<[u32]>>) {
    if more.len() > rows.len() {
        std::mem::swap(rows, &mut more);
    }
    rows.extend(more);
}

/// Judges states by the facts of their components.
#[derive(Debug)]
pub struct Judge<'a, A: Application, P> {
    system: &'a System<A, P>,
    /// What to judge.
    pub questions: &'a Questions,
    /// The numbers of application parts.
    pub views: Views<A>,
    facts: Vec<Vec<Fact>>,
    /// What components have recorded.
    recorded: AHashSet<Arc<[RecordedPart]>>,
    initial_total: u128,
    /// The snapshots that are judged in terminal states, a bit each; all are judged at completion where there are none.
    /// One that was complete before the search began has been judged.
    pub at_ends: Option<u64>,
}

impl<'a, A: Application, P: Protocol> Judge<'a, A, P> {
    /// A judge who knows no component yet.
    pub fn new(system: &'a System<A, P>, questions: &'a Questions) -> Self {
        let processes = system.topology.processes();
        let held = processes.map(|process| system.application.held(&system.application.initial(process)));
        let places = system.topology.names().len() + usize::from(system.schedule.is_some());
        Self {
            system,
            questions,
            views: Views::new(places),
            facts: vec![Vec::new(); places],
            recorded: AHashSet::new(),
            initial_total: held.map(u128::from).sum(),
            at_ends: None,
        }
    }

    /// What it judges the states of.
    pub fn system(&self) -> &System<A, P> {
        self.system
    }

    /// The total at first.
    pub fn initial_total(&self) -> u128 {
        self.initial_total
    }

    /// A state to judge.
    pub fn case<'c>(&'c self, ids: &'c [u32], sight: Sight) -> Case<'c> {
        let processes = self.system.topology.names().len();
        Case::new(&self.facts[..processes], ids, sight)
    }

    /// Does the property fail here, as far as one state can tell?
    pub fn fails(&self, property: Property, case: &Case<'_>) -> bool {
        match property {
            Property::ConsistentCut => consistent_cut::fails(case),
            Property::TotalPreserved => total_preserved::fails(case, self.initial_total),
            Property::Terminates => terminates::fails(case),
            Property::WellFormed => well_formed::fails(case),
            Property::NonInterference => non_interference::fails(case),
            Property::NothingLost => nothing_lost::fails(case, self.initial_total),
            Property::Own(rule) => own::fails(self.system, &self.views, rule, case),
            Property::Recorded => {
                let clauses = self.questions.recorded.iter().enumerate();
                clauses.into_iter().any(|(number, clause)| recorded::fails(case, number, clause.snapshot))
            }
            Property::RecordedStateReachable | Property::LeadsToActual | Property::Reach => false,
        }
    }

    /// Puts in, with what representatives have recorded, what their images under these renamings have. What is judged of
    /// representatives holds of the images too, because what is asked keeps its look.
    pub fn unfold(&mut self, tally: &mut Tally, renamings: &Renamings) {
        let topology = &self.system.topology;
        let (representatives, completed) = (std::mem::take(&mut tally.distinct), tally.completed_snapshots);
        for renaming in renamings.all() {
            for (snapshot, recorded) in &representatives {
                let images = recorded.iter().map(|recorded| self.views.renamed(topology, renaming, recorded));
                tally.distinct.entry(renaming.snapshot(*snapshot)).or_default().extend(images);
            }
            let completed = self.system.snapshot_ids().filter(|snapshot| completed >> snapshot.0 & 1 == 1);
            for snapshot in completed {
                tally.completed_snapshots |= 1 << renaming.snapshot(snapshot).0;
            }
        }
    }

    /// The same for pairs of what was recorded and what is.
    pub fn unfold_pairs(&mut self, pairs: &mut AHashSet<Pair>, renamings: &Renamings) {
        let representatives = std::mem::take(pairs);
        for renaming in renamings.all() {
            for pair in &representatives {
                let (recorded, actual) = pair.split_at(pair.len() / 2);
                let mut image = |part| self.views.renamed(&self.system.topology, renaming, part);
                let (recorded, actual) = (image(recorded), image(actual));
                pairs.insert(recorded.iter().chain(&actual).copied().collect());
            }
        }
    }

    /// The state stands for so many.
    fn note(&self, tally: &mut Tally, ids: &[u32], sight: Sight, states: u64) {
        let case = self.case(ids, sight);
        for &property in &self.questions.properties {
            if self.fails(property, &case) {
                tally.violated |= 1 << property.bit();
            }
        }
        for (number, reach) in self.questions.reach.iter().enumerate() {
            tally.met |= u64::from(reach.is_met(&case, self.questions.clause_of(number))) << number;
        }
        if let Some(snapshot) = case.completed() {
            tally.completed += states;
            tally.completed_snapshots |= 1 << snapshot.0;
            tally.row.clear();
            tally.row.extend(case.recorded(snapshot));
            let places = tally.row.len();
            let pairs_up = self.questions.ask(Property::LeadsToActual) && self.at_ends.is_none();
            if pairs_up {
                tally.row.extend(case.actual());
            }
            let (recorded, actual) = tally.row.split_at(places);
            insert(tally.distinct.entry(snapshot).or_default(), recorded);
            if pairs_up {
                tally.pairs.insert(recorded, actual);
            }
        }
    }
}

impl<A: Application, P: Protocol> Observer<System<A, P>> for Judge<'_, A, P> {
    type Tally = Tally;

    fn learned(&self, place: usize) -> usize {
        self.facts[place].len()
    }

    fn learn(&mut self, place: usize, component: &ComponentOf<A>) {
        let clauses: Vec<&Recorded> = clauses(&self.questions.recorded, &self.questions.reach).collect();
        let fact = fact(self.system, &mut self.views, &clauses, place, component);
        let recorded = shared(&mut self.recorded, fact.recorded);
        self.facts[place].push(Fact { recorded, ..fact });
    }

    fn wants_states(&self) -> bool {
        self.questions.reach.iter().any(Reach::is_about_states)
            || self.questions.properties.iter().any(|property| property.is_about_states())
    }

    fn state(&self, tally: &mut Tally, ids: &[u32], _carried: &[u32]) {
        self.note(tally, ids, Sight::State, 1);
    }

    fn reached(&self, tally: &mut Tally, ids: &[u32], milestones: u64, states: u64) {
        if self.at_ends.is_none() {
            self.note_reached(tally, ids, milestones, states);
        }
    }

    fn terminal(&self, tally: &mut Tally, ids: &[u32], states: u64) {
        tally.terminals += states;
        self.note(tally, ids, Sight::Terminal, states);
        if let Some(judged) = self.at_ends {
            let done = self.case(ids, Sight::Terminal).all(|fact| fact.done);
            self.note_reached(tally, ids, judged & done, states);
        }
    }

    fn halted(&self, tally: &mut Tally, ids: &[u32]) {
        self.note(tally, ids, Sight::Halted, 1);
    }
}

impl<A: Application, P: Protocol> Judge<'_, A, P> {
    fn note_reached(&self, tally: &mut Tally, ids: &[u32], milestones: u64, states: u64) {
        for snapshot in self.system.snapshot_ids().filter(|snapshot| milestones >> snapshot.0 & 1 == 1) {
            self.note(tally, ids, Sight::Reached(u32::from(snapshot.0)), states);
        }
    }
}
