//! What the writing half of a shard does where memory is short: tables become runs, and a layer that is whole is merged
//! from them.

use std::sync::Arc;

use super::chunks::Chunks;
use super::files::{Runs, Spill, deal, write_table};
use super::share::Share;
use crate::engine::disk::DiskError;
use crate::engine::key::Key;
use crate::engine::shape::{Shape, Values};
use crate::engine::table::Table;
use crate::engine::writer::Writer;

/// What a shard without a rank has seen, on disk.
#[derive(Debug, Default)]
pub struct Spilled {
    /// All states of whole layers; none is in two of them.
    pub seen: Runs,
    /// From now on only a merge tells what is new: the table of what was seen holds no more than the layer to come.
    pub is_delayed: bool,
}

impl<const W: usize> Writer<W> {
    /// How many bytes its states take.
    pub fn bytes(&self) -> u64 {
        self.ahead.iter().map(|ahead| &ahead.states).chain(&self.seen).map(Table::bytes).sum()
    }

    /// Before so many states are delivered: tables that would outgrow their share become runs.
    pub fn make_room(&mut self, spill: &Spill, share: &Share, incoming: usize) -> Result<(), DiskError> {
        while self.is_over(share, incoming) {
            if !self.spill_largest(spill, share)? {
                break;
            }
        }
        Ok(())
    }

    /// Everything that can be on disk goes there.
    pub fn release(&mut self, spill: &Spill) -> Result<(), DiskError> {
        let nothing = Share { table_bytes: 0, table_states: 0, chunk_states: 0, quota: 0 };
        while self.spill_largest(spill, &nothing)? {}
        Ok(())
    }

    fn is_over(&self, share: &Share, incoming: usize) -> bool {
        let tables = || self.ahead.iter().map(|ahead| &ahead.states).chain(&self.seen);
        let bytes = tables().map(|table| table.bytes().max(table.growth_bytes(incoming))).sum::<u64>();
        let states = tables().map(Table::len).sum::<usize>();
        bytes > share.table_bytes || states.saturating_add(incoming) > share.table_states
    }

    /// Writes the largest table as a run; were there any?
    fn spill_largest(&mut self, spill: &Spill, share: &Share) -> Result<bool, DiskError> {
        if let Some(seen) = self.seen.take() {
            if seen.len() == 0 {
                self.seen = Some(seen);
                return Ok(false);
            }
            let emptied = self.spill_seen(spill, seen)?;
            self.seen =
                Some(if emptied.bytes() > share.table_bytes { Table::new(Shape::BARE, 0) } else { emptied });
            return Ok(true);
        }
        let layers = 0..self.ahead.len();
        let full = layers.filter(|&layer| self.ahead[layer].states.len() > 0);
        let Some(largest) = full.max_by_key(|&layer| self.ahead[layer].states.len()) else {
            return Ok(false);
        };
        let is_alone = self.ahead.len() == 1;
        let ahead = &mut self.ahead[largest];
        ahead.runs.push::<W>(spill, write_table(spill, &ahead.states)?)?;
        ahead.reached.may_repeat = true;
        // Where several layers share, what one does not need is for the others.
        if is_alone && ahead.states.bytes() <= share.table_bytes {
            ahead.states.clear();
        } else {
            ahead.states = Table::new(self.shape, 0);
        }
        Ok(true)
    }

    /// What is new goes to the layer to come, the rest to what was seen; both become runs.
    fn spill_seen(&mut self, spill: &Spill, mut seen: Table<W>) -> Result<Table<W>, DiskError> {
        let new = std::mem::replace(&mut self.ahead[0].states, Table::list());
        if !self.spilled.is_delayed {
            let old = spill.write::<W>(Shape::BARE, |writer| {
                without(&seen, &new, |key, values| Ok(writer.put(key, values)?))
            })?;
            self.spilled.seen.push::<W>(spill, old)?;
            self.spilled.is_delayed = true;
        }
        if new.len() > 0 {
            self.ahead[0].runs.push::<W>(spill, write_table(spill, &new)?)?;
        }
        drop(new);
        self.ahead[0].reached.keep(&seen);
        seen.clear();
        Ok(seen)
    }

    /// The nearest layer is whole: where it is in runs, they become one, in which each state stands once.
    pub fn settle(&mut self, spill: &Spill) -> Result<(), DiskError> {
        let is_delayed = self.spilled.is_delayed;
        if !is_delayed && self.ahead[0].runs.is_empty() {
            return Ok(());
        }
        let is_alone = self.ahead.len() == 1;
        let ahead = &mut self.ahead[0];
        if ahead.states.len() > 0 {
            ahead.runs.push::<W>(spill, write_table(spill, &ahead.states)?)?;
        }
        // What is allocated serves the next layer: so memory does not fall to pieces.
        if is_alone {
            ahead.states.clear();
        } else {
            ahead.states = Table::list();
        }
        if is_delayed && ahead.runs.is_empty() {
            return Ok(());
        }
        let whole = ahead.runs.settle::<W>(spill, &self.spilled.seen)?;
        let is_empty = whole.extent.states == 0;
        if let Some(seen) = self.seen.as_mut().filter(|_| is_delayed) {
            ahead.reached.keep(seen);
            seen.clear();
            if !is_empty {
                self.spilled.seen.push::<W>(spill, Arc::clone(&whole))?;
            }
        }
        ahead.whole = (!is_empty).then(|| Chunks::of(whole));
        Ok(())
    }
}

/// Puts what is in one table and not in the other, in order.
pub fn without<const W: usize, E>(
    all: &Table<W>,
    but: &Table<W>,
    mut put: impl FnMut(&Key<W>, Values<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut others: Vec<_> = but.keys().copied().collect();
    others.sort_unstable();
    deal(
        all,
        0..all.slots(),
        |key, values| {
            if others.binary_search(key).is_ok() { Ok(()) } else { put(key, values) }
        },
    )
}
