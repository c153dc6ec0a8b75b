//! What need not be explored, as the command line asks for it.

use clap::ValueEnum;

use crate::check::Reduce;

/// What need not be explored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Reduction {
    /// Every state
    #[default]
    None,
    /// One state of those that differ only in which process is which; no figure depends on it
    Symmetry,
    /// Of each state only some events, so that every final state is found, but not every state
    Stubborn,
    /// Both
    Max,
}

impl From<Reduction> for Reduce {
    fn from(reduction: Reduction) -> Self {
        match reduction {
            Reduction::None => Self::None,
            Reduction::Symmetry => Self::Symmetry,
            Reduction::Stubborn => Self::Stubborn,
            Reduction::Max => Self::Max,
        }
    }
}
