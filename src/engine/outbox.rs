//! States on their way from the shard that expands to the shards that own them.

use super::expand::Edge;
use super::key::{Key, part};

/// The states on their way to one shard are sorted into so many buckets (a power of two) by where they go in its
/// table. It takes them in bucket by bucket, so that the part of the table in use stays in the cache.
const BUCKET_BITS: u32 = 6;

/// What is on its way to one shard.
#[derive(Debug)]
pub struct Outbox<const W: usize> {
    /// Steps are kept, because not all are one.
    keeps_steps: bool,
    /// States that go on, by where they go in the table.
    pub buckets: Box<[Bucket<W>; 1 << BUCKET_BITS]>,
    /// Halted states, each with the slot that it came from.
    pub halted: Vec<(Key<W>, u32)>,
}

/// States on their way to one part of a table, and what goes with each.
#[derive(Clone, Debug, Default)]
pub struct Bucket<const W: usize> {
    /// The states.
    pub states: Vec<Key<W>>,
    /// What is to stand beside each, as the table that they come from has it.
    pub values: Vec<u32>,
    /// By how much the rank grew, where steps are kept.
    pub steps: Vec<u32>,
    /// Those that newly reach milestones.
    pub reached: Vec<Reached<W>>,
}

/// A state that newly reaches milestones.
#[derive(Clone, Copy, Debug)]
pub struct Reached<const W: usize> {
    /// The state.
    pub state: Key<W>,
    /// By how much the rank grew.
    pub step: u32,
    /// The milestones, a bit each.
    pub milestones: u64,
}

impl<const W: usize> Outbox<W> {
    pub fn new(keeps_steps: bool) -> Self {
        let buckets = Box::new(std::array::from_fn(|_| Bucket::default()));
        Self { keeps_steps, buckets, halted: Vec::new() }
    }

    pub fn clear(&mut self) {
        for bucket in self.buckets.iter_mut() {
            bucket.states.clear();
            bucket.values.clear();
            bucket.steps.clear();
            bucket.reached.clear();
        }
        self.halted.clear();
    }

    /// Puts in the target of an edge, which goes on and whose hash is this, and what goes with it; of an edge that sleeps
    /// only what it reaches.
    #[inline]
    pub fn put(&mut self, edge: &Edge<W>, hash: u64, with: impl FnOnce(&mut Vec<u32>)) {
        let bucket = &mut self.buckets[part(hash, BUCKET_BITS)];
        if !edge.sleeps {
            bucket.states.push(edge.target);
            with(&mut bucket.values);
            if self.keeps_steps {
                bucket.steps.push(edge.step);
            }
        }
        let &Edge { target: state, step, milestones, .. } = edge;
        if milestones != 0 {
            bucket.reached.push(Reached { state, step, milestones });
        }
    }

    /// How many states, at most: some may be in it only for their milestones.
    pub fn len(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.states.len() + bucket.reached.len()).sum()
    }

    /// How many bytes are allocated for them.
    pub fn bytes(&self) -> u64 {
        let bytes = |bucket: &Bucket<W>| {
            bucket.states.capacity() * 8 * W
                + (bucket.values.capacity() + bucket.steps.capacity()) * 4
                + bucket.reached.capacity() * size_of::<Reached<W>>()
        };
        self.buckets.iter().map(bytes).sum::<usize>() as u64
    }
}
