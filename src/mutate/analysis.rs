//! The analysis: the model as it is, then every mutant, several at a time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::mutant::Mutant;
use crate::algorithm::Program;
use crate::apps::App;
use crate::check::{self, Course, check};
use crate::engine::analysis::{Analysis, Fate, MutantVerdict};
use crate::engine::verdict::{Verdict, Word};
use crate::engine::{self, Bounds, End, Explorer, Nobody};
use crate::model::{Model, Then};
use crate::network::System;

type Network = System<App, Program>;

/// How to go about it.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Mutants at a time, each on one thread.
    pub jobs: usize,
    /// Bound on the states of each mutant; `None`: 20 times those of the model, and no fewer than
    /// 100,000.
    pub states_max: Option<u64>,
    /// Bound on the time of each mutant.
    pub timeout: Duration,
    /// Bound on the memory of all together.
    pub memory_bytes_max: Option<u64>,
    /// Asks for an end.
    pub interrupt: Option<&'a AtomicBool>,
    /// Told of each mutant as it is judged: how many, of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// A mutant may have so many times the states of the model.
pub const GROWTH: u64 = 20;
/// A mutant may have so many states at least.
pub const STATES_MIN: u64 = 100_000;

/// The model as it is does not hold, so no mutant was run.
#[derive(Debug)]
pub struct Refusal(pub Box<Verdict>);

/// Checks the model, then each of these mutants of it.
///
/// # Errors
/// Where the model itself is not verified.
pub fn analyse(model: &Model, mutants: &[Mutant], options: &Options<'_>) -> Result<Analysis, Refusal> {
    let clock = Instant::now();
    let deadline = Bounds { deadline: None, ..bounds(options, None) };
    let baseline = check(model, &check::Options { bounds: deadline, threads: options.jobs, ..quick() });
    if baseline.word != Word::Verified {
        return Err(Refusal(Box::new(baseline)));
    }
    let judge = Judge::new(model, &baseline, options);
    let mutants = judge.all(mutants);
    let elapsed_s = clock.elapsed().as_secs_f64();
    Ok(Analysis { path: String::new(), baseline, mutants, elapsed_s })
}

/// Orderings are not what mutants are judged by.
fn quick<'a>() -> check::Options<'a> {
    check::Options { orderings: false, ..check::Options::default() }
}

fn bounds<'a>(options: &Options<'a>, states_max: Option<u64>) -> Bounds<'a> {
    Bounds {
        states_max,
        memory_bytes_max: options.memory_bytes_max,
        deadline: Instant::now().checked_add(options.timeout),
        interrupt: options.interrupt,
    }
}

/// Judges mutants against the model that they were made of.
struct Judge<'a> {
    model: &'a Model,
    options: &'a Options<'a>,
    states_max: u64,
    system: Network,
    /// Knows every component that the model can reach, if it came to its end.
    explorer: Explorer<Network>,
    knows_all: bool,
}

impl<'a> Judge<'a> {
    fn new(model: &'a Model, baseline: &Verdict, options: &'a Options<'a>) -> Self {
        let system = model.system();
        let mut explorer = Explorer::new(system.clone());
        let most = GROWTH.saturating_mul(baseline.stats.distinct_states).max(STATES_MIN);
        let states_max = options.states_max.unwrap_or(most);
        let mut walk = Course::new(model);
        walk.take_enabled(&model.walk);
        for state in walk.states() {
            explorer.number(&state.components, &mut Nobody);
        }
        // The model itself came to its end within these.
        let bounds = bounds(options, options.states_max);
        let quick =
            engine::Options { threads: options.jobs, paths: false, bounds, ..engine::Options::default() };
        let goes_on = model.then == Then::Explore && !walk.last().halted;
        let knows_all =
            !goes_on || explorer.explore(&walk.last().components, &mut Nobody, &quick).end == End::Exhausted;
        Self { model, options, states_max, system, explorer, knows_all }
    }

    /// Several threads take the next one in turn.
    fn all(&self, mutants: &[Mutant]) -> Vec<MutantVerdict> {
        let (next, judged) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            while let Some((number, mutant)) = {
                let number = next.fetch_add(1, Ordering::Relaxed);
                mutants.get(number).map(|mutant| (number, mutant))
            } {
                let verdict = self.judge(mutant);
                let mut judged = judged.lock().unwrap_or_else(PoisonError::into_inner);
                judged.push((number, verdict));
                (self.options.progress)(judged.len(), mutants.len());
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.options.jobs {
                scope.spawn(work);
            }
        });
        let mut judged = judged.into_inner().unwrap_or_else(PoisonError::into_inner);
        judged.sort_by_key(|(number, _)| *number);
        judged.into_iter().map(|(_, verdict)| verdict).collect()
    }

    fn judge(&self, mutant: &Mutant) -> MutantVerdict {
        let name = mutant.name.clone();
        let declared = self.model.equivalent.contains(&name);
        let mutated = match mutant.apply(self.model) {
            Ok(mutated) => mutated,
            Err(reason) => {
                return MutantVerdict {
                    name,
                    fate: Fate::Unviable,
                    reason,
                    declared,
                    verdict: None,
                    twin: None,
                };
            }
        };
        let bounds = bounds(self.options, Some(self.states_max));
        let verdict = check(&mutated, &check::Options { bounds, ..quick() });
        let fate = match verdict.word {
            Word::Violated => Fate::Caught,
            Word::Incomplete => Fate::Inconclusive,
            Word::Verified | Word::Vacuous => Fate::Missed { identical: self.is_identical(&mutated) },
        };
        let cut = (fate == Fate::Inconclusive).then(|| verdict.end_reason.text().to_owned());
        let reason = cut.unwrap_or_default();
        let first = verdict.counterexamples.first();
        let twin = first.map(|run| check::twin(&mutated, self.model, &run.events));
        MutantVerdict { name, fate, reason, declared, verdict: Some(Box::new(verdict)), twin }
    }

    /// Every component that the model can reach offers the same events in the mutant, with the same effect: by
    /// induction on runs, both reach the same states by the same edges.
    fn is_identical(&self, mutated: &Model) -> bool {
        let other = mutated.system();
        if !self.knows_all || other.topology != self.system.topology {
            return false;
        }
        let mut places = self.explorer.atlas().places().iter().enumerate();
        places.all(|(place, known)| {
            known.components().all(|component| {
                let of = |system: &Network| {
                    let mut locals = system.offered(place, component);
                    for local in &mut locals {
                        local.trace.clear();
                    }
                    locals
                };
                of(&self.system) == of(&other)
            })
        })
    }
}
