//! What runs by chance have shown, as plain data.

use num_bigint::BigUint;
use serde::Serialize;

use super::verdict::Run;

/// What runs by chance have shown.
#[derive(Clone, Debug, Default)]
pub struct Simulation {
    /// The seed that gives the same runs again.
    pub seed: u64,
    /// How many runs there were.
    pub runs: u64,
    /// Fewer than asked for: an interrupt came first.
    pub interrupted: bool,
    /// The events of all of them.
    pub events: u64,
    /// Runs that ended because nothing was enabled any more; the others were cut off.
    pub ended: u64,
    /// Completed snapshots in all of them.
    pub completed: u64,
    /// Of these, those whose recorded state the same events of the application pass through in another order, on to where
    /// the run really was.
    pub permuted: u64,
    /// Where each ordering was as likely as another: how many there are.
    pub orderings: Option<BigUint>,
    /// What was judged.
    pub properties: Vec<String>,
    /// What failed.
    pub failures: Vec<Failing>,
}

/// A property that failed in some runs.
#[derive(Clone, Debug)]
pub struct Failing {
    /// Which.
    pub property: String,
    /// In how many runs.
    pub runs: u64,
    /// The first of them, from 0.
    pub first: u64,
    /// How many events that took to show it.
    pub found_in: usize,
    /// A run from which no event can be left out.
    pub run: Run,
}

/// In which orderings a message is recorded in its channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// In all of them.
    Always,
    /// In none.
    Never,
    /// In some.
    Sometimes,
}

/// What becomes of one message over all orderings.
#[derive(Clone, Debug)]
pub struct Classified {
    /// The message: `1 from A to B`.
    pub message: String,
    /// The snapshot.
    pub snapshot: usize,
    /// In which orderings it is recorded in its channel.
    pub fate: Fate,
    /// A shortest ordering in which it is recorded, and one in which it is not.
    pub examples: [Option<Run>; 2],
}
