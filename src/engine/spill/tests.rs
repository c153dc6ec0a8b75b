//! A search on disk beside the same one in memory, and a merge beside a table: systems at random, and so little room that
//! nearly everything is on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::merge::merge;
use super::test_support::{directory, mazes, told, ways};
use super::*;
use crate::engine::key::Key;
use crate::engine::shape::{Carried, Shape, Values};
use crate::engine::table::Table;
use crate::engine::{Bounds, Keep, Options};

#[test]
fn what_is_on_disk_is_as_in_memory() {
    let directory = directory();
    let mut spilled = 0;
    for maze in mazes(40) {
        for way in ways() {
            let expected = told(&maze, &way, &Keep::default()).expect("no disk is asked for");
            for (threads, most) in [(1, 17), (2, 5), (3, 40)] {
                let keep = Keep { spill: Some(&directory), spill_states_max: Some(most), ..Keep::default() };
                let bytes = std::sync::atomic::AtomicU64::new(0);
                let progress = |progress: crate::engine::Progress| {
                    bytes.fetch_max(progress.spilled, std::sync::atomic::Ordering::Relaxed);
                };
                let options = Options { threads, progress: &progress, ..way };
                let found = told(&maze, &options, &keep).expect("the disk works");
                assert!(
                    found == expected,
                    "{threads} threads, {most} states, {maze:?}: {found:?}\n{expected:?}"
                );
                spilled += u64::from(bytes.into_inner() > 0);
            }
        }
    }
    assert!(spilled > 80, "{spilled} searches were on disk");
}

#[test]
fn a_bound_on_states_cuts_where_it_does_in_memory() {
    let directory = directory();
    for maze in mazes(24) {
        for states_max in [1, 10, 33, 60] {
            let bounds = Bounds { states_max: Some(states_max), ..Bounds::default() };
            let options = Options { bounds, threads: 2, ..Options::default() };
            let expected = told(&maze, &options, &Keep::default()).expect("no disk is asked for");
            let keep = Keep { spill: Some(&directory), spill_states_max: Some(3), ..Keep::default() };
            assert_eq!(
                told(&maze, &options, &keep).expect("the disk works"),
                expected,
                "{states_max}: {maze:?}"
            );
        }
    }
}

#[test]
fn nothing_stays_behind() {
    let directory = tempfile::tempdir().expect("there is room");
    let maze = mazes(9).next().expect("there is one");
    let keep = Keep { spill: Some(directory.path()), spill_states_max: Some(2), ..Keep::default() };
    told(&maze, &Options::default(), &keep).expect("the disk works");
    assert_eq!(directory.path().read_dir().expect("it is still there").count(), 0);
    let file = directory.path().join("file");
    std::fs::write(&file, "").expect("there is room");
    let keep = Keep { spill: Some(&file), ..keep };
    let error = told(&maze, &Options::default(), &keep).expect_err("a file is no directory");
    assert!(error.message.contains("file"), "{error}");
}

/// What stands beside each state, in a table.
fn content(table: &Table<2>) -> BTreeMap<Key<2>, (u32, Vec<u32>)> {
    let full = (0..table.slots()).filter_map(|slot| Some((*table.slot(slot)?, table.values(slot))));
    full.map(|(key, values)| (key, plain(values))).collect()
}

fn plain(values: Values<'_>) -> (u32, Vec<u32>) {
    let mut carried = values.carried.to_vec();
    while carried.last() == Some(&0) {
        carried.pop();
    }
    (values.distance, carried)
}

/// The naive twin: one table that takes everything in. Runs of few states, merged level by level, then all together.
#[test]
fn a_merge_meets_as_a_table_does() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let kinds = [Carried::Nothing, Carried::Paths(1), Carried::Roots(2), Carried::Sleep];
    for (distance, carried) in [false, true].into_iter().flat_map(|on| kinds.map(|carried| (on, carried))) {
        let spill = Spill::below(&directory(), None).expect("the disk works");
        let shape = Shape { distance, carried };
        let (mut all, mut runs) = (Table::<2>::new(shape, 0), Runs::default());
        for _ in 0..300 {
            let mut few = Table::<2>::new(shape, 0);
            for _ in 0..40 {
                let key = [1 << 63 | rng.random_range(0..40), rng.random_range(0..30)];
                let words = match carried {
                    Carried::Paths(_) => rng.random_range(1..4),
                    _ => shape.stride() - usize::from(distance),
                };
                let words: Vec<u32> = (0..words).map(|_| rng.random_range(0..=u32::MAX)).collect();
                let distance = if distance { rng.random_range(0..1000) } else { 0 };
                let values = Values { distance, carried: &words };
                all.insert_with(key, values);
                few.insert_with(key, values);
            }
            runs.push::<2>(&spill, write_table(&spill, &few).expect("the disk works"))
                .expect("the disk works");
        }
        let whole = runs.settle::<2>(&spill, &Runs::default()).expect("the disk works");
        assert_eq!(whole.extent.states, all.len() as u64);
        let mut chunks = Chunks::<2>::of(whole);
        let mut merged = BTreeMap::new();
        let mut last = [0; 2];
        while chunks.left() > 0 {
            let chunk = chunks.next(Table::list(), 100).expect("the disk works");
            for slot in 0..chunk.slots() {
                assert!(*chunk.key(slot) > last, "in order");
                last = *chunk.key(slot);
                merged.insert(last, plain(chunk.values(slot)));
            }
        }
        assert_eq!(merged, content(&all), "{shape:?}");
    }
}

#[test]
fn a_merge_leaves_out_what_was_seen() {
    let spill = Spill::below(&directory(), None).expect("the disk works");
    let run = |keys: &[u64]| {
        let mut table = Table::<1>::new(Shape::BARE, 0);
        for &key in keys {
            table.insert([1 << 63 | key]);
        }
        write_table(&spill, &table).expect("the disk works")
    };
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..30 {
        let mut draw = || -> Vec<u64> { (0..50).map(|_| rng.random_range(0..300)).collect() };
        let (runs, seen) = ([draw(), draw(), draw()], [draw(), draw()]);
        let [new, old] =
            [&runs[..], &seen[..]].map(|lists| lists.iter().map(|keys| run(keys)).collect::<Vec<Arc<Run>>>());
        let mut found = Vec::new();
        let (new, old) = (new.iter().collect::<Vec<_>>(), old.iter().collect::<Vec<_>>());
        let merged = merge::<1>(Shape::BARE, &new, &old, |key, _| {
            found.push(key[0] ^ 1 << 63);
            Ok(())
        });
        assert!(merged.is_ok());
        let seen: BTreeSet<u64> = seen.concat().into_iter().collect();
        let expected: BTreeSet<u64> = runs.concat().into_iter().filter(|key| !seen.contains(key)).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    }
}
