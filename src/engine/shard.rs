//! A shard owns a part of the key space: it expands its states of the layer at hand (the reader's half) and takes
//! in the states that others send it (the writer's half). The halves are separate so that all readers can run at
//! once, then all writers.

use std::collections::VecDeque;

use ahash::AHashMap;

use super::atlas::{Atlas, Miss};
use super::counts::Counts;
use super::disk::DiskError;
use super::expand::{Edge, Expander};
use super::key::{Key, Layout, hash, owner};
use super::observer::Observer;
use super::orbits::{Least, Orbits};
use super::outbox::{Bucket, Outbox, Reached};
use super::plan::Plan;
use super::quotient::orbit_size;
use super::spill::{Chunks, Runs, Spilled};
use super::system::TransitionSystem;
use super::table::{Carried, Shape, Table, Values};

/// States that are expanded before their edges are handed over.
const BATCH: usize = 32;

/// The reading half of a shard.
pub struct Reader<const W: usize, T> {
    /// The layer at hand.
    pub layer: Table<W>,
    /// What its expansion amounts to so far.
    pub counts: Counts,
    /// Its terminal states so far.
    pub terminals: Vec<Key<W>>,
    /// What is missing to go on with some states.
    pub misses: Vec<Miss>,
    /// How often each move was taken, by place.
    pub taken: Vec<Vec<u64>>,
    /// What the observer notes.
    pub tally: T,
    /// The next slot to expand.
    pub cursor: usize,
    /// Slots before it that something was missing for.
    pub deferred: Vec<usize>,
    /// What is on disk of the layer.
    pub rest: Option<Chunks<W>>,
    /// States on their way, by the shard that they go to.
    pub outboxes: Vec<Outbox<W>>,
    /// Edges of the batch at hand, each with the slot that it comes from.
    pub edges: Vec<(u32, Edge<W>)>,
    /// Room for the numbers of a state's components.
    pub ids: Vec<u32>,
    /// Room for a representative.
    pub least: Least,
}

impl<const W: usize, T: Default> Reader<W, T> {
    pub fn new(plan: &Plan, places: usize) -> Self {
        Self {
            layer: Table::list(),
            counts: Counts::default(),
            terminals: Vec::new(),
            misses: Vec::new(),
            taken: vec![Vec::new(); places],
            tally: T::default(),
            cursor: 0,
            deferred: Vec::new(),
            rest: None,
            outboxes: (0..plan.shards).map(|_| Outbox::new(plan.with())).collect(),
            edges: Vec::new(),
            ids: vec![0; places],
            least: Least::default(),
        }
    }

    /// Begins another layer.
    pub fn begin(&mut self, layer: Table<W>) -> Table<W> {
        self.cursor = 0;
        self.counts = Counts::default();
        self.terminals.clear();
        std::mem::replace(&mut self.layer, layer)
    }

    /// Has every state of the layer been expanded?
    pub fn is_done(&self) -> bool {
        self.is_through() && self.rest.is_none()
    }

    /// Expands the next states, about so many, into the outboxes.
    pub fn expand<S: TransitionSystem>(
        &mut self,
        plan: &Plan,
        atlas: &Atlas<S>,
        layout: &Layout<W>,
        quota: usize,
    ) {
        for outbox in &mut self.outboxes {
            outbox.clear();
        }
        self.misses.clear();
        let expander = Expander::new(atlas, layout).reduced(plan.stubborn);
        for slot in std::mem::take(&mut self.deferred) {
            self.expand_slot(plan, &expander, slot);
        }
        self.hand_over(plan, &expander);
        let end = self.layer.slots().min(self.cursor + quota);
        let mut batch = [0; BATCH];
        while self.cursor < end {
            let full = self.layer.full_slots(&mut self.cursor, end, &mut batch);
            for &slot in full {
                self.expand_slot(plan, &expander, slot);
            }
            self.hand_over(plan, &expander);
        }
    }

