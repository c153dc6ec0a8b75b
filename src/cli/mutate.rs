//! `cl-check mutate`: each model as it is, then all its mutants.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::arguments::{Format, MutateArguments, PageArguments, ReportArguments};
use super::examine::{self, guarded};
use super::exit::Exit;
use super::inputs::{Input, Inputs};
use super::progress::Progress;
use super::{batch, interrupt, output};
use crate::check;
use crate::engine::Bounds;
use crate::engine::analysis::{Analysis, Fate, MutantVerdict, Smallest};
use crate::engine::verdict::Word;
use crate::model::Model;
use crate::mutate::{self, Mutant, Options, Refusal, Systems, analyse};
use crate::network::ProcessId;
use crate::report::mutants::{refusal, smallest_text, text};
use crate::report::{AnalysisRecord, Failure, ModelRecord, MutationReport, Page, SmallestReport, printable};

/// The time that a mutant may take where nothing is said.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What became of one model.
enum Done {
    Listed(String),
    Smallest(String, Vec<Smallest>),
    Analysed(Box<Analysis>),
    Refused(Refusal),
    Failed(Failure),
}

/// Analyses the mutants of everything that the arguments name.
pub fn run(arguments: &MutateArguments) -> Exit {
    let inputs = match Inputs::named(&arguments.models) {
        Ok(inputs) => inputs,
        Err(exit) => return exit,
    };
    interrupt::listen();
    examine::note_panics();
    let mut exit = batch::nothing_in(&inputs.empty);
    let mut records = Vec::new();
    for input in &inputs.models {
        let done = guarded(&input.name(), || one(arguments, input));
        let done = done.unwrap_or_else(|failure| Done::Failed(*failure));
        exit = exit.max(exit_of(&done));
        if let Err(end) = publish(arguments, &done, &mut records) {
            return exit.max(end);
        }
    }
    match finish(arguments, &records, exit) {
        Ok(()) => exit,
        Err(end) => exit.max(end),
    }
}

fn one(arguments: &MutateArguments, input: &Input) -> Done {
    let color = output::wants_color(arguments.report.page.color, &std::io::stderr());
    let model = match examine::read_model(input, color) {
        Ok(model) => model,
        Err(failure) => return Done::Failed(*failure),
    };
    let all = mutants(arguments, &model);
    if let Some(name) = model.equivalent.iter().find(|name| all.iter().all(|mutant| mutant.name != **name)) {
        return Done::Failed(unknown(input, name));
    }
    let chosen: Vec<Mutant> = all.into_iter().filter(|mutant| is_chosen(arguments, &mutant.name)).collect();
    if arguments.list {
        return Done::Listed(chosen.iter().fold(String::new(), |mut list, mutant| {
            let _ = writeln!(list, "{}", printable(&mutant.name));
            list
        }));
    }
    if arguments.smallest {
        return smallest(arguments, input, &model, &chosen);
    }
    judged(arguments, input, &model, &chosen)
}

/// Those of the model; on systems with more snapshots than it has there are more.
fn mutants(arguments: &MutateArguments, model: &Model) -> Vec<Mutant> {
    let wanted = usize::from(arguments.snapshots);
    if !arguments.smallest || model.snapshots.len() >= wanted {
        return mutate::all(model);
    }
    let first = model.snapshots.iter().flatten().next().copied().unwrap_or(ProcessId(0));
    mutate::all(&Model { snapshots: vec![vec![first]; wanted], ..model.clone() })
}

fn smallest(arguments: &MutateArguments, input: &Input, model: &Model, mutants: &[Mutant]) -> Done {
    let systems = Systems {
        processes_max: usize::from(arguments.processes),
        tokens: 1,
        sends: arguments.sends,
        snapshots: usize::from(arguments.snapshots),
    };
    let progress = Progress::new(&input.name(), true);
    let tell = |judged, all| {
        if let Some(progress) = &progress {
            progress.tell_systems(judged, all);
        }
    };
    let options = || check::Options {
        threads: 1,
        orderings: false,
        bounds: Bounds {
            states_max: arguments.max_states,
            memory_bytes_max: examine::memory_bytes_max(arguments.max_memory),
            deadline: Instant::now().checked_add(arguments.timeout.unwrap_or(TIMEOUT)),
            interrupt: Some(interrupt::flag()),
        },
        ..check::Options::default()
    };
    match mutate::smallest(&model.algorithm, mutants, systems, options, tell) {
        Ok(all) => Done::Smallest(input.name(), all),
        Err(error) => Done::Failed(Failure {
            path: input.name(),
            file: None,
            message: error.message,
            line: None,
            column: None,
            hint: error.hint,
            internal: false,
        }),
    }
}

