//! Who writes checkpoints: knows where to, how often, and what the atlas was asked.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::file;
use crate::engine::atlas::Miss;
use crate::engine::disk::DiskError;
use crate::engine::keep::Keep;

/// The file that is locked.
const LOCK: &str = "lock";
/// Between two checkpoints passes at least so many times what one takes.
const PAUSE: u32 = 9;

/// Writes checkpoints.
pub struct Keeper<T> {
    /// Where to.
    pub directory: PathBuf,
    /// Of which model.
    pub model: String,
    /// What was asked.
    pub asked: String,
    /// What the atlas was asked, batch by batch.
    pub log: Vec<u8>,
    every: Duration,
    due: Instant,
    bytes_of: fn(&T) -> Vec<u8>,
    /// Nobody else may write here as long as it is open.
    _lock: File,
}

impl<T: Serialize> Keeper<T> {
    /// To this directory, which is made if need be. What must be resumed is not overwritten.
    pub fn open(directory: &Path, keep: &Keep<'_>) -> Result<Self, DiskError> {
        fs::create_dir_all(directory).map_err(|reason| DiskError::of("make", directory, &reason))?;
        let lock = lock(directory)?;
        if keep.resume != keep.checkpoint && file::path(directory).exists() {
            let message = format!("there is a checkpoint in `{}` already", directory.display());
            let hint = "--resume goes on from it; remove it to begin anew";
            return Err(DiskError::new(message, hint));
        }
        Ok(Self {
            directory: directory.to_owned(),
            model: keep.model.to_owned(),
            asked: keep.asked.to_owned(),
            log: Vec::new(),
            every: keep.every,
            due: Instant::now(),
            bytes_of: |tally| postcard::to_stdvec(tally).expect("what an observer notes can be written"),
            _lock: lock,
        })
    }
}

impl<T> Keeper<T> {
    /// Is it time? The first is due at once, so that a directory that cannot be written to is noticed.
    pub fn is_due(&self) -> bool {
        Instant::now() >= self.due
    }

    /// One was written, which was begun then.
    pub fn rest(&mut self, begun: Instant) {
        let wait =
            if self.every.is_zero() { Duration::ZERO } else { self.every.max(begun.elapsed() * PAUSE) };
        self.due = Instant::now() + wait;
    }

    /// Notes what the atlas is asked.
    pub fn note(&mut self, misses: &[Miss]) {
        let batch = postcard::to_stdvec(misses).expect("numbers can be written");
        self.log.extend(batch);
    }

    /// What an observer noted, as bytes.
    pub fn bytes_of(&self, tally: &T) -> Vec<u8> {
        (self.bytes_of)(tally)
    }
}

/// Removes the checkpoint of a directory, and the directory if nothing else is in it.
pub fn forget_checkpoint(directory: &Path) {
    // What cannot be removed stays: it does no harm.
    let _ = fs::remove_file(file::path(directory));
    let _ = fs::remove_file(directory.join(LOCK));
    let _ = fs::remove_dir(directory);
}

fn lock(directory: &Path) -> Result<File, DiskError> {
    let path = directory.join(LOCK);
    let file = File::create(&path).map_err(|reason| DiskError::of("write", &path, &reason))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let message = format!("another cl-check writes its checkpoints to `{}`", directory.display());
            Err(DiskError::new(message, "wait until it ends, or name another directory"))
        }
        // Where files cannot be locked, nobody is kept away.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}
