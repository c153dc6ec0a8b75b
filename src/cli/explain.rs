//! `cl-check explain`: what a model shows, on one run. Where something fails, the run that shows it, with its states; where
//! all holds, the theorem by example.

use std::time::Instant;

use super::exit::Exit;
use super::run_arguments::ExplainArguments;
use super::{examine, interrupt, output};
use crate::check::{self, Options, check};
use crate::engine::verdict::{Verdict, Word};
use crate::engine::{Bounds, Status};
use crate::model::Model;
use crate::oracle::Property;
use crate::report::{Page, hung, listed, story, tale, twin_text};

/// Explains the model that the arguments name.
pub fn run(arguments: &ExplainArguments) -> Exit {
    interrupt::listen();
    examine::single(&arguments.model, arguments.report.color, |_, model| explained(arguments, model))
}

fn explained(arguments: &ExplainArguments, model: &Model) -> Exit {
    let page = output::page(arguments.report, false);
    let verdict = check(model, &options(arguments));
    let (exit, text) = match verdict.word {
        Word::Violated => (Exit::Met, violated(model, &verdict, page)),
        Word::Verified => (Exit::Met, verified(model, page)),
        Word::Incomplete => {
            let hint = format!(
                "{} could not be explored in full; `cl-check simulate` tries runs by chance",
                model.name
            );
            (Exit::Inconclusive, hung("", 0, &hint, page.width()) + "\n")
        }
        Word::Vacuous => (
            Exit::Nothing,
            hung("", 0, &format!("{}: no snapshot ever completes", model.name), page.width()) + "\n",
        ),
    };
    output::print(page.finished(text).as_bytes()).err().map_or(exit, |end| exit.max(end))
}

fn options(arguments: &ExplainArguments) -> Options<'static> {
    let deadline = arguments.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    Options {
        orderings: false,
        bounds: Bounds {
            memory_bytes_max: examine::memory_bytes_max(None),
            deadline,
            interrupt: Some(interrupt::flag()),
            ..Bounds::default()
        },
        ..Options::default()
    }
}

/// Every run that shows that something fails, with its states, and what was changed in the algorithm.
fn violated(model: &Model, verdict: &Verdict, page: Page) -> String {
    let mut text = String::new();
    for edit in &model.mutations {
        text += &hung("  mutated   ", 12, &edit.to_string(), page.width());
        text.push('\n');
    }
    let mut told: Vec<&[String]> = Vec::new();
    for run in &verdict.counterexamples {
        if !told.contains(&run.events.as_slice()) {
            told.push(&run.events);
            text += &format!("\n{}", story(run, page));
            if !model.mutations.is_empty() {
                let original = Model { algorithm: model.unmutated.clone(), ..model.clone() };
                text += &format!("\n{}", twin_text(&check::twin(model, &original, &run.events), page));
            }
        }
    }
    let is_shown = |name: &str| verdict.counterexamples.iter().any(|run| run.property == name);
    for property in &verdict.properties {
        if property.status == Status::Violated && !is_shown(&property.name) {
            let why = if property.name == Property::Reach.name() {
                property.note.as_str()
            } else {
                "no run that shows it was found in time"
            };
            text += &hung("  ", 4, &format!("{} fails: {why}", property.name), page.width());
            text.push('\n');
        }
    }
    text
}

/// The theorem by example.
fn verified(model: &Model, page: Page) -> String {
    let line = |text: &str| hung("", 0, text, page.width()) + "\n";
    let Some(example) = check::surprise(model) else {
        let tried = format!(
            "{}: in none of {} runs by chance is the recorded state one in which the run never was; with more sends there may be one",
            model.name,
            check::RUNS_MAX,
        );
        return line(&tried);
    };
    let recorded = example.actual.snapshot.iter().flat_map(|snapshot| &snapshot.processes);
    let recorded: Vec<String> =
        recorded.map(|(name, state)| format!("{name} {}", state.as_deref().unwrap_or("nothing"))).collect();
    let recorded: Vec<&str> = recorded.iter().map(String::as_str).collect();
    let mut text =
        line(&format!("{}: a snapshot need not be a state in which the system ever was.", model.name));
    text += &format!("\n{}", tale(&example.actual, page));
    text += &line(&format!(
        "\nRecorded are {}; at no moment of this run was that so. But what happened before a process's record does not depend on what happened after another's, or the message between them would be an orphan. So it could as well have happened first:",
        listed(&recorded),
    ));
    text += &format!("\n{}", tale(&example.permuted, page));
    text + &line(
        "\nThe same events of the application, those before the cut first. At the cut the system is in the recorded state exactly, and at the end where the real run ended: the recorded state can be reached from where the run began, and leads to where it ended (Chandy and Lamport 1985, section 4.2).",
    )
}
