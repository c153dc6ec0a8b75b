//! `WellFormed`: nobody records a snapshot twice or sends its marker twice on a channel, and in the end of a
//! complete snapshot a marker was sent on every channel. Cost: nothing on the way, two masks a terminal state.

use super::case::Case;
use crate::engine::Sight;

/// Judged in ill-formed states (which the network halts) and in terminal ones.
pub fn fails(case: &Case<'_>) -> bool {
    match case.sight {
        Sight::Halted => true,
        Sight::Terminal => case.all(|fact| fact.done) & !case.all(|fact| fact.markers_sent) != 0,
        Sight::State | Sight::Reached(_) => false,
    }
}
