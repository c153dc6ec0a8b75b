//! What runs by chance have shown, as text and as JSON.

use serde::Serialize;

use super::figures::{big, count, duration, number};
use super::page::{Ink, Page};
use super::record::RunRecord;
use super::run::tale;
use super::text::hung;
use super::words::listed;
use crate::engine::simulation::{Failing, Simulation};

/// The report for people.
pub fn simulation_text(
    name: &str,
    path: &str,
    simulation: &Simulation,
    elapsed_s: f64,
    page: Page,
) -> String {
    let mut text = String::new();
    for (number, failing) in simulation.failures.iter().enumerate() {
        let is_told =
            simulation.failures[..number].iter().any(|other| other.run.events == failing.run.events);
        text += &failure(failing, simulation.runs, is_told, page);
        text.push('\n');
    }
    text += &(hung("", 2, &sentence(name, simulation, elapsed_s, page), page.width()) + "\n");
    let (word, line) = if simulation.failures.is_empty() {
        let judged = listed(simulation.properties.iter().map(String::as_str).collect::<Vec<_>>().as_slice());
        (
            Ink::Doubtful,
            format!(
                "NOTHING FOUND: {judged} did not fail in these runs. That is no proof; `cl-check {path}` looks at every ordering"
            ),
        )
    } else {
        let failing: Vec<&str> =
            simulation.failures.iter().map(|failing| failing.property.as_str()).collect();
        (Ink::Bad, format!("VIOLATED: {}", listed(&failing)))
    };
    let line = hung("", 2, &line, page.width());
    text + &page.paint(word, &line) + "\n"
}

fn failure(failing: &Failing, runs: u64, is_told: bool, page: Page) -> String {
    let title = format!(
        "{} fails in {} of {} runs; first in run {}, there in {}; made short{}:",
        failing.property,
        number(failing.runs),
        number(runs),
        number(failing.first),
        count(failing.found_in as u64, "event", "events"),
        if is_told { ", the same run" } else { "" },
    );
    let tale = if is_told { String::new() } else { tale(&failing.run, page) };
    let because = hung("  because   ", 12, &failing.run.reason, page.width());
    format!("{}\n{}{because}\n", hung("", 2, &title, page.width()), tale)
}

fn sentence(name: &str, simulation: &Simulation, elapsed_s: f64, page: Page) -> String {
    let time = if page.times { format!(", in {}", duration(elapsed_s)) } else { String::new() };
    let runs = match &simulation.orderings {
        Some(orderings) => format!(
            "{} runs, drawn from the {} orderings so that each is as likely as another",
            number(simulation.runs),
            big(orderings)
        ),
        None => count(simulation.runs, "run", "runs") + " by chance",
    };
    let cut_off = simulation.runs - simulation.ended;
    let cut_off = if cut_off > 0 {
        format!(", {} of the runs cut off before their end", number(cut_off))
    } else {
        String::new()
    };
    let permuted = match (simulation.permuted, simulation.completed) {
        (_, 0) => String::new(),
        (permuted, completed) if permuted == completed => {
            "; each recorded state is passed through by the same events in another order".to_owned()
        }
        (permuted, _) => format!(
            "; the recorded states of {} are passed through by the same events in another order, of the others that is not shown",
            number(permuted)
        ),
    };
    let early = if simulation.interrupted { ", interrupted" } else { "" };
    format!(
        "{name}: {runs}, seed {}: {}, {} completed{cut_off}{permuted}{time}{early}",
        simulation.seed,
        count(simulation.events, "event", "events"),
        count(simulation.completed, "snapshot", "snapshots"),
    )
}

/// The report as JSON, of the schema `cl-check/simulation/1`.
#[derive(Debug, Serialize)]
pub struct SimulationReport {
    schema: &'static str,
    name: String,
    exit: u8,
    seed: u64,
    runs: u64,
    interrupted: bool,
    events: u64,
    ended: u64,
    completed_snapshots: u64,
    permuted: u64,
    orderings: Option<String>,
    properties: Vec<String>,
    failures: Vec<FailingRecord>,
}

#[derive(Debug, Serialize)]
struct FailingRecord {
    runs: u64,
    first: u64,
    found_in: usize,
    counterexample: RunRecord,
}

impl SimulationReport {
    /// Of a simulation of the model with this name.
    pub fn new(name: &str, simulation: &Simulation, exit: u8) -> Self {
        let failing = |failing: &Failing| FailingRecord {
            runs: failing.runs,
            first: failing.first,
            found_in: failing.found_in,
            counterexample: RunRecord::of(&failing.run),
        };
        Self {
            schema: "cl-check/simulation/1",
            name: name.to_owned(),
            exit,
            seed: simulation.seed,
            runs: simulation.runs,
            interrupted: simulation.interrupted,
            events: simulation.events,
            ended: simulation.ended,
            completed_snapshots: simulation.completed,
            permuted: simulation.permuted,
            orderings: simulation.orderings.as_ref().map(ToString::to_string),
            properties: simulation.properties.clone(),
            failures: simulation.failures.iter().map(failing).collect(),
        }
    }
}
