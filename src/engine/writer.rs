//! The writing half of a shard: it takes in the states that the [readers](super::reader) send it.

use std::collections::VecDeque;

use super::key::Key;
use super::outbox::{Bucket, Reached};
use super::plan::Plan;
use super::reaching::Reaching;
use super::reader::Reader;
use super::shape::{Shape, Values};
use super::spill::{Chunks, Runs, Spilled};
use super::table::Table;

/// The writing half of a shard.
pub struct Writer<const W: usize> {
    /// The layers to come, nearest first.
    pub ahead: VecDeque<Ahead<W>>,
    /// All states, where they are kept.
    pub seen: Option<Table<W>>,
    /// What of them is on disk.
    pub spilled: Spilled,
    /// What stands beside each state.
    pub shape: Shape,
    /// All halted states: they have no successors, so no rank either.
    pub halted: Table<W>,
    /// Those of them that this layer brought.
    pub newly_halted: Vec<Key<W>>,
}

/// A layer to come.
pub struct Ahead<const W: usize> {
    /// Its states.
    pub states: Table<W>,
    /// Those that are on disk; the same state may be there several times.
    pub runs: Runs,
    /// All of them, on disk, where the layer is whole and there are any there.
    pub whole: Option<Chunks<W>>,
    /// What edges newly reach.
    pub reached: Reaching<W>,
}

impl<const W: usize> Ahead<W> {
    /// A layer of these states, of which nothing else is known.
    fn new(states: Table<W>) -> Self {
        Self { states, runs: Runs::default(), whole: None, reached: Reaching::default() }
    }

    /// An empty one for about so many, in the memory of a table that is done with.
    fn renewed(plan: &Plan, done: Table<W>, expected: usize) -> Self {
        Self::new(if plan.visited { Table::list() } else { Table::renew(done, plan.shape, expected) })
    }
}

impl<const W: usize> Writer<W> {
    pub fn new(plan: &Plan) -> Self {
        Self {
            ahead: (0..plan.steps).map(|_| Ahead::renewed(plan, Table::list(), 0)).collect(),
            seen: plan.visited.then(|| Table::new(Shape::BARE, 0)),
            spilled: Spilled::default(),
            shape: plan.shape,
            halted: Table::new(plan.shape, 0),
            newly_halted: Vec::new(),
        }
    }

    /// Takes a state in where the search begins, into the nearest layer.
    pub fn begin(&mut self, key: Key<W>, carried: &[u32]) {
        match &mut self.seen {
            Some(seen) => {
                seen.insert(key);
                self.ahead[0].states.push(key);
            }
            None => self.ahead[0].states.insert_root(key, carried),
        }
    }

    /// Takes in what the readers have for this shard.
    pub fn deliver<T>(&mut self, me: usize, readers: &[Reader<W, T>]) {
        let parts = readers.first().map_or(0, |reader| reader.outboxes[me].buckets.len());
        for part in 0..parts {
            let buckets = readers.iter().map(|reader| &reader.outboxes[me].buckets[part]);
            self.ahead[0].states.warm(part, parts, buckets.clone().map(|bucket| bucket.states.len()).sum());
            for (bucket, reader) in buckets.zip(readers) {
                self.take_in(bucket, reader.layer.shape());
                bucket.reached.iter().for_each(|reached| self.reach(reached));
            }
        }
        for reader in readers {
            let outbox = &reader.outboxes[me];
            for &(state, source) in &outbox.halted {
                if self.halted.insert_from(state, reader.layer.values(source as usize)) {
                    self.newly_halted.push(state);
                }
            }
        }
    }

    /// An edge newly reaches milestones; without a rank it may do so at a state of any layer so far.
    #[inline]
    fn reach(&mut self, &Reached { state, step, milestones }: &Reached<W>) {
        let step = if self.seen.is_some() { 1 } else { step };
        let Ahead { states, reached, .. } = &mut self.ahead[step as usize - 1];
        let new = self.seen.as_mut().unwrap_or(states).reach(state, milestones);
        if new != 0 {
            reached.insert(state, new);
        }
    }