fn judged(arguments: &MutateArguments, input: &Input, model: &Model, mutants: &[Mutant]) -> Done {
    let progress = Progress::new(&input.name(), true);
    let tell = |judged, all| {
        if let Some(progress) = &progress {
            progress.tell_mutants(judged, all);
        }
    };
    let options = Options {
        jobs: arguments.jobs.map_or_else(examine::cores, usize::from),
        states_max: arguments.max_states,
        timeout: arguments.timeout.unwrap_or(TIMEOUT),
        memory_bytes_max: examine::memory_bytes_max(arguments.max_memory),
        interrupt: Some(interrupt::flag()),
        progress: &tell,
    };
    match analyse(model, mutants, &options) {
        Ok(mut analysis) => {
            analysis.path = input.name();
            analysis.baseline.path = input.name();
            Done::Analysed(Box::new(analysis))
        }
        Err(Refusal(mut baseline)) => {
            baseline.path = input.name();
            Done::Refused(Refusal(baseline))
        }
    }
}

fn is_chosen(arguments: &MutateArguments, name: &str) -> bool {
    let any = |parts: &[String]| parts.iter().any(|part| name.contains(part.as_str()));
    (arguments.only.is_empty() || any(&arguments.only)) && !any(&arguments.skip)
}

fn unknown(input: &Input, name: &str) -> Failure {
    let message = format!("`equivalent` names no mutant of this model: `{name}`");
    let hint = format!("`cl-check mutate --list {}` prints all names", input.name());
    output::complain(&format!("{}: {message}; {hint}", input.name()));
    Failure {
        path: input.name(),
        file: None,
        message,
        line: None,
        column: None,
        hint: Some(hint),
        internal: false,
    }
}

fn exit_of(done: &Done) -> Exit {
    let analysis = match done {
        Done::Smallest(_, all) if all.iter().any(|one| one.undecided) => return Exit::Inconclusive,
        Done::Listed(_) | Done::Smallest(..) => return Exit::Met,
        Done::Failed(failure) if failure.internal => return Exit::Internal,
        Done::Failed(_) => return Exit::Unusable,
        Done::Refused(Refusal(baseline)) => {
            return match baseline.word {
                Word::Incomplete => Exit::Inconclusive,
                Word::Vacuous => Exit::Nothing,
                Word::Violated | Word::Verified => Exit::Unmet,
            };
        }
        Done::Analysed(analysis) => analysis,
    };
    let inconclusive = |mutant: &MutantVerdict| mutant.fate == Fate::Inconclusive;
    match () {
        () if analysis.mutants.iter().any(MutantVerdict::is_unmet) => Exit::Unmet,
        () if analysis.mutants.iter().any(inconclusive) => Exit::Inconclusive,
        () if analysis.score().is_none() => Exit::Nothing,
        () => Exit::Met,
    }
}

fn publish(arguments: &MutateArguments, done: &Done, records: &mut Vec<ModelRecord>) -> Result<(), Exit> {
    let mutants_of = |record| ModelRecord::Analysis(Box::new(record));
    let ReportArguments { page: PageArguments { no_times, .. }, format } = arguments.report;
    if let Done::Listed(list) = done {
        return output::print(list.as_bytes());
    }
    if format == Format::Human {
        return output::print(
            told(done, output::page(arguments.report.page, false), arguments.verbose).as_bytes(),
        );
    }
    let record = match done {
        Done::Analysed(analysis) => mutants_of(AnalysisRecord::of(analysis, !no_times, arguments.verbose)),
        Done::Refused(Refusal(baseline)) => mutants_of(AnalysisRecord::of_baseline(baseline)),
        Done::Failed(failure) => mutants_of(AnalysisRecord::of_failure(failure)),
        Done::Smallest(path, all) => ModelRecord::Smallest(SmallestReport::new(path, all)),
        Done::Listed(_) => return Ok(()),
    };
    if format == Format::Ndjson {
        output::print_json(&record.line(), format)?;
    }
    records.push(record);
    Ok(())
}

fn told(done: &Done, page: Page, verbose: bool) -> String {
    match done {
        Done::Analysed(analysis) => text(analysis, page, verbose),
        Done::Refused(Refusal(baseline)) => refusal(baseline, page),
        Done::Failed(failure) => format!("{}: ERROR: {}\n", printable(&failure.path), failure.message),
        Done::Listed(list) => list.clone(),
        Done::Smallest(_, all) => smallest_text(all, page),
    }
}

fn finish(arguments: &MutateArguments, records: &[ModelRecord], exit: Exit) -> Result<(), Exit> {
    let report = MutationReport::new(records, exit.code());
    match arguments.report.format {
        _ if arguments.list => Ok(()),
        Format::Human => Ok(()),
        Format::Ndjson => output::print_json(&report.summary(), Format::Ndjson),
        Format::Json => output::print_json(&report, Format::Json),
    }
}
