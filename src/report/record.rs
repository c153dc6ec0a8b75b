//! The JSON objects of the schema `cl-check/1`, in its order of keys. Says what they hold, not when they are written.

use serde::Serialize;
use serde_json::Value;

use super::{Failure, Outcome};
use crate::engine::Status;
use crate::engine::verdict::{Run, Stats, Verdict};

/// The name of the schema.
pub const SCHEMA: &str = "cl-check/1";

/// What became of one model.
#[derive(Debug, Serialize)]
pub struct ModelRecord {
    path: String,
    /// Null where the model was not read.
    name: Option<String>,
    verdict: &'static str,
    /// Null where the model was not read.
    expected: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expected_properties: Vec<String>,
    met: bool,
    end_reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorRecord>,
    properties: Vec<PropertyRecord>,
    stats: StatsRecord,
    counterexamples: Vec<RunRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    witnesses: Vec<RunRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<CoverageRecord>>,
}

#[derive(Debug, Serialize)]
pub(super) struct ErrorRecord {
    message: String,
    line: Option<usize>,
    column: Option<usize>,
    hint: Option<String>,
    /// Only where it is not the model's.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

#[derive(Debug, Serialize)]
struct PropertyRecord {
    name: String,
    status: Status,
    checked: u64,
}

#[derive(Debug, Serialize)]
struct StatsRecord {
    distinct_states: u64,
    /// Null where a reduction leaves transitions out; so with depth and completions.
    transitions: Option<u64>,
    terminal_states: u64,
    depth: Option<u32>,
    orderings: Option<String>,
    distinct_snapshots: u64,
    completed_snapshots: Option<u64>,
    reduction: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    reduced: Option<ReducedRecord>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    times: Option<TimesRecord>,
}

/// What a reduction amounts to, where one was on.
#[derive(Debug, Serialize)]
struct ReducedRecord {
    explored_states: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    symmetry_order: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audited_states: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reduction_note: Option<String>,
}

/// What differs from run to run.
#[derive(Debug, Serialize)]
struct TimesRecord {
    threads: usize,
    elapsed_s: f64,
    peak_rss_bytes: u64,
    bytes_per_state: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct RunRecord {
    property: String,
    reason: String,
    length: usize,
    /// Only where no shorter run is ruled out.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimal: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeats_from: Option<usize>,
    events: Vec<String>,
    states: Vec<Value>,
    snapshot: Option<Value>,
}

#[derive(Debug, Serialize)]
struct CoverageRecord {
    what: String,
    taken: u64,
}

impl ModelRecord {
    /// The record of an outcome, with or without what differs from run to run.
    pub fn of(outcome: &Outcome, times: bool) -> Self {
        match outcome {
            Outcome::Judged(verdict) => Self::judged(verdict, times),
            Outcome::Failed(failure) => {
                let stats = Stats { orderings: Some(0_u32.into()), ..Stats::default() };
                let error = Some(ErrorRecord::of(failure));
                Self { error, ..Self::unread(&failure.path, "error", "error", &stats, times) }
            }
            Outcome::Skipped { path } => {
                Self::unread(path, "incomplete", "interrupt", &Stats::default(), times)
            }
        }
    }

    fn judged(verdict: &Verdict, times: bool) -> Self {
        let properties = verdict.properties.iter();
        let property = |property: &crate::engine::verdict::PropertyVerdict| PropertyRecord {
            name: property.name.clone(),
            status: property.status,
            checked: property.checked,
        };
        let coverage = |line: &crate::engine::verdict::Coverage| CoverageRecord {
            what: line.what.clone(),
            taken: line.taken,
        };
        Self {
            path: verdict.path.clone(),
            name: Some(verdict.name.clone()),
            verdict: verdict.word.text(),
            expected: Some(verdict.expected.word.text()),
            expected_properties: verdict.expected.properties.clone(),
            met: verdict.met,
            end_reason: verdict.end_reason.text(),
            error: None,
            properties: properties.map(property).collect(),
            stats: StatsRecord::of(&verdict.stats, times),
            counterexamples: verdict.counterexamples.iter().map(RunRecord::of).collect(),
            witnesses: verdict.witnesses.iter().map(RunRecord::of).collect(),
            warnings: verdict.warnings.clone(),
            coverage: verdict.coverage.as_ref().map(|lines| lines.iter().map(coverage).collect()),
        }
    }

    fn unread(
        path: &str,
        verdict: &'static str,
        end_reason: &'static str,
        stats: &Stats,
        times: bool,
    ) -> Self {
        Self {
            path: path.to_owned(),
            name: None,
            verdict,
            expected: None,
            expected_properties: Vec::new(),
            met: false,
            end_reason,
            error: None,
            properties: Vec::new(),
            stats: StatsRecord::of(stats, times),
            counterexamples: Vec::new(),
            witnesses: Vec::new(),
            warnings: Vec::new(),
            coverage: None,
        }
    }
}

impl ErrorRecord {
    pub(super) fn of(failure: &Failure) -> Self {
        Self {
            message: failure.message.clone(),
            line: failure.line,
            column: failure.column,
            hint: failure.hint.clone(),
            file: failure.file.clone(),
        }
    }
}

impl StatsRecord {
    fn of(stats: &Stats, times: bool) -> Self {
        let reduction = if stats.reduction.is_empty() { "none" } else { &stats.reduction };
        let is_whole = !stats.is_partial();
        let times = times.then(|| TimesRecord {
            threads: stats.threads,
            elapsed_s: rounded(stats.elapsed_s, 1e6),
            peak_rss_bytes: stats.peak_rss_bytes,
            bytes_per_state: rounded(stats.bytes_per_state, 1e3),
        });
        let reduced = stats.reduced.as_ref().map(|reduced| ReducedRecord {
            explored_states: reduced.explored_states,
            symmetry_order: reduced.symmetry_order,
            audited_states: reduced.audited_states,
            reduction_note: reduced.note.clone(),
        });
        Self {
            distinct_states: stats.distinct_states,
            transitions: is_whole.then_some(stats.transitions),
            terminal_states: stats.terminal_states,
            depth: is_whole.then_some(stats.depth),
            orderings: stats.orderings.as_ref().map(ToString::to_string),
            distinct_snapshots: stats.distinct_snapshots,
            completed_snapshots: is_whole.then_some(stats.completed_snapshots),
            reduction: reduction.to_owned(),
            reduced,
            times,
        }
    }
}

impl RunRecord {
    pub(super) fn of(run: &Run) -> Self {
        Self {
            property: run.property.clone(),
            reason: run.reason.clone(),
            length: run.events.len(),
            minimal: (!run.minimal).then_some(false),
            repeats_from: run.repeats_from,
            events: run.events.clone(),
            states: run.states.clone(),
            snapshot: run.snapshot.as_ref().map(|snapshot| snapshot.json.clone()),
        }
    }
}

/// To a part of one; what is no number is 0, JSON has no other.
fn rounded(number: f64, parts: f64) -> f64 {
    if number.is_finite() { (number * parts).round() / parts } else { 0.0 }
}
