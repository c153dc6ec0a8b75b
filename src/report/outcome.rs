//! What became of each model, and of all of them together. Says nothing of how it is shown.

use super::words;
use crate::engine::Status;
use crate::engine::verdict::{PropertyVerdict, Verdict};

/// What became of one model.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was checked.
    Judged(Box<Verdict>),
    /// It could not be read, or this program failed on it.
    Failed(Failure),
    /// An interrupt came before its turn.
    Skipped {
        /// The file, or `-`.
        path: String,
    },
}

impl Outcome {
    /// The file, or `-`.
    pub fn path(&self) -> &str {
        match self {
            Self::Judged(verdict) => &verdict.path,
            Self::Failed(failure) => &failure.path,
            Self::Skipped { path } => path,
        }
    }

    /// The author's expectation is met.
    pub fn is_met(&self) -> bool {
        matches!(self, Self::Judged(verdict) if verdict.met)
    }

    /// Nothing was left out: the search came to its end and every property was decided.
    pub fn is_complete(&self) -> bool {
        match self {
            Self::Judged(verdict) => {
                let is_undecided = |property: &PropertyVerdict| property.status == Status::Unknown;
                verdict.end_reason.is_complete() && !verdict.properties.iter().any(is_undecided)
            }
            Self::Failed(_) | Self::Skipped { .. } => false,
        }
    }
}

/// Why there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The model: a file, or `-`.
    pub path: String,
    /// The file that is wrong, where it is not the model itself but the algorithm that it names.
    pub file: Option<String>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Counted from 1.
    pub line: Option<usize>,
    /// In characters, counted from 1.
    pub column: Option<usize>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The fault is this program's, not the model's.
    pub internal: bool,
}

/// What became of all models.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// How many models there were.
    pub models: usize,
    /// Nothing was left out and every model could be read.
    pub complete: bool,
    /// The exit code of the run.
    pub exit: u8,
    /// Whole time, in seconds.
    pub elapsed_s: f64,
    /// How many of each kind, in the order of first appearance.
    pub kinds: Vec<(&'static str, usize)>,
    /// The models that did not meet their expectation: path, and what became of them.
    pub unmet: Vec<(String, String)>,
}

impl Summary {
    /// The summary of no models.
    pub fn new() -> Self {
        Self { complete: true, ..Self::default() }
    }

    /// Counts one more.
    pub fn add(&mut self, outcome: &Outcome) {
        self.models += 1;
        self.complete &= outcome.is_complete();
        let kind = words::kind(outcome);
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, number)) => *number += 1,
            None => self.kinds.push((kind, 1)),
        }
        if !outcome.is_met() {
            self.unmet.push((outcome.path().to_owned(), words::verdict(outcome)));
        }
    }
}
