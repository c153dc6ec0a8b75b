//! The states that a search has kept as an explicit graph, and its maximal strongly connected sets. Edges are not
//! stored but expanded anew. Knows nothing of what a set is for.
//!
//! D. J. Pearce, *A space-efficient algorithm for finding strongly connected components*, Information Processing
//! Letters 116 (2016): Tarjan's algorithm with one number a state, here without recursion, because paths are as long as
//! there are states.

use super::bounds::{Bounds, End};
use super::expand::{Edge, Expander};
use super::key::{Key, hash};
use super::system::TransitionSystem;

/// States that are not halted, each with a number: those nearer to the initial one have smaller numbers.
pub struct States<const W: usize> {
    keys: Vec<Key<W>>,
    /// The number of the first state of each distance, and how many states there are.
    starts: Vec<u32>,
    /// Numbers of states, each at or after the slot that its hash asks for.
    slots: Vec<u32>,
}

/// No state stands in this slot.
const FREE: u32 = u32::MAX;
/// Numbers from here on are not of states: a mark has room for two numbers a state, and for two words besides.
const STATES_MAX: usize = 1 << 31;

impl<const W: usize> States<W> {
    /// Numbers the states of these layers, layer by layer; fails where memory does not suffice.
    pub fn new(layers: Vec<Vec<Key<W>>>, bounds: &Bounds<'_>) -> Result<Self, End> {
        let len: usize = layers.iter().map(Vec::len).sum();
        let slots_len = (len * 3 / 2).next_power_of_two().max(2);
        if len >= STATES_MAX {
            return Err(End::States);
        }
        let growth_bytes = size_of::<Key<W>>() * len + size_of::<u32>() * slots_len;
        bounds.met(growth_bytes as u64).map_or(Ok(()), Err)?;
        let (mut keys, mut starts) = (Vec::with_capacity(len), vec![0]);
        for layer in layers {
            keys.extend(layer);
            starts.push(keys.len() as u32);
        }
        let mut states = Self { keys, starts, slots: vec![FREE; slots_len] };
        for number in 0..len {
            let slot = states.slot(&states.keys[number]);
            states.slots[slot] = number as u32;
        }
        Ok(states)
    }

    /// How many states.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// A state.
    pub fn key(&self, number: u32) -> &Key<W> {
        &self.keys[number as usize]
    }

    /// The number of a state, if it is one of them.
    pub fn number(&self, key: &Key<W>) -> Option<u32> {
        Some(self.slots[self.slot(key)]).filter(|&number| number != FREE)
    }

    /// How far a state is from the initial one.
    pub fn distance(&self, number: u32) -> usize {
        self.starts.partition_point(|&start| start <= number) - 1
    }

    /// The states of each distance.
    pub fn layers(&self) -> Vec<&[Key<W>]> {
        self.starts.windows(2).map(|ends| &self.keys[ends[0] as usize..ends[1] as usize]).collect()
    }

    /// Where a state stands, or is to stand.
    fn slot(&self, key: &Key<W>) -> usize {
        let mut slot = (hash(key) >> (64 - self.slots.len().ilog2())) as usize;
        while self.slots[slot] != FREE && self.keys[self.slots[slot] as usize] != *key {
            slot = (slot + 1) % self.slots.len();
        }
        slot
    }
}

/// Looks at the bounds now and then.
pub struct Watch<'a> {
    bounds: Bounds<'a>,
    looks: u32,
}

impl<'a> Watch<'a> {
    /// How often it is asked before it looks.
    const PATIENCE: u32 = 1 << 10;

    pub fn new(bounds: Bounds<'a>) -> Self {
        Self { bounds, looks: 0 }
    }

    /// Looks at the bounds each time it has been asked often enough, the first time at once.
    pub fn look(&mut self) -> Result<(), End> {
        let looks = self.looks.is_multiple_of(Self::PATIENCE);
        self.looks = self.looks.wrapping_add(1);
        if looks { self.bounds.met(0).map_or(Ok(()), Err) } else { Ok(()) }
    }
}

/// The graph of some states: all that can be reached from the first.
pub struct Graph<'a, S: TransitionSystem, const W: usize> {
    /// Finds their edges.
    pub expander: Expander<'a, S, W>,
    /// The states.
    pub states: &'a States<W>,
}

impl<S: TransitionSystem, const W: usize> Graph<'_, S, W> {
    /// Calls `emit` for each edge of a state, with the number of its target unless that is halted. True if a bound of
    /// the model forbade an event.
    pub fn edges(&self, state: u32, mut emit: impl FnMut(&Edge<W>, Option<u32>)) -> bool {
        let expanded = self.expander.expand_again(self.states.key(state));
        for edge in &expanded.edges {
            let target = self.states.number(&edge.target);
            assert!(target.is_some() || edge.halts, "what can be reached has been explored");
            emit(edge, target);
        }
        expanded.cut
    }
}

/// The mark of a state that has not been visited.
const UNSEEN: u32 = 0;
/// The mark of a state that is no part of the graph.
const OUTSIDE: u32 = u32::MAX;

