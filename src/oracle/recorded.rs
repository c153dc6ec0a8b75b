//! `Recorded`: what a model says must be recorded is what every completion recorded. Never complete is a failure
//! too, and every way to end shows that one. Cost: one bit test a component and completion.

use super::case::Case;
use crate::engine::Sight;
use crate::network::SnapshotId;

/// Judged at completions of the clause's snapshot. `clause` is the number of the clause.
pub fn fails(case: &Case<'_>, clause: usize, snapshot: SnapshotId) -> bool {
    case.completed() == Some(snapshot) && !meets(case, clause)
}

/// Is what was recorded what the clause says?
pub fn meets(case: &Case<'_>, clause: usize) -> bool {
    case.all(|fact| fact.clauses_met) >> clause & 1 == 1
}

/// Where a snapshot never completes, the ends of runs are what to show.
pub fn ends(case: &Case<'_>) -> bool {
    matches!(case.sight, Sight::Terminal | Sight::Halted)
}
