//! The engine on toy systems that are nothing like its real use: with and without a rank, with cycles, with keys of
//! every width, against a plain search with a map.

use std::collections::{HashMap, HashSet};

use super::atlas::Atlas;
use super::bounds::Bounds;
use super::key::Layout;
use super::maze::{Edge, plainly};
use super::plan::Plan;
use super::search::{Root, Search};
use super::shape::Shape;
use super::{
    Arrival, End, Explorer, Goals, Local, Nobody, Observer, Options, Sight, State, TransitionSystem,
    successors,
};

/// A ring of counters: each may pass some of what it holds on. Three in one place halt the system, a fourth is
/// refused.
#[derive(Clone)]
struct Ring {
    counters: usize,
    /// Passing costs fuel; without, the graph has cycles.
    fuel: Option<u8>,
    /// A pass of two costs one fuel, but raises the rank by two.
    pairs: bool,
}

impl TransitionSystem for Ring {
    type Component = (u8, u8);
    type Letter = u8;
    type Event = (usize, u8);
    type Lane = u8;

    fn initial(&self) -> Vec<(u8, u8)> {
        (0..self.counters).map(|place| (u8::from(place < 2) * 2, self.fuel.unwrap_or(0))).collect()
    }

    fn local(&self, place: usize, &(held, fuel): &(u8, u8)) -> Vec<Local<(u8, u8), u8, (usize, u8)>> {
        let most = if self.pairs { 2 } else { 1 };
        let pass = |amount: u8| Local {
            event: (place, amount),
            component: (held - amount, if self.fuel.is_some() { fuel - amount } else { 0 }),
            letters: vec![((place + 1) % self.counters, amount)],
            halts: false,
            cut: false,
            // Too much of it halts, or is refused.
            disturbs: true,
            trace: Vec::new(),
        };
        let may = |amount: &u8| *amount <= held && (self.fuel.is_none() || *amount <= fuel);
        (1..=most).filter(may).map(pass).collect()
    }

    fn arrive(&self, _place: usize, &(held, fuel): &(u8, u8), amount: &u8) -> Arrival<(u8, u8)> {
        match held + amount {
            0..=3 => Arrival::Accepted { component: (held + amount, fuel), halts: held + amount == 3 },
            _ => Arrival::Refused,
        }
    }

    fn milestones(&self, _place: usize, &(held, _): &(u8, u8)) -> u64 {
        u64::from(self.counters > 3 || held > 0)
    }

    fn rank(&self, _place: usize, &(_, fuel): &(u8, u8)) -> i64 {
        -i64::from(fuel)
    }

    fn lane(&self, &(_, amount): &(usize, u8)) -> Option<u8> {
        Some(amount)
    }

    fn largest_step(&self) -> Option<u32> {
        self.fuel.map(|_| if self.pairs { 2 } else { 1 })
    }
}

/// States, transitions, terminals, depth, and paths where there are no cycles: of the plain graph.
fn figures_of(system: &Ring) -> (u64, u64, u64, u32, Option<u64>) {
    let plain = plainly(system, 10_000).expect("it is small");
    let transitions = plain.edges.iter().map(Vec::len).sum::<usize>();
    let ends =
        plain.states.iter().zip(&plain.edges).filter(|(state, edges)| edges.is_empty() && !state.halted);
    let depth = plain.distances.iter().copied().max().unwrap_or_default();
    let paths = system.fuel.map(|_| paths_from(&plain.edges, 0, &mut HashMap::new()));
    (plain.states.len() as u64, transitions as u64, ends.count() as u64, depth, paths)
}

fn paths_from<E>(edges: &[Vec<Edge<E>>], state: usize, known: &mut HashMap<usize, u64>) -> u64 {
    if let Some(&paths) = known.get(&state) {
        return paths;
    }
    let paths = edges[state].iter().map(|edge| paths_from(edges, edge.1, known)).sum::<u64>();
    let paths = paths.max(u64::from(edges[state].is_empty()));
    known.insert(state, paths);
    paths
}

fn rings() -> impl Iterator<Item = Ring> {
    let fuels = [None, Some(1), Some(3)];
    (2..6).flat_map(move |counters| {
        fuels
            .into_iter()
            .flat_map(move |fuel| [false, true].into_iter().map(move |pairs| Ring { counters, fuel, pairs }))
    })
}

