//! A set of packed states with a few 32-bit numbers beside each: one layer, or all states visited.
//! Open addressing; the numbers are [distance][what is carried along], each part only where it is asked for, and which
//! milestones were told of is beside them.

mod paths;

use std::hint::black_box;

use super::expand::Edge;
use super::key::{Key, hash, is_state, part};
use super::shape::{Carried, Shape, Values};
use super::told::Told;

/// Slots that a new table begins with.
const SLOTS_MIN: usize = 64;

/// A set of states.
#[derive(Clone, Debug)]
pub struct Table<const W: usize> {
    slots: Vec<Key<W>>,
    values: Vec<u32>,
    told: Told,
    shape: Shape,
    len: usize,
    /// Beyond that it grows.
    len_max: usize,
    /// There are two to the power of this many slots.
    bits: u32,
}

impl<const W: usize> Table<W> {
    /// An empty set with room for about so many.
    pub fn new(shape: Shape, expected: usize) -> Self {
        let slots = slots_for(expected);
        assert!(slots <= 1 << 32, "slots are named by 32 bits; with more threads tables are smaller");
        let values = zeros(slots * shape.stride(), 0);
        let (slots, len_max, bits) = (zeros(slots, [0; W]), slots / 5 * 4, slots.trailing_zeros());
        Self { slots, values, told: Told::default(), shape, len: 0, len_max, bits }
    }

    /// An empty set with room for about so many, in the memory of one that is done with if that fits.
    pub fn renew(mut old: Self, shape: Shape, expected: usize) -> Self {
        let slots = slots_for(expected);
        let is_list = old.len_max == 0;
        if is_list || old.shape != shape || old.slots.len() < slots || old.slots.len() > 2 * slots {
            drop(old);
            return Self::new(shape, expected);
        }
        old.clear();
        old
    }

    /// An empty list to [`push`](Self::push) to: states that are known to be new.
    pub fn list() -> Self {
        Self::list_of(Shape::BARE)
    }

    /// An empty list of states with something beside them.
    pub fn list_of(shape: Shape) -> Self {
        let (slots, values, told) = (Vec::new(), Vec::new(), Told::default());
        Self { slots, values, told, shape, len: 0, len_max: 0, bits: 0 }
    }

    /// An empty list with room for so many, in the memory of one that is done with if that fits.
    pub fn list_again(mut old: Self, shape: Shape, room: usize) -> Self {
        let (slots, values) = (old.slots.capacity(), old.values.capacity());
        if slots < room || slots > 2 * room || values < room * shape.stride() {
            drop(old);
            let (slots, values) = (Vec::with_capacity(room), Vec::with_capacity(room * shape.stride()));
            return Self { slots, values, ..Self::list_of(shape) };
        }
        old.slots.clear();
        old.values.clear();
        Self { told: Told::default(), shape, len: 0, len_max: 0, ..old }
    }

    /// What stands beside each state.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// How many bytes are allocated.
    pub fn bytes(&self) -> u64 {
        (self.slots.capacity() * 8 * W + 4 * self.values.capacity() + self.told.bytes()) as u64
    }

    /// Empties a set or a list and keeps its memory.
    pub fn clear(&mut self) {
        if self.len_max == 0 {
            self.slots.clear();
            self.values.clear();
        }
        self.slots.fill([0; W]);
        self.values.fill(0);
        self.told.clear();
        self.len = 0;
    }

    /// How many states.
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many bytes must be allocated at once before so many more states are in, at most.
    pub fn growth_bytes(&self, more: usize) -> u64 {
        let full = self.len + more > self.len_max;
        let slots = if full { slots_for(self.len + more).max(2 * self.slots.len()) } else { 0 };
        let told = if full { 2 * self.told.bytes() } else { 0 };
        (slots * (8 * W + 4 * self.shape.stride()) + told) as u64
    }

    /// How many slots, full or empty.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The state in a slot, if there is one.
    #[inline]
    pub fn slot(&self, slot: usize) -> Option<&Key<W>> {
        self.slots.get(slot).filter(|key| is_state(key))
    }

    /// The state in a slot, or zeros.
    #[inline]
    pub fn key(&self, slot: usize) -> &Key<W> {
        &self.slots[slot]
    }

