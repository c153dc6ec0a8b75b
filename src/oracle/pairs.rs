//! Pairs of what snapshots recorded and what was so when they completed. There are far more pairs than different
//! halves: each half is a row of numbers that is kept once.

use ahash::AHashSet;
use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

type Rows = IndexSet<Box<[u32]>, ahash::RandomState>;

/// A set of pairs (recorded state, actual state at completion).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Pairs {
    recorded: Rows,
    actual: Rows,
    halves: AHashSet<(u32, u32)>,
}

impl Pairs {
    /// Puts a pair in.
    pub fn insert(&mut self, recorded: &[u32], actual: &[u32]) {
        self.halves.insert((number(&mut self.recorded, recorded), number(&mut self.actual, actual)));
    }

    /// Takes others in.
    pub fn unite(&mut self, mut other: Self) {
        if other.halves.len() > self.halves.len() {
            std::mem::swap(self, &mut other);
        }
        let numbers = |ours: &mut Rows, theirs: Rows| -> Vec<u32> {
            theirs.into_iter().map(|row| ours.insert_full(row).0 as u32).collect()
        };
        let recorded = numbers(&mut self.recorded, other.recorded);
        let actual = numbers(&mut self.actual, other.actual);
        let renumbered = |(one, two): (u32, u32)| (recorded[one as usize], actual[two as usize]);
        self.halves.extend(other.halves.into_iter().map(renumbered));
    }

    /// Every recorded state, and beside it the actual ones that it is in a pair with.
    pub fn by_recorded(&self) -> (Vec<&[u32]>, Vec<Vec<&[u32]>>) {
        let mut actual_of = vec![Vec::new(); self.recorded.len()];
        for &(recorded, actual) in &self.halves {
            actual_of[recorded as usize].push(&*self.actual[actual as usize]);
        }
        (self.recorded.iter().map(|row| &**row).collect(), actual_of)
    }
}

/// The number of a row; only one that is new is allocated.
fn number(rows: &mut Rows, row: &[u32]) -> u32 {
    rows.get_index_of(row).unwrap_or_else(|| rows.insert_full(row.into()).0) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    type Twin = BTreeSet<([u32; 2], [u32; 2])>;

    fn as_set(pairs: &Pairs) -> Twin {
        let (recorded, actual) = pairs.by_recorded();
        let row = |row: &[u32]| [row[0], row[1]];
        let beside = recorded.iter().zip(&actual);
        beside.flat_map(|(one, all)| all.iter().map(move |two| (row(one), row(two)))).collect()
    }

    /// The naive twin: a set of the pairs themselves.
    #[test]
    fn agrees_with_a_set_of_pairs() {
        let (mut all, mut twin) = (Pairs::default(), Twin::new());
        for part in 0..4_u32 {
            let mut pairs = Pairs::default();
            for step in 0..40 * (1 + part % 3) {
                let (recorded, actual) = ([step % 5, part], [(step * step) % 7, step % 2]);
                pairs.insert(&recorded, &actual);
                twin.insert((recorded, actual));
            }
            all.unite(pairs);
            assert_eq!(as_set(&all), twin);
        }
        assert!(twin.len() > 100, "{}", twin.len());
    }
}
