//! `ConsistentCut`: no message was received before the cut that was sent after it, and what was kept of each
//! channel is exactly what crosses (Chandy & Lamport 1985, section 2; the ghost bits are `network`'s).
//! Cost: one bit test a component and completion.

use super::case::{Case, has};

/// Judged at completion.
pub fn fails(case: &Case<'_>) -> bool {
    case.completed().is_some_and(|snapshot| !has(case.all(|fact| fact.cut_is_consistent), snapshot))
}
