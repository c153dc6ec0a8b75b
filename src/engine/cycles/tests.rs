//! Fair cycles of toys, and of mazes against a naive search on explicit graphs.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use super::super::maze::{Cell, Dice, Event, Maze, Plain, plainly};
use super::super::{
    Arrival, Bounds, End, Explorer, FairCycles, Lasso, Local, LocalOf, Obligations, Options, State,
    TransitionSystem, successors,
};

/// One place, and what it offers in each state: where each event leads to.
#[derive(Clone)]
struct Toy {
    edges: Vec<Vec<u16>>,
    /// Events in this state by this number are fair, each a class of its own.
    fair: Vec<(u16, u16)>,
    /// A bound forbids these.
    cut: Vec<(u16, u16)>,
    /// These halt.
    halts: Vec<(u16, u16)>,
}

impl Toy {
    fn of(edges: &[&[u16]]) -> Self {
        let edges = edges.iter().map(|targets| targets.to_vec()).collect();
        Self { edges, fair: vec![], cut: vec![], halts: vec![] }
    }
}

impl TransitionSystem for Toy {
    type Component = u16;
    type Letter = ();
    /// The state where it happens, and to which state it leads: named by the latter first, so that this is the order.
    type Event = (u16, u16);
    type Lane = ();

    fn initial(&self) -> Vec<u16> {
        vec![0]
    }

    fn local(&self, _place: usize, &at: &u16) -> Vec<LocalOf<Self>> {
        let local = |&to: &u16| Local {
            event: (at, to),
            component: to,
            letters: vec![],
            halts: self.halts.contains(&(at, to)),
            cut: self.cut.contains(&(at, to)),
            disturbs: false,
            trace: vec![],
        };
        self.edges[at as usize].iter().map(local).collect()
    }

    fn arrive(&self, _place: usize, _component: &u16, (): &()) -> Arrival<u16> {
        Arrival::Refused
    }

    fn milestones(&self, _place: usize, _component: &u16) -> u64 {
        0
    }

    fn rank(&self, _place: usize, _component: &u16) -> i64 {
        0
    }

    fn lane(&self, _event: &(u16, u16)) -> Option<()> {
        None
    }

    fn largest_step(&self) -> Option<u32> {
        None
    }

    fn fair(&self, event: &(u16, u16)) -> Option<u32> {
        self.fair.contains(event).then_some(u32::from(event.0) * 65536 + u32::from(event.1))
    }
}

/// Obligations that are pending where the values of all places are among some.
struct Among<C> {
    components: Vec<Vec<C>>,
    /// By obligation, then by place.
    pending: Vec<Vec<Vec<u16>>>,
    value: fn(&C) -> u16,
    /// Is set after so many questions.
    interrupt: Option<(usize, AtomicUsize, &'static AtomicBool)>,
}

impl<C> Among<C> {
    fn new(pending: Vec<Vec<Vec<u16>>>, value: fn(&C) -> u16) -> Self {
        let components = pending[0].iter().map(|_| Vec::new()).collect();
        Self { components, pending, value, interrupt: None }
    }

    fn has(&self, obligation: usize, components: &[C]) -> bool {
        let mut values = self.pending[obligation].iter().zip(components);
        values.all(|(values, component)| values.contains(&(self.value)(component)))
    }
}

impl<S: TransitionSystem> Obligations<S> for Among<S::Component> {
    fn len(&self) -> usize {
        self.pending.len()
    }

    fn learned(&self, place: usize) -> usize {
        self.components[place].len()
    }

    fn learn(&mut self, place: usize, component: &S::Component) {
        self.components[place].push(component.clone());
    }

