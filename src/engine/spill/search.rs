//! What a search does for layers that may be on disk: nothing where it may not use one.

use rayon::prelude::*;

use super::share::Share;
use crate::engine::bounds::End;
use crate::engine::disk::DiskError;
use crate::engine::observer::Observer;
use crate::engine::reader::Reader;
use crate::engine::search::Search;
use crate::engine::spill::Spill;
use crate::engine::system::TransitionSystem;
use crate::engine::table::Table;
use crate::engine::writer::Writer;

impl<S: TransitionSystem, O: Observer<S>, const W: usize> Search<'_, S, O, W> {
    fn spill(&self) -> Option<&Spill> {
        self.disk.as_ref().and_then(|disk| disk.spill.as_ref())
    }

    /// How many bytes are on disk.
    pub fn spilled_bytes(&self) -> u64 {
        self.spill().map_or(0, Spill::bytes)
    }

    /// What each shard may use now.
    pub fn share(&self, readers: &[Reader<W, O::Tally>], writers: &[Writer<W>]) -> Option<Share> {
        self.spill().map(|spill| Share::of(spill, &self.bounds, &self.plan, readers, writers))
    }

    /// Readers that are through with what is in memory read what is next.
    pub fn read_on(share: Option<Share>, readers: &mut [Reader<W, O::Tally>]) -> Result<(), DiskError> {
        let Some(share) = share else { return Ok(()) };
        readers.par_iter_mut().filter(|reader| reader.is_through()).try_for_each(|reader| {
            let Some(rest) = &mut reader.rest else { return Ok(()) };
            let done = std::mem::replace(&mut reader.layer, Table::list());
            reader.layer = rest.next(done, share.chunk_states)?;
            reader.cursor = 0;
            if rest.left() == 0 {
                reader.rest = None;
            }
            Ok(())
        })
    }

    /// Before what the readers have is delivered: tables that would grow too large go to disk. A bound may end the
    /// search instead; that on memory does if it is met all the same.
    pub fn make_room(
        &self,
        share: Option<Share>,
        readers: &[Reader<W, O::Tally>],
        writers: &mut [Writer<W>],
    ) -> Result<Option<End>, DiskError> {
        let incoming = |me| readers.iter().map(|reader| reader.outgoing(me)).sum();
        let met = |writers: &[Writer<W>]| {
            let growth = (0..).zip(writers).map(|(me, writer)| writer.growth_bytes(me, readers)).sum();
            self.bounds.met(growth)
        };
        let (Some(share), Some(spill)) = (share, self.spill()) else { return Ok(met(writers)) };
        writers
            .par_iter_mut()
            .enumerate()
            .try_for_each(|(me, writer)| writer.make_room(spill, &share, incoming(me)))?;
        if met(writers) != Some(End::Memory) {
            return Ok(met(writers));
        }
        writers.par_iter_mut().try_for_each(|writer| writer.release(spill))?;
        Ok(met(writers))
    }

    /// The layer to come is whole.
    pub fn settle(&self, writers: &mut [Writer<W>]) -> Result<(), DiskError> {
        let Some(spill) = self.spill() else { return Ok(()) };
        writers.par_iter_mut().try_for_each(|writer| writer.settle(spill))
    }
}
