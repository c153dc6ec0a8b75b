//! The states of a layer to come that newly reach milestones.

use super::key::Key;
use super::shape::{Carried, Shape, Values};
use super::table::Table;

/// A set of milestones, as a table has it: the low word, then the high one.
const MILESTONES: Shape = Shape { distance: false, carried: Carried::Roots(2) };

/// States, and the milestones that edges to them newly reach, a bit each.
#[derive(Debug)]
pub struct Reaching<const W: usize>(Table<W>);

impl<const W: usize> Reaching<W> {
    /// None yet; about so many are expected.
    pub fn new(expected: usize) -> Self {
        Self(Table::new(MILESTONES, expected))
    }

    /// An edge to this state reaches these.
    #[inline]
    pub fn insert(&mut self, state: Key<W>, milestones: u64) {
        let words = [milestones as u32, (milestones >> 32) as u32];
        self.0.insert_with(state, Values { distance: 0, carried: &words });
    }

    /// Every state, with all that edges to it reach.
    pub fn all(&self) -> impl Iterator<Item = (&Key<W>, u64)> {
        let full = (0..self.0.slots()).filter_map(|slot| Some((slot, self.0.slot(slot)?)));
        full.map(|(slot, state)| {
            let [low, high] = self.0.numbers::<2>(slot);
            (state, u64::from(*low) | u64::from(*high) << 32)
        })
    }

    /// How many states.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_several_edges_reach_is_united() {
        let mut reaching = Reaching::<1>::new(0);
        for (state, milestones) in [(5, 1), (7, 1 << 63), (5, 1 << 40 | 2), (7, 1 << 63)] {
            reaching.insert([1 << 63 | state], milestones);
        }
        let mut all: Vec<_> =
            reaching.all().map(|(key, milestones)| (key[0] << 1 >> 1, milestones)).collect();
        all.sort_unstable();
        assert_eq!(all, [(5, 1 << 40 | 3), (7, 1 << 63)]);
        assert_eq!(reaching.len(), 2);
    }
}
