//! Fewer, each standing for more: how a sample is drawn from a layer.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::key::Key;

/// Where an edge of a sample leads, and how many it stands for.
pub type Weighed<const W: usize> = (Key<W>, f64);

/// Each state once, with a weight of 1, in a fixed order.
pub fn distinct<const W: usize>(mut arcs: Vec<Weighed<W>>) -> Vec<Weighed<W>> {
    arcs.sort_unstable_by_key(|(key, _)| *key);
    arcs.dedup_by_key(|(key, _)| *key);
    for (_, weight) in &mut arcs {
        *weight = 1.0;
    }
    arcs
}

/// As many as this, chosen in proportion to their weights (systematic sampling); all weights are then the same.
pub fn thinned<const W: usize>(
    mut arcs: Vec<Weighed<W>>,
    most: usize,
    chance: &mut Chance,
) -> Vec<Weighed<W>> {
    if arcs.len() <= most {
        return arcs;
    }
    arcs.sort_unstable_by_key(|(key, _)| *key);
    let step = arcs.iter().map(|(_, weight)| weight).sum::<f64>() / most as f64;
    let (mut due, mut sum) = (step * chance.next(), 0.0);
    let mut chosen = Vec::with_capacity(most);
    for (key, weight) in arcs {
        sum += weight;
        let mut times = 0.0;
        while due < sum && step > 0.0 {
            times += 1.0;
            due += step;
        }
        if times > 0.0 {
            chosen.push((key, times * step));
        }
    }
    chosen
}

/// Numbers from 0 to 1, the same for the same seed on every machine.
#[derive(Clone, Debug)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The next one.
    pub fn next(&mut self) -> f64 {
        self.0.random()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(arcs: &[Weighed<1>]) -> f64 {
        arcs.iter().map(|(_, weight)| weight).sum()
    }

    #[test]
    fn what_is_left_stands_for_all() {
        let arcs: Vec<Weighed<1>> = (0..1000).map(|key| ([key], 1.0 + (key % 7) as f64)).collect();
        let few = thinned(arcs.clone(), 100, &mut Chance::new(1));
        assert!(few.len() <= 100 && few.len() > 90, "{}", few.len());
        assert!((weight(&few) - weight(&arcs)).abs() < 1e-6 * weight(&arcs));
        assert_eq!(thinned(few.clone(), 100, &mut Chance::new(2)), few);
    }

    /// Over many samples each is drawn as often as it weighs.
    #[test]
    fn each_is_drawn_as_often_as_it_weighs() {
        let arcs: Vec<Weighed<1>> = vec![([1], 1.0), ([2], 3.0), ([3], 6.0)];
        let mut sums = [0.0; 4];
        let mut chance = Chance::new(3);
        for _ in 0..10_000 {
            for ([key], weight) in thinned(arcs.clone(), 2, &mut chance) {
                sums[key as usize] += weight / 10_000.0;
            }
        }
        for ([key], weight) in arcs {
            assert!((sums[key as usize] - weight).abs() < 0.15, "{sums:?}");
        }
    }

    #[test]
    fn the_same_state_counts_once() {
        let arcs: Vec<Weighed<1>> = vec![([2], 5.0), ([1], 1.0), ([2], 7.0)];
        assert_eq!(distinct(arcs), [([1], 1.0), ([2], 1.0)]);
    }
}
