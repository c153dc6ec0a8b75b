//! `cl-check cos418`: the course assignment's files, their outcomes, and the judge of given ones.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum, ValueHint};

use super::arguments::{Color, ReportArguments};
use super::exit::Exit;
use super::{aside, examine, interrupt, output, units};
use crate::check::Options;
use crate::cos418::judge::{Judgement, Semantics, judge};
use crate::cos418::report::{
    Enumerated, Judged, found_json, found_text, judged_json, judged_text, list_text, union,
};
use crate::cos418::{Exercise, asynchronous, discrete, oracles, read_recordings};
use crate::engine::Bounds;
use crate::model::{Error, Source};
use crate::report::printable;

/// What to do with an exercise.
#[derive(Debug, Args)]
pub struct Cos418Arguments {
    /// The topology: a .top file
    #[arg(value_name = "TOP", value_hint = ValueHint::FilePath)]
    pub topology: PathBuf,

    /// The script: a .events file
    #[arg(value_name = "EVENTS", value_hint = ValueHint::FilePath)]
    pub events: PathBuf,

    /// Which runs there are: of the assignment's simulator, with deliveries anywhere, or both in turn
    #[arg(long, value_enum, default_value_t, value_name = "SEMANTICS")]
    pub semantics: Choice,

    /// Is there one run that yields exactly these snapshots together? One .snap file for each
    #[arg(long, value_name = "SNAP", num_args = 1.., value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with_all = ["list", "write", "to_model"])]
    pub judge: Vec<PathBuf>,

    /// Print every outcome
    #[arg(long, conflicts_with = "to_model")]
    pub list: bool,

    /// Write every outcome into this directory, as .snap files
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "to_model")]
    pub write: Option<PathBuf>,

    /// Print the exercise as a model, for everything else that cl-check does
    #[arg(long)]
    pub to_model: bool,

    /// Threads of the search [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Bound on states for each semantics; with --judge, on branches in discrete time [default: none; 2,000,000]
    #[arg(long, value_name = "N", value_parser = units::states)]
    pub max_states: Option<u64>,

    /// Bound on time for each semantics, such as 30s [default: none]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    pub timeout: Option<Duration>,

    /// Bound on memory, such as 4GiB [default: 80% of what is available]
    #[arg(long, value_name = "SIZE", value_parser = units::bytes)]
    pub max_memory: Option<u64>,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// Which semantics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// The assignment's simulator, with every choice of delays
    Discrete,
    /// Deliveries fall anywhere
    Asynchronous,
    /// Both in turn
    #[default]
    Both,
}

impl Choice {
    fn all(self) -> &'static [Semantics] {
        match self {
            Self::Discrete => &[Semantics::Discrete],
            Self::Asynchronous => &[Semantics::Asynchronous],
            Self::Both => &[Semantics::Asynchronous, Semantics::Discrete],
        }
    }
}

/// Does what the arguments say.
pub fn run(arguments: &Cos418Arguments) -> Exit {
    interrupt::listen();
    examine::note_panics();
    let path = arguments.events.display().to_string();
    match examine::guarded(&path, || done(arguments)) {
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => unreadable(&error, arguments.report.page.color),
        Err(_) => Exit::Internal,
    }
}

fn unreadable(error: &Error, color: Color) -> Exit {
    output::show(error, output::wants_color(color, &io::stderr()));
    Exit::Unusable
}

fn done(arguments: &Cos418Arguments) -> Result<Exit, Error> {
    let exercise = Exercise::load(&arguments.topology, &arguments.events)?;
    let name = arguments.events.file_stem().unwrap_or_default().to_string_lossy();
    if arguments.to_model {
        return Ok(output::print(exercise.to_model(&name).as_bytes()).err().unwrap_or(Exit::Met));
    }
    if arguments.judge.is_empty() {
        enumerated(arguments, &exercise)
    } else {
        judged(arguments, &exercise, &name)
    }
}