    /// The next slots with a state in them, from `next` to `end`, as many as there is room for; `next` moves on.
    /// Without a branch on what is in a slot, because nothing could foretell it.
    #[inline]
    pub fn full_slots<'a>(&self, next: &mut usize, end: usize, room: &'a mut [usize]) -> &'a [usize] {
        let mut found = 0;
        while found < room.len() && *next < end {
            room[found] = *next;
            found += usize::from(is_state(&self.slots[*next]));
            *next += 1;
        }
        &room[..found]
    }

    /// Every state.
    pub fn keys(&self) -> impl Iterator<Item = &Key<W>> {
        self.slots.iter().filter(|key| is_state(key))
    }

    /// Appends to a list.
    pub fn push(&mut self, key: Key<W>) {
        self.slots.push(key);
        self.len += 1;
    }

    /// Appends to a list, with what stands beside the state; words at the end may be left out.
    pub fn push_with(&mut self, key: Key<W>, values: Values<'_>) {
        self.push(key);
        self.values.extend(self.shape.distance.then_some(values.distance));
        let missing = self.shape.limbs() - values.carried.len();
        self.values.extend(values.carried.iter().chain(std::iter::repeat_n(&0, missing)));
    }

    /// Is the state in the set?
    #[cfg(test)]
    pub fn contains(&self, key: &Key<W>) -> bool {
        self.slots[self.find(key).0] == *key
    }

    /// Reads one of so many parts of the table from front to back, where it is about to be asked for so many states in
    /// no order: memory is far faster in order.
    pub fn warm(&self, part: usize, parts: usize, states: usize) {
        const LINE_BYTES: usize = 64;
        let slots = self.slots.len() / parts;
        let (keys, stride) = ((LINE_BYTES / size_of::<Key<W>>()).max(1), self.shape.stride());
        let is_list = self.len_max == 0;
        if is_list || states < slots / keys {
            return;
        }
        let keys = self.slots[part * slots..][..slots].iter().step_by(keys);
        black_box(keys.fold(0, |all, key| all ^ key[0]));
        let values = self.values[part * slots * stride..][..slots * stride].iter();
        black_box(values.step_by(LINE_BYTES / size_of::<u32>()).fold(0, |all, value| all ^ value));
    }

    /// Puts a state in: its slot, and whether it is new.
    #[inline]
    pub fn insert(&mut self, key: Key<W>) -> (usize, bool) {
        if self.len >= self.len_max {
            self.grow();
        }
        let (mut slot, mut probes) = self.find(&key);
        while self.is_crowded(probes) {
            self.grow();
            (slot, probes) = self.find(&key);
        }
        let new = !is_state(&self.slots[slot]);
        if new {
            self.slots[slot] = key;
            self.len += 1;
        }
        (slot, new)
    }

    /// Puts a state in that was reached by one more event from a state with these values.
    #[inline]
    pub fn insert_from(&mut self, key: Key<W>, from: Values<'_>) -> bool {
        let (slot, new) = self.insert(key);
        self.merge(slot, new, from.distance + 1, from.carried);
        new
    }

    /// Puts a state in with these values, as they are.
    pub fn insert_with(&mut self, key: Key<W>, values: Values<'_>) -> bool {
        let (slot, new) = self.insert(key);
        self.merge(slot, new, values.distance, values.carried);
        new
    }

    /// Puts a state in at which no more than these lanes sleep.
    #[inline]
    pub fn insert_asleep(&mut self, key: Key<W>, sleep: u32) {
        let (slot, new) = self.insert(key);
        let kept = &mut self.values[slot];
        *kept = if new { sleep } else { *kept & sleep };
    }

    /// Edges to a state newly reach these milestones: those that were not told of. An edge that sleeps may say so before
    /// another brings the state; until then everything sleeps there, infinitely far away.
    #[inline]
    pub fn reach(&mut self, key: Key<W>, milestones: u64) -> u64 {
        let (slot, new) = self.insert(key);
        if new {
            debug_assert_eq!(self.shape.carried, Carried::Sleep, "only an edge that sleeps brings no state");
            self.values[slot * self.shape.stride()..][..self.shape.stride()].fill(u32::MAX);
        }
        self.told.add(slot, self.slots.len(), milestones)
    }

    /// Every state that something was told of, and its milestones.
    pub fn told(&self) -> impl Iterator<Item = (&Key<W>, u64)> {
        let all = self.slots.iter().enumerate().map(|(slot, key)| (key, self.told.of(slot)));
        all.filter(|(_, milestones)| *milestones != 0)
    }

    /// Puts a state in where paths begin.
    pub fn insert_root(&mut self, key: Key<W>, carried: &[u32]) {
        let (slot, new) = self.insert(key);
        self.merge(slot, new, 0, carried);
    }

    /// What stands beside the state of a slot.
    #[inline]
    pub fn values(&self, slot: usize) -> Values<'_> {
        Values::of(self.shape, &self.values[slot * self.shape.stride()..][..self.shape.stride()])
    }

    /// The numbers beside the state of a slot, of which there are so many.
    #[inline]
    pub fn numbers<const N: usize>(&self, slot: usize) -> &[u32; N] {
        self.values[slot * N..].first_chunk().expect("as many as the shape says")
    }

    /// What goes with the target of an edge from the state of a slot.
    #[inline]
    pub fn pass_on(&self, slot: usize, edge: &Edge<W>, values: &mut Vec<u32>) {
        let from = self.values(slot);
        values.extend(self.shape.distance.then_some(from.distance + 1));
        match self.shape.carried {
            Carried::Sleep => values.push(edge.sleep),
            _ => values.extend_from_slice(from.carried),
        }
    }

    /// What sleeps at the state of a slot, in a table of that shape.
    #[inline]
    pub fn sleep(&self, slot: usize) -> u32 {
        self.values[(slot + 1) * self.shape.stride() - 1]
    }

    /// Every state's values.
    pub fn all_values(&self) -> impl Iterator<Item = Values<'_>> {
        (0..self.slots.len()).filter(|&slot| self.slot(slot).is_some()).map(|slot| self.values(slot))
    }

    fn merge(&mut self, slot: usize, new: bool, distance: u32, carried: &[u32]) {
        let stride = self.shape.stride();
        if stride == 0 {
            return;
        }
        if self.shape.distance {
            let old = &mut self.values[slot * stride];
            *old = if new { distance } else { distance.min(*old) };
        }
        match self.shape.carried {
            Carried::Nothing => {}
            Carried::Paths(_) => self.add_paths(slot, carried),
            Carried::Roots(_) => self.unite(slot, carried),
            Carried::Sleep => {
                let (sleep, more) = (&mut self.carried_mut(slot)[0], carried.first().copied().unwrap_or(0));
                *sleep = if new { more } else { *sleep & more };
            }
        }
    }

    fn unite(&mut self, slot: usize, more: &[u32]) {
        for (word, more) in self.carried_mut(slot).iter_mut().zip(more) {
            *word |= more;
        }
    }

    fn carried_mut(&mut self, slot: usize) -> &mut [u32] {
        let (stride, limbs) = (self.shape.stride(), self.shape.limbs());
        &mut self.values[(slot + 1) * stride - limbs..(slot + 1) * stride]
    }

    /// The slot of a key, where it stands or would, and how far that is from its place.
    #[inline]
    fn find(&self, key: &Key<W>) -> (usize, usize) {
        let mask = self.slots.len() - 1;
        let first = part(hash(key), self.bits);
        let mut slot = first;
        while is_state(&self.slots[slot]) && self.slots[slot] != *key {
            slot = (slot + 1) & mask;
        }
        (slot, slot.wrapping_sub(first) & mask)
    }

    /// States come in table order, so while a layer is far larger than what there was room for, its first ones crowd
    /// at the front of a table that is empty elsewhere.
    #[inline]
    fn is_crowded(&self, probes: usize) -> bool {
        probes > PROBES_MAX && {
            let is_half_empty = self.len < self.slots.len() / 2;
            (is_half_empty || probes > PROBES_FULL_MAX) && self.slots.len() / SPARSE < self.len
        }
    }

    fn grow(&mut self) {
        let stride = self.shape.stride();
        let mut bigger = Self::new(self.shape, self.slots.len() * 8 / 5);
        for slot in 0..self.slots.len() {
            if let Some(&key) = self.slot(slot) {
                let (to, _) = bigger.find(&key);
                bigger.slots[to] = key;
                bigger.values[to * stride..][..stride]
                    .copy_from_slice(&self.values[slot * stride..][..stride]);
                bigger.told.add(to, bigger.slots.len(), self.told.of(slot));
            }
        }
        bigger.len = self.len;
        *self = bigger;
    }
}