    /// Each state goes to the layer of its rank, with what stands beside states where they come from.
    fn take_in(&mut self, bucket: &Bucket<W>, shape: Shape) {
        let states = bucket.states.iter().copied();
        let nearest = &mut self.ahead[0].states;
        match (&mut self.seen, shape) {
            (Some(seen), _) => states.for_each(|state| keep_unseen(seen, nearest, state)),
            (None, Shape::BARE) => states.for_each(|state| {
                nearest.insert(state);
            }),
            (None, Shape::ASLEEP) => {
                states.zip(&bucket.values).for_each(|(state, &sleep)| nearest.insert_asleep(state, sleep));
            }
            (None, Shape::PATHS_1) => nearest.insert_all::<1>(&bucket.states, &bucket.values),
            (None, Shape::PATHS_2) => nearest.insert_all::<2>(&bucket.states, &bucket.values),
            (None, Shape::PATHS_3) => nearest.insert_all::<3>(&bucket.states, &bucket.values),
            (None, _) => {
                let steps = bucket.steps.iter().copied().chain(std::iter::repeat(1));
                let values = bucket.values.chunks_exact(shape.stride());
                for ((state, values), step) in states.zip(values).zip(steps) {
                    self.ahead[step as usize - 1].states.insert_with(state, Values::of(shape, values));
                }
            }
        }
    }

    /// Where there is no rank: what was told of states so far.
    pub fn known(&self) -> impl Iterator<Item = (&Key<W>, u64)> {
        self.seen.iter().flat_map(|seen| {
            let on_disk = &self.ahead[0].reached.known;
            seen.told().chain(on_disk.iter().map(|(state, milestones)| (state, *milestones)))
        })
    }

    /// How many bytes the next delivery may have to allocate at once.
    pub fn growth_bytes<T: Default>(&self, me: usize, readers: &[Reader<W, T>]) -> u64 {
        let incoming = readers.iter().map(|reader| reader.outgoing(me)).sum();
        let halting = readers.iter().map(|reader| reader.outboxes[me].halted.len()).sum();
        let tables = self.ahead.iter().map(|ahead| &ahead.states).chain(&self.seen);
        let reached = self.ahead.iter().map(|ahead| ahead.reached.growth_bytes());
        let growth = tables.map(|table| table.growth_bytes(incoming)).chain(reached);
        growth.sum::<u64>() + self.halted.growth_bytes(halting)
    }

    /// How many states the nearest layer has so far, halted ones included.
    pub fn nearest_len(&self) -> u64 {
        let nearest = &self.ahead[0];
        let on_disk = nearest.whole.as_ref().map_or(0, Chunks::left);
        // Before a merge nothing tells how many of them are new.
        let in_memory = if self.spilled.is_delayed { 0 } else { nearest.states.len() };
        (in_memory + self.newly_halted.len()) as u64 + on_disk
    }

    /// The nearest layer.
    pub fn nearest(&self) -> &Ahead<W> {
        &self.ahead[0]
    }

    /// Is there no layer to come?
    pub fn is_idle(&self) -> bool {
        self.ahead.iter().all(|ahead| ahead.states.len() == 0 && ahead.runs.is_empty())
    }

    /// The nearest layer is whole: hands it to its reader, and the one that was expanded makes room.
    pub fn advance<T: Default>(&mut self, plan: &Plan, reader: &mut Reader<W, T>) {
        self.newly_halted.clear();
        let Some(Ahead { states: whole, whole: on_disk, reached, .. }) = self.ahead.pop_front() else {
            return;
        };
        let mut next = if on_disk.is_some() && !plan.visited && plan.steps == 1 {
            // The table is empty, and as large as it may be.
            reader.begin(Table::list());
            Ahead::new(whole)
        } else {
            let expected = whole.len();
            Ahead::renewed(plan, reader.begin(whole), expected)
        };
        if plan.visited {
            next.reached.known = reached.known;
        }
        self.ahead.push_back(next);
        reader.rest = on_disk;
    }
}

/// Puts a state in the layer to come if it was not seen.
pub fn keep_unseen<const W: usize>(seen: &mut Table<W>, new: &mut Table<W>, state: Key<W>) {
    if seen.insert(state).1 {
        new.push(state);
    }
}
