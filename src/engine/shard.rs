//! A shard owns a part of the key space: it expands its states of the layer at hand (the reader's half) and takes
//! in the states that others send it (the writer's half). The halves are separate so that all readers can run at
//! once, then all writers.

use std::collections::VecDeque;

use ahash::AHashMap;

use super::atlas::{Atlas, Miss};
use super::expand::{Edge, Expander};
use super::key::{Key, Layout, hash, owner};
use super::observer::Observer;
use super::system::TransitionSystem;
use super::table::{Shape, Table};
use super::weight::Sum;

/// States on their way to their owner.
#[derive(Debug, Default)]
struct Outbox<const W: usize> {
    states: Vec<Key<W>>,
    /// The slot that each came from; only where something is carried along.
    sources: Vec<u32>,
    /// By how much each raises the rank; only where something is carried along.
    steps: Vec<u32>,
    halted: Vec<(Key<W>, u32)>,
    reached: Vec<Reached<W>>,
    /// How many states, halted and reached there were before the state at hand.
    marked: [usize; 3],
}

/// A state that newly reaches milestones.
#[derive(Clone, Copy, Debug)]
struct Reached<const W: usize> {
    state: Key<W>,
    step: u32,
    milestones: u64,
}

/// What expanding one layer amounts to.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Edges.
    pub transitions: u64,
    /// States without an enabled event.
    pub terminals: u64,
    /// A bound of the model forbade an event.
    pub cut: bool,
    /// Paths that end in a terminal state.
    pub paths: Sum,
    /// The largest distance.
    pub distance: u32,
}

/// How a search goes about it; the same for all shards.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many shards.
    pub shards: usize,
    /// How many ranks one event can pass, at most; states of so many are live.
    pub steps: usize,
    /// Keep every state visited, because nothing says that it cannot come again.
    pub visited: bool,
    /// What is carried along with each state.
    pub shape: Shape,
    /// Count how often each move is taken.
    pub coverage: bool,
}

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
    cursor: usize,
    deferred: Vec<usize>,
    outboxes: Vec<Outbox<W>>,
    ids: Vec<u32>,
}

impl Plan {
    /// Does a state need to know where it came from?
    fn carries(&self) -> bool {
        self.shape != Shape::BARE
    }
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
            outboxes: (0..plan.shards).map(|_| Outbox::default()).collect(),
            ids: vec![0; places],
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
        self.cursor >= self.layer.slots() && self.deferred.is_empty()
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
        let expander = Expander::new(atlas, layout);
        for slot in std::mem::take(&mut self.deferred) {
            self.expand_slot(plan, &expander, slot);
        }
        let end = self.layer.slots().min(self.cursor + quota);
        for slot in self.cursor..end {
            self.expand_slot(plan, &expander, slot);
        }
        self.cursor = end;
    }

    #[inline]
    fn expand_slot<S: TransitionSystem>(&mut self, plan: &Plan, expander: &Expander<'_, S, W>, slot: usize) {
        let Some(key) = self.layer.slot(slot) else { return };
        let (shards, carries) = (plan.shards, plan.carries());
        let outboxes = &mut self.outboxes;
        for outbox in outboxes.iter_mut() {
            outbox.mark();
        }
        let emit = |edge: Edge<W>| {
            let to = if shards == 1 { 0 } else { owner(hash(&edge.target), shards) };
            outboxes[to].put(carries, slot as u32, &edge);
        };
        match expander.expand(key, &mut self.ids, &mut self.misses, emit) {
            None => self.defer(slot),
            Some(expanded) => {
                self.counts.transitions += u64::from(expanded.taken);
                self.counts.cut |= expanded.cut;
                let values = self.layer.values(slot);
                self.counts.distance = self.counts.distance.max(values.distance);
                if expanded.taken == 0 && !expanded.cut {
                    self.counts.terminals += 1;
                    self.counts.paths.add(values.carried);
                    self.terminals.push(*key);
                }
                if plan.coverage {
                    self.note_taken(expander, slot);
                }
            }
        }
    }

    /// Takes back what the state has put out.
    fn defer(&mut self, slot: usize) {
        self.deferred.push(slot);
        for outbox in &mut self.outboxes {
            outbox.take_back();
        }
    }

    fn note_taken<S: TransitionSystem>(&mut self, expander: &Expander<'_, S, W>, slot: usize) {
        let Some(key) = self.layer.slot(slot) else { return };
        let taken = &mut self.taken;
        expander.expand(key, &mut self.ids, &mut self.misses, |edge| {
            let counts = &mut taken[edge.place as usize];
            if counts.len() <= edge.event as usize {
                counts.resize(edge.event as usize + 1, 0);
            }
            counts[edge.event as usize] += 1;
        });
    }

    /// Tells the observer of what has become certain: the layer's terminal states, and what the next layer brings.
    pub fn report<S, O>(&mut self, observer: &O, layout: &Layout<W>, next: &Ahead<W>, halted: &[Key<W>])
    where
        S: TransitionSystem,
        O: Observer<S, Tally = T>,
    {
        let (ids, tally) = (&mut self.ids, &mut self.tally);
        for key in &self.terminals {
            layout.unpack(key, ids);
            observer.terminal(tally, ids);
        }
        for (key, &milestones) in &next.reached {
            layout.unpack(key, ids);
            observer.reached(tally, ids, milestones);
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
        }
    }
}

