//! Whole runs, exact, side by side with Stateright's breadth-first search of the same system: states a second and
//! bytes a state. Every run is a process of its own; no time is printed before all counts agree.
//!
//! `cargo bench --bench compare [-- --sends N --balance N --threads N --runs N]`
//! `cargo bench --bench compare -- --golden-largest` for the golden rows that are too large for the tests.

mod child;
mod peer;
#[path = "../../tests/reference/mod.rs"]
mod reference;
mod table;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use child::{Kind, Measured, Size, Task};
use reference::golden::{Golden, ROWS, Shape};
use table::Line;

/// Golden rows with more states than this are not in the tests.
const TESTED_STATES_MAX: usize = 4_000_000;

/// Compares whole runs with Stateright's, or checks the largest golden rows.
#[derive(Parser)]
struct Arguments {
    /// How often each of the three processes may send.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=i64::from(peer::SENDS_MAX)))]
    sends: u8,
    /// What each process holds at first.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=80))]
    balance: u8,
    /// Threads of each search.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
    /// Runs of each; the medians are printed.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    runs: u8,
    /// Check the golden rows of more than 4 million states instead, orderings included.
    #[arg(long)]
    golden_largest: bool,
    /// With `--golden-largest`: leave out rows of more states than this.
    #[arg(long, default_value_t = usize::MAX)]
    states_max: usize,
    /// Given by cargo bench.
    #[arg(long, hide = true)]
    bench: bool,
    /// Be one of the processes compared.
    #[arg(long, hide = true)]
    child: Option<Kind>,
    /// The row for `--child row`.
    #[arg(long, hide = true, default_value_t = 0)]
    row: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let threads = usize::from(arguments.threads);
    let size = Size { balance: arguments.balance, sends: arguments.sends };
    let outcome = match arguments.child {
        Some(Kind::Engine) => return run(Task::Engine(size), threads),
        Some(Kind::Stateright) => return run(Task::Stateright(size), threads),
        Some(Kind::Row) => return run(Task::Row(arguments.row), threads),
        // Such as `cargo test --all-targets`, which runs every bench: there is nothing to test here.
        None if !arguments.bench => Ok(()),
        None if arguments.golden_largest => check_largest(threads, arguments.states_max),
        None => compare(size, threads, arguments.runs),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task, threads: usize) -> ExitCode {
    task.run(threads);
    ExitCode::SUCCESS
}

/// Alternates between the two, so that what else the machine does hits both alike.
fn compare(size: Size, threads: usize, runs: u8) -> io::Result<()> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        ours.push(Task::Engine(size).measure(threads)?);
        theirs.push(Task::Stateright(size).measure(threads)?);
    }
    let first = &ours[0];
    agrees_with_golden(size, first)?;
    ours.iter().chain(&theirs).try_for_each(|run| agrees(first, run, threads))?;

    let (states, transitions) = (table::grouped(&first.states), table::grouped(&first.transitions));
    println!("K(3), balance {}, sends {}, one initiator; threads: {threads}", size.balance, size.sends);
    println!("{states} states, {transitions} transitions, depth {}: the same for both", first.depth);
    println!("medians of {runs} runs, alternating, a process each; memory over that of an empty run");
    let ours = Line::of("cl-check", &ours, empty_bytes(Task::Engine, size, threads)?);
    let theirs = Line::of("stateright 0.31", &theirs, empty_bytes(Task::Stateright, size, threads)?);
    table::print(&ours, &theirs);
    Ok(())
}

/// The peak of a run that has next to nothing to explore: the program itself, its threads, its first buffers.
fn empty_bytes(task: fn(Size) -> Task, size: Size, threads: usize) -> io::Result<u64> {
    Ok(task(Size { sends: 0, ..size }).measure(threads)?.peak_bytes)
}

fn agrees(one: &Measured, other: &Measured, threads: usize) -> io::Result<()> {
    // With several threads Stateright's search is not quite breadth-first.
    let depths = if threads == 1 { [one.depth, other.depth] } else { [0, 0] };
    let same = (one.states, one.transitions, depths[0]) == (other.states, other.transitions, depths[1]);
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
    ROWS.iter().find(is_it).map_or(Ok(()), |row| is_golden(row, found))
}

/// All figures that were found are those of the row.
fn is_golden(row: &Golden, found: &Measured) -> io::Result<()> {
    let golden = [row.distinct_states, row.transitions, row.depth, row.terminal_states].map(|it| it as u64);
    let terminals = found.terminals.unwrap_or(golden[3]);
    let same = [found.states, found.transitions, found.depth, terminals] == golden
        && found.orderings.as_deref().is_none_or(|orderings| orderings == row.orderings);
    if same { Ok(()) } else { Err(disagreement(found, row)) }
}

/// The rows that are too large for the tests, orderings included, one after the other.
fn check_largest(threads: usize, states_max: usize) -> io::Result<()> {
    println!("golden rows of more than 4 million states, orderings counted; threads: {threads}");
    let empty = Task::Row(0).measure(threads)?.peak_bytes;
    table::print_head();
    let rows = ROWS.iter().enumerate().filter(|(_, row)| row.distinct_states > TESTED_STATES_MAX);
    for (number, row) in rows.filter(|(_, row)| row.distinct_states <= states_max) {
        let found = Task::Row(number).measure(threads)?;
        is_golden(row, &found)?;
        let name = format!("{:?} {:?} {}x{}", row.shape, row.initiators, row.balance, row.sends);
        table::print_row(&Line::of(&name, &[found], empty));
    }
    println!("every figure is the golden one");
    Ok(())
}
