//! The space-time diagram of a run as plain data: what every picture is drawn from. After L. Lamport, *Time, Clocks,
//! and the Ordering of Events in a Distributed System* (CACM 21(7), 1978), with vector clocks after F. Mattern (1989).
//! Says what happened where and before what, not how it looks.

use super::verdict::Snapshot;

/// A run as a space-time diagram. Steps are numbered from 0; reports count them from 1.
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    /// The processes, one lane each.
    pub processes: Vec<String>,
    /// How many snapshots the model has.
    pub snapshots: usize,
    /// One for each event.
    pub steps: Vec<Step>,
    /// Everything that was sent, in the order of sending.
    pub arrows: Vec<Arrow>,
    /// The cut of the snapshot that the run is about.
    pub cut: Option<Cut>,
    /// What that snapshot has recorded in each state, the initial one first: one more than steps.
    pub recorded: Vec<Snapshot>,
}

/// One event of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Where it happens; `None` for what a channel does.
    pub process: Option<usize>,
    /// In the grammar of walks.
    pub event: String,
    /// In words.
    pub says: String,
    /// The process's vector clock after it, an entry a process; empty for what a channel does.
    pub clock: Vec<u32>,
    /// The snapshots that the process records in it.
    pub records: Vec<usize>,
    /// The snapshots that it completes.
    pub completes: Vec<usize>,
}

/// Something sent: a message or a marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// The sender.
    pub from: usize,
    /// The receiver.
    pub to: usize,
    /// What it carries.
    pub load: Load,
    /// The step that sent it, or made a copy of it.
    pub sent: usize,
    /// The step that sent it, or what it is a copy of.
    pub origin: usize,
    /// A fault of the channel made it.
    pub copied: bool,
    /// What became of it.
    pub end: ArrowEnd,
    /// Where it is to the cut.
    pub side: Side,
    /// The snapshot kept it as part of its channel's state.
    pub kept: bool,
}

/// What an arrow carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// A message of the application, as text.
    Message(String),
    /// The marker of a snapshot.
    Marker(usize),
}

/// What became of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrowEnd {
    /// Received in this step.
    Received(usize),
    /// Lost in this step.
    Lost(usize),
    /// Still in its channel at the end of the run.
    InFlight,
}

/// Where an arrow is to the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It does not matter: a marker, a message that the channel lost, or there is no cut.
    Beside,
    /// Sent and received before it.
    Before,
    /// Sent before it, and received after it or not yet: it belongs to the channel's recorded state.
    Crosses,
    /// Received before it but sent after it, which no consistent cut allows.
    Orphan,
    /// Sent after it and not received before it.
    After,
}

/// The cut of one snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The snapshot.
    pub snapshot: usize,
    /// The step in which each process records.
    pub records: Vec<Option<usize>>,
    /// Nobody records: it is the state before this one step of all that is meant.
    pub at_once: bool,
}

impl Cut {
    /// Is this step of the process after the cut? The step that records is the first that is.
    pub fn is_behind(&self, process: usize, step: usize) -> bool {
        self.records[process].is_some_and(|record| record <= step)
    }

    /// Where a message is, given what became of it. What a process that never records receives is beside every cut.
    pub fn side(&self, arrow: &Arrow) -> Side {
        if self.records[arrow.to].is_none() && matches!(arrow.end, ArrowEnd::Received(_)) {
            return Side::Beside;
        }
        let late = self.is_behind(arrow.from, arrow.sent);
        match arrow.end {
            ArrowEnd::Received(step) if !self.is_behind(arrow.to, step) => {
                if late {
                    Side::Orphan
                } else {
                    Side::Before
                }
            }
            ArrowEnd::Lost(_) => Side::Beside,
            _ if late => Side::After,
            _ => Side::Crosses,
        }
    }
}

impl Diagram {
    /// The arrow that a step receives.
    pub fn received_in(&self, step: usize) -> Option<&Arrow> {
        self.arrows.iter().find(|arrow| arrow.end == ArrowEnd::Received(step))
    }

    /// The arrows that a step sends; copies made by a fault are not sent.
    pub fn sent_in(&self, step: usize) -> impl Iterator<Item = &Arrow> {
        self.arrows.iter().filter(move |arrow| arrow.sent == step && !arrow.copied)
    }

    /// How a report calls a load: `1`, `M`, with several snapshots `M0`.
    pub fn label(&self, load: &Load) -> String {
        match load {
            Load::Message(text) => text.clone(),
            Load::Marker(snapshot) if self.snapshots > 1 => format!("M{snapshot}"),
            Load::Marker(_) => "M".to_owned(),
        }
    }
}

/// The whole state graph of a small system, for a picture.
#[derive(Clone, Debug, Default)]
pub struct StateGraph {
    /// What it is of.
    pub title: String,
    /// What each cell of a state shows.
    pub columns: Vec<String>,
    /// The states, the initial one first.
    pub states: Vec<GraphState>,
    /// The transitions.
    pub edges: Vec<GraphEdge>,
}

/// A state of a [`StateGraph`].
#[allow(clippy::struct_excessive_bools)] // each for itself
#[derive(Clone, Debug, Default)]
pub struct GraphState {
    /// What processes hold, and channels.
    pub cells: Vec<String>,
    /// No event is enabled.
    pub is_terminal: bool,
    /// It is ill-formed.
    pub is_ill_formed: bool,
    /// The run passes through it.
    pub is_on_path: bool,
}

/// A transition of a [`StateGraph`].
#[derive(Clone, Debug, Default)]
pub struct GraphEdge {
    /// The number of the state before it.
    pub from: usize,
    /// The number of the state after it.
    pub to: usize,
    /// What happens, in the grammar of walks.
    pub event: String,
    /// The run takes it.
    pub is_on_path: bool,
}
