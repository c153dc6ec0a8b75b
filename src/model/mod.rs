//! A `.ron` file -> a system, with errors that point at the line.

use crate::algorithm::syntax::{Algorithm, Edit};
use crate::apps::Tokens;
use crate::network::{ChannelId, Event, ProcessId, SnapshotId, Topology, Turn};
use crate::oracle::{Property, Reach, Recorded};

/// A model that has been read, resolved and validated: every name is an id, every number in range.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name, from the file.
    pub name: String,
    /// One sentence for people, may be empty.
    pub about: String,
    /// The shape as people read it: `complete(A B C)`.
    pub shape: String,
    /// Processes and channels, disciplines included.
    pub topology: Topology,
    /// The most items that a channel may hold.
    pub capacity: Option<usize>,
    /// The initiators of each snapshot.
    pub snapshots: Vec<Vec<ProcessId>>,
    /// A global script, if there is one.
    pub schedule: Option<Vec<Turn>>,
    /// What the processes do.
    pub application: Tokens,
    /// The snapshot algorithm, edits applied.
    pub algorithm: Algorithm,
    /// The edits that made it, as written.
    pub mutations: Vec<Edit>,
    /// Names of mutants known to change nothing here.
    pub equivalent: Vec<String>,
    /// The events that happen first, resolved: each is enabled in its turn.
    pub walk: Vec<TokenEvent>,
    /// What follows the walk.
    pub then: Then,
    /// The properties to judge; `Terminates` and `WellFormed` always among them.
    pub check: Vec<Property>,
    /// What the author expects.
    pub expect: Expect,
    /// Conditions that some reachable state must meet.
    pub reach: Vec<Reach>,
    /// What must be recorded.
    pub recorded: Vec<Recorded>,
}

/// An event of a token system: a step is a send of an amount on a channel.
pub type TokenEvent = Event<(ChannelId, u64), u64>;

/// What follows a walk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// Exploration from its end.
    #[default]
    Explore,
    /// Nothing.
    Stop,
}

/// The verdict that a model's author expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Every property holds.
    Verified,
    /// At least these fail.
    Violated(Vec<Property>),
    /// A bound comes first.
    Incomplete,
}
