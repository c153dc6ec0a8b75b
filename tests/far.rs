//! Searches that go to disk, and searches that are killed: the program as it is run, beside itself undisturbed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// 300,586 states, every property judged, and some fail.
const LARGE: &str = r#"Model(
    name: "large", topology: Complete(["A", "B", "C"]), snapshots: [By("A")],
    channel_overrides: [(("A", "B"), Overtaking(1))],
    application: Tokens(start: Each(1), behaviour: Free(sends: {"A": 2, "B": 2, "C": 1}, amounts: [1])),
    expect: Violated([ConsistentCut]),
)"#;

/// A directory of its own, and the model in it.
fn place(name: &str, model: &str) -> (PathBuf, PathBuf) {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("there is room");
    let path = place.join("model.ron");
    fs::write(&path, model).expect("there is room");
    (place, path)
}

fn program(model: &Path, arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cl-check"));
    program.arg(model).args(["--format", "json", "--no-times"]).args(arguments);
    program.env_remove("GITHUB_ACTIONS").stdin(Stdio::null());
    program
}

fn report(model: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = program(model, arguments).output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn is_there(kept: &str) -> bool {
    Path::new(kept).join("checkpoint").exists()
}

/// Goes on from a checkpoint, if there is one.
fn kept_in(kept: &str) -> [&str; 2] {
    if is_there(kept) { ["--resume", kept] } else { ["--checkpoint", kept] }
}

/// Twenty times the process is killed at some moment, with no word to it, while it writes checkpoints all the time.
#[test]
fn killed_at_any_moment_it_ends_as_if_it_had_not_been() {
    let (place, model) = place("killed", LARGE);
    let begun = Instant::now();
    let undisturbed = report(&model, &["--threads", "1"]);
    let whole = begun.elapsed();
    assert!(undisturbed.1.contains("\"verdict\": \"violated\""), "{}", undisturbed.1);
    let kept = place.join("kept");
    let kept = kept.to_str().expect("text");
    let mut rng = ChaCha8Rng::seed_from_u64(20);
    let (mut killed, mut resumed) = (0, 0);
    while killed < 20 {
        let threads = ["1", "2", "3"][killed % 3];
        resumed += usize::from(is_there(kept));
        let arguments = [&kept_in(kept)[..], &["--checkpoint-every", "0s", "--threads", threads]].concat();
        let mut child = program(&model, &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.as_mut().expect("the program runs");
        sleep(whole.mul_f64(rng.random_range(0.02..0.3)));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        killed += 1;
    }
    assert!(resumed > 10, "{resumed} were resumed");
    let last = report(&model, &kept_in(kept));
    assert_eq!((last.0, last.1), (undisturbed.0, undisturbed.1));
    assert!(!Path::new(kept).exists(), "there is nothing left to do");
}

/// 504,870 states, of which each is like another or alone.
const EVEN: &str = r#"Model(
    name: "even", topology: Complete(["A", "B", "C"]), snapshots: [By("A")],
    application: Tokens(start: Each(1), behaviour: Free(sends: 2, amounts: [1])),
)"#;

/// In every mode: a search that a bound ends goes on from there, also with fewer threads.
#[test]
fn searches_of_every_mode_are_resumed() {
    let (place, model) = place("modes", EVEN);
    let modes: [&[&str]; 5] = [
        &["--no-orderings"],
        &["--reduce", "symmetry"],
        &["--reduce", "symmetry", "--no-orderings"],
        &["--reduce", "stubborn"],
        &["--reduce", "max"],
    ];
    for mode in modes {
        let kept = place.join(mode.concat());
        let kept = kept.to_str().expect("text");
        let with = |more: &[&str]| report(&model, &[mode, more].concat());
        let undisturbed = with(&[]);
        assert_eq!(undisturbed.0, Some(0), "{}", undisturbed.2);
        let ended = with(&["--max-states", "9000", "--threads", "2", "--checkpoint", kept]);
        assert!(ended.0 == Some(3) && is_there(kept), "{mode:?}: {}", ended.2);
        let resumed = with(&["--threads", "1", "--resume", kept]);
        assert_eq!((resumed.0, resumed.1), (undisturbed.0, undisturbed.1), "{mode:?}");
    }
}

/// What cannot be had together is said, and nothing is left out in silence.
#[test]
fn what_is_refused_is_said() {
    let (place, model) = place("refused", &LARGE.replace("\"A\": 2, \"B\": 2, \"C\": 1", "\"A\": 1"));
    let path = |name: &str| place.join(name).to_str().expect("text").to_owned();
    let (kept, empty, file) = (path("kept"), path("empty"), path("model.ron"));
    fs::create_dir(&empty).expect("there is room");
    let cases: [(&[&str], &str); 4] = [
        (&["--resume", &empty], "there is no checkpoint in"),
        (&["--spill", &file], "cannot make"),
        (&["--checkpoint", &file], "cannot make"),
        (&["--checkpoint", &kept, &file], "for one model, and here are 2"),
    ];
    for (arguments, says) in cases {
        let (code, _, said) = report(&model, arguments);
        assert!(code == Some(2) && said.contains(says), "{arguments:?}: {code:?} {said}");
    }
    let other = path("other.ron");
    fs::write(&other, LARGE.replace("\"A\": 2", "\"A\": 1")).expect("there is room");
    assert_eq!(report(&model, &["--max-states", "20", "--checkpoint", &kept]).0, Some(3));
    let (code, _, said) = report(Path::new(&other), &["--resume", &kept]);
    assert!(code == Some(2) && said.contains("is of another model"), "{code:?} {said}");
    let (code, _, said) = report(&model, &["--resume", &kept, "--no-orderings"]);
    assert!(code == Some(2) && said.contains("is of a search with other options"), "{code:?} {said}");
}
