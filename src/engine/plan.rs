//! How a search goes about it.

use super::shape::{Carried, Shape};

/// How a search goes about it; the same for all shards.
#[allow(clippy::struct_excessive_bools)] // each is a choice of its own
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many shards.
    pub shards: usize,
    /// How many ranks one event can pass, at most; states of so many are live.
    pub steps: usize,
    /// Keep every state visited, because nothing says that it cannot come again.
    pub visited: bool,
    /// What is carried along with each state.
    pub shape: Shape,
    /// Count how often each move is taken.
    pub coverage: bool,
    /// Carry out stubborn sets only.
    pub stubborn: bool,
    /// One state of each orbit stands for all.
    pub orbits: bool,
}

impl Plan {
    /// Are sleep sets carried along?
    pub fn sleeps(&self) -> bool {
        self.shape.carried == Carried::Sleep
    }
}
