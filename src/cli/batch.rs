//! All models one after the other: each is examined, reported and counted; none keeps the others from their turn.

use std::path::PathBuf;
use std::time::Instant;

use super::arguments::CheckArguments;
use super::examine::Examiner;
use super::exit::Exit;
use super::inputs::Inputs;
use super::outlets::Outlets;
use super::reduction::Reduction;
use super::{interrupt, output};
use crate::report::{News, Summary, printable};

/// Checks everything that the arguments name.
pub fn run(arguments: &CheckArguments) -> Exit {
    if arguments.audit.is_some() && !matches!(arguments.reduce, Reduction::Stubborn | Reduction::Max) {
        output::complain("--audit looks at what stubborn sets leave out: say --reduce stubborn, or max");
        return Exit::Unusable;
    }
    let inputs = match Inputs::named(&arguments.models) {
        Ok(inputs) => inputs,
        Err(exit) => return exit,
    };
    if let Err(exit) = arguments.keep.refuse_several(inputs.models.len()) {
        return exit;
    }
    interrupt::listen_and_remove(arguments.keep.spill.as_deref());
    let clock = Instant::now();
    let examiner = Examiner::new(arguments);
    let mut outlets = match Outlets::open(arguments, inputs.models.len() > 1) {
        Ok(outlets) => outlets,
        Err(exit) => return exit,
    };
    let mut summary = Summary::new();
    let mut exit = nothing_in(&inputs.empty);
    for (through, input) in inputs.models.iter().enumerate() {
        let outcome = examiner.examine(input);
        exit = exit.max(Exit::of(&outcome));
        summary.add(&outcome);
        if let Err(end) = outlets.tell(News::Model(&outcome)) {
            let unseen = inputs.models.len() - through - 1;
            return exit.max(end).max(if unseen > 0 { Exit::Inconclusive } else { Exit::Met });
        }
    }
    summary.exit = exit.code();
    summary.elapsed_s = clock.elapsed().as_secs_f64();
    match outlets.tell(News::End(&summary)) {
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
