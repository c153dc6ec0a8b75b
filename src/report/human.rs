//! The text for people: one block a model, the summary last. Says what to do next where something is not as it
//! should be.

use std::io::{self, Write};

use super::figures::{big, count, duration, number};
use super::page::{Ink, Page, ink};
use super::text::{columns, hung, padded, printable};
use super::{Exporter, News, Outcome, Summary, run, words};
use crate::engine::Status;
use crate::engine::verdict::{EndReason, PropertyVerdict, Verdict, Word};

/// Text for people.
#[derive(Debug)]
pub struct Human {
    page: Page,
    begun: bool,
}

impl Human {
    /// On this page.
    pub fn new(page: Page) -> Self {
        Self { page, begun: false }
    }
}

impl Exporter for Human {
    fn export(&mut self, news: News<'_>, out: &mut dyn Write) -> io::Result<()> {
        let text = match news {
            News::Model(outcome) => model(outcome, self.page),
            News::End(summary) if summary.models == 1 => return Ok(()),
            News::End(end) => summary(end, self.page),
        };
        let gap = if self.begun { "\n" } else { "" };
        self.begun = true;
        out.write_all(self.page.finished(format!("{gap}{text}")).as_bytes())
    }
}

fn model(outcome: &Outcome, page: Page) -> String {
    match outcome {
        Outcome::Judged(verdict) => judged(verdict, page) + &verdict_line(outcome, page),
        Outcome::Failed(_) | Outcome::Skipped { .. } => verdict_line(outcome, page),
    }
}

/// The verdict line, and what to do next.
fn verdict_line(outcome: &Outcome, page: Page) -> String {
    let text = hung("", 0, &printable(&words::unjudged(outcome)), page.width());
    let word = text.find(|character: char| !character.is_ascii_uppercase()).unwrap_or(text.len());
    let ink = match outcome {
        Outcome::Judged(verdict) if verdict.met => Ink::Good,
        Outcome::Judged(verdict) if matches!(verdict.word, Word::Incomplete | Word::Vacuous) => Ink::Doubtful,
        Outcome::Skipped { .. } => Ink::Doubtful,
        _ => Ink::Bad,
    };
    let line = format!("{}{}\n", page.paint(ink, &text[..word]), &text[word..]);
    let hint = match outcome {
        Outcome::Judged(verdict) => words::next_step(verdict),
        Outcome::Failed(failure) if failure.internal => failure.hint.clone(),
        Outcome::Failed(_) | Outcome::Skipped { .. } => None,
    };
    match hint {
        Some(hint) => format!("{line}{}\n", hung("  next      ", 12, &hint, page.width())),
        None => line,
    }
}

fn judged(verdict: &Verdict, page: Page) -> String {
    let mut text = heading(verdict, page);
    let name_columns = verdict.properties.iter().map(|property| columns(&property.name)).max().unwrap_or(0);
    for property in &verdict.properties {
        text += &property_line(verdict, property, name_columns, page);
    }
    text += &hung("  ", 2, &explored(verdict, page), page.width());
    text.push('\n');
    text += &reduced(verdict, page);
    for warning in &verdict.warnings {
        let lead = format!("  {}   ", page.paint(Ink::Doubtful, "warning"));
        text += &hung(&lead, 12, warning, page.width());
        text.push('\n');
    }
    text += &coverage(verdict, page);
    text + &runs(verdict, page)
}

fn heading(verdict: &Verdict, page: Page) -> String {
    let parts: Vec<&str> = verdict.heading.iter().map(String::as_str).collect();
    let rest = match parts.as_slice() {
        [] => String::new(),
        parts => format!(" · {}", parts.join(" · ")),
    };
    let text = hung("", 2, &format!("{}{rest}", verdict.name), page.width());
    let name = verdict.name.len();
    let text = text.trim_start();
    match text.get(..name) {
        Some(whole) if whole == verdict.name => {
            format!("{}{}\n", page.paint(Ink::Strong, whole), &text[name..])
        }
        _ => format!("{text}\n"),
    }
}

/// `  holds   ConsistentCut   773 different snapshots, every one a consistent cut`.
fn property_line(verdict: &Verdict, property: &PropertyVerdict, name_columns: usize, page: Page) -> String {
    let word = page.paint(ink(property.status), property.status.word());
    let gap = " ".repeat(10 - property.status.word().len());
    let name = padded(&property.name, name_columns);
    let lead = format!("  {word}{gap}{name}  ");
    let note = note(verdict, property, page);
    hung(&lead, 14 + name_columns, &note, page.width()) + "\n"
}

