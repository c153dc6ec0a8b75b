//! The steps of a run as text: a grid where it fits the width, else a list with a line for each change. Both show
//! only what changes. Knows nothing of what the cells mean.

use super::page::{Ink, Page};
use super::text::{columns, filled, padded};
use crate::engine::verdict::Run;

/// Between two columns.
const GAP: &str = "  ";
/// A list whose changes would have less room than this puts them under the event.
const CHANGES_COLUMNS_MIN: usize = 30;

/// The steps of a run, each line indented and ended.
pub fn steps(run: &Run, page: Page) -> String {
    let table = Table::of(run);
    table.grid(page).unwrap_or_else(|| table.list(page.table_width()))
}

struct Table<'a> {
    /// Names of the columns that change somewhere.
    header: Vec<&'a str>,
    steps: Vec<Step<'a>>,
}

struct Step<'a> {
    number: String,
    event: &'a str,
    /// One for each column of the header: `None` where nothing changes.
    cells: Vec<Option<&'a str>>,
}

impl<'a> Table<'a> {
    fn of(run: &'a Run) -> Self {
        let changing = changing(run);
        let header = changing.iter().map(|&column| run.columns[column].as_str()).collect();
        let steps = (0..run.rows.len()).map(|number| Step::of(run, number, &changing)).collect();
        Self { header, steps }
    }

    /// The widths of number, event and cells.
    fn widths(&self) -> Vec<usize> {
        let number = self.steps.iter().map(|step| columns(&step.number)).max();
        let event = self.steps.iter().map(|step| columns(step.event)).max();
        let cells = self.header.iter().enumerate().map(|(column, name)| {
            let cells = self.steps.iter().filter_map(|step| step.cells[column]);
            cells.map(columns).max().unwrap_or(0).max(columns(name))
        });
        number.into_iter().chain(event).chain(cells).collect()
    }

    /// `None` where it is wider than the page.
    fn grid(&self, page: Page) -> Option<String> {
        let widths = self.widths();
        let all = widths.iter().sum::<usize>() + GAP.len() * widths.len();
        if all > page.table_width() {
            return None;
        }
        let line = |cells: &mut dyn Iterator<Item = &str>| -> String {
            let padded = cells.zip(&widths).map(|(cell, &width)| padded(cell, width));
            format!("{GAP}{}", padded.collect::<Vec<_>>().join(GAP)).trim_end().to_owned()
        };
        let header = line(&mut ["", ""].into_iter().chain(self.header.iter().copied()));
        let mut text = page.paint(Ink::Faint, &header) + "\n";
        for step in &self.steps {
            let number = format!("{:>width$}", step.number, width = widths[0]);
            let cells = step.cells.iter().map(|cell| cell.unwrap_or(""));
            text += &line(&mut [number.as_str(), step.event].into_iter().chain(cells));
            text.push('\n');
        }
        Some(text)
    }

    fn list(&self, width: usize) -> String {
        let widths = self.widths();
        let behind = GAP.len() * 3 + widths[0] + widths[1];
        let under = GAP.len() * 3 + widths[0];
        let beside = behind + CHANGES_COLUMNS_MIN <= width;
        let indent = if beside { behind } else { under };
        let mut text = String::new();
        for step in &self.steps {
            let number = format!("{GAP}{:>digits$}{GAP}", step.number, digits = widths[0]);
            let changes: Vec<String> = self.changes(step).collect();
            let lines = filled(changes.iter().map(String::as_str), ", ", width.saturating_sub(indent).max(1));
            let changes = lines.join(&format!("\n{}", " ".repeat(indent)));
            text += &if beside {
                format!("{number}{}{GAP}{changes}", padded(step.event, widths[1])).trim_end().to_owned()
            } else {
                let event = folded(step.event, width.saturating_sub(under), under);
                format!("{number}{event}\n{}{changes}", " ".repeat(indent)).trim_end().to_owned()
            };
            text.push('\n');
        }
        text
    }

    fn changes(&self, step: &Step<'a>) -> impl Iterator<Item = String> {
        let cells = self.header.iter().zip(&step.cells);
        cells.filter_map(|(name, cell)| cell.map(|cell| format!("{name}: {cell}")))
    }
}

impl<'a> Step<'a> {
    fn of(run: &'a Run, number: usize, changing: &[usize]) -> Self {
        let event = match number.checked_sub(1) {
            Some(event) => run.events.get(event).map_or("", String::as_str),
            None => "at first",
        };
        let cell = |&column: &usize| {
            let now = cell(run, number, column);
            let before = number.checked_sub(1).map(|before| cell(run, before, column));
            (before != Some(now)).then_some(now)
        };
        Self { number: number.to_string(), event, cells: changing.iter().map(cell).collect() }
    }
}

/// An event broken where it must be.
fn folded(event: &str, width: usize, indent: usize) -> String {
    filled([event], "", width.max(1)).join(&format!("\n{}", " ".repeat(indent)))
}

/// The columns that are not the same in all rows; all of them where there is no event.
fn changing(run: &Run) -> Vec<usize> {
    let changes = |&column: &usize| {
        let mut rows = 1..run.rows.len();
        run.events.is_empty() || rows.any(|row| cell(run, row, column) != cell(run, row - 1, column))
    };
    (0..run.columns.len()).filter(changes).collect()
}

fn cell(run: &Run, row: usize, column: usize) -> &str {
    run.rows[row].get(column).map_or("", String::as_str)
}
