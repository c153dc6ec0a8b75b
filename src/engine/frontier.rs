//! On which systems an algorithm holds, as plain data.

use super::verdict::Verdict;

/// On which systems an algorithm holds.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    /// The algorithm's name.
    pub algorithm: String,
    /// What was checked, by number of processes.
    pub rows: Vec<FrontierRow>,
    /// The first system that is not verified, and the text of its model; none if all are.
    pub stopped: Option<(Box<Verdict>, String)>,
}

/// The systems of so many processes that were checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrontierRow {
    /// How many processes.
    pub processes: usize,
    /// Topologies, up to renaming.
    pub topologies: usize,
    /// Topologies with an initiator, up to symmetry.
    pub systems: usize,
    /// States of all together.
    pub states: u64,
}
