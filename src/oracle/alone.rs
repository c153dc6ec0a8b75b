//! The application's own graph: the same processes and channels without snapshots, script or capacity. What it
//! reaches is told in views, so that fault budgets do not matter.

use std::marker::PhantomData;

use ahash::{AHashMap, AHashSet};

use super::fact::{Views, actual_view};
use super::non_interference::alone_component;
use crate::engine::{End, Explorer, Observer, Options, TransitionSystem};
use crate::network::{Application, ComponentOf, Protocol, System};

/// Roots that are followed at once: a bit each beside every state.
const ROOTS_AT_ONCE: usize = 1024;

/// A state of the application: the numbers of its views. 0 is a view that nobody asked about.
pub type Tuple = Box<[u32]>;

/// The application alone.
pub struct Alone<A: Application, P: Protocol> {
    explorer: Explorer<System<A, P>>,
    places: usize,
}

/// Something could not be searched to its end, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecided(pub End);

impl<A: Application + Clone, P: Protocol + Clone> Alone<A, P> {
    /// The application of a system, alone.
    pub fn new(system: &System<A, P>) -> Self {
        let places = system.topology.names().len();
        Self { explorer: Explorer::new(system.alone()), places }
    }

    /// Which of the states asked for it reaches from its initial state.
    pub fn reaches(
        &mut self,
        views: &Views<A>,
        asked: &AHashSet<Tuple>,
        options: &Options<'_>,
    ) -> Result<AHashSet<Tuple>, Undecided> {
        let initial = self.explorer.system().initial();
        let mut finder =
            Finder::new(views, self.places, |tuple: &[u32], _: &[u32], found: &mut AHashSet<Tuple>| {
                if asked.contains(tuple) {
                    found.insert(tuple.into());
                }
            });
        let outcome = self.explorer.explore(&initial, &mut finder, options);
        whole(outcome.end).map(|()| outcome.tallies.into_iter().flat_map(|tally| tally.found).collect())
    }

    /// For each root the states asked for that it does *not* reach. `asked[i]` are those of `roots[i]`.
    pub fn misses<'q>(
        &mut self,
        views: &Views<A>,
        roots: &[&[u32]],
        asked: &[Vec<&'q [u32]>],
        options: &Options<'_>,
    ) -> Result<Vec<Vec<&'q [u32]>>, Undecided> {
        // Without a rank that grows by one, sets of roots cannot be carried along.
        let at_once = if self.explorer.system().largest_step() == Some(1) { ROOTS_AT_ONCE } else { 1 };
        let mut missed = Vec::with_capacity(roots.len());
        for (roots, asked) in roots.chunks(at_once).zip(asked.chunks(at_once)) {
            missed.extend(self.misses_at_once(views, roots, asked, options)?);
        }
        Ok(missed)
    }

    fn misses_at_once<'q>(
        &mut self,
        views: &Views<A>,
        roots: &[&[u32]],
        asked: &[Vec<&'q [u32]>],
        options: &Options<'_>,
    ) -> Result<Vec<Vec<&'q [u32]>>, Undecided> {
        // Each question is a root, and the number that it has among all.
        let questions =
            (0..).zip(asked).flat_map(|(root, asked)| asked.iter().map(move |&state| (root, state)));
        let mut by_state: AHashMap<&[u32], Vec<(usize, u32)>> = AHashMap::new();
        for (number, (root, state)) in (0..).zip(questions) {
            by_state.entry(state).or_default().push((root, number));
        }
        let is_flood = self.explorer.system().largest_step() == Some(1);
        let look = |tuple: &[u32], roots: &[u32], found: &mut Vec<u32>| {
            for &(root, number) in by_state.get(tuple).into_iter().flatten() {
                if !is_flood || roots[root / 32] >> (root % 32) & 1 == 1 {
                    found.push(number);
                }
            }
        };
        let states: Vec<Vec<ComponentOf<A>>> = roots.iter().map(|root| self.state(views, root)).collect();
        let mut finder = Finder::new(views, self.places, look);
        let outcome = match self.explorer.flood(&states, &mut finder, options) {
            Some(outcome) => outcome,
            None => self.explorer.explore(&states[0], &mut finder, options),
        };
        whole(outcome.end)?;
        let mut is_found = vec![false; asked.iter().map(Vec::len).sum()];
        for &number in outcome.tallies.iter().flat_map(|tally| &tally.found) {
            is_found[number as usize] = true;
        }
        let mut is_found = is_found.into_iter();
        let mut is_missed = |_: &&&[u32]| is_found.next() == Some(false);
        Ok(asked.iter().map(|asked| asked.iter().filter(&mut is_missed).copied().collect()).collect())
    }

    /// The state of these views, with full fault budgets.
    fn state(&self, views: &Views<A>, tuple: &[u32]) -> Vec<ComponentOf<A>> {
        let component = |place| {
            let view = views.view(place, tuple[place]).clone();
            alone_component(self.explorer.system(), place, view)
        };
        (0..self.places).map(component).collect()
    }
}

fn whole(end: End) -> Result<(), Undecided> {
    if matches!(end, End::Exhausted | End::Enough) { Ok(()) } else { Err(Undecided(end)) }
}

/// Translates states into views and looks at each.
struct Finder<'a, A: Application, F, T> {
    views: &'a Views<A>,
    numbers: Vec<Vec<u32>>,
    look: F,
    found: PhantomData<fn() -> T>,
}

/// What one thread has found.
#[derive(Default)]
struct Seen<T> {
    found: T,
    /// Room for a state's views.
    tuple: Vec<u32>,
}

impl<'a, A: Application, F, T> Finder<'a, A, F, T> {
    fn new(views: &'a Views<A>, places: usize, look: F) -> Self {
        Self { views, numbers: vec![Vec::new(); places], look, found: PhantomData }
    }
}

impl<A, P, F, T> Observer<System<A, P>> for Finder<'_, A, F, T>
where
    A: Application,
    P: Protocol,
    F: Fn(&[u32], &[u32], &mut T) + Send + Sync,
    T: Default + Send + Sync,
{
    type Tally = Seen<T>;

    fn learned(&self, place: usize) -> usize {
        self.numbers[place].len()
    }

    fn learn(&mut self, place: usize, component: &ComponentOf<A>) {
        let number = actual_view::<A>(component).and_then(|view| self.views.find(place, &view));
        self.numbers[place].push(number.unwrap_or(0));
    }

    fn wants_states(&self) -> bool {
        true
    }

    fn state(&self, seen: &mut Self::Tally, ids: &[u32], carried: &[u32]) {
        seen.tuple.clear();
        seen.tuple.extend(self.numbers.iter().zip(ids).map(|(place, &id)| place[id as usize]));
        (self.look)(&seen.tuple, carried, &mut seen.found);
    }
}
