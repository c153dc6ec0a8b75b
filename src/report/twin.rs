//! A mutant's run and the model as it was, side by side.

use super::page::{Ink, Page};
use super::text::{hung, padded, wrapped};
use crate::engine::analysis::{Twin, TwinStep};

const INDENT: &str = "     ";
const BETWEEN: usize = 5;

/// Each event, and under it what it changed on both sides; the first difference is marked.
pub fn twin_text(twin: &Twin, page: Page) -> String {
    let first = twin.steps.iter().position(|step| !step.equal);
    let width = (page.table_width() - INDENT.len() - BETWEEN) / 2;
    let what = match first {
        Some(step) => {
            format!("The same schedule without the mutation: the first difference is in event {}.", step + 1)
        }
        None => "The same schedule without the mutation: no difference is to be seen.".to_owned(),
    };
    let head = format!("{INDENT}{}     {}", padded("with the mutation", width), "without");
    let mut text = hung("  ", 2, &what, page.width()) + "\n" + &page.paint(Ink::Faint, &head) + "\n";
    for (number, step) in twin.steps.iter().enumerate() {
        text += &hung(&format!("{:>3}  ", number + 1), 5, &step.event, page.width());
        text.push('\n');
        text += &both(step, first == Some(number), width, page);
    }
    text
}

fn both(step: &TwinStep, is_first: bool, width: usize, page: Page) -> String {
    let joined =
        |changes: &[String]| if changes.is_empty() { "nothing".to_owned() } else { changes.join(", ") };
    let left = wrapped(&joined(&step.mutated), Some(width));
    let right = match &step.original {
        _ if step.equal => vec!["the same".to_owned()],
        Some(original) => wrapped(&joined(original), Some(width)),
        None => vec!["not enabled".to_owned()],
    };
    let mut text = String::new();
    for line in 0..left.len().max(right.len()) {
        let side = |side: &[String]| side.get(line).cloned().unwrap_or_default();
        let sign = if is_first && line == 0 { page.paint(Ink::Bad, "  ≠  ") } else { " ".repeat(BETWEEN) };
        text += &format!("{INDENT}{}{sign}{}", padded(&side(&left), width), side(&right));
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}
