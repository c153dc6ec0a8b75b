//! The sentences of verdicts: what became of a model, against what was expected, and what to do next.

use super::figures::{count, duration, number};
use super::outcome::{Failure, Outcome, Summary};
use crate::engine::Status;
use crate::engine::verdict::{EndReason, Verdict, Word};

const NOT_STARTED: &str = "not started, an interrupt came first";

/// What the summary counts a model as.
pub fn kind(outcome: &Outcome) -> &'static str {
    let verdict = match outcome {
        Outcome::Judged(verdict) => verdict,
        Outcome::Failed(Failure { internal: false, .. }) => return "unreadable",
        Outcome::Failed(_) => return "failed on by cl-check",
        Outcome::Skipped { .. } => return "not started",
    };
    match (verdict.word, verdict.met) {
        (Word::Verified, true) => "verified",
        (Word::Violated, true) => "violated as expected",
        (Word::Incomplete, true) => "incomplete as expected",
        (Word::Vacuous, _) => "vacuous",
        (Word::Verified, false) => "verified against expectation",
        (Word::Violated, false) => "violated",
        (Word::Incomplete, false) => "incomplete",
    }
}

/// The verdict line of a model: the word, and what it means.
pub fn verdict(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Judged(verdict) if verdict.met => met(verdict),
        Outcome::Judged(verdict) => unmet(verdict),
        Outcome::Failed(failure) => format!("ERROR: {}", fault(failure)),
        Outcome::Skipped { .. } => format!("INCOMPLETE: {NOT_STARTED}"),
    }
}

/// What to do about a model that did not meet its expectation.
pub fn next_step(verdict: &Verdict) -> Option<String> {
    if verdict.met {
        return None;
    }
    Some(match (verdict.word, verdict.expected.word) {
        (Word::Verified | Word::Violated, Word::Violated) | (Word::Verified, _) => {
            format!("if this is right, write `expect: {}` in the model", as_written(verdict))
        }
        (Word::Violated, _) => {
            format!("if this model is meant to fail, write `expect: {}` in it", as_written(verdict))
        }
        (Word::Vacuous, _) => vacuous(verdict).to_owned(),
        (Word::Incomplete, _) => raise(verdict.end_reason).to_owned(),
    })
}

/// The summary of several models, in one line.
pub fn summary(summary: &Summary, times: bool) -> String {
    if summary.models == 0 {
        return "0 models: nothing was checked".to_owned();
    }
    let models = count(summary.models as u64, "model", "models");
    let kinds: Vec<String> =
        summary.kinds.iter().map(|(kind, many)| format!("{} {kind}", number(*many as u64))).collect();
    let time = if times { format!(", in {}", duration(summary.elapsed_s)) } else { String::new() };
    format!("{models}: {}{time}", kinds.join(", "))
}

/// What is wrong and where: `3:5: ..`, or `other.ron:3:5: ..` where it is not in the model itself.
fn fault(failure: &Failure) -> String {
    let place = match (failure.line, failure.column) {
        (Some(line), Some(column)) => format!("{line}:{column}: "),
        _ => String::new(),
    };
    match &failure.file {
        Some(file) if place.is_empty() => format!("{file}: {}", failure.message),
        Some(file) => format!("{file}:{place}{}", failure.message),
        None => format!("{place}{}", failure.message),
    }
}

/// The verdict line of a model without a verdict, with its path: `ERROR: a.ron:3:5: ..`.
pub fn unjudged(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed(failure) => {
            let file = failure.file.clone().or(Some(failure.path.clone()));
            format!("ERROR: {}", fault(&Failure { file, ..failure.clone() }))
        }
        Outcome::Skipped { path } => format!("INCOMPLETE: {path}: {NOT_STARTED}"),
        Outcome::Judged(_) => verdict(outcome),
    }
}

