//! What was measured, as lines of text. Knows nothing of what ran.

#![allow(clippy::cast_precision_loss)] // no count here reaches 2^53

use crate::child::Measured;

/// The medians of some runs of one program.
pub struct Line {
    name: String,
    states: u64,
    elapsed_s: f64,
    added_bytes: u64,
}

impl Line {
    /// The medians of runs that found the same; `empty_bytes` is what the program takes without work.
    pub fn of(name: &str, runs: &[Measured], empty_bytes: u64) -> Self {
        let elapsed_s = median(runs.iter().map(|run| run.elapsed_s), f64::total_cmp);
        let peak_bytes = median(runs.iter().map(|run| run.peak_bytes), Ord::cmp);
        let added_bytes = peak_bytes.saturating_sub(empty_bytes);
        Self { name: name.to_owned(), states: runs[0].states, elapsed_s, added_bytes }
    }

    fn states_per_second(&self) -> f64 {
        self.states as f64 / self.elapsed_s
    }

    fn bytes_per_state(&self) -> f64 {
        self.added_bytes as f64 / self.states as f64
    }
}

/// The middle one; of an even number the smaller of the two in the middle.
fn median<T>(values: impl Iterator<Item = T>, order: fn(&T, &T) -> std::cmp::Ordering) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_by(order);
    let middle = (values.len() - 1) / 2;
    values.swap_remove(middle)
}

/// Two programs, and how many times better the first is.
pub fn print(first: &Line, second: &Line) {
    print_head();
    print_row(first);
    print_row(second);
    let faster = first.states_per_second() / second.states_per_second();
    let smaller = second.bytes_per_state() / first.bytes_per_state();
    println!("{:<18} {:>9} {:>11.1}x {:>11} {:>12.1}x", "ratio", "", faster, "", smaller);
}

/// What the columns are.
pub fn print_head() {
    println!("\n{:<18} {:>9} {:>12} {:>11} {:>13}", "", "seconds", "states/s", "MiB", "bytes/state");
}

/// One line of the table.
pub fn print_row(line: &Line) {
    let rate = grouped(&format!("{:.0}", line.states_per_second()));
    let mebibytes = line.added_bytes as f64 / f64::from(1 << 20);
    let (name, bytes) = (&line.name, line.bytes_per_state());
    println!("{name:<18} {:>9.2} {rate:>12} {mebibytes:>11.1} {bytes:>13.1}", line.elapsed_s);
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
