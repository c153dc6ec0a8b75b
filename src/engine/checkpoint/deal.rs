//! The states of a checkpoint, dealt to those who own them now: what was seen, then the layer at hand, then the layers to
//! come. What does not fit goes to disk, where that is allowed.

use std::io::Read;
use std::sync::Arc;

use super::load::Loaded;
use super::meta::Section;
use crate::engine::bounds::End;
use crate::engine::disk::DiskError;
use crate::engine::key::{Key, hash, owner};
use crate::engine::observer::Observer;
use crate::engine::reader::Reader;
use crate::engine::search::Search;
use crate::engine::shape::Values;
use crate::engine::spill::{Chunks, RunReader, Runs, Share, Spill, write_table};
use crate::engine::system::TransitionSystem;
use crate::engine::table::Table;
use crate::engine::writer::{Writer, keep_unseen};

/// Between two looks at how much memory is left.
const LOOK_EVERY: u64 = 1 << 16;

/// Where states find room that do not fit.
#[derive(Clone, Copy)]
struct Room<'a> {
    spill: &'a Spill,
    share: Share,
}

impl<S: TransitionSystem, O: Observer<S>, const W: usize> Search<'_, S, O, W> {
    /// Deals all states.
    pub fn deal_states(
        &self,
        loaded: &mut Loaded<O::Tally>,
        readers: &mut [Reader<W, O::Tally>],
        writers: &mut [Writer<W>],
    ) -> Result<(), DiskError> {
        let share = self.share(readers, writers);
        let spill = self.disk.as_ref().and_then(|disk| disk.spill.as_ref());
        let room = share.zip(spill).map(|(share, spill)| Room { spill, share });
        // In the order in which they were written.
        self.deal(loaded, |section| section == Section::Seen, writers, room)?;
        if let Some(room) = room {
            writers.iter_mut().try_for_each(|writer| writer.end_seen(room))?;
        }
        self.deal(loaded, |section| section == Section::Layer, writers, room)?;
        for (writer, reader) in writers.iter_mut().zip(readers) {
            if let Some(room) = room {
                writer.end_layer(room)?;
            }
            writer.advance(&self.plan, reader);
        }
        self.deal(loaded, |section| matches!(section, Section::Ahead(_) | Section::Halted), writers, room)
    }

    /// Deals the next streams, as long as they are such.
    fn deal(
        &self,
        loaded: &mut Loaded<O::Tally>,
        is_such: impl Fn(Section) -> bool,
        writers: &mut [Writer<W>],
        room: Option<Room<'_>>,
    ) -> Result<(), DiskError> {
        while let Some(&(section, extent)) =
            loaded.meta.streams.first().filter(|(section, _)| is_such(*section))
        {
            loaded.meta.streams.remove(0);
            let from = (&mut loaded.file).take(extent.bytes);
            let mut states: RunReader<W, _> = RunReader::new(from, self.plan.shape, extent);
            loop {
                let next = states.next();
                let Ok(Some(key)) = next else {
                    next.map_err(|reason| loaded.refusal(&reason))?;
                    break;
                };
                let writer = &mut writers[owner(hash(&key), self.plan.shards)];
                if let Some(room) = room {
                    writer.make_room_for(section, room)?;
                }
                writer.load(section, key, states.values());
                if states.left() % LOOK_EVERY == 0 && self.bounds.met(0) == Some(End::Memory) {
                    return Err(too_large(room.is_some()));
                }
            }
        }
        Ok(())
    }
}

fn too_large(spills: bool) -> DiskError {
    let hint =
        if spills { "give it more, with --max-memory" } else { "give it more, or a directory with --spill" };
    DiskError::new("the checkpoint does not fit into the memory that the search may use", hint)
}

impl<const W: usize> Writer<W> {
    fn load(&mut self, section: Section, key: Key<W>, values: Values<'_>) {
        match (section, &mut self.seen) {
            (Section::Seen, Some(seen)) => drop(seen.insert(key)),
            (Section::Layer, Some(_)) => self.ahead[0].states.push(key),
            (Section::Layer, None) => drop(self.ahead[0].states.insert_with(key, values)),
            (Section::Ahead(_), Some(seen)) => keep_unseen(seen, &mut self.ahead[0].states, key),
            (Section::Ahead(at), None) => drop(self.ahead[at as usize].states.insert_with(key, values)),
            (Section::Halted, _) => drop(self.halted.insert_with(key, values)),
            (Section::Seen, None) => {}
        }
    }

    fn make_room_for(&mut self, section: Section, room: Room<'_>) -> Result<(), DiskError> {
        let Room { spill, share } = room;
        let is_full = |table: &Table<W>| {
            table.bytes().max(table.growth_bytes(1)) > share.table_bytes || table.len() >= share.table_states
        };
        match section {
            Section::Seen if self.seen.as_ref().is_some_and(is_full) => self.put_seen_away(room),
            Section::Layer if self.seen.is_some() => {
                let is_full = is_full(&self.ahead[0].states);
                if is_full { self.put_list_away(room) } else { Ok(()) }
            }
            Section::Layer | Section::Ahead(_) => self.make_room(spill, &share, 1),
            Section::Seen | Section::Halted => Ok(()),
        }
    }

    fn put_seen_away(&mut self, room: Room<'_>) -> Result<(), DiskError> {
        let Some(seen) = self.seen.as_mut().filter(|seen| seen.len() > 0) else { return Ok(()) };
        self.spilled.is_delayed = true;
        self.spilled.seen.push::<W>(room.spill, write_table(room.spill, seen)?)?;
        seen.clear();
        Ok(())
    }

    fn put_list_away(&mut self, room: Room<'_>) -> Result<(), DiskError> {
        let list = std::mem::replace(&mut self.ahead[0].states, Table::list());
        if list.len() == 0 {
            Ok(())
        } else {
            self.ahead[0].runs.push::<W>(room.spill, write_table(room.spill, &list)?)
        }
    }

    /// All that was seen is dealt: where some of it is on disk, all is.
    fn end_seen(&mut self, room: Room<'_>) -> Result<(), DiskError> {
        if self.spilled.is_delayed { self.put_seen_away(room) } else { Ok(()) }
    }

    /// The layer at hand is dealt. It was seen, and is not to be sought among what was.
    fn end_layer(&mut self, room: Room<'_>) -> Result<(), DiskError> {
        if self.seen.is_none() {
            return self.settle(room.spill);
        }
        if self.ahead[0].runs.is_empty() {
            return Ok(());
        }
        self.put_list_away(room)?;
        let ahead = &mut self.ahead[0];
        let whole: Arc<_> = ahead.runs.settle::<W>(room.spill, &Runs::default())?;
        ahead.whole = Some(Chunks::of(whole));
        Ok(())
    }
}
