//! A search under way -> a checkpoint. It may be in the middle of a layer, between two deliveries.

use std::fs::File;
use std::io::{self, BufWriter};
use std::time::Instant;

use super::file;
use super::keeper::Keeper;
use super::meta::{Meta, Section, Whole, flat};
use crate::engine::counts::Counts;
use crate::engine::disk::DiskError;
use crate::engine::observer::Observer;
use crate::engine::plan::Plan;
use crate::engine::reader::Reader;
use crate::engine::search::{Search, Stand, add_taken};
use crate::engine::shape::Shape;
use crate::engine::spill::{Extent, Run, RunWriter, deal, without};
use crate::engine::system::TransitionSystem;
use crate::engine::table::Table;
use crate::engine::writer::Writer;

/// Where a reader was before it expanded what was not delivered.
#[derive(Clone, Debug)]
pub struct Bookmark {
    cursor: usize,
    deferred: Vec<usize>,
    counts: Counts,
    terminals: usize,
    taken: Vec<Vec<u64>>,
}

impl Bookmark {
    fn of<const W: usize, T>(reader: &Reader<W, T>) -> Self {
        Self {
            cursor: reader.cursor,
            deferred: reader.deferred.clone(),
            counts: reader.counts.clone(),
            terminals: reader.terminals.len(),
            taken: reader.taken.clone(),
        }
    }

    fn rewind<const W: usize, T>(self, reader: &mut Reader<W, T>) {
        reader.cursor = self.cursor;
        reader.deferred = self.deferred;
        reader.counts = self.counts;
        reader.terminals.truncate(self.terminals);
        reader.taken = self.taken;
    }
}

impl<S: TransitionSystem, O: Observer<S>, const W: usize> Search<'_, S, O, W> {
    fn keeper(&self) -> Option<&Keeper<O::Tally>> {
        self.disk.as_ref().and_then(|disk| disk.keeper.as_ref())
    }

    /// Where the readers are, if that may have to be told.
    pub fn bookmarks(&self, readers: &[Reader<W, O::Tally>]) -> Option<Vec<Bookmark>> {
        self.keeper().map(|_| readers.iter().map(Bookmark::of).collect())
    }

    /// Writes a checkpoint, if it is time.
    pub fn save_if_due(
        &mut self,
        stand: &Stand<O::Tally>,
        readers: &mut [Reader<W, O::Tally>],
        writers: &[Writer<W>],
    ) -> Result<(), DiskError> {
        if self.keeper().is_some_and(Keeper::is_due) {
            self.save(stand, None, readers, writers)
        } else {
            Ok(())
        }
    }

    /// Writes a checkpoint, if any are wanted. What was expanded after the bookmarks was not delivered, and does not count.
    pub fn save(
        &mut self,
        stand: &Stand<O::Tally>,
        bookmarks: Option<Vec<Bookmark>>,
        readers: &mut [Reader<W, O::Tally>],
        writers: &[Writer<W>],
    ) -> Result<(), DiskError> {
        let begun = Instant::now();
        let Some(keeper) = self.keeper() else { return Ok(()) };
        for (bookmark, reader) in bookmarks.into_iter().flatten().zip(&mut *readers) {
            bookmark.rewind(reader);
        }
        file::write(&keeper.directory, |out| {
            let mut streams = Streams { out, shape: self.plan.shape, written: Vec::new() };
            let written = streams.write_all(readers, writers);
            let streams = std::mem::take(&mut streams.written);
            written.map_err(|refusal| refusal.said(&keeper.directory))?;
            let meta = self.meta(keeper, stand, readers, writers, streams);
            Ok(postcard::to_stdvec(&meta).expect("a record can be written"))
        })?;
        if let Some(keeper) = self.disk.as_mut().and_then(|disk| disk.keeper.as_mut()) {
            keeper.rest(begun);
        }
        Ok(())
    }

    fn meta(
        &self,
        keeper: &Keeper<O::Tally>,
        stand: &Stand<O::Tally>,
        readers: &[Reader<W, O::Tally>],
        writers: &[Writer<W>],
        streams: Vec<(Section, Extent)>,
    ) -> Meta {
        let words = |keys: &Vec<_>| keys.iter().map(|key: &[u64; W]| key.to_vec()).collect::<Vec<_>>();
        let news = |layer: usize| {
            let all = writers.iter().flat_map(|writer| &writer.ahead[layer].reached.news);
            flat(all.map(|(key, milestones)| (key, *milestones)))
        };
        let tallies = stand.earlier.iter().chain(readers.iter().map(|reader| &reader.tally));
        let mut taken = Vec::new();
        for reader in readers {
            add_taken(&mut taken, &reader.taken);
        }
        Meta {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: keeper.model.clone(),
            asked: keeper.asked.clone(),
            plan: named(&self.plan),
            widths: self.layout.widths(),
            sizes: self.atlas.sizes().collect(),
            log: keeper.log.clone(),
            layer: stand.layer,
            figures: Whole::of(&stand.figures),
            paths: stand.paths.clone(),
            counts: readers.iter().fold(Counts::default(), |sum, reader| sum.and(&reader.counts)),
            terminals: readers.iter().flat_map(|reader| words(&reader.terminals)).collect(),
            newly_halted: writers.iter().flat_map(|writer| words(&writer.newly_halted)).collect(),
            reached: (0..self.plan.steps).map(news).collect(),
            known: flat(writers.iter().flat_map(Writer::known)),
            taken,
            tallies: tallies.map(|tally| keeper.bytes_of(tally)).collect(),
            streams,
        }
    }
}

