//! `cl-check replay`: carries out the runs of a report again, event by event, and says whether they still show what the
//! report says.

use std::fs;
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use serde_json::Value;

use super::exit::Exit;
use super::run_arguments::ReplayArguments;
use super::{examine, output};
use crate::check::Course;
use crate::engine::Status;
use crate::model::{Model, ModelEvent, Source, event_of, event_text};
use crate::report::{listed, printable, story};

/// A trace is no longer than this.
const TRACE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A run of a report.
struct Trace {
    /// The properties that it claims to show failing; none for a list of events.
    properties: Vec<String>,
    events: Vec<String>,
    /// If it has no end: after so many events the rest repeats.
    repeats_from: Option<usize>,
}

/// Replays what the arguments name.
pub fn run(arguments: &ReplayArguments) -> Exit {
    examine::single(&arguments.model, arguments.report.color, |_, model| replayed(arguments, model))
}

fn replayed(arguments: &ReplayArguments, model: &Model) -> Exit {
    let traces = match traces(&arguments.trace, &model.name) {
        Ok(traces) => traces,
        Err(message) => {
            output::complain(&format!("{}: {message}", printable(&arguments.trace.display().to_string())));
            return Exit::Unusable;
        }
    };
    let mut exit = Exit::Met;
    for (number, trace) in traces.iter().enumerate() {
        let gap = if number > 0 { "\n" } else { "" };
        let shown = one(arguments, model, trace, gap);
        exit = exit.max(shown.unwrap_or_else(|end| end));
    }
    exit
}

fn one(arguments: &ReplayArguments, model: &Model, trace: &Trace, gap: &str) -> Result<Exit, Exit> {
    let mut course = Course::new(model);
    for (number, text) in trace.events.iter().enumerate() {
        let next = course.next();
        let source = Source::new("the trace", text.as_str());
        let event = event_of(&source, model, next.iter().map(|next| &next.event));
        let chosen = event.map(|event| next.into_iter().find(|next| next.event == event));
        match chosen {
            Ok(Some(next)) => course.take(next),
            Ok(None) => unreachable!("the event is among those that are enabled"),
            Err(error) => {
                let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
                let event = format!("event {} of {}, {}", number + 1, trace.events.len(), printable(text));
                output::complain(&format!("{event}: {}{}", error.message, printable(&hint)));
                return Ok(Exit::Unmet);
            }
        }
    }
    if arguments.step {
        stepped(model, course.events())?;
        return Ok(Exit::Met);
    }
    let (exit, text) = judged(arguments, &course, trace);
    output::print(format!("{gap}{text}").as_bytes()).map(|()| exit)
}

fn judged(arguments: &ReplayArguments, course: &Course<'_>, trace: &Trace) -> (Exit, String) {
    let page = output::page(arguments.report, false);
    let verdict = course.verdict();
    let whole = course.events().len();
    let shows = |name: &String| {
        verdict.counterexamples.iter().find(|run| run.property == *name && run.events.len() == whole)
    };
    let claimed = trace.properties.iter().filter(|name| course.knows(name));
    let fails = |name: &&String| match trace.repeats_from {
        Some(from) => course.fails_for_ever(from, name),
        None => shows(name).is_some(),
    };
    let (shown, missing): (Vec<&String>, Vec<&String>) = claimed.partition(fails);
    let text = match shown.first().and_then(|name| shows(name)) {
        Some(run) => story(run, page),
        None => story(&course.run("replayed", String::new()), page),
    };
    let failing = verdict.properties.iter().filter(|property| property.status == Status::Violated);
    let failing: Vec<&str> = failing.map(|property| property.name.as_str()).collect();
    let (exit, line) = match (shown.is_empty(), missing.as_slice()) {
        (_, [first, ..]) => {
            let when = match trace.repeats_from {
                Some(from) => format!("if it repeats from #{} on", from + 1),
                None => "at its end".to_owned(),
            };
            (Exit::Unmet, format!("REPLAYED, but {first} does not fail {when}"))
        }
        (false, []) => (Exit::Met, format!("REPLAYED: {}, as the trace says", fail(&shown))),
        (true, []) if failing.is_empty() => (Exit::Met, "REPLAYED: no property fails in it".to_owned()),
        (true, []) => (Exit::Met, format!("REPLAYED: {}", fail(&failing))),
    };
    (exit, page.finished(format!("{text}{line}\n")))
}

