//! `cl-check estimate`: what checking a model is expected to come to.

use super::exit::Exit;
use super::inputs::Input;
use super::run_arguments::EstimateArguments;
use super::{examine, interrupt, output};
use crate::check::{Effort, estimate};
use crate::engine::estimate::{Basis, Limits};
use crate::model::Model;
use crate::report::estimate::{EstimateReport, text};
use crate::report::printable;

/// Estimates the model that the arguments name.
pub fn run(arguments: &EstimateArguments) -> Exit {
    interrupt::listen();
    examine::single(&arguments.model, arguments.report.page.color, |input, model| {
        estimated(arguments, input, model)
    })
}

fn estimated(arguments: &EstimateArguments, input: &Input, model: &Model) -> Exit {
    let limits = Limits {
        seconds: arguments.timeout.as_secs_f64(),
        memory_bytes: examine::memory_bytes_max(arguments.max_memory),
    };
    let effort = Effort {
        threads: arguments.threads.map_or_else(examine::cores, usize::from),
        explored_max: arguments.explore,
        sampled_max: arguments.sample as usize,
        samples: arguments.samples,
        seed: arguments.seed,
        limits,
        interrupt: Some(interrupt::flag()),
    };
    let found = estimate(model, &effort);
    let exit = if interrupt::is_asked() || found.size.basis == Basis::AtLeast {
        Exit::Inconclusive
    } else {
        Exit::Met
    };
    let times = !arguments.report.page.no_times;
    output::answer(
        arguments.report,
        exit,
        |page| text(&model.name, &printable(&input.name()), &found, page),
        || EstimateReport::new(&model.name, &found, exit.code(), times),
    )
}
