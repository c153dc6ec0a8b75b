//! Orderings by chance, each exactly as likely as another: an event is chosen in proportion to the number of orderings
//! that go on from it.

use num_bigint::BigUint;

use super::Course;
use super::chance::Chance;
use super::reachable::{Reachable, reachable};
use crate::model::{Model, Then};

/// The state graph after the model's walk, with the number of orderings that go on from each state.
pub struct Uniform<'m> {
    model: &'m Model,
    /// The successors of each state, in event order.
    next: Vec<Vec<usize>>,
    orderings: Vec<BigUint>,
}

/// Why orderings cannot be drawn uniformly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There are more states than this.
    TooLarge(usize),
    /// Some run comes back to where it was.
    Cyclic,
}

impl<'m> Uniform<'m> {
    /// Explores the graph plainly.
    ///
    /// # Errors
    /// Where it has more states than allowed, or a cycle.
    pub fn new(model: &'m Model, states_max: usize) -> Result<Self, Unfit> {
        let next = graph(model, states_max)?;
        let orderings = counted(&next)?;
        Ok(Self { model, next, orderings })
    }

    /// How many orderings there are.
    pub fn orderings(&self) -> &BigUint {
        &self.orderings[0]
    }

    /// One of them.
    pub fn run(&self, chance: &mut Chance) -> Course<'m> {
        let mut course = Course::new(self.model);
        course.take_enabled(&self.model.walk);
        let mut at = 0;
        let mut left = below(&self.orderings[0], chance);
        while !self.next[at].is_empty() {
            let mut chosen = 0;
            while left >= self.orderings[self.next[at][chosen]] {
                left -= &self.orderings[self.next[at][chosen]];
                chosen += 1;
            }
            let mut next = course.next();
            course.take(next.swap_remove(chosen));
            at = self.next[at][chosen];
        }
        course
    }
}

/// The numbers of each state's successors; state 0 is the first.
fn graph(model: &Model, states_max: usize) -> Result<Vec<Vec<usize>>, Unfit> {
    let mut course = Course::new(model);
    course.take_enabled(&model.walk);
    if model.then == Then::Stop {
        return Ok(vec![Vec::new()]);
    }
    let all = reachable(&model.system(), course.last().clone(), states_max);
    let numbers = |state: Reachable| state.next.into_iter().map(|(_, number)| number).collect();
    Ok(all.ok_or(Unfit::TooLarge(states_max))?.into_iter().map(numbers).collect())
}

/// The number of maximal paths from each state: states without successors first, then those before them.
fn counted(next: &[Vec<usize>]) -> Result<Vec<BigUint>, Unfit> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); next.len()];
    for (from, row) in next.iter().enumerate() {
        for &to in row {
            before[to].push(from);
        }
    }
    let mut open: Vec<usize> = next.iter().map(Vec::len).collect();
    let mut orderings = vec![BigUint::default(); next.len()];
    let mut ready: Vec<usize> = (0..next.len()).filter(|&state| open[state] == 0).collect();
    let mut done = 0;
    while let Some(state) = ready.pop() {
        done += 1;
        orderings[state] = match next[state].as_slice() {
            [] => 1_u32.into(),
            row => row.iter().map(|&to| &orderings[to]).sum(),
        };
        for &from in &before[state] {
            open[from] -= 1;
            if open[from] == 0 {
                ready.push(from);
            }
        }
    }
    if done == next.len() { Ok(orderings) } else { Err(Unfit::Cyclic) }
}

/// A number below another, each as likely: of as many random bits as that has, until it is below.
fn below(end: &BigUint, chance: &mut Chance) -> BigUint {
    let bits = end.bits();
    loop {
        let mut bytes = vec![0; usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)];
        chance.fill(&mut bytes);
        let over = 8 * bytes.len() as u64 - bits;
        if let Some(last) = bytes.last_mut() {
            *last >>= over;
        }
        let number = BigUint::from_bytes_le(&bytes);
        if number < *end {
            return number;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{Source, read};

    fn pair() -> Model {
        let text = r#"Model(name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")],
            application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])))"#;
        read(&Source::new("pair.ron", text)).expect("a model")
    }

    /// Pearson's test: with 101 degrees of freedom the statistic is above 169 once in 40,000 times.
    #[test]
    fn every_ordering_is_as_likely() {
        let model = pair();
        let uniform = Uniform::new(&model, 1_000).expect("it is small");
        assert_eq!(*uniform.orderings(), 102_u32.into());
        let runs = 102 * 100;
        let mut seen = BTreeMap::new();
        for run in 0..runs {
            let course = uniform.run(&mut Chance::new(7, run));
            *seen.entry(course.into_events()).or_insert(0_u32) += 1;
        }
        assert_eq!(seen.len(), 102);
        let statistic: f64 = seen.values().map(|&seen| (f64::from(seen) - 100.0).powi(2) / 100.0).sum();
        assert!(statistic < 169.0, "{statistic}");
        assert!(statistic > 50.0, "more even than chance: {statistic}");
    }

    #[test]
    fn a_large_graph_is_refused() {
        assert_eq!(Uniform::new(&pair(), 64).err(), Some(Unfit::TooLarge(64)));
    }
}
