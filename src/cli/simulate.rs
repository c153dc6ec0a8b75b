//! `cl-check simulate`: runs by chance instead of all of them.

use std::time::Instant;

use super::exit::Exit;
use super::inputs::Input;
use super::progress::Progress;
use super::run_arguments::SimulateArguments;
use super::{examine, interrupt, output};
use crate::check::{Chances, Unfit, Uniform, simulate};
use crate::engine::simulation::Simulation;
use crate::model::{Expect, Model};
use crate::report::{SimulationReport, number, printable, simulation_text};

/// Without a bound of the user's, a run with more events than this is cut off.
const EVENTS_MAX: usize = 10_000;

/// Simulates the model that the arguments name.
pub fn run(arguments: &SimulateArguments) -> Exit {
    interrupt::listen();
    examine::single(&arguments.model, arguments.report.page.color, |input, model| {
        simulated(arguments, input, model)
    })
}

fn simulated(arguments: &SimulateArguments, input: &Input, model: &Model) -> Exit {
    let clock = Instant::now();
    let uniform =
        match arguments.uniform.then(|| Uniform::new(model, arguments.max_states as usize)).transpose() {
            Ok(uniform) => uniform,
            Err(unfit) => {
                output::complain(&format!("{}: {}", model.name, why(unfit)));
                return Exit::Inconclusive;
            }
        };
    let progress = Progress::new(&input.name(), true);
    let tell = |through: u64| {
        if let Some(progress) = &progress {
            progress.tell_runs(through, arguments.runs);
        }
    };
    let chances = Chances {
        seed: arguments.seed,
        runs: arguments.runs,
        threads: arguments.threads.map_or_else(examine::cores, usize::from),
        events_max: arguments.max_events.unwrap_or(EVENTS_MAX),
        interrupt: Some(interrupt::flag()),
        progress: &tell,
    };
    let simulation = simulate(model, uniform.as_ref(), &chances);
    drop(progress);
    let exit = exit_of(model, &simulation);
    let elapsed_s = clock.elapsed().as_secs_f64();
    output::answer(
        arguments.report,
        exit,
        |page| simulation_text(&model.name, &printable(&input.name()), &simulation, elapsed_s, page),
        || SimulationReport::new(&model.name, &simulation, exit.code()),
    )
}

fn why(unfit: Unfit) -> String {
    match unfit {
        Unfit::TooLarge(states) => format!(
            "it has more than {} states: raise `--max-states`, or leave out `--uniform`",
            number(states as u64)
        ),
        Unfit::Cyclic => {
            "its state graph has a cycle, so its orderings cannot be counted: leave out `--uniform`"
                .to_owned()
        }
    }
}

/// What fails against expectation is 1; what is expected to fail and does not is not decided.
fn exit_of(model: &Model, simulation: &Simulation) -> Exit {
    let fails = |name: &str| simulation.failures.iter().any(|failing| failing.property == name);
    match &model.expect {
        Expect::Violated(properties) if properties.iter().any(|property| fails(property.name())) => Exit::Met,
        Expect::Violated(_) => Exit::Inconclusive,
        Expect::Verified | Expect::Incomplete if !simulation.failures.is_empty() => Exit::Unmet,
        _ if simulation.interrupted => Exit::Inconclusive,
        _ => Exit::Met,
    }
}
