//! `LeadsToActual`: from the recorded state the application alone can get to the state that the system is in when
//! the snapshot completes. Cost: sets of recorded states are carried through the application's own graph, 1024 at
//! once, and one look-up a distinct pair (recorded, actual); without a rank, one search a recorded state.

use ahash::AHashSet;

use super::alone::{Alone, Undecided};
use super::fact::Views;
use super::judge::{Pair, Tally};
use crate::engine::Options;
use crate::network::{Application, Protocol};

/// The pairs of which the second is out of the first's reach.
pub fn misses<A: Application + Clone, P: Protocol + Clone>(
    alone: &mut Alone<A, P>,
    views: &Views<A>,
    tally: &Tally,
    options: &Options<'_>,
) -> Result<AHashSet<Pair>, Undecided> {
    let (roots, asked) = tally.pairs.by_recorded();
    let missed = alone.misses(views, &roots, &asked, options)?;
    let pairs = roots.iter().zip(missed).flat_map(|(recorded, missed)| {
        missed.into_iter().map(|actual| recorded.iter().chain(actual).copied().collect())
    });
    Ok(pairs.collect())
}
