//! `TotalPreserved`: recorded process states and kept messages hold together what the system held at first.
//! Cost: one sum over the components a completion.

use super::case::Case;

/// Judged at completion; `initial` is the total at first.
pub fn fails(case: &Case<'_>, initial: u128) -> bool {
    case.completed().is_some_and(|snapshot| case.total(snapshot) != initial)
}
