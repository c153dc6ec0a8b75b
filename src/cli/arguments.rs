//! The command line: what can be said, and how it is explained. Does nothing itself.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use super::cos418::Cos418Arguments;
use super::export::ExportArguments;
use super::keeping::KeepArguments;
use super::run_arguments::{
    ClassifyArguments, EstimateArguments, ExplainArguments, ReplayArguments, SimulateArguments,
};
use super::units;
use crate::report::Form;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  cl-check models/three_node.ron           check one model
  cl-check models                          every model of a directory
  cl-check --format json - < model.ron     one model from standard input

Exit codes (over several models the worst wins: 70, 1, 2, 4, 3, 0):
  0    every model met its expectation
  1    something is violated that should hold, or holds that should be violated
  2    usage error, a model or checkpoint that cannot be used, or a disk that cannot be written to
  3    inconclusive: a bound, a time-out or an interrupt came first
  4    nothing was checked: no model file, or nothing in it to judge
  70   internal error: a bug of cl-check
  130  interrupted twice";

/// Explores every ordering of a small distributed system and judges its snapshots, exactly.
#[derive(Debug, Parser)]
#[command(name = "cl-check", version, styles = STYLES, after_long_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
#[command(after_help = "Try: cl-check models/three_node.ron     (--help says more)")]
pub struct Arguments {
    /// Something else than checking models.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Checking models.
    #[command(flatten)]
    pub check: CheckArguments,
}

/// What is not checking.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Break the algorithm in every simple way and see which properties notice
    ///
    /// Each mutant is explored as the model is. Exit code 1 where one is missed that the model does not declare in
    /// `equivalent`, or one is caught that it does; 3 where a bound came first.
    Mutate(MutateArguments),
    /// Check an algorithm on every strongly connected topology of few processes
    ///
    /// With every initiator, up to symmetry, smallest first. Stops at the first system that is not verified, and prints
    /// its model. Exit code 1 where it fails, 3 where a bound came first.
    Frontier(FrontierArguments),
    /// Show what a model shows, on one run
    ///
    /// Where something fails: the runs that show it, with their states. Where all holds: a run whose recorded state never
    /// occurred in it, and the same events in an order in which it did, which is the theorem of 1985.
    Explain(ExplainArguments),
    /// Carry out the runs of a report again, event by event
    ///
    /// Exit code 1 where an event is not enabled, or where the property that a run is for does not fail in it.
    Replay(ReplayArguments),
    /// Try runs by chance, for systems that are too large to explore
    ///
    /// What fails is made short. That nothing fails proves nothing. Exit code 1 where something fails that should not, 3
    /// where nothing is found that should fail.
    Simulate(SimulateArguments),
    /// Predict how many states a model has, how long checking it takes, and in how much memory
    ///
    /// From a sample of the states; a small model is explored. Says what makes the number grow, and which smaller setting
    /// fits where the model does not. Exit code 3 where no more than a lower bound is known.
    Estimate(EstimateArguments),
    /// Say which messages are recorded in their channels always, never, or sometimes
    ///
    /// Over all orderings of a model whose sends are fixed: a script, lists, or a walk.
    Classify(ClassifyArguments),
    /// List or judge the snapshots of a course assignment (Princeton COS 418)
    ///
    /// Without more, explores every outcome of a .top and a .events file. With --judge, exit code 0 where the snapshots are
    /// legal in the semantics asked for, 1 where they are not, 2 where a file cannot be read, 3 where a bound came first.
    Cos418(Cos418Arguments),
    /// Write a model in the language of another checker: Promela for SPIN, TLA+ for TLC
    ///
    /// The same states, one transition an event, and what can be judged as assertions or invariants. Exit code 2 where the
    /// model has something that is not exported.
    Export(ExportArguments),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page, in roff
    Man,
}

/// What to check, and how.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // flags of a command line, each for itself
pub struct CheckArguments {
    /// Model files, directories of them (every .ron file below), or - for standard input
    ///
    /// Files that hold an algorithm are skipped in directories. A file named like a command is written with ./
    #[arg(value_name = "MODEL", required = true, value_hint = ValueHint::AnyPath)]
    pub models: Vec<PathBuf>,

    /// Threads of the search [default: all cores]
    ///
    /// No figure and no verdict depends on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Bound on memory, such as 4GiB [default: 80% of what is available]
    #[arg(long, value_name = "SIZE", value_parser = units::bytes)]
    pub max_memory: Option<u64>,

    /// Bound on time for each model, such as 30s or 5m [default: none]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    pub timeout: Option<Duration>,

    /// Bound on states for each model [default: none]
    ///
    /// The search ends at the last whole layer that fits, so its figures do not depend on threads.
    #[arg(long, value_name = "N", value_parser = units::states)]
    pub max_states: Option<u64>,

    /// What may be put on disk.
    #[command(flatten)]
    pub keep: KeepArguments,

    /// Do not count orderings, which is faster
    #[arg(long)]
    pub no_orderings: bool,

    /// Explore less, and find the same
    ///
    /// Where a reduction would not be right for a model, the model is explored without it, and the report says why.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub reduce: super::reduction::Reduction,

    /// With --reduce stubborn or max: look at what is left out around N states
    ///
    /// All that happens within three events of each is carried out in full, and must not depend on what was chosen.
    #[arg(long, value_name = "N", requires = "reduce", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub audit: Option<u64>,

    /// List how often each action, branch and kind of event was taken
    #[arg(long)]
    pub coverage: bool,

