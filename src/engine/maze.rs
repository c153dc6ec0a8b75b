//! Systems at random, for tests: small tables of what each value of each place does. With a rank, each place has a
//! clock besides.

use std::collections::HashMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Arrival, Global, GlobalOf, Local, LocalOf, State, TransitionSystem, successors};

/// A value and a clock.
pub type Cell = (u8, u8);
/// A place, and which of the events that it offers.
pub type Event = (usize, u8);

/// What is to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Dice {
    pub seed: u64,
    pub places: usize,
    pub values: u8,
    /// With a rank: how late it may be at each place.
    pub latest: Option<u8>,
    /// By how much the rank may grow.
    pub steps: u8,
    /// With events that touch the whole state.
    pub globals: bool,
}

/// A system at random.
#[derive(Clone, Debug)]
pub struct Maze {
    dice: Dice,
    /// By place, then by value.
    offers: Vec<Vec<Vec<Offer>>>,
    /// By place, then by letter, then by value.
    arrivals: Vec<Vec<Vec<Arrived>>>,
    /// By place, then by event.
    fair: Vec<Vec<Option<u32>>>,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Offer {
    value: u8,
    letter: Option<(usize, u8)>,
    halts: bool,
    cut: bool,
    step: u8,
}

/// A global event: where one place has a value, all change.
#[derive(Clone, Debug)]
struct Rule {
    place: usize,
    when: u8,
    /// But not where this place has the same value.
    unless: usize,
    values: Vec<Source>,
    halts: bool,
    cut: bool,
    step: u8,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Value(u8),
    Place(usize),
}

#[derive(Clone, Copy, Debug)]
enum Arrived {
    At(u8, bool),
    Refused,
    Cut,
}

const LETTERS: u8 = 2;
const OFFERS_MAX: usize = 3;
/// The number of the first global event.
const GLOBAL: u8 = 10;

impl Maze {
    pub fn draw(dice: Dice) -> Self {
        let Dice { seed, places, values, .. } = dice;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let values_range = 0..values;
        let has_letters = rng.random_bool(0.5);
        let offer = |rng: &mut ChaCha8Rng| Offer {
            value: rng.random_range(values_range.clone()),
            letter: (has_letters && rng.random_bool(0.4))
                .then(|| (rng.random_range(0..places), rng.random_range(0..LETTERS))),
            halts: rng.random_ratio(1, 20),
            cut: rng.random_ratio(1, 60),
            step: rng.random_range(1..=dice.steps),
        };
        let offers = |rng: &mut ChaCha8Rng| {
            let len = rng.random_range(0..=OFFERS_MAX);
            (0..len).map(|_| offer(rng)).collect()
        };
        let by_value = |rng: &mut ChaCha8Rng| (0..values).map(|_| offers(rng)).collect();
        let offers = (0..places).map(|_| by_value(&mut rng)).collect();
        let arrived = |rng: &mut ChaCha8Rng| match rng.random_range(0..40) {
            0..4 => Arrived::Refused,
            4 => Arrived::Cut,
            odds => Arrived::At(rng.random_range(0..values), odds == 5),
        };
        let by_value = |rng: &mut ChaCha8Rng| (0..values).map(|_| arrived(rng)).collect();
        let by_letter = |rng: &mut ChaCha8Rng| (0..LETTERS).map(|_| by_value(rng)).collect();
        let arrivals = (0..places).map(|_| by_letter(&mut rng)).collect();
        let class = |rng: &mut ChaCha8Rng| rng.random_bool(0.6).then(|| rng.random_range(0..2));
        let classes = |rng: &mut ChaCha8Rng| (0..=OFFERS_MAX).map(|_| class(rng)).collect();
        let fair = (0..places).map(|_| classes(&mut rng)).collect();
        let rules = if dice.globals { 1 + seed as usize % 3 } else { 0 };
        let rules = (0..rules).map(|_| Rule::draw(dice, &mut rng)).collect();
        Self { dice, offers, arrivals, fair, rules }
    }

    fn later(&self, (_, clock): Cell, step: u8) -> Option<u8> {
        match self.dice.latest {
            None => Some(0),
            Some(latest) => Some(clock + step).filter(|&clock| clock <= latest),
        }
    }
}

impl Rule {
    fn draw(dice: Dice, rng: &mut ChaCha8Rng) -> Self {
        let Dice { places, values, .. } = dice;
        let source = |rng: &mut ChaCha8Rng| {
            if rng.random_bool(0.5) {
                Source::Value(rng.random_range(0..values))
            } else {
                Source::Place(rng.random_range(0..places))
            }
        };
        Self {
            place: rng.random_range(0..places),
            when: rng.random_range(0..values),
            unless: rng.random_range(0..places),
            values: (0..places).map(|_| source(rng)).collect(),
            halts: rng.random_ratio(1, 20),
            cut: rng.random_ratio(1, 30),
            step: rng.random_range(1..=dice.steps),
        }
    }
}

impl TransitionSystem for Maze {
    type Component = Cell;
    type Letter = u8;
    type Event = Event;
    type Lane = u8;

