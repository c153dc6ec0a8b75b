//! What enumeration has found, in either semantics.

use super::recording::Recording;
use crate::engine::End;

/// Every outcome, and how many states and transitions it took to find them.
#[derive(Clone, Debug)]
pub struct Found {
    /// Different states.
    pub states: u64,
    /// Transitions between them.
    pub transitions: u64,
    /// Different outcomes, in order.
    pub outcomes: Vec<Outcome>,
    /// Runs that end without an outcome: final states in which a snapshot is not complete, or sends that abort a run.
    pub without_outcome: u64,
    /// Why the search ended.
    pub end: End,
}

/// All snapshots of one run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome {
    /// One for each snapshot of the script.
    pub snapshots: Vec<Recording>,
}

impl Found {
    /// Nothing was cut off: every outcome is here.
    pub fn is_complete(&self) -> bool {
        self.end == End::Exhausted
    }
}
