//! What is known of the components so far: each has a number, each local transition and each arrival is computed
//! once and stands here as numbers. Reading is all that the search does while it runs in parallel; what it misses is
//! filled in between.

use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::card::Post;
use super::global::{Leap, Leaps};
use super::observer::Observer;
use super::orbits::{Orbits, Symmetries};
use super::place::{Place, Posts};
use super::sleep::share;
use super::stubborn::{Dependence, Stubborn};
use super::system::{Arrival, GlobalOf, LocalOf, TransitionSystem};

/// Everything known of a system's components.
pub struct Atlas<S: TransitionSystem> {
    system: S,
    places: Vec<Place<S>>,
    /// Which place's events come first, which next.
    order: Vec<usize>,
    leaps: Leaps,
    /// What depends on what, where that is known.
    stubborn: Option<Stubborn<S>>,
    orbits: Option<Orbits<S>>,
}

/// Something that has to be computed before the search can go on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Miss {
    /// The moves of a component.
    Moves { place: u32, component: u32 },
    /// What a letter does to a component.
    Arrival { place: u32, component: u32, letter: u32 },
    /// The global events of a state.
    Globals { ids: Box<[u32]> },
}

impl<S: TransitionSystem> Atlas<S> {
    /// An empty atlas.
    pub fn new(system: S) -> Self {
        let places = system.initial().len();
        let mut order: Vec<usize> = (0..places).collect();
        order.sort_by_key(|&place| system.comes_late(place));
        let places = (0..places).map(|place| Place::new(share(place, places))).collect();
        Self { system, places, order, leaps: Leaps::default(), stubborn: None, orbits: None }
    }

    /// The system it is of.
    pub fn system(&self) -> &S {
        &self.system
    }

    /// From now on it is known what depends on what.
    pub fn set_dependence(&mut self, dependence: Arc<dyn Dependence<S>>) {
        self.stubborn = Some(Stubborn::new(dependence, self.places.len()));
        self.learn();
    }

    /// What chooses events, where it is known what depends on what.
    pub fn stubborn(&self) -> Option<&Stubborn<S>> {
        self.stubborn.as_ref()
    }

    fn learn(&mut self) {
        let Some(stubborn) = &mut self.stubborn else { return };
        for (at, place) in self.places.iter().enumerate() {
            stubborn.learn(at, place);
        }
    }

    /// How many components stand at each place.
    pub fn sizes(&self) -> impl Iterator<Item = usize> {
        self.places.iter().map(Place::len)
    }

    /// One place.
    #[inline]
    pub fn place(&self, place: usize) -> &Place<S> {
        &self.places[place]
    }

    /// All places.
    pub fn places(&self) -> &[Place<S>] {
        &self.places
    }

    /// All places in the order of their events.
    #[inline]
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The global events of a state, if they are known.
    pub fn globals(&self, ids: &[u32]) -> Option<&[Leap]> {
        self.leaps.of(ids)
    }

    /// From now on these are the symmetries.
    pub fn learn_symmetries(&mut self, symmetries: Box<dyn Symmetries<S>>) {
        self.orbits = Some(Orbits::new(symmetries, self.places.len()));
        self.close();
    }

    /// What is new is made known: where there are symmetries, all images of components and lanes get numbers; then what
    /// chooses events learns of it.
    fn close(&mut self) {
        if let Some(orbits) = &mut self.orbits {
            orbits.close(&self.system, &mut self.places);
        }
        self.learn();
    }

    /// Which states are the same under the symmetries, if there are any.
    pub fn orbits(&self) -> Option<&Orbits<S>> {
        self.orbits.as_ref()
    }

    /// The numbers of a state's components.
    pub fn number(&mut self, components: &[S::Component]) -> Vec<u32> {
        let numbered = components.iter().enumerate();
        let ids = numbered.map(|(place, component)| self.intern(place, component.clone())).collect();
        self.learn();
        ids
    }

    /// A state's components in full.
    pub fn components(&self, ids: &[u32]) -> Vec<S::Component> {
        let places = self.places.iter().zip(ids);
        places.map(|(place, &id)| place.component(id).clone()).collect()
    }

    /// The rank of a state.
    pub fn rank(&self, ids: &[u32]) -> i64 {
        self.places.iter().zip(ids).map(|(place, &id)| place.rank(id)).sum()
    }

    /// Lets an observer learn all components that it does not know yet.
    pub fn teach<O: Observer<S>>(&self, observer: &mut O) {
        for (place, known) in self.places.iter().enumerate() {
            for id in observer.learned(place)..known.len() {
                observer.learn(place, known.component(id as u32));
            }
        }
    }