/// `ConsistentCut fails`.
fn fail<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    format!("{} {}", listed(&names), if names.len() == 1 { "fails" } else { "fail" })
}

/// One event for each line that the user enters.
fn stepped(model: &Model, events: &[ModelEvent]) -> Result<(), Exit> {
    let mut course = Course::new(model);
    let all = events.len();
    let columns = course.columns();
    let line_end = if io::stdin().is_terminal() { "" } else { "\n" };
    let mut before: Vec<String> = Vec::new();
    output::print(b"Enter: next   b: back   q: end\n")?;
    loop {
        let done = course.events().len();
        let what = match done.checked_sub(1) {
            Some(last) => event_text(model, &events[last]),
            None => "at first".to_owned(),
        };
        let cells = course.cells();
        let changed =
            columns.iter().zip(&cells).enumerate().filter(|(at, (_, cell))| before.get(*at) != Some(*cell));
        let changed: Vec<String> = changed.map(|(_, (name, cell))| format!("{name}: {cell}")).collect();
        let line = printable(&format!("{done} of {all}  {what}   {}", changed.join(", ")));
        output::print(format!("{line}{line_end}").as_bytes())?;
        before = cells;
        let mut answer = String::new();
        match io::stdin().lock().read_line(&mut answer) {
            Ok(0) | Err(_) => return output::print(b"\n"),
            Ok(_) => {}
        }
        match answer.trim() {
            "q" => return Ok(()),
            "b" => course.undo(),
            _ if done == all => return Ok(()),
            _ => course.take_enabled([&events[done]]),
        }
    }
}

/// The runs of a file: a whole report, one counterexample, or a list of events.
fn traces(path: &Path, name: &str) -> Result<Vec<Trace>, String> {
    let length = fs::metadata(path).map_err(|reason| reason.to_string())?.len();
    if length > TRACE_BYTES_MAX {
        return Err(format!("longer than {} MiB", TRACE_BYTES_MAX >> 20));
    }
    let text = fs::read(path).map_err(|reason| reason.to_string())?;
    let json: Value = serde_json::from_slice(&text).map_err(|reason| format!("no JSON: {reason}"))?;
    let found = match json.get("models").and_then(Value::as_array) {
        None => vec![trace(&json)?],
        Some(models) => of_report(models, name)?,
    };
    if found.is_empty() {
        return Err("the report shows no run of this model".to_owned());
    }
    Ok(found)
}

/// The runs of the model with this name; those of the only one, whatever its name. Properties with the same run share it.
fn of_report(models: &[Value], name: &str) -> Result<Vec<Trace>, String> {
    let is_it = |model: &&Value| models.len() == 1 || model["name"] == name;
    let mut found: Vec<Trace> = Vec::new();
    for model in models.iter().filter(is_it) {
        for run in
            ["counterexamples", "witnesses"].into_iter().filter_map(|key| model[key].as_array()).flatten()
        {
            let trace = trace(run)?;
            let is_same = |other: &&mut Trace| {
                (&other.events, other.repeats_from) == (&trace.events, trace.repeats_from)
            };
            match found.iter_mut().find(is_same) {
                Some(other) => other.properties.extend(trace.properties),
                None => found.push(trace),
            }
        }
    }
    Ok(found)
}

fn trace(json: &Value) -> Result<Trace, String> {
    let events = json.get("events").unwrap_or(json).as_array();
    let events = events.ok_or("neither a report, nor a counterexample, nor a list of events")?;
    let text = |event: &Value| event.as_str().map(str::to_owned).ok_or("an event is no string".to_owned());
    let property = json.get("property").and_then(Value::as_str).map(str::to_owned);
    let properties = property.into_iter().collect();
    let repeats_from = json.get("repeats_from").and_then(Value::as_u64).map(|from| from as usize);
    Ok(Trace { properties, events: events.iter().map(text).collect::<Result<_, _>>()?, repeats_from })
}
