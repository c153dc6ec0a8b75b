//! A run without end, told as a stem and a cycle: judged plainly, by the states along it.

use std::collections::HashSet;

use super::walk::Walk;
use super::{Network, Next};
use crate::apps::App;
use crate::engine::{Explorer, TransitionSystem, successors};
use crate::model::{Model, ModelEvent};
use crate::network::StateOf;
use crate::oracle::{Judge, Property, Questions, stays_open};

/// Does the property fail if the events from this one on repeat for ever? They lead back to the state that they come from,
/// what must happen at last stays open in all states between, and no event that is fair is passed over.
pub fn fails(model: &Model, events: &[ModelEvent], from: usize, property: Property) -> bool {
    let system = model.system();
    let states = Walk::states_along(&system, events);
    let Some([cycle @ .., last]) = states.get(from..) else { return false };
    if cycle.first() != Some(last) {
        return false;
    }
    let questions = Questions { properties: vec![property], ..Questions::default() };
    let (mut judge, mut explorer) = (Judge::new(&system, &questions), Explorer::new(system.clone()));
    let ids: Vec<_> = cycle.iter().map(|state| explorer.number(&state.components, &mut judge)).collect();
    stays_open(&mut judge, &ids) && is_fair(&system, cycle, &events[from..])
}

/// Of what can always happen, something of each fair class does.
fn is_fair(system: &Network, cycle: &[StateOf<App>], events: &[ModelEvent]) -> bool {
    let class = |next: Next| system.fair(&next.event).map(|number| ((next.place, number), next.event));
    let enabled = |state| successors(system, state).taken.into_iter().filter_map(class).collect::<Vec<_>>();
    let enabled: Vec<_> = cycle.iter().map(enabled).collect();
    let classes = |state: &Vec<_>| state.iter().map(|(class, _)| *class).collect::<HashSet<_>>();
    let always = enabled.iter().map(classes).reduce(|all, one| &all & &one).unwrap_or_default();
    let happen = enabled.iter().zip(events).filter_map(|(state, event)| {
        state.iter().find(|(_, enabled)| enabled == event).map(|(class, _)| *class)
    });
    always.is_subset(&happen.collect())
}
