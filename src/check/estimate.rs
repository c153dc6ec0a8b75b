//! What checking a model is expected to come to: exactly, where little is to be explored; else from a sample.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::parts::parts;
use super::smaller::{Edited, smaller, what};
use super::{Course, Network, Options, check};
use crate::apps::App;
use crate::engine::estimate::{Basis, Cost, Estimate, Guess, Limits, Part, Size, Smaller};
use crate::engine::verdict::EndReason;
use crate::engine::{self, Bounds, End, Explorer, Nobody, Progress, Sampled, Sampling, TransitionSystem};
use crate::model::{Model, Then};
use crate::network::ComponentOf;

/// Beside chance: going back may miss components that nobody has met, and take a state for reachable or not wrongly.
const DOUBT: f64 = 1.25;
/// How many times budgets are made smaller in search of a setting that fits.
const ROUNDS_MAX: usize = 12;
/// A sample for comparison need not be as good.
const ROUGHLY: usize = 4;
/// Slots of a table for each state in it, on the average, with what it takes to grow.
const SLOTS_PER_STATE: f64 = 2.4;
/// Bytes beside a state's key: its number of paths.
const BESIDE_BYTES: f64 = 8.0;
/// Bytes for a component, its moves, and what is known of it.
const COMPONENT_BYTES: f64 = 1500.0;
/// What the program takes without any states.
const BASE_BYTES: f64 = 16e6;

/// How to estimate.
#[derive(Clone, Copy)]
pub struct Effort<'a> {
    /// Threads of the search that is estimated.
    pub threads: usize,
    /// A model with no more states than this is explored.
    pub explored_max: u64,
    /// States of each layer in the sample.
    pub sampled_max: usize,
    /// How many samples.
    pub samples: u32,
    /// The same seed gives the same samples.
    pub seed: u64,
    /// What the search must fit into.
    pub limits: Limits,
    /// Ends the estimate when it is set.
    pub interrupt: Option<&'a AtomicBool>,
}

impl<'a> Effort<'a> {
    fn sampling(&self) -> Sampling<'a> {
        Sampling {
            states_max: self.sampled_max,
            learned_max: 10 * self.sampled_max,
            whole_max: 10 * self.sampled_max,
            lessons: 8,
            samples: self.samples,
            seed: self.seed,
            interrupt: self.interrupt,
        }
    }

    fn is_interrupted(&self) -> bool {
        self.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    fn bounds(&self) -> Bounds<'a> {
        Bounds { states_max: Some(self.explored_max), interrupt: self.interrupt, ..Bounds::default() }
    }

    /// For a setting that is only compared.
    fn roughly(&self) -> Self {
        let sampled_max = (self.sampled_max / ROUGHLY).max(50);
        Self { explored_max: self.explored_max / ROUGHLY as u64 + 1, sampled_max, samples: 2, ..*self }
    }
}

/// What checking a model is expected to come to.
///
/// ```
/// use cl_check::check::{Effort, estimate};
/// use cl_check::engine::estimate::{Basis, Limits};
/// use cl_check::model::{Source, read};
///
/// let pair = r#"Model(
///     name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")],
///     application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
/// )"#;
/// let model = read(&Source::new("pair.ron", pair)).unwrap();
/// let limits = Limits { seconds: 60.0, memory_bytes: None };
/// let effort = Effort {
///     threads: 1, explored_max: 1000, sampled_max: 100, samples: 2, seed: 0, limits, interrupt: None,
/// };
/// let estimate = estimate(&model, &effort);
/// assert_eq!((estimate.size.basis, estimate.size.states.likely), (Basis::Exact, 65.0));
/// ```
pub fn estimate(model: &Model, effort: &Effort<'_>) -> Estimate {
    let explored = explored(model, effort);
    let (size, parts) = match explored.size {
        Some(size) => (size, Vec::new()),
        None => sampled(model, effort, explored.states),
    };
    let cost = explored.cost.unwrap_or_else(|| cost(&size, explored.speed));
    let roughly = effort.roughly();
    let mut drivers: Vec<Smaller> =
        smaller(model).iter().map(|edited| compared(edited, Vec::new(), &roughly, explored.speed)).collect();
    drivers.sort_by(|one, other| one.size.states.likely.total_cmp(&other.size.states.likely));
    let fits = effort.limits.allow(&size, &cost);
    let advice = if fits { None } else { advice(model, &roughly, explored.speed) };
    Estimate {
        size,
        cost,
        speed: explored.speed,
        threads: effort.threads,
        limits: effort.limits,
        parts,
        drivers,
        advice,
    }
}

