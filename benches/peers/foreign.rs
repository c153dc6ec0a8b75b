//! SPIN, Rumur and TLC on the same system: the model is written, their own compilers make a program of it where they
//! have one, and that is run and watched from outside.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cl_check::export::{Exported, Language, export};

use crate::child::{Measured, Size, three};
use crate::figures;

/// How often a program is looked at while it runs: the last moments of its memory may be missed.
const WATCH: Duration = Duration::from_millis(5);

/// Says where TLC's archive is.
const TLC: &str = "CL_CHECK_TLC";

/// A checker that is a program of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// SPIN: all states in full, no partial orders.
    Spin,
    /// Rumur: all states in full, no symmetry.
    Rumur,
    /// TLC: fingerprints of 64 bits, no symmetry.
    Tlc,
}

/// A program to run in a folder of its own.
#[derive(Debug)]
pub struct Program {
    foreign: Foreign,
    folder: PathBuf,
    path: PathBuf,
    arguments: Vec<String>,
}

impl Foreign {
    /// It is installed, and a C compiler or Java too; where TLC's archive is, `CL_CHECK_TLC` says.
    pub fn is_here(self) -> bool {
        let can = |program: &str, argument: &str| {
            let output =
                Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
            output.is_ok()
        };
        match self {
            Self::Spin => can("spin", "-V") && can("gcc", "--version"),
            Self::Rumur => can("rumur", "--version") && can("gcc", "--version"),
            Self::Tlc => env::var_os(TLC).is_some() && can("java", "-version"),
        }
    }

    /// Makes the program for a system of about so many states.
    pub fn build(self, size: Size, threads: usize, states: u64) -> io::Result<Program> {
        let name = format!("{self:?}-{}-{}-{threads}", size.balance, size.sends).to_lowercase();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers").join(name);
        fs::create_dir_all(&folder)?;
        let mut path = folder.join("program");
        let arguments = match self {
            Self::Spin => {
                fs::write(folder.join("model.pml"), exported(size, Language::Promela)?.text)?;
                run(&folder, "spin", &["-a", "model.pml"])?;
                let flags = ["-w", "-O3", "-DSAFETY", "-DNOREDUCE", "-o", "program", "pan.c"];
                run(&folder, "gcc", &flags)?;
                // As many slots as states, in powers of two: that is how SPIN is meant to be run.
                let slots = states.max(1).next_power_of_two().ilog2().max(10);
                vec![format!("-w{slots}"), "-m10000".to_owned()]
            }
            Self::Rumur => {
                fs::write(folder.join("model.m"), murphi(size))?;
                let threads = threads.to_string();
                let flags =
                    ["--deadlock-detection", "off", "--counterexample-trace", "off", "--threads", &threads];
                run(&folder, "rumur", &[&flags[..], &["-o", "model.c", "model.m"]].concat())?;
                let flags = ["-w", "-O3", "-march=native", "-mcx16", "-o", "program", "model.c", "-lpthread"];
                run(&folder, "gcc", &flags)?;
                Vec::new()
            }
            Self::Tlc => {
                let module = exported(size, Language::Tla)?;
                fs::write(folder.join("peer.tla"), module.text)?;
                fs::write(folder.join("peer.cfg"), module.configuration.unwrap_or_default())?;
                path = PathBuf::from("java");
                let archive = env::var(TLC).map_err(io::Error::other)?;
                let threads = threads.to_string();
                let java = ["-XX:+UseParallelGC", "-cp", &archive, "tlc2.TLC"];
                let tlc = ["-deadlock", "-workers", &threads, "-config", "peer.cfg", "peer.tla"];
                java.into_iter().chain(tlc).map(str::to_owned).collect()
            }
        };
        Ok(Program { foreign: self, folder, path, arguments })
    }
}

fn exported(size: Size, language: Language) -> io::Result<Exported> {
    export(&three(size), language, "peer").map_err(|unfit| io::Error::other(unfit.what))
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> io::Result<()> {
    let output = Command::new(program).args(arguments).current_dir(folder).output()?;
    let said = || String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(io::Error::other(format!("{program}: {}", said()))) }
}

impl Program {
    /// Runs it and watches it.
    pub fn measure(&self) -> io::Result<Measured> {
        let said_path = self.folder.join("program.out");
        let clock = Instant::now();
        let mut child = Command::new(&self.path)
            .args(&self.arguments)
            .current_dir(&self.folder)
            .stdout(fs::File::create(&said_path)?)
            .spawn()?;
        let mut peak_bytes = 0;
        while child.try_wait()?.is_none() {
            peak_bytes = peak_bytes.max(crate::child::peak_bytes_of(&child.id().to_string()).unwrap_or(0));
            thread::sleep(WATCH);
        }
        let elapsed_s = clock.elapsed().as_secs_f64();
        let said = fs::read_to_string(said_path)?;
        let (well, found) = match self.foreign {
            Foreign::Spin => ("errors: 0", figures::of_spin(&said, rounded)),
            Foreign::Rumur => ("No error found", rumur_figures(&said)),
            Foreign::Tlc => ("No error has been found", figures::of_tlc(&said)),
        };
        let (states, transitions) = found
            .filter(|_| said.contains(well))
            .ok_or_else(|| io::Error::other(format!("{:?} found something else:\n{said}", self.foreign)))?;
        Ok(Measured { states, transitions, depth: None, terminals: None, elapsed_s, peak_bytes })
    }
}

/// `1.77686e+07`.
fn rounded(number: &str) -> Option<u64> {
    number.parse::<f64>().ok().map(|number| number as u64)
}

/// `4 states, 3 rules fired in 0s.`; lines of progress before it say the same words.
fn rumur_figures(said: &str) -> Option<(u64, u64)> {
    let line = said.lines().rev().find(|line| line.contains("rules fired"))?;
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

/// The system in Murphi, for Rumur: the same state as that of the peer for Stateright.
fn murphi(size: Size) -> String {
    let template = include_str!("system.m");
    let numbers = [("BALANCE", size.balance), ("SENDS", size.sends), ("ITEMS", (size.sends + 1).max(2))];
    numbers.iter().fold(template.to_owned(), |text, (name, number)| text.replace(name, &number.to_string()))
}
