//! What expanding a layer, or a part of one, amounts to.

use serde::{Deserialize, Serialize};

use super::weight::Sum;

/// What expanding one layer amounts to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Edges.
    pub transitions: u64,
    /// States without an enabled event.
    pub terminals: u64,
    /// A bound of the model forbade an event.
    pub cut: bool,
    /// Paths that end in a terminal state.
    pub paths: Sum,
    /// The largest distance.
    pub distance: u32,
}

impl Counts {
    /// What two parts of a layer amount to together.
    pub fn and(mut self, other: &Self) -> Self {
        self.transitions += other.transitions;
        self.terminals += other.terminals;
        self.cut |= other.cut;
        self.paths.add(other.paths.limbs());
        self.distance = self.distance.max(other.distance);
        self
    }
}
