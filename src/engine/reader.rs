//! A shard owns a part of the key space. Its reading half expands its states of the layer at hand; the
//! [writing half](super::writer) takes in the states that others send it. The halves are separate so that all readers
//! can run at once, then all writers.

use super::atlas::{Atlas, Miss};
use super::batch::{Batch, STATES_MAX};
use super::counts::Counts;
use super::disk::DiskError;
use super::expand::{Edge, Expander};
use super::key::{Key, Layout, hash, owner};
use super::observer::Observer;
use super::orbits::{Least, Orbits};
use super::outbox::Outbox;
use super::plan::Plan;
use super::quotient::orbit_size;
use super::shape::{Carried, Shape};
use super::spill::Chunks;
use super::system::TransitionSystem;
use super::table::Table;
use super::writer::Ahead;

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
    /// The states at hand, named by their slots, and their edges.
    pub batch: Batch<W>,
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
            outboxes: (0..plan.shards).map(|_| Outbox::new(plan.steps > 1)).collect(),
            batch: Batch::default(),
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
        for again in std::mem::take(&mut self.deferred).chunks(STATES_MAX) {
            self.expand_slots(plan, &expander, again);
        }
        let end = self.layer.slots().min(self.cursor + quota);
        let mut room = [0; STATES_MAX];
        while self.cursor < end {
            let full = self.layer.full_slots(&mut self.cursor, end, &mut room);
            self.expand_slots(plan, &expander, full);
        }
    }

    /// Expands the states of some slots into the outboxes.
    #[inline]
    fn expand_slots<S: TransitionSystem>(
        &mut self,
        plan: &Plan,
        expander: &Expander<'_, S, W>,
        slots: &[usize],
    ) {
        self.batch.clear();
        for &slot in slots {
            let sleep = if plan.sleeps() { self.layer.sleep(slot) } else { 0 };
            self.batch.add(*self.layer.key(slot), slot as u32, sleep);
        }
        expander.expand(&mut self.batch, &mut self.misses);
        self.count(plan, expander);
        self.hand_over(plan, expander);
    }

    /// Counts what the expansion of the batch amounts to.
    #[inline]
    fn count<S: TransitionSystem>(&mut self, plan: &Plan, expander: &Expander<'_, S, W>) {
        for state in &self.batch.states {
            let slot = state.name as usize;
            if state.lacks {
                self.deferred.push(slot);
                continue;
            }
            let states = if plan.orbits { orbit_size(expander, &state.key, &mut self.ids) } else { 1 };
            self.counts.transitions += u64::from(state.taken) * states;
            self.counts.cut |= state.cut;
            if plan.shape.distance {
                self.counts.distance = self.counts.distance.max(self.layer.values(slot).distance);
            }
            if state.taken == 0 && !state.cut {
                self.counts.terminals += states;
                if matches!(plan.shape.carried, Carried::Paths(_)) {
                    self.counts.paths.add(self.layer.values(slot).carried);
                }
                self.terminals.push(state.key);
            }
        }
    }

    /// Puts the edges of the batch into the outboxes.
    fn hand_over<S: TransitionSystem>(&mut self, plan: &Plan, expander: &Expander<'_, S, W>) {
        if plan.orbits {
            self.turn_to_representatives(plan, expander);
        } else if plan.coverage {
            self.batch.edges.iter().for_each(|edge| Self::note_taken(&mut self.taken, edge, 1));
        }
        // What goes with a state is copied again and again: each usual width has a loop of its own.
        match self.layer.shape() {
            Shape::BARE => self.send(plan, |_, _, _, _| {}),
            Shape::ASLEEP => self.send(plan, |_, _, edge, values| values.push(edge.sleep)),
            Shape::PATHS_1 => self.send(plan, pass_on_as_is::<1, W>),
            Shape::PATHS_2 => self.send(plan, pass_on_as_is::<2, W>),
            Shape::PATHS_3 => self.send(plan, pass_on_as_is::<3, W>),
            _ => self.send(plan, Table::pass_on),
        }
    }

    #[inline]
    fn send(&mut self, plan: &Plan, pass_on: impl Fn(&Table<W>, usize, &Edge<W>, &mut Vec<u32>)) {
        for edge in self.batch.edges.drain(..) {
            let source = edge.source;
            let hash = hash(&edge.target);
            let outbox = &mut self.outboxes[owner(hash, plan.shards)];
            if edge.halts {
                outbox.halted.push((edge.target, source));
                continue;
            }
            outbox.put(&edge, hash, |values| pass_on(&self.layer, source as usize, &edge, values));
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
        let (ids, tally) = (&mut self.ids, &mut self.tally);
        let states = |ids: &[u32]| orbits.map_or(1, |orbits| orbits.size(ids));
        for key in &self.terminals {
            layout.unpack(key, ids);
            observer.terminal(tally, ids, states(ids));
        }
        for (key, milestones) in &next.reached.news {
            layout.unpack(key, ids);
            observer.reached(tally, ids, *milestones, states(ids));
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

/// What stands beside a state, so many numbers, goes with its successors.
#[inline]
fn pass_on_as_is<const N: usize, const W: usize>(
    layer: &Table<W>,
    slot: usize,
    _: &Edge<W>,
    values: &mut Vec<u32>,
) {
    values.extend_from_slice(layer.numbers::<N>(slot));
}
