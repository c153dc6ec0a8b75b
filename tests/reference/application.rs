//! What the application alone does, by plain search: no snapshots, no script, no walk, full fault budgets.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::Reference;
use super::state::{Line, Picture, State, Travelling};

/// The application alone, and what it was found to reach.
pub struct Application {
    alone: Reference,
    reached: RefCell<HashMap<Picture, Rc<HashSet<Picture>>>>,
}

impl Application {
    /// The application of a system.
    pub fn of(reference: &Reference) -> Self {
        Self { alone: reference.application_alone(), reached: RefCell::default() }
    }

    /// Can it get from its beginning to this?
    pub fn can_reach(&self, picture: &Picture) -> bool {
        self.leads(&self.alone.initial().picture(), picture)
    }

    /// Can it get from one state to another? Faults left are not compared.
    pub fn leads(&self, from: &Picture, to: &Picture) -> bool {
        self.reached_from(from).contains(to)
    }

    fn reached_from(&self, from: &Picture) -> Rc<HashSet<Picture>> {
        if let Some(reached) = self.reached.borrow().get(from) {
            return Rc::clone(reached);
        }
        let graph = self.alone.graph_from(self.state_of(from), false);
        let reached: Rc<HashSet<Picture>> =
            Rc::new(graph.states.iter().map(|state| state.picture()).collect());
        self.reached.borrow_mut().insert(from.clone(), Rc::clone(&reached));
        reached
    }

    fn state_of(&self, picture: &Picture) -> State {
        let message = |&amount: &u64| Travelling::Message { amount, late: Vec::new() };
        let line = |(channel, amounts): (usize, &Vec<u64>)| Line {
            items: amounts.iter().map(message).collect(),
            faults: self.alone.disciplines[channel].faults(),
        };
        State {
            purses: picture.purses.clone(),
            channels: picture.channels.iter().enumerate().map(line).collect(),
            ..self.alone.initial()
        }
    }
}
