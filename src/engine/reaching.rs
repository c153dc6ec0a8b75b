//! What the observer will be told of milestones when a layer is whole: each of each state once.

use ahash::AHashMap;

use super::key::Key;
use super::table::Table;

/// States, and the milestones that edges to them newly reach, a bit each. The table that they stand in knows what was told,
/// until it goes to disk: then the states of one layer are told apart when it is whole, and what is to be known for longer
/// is kept here.
#[derive(Debug, Default)]
pub struct Reaching<const W: usize> {
    /// Where there is a rank, states of the layer to come, else of any layer so far; more than once if their milestones are
    /// reached one by one.
    pub news: Vec<(Key<W>, u64)>,
    /// A table has forgotten something: the same may stand there again.
    pub may_repeat: bool,
    /// What was told and the table no longer knows, where that is needed for longer than a layer.
    pub known: AHashMap<Key<W>, u64>,
}

impl<const W: usize> Reaching<W> {
    /// An edge to this state reaches these, and the table does not know that they were told of.
    #[inline]
    pub fn insert(&mut self, state: Key<W>, milestones: u64) {
        let new = if self.known.is_empty() { milestones } else { self.know(state, milestones) };
        if new != 0 {
            if self.may_repeat && self.news.len() == self.news.capacity() {
                self.make_room();
            }
            self.news.push((state, new));
        }
    }

    /// Room for as many again, unless half of those that stand here came again.
    #[cold]
    fn make_room(&mut self) {
        self.unite();
        if self.news.len() > self.news.capacity() / 2 {
            self.news.reserve(self.news.capacity());
        }
    }

    /// Each milestone of each state stands here once.
    pub fn unite(&mut self) {
        if self.may_repeat {
            self.news.sort_unstable();
            self.news.dedup_by(|(state, more), (before, milestones)| {
                *milestones |= if state == before { *more } else { 0 };
                state == before
            });
        }
    }

    /// A table that is needed for longer than a layer is about to forget what it knows.
    pub fn keep(&mut self, table: &Table<W>) {
        for (state, milestones) in table.told() {
            self.know(*state, milestones);
        }
    }

    /// How many bytes must be allocated when it grows next.
    pub fn growth_bytes(&self) -> u64 {
        let news = if self.news.len() > self.news.capacity() / 2 { self.news.capacity() } else { 0 };
        ((news + 2 * self.known.capacity()) * size_of::<(Key<W>, u64)>()) as u64
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

    #[test]
    fn what_comes_again_stands_there_once() {
        let mut reaching = Reaching::<1> { may_repeat: true, ..Reaching::default() };
        for number in 0..1000 {
            reaching.insert([number % 7], 1 << (number % 3));
        }
        assert!(reaching.news.capacity() < 64, "it does not grow with what comes again");
        reaching.unite();
        assert_eq!(reaching.news, (0..7).map(|state| ([state], 7)).collect::<Vec<_>>());
    }
}
