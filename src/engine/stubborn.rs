//! Stubborn sets: at each state only some of its events are carried out, and still every terminal state is found.
//!
//! After A. Valmari, *Stubborn sets for reduced state space generation* (Advances in Petri Nets 1990, LNCS 483), and
//! P. Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems* (LNCS 1032, 1996), chapter 4; that
//! dependence may be looked at from the state on is W. T. Overman's observation (*Verification of concurrent systems:
//! function and timing*, UCLA 1981).
//!
//! A set `T` of events is (strongly) stubborn in a state if some event of it is enabled there and, whatever events outside of `T`
//! happen from there on, each enabled event of `T` stays enabled, commutes with all of them, and each disabled one stays
//! disabled. The set is built from one enabled event by two rules until nothing is added:
//!
//! - for an enabled event, every event that does not commute with it in some state that can be come to without both
//!   ([`Known::depends`]; only events at the same place);
//! - for a disabled event, a set of events one of which must happen before it can ([`Need`]).
//!
//! *No terminal state is lost.* Let a path lead from the state to a terminal one. It has an event of `T`: else the enabled
//! event of `T` would still be enabled at its end. Take the first: it was enabled at the state, as disabled ones stay
//! disabled, and it commutes with all before it, so it can come first, and the rest leads to the same terminal state in
//! as many events. By induction on their number it is found. Where there is a rank no path is without end, so from every
//! state a terminal one is reached, and nothing is put off for ever.
//!
//! Other states are lost, and edges: what is judged must be seen in terminal states. Sleep sets are off under stubborn
//! sets. Nothing says what depends on events that read and write the whole state: where there are some, none of this holds.

use std::sync::Arc;

use super::place::Place;
use super::system::TransitionSystem;

/// A set of acts of one place: of the numbers that its events have.
pub type Acts = u64;

/// Says which events depend on each other, and what each waits for. Events of one place have numbers below 64: acts.
pub trait Dependence<S: TransitionSystem>: Send + Sync {
    /// The number of an event.
    fn act(&self, place: usize, event: &S::Event) -> u8;

    /// What is known of a component; `None` where the search cannot come to it.
    fn leaf(&self, place: usize, component: &S::Component) -> Option<Leaf>;
}

/// What there is to know of one component.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The acts that are enabled.
    pub enabled: Acts,
    /// What many components have in common.
    pub known: Arc<Known>,
    /// What each act waits for, if it is not enabled.
    pub needs: Box<[Need]>,
}

/// What is the same for many components.
#[derive(Clone, Debug)]
pub struct Known {
    /// For each act, should it be enabled, all acts of this place that may not commute with it from here on.
    pub depends: Box<[Acts]>,
    /// For each question that other places ask, the acts one of which must happen here before it is answered.
    pub supplies: Box<[Acts]>,
}

/// What must happen before a disabled act can: some act of one set or, just as well, of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Acts of this place.
    pub here: Option<Acts>,
    /// What another place supplies: the place, and the number of the question.
    pub there: Option<(u16, u16)>,
}

/// Chooses the events to carry out.
pub struct Stubborn<S: TransitionSystem> {
    dependence: Arc<dyn Dependence<S>>,
    /// By place and component.
    leaves: Vec<Vec<Option<Leaf>>>,
    /// By place and move.
    acts: Vec<Vec<u8>>,
}

/// A set under way.
struct Set {
    acts: Vec<Acts>,
    pending: Vec<Acts>,
    /// How many of them are enabled.
    enabled: u32,
}

impl<S: TransitionSystem> Stubborn<S> {
    /// For so many places.
    pub fn new(dependence: Arc<dyn Dependence<S>>, places: usize) -> Self {
        Self { dependence, leaves: (0..places).map(|_| Vec::new()).collect(), acts: vec![Vec::new(); places] }
    }

