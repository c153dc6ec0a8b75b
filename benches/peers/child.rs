//! One run in a process of its own, so that its peak memory is its own: what the child does, what it says in one
//! line, and how the parent asks for it.

use std::env;
use std::io;
use std::process::Command;
use std::time::Instant;

use cl_check::check::{Options, check};
use cl_check::engine::verdict::{EndReason, Word};
use cl_check::model::Model;
use cl_check::oracle::Property;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::peer::Peer;
use crate::reference::Reference;
use crate::reference::systems::{complete, even, usual_properties};

/// The numbers of a K(3) with one initiator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// What each process holds at first.
    pub balance: u8,
    /// How often each process may send.
    pub sends: u8,
}

/// What a child can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// The engine, three properties, no orderings.
    Engine,
    /// The engine, all the properties that are judged where a model names none, no orderings.
    Defaults,
    /// The engine, all those properties, and orderings counted: what `cl-check model.ron` does.
    Orderings,
    /// Stateright, and the system written for it and for speed.
    Stateright,
    /// Stateright, and the reference of the tests: any model of tokens, written as it reads in the paper. Judges nothing.
    Reference,
}

/// What was found, and what it took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// Distinct states.
    pub states: u64,
    /// Transitions.
    pub transitions: u64,
    /// Greatest breadth-first distance, where it is known.
    pub depth: Option<u64>,
    /// Terminal states, where they are counted.
    pub terminals: Option<u64>,
    /// From the model to the verdict.
    pub elapsed_s: f64,
    /// The most resident memory of the whole process.
    pub peak_bytes: u64,
}

impl Measured {
    /// So much was found by now.
    fn since(clock: Instant, states: u64, transitions: u64) -> Self {
        let elapsed_s = clock.elapsed().as_secs_f64();
        let peak_bytes = peak_bytes_of("self").expect("Linux tells the peak of resident memory");
        Self { states, transitions, depth: None, terminals: None, elapsed_s, peak_bytes }
    }
}

impl Kind {
    /// Runs in a process of its own.
    pub fn measure(self, size: Size, threads: usize) -> io::Result<Measured> {
        let kind = self.to_possible_value().map_or_else(String::new, |it| it.get_name().to_owned());
        let numbers =
            [u64::from(size.balance), u64::from(size.sends), threads as u64].map(|it| it.to_string());
        let [balance, sends, threads] = &numbers;
        let output = Command::new(env::current_exe()?)
            .args(["--child", &kind, "--balance", balance, "--sends", sends, "--threads", threads])
            .stderr(std::process::Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(io::Error::other(format!("{self:?}: {}", output.status)));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Runs here and prints what was measured.
    pub fn run(self, size: Size, threads: usize) {
        let clock = Instant::now();
        // With several threads Stateright's search is not quite that.
        let is_breadth_first = threads == 1;
        match self {
            Self::Engine => engine(clock, &three(size), threads, false),
            Self::Defaults => engine(clock, &with_usual_properties(size), threads, false),
            Self::Orderings => engine(clock, &with_usual_properties(size), threads, true),
            Self::Reference => {
                let found = Reference::of_model(&three(size)).count_with_stateright(threads);
                let (states, transitions) = (found.distinct_states as u64, found.transitions as u64);
                let depth = is_breadth_first.then_some(found.depth as u64);
                let terminals = Some(found.terminal_states as u64);
                print(&Measured { depth, terminals, ..Measured::since(clock, states, transitions) });
            }
            Self::Stateright => Peer { balance: size.balance, sends: size.sends }.search(threads, |found| {
                let depth = is_breadth_first.then_some(found.depth);
                print(&Measured { depth, ..Measured::since(clock, found.states, found.transitions) });
            }),
        }
    }
}

/// The system that is compared, and what is judged of it.
pub fn three(size: Size) -> Model {
    let channels = complete(3);
    let check = vec![Property::ConsistentCut, Property::TotalPreserved, Property::Terminates];
    Model { check, ..even(3, &channels, size.balance.into(), size.sends.into(), &[&[0]]) }
}

fn with_usual_properties(size: Size) -> Model {
    Model { check: usual_properties(), ..three(size) }
}

/// The whole job: from a model to its verdict, which must be `verified`.
fn engine(clock: Instant, model: &Model, threads: usize, orderings: bool) {
    let verdict = check(model, &Options { threads, orderings, ..Options::default() });
    let found = Measured::since(clock, verdict.stats.distinct_states, verdict.stats.transitions);
    assert_eq!((verdict.word, verdict.end_reason), (Word::Verified, EndReason::Exhausted));
    let (depth, terminals) = (Some(verdict.stats.depth.into()), Some(verdict.stats.terminal_states));
    print(&Measured { depth, terminals, ..found });
}

fn print(measured: &Measured) {
    println!("{}", serde_json::to_string(measured).expect("plain numbers are JSON"));
}

/// The most memory that a process has had resident so far, as the system says (`VmHWM`; Linux only).
pub fn peak_bytes_of(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes = line.trim().trim_end_matches("kB").trim();
    Some(kibibytes.parse::<u64>().ok()? * 1024)
}
