//! On which systems an algorithm holds, as text and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::figures::{count, duration, number};
use super::page::{Ink, Page};
use super::record::{ModelRecord, SCHEMA};
use super::text::hung;
use super::{Exporter, Human, News, Outcome};
use crate::engine::frontier::Frontier;
use crate::engine::verdict::Word;

/// What to print; `budgets` says what each process may do, in a few words.
pub fn text(frontier: &Frontier, budgets: &str, elapsed_s: f64, page: Page) -> String {
    let title = format!("{} on every strongly connected topology, {budgets}", frontier.algorithm);
    let mut text = format!("{}\n\n", page.paint(Ink::Strong, &title));
    text += &page.paint(Ink::Faint, "  processes  topologies  systems            states\n");
    for row in &frontier.rows {
        let states = number(row.states);
        let (processes, topologies, systems) = (row.processes, row.topologies, row.systems);
        let _ = writeln!(text, "  {processes:>9}  {topologies:>10}  {systems:>7}  {states:>16}");
    }
    text.push('\n');
    let time = if page.times { format!(", in {}", duration(elapsed_s)) } else { String::new() };
    let systems: usize = frontier.rows.iter().map(|row| row.systems).sum();
    let systems = count(systems as u64, "system", "systems");
    let Some((verdict, model)) = &frontier.stopped else {
        let line = format!("holds on each of these {systems}, {budgets}{time}");
        return text + &page.paint(Ink::Good, &hung("", 2, &line, page.width())) + "\n";
    };
    let word = if verdict.word == Word::Violated { "fails" } else { verdict.word.text() };
    let line = format!(
        "{word} on the last of {systems}, the smallest that does{time}; its model, but for the algorithm:"
    );
    text += &page.paint(Ink::Bad, &hung("", 2, &line, page.width()));
    let _ = write!(text, "\n\n{model}\n");
    let mut shown = Vec::new();
    let _ = Human::new(page).export(News::Model(&Outcome::Judged(verdict.clone())), &mut shown);
    text + &String::from_utf8_lossy(&shown)
}

/// The one object of `--format json`.
#[derive(Debug, Serialize)]
pub struct FrontierReport {
    schema: &'static str,
    complete: bool,
    exit: u8,
    algorithm: String,
    rows: Vec<RowRecord>,
    /// The first system that is not verified.
    stopped: Option<ModelRecord>,
    /// The text of its model.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
}

#[derive(Debug, Serialize)]
struct RowRecord {
    processes: usize,
    topologies: usize,
    systems: usize,
    states: u64,
}

impl FrontierReport {
    /// The report of a frontier.
    pub fn new(frontier: &Frontier, exit: u8, times: bool) -> Self {
        let row = |row: &crate::engine::frontier::FrontierRow| RowRecord {
            processes: row.processes,
            topologies: row.topologies,
            systems: row.systems,
            states: row.states,
        };
        let judged = frontier.stopped.as_ref().map(|(verdict, _)| Outcome::Judged(verdict.clone()));
        Self {
            schema: SCHEMA,
            complete: judged.as_ref().is_none_or(Outcome::is_complete),
            exit,
            algorithm: frontier.algorithm.clone(),
            rows: frontier.rows.iter().map(row).collect(),
            stopped: judged.map(|outcome| ModelRecord::of(&outcome, times)),
            model: frontier.stopped.as_ref().map(|(_, text)| text.clone()),
        }
    }
}
