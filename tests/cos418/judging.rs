//! The judge against full enumeration: it accepts every outcome, and of snapshots near one exactly those that are outcomes.

use std::collections::BTreeSet;

use cl_check::cos418::judge::{Judgement, Semantics, judge};
use cl_check::cos418::{Delays, Exercise, Outcome, Recording, Run, Simulator, asynchronous, discrete};
use cl_check::engine::Bounds;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::exercises::{MESSAGE, PAIR, SIMPLE, THREE, exercise};

/// Enumeration goes no further; larger exercises are left out.
const STATES_MAX: u64 = 30_000;

/// All outcomes of a semantics, if they are not too many.
fn enumerated(exercise: &Exercise, semantics: Semantics) -> Option<BTreeSet<Outcome>> {
    let bounds = Bounds { states_max: Some(STATES_MAX), ..Bounds::default() };
    let found = match semantics {
        Semantics::Asynchronous => asynchronous::outcomes(exercise, &bounds, 1).expect("it is small"),
        Semantics::Discrete => discrete::outcomes(exercise, &bounds),
    };
    found.is_complete().then(|| found.outcomes.into_iter().collect())
}

/// The run that the judge gives is one, on all three semantics that know runs.
fn is_witness(exercise: &Exercise, recordings: &[Recording], semantics: Semantics, run: &Run) {
    assert_eq!(run.outcome(exercise).as_deref(), Some(recordings), "{run:?}");
    let model = exercise.model("exercise").expect("it is small");
    let course = run.course(&model).expect("each event is enabled");
    assert_eq!(course.complete().count_ones() as usize, recordings.len());
    if semantics == Semantics::Discrete {
        let (delays, same) = run.delays(exercise);
        assert!(same && delays.iter().all(|&delay| delay <= 4), "{delays:?}");
    }
}

/// The judge says what enumeration says.
fn agrees(
    exercise: &Exercise,
    recordings: &[Recording],
    semantics: Semantics,
    all: &BTreeSet<Outcome>,
) -> bool {
    let is_legal = all.contains(&Outcome { snapshots: recordings.to_vec() });
    match judge(exercise, recordings, semantics, &Bounds::default()) {
        Judgement::Legal(run) => {
            is_witness(exercise, recordings, semantics, &run);
            assert!(is_legal, "{semantics:?} accepts {recordings:?} of {exercise:?}");
        }
        Judgement::Illegal(reason) => {
            assert!(!is_legal, "{semantics:?} rejects {recordings:?} of {exercise:?}: {reason:?}");
        }
        Judgement::Undecided => panic!("{semantics:?} cannot decide {recordings:?} of {exercise:?}"),
    }
    is_legal
}

/// A small change that mostly keeps the total.
fn mutate(recordings: &mut [Recording], random: &mut ChaCha8Rng) {
    let at = random.random_range(0..recordings.len());
    let recording = &mut recordings[at];
    let servers = recording.tokens.len();
    let links = recording.messages.len();
    let (one, other) = (random.random_range(0..servers), random.random_range(0..servers));
    let link = random.random_range(0..links);
    let tokens = random.random_range(1..=3);
    match random.random_range(0..6) {
        0 if recording.tokens[one] >= tokens => {
            recording.tokens[one] -= tokens;
            recording.tokens[other] += tokens;
        }
        1 => {
            if let Some(tokens) = recording.messages[link].pop() {
                recording.tokens[one] += tokens;
            }
        }
        2 if recording.tokens[one] >= tokens => {
            recording.tokens[one] -= tokens;
            recording.messages[link].push(tokens);
        }
        3 => recording.messages[link].reverse(),
        4 => {
            let moved = recording.messages[link].pop();
            recording.messages[random.random_range(0..links)].extend(moved);
        }
        _ => recording.tokens.swap(one, other),
    }
}

/// All outcomes, and so many snapshots near each. How many of these were legal and how many not.
fn compare(exercise: &Exercise, near: usize, seed: u64) -> (usize, usize) {
    let mut counts = (0, 0);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let asynchronous = enumerated(exercise, Semantics::Asynchronous);
    for semantics in [Semantics::Asynchronous, Semantics::Discrete] {
        let Some(all) = enumerated(exercise, semantics) else { continue };
        // What is legal with some delivery order may not be with any delays.
        for outcome in asynchronous.iter().flatten() {
            agrees(exercise, &outcome.snapshots, semantics, &all);
        }
        let list: Vec<&Outcome> = all.iter().collect();
        for outcome in &all {
            assert!(agrees(exercise, &outcome.snapshots, semantics, &all));
            for _ in 0..near {
                let mut recordings = outcome.snapshots.clone();
                if recordings.len() > 1 && random.random_range(0..3) == 0 {
                    let at = random.random_range(0..recordings.len());
                    recordings[at] = list[random.random_range(0..list.len())].snapshots[at].clone();
                }
                for _ in 0..random.random_range(0..3) {
                    mutate(&mut recordings, &mut random);
                }
                if agrees(exercise, &recordings, semantics, &all) {
                    counts.0 += 1;
                } else {
                    counts.1 += 1;
                }
            }
        }
    }
    counts
}

#[test]
fn outcomes_and_what_is_near_them() {
    for (topology, events) in [(PAIR, MESSAGE), (THREE, SIMPLE)] {
        let (legal, not) = compare(&exercise(topology, events), 200, 1);
        assert!(legal > 0 && not > 0, "{legal} and {not}: the test is about nothing");
    }
}

