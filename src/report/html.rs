//! A verdict as a page of its own: no network, light and dark, made for a browser and for paper. The script only shows
//! and hides what is on the page already.

use std::fmt::Write as _;

use quick_xml::escape::escape;
use serde_json::{Value, json};

use super::figures::{big, count};
use super::run::{grouped, length, title_of};
use super::text::printable;
use super::{Outcome, svg, words};
use crate::engine::Status;
use crate::engine::verdict::{PropertyVerdict, Run, Snapshot, Verdict, Word};

const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// The page of one model.
pub fn page(outcome: &Outcome) -> String {
    let title = match outcome {
        Outcome::Judged(verdict) => &verdict.name,
        Outcome::Failed(_) | Outcome::Skipped { .. } => outcome.path(),
    };
    let body = match outcome {
        Outcome::Judged(verdict) => judged(outcome, verdict),
        Outcome::Failed(_) | Outcome::Skipped { .. } => word(outcome),
    };
    whole(title, &format!("<h1>{}</h1>\n{body}", text(title)), SCRIPT)
}

/// The page that leads to those of the models.
pub fn index(rows: &[&str]) -> String {
    whole("cl-check", &format!("<h1>cl-check</h1>\n<table>\n{}</table>\n", rows.concat()), "")
}

/// The row of a model in the index: where its page is, and what became of it.
pub fn row(file: &str, outcome: &Outcome) -> String {
    let (path, word) = (text(outcome.path()), word(outcome));
    format!("<tr><td><a href=\"{}\">{path}</a></td><td>{word}</td></tr>\n", text(file))
}

fn whole(title: &str, body: &str, script: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <style>\n{}{STYLE}</style>\n</head>\n<body>\n{body}<script>\n{script}</script>\n</body>\n</html>\n",
        text(title),
        svg::STYLE,
    )
}

fn text(text: &str) -> String {
    escape(printable(text)).into_owned()
}

fn word(outcome: &Outcome) -> String {
    let class = match outcome {
        _ if outcome.is_met() => "good",
        Outcome::Judged(verdict) if matches!(verdict.word, Word::Incomplete | Word::Vacuous) => "doubtful",
        Outcome::Skipped { .. } => "doubtful",
        Outcome::Judged(_) | Outcome::Failed(_) => "bad",
    };
    format!("<span class=\"word {class}\">{}</span>", text(&words::verdict(outcome)))
}

fn judged(outcome: &Outcome, verdict: &Verdict) -> String {
    let stats = &verdict.stats;
    let mut body = format!(
        "<p class=\"soft\">{}</p>\n<p>{}</p>\n<table>\n",
        text(&verdict.heading.join(" · ")),
        word(outcome),
    );
    for property in &verdict.properties {
        let class = match property.status {
            Status::Holds => "good",
            Status::Violated => "bad",
            Status::Unknown | Status::Vacuous => "doubtful",
        };
        let (name, status) = (text(&property.name), property.status.word());
        let _ = writeln!(
            body,
            "<tr><td class=\"{class}\">{status}</td><td>{name}</td><td class=\"soft\">{}</td></tr>",
            text(&note(verdict, property)),
        );
    }
    let _ = writeln!(
        body,
        "</table>\n<p class=\"soft\">{}{}{}</p>",
        count(stats.distinct_states, "state", "states"),
        if stats.is_partial() {
            " with stubborn sets".to_owned()
        } else {
            format!(", {}, depth {}", count(stats.transitions, "transition", "transitions"), stats.depth)
        },
        stats
            .orderings
            .as_ref()
            .map(|orderings| format!(", orderings: {}", big(orderings)))
            .unwrap_or_default(),
    );
    for warning in &verdict.warnings {
        let _ = writeln!(body, "<p class=\"doubtful\">{}</p>", text(warning));
    }
    body + &runs(verdict)
}

/// What is known of a property; where a run shows that it fails, how long that is.
fn note(verdict: &Verdict, property: &PropertyVerdict) -> String {
    let mut runs = verdict.counterexamples.iter();
    match runs.find(|run| run.property == property.name) {
        Some(run) => length(run),
        None => property.note.clone(),
    }
}

/// Runs with the same events share a section.
fn runs(verdict: &Verdict) -> String {
    let all = verdict.counterexamples.iter().chain(&verdict.witnesses);
    grouped(all).iter().map(|same| section(same)).collect()
}

