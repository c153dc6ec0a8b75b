//! A property that an application brings along: a rule about a *scene*, which is what the application looks like at one
//! moment, or in a snapshot. Says when a rule is looked at, not how it is judged.

use super::ids::{ChannelId, ProcessId};
use super::topology::Topology;

/// What an application has to say of states or snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// Where it stands among the rules of its application.
    pub number: u8,
    /// The name that models, reports and JSON use.
    pub name: &'static str,
    /// When it is looked at.
    pub when: When,
    /// What is so when it holds, in a few words.
    pub says: &'static str,
    /// Why it fails, in a sentence.
    pub otherwise: &'static str,
}

/// When a rule is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// In every state that can be reached, and of every snapshot when it completes.
    Always,
    /// In every state that can be reached.
    InStates,
    /// Of every snapshot when it completes.
    InSnapshots,
    /// In every terminal state.
    AtTheEnd,
    /// What the snapshot finds is so in the actual state when it completes (`LaterToo` of a stable property).
    StillSo,
    /// What was so when the snapshot was started is found in it.
    Found,
    /// What is asked for is granted at last: no terminal state and no fair cycle in which it is always open.
    Eventually,
}

impl When {
    /// It is about snapshots, and says nothing where none completes.
    pub fn needs_snapshots(self) -> bool {
        matches!(self, Self::InSnapshots | Self::StillSo | Self::Found)
    }
}

/// How things stand for the application at one process: its state and, by incoming channel, the messages under way to it.
pub type Standing<S, M> = (S, Vec<Vec<M>>);

/// What the application looks like: now, or as a snapshot has recorded it.
#[derive(Clone, Debug)]
pub struct Scene<'a, S, M> {
    states: Vec<&'a S>,
    /// All messages, by channel.
    messages: Vec<&'a M>,
    /// For each channel, where its messages end among all.
    ends: Vec<usize>,
}

impl<'a, S, M> Scene<'a, S, M> {
    /// A scene of how things stand at each process.
    pub fn new(topology: &Topology, standing: &[&'a Standing<S, M>]) -> Self {
        let mut messages = Vec::new();
        let channels = (0..topology.channels().len()).map(ChannelId::of).map(|channel| {
            let to = topology.channel(channel).to;
            messages.extend(&standing[to.index()].1[topology.inbox(channel)]);
            messages.len()
        });
        let ends = channels.collect();
        Self { states: standing.iter().map(|at| &at.0).collect(), messages, ends }
    }

    /// The same scene with other states and messages.
    pub fn map<T, N>(
        &self,
        state: impl Fn(&'a S) -> &'a T,
        message: impl Fn(&'a M) -> &'a N,
    ) -> Scene<'a, T, N> {
        Scene {
            states: self.states.iter().copied().map(state).collect(),
            messages: self.messages.iter().copied().map(message).collect(),
            ends: self.ends.clone(),
        }
    }

    /// The state of a process.
    pub fn state(&self, process: ProcessId) -> &'a S {
        self.states[process.index()]
    }

    /// The states of all processes, in process order.
    pub fn states(&self) -> impl Iterator<Item = (ProcessId, &'a S)> {
        self.states.iter().enumerate().map(|(process, state)| (ProcessId::of(process), *state))
    }

    /// The messages in a channel, head first.
    pub fn channel(&self, channel: ChannelId) -> &[&'a M] {
        let begin = channel.index().checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.messages[begin..self.ends[channel.index()]]
    }

    /// All messages under way, channel by channel.
    pub fn messages(&self) -> &[&'a M] {
        &self.messages
    }
}
