//! `Terminates`: where nothing more can happen, every snapshot that was started is complete.
//! Cost: two masks a terminal state.

use super::case::Case;
use crate::engine::Sight;

/// Judged in terminal states.
pub fn fails(case: &Case<'_>) -> bool {
    case.sight == Sight::Terminal && case.any(|fact| fact.begun) & !case.all(|fact| fact.done) != 0
}
