//! A model's walk on the plain semantics: the states along it, and what the judge says of them.

use super::Network;
use crate::algorithm::Program;
use crate::apps::App;
use crate::engine::{Explorer, Observer, Sight, State, TransitionSystem, each_milestone, successors};
use crate::model::ModelEvent;
use crate::network::StateOf;
use crate::oracle::{Judge, Tally};

/// A walk that has been taken.
pub struct Walk {
    /// The states along it, the initial one first.
    pub states: Vec<StateOf<App>>,
    /// What was exercised on the way, once an event.
    pub trace: Vec<u16>,
    /// What the judge noted.
    pub tally: Tally,
    /// What came into sight: after so many events, which state, how.
    pub sights: Vec<(usize, Vec<u32>, Sight)>,
}

impl Walk {
    /// Takes the events one by one; the model has seen to it that each is enabled.
    pub fn along(
        system: &Network,
        explorer: &mut Explorer<Network>,
        judge: &mut Judge<'_, App, Program>,
        events: &[ModelEvent],
    ) -> Self {
        let initial = State { components: system.initial(), halted: false };
        let mut walk =
            Self { states: vec![initial], trace: Vec::new(), tally: Tally::default(), sights: Vec::new() };
        walk.judge_last(explorer, judge, 0);
        for event in events {
            let before = walk.last();
            let reached_before = milestones(system, before);
            let (next, trace) = step(system, before, event);
            let newly = milestones(system, &next) & !reached_before;
            walk.states.push(next);
            walk.trace.extend(trace);
            walk.judge_last(explorer, judge, newly);
        }
        walk
    }

    /// The states along the events, the initial one first.
    pub fn states_along(system: &Network, events: &[ModelEvent]) -> Vec<StateOf<App>> {
        let mut states = vec![State { components: system.initial(), halted: false }];
        for event in events {
            states.push(step(system, &states[states.len() - 1], event).0);
        }
        states
    }

    /// The state at its end.
    pub fn last(&self) -> &StateOf<App> {
        &self.states[self.states.len() - 1]
    }

    fn judge_last(
        &mut self,
        explorer: &mut Explorer<Network>,
        judge: &mut Judge<'_, App, Program>,
        newly_reached: u64,
    ) {
        let events = self.states.len() - 1;
        let state = self.last();
        let halted = state.halted;
        let ids = explorer.number(&state.components, judge);
        if halted {
            judge.halted(&mut self.tally, &ids);
            return self.sights.push((events, ids, Sight::Halted));
        }
        judge.state(&mut self.tally, &ids, &[]);
        judge.reached(&mut self.tally, &ids, newly_reached, 1);
        let reached =
            each_milestone(newly_reached).map(|milestone| (events, ids.clone(), Sight::Reached(milestone)));
        self.sights.extend(reached);
        self.sights.push((events, ids, Sight::State));
    }
}

/// One event on the plain semantics: the state after it, and what was exercised.
pub fn step(system: &Network, before: &StateOf<App>, event: &ModelEvent) -> (StateOf<App>, Vec<u16>) {
    let taken = successors(system, before).taken;
    let found = taken.into_iter().find(|successor| successor.event == *event);
    let successor = found.expect("each event of a run is enabled on the plain semantics");
    (successor.state, successor.trace)
}

/// The snapshots that are complete.
pub fn milestones(system: &Network, state: &StateOf<App>) -> u64 {
    let places = state.components.iter().enumerate();
    let all = places.fold(u64::MAX, |all, (place, component)| all & system.milestones(place, component));
    all & ((1 << system.snapshots.len()) - 1)
}
