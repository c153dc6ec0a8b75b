//! What the observer will be told of milestones when a layer is whole: each of each state once.

use ahash::AHashMap;

use super::key::Key;
use super::table::Table;

/// States, and the milestones that edges to them newly reach, a bit each. The table that they stand in knows what was told;
/// what it knew before it went to disk is kept here.
#[derive(Debug, Default)]
pub struct Reaching<const W: usize> {
    /// Where there is a rank, states of the layer to come, else of any layer so far; more than once if their milestones are
    /// reached one by one.
    pub news: Vec<(Key<W>, u64)>,
    /// What was told and the table no longer knows.
    pub known: AHashMap<Key<W>, u64>,
}

impl<const W: usize> Reaching<W> {
    /// An edge to this state reaches these, and the table does not know that they were told of.
    #[inline]
    pub fn insert(&mut self, state: Key<W>, milestones: u64) {
        let new = if self.known.is_empty() { milestones } else { self.know(state, milestones) };
        if new != 0 {
            self.news.push((state, new));
        }
    }

    /// A table is about to forget what it knows.
    pub fn keep(&mut self, table: &Table<W>) {
        for (state, milestones) in table.told() {
            self.know(*state, milestones);
        }
    }

    /// How many bytes must be allocated when it grows.
    pub fn growth_bytes(&self) -> u64 {
        (2 * self.known.capacity() * size_of::<(Key<W>, u64)>()) as u64
    }

    /// From now on this is known: what of it was not.
    pub fn know(&mut self, state: Key<W>, milestones: u64) -> u64 {
        let known = self.known.entry(state).or_default();
        let new = milestones & !*known;
        *known |= milestones;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_table_forgot_is_told_once() {
        let mut reaching = Reaching::<1>::default();
        reaching.insert([7], 2);
        for (state, milestones) in [(5, 1), (7, 2)] {
            assert_eq!(reaching.know([state], milestones), milestones);
        }
        for (state, milestones) in [(5, 1), (5, 1 << 63 | 1), (7, 3), (9, 1), (5, 1 << 63)] {
            reaching.insert([state], milestones);
        }
        assert_eq!(reaching.news, [([7], 2), ([5], 1 << 63), ([7], 1), ([9], 1)]);
    }
}