    fn initial(&self) -> Vec<Cell> {
        vec![(0, 0); self.dice.places]
    }

    fn local(&self, place: usize, &cell: &Cell) -> Vec<LocalOf<Self>> {
        let offers = &self.offers[place][cell.0 as usize];
        let local = |(number, offer): (usize, &Offer)| {
            let clock = self.later(cell, offer.step)?;
            Some(Local {
                event: (place, number as u8),
                component: (offer.value, clock),
                letters: offer.letter.into_iter().collect(),
                halts: offer.halts,
                cut: offer.cut,
                disturbs: offer.letter.is_some(),
                trace: vec![number as u16],
            })
        };
        offers.iter().enumerate().filter_map(local).collect()
    }

    fn arrive(&self, place: usize, &(value, clock): &Cell, &letter: &u8) -> Arrival<Cell> {
        match self.arrivals[place][letter as usize][value as usize] {
            Arrived::At(value, halts) => Arrival::Accepted { component: (value, clock), halts },
            Arrived::Refused => Arrival::Refused,
            Arrived::Cut => Arrival::Cut,
        }
    }

    /// Letters change values, but no clocks.
    fn milestones(&self, _place: usize, &(value, clock): &Cell) -> u64 {
        u64::from(clock >= 1) | u64::from(clock >= 3) << 1 | u64::from(value >= 1) << 2
    }

    fn rank(&self, _place: usize, &(_, clock): &Cell) -> i64 {
        i64::from(clock)
    }

    fn lane(&self, &(_, number): &Event) -> Option<u8> {
        Some(number)
    }

    fn largest_step(&self) -> Option<u32> {
        self.dice.latest.map(|_| self.dice.steps.into())
    }

    fn fair(&self, &(place, number): &Event) -> Option<u32> {
        self.fair[place][(number % GLOBAL) as usize]
    }

    fn has_global_events(&self) -> bool {
        self.dice.globals
    }

    fn may_act_globally(&self, place: usize, &(value, _): &Cell) -> bool {
        self.rules.iter().any(|rule| (rule.place, rule.when) == (place, value))
    }

    fn global(&self, state: &[&Cell]) -> Vec<GlobalOf<Self>> {
        let global = |(number, rule): (u8, &Rule)| {
            let is_due = state[rule.place].0 == rule.when;
            let is_held = rule.unless != rule.place && state[rule.unless].0 == rule.when;
            let clock = self.later(*state[rule.place], rule.step).filter(|_| is_due && !is_held)?;
            let value = |source: &Source| match *source {
                Source::Value(value) => value,
                Source::Place(place) => state[place].0,
            };
            let cells = rule.values.iter().zip(state);
            let mut components: Vec<Cell> =
                cells.map(|(source, &&(_, clock))| (value(source), clock)).collect();
            components[rule.place].1 = clock;
            let event = (rule.place, GLOBAL + number);
            let (halts, cut, trace) = (rule.halts, rule.cut, vec![u16::from(GLOBAL + number)]);
            Some(Global { place: rule.place, event, components, halts, cut, trace })
        };
        (0..).zip(&self.rules).filter_map(global).collect()
    }
}

/// An edge of an explicit graph: the event, and where it leads to.
pub type Edge<E> = (E, usize);

/// A whole graph, by plain successors: its states by distance, those as near in the order of the first of their shortest
/// paths.
pub struct Plain<C, E> {
    pub states: Vec<State<C>>,
    pub distances: Vec<u32>,
    /// The first of the shortest paths.
    pub paths: Vec<Vec<E>>,
    pub edges: Vec<Vec<Edge<E>>>,
    /// Where a bound forbade an event.
    pub cut: Vec<bool>,
}

/// Explores a system plainly; `None` where there are more states than this.
pub fn plainly<S: TransitionSystem>(system: &S, most: usize) -> Option<Plain<S::Component, S::Event>> {
    let first = State { components: system.initial(), halted: false };
    let mut numbers = HashMap::from([(first.clone(), 0)]);
    let (states, distances, paths) = (vec![first], vec![0], vec![Vec::new()]);
    let mut plain = Plain { states, distances, paths, edges: Vec::new(), cut: Vec::new() };
    while plain.edges.len() < plain.states.len() {
        let at = plain.edges.len();
        let found = successors(system, &plain.states[at]);
        let mut edges = Vec::new();
        for next in found.taken {
            let number = *numbers.entry(next.state.clone()).or_insert(plain.states.len());
            if number == plain.states.len() {
                plain.states.push(next.state);
                plain.distances.push(plain.distances[at] + 1);
                plain.paths.push([plain.paths[at].clone(), vec![next.event.clone()]].concat());
            }
            edges.push((next.event, number));
        }
        plain.edges.push(edges);
        plain.cut.push(found.cut);
        if plain.states.len() > most {
            return None;
        }
    }
    Some(plain)
}
