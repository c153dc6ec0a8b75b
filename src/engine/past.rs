//! Whether a state can be reached, by going back from it. Where the first layers are known wholly, that is where it ends;
//! what was found out once is remembered.

use ahash::AHashMap;

use super::atlas::Atlas;
use super::backwards::Backwards;
use super::key::{Key, Layout};
use super::system::TransitionSystem;

/// A state from which so many others were looked at is taken to be unreachable: hardly one that can be reached needs it.
const LOOKED_AT_MAX: u32 = 300;
/// What is remembered takes no more entries than this.
const KNOWN_MAX: usize = 4_000_000;

/// What is known of states.
#[derive(Debug, Default)]
pub struct Past<const W: usize> {
    known: AHashMap<Key<W>, bool>,
    /// Up to this rank every state that can be reached is known.
    whole_rank: Option<i64>,
    looked_at: u32,
    ids: Vec<u32>,
}

impl<const W: usize> Past<W> {
    /// These are all the states of this rank; those of lower ranks have been named before.
    pub fn add_whole(&mut self, rank: i64, states: impl Iterator<Item = Key<W>>) {
        self.whole_rank = Some(rank);
        self.known.extend(states.map(|state| (state, true)));
    }

    /// How many edges there are to a state from states that can be reached.
    pub fn edges_to<S: TransitionSystem>(
        &mut self,
        atlas: &Atlas<S>,
        layout: &Layout<W>,
        backwards: &Backwards,
        state: &Key<W>,
    ) -> u32 {
        let mut edges = 0;
        for before in backwards.all_before(atlas, layout, state) {
            self.looked_at = 0;
            edges += u32::from(self.is_reachable(atlas, layout, backwards, &before));
        }
        edges
    }

    fn is_reachable<S: TransitionSystem>(
        &mut self,
        atlas: &Atlas<S>,
        layout: &Layout<W>,
        backwards: &Backwards,
        state: &Key<W>,
    ) -> bool {
        if let Some(&known) = self.known.get(state) {
            return known;
        }
        self.ids.resize(layout.places(), 0);
        layout.unpack(state, &mut self.ids);
        if self.whole_rank.is_some_and(|whole| atlas.rank(&self.ids) <= whole) {
            return false;
        }
        self.looked_at += 1;
        if self.looked_at > LOOKED_AT_MAX {
            return false;
        }
        let before = backwards.all_before(atlas, layout, state);
        let is = before.iter().any(|before| self.is_reachable(atlas, layout, backwards, before));
        if (is || self.looked_at <= LOOKED_AT_MAX) && self.known.len() < KNOWN_MAX {
            self.known.insert(*state, is);
        }
        is
    }
}
