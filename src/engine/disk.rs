//! What can go wrong with a disk, in one sentence for people. Knows not what is kept there.

use std::fmt;
use std::io;
use std::path::Path;

/// Why something could not be kept on disk, or read from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskError {
    /// What happened, with the path.
    pub message: String,
    /// What might help.
    pub hint: Option<String>,
}

impl DiskError {
    /// An error with something to do about it.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()) }
    }

    /// What the system refused to do with a path: `write`, `read`.
    pub fn of(doing: &str, path: &Path, reason: &io::Error) -> Self {
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&reason.kind());
        let hint = full.then(|| "make room there, or name a directory on another disk".to_owned());
        Self { message: format!("cannot {doing} `{}`: {reason}", path.display()), hint }
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for DiskError {}
