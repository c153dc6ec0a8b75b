//! All models one after the other: each is examined, reported and counted; none keeps the others from their turn.

use std::path::PathBuf;
use std::time::Instant;

use super::arguments::{CheckArguments, Format};
use super::examine::Examiner;
use super::exit::Exit;
use super::inputs::Inputs;
use super::{interrupt, output};
use crate::report::{Exporter, Human, Json, Ndjson, News, Page, Quiet, Summary, printable};

/// Checks everything that the arguments name.
pub fn run(arguments: &CheckArguments) -> Exit {
    let inputs = match Inputs::named(&arguments.models) {
        Ok(inputs) => inputs,
        Err(exit) => return exit,
    };
    interrupt::listen();
    let clock = Instant::now();
    let examiner = Examiner::new(arguments);
    let mut exporter = exporter(arguments, inputs.models.len() > 1);
    let mut summary = Summary::new();
    let mut exit = nothing_in(&inputs.empty);
    for (through, input) in inputs.models.iter().enumerate() {
        let outcome = examiner.examine(input);
        exit = exit.max(Exit::of(&outcome));
        summary.add(&outcome);
        if let Err(end) = publish(exporter.as_mut(), News::Model(&outcome)) {
            let unseen = inputs.models.len() - through - 1;
            return exit.max(end).max(if unseen > 0 { Exit::Inconclusive } else { Exit::Met });
        }
    }
    summary.exit = exit.code();
    summary.elapsed_s = clock.elapsed().as_secs_f64();
    match publish(exporter.as_mut(), News::End(&summary)) {
        Ok(()) => exit,
        Err(end) => exit.max(end),
    }
}

/// Complains of directories without models.
pub(super) fn nothing_in(directories: &[PathBuf]) -> Exit {
    for directory in directories {
        let shown = printable(&directory.display().to_string());
        output::complain(&format!("no model in `{shown}`: a directory means every .ron file below it"));
    }
    if directories.is_empty() { Exit::Met } else { Exit::Nothing }
}

fn exporter(arguments: &CheckArguments, batch: bool) -> Box<dyn Exporter> {
    let times = !arguments.report.no_times;
    let page = Page {
        columns: output::columns(),
        color: output::wants_color(arguments.report.color, &std::io::stdout()),
        times,
        batch,
    };
    match arguments.report.format {
        Format::Human if arguments.quiet => Box::new(Quiet::new(page)),
        Format::Human => Box::new(Human::new(page)),
        Format::Json => Box::new(Json::new(times)),
        Format::Ndjson => Box::new(Ndjson::new(times)),
    }
}

/// Writes a piece of news; the error is the exit that a failure to write calls for.
fn publish(exporter: &mut dyn Exporter, news: News<'_>) -> Result<(), Exit> {
    let mut text = Vec::new();
    if let Err(reason) = exporter.export(news, &mut text) {
        return Err(output::failed(&reason));
    }
    output::print(&text)
}
