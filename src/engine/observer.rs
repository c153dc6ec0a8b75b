//! Who watches a search: told of components once, and of states that matter.

use super::system::TransitionSystem;

/// Watches a search. States are given as the numbers of their components; what is known of a component is learned
/// when it gets its number, so that judging a state is a few look-ups.
///
/// The calls of one layer come from several threads, each with a tally of its own, when the layer is whole: what a
/// bound cuts off is never reported. No call says which thread saw it, so a verdict cannot depend on that.
pub trait Observer<S: TransitionSystem>: Send + Sync {
    /// What one thread has seen.
    type Tally: Default + Send + Sync;

    /// How many components of a place it has learned.
    fn learned(&self, place: usize) -> usize;

    /// A component has got the next number of its place.
    fn learn(&mut self, place: usize, component: &S::Component);

    /// Ask for [`state`](Self::state).
    fn wants_states(&self) -> bool {
        false
    }

    /// A state, and what was carried along to it, if anything was.
    fn state(&self, _tally: &mut Self::Tally, _ids: &[u32], _carried: &[u32]) {}

    /// A state and milestones newly reached by some edge to it, each once a state. It stands for so many states, which are
    /// images of each other.
    fn reached(&self, _tally: &mut Self::Tally, _ids: &[u32], _milestones: u64, _states: u64) {}

    /// A state in which no event is enabled; it stands for so many.
    fn terminal(&self, _tally: &mut Self::Tally, _ids: &[u32], _states: u64) {}

    /// A state that an event has halted, once, when it is first met.
    fn halted(&self, _tally: &mut Self::Tally, _ids: &[u32]) {}

    /// So many layers have been reported: enough?
    fn is_enough(&mut self, _layers: u32, _tallies: &[&Self::Tally]) -> bool {
        false
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl<S: TransitionSystem> Observer<S> for Nobody {
    type Tally = ();

    fn learned(&self, _place: usize) -> usize {
        usize::MAX
    }

    fn learn(&mut self, _place: usize, _component: &S::Component) {}
}