#[test]
fn agrees_with_a_plain_search_with_and_without_rank_and_cycles() {
    for ring in rings() {
        let (states, transitions, terminals, depth, paths) = figures_of(&ring);
        for threads in 1..4 {
            let mut explorer = Explorer::new(ring.clone());
            let options = Options { threads, ..Options::default() };
            let outcome = explorer.explore(&ring.initial(), &mut Nobody, &options);
            let figures = outcome.figures;
            assert_eq!(outcome.end, End::Exhausted);
            assert_eq!(
                (figures.states, figures.transitions, figures.terminals, figures.depth, figures.paths),
                (states, transitions, terminals, depth, paths.map(Into::into)),
                "{} counters, fuel {:?}, pairs {}",
                ring.counters,
                ring.fuel,
                ring.pairs
            );
        }
    }
}

fn states_with_keys_of<const W: usize>(ring: &Ring) -> u64 {
    let mut atlas = Atlas::new(ring.clone());
    let ids = atlas.number(&ring.initial());
    let layout = Layout::<W>::fit(&vec![10; ring.counters]).expect("fits");
    let plan = Plan {
        shards: 2,
        steps: 1,
        visited: true,
        shape: Shape::BARE,
        coverage: false,
        stubborn: false,
        orbits: false,
    };
    let (bounds, progress) = (Bounds::default(), &|_| {});
    let observer = &mut Nobody;
    let (atlas, layout) = (&mut atlas, &layout);
    let search = Search { atlas, observer, layout, plan, bounds, progress, kept: None, disk: None };
    let root = Root { ids, layer: 0, carried: Vec::new() };
    search.run(&[root]).map_or(0, |found| found.figures.states)
}

#[test]
fn keys_of_every_width_give_the_same_figures() {
    let ring = Ring { counters: 5, fuel: Some(3), pairs: true };
    let states = figures_of(&ring).0;
    assert_eq!(states_with_keys_of::<1>(&ring), states);
    assert_eq!(states_with_keys_of::<2>(&ring), states);
    assert_eq!(states_with_keys_of::<4>(&ring), states);
    assert_eq!(states_with_keys_of::<40>(&ring), states);
}

/// Looks for states that hold three somewhere, and for the last terminal ones.
struct Three {
    places: Vec<Vec<(u8, u8)>>,
}

impl Goals<Ring> for Three {
    fn len(&self) -> usize {
        2
    }

    fn learned(&self, place: usize) -> usize {
        self.places[place].len()
    }

    fn learn(&mut self, place: usize, component: &(u8, u8)) {
        self.places[place].push(*component);
    }

    fn is_met(&self, goal: usize, ids: &[u32], sight: Sight) -> bool {
        let mut held = self.places.iter().zip(ids).map(|(place, &id)| place[id as usize].0);
        match goal {
            0 => sight == Sight::Halted && held.any(|held| held == 3),
            _ => sight == Sight::Terminal,
        }
    }
}

/// Distances by plain search of the first state that meets each goal, and the events that lead to it.
fn nearest(ring: &Ring) -> [Option<Vec<(usize, u8)>>; 2] {
    let mut found = [None, None];
    let mut seen = HashSet::new();
    let first = State { components: ring.initial(), halted: false };
    let mut layer = vec![(Vec::new(), first)];
    while !layer.is_empty() {
        let mut next = Vec::new();
        // Within a layer, runs are in the order of their events; so the first to meet a goal is the one.
        layer.sort_by(|left: &(Vec<_>, _), right| left.0.cmp(&right.0));
        for (events, state) in layer {
            let taken = successors(ring, &state).taken;
            let met = [state.halted, taken.is_empty() && !state.halted];
            for (found, _) in found.iter_mut().zip(met).filter(|(found, met)| *met && found.is_none()) {
                *found = Some(events.clone());
            }
            for successor in taken {
                if seen.insert(successor.state.clone()) {
                    next.push(([events.clone(), vec![successor.event]].concat(), successor.state));
                }
            }
        }
        layer = next;
    }
    found
}

