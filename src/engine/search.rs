//! The search: one loop over layers. In each, all shards read, then all write; what is missing in the atlas is
//! filled in between. Order, shards, bounds and observers are parameters.

use num_bigint::BigUint;
use rayon::prelude::*;

use super::atlas::Atlas;
use super::bounds::{Bounds, End};
use super::disk::DiskError;
use super::keep::Disk;
use super::key::{Key, Layout, hash, owner};
use super::observer::Observer;
use super::plan::Plan;
use super::reader::Reader;
use super::shape::Carried;
use super::system::TransitionSystem;
use super::weight::Sum;
use super::writer::Writer;

/// Slots that a shard expands before it hands over: a quarter of a layer between these, so that what it hands over
/// is dense in the tables that take it in, and yet takes little memory.
const QUOTA_MIN: usize = 1 << 13;
const QUOTA_MAX: usize = 1 << 20;

/// The figures of a search: of whole layers only, the same for any number of threads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Distinct states.
    pub states: u64,
    /// Those of them that were explored, for all.
    pub explored: u64,
    /// Edges.
    pub transitions: u64,
    /// States without an enabled event.
    pub terminals: u64,
    /// The largest distance of a state from the first.
    pub depth: u32,
    /// Maximal paths, where they were counted.
    pub paths: Option<BigUint>,
    /// A bound of the model forbade an event.
    pub cut: bool,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// States found.
    pub states: u64,
    /// Layers expanded.
    pub depth: u32,
    /// States of the layer at hand.
    pub frontier: u64,
    /// Bytes on disk.
    pub spilled: u64,
}

/// Where a search begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The numbers of its components.
    pub ids: Vec<u32>,
    /// How many layers after the first root's it stands.
    pub layer: u32,
    /// What is carried along from it.
    pub carried: Vec<u32>,
}

/// Why a search did not come to an end.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The components outgrew the key's fields; their widths must be chosen anew.
    TooNarrow,
    /// What is on disk could not be written or read.
    Disk(DiskError),
}

impl From<DiskError> for Stop {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

/// How far a search has come, in whole layers.
#[derive(Debug, Default)]
pub struct Stand<T> {
    /// The layer at hand.
    pub layer: u32,
    /// States of all layers up to it, and what the expansion of those before it amounts to.
    pub figures: Figures,
    /// Paths that have ended.
    pub paths: Sum,
    /// Tallies of the search that this one goes on from.
    pub earlier: Vec<T>,
}

/// One search.
pub struct Search<'a, S: TransitionSystem, O: Observer<S>, const W: usize> {
    pub atlas: &'a mut Atlas<S>,
    pub observer: &'a mut O,
    pub layout: &'a Layout<W>,
    pub plan: Plan,
    pub bounds: Bounds<'a>,
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Whole layers so far, if they are kept: the states of each.
    pub kept: Option<Vec<Vec<Key<W>>>>,
    /// What it may put on disk.
    pub disk: Option<&'a mut Disk<O::Tally>>,
}

/// What a search has found.
pub struct Found<T, const W: usize> {
    pub figures: Figures,
    pub end: End,
    pub tallies: Vec<T>,
    /// How often each move was taken: by place, then by number.
    pub taken: Vec<Vec<u64>>,
    pub kept: Option<Vec<Vec<Key<W>>>>,
}