    /// Learns what the place has that it does not know yet: components and moves, in the order of their numbers.
    pub fn learn(&mut self, place: usize, known: &Place<S>) {
        let (leaves, acts) = (&mut self.leaves[place], &mut self.acts[place]);
        let components = leaves.len() as u32..known.len() as u32;
        leaves.extend(components.map(|id| self.dependence.leaf(place, known.component(id))));
        let moves = acts.len() as u32..known.moves_len() as u32;
        acts.extend(moves.map(|number| self.dependence.act(place, known.event(number))));
    }

    /// Is a move of a place in the set of acts?
    #[inline]
    pub fn has(&self, place: usize, number: u32, acts: Acts) -> bool {
        acts >> self.acts[place][number as usize] & 1 == 1
    }

    /// The enabled acts of a stubborn set of the state of these components, by place.
    pub fn choose(&self, ids: &[u32]) -> Vec<Acts> {
        let at: Option<Vec<&Leaf>> =
            self.leaves.iter().zip(ids).map(|(leaves, &id)| leaves[id as usize].as_ref()).collect();
        let at = at.expect("the search comes only to what it is known that it can come to");
        let mut set = stubborn_set(&at);
        set.iter_mut().zip(&at).for_each(|(acts, leaf)| *acts &= leaf.enabled);
        set
    }
}

/// A stubborn set of a state, by place, disabled acts included. Of all that begin with an enabled act one with the fewest
/// that are enabled, the first of them.
pub fn stubborn_set(at: &[&Leaf]) -> Vec<Acts> {
    let acts: Vec<Acts> = vec![Acts::MAX; at.len()];
    let enabled = at.iter().map(|leaf| leaf.enabled.count_ones()).sum();
    let mut best = Set { acts, pending: Vec::new(), enabled };
    for (place, leaf) in at.iter().enumerate() {
        for act in bits(leaf.enabled) {
            for prefers_here in [false, true] {
                if best.enabled <= 1 {
                    return best.acts;
                }
                best = close(at, (place, act), prefers_here, best.enabled).unwrap_or(best);
            }
        }
    }
    best.acts
}

/// The least set that begins with this act, if fewer than so many of it are enabled.
fn close(at: &[&Leaf], (place, act): (usize, usize), prefers_here: bool, below: u32) -> Option<Set> {
    let mut set = Set { acts: vec![0; at.len()], pending: vec![0; at.len()], enabled: 0 };
    set.add(at, place, 1 << act);
    while let Some(place) = set.pending.iter().position(|&pending| pending != 0) {
        if set.enabled >= below {
            return None;
        }
        let act = set.pending[place].trailing_zeros() as usize;
        set.pending[place] &= set.pending[place] - 1;
        if at[place].enabled >> act & 1 == 1 {
            set.add(at, place, at[place].known.depends[act]);
        } else {
            set.wait(at, place, at[place].needs[act], prefers_here);
        }
    }
    (set.enabled < below).then_some(set)
}

impl Set {
    fn add(&mut self, at: &[&Leaf], place: usize, acts: Acts) {
        let new = acts & !self.acts[place];
        self.acts[place] |= new;
        self.pending[place] |= new;
        self.enabled += (new & at[place].enabled).count_ones();
    }

    /// Adds what a disabled act waits for: nothing where one way to wait is in the set already.
    fn wait(&mut self, at: &[&Leaf], place: usize, need: Need, prefers_here: bool) {
        let here = need.here.map(|acts| (place, acts));
        let supplied = |(there, question): (u16, u16)| {
            (usize::from(there), at[usize::from(there)].known.supplies[usize::from(question)])
        };
        let there = need.there.map(supplied);
        let (first, second) = if prefers_here { (here.or(there), there) } else { (there.or(here), here) };
        let is_in =
            |way: &Option<(usize, Acts)>| way.is_some_and(|(place, acts)| acts & !self.acts[place] == 0);
        if is_in(&first) || is_in(&second) {
            return;
        }
        if let Some((place, acts)) = first {
            self.add(at, place, acts);
        }
    }
}

/// The numbers in a set.
fn bits(mut acts: Acts) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let first = acts.trailing_zeros() as usize;
        acts &= acts.wrapping_sub(1);
        (first < 64).then_some(first)
    })
}
