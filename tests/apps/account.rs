//! What every account shares: a breadth-first search on whole states, and how its figures are compared with those of the program.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

use cl_check::check::{Options, check};
use cl_check::engine::Status;
use cl_check::engine::verdict::Verdict;
use cl_check::model::{Source, read};

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
    let mut seen = HashSet::from([first.clone()]);
    let mut queue = VecDeque::from([first]);
    let mut account = Account { figures: [0; 3], so: 0, so_at_the_end: 0, is_stable: true };
    while let Some(state) = queue.pop_front() {
        let successors = next(&state);
        let is_terminal = successors.is_empty();
        account.figures[0] += 1;
        account.figures[1] += successors.len() as u64;
        account.figures[2] += u64::from(is_terminal);
        account.so += u64::from(so(&state) != 0);
        account.so_at_the_end += u64::from(is_terminal && so(&state) != 0);
        account.is_stable &= successors.iter().all(|after| so(&state) & !so(after) == 0);
        for successor in successors {
            if seen.insert(successor.clone()) {
                queue.push_back(successor);
            }
        }
    }
    account
}

/// What the program says of an application without snapshots.
pub fn alone(topology: &str, application: &str) -> Verdict {
    let text = format!(r#"Model(name: "alone", topology: {topology}, application: {application})"#);
    let model =
        read(&Source::new("alone.ron", text)).unwrap_or_else(|error| panic!("{application}: {error}"));
    check(&model, &Options::default())
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
