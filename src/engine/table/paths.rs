//! Numbers of paths beside states: added, in as many limbs as the largest of a table takes.

use super::{Table, zeros};
use crate::engine::key::Key;
use crate::engine::shape::Carried;
use crate::engine::weight;

impl<const W: usize> Table<W> {
    /// Puts states in with their numbers of paths, of so many limbs each.
    pub fn insert_all<const N: usize>(&mut self, keys: &[Key<W>], paths: &[u32]) {
        let (paths, _) = paths.as_chunks::<N>();
        for (key, more) in keys.iter().zip(paths) {
            let (slot, _) = self.insert(*key);
            if self.shape.carried != Carried::Paths(N) {
                self.add_paths(slot, more);
            } else if weight::add(&mut self.values[slot * N..][..N], more) {
                self.carry_over(slot);
            }
        }
    }

    /// Adds to a path count; where one outgrows the width, all get wider.
    pub(super) fn add_paths(&mut self, slot: usize, paths: &[u32]) {
        if paths.len() > self.shape.limbs() {
            self.widen(paths.len());
        }
        if weight::add(self.carried_mut(slot), paths) {
            self.carry_over(slot);
        }
    }

    #[cold]
    fn carry_over(&mut self, slot: usize) {
        self.widen(self.shape.limbs() + 1);
        self.values[(slot + 1) * self.shape.stride() - 1] = 1;
    }

    fn widen(&mut self, limbs: usize) {
        let (old, new) = (self.shape.stride(), self.shape.stride() + limbs - self.shape.limbs());
        let mut values = zeros(self.slots.len() * new, 0);
        for (to, from) in values.chunks_exact_mut(new).zip(self.values.chunks_exact(old)) {
            to[..old].copy_from_slice(from);
        }
        self.values = values;
        self.shape.carried = Carried::Paths(limbs);
    }
}
