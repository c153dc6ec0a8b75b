//! A run as a `ShiViz` log: one event a line with its vector clock, and the regular expression that reads it on the
//! first line (I. Beschastnikh and others, *Debugging Distributed Systems*, CACM 59(8), 2016). What a channel does to
//! its items by itself is no event of a process and has no line.

use super::text::printable;
use crate::engine::diagram::{Diagram, Step};
use crate::engine::verdict::Run;

/// The expression that reads the lines: host, clock, event.
const PARSER: &str = r"(?<host>\S+) (?<clock>{.*}) (?<event>.*)";

/// The log, ended by a line feed.
pub fn log(run: &Run) -> String {
    let diagram = &run.diagram;
    let mut text = format!("{PARSER}\n\n");
    for step in &diagram.steps {
        let Some(process) = step.process else { continue };
        let (host, clock) = (host(&diagram.processes[process]), clock(diagram, step));
        text += &format!("{host} {clock} {}\n", printable(&step.says));
    }
    text
}

/// Strict JSON, the processes that the event knows of.
fn clock(diagram: &Diagram, step: &Step) -> String {
    let entries = diagram.processes.iter().zip(&step.clock).filter(|(_, entry)| **entry > 0);
    let entries = entries.map(|(name, &entry)| (host(name), entry.into()));
    serde_json::Value::Object(entries.collect()).to_string()
}

/// A name without spaces.
fn host(name: &str) -> String {
    printable(name).split_whitespace().collect::<Vec<_>>().join("_")
}
