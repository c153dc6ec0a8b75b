//! What a search is expected to come to, as text and as JSON.

use serde::Serialize;

use super::figures::{bytes, count, duration, number};
use super::page::{Ink, Page};
use super::text::{columns, hung, padded};
use crate::engine::estimate::{Basis, Cost, Estimate, Guess, Limits, Part, Size, Smaller};

/// Where states differ is told of no more places than this.
const PARTS_SHOWN: usize = 6;

/// The report for people.
pub fn text(name: &str, path: &str, estimate: &Estimate, page: Page) -> String {
    let mut text = hung("", 2, &sentence(name, estimate), page.width()) + "\n";
    if page.times {
        text += &hung("  ", 4, &costs(estimate), page.width());
        text.push('\n');
    }
    text += &grown(estimate, page);
    text += &parts(estimate, page);
    let (ink, line) = conclusion(path, estimate, page);
    text + &page.paint(ink, &hung("", 2, &line, page.width())) + "\n"
}

fn sentence(name: &str, estimate: &Estimate) -> String {
    let (states, transitions) = (estimate.size.states, estimate.size.transitions);
    match estimate.size.basis {
        Basis::Exact => {
            let exact = |guess: Guess| number(guess.likely as u64);
            format!("{name}: {} states, {} transitions, exactly", exact(states), exact(transitions))
        }
        Basis::Sampled => format!(
            "{name}: about {} states ({} to {}), {} transitions",
            rounded(states.likely),
            rounded(states.low),
            rounded(states.high),
            rounded(transitions.likely),
        ),
        Basis::AtLeast => format!(
            "{name}: more than {} states; how many more cannot be told, because its states come again or depend on all processes at once",
            number(states.low as u64)
        ),
    }
}

fn costs(estimate: &Estimate) -> String {
    let Estimate { cost, speed, threads, .. } = estimate;
    let threads = count(*threads as u64, "thread", "threads");
    match estimate.size.basis {
        Basis::Exact => {
            format!(
                "checked in {}, {}",
                duration(cost.seconds.likely),
                bytes(cost.memory_bytes.likely as u64)
            )
        }
        Basis::Sampled => format!(
            "about {} ({} to {}) on {threads}, at {} states a second as measured here; about {} of memory ({} to {}), and what properties keep",
            long(cost.seconds.likely),
            long(cost.seconds.low),
            long(cost.seconds.high),
            rounded(*speed),
            bytes(cost.memory_bytes.likely as u64),
            bytes(cost.memory_bytes.low as u64),
            bytes(cost.memory_bytes.high as u64),
        ),
        Basis::AtLeast => format!("{} states a second on {threads}, as measured here", rounded(*speed)),
    }
}

/// The settings with one budget smaller.
fn grown(estimate: &Estimate, page: Page) -> String {
    if estimate.drivers.is_empty() {
        return String::new();
    }
    let title = "  with one budget smaller, the model has\n";
    let whole = estimate.size.states.likely;
    let rows: Vec<[String; 3]> = estimate.drivers.iter().map(|driver| row(driver, whole)).collect();
    let widths = [0, 1].map(|column| rows.iter().map(|row| columns(&row[column])).max().unwrap_or(0));
    let mut text = page.paint(Ink::Faint, title);
    for [states, part, edit] in rows {
        let gap = " ".repeat(widths[0] - columns(&states));
        text += &format!("    {gap}{states}  {}  {edit}\n", padded(&part, widths[1]));
    }
    text
}

fn row(driver: &Smaller, whole: f64) -> [String; 3] {
    let states = driver.size.states;
    let [shown, part] = match driver.size.basis {
        Basis::AtLeast => [format!("more than {}", number(states.low as u64)), String::new()],
        Basis::Exact => [number(states.likely as u64), percent(states.likely / whole)],
        Basis::Sampled => [rounded(states.likely), percent(states.likely / whole)],
    };
    [format!("{shown} states"), part, driver.edits.join(", ")]
}

fn percent(part: f64) -> String {
    match part * 100.0 {
        part if part.is_nan() => String::new(),
        part if part < 1.0 => "under 1%".to_owned(),
        part => format!("{part:.0}%"),
    }
}

