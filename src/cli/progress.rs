//! How far a search has come, on standard error: a line that changes on a terminal, now and then a line elsewhere.
//! Never on standard output.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::{self, resident_bytes};
use crate::report::estimate::rounded as about;
use crate::report::{bytes, number, printable};

/// Searches shorter than this need no line in a log.
const FIRST_LINE: Duration = Duration::from_secs(5);
/// Between two lines in a log.
const NEXT_LINE: Duration = Duration::from_secs(10);
/// Between two changes of the line on a terminal.
const NEXT_CHANGE: Duration = Duration::from_millis(100);

/// The progress of one model's search.
pub struct Progress {
    name: String,
    begun: Instant,
    /// When to tell next.
    due: Mutex<Instant>,
    /// Only on a terminal.
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of this model; `None` if nobody wants to know.
    pub fn new(name: &str, wanted: bool) -> Option<Self> {
        let begun = Instant::now();
        let bar = io::stderr().is_terminal().then(bar);
        let wait = if bar.is_some() { NEXT_CHANGE } else { FIRST_LINE };
        wanted.then(|| Self { name: printable(name), begun, due: Mutex::new(begun + wait), bar })
    }

    /// Tells how far the search has come, of how many states if that is known, if it is time.
    pub fn tell(&self, progress: engine::Progress, expected: Option<u64>) {
        self.say(|| self.line(progress, expected));
    }

    /// Tells how many mutants are judged, if it is time.
    pub fn tell_mutants(&self, judged: usize, all: usize) {
        self.say(|| {
            format!("{}: {judged} of {all} mutants, {} s", self.name, self.begun.elapsed().as_secs())
        });
    }

    /// Tells how many systems are judged, if it is time.
    pub fn tell_systems(&self, judged: usize, all: usize) {
        self.say(|| {
            format!("{}: {judged} of {all} systems, {} s", self.name, self.begun.elapsed().as_secs())
        });
    }

    /// Tells how many runs are through, if it is time.
    pub fn tell_runs(&self, through: u64, all: u64) {
        self.say(|| {
            let (through, all) = (number(through), number(all));
            format!("{}: {through} of {all} runs, {} s", self.name, self.begun.elapsed().as_secs())
        });
    }

    fn say(&self, line: impl FnOnce() -> String) {
        if !self.is_due() {
            return;
        }
        let line = line();
        match &self.bar {
            Some(bar) => {
                bar.set_message(line);
                bar.tick();
            }
            None => drop(writeln!(io::stderr(), "{line}")),
        }
    }

    fn is_due(&self) -> bool {
        let Ok(mut due) = self.due.try_lock() else { return false };
        let now = Instant::now();
        let is_due = now >= *due;
        if is_due {
            *due = now + if self.bar.is_some() { NEXT_CHANGE } else { NEXT_LINE };
        }
        is_due
    }

    fn line(&self, progress: engine::Progress, expected: Option<u64>) -> String {
        let elapsed = self.begun.elapsed();
        let rate = u128::from(progress.states) * 1000 / elapsed.as_millis().max(1);
        let memory = resident_bytes().map_or(String::new(), |resident| format!(", {}", bytes(resident)));
        let spilled = if progress.spilled == 0 {
            String::new()
        } else {
            format!(", {} on disk", bytes(progress.spilled))
        };
        format!(
            "{}: {} states{}, depth {}, frontier {}, {}/s{memory}{spilled}, {} s",
            self.name,
            number(progress.states),
            expected.map_or(String::new(), |all| part_of(progress.states, all)),
            progress.depth,
            number(progress.frontier),
            number(rate as u64),
            elapsed.as_secs(),
        )
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// ` of about 18,000,000 (17%)`; nothing where there are more already.
fn part_of(states: u64, expected: u64) -> String {
    if states >= expected {
        return String::new();
    }
    let percent = u128::from(states) * 100 / u128::from(expected);
    format!(" of about {} ({percent}%)", about(expected as f64))
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{spinner} {wide_msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_told_of_what_is_expected() {
        assert_eq!(part_of(3_000_000, 17_768_632), " of about 18,000,000 (16%)");
        assert_eq!(part_of(0, 5), " of about 5 (0%)");
        assert_eq!(part_of(20, 10), "");
    }
}
