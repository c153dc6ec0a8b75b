//! The reference by itself: it reproduces figures that other tools computed, the worked example of the
//! semantics, and cases small enough to be derived by hand. What it says then counts against the engine.

mod reference;

use reference::golden::{Golden, rows_up_to};
use reference::judge::{Status, Verdict};
use reference::peer::PeerFigures;
use reference::random::random_model;
use reference::{Reference, Then};

fn agrees(row: &Golden) {
    let mut model = row.model();
    model.check.clear();
    let found = Reference::of_model(&model).explore();
    let figures = (found.distinct_states, found.transitions, found.terminal_states, found.depth);
    assert_eq!(figures, (row.distinct_states, row.transitions, row.terminal_states, row.depth), "{row:?}");
    assert_eq!(found.orderings.map(|it| it.to_string()).as_deref(), Some(row.orderings), "{row:?}");
}

#[test]
fn golden_rows_up_to_25_000_states() {
    rows_up_to(25_000).for_each(agrees);
}

#[test]
fn golden_rows_up_to_40_000_states() {
    rows_up_to(40_000).filter(|row| row.distinct_states > 25_000).for_each(agrees);
}

#[test]
fn every_property_holds_of_chandy_lamport() {
    for row in rows_up_to(5_000) {
        let found = Reference::of_model(&row.model()).explore();
        assert_eq!(found.verdict, Verdict::Verified, "{row:?}");
        assert_eq!(found.judgements.len(), 7, "{row:?}");
        for judgement in found.judgements {
            assert_eq!(judgement.status, Status::Holds, "{row:?}: {judgement:?}");
        }
    }
}

#[test]
fn stateright_counts_the_same() {
    for row in rows_up_to(9_000) {
        let expected = PeerFigures {
            distinct_states: row.distinct_states,
            transitions: row.transitions,
            terminal_states: row.terminal_states,
            depth: row.depth,
        };
        assert_eq!(Reference::of_model(&row.model()).count_with_stateright(1), expected, "{row:?}");
    }
}

/// Odd algorithms on odd channels: the searches agree on the figures, and every counterexample can be run.
#[test]
fn random_models_count_the_same() {
    for seed in 0..300 {
        let reference = Reference::of_model(&random_model(seed));
        if reference.then == Then::Stop || !reference.has_at_most(1_000) {
            continue;
        }
        let found = reference.explore();
        let expected = PeerFigures {
            distinct_states: found.distinct_states,
            transitions: found.transitions,
            terminal_states: found.terminal_states,
            depth: found.depth,
        };
        assert_eq!(reference.count_with_stateright(1), expected, "seed {seed}");
        let runs = found.judgements.iter().filter_map(|judgement| judgement.counterexample.as_ref());
        runs.for_each(|run| {
            drop(Reference { walk: run.clone(), then: Then::Stop, ..reference.clone() }.graph());
        });
    }
}