/// Where a run shows why a property fails, the reason stands beside it.
fn note(verdict: &Verdict, property: &PropertyVerdict, page: Page) -> String {
    let mut runs = verdict.counterexamples.iter();
    match runs.find(|run| run.property == property.name) {
        Some(run) if property.status == Status::Violated => {
            let reason = if is_brief(verdict, page) { format!(": {}", run.reason) } else { String::new() };
            format!("{}{reason}", run::length(run))
        }
        _ => property.note.clone(),
    }
}

/// In a batch, what went as expected is told in few words.
fn is_brief(verdict: &Verdict, page: Page) -> bool {
    page.batch && verdict.met
}

fn runs(verdict: &Verdict, page: Page) -> String {
    if is_brief(verdict, page) {
        return run::brief_witnesses(&verdict.witnesses, page);
    }
    let text =
        run::counterexamples(&verdict.counterexamples, page) + &run::witnesses(&verdict.witnesses, page);
    if text.is_empty() { text } else { text + "\n" }
}

/// `explored 504,870 states, 1,925,203 transitions, depth 19: all 1,023,948,063,900 orderings, exactly, in 0.2 s`.
fn explored(verdict: &Verdict, page: Page) -> String {
    let stats = &verdict.stats;
    let time = if page.times { format!(", in {}", duration(stats.elapsed_s)) } else { String::new() };
    if verdict.end_reason == EndReason::Walk {
        return format!("followed the model's walk and nothing else{time}");
    }
    let orderings = match &stats.orderings {
        _ if !verdict.end_reason.is_complete() => format!("not everything ({})", verdict.end_reason.text()),
        Some(one) if *one == 1_u32.into() => "the one ordering there is".to_owned(),
        Some(orderings) => format!("all {} orderings, exactly", big(orderings)),
        None => "every ordering, not counted".to_owned(),
    };
    let found = count(stats.distinct_states, "state", "states");
    if stats.is_partial() {
        let ends = count(stats.terminal_states, "final state", "final states");
        let whole =
            if verdict.end_reason.is_complete() { "every ordering, not counted" } else { orderings.as_str() };
        return format!("explored {found} with stubborn sets, {ends}: {whole}{time}");
    }
    let edges = count(stats.transitions, "transition", "transitions");
    format!("explored {found}, {edges}, depth {}: {orderings}{time}", stats.depth)
}

/// `symmetry of order 6: 84,145 states explored for all`.
fn reduced(verdict: &Verdict, page: Page) -> String {
    let Some(reduced) = &verdict.stats.reduced else { return String::new() };
    let stats = &verdict.stats;
    let audited = |states| format!("looked at in full around {}", count(states, "state", "states"));
    let audited = reduced.audited_states.map(audited);
    if reduced.symmetry_order.is_none() {
        let notes: Vec<&str> = audited.iter().chain(&reduced.note).map(String::as_str).collect();
        let text = hung("  ", 2, &notes.join("; "), page.width()) + "\n";
        return if notes.is_empty() { String::new() } else { text };
    }
    let order = reduced.symmetry_order.map_or(String::new(), |order| format!(" of order {order}"));
    let explored = count(reduced.explored_states, "state", "states");
    let note: String = audited.iter().chain(&reduced.note).map(|note| format!("; {note}")).collect();
    let text = format!("{}{order}: {explored} explored for all{note}", stats.reduction);
    hung("  ", 2, &text, page.width()) + "\n"
}

fn coverage(verdict: &Verdict, page: Page) -> String {
    let Some(coverage) = &verdict.coverage else { return String::new() };
    let figures: Vec<String> = coverage.iter().map(|line| number(line.taken)).collect();
    let width = figures.iter().map(|figure| columns(figure)).max().unwrap_or(0).max(8);
    let mut text = format!("  {}\n", page.paint(Ink::Strong, "taken so many times"));
    for (line, figure) in coverage.iter().zip(figures) {
        let lead = format!("  {figure:>width$}  ");
        text += &hung(&lead, width + 4, &line.what, page.width());
        text.push('\n');
    }
    text
}

/// What did not go as expected, then how many went how.
fn summary(summary: &Summary, page: Page) -> String {
    let mut text = String::new();
    for (path, verdict) in &summary.unmet {
        let path = page.paint(Ink::Strong, &printable(path));
        text += &hung(&format!("{path}: "), 2, &printable(verdict), None);
        text.push('\n');
    }
    let ink = if summary.exit == 0 { Ink::Good } else { Ink::Bad };
    let line = hung("", 2, &words::summary(summary, page.times), page.width());
    format!("{text}{}\n", page.paint(ink, line.trim_start()))
}