    #[inline]
    fn expand_slot<S: TransitionSystem>(&mut self, plan: &Plan, expander: &Expander<'_, S, W>, slot: usize) {
        let key = self.layer.key(slot);
        let before = self.edges.len();
        let edges = &mut self.edges;
        let emit = |edge: Edge<W>| edges.push((slot as u32, edge));
        let sleep = if plan.sleeps() { self.layer.sleep(slot) } else { 0 };
        let Some(expanded) = expander.expand(key, sleep, &mut self.misses, emit) else {
            self.edges.truncate(before);
            return self.deferred.push(slot);
        };
        let states = if plan.orbits { orbit_size(expander, key, &mut self.ids, &mut self.least) } else { 1 };
        self.counts.transitions += u64::from(expanded.taken) * states;
        self.counts.cut |= expanded.cut;
        if plan.shape.distance {
            self.counts.distance = self.counts.distance.max(self.layer.values(slot).distance);
        }
        if expanded.taken == 0 && !expanded.cut {
            self.counts.terminals += states;
            if matches!(plan.shape.carried, Carried::Paths(_)) {
                self.counts.paths.add(self.layer.values(slot).carried);
            }
            self.terminals.push(*key);
        }
    }

    /// Puts the edges of the batch into the outboxes.
    fn hand_over<S: TransitionSystem>(&mut self, plan: &Plan, expander: &Expander<'_, S, W>) {
        if plan.orbits {
            return self.hand_over_orbits(plan, expander);
        }
        if plan.coverage {
            self.edges.iter().for_each(|(_, edge)| Self::note_taken(&mut self.taken, edge, 1));
        }
        for (source, edge) in self.edges.drain(..) {
            let hash = hash(&edge.target);
            let outbox = &mut self.outboxes[owner(hash, plan.shards)];
            if edge.halts {
                outbox.halted.push((edge.target, source));
                continue;
            }
            outbox.put(&edge, hash, source);
            if edge.completes {
                let milestones = expander.reached(self.layer.key(source as usize), &edge);
                outbox.reached.push(Reached { state: edge.target, step: edge.step, milestones });
            }
        }
    }

    /// Counts an edge of so many states.
    pub fn note_taken(taken: &mut [Vec<u64>], edge: &Edge<W>, states: u64) {
        let counts = &mut taken[edge.place as usize];
        if counts.len() <= edge.event as usize {
            counts.resize(edge.event as usize + 1, 0);
        }
        counts[edge.event as usize] += states;
    }

    /// Tells the observer of what has become certain: the layer's terminal states, and what the next layer brings.
    pub fn report<S, O>(
        &mut self,
        observer: &O,
        layout: &Layout<W>,
        orbits: Option<&Orbits<S>>,
        next: &Ahead<W>,
        halted: &[Key<W>],
    ) -> Result<(), DiskError>
    where
        S: TransitionSystem,
        O: Observer<S, Tally = T>,
    {
        let (ids, tally, least) = (&mut self.ids, &mut self.tally, &mut self.least);
        let mut states = |ids: &[u32]| orbits.map_or(1, |orbits| orbits.size(ids, least));
        for key in &self.terminals {
            layout.unpack(key, ids);
            observer.terminal(tally, ids, states(ids));
        }
        for (key, &milestones) in &next.reached {
            layout.unpack(key, ids);
            observer.reached(tally, ids, milestones, states(ids));
        }
        for key in halted {
            layout.unpack(key, ids);
            observer.halted(tally, ids);
        }
        if observer.wants_states() {
            for slot in 0..next.states.slots() {
                let Some(key) = next.states.slot(slot) else { continue };
                layout.unpack(key, ids);
                observer.state(tally, ids, next.states.values(slot).carried);
            }
            if let Some(whole) = &next.whole {
                whole.look_ahead(|key, values| {
                    layout.unpack(key, ids);
                    observer.state(tally, ids, values.carried);
                    Ok::<(), DiskError>(())
                })?;
            }
        }
        Ok(())
    }
}

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
    /// The milestones that edges to its states newly reach.
    pub reached: AHashMap<Key<W>, u64>,
}

