//! The whole graph of a system, kept in memory, and the figures that are read off it.
//! Knows nothing of properties.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use num_bigint::BigUint;

use super::state::State;
use super::{ModelEvent, Reference, Then};

/// The walk, and everything reachable from its last state, in breadth-first order.
pub struct Graph {
    /// The states of the walk, each with the event behind it; the last event leads to `states[0]`.
    pub walk: Vec<(Rc<State>, ModelEvent)>,
    /// The states, in the order in which they were found.
    pub states: Vec<Rc<State>>,
    /// The transitions out of each state, in event order.
    pub edges: Vec<Vec<(ModelEvent, usize)>>,
    /// From which state, by which event, each state was found first.
    pub found_by: Vec<Option<(usize, ModelEvent)>>,
    /// Breadth-first distances from `states[0]`.
    pub distances: Vec<usize>,
    /// Did the capacity cut an event of this state?
    pub cut: Vec<bool>,
    /// `then: Stop`: nothing was explored.
    pub is_stopped: bool,
}

/// Where a counterexample ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the state after so many events of the walk.
    Walk(usize),
    /// In a state of the graph.
    State(usize),
    /// At the end of a transition: source, number among its transitions.
    Edge(usize, usize),
}

impl Reference {
    /// Walks and explores.
    pub fn graph(&self) -> Graph {
        let mut walk = Vec::new();
        let mut last = self.initial();
        for event in &self.walk {
            let next = self.successors(&last).taken.into_iter().find(|(other, _)| other == event);
            let (_, next) = next.unwrap_or_else(|| panic!("the walk's {event:?} is not enabled in {last:?}"));
            walk.push((Rc::new(last), event.clone()));
            last = next;
        }
        let mut graph = self.graph_from(last, self.then == Then::Stop);
        graph.walk = walk;
        graph
    }

    /// Has the graph no more than so many states? (Explores no further than it takes to know.)
    pub fn has_at_most(&self, states_max: usize) -> bool {
        let walk = self.walk.iter();
        let first = walk.fold(self.initial(), |state, event| self.carry_out(&state, event));
        let mut seen = HashSet::from([first.clone()]);
        let mut waiting = vec![first];
        while let Some(state) = waiting.pop().filter(|_| seen.len() <= states_max) {
            let successors = self.successors(&state).taken.into_iter().map(|(_, next)| next);
            waiting.extend(successors.filter(|next| seen.insert(next.clone())));
        }
        seen.len() <= states_max
    }

    /// Explores from a state.
    pub fn graph_from(&self, first: State, is_stopped: bool) -> Graph {
        let first = Rc::new(first);
        let mut numbers = HashMap::from([(Rc::clone(&first), 0)]);
        let mut graph = Graph {
            walk: Vec::new(),
            states: vec![first],
            edges: Vec::new(),
            found_by: vec![None],
            distances: vec![0],
            cut: Vec::new(),
            is_stopped,
        };
        if is_stopped {
            graph.edges.push(Vec::new());
            graph.cut.push(false);
        }
        while graph.edges.len() < graph.states.len() {
            let source = graph.edges.len();
            let successors = self.successors(&graph.states[source]);
            let mut edges = Vec::new();
            for (event, next) in successors.taken {
                let number = numbers.get(&next).copied().unwrap_or_else(|| {
                    let number = graph.add(Rc::new(next), source, &event);
                    numbers.insert(Rc::clone(&graph.states[number]), number);
                    number
                });
                edges.push((event, number));
            }
            graph.edges.push(edges);
            graph.cut.push(successors.is_cut);
        }
        graph
    }
}

impl Graph {
    fn add(&mut self, state: Rc<State>, source: usize, event: &ModelEvent) -> usize {
        self.states.push(state);
        self.found_by.push(Some((source, event.clone())));
        self.distances.push(self.distances[source] + 1);
        self.states.len() - 1
    }

    /// How many transitions there are.
    pub fn transitions(&self) -> usize {
        self.edges.iter().map(Vec::len).sum()
    }

