//! What every account shares: a breadth-first search on whole states, and how its figures are compared with those of the program.

use std::cell::Cell;
use std::hash::Hash;

use cl_check::engine::Status;
use cl_check::engine::verdict::Verdict;

use crate::search::{self, Next};

/// States, transitions and terminal states; and how many states something is so in.
#[derive(Debug, PartialEq, Eq)]
pub struct Account {
    /// States, transitions, terminal states.
    pub figures: [u64; 3],
    /// The states in which what was asked is so.
    pub so: u64,
    /// The terminal states among them.
    pub so_at_the_end: u64,
    /// Once it is so, it stays so.
    pub is_stable: bool,
}

/// Explores all that can follow `first`, and asks of every state what is so of how many things, a bit each.
pub fn explore<S: Clone + Eq + Hash>(
    first: S,
    next: impl Fn(&S) -> Vec<S>,
    so: impl Fn(&S) -> u64,
) -> Account {
    let is_stable = Cell::new(true);
    let (mut all, mut at_the_end) = (0, 0);
    let next = |state: &S| {
        let successors = next(state);
        is_stable.set(is_stable.get() && successors.iter().all(|after| so(state) & !so(after) == 0));
        Next::from(successors)
    };
    let figures = search::explore(first, next, |state, is_terminal| {
        all += u64::from(so(state) != 0);
        at_the_end += u64::from(is_terminal && so(state) != 0);
    });
    let figures = [figures.states, figures.transitions, figures.terminals].map(|figure| figure as u64);
    Account { figures, so: all, so_at_the_end: at_the_end, is_stable: is_stable.get() }
}

/// What the program says of an application without snapshots.
pub fn alone(topology: &str, application: &str) -> Verdict {
    search::verdict(&format!(r#"Model(name: "alone", topology: {topology}, application: {application})"#))
}

/// States, transitions and terminal states of a verdict.
pub fn figures(verdict: &Verdict) -> [u64; 3] {
    [verdict.stats.distinct_states, verdict.stats.transitions, verdict.stats.terminal_states]
}

/// A property of a verdict holds.
pub fn holds(verdict: &Verdict, name: &str) -> bool {
    let property = verdict.properties.iter().find(|property| property.name == name);
    property.expect("the property is judged").status == Status::Holds
}

/// The channels of some topologies of numbered processes.
pub fn complete(processes: usize) -> Vec<(usize, usize)> {
    let pairs = (0..processes).flat_map(|from| (0..processes).map(move |to| (from, to)));
    pairs.filter(|(from, to)| from != to).collect()
}

/// Each to the next.
pub fn ring(processes: usize) -> Vec<(usize, usize)> {
    (0..processes).map(|from| (from, (from + 1) % processes)).collect()
}
