//! Starts that look at the whole state: where an application asks whether what was so when a snapshot was started is found
//! in it, the first start remembers what was so then. That is a ghost: nothing that happens depends on it.

use super::application::Application;
use super::component::{Component, Process};
use super::event::Event;
use super::ids::ProcessId;
use super::local::starts;
use super::protocol::Protocol;
use super::rule::{Rule, Scene, Standing, When};
use super::system::{ComponentOf, EventOf, System};
use crate::engine::{Arrival, Global, GlobalOf, TransitionSystem};

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
        let up = |process: &&super::system::ProcessOf<A>| !process.down;
        let standing: Vec<_> = state.iter().filter_map(|at| at.process()).map(Process::standing).collect();
        let scene = Scene::new(&self.topology, &standing.iter().collect::<Vec<_>>());
        let held = self.application.detects(&self.topology, rule, &scene);
        let processes =
            state.iter().enumerate().filter_map(|(place, at)| Some((place, at.process().filter(up)?)));
        let all = processes.flat_map(|(place, process)| {
            starts(self, ProcessId::of(place), process).into_iter().map(move |local| (place, local))
        });
        all.filter_map(|(place, local)| self.start(state, place, local, held)).collect()
    }

    /// One start, carried out; `None` where a script forbids it.
    fn start(
        &self,
        state: &[&ComponentOf<A>],
        place: usize,
        local: super::local::LocalOf<A>,
        held: u64,
    ) -> Option<Global<ComponentOf<A>, EventOf<A>>> {
        let Event::Start(snapshot, _) = local.event else { return None };
        let begun =
            |at: &&ComponentOf<A>| at.process().is_some_and(|process| process.parts[snapshot.index()].begun);
        let is_first = !state.iter().any(begun);
        let mut components: Vec<ComponentOf<A>> = state.iter().map(|&component| component.clone()).collect();
        components[place] = local.component;
        if let Component::Process(process) = &mut components[place]
            && is_first
        {
            process.parts[snapshot.index()].held = held;
        }
        let (mut halts, mut cut) = (local.halts, local.cut);
        for (there, letter) in &local.letters {
            match self.arrive(*there, &components[*there], letter) {
                Arrival::Accepted { component, halts: also } => {
                    components[*there] = component;
                    halts |= also;
                }
                Arrival::Refused => return None,
                Arrival::Cut => cut = true,
            }
        }
        Some(Global { place, event: local.event, components, halts, cut, trace: local.trace })
    }
}