/// How large a model is, from a sample only.
pub fn sampled_size(model: &Model, effort: &Effort<'_>) -> Size {
    sampled(model, effort, 0).0
}

/// What the beginning of a check has shown.
struct Explored {
    /// Where it came to the end.
    size: Option<Size>,
    cost: Option<Cost>,
    states: u64,
    /// States a second.
    speed: f64,
}

fn explored(model: &Model, effort: &Effort<'_>) -> Explored {
    let clock = Instant::now();
    // The furthest that the search was seen, and when: a layer that is cut short counts.
    let furthest = Mutex::new((1_u64, 1e-3_f64));
    let tell = |now: Progress| {
        if let Ok(mut furthest) = furthest.lock()
            && now.states > furthest.0
        {
            *furthest = (now.states, clock.elapsed().as_secs_f64());
        }
    };
    let options =
        Options { threads: effort.threads, bounds: effort.bounds(), progress: &tell, ..Options::default() };
    let verdict = check(model, &options);
    let (states, seconds) = furthest.into_inner().unwrap_or((1, 1e-3));
    let speed = states as f64 / seconds;
    let stats = &verdict.stats;
    if !matches!(verdict.end_reason, EndReason::Exhausted | EndReason::Walk | EndReason::Capacity) {
        return Explored { size: None, cost: None, states: stats.distinct_states, speed };
    }
    let seconds = Guess::exactly(stats.elapsed_s);
    let memory_bytes = Guess::exactly(stats.peak_rss_bytes as f64);
    let size = exactly(stats.distinct_states, stats.transitions);
    Explored {
        size: Some(size),
        cost: Some(Cost { seconds, memory_bytes }),
        states: stats.distinct_states,
        speed,
    }
}

fn exactly(states: u64, transitions: u64) -> Size {
    let (states, transitions) = (Guess::exactly(states as f64), Guess::exactly(transitions as f64));
    Size { basis: Basis::Exact, states, transitions, live: states, words: 1, components: 0 }
}

/// The system of a model, and where the search begins.
fn begin(model: &Model) -> (Explorer<Network>, Vec<ComponentOf<App>>) {
    let mut course = Course::new(model);
    course.take_enabled(&model.walk);
    (Explorer::new(model.system()), course.last().components.clone())
}

/// From samples; where none can be taken, only that there are more than so many.
fn sampled(model: &Model, effort: &Effort<'_>, at_least: u64) -> (Size, Vec<Part>) {
    let (mut explorer, begin) = begin(model);
    let samples = explorer.sample(&begin, &effort.sampling());
    let Some(last) = samples.last() else {
        let more = Guess { low: at_least as f64, likely: f64::NAN, high: f64::INFINITY };
        let basis = Basis::AtLeast;
        let size = Size { basis, states: more, transitions: more, live: more, words: 1, components: 0 };
        return (size, Vec::new());
    };
    let steps = explorer.system().largest_step().unwrap_or(1) as usize;
    let size = Size {
        basis: if last.whole { Basis::Exact } else { Basis::Sampled },
        states: guess(&samples, Sampled::states),
        transitions: guess(&samples, |sample| sample.transitions),
        live: guess(&samples, |sample| live(sample, steps)),
        words: last.words,
        components: explorer.atlas().sizes().sum(),
    };
    (size, parts(&explorer, last))
}

