//! What is checked: one file a property, blind to the algorithm.

mod alone;
mod case;
mod consistent_cut;
mod fact;
mod findings;
mod hunt;
mod judge;
mod leads_to_actual;
mod liveness;
mod non_interference;
mod nothing_lost;
mod own;
mod pairs;
mod reach;
mod recorded;
mod recorded_state_reachable;
mod terminates;
mod total_preserved;
mod well_formed;

use crate::network::{ChannelId, ProcessId, Rule, SnapshotId};

pub use case::Case;
pub use findings::{Extent, Findings, Judgement};
pub use hunt::{Goal, Hunt};
pub use judge::{Judge, Questions, Tally};
pub use liveness::{Endless, Liveness, find as find_liveness, stays_open};
pub use non_interference::does_as_if_alone as steps_as_if_alone;

/// A property that a verdict names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// At completion: no orphans, and what was kept is what crossed the cut.
    ConsistentCut,
    /// At completion: recorded states and kept messages have the initial total.
    TotalPreserved,
    /// Every started snapshot completes.
    Terminates,
    /// At completion: the application alone can reach the recorded state.
    RecordedStateReachable,
    /// At completion: the application alone can get from the recorded state to the actual one.
    LeadsToActual,
    /// Nothing recorded twice, no marker sent twice.
    WellFormed,
    /// The snapshot changes nothing of what the application does.
    NonInterference,
    /// A restore loses nothing.
    NothingLost,
    /// What the application has to say.
    Own(Rule),
    /// What a model's `recorded` list says.
    Recorded,
    /// What a model's `reach` list says.
    Reach,
}

impl Property {
    /// All that every application has, in the order of reports.
    const COMMON: [Self; 10] = [
        Self::ConsistentCut,
        Self::TotalPreserved,
        Self::Terminates,
        Self::RecordedStateReachable,
        Self::LeadsToActual,
        Self::WellFormed,
        Self::NonInterference,
        Self::NothingLost,
        Self::Recorded,
        Self::Reach,
    ];

    /// All, in the order of reports, those that an application brings along among them.
    pub fn all(rules: &[Rule]) -> Vec<Self> {
        let mut all: Vec<Self> =
            Self::COMMON.into_iter().chain(rules.iter().copied().map(Self::Own)).collect();
        all.sort_unstable();
        all
    }

    /// The property of a name.
    pub fn named(name: &str, rules: &[Rule]) -> Option<Self> {
        Self::all(rules).into_iter().find(|property| property.name() == name)
    }

    /// Is it looked at in states of every kind, one by one?
    fn is_about_states(self) -> bool {
        match self {
            Self::Own(rule) => own::is_about_states(rule),
            other => other == Self::NothingLost,
        }
    }

    /// Its place in a set of properties.
    fn bit(self) -> u32 {
        let common = Self::COMMON.iter().position(|property| *property == self).map(|place| place as u32);
        match (self, common) {
            (_, Some(place)) => place,
            (Self::Own(rule), None) => Self::COMMON.len() as u32 + u32::from(rule.number),
            (_, None) => unreachable!("what is not common is an application's own"),
        }
    }

    /// The name that models, reports and JSON use.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConsistentCut => "ConsistentCut",
            Self::TotalPreserved => "TotalPreserved",
            Self::Terminates => "Terminates",
            Self::RecordedStateReachable => "RecordedStateReachable",
            Self::LeadsToActual => "LeadsToActual",
            Self::WellFormed => "WellFormed",
            Self::NonInterference => "NonInterference",
            Self::NothingLost => "NothingLost",
            Self::Own(rule) => rule.name,
            Self::Recorded => "Recorded",
            Self::Reach => "Reach",
        }
    }
}

/// What a snapshot must have recorded. Amounts are tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Which snapshot.
    pub snapshot: SnapshotId,
    /// Recorded balances of the processes named.
    pub processes: Vec<(ProcessId, u64)>,
    /// Recorded messages of the channels named, in order; channels not named are empty.
    pub channels: Vec<(ChannelId, Vec<u64>)>,
}

/// A condition that some reachable state must meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This snapshot completes.
    Completes(SnapshotId),
    /// This snapshot completes with at least one message recorded in a channel.
    ChannelRecorded(SnapshotId),
    /// All of these snapshots have started and none is complete.
    UnderWay(Vec<SnapshotId>),
    /// A snapshot completes with exactly this recorded.
    Records(Recorded),
}
