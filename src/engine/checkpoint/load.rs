//! A checkpoint -> a search under way. States are dealt to their owners anew, so the number of threads may be another
//! one.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::file::{self, Opened, damaged};
use super::meta::{Meta, Section, each, key};
use super::save::named;
use crate::engine::atlas::{Atlas, Miss};
use crate::engine::disk::DiskError;
use crate::engine::keep::Keep;
use crate::engine::key::{Key, hash, owner};
use crate::engine::observer::Observer;
use crate::engine::reader::Reader;
use crate::engine::search::{Search, Stand};
use crate::engine::system::TransitionSystem;
use crate::engine::writer::Writer;

/// A checkpoint to go on from.
pub struct Loaded<T> {
    path: PathBuf,
    /// At the first of the states.
    pub file: BufReader<File>,
    /// All the rest.
    pub meta: Meta,
    tallies: Vec<T>,
}

impl<T: DeserializeOwned> Loaded<T> {
    /// That of a directory, if it is whole, and of the same model and the same question.
    pub fn open(directory: &Path, keep: &Keep<'_>) -> Result<Self, DiskError> {
        let Opened { path, file, record, states_end } = file::open(directory)?;
        let meta: Meta = postcard::from_bytes(&record).map_err(|_| damaged(&path))?;
        let anew = "give the same model and options, or begin anew in another directory";
        let shown = path.display();
        let is = |what: &str, hint: &str| Err(DiskError::new(format!("`{shown}` is {what}"), hint));
        if meta.version != env!("CARGO_PKG_VERSION") {
            let what = format!("of cl-check {}, and this is {}", meta.version, env!("CARGO_PKG_VERSION"));
            return is(&what, "go on with that version, or begin anew in another directory");
        }
        if meta.model != keep.model {
            return is("of another model, or the model was changed since", anew);
        }
        if meta.asked != keep.asked {
            return is("of a search with other options", anew);
        }
        let streams = meta.streams.iter().try_fold(0_u64, |sum, (_, extent)| sum.checked_add(extent.bytes));
        if streams != Some(states_end) {
            return Err(damaged(&path));
        }
        let tallies = meta.tallies.iter().map(|bytes| postcard::from_bytes(bytes)).collect::<Result<_, _>>();
        let tallies = tallies.map_err(|_| damaged(&path))?;
        Ok(Self { path, file: BufReader::with_capacity(1 << 20, file), meta, tallies })
    }
}

impl<T> Loaded<T> {
    /// The widths of the key's fields.
    pub fn widths(&self) -> Vec<u32> {
        self.meta.widths.clone()
    }

    /// Asks the atlas again what it was asked.
    pub fn replay<S: TransitionSystem>(
        &self,
        atlas: &mut Atlas<S>,
        mut note: impl FnMut(&[Miss]),
    ) -> Result<(), DiskError> {
        let mut log = &self.meta.log[..];
        while !log.is_empty() {
            let (misses, rest) =
                postcard::take_from_bytes::<Vec<Miss>>(log).map_err(|_| damaged(&self.path))?;
            if !misses.iter().all(|miss| atlas.can_answer(miss)) {
                return Err(damaged(&self.path));
            }
            atlas.fill(&misses);
            note(&misses);
            log = rest;
        }
        if atlas.sizes().eq(self.meta.sizes.iter().copied()) { Ok(()) } else { Err(damaged(&self.path)) }
    }

    /// What it means that it cannot be read.
    pub fn refusal(&self, reason: &io::Error) -> DiskError {
        match reason.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => damaged(&self.path),
            _ => DiskError::of("read", &self.path, reason),
        }
    }
}

impl<S: TransitionSystem, O: Observer<S>, const W: usize> Search<'_, S, O, W> {
    /// Takes the place of the search that is resumed, if one is.
    pub fn resume(
        &mut self,
        stand: &mut Stand<O::Tally>,
        readers: &mut [Reader<W, O::Tally>],
        writers: &mut [Writer<W>],
    ) -> Result<bool, DiskError> {
        let Some(mut loaded) = self.disk.as_mut().and_then(|disk| disk.loaded.take()) else {
            return Ok(false);
        };
        let steps = self.plan.steps;
        let is_live =
            |section: &Section| !matches!(section, Section::Ahead(layer) if *layer as usize >= steps);
        let is_shaped = loaded.meta.reached.len() == steps
            && loaded.meta.streams.iter().all(|(section, _)| is_live(section))
            && loaded.meta.taken.len() <= self.layout.places();
        if loaded.meta.plan != named(&self.plan) || !is_shaped {
            let message =
                format!("`{}` is of a search that went about it differently", loaded.path.display());
            return Err(DiskError::new(message, "give the same options, or begin anew in another directory"));
        }
        *stand = loaded.meta.stand(std::mem::take(&mut loaded.tallies));
        self.deal_states(&mut loaded, readers, writers)?;
        self.deal_rest(&loaded, readers, writers).ok_or_else(|| damaged(&loaded.path))?;
        Ok(true)
    }

    /// What stands beside the states.
    fn deal_rest(
        &self,
        loaded: &Loaded<O::Tally>,
        readers: &mut [Reader<W, O::Tally>],
        writers: &mut [Writer<W>],
    ) -> Option<()> {
        let meta = &loaded.meta;
        let first = readers.first_mut()?;
        first.counts = meta.counts.clone();
        first.terminals = meta.terminals.iter().map(|words| key(words)).collect::<Option<_>>()?;
        for (taken, counts) in first.taken.iter_mut().zip(&meta.taken) {
            taken.clone_from(counts);
        }
        let shard = |state: &Key<W>| owner(hash(state), self.plan.shards);
        for words in &meta.newly_halted {
            let halted = key(words)?;
            writers[shard(&halted)].newly_halted.push(halted);
        }
        for (layer, reached) in meta.reached.iter().enumerate() {
            for (state, milestones) in each(reached)? {
                let reached = &mut writers[shard(&state)].ahead[layer].reached;
                reached.news.push((state, milestones));
                reached.may_repeat = true;
            }
        }
        for (state, milestones) in each(&meta.known)? {
            writers[shard(&state)].ahead[0].reached.know(state, milestones);
        }
        Some(())
    }
}
