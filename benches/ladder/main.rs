//! The golden systems from ten thousand states to a hundred million, about one a decade, and larger ones beyond them, each
//! explored by the program as users run it, in every mode: states, states a second, memory. Figures are checked against
//! the golden ones; where nobody knows any, all modes must agree on them.
//!
//! `cargo bench --bench ladder [-- --states-max N --modes full,spill --threads N]`, or `-- --beyond`, into `benches/RESULTS.md`.

#[path = "../../tests/reference/mod.rs"]
mod reference;
#[path = "../results/mod.rs"]
mod results;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Parser;
use serde_json::{Value, json};

use reference::golden::{Golden, ROWS, Shape};

/// A way to run the program. `DIR` among the flags is an empty directory, made for the run.
struct Mode {
    name: &'static str,
    flags: &'static [&'static str],
    /// Which figures must be those of the whole graph.
    figures: &'static [Figure],
}

/// A figure of the golden table: its key in JSON.
type Figure = &'static str;

/// What is known of the whole graph.
const WHOLE: &[Figure] = &["distinct_states", "transitions", "terminal_states", "depth"];
const COUNTED: &[Figure] = &["distinct_states", "transitions", "terminal_states", "depth", "orderings"];

/// Every mode; one that this build does not have is left out.
#[rustfmt::skip]
const MODES: &[Mode] = &[
    Mode { name: "full", flags: &["--no-orderings"], figures: WHOLE },
    Mode { name: "orderings", flags: &[], figures: COUNTED },
    Mode { name: "spill", flags: &["--no-orderings", "--spill", "DIR", "--max-memory", "MEMORY"], figures: WHOLE },
    Mode { name: "symmetry", flags: &["--no-orderings", "--reduce", "symmetry"], figures: WHOLE },
    Mode { name: "stubborn", flags: &["--no-orderings", "--reduce", "stubborn"], figures: &[] },
    Mode { name: "max", flags: &["--no-orderings", "--reduce", "max"], figures: &[] },
];

/// The rungs: states of the golden rows.
const RUNGS: [usize; 7] = [21_346, 148_852, 1_901_500, 17_768_632, 43_662_704, 59_734_527, 102_813_785];

/// How often each process of a K(3) with one token each may send, above what the golden table has: nobody else has
/// checked these figures.
const BEYOND: [u32; 2] = [7, 9];
/// What a search may use at least, and at most, in the mode `spill`, in MiB: between them half of what the mode before
/// took.
const MEMORY: (u64, u64) = (128, 2048);

/// Climbs from system to system.
#[derive(Parser)]
struct Arguments {
    /// Leave out golden systems of more states than this.
    #[arg(long, default_value_t = 20_000_000)]
    states_max: usize,
    /// The systems beyond the golden table instead, of hundreds of millions of states and more.
    #[arg(long)]
    beyond: bool,
    /// Only these modes.
    #[arg(long, value_delimiter = ',')]
    modes: Vec<String>,
    /// Threads of each search.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
    /// End each search after this, such as 30m: its line then says how far it came.
    #[arg(long)]
    timeout: Option<String>,
    /// Print the table and leave `benches/RESULTS.md` alone.
    #[arg(long)]
    dry: bool,
    /// Given by cargo bench.
    #[arg(long, hide = true)]
    bench: bool,
}

/// One system.
struct Rung {
    name: String,
    model: String,
    /// The golden figures, if there are any.
    golden: Option<Value>,
}

