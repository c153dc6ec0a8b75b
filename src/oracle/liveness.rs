//! What must happen at last, on systems whose states come again: `Terminates`, and what an application asks of runs
//! without end. A run fails if from some point on a snapshot, or a wish, stays open for ever, though no event that is fair
//! is passed over for ever. Cost: one pass over all states for each snapshot and for each thing that can be wished for.

use super::judge::Judge;
use super::{Property, own};
use crate::engine::{End, Explorer, Lasso, Obligations, Observer, Options, Sight, TransitionSystem};
use crate::network::{Application, ComponentOf, EventOf, Protocol, Rule, SnapshotId, System, When};

/// Something that must not stay open for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Obligation {
    /// The snapshot has been started and is not complete.
    Snapshot(SnapshotId),
    /// The rule detects this thing.
    Wish(Rule, u32),
}

impl Obligation {
    fn property(self) -> Property {
        match self {
            Self::Snapshot(_) => Property::Terminates,
            Self::Wish(rule, _) => Property::Own(rule),
        }
    }
}

/// A run without end in which a property fails.
#[derive(Clone, Debug)]
pub struct Endless<E> {
    /// The property.
    pub property: Property,
    /// The run, from the end of the model's walk on.
    pub lasso: Lasso<E>,
}

/// What was found of runs without end.
#[derive(Clone, Debug)]
pub struct Liveness<E> {
    /// One run for each property that fails so: that of its first snapshot or thing.
    pub endless: Vec<Endless<E>>,
    /// What ended the search before all was decided.
    pub undecided: Option<End>,
}

impl<E> Default for Liveness<E> {
    fn default() -> Self {
        Self { endless: Vec::new(), undecided: None }
    }
}

impl<E> Liveness<E> {
    /// Does it fail in some run without end?
    pub fn fails(&self, property: Property) -> bool {
        self.endless.iter().any(|endless| endless.property == property)
    }
}

/// What must happen at last, in the states that a judge knows.
struct Open<'j, 'a, A: Application, P> {
    judge: &'j mut Judge<'a, A, P>,
    obligations: Vec<Obligation>,
}

impl<A: Application, P: Protocol> Obligations<System<A, P>> for Open<'_, '_, A, P> {
    fn len(&self) -> usize {
        self.obligations.len()
    }

    fn learned(&self, place: usize) -> usize {
        self.judge.learned(place)
    }

    fn learn(&mut self, place: usize, component: &ComponentOf<A>) {
        self.judge.learn(place, component);
    }

    fn is_pending(&self, obligation: usize, ids: &[u32]) -> bool {
        let case = self.judge.case(ids, Sight::State);
        match self.obligations[obligation] {
            Obligation::Snapshot(number) => {
                (case.any(|fact| fact.begun) & !case.all(|fact| fact.done)) >> number.0 & 1 == 1
            }
            Obligation::Wish(rule, thing) => own::detected(self.judge, rule, &case) >> thing & 1 == 1,
        }
    }
}

/// Looks for runs without end, where there can be any: from this state on, in which all has been explored.
pub fn find<A: Application, P: Protocol>(
    judge: &mut Judge<'_, A, P>,
    explorer: &mut Explorer<System<A, P>>,
    initial: &[ComponentOf<A>],
    options: &Options<'_>,
) -> Liveness<EventOf<A>> {
    let obligations = obligations(judge, explorer.system());
    if explorer.system().largest_step().is_some() || obligations.is_empty() {
        return Liveness::default();
    }
    let mut open = Open { judge, obligations: obligations.clone() };
    let found = explorer.fair_cycles(initial, &mut open, options);
    let mut liveness = Liveness::default();
    for (obligation, lasso) in obligations.into_iter().zip(found.lassos) {
        let property = obligation.property();
        match lasso {
            Ok(Some(lasso)) if !liveness.fails(property) => {
                liveness.endless.push(Endless { property, lasso });
            }
            Ok(_) => {}
            Err(end) => liveness.undecided = Some(end),
        }
    }
    liveness
}

/// Does something that must happen at last, of what the judge is asked, stay open in all of these states?
pub fn stays_open<A: Application, P: Protocol>(judge: &mut Judge<'_, A, P>, states: &[Vec<u32>]) -> bool {
    let obligations = obligations(judge, judge.system());
    let open = Open { judge, obligations };
    (0..open.len()).any(|obligation| states.iter().all(|ids| open.is_pending(obligation, ids)))
}

fn obligations<A: Application, P: Protocol>(
    judge: &Judge<'_, A, P>,
    system: &System<A, P>,
) -> Vec<Obligation> {
    let things = |rule: Rule| {
        let things = system.application.things(&system.topology, rule);
        (0..things).map(move |thing| Obligation::Wish(rule, thing))
    };
    let wishes = judge.questions.properties.iter().filter_map(|property| match property {
        Property::Own(rule) if rule.when == When::Eventually => Some(*rule),
        _ => None,
    });
    let snapshots = system.snapshot_ids().map(Obligation::Snapshot);
    let snapshots = snapshots.filter(|_| judge.questions.ask(Property::Terminates));
    snapshots.chain(wishes.flat_map(things)).collect()
}
