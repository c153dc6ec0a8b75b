//! What to look for on the second pass: one goal for each property that fails and for each condition to be reached.

use super::case::Case;
use super::findings::Findings;
use super::judge::Judge;
use super::{Property, recorded};
use crate::engine::{Goals, Observer, Sight};
use crate::network::{Application, ComponentOf, Protocol, System};

/// What to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The property fails.
    Failure(Property),
    /// A run ends (a snapshot that should have been complete by then never is).
    End,
    /// The condition of `reach` with this number is met.
    Condition(usize),
}

/// Looks for the goals.
pub struct Hunt<'h, 'a, A: Application, P> {
    judge: &'h mut Judge<'a, A, P>,
    findings: &'h Findings,
    goals: Vec<Goal>,
}

impl<'h, 'a, A: Application, P: Protocol> Hunt<'h, 'a, A, P> {
    /// A hunt for these goals.
    pub fn new(judge: &'h mut Judge<'a, A, P>, findings: &'h Findings, goals: Vec<Goal>) -> Self {
        Self { judge, findings, goals }
    }

    /// Who judges.
    pub fn judge(&mut self) -> &mut Judge<'a, A, P> {
        self.judge
    }

    /// Does this state meet the goal?
    pub fn meets(&self, goal: Goal, ids: &[u32], sight: Sight) -> bool {
        let case = self.judge.case(ids, sight);
        match goal {
            Goal::End => recorded::ends(&case),
            Goal::Condition(reach) => {
                let questions = self.judge.questions;
                questions.reach[reach].is_met(&case, questions.clause_of(reach))
            }
            Goal::Failure(property) => {
                self.judge.fails(property, &case) || self.fails_by_graph(property, &case)
            }
        }
    }

    /// What the application's own graph says.
    fn fails_by_graph(&self, property: Property, case: &Case<'_>) -> bool {
        let findings = self.findings;
        match (property, case.completed()) {
            (Property::RecordedStateReachable, Some(snapshot)) => {
                findings.unreachable.contains(&case.recorded(snapshot).collect::<Box<[u32]>>())
            }
            (Property::LeadsToActual, Some(snapshot)) => {
                let pair = case.recorded(snapshot).chain(case.actual());
                findings.missed.contains(&pair.collect::<Box<[u32]>>())
            }
            _ => false,
        }
    }
}

impl<A: Application, P: Protocol> Goals<System<A, P>> for Hunt<'_, '_, A, P> {
    fn len(&self) -> usize {
        self.goals.len()
    }

    fn learned(&self, place: usize) -> usize {
        self.judge.learned(place)
    }

    fn learn(&mut self, place: usize, component: &ComponentOf<A>) {
        self.judge.learn(place, component);
    }

    fn wants_states(&self) -> bool {
        let about_states = |goal: &Goal| match goal {
            Goal::Condition(reach) => self.judge.questions.reach[*reach].is_about_states(),
            Goal::Failure(property) => property.is_about_states(),
            Goal::End => false,
        };
        self.goals.iter().any(about_states)
    }

    fn is_met(&self, goal: usize, ids: &[u32], sight: Sight) -> bool {
        let goal = self.goals[goal];
        let at_end = |judged: u64| {
            let done = judged & self.judge.case(ids, sight).all(|fact| fact.done);
            let mut snapshots = self.judge.system().snapshot_ids();
            snapshots.any(|number| {
                done >> number.0 & 1 == 1 && self.meets(goal, ids, Sight::Reached(u32::from(number.0)))
            })
        };
        self.meets(goal, ids, sight) || sight == Sight::Terminal && self.judge.at_ends.is_some_and(at_end)
    }
}