/// What is known of a rung by now.
struct Known {
    /// Figures of the whole graph.
    figures: Option<Value>,
    /// The most memory that a search in full has taken, in MiB.
    mebibytes: f64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Such as `cargo test --all-targets`, which runs every bench: there is nothing to test here.
    if !arguments.bench {
        return ExitCode::SUCCESS;
    }
    match climb(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn climb(arguments: &Arguments) -> io::Result<()> {
    let asked = |mode: &&Mode| arguments.modes.is_empty() || arguments.modes.iter().any(|it| it == mode.name);
    let (modes, missing): (Vec<&Mode>, Vec<&Mode>) =
        MODES.iter().filter(asked).partition(|mode| mode.is_here());
    let head = "| system | mode | states | explored | seconds | states/s | MiB | bytes/explored | verdict |\n\
                | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    let mut table = head.to_owned();
    for rung in rungs(arguments) {
        let mut known = Known { figures: rung.golden.clone(), mebibytes: f64::INFINITY };
        for mode in modes.iter().filter(|mode| rung.golden.is_some() || !mode.counts()) {
            let row = mode.row(&rung, arguments, &mut known)?;
            eprintln!("{row}");
            table.push_str(&format!("{row}\n"));
        }
    }
    let missing: Vec<&str> = missing.iter().map(|mode| mode.name).collect();
    let missing = if missing.is_empty() {
        String::new()
    } else {
        format!("Not in this build: {}.\n", missing.join(", "))
    };
    let text = format!(
        "{}\nConsistentCut, TotalPreserved and Terminates are judged; {} thread(s); with `spill`, half of the memory that `full` \
         took, between {} and {} MiB. Of the whole graph, \
         every figure that the golden table has was the golden one, and modes that tell it agree on it. States a second are those of \
         the graph that is decided about; memory is what the whole process used, and bytes are over those of an empty run.\n\
         {missing}\n{table}",
        results::circumstances("ladder"),
        arguments.threads,
        MEMORY.0,
        MEMORY.1,
    );
    println!("{text}");
    let title = if arguments.beyond { "Beyond the golden table" } else { "Ladder" };
    if arguments.dry { Ok(()) } else { results::write(title, &text) }
}

fn rungs(arguments: &Arguments) -> Vec<Rung> {
    let golden = RUNGS.iter().filter(|&&states| !arguments.beyond && states <= arguments.states_max);
    let golden =
        golden.filter_map(|&states| ROWS.iter().find(|row| row.distinct_states == states)).map(|row| {
            let (processes, topology) = match row.shape {
                Shape::K(processes) => (processes, "Complete"),
                Shape::R(processes) => (processes, "Ring"),
                Shape::L(processes) => (processes, "Line"),
            };
            rung(topology, processes, row.initiators, (row.balance, row.sends), Some(row))
        });
    let beyond = BEYOND.iter().filter(|_| arguments.beyond);
    let beyond = beyond.map(|&sends| rung("Complete", 3, &[0], (1, sends), None));
    golden.chain(beyond).collect()
}

fn rung(
    topology: &str,
    processes: usize,
    initiators: &[usize],
    (balance, sends): (u64, u32),
    golden: Option<&'static Golden>,
) -> Rung {
    let letter = |number: usize| format!("{:?}", char::from(b'A' + number as u8).to_string());
    let names: Vec<String> = (0..processes).map(letter).collect();
    let snapshots: Vec<String> = initiators.iter().map(|&it| format!("By({})", letter(it))).collect();
    let model = format!(
        "Model(name: \"rung\", topology: {topology}([{}]), snapshots: [{}],\n\
         application: Tokens(start: Each({balance}), behaviour: Free(sends: {sends}, amounts: [1])),\n\
         check: [ConsistentCut, TotalPreserved, Terminates])\n",
        names.join(", "),
        snapshots.join(", ")
    );
    let name = format!(
        "{topology}({processes}), {} snapshot(s), {balance} token(s), {sends} send(s)",
        initiators.len()
    );
    let golden = golden.map(|row| {
        json!({
            "distinct_states": row.distinct_states, "transitions": row.transitions, "depth": row.depth,
            "terminal_states": row.terminal_states, "orderings": row.orderings.to_string(),
        })
    });
    Rung { name, model, golden }
}

impl Mode {
    /// This build has it: it explores a system of few states so.
    fn is_here(&self) -> bool {
        let small = rung("Complete", 2, &[0], (1, 1), None);
        self.run(&small, "1", "1GiB", None).is_ok_and(|verdict| verdict["verdict"] == "verified")
    }

    /// It needs room for numbers of paths, which the largest systems do not leave.
    fn counts(&self) -> bool {
        self.figures.contains(&"orderings")
    }

    fn run(&self, rung: &Rung, threads: &str, memory: &str, timeout: Option<&str>) -> io::Result<Value> {
        let folder = folder(self.name)?;
        let spilled = folder.join("spilled");
        fs::create_dir_all(&spilled)?;
        let model = folder.join("rung.ron");
        fs::write(&model, &rung.model)?;
        let flags = self.flags.iter().map(|&flag| match flag {
            "DIR" => spilled.as_os_str(),
            "MEMORY" => memory.as_ref(),
            flag => flag.as_ref(),
        });
        let output = Command::new(env!("CARGO_BIN_EXE_cl-check"))
            .args(flags)
            .args(["--quiet", "--format", "json", "--threads", threads])
            .args(timeout.into_iter().flat_map(|timeout| ["--timeout", timeout]))
            .arg(&model)
            .output()?;
        fs::remove_dir_all(&folder)?;
        let mut report: Value = serde_json::from_slice(&output.stdout)
            .map_err(|_| io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))?;
        Ok(report["models"][0].take())
    }

    /// One line of the table. What is known of the whole graph is compared with what was known before.
    fn row(&self, rung: &Rung, arguments: &Arguments, known: &mut Known) -> io::Result<String> {
        let threads = arguments.threads.to_string();
        let half = ((known.mebibytes / 2.0) as u64).clamp(MEMORY.0, MEMORY.1);
        let verdict = self.run(rung, &threads, &format!("{half}MiB"), arguments.timeout.as_deref())?;
        let stats = &verdict["stats"];
        let word = verdict["verdict"].as_str().unwrap_or("?");
        if word != "incomplete" && !self.figures.is_empty() {
            let known = known.figures.get_or_insert_with(|| stats.clone());
            self.agrees(known, stats)
                .map_err(|what| io::Error::other(format!("{}, {}: {what}", rung.name, self.name)))?;
        }
        let number = |key: &str| stats[key].as_f64().unwrap_or(f64::NAN);
        let (states, seconds) = (number("distinct_states"), number("elapsed_s"));
        let explored = if stats["explored_states"].is_null() { states } else { number("explored_states") };
        let bytes = number("bytes_per_state");
        let (mebibytes, rate) = (number("peak_rss_bytes") / f64::from(1 << 20), states / seconds);
        if self.name == "full" {
            known.mebibytes = mebibytes;
        }
        Ok(format!(
            "| {} | {} | {states} | {explored} | {seconds:.2} | {rate:.0} | {mebibytes:.0} | {bytes:.1} | {word} |",
            rung.name, self.name
        ))
    }

    fn agrees(&self, known: &Value, stats: &Value) -> Result<(), String> {
        let differs = |figure: &&&str| !known[**figure].is_null() && stats[**figure] != known[**figure];
        match self.figures.iter().find(differs) {
            Some(figure) => Err(format!("{figure} is {}, and should be {}", stats[figure], known[figure])),
            None => Ok(()),
        }
    }
}

/// A folder of this run's own.
fn folder(mode: &str) -> io::Result<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ladder-{mode}-{}", std::process::id()));
    fs::create_dir_all(&path)?;
    Ok(path)
}
