//! How fast whole checks are, on systems small enough to be repeated: with and without orderings, on one thread and
//! two. Large systems, memory and the comparison with others are in `peers`.

#[path = "../tests/reference/mod.rs"]
mod reference;

use std::hint::black_box;
use std::time::Duration;

use cl_check::check::{Options, check};
use cl_check::model::Model;
use cl_check::oracle::Property;
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};

use reference::golden::{Golden, ROWS};

/// The systems: rows of the golden table by their number of states.
const SYSTEMS: [usize; 4] = [436, 21_346, 30_600, 50_896];

/// Threads and whether orderings are counted.
const WAYS: [(usize, bool); 4] = [(1, false), (1, true), (2, false), (2, true)];

fn row_of(states: usize) -> &'static Golden {
    ROWS.iter().find(|row| row.distinct_states == states).expect("the golden table has the system")
}

/// Explores and judges; the figures must be the golden ones, or the time says nothing.
fn explore(model: &Model, row: &Golden, threads: usize, orderings: bool) {
    let verdict = check(black_box(model), &Options { threads, orderings, ..Options::default() });
    assert_eq!(verdict.stats.distinct_states, row.distinct_states as u64);
}

fn figures(criterion: &mut Criterion) {
    for system in SYSTEMS {
        let row = row_of(system);
        let check = vec![Property::ConsistentCut, Property::TotalPreserved, Property::Terminates];
        let model = Model { check, ..row.model() };
        let mut group = criterion.benchmark_group(format!("{:?} {} states", row.shape, row.distinct_states));
        group.throughput(Throughput::Elements(row.distinct_states as u64));
        group.sampling_mode(SamplingMode::Flat);
        for (threads, orderings) in WAYS {
            let way = if orderings { "with orderings" } else { "without orderings" };
            let id = BenchmarkId::new(way, format!("{threads} threads"));
            group.bench_function(id, |bencher| bencher.iter(|| explore(&model, row, threads, orderings)));
        }
        group.finish();
    }
}

/// All seven properties, the expensive ones among them.
fn properties(criterion: &mut Criterion) {
    let row = row_of(SYSTEMS[1]);
    let model = row.model();
    criterion.bench_function("K(3), every property", |bencher| {
        bencher.iter(|| explore(&model, row, 1, false));
    });
}

criterion_group! {
    name = search;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = figures, properties
}
criterion_main!(search);
