//! How to search, and what is found.

use super::bounds::{Bounds, End};
use super::search::{Figures, Progress};

/// How to search.
#[allow(clippy::struct_excessive_bools)] // each is a choice of its own
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// How many threads; the figures do not depend on it.
    pub threads: usize,
    /// Count maximal paths.
    pub paths: bool,
    /// One state of each orbit stands for all, where [symmetries](super::Explorer::learn_symmetries) are known. No figure
    /// depends on it, and the observer is told how many states each stands for.
    pub symmetry: bool,
    /// Count how often each move is taken.
    pub coverage: bool,
    /// Carry out stubborn sets only, if it is known what depends on what: terminal states are all found, others are not,
    /// and paths are not counted.
    pub stubborn: bool,
    /// How many shortest paths are wanted to each goal.
    pub distinct: usize,
    /// What may end the search early.
    pub bounds: Bounds<'a>,
    /// Told how far the search has come, often.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            threads: 1,
            paths: true,
            symmetry: false,
            coverage: false,
            stubborn: false,
            distinct: 1,
            bounds: Bounds::default(),
            progress: &|_| {},
        }
    }
}

/// What a search has found.
#[derive(Clone, Debug)]
pub struct Outcome<T> {
    /// The figures, of whole layers.
    pub figures: Figures,
    /// Why it ended.
    pub end: End,
    /// What the observer noted, one for each thread.
    pub tallies: Vec<T>,
    /// How often each move was taken, by place and number; only if asked for.
    pub taken: Vec<Vec<u64>>,
}
