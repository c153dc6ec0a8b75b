//! Whole runs, exact, side by side with Stateright's breadth-first search, SPIN, Rumur and TLC on the same system: states a
//! second and bytes a state. Every run is a process of its own; no time is printed before all counts agree. What is not
//! installed is left out, and that is said.
//!
//! `cargo bench --bench peers [-- --sends N --balance N --threads N,N --runs N --patience S]`, into `benches/RESULTS.md`.

mod child;
#[path = "../../tests/export/figures.rs"]
mod figures;
mod foreign;
mod peer;
#[path = "../../tests/reference/mod.rs"]
mod reference;
#[path = "../results/mod.rs"]
mod results;
mod table;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use child::{Kind, Measured, Size};
use foreign::{Foreign, Program};
use reference::golden::{Golden, ROWS, Shape};
use table::{Line, grouped};

/// Compares whole runs with those of other checkers.
#[derive(Parser)]
struct Arguments {
    /// How often each of the three processes may send.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(0..=i64::from(peer::SENDS_MAX)))]
    sends: u8,
    /// What each process holds at first.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=80))]
    balance: u8,
    /// Threads of each search, one number after the other.
    #[arg(long, default_value = "1,2", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: Vec<u8>,
    /// Runs of each; the medians are printed.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    runs: u8,
    /// What takes longer than this, in seconds, runs once: it is not what noise decides about.
    #[arg(long, default_value_t = 60)]
    patience: u32,
    /// Print the table and leave `benches/RESULTS.md` alone.
    #[arg(long)]
    dry: bool,
    /// Given by cargo bench.
    #[arg(long, hide = true)]
    bench: bool,
    /// Be one of the processes compared.
    #[arg(long, hide = true)]
    child: Option<Kind>,
}

/// Somebody who searches.
enum Who {
    Child(Kind),
    Foreign(Foreign),
}

