//! Searches that are broken off and gone on with, beside the same ones undisturbed; and checkpoints that are not as they
//! were written.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::file;
use crate::engine::maze::Maze;
use crate::engine::spill::test_support::{Told, mazes, told, ways};
use crate::engine::{Bounds, End, Keep, Options, Progress};

fn keep(directory: &Path) -> Keep<'_> {
    Keep { checkpoint: Some(directory), model: "maze", asked: "all", ..Keep::default() }
}

/// Goes on from the checkpoint of a directory, if it has one, to the end.
fn resumed<'a>(keep: Keep<'a>, directory: &'a Path) -> Keep<'a> {
    let resume = file::path(directory).exists().then_some(directory);
    Keep { checkpoint: Some(directory), resume, ..keep }
}

/// Searches again and again, each time broken off after so many deliveries, each time with other threads.
fn in_pieces(maze: &Maze, way: &Options<'_>, deliveries: usize, spill: Option<&Path>) -> (Told, usize) {
    let directory = tempfile::tempdir().expect("there is room");
    for piece in 0.. {
        let (interrupt, count) = (AtomicBool::new(false), AtomicUsize::new(0));
        let progress = |_: Progress| {
            let is_last = count.fetch_add(1, Ordering::Relaxed) + 1 == deliveries;
            interrupt.fetch_or(is_last, Ordering::Relaxed);
        };
        let bounds = Bounds { interrupt: Some(&interrupt), ..Bounds::default() };
        let options = Options { threads: 1 + (piece + deliveries) % 3, bounds, progress: &progress, ..*way };
        let every = Duration::from_mins(10);
        let keep = Keep { spill, spill_states_max: Some(7), every, ..keep(directory.path()) };
        let found = told(maze, &options, &resumed(keep, directory.path())).expect("the disk works");
        if found.1 != End::Interrupted {
            return (found, piece);
        }
    }
    unreachable!("each piece gets further")
}

#[test]
fn what_is_broken_off_ends_as_if_it_had_not_been() {
    let spill = tempfile::tempdir().expect("there is room");
    let mut pieces = 0;
    for maze in mazes(12) {
        for way in ways() {
            let expected = told(&maze, &way, &Keep::default()).expect("no disk is asked for");
            for (deliveries, spill) in [(2, None), (20, Some(spill.path()))] {
                let (found, more) = in_pieces(&maze, &way, deliveries, spill);
                assert!(found == expected, "{deliveries} at a time: {found:?}\n{expected:?}\n{maze:?}");
                pieces += more;
            }
        }
    }
    assert!(pieces > 60, "{pieces} pieces");
}

/// What stands on the disk at any moment is enough: as if the process had ended there without a word.
#[test]
fn every_checkpoint_leads_to_the_same_end() {
    let (spill, copies) = (tempfile::tempdir().expect("there is room"), tempfile::tempdir());
    let copies = copies.expect("there is room");
    for (number, maze) in mazes(24).enumerate() {
        let way = ways()[number % 3];
        let expected = told(&maze, &way, &Keep::default()).expect("no disk is asked for");
        let directory = tempfile::tempdir().expect("there is room");
        let count = AtomicUsize::new(0);
        let progress = |_: Progress| {
            let to = copies.path().join(format!("{number}-{}", count.fetch_add(1, Ordering::Relaxed)));
            if file::path(directory.path()).exists() {
                fs::create_dir(&to).expect("there is room");
                fs::copy(file::path(directory.path()), file::path(&to)).expect("there is room");
            }
        };
        let spilled = Keep { spill: Some(spill.path()), spill_states_max: Some(5), ..keep(directory.path()) };
        let kept = if number % 2 == 0 { spilled } else { keep(directory.path()) };
        let options = Options { threads: 2, progress: &progress, ..way };
        assert!(told(&maze, &options, &kept).expect("the disk works") == expected);
        for copy in (0..count.into_inner()).step_by(5) {
            let copy = copies.path().join(format!("{number}-{copy}"));
            if copy.exists() {
                let keep = Keep { checkpoint: None, resume: Some(&copy), ..kept };
                let found = told(&maze, &Options { threads: 3, ..way }, &keep).expect("the disk works");
                assert!(found == expected, "{copy:?}: {maze:?}");
            }
        }
    }
}

