//! The verdict of one model as plain data: what every report is made of. Names and sentences come from those who
//! know them; here they are text.

use num_bigint::BigUint;
use serde::Serialize;

use super::diagram::{Diagram, StateGraph};
use super::status::Status;

/// The verdict of one model that could be read.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The file, or `-`.
    pub path: String,
    /// The model's name.
    pub name: String,
    /// What is checked, in a few words each: shape, application, snapshots, algorithm.
    pub heading: Vec<String>,
    /// The word.
    pub word: Word,
    /// What the model's author expects: `verified`, `violated`, `incomplete`; with the names of properties.
    pub expected: Expected,
    /// The expectation is met.
    pub met: bool,
    /// Why the search ended.
    pub end_reason: EndReason,
    /// One for each property judged, in the order of reports.
    pub properties: Vec<PropertyVerdict>,
    /// The figures.
    pub stats: Stats,
    /// The shortest run for each property that fails.
    pub counterexamples: Vec<Run>,
    /// The shortest run for each condition of `reach`.
    pub witnesses: Vec<Run>,
    /// What makes a proof weaker than it looks: actions never taken, and the like.
    pub warnings: Vec<String>,
    /// How often what was exercised; only if asked for.
    pub coverage: Option<Vec<Coverage>>,
    /// The whole state graph; only if asked for, and if it is small.
    pub graph: Option<StateGraph>,
}

/// The word of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// The whole space was explored and everything holds.
    Verified,
    /// Something fails.
    Violated,
    /// A bound ended the search first.
    Incomplete,
    /// Nothing was judged that says anything.
    Vacuous,
}

impl Word {
    /// The word in JSON.
    pub fn text(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Violated => "violated",
            Self::Incomplete => "incomplete",
            Self::Vacuous => "vacuous",
        }
    }
}

/// What an author expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The word.
    pub word: Word,
    /// The properties that must fail, for `violated`.
    pub properties: Vec<String>,
}

/// Why a search ended, as JSON names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// There was nothing left.
    Exhausted,
    /// A walk was all there was.
    Walk,
    /// The bound on states.
    MaxStates,
    /// The bound on memory.
    MaxMemory,
    /// The bound on time.
    Timeout,
    /// A channel's capacity forbade an event.
    Capacity,
    /// An interrupt.
    Interrupt,
}

impl EndReason {
    /// Was everything explored?
    pub fn is_complete(self) -> bool {
        matches!(self, Self::Exhausted | Self::Walk)
    }

    /// The words in JSON.
    pub fn text(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Walk => "walk",
            Self::MaxStates => "max-states",
            Self::MaxMemory => "max-memory",
            Self::Timeout => "timeout",
            Self::Capacity => "capacity",
            Self::Interrupt => "interrupt",
        }
    }
}

/// What is known of one property.
#[derive(Clone, Debug)]
pub struct PropertyVerdict {
    /// Its name.
    pub name: String,
    /// What is known.
    pub status: Status,
    /// How many cases were judged.
    pub checked: u64,
    /// One sentence of what that means.
    pub note: String,
}

/// The figures of a search.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// States.
    pub distinct_states: u64,
    /// Edges.
    pub transitions: u64,
    /// States without an enabled event.
    pub terminal_states: u64,
    /// The largest distance of a state from the first.
    pub depth: u32,
    /// Maximal paths; `None` where they were not counted.
    pub orderings: Option<BigUint>,
    /// Different recorded global states, by snapshot.
    pub distinct_snapshots: u64,
    /// Pairs of a snapshot and a state judged at completion.
    pub completed_snapshots: u64,
    /// Which reduction was on: `none`, `symmetry`, `stubborn`, `max`.
    pub reduction: String,
    /// What it amounts to, where one was.
    pub reduced: Option<Reduced>,
    /// Threads of the search.
    pub threads: usize,
    /// Whole time, in seconds.
    pub elapsed_s: f64,
    /// The most resident memory, in bytes; 0 where the system does not tell.
    pub peak_rss_bytes: u64,
    /// What of it the search added, a state.
    pub bytes_per_state: f64,
}

impl Stats {
    /// States and transitions were left out that no figure stands for: transitions, depth and completions were not
    /// counted.
    pub fn is_partial(&self) -> bool {
        ["stubborn", "max"].contains(&self.reduction.as_str())
    }
}

/// What a reduction amounts to.
#[derive(Clone, Debug, Default)]
pub struct Reduced {
    /// States that were explored, for all.
    pub explored_states: u64,
    /// How many symmetries there are, the one that changes nothing included.
    pub symmetry_order: Option<usize>,
    /// States at which what was left out was looked at in full, if that was asked for.
    pub audited_states: Option<u64>,
    /// One sentence of what there is to say of it: why it saves nothing, or not all that it could.
    pub note: Option<String>,
}

/// A run that shows something: a counterexample, or a witness of `reach`.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it is for.
    pub kind: RunKind,
    /// The property or condition that it shows.
    pub property: String,
    /// One sentence of why.
    pub reason: String,
    /// No shorter run shows it.
    pub minimal: bool,
    /// After so many events it goes round: the rest is repeated for ever.
    pub repeats_from: Option<usize>,
    /// How many of the events are the model's walk.
    pub walked: usize,
    /// The events, in the grammar of walks.
    pub events: Vec<String>,
    /// What each column of `rows` shows: processes, then channels.
    pub columns: Vec<String>,
    /// The cells of each state, the initial one first: one more than events.
    pub rows: Vec<Vec<String>>,
    /// The states as JSON, one for each row.
    pub states: Vec<serde_json::Value>,
    /// What was recorded in the end, if anything was.
    pub snapshot: Option<Snapshot>,
    /// What pictures are drawn from.
    pub diagram: Diagram,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    /// It shows that a property fails.
    Counterexample,
    /// It shows that a condition is reachable.
    Witness,
    /// It is shown for its own sake; what stands for a property is its title.
    Example,
}

/// A recorded global state.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Its number.
    pub number: usize,
    /// Is it complete in the run's last state?
    pub complete: bool,
    /// Process and recorded state; `None` where nothing is recorded.
    pub processes: Vec<(String, Option<String>)>,
    /// Channel and kept messages, only channels that hold some.
    pub channels: Vec<(String, Vec<String>)>,
    /// The recorded total and the one that it should be, where the application conserves something.
    pub totals: Option<(String, String)>,
    /// The same as JSON.
    pub json: serde_json::Value,
}

/// How often something of the model was exercised.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// What: an action of a handler, a branch, a kind of event.
    pub what: String,
    /// How many transitions did so.
    pub taken: u64,
}