fn section(same: &[&Run]) -> String {
    let run = same[0];
    let last = run.events.len();
    let (width, height) = svg::size(&run.diagram);
    let title = text(&title_of(same));
    let reasons: Vec<String> = same
        .iter()
        .map(|run| format!("<li><b>{}</b>: {}</li>", text(&run.property), text(&run.reason)))
        .collect();
    format!(
        "<section class=\"run\">\n<h2>{title}</h2>\n<ul>{}</ul>\n\
         <div class=\"controls\"><button class=\"back\" aria-label=\"one step back\">◀</button>\
         <input type=\"range\" min=\"0\" max=\"{last}\" value=\"{last}\" aria-label=\"step\">\
         <button class=\"on\" aria-label=\"one step on\">▶</button></div>\n\
         <p class=\"says live\" aria-live=\"polite\"></p>\n\
         <div class=\"scroll\"><svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\
         <title>{title}</title>\n{}</svg></div>\n\
         <div class=\"side live\"><div><h3>State</h3>{}</div><div><h3>Recorded</h3>{}</div></div>\n\
         <details><summary>All steps</summary>{}</details>\n\
         <script type=\"application/json\">{}</script>\n</section>\n",
        reasons.concat(),
        svg::drawing(&run.diagram),
        state(run),
        recorded(run),
        steps(run),
        data(run),
    )
}

fn state(run: &Run) -> String {
    let rows = run.columns.iter().map(|name| format!("<tr><th>{}</th><td></td></tr>", text(name)));
    format!("<table class=\"state\"><tbody>{}</tbody></table>", rows.collect::<String>())
}

fn recorded(run: &Run) -> String {
    let Some(snapshot) = &run.snapshot else { return "<p>nothing</p>".to_owned() };
    let names = lines(run, snapshot)
        .into_iter()
        .map(|(name, _)| format!("<tr><th>{}</th><td></td></tr>", text(&name)));
    format!("<table class=\"recorded\"><tbody>{}</tbody></table>", names.collect::<String>())
}

/// What a snapshot has recorded: processes, channels that hold something at the end of the run, the total.
fn lines(run: &Run, snapshot: &Snapshot) -> Vec<(String, String)> {
    let process =
        |(name, state): &(String, Option<String>)| (name.clone(), state.clone().unwrap_or_default());
    let kept = |name: &String| {
        let kept = snapshot.channels.iter().find(|(other, _)| other == name);
        kept.map(|(_, kept)| format!("[{}]", kept.join(", "))).unwrap_or_default()
    };
    let channels = run.snapshot.iter().flat_map(|last| &last.channels);
    let total = snapshot.totals.as_ref().map(|(total, expected)| {
        let compared = if snapshot.complete { ", complete; it should be" } else { " of" };
        ("total".to_owned(), format!("{total}{compared} {expected}"))
    });
    let processes = snapshot.processes.iter().map(process);
    let channels = channels.map(|(name, _)| (name.clone(), kept(name)));
    processes.chain(channels).chain(total).collect()
}

/// All steps with their states: for paper, and where scripts do not run.
fn steps(run: &Run) -> String {
    let head: String = run.columns.iter().map(|name| format!("<th>{}</th>", text(name))).collect();
    let says = says(run);
    let row = |(number, row): (usize, &Vec<String>)| {
        let cells: String = row.iter().map(|cell| format!("<td>{}</td>", text(cell))).collect();
        format!("<tr><td>{number}</td><td>{}</td>{cells}</tr>\n", text(&says[number]))
    };
    let rows: String = run.rows.iter().enumerate().map(row).collect();
    format!(
        "<table class=\"steps\"><thead><tr><th></th><th></th>{head}</tr></thead>\n<tbody>{rows}</tbody></table>"
    )
}

fn says(run: &Run) -> Vec<String> {
    let steps = run.diagram.steps.iter().map(|step| printable(&step.says));
    std::iter::once("at first".to_owned()).chain(steps).collect()
}

/// What the script shows, as JSON that cannot end its element.
fn data(run: &Run) -> String {
    let recorded = run.diagram.recorded.iter().map(|snapshot| {
        let values = lines(run, snapshot).into_iter().map(|(_, value)| Value::String(value));
        Value::Array(values.collect())
    });
    let data = json!({ "says": says(run), "rows": run.rows, "recorded": recorded.collect::<Vec<_>>() });
    data.to_string().replace('<', "\\u003c")
}
