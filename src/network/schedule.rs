//! A global script: whose turn it is. Starts that it does not name are free, deliveries fall anywhere.

use super::ids::{ProcessId, SnapshotId};

/// One entry of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// The next step of this process (its own list says which).
    Step(ProcessId),
    /// The start of this snapshot here.
    Start(SnapshotId, ProcessId),
}
