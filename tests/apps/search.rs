//! A plain breadth-first search over whole states, and what is compared with a check of a model.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use cl_check::check::{Options, check};
use cl_check::engine::verdict::Verdict;
use cl_check::model::{Source, read};

/// What a search has found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub states: usize,
    pub transitions: usize,
    pub terminals: usize,
    pub depth: usize,
}

/// Where events lead: one state for each, and whether one was left out for being out of bounds.
pub struct Next<S> {
    pub taken: Vec<S>,
    pub cut: bool,
}

impl<S> From<Vec<S>> for Next<S> {
    fn from(taken: Vec<S>) -> Self {
        Self { taken, cut: false }
    }
}

/// Explores from a state; `seen` is told of each state and whether it is terminal.
pub fn explore<S: Clone + Eq + Hash>(
    first: S,
    next: impl Fn(&S) -> Next<S>,
    mut seen: impl FnMut(&S, bool),
) -> Figures {
    let mut figures = Figures::default();
    let mut distances = HashMap::from([(first.clone(), 0)]);
    let mut queue = VecDeque::from([first]);
    while let Some(state) = queue.pop_front() {
        let distance = distances[&state];
        let Next { taken, cut } = next(&state);
        let is_terminal = taken.is_empty() && !cut;
        seen(&state, is_terminal);
        figures.states += 1;
        figures.transitions += taken.len();
        figures.terminals += usize::from(is_terminal);
        figures.depth = figures.depth.max(distance);
        for successor in taken {
            if !distances.contains_key(&successor) {
                distances.insert(successor.clone(), distance + 1);
                queue.push_back(successor);
            }
        }
    }
    figures
}

/// The verdict of a model that is written here.
pub fn verdict(text: &str) -> Verdict {
    let model = read(&Source::new("here.ron", text)).unwrap_or_else(|error| panic!("{error}"));
    check(&model, &Options { threads: 2, orderings: false, ..Options::default() })
}

/// The figures of a verdict.
pub fn figures(verdict: &Verdict) -> Figures {
    let few = |figure: u64| usize::try_from(figure).expect("few");
    let stats = &verdict.stats;
    Figures {
        states: few(stats.distinct_states),
        transitions: few(stats.transitions),
        terminals: few(stats.terminal_states),
        depth: few(u64::from(stats.depth)),
    }
}

/// The properties that fail, by name.
pub fn failing(verdict: &Verdict) -> Vec<&str> {
    let violated = cl_check::engine::Status::Violated;
    let failing = verdict.properties.iter().filter(|property| property.status == violated);
    let mut names: Vec<&str> = failing.map(|property| property.name.as_str()).collect();
    names.sort_unstable();
    names
}