/// A search that was broken off in the middle, and its checkpoint.
fn broken_off(maze: &Maze, directory: &Path) -> Vec<u8> {
    let bounds = Bounds { states_max: Some(30), ..Bounds::default() };
    let options = Options { bounds, ..Options::default() };
    let found = told(maze, &options, &keep(directory)).expect("the disk works");
    assert_eq!(found.1, End::States);
    fs::read(file::path(directory)).expect("it is there")
}

#[test]
fn damage_is_refused() {
    let (directory, maze) = (tempfile::tempdir().expect("there is room"), mazes(9).next().expect("some"));
    let whole = broken_off(&maze, directory.path());
    let with = |bytes: &[u8]| {
        fs::write(file::path(directory.path()), bytes).expect("there is room");
        let keep = Keep { checkpoint: None, resume: Some(directory.path()), ..keep(directory.path()) };
        told(&maze, &Options::default(), &keep)
    };
    assert!(with(&whole).is_ok());
    for end in (0..whole.len()).step_by(1 + whole.len() / 200) {
        let error = with(&whole[..end]).expect_err("it is cut short");
        assert!(error.message.contains("is damaged") && error.hint.is_some(), "cut at {end}: {error}");
    }
    for at in (0..whole.len()).step_by(1 + whole.len() / 400) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        let error = with(&flipped).expect_err("a bit is wrong");
        let says = ["is damaged", "is not a checkpoint", "another version"];
        assert!(says.iter().any(|says| error.message.contains(says)), "flipped at {at}: {error}");
    }
    let longer = [&whole[..], b"more"].concat();
    assert!(with(&longer).is_err() && with(b"Model(name: \"no checkpoint\")").is_err());
}

#[test]
fn what_is_of_something_else_is_refused() {
    let (directory, maze) = (tempfile::tempdir().expect("there is room"), mazes(9).next().expect("some"));
    broken_off(&maze, directory.path());
    let empty = tempfile::tempdir().expect("there is room");
    let here = Keep { resume: Some(directory.path()), ..keep(directory.path()) };
    let sleeping = Options { paths: false, ..Options::default() };
    let all = Options::default();
    let cases = [
        (Keep { model: "another", ..here }, all, "is of another model, or the model was changed since"),
        (Keep { asked: "less", ..here }, all, "is of a search with other options"),
        (here, sleeping, "is of a search that went about it differently"),
        (Keep { resume: Some(empty.path()), checkpoint: None, ..here }, all, "there is no checkpoint in"),
        (Keep { resume: None, ..here }, all, "there is a checkpoint in"),
    ];
    for (keep, options, says) in cases {
        let error = told(&maze, &options, &keep).expect_err(says);
        assert!(error.message.contains(says) && error.hint.is_some(), "{says}: {error}");
    }
    assert_eq!(told(&maze, &all, &here).expect("it is as it was").1, End::Exhausted);
}

#[test]
fn two_do_not_write_to_one_directory() {
    let (directory, maze) = (tempfile::tempdir().expect("there is room"), mazes(9).next().expect("some"));
    let refused = AtomicUsize::new(0);
    let progress = |_: Progress| {
        let other = Keep { resume: Some(directory.path()), ..keep(directory.path()) };
        let refusal = told(&maze, &Options::default(), &other).expect_err("the first is still there");
        refused.fetch_add(usize::from(refusal.message.contains("another cl-check")), Ordering::Relaxed);
    };
    let options = Options { progress: &progress, ..Options::default() };
    told(&maze, &options, &keep(directory.path())).expect("the disk works");
    assert!(refused.into_inner() > 0);
}
