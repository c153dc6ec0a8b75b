//! Systems that are far too large to enumerate: eight servers with five concurrent snapshots, ten with ten. They are
//! decided all the same, in both semantics, also where snapshots are wrong in ways that no single one of them shows.

use std::time::{Duration, Instant};

use cl_check::cos418::judge::{Judgement, Semantics, judge};
use cl_check::cos418::{Delays, Exercise, Move, Recording, Simulator, World};
use cl_check::engine::Bounds;
use cl_check::network::ChannelId;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::exercises::{EIGHT, FIVE_AT_ONCE, exercise, ten_in_a_ring};

fn exercises() -> [(&'static str, Exercise); 2] {
    let (topology, events) = ten_in_a_ring();
    [("eight", exercise(EIGHT, FIVE_AT_ONCE)), ("ten", exercise(&topology, &events))]
}

fn simulated(exercise: &Exercise, seed: u64) -> Vec<Recording> {
    let mut simulator = Simulator::new(exercise, Delays::seeded(seed));
    simulator.run().expect("there are tokens enough").expect("all become complete")
}

/// What an asynchronous run by chance records: up to so many tries to deliver something for each entry of the script.
fn by_chance(exercise: &Exercise, random: &mut ChaCha8Rng, patience: u32) -> Vec<Recording> {
    let mut world = World::new(exercise);
    let links = exercise.topology.channels().len();
    for &entry in &exercise.script {
        for _ in 0..random.random_range(0..=patience) {
            world.take(Move::Deliver(ChannelId::of(random.random_range(0..links))));
        }
        while world.take(Move::Entry(entry)).is_none() {
            world.take(Move::Deliver(ChannelId::of(random.random_range(0..links))));
        }
    }
    loop {
        if let Some(recorded) = world.recorded() {
            return recorded;
        }
        world.take(Move::Deliver(ChannelId::of(random.random_range(0..links))));
    }
}

#[derive(Default, Debug)]
struct Tally {
    legal: u32,
    not: u32,
    undecided: u32,
    slowest: Duration,
}

fn tell(tally: &mut Tally, exercise: &Exercise, recordings: &[Recording], semantics: Semantics) {
    let clock = Instant::now();
    match judge(exercise, recordings, semantics, &Bounds::default()) {
        Judgement::Legal(run) => {
            assert_eq!(run.outcome(exercise).as_deref(), Some(recordings));
            tally.legal += 1;
        }
        Judgement::Illegal(_) => tally.not += 1,
        Judgement::Undecided => {
            let texts = recordings.iter().enumerate().map(|(number, one)| one.text(exercise, number));
            println!("undecided, {semantics:?}:\n{}", texts.collect::<String>());
            tally.undecided += 1;
        }
    }
    tally.slowest = tally.slowest.max(clock.elapsed());
}

#[test]
fn large_systems_are_decided() {
    let rounds: u64 = std::env::var("COS418_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    for (name, exercise) in exercises() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        for semantics in [Semantics::Asynchronous, Semantics::Discrete] {
            let mut simulator = Tally::default();
            let mut mixed = Tally::default();
            let mut chance = Tally::default();
            for seed in 0..rounds {
                let recorded = simulated(&exercise, seed);
                tell(&mut simulator, &exercise, &recorded, semantics);
                // Each is legal, but of another run.
                let other = simulated(&exercise, seed + 1000);
                let mut both = recorded.clone();
                let at = random.random_range(0..both.len());
                both[at] = other[at].clone();
                tell(&mut mixed, &exercise, &both, semantics);
                for patience in [2, 8, 30] {
                    let recorded = by_chance(&exercise, &mut random, patience);
                    tell(&mut chance, &exercise, &recorded, semantics);
                }
            }
            println!(
                "{name} {semantics:?}\n  simulator {simulator:?}\n  mixed {mixed:?}\n  chance {chance:?}"
            );
            assert_eq!(simulator.not, 0);
            if semantics == Semantics::Asynchronous {
                assert_eq!(chance.not, 0);
            }
            assert_eq!(simulator.undecided + chance.undecided, 0);
            // Where all but one snapshot are of one run, a few come to the bound in discrete time, which is said.
            assert!(mixed.undecided <= 1 + rounds as u32 / 10, "{}", mixed.undecided);
        }
    }
}
