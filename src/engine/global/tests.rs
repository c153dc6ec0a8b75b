//! Systems with global events, and mazes with and without them, against a plain search over `successors`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::maze::{Cell, Dice, Event, Maze, Plain, plainly};
use super::super::{
    Arrival, End, Explorer, Figures, Global, GlobalOf, Goals, Local, LocalOf, Observer, Options, Sight,
    TransitionSystem, successors,
};

/// Counters that count up to three, save what they hold, and are all reset to that when their sum is high enough.
#[derive(Clone)]
struct Counters {
    /// May the reset come again?
    again: bool,
}

/// What a counter holds, and what it has saved.
type Counter = (u8, Option<u8>);

impl TransitionSystem for Counters {
    type Component = Counter;
    type Letter = ();
    type Event = (&'static str, usize);
    type Lane = &'static str;

    fn initial(&self) -> Vec<Counter> {
        vec![(0, None); 2]
    }

    fn local(&self, place: usize, &(held, saved): &Counter) -> Vec<LocalOf<Self>> {
        let local = |name, component| Local {
            event: (name, place),
            component,
            letters: vec![],
            halts: false,
            cut: false,
            disturbs: false,
            trace: vec![],
        };
        let count = (held < 3).then(|| local("count", (held + 1, saved)));
        let save = saved.is_none().then(|| local("save", (held, Some(held))));
        count.into_iter().chain(save).collect()
    }

    fn arrive(&self, _place: usize, _component: &Counter, (): &()) -> Arrival<Counter> {
        Arrival::Refused
    }

    fn milestones(&self, _place: usize, &(_, saved): &Counter) -> u64 {
        u64::from(saved.is_some())
    }

    fn rank(&self, _place: usize, _component: &Counter) -> i64 {
        0
    }

    fn lane(&self, &(name, _): &Self::Event) -> Option<&'static str> {
        Some(name)
    }

    fn largest_step(&self) -> Option<u32> {
        None
    }

    fn has_global_events(&self) -> bool {
        true
    }

    fn may_act_globally(&self, place: usize, &(held, _): &Counter) -> bool {
        place == 0 && held > 1
    }

    fn global(&self, state: &[&Counter]) -> Vec<GlobalOf<Self>> {
        let sum: u8 = state.iter().map(|(held, _)| held).sum();
        let keeps = |saved: u8| self.again.then_some(saved);
        let reset = |&&(_, saved): &&Counter| Some((saved?, keeps(saved?)));
        let components: Option<Vec<Counter>> = state.iter().map(reset).collect();
        let halts = sum == 6;
        let reset = |components| Global {
            place: 0,
            event: ("reset", 0),
            components,
            halts,
            cut: false,
            trace: vec![7],
        };
        components.filter(|_| sum > 3).map(reset).into_iter().collect()
    }
}

/// Notes everything that it is told of.
#[derive(Default)]
struct Diary<C> {
    components: Vec<Vec<C>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Notes<C> {
    reached: BTreeMap<Vec<C>, u64>,
    terminal: BTreeSet<Vec<C>>,
    halted: BTreeSet<Vec<C>>,
}

impl<C> Default for Notes<C> {
    fn default() -> Self {
        Self { reached: BTreeMap::new(), terminal: BTreeSet::new(), halted: BTreeSet::new() }
    }
}

impl<C: Ord> Notes<C> {
    /// Each milestone of each state is told of once.
    fn reach(&mut self, state: Vec<C>, milestones: u64) {
        let known = self.reached.entry(state).or_default();
        assert_eq!(*known & milestones, 0, "told of twice");
        *known |= milestones;
    }
}

impl<C: Clone> Diary<C> {
    fn new(places: usize) -> Self {
        Self { components: vec![Vec::new(); places] }
    }

