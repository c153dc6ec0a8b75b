//! How to check.

use crate::engine::{self, Bounds, Progress};

/// What need not be explored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduce {
    /// Every state is.
    #[default]
    None,
    /// One state of each orbit is; every figure is that of all states.
    Symmetry,
    /// Of each state only some events are carried out, so that every terminal state is found, but not every state.
    Stubborn,
    /// Both.
    Max,
}

impl Reduce {
    pub(super) fn by_symmetry(self) -> bool {
        matches!(self, Self::Symmetry | Self::Max)
    }

    pub(super) fn by_stubborn_sets(self) -> bool {
        matches!(self, Self::Stubborn | Self::Max)
    }
}

/// How to check.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// How many threads; no figure depends on it.
    pub threads: usize,
    /// Count the orderings.
    pub orderings: bool,
    /// What need not be explored.
    pub reduce: Reduce,
    /// Around so many states that stubborn sets lead to, look at what they leave out.
    pub audit: u64,
    /// Under a reduction, look among so many states in full for the shortest run to what it has seen.
    pub full_states_max: u64,
    /// Count how often each action was taken.
    pub coverage: bool,
    /// How many counterexamples to look for, for each property that fails: different ones, all of the least length.
    pub distinct: usize,
    /// Draw the state graph, if it is small.
    pub graph: bool,
    /// What may end the search early.
    pub bounds: Bounds<'a>,
    /// Told how far the search has come, often.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            threads: 1,
            orderings: true,
            reduce: Reduce::None,
            audit: 0,
            full_states_max: 2_000_000,
            coverage: false,
            distinct: 1,
            graph: false,
            bounds: Bounds::default(),
            progress: &|_| {},
        }
    }
}

impl<'a> Options<'a> {
    pub(super) fn engine(&self) -> engine::Options<'a> {
        engine::Options {
            threads: self.threads,
            paths: self.orderings,
            symmetry: self.reduce.by_symmetry(),
            coverage: self.coverage,
            stubborn: false,
            distinct: self.distinct,
            bounds: self.bounds,
            progress: self.progress,
        }
    }
}
