//! Events that read and write the whole state. Nothing about them is fast: what they do is kept by whole states, for as
//! long as the atlas lives, so that everything that expands a state again finds it. They are for small models only.

use ahash::AHashMap;

use super::system::{GlobalOf, TransitionSystem};

/// A global event of one state, as numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leap {
    /// The numbers of all components afterwards.
    pub ids: Box<[u32]>,
    /// The event, as a number of its place.
    pub event: u32,
    /// The place that it belongs to.
    pub place: u16,
    /// The state afterwards is halted.
    pub halts: bool,
    /// A bound forbids it.
    pub cut: bool,
}

/// The global events of all states of which they are known.
#[derive(Debug, Default)]
pub struct Leaps {
    of: AHashMap<Box<[u32]>, Box<[Leap]>>,
}

impl Leaps {
    /// Those of a state, if they are known.
    pub fn of(&self, ids: &[u32]) -> Option<&[Leap]> {
        self.of.get(ids).map(AsRef::as_ref)
    }

    /// Notes those of a state.
    pub fn set(&mut self, ids: Box<[u32]>, leaps: Box<[Leap]>) {
        self.of.insert(ids, leaps);
    }
}

/// The global events of a state, computed plainly.
pub fn globals<S: TransitionSystem + ?Sized>(system: &S, state: &[&S::Component]) -> Vec<GlobalOf<S>> {
    let mut places = state.iter().enumerate();
    let any = system.has_global_events()
        && places.any(|(place, component)| system.may_act_globally(place, component));
    if any { system.global(state) } else { Vec::new() }
}

#[cfg(test)]
mod tests;
