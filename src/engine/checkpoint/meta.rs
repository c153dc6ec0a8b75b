//! All that a checkpoint holds besides states. Written and read as it stands.

use serde::{Deserialize, Serialize};

use crate::engine::counts::Counts;
use crate::engine::key::Key;
use crate::engine::search::{Figures, Stand};
use crate::engine::spill::Extent;
use crate::engine::weight::Sum;

/// Which states a stream holds, in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Section {
    /// Those that were seen, where all are kept.
    Seen,
    /// Those of the layer at hand that are not expanded yet.
    Layer,
    /// Those of a layer to come, nearest 0.
    Ahead(u32),
    /// Those that were halted.
    Halted,
}

/// Where a search stands, but for its states.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// The version of this program.
    pub version: String,
    /// The model.
    pub model: String,
    /// What was asked.
    pub asked: String,
    /// How it is gone about; threads left out.
    pub plan: String,
    /// The widths of the key's fields.
    pub widths: Vec<u32>,
    /// How many components stood at each place.
    pub sizes: Vec<usize>,
    /// What the atlas was asked, batch by batch.
    pub log: Vec<u8>,
    /// The layer at hand.
    pub layer: u32,
    /// Whole layers.
    pub figures: Whole,
    /// Paths that have ended.
    pub paths: Sum,
    /// What the layer at hand amounts to so far.
    pub counts: Counts,
    /// Its terminal states so far.
    pub terminals: Vec<Words>,
    /// States that were halted in it so far.
    pub newly_halted: Vec<Words>,
    /// By layer to come: what edges newly reach.
    pub reached: Vec<Reached>,
    /// Without a rank: what was told of states of all layers so far.
    pub known: Reached,
    /// How often each move was taken.
    pub taken: Vec<Vec<u64>>,
    /// What the observers noted.
    pub tallies: Vec<Vec<u8>>,
    /// The states, one stream after the other.
    pub streams: Vec<(Section, Extent)>,
}

/// The words of a key.
pub type Words = Vec<u64>;

/// States and milestones, one after the other: the words of each, then a word for its milestones.
pub type Reached = Vec<u64>;

/// Puts them one after the other.
pub fn flat<'k, const W: usize>(reached: impl Iterator<Item = (&'k Key<W>, u64)>) -> Reached {
    reached.flat_map(|(state, milestones)| state.iter().copied().chain([milestones])).collect()
}

/// Takes them apart; `None` where they are not of as many words.
pub fn each<const W: usize>(reached: &Reached) -> Option<Vec<(Key<W>, u64)>> {
    let one =
        |words: &[u64]| words.split_last().and_then(|(milestones, state)| Some((key(state)?, *milestones)));
    reached.chunks(W + 1).map(one).collect()
}

/// The figures of whole layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    states: u64,
    explored: u64,
    transitions: u64,
    terminals: u64,
    depth: u32,
    cut: bool,
}

impl Whole {
    /// Those of a search under way.
    pub fn of(figures: &Figures) -> Self {
        let &Figures { states, explored, transitions, terminals, depth, cut, .. } = figures;
        Self { states, explored, transitions, terminals, depth, cut }
    }

    fn figures(self) -> Figures {
        let Self { states, explored, transitions, terminals, depth, cut } = self;
        Figures { states, explored, transitions, terminals, depth, cut, paths: None }
    }
}

impl Meta {
    /// How far the search had come.
    pub fn stand<T>(&self, earlier: Vec<T>) -> Stand<T> {
        Stand { layer: self.layer, figures: self.figures.figures(), paths: self.paths.clone(), earlier }
    }
}

/// A key of as many words; `None` where it is not one.
pub fn key<const W: usize>(words: &[u64]) -> Option<Key<W>> {
    Key::try_from(words).ok()
}
