//! Symmetries of toy systems, right and wrong: counters in a ring, each of which may pass one on.

use super::{Lanes, Symmetries};
use crate::engine::spill::test_support::directory;
use crate::engine::{Arrival, Explorer, Keep, Local, Nobody, Options, TransitionSystem};

/// Counters that pass on to the next one; or, where everyone is a neighbour, to any. Where something halts once a counter
/// has so much, the order of events at different places matters.
#[derive(Clone)]
struct Counters {
    first: Vec<u8>,
    to_any: bool,
    halts_at: Option<u8>,
}

impl TransitionSystem for Counters {
    /// What it holds, and how often it may pass on.
    type Component = (u8, u8);
    type Letter = ();
    type Event = (usize, usize);
    type Lane = usize;

    fn initial(&self) -> Vec<(u8, u8)> {
        self.first.iter().map(|&held| (held, 2)).collect()
    }

    fn local(&self, place: usize, &(held, fuel): &(u8, u8)) -> Vec<Local<(u8, u8), (), (usize, usize)>> {
        let pass = |to: usize| Local {
            event: (place, to),
            component: (held - 1, fuel - 1),
            letters: vec![(to, ())],
            halts: false,
            cut: false,
            disturbs: self.halts_at.is_some(),
            trace: Vec::new(),
        };
        let counters = self.first.len();
        let next = (place + 1) % counters;
        let to = |to: &usize| *to != place && (self.to_any || *to == next) && held > 0 && fuel > 0;
        (0..counters).filter(to).map(pass).collect()
    }

    fn arrive(&self, _place: usize, &(held, fuel): &(u8, u8), (): &()) -> Arrival<(u8, u8)> {
        Arrival::Accepted { component: (held + 1, fuel), halts: self.halts_at == Some(held + 1) }
    }

    fn milestones(&self, _place: usize, &(_, fuel): &(u8, u8)) -> u64 {
        u64::from(fuel == 0)
    }

    fn rank(&self, _place: usize, &(_, fuel): &(u8, u8)) -> i64 {
        -i64::from(fuel)
    }

    fn lane(&self, &(_, to): &(usize, usize)) -> Option<usize> {
        Some(to)
    }

    fn largest_step(&self) -> Option<u32> {
        Some(1)
    }
}

/// Permutations of the places, a group.
struct Permutations(Vec<Vec<usize>>);

impl Symmetries<Counters> for Permutations {
    fn order(&self) -> usize {
        self.0.len()
    }

    fn composed(&self, then: usize, first: usize) -> usize {
        let both: Vec<usize> = self.0[first].iter().map(|&place| self.0[then][place]).collect();
        self.0.iter().position(|one| *one == both).expect("a group")
    }

    fn place(&self, symmetry: usize, place: usize) -> usize {
        self.0[symmetry][place]
    }

    fn image(&self, _system: &Counters, _symmetry: usize, _place: usize, component: &(u8, u8)) -> (u8, u8) {
        *component
    }

    fn lane(&self, _system: &Counters, symmetry: usize, &to: &usize) -> Option<usize> {
        Some(self.0[symmetry][to])
    }

    fn milestone(&self, _symmetry: usize, milestone: u32) -> u32 {
        milestone
    }
}

/// Explores in full and by symmetry, with orderings and with sleep sets, in memory and on disk, and compares: states
/// explored, states.
fn explored(system: &Counters, group: &[&[usize]]) -> (u64, u64) {
    let initial = system.initial();
    let mut last = (0, 0);
    let directory = directory();
    for (threads, paths, spill) in
        [(1, true, None), (3, true, Some(9)), (1, false, None), (2, false, None), (3, false, Some(9))]
    {
        let options = Options { threads, paths, ..Options::default() };
        let whole = Explorer::new(system.clone()).explore(&initial, &mut Nobody, &options).figures;
        let mut explorer = Explorer::new(system.clone());
        let permutations = group.iter().map(|permutation| permutation.to_vec()).collect();
        explorer.learn_symmetries(&initial, Box::new(Permutations(permutations)));
        let options = Options { symmetry: true, ..options };
        let keep = Keep { spill: spill.map(|_| &*directory), spill_states_max: spill, ..Keep::default() };
        let found = explorer.explore_on(&initial, &mut Nobody, &options, &keep);
        let found = found.expect("the disk works").figures;
        last = (found.explored, found.states);
        let found = super::super::Figures { explored: whole.explored, ..found };
        assert_eq!(found, whole, "{threads} threads, paths {paths}");
        let lanes = &explorer.atlas().orbits().expect("they were handed in").lanes;
        let counts = |images: &[Lanes]| images.iter().filter(|image| **image != 0).count();
        let distinct =
            |images: &[Lanes]| images.iter().fold(0, |all, image| all | image).count_ones() as usize;
        assert_eq!(counts(&lanes[0]) > 0, system.halts_at.is_none());
        assert!(lanes.iter().all(|of| counts(of) == counts(&lanes[0])));
        assert!(lanes.iter().all(|of| distinct(of) == counts(of)), "lanes change places");
    }
    last
}

const ALL: [&[usize]; 6] = [&[0, 1, 2], &[0, 2, 1], &[1, 0, 2], &[1, 2, 0], &[2, 0, 1], &[2, 1, 0]];

#[test]
fn a_ring_turns_and_neighbours_of_all_change_places() {
    let (explored_turned, states) = explored(
        &Counters { first: vec![2; 3], to_any: false, halts_at: Some(4) },
        &[ALL[0], ALL[3], ALL[4]],
    );
    assert!(states > 2 * explored_turned && states <= 3 * explored_turned, "{explored_turned} for {states}");
    let (explored_all, states) =
        explored(&Counters { first: vec![2; 3], to_any: true, halts_at: Some(4) }, &ALL);
    assert!(states > 3 * explored_all && states <= 6 * explored_all, "{explored_all} for {states}");
}

/// Four neighbours of each other, in any order, whose events may sleep.
#[test]
fn lanes_change_places_as_counters_do() {
    let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..4 {
        let longer = |order: &Vec<usize>| {
            let left: Vec<usize> = (0..4).filter(|place| !order.contains(place)).collect();
            left.into_iter().map(|place| [&order[..], &[place]].concat()).collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    let orders: Vec<&[usize]> = orders.iter().map(Vec::as_slice).collect();
    let system = Counters { first: vec![1; 4], to_any: true, halts_at: None };
    let (explored, states) = explored(&system, &orders);
    assert!(states > 8 * explored && states <= 24 * explored, "{explored} for {states}");
}

/// Turned around, a ring is another one: what was handed in is no symmetry, and that is noticed.
#[test]
#[should_panic(expected = "are_upheld")]
fn what_is_no_symmetry_is_noticed() {
    explored(&Counters { first: vec![2; 3], to_any: false, halts_at: Some(4) }, &[ALL[0], ALL[2]]);
}

/// The first of a group leaves the initial state as it is, so do the others, or it is refused.
#[test]
#[should_panic(expected = "each symmetry leaves the initial state as it is")]
fn the_initial_state_is_its_own_image() {
    explored(&Counters { first: vec![2, 2, 1], to_any: true, halts_at: Some(4) }, &ALL);
}