/// In a table that is half empty a state is farther from its place than this only where states crowd.
const PROBES_MAX: usize = 256;
/// The same for a table of any load that is allowed: at 80 % a state is as far off once in 10^10 places.
const PROBES_FULL_MAX: usize = 1024;
/// A table does not grow for crowds beyond so many slots a state.
const SPARSE: usize = 1024;

/// So many times zero. Every page is written to here: one that is read first would be shared with all that are zero,
/// and when it is written to later, all threads are interrupted.
fn zeros<T: Copy>(len: usize, zero: T) -> Vec<T> {
    const PAGE_BYTES: usize = 4096;
    let mut zeros = vec![zero; len];
    for place in zeros.iter_mut().step_by((PAGE_BYTES / size_of::<T>()).max(1)) {
        *place = black_box(zero);
    }
    zeros
}

fn slots_for(expected: usize) -> usize {
    (expected + expected / 4).next_power_of_two().max(SLOTS_MIN)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use num_bigint::BigUint;

    use super::*;

    /// What comes in table order finds room at the front before the table is full as a whole; and all of it is there.
    #[test]
    fn a_crowd_at_the_front_makes_the_table_grow() {
        let mut keys: Vec<Key<2>> = (0..200_000).map(|number| [1 << 63 | number, number * 31]).collect();
        keys.sort_by_key(hash);
        let mut table = Table::<2>::new(Shape::BARE, 0);
        for (number, key) in keys.iter().take(20_000).enumerate() {
            let (slot, new) = table.insert(*key);
            assert!(new);
            let first = part(hash(key), table.slots().trailing_zeros());
            assert!(slot - first <= PROBES_MAX || number < SPARSE, "state {number} is {} off", slot - first);
        }
        assert!(keys[..20_000].iter().all(|key| table.contains(key)) && !table.contains(&keys[20_000]));
        assert!(table.slots() <= 1 << 19, "{} slots", table.slots());
    }

    /// The twin of the loops for usual widths, while counts outgrow them.
    #[test]
    fn all_at_once_is_one_after_the_other() {
        fn both<const N: usize>() {
            let shape = Shape { distance: false, carried: Carried::Paths(N) };
            let (mut all, mut each) = (Table::<1>::new(shape, 0), Table::<1>::new(shape, 0));
            for round in 0..4_u32 {
                let keys: Vec<Key<1>> = (0..500).map(|number| [1 << 63 | ((number * number) % 91)]).collect();
                let paths: Vec<u32> =
                    (0..500 * N as u32).map(|at| u32::MAX / (1 + (at % 7) * (3 - round))).collect();
                all.insert_all::<N>(&keys, &paths);
                for (key, paths) in keys.iter().zip(paths.chunks(N)) {
                    each.insert_with(*key, Values::of(shape, paths));
                }
                assert_eq!(all.shape(), each.shape());
                for slot in 0..all.slots() {
                    assert_eq!(all.slot(slot), each.slot(slot));
                    assert_eq!(all.values(slot).carried, each.values(slot).carried);
                }
            }
            assert_eq!(all.shape().stride(), N + 1, "they outgrew it");
        }
        both::<1>();
        both::<2>();
        both::<3>();
    }

    /// The naive twin: a map of big integers.
    #[test]
    fn agrees_with_a_map() {
        let mut table = Table::<1>::new(Shape { distance: true, carried: Carried::Paths(1) }, 0);
        let mut map = HashMap::<Key<1>, (u32, BigUint)>::new();
        let mut random = 1_u64;
        for _ in 0..20_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let key = [1 << 63 | random >> 33 & 0x3ff];
            let paths =
                [random as u32, (random >> 40) as u32 & 0xff, 0, u32::from(random.is_multiple_of(977))];
            let paths = &paths[..=(random >> 60) as usize % 4];
            let distance = (random >> 50 & 0x3ff) as u32;
            let is_new = table.insert_from(key, Values { distance, carried: paths });
            assert_eq!(is_new, !map.contains_key(&key));
            let entry = map.entry(key).or_insert((u32::MAX, BigUint::default()));
            entry.0 = entry.0.min(distance + 1);
            entry.1 += BigUint::from_slice(paths);
        }
        assert_eq!(table.len(), map.len());
        for slot in 0..table.slots() {
            if let Some(key) = table.slot(slot) {
                let values = table.values(slot);
                assert_eq!(map[key], (values.distance, BigUint::from_slice(values.carried)));
                assert!(table.contains(key));
            }
        }
        assert!(!table.contains(&[1]));
    }
}
