//! What ends a search early is said, and leaves figures of whole layers: for a bound on states these are the same
//! for any number of threads, and those of the reference's breadth-first search cut at the same distance.

mod reference;

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use cl_check::check::{Options, check};
use cl_check::engine::Bounds;
use cl_check::engine::verdict::{EndReason, Verdict, Word};
use cl_check::model::Model;

use reference::Reference;
use reference::golden::{Golden, rows_up_to};
use reference::systems::{complete, even, ring};

/// States, transitions, terminal states, depth.
type Figures = [u64; 4];

fn figures(verdict: &Verdict) -> Figures {
    let stats = &verdict.stats;
    [stats.distinct_states, stats.transitions, stats.terminal_states, u64::from(stats.depth)]
}

fn bounded(model: &Model, threads: usize, bounds: Bounds<'_>) -> Verdict {
    check(model, &Options { threads, bounds, ..Options::default() })
}

fn up_to(model: &Model, threads: usize, states_max: u64) -> Verdict {
    bounded(model, threads, Bounds { states_max: Some(states_max), ..Bounds::default() })
}

/// The figures after each layer: its states found, those of the layers before expanded.
fn whole_layers(model: &Model) -> Vec<Figures> {
    let graph = Reference::of_model(model).graph();
    let figures = |depth: usize| {
        let found = graph.distances.iter().filter(|&&distance| distance <= depth).count();
        let expanded: Vec<usize> =
            (0..graph.states.len()).filter(|&state| graph.distances[state] < depth).collect();
        let transitions: usize = expanded.iter().map(|&state| graph.edges[state].len()).sum();
        let terminals = expanded.iter().filter(|&&state| graph.is_terminal(state)).count();
        [found, transitions, terminals, depth].map(|figure| figure as u64)
    };
    (0..=graph.depth()).map(figures).collect()
}

#[test]
fn a_bound_on_states_leaves_the_last_whole_layer_that_fits() {
    let model = even(3, &ring(3), 1, 2, &[&[0]]);
    let layers = whole_layers(&model);
    let all = layers.last().expect("there is a first layer")[0];
    for states_max in (1..all).step_by(97) {
        let expected = layers.iter().rfind(|layer| layer[0] <= states_max).expect("one state fits");
        for threads in [1, 2, 4] {
            let verdict = up_to(&model, threads, states_max);
            assert_eq!(figures(&verdict), *expected, "{states_max} states, {threads} threads");
            assert_eq!(verdict.end_reason, EndReason::MaxStates);
            assert_eq!(verdict.word, Word::Incomplete);
            assert_eq!(verdict.stats.orderings, None);
        }
    }
}

/// Exactly as many as there are is enough.
#[test]
fn a_bound_that_is_not_met_changes_nothing() {
    let row = rows_up_to(300).last().expect("there are small rows");
    let verdict = up_to(&row.model(), 2, row.distinct_states as u64);
    assert_eq!(verdict.end_reason, EndReason::Exhausted);
    assert_eq!(verdict.stats.orderings.map(|it| it.to_string()).as_deref(), Some(row.orderings));
}

/// Larger systems, several initiators among them: the layers need not be those of distance, but they are the same.
#[test]
fn a_bound_on_states_gives_the_same_figures_for_any_number_of_threads() {
    let several = even(3, &complete(3), 1, 1, &[&[0, 1, 2]]);
    let rows = rows_up_to(150_000).filter(|row| row.distinct_states > 20_000).map(Golden::model);
    for model in rows.chain([several]) {
        for states_max in [1, 100, 7_000, 19_000] {
            let one = up_to(&model, 1, states_max);
            assert!(one.stats.distinct_states <= states_max);
            assert_eq!(one.end_reason, EndReason::MaxStates);
            for threads in [2, 4] {
                let other = up_to(&model, threads, states_max);
                assert_eq!(
                    figures(&other),
                    figures(&one),
                    "{states_max} states, {threads} threads: {model:?}"
                );
                assert_eq!(other.end_reason, one.end_reason);
                assert_eq!(other.stats.completed_snapshots, one.stats.completed_snapshots);
            }
        }
    }
}

fn ends(bounds: Bounds<'_>, reason: EndReason) {
    let model = even(3, &complete(3), 1, 1, &[&[0]]);
    for threads in [1, 2, 4] {
        let verdict = bounded(&model, threads, bounds);
        assert_eq!((verdict.end_reason, verdict.word), (reason, Word::Incomplete), "{threads} threads");
        assert!(verdict.stats.distinct_states < 21_346);
        assert_eq!(verdict.stats.orderings, None);
    }
}

#[test]
fn an_interrupt_ends_the_search() {
    let interrupt = AtomicBool::new(true);
    ends(Bounds { interrupt: Some(&interrupt), ..Bounds::default() }, EndReason::Interrupt);
}

#[test]
fn a_deadline_ends_the_search() {
    let deadline = Instant::now().checked_sub(Duration::from_secs(1)).expect("a clock older than a second");
    ends(Bounds { deadline: Some(deadline), ..Bounds::default() }, EndReason::Timeout);
}

#[test]
fn a_bound_on_memory_ends_the_search() {
    ends(Bounds { memory_bytes_max: Some(1), ..Bounds::default() }, EndReason::MaxMemory);
}

/// The capacity cuts events off, not the search: what is left is explored to its end, for any number of threads.
#[test]
fn a_capacity_is_told_from_the_end() {
    let model = Model { capacity: Some(1), ..even(3, &ring(3), 1, 2, &[&[0]]) };
    let graph = Reference::of_model(&model).graph();
    let expected = [graph.states.len(), graph.transitions(), graph.terminals().count(), graph.depth()];
    for threads in [1, 2, 4] {
        let verdict = bounded(&model, threads, Bounds::default());
        assert_eq!(figures(&verdict), expected.map(|figure| figure as u64), "{threads} threads");
        assert_eq!((verdict.end_reason, verdict.word), (EndReason::Capacity, Word::Incomplete));
        assert_eq!(verdict.stats.orderings, None);
    }
}

/// A capacity that is never reached is no bound.
#[test]
fn a_wide_capacity_changes_nothing() {
    let row = rows_up_to(2_000).last().expect("there are small rows");
    let verdict = bounded(&Model { capacity: Some(100), ..row.model() }, 1, Bounds::default());
    assert_eq!(verdict.end_reason, EndReason::Exhausted);
    assert_eq!(verdict.stats.distinct_states, row.distinct_states as u64);
}