fn bounds(arguments: &Cos418Arguments) -> Bounds<'static> {
    Bounds {
        states_max: arguments.max_states,
        memory_bytes_max: examine::memory_bytes_max(arguments.max_memory),
        deadline: arguments.timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
        interrupt: Some(interrupt::flag()),
    }
}

fn enumerated(arguments: &Cos418Arguments, exercise: &Exercise) -> Result<Exit, Error> {
    let each = arguments.semantics.all().iter().map(|&semantics| explored(arguments, exercise, semantics));
    let all: Vec<Enumerated> = each.collect::<Result<_, _>>()?;
    let fails = all.iter().any(|one| !one.opinion.fails.is_empty());
    let whole = all.iter().all(|one| one.found.is_complete() && !one.opinion.undecided);
    let exit = match (fails, whole) {
        (true, _) => Exit::Unmet,
        (false, true) => Exit::Met,
        (false, false) => Exit::Inconclusive,
    };
    let text = |page| {
        let list = if arguments.list { list_text(exercise, &all) } else { String::new() };
        found_text(exercise, &all, page) + &list
    };
    let record = || found_json(exercise, &all, arguments.list, exit.code());
    let written = arguments.write.as_deref().map_or(Exit::Met, |folder| write(exercise, &all, folder));
    Ok(output::answer(arguments.report, exit, text, record).max(written))
}

fn explored(
    arguments: &Cos418Arguments,
    exercise: &Exercise,
    semantics: Semantics,
) -> Result<Enumerated, Error> {
    let threads = arguments.threads.map_or_else(examine::cores, usize::from);
    let bounds = bounds(arguments);
    let (found, opinion) = match semantics {
        Semantics::Asynchronous => {
            let found = asynchronous::outcomes(exercise, &bounds, threads)?;
            let options = Options { threads, orderings: false, bounds, ..Options::default() };
            (found, oracles::of_all(exercise, &options)?)
        }
        Semantics::Discrete => {
            let (found, runs) = discrete::runs(exercise, &bounds);
            (found, oracles::of_runs(exercise, &runs)?)
        }
    };
    Ok(Enumerated { semantics, found, opinion })
}

/// A file for each snapshot of each outcome.
fn write(exercise: &Exercise, all: &[Enumerated], folder: &Path) -> Exit {
    let outcomes = union(all);
    let digits = outcomes.len().to_string().len();
    let written = fs::create_dir_all(folder).and_then(|()| {
        for (at, outcome) in outcomes.keys().enumerate() {
            for (snapshot, recording) in outcome.snapshots.iter().enumerate() {
                let name = format!("outcome-{:0digits$}-snapshot-{snapshot}.snap", at + 1);
                aside::write(&folder.join(name), &recording.text(exercise, snapshot))?;
            }
        }
        Ok(())
    });
    written.map_or_else(
        |reason| {
            let path = printable(&folder.display().to_string());
            output::complain(&format!("cannot write into `{path}`: {}", reason.kind()));
            Exit::Unusable
        },
        |()| Exit::Met,
    )
}

fn judged(arguments: &Cos418Arguments, exercise: &Exercise, name: &str) -> Result<Exit, Error> {
    let sources: Vec<Source> =
        arguments.judge.iter().map(|path| Source::load(path)).collect::<Result<_, _>>()?;
    let recordings = read_recordings(exercise, &sources)?;
    let each = arguments.semantics.all().iter().map(|&semantics| Judged {
        semantics,
        judgement: judge(exercise, &recordings, semantics, &bounds(arguments)),
    });
    let all: Vec<Judged> = each.collect();
    let any = |is: fn(&Judgement) -> bool| all.iter().any(|one| is(&one.judgement));
    let exit = if any(|judgement| matches!(judgement, Judgement::Illegal(_))) {
        Exit::Unmet
    } else if any(|judgement| *judgement == Judgement::Undecided) {
        Exit::Inconclusive
    } else {
        Exit::Met
    };
    let model = exercise.model(name)?;
    let text = |page| judged_text(exercise, &model, &all, page);
    Ok(output::answer(arguments.report, exit, text, || judged_json(exercise, &model, &all, exit.code())))
}
