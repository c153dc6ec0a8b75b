//! What was found and what the judge says, as text and as JSON. Says nothing that is not in them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::exercise::{Entry, Exercise};
use super::found::{Found, Outcome};
use super::judge::{Judgement, Semantics};
use super::oracles::Opinion;
use super::recording::Recording;
use super::run::Run;
use super::simulator::Message;
use crate::check::Course;
use crate::engine::End;
use crate::model::{Model, event_text};
use crate::report::{Page, hung, listed, number, printable, tale};

/// The schema of the JSON.
const SCHEMA: &str = "cl-check/cos418/1";

/// What was found in one semantics.
pub struct Enumerated {
    /// Which one.
    pub semantics: Semantics,
    /// What was found.
    pub found: Found,
    /// What the oracles say of it.
    pub opinion: Opinion,
}

/// What the judge says in one semantics.
pub struct Judged {
    /// Which one.
    pub semantics: Semantics,
    /// What is said.
    pub judgement: Judgement,
}

impl Semantics {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asynchronous => "asynchronous",
            Self::Discrete => "discrete",
        }
    }
}

/// Every outcome once, with the semantics that have it.
pub fn union(all: &[Enumerated]) -> BTreeMap<&Outcome, Vec<Semantics>> {
    let mut union: BTreeMap<&Outcome, Vec<Semantics>> = BTreeMap::new();
    for one in all {
        for outcome in &one.found.outcomes {
            union.entry(outcome).or_default().push(one.semantics);
        }
    }
    union
}

/// What was found, in a few lines for each semantics.
pub fn found_text(exercise: &Exercise, all: &[Enumerated], page: Page) -> String {
    let mut text = format!("{}\n", heading(exercise));
    for Enumerated { semantics, found, opinion } in all {
        let least = if found.is_complete() { "" } else { "at least " };
        let figures = format!(
            "{least}{}, {}, {}",
            count(found.outcomes.len() as u64, "outcome", "outcomes"),
            count(found.states, "state", "states"),
            count(found.transitions, "transition", "transitions"),
        );
        let lead = format!("  {:<12}  ", semantics.name());
        text += &format!("{}\n", hung(&lead, 16, &figures, page.width()));
        for line in remarks(found, opinion, *semantics) {
            text += &format!("{}\n", hung(&" ".repeat(16), 16, &line, page.width()));
        }
    }
    text
}

fn remarks(found: &Found, opinion: &Opinion, semantics: Semantics) -> Vec<String> {
    let names = |names: &[String]| listed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let of = match semantics {
        Semantics::Asynchronous => "on every run",
        Semantics::Discrete => "on a run to each",
    };
    let mut remarks = Vec::new();
    if found.without_outcome > 0 {
        remarks.push(format!(
            "and {} without an outcome: a send has too few tokens, or a snapshot is never complete",
            count(found.without_outcome, "end", "ends")
        ));
    }
    if !opinion.holds.is_empty() {
        remarks.push(format!("holds {of}: {}", names(&opinion.holds)));
    }
    if !opinion.fails.is_empty() {
        remarks.push(format!("FAILS: {}", names(&opinion.fails)));
    }
    match found.end {
        End::Exhausted | End::Enough => {}
        End::States => remarks.push("not all: the bound on states came first".to_owned()),
        End::Memory => remarks.push("not all: the bound on memory came first".to_owned()),
        End::Deadline => remarks.push("not all: the time was over".to_owned()),
        End::Interrupted => remarks.push("not all: interrupted".to_owned()),
    }
    if opinion.undecided && found.is_complete() {
        remarks.push("not all properties are decided: a bound came first".to_owned());
    }
    remarks
}

/// `3 servers, 6 links, 1 snapshot, 4 sends, 5 ticks`.
fn heading(exercise: &Exercise) -> String {
    let entries = |is: fn(&Entry) -> bool| exercise.script.iter().filter(|entry| is(entry)).count() as u64;
    [
        count(exercise.topology.names().len() as u64, "server", "servers"),
        count(exercise.topology.channels().len() as u64, "link", "links"),
        count(exercise.initiators.len() as u64, "snapshot", "snapshots"),
        count(entries(|entry| matches!(entry, Entry::Send(..))), "send", "sends"),
        count(entries(|entry| *entry == Entry::Tick), "tick", "ticks"),
    ]
    .join(", ")
}

fn count(many: u64, one: &str, more: &str) -> String {
    format!("{} {}", number(many), if many == 1 { one } else { more })
}

/// Every outcome, as `.snap` files write it.
pub fn list_text(exercise: &Exercise, all: &[Enumerated]) -> String {
    let mut text = String::new();
    for (at, (outcome, semantics)) in union(all).into_iter().enumerate() {
        text += &format!("\n# outcome {}: {}\n", at + 1, names(&semantics));
        for (snapshot, recording) in outcome.snapshots.iter().enumerate() {
            text += &recording.text(exercise, snapshot);
        }
    }
    text
}

fn names(semantics: &[Semantics]) -> String {
    let names: Vec<&str> = semantics.iter().map(|one| one.name()).collect();
    listed(&names)
}

