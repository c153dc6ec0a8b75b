//! What became of the mutants of one model, as plain data: what reports on mutation analysis are made of.

use super::status::Status;
use super::verdict::Verdict;

/// What became of the mutants of one model.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The file, or `-`.
    pub path: String,
    /// The verdict of the model as it is: everything holds.
    pub baseline: Verdict,
    /// One for each mutant that was asked for, in their order.
    pub mutants: Vec<MutantVerdict>,
    /// Whole time, in seconds.
    pub elapsed_s: f64,
}

/// What became of one mutant.
#[derive(Clone, Debug)]
pub struct MutantVerdict {
    /// Its name, which is its diff.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// Why, where it is not judged: the bound that came first, or what makes no sense.
    pub reason: String,
    /// The model's author says that it changes nothing on this system.
    pub declared: bool,
    /// Its own verdict, where it was explored.
    pub verdict: Option<Box<Verdict>>,
    /// Its first counterexample beside the model that it was made of.
    pub twin: Option<Twin>,
}

/// A mutant's run beside the model that it was made of, under the same schedule as far as that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// One for each event.
    pub steps: Vec<TwinStep>,
}

/// One event of a [`Twin`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwinStep {
    /// The event, in the grammar of walks.
    pub event: String,
    /// What it changed: `A: 1 rec 1`.
    pub mutated: Vec<String>,
    /// The same without the mutation; `None` where the schedule cannot go on.
    pub original: Option<Vec<String>>,
    /// Both are in the same state after it.
    pub equal: bool,
}

/// The smallest system that catches a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smallest {
    /// The mutant's name.
    pub name: String,
    /// The system in a few words, the text of its model, and the shortest counterexample there; none where no system
    /// that was tried catches it.
    pub found: Option<(String, String, Kill)>,
    /// A bound or an interrupt came before all was explored of a system that was tried before.
    pub undecided: bool,
}

/// What becomes of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Some property fails.
    Caught,
    /// Explored in full, and no property fails.
    Missed {
        /// Every reachable component offers the same events with the same effect: the state graph is the same.
        identical: bool,
    },
    /// A bound came first, and nothing had failed until then.
    Inconclusive,
    /// The change makes no sense.
    Unviable,
}

impl Fate {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Missed { .. } => "missed",
            Self::Inconclusive => "inconclusive",
            Self::Unviable => "unviable",
        }
    }
}

/// A property that fails, and in how many events its counterexample shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    /// Its name.
    pub property: String,
    /// The length of the shortest counterexample, if that could be found within the bounds.
    pub length: Option<usize>,
}

impl MutantVerdict {
    /// Every property that fails, in the order of reports.
    pub fn kills(&self) -> Vec<Kill> {
        let Some(verdict) = &self.verdict else { return Vec::new() };
        let fails = verdict.properties.iter().filter(|property| property.status == Status::Violated);
        let kill = |name: &String| {
            let run = verdict.counterexamples.iter().find(|run| run.property == *name);
            Kill { property: name.clone(), length: run.map(|run| run.events.len()) }
        };
        fails.map(|property| kill(&property.name)).collect()
    }

    /// It goes against what the author says: missed and not declared, or declared and caught.
    pub fn is_unmet(&self) -> bool {
        match self.fate {
            Fate::Missed { .. } => !self.declared,
            Fate::Caught => self.declared,
            Fate::Inconclusive | Fate::Unviable => false,
        }
    }
}

impl Analysis {
    /// How many of a fate.
    pub fn count(&self, fate: &str) -> usize {
        self.mutants.iter().filter(|mutant| mutant.fate.word() == fate).count()
    }

    /// Caught, of those caught or missed; `None` where there are none.
    pub fn score(&self) -> Option<f64> {
        let (caught, missed) = (self.count("caught"), self.count("missed"));
        (caught + missed > 0).then(|| caught as f64 / (caught + missed) as f64)
    }
}