/// A random exercise: two to four servers, few links, few sends, up to three snapshots.
fn random_exercise(random: &mut ChaCha8Rng) -> Exercise {
    let servers = random.random_range(2..=4);
    let mut topology = format!("{servers}\n");
    for server in 0..servers {
        topology += &format!("N{server} {}\n", random.random_range(if server == 0 { 2..4 } else { 0..4 }));
    }
    let mut links = Vec::new();
    for from in 0..servers {
        for to in 0..servers {
            let on_ring = to == (from + 1) % servers;
            if from != to && (on_ring || random.random_range(0..3) == 0) {
                links.push((from, to));
                topology += &format!("N{from} N{to}\n");
            }
        }
    }
    let mut events = String::new();
    let mut snapshots = 0;
    for _ in 0..random.random_range(2..9) {
        events += &match random.random_range(0..5) {
            0 if snapshots < 3 => {
                snapshots += 1;
                format!("snapshot N{}\n", random.random_range(0..servers))
            }
            1 => format!("tick {}\n", random.random_range(1..7)),
            _ => {
                let (from, to) = links[random.random_range(0..links.len())];
                format!("send N{from} N{to} {}\n", random.random_range(1..3))
            }
        };
    }
    if snapshots == 0 {
        events += "snapshot N0\n";
    }
    exercise(&topology, &events)
}

/// How many random exercises; more of them with `COS418_CASES`.
fn cases() -> u32 {
    std::env::var("COS418_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_random_exercises(seed in any::<u64>()) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let exercise = random_exercise(&mut random);
        compare(&exercise, 4, seed);
    }
}

/// The samples of the assignment are not ours to keep: with `COS418_SAMPLES=DIR` they are judged where they are.
#[test]
fn samples_of_the_assignment() {
    let Some(folder) = std::env::var_os("COS418_SAMPLES") else { return };
    let folder = std::path::Path::new(&folder);
    let mut failed = Vec::new();
    for (topology, events, count) in [
        ("2nodes", "2nodes-simple", 1),
        ("2nodes", "2nodes-message", 1),
        ("3nodes", "3nodes-simple", 1),
        ("3nodes", "3nodes-bidirectional-messages", 1),
        ("8nodes", "8nodes-sequential-snapshots", 2),
        ("8nodes", "8nodes-concurrent-snapshots", 5),
        ("10nodes", "10nodes", 10),
    ] {
        let path = |name: String| folder.join(name);
        let exercise = Exercise::load(&path(format!("{topology}.top")), &path(format!("{events}.events")));
        let exercise = exercise.unwrap_or_else(|error| panic!("{error}"));
        let numbers = (0..count).map(|number| if count == 1 { String::new() } else { number.to_string() });
        let sources: Vec<_> = numbers
            .map(|number| {
                cl_check::model::Source::load(&path(format!("{events}{number}.snap"))).expect("a file")
            })
            .collect();
        let recordings =
            cl_check::cos418::read_recordings(&exercise, &sources).expect("they are of the format");
        for semantics in [Semantics::Asynchronous, Semantics::Discrete] {
            let clock = std::time::Instant::now();
            let judged = judge(&exercise, &recordings, semantics, &Bounds::default());
            println!("{events} {semantics:?} {} ms", clock.elapsed().as_millis());
            match judged {
                Judgement::Legal(run) => is_witness(&exercise, &recordings, semantics, &run),
                other => failed.push(format!("{events} {semantics:?}: {other:?}")),
            }
            wrong_ones(&exercise, &recordings, semantics);
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Changes of the samples, which are decided in time.
fn wrong_ones(exercise: &Exercise, recordings: &[Recording], semantics: Semantics) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let (mut legal, mut not, mut undecided, mut slowest) = (0, 0, 0, 0);
    for _ in 0..60 {
        let mut recordings = recordings.to_vec();
        for _ in 0..random.random_range(1..4) {
            mutate(&mut recordings, &mut random);
        }
        let clock = std::time::Instant::now();
        match judge(exercise, &recordings, semantics, &Bounds::default()) {
            Judgement::Legal(_) => legal += 1,
            Judgement::Illegal(_) => not += 1,
            Judgement::Undecided => undecided += 1,
        }
        slowest = slowest.max(clock.elapsed().as_millis());
    }
    println!("  near: {legal} legal, {not} not, {undecided} undecided, slowest {slowest} ms");
}

/// What the simulator records with any seed is legal, in both semantics.
#[test]
fn what_the_simulator_records_is_legal() {
    let exercise = exercise(THREE, SIMPLE);
    for seed in 0..20 {
        let mut simulator = Simulator::new(&exercise, Delays::seeded(seed));
        let recorded = simulator.run().expect("there are tokens enough").expect("all become complete");
        let replayed = Simulator::new(&exercise, Delays::listed(simulator.delays().to_vec())).run();
        assert_eq!(replayed, Ok(Some(recorded.clone())));
        for semantics in [Semantics::Asynchronous, Semantics::Discrete] {
            assert!(
                matches!(judge(&exercise, &recorded, semantics, &Bounds::default()), Judgement::Legal(_)),
                "{seed}"
            );
        }
    }
}
