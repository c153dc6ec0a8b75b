//! The reference as a model of Stateright 0.31, whose search then counts it. Stateright keeps a 64-bit
//! fingerprint in a state's place, so two states that collide would be one: likely right, not exact.

use std::sync::atomic::{AtomicUsize, Ordering};

use stateright::{Checker, Property};

use super::state::State;
use super::{ModelEvent, Reference};

/// A reference system under Stateright. The walk's last state is the initial one.
struct Peer {
    reference: Reference,
    first: State,
    terminal_states: AtomicUsize,
}

/// What Stateright counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerFigures {
    /// Its `unique_state_count`.
    pub distinct_states: usize,
    /// Its `state_count`, every generated state with repeats, without the initial one.
    pub transitions: usize,
    /// How often it asked for the actions of a state that has none; it asks once per distinct state.
    pub terminal_states: usize,
    /// Its `max_depth`, which counts the initial state as 1, less that 1. On one thread its queue is first in,
    /// first out, and so this is a breadth-first distance.
    pub depth: usize,
}

impl stateright::Model for Peer {
    type State = State;
    type Action = ModelEvent;

    fn init_states(&self) -> Vec<State> {
        vec![self.first.clone()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<ModelEvent>) {
        let events = self.reference.enabled(state);
        let is_terminal = events.is_empty() && !state.ill_formed;
        self.terminal_states.fetch_add(usize::from(is_terminal), Ordering::Relaxed);
        actions.extend(events);
    }

    fn next_state(&self, state: &State, event: ModelEvent) -> Option<State> {
        let next = self.reference.carry_out(state, &event);
        (!self.reference.exceeds_capacity(&next) && next != *state).then_some(next)
    }

    /// Stateright stops as soon as nothing is left to be discovered; this keeps it going to the end.
    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("goes on", |_, _| true)]
    }
}

impl Reference {
    /// Has Stateright search the whole space behind the walk (also after `Stop`), breadth first.
    pub fn count_with_stateright(&self, threads: usize) -> PeerFigures {
        let walk = &self.walk;
        let first = walk.iter().fold(self.initial(), |state, event| self.carry_out(&state, event));
        let peer = Peer { reference: self.clone(), first, terminal_states: AtomicUsize::new(0) };
        let checker = stateright::Model::checker(peer).threads(threads).spawn_bfs().join();
        assert!(checker.is_done(), "Stateright searched everything");
        PeerFigures {
            distinct_states: checker.unique_state_count(),
            transitions: checker.state_count() - 1,
            terminal_states: checker.model().terminal_states.load(Ordering::Relaxed),
            depth: checker.max_depth() - 1,
        }
    }
}
