//! What a search may put on disk, as its caller asks: layers that do not fit, and checkpoints to go on from.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::atlas::{Atlas, Miss};
use super::checkpoint::{Keeper, Loaded};
use super::disk::DiskError;
use super::spill::Spill;
use super::system::TransitionSystem;

/// What a search may put on disk. By default nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keep<'a> {
    /// Layers that do not fit into memory go below this directory.
    pub spill: Option<&'a Path>,
    /// For tests: no more states than this in one table.
    pub spill_states_max: Option<usize>,
    /// Checkpoints go to this directory.
    pub checkpoint: Option<&'a Path>,
    /// No oftener than that, but for the first and the last.
    pub every: Duration,
    /// The search goes on from the checkpoint in this directory.
    pub resume: Option<&'a Path>,
    /// The whole model: a checkpoint of another one is refused.
    pub model: &'a str,
    /// All that is asked besides, as far as it changes what a checkpoint holds.
    pub asked: &'a str,
}

impl Keep<'_> {
    /// Is anything to be put on disk, or read from it?
    pub fn asks(&self) -> bool {
        self.spill.or(self.checkpoint).or(self.resume).is_some()
    }
}

/// What one search has on disk.
pub struct Disk<T> {
    /// Layers that do not fit.
    pub spill: Option<Spill>,
    /// Who writes checkpoints.
    pub keeper: Option<Keeper<T>>,
    /// The checkpoint to go on from.
    pub loaded: Option<Loaded<T>>,
}

impl<T: Serialize + DeserializeOwned> Disk<T> {
    /// As asked.
    pub fn open(keep: &Keep<'_>) -> Result<Self, DiskError> {
        let loaded = keep.resume.map(|directory| Loaded::open(directory, keep)).transpose()?;
        let keeper = keep.checkpoint.map(|directory| Keeper::open(directory, keep)).transpose()?;
        let spill = keep.spill.map(|directory| Spill::below(directory, keep.spill_states_max)).transpose()?;
        Ok(Self { spill, keeper, loaded })
    }
}

impl<T> Disk<T> {
    /// What was asked of the atlas: asked again in the same order, it gives the same numbers.
    pub fn note(&mut self, misses: &[Miss]) {
        if let Some(keeper) = &mut self.keeper {
            keeper.note(misses);
        }
    }

    /// Asks the atlas again what the search that is resumed has asked. The widths of the key's fields, if there is one.
    pub fn replay<S: TransitionSystem>(
        &mut self,
        atlas: &mut Atlas<S>,
    ) -> Result<Option<Vec<u32>>, DiskError> {
        let Some(loaded) = &self.loaded else { return Ok(None) };
        loaded.replay(atlas, |misses| {
            if let Some(keeper) = &mut self.keeper {
                keeper.note(misses);
            }
        })?;
        Ok(Some(loaded.widths()))
    }
}
