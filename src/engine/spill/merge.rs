//! Many sorted runs -> their states in order, each once, with what is carried along as it meets in a table.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use super::files::{Refusal, Run};
use super::run::RunReader;
use crate::engine::disk::DiskError;
use crate::engine::key::Key;
use crate::engine::shape::{Carried, Shape, Values};
use crate::engine::weight::Sum;

/// Calls `put` with every state of the runs that none of `seen` has.
pub fn merge<const W: usize>(
    shape: Shape,
    runs: &[&Arc<Run>],
    seen: &[&Arc<Run>],
    mut put: impl FnMut(&Key<W>, Values<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut sources = Sources::open(runs.iter().chain(seen).copied())?;
    let mut meeting = Meeting::new(shape);
    while let Some(key) = sources.nearest() {
        let mut is_seen = false;
        meeting.begin();
        while let Some(at) = sources.take(&key) {
            is_seen |= at >= runs.len();
            meeting.meet(sources.values(at));
            sources.advance(at)?;
        }
        if !is_seen {
            put(&key, meeting.values())?;
        }
    }
    Ok(())
}

/// Runs that are read side by side.
struct Sources<'a, const W: usize> {
    readers: Vec<(&'a Run, RunReader<W, BufReader<File>>)>,
    /// The next state of each.
    heap: BinaryHeap<Reverse<(Key<W>, usize)>>,
}

impl<'a, const W: usize> Sources<'a, W> {
    fn open(runs: impl Iterator<Item = &'a Arc<Run>>) -> Result<Self, DiskError> {
        let readers = runs.map(|run| Ok((&**run, run.read()?))).collect::<Result<Vec<_>, DiskError>>()?;
        let mut sources = Self { readers, heap: BinaryHeap::new() };
        for at in 0..sources.readers.len() {
            sources.advance(at)?;
        }
        Ok(sources)
    }

    fn nearest(&self) -> Option<Key<W>> {
        self.heap.peek().map(|Reverse((key, _))| *key)
    }

    /// A source whose next state is this, if there is one.
    fn take(&mut self, key: &Key<W>) -> Option<usize> {
        let Reverse((next, at)) = self.heap.peek()?;
        let at = (next == key).then_some(*at);
        if at.is_some() {
            self.heap.pop();
        }
        at
    }

    fn values(&self, at: usize) -> Values<'_> {
        self.readers[at].1.values()
    }

    fn advance(&mut self, at: usize) -> Result<(), DiskError> {
        let (run, reader) = &mut self.readers[at];
        if let Some(key) = reader.next().map_err(|reason| run.unreadable(&reason))? {
            self.heap.push(Reverse((key, at)));
        }
        Ok(())
    }
}

/// Where what is carried along to one state comes together: the same as in a table, word by word.
struct Meeting {
    carried: Carried,
    is_first: bool,
    distance: u32,
    words: Vec<u32>,
    sum: Sum,
}

impl Meeting {
    fn new(shape: Shape) -> Self {
        let (words, sum) = (Vec::new(), Sum::default());
        Self { carried: shape.carried, is_first: true, distance: 0, words, sum }
    }

    fn begin(&mut self) {
        self.is_first = true;
    }

    fn meet(&mut self, values: Values<'_>) {
        let first = std::mem::take(&mut self.is_first);
        self.distance = if first { values.distance } else { self.distance.min(values.distance) };
        if first {
            self.words.clear();
            self.sum = Sum::default();
        }
        match self.carried {
            Carried::Nothing => {}
            Carried::Paths(_) => self.sum.add(values.carried),
            Carried::Roots(_) => self.unite(values.carried),
            // A word that is left out is zero.
            Carried::Sleep if first => self.words.extend(values.carried),
            Carried::Sleep if values.carried.is_empty() => self.words.clear(),
            Carried::Sleep => self.intersect(values.carried),
        }
    }

    fn intersect(&mut self, with: &[u32]) {
        for (word, with) in self.words.iter_mut().zip(with) {
            *word &= with;
        }
    }

    fn unite(&mut self, more: &[u32]) {
        self.words.resize(self.words.len().max(more.len()), 0);
        for (word, more) in self.words.iter_mut().zip(more) {
            *word |= more;
        }
    }

    fn values(&self) -> Values<'_> {
        let is_sum = matches!(self.carried, Carried::Paths(_));
        let carried = if is_sum { self.sum.limbs() } else { &self.words };
        Values { distance: self.distance, carried }
    }
}