#[test]
fn finds_the_first_of_the_shortest_paths() {
    for ring in rings() {
        for threads in 1..4 {
            let mut explorer = Explorer::new(ring.clone());
            let mut goals = Three { places: vec![Vec::new(); ring.counters] };
            let options = Options { threads, ..Options::default() };
            let paths = explorer.shortest(&ring.initial(), &mut goals, &options);
            let paths: Vec<Option<_>> = paths.into_iter().map(|mut paths| paths.pop()).collect();
            assert_eq!(paths, nearest(&ring), "{} counters, fuel {:?}", ring.counters, ring.fuel);
        }
    }
}

#[test]
fn floods_from_several_roots() {
    let ring = Ring { counters: 3, fuel: Some(3), pairs: false };
    let mut roots = vec![ring.initial()];
    roots.push(vec![(1, 2), (1, 3), (2, 3)]);
    roots.push(vec![(0, 1), (2, 2), (2, 2)]);
    let mut flooded = Flooded;
    let options = Options { threads: 2, ..Options::default() };
    let mut explorer = Explorer::new(ring.clone());
    let outcome = explorer.flood(&roots, &mut flooded, &options).expect("the rank grows by one");
    let reached: HashSet<(Vec<u32>, usize)> = outcome.tallies.into_iter().flatten().collect();
    for (bit, root) in roots.iter().enumerate() {
        let mut expected = HashSet::new();
        let mut waiting = vec![State { components: root.clone(), halted: false }];
        while let Some(state) = waiting.pop() {
            if !state.halted && expected.insert(state.components.clone()) {
                waiting.extend(successors(&ring, &state).taken.into_iter().map(|next| next.state));
            }
        }
        let of_root = reached.iter().filter(|(_, by)| *by == bit);
        let found: HashSet<_> = of_root.map(|(ids, _)| explorer.atlas().components(ids)).collect();
        assert_eq!(found, expected, "root {bit}");
    }
}

/// Notes which roots lead to which state.
struct Flooded;

impl super::Observer<Ring> for Flooded {
    type Tally = Vec<(Vec<u32>, usize)>;

    fn learned(&self, _place: usize) -> usize {
        usize::MAX
    }

    fn learn(&mut self, _place: usize, _component: &(u8, u8)) {}

    fn wants_states(&self) -> bool {
        true
    }

    fn state(&self, tally: &mut Self::Tally, ids: &[u32], carried: &[u32]) {
        let bits = (0..32 * carried.len()).filter(|bit| carried[bit / 32] >> (bit % 32) & 1 == 1);
        tally.extend(bits.map(|bit| (ids.to_vec(), bit)));
    }
}

/// Notes which states newly reach the milestone.
struct Reached;

impl Observer<Ring> for Reached {
    type Tally = HashSet<Vec<u32>>;

    fn learned(&self, _place: usize) -> usize {
        usize::MAX
    }

    fn learn(&mut self, _place: usize, _component: &(u8, u8)) {}

    fn reached(&self, tally: &mut Self::Tally, ids: &[u32], milestones: u64, _states: u64) {
        assert_eq!(milestones, 1);
        assert!(tally.insert(ids.to_vec()), "each is told of once");
    }
}

/// An event reaches it where it is, or where its letter arrives.
#[test]
fn milestones_that_letters_reach_are_seen() {
    let mut all = 0;
    for ring in rings() {
        let plain = plainly(&ring, 10_000).expect("it is small");
        let has = |state: usize| {
            let mut places = plain.states[state].components.iter().enumerate();
            places.all(|(place, component)| ring.milestones(place, component) == 1)
        };
        let edges =
            (0..).zip(&plain.edges).flat_map(|(from, edges)| edges.iter().map(move |edge| (from, edge.1)));
        let newly = edges.filter(|&(from, to)| has(to) && !has(from) && !plain.states[to].halted);
        let reached: HashSet<_> = newly.map(|(_, to)| plain.states[to].components.clone()).collect();
        let mut explorer = Explorer::new(ring.clone());
        let outcome = explorer.explore(&ring.initial(), &mut Reached, &Options::default());
        let seen = outcome.tallies.into_iter().flatten().map(|ids| explorer.atlas().components(&ids));
        let seen: HashSet<_> = seen.collect();
        assert_eq!(seen, reached, "{} counters, fuel {:?}", ring.counters, ring.fuel);
        all += seen.len();
    }
    assert!(all > 0, "some ring reaches it");
}
