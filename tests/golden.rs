//! The engine reproduces figures that other tools computed, for any number of threads: the golden table, and the
//! seven states of the system that shows why paths to one state need not be equally long. The rows that are too
//! large for this are checked by `cargo bench --bench ladder -- --states-max 110000000`.

mod reference;

use cl_check::check::{Options, check};
use cl_check::engine::verdict::{EndReason, Verdict};
use cl_check::model::Model;

use reference::golden::{Golden, ROWS, Shape, rows_up_to};
use reference::systems::{complete, even};

/// Rows up to here are cheap enough for several numbers of threads.
const SMALL_STATES_MAX: usize = 1_300_000;

/// Rows up to here are cheap enough for one.
const MEDIUM_STATES_MAX: usize = 4_000_000;

/// States, transitions, terminal states, depth, orderings.
type Figures = ([u64; 4], String);

fn figures(verdict: &Verdict) -> Figures {
    let stats = &verdict.stats;
    let counts = [stats.distinct_states, stats.transitions, stats.terminal_states, u64::from(stats.depth)];
    (counts, stats.orderings.as_ref().map(ToString::to_string).unwrap_or_default())
}

fn figures_of(row: &Golden) -> Figures {
    let counts = [row.distinct_states, row.transitions, row.terminal_states, row.depth];
    (counts.map(|count| count as u64), row.orderings.to_owned())
}

/// Explores to the end; no properties beyond those that are always judged, since `check` changes no figure.
fn explored(mut model: Model, threads: usize) -> Figures {
    model.check.clear();
    let verdict = check(&model, &Options { threads, ..Options::default() });
    assert_eq!(verdict.end_reason, EndReason::Exhausted);
    figures(&verdict)
}

fn reproduces(row: &Golden, threads: usize) {
    assert_eq!(explored(row.model(), threads), figures_of(row), "{row:?}, {threads} threads");
}

fn reproduces_small_rows(threads: usize) {
    rows_up_to(SMALL_STATES_MAX).for_each(|row| reproduces(row, threads));
}

fn reproduces_medium_rows(threads: &[usize]) {
    let medium = rows_up_to(MEDIUM_STATES_MAX).filter(|row| row.distinct_states > SMALL_STATES_MAX);
    let rows: Vec<&Golden> = medium.collect();
    assert_eq!(rows.len(), threads.len(), "one number of threads for each row");
    rows.into_iter().zip(threads).for_each(|(row, &threads)| reproduces(row, threads));
}

#[test]
fn small_rows_on_one_thread() {
    reproduces_small_rows(1);
}

#[test]
fn small_rows_on_two_threads() {
    reproduces_small_rows(2);
}

#[test]
fn small_rows_on_four_threads() {
    reproduces_small_rows(4);
}

#[test]
fn medium_rows_on_some_number_of_threads() {
    reproduces_medium_rows(&[1, 4, 2]);
}

/// Every property that is judged by default holds, and judging changes no figure.
#[test]
fn every_property_holds_of_small_rows() {
    for row in rows_up_to(5_000) {
        let verdict = check(&row.model(), &Options::default());
        assert_eq!(verdict.properties.len(), 7, "{row:?}");
        assert!(verdict.properties.iter().all(|property| property.status.word() == "holds"), "{row:?}");
        assert_eq!(figures(&verdict), figures_of(row));
    }
}

/// Without orderings the other figures are the same, and there are no orderings.
#[test]
fn orderings_are_counted_only_if_asked_for() {
    for row in rows_up_to(25_000) {
        let verdict = check(&row.model(), &Options { orderings: false, ..Options::default() });
        assert_eq!(figures(&verdict).0, figures_of(row).0, "{row:?}");
        assert_eq!(verdict.stats.orderings, None, "{row:?}");
    }
}

/// A pair without sends, either of which may start the one snapshot: counted by hand. The longest path has four
/// events and the farthest state is three away, so a state's distance is not the layer of its rank.
#[test]
fn the_system_of_seven_states() {
    for threads in [1, 2, 4] {
        let model = even(2, &complete(2), 1, 0, &[&[0, 1]]);
        assert_eq!(explored(model, threads), ([7, 10, 1, 3], "6".to_owned()), "{threads} threads");
    }
}

/// The comparison can fail, and the table is what it is believed to be.
#[test]
fn rows_differ_and_none_is_missing() {
    assert_eq!(ROWS.len(), 31);
    assert!(matches!(ROWS[30].shape, Shape::K(3)));
    assert!(ROWS.is_sorted_by_key(|row| row.distinct_states));
    assert_ne!(explored(ROWS[0].model(), 1), figures_of(&ROWS[1]));
}