impl<S: TransitionSystem, O: Observer<S>, const W: usize> Search<'_, S, O, W> {
    /// Searches from all roots at once; they are sorted by layer.
    pub fn run(mut self, mut roots: &[Root]) -> Result<Found<O::Tally, W>, Stop> {
        let places = self.layout.places();
        let mut readers: Vec<Reader<W, O::Tally>> =
            (0..self.plan.shards).map(|_| Reader::new(&self.plan, places)).collect();
        let mut writers: Vec<Writer<W>> = (0..self.plan.shards).map(|_| Writer::new(&self.plan)).collect();
        self.check_room()?;
        let mut stand = Stand::default();
        let mut resumed = self.resume(&mut stand, &mut readers, &mut writers)?;
        if resumed {
            roots = &[];
        }
        let end = loop {
            // What is resumed is in the middle of a layer.
            if !std::mem::take(&mut resumed) {
                while let [root, rest @ ..] = roots
                    && root.layer == stand.layer
                {
                    let key = self.layout.pack(&root.ids, false);
                    writers[owner(hash(&key), self.plan.shards)].begin(key, &root.carried);
                    roots = rest;
                }
                self.settle(&mut writers)?;
                let states = self.nearest_states(&writers)?;
                if self.are_too_many(&stand.figures, states) {
                    break End::States;
                }
                self.commit(&mut stand, states, &mut readers, &mut writers)?;
                let tallies: Vec<_> = readers.iter().map(|reader| &reader.tally).collect();
                if self.observer.is_enough(stand.layer + 1, &tallies) {
                    break End::Enough;
                }
                let idle = readers.iter().all(|reader| reader.len() == 0);
                if idle && roots.is_empty() && writers.iter().all(Writer::is_idle) {
                    break End::Exhausted;
                }
            }
            if let Some(end) = self.expand_layer(&stand, &mut readers, &mut writers)? {
                break end;
            }
            stand.layer += 1;
        };
        Ok(self.found(stand, end, readers, &writers))
    }

    /// A layer is whole: its expansion counts, and the next, of so many states, is handed to the readers.
    fn commit(
        &mut self,
        stand: &mut Stand<O::Tally>,
        states: u64,
        readers: &mut [Reader<W, O::Tally>],
        writers: &mut [Writer<W>],
    ) -> Result<(), DiskError> {
        writers.par_iter_mut().for_each(|writer| writer.ahead[0].reached.unite());
        let (observer, layout, plan) = (&*self.observer, self.layout, &self.plan);
        let orbits = self.orbits();
        readers.par_iter_mut().zip(&*writers).try_for_each(|(reader, writer)| {
            reader.report(observer, layout, orbits, writer.nearest(), &writer.newly_halted)
        })?;
        let figures = &mut stand.figures;
        let new: u64 = writers.iter().map(Writer::nearest_len).sum();
        figures.explored += new;
        figures.states += states;
        if new > 0 && !plan.shape.distance {
            figures.depth = stand.layer;
        }
        for reader in &*readers {
            figures.transitions += reader.counts.transitions;
            figures.terminals += reader.counts.terminals;
            figures.cut |= reader.counts.cut;
            figures.depth = figures.depth.max(reader.counts.distance);
            stand.paths.add(reader.counts.paths.limbs());
        }
        let shards = readers.par_iter_mut().zip(writers);
        shards.for_each(|(reader, writer)| writer.advance(plan, reader));
        if let Some(kept) = &mut self.kept {
            kept.push(readers.iter().flat_map(|reader| reader.layer.keys().copied()).collect());
        }
        Ok(())
    }

    /// Expands the layer at hand; a bound may end that.
    fn expand_layer(
        &mut self,
        stand: &Stand<O::Tally>,
        readers: &mut [Reader<W, O::Tally>],
        writers: &mut [Writer<W>],
    ) -> Result<Option<End>, Stop> {
        let frontier = readers.iter().map(Reader::len).sum();
        let slots = readers.iter().map(|reader| reader.layer.slots().max(reader.len() as usize));
        let quota = (slots.max().unwrap_or_default() / 4).clamp(QUOTA_MIN, QUOTA_MAX);
        while !readers.iter().all(Reader::is_done) {
            let share = self.share(readers, writers);
            let quota = share.map_or(quota, |share| quota.min(share.quota));
            Self::read_on(share, readers)?;
            let bookmarks = self.bookmarks(readers);
            let (plan, atlas, layout) = (&self.plan, &*self.atlas, self.layout);
            readers.par_iter_mut().for_each(|reader| reader.expand(plan, atlas, layout, quota));
            self.fill(readers)?;
            if let Some(end) = self.make_room(share, readers, writers)? {
                self.save(stand, bookmarks, readers, writers)?;
                return Ok(Some(end));
            }
            let from = &*readers;
            writers.par_iter_mut().enumerate().for_each(|(me, writer)| writer.deliver(me, from));
            let states = stand.figures.states + writers.iter().map(Writer::nearest_len).sum::<u64>();
            let spilled = self.spilled_bytes();
            (self.progress)(Progress { states, depth: stand.layer, frontier, spilled });
            // As many at least: not all of them are known by now.
            if self.are_too_many(&stand.figures, writers.iter().map(Writer::nearest_len).sum()) {
                self.save(stand, None, readers, writers)?;
                return Ok(Some(End::States));
            }
            self.save_if_due(stand, readers, writers)?;
        }
        Ok(None)
    }

    /// Are there, with these, more states than the bound allows?
    fn are_too_many(&self, figures: &Figures, more: u64) -> bool {
        self.bounds.states_max.is_some_and(|most| figures.states + more > most)
    }

    /// Computes what the readers missed, in a fixed order.
    fn fill(&mut self, readers: &[Reader<W, O::Tally>]) -> Result<(), Stop> {
        let mut misses: Vec<_> = readers.iter().flat_map(|reader| &reader.misses).cloned().collect();
        if misses.is_empty() {
            return Ok(());
        }
        misses.sort_unstable();
        misses.dedup();
        if let Some(disk) = &mut self.disk {
            disk.note(&misses);
        }
        self.atlas.fill(&misses);
        self.check_room()
    }

    /// Lets the observer learn what is new, and sees whether the key's fields still suffice.
    fn check_room(&mut self) -> Result<(), Stop> {
        self.atlas.teach(self.observer);
        if self.layout.holds(self.atlas.sizes()) { Ok(()) } else { Err(Stop::TooNarrow) }
    }

    fn found(
        self,
        stand: Stand<O::Tally>,
        end: End,
        readers: Vec<Reader<W, O::Tally>>,
        writers: &[Writer<W>],
    ) -> Found<O::Tally, W> {
        let Stand { mut figures, mut paths, earlier: mut tallies, .. } = stand;
        for values in writers.iter().flat_map(|writer| writer.halted.all_values()) {
            paths.add(values.carried);
            figures.depth = figures.depth.max(values.distance);
        }
        let counts = matches!(self.plan.shape.carried, Carried::Paths(_));
        let counted = counts && end == End::Exhausted && !figures.cut;
        figures.paths = counted.then(|| paths.total());
        let mut taken = Vec::new();
        for reader in readers {
            add_taken(&mut taken, &reader.taken);
            tallies.push(reader.tally);
        }
        Found { figures, end, tallies, taken, kept: self.kept }
    }
}

/// Adds how often moves were taken.
pub fn add_taken(sum: &mut Vec<Vec<u64>>, more: &[Vec<u64>]) {
    sum.resize(sum.len().max(more.len()), Vec::new());
    for (sum, more) in sum.iter_mut().zip(more) {
        add_counts(sum, more);
    }
}

fn add_counts(sum: &mut Vec<u64>, more: &[u64]) {
    if sum.len() < more.len() {
        sum.resize(more.len(), 0);
    }
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}