/// Finds the maximal strongly connected sets of those states of a graph that are asked for.
pub struct Connected<'a, 'g, S: TransitionSystem, const W: usize> {
    graph: &'a Graph<'g, S, W>,
    watch: &'a mut Watch<'g>,
    /// Of each state: `UNSEEN`, `OUTSIDE`, the smallest mark known to be within reach while its set is not known yet, and
    /// then that of its set, which is larger than all of those.
    marks: Vec<u32>,
    /// The mark for the next state.
    next: u32,
    /// The mark for the next set.
    set: u32,
    /// The path at hand.
    path: Vec<Step>,
    /// Targets of the states of the path that have not been tried, those of the last state last.
    untried: Vec<u32>,
    /// States done with whose sets are not known yet.
    waiting: Vec<u32>,
}

/// A state of the path at hand.
struct Step {
    state: u32,
    /// Where its untried targets begin.
    untried: usize,
    /// Is it the first of its set, for all that is known?
    is_first: bool,
}

/// A maximal strongly connected set of states.
#[derive(Clone, Copy)]
pub struct Set<'a> {
    /// Its states.
    pub members: &'a [u32],
    /// Its mark.
    pub mark: u32,
    /// The marks of all states; those with its own are its states.
    pub marks: &'a [u32],
}

impl Set<'_> {
    /// Is this one of its states?
    pub fn has(&self, state: u32) -> bool {
        self.marks[state as usize] == self.mark
    }
}

impl<'a, 'g, S: TransitionSystem, const W: usize> Connected<'a, 'g, S, W> {
    /// Takes those states into account that `is_inside` is true of.
    pub fn new(
        graph: &'a Graph<'g, S, W>,
        watch: &'a mut Watch<'g>,
        is_inside: impl Fn(&[u32]) -> bool,
    ) -> Result<Self, End> {
        let mut marks = Vec::with_capacity(graph.states.len());
        let layout = graph.expander.layout();
        let mut ids = vec![0; layout.places()];
        for key in &graph.states.keys {
            watch.look()?;
            layout.unpack(key, &mut ids);
            marks.push(if is_inside(&ids) { UNSEEN } else { OUTSIDE });
        }
        let (path, untried, waiting) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { graph, watch, marks, next: UNSEEN + 1, set: OUTSIDE - 1, path, untried, waiting })
    }

    /// Calls `found` with each set; gives the marks of all states.
    pub fn sets(mut self, mut found: impl FnMut(Set<'_>) -> Result<(), End>) -> Result<Vec<u32>, End> {
        for from in 0..self.marks.len() as u32 {
            if self.marks[from as usize] == UNSEEN {
                self.enter(from)?;
            }
            while let Some(last) = self.path.last() {
                if self.untried.len() == last.untried {
                    self.leave(&mut found)?;
                } else if let Some(target) = self.untried.pop() {
                    match self.marks[target as usize] {
                        UNSEEN => self.enter(target)?,
                        _ => self.meet(target),
                    }
                }
            }
        }
        Ok(self.marks)
    }

    /// Goes on to a state that has not been visited. Only targets like it have to be tried later.
    fn enter(&mut self, state: u32) -> Result<(), End> {
        self.watch.look()?;
        self.marks[state as usize] = self.next;
        self.next += 1;
        let untried = self.untried.len();
        let mut least = self.marks[state as usize];
        let (marks, ahead) = (&self.marks, &mut self.untried);
        self.graph.edges(state, |_, target| match target.map(|target| (target, marks[target as usize])) {
            Some((target, UNSEEN)) => ahead.push(target),
            Some((_, mark)) => least = least.min(mark),
            None => {}
        });
        let is_first = least == self.marks[state as usize];
        self.marks[state as usize] = least;
        self.path.push(Step { state, untried, is_first });
        Ok(())
    }

    /// What is within reach of a state is within reach of the last of the path.
    fn meet(&mut self, state: u32) {
        let mark = self.marks[state as usize];
        if let Some(last) = self.path.last_mut()
            && mark < self.marks[last.state as usize]
        {
            self.marks[last.state as usize] = mark;
            last.is_first = false;
        }
    }

    /// The last state of the path is done with; if it is the first of its set, that is known now.
    fn leave(&mut self, found: &mut impl FnMut(Set<'_>) -> Result<(), End>) -> Result<(), End> {
        let Some(Step { state, is_first, .. }) = self.path.pop() else { return Ok(()) };
        let (own, mark) = (self.marks[state as usize], self.set);
        let others = self.waiting.iter().rev();
        let others =
            if is_first { others.take_while(|&&it| self.marks[it as usize] >= own).count() } else { 0 };
        let begin = self.waiting.len() - others;
        self.waiting.push(state);
        if is_first {
            let members = &self.waiting[begin..];
            for &member in members {
                self.marks[member as usize] = mark;
            }
            self.next -= members.len() as u32;
            self.set -= 1;
            found(Set { members, mark, marks: &self.marks })?;
            self.waiting.truncate(begin);
        }
        self.meet(state);
        Ok(())
    }
}
