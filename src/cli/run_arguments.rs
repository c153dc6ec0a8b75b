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
    #[arg(long, value_name = "N", default_value = "200_000", value_parser = units::states)]
    pub max_states: u64,

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
    #[arg(long, value_name = "N", default_value = "200_000", value_parser = units::states)]
    pub max_states: u64,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// What to estimate.
#[derive(Debug, Args)]
pub struct EstimateArguments {
    /// The model: a file, or - for standard input
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub model: PathBuf,

    /// Threads of the search that is estimated [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Explore a model with no more states than this, instead of estimating
    #[arg(long, value_name = "N", default_value = "500000", value_parser = units::states)]
    pub explore: u64,

    /// States of each layer in the sample; more take longer and tell more
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub sample: u32,

    /// How many samples; how far they are apart tells how sure the figures are
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub samples: u32,

    /// The same seed gives the same samples
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,

    /// The time that a search must fit into; where it does not, a smaller setting is looked for
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = units::duration)]
    pub timeout: Duration,

    /// The memory that it must fit into, such as 4GiB [default: 80% of what is available]
    #[arg(long, value_name = "SIZE", value_parser = units::bytes)]
    pub max_memory: Option<u64>,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArguments,
}
