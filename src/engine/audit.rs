//! Stubborn sets, looked at where they are used: around some states of a search, everything is carried out in full, on the
//! plain functions of the system, and compared with what the sets promise (`stubborn`). A check of what was handed in, not
//! a proof.

use std::collections::BTreeSet;

use super::stubborn::{Acts, Dependence, Leaf, stubborn_set};
use super::system::{Arrival, State, TransitionSystem, carry_out};

/// What an audit has looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// States whose sets were looked at.
    pub states: u64,
    /// Steps outside of the sets that were taken from them.
    pub steps: u64,
}

/// A set that does not keep its promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken<E> {
    /// The events outside of the set that lead to where it shows.
    pub path: Vec<E>,
    /// The event of the set.
    pub member: E,
    /// What is wrong.
    pub fault: &'static str,
}

/// An event that is enabled, and what it leads to.
struct Taken<S: TransitionSystem> {
    place: usize,
    event: S::Event,
    state: State<S::Component>,
}

/// What an audit needs.
pub struct Auditor<'a, S: TransitionSystem> {
    system: &'a S,
    dependence: &'a dyn Dependence<S>,
    depth: usize,
    done: Audit,
}

impl<'a, S: TransitionSystem> Auditor<'a, S> {
    /// Looks this many events ahead.
    pub fn new(system: &'a S, dependence: &'a dyn Dependence<S>, depth: usize) -> Self {
        Self { system, dependence, depth, done: Audit::default() }
    }

    /// Takes so many runs by chance through the reduced graph, and looks at the set of one state of each. `below` gives a
    /// number less than what it is given.
    ///
    /// # Errors
    /// The first promise that is broken.
    pub fn audit(
        mut self,
        initial: &[S::Component],
        states: u64,
        below: &mut dyn FnMut(usize) -> usize,
    ) -> Result<Audit, Broken<S::Event>> {
        for _ in 0..states {
            let mut along = vec![State { components: initial.to_vec(), halted: false }];
            loop {
                let last = &along[along.len() - 1];
                let set = self.set(last);
                let mut next = self.taken(last);
                next.retain(|taken| self.is_in(&set, taken));
                if next.is_empty() {
                    break;
                }
                along.push(next.swap_remove(below(next.len())).state);
            }
            self.look(&along[below(along.len())])?;
        }
        Ok(self.done)
    }

    /// Compares the set of one state with what happens around it.
    ///
    /// # Errors
    /// The first promise that is broken.
    pub fn look(&mut self, state: &State<S::Component>) -> Result<(), Broken<S::Event>> {
        let set = self.set(state);
        let members: Vec<(usize, S::Event)> = self.members(&set, state);
        if members.is_empty() && !self.taken(state).is_empty() {
            let member = self.taken(state).swap_remove(0).event;
            return Err(Broken { path: Vec::new(), member, fault: "no event of the set is enabled" });
        }
        self.done.states += 1;
        self.follow(state, &set, &members, &mut Vec::new())
    }

    /// All that the members must still do after some steps outside of the set.
    fn follow(
        &mut self,
        at: &State<S::Component>,
        set: &[Acts],
        members: &[(usize, S::Event)],
        path: &mut Vec<S::Event>,
    ) -> Result<(), Broken<S::Event>> {
        let broken = |path: &[S::Event], member: &S::Event, fault| {
            Err(Broken { path: path.to_vec(), member: member.clone(), fault })
        };
        let now = self.members(set, at);
        let (still, before): (BTreeSet<_>, BTreeSet<_>) = (now.iter().collect(), members.iter().collect());
        if let Some((_, member)) = still.difference(&before).next() {
            return broken(path, member, "it was disabled, and is enabled by events outside of the set");
        }
        if let Some((_, member)) = before.difference(&still).next() {
            return broken(path, member, "it was enabled, and is disabled by events outside of the set");
        }
        if path.len() == self.depth {
            return Ok(());
        }
        let taken = self.taken(at);
        let (members_now, others): (Vec<_>, Vec<_>) = taken.iter().partition(|taken| self.is_in(set, taken));
        for other in others {
            self.done.steps += 1;
            for member in &members_now {
                let end = |first: &Taken<S>, then: &Taken<S>| self.after(&first.state, &then.event);
                let ends = end(other, member);
                if ends.is_none() || ends != end(member, other) {
                    path.push(other.event.clone());
                    return broken(path, &member.event, "it does not commute with the last event");
                }
            }
            path.push(other.event.clone());
            self.follow(&other.state, set, members, path)?;
            path.pop();
        }
        Ok(())
    }

    fn set(&self, state: &State<S::Component>) -> Vec<Acts> {
        let places = state.components.iter().enumerate();
        let leaves: Option<Vec<Leaf>> =
            places.map(|(place, component)| self.dependence.leaf(place, component)).collect();
        let leaves = leaves.expect("runs come only to what it is known that they can come to");
        stubborn_set(&leaves.iter().collect::<Vec<_>>())
    }

    fn is_in(&self, set: &[Acts], taken: &Taken<S>) -> bool {
        set[taken.place] >> self.dependence.act(taken.place, &taken.event) & 1 == 1
    }

    /// The enabled members of a set.
    fn members(&self, set: &[Acts], state: &State<S::Component>) -> Vec<(usize, S::Event)> {
        let taken = self.taken(state).into_iter().filter(|taken| self.is_in(set, taken));
        taken.map(|taken| (taken.place, taken.event)).collect()
    }

    fn after(&self, state: &State<S::Component>, event: &S::Event) -> Option<State<S::Component>> {
        self.taken(state).into_iter().find(|taken| taken.event == *event).map(|taken| taken.state)
    }

    fn taken(&self, state: &State<S::Component>) -> Vec<Taken<S>> {
        let mut found = Vec::new();
        for (place, component) in state.components.iter().enumerate().filter(|_| !state.halted) {
            for local in self.system.local(place, component) {
                if let Arrival::Accepted { component: next, .. } = carry_out(self.system, state, place, local)
                {
                    found.push(Taken { place, event: next.event, state: next.state });
                }
            }
        }
        found
    }
}