    fn is_pending(&self, obligation: usize, ids: &[u32]) -> bool {
        if let Some((most, asked, interrupt)) = &self.interrupt
            && asked.fetch_add(1, Ordering::Relaxed) == *most
        {
            interrupt.store(true, Ordering::Relaxed);
        }
        let places = self.components.iter().zip(ids);
        let components: Vec<_> = places.map(|(known, &id)| known[id as usize].clone()).collect();
        self.has(obligation, &components)
    }
}

type Found = FairCycles<(u16, u16)>;

fn cycles_of(toy: &Toy, pending: &[u16]) -> Found {
    let mut among = Among::new(vec![vec![pending.to_vec()]], |&value: &u16| value);
    Explorer::new(toy.clone()).fair_cycles(&[0], &mut among, &Options::default())
}

fn found(toy: &Toy, pending: &[u16]) -> Option<(Vec<u16>, Vec<u16>)> {
    let lasso = cycles_of(toy, pending).lassos.remove(0).expect("nothing ends the search")?;
    let targets = |events: Vec<(u16, u16)>| events.into_iter().map(|(_, to)| to).collect();
    Some((targets(lasso.stem), targets(lasso.cycle)))
}

#[test]
fn a_cycle_counts_where_all_of_it_is_pending() {
    let toy = Toy::of(&[&[1], &[2], &[1, 3], &[]]);
    assert_eq!(found(&toy, &[1, 2]), Some((vec![1], vec![2, 1])));
    assert_eq!(found(&toy, &[0, 1, 2, 3]), Some((vec![1], vec![2, 1])));
    assert_eq!(found(&toy, &[1, 3]), None);
    assert_eq!(found(&toy, &[]), None);
}

#[test]
fn a_loop_is_a_cycle() {
    let toy = Toy::of(&[&[1], &[1]]);
    assert_eq!(found(&toy, &[1]), Some((vec![1], vec![1])));
    assert_eq!(found(&toy, &[0]), None);
}

#[test]
fn a_fair_event_that_stays_enabled_leads_out() {
    let mut toy = Toy::of(&[&[0, 1], &[]]);
    assert_eq!(found(&toy, &[0]), Some((vec![], vec![0])));
    toy.fair = vec![(0, 1)];
    assert_eq!(found(&toy, &[0]), None);
    toy.halts = vec![(0, 1)];
    assert_eq!(found(&toy, &[0]), None, "one that halts is enabled too");
    toy.halts = vec![(0, 0)];
    assert_eq!(found(&toy, &[0]), None, "after it there is nothing more");
}

#[test]
fn a_cycle_visits_where_a_fair_event_is_disabled() {
    // The way out is fair, but not enabled in 2; nor is the loop fair by itself.
    let mut toy = Toy::of(&[&[1], &[1, 2, 3], &[1], &[]]);
    toy.fair = vec![(1, 3)];
    assert_eq!(found(&toy, &[1, 2]), Some((vec![1], vec![2, 1])));
    assert_eq!(found(&toy, &[1]), None);
}

#[test]
fn a_cycle_takes_what_is_fair_inside() {
    let mut toy = Toy::of(&[&[0, 1], &[0]]);
    toy.fair = vec![(0, 0)];
    assert_eq!(found(&toy, &[0, 1]), Some((vec![], vec![0])));
    toy.fair = vec![(0, 1)];
    assert_eq!(found(&toy, &[0, 1]), Some((vec![], vec![1, 0])));
}

#[test]
fn the_nearest_is_found_by_the_first_stem() {
    let toy = Toy::of(&[&[1, 2], &[3], &[4], &[3], &[4]]);
    assert_eq!(found(&toy, &[3, 4]), Some((vec![1, 3], vec![3])));
    assert_eq!(found(&toy, &[2, 3, 4]), Some((vec![1, 3], vec![3])));
    let toy = Toy::of(&[&[1, 2], &[3], &[2], &[3]]);
    assert_eq!(found(&toy, &[2, 3]), Some((vec![2], vec![2])));
}

#[test]
fn an_event_that_a_bound_forbids_may_be_enabled() {
    let mut toy = Toy::of(&[&[0, 1, 2], &[1, 2], &[2]]);
    toy.cut = vec![(0, 2)];
    for (fair, is_found) in [((1, 2), true), ((0, 0), true), ((0, 1), false), ((0, 2), false)] {
        toy.fair = vec![fair];
        let cycles = cycles_of(&toy, &[0]);
        assert_eq!((cycles.cut, matches!(&cycles.lassos[..], [Ok(Some(_))])), (true, is_found), "{fair:?}");
    }
}

#[test]
fn a_bound_leaves_it_undecided() {
    let toy = Toy::of(&[&[1], &[1, 2], &[0]]);
    let end = |bounds| {
        let mut among = Among::new(vec![vec![vec![1]], vec![vec![2]]], |&value: &u16| value);
        let options = Options { bounds, ..Options::default() };
        Explorer::new(toy.clone()).fair_cycles(&[0], &mut among, &options).lassos
    };
    let none = Bounds::default();
    assert!(matches!(&end(none)[..], [Ok(Some(_)), Ok(None)]));
    assert_eq!(end(Bounds { states_max: Some(2), ..none }), [const { Err(End::States) }; 2]);
    assert_eq!(end(Bounds { deadline: Some(Instant::now()), ..none }), [const { Err(End::Deadline) }; 2]);
    assert_eq!(end(Bounds { memory_bytes_max: Some(1), ..none }), [const { Err(End::Memory) }; 2]);
}

#[test]
fn what_was_decided_before_an_interrupt_stays() {
    static INTERRUPT: AtomicBool = AtomicBool::new(false);
    let toy = Toy::of(&[&[1], &[1, 2], &[0]]);
    let mut among = Among::new(vec![vec![vec![1]]; 3], |&value: &u16| value);
    // Each of three states is asked about once for each obligation: so in the middle of the second.
    among.interrupt = Some((3, AtomicUsize::new(0), &INTERRUPT));
    let bounds = Bounds { interrupt: Some(&INTERRUPT), ..Bounds::default() };
    let options = Options { bounds, ..Options::default() };
    let lassos = Explorer::new(toy).fair_cycles(&[0], &mut among, &options).lassos;
    assert!(matches!(&lassos[..], [Ok(Some(_)), Err(End::Interrupted), Err(End::Interrupted)]));
}

/// A path is as long as there are states: no recursion.
#[test]
fn a_long_cycle_is_walked() {
    let len = 50_000;
    let toy = Toy { edges: (0..len).map(|at| vec![(at + 1) % len]).collect(), ..Toy::of(&[]) };
    let all: Vec<u16> = (0..len).collect();
    let (stem, cycle) = found(&toy, &all).expect("a cycle");
    assert!(stem.is_empty() && cycle == [&all[1..], &[0]].concat());
}

/// More states than bits in a set of them are too many for the naive search.
const STATES_MAX: usize = 128;

/// The states of all violating sets, by reachability between all pairs of states.
fn naively(maze: &Maze, plain: &Plain<Cell, Event>, pending: &[bool]) -> u128 {
    let states = 0..plain.states.len();
    let inside = |state: usize| pending[state] && !plain.states[state].halted;
    let mut reach = vec![0_u128; states.len()];
    for from in states.clone().filter(|&state| inside(state)) {
        for (_, to) in plain.edges[from].iter().filter(|(_, to)| inside(*to)) {
            reach[from] |= 1 << to;
        }
    }
    for over in states.clone() {
        for from in states.clone().filter(|&from| from != over) {
            reach[from] |= if reach[from] >> over & 1 == 1 { reach[over] } else { 0 };
        }
    }
    let set = |state: usize| {
        let back = states.clone().filter(|&other| reach[other] >> state & 1 == 1);
        back.fold(0, |set, other| set | 1 << other) & reach[state]
    };
    let enabled: Vec<_> = states.clone().map(|state| enabled(maze, &plain.states[state])).collect();
    let is_fair = |set: u128| {
        let members = || states.clone().filter(|state| set >> state & 1 == 1);
        let inner = |state: usize| plain.edges[state].iter().filter(|(_, to)| set >> to & 1 == 1);
        let taken: BTreeSet<_> =
            members().flat_map(inner).filter_map(|(event, _)| class(maze, event)).collect();
        let always = members().map(|state| enabled[state].clone()).reduce(|all, more| &all & &more);
        always.is_some_and(|always| always.is_subset(&taken))
    };
    let sets: BTreeSet<u128> = states.clone().map(set).filter(|&set| set != 0 && is_fair(set)).collect();
    sets.iter().fold(0, |all, set| all | set)
}

type Class = (usize, u32);

fn class(maze: &Maze, event: &Event) -> Option<Class> {
    Some((event.0, maze.fair(event)?))
}

/// The classes that are enabled in a state, or may be.
fn enabled(maze: &Maze, state: &State<Cell>) -> BTreeSet<Class> {
    let found = successors(maze, state);
    let places = state.components.iter().enumerate();
    let offered = places.flat_map(|(place, cell)| maze.local(place, cell)).map(|local| local.event);
    let whole: Vec<&Cell> = state.components.iter().collect();
    let offered = offered.chain(maze.global(&whole).into_iter().map(|global| global.event));
    let taken = found.taken.into_iter().map(|next| next.event);
    let events: Vec<Event> = if found.cut { offered.collect() } else { taken.collect() };
    events.iter().filter_map(|event| class(maze, event)).collect()
}

/// Executes a lasso on the plain functions: closed, pending, fair.
fn check_lasso(maze: &Maze, lasso: &Lasso<Event>, is_pending: impl Fn(&[Cell]) -> bool) {
    let mut state = State { components: maze.initial(), halted: false };
    let go = |state: &mut State<Cell>, event: &Event| {
        let found = successors(maze, state);
        let next = found.taken.into_iter().find(|next| next.event == *event);
        *state = next.expect("the event is enabled").state;
    };
    for event in &lasso.stem {
        go(&mut state, event);
    }
    let (begin, mut open) = (state.clone(), enabled(maze, &state));
    assert!(!lasso.cycle.is_empty());
    for event in &lasso.cycle {
        assert!(!state.halted && is_pending(&state.components), "pending all the time");
        open = &open & &enabled(maze, &state);
        go(&mut state, event);
        open.retain(|&open| Some(open) != class(maze, event));
    }
    assert_eq!(state, begin, "closed");
    assert!(open.is_empty(), "not fair to {open:?}");
}

#[test]
fn agrees_with_a_naive_search_on_mazes() {
    let (mut mazes, mut violated, mut held, mut detours) = (0, 0, 0, 0);
    for seed in 0..1500 {
        let (places, values, globals) = (2 + seed as usize % 2, 3 + (seed % 3) as u8, seed % 5 < 2);
        let dice = Dice { seed, places, values, latest: None, steps: 1, globals };
        let maze = Maze::draw(dice);
        let Some(plain) = plainly(&maze, STATES_MAX) else { continue };
        if plain.states.len() < 6 {
            continue;
        }
        mazes += 1;
        let everything: Vec<u16> = (0..u16::from(dice.values)).collect();
        let pending = [&[0, 1][..], &[1, 2], &[0, 2], &[1], &everything[1..], &everything];
        let pending = pending.iter().enumerate().map(|(number, values)| {
            let place = |place| if place == number % 2 { values.to_vec() } else { everything.clone() };
            (0..dice.places).map(place).collect()
        });
        let mut among = Among::new(pending.collect(), |&(value, _): &Cell| value.into());
        let threads = 1 + seed as usize % 3;
        let find = |among: &mut Among<Cell>, threads| {
            among.components.iter_mut().for_each(Vec::clear);
            let options = Options { threads, ..Options::default() };
            Explorer::new(maze.clone()).fair_cycles(&maze.initial(), among, &options)
        };
        let cycles = find(&mut among, threads);
        assert_eq!(cycles, find(&mut among, 1 + threads % 3), "seed {seed}: whatever the number of threads");
        assert_eq!(cycles.cut, plain.cut.iter().any(|&cut| cut), "seed {seed}");
        for (obligation, lasso) in cycles.lassos.iter().enumerate() {
            let lasso = lasso.as_ref().expect("nothing ends the search");
            let is_pending = |components: &[Cell]| among.has(obligation, components);
            let pending: Vec<bool> = plain.states.iter().map(|state| is_pending(&state.components)).collect();
            let violating = naively(&maze, &plain, &pending);
            let nearest = (0..plain.states.len()).find(|state| violating >> state & 1 == 1);
            let stem = nearest.map(|state| &plain.paths[state]);
            assert_eq!(lasso.as_ref().map(|lasso| &lasso.stem), stem, "seed {seed}, obligation {obligation}");
            match lasso {
                None => held += 1,
                Some(lasso) => {
                    check_lasso(&maze, lasso, is_pending);
                    violated += 1;
                    detours += u32::from(lasso.cycle.len() > 3);
                }
            }
        }
    }
    println!("{mazes} mazes, {violated} violated, {held} held, {detours} long");
    assert!(mazes > 300 && violated > 300 && held > 300 && detours > 30, "the mazes are about something");
}
