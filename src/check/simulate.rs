//! Runs by chance, judged one by one: for systems beyond exhaustion. What is found is made short; that nothing is found
//! proves nothing.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use super::Course;
use super::chance::{self, Chance};
use super::theorem;
use super::uniform::Uniform;
use crate::engine::Status;
use crate::engine::simulation::{Failing, Simulation};
use crate::engine::verdict::{Run, Verdict};
use crate::model::{Model, ModelEvent, Then};
use crate::network::{Application, When};
use crate::oracle::Property;

/// Which runs.
#[derive(Clone, Copy)]
pub struct Chances<'a> {
    /// The same seed, the same runs.
    pub seed: u64,
    /// How many.
    pub runs: u64,
    /// How many threads; no result depends on it.
    pub threads: usize,
    /// Each ends after so many events at the latest.
    pub events_max: usize,
    /// Ends the simulation when it is set.
    pub interrupt: Option<&'a AtomicBool>,
    /// Told how many runs are through, often.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// What one run has shown.
struct Seen {
    run: u64,
    events: Vec<ModelEvent>,
    ended: bool,
    verdict: Verdict,
    /// How many of its snapshots the theorem holds of.
    permuted: u64,
}

/// Judged in single runs. The rest needs the state graph of the application alone; that a recorded state is reachable and
/// leads to the actual one is shown by another order of the run's own events, where there is one.
fn is_judged(property: Property) -> bool {
    match property {
        Property::ConsistentCut
        | Property::TotalPreserved
        | Property::Terminates
        | Property::WellFormed
        | Property::NothingLost
        | Property::Recorded => true,
        Property::Own(rule) => rule.when != When::Eventually,
        Property::RecordedStateReachable
        | Property::LeadsToActual
        | Property::NonInterference
        | Property::Reach => false,
    }
}

/// Takes runs by chance; where orderings can be drawn uniformly, each as likely as another.
pub fn simulate(model: &Model, uniform: Option<&Uniform<'_>>, chances: &Chances<'_>) -> Simulation {
    let model = Model {
        check: model.check.iter().copied().filter(|property| is_judged(*property)).collect(),
        ..model.clone()
    };
    let mut simulation = taken(&model, uniform, chances);
    simulation.seed = chances.seed;
    simulation.interrupted = simulation.runs < chances.runs;
    simulation.orderings = uniform.map(|uniform| uniform.orderings().clone());
    simulation.properties = judged(&model);
    let rules = model.application.rules();
    let order = |failing: &Failing| Property::named(&failing.property, &rules);
    simulation.failures.sort_by_key(order);
    for failing in &mut simulation.failures {
        shorten(&model, failing);
    }
    simulation
}

/// Several threads take the next run in turn. A search has threads of its own, so these are none of its pool.
fn taken(model: &Model, uniform: Option<&Uniform<'_>>, chances: &Chances<'_>) -> Simulation {
    let next = AtomicU64::new(0);
    let interrupted = || chances.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed));
    let work = || {
        let mut simulation = Simulation::default();
        while !interrupted() {
            let run = next.fetch_add(1, Ordering::Relaxed);
            if run >= chances.runs {
                break;
            }
            gather(&mut simulation, &one(model, uniform, chances, run));
            (chances.progress)(run + 1);
        }
        simulation
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..chances.threads).map(|_| scope.spawn(work)).collect();
        let mut all = Simulation::default();
        for worker in workers {
            match worker.join() {
                Ok(simulation) => merge(&mut all, simulation),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

fn judged(model: &Model) -> Vec<String> {
    let has = |property: &Property| match property {
        Property::Terminates | Property::WellFormed => true,
        Property::Recorded => !model.recorded.is_empty(),
        other => is_judged(*other) && model.check.contains(other),
    };
    let all = Property::all(&model.application.rules()).into_iter();
    all.filter(has).map(|property| property.name().to_owned()).collect()
}

fn one(model: &Model, uniform: Option<&Uniform<'_>>, chances: &Chances<'_>, run: u64) -> Seen {
    let mut chance = Chance::new(chances.seed, run);
    let course = match uniform {
        Some(uniform) => uniform.run(&mut chance),
        None => chance::run(model, &mut chance, chances.events_max),
    };
    let ended = model.then == Then::Stop || course.last().halted || course.next().is_empty();
    let alone = theorem::alone(model);
    let (mut judged, mut permuted) = (Course::new(model), 0);
    for event in course.events() {
        let complete = judged.complete();
        judged.take_enabled([event]);
        let newly = judged.complete() & !complete != 0;
        permuted += u64::from(newly && theorem::example(model, &alone, &judged).is_some());
    }
    Seen { run, ended, permuted, verdict: judged.verdict(), events: course.into_events() }
}

fn gather(simulation: &mut Simulation, seen: &Seen) {
    simulation.runs += 1;
    simulation.events += seen.events.len() as u64;
    simulation.ended += u64::from(seen.ended);
    simulation.completed += seen.verdict.stats.completed_snapshots;
    simulation.permuted += seen.permuted;
    let failing = seen.verdict.properties.iter().filter(|property| property.status == Status::Violated);
    for property in failing {
        let Some(run) = seen.verdict.counterexamples.iter().find(|run| run.property == property.name) else {
            continue;
        };
        let (found_in, run) = (run.events.len(), run.clone());
        let failing = Failing { property: property.name.clone(), runs: 1, first: seen.run, found_in, run };
        add(simulation, failing);
    }
}

fn merge(one: &mut Simulation, other: Simulation) {
    one.runs += other.runs;
    one.events += other.events;
    one.ended += other.ended;
    one.completed += other.completed;
    one.permuted += other.permuted;
    other.failures.into_iter().for_each(|failing| add(one, failing));
}

/// The first run that shows it is kept, whichever thread met it.
fn add(simulation: &mut Simulation, failing: Failing) {
    match simulation.failures.iter_mut().find(|known| known.property == failing.property) {
        None => simulation.failures.push(failing),
        Some(known) => {
            let runs = known.runs + failing.runs;
            if failing.first < known.first {
                *known = failing;
            }
            known.runs = runs;
        }
    }
}

fn shorten(model: &Model, failing: &mut Failing) {
    let shown = |course: &Course<'_>| -> Option<Run> {
        let runs = course.verdict().counterexamples;
        runs.into_iter().find(|run| run.property == failing.property)
    };
    let mut course = Course::new(model);
    course.take_named(&failing.run.events);
    let events = chance::shrunk(model, course.into_events(), |course| Some(shown(course)?.events.len()));
    let mut short = Course::new(model);
    short.take_enabled(&events);
    if let Some(run) = shown(&short) {
        let walked = model.walk.len().min(run.events.len());
        failing.run = Run { minimal: false, walked, ..run };
    }
}
