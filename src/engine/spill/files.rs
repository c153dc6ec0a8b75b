//! The files of one search: a fresh directory, a file a run, gone when nobody needs it any longer.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

use super::merge::merge;
use super::run::{Extent, RunReader, RunWriter};
use crate::engine::disk::DiskError;
use crate::engine::key::Key;
use crate::engine::shape::{Shape, Values};
use crate::engine::table::Table;

/// So many runs of about one length are merged into one.
const FAN_IN: usize = 16;

/// Where runs are written. Removed, with all that is in it, when dropped.
#[derive(Debug)]
pub struct Spill {
    directory: TempDir,
    next: AtomicU64,
    bytes: Arc<AtomicU64>,
    /// For tests: no more states than this in one table.
    pub states_max: Option<usize>,
}

/// A sorted run of states on disk. Its file is removed when dropped.
#[derive(Debug)]
pub struct Run {
    path: PathBuf,
    shape: Shape,
    /// What is in it.
    pub extent: Extent,
    bytes: Arc<AtomicU64>,
}

/// Runs of one layer: few, because those of one length are merged when there are many.
#[derive(Debug, Default)]
pub struct Runs {
    levels: Vec<Vec<Arc<Run>>>,
}

impl Spill {
    /// A fresh directory below this one, which is made if need be.
    pub fn below(directory: &Path, states_max: Option<usize>) -> Result<Self, DiskError> {
        fs::create_dir_all(directory).map_err(|reason| DiskError::of("make", directory, &reason))?;
        let fresh = tempfile::Builder::new().prefix(&prefix()).tempdir_in(directory);
        let directory = fresh.map_err(|reason| DiskError::of("write to", directory, &reason))?;
        Ok(Self { directory, next: AtomicU64::new(0), bytes: Arc::default(), states_max })
    }

    /// How many bytes are on disk now.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Writes a run: what is put into it by `fill`, in order.
    pub fn write<const W: usize>(
        &self,
        shape: Shape,
        fill: impl FnOnce(&mut RunWriter<W, File>) -> Result<(), Refusal>,
    ) -> Result<Arc<Run>, DiskError> {
        let path = self.directory.path().join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
        let written = |reason: &_| DiskError::of("write", &path, reason);
        let file = File::create_new(&path).map_err(|reason| written(&reason))?;
        // From here on the file is removed whatever happens.
        let bytes = Arc::clone(&self.bytes);
        let mut run = Run { path: path.clone(), shape, extent: Extent::default(), bytes };
        let mut writer = RunWriter::new(file, shape);
        fill(&mut writer).map_err(|refusal| match refusal {
            Refusal::Writing(reason) => written(&reason),
            Refusal::Other(error) => error,
        })?;
        let (_, extent) = writer.finish().map_err(|reason| written(&reason))?;
        run.extent = extent;
        self.bytes.fetch_add(extent.bytes, Ordering::Relaxed);
        Ok(Arc::new(run))
    }
}

/// How the directories of this process begin.
fn prefix() -> String {
    format!("cl-check-spill-{}-", std::process::id())
}

/// Removes what this process has below a directory, for when it ends without a word.
pub fn remove_spilled(directory: &Path) {
    let prefix = prefix();
    for entry in directory.read_dir().into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Why a run was not filled.
pub enum Refusal {
    /// It could not be written.
    Writing(std::io::Error),
    /// What goes into it could not be had.
    Other(DiskError),
}

impl From<std::io::Error> for Refusal {
    fn from(reason: std::io::Error) -> Self {
        Self::Writing(reason)
    }
}

impl From<DiskError> for Refusal {
    fn from(error: DiskError) -> Self {
        Self::Other(error)
    }
}

impl Run {
    /// The shape of its states: as wide as the widest.
    pub fn shape(&self) -> Shape {
        self.shape.as_wide_as(self.extent.limbs)
    }

    /// The file.
    pub fn open(&self) -> Result<File, DiskError> {
        File::open(&self.path).map_err(|reason| self.unreadable(&reason))
    }

    /// Its states from the first on.
    pub fn read<const W: usize>(&self) -> Result<RunReader<W, BufReader<File>>, DiskError> {
        Ok(RunReader::new(BufReader::with_capacity(1 << 16, self.open()?), self.shape, self.extent))
    }

    /// What it means that it cannot be read.
    pub fn unreadable(&self, reason: &std::io::Error) -> DiskError {
        let said = DiskError::of("read", &self.path, reason);
        let hint = said.hint.unwrap_or_else(|| "the disk may be failing; name a directory on another".into());
        DiskError { message: said.message, hint: Some(hint) }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.bytes.fetch_sub(self.extent.bytes, Ordering::Relaxed);
        // Where it cannot be removed now, it goes with the directory.
        let _ = fs::remove_file(&self.path);
    }
}

impl Runs {
    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.levels.iter().all(Vec::is_empty)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Run>> {
        self.levels.iter().flatten()
    }

    /// Takes one more in.
    pub fn push<const W: usize>(&mut self, spill: &Spill, mut run: Arc<Run>) -> Result<(), DiskError> {
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(run);
            if self.levels[level].len() < FAN_IN {
                break;
            }
            let full = std::mem::take(&mut self.levels[level]);
            run = merged::<W>(spill, &full.iter().collect::<Vec<_>>(), &[])?;
        }
        Ok(())
    }

    /// All of them as one, without the states that are in `seen`; afterwards there are none left here.
    pub fn settle<const W: usize>(&mut self, spill: &Spill, seen: &Self) -> Result<Arc<Run>, DiskError> {
        let levels = std::mem::take(&mut self.levels);
        let runs: Vec<&Arc<Run>> = levels.iter().flatten().collect();
        match &runs[..] {
            [run] if seen.is_empty() => Ok(Arc::clone(run)),
            _ => merged::<W>(spill, &runs, &seen.iter().collect::<Vec<_>>()),
        }
    }
}

fn merged<const W: usize>(
    spill: &Spill,
    runs: &[&Arc<Run>],
    seen: &[&Arc<Run>],
) -> Result<Arc<Run>, DiskError> {
    let shape = runs.first().map_or(Shape::BARE, |run| run.shape);
    spill.write::<W>(shape, |writer| merge(shape, runs, seen, |key, values| Ok(writer.put(key, values)?)))
}

/// The slots of a table from this one on, in the order of their keys.
fn sorted_slots<const W: usize>(table: &Table<W>, slots: impl Iterator<Item = usize>) -> Vec<u32> {
    let full = slots.filter(|&slot| table.slot(slot).is_some());
    let mut sorted: Vec<u32> = Vec::with_capacity(table.len());
    sorted.extend(full.map(|slot| slot as u32));
    sorted.sort_unstable_by_key(|&slot| table.key(slot as usize));
    sorted
}

/// Puts what is in these slots of a table into something, in order.
pub fn deal<const W: usize, E>(
    table: &Table<W>,
    slots: impl Iterator<Item = usize>,
    mut put: impl FnMut(&Key<W>, Values<'_>) -> Result<(), E>,
) -> Result<(), E> {
    for slot in sorted_slots(table, slots) {
        put(table.key(slot as usize), table.values(slot as usize))?;
    }
    Ok(())
}

/// Writes a whole table as a run.
pub fn write_table<const W: usize>(spill: &Spill, table: &Table<W>) -> Result<Arc<Run>, DiskError> {
    spill.write::<W>(table.shape(), |writer| {
        deal(table, 0..table.slots(), |key, values| Ok(writer.put(key, values)?))
    })
}
