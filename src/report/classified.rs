//! What becomes of each message over all orderings, as text and as JSON.

use serde::Serialize;

use super::page::{Ink, Page};
use super::run::tale;
use super::text::{columns, hung, padded};
use crate::engine::simulation::{Classified, Fate};
use crate::engine::verdict::Run;

/// The report for people; with an ordering for each side, where asked for.
pub fn classified_text(name: &str, all: &[Classified], examples: bool, page: Page) -> String {
    let mut text =
        hung("", 2, &format!("{name}: which messages are recorded in their channels"), page.width());
    text += "\n";
    let width = all.iter().map(|one| columns(&one.message)).max().unwrap_or(0);
    for one in all {
        let ink = match one.fate {
            Fate::Always => Ink::Good,
            Fate::Never => Ink::Strong,
            Fate::Sometimes => Ink::Doubtful,
        };
        let fate = page.paint(ink, &padded(word(one.fate), 9));
        text += &format!("  {fate}  {}  snapshot {}\n", padded(&one.message, width), one.snapshot);
        let shown = one.examples.iter().flatten().filter(|_| examples);
        text += &shown.map(|run| format!("\n{}\n", tale(run, page))).collect::<String>();
    }
    text
}

fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Always => "always",
        Fate::Never => "never",
        Fate::Sometimes => "sometimes",
    }
}

/// The report as JSON, of the schema `cl-check/classified/1`.
#[derive(Debug, Serialize)]
pub struct ClassifiedReport {
    schema: &'static str,
    name: String,
    messages: Vec<ClassifiedRecord>,
}

#[derive(Debug, Serialize)]
struct ClassifiedRecord {
    message: String,
    snapshot: usize,
    recorded: Fate,
    /// The events of an ordering in which it is recorded.
    recorded_in: Option<Vec<String>>,
    /// The events of one in which it is not.
    not_recorded_in: Option<Vec<String>>,
}

impl ClassifiedReport {
    /// Of the model with this name.
    pub fn new(name: &str, all: &[Classified]) -> Self {
        let events = |run: &Option<Run>| run.as_ref().map(|run| run.events.clone());
        let record = |one: &Classified| ClassifiedRecord {
            message: one.message.clone(),
            snapshot: one.snapshot,
            recorded: one.fate,
            recorded_in: events(&one.examples[0]),
            not_recorded_in: events(&one.examples[1]),
        };
        Self {
            schema: "cl-check/classified/1",
            name: name.to_owned(),
            messages: all.iter().map(record).collect(),
        }
    }
}