    /// The greatest breadth-first distance.
    pub fn depth(&self) -> usize {
        self.distances.iter().copied().max().expect("a graph has a first state")
    }

    /// Did the capacity cut anything?
    pub fn is_cut(&self) -> bool {
        self.cut.contains(&true)
    }

    /// Is no event enabled in this state? (Asked of an ill-formed state, and after `Stop`: no.)
    pub fn is_terminal(&self, state: usize) -> bool {
        let has_events = self.cut[state] || !self.edges[state].is_empty();
        !self.is_stopped && !self.states[state].ill_formed && !has_events
    }

    /// The terminal states.
    pub fn terminals(&self) -> impl Iterator<Item = usize> {
        (0..self.states.len()).filter(|&state| self.is_terminal(state))
    }

    /// The number of maximal paths, and the length of the longest.
    pub fn orderings(&self) -> (BigUint, usize) {
        let mut paths = vec![BigUint::ZERO; self.states.len()];
        let mut longest = vec![0; self.states.len()];
        for state in self.sinks_first() {
            if self.edges[state].is_empty() {
                paths[state] = BigUint::from(1u8);
            }
            for (_, next) in &self.edges[state] {
                let behind = paths[*next].clone();
                paths[state] += behind;
                longest[state] = longest[state].max(longest[*next] + 1);
            }
        }
        (paths.swap_remove(0), longest[0])
    }

    /// All states, each behind those it leads to.
    fn sinks_first(&self) -> Vec<usize> {
        let mut sources = vec![Vec::new(); self.states.len()];
        for (state, edges) in self.edges.iter().enumerate() {
            for (_, next) in edges {
                sources[*next].push(state);
            }
        }
        let mut open_edges: Vec<usize> = self.edges.iter().map(Vec::len).collect();
        let mut order: Vec<usize> = (0..self.states.len()).filter(|&state| open_edges[state] == 0).collect();
        let mut next = 0;
        while let Some(&state) = order.get(next) {
            for &source in &sources[state] {
                open_edges[source] -= 1;
                if open_edges[source] == 0 {
                    order.push(source);
                }
            }
            next += 1;
        }
        assert_eq!(order.len(), self.states.len(), "every token model is acyclic");
        order
    }

    /// The shortest run that ends at a place, first in event order, from the initial state.
    pub fn run_to(&self, place: Place) -> Vec<ModelEvent> {
        let walked =
            |count: usize| self.walk[..count].iter().map(|(_, event)| event.clone()).collect::<Vec<_>>();
        match place {
            Place::Walk(count) => walked(count),
            Place::Edge(source, number) => {
                let mut run = self.run_to(Place::State(source));
                run.push(self.edges[source][number].0.clone());
                run
            }
            Place::State(mut state) => {
                let mut behind = Vec::new();
                while let Some((source, event)) = &self.found_by[state] {
                    behind.push(event.clone());
                    state = *source;
                }
                behind.reverse();
                [walked(self.walk.len()), behind].concat()
            }
        }
    }

    /// Every state with its place, those of the walk first, then in breadth-first order. (The walk's last state
    /// is the graph's first.)
    pub fn places(&self) -> impl Iterator<Item = (&Rc<State>, Place)> {
        let walk = self.walk.iter().enumerate().map(|(count, (state, _))| (state, Place::Walk(count)));
        walk.chain(self.states.iter().enumerate().map(|(number, state)| (state, Place::State(number))))
    }

    /// Every transition as source, target and place, shortest runs first, then in event order.
    pub fn moments(&self) -> impl Iterator<Item = (&Rc<State>, &Rc<State>, Place)> {
        let walk = (0..self.walk.len()).map(|count| {
            let target = self.walk.get(count + 1).map_or(&self.states[0], |(state, _)| state);
            (&self.walk[count].0, target, Place::Walk(count + 1))
        });
        walk.chain(self.edges.iter().enumerate().flat_map(move |(source, edges)| {
            edges.iter().enumerate().map(move |(number, (_, target))| {
                (&self.states[source], &self.states[*target], Place::Edge(source, number))
            })
        }))
    }
}
