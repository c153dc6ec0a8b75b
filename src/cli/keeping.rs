//! What a check may put on disk, as the command line asks for it: layers that do not fit, and checkpoints.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueHint};

use super::exit::Exit;
use super::output::complain;
use super::units;
use crate::engine::verdict::{EndReason, Verdict};
use crate::engine::{DiskError, Keep, forget_checkpoint};
use crate::report::{Failure, printable};

/// What may be put on disk.
#[derive(Debug, Args)]
pub struct KeepArguments {
    /// Put states that do not fit into --max-memory on disk, below this directory
    ///
    /// Slower, and as exact. The second search, for counterexamples, stays in memory. What is put there is removed at the
    /// end.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub spill: Option<PathBuf>,

    /// Write checkpoints of the search to this directory, to go on from with --resume; for one model
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub checkpoint: Option<PathBuf>,

    /// Time between two checkpoints, at least
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = units::duration)]
    pub checkpoint_every: Duration,

    /// Go on from the checkpoint in this directory, with the same model and options
    ///
    /// Other threads and bounds may be given. More checkpoints are written there, or where --checkpoint says.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub resume: Option<PathBuf>,
}

impl KeepArguments {
    /// The same as the engine wants it.
    pub fn keep(&self) -> Keep<'_> {
        Keep {
            spill: self.spill.as_deref(),
            checkpoint: self.directory(),
            every: self.checkpoint_every,
            resume: self.resume.as_deref(),
            ..Keep::default()
        }
    }

    /// A checkpoint is of one model.
    ///
    /// # Errors
    /// The exit that several call for.
    pub fn refuse_several(&self, models: usize) -> Result<(), Exit> {
        if self.directory().is_none() || models <= 1 {
            return Ok(());
        }
        complain(&format!("--checkpoint and --resume are for one model, and here are {models}"));
        Err(Exit::Unusable)
    }

    /// After a verdict: a checkpoint that nothing is left to do from goes; of any other the user is told, unless the
    /// model expects that it is left.
    pub fn conclude(&self, verdict: &Verdict) {
        let Some(directory) = self.directory() else { return };
        let bounds = [EndReason::MaxStates, EndReason::MaxMemory, EndReason::Timeout, EndReason::Interrupt];
        if !bounds.contains(&verdict.end_reason) {
            forget_checkpoint(directory);
        } else if verdict.expected.word != verdict.word {
            let shown = printable(&directory.display().to_string());
            complain(&format!("{}: to go on, use --resume {shown}", printable(&verdict.path)));
        }
    }

    fn directory(&self) -> Option<&Path> {
        self.checkpoint.as_deref().or(self.resume.as_deref())
    }
}

/// Says on standard error what is wrong with the disk; the same for reports.
pub fn failure(path: String, error: DiskError) -> Failure {
    complain(&format!("{}: {}", printable(&path), printable(&error.message)));
    if let Some(hint) = &error.hint {
        complain(&format!("hint: {}", printable(hint)));
    }
    Failure {
        path,
        file: None,
        message: error.message,
        line: None,
        column: None,
        hint: error.hint,
        internal: false,
    }
}
