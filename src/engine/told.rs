//! What has been told of the states in the slots of a table: a bit for each slot and milestone.

/// The milestones of the state in each slot that the observer has been told of, or will be when the layer is whole.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// By milestone; empty where nothing reaches it.
    planes: Vec<Vec<u64>>,
}

/// The numbers of the milestones in a set.
#[inline]
pub fn each_milestone(mut milestones: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let milestone = (milestones != 0).then(|| milestones.trailing_zeros())?;
        milestones &= milestones - 1;
        Some(milestone)
    })
}

impl Told {
    /// These are told of a slot, of so many: those that were not yet.
    #[inline]
    pub fn add(&mut self, slot: usize, slots: usize, milestones: u64) -> u64 {
        let mut new = 0;
        for milestone in each_milestone(milestones) {
            let word = &mut self.plane(milestone as usize, slots)[slot / 64];
            new |= (!*word >> (slot % 64) & 1) << milestone;
            *word |= 1 << (slot % 64);
        }
        new
    }

    #[inline]
    fn plane(&mut self, milestone: usize, slots: usize) -> &mut [u64] {
        if self.planes.get(milestone).is_none_or(Vec::is_empty) {
            self.make_room(milestone, slots);
        }
        &mut self.planes[milestone]
    }

    #[cold]
    fn make_room(&mut self, milestone: usize, slots: usize) {
        self.planes.resize(self.planes.len().max(milestone + 1), Vec::new());
        self.planes[milestone] = vec![0; slots.div_ceil(64)];
    }

    /// What was told of a slot.
    #[inline]
    pub fn of(&self, slot: usize) -> u64 {
        let bit = |plane: &Vec<u64>| plane.get(slot / 64).map_or(0, |word| word >> (slot % 64) & 1);
        self.planes.iter().enumerate().fold(0, |all, (milestone, plane)| all | bit(plane) << milestone)
    }

    /// Forgets all of them, and keeps the memory.
    pub fn clear(&mut self) {
        self.planes.iter_mut().for_each(|plane| plane.fill(0));
    }

    /// How many bytes are allocated.
    pub fn bytes(&self) -> usize {
        self.planes.iter().map(|plane| 8 * plane.capacity()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_is_told() {
        let mut told = Told::default();
        let all =
            [(3, 1, 1), (3, 3, 2), (99, 1 << 63 | 1, 1 << 63 | 1), (99, u64::MAX, !(1 << 63 | 1)), (3, 3, 0)];
        for (slot, milestones, new) in all {
            assert_eq!(told.add(slot, 100, milestones), new, "{slot}, {milestones:x}");
        }
        assert_eq!([3, 4, 99].map(|slot| told.of(slot)), [3, 0, u64::MAX]);
        told.clear();
        assert_eq!([3, 4, 99].map(|slot| told.of(slot)), [0; 3]);
    }
}
