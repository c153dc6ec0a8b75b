//! What a search and what comes after it say of every property.

use ahash::AHashSet;

use super::alone::{Alone, Undecided};
use super::judge::{Judge, Pair, Snapshot, Tally};
use super::liveness::Liveness;
use super::{Property, leads_to_actual, non_interference, recorded_state_reachable};
use crate::engine::{End, Explorer, Options, Status};
use crate::network::{Application, EventOf, Protocol, System, When};

/// What is known of one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Which.
    pub property: Property,
    /// What is known.
    pub status: Status,
    /// How many cases were judged; what a case is depends on the property.
    pub checked: u64,
}

/// Is it about what happens at last?
fn is_about_ends(property: Property) -> bool {
    match property {
        Property::Terminates => true,
        Property::Own(rule) => rule.when == When::Eventually,
        _ => false,
    }
}

/// What is known of all properties, and what a counterexample must show.
#[derive(Debug, Default)]
pub struct Findings {
    /// One for each property asked for.
    pub judgements: Vec<Judgement>,
    /// All that the search and the walk before it noted.
    pub tally: Tally,
    /// Recorded states that the application alone does not reach.
    pub unreachable: AHashSet<Snapshot>,
    /// Pairs (recorded, actual) of which the second is out of reach.
    pub missed: AHashSet<Pair>,
    /// Why something could not be decided, if so.
    pub undecided: Option<End>,
}

/// How far the search got.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Everything was explored.
    pub complete: bool,
    /// There can be runs without end.
    pub endless: bool,
    /// Distinct states.
    pub states: u64,
}

impl Findings {
    /// Decides what is left to decide after a search.
    pub fn of<A, P>(
        judge: &Judge<'_, A, P>,
        explorer: &Explorer<System<A, P>>,
        tally: Tally,
        extent: Extent,
        liveness: &Liveness<EventOf<A>>,
        options: &Options<'_>,
    ) -> Self
    where
        A: Application + Clone,
        P: Protocol + Clone,
    {
        let mut findings = Self { tally, ..Self::default() };
        let mut alone = Alone::new(explorer.system());
        let questions = judge.questions;
        for &property in &questions.properties {
            // Nothing where no bound is to blame that it is not decided.
            let by_a_bound = |Undecided(end)| Some(end);
            let judged = match property {
                Property::RecordedStateReachable => {
                    findings.find_unreachable(judge, &mut alone, options).map_err(by_a_bound)
                }
                // The state at completion may have been left out.
                Property::LeadsToActual if judge.at_ends.is_some() => Err(None),
                Property::LeadsToActual => {
                    findings.find_missed(judge, &mut alone, options).map_err(by_a_bound)
                }
                // On all local states, it has been proved before.
                Property::NonInterference if !extent.complete || judge.at_ends.is_some() => Ok(false),
                Property::NonInterference => {
                    let alone = explorer.system().alone();
                    match non_interference::is_proved_locally(explorer, &alone, &options.bounds) {
                        Ok(true) => Ok(false),
                        Ok(false) => Err(None),
                        Err(undecided) => Err(by_a_bound(undecided)),
                    }
                }
                Property::Recorded => Ok(findings.some_never_completes(judge, extent)),
                Property::Reach => Ok(extent.complete && !findings.all_met(judge)),
                _ if liveness.fails(property) => Ok(true),
                _ if liveness.undecided.is_some() && is_about_ends(property) => Err(liveness.undecided),
                _ => Ok(false),
            };
            findings.undecided = findings.undecided.or(judged.err().flatten());
            let checked = findings.checked(property, judge, extent);
            let violated = findings.tally.fails(property) || judged == Ok(true);
            let met = property == Property::Reach && findings.all_met(judge);
            let complete = (extent.complete || met) && judged.is_ok();
            findings.judgements.push(Judgement {
                property,
                status: Status::of(violated, complete, checked),
                checked,
            });
        }
        findings
    }

    /// The judgement of one property.
    pub fn judgement(&self, property: Property) -> Option<&Judgement> {
        self.judgements.iter().find(|judgement| judgement.property == property)
    }

    fn checked<A: Application, P: Protocol>(
        &self,
        property: Property,
        judge: &Judge<'_, A, P>,
        extent: Extent,
    ) -> u64 {
        match property {
            Property::Terminates if !extent.endless => self.tally.terminals,
            Property::Own(rule) => match rule.when {
                When::Always | When::InStates | When::Eventually => extent.states,
                When::AtTheEnd => self.tally.terminals,
                When::InSnapshots | When::StillSo | When::Found => self.tally.completed,
            },
            Property::Terminates
            | Property::WellFormed
            | Property::NonInterference
            | Property::NothingLost => extent.states,
            Property::Reach => judge.questions.reach.len() as u64,
            _ => self.tally.completed,
        }
    }

    fn find_unreachable<A, P>(
        &mut self,
        judge: &Judge<'_, A, P>,
        alone: &mut Alone<A, P>,
        options: &Options<'_>,
    ) -> Result<bool, Undecided>
    where
        A: Application + Clone,
        P: Protocol + Clone,
    {
        self.unreachable = recorded_state_reachable::unreachable(alone, &judge.views, &self.tally, options)?;
        Ok(!self.unreachable.is_empty())
    }

    fn find_missed<A, P>(
        &mut self,
        judge: &Judge<'_, A, P>,
        alone: &mut Alone<A, P>,
        options: &Options<'_>,
    ) -> Result<bool, Undecided>
    where
        A: Application + Clone,
        P: Protocol + Clone,
    {
        self.missed = leads_to_actual::misses(alone, &judge.views, &self.tally, options)?;
        Ok(!self.missed.is_empty())
    }

    fn some_never_completes<A: Application, P: Protocol>(
        &self,
        judge: &Judge<'_, A, P>,
        extent: Extent,
    ) -> bool {
        let mut clauses = judge.questions.recorded.iter();
        extent.complete && clauses.any(|clause| self.tally.completed_snapshots >> clause.snapshot.0 & 1 == 0)
    }

    fn all_met<A: Application, P: Protocol>(&self, judge: &Judge<'_, A, P>) -> bool {
        (0..judge.questions.reach.len()).all(|reach| self.tally.is_met(reach))
    }
}
