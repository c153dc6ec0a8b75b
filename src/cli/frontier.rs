//! `cl-check frontier`: one algorithm on every strongly connected topology of few processes.

use std::path::Path;
use std::time::Instant;

use super::arguments::FrontierArguments;
use super::examine;
use super::exit::Exit;
use super::progress::Progress;
use super::{interrupt, output};
use crate::algorithm::builtin;
use crate::algorithm::syntax::Algorithm;
use crate::check::Options;
use crate::engine::Bounds;
use crate::engine::frontier::Frontier;
use crate::engine::verdict::Word;
use crate::model::{Error, Source, read_algorithm};
use crate::mutate::{Systems, frontier};
use crate::report::frontier::{FrontierReport, text};

/// Checks the algorithm that the arguments name.
pub fn run(arguments: &FrontierArguments) -> Exit {
    examine::note_panics();
    examine::guarded(&arguments.algorithm, || checked(arguments)).unwrap_or(Exit::Internal)
}

fn checked(arguments: &FrontierArguments) -> Exit {
    let color = output::wants_color(arguments.report.page.color, &std::io::stderr());
    let unreadable = |error: Error| {
        output::show(&error, color);
        Exit::Unusable
    };
    let algorithm = match algorithm(&arguments.algorithm) {
        Ok(algorithm) => algorithm,
        Err(error) => return unreadable(error),
    };
    interrupt::listen();
    let clock = Instant::now();
    let systems = Systems {
        processes_max: usize::from(arguments.processes),
        tokens: arguments.tokens,
        sends: arguments.sends,
        snapshots: 1,
    };
    let progress = Progress::new(&arguments.algorithm, true);
    let tell = |judged, all| {
        if let Some(progress) = &progress {
            progress.tell_systems(judged, all);
        }
    };
    match frontier(&algorithm, systems, || options(arguments), tell) {
        Err(error) => unreadable(error),
        Ok(frontier) => {
            drop(progress);
            publish(arguments, &frontier, clock.elapsed().as_secs_f64())
        }
    }
}

/// By name, or from a file.
fn algorithm(name: &str) -> Result<Algorithm, Error> {
    match builtin::named(name) {
        Some(algorithm) => Ok(algorithm),
        None => read_algorithm(&Source::load(Path::new(name))?),
    }
}

fn options(arguments: &FrontierArguments) -> Options<'static> {
    let bounds = Bounds {
        states_max: arguments.max_states,
        memory_bytes_max: examine::memory_bytes_max(None),
        deadline: arguments.timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
        interrupt: Some(interrupt::flag()),
    };
    let threads = arguments.threads.map_or_else(examine::cores, usize::from);
    Options { threads, orderings: false, bounds, ..Options::default() }
}

fn publish(arguments: &FrontierArguments, frontier: &Frontier, elapsed_s: f64) -> Exit {
    let exit = match frontier.stopped.as_ref().map(|(verdict, _)| verdict.word) {
        None => Exit::Met,
        Some(Word::Incomplete) => Exit::Inconclusive,
        Some(Word::Vacuous) => Exit::Nothing,
        Some(Word::Violated | Word::Verified) => Exit::Unmet,
    };
    let times = !arguments.report.page.no_times;
    let one = |number: u64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let (tokens, sends) = (one(arguments.tokens, "token"), one(arguments.sends.into(), "send"));
    output::answer(
        arguments.report,
        exit,
        |page| text(frontier, &format!("{tokens} and {sends} each"), elapsed_s, page),
        || FrontierReport::new(frontier, exit.code(), times),
    )
}
