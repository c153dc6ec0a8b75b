//! `RecordedStateReachable`: the application alone could have been in the recorded state (Chandy & Lamport 1985,
//! section 4: it need not ever have been). Cost: the application's own graph once, and one look-up a distinct
//! recorded state.

use ahash::AHashSet;

use super::alone::{Alone, Undecided};
use super::fact::Views;
use super::judge::{Snapshot, Tally};
use crate::engine::Options;
use crate::network::{Application, Protocol};

/// The recorded states that the application alone does not reach.
pub fn unreachable<A: Application + Clone, P: Protocol + Clone>(
    alone: &mut Alone<A, P>,
    views: &Views<A>,
    tally: &Tally,
    options: &Options<'_>,
) -> Result<AHashSet<Snapshot>, Undecided> {
    let mut recorded: AHashSet<Snapshot> = tally.distinct.values().flatten().cloned().collect();
    for reached in alone.reaches(views, &recorded, options)? {
        recorded.remove(&reached);
    }
    Ok(recorded)
}