fn parts(estimate: &Estimate, page: Page) -> String {
    if estimate.parts.is_empty() {
        return String::new();
    }
    let shown = estimate.parts.iter().take(PARTS_SHOWN);
    let shown: Vec<String> = shown.map(|Part { name, bits }| format!("{name} {bits:.1}")).collect();
    let all = estimate.size.states.likely.log2();
    let line = format!("states differ most at, in bits of {all:.1}: {}", shown.join(", "));
    hung("  ", 4, &line, page.width()) + "\n"
}

fn conclusion(path: &str, estimate: &Estimate, page: Page) -> (Ink, String) {
    let Limits { seconds, memory_bytes } = estimate.limits;
    let memory =
        memory_bytes.filter(|_| page.times).map_or(String::new(), |most| format!(" and {}", bytes(most)));
    let limits = format!("{}{memory}", duration(seconds));
    if estimate.fits() {
        return (Ink::Good, format!("FITS into {limits}: `cl-check {path}`"));
    }
    let verb = if estimate.size.basis == Basis::AtLeast { "MAY NOT FIT" } else { "DOES NOT FIT" };
    let line = match &estimate.advice {
        Some(smaller) => format!(
            "{verb} into {limits}; this would: {} ({} states{})",
            smaller.edits.join(", "),
            rounded(smaller.size.states.likely),
            if page.times { format!(", about {}", long(smaller.cost.seconds.likely)) } else { String::new() },
        ),
        None => format!("{verb} into {limits}; no smaller setting was found that would"),
    };
    (Ink::Doubtful, line)
}

/// Two digits that count: `18,000,000`, or `1.8e15`.
pub fn rounded(figure: f64) -> String {
    if !figure.is_finite() || figure >= 1e12 {
        return format!("{figure:.1e}");
    }
    let digits = figure.max(1.0).log10().floor() as i32;
    let unit = 10_f64.powi((digits - 1).max(0));
    number(((figure / unit).round() * unit) as u64)
}

/// A duration that may be very long.
fn long(seconds: f64) -> String {
    const DAY_S: f64 = 86_400.0;
    match seconds {
        seconds if seconds < 2.0 * 3600.0 => duration(seconds),
        seconds if seconds < 2.0 * DAY_S => format!("{:.0} hours", seconds / 3600.0),
        seconds if seconds < 800.0 * DAY_S => format!("{:.0} days", seconds / DAY_S),
        seconds => format!("{} years", rounded(seconds / (365.25 * DAY_S))),
    }
}

/// The report as JSON, of the schema `cl-check/estimate/1`.
#[derive(Debug, Serialize)]
pub struct EstimateReport {
    schema: &'static str,
    name: String,
    exit: u8,
    #[serde(flatten)]
    size: SizeRecord,
    parts: Vec<Part>,
    drivers: Vec<SmallerRecord>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    machine: Option<Machine>,
}

/// What differs from run to run.
#[derive(Debug, Serialize)]
struct Machine {
    cost: Cost,
    states_per_s: f64,
    threads: usize,
    limits: Limits,
    fits: bool,
    advice: Option<SmallerRecord>,
}

#[derive(Debug, Serialize)]
struct SizeRecord {
    basis: Basis,
    states: Guess,
    transitions: Guess,
}

#[derive(Debug, Serialize)]
struct SmallerRecord {
    edits: Vec<String>,
    #[serde(flatten)]
    size: SizeRecord,
}

impl EstimateReport {
    /// Of an estimate of the model with this name.
    pub fn new(name: &str, estimate: &Estimate, exit: u8, times: bool) -> Self {
        let machine = Machine {
            cost: estimate.cost,
            states_per_s: estimate.speed,
            threads: estimate.threads,
            limits: estimate.limits,
            fits: estimate.fits(),
            advice: estimate.advice.as_ref().map(SmallerRecord::of),
        };
        Self {
            schema: "cl-check/estimate/1",
            name: name.to_owned(),
            exit,
            size: SizeRecord::of(&estimate.size),
            parts: estimate.parts.clone(),
            drivers: estimate.drivers.iter().map(SmallerRecord::of).collect(),
            machine: times.then_some(machine),
        }
    }
}

impl SizeRecord {
    fn of(size: &Size) -> Self {
        Self { basis: size.basis, states: size.states, transitions: size.transitions }
    }
}

impl SmallerRecord {
    fn of(smaller: &Smaller) -> Self {
        Self { edits: smaller.edits.clone(), size: SizeRecord::of(&smaller.size) }
    }
}
