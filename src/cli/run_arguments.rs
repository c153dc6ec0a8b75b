//! The command line of what looks at single runs. Does nothing itself.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::arguments::{PageArguments, ReportArguments};
use super::units;

/// What to explain.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The model: a file, or - for standard input
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub model: PathBuf,

    /// Bound on the time of checking it first [default: none]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    pub timeout: Option<Duration>,

    /// How to report.
    #[command(flatten)]
    pub report: PageArguments,
}

/// What to replay.
#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// The model: a file, or - for standard input
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub model: PathBuf,

    /// A JSON file: a report, one counterexample of it, or a list of events
    #[arg(value_name = "TRACE", value_hint = ValueHint::FilePath)]
    pub trace: PathBuf,

    /// Wait for Enter before each event
    #[arg(long)]
    pub step: bool,

    /// How to report.
    #[command(flatten)]
    pub report: PageArguments,
}

/// What to simulate.
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// The model: a file, or - for standard input
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub model: PathBuf,

    /// How many runs
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub runs: u64,

    /// The same seed gives the same runs
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,

    /// Draw orderings so that each is as likely as another; counts them first
    #[arg(long)]
    pub uniform: bool,

    /// With --uniform: the most states of the graph
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    pub max_states: usize,

    /// Threads [default: all cores]
    ///
    /// No result depends on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Cut each run off after so many events [default: 10,000]
    #[arg(long, value_name = "N")]
    pub max_events: Option<usize>,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// What to classify.
#[derive(Debug, Args)]
pub struct ClassifyArguments {
    /// The model: a file, or - for standard input
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub model: PathBuf,

    /// Show an ordering for each side
    #[arg(long)]
    pub examples: bool,

    /// The most states
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    pub max_states: usize,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArguments,
}
