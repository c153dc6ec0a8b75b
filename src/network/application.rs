//! What a system asks of the application that runs on it.

use std::fmt::Debug;
use std::hash::Hash;

use serde::Serialize;

use super::ids::{ChannelId, ProcessId};
use super::topology::Topology;

/// What the processes do. Knows nothing of snapshots.
pub trait Application: Send + Sync {
    /// The application state of one process.
    type State: Clone + Eq + Ord + Hash + Debug + Serialize + Send + Sync;
    /// What it sends.
    type Message: Clone + Eq + Ord + Hash + Debug + Serialize + Send + Sync;
    /// Names one of its steps; the order is the event order.
    type Step: Clone + Eq + Ord + Hash + Debug + Send + Sync;

    /// The state of a process at first.
    fn initial(&self, process: ProcessId) -> Self::State;

    /// The steps that a process offers in a state.
    fn steps(&self, topology: &Topology, process: ProcessId, state: &Self::State) -> Vec<StepOf<Self>>;

    /// A message arrives: the new state, and what is sent in answer.
    fn receive(
        &self,
        process: ProcessId,
        state: &Self::State,
        channel: ChannelId,
        message: &Self::Message,
    ) -> (Self::State, Vec<(ChannelId, Self::Message)>);

    /// The process takes no step of its own any more.
    fn is_finished(&self, process: ProcessId, state: &Self::State) -> bool;

    /// The half of a state that is read first, and nothing of the rest.
    fn first_half(&self, state: &Self::State) -> Self::State;

    /// A state as it is read in two halves: the first one from earlier, the rest from now.
    fn torn(&self, first: &Self::State, now: &Self::State) -> Self::State;

    /// The conserved quantity that a process holds.
    fn held(&self, state: &Self::State) -> u64;

    /// The conserved quantity that a message carries.
    fn carried(&self, message: &Self::Message) -> u64;

    /// Steps taken plus messages sent, as a function of the state; `None` where the state does not tell.
    fn progress(&self, topology: &Topology, process: ProcessId, state: &Self::State) -> Option<u64>;
}

/// The [`Step`] of an application.
pub type StepOf<A> = Step<<A as Application>::Step, <A as Application>::State, <A as Application>::Message>;

/// A step that a process offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<N, S, M> {
    /// Its name.
    pub name: N,
    /// The state after it.
    pub state: S,
    /// What it sends, in order.
    pub sends: Vec<(ChannelId, M)>,
}