    /// Show every counterexample in full, also of several models, and of those that fail as expected
    #[arg(long)]
    pub all: bool,

    /// Show up to so many different shortest counterexamples for each property that fails
    ///
    /// Runs that differ only in the order of events at different processes are one.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub distinct: u16,

    /// Print verdict lines and the summary only
    #[arg(long, short)]
    pub quiet: bool,

    /// Write a picture or report to a file, such as svg=bug.svg; may be repeated
    ///
    /// svg, mermaid, shiviz, itf: the first counterexample, or else the first run to a condition of `reach`.
    /// html: a page of the first model, to step through. dot: the state graph of the first model that is small enough.
    /// junit, json: all verdicts.
    #[arg(long, value_name = "FORM=PATH", value_parser = export)]
    pub export: Vec<Export>,

    /// Write a page for each model, and an index, into this directory
    #[arg(long = "report", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub report_dir: Option<PathBuf>,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// How a page looks.
#[derive(Clone, Copy, Debug, Args)]
pub struct PageArguments {
    /// Leave out what differs from run to run: times, memory, threads
    #[arg(long)]
    pub no_times: bool,

    /// Draw with ASCII characters only
    #[arg(long)]
    pub ascii: bool,

    /// When to use colours.
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    #[arg(help = "When to use colours; auto heeds NO_COLOR and CLICOLOR_FORCE")]
    pub color: Color,
}

/// How to report.
#[derive(Clone, Copy, Debug, Args)]
pub struct ReportArguments {
    /// How a page looks.
    #[command(flatten)]
    pub page: PageArguments,

    /// How to report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// A file to be written.
#[derive(Clone, Debug)]
pub struct Export {
    /// What it holds.
    pub form: Form,
    /// Where it is.
    pub path: PathBuf,
}

/// The forms by name.
const FORMS: [(&str, Form); 8] = [
    ("svg", Form::Svg),
    ("html", Form::Html),
    ("mermaid", Form::Mermaid),
    ("dot", Form::Dot),
    ("shiviz", Form::Shiviz),
    ("itf", Form::Itf),
    ("junit", Form::Junit),
    ("json", Form::Json),
];

fn export(text: &str) -> Result<Export, String> {
    let names = || FORMS.map(|(name, _)| name).join(", ");
    let (name, path) =
        text.split_once('=').ok_or_else(|| format!("write FORM=PATH, with one of {}", names()))?;
    let form = FORMS.into_iter().find(|(known, _)| *known == name).map(|(_, form)| form);
    let form = form.ok_or_else(|| format!("there is no form `{name}`; the forms are {}", names()))?;
    if path.is_empty() {
        return Err(format!("write the path of a file: {name}=PATH"));
    }
    Ok(Export { form, path: PathBuf::from(path) })
}

/// Which mutants to judge, and how.
#[derive(Debug, Args)]
pub struct MutateArguments {
    /// Model files, directories of them (every .ron file below), or - for standard input
    #[arg(value_name = "MODEL", required = true, value_hint = ValueHint::AnyPath)]
    pub models: Vec<PathBuf>,

    /// Only mutants whose name contains this; may be repeated
    #[arg(long, value_name = "TEXT")]
    pub only: Vec<String>,

    /// No mutants whose name contains this; may be repeated
    #[arg(long, value_name = "TEXT")]
    pub skip: Vec<String>,

    /// Print the names of the mutants and do nothing else
    #[arg(long)]
    pub list: bool,

    /// For each mutant of the model's algorithm, find the smallest system that catches it
    ///
    /// Every strongly connected topology, with every initiator: fewest processes, channels and sends first.
    #[arg(long)]
    pub smallest: bool,

    /// With --smallest: the most processes
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=4))]
    pub processes: u8,

    /// With --smallest: the most sends of each process
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(..=100))]
    pub sends: u32,

    /// With --smallest: the most snapshots at once; mutants that confuse snapshots need 2
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub snapshots: u8,

    /// Mutants at a time, each on one thread [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Show every counterexample
    #[arg(long, short)]
    pub verbose: bool,

    /// Bound on the states of each mutant [default: 20 times the model's, at least 100,000]
    #[arg(long, value_name = "N", value_parser = units::states)]
    pub max_states: Option<u64>,

    /// Bound on the time of each mutant [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    pub timeout: Option<Duration>,

    /// Bound on the memory of all together, such as 4GiB [default: 80% of what is available]
    #[arg(long, value_name = "SIZE", value_parser = units::bytes)]
    pub max_memory: Option<u64>,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// Which systems to check an algorithm on.
#[derive(Debug, Args)]
pub struct FrontierArguments {
    /// A built-in algorithm, or the file of one
    #[arg(default_value = "chandy-lamport")]
    pub algorithm: String,

    /// The most processes; five take very long
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(2..=5))]
    pub processes: u8,

    /// What each process holds at first
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub tokens: u64,

    /// How often each process may send one token, to any neighbour
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(..=1000))]
    pub sends: u32,

    /// Threads of the search [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Bound on the states of each system [default: none]
    #[arg(long, value_name = "N", value_parser = units::states)]
    pub max_states: Option<u64>,

    /// Bound on the time of each system [default: none]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    pub timeout: Option<Duration>,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// How to report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people
    #[default]
    Human,
    /// One JSON object at the end
    Json,
    /// One JSON object a line, as it happens
    Ndjson,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that takes them
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
