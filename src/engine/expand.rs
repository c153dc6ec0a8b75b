//! The edges of one state, by table look-up: the one place where global successors are made fast.

use super::atlas::{Arrived, Atlas, Miss, Move};
use super::key::{Key, Layout, halt, is_halted};
use super::system::TransitionSystem;

/// One edge of the state graph.
#[derive(Clone, Copy, Debug)]
pub struct Edge<const W: usize> {
    /// The state that it leads to.
    pub target: Key<W>,
    /// Where the event is.
    pub place: u32,
    /// The event, as a number of that place.
    pub event: u32,
    /// The milestones that it newly reaches.
    pub reached: u64,
    /// Its target is halted.
    pub halts: bool,
    /// How much the rank grows; 1 where steps are known to be one.
    pub step: u32,
}

/// What a state's expansion amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// How many edges.
    pub taken: u32,
    /// A bound forbade an enabled event.
    pub cut: bool,
}

/// Makes edges; holds what is the same for all of them.
pub struct Expander<'a, S: TransitionSystem, const W: usize> {
    atlas: &'a Atlas<S>,
    layout: &'a Layout<W>,
    largest_step: Option<u32>,
}

impl<'a, S: TransitionSystem, const W: usize> Expander<'a, S, W> {
    /// An expander.
    pub fn new(atlas: &'a Atlas<S>, layout: &'a Layout<W>) -> Self {
        Self { atlas, layout, largest_step: atlas.system().largest_step() }
    }

    /// Calls `emit` for each edge of a state. Where something is not in the atlas yet, that is noted, there is no
    /// result, and the edges emitted do not count.
    #[inline]
    pub fn expand(
        &self,
        key: &Key<W>,
        ids: &mut [u32],
        misses: &mut Vec<Miss>,
        mut emit: impl FnMut(Edge<W>),
    ) -> Option<Expanded> {
        let mut expanded = Expanded::default();
        if is_halted(key) {
            return Some(expanded);
        }
        let missed = misses.len();
        self.layout.unpack(key, ids);
        for (place, &component) in ids.iter().enumerate() {
            let at = self.atlas.place(place);
            let Some((first, moves)) = at.moves(component) else {
                misses.push(Miss::Moves { place: place as u32, component });
                continue;
            };
            for (number, taken) in (first..).zip(moves) {
                let edge = Edge {
                    target: *key,
                    place: place as u32,
                    event: number,
                    reached: 0,
                    halts: false,
                    step: 1,
                };
                match self.follow(ids, taken, edge) {
                    Followed::Taken(edge) => {
                        expanded.taken += 1;
                        emit(edge);
                    }
                    Followed::Refused => {}
                    Followed::Cut => expanded.cut = true,
                    Followed::Missed(miss) => misses.push(miss),
                }
            }
        }
        (misses.len() == missed).then_some(expanded)
    }

    // The innermost step; left to itself the compiler does not inline it. What that costs is not measured yet.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn follow(&self, ids: &[u32], taken: &Move, mut edge: Edge<W>) -> Followed<W> {
        let at = self.atlas.place(edge.place as usize);
        self.layout.set(&mut edge.target, edge.place as usize, taken.target);
        edge.halts = taken.halts;
        let mut cut = taken.cut;
        let mut advances = taken.advances;
        for post in at.posts(taken) {
            let there = post.place as usize;
            let before = self.layout.get(&edge.target, there);
            let place = self.atlas.place(there);
            match place.arrived(before, post.letter) {
                None => {
                    let (place, letter) = (post.place, post.letter);
                    return Followed::Missed(Miss::Arrival { place, component: before, letter });
                }
                Some(Arrived::Refused) => return Followed::Refused,
                Some(Arrived::Cut) => cut = true,
                Some(Arrived::Component { id, halts, advances: also }) => {
                    self.layout.set(&mut edge.target, there, id);
                    edge.halts |= halts;
                    advances |= also;
                }
            }
        }
        if cut {
            return Followed::Cut;
        }
        if advances {
            edge.reached = self.reached(ids, &edge.target);
        }
        if edge.halts {
            halt(&mut edge.target);
        } else if cfg!(debug_assertions) || self.largest_step != Some(1) {
            edge.step = self.step(ids, &edge.target);
        }
        Followed::Taken(edge)
    }

    /// Milestones of the target that the source has not reached.
    fn reached(&self, ids: &[u32], target: &Key<W>) -> u64 {
        let before = self.atlas.milestones(|place| ids[place]);
        self.atlas.milestones(|place| self.layout.get(target, place)) & !before
    }

    /// How much the rank grows, if there is one: at least one, at most what was declared.
    fn step(&self, ids: &[u32], target: &Key<W>) -> u32 {
        let Some(largest) = self.largest_step else { return 1 };
        let rank = |(place, &before): (usize, &u32)| {
            let at = self.atlas.place(place);
            at.rank(self.layout.get(target, place)) - at.rank(before)
        };
        let step = ids.iter().enumerate().map(rank).sum::<i64>();
        assert!(
            (1..=i64::from(largest)).contains(&step),
            "an event raised the rank by {step}, not by 1 to {largest}"
        );
        step as u32
    }
}

enum Followed<const W: usize> {
    Taken(Edge<W>),
    Refused,
    Cut,
    Missed(Miss),
}