/// All, cl-check first. SPIN has its variables for one event hidden, and searches on one thread only.
const ALL: [(&str, Who, bool); 8] = [
    ("cl-check, three properties", Who::Child(Kind::Engine), true),
    ("cl-check, all by default", Who::Child(Kind::Defaults), true),
    ("cl-check, all, orderings counted", Who::Child(Kind::Orderings), true),
    ("Stateright 0.31, by hand for this system", Who::Child(Kind::Stateright), true),
    ("Stateright 0.31, any system, plainly", Who::Child(Kind::Reference), true),
    ("SPIN, full and exact", Who::Foreign(Foreign::Spin), false),
    ("Rumur", Who::Foreign(Foreign::Rumur), true),
    ("TLC", Who::Foreign(Foreign::Tlc), true),
];

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let size = Size { balance: arguments.balance, sends: arguments.sends };
    let outcome = match arguments.child {
        Some(kind) => {
            kind.run(size, usize::from(arguments.threads[0]));
            Ok(())
        }
        // Such as `cargo test --all-targets`, which runs every bench: there is nothing to test here.
        None if !arguments.bench => Ok(()),
        None => compare(&arguments, size),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One of [`ALL`] on some threads, ready to run.
struct Runner {
    name: &'static str,
    threads: usize,
    size: Size,
    work: Work,
    runs: Vec<Measured>,
    empty_bytes: u64,
}

/// What is run, and what has next to nothing to do.
enum Work {
    Child(Kind),
    Programs { full: Program, empty: Program },
}

impl Runner {
    fn of(
        (name, who, _): &(&'static str, Who, bool),
        size: Size,
        threads: usize,
        states: u64,
    ) -> io::Result<Self> {
        let work = match who {
            Who::Child(kind) => Work::Child(*kind),
            Who::Foreign(foreign) => Work::Programs {
                full: foreign.build(size, threads, states)?,
                empty: foreign.build(Size { sends: 0, ..size }, threads, 0)?,
            },
        };
        let mut runner = Self { name, threads, size, work, runs: Vec::new(), empty_bytes: 0 };
        runner.empty_bytes = runner.empty()?.peak_bytes;
        Ok(runner)
    }

    fn measure(&self) -> io::Result<Measured> {
        match &self.work {
            Work::Child(kind) => kind.measure(self.size, self.threads),
            Work::Programs { full, .. } => full.measure(),
        }
    }

    fn is_worth_another(&self, patience: u32) -> bool {
        self.runs.first().is_none_or(|run| run.elapsed_s <= f64::from(patience))
    }

    /// The program itself, its threads, its first buffers.
    fn empty(&self) -> io::Result<Measured> {
        match &self.work {
            Work::Child(kind) => kind.measure(Size { sends: 0, ..self.size }, self.threads),
            Work::Programs { empty, .. } => empty.measure(),
        }
    }
}

/// Alternates between all, so that what else the machine does hits all alike.
fn compare(arguments: &Arguments, size: Size) -> io::Result<()> {
    let first = Kind::Engine.measure(size, usize::from(arguments.threads[0]))?;
    agrees_with_golden(size, &first)?;
    let mut left_out = Vec::new();
    let mut runners = Vec::new();
    for &threads in &arguments.threads {
        for one in &ALL {
            match one.1 {
                Who::Foreign(foreign) if !foreign.is_here() => {
                    left_out.push(format!("{} is not installed", one.0));
                }
                _ if threads > 1 && !one.2 => left_out.push(format!("{} runs on one thread", one.0)),
                _ => runners.push(Runner::of(one, size, usize::from(threads), first.states)?),
            }
        }
    }
    for turn in 0..arguments.runs {
        for runner in runners.iter_mut().filter(|it| it.is_worth_another(arguments.patience)) {
            eprintln!("run {} of {}: {}, threads {}", turn + 1, arguments.runs, runner.name, runner.threads);
            let run = runner.measure()?;
            agrees(&first, &run)?;
            runner.runs.push(run);
        }
    }
    left_out.sort_unstable();
    left_out.dedup();
    publish(arguments, &first, &runners, &left_out)
}

fn publish(
    arguments: &Arguments,
    first: &Measured,
    runners: &[Runner],
    left_out: &[String],
) -> io::Result<()> {
    let lines = runners.iter().map(|it| Line::of(it.name, it.threads, &it.runs, it.empty_bytes));
    let table = table::table(&lines.collect::<Vec<_>>());
    let (states, transitions) = (grouped(&first.states), grouped(&first.transitions));
    let left_out =
        if left_out.is_empty() { String::new() } else { format!("Left out: {}.\n", left_out.join("; ")) };
    let text = format!(
        "{}\nThree fully connected processes, {} token(s) and {} send(s) each, one initiator: {states} states, {transitions} \
         transitions, the same for all. Medians, alternating, a process each; what took longer than {} s ran once. Bytes are over those of an empty run, \
         SPIN's table included.\n{left_out}\n{table}",
        results::circumstances("peers"),
        arguments.balance,
        arguments.sends,
        arguments.patience,
    );
    println!("{text}");
    if arguments.dry { Ok(()) } else { results::write("Peers", &text) }
}

/// SPIN prints eight digits; else all figures must be the same.
fn agrees(one: &Measured, other: &Measured) -> io::Result<()> {
    let near =
        |one: u64, other: u64| one == other || (one > 99_999_999 && one.abs_diff(other) <= one / 10_000_000);
    let same_if_known =
        |one: Option<u64>, other: Option<u64>| one.zip(other).is_none_or(|(one, other)| one == other);
    let same = near(one.states, other.states)
        && near(one.transitions, other.transitions)
        && same_if_known(one.depth, other.depth)
        && same_if_known(one.terminals, other.terminals);
    if same { Ok(()) } else { Err(disagreement(one, other)) }
}

fn disagreement(one: &Measured, other: &impl std::fmt::Debug) -> io::Error {
    io::Error::other(format!("the figures differ:\n  {one:?}\n  {other:?}"))
}

/// Where the table has the system, its figures count too.
fn agrees_with_golden(size: Size, found: &Measured) -> io::Result<()> {
    let is_it = |row: &&Golden| {
        let budget = (u64::from(size.balance), u32::from(size.sends));
        matches!(row.shape, Shape::K(3)) && row.initiators == [0] && (row.balance, row.sends) == budget
    };
    let Some(row) = ROWS.iter().find(is_it) else { return Ok(()) };
    let golden =
        [row.distinct_states, row.transitions, row.depth, row.terminal_states].map(|it| Some(it as u64));
    let same = [Some(found.states), Some(found.transitions), found.depth, found.terminals] == golden;
    if same { Ok(()) } else { Err(disagreement(found, row)) }
}
