//! States that are expanded together.

use super::expand::Edge;
use super::key::Key;
use super::sleep::Lanes;

/// How many states are expanded together, at most.
pub const STATES_MAX: usize = 32;

/// States that are expanded together, place by place: what is known of a place is at hand for all of them, and memory
/// fetches for one what is missing while the others are worked on.
#[derive(Debug, Default)]
pub struct Batch<const W: usize> {
    /// The states.
    pub states: Vec<Expanding<W>>,
    /// The edges of those that nothing was missing for; of edges that sleep, those that reach milestones.
    pub edges: Vec<Edge<W>>,
}

/// A state, and what its expansion amounts to.
#[derive(Clone, Copy, Debug)]
pub struct Expanding<const W: usize> {
    /// The state.
    pub key: Key<W>,
    /// What its edges name it.
    pub name: u32,
    /// What need not be carried out.
    pub sleep: Lanes,
    /// What need not be carried out or has been.
    pub done: Lanes,
    /// How many edges, those that sleep included.
    pub taken: u32,
    /// The milestones that one event may bring the system to, a bit each.
    pub near: u64,
    /// A bound forbade an enabled event.
    pub cut: bool,
    /// Something is not in the atlas yet: it has to be expanded again.
    pub lacks: bool,
}

impl<const W: usize> Expanding<W> {
    /// What sleeps after an event of this lane, which is carried out now, commutes with those of the lanes that it spares,
    /// and may halt the system.
    #[inline]
    pub fn carry_out(&mut self, lane: Lanes, spares: Lanes, halts: bool) -> Lanes {
        let sleep = self.done & !lane & spares;
        self.done |= if halts { 0 } else { lane };
        sleep
    }
}

impl<const W: usize> Batch<W> {
    /// Forgets all states and edges.
    pub fn clear(&mut self) {
        self.states.clear();
        self.edges.clear();
    }

    /// One more state, which is not halted.
    #[inline]
    pub fn add(&mut self, key: Key<W>, name: u32, sleep: Lanes) {
        let expanding =
            Expanding { key, name, sleep, done: sleep, taken: 0, near: 0, cut: false, lacks: false };
        self.states.push(expanding);
    }

    /// Forgets the edges of states that something is missing for.
    pub fn forget_some(&mut self) {
        let lacking: Vec<u32> =
            self.states.iter().filter(|state| state.lacks).map(|state| state.name).collect();
        if !lacking.is_empty() {
            self.edges.retain(|edge| !lacking.contains(&edge.source));
        }
    }
}