/// How a search goes about it, whatever the number of threads.
pub fn named(plan: &Plan) -> String {
    format!("{:?}", Plan { shards: 0, ..*plan })
}

/// States on their way to a checkpoint.
struct Streams<'a> {
    out: &'a mut BufWriter<File>,
    shape: Shape,
    written: Vec<(Section, Extent)>,
}

/// Why they did not get there.
enum Refusal {
    Writing(io::Error),
    Reading(DiskError),
}

impl From<io::Error> for Refusal {
    fn from(reason: io::Error) -> Self {
        Self::Writing(reason)
    }
}

impl From<DiskError> for Refusal {
    fn from(error: DiskError) -> Self {
        Self::Reading(error)
    }
}

impl Refusal {
    fn said(self, directory: &std::path::Path) -> DiskError {
        match self {
            Self::Writing(reason) => DiskError::of("write a checkpoint to", directory, &reason),
            Self::Reading(error) => error,
        }
    }
}

impl Streams<'_> {
    fn write_all<const W: usize, T>(
        &mut self,
        readers: &[Reader<W, T>],
        writers: &[Writer<W>],
    ) -> Result<(), Refusal> {
        for writer in writers {
            self.seen(writer)?;
        }
        for reader in readers {
            let slots = reader.deferred.iter().copied().chain(reader.cursor..reader.layer.slots());
            self.stream(Section::Layer, |to| {
                deal(&reader.layer, slots, |key, values| Ok(to.put(key, values)?))
            })?;
            if let Some(rest) = &reader.rest {
                self.stream(Section::Layer, |to| rest.look_ahead(|key, values| Ok(to.put(key, values)?)))?;
            }
        }
        for writer in writers {
            for (layer, ahead) in (0..).zip(&writer.ahead) {
                self.table(Section::Ahead(layer), &ahead.states)?;
                for run in ahead.runs.iter() {
                    self.run(Section::Ahead(layer), run)?;
                }
            }
            self.table(Section::Halted, &writer.halted)?;
        }
        Ok(())
    }

    /// What was seen, without what the layer to come brings.
    fn seen<const W: usize>(&mut self, writer: &Writer<W>) -> Result<(), Refusal> {
        for run in writer.spilled.seen.iter() {
            self.run(Section::Seen, run)?;
        }
        match &writer.seen {
            Some(seen) if !writer.spilled.is_delayed => self.stream(Section::Seen, |to| {
                without(seen, &writer.ahead[0].states, |key, values| Ok(to.put(key, values)?))
            }),
            _ => Ok(()),
        }
    }

    fn table<const W: usize>(&mut self, section: Section, table: &Table<W>) -> Result<(), Refusal> {
        self.stream(section, |to| deal(table, 0..table.slots(), |key, values| Ok(to.put(key, values)?)))
    }

    fn stream<const W: usize>(
        &mut self,
        section: Section,
        fill: impl FnOnce(&mut RunWriter<W, &mut BufWriter<File>>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut to = RunWriter::new(&mut *self.out, self.shape);
        fill(&mut to)?;
        let (_, extent) = to.finish()?;
        self.written.extend((extent.states > 0).then_some((section, extent)));
        Ok(())
    }

    /// A run goes as it is.
    fn run(&mut self, section: Section, run: &Run) -> Result<(), Refusal> {
        let copied = io::copy(&mut run.open()?, self.out)?;
        if copied != run.extent.bytes {
            return Err(run.unreadable(&io::ErrorKind::UnexpectedEof.into()).into());
        }
        self.written.push((section, run.extent));
        Ok(())
    }
}
