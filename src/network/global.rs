//! Starts that look at the whole state: where an application asks whether what was so when a snapshot was started is found
//! in it, the first start remembers what was so then. That is a ghost: nothing that happens depends on it.

use super::application::Application;
use super::component::{Component, Process};
use super::event::Event;
use super::ids::ProcessId;
use super::local::{LocalOf, starts};
use super::protocol::Protocol;
use super::rule::{Rule, Scene, Standing, When};
use super::system::{ComponentOf, ProcessOf, StateOf, System};
use crate::engine::{Arrival, Global, GlobalOf, State, carry_out};

impl<S: Clone, M: Clone + Ord> Process<S, M> {
    /// How things stand here for the application.
    pub fn standing(&self) -> Standing<S, M> {
        let channels = self.incoming.iter();
        let messages =
            channels.map(|channel| channel.messages().map(|(message, _)| message.clone()).collect());
        (self.state.clone(), messages.collect())
    }
}

impl<A: Application, P: Protocol> System<A, P> {
    /// The rule that looks back to the start of a snapshot, if the application has one.
    pub(super) fn looking_back(&self) -> Option<Rule> {
        let mut rules = self.application.rules().into_iter().filter(|_| !self.snapshots.is_empty());
        rules.find(|rule| rule.when == When::Found)
    }

    /// All starts, each with what the rule detects before it.
    pub(super) fn global_starts(&self, state: &[&ComponentOf<A>]) -> Vec<GlobalOf<Self>> {
        let Some(rule) = self.looking_back() else { return Vec::new() };
        let up = |process: &&ProcessOf<A>| !process.down;
        let standing: Vec<_> = state.iter().filter_map(|at| at.process()).map(Process::standing).collect();
        let scene = Scene::new(&self.topology, &standing.iter().collect::<Vec<_>>());
        let held = self.application.detects(&self.topology, rule, &scene);
        let before = State { components: state.iter().map(|&at| at.clone()).collect(), halted: false };
        let processes = state.iter().enumerate();
        let processes = processes.filter_map(|(place, at)| Some((place, at.process().filter(up)?)));
        let all = processes.flat_map(|(place, process)| {
            starts(self, ProcessId::of(place), process).into_iter().map(move |local| (place, local))
        });
        all.filter_map(|(place, local)| self.start(&before, place, local, held)).collect()
    }

    /// One start, carried out; `None` where a script forbids it.
    fn start(
        &self,
        before: &StateOf<A>,
        place: usize,
        local: LocalOf<A>,
        held: u64,
    ) -> Option<GlobalOf<Self>> {
        let event = local.event.clone();
        let Event::Start(snapshot, _) = event else { return None };
        let mut processes = before.components.iter().filter_map(|component| component.process());
        let is_first = !processes.any(|process| process.parts[snapshot.index()].begun);
        let (mut after, trace, cut) = match carry_out(self, before, place, local) {
            Arrival::Accepted { component, .. } => (component.state, component.trace, false),
            Arrival::Cut => (before.clone(), Vec::new(), true),
            Arrival::Refused => return None,
        };
        if let Component::Process(process) = &mut after.components[place]
            && is_first
        {
            process.part_mut(snapshot).held = held;
        }
        Some(Global { place, event, components: after.components, halts: after.halted, cut, trace })
    }
}
