//! What the oracles say of every outcome: in the asynchronous semantics of all runs at once, in discrete time of one run
//! for each outcome, carried out again as the walk of the model.

use super::exercise::Exercise;
use super::run::Run;
use crate::check::{Options, check};
use crate::engine::Status;
use crate::engine::verdict::{Verdict, Word};
use crate::model::{Error, Model};
use crate::oracle::Property;

/// What the oracles say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// Properties that hold, by name.
    pub holds: Vec<String>,
    /// Properties that fail.
    pub fails: Vec<String>,
    /// A bound came first.
    pub undecided: bool,
}

/// All properties on all runs of the asynchronous semantics.
///
/// # Errors
/// Where the exercise is larger than models can be.
pub fn of_all(exercise: &Exercise, options: &Options<'_>) -> Result<Opinion, Error> {
    Ok(Opinion::of(&check(&exercise.model("exercise")?, options)))
}

/// What is judged of a single cut, on each of these runs. A run that cannot be carried out on the model counts as failing.
///
/// # Errors
/// Where the exercise is larger than models can be.
pub fn of_runs(exercise: &Exercise, runs: &[Run]) -> Result<Opinion, Error> {
    let properties = vec![Property::ConsistentCut, Property::TotalPreserved];
    let model = Model { check: properties, ..exercise.model("exercise")? };
    let mut all: Option<Opinion> = None;
    for run in runs {
        let opinion = match run.course(&model) {
            Some(course) => Opinion::of(&course.verdict()),
            None => Opinion { holds: Vec::new(), fails: vec!["replay".to_owned()], undecided: false },
        };
        all = Some(match all {
            None => opinion,
            Some(all) => all.and(opinion),
        });
    }
    Ok(all.unwrap_or(Opinion { holds: Vec::new(), fails: Vec::new(), undecided: false }))
}

impl Opinion {
    fn of(verdict: &Verdict) -> Self {
        let with = |status: Status| {
            let properties = verdict.properties.iter().filter(move |property| property.status == status);
            properties.map(|property| property.name.clone()).collect::<Vec<_>>()
        };
        Self {
            holds: with(Status::Holds),
            fails: with(Status::Violated),
            undecided: verdict.word == Word::Incomplete,
        }
    }

    /// What holds of both.
    fn and(mut self, other: Self) -> Self {
        self.holds.retain(|name| other.holds.contains(name));
        self.fails.extend(other.fails);
        self.fails.sort_unstable();
        self.fails.dedup();
        self.undecided |= other.undecided;
        self
    }
}