impl<const W: usize> Ahead<W> {
    /// An empty layer for about so many states, in the memory of one that is done with.
    fn new(plan: &Plan, done: Table<W>, expected: usize) -> Self {
        let states = if plan.visited { Table::list() } else { Table::renew(done, plan.shape, expected) };
        Self { states, runs: Runs::default(), whole: None, reached: AHashMap::new() }
    }
}

impl<const W: usize> Writer<W> {
    pub fn new(plan: &Plan) -> Self {
        Self {
            ahead: (0..plan.steps).map(|_| Ahead::new(plan, Table::list(), 0)).collect(),
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
            for reader in readers {
                self.take_in(&reader.outboxes[me].buckets[part], &reader.layer);
            }
        }
        for reader in readers {
            let outbox = &reader.outboxes[me];
            for &(state, source) in &outbox.halted {
                if self.halted.insert_from(state, reader.layer.values(source as usize)) {
                    self.newly_halted.push(state);
                }
            }
            for reached in &outbox.reached {
                let step = if self.seen.is_some() { 1 } else { reached.step };
                *self.ahead[step as usize - 1].reached.entry(reached.state).or_default() |=
                    reached.milestones;
            }
        }
    }

    /// Each state goes to the layer of its rank, with what is carried along.
    fn take_in(&mut self, bucket: &Bucket<W>, from: &Table<W>) {
        let states = bucket.states.iter().copied();
        let nearest = &mut self.ahead[0].states;
        let (traces, sleeps) = (!bucket.sources.is_empty(), !bucket.sleeps.is_empty());
        match (&mut self.seen, traces, sleeps) {
            (Some(seen), ..) => states.for_each(|state| keep_unseen(seen, nearest, state)),
            (None, false, false) => states.for_each(|state| {
                nearest.insert(state);
            }),
            (None, false, true) => {
                states.zip(&bucket.sleeps).for_each(|(state, &sleep)| nearest.insert_asleep(state, sleep));
            }
            (None, true, _) => self.take_in_traced(bucket, from),
        }
    }

    fn take_in_traced(&mut self, bucket: &Bucket<W>, from: &Table<W>) {
        let sleeps = bucket.sleeps.iter().map(std::slice::from_ref).map(Some).chain(std::iter::repeat(None));
        for ((&state, sleep), &(source, step)) in bucket.states.iter().zip(sleeps).zip(&bucket.sources) {
            let Values { distance, carried } = from.values(source as usize);
            let values = Values { distance, carried: sleep.unwrap_or(carried) };
            self.ahead[step as usize - 1].states.insert_from(state, values);
        }
    }

    /// How many bytes the next delivery may have to allocate at once.
    pub fn growth_bytes<T: Default>(&self, me: usize, readers: &[Reader<W, T>]) -> u64 {
        let incoming = readers.iter().map(|reader| reader.outgoing(me)).sum();
        let tables = self.ahead.iter().map(|ahead| &ahead.states).chain(&self.seen);
        tables.map(|table| table.growth_bytes(incoming)).sum()
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
        let Some(Ahead { states: whole, whole: on_disk, .. }) = self.ahead.pop_front() else { return };
        if on_disk.is_some() && !plan.visited && plan.steps == 1 {
            // The table is empty, and as large as it may be.
            reader.begin(Table::list());
            self.ahead.push_back(Ahead { states: whole, ..Ahead::new(plan, Table::list(), 0) });
        } else {
            let expected = whole.len();
            let expanded = reader.begin(whole);
            self.ahead.push_back(Ahead::new(plan, expanded, expected));
        }
        reader.rest = on_disk;
    }
}

/// Puts a state in the layer to come if it was not seen.
pub fn keep_unseen<const W: usize>(seen: &mut Table<W>, new: &mut Table<W>, state: Key<W>) {
    if seen.insert(state).1 {
        new.push(state);
    }
}
