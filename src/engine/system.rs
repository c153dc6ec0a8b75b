//! What the engine explores: a tuple of components, one a place, and two pure functions on one component.
//! Knows nothing of what a component means.

use std::fmt::Debug;
use std::hash::Hash;

use super::global::globals;

/// A transition system whose states are tuples of components, one for each *place*.
///
/// An event belongs to one place: [`local`](Self::local) gives that place's new component and the letters that
/// the event sends to other places; [`arrive`](Self::arrive) gives a component after a letter. Both are pure. So is
/// [`global`](Self::global), for the rare event that reads and writes the whole state.
/// A small one stands at [`Explorer`](crate::engine::Explorer).
pub trait TransitionSystem: Send + Sync {
    /// The part of a state that stands at one place.
    type Component: Clone + Eq + Hash + Debug + Send + Sync;
    /// What an event at one place does to another.
    type Letter: Clone + Eq + Hash + Debug + Send + Sync;
    /// Names an event; the order breaks ties between counterexamples.
    type Event: Clone + Ord + Hash + Debug + Send + Sync;
    /// What stays the same of an event while other events happen; see [`lane`](Self::lane).
    type Lane: Clone + Eq + Hash + Debug + Send + Sync;

    /// The initial state: one component a place.
    fn initial(&self) -> Vec<Self::Component>;

    /// All events that this component offers.
    fn local(&self, place: usize, component: &Self::Component) -> Vec<LocalOf<Self>>;

    /// The component after a letter.
    fn arrive(
        &self,
        place: usize,
        component: &Self::Component,
        letter: &Self::Letter,
    ) -> Arrival<Self::Component>;

    /// Milestones that this component has reached, a bit each. The system has reached one when every component has,
    /// and then keeps it. The engine reports the edges that newly reach one.
    fn milestones(&self, place: usize, component: &Self::Component) -> u64;

    /// The part of this component in the state's rank: the sum over all places grows with every event.
    fn rank(&self, place: usize, component: &Self::Component) -> i64;

    /// The lane of an event: the events that one component offers have different ones. None for an event of which
    /// each occurrence is to be carried out.
    fn lane(&self, event: &Self::Event) -> Option<Self::Lane>;

    /// The most that one event adds to the rank; `None` if there is no rank (the graph may have cycles).
    fn largest_step(&self) -> Option<u32>;

    /// Events of one place with the same number are weakly fair together: if from some point on one of them is always
    /// enabled, one of them happens again and again. None for an event that may be passed over for ever.
    fn fair(&self, _event: &Self::Event) -> Option<u32> {
        None
    }

    /// Do a place's events come after those of other places? The order decides how much sleep sets save, nothing else.
    fn comes_late(&self, _place: usize) -> bool {
        false
    }

    /// Are there events that read and write the whole state? Such a system is explored without sleep sets, and what
    /// those events do is kept for each state: it should be small.
    fn has_global_events(&self) -> bool {
        false
    }

    /// Can a global event be enabled because of this component? The state is asked for its global events where *any* of
    /// its components says so; where none does, none may be enabled. To be answered fast, and only true where
    /// [`has_global_events`](Self::has_global_events) is.
    fn may_act_globally(&self, _place: usize, _component: &Self::Component) -> bool {
        false
    }

    /// All global events that are enabled in a state, or would be but for a bound.
    fn global(&self, _state: &[&Self::Component]) -> Vec<GlobalOf<Self>> {
        Vec::new()
    }
}

/// The [`Local`] of a system.
pub type LocalOf<S> = Local<
    <S as TransitionSystem>::Component,
    <S as TransitionSystem>::Letter,
    <S as TransitionSystem>::Event,
>;