/// What was found, as JSON.
pub fn found_json(exercise: &Exercise, all: &[Enumerated], list: bool, exit: u8) -> Value {
    let semantics = all.iter().map(|Enumerated { semantics, found, opinion }| {
        json!({
            "semantics": semantics.name(),
            "complete": found.is_complete() && !opinion.undecided,
            "outcomes": found.outcomes.len(),
            "states": found.states,
            "transitions": found.transitions,
            "ends_without_outcome": found.without_outcome,
            "holds": opinion.holds,
            "fails": opinion.fails,
        })
    });
    let outcomes = union(all).into_iter().map(|(outcome, semantics)| {
        json!({
            "semantics": semantics.iter().map(|one| one.name()).collect::<Vec<_>>(),
            "snapshots": snapshots_json(exercise, &outcome.snapshots),
        })
    });
    let mut report = json!({ "schema": SCHEMA, "exit": exit, "semantics": semantics.collect::<Vec<_>>() });
    if list {
        report["outcomes"] = outcomes.collect();
    }
    report
}

fn snapshots_json(exercise: &Exercise, snapshots: &[Recording]) -> Value {
    let topology = &exercise.topology;
    let snapshot = |(number, recording): (usize, &Recording)| {
        let servers =
            topology.names().iter().cloned().zip(recording.tokens.iter().map(|&tokens| json!(tokens)));
        let links = exercise.links().zip(&recording.messages).filter(|(_, messages)| !messages.is_empty());
        let links = links.map(|(link, messages)| (topology.channel_name(link), json!(messages)));
        json!({
            "number": number,
            "servers": servers.collect::<serde_json::Map<_, _>>(),
            "links": links.collect::<serde_json::Map<_, _>>(),
        })
    };
    snapshots.iter().enumerate().map(snapshot).collect()
}

/// What the judge says: first in a line for each semantics, then the run that shows it.
pub fn judged_text(exercise: &Exercise, model: &Model, all: &[Judged], page: Page) -> String {
    let mut text = String::new();
    for (semantics, said) in said(all) {
        let (word, rest) = said;
        let line = format!("{word}, {}: {rest}", names(&semantics));
        text += &format!("{}\n", hung("", 2, &line, page.width()));
    }
    // A run in discrete time is one of the asynchronous semantics too: one picture is enough.
    let legal = all.iter().rev().find_map(|one| match &one.judgement {
        Judgement::Legal(run) => Some((one.semantics, run)),
        _ => None,
    });
    if let Some((semantics, run)) = legal {
        if let Some(course) = run.course(model) {
            text += &format!("\n{}", tale(&course.run("a run that records them", String::new()), page));
        }
        if semantics == Semantics::Discrete {
            text += &delays_text(exercise, run);
        }
    }
    text
}

/// What is said, once where it is the same in both semantics.
fn said(all: &[Judged]) -> Vec<(Vec<Semantics>, (&'static str, String))> {
    let mut said: Vec<(Vec<Semantics>, (&'static str, String))> = Vec::new();
    for Judged { semantics, judgement } in all {
        let words = match judgement {
            Judgement::Legal(_) => ("LEGAL", "there is a run with exactly these snapshots".to_owned()),
            Judgement::Illegal(reason) => ("NOT LEGAL", printable(&reason.text)),
            Judgement::Undecided => ("UNDECIDED", "the search came to its bound".to_owned()),
        };
        match said.iter_mut().find(|(_, others)| *others == words) {
            Some((list, _)) => list.push(*semantics),
            None => said.push((vec![*semantics], words)),
        }
    }
    said
}

/// A table of the packets of a run in discrete time.
fn delays_text(exercise: &Exercise, run: &Run) -> String {
    let travels = run.travels(exercise);
    let delays: Vec<String> = travels.iter().map(|travel| travel.delay.to_string()).collect();
    let mut text = format!("  delays    {}, in the order of sending\n", delays.join(" "));
    let rows: Vec<[String; 5]> = travels
        .iter()
        .map(|travel| {
            let packet = match travel.message {
                Message::Token(tokens) => format!("token({tokens})"),
                Message::Marker(snapshot) => format!("marker({})", snapshot.0),
            };
            let delivered = travel.delivered.map_or("later".to_owned(), |time| time.to_string());
            let link = printable(&exercise.topology.channel_name(travel.link));
            [travel.sent.to_string(), link, packet, travel.delay.to_string(), delivered]
        })
        .collect();
    let head = ["sent at", "link", "packet", "delay", "delivered at"].map(str::to_owned);
    let rows: Vec<&[String; 5]> = std::iter::once(&head).chain(&rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    for row in &rows {
        let cells = row.iter().enumerate().map(|(column, cell)| format!("{cell:<0$}", width(column)));
        let line = format!("  {}", cells.collect::<Vec<_>>().join("  "));
        text += &format!("{}\n", line.trim_end());
    }
    text
}

/// What the judge says, as JSON.
pub fn judged_json(exercise: &Exercise, model: &Model, all: &[Judged], exit: u8) -> Value {
    let judged = all.iter().map(|Judged { semantics, judgement }| {
        let mut value = json!({ "semantics": semantics.name() });
        match judgement {
            Judgement::Undecided => value["legal"] = Value::Null,
            Judgement::Illegal(reason) => {
                value["legal"] = json!(false);
                value["reason"] = json!({ "kind": reason.kind.name(), "text": reason.text });
            }
            Judgement::Legal(run) => {
                value["legal"] = json!(true);
                value["events"] = run.course(model).map_or(Value::Null, |course| events_json(model, &course));
                if *semantics == Semantics::Discrete {
                    value["delays"] = json!(run.delays(exercise).0);
                }
            }
        }
        value
    });
    json!({ "schema": SCHEMA, "exit": exit, "judged": judged.collect::<Vec<_>>() })
}

/// The events as `cl-check replay` reads them.
fn events_json(model: &Model, course: &Course<'_>) -> Value {
    course.events().iter().map(|event| event_text(model, event)).collect()
}
