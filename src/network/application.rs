//! What a system asks of the application that runs on it, and what an application may have to say of states.

use std::fmt::Debug;
use std::hash::Hash;

use serde::Serialize;

use super::ids::{ChannelId, ProcessId};
use super::renaming::Renaming;
use super::rule::{Rule, Scene};
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
        topology: &Topology,
        process: ProcessId,
        state: &Self::State,
        channel: ChannelId,
        message: &Self::Message,
    ) -> (Self::State, Vec<(ChannelId, Self::Message)>);

    /// The process takes no step of its own any more, whatever arrives.
    fn is_finished(&self, process: ProcessId, state: &Self::State) -> bool;

    /// Steps taken plus messages sent, as a function of the state; `None` where the state does not tell, as where
    /// states come again.
    fn progress(&self, _topology: &Topology, _process: ProcessId, _state: &Self::State) -> Option<u64> {
        None
    }

    /// Steps that a process cannot put off for ever: one of those with the same number is taken at last, if there always
    /// is one that can be. `None`: it need not be taken.
    fn fair(&self, _step: &Self::Step) -> Option<u32> {
        None
    }

    /// States with this process state are explored no further than to here: they are generated, not stored.
    fn is_beyond(&self, _state: &Self::State) -> bool {
        false
    }

    /// The half of a state that is read first, and nothing of the rest.
    fn first_half(&self, state: &Self::State) -> Self::State {
        state.clone()
    }

    /// A state as it is read in two halves: the first one from earlier, the rest from now.
    fn torn(&self, first: &Self::State, _now: &Self::State) -> Self::State {
        first.clone()
    }

    /// The conserved quantity that a process holds, if there is one.
    fn held(&self, _state: &Self::State) -> u64 {
        0
    }

    /// The conserved quantity that a message carries.
    fn carried(&self, _message: &Self::Message) -> u64 {
        0
    }

    /// So much of the conserved quantity as people read it: `3 tokens`. `None`: nothing is conserved.
    fn amount(&self, _amount: u128) -> Option<String> {
        None
    }

    /// What it is, in a few words.
    fn heading(&self, topology: &Topology) -> String;

    /// A process state in one cell of a table.
    fn state_text(&self, topology: &Topology, state: &Self::State) -> String;

    /// A message as walks and diagrams write it: a number, or `Name(1,"A")`.
    fn message_text(&self, topology: &Topology, message: &Self::Message) -> String;

    /// The names of its steps, as walks write them.
    fn step_names(&self) -> &'static [&'static str];

    /// A step as walks write it: `Name("A",1)`.
    fn step_text(&self, topology: &Topology, step: &Self::Step) -> String;

    /// What a step is in words, behind the name of its process: `enters`. `None`: what it sends says it all.
    fn step_words(&self, _topology: &Topology, _step: &Self::Step) -> Option<String> {
        None
    }

    /// Who takes a step.
    fn step_place(&self, topology: &Topology, step: &Self::Step) -> ProcessId;

    /// May `one` be taken for `other`, as far as these two tell? Asked before
    /// [`is_same_under`](Self::is_same_under), to be rid of most renamings early.
    fn are_alike(&self, _one: ProcessId, _other: ProcessId) -> bool {
        false
    }

    /// Does it do the same where each process and channel has the name of another, and do its states and messages
    /// mean the same there, because they name nobody? An application that does not say so is never taken to.
    fn is_same_under(&self, _topology: &Topology, _renaming: &Renaming) -> bool {
        false
    }

    /// Where the application [is the same](Self::is_same_under) under the renaming: what the step that is offered under the
    /// new names where this one was is called. `None`: it does not say, which is slower.
    fn renamed_step(&self, _renaming: &Renaming, _step: &Self::Step) -> Option<Self::Step> {
        None
    }

    /// It names channels, so that it makes no sense without one of them.
    fn names_channels(&self) -> bool {
        true
    }

    /// What it has to say of states and snapshots.
    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }

    /// Does the rule hold in this scene? Asked of rules that hold or do not.
    fn holds(
        &self,
        _topology: &Topology,
        _rule: Rule,
        _scene: &Scene<'_, Self::State, Self::Message>,
    ) -> bool {
        true
    }

    /// Of what things is the rule's stable property true in this scene, a bit each? Asked of rules that detect.
    fn detects(
        &self,
        _topology: &Topology,
        _rule: Rule,
        _scene: &Scene<'_, Self::State, Self::Message>,
    ) -> u64 {
        0
    }

    /// How many things the rule can detect, at most 64.
    fn things(&self, topology: &Topology, _rule: Rule) -> u32 {
        topology.names().len() as u32
    }
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
