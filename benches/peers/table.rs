//! What was measured, as a table of Markdown. Knows nothing of what ran.

#![allow(clippy::cast_precision_loss)] // no count here reaches 2^53

use crate::child::Measured;

/// The medians of some runs of one program.
pub struct Line {
    name: String,
    threads: usize,
    runs: usize,
    states: u64,
    elapsed_s: f64,
    added_bytes: u64,
}

impl Line {
    /// The medians of runs that found the same; `empty_bytes` is what the program takes without work.
    pub fn of(name: &str, threads: usize, runs: &[Measured], empty_bytes: u64) -> Self {
        let elapsed_s = median(runs.iter().map(|run| run.elapsed_s), f64::total_cmp);
        let peak_bytes = median(runs.iter().map(|run| run.peak_bytes), Ord::cmp);
        let added_bytes = peak_bytes.saturating_sub(empty_bytes);
        Self {
            name: name.to_owned(),
            threads,
            runs: runs.len(),
            states: runs[0].states,
            elapsed_s,
            added_bytes,
        }
    }

    fn states_per_second(&self) -> f64 {
        self.states as f64 / self.elapsed_s
    }

    fn bytes_per_state(&self) -> f64 {
        self.added_bytes as f64 / self.states as f64
    }

    /// One line; the ratios are to the first line of as many threads.
    fn row(&self, first: &Self) -> String {
        let rate = grouped(&format!("{:.0}", self.states_per_second()));
        let (slower, larger) = (
            first.states_per_second() / self.states_per_second(),
            self.bytes_per_state() / first.bytes_per_state(),
        );
        format!(
            "| {} | {} | {} | {:.2} | {rate} | {:.1} | {slower:.1} | {larger:.1} |",
            self.name,
            self.threads,
            self.runs,
            self.elapsed_s,
            self.bytes_per_state()
        )
    }
}

/// Everything measured on one number of threads after the other.
pub fn table(lines: &[Line]) -> String {
    let mut text = String::from(
        "| program | threads | runs | seconds | states/s | bytes/state | times as long as cl-check | times the bytes |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for line in lines {
        let first = lines.iter().find(|it| it.threads == line.threads).unwrap_or(line);
        text.push_str(&line.row(first));
        text.push('\n');
    }
    text
}

/// The middle one; of an even number the smaller of the two in the middle.
fn median<T>(values: impl Iterator<Item = T>, order: fn(&T, &T) -> std::cmp::Ordering) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_by(order);
    let middle = (values.len() - 1) / 2;
    values.swap_remove(middle)
}

/// A whole number with commas between thousands.
pub fn grouped(number: &impl ToString) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