/// One event at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local<C, L, E> {
    /// Its name.
    pub event: E,
    /// This place afterwards.
    pub component: C,
    /// What it does elsewhere, in order: (place, letter).
    pub letters: Vec<(usize, L)>,
    /// The state after it has no successors, and is marked as such.
    pub halts: bool,
    /// A bound of the model forbids the event: it is not taken, and the search is incomplete.
    pub cut: bool,
    /// The order of this event and one at another place matters, or may. Else, where both are enabled, each stays so
    /// after the other, with the same effect, both orders lead to the same state, and the letters reach no milestone.
    pub disturbs: bool,
    /// What of the model's text was exercised, for coverage: numbers that the system gives out.
    pub trace: Vec<u16>,
}

/// The [`Global`] of a system.
pub type GlobalOf<S> = Global<<S as TransitionSystem>::Component, <S as TransitionSystem>::Event>;

/// One event that reads and writes the whole state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global<C, E> {
    /// The place that it belongs to, for reports.
    pub place: usize,
    /// Its name, different from those of all other events of the state.
    pub event: E,
    /// All places afterwards.
    pub components: Vec<C>,
    /// As in [`Local`].
    pub halts: bool,
    /// As in [`Local`].
    pub cut: bool,
    /// As in [`Local`].
    pub trace: Vec<u16>,
}

/// What a letter does to a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival<C> {
    /// The component afterwards; `halts` as in [`Local`].
    Accepted {
        /// This place afterwards.
        component: C,
        /// The state after the event has no successors.
        halts: bool,
    },
    /// The event that sent it is not enabled.
    Refused,
    /// A bound forbids the event.
    Cut,
}

/// A state in full: the reference that fast paths are compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State<C> {
    /// One component a place.
    pub components: Vec<C>,
    /// An event has halted the system.
    pub halted: bool,
}

/// A state and how it was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor<C, E> {
    /// The event.
    pub event: E,
    /// The state after it.
    pub state: State<C>,
    /// What was exercised.
    pub trace: Vec<u16>,
}

/// What [`successors`] gives: every event that is enabled, in event order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successors<C, E> {
    /// The events taken.
    pub taken: Vec<Successor<C, E>>,
    /// An enabled event was not taken because of a bound.
    pub cut: bool,
}

/// The successors of a state, computed plainly from the functions of a system: no tables, no packing.
pub fn successors<S: TransitionSystem + ?Sized>(
    system: &S,
    state: &State<S::Component>,
) -> Successors<S::Component, S::Event> {
    let mut found = Successors { taken: Vec::new(), cut: false };
    if state.halted {
        return found;
    }
    for (place, component) in state.components.iter().enumerate() {
        for local in system.local(place, component) {
            match carry_out(system, state, place, local) {
                Arrival::Accepted { component, .. } => found.taken.push(component),
                Arrival::Refused => {}
                Arrival::Cut => found.cut = true,
            }
        }
    }
    for global in globals(system, &state.components.iter().collect::<Vec<_>>()) {
        if global.cut {
            found.cut = true;
            continue;
        }
        let state = State { components: global.components, halted: global.halts };
        found.taken.push(Successor { event: global.event, state, trace: global.trace });
    }
    found.taken.sort_by(|left, right| left.event.cmp(&right.event));
    found
}

/// Carries one local event out. A refusal by any place beats a bound.
pub fn carry_out<S: TransitionSystem + ?Sized>(
    system: &S,
    before: &State<S::Component>,
    place: usize,
    local: LocalOf<S>,
) -> Arrival<Successor<S::Component, S::Event>> {
    let mut state = State { components: before.components.clone(), halted: local.halts };
    state.components[place] = local.component;
    let mut cut = local.cut;
    for (there, letter) in &local.letters {
        match system.arrive(*there, &state.components[*there], letter) {
            Arrival::Accepted { component, halts } => {
                state.components[*there] = component;
                state.halted |= halts;
            }
            Arrival::Refused => return Arrival::Refused,
            Arrival::Cut => cut = true,
        }
    }
    if cut {
        return Arrival::Cut;
    }
    Arrival::Accepted { component: Successor { event: local.event, state, trace: local.trace }, halts: false }
}
