//! A run without end, told as a stem and a cycle: judged plainly, by the states along the cycle.

use std::collections::HashSet;

use super::Network;
use super::diagram::place;
use crate::apps::App;
use crate::engine::{Explorer, TransitionSystem, successors};
use crate::model::{Model, ModelEvent};
use crate::network::StateOf;
use crate::oracle::{Judge, Property, Questions, stays_open};

/// Does the property fail if these events, between these states, repeat for ever? They lead back to the state that they come
/// from, what must happen at last stays open in all states between, and no event that is fair is passed over.
pub fn fails(
    model: &Model,
    system: &Network,
    states: &[StateOf<App>],
    events: &[ModelEvent],
    property: Property,
) -> bool {
    let [cycle @ .., last] = states else { return false };
    if cycle.first() != Some(last) {
        return false;
    }
    let questions = Questions { properties: vec![property], ..Questions::default() };
    let (mut judge, mut explorer) = (Judge::new(system, &questions), Explorer::new(system.clone()));
    let ids: Vec<_> = cycle.iter().map(|state| explorer.number(&state.components, &mut judge)).collect();
    stays_open(&mut judge, &ids) && is_fair(model, system, cycle, events)
}

/// Of what can always happen, something of each fair class does.
fn is_fair(model: &Model, system: &Network, cycle: &[StateOf<App>], events: &[ModelEvent]) -> bool {
    let class = |event: &ModelEvent| Some((place(model, event), system.fair(event)?));
    let enabled = |state| {
        let next = successors(system, state).taken;
        next.iter().filter_map(|next| class(&next.event)).collect::<HashSet<_>>()
    };
    let always = cycle.iter().map(enabled).reduce(|all, one| &all & &one).unwrap_or_default();
    always.is_subset(&events.iter().filter_map(class).collect())
}