/// The mean of several samples. It is off by chance, as far as they are apart, and for other reasons.
fn guess(samples: &[Sampled], figure: impl Fn(&Sampled) -> f64) -> Guess {
    let figures: Vec<f64> = samples.iter().map(figure).collect();
    let count = figures.len() as f64;
    let likely = figures.iter().sum::<f64>() / count;
    if samples.iter().any(|sample| sample.whole) || likely <= 0.0 {
        return Guess::exactly(likely);
    }
    let squares: f64 = figures.iter().map(|figure| (figure - likely).powi(2)).sum();
    let error = (squares / (count - 1.0).max(1.0) / count).sqrt() / likely;
    let factor = DOUBT * (1.0 + 2.0 * error);
    Guess { low: likely / factor, likely, high: likely * factor }
}

/// The states of the layer that is expanded and of those that its events lead to, where these are most.
fn live(sample: &Sampled, steps: usize) -> f64 {
    let windows = (0..sample.layers.len()).map(|first| {
        let layers = sample.layers[first..].iter().take(steps + 1);
        layers.sum::<f64>()
    });
    windows.fold(0.0, f64::max) + sample.halted
}

/// Time in proportion to states; memory for the tables that are live and for components. Both vary more than the states
/// do, and the beginning of a search, where most components are new, is its slowest part.
fn cost(size: &Size, speed: f64) -> Cost {
    let seconds = size.states.times(1.0 / speed);
    let seconds = Guess { low: seconds.low / 3.0, likely: seconds.likely, high: seconds.high * 1.5 };
    let memory = size.live.times(SLOTS_PER_STATE * (8.0 * size.words as f64 + BESIDE_BYTES));
    let known = size.components as f64 * COMPONENT_BYTES;
    let memory_bytes = Guess {
        low: BASE_BYTES + known + memory.low / 2.0,
        likely: BASE_BYTES + known + memory.likely,
        high: BASE_BYTES + (known + memory.high) * 2.0,
    };
    Cost { seconds, memory_bytes }
}

/// How large a smaller setting is.
fn compared(edited: &Edited, before: Vec<String>, effort: &Effort<'_>, speed: f64) -> Smaller {
    let size = size(&edited.model, effort);
    let mut edits = before;
    edits.retain(|edit| what(edit) != what(&edited.edit));
    edits.push(edited.edit.clone());
    Smaller { edits, size, cost: cost(&size, speed) }
}

fn size(model: &Model, effort: &Effort<'_>) -> Size {
    if model.then == Then::Stop {
        return exactly(1, 0);
    }
    let (mut explorer, begin) = begin(model);
    let options = engine::Options {
        threads: effort.threads,
        paths: false,
        bounds: effort.bounds(),
        ..Default::default()
    };
    let outcome = explorer.explore(&begin, &mut Nobody, &options);
    match outcome.end {
        End::Exhausted => Size {
            components: explorer.atlas().sizes().sum(),
            ..exactly(outcome.figures.states, outcome.figures.transitions)
        },
        _ => sampled(model, effort, outcome.figures.states).0,
    }
}

/// Makes one budget after the other smaller, each time the one that helps most, until what is left fits; of the
/// settings of the last round the largest that fits.
fn advice(model: &Model, effort: &Effort<'_>, speed: f64) -> Option<Smaller> {
    let (mut at, mut edits) = (model.clone(), Vec::new());
    for _ in 0..ROUNDS_MAX {
        let settings: Vec<(Edited, Smaller)> = smaller(&at)
            .into_iter()
            .filter(|_| !effort.is_interrupted())
            .filter(|edited| what(&edited.edit) != "snapshots" || !edited.model.snapshots.is_empty())
            .map(|edited| {
                let compared = compared(&edited, edits.clone(), effort, speed);
                (edited, compared)
            })
            .collect();
        let states = |setting: &(Edited, Smaller)| setting.1.size.states.low;
        let fitting = settings.iter().filter(|(_, it)| effort.limits.allow(&it.size, &it.cost));
        if let Some((_, fits)) = fitting.max_by(|one, other| states(one).total_cmp(&states(other))) {
            return Some(fits.clone());
        }
        let (edited, least) =
            settings.into_iter().min_by(|one, other| states(one).total_cmp(&states(other)))?;
        (at, edits) = (edited.model, least.edits);
    }
    None
}
