//! `NothingLost`: right after a restore every process and every channel is as it was in the snapshot that was restored, and
//! together they hold what the system held at first. Cost: one flag a process, and where all are set, one sum.

use super::case::Case;
use crate::engine::Sight;

/// Judged in states right after a restore.
pub fn fails(case: &Case<'_>, initial_total: u128) -> bool {
    let right_after = case.sight == Sight::State && !case.some(|fact| !fact.fresh);
    right_after && (case.some(|fact| !fact.as_it_was) || case.holds() != initial_total)
}
