//! A layer on disk, read back as much at a time as there is room for.

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use super::files::Run;
use super::run::RunReader;
use crate::engine::disk::DiskError;
use crate::engine::key::Key;
use crate::engine::shape::Values;
use crate::engine::table::Table;

/// What is still to be read of a layer.
pub struct Chunks<const W: usize> {
    run: Arc<Run>,
    reader: Option<RunReader<W, BufReader<File>>>,
    taken: u64,
}

impl<const W: usize> Chunks<W> {
    /// All of a layer.
    pub fn of(run: Arc<Run>) -> Self {
        Self { run, reader: None, taken: 0 }
    }

    /// How many states are still to come.
    pub fn left(&self) -> u64 {
        self.run.extent.states - self.taken
    }

    /// The next states, as many as this at most, in the memory of a list that is done with if that fits.
    pub fn next(&mut self, done: Table<W>, most: usize) -> Result<Table<W>, DiskError> {
        let room = most.min(self.left() as usize);
        let mut list = Table::list_again(done, self.run.shape(), room);
        let most = self.taken.saturating_add(most as u64).min(self.run.extent.states);
        while self.taken < most {
            let reader = match &mut self.reader {
                Some(reader) => reader,
                none => none.insert(self.run.read()?),
            };
            let Some(key) = reader.next().map_err(|reason| self.run.unreadable(&reason))? else { break };
            list.push_with(key, reader.values());
            self.taken += 1;
        }
        Ok(list)
    }

    /// Calls `put` with what is left, and leaves it here.
    pub fn look_ahead<E: From<DiskError>>(
        &self,
        mut put: impl FnMut(&Key<W>, Values<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut reader: RunReader<W, _> = self.run.read()?;
        let mut passed = 0;
        while let Some(key) = reader.next().map_err(|reason| self.run.unreadable(&reason))? {
            passed += 1;
            if passed > self.taken {
                put(&key, reader.values())?;
            }
        }
        Ok(())
    }
}
