//! What stands below a space-time diagram: who is left out, what happens in words, what the signs mean.

use super::page::{Ink, Page};
use super::space_time::INDENT;
use super::text::{filled, hung};
use super::words::listed;
use crate::engine::diagram::{Arrow, ArrowEnd, Diagram, Load, Side};
use crate::engine::verdict::Run;

/// Which processes are not drawn because they have no part in the run.
pub fn left_out(diagram: &Diagram, is_drawn: &dyn Fn(usize) -> bool, width: usize) -> String {
    let others = (0..diagram.processes.len()).filter(|&process| !is_drawn(process));
    let names: Vec<&str> = others.map(|process| diagram.processes[process].as_str()).collect();
    if names.is_empty() {
        return String::new();
    }
    let text = format!("without a part in this: {}", listed(&names));
    hung(INDENT, INDENT.len(), &text, Some(width)) + "\n"
}

/// What processes hold at first, where there is no room for it over their lanes.
pub fn at_first(run: &Run, width: usize) -> String {
    let cells = run.diagram.processes.iter().zip(run.rows.first().into_iter().flatten());
    let cells: Vec<String> = cells.map(|(name, cell)| format!("{name} {cell}")).collect();
    hung("  at first  ", 12, &cells.join(", "), Some(width)) + "\n"
}

/// What happens, where there is no room for it beside the diagram.
pub fn words_below(diagram: &Diagram, number_columns: usize, width: usize) -> String {
    let line = |(number, step): (usize, &crate::engine::diagram::Step)| {
        let lead = format!("{INDENT}{number:>number_columns$}{INDENT}");
        hung(&lead, lead.len(), &step.says, Some(width)) + "\n"
    };
    (1..).zip(&diagram.steps).map(line).collect()
}

/// What the signs mean that occur.
pub fn legend(diagram: &Diagram, page: Page) -> String {
    let any = |holds: &dyn Fn(&Arrow) -> bool| diagram.arrows.iter().any(holds);
    let is_marker = |arrow: &Arrow| matches!(arrow.load, Load::Marker(_));
    let is_lost_to_it = |arrow: &Arrow| {
        arrow.side == Side::Crosses && !arrow.kept && matches!(arrow.end, ArrowEnd::Received(_))
    };
    let cut = diagram.cut.as_ref().filter(|cut| cut.records.iter().any(Option::is_some));
    let records_other = (0..diagram.steps.len()).any(|step| {
        let is_cut = diagram.cut.as_ref().is_some_and(|cut| cut.records.contains(&Some(step)));
        !diagram.steps[step].records.is_empty() && !is_cut
    });
    let signs = [
        (cut.is_some_and(|cut| !cut.at_once), "◆ records"),
        (records_other, "◇ records for another snapshot"),
        (cut.is_some(), "┄ the cut"),
        (any(&is_marker), "▷ marker"),
        (any(&|arrow| arrow.kept), "[1] kept"),
        (any(&|arrow| arrow.side == Side::Orphan), "1! orphan"),
        (any(&is_lost_to_it), "1? crosses, not kept"),
        (any(&|arrow| matches!(arrow.end, ArrowEnd::Lost(_))), "✗ lost"),
    ];
    let occurring: Vec<&str> = signs.iter().filter(|(occurs, _)| *occurs).map(|(_, text)| *text).collect();
    if occurring.is_empty() {
        return String::new();
    }
    let lines = filled(occurring, INDENT, page.table_width().saturating_sub(INDENT.len()));
    let line = |line: &String| format!("{INDENT}{}\n", page.paint(Ink::Faint, line));
    lines.iter().map(line).collect()
}
