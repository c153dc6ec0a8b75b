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
use crate::reference::golden::ROWS;
use crate::reference::systems::{complete, even};

/// Who searches what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The engine, K(3), without orderings.
    Engine(Size),
    /// Stateright, K(3).
    Stateright(Size),
    /// The engine, a row of the golden table, with orderings.
    Row(usize),
}

/// The numbers of a K(3) with one initiator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// What each process holds at first.
    pub balance: u8,
    /// How often each process may send.
    pub sends: u8,
}

/// The names of the tasks on the command line of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Engine,
    Stateright,
    Row,
}

/// What a child found, and what it took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// Distinct states.
    pub states: u64,
    /// Transitions.
    pub transitions: u64,
    /// Greatest breadth-first distance.
    pub depth: u64,
    /// Terminal states; only of the engine.
    pub terminals: Option<u64>,
    /// Maximal paths; only of a row.
    pub orderings: Option<String>,
    /// From the model to the verdict.
    pub elapsed_s: f64,
    /// The most resident memory of the whole process.
    pub peak_bytes: u64,
}

impl Task {
    /// Runs in a process of its own.
    pub fn measure(self, threads: usize) -> io::Result<Measured> {
        let output = Command::new(env::current_exe()?)
            .args(self.arguments())
            .args(["--threads", &threads.to_string()])
            .stderr(std::process::Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(io::Error::other(format!("{self:?}: {}", output.status)));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn arguments(self) -> Vec<String> {
        let of_size = |kind: &str, size: Size| {
            let (balance, sends) = (size.balance.to_string(), size.sends.to_string());
            ["--child", kind, "--balance", &balance, "--sends", &sends].map(str::to_owned).to_vec()
        };
        match self {
            Self::Engine(size) => of_size("engine", size),
            Self::Stateright(size) => of_size("stateright", size),
            Self::Row(row) => ["--child", "row", "--row", &row.to_string()].map(str::to_owned).to_vec(),
        }
    }

    /// Runs here and prints what was measured.
    pub fn run(self, threads: usize) {
        let clock = Instant::now();
        match self {
            Self::Engine(size) => {
                let channels = complete(3);
                engine(even(3, &channels, size.balance.into(), size.sends.into(), &[&[0]]), threads, false);
            }
            Self::Row(row) => engine(ROWS[row].model(), threads, true),
            Self::Stateright(Size { balance, sends }) => {
                Peer { balance, sends }.search(threads, |found| {
                    print(&Measured {
                        states: found.states,
                        transitions: found.transitions,
                        depth: found.depth,
                        terminals: None,
                        orderings: None,
                        elapsed_s: clock.elapsed().as_secs_f64(),
                        peak_bytes: peak_bytes(),
                    });
                });
            }
        }
    }
}

/// The whole job: from a model to its verdict, which must be `verified`.
fn engine(model: Model, threads: usize, orderings: bool) {
    let check_these = vec![Property::ConsistentCut, Property::TotalPreserved, Property::Terminates];
    let model = Model { check: check_these, ..model };
    let clock = Instant::now();
    let verdict = check(&model, &Options { threads, orderings, ..Options::default() });
    let elapsed_s = clock.elapsed().as_secs_f64();
    assert_eq!((verdict.word, verdict.end_reason), (Word::Verified, EndReason::Exhausted));
    print(&Measured {
        states: verdict.stats.distinct_states,
        transitions: verdict.stats.transitions,
        depth: verdict.stats.depth.into(),
        terminals: Some(verdict.stats.terminal_states),
        orderings: verdict.stats.orderings.map(|it| it.to_string()),
        elapsed_s,
        peak_bytes: peak_bytes(),
    });
}

fn print(measured: &Measured) {
    println!("{}", serde_json::to_string(measured).expect("plain numbers are JSON"));
}

/// The most memory that this process has had resident, as the system says (`VmHWM`; Linux only).
fn peak_bytes() -> u64 {
    let status =
        std::fs::read_to_string("/proc/self/status").expect("Linux tells the peak of resident memory");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("with a peak");
    let kibibytes = line.trim().trim_end_matches("kB").trim();
    kibibytes.parse::<u64>().expect("a number of kB") * 1024
}
