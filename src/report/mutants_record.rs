//! Mutation analyses as JSON, of the schema `cl-check/1`.

use serde::Serialize;

use super::Failure;
use super::record::{ErrorRecord, RunRecord, SCHEMA};
use crate::engine::analysis::{Analysis, Fate, Kill, MutantVerdict, Smallest};
use crate::engine::verdict::{Verdict, Word};

/// The one object of `--format json`.
#[derive(Debug, Serialize)]
pub struct MutationReport<'a> {
    schema: &'static str,
    complete: bool,
    exit: u8,
    analyses: &'a [ModelRecord],
}

/// A line of `ndjson`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum MutationLine<'a> {
    /// One model, as soon as it is through.
    Analysis {
        /// The schema's name.
        schema: &'static str,
        /// The same as in `json`.
        #[serde(flatten)]
        analysis: &'a ModelRecord,
    },
    /// The last line.
    Summary {
        /// The schema's name.
        schema: &'static str,
        /// As in `json`.
        complete: bool,
        /// As in `json`.
        exit: u8,
        /// How many models there were.
        models: usize,
    },
}

/// What is reported of one model.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ModelRecord {
    /// What became of its mutants.
    Analysis(Box<AnalysisRecord>),
    /// For each mutant of its algorithm the smallest system that catches it.
    Smallest(SmallestReport),
}

/// What became of the mutants of one model.
#[derive(Debug, Serialize)]
pub struct AnalysisRecord {
    path: String,
    /// Null where the model was not read.
    name: Option<String>,
    /// The verdict of the model as it is.
    baseline: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorRecord>,
    /// Caught, of those caught or missed.
    score: Option<f64>,
    caught: usize,
    missed: usize,
    inconclusive: usize,
    unviable: usize,
    mutants: Vec<MutantRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_s: Option<f64>,
}

/// For each mutant of a model's algorithm the smallest system that catches it.
#[derive(Debug, Serialize)]
pub struct SmallestReport {
    path: String,
    smallest: Vec<SmallestRecord>,
}

#[derive(Debug, Serialize)]
struct SmallestRecord {
    name: String,
    /// Null where no system that was tried catches it, and so the rest.
    system: Option<String>,
    property: Option<String>,
    length: Option<usize>,
    model: Option<String>,
    /// A bound or an interrupt came first on a smaller system, or on one of those that were tried.
    undecided: bool,
}

impl SmallestReport {
    /// The report of these, for a model.
    pub fn new(path: &str, all: &[Smallest]) -> Self {
        let record = |Smallest { name, found, undecided }: &Smallest| SmallestRecord {
            name: name.clone(),
            system: found.as_ref().map(|(system, ..)| system.clone()),
            property: found.as_ref().map(|(.., kill)| kill.property.clone()),
            length: found.as_ref().and_then(|(.., kill)| kill.length),
            model: found.as_ref().map(|(_, model, _)| model.clone()),
            undecided: *undecided,
        };
        Self { path: path.to_owned(), smallest: all.iter().map(record).collect() }
    }
}

#[derive(Debug, Serialize)]
struct MutantRecord {
    name: String,
    status: &'static str,
    declared: bool,
    /// Only of those that are missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    identical: Option<bool>,
    /// Only of those that are not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    distinct_states: Option<u64>,
    killed_by: Vec<KillRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    counterexamples: Vec<RunRecord>,
}

#[derive(Debug, Serialize)]
struct KillRecord {
    property: String,
    length: Option<usize>,
}

impl<'a> MutationReport<'a> {
    /// The report of these analyses, which ends the run with this exit code.
    pub fn new(analyses: &'a [ModelRecord], exit: u8) -> Self {
        let complete = analyses.iter().all(ModelRecord::is_complete);
        Self { schema: SCHEMA, complete, exit, analyses }
    }

    /// The same as the last line of `ndjson`.
    pub fn summary(&self) -> MutationLine<'static> {
        let Self { schema, complete, exit, analyses } = *self;
        MutationLine::Summary { schema, complete, exit, models: analyses.len() }
    }
}

impl ModelRecord {
    /// The record as a line of `ndjson`.
    pub fn line(&self) -> MutationLine<'_> {
        MutationLine::Analysis { schema: SCHEMA, analysis: self }
    }

    fn is_complete(&self) -> bool {
        match self {
            Self::Analysis(of) => {
                of.error.is_none() && of.inconclusive == 0 && of.baseline != Word::Incomplete.text()
            }
            Self::Smallest(of) => of.smallest.iter().all(|one| !one.undecided),
        }
    }
}

impl AnalysisRecord {
    /// The record of an analysis, with or without times and counterexamples.
    pub fn of(analysis: &Analysis, times: bool, verbose: bool) -> Self {
        Self {
            score: analysis.score(),
            caught: analysis.count("caught"),
            missed: analysis.count("missed"),
            inconclusive: analysis.count("inconclusive"),
            unviable: analysis.count("unviable"),
            mutants: analysis.mutants.iter().map(|mutant| MutantRecord::of(mutant, verbose)).collect(),
            elapsed_s: times.then_some(analysis.elapsed_s),
            ..Self::of_baseline(&analysis.baseline)
        }
    }

    /// The record of a model that is not verified itself.
    pub fn of_baseline(baseline: &Verdict) -> Self {
        Self {
            name: Some(baseline.name.clone()),
            baseline: baseline.word.text(),
            ..Self::empty(&baseline.path)
        }
    }

    /// The record of a model that could not be read.
    pub fn of_failure(failure: &Failure) -> Self {
        Self { error: Some(ErrorRecord::of(failure)), ..Self::empty(&failure.path) }
    }

    fn empty(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            name: None,
            baseline: "error",
            error: None,
            score: None,
            caught: 0,
            missed: 0,
            inconclusive: 0,
            unviable: 0,
            mutants: Vec::new(),
            elapsed_s: None,
        }
    }
}

impl MutantRecord {
    fn of(mutant: &MutantVerdict, verbose: bool) -> Self {
        let identical = match mutant.fate {
            Fate::Missed { identical } => Some(identical),
            _ => None,
        };
        let verdict = mutant.verdict.as_deref();
        let runs = verdict.filter(|_| verbose).map(|verdict| verdict.counterexamples.iter());
        let kill = |Kill { property, length }| KillRecord { property, length };
        Self {
            name: mutant.name.clone(),
            status: mutant.fate.word(),
            declared: mutant.declared,
            identical,
            reason: (!mutant.reason.is_empty()).then(|| mutant.reason.clone()),
            distinct_states: verdict.map(|verdict| verdict.stats.distinct_states),
            killed_by: mutant.kills().into_iter().map(kill).collect(),
            counterexamples: runs.into_iter().flatten().map(RunRecord::of).collect(),
        }
    }
}
