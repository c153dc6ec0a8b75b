//! The command line: arguments -> ready objects -> one call -> exit code.

mod arguments;
mod aside;
mod batch;
mod classify;
mod cos418;
mod estimate;
mod examine;
mod exit;
mod expected;
mod explain;
mod export;
mod frontier;
mod inputs;
mod interrupt;
mod keeping;
mod mutate;
mod outlets;
mod output;
mod progress;
mod reduction;
mod replay;
mod run_arguments;
mod simulate;
mod units;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use clap_complete::Shell;

use arguments::{Arguments, Command};

pub use exit::Exit;

/// Runs the program on the arguments of the process.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => return explained(&message).into(),
    };
    let exit = match arguments.command {
        Some(Command::Mutate(arguments)) => mutate::run(&arguments),
        Some(Command::Frontier(arguments)) => frontier::run(&arguments),
        Some(Command::Explain(arguments)) => explain::run(&arguments),
        Some(Command::Replay(arguments)) => replay::run(&arguments),
        Some(Command::Simulate(arguments)) => simulate::run(&arguments),
        Some(Command::Estimate(arguments)) => estimate::run(&arguments),
        Some(Command::Classify(arguments)) => classify::run(&arguments),
        Some(Command::Cos418(arguments)) => cos418::run(&arguments),
        Some(Command::Export(arguments)) => export::run(&arguments),
        Some(Command::Completions { shell }) => completions(shell),
        Some(Command::Man) => manual(),
        None => batch::run(&arguments.check),
    };
    exit.into()
}

/// Prints help, the version, or what is wrong with the arguments.
fn explained(message: &clap::Error) -> Exit {
    let exit = if message.use_stderr() { Exit::Unusable } else { Exit::Met };
    match message.print() {
        Ok(()) => exit,
        Err(reason) => exit.max(output::failed(&reason)),
    }
}

fn completions(shell: Shell) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "cl-check", &mut text);
    output::print(&text).err().unwrap_or(Exit::Met)
}

fn manual() -> Exit {
    let mut text = Vec::new();
    match clap_mangen::Man::new(Arguments::command()).render(&mut text) {
        Ok(()) => output::print(&text).err().unwrap_or(Exit::Met),
        Err(reason) => output::failed(&reason),
    }
}