impl<const W: usize> Outbox<W> {
    fn clear(&mut self) {
        self.states.clear();
        self.sources.clear();
        self.steps.clear();
        self.halted.clear();
        self.reached.clear();
    }

    #[inline]
    fn put(&mut self, carries: bool, source: u32, edge: &Edge<W>) {
        if edge.halts {
            return self.halted.push((edge.target, source));
        }
        self.states.push(edge.target);
        if carries {
            self.sources.push(source);
            self.steps.push(edge.step);
        }
        if edge.reached != 0 {
            let (state, step, milestones) = (edge.target, edge.step, edge.reached);
            self.reached.push(Reached { state, step, milestones });
        }
    }

    /// What is put in from here on can be taken back.
    #[inline]
    fn mark(&mut self) {
        self.marked = [self.states.len(), self.halted.len(), self.reached.len()];
    }

    fn take_back(&mut self) {
        let [states, halted, reached] = self.marked;
        self.states.truncate(states);
        self.sources.truncate(states);
        self.steps.truncate(states);
        self.halted.truncate(halted);
        self.reached.truncate(reached);
    }
}

/// The writing half of a shard.
pub struct Writer<const W: usize> {
    /// The layers to come, nearest first.
    ahead: VecDeque<Ahead<W>>,
    /// All states, where they are kept.
    seen: Option<Table<W>>,
    /// All halted states: they have no successors, so no rank either.
    pub halted: Table<W>,
    /// Those of them that this layer brought.
    pub newly_halted: Vec<Key<W>>,
}

/// A layer to come.
pub struct Ahead<const W: usize> {
    /// Its states.
    pub states: Table<W>,
    /// The milestones that edges to its states newly reach.
    pub reached: AHashMap<Key<W>, u64>,
}

impl<const W: usize> Ahead<W> {
    fn new(plan: &Plan, expected: usize) -> Self {
        let states = if plan.visited { Table::list() } else { Table::new(plan.shape, expected) };
        Self { states, reached: AHashMap::new() }
    }
}

impl<const W: usize> Writer<W> {
    pub fn new(plan: &Plan) -> Self {
        Self {
            ahead: (0..plan.steps).map(|_| Ahead::new(plan, 0)).collect(),
            seen: plan.visited.then(|| Table::new(Shape::BARE, 0)),
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
        for reader in readers {
            let outbox = &reader.outboxes[me];
            match &mut self.seen {
                Some(seen) => keep_unseen(seen, &mut self.ahead[0].states, &outbox.states),
                None if outbox.sources.is_empty() => insert_all(&mut self.ahead[0].states, &outbox.states),
                None => self.insert_by_step(outbox, &reader.layer),
            }
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
    fn insert_by_step(&mut self, outbox: &Outbox<W>, from: &Table<W>) {
        for (&state, (&source, &step)) in outbox.states.iter().zip(outbox.sources.iter().zip(&outbox.steps)) {
            self.ahead[step as usize - 1].states.insert_from(state, from.values(source as usize));
        }
    }

    /// How many bytes the next delivery may have to allocate at once.
    pub fn growth_bytes<T>(&self, me: usize, readers: &[Reader<W, T>]) -> u64 {
        let incoming = readers.iter().map(|reader| reader.outboxes[me].states.len()).sum();
        let tables = self.ahead.iter().map(|ahead| &ahead.states).chain(&self.seen);
        tables.map(|table| table.growth_bytes(incoming)).sum()
    }

    /// How many states the nearest layer has so far, halted ones included.
    pub fn nearest_len(&self) -> u64 {
        (self.ahead[0].states.len() + self.newly_halted.len()) as u64
    }

    /// The nearest layer.
    pub fn nearest(&self) -> &Ahead<W> {
        &self.ahead[0]
    }

    /// Is there no layer to come?
    pub fn is_idle(&self) -> bool {
        self.ahead.iter().all(|ahead| ahead.states.len() == 0)
    }

    /// The nearest layer is whole: hands it out.
    pub fn advance(&mut self, plan: &Plan) -> Table<W> {
        self.newly_halted.clear();
        let expected = self.ahead[0].states.len();
        self.ahead.push_back(Ahead::new(plan, expected));
        self.ahead.pop_front().map_or_else(Table::list, |whole| whole.states)
    }
}

fn keep_unseen<const W: usize>(seen: &mut Table<W>, new: &mut Table<W>, states: &[Key<W>]) {
    for &state in states {
        if seen.insert(state).1 {
            new.push(state);
        }
    }
}

fn insert_all<const W: usize>(to: &mut Table<W>, states: &[Key<W>]) {
    for &state in states {
        to.insert(state);
    }
}