    fn state(&self, ids: &[u32]) -> Vec<C> {
        self.components.iter().zip(ids).map(|(known, &id)| known[id as usize].clone()).collect()
    }
}

impl<S: TransitionSystem> Observer<S> for Diary<S::Component>
where
    S::Component: Ord,
{
    type Tally = Notes<S::Component>;

    fn learned(&self, place: usize) -> usize {
        self.components[place].len()
    }

    fn learn(&mut self, place: usize, component: &S::Component) {
        self.components[place].push(component.clone());
    }

    fn reached(&self, tally: &mut Self::Tally, ids: &[u32], milestones: u64, _states: u64) {
        tally.reach(self.state(ids), milestones);
    }

    fn terminal(&self, tally: &mut Self::Tally, ids: &[u32], _states: u64) {
        tally.terminal.insert(self.state(ids));
    }

    fn halted(&self, tally: &mut Self::Tally, ids: &[u32]) {
        tally.halted.insert(self.state(ids));
    }
}

/// Terminal states, and halted ones.
impl<S: TransitionSystem> Goals<S> for Diary<S::Component>
where
    S::Component: Ord,
{
    fn len(&self) -> usize {
        2
    }

    fn learned(&self, place: usize) -> usize {
        self.components[place].len()
    }

    fn learn(&mut self, place: usize, component: &S::Component) {
        self.components[place].push(component.clone());
    }

    fn is_met(&self, goal: usize, _ids: &[u32], sight: Sight) -> bool {
        sight == [Sight::Terminal, Sight::Halted][goal]
    }
}

/// What a search is to find, of a plain graph.
struct Expected<C, E> {
    figures: Figures,
    notes: Notes<C>,
    nearest: Vec<Option<Vec<E>>>,
}

fn expected<S: TransitionSystem>(
    system: &S,
    plain: &Plain<S::Component, S::Event>,
) -> Expected<S::Component, S::Event>
where
    S::Component: Ord,
{
    let all = || 0..plain.states.len();
    let components = |state: usize| plain.states[state].components.clone();
    let reached = |state: usize| {
        let places = plain.states[state].components.iter().enumerate();
        places.fold(u64::MAX, |all, (place, component)| all & system.milestones(place, component))
    };
    let mut notes = Notes::default();
    for from in all() {
        for &(_, to) in &plain.edges[from] {
            let newly = reached(to) & !reached(from);
            if newly != 0 && !plain.states[to].halted {
                *notes.reached.entry(components(to)).or_default() |= newly;
            }
        }
    }
    let is_terminal =
        |&state: &usize| plain.edges[state].is_empty() && !plain.cut[state] && !plain.states[state].halted;
    let is_halted = |&state: &usize| plain.states[state].halted;
    notes.terminal = all().filter(is_terminal).map(components).collect();
    notes.halted = all().filter(is_halted).map(components).collect();
    let cut = plain.cut.iter().any(|&cut| cut);
    let counts = system.largest_step().is_some() && !cut;
    let figures = Figures {
        states: plain.states.len() as u64,
        explored: plain.states.len() as u64,
        transitions: plain.edges.iter().map(|edges| edges.len() as u64).sum(),
        terminals: all().filter(is_terminal).count() as u64,
        depth: plain.distances.iter().copied().max().unwrap_or_default(),
        paths: counts.then(|| paths_from(&plain.edges, 0, &mut BTreeMap::new()).into()),
        cut,
    };
    let first = |state: Option<usize>| state.map(|state| plain.paths[state].clone());
    let nearest = vec![first(all().find(is_terminal)), first(all().find(is_halted))];
    Expected { figures, notes, nearest }
}

/// Maximal paths, one after the other.
fn paths_from<E>(edges: &[Vec<(E, usize)>], from: usize, known: &mut BTreeMap<usize, u64>) -> u64 {
    if let Some(&paths) = known.get(&from) {
        return paths;
    }
    let paths = edges[from].iter().map(|&(_, to)| paths_from(edges, to, known)).sum::<u64>();
    let paths = paths.max(u64::from(edges[from].is_empty()));
    known.insert(from, paths);
    paths
}

/// Compares all that a search tells with a plain graph, for several numbers of threads and whatever is carried along.
fn check<S: TransitionSystem + Clone>(system: &S, plain: &Plain<S::Component, S::Event>, name: &str)
where
    S::Component: Ord,
{
    let Expected { mut figures, notes, nearest } = expected(system, plain);
    let (initial, paths) = (system.initial(), figures.paths.clone());
    for threads in 1..4 {
        let mut explorer = Explorer::new(system.clone());
        for (paths_counted, coverage) in [(true, true), (false, false), (false, true)] {
            let options = Options { threads, paths: paths_counted, coverage, ..Options::default() };
            let mut diary = Diary::new(initial.len());
            let outcome = explorer.explore(&initial, &mut diary, &options);
            figures.paths = paths.clone().filter(|_| paths_counted);
            assert_eq!(
                (outcome.end, &outcome.figures),
                (End::Exhausted, &figures),
                "{name}, {threads} threads"
            );
            let mut told = Notes::default();
            for tally in outcome.tallies {
                for (state, milestones) in tally.reached {
                    told.reach(state, milestones);
                }
                told.terminal.extend(tally.terminal);
                told.halted.extend(tally.halted);
            }
            assert_eq!(told, notes, "{name}, {threads} threads");
            let taken: u64 = outcome.taken.iter().flatten().sum();
            assert_eq!(taken, if coverage { figures.transitions } else { 0 }, "{name}");
        }
        let mut diary = Diary::new(initial.len());
        let options = Options { threads, ..Options::default() };
        let mut fresh = Explorer::new(system.clone());
        for explorer in [&mut explorer, &mut fresh] {
            let found = explorer.shortest(&initial, &mut diary, &options);
            let found: Vec<_> = found.into_iter().map(|mut paths| paths.pop()).collect();
            assert_eq!(found, nearest, "{name}, {threads} threads");
            diary = Diary::new(initial.len());
        }
    }
}

#[test]
fn counters_are_reset_to_what_they_have_saved() {
    for again in [false, true] {
        let counters = Counters { again };
        let plain = plainly(&counters, 1000).expect("it is small");
        check(&counters, &plain, "counters");
        let resets = plain.edges.iter().flatten().filter(|(event, _)| event.0 == "reset").count();
        assert!(resets > 5, "{resets}");
    }
}

/// By hand: where both have saved 0, and hold 2 and 2, both hold 0 again.
#[test]
fn a_reset_does_what_it_says() {
    let counters = Counters { again: false };
    let state = super::super::State { components: vec![(2, Some(0)), (2, Some(1))], halted: false };
    let reset = successors(&counters, &state).taken.pop().expect("a reset comes last");
    assert_eq!((reset.event, reset.trace), (("reset", 0), vec![7]));
    assert_eq!((reset.state.components, reset.state.halted), (vec![(0, None), (1, None)], false));
}

/// What a global event exercises is told of it by its number, as of any move.
#[test]
fn global_events_are_counted_by_name() {
    let counters = Counters { again: true };
    let plain = plainly(&counters, 1000).expect("it is small");
    let mut explorer = Explorer::new(counters.clone());
    let options = Options { coverage: true, ..Options::default() };
    let outcome = explorer.explore(&counters.initial(), &mut super::super::Nobody, &options);
    let place = explorer.atlas().place(0);
    let resets = (0..place.moves_len() as u32).filter(|&number| place.event(number).0 == "reset");
    let resets: Vec<u32> = resets.collect();
    let [reset] = resets[..] else { panic!("one name, one number: {resets:?}") };
    let expected = plain.edges.iter().flatten().filter(|(event, _)| event.0 == "reset").count();
    assert_eq!((outcome.taken[0][reset as usize], place.trace(reset)), (expected as u64, &[7][..]));
}

const STATES_MAX: usize = 3000;

#[test]
fn mazes_agree_with_a_plain_search() {
    let (mut seen, mut leaps, mut ranked_leaps) = (0, 0, 0);
    for seed in 0..400 {
        let latest = [None, Some(2), Some(3)][seed as usize % 3];
        let (places, values) = (2 + seed as usize % 2, 3 + (seed % 3) as u8);
        let (steps, globals) = (1 + (seed / 6 % 2) as u8, seed % 4 != 0);
        let maze = Maze::draw(Dice { seed, places, values, latest, steps, globals });
        let Some(plain) = plainly(&maze, STATES_MAX) else { continue };
        check(&maze, &plain, &format!("seed {seed}"));
        seen += u32::from(plain.states.len() > 5);
        let is_global = |(event, _): &&(Event, usize)| event.1 >= 10;
        let taken = plain.edges.iter().flatten().filter(is_global).count();
        leaps += taken;
        ranked_leaps += if latest.is_some() { taken } else { 0 };
    }
    println!("{seen} mazes, {leaps} global events, {ranked_leaps} of them with a rank");
    assert!(seen > 200 && leaps > 1000 && ranked_leaps > 500, "the mazes are about something");
}

/// Floods carry the roots along over global events too.
#[test]
fn floods_over_global_events() {
    for seed in 0..60 {
        let dice = Dice { seed, places: 2, values: 3, latest: Some(3), steps: 1, globals: true };
        let maze = Maze::draw(dice);
        let roots: Vec<Vec<Cell>> = vec![maze.initial(), vec![(1, 1), (2, 0)], vec![(2, 0), (0, 2)]];
        let mut flooded = Flooded;
        let mut explorer = Explorer::new(maze.clone());
        let options = Options { threads: 1 + seed as usize % 3, ..Options::default() };
        let outcome = explorer.flood(&roots, &mut flooded, &options).expect("the rank grows by one");
        let found: BTreeSet<_> = outcome.tallies.into_iter().flatten().collect();
        let found: BTreeSet<_> =
            found.into_iter().map(|(ids, root)| (explorer.atlas().components(&ids), root)).collect();
        let mut expected = BTreeSet::new();
        for (number, root) in roots.iter().enumerate() {
            let mut waiting = vec![super::super::State { components: root.clone(), halted: false }];
            while let Some(state) = waiting.pop() {
                if !state.halted && expected.insert((state.components.clone(), number)) {
                    waiting.extend(successors(&maze, &state).taken.into_iter().map(|next| next.state));
                }
            }
        }
        assert_eq!(found, expected, "seed {seed}");
    }
}

/// Notes which roots lead to which state.
struct Flooded;

impl Observer<Maze> for Flooded {
    type Tally = Vec<(Vec<u32>, usize)>;

    fn learned(&self, _place: usize) -> usize {
        usize::MAX
    }

    fn learn(&mut self, _place: usize, _component: &Cell) {}

    fn wants_states(&self) -> bool {
        true
    }

    fn state(&self, tally: &mut Self::Tally, ids: &[u32], carried: &[u32]) {
        let roots = (0..32).filter(|bit| carried[0] >> bit & 1 == 1);
        tally.extend(roots.map(|root| (ids.to_vec(), root)));
    }
}
