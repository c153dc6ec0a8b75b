//! `reach`: conditions that some state must meet, so that a proof is not about nothing. Conditions on what was
//! recorded are judged at completions, the others in every state. Cost: nothing unless a model asks.

use super::case::{Case, has};
use super::{Reach, recorded};
use crate::engine::Sight;

impl Reach {
    /// Must every state be looked at?
    pub fn is_about_states(&self) -> bool {
        matches!(self, Self::UnderWay(_))
    }

    /// Does this state meet the condition? `clause` is the number of its clause about recorded values.
    pub fn is_met(&self, case: &Case<'_>, clause: usize) -> bool {
        match self {
            Self::Completes(snapshot) => case.completed() == Some(*snapshot),
            Self::ChannelRecorded(snapshot) => {
                case.completed() == Some(*snapshot) && has(case.any(|fact| fact.keeps_messages), *snapshot)
            }
            Self::Records(expected) => {
                case.completed() == Some(expected.snapshot) && recorded::meets(case, clause)
            }
            Self::UnderWay(snapshots) => {
                let (begun, done) = (case.any(|fact| fact.begun), case.all(|fact| fact.done));
                let under_way = |&snapshot| has(begun, snapshot) && !has(done, snapshot);
                case.sight == Sight::State && snapshots.iter().all(under_way)
            }
        }
    }
}