    /// Is all that a miss names known?
    pub fn can_answer(&self, miss: &Miss) -> bool {
        let knows = |place: u32, id: u32| {
            self.places.get(place as usize).is_some_and(|place| (id as usize) < place.len())
        };
        match miss {
            &Miss::Moves { place, component } => knows(place, component),
            &Miss::Arrival { place, component, letter } => {
                knows(place, component) && (letter as usize) < self.places[place as usize].letters_len()
            }
            Miss::Globals { ids } => {
                ids.len() == self.places.len() && (0..).zip(ids).all(|(place, &id)| knows(place, id))
            }
        }
    }

    /// Computes what was missed; each miss is named once.
    pub fn fill(&mut self, misses: &[Miss]) {
        let answers: Vec<Answer<S>> = misses.par_iter().map(|miss| self.compute(miss)).collect();
        let mut work: Vec<Vec<(AnswerAt<S>, Posts)>> = self.places.iter().map(|_| Vec::new()).collect();
        let mut globals = Vec::new();
        for answer in answers {
            match answer {
                Answer::At(place, answer) => {
                    let posts = self.number_letters(&answer);
                    work[place as usize].push((answer, posts));
                }
                Answer::Globals(ids, found) => globals.push((ids, found)),
            }
        }
        self.fill_places(work);
        for (ids, found) in globals {
            let leaps = found.into_iter().map(|global| self.number_global(global)).collect();
            self.leaps.set(ids, leaps);
        }
        self.close();
    }

    fn fill_places(&mut self, work: Vec<Vec<(AnswerAt<S>, Posts)>>) {
        let system = &self.system;
        let places = self.places.par_iter_mut().enumerate().zip(work);
        places.for_each(|((at, place), work)| {
            for (answer, posts) in work {
                match answer {
                    AnswerAt::Moves(component, locals) => {
                        place.fill_moves(system, at, component, locals, posts);
                    }
                    AnswerAt::Arrival(component, letter, arrival) => {
                        place.fill_arrival(system, at, component, letter, arrival);
                    }
                }
            }
            place.pair_up();
        });
    }

    fn compute(&self, miss: &Miss) -> Answer<S> {
        match miss {
            &Miss::Moves { place, component } => {
                let before = self.places[place as usize].component(component);
                let locals = self.system.local(place as usize, before);
                Answer::At(place, AnswerAt::Moves(component, locals))
            }
            &Miss::Arrival { place, component, letter } => {
                let at = &self.places[place as usize];
                let (before, sent) = (at.component(component), at.letter(letter));
                let arrival = self.system.arrive(place as usize, before, sent);
                Answer::At(place, AnswerAt::Arrival(component, letter, arrival))
            }
            Miss::Globals { ids } => {
                let places = self.places.iter().zip(ids);
                let state: Vec<&S::Component> = places.map(|(place, &id)| place.component(id)).collect();
                Answer::Globals(ids.clone(), self.system.global(&state))
            }
        }
    }

    fn number_global(&mut self, global: GlobalOf<S>) -> Leap {
        assert_eq!(global.components.len(), self.places.len(), "a global event leads to a whole state");
        let components = global.components.into_iter().enumerate();
        let ids = components.map(|(place, component)| self.intern(place, component)).collect();
        let event = self.places[global.place].number_global(global.event, global.trace);
        Leap { ids, event, place: global.place as u16, halts: global.halts, cut: global.cut }
    }

    /// The letters of each move, as numbers of the places that they go to.
    fn number_letters(&mut self, answer: &AnswerAt<S>) -> Posts {
        let AnswerAt::Moves(_, locals) = answer else { return Vec::new() };
        let mut number = |(there, letter): &(usize, S::Letter)| Post {
            place: *there as u32,
            letter: self.places[*there].number_letter(letter.clone()),
        };
        locals.iter().map(|local| local.letters.iter().map(&mut number).collect()).collect()
    }

    fn intern(&mut self, place: usize, component: S::Component) -> u32 {
        self.places[place].intern(&self.system, place, component)
    }
}

/// What a miss asked for.
enum Answer<S: TransitionSystem> {
    /// About one place.
    At(u32, AnswerAt<S>),
    /// The global events of a state.
    Globals(Box<[u32]>, Vec<GlobalOf<S>>),
}

/// What a miss at one place asked for.
enum AnswerAt<S: TransitionSystem> {
    Moves(u32, Vec<LocalOf<S>>),
    Arrival(u32, u32, Arrival<S::Component>),
}
