//! What a search is expected to come to, as plain data.

use serde::Serialize;

/// Where a figure comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Everything was explored.
    Exact,
    /// From a sample of each layer.
    Sampled,
    /// The search was cut short, and nothing says how much was left.
    AtLeast,
}

/// A figure that is not certain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Guess {
    /// Hardly less than this.
    pub low: f64,
    /// About this.
    pub likely: f64,
    /// Hardly more than this.
    pub high: f64,
}

impl Guess {
    /// What is certain.
    pub fn exactly(figure: f64) -> Self {
        Self { low: figure, likely: figure, high: figure }
    }

    /// So many times that.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { low: self.low * factor, likely: self.likely * factor, high: self.high * factor }
    }
}

/// How large a state graph is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Where the figures come from.
    pub basis: Basis,
    /// Distinct states.
    pub states: Guess,
    /// Transitions.
    pub transitions: Guess,
    /// States that are live at a time, at most, where older ones can be forgotten; else all of them.
    pub live: Guess,
    /// How many words a state takes.
    pub words: usize,
    /// Components that were met: there are at least so many.
    pub components: usize,
}

/// What a search costs on this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Time, in seconds.
    pub seconds: Guess,
    /// Memory, in bytes.
    pub memory_bytes: Guess,
}

/// How much of what makes states different stands at one place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// A process, or a channel.
    pub name: String,
    /// The entropy of what stands there in a state drawn at random, in bits.
    pub bits: f64,
}

/// A smaller setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Smaller {
    /// What to write instead in the model.
    pub edits: Vec<String>,
    /// How large it is then.
    pub size: Size,
    /// What it costs then.
    pub cost: Cost,
}

/// What a search must fit into.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// Time, in seconds.
    pub seconds: f64,
    /// Memory, in bytes.
    pub memory_bytes: Option<u64>,
}

impl Limits {
    /// Is it to be expected that a search stays within them?
    pub fn allow(&self, size: &Size, cost: &Cost) -> bool {
        let fits = self.memory_bytes.is_none_or(|most| cost.memory_bytes.high <= most as f64);
        size.basis != Basis::AtLeast && fits && cost.seconds.high <= self.seconds
    }
}

/// What a search is expected to come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// How large the state graph is.
    pub size: Size,
    /// What the search costs.
    pub cost: Cost,
    /// States a second, as measured at the beginning of the search.
    pub speed: f64,
    /// How many threads that was with.
    pub threads: usize,
    /// What the search must fit into.
    pub limits: Limits,
    /// What makes states different, most first; only from a sample.
    pub parts: Vec<Part>,
    /// The model with one budget smaller, smallest first.
    pub drivers: Vec<Smaller>,
    /// A smaller setting that fits, where the model does not and one was found.
    pub advice: Option<Smaller>,
}

impl Estimate {
    /// Is the search expected to fit?
    pub fn fits(&self) -> bool {
        self.limits.allow(&self.size, &self.cost)
    }
}
