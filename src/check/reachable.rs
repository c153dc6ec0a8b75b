//! Every state of a small system on the plain semantics, where a command needs them one by one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Network;
use crate::apps::App;
use crate::engine::successors;
use crate::model::ModelEvent;
use crate::network::StateOf;

/// A state, and what can happen there.
pub struct Reachable {
    /// The state.
    pub state: StateOf<App>,
    /// In event order: the event, and the number of the state after it.
    pub next: Vec<(ModelEvent, usize)>,
}

/// The states that can be reached from this one, which is number 0, breadth first; `None` if there are more than so many.
pub fn reachable(system: &Network, first: StateOf<App>, states_max: usize) -> Option<Vec<Reachable>> {
    let key = |state: &StateOf<App>| (state.components.clone(), state.halted);
    let mut numbers = HashMap::from([(key(&first), 0)]);
    let mut all = vec![Reachable { state: first, next: Vec::new() }];
    let mut at = 0;
    while at < all.len() {
        let mut next = Vec::new();
        for successor in successors(system, &all[at].state).taken {
            let new = all.len();
            let number = match numbers.entry(key(&successor.state)) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(free) => {
                    all.push(Reachable { state: successor.state, next: Vec::new() });
                    *free.insert(new)
                }
            };
            next.push((successor.event, number));
        }
        if all.len() > states_max {
            return None;
        }
        all[at].next = next;
        at += 1;
    }
    Some(all)
}