fn met(verdict: &Verdict) -> String {
    if verdict.word == Word::Verified {
        return "VERIFIED".to_owned();
    }
    let mut more = violated(verdict);
    more.retain(|name| !verdict.expected.properties.iter().any(|expected| expected == name));
    let more = match more.len() {
        _ if verdict.word != Word::Violated => String::new(),
        0 => String::new(),
        1 => format!(" ({} fails too)", more[0]),
        _ => format!(" ({} fail too)", listed(&more)),
    };
    format!("{}, as expected{more}", verdict.word.text().to_uppercase())
}

fn unmet(verdict: &Verdict) -> String {
    let word = verdict.word.text().to_uppercase();
    let standing: Vec<&str> = verdict.expected.properties.iter().map(String::as_str).collect();
    let standing: Vec<&str> = standing.into_iter().filter(|name| !violated(verdict).contains(name)).collect();
    match (verdict.word, verdict.expected.word) {
        (Word::Violated, Word::Verified) => format!("{word}: {}", listed(&violated(verdict))),
        (Word::Incomplete, _) => format!("{word}: {}", ended(verdict)),
        (Word::Vacuous, _) => format!("{word}: nothing that was checked says anything"),
        (_, Word::Violated) if verdict.word == Word::Violated => {
            format!("{word}, but not {}, which was expected to fail", listed(&standing))
        }
        (_, Word::Violated) => format!("{word}, but {} was expected to fail", listed(&standing)),
        (_, expected) => format!("{word}, but `{}` was expected", expected.text()),
    }
}

/// Why a search that is not complete ended, as part of a sentence.
fn ended(verdict: &Verdict) -> String {
    match verdict.end_reason {
        EndReason::MaxStates => "the bound on states came first".to_owned(),
        EndReason::MaxMemory => "the bound on memory came first".to_owned(),
        EndReason::Timeout => "the time-out came first".to_owned(),
        EndReason::Interrupt => "an interrupt came first".to_owned(),
        EndReason::Capacity => "a channel was full, so some events were not taken".to_owned(),
        EndReason::Exhausted | EndReason::Walk => {
            format!("{} could not be decided", listed(&named(verdict, Status::Unknown)))
        }
    }
}

/// What to raise, or leave out.
fn raise(end: EndReason) -> &'static str {
    match end {
        EndReason::MaxStates => "raise `--max-states`, or leave it out",
        EndReason::MaxMemory => {
            "raise `--max-memory`, or let what does not fit go to disk: `--spill DIR`; `--no-orderings` and \
             `--reduce symmetry` need less, and `cl-check estimate` says what would fit"
        }
        EndReason::Timeout => "raise `--timeout`, or leave it out",
        EndReason::Interrupt => "run it again",
        EndReason::Capacity => {
            "raise `channel_capacity` in the model, or write `expect: Incomplete` if this is all there should be"
        }
        EndReason::Exhausted | EndReason::Walk => {
            "leave out `--reduce`, or list in `check` only what it can decide"
        }
    }
}

fn vacuous(verdict: &Verdict) -> &'static str {
    if verdict.heading.iter().any(|part| part.starts_with("snapshot ")) {
        "no snapshot ever completed: see that it can start and that every process gets a marker"
    } else {
        "the model lists no snapshots: write, say, `snapshots: [By(\"A\")]` with the name of a process"
    }
}

/// The verdict as an author would write it.
fn as_written(verdict: &Verdict) -> String {
    match verdict.word {
        Word::Violated => format!("Violated([{}])", violated(verdict).join(", ")),
        Word::Incomplete => "Incomplete".to_owned(),
        Word::Verified | Word::Vacuous => "Verified".to_owned(),
    }
}

fn violated(verdict: &Verdict) -> Vec<&str> {
    named(verdict, Status::Violated)
}

fn named(verdict: &Verdict, status: Status) -> Vec<&str> {
    let properties = verdict.properties.iter();
    properties.filter(|property| property.status == status).map(|property| property.name.as_str()).collect()
}

/// `A`, `A and B`, `A, B and C`.
pub fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
