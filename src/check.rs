//! One model -> one verdict: the main job.

mod because;
pub mod chance;
mod classify;
mod course;
mod coverage;
mod culprit;
mod cut_short;
mod diagram;
mod endless;
mod estimate;
mod explain;
mod graph;
mod options;
mod parts;
mod picture;
mod reachable;
mod reduce;
mod runs;
mod simulate;
mod smaller;
mod summary;
mod symmetry;
pub mod theorem;
mod told;
mod twin;
mod uniform;
mod walk;

use std::time::{Duration, Instant};

use crate::algorithm::Program;
use crate::algorithm::validate::omissions;
use crate::apps::App;
use crate::engine::verdict::{EndReason, Expected, Stats, Verdict, Word};
use crate::engine::{
    self, Bounds, DiskError, End, Explorer, Figures, Keep, Status, TransitionSystem, peak_resident_bytes,
    resident_bytes,
};
use crate::model::{Expect, Model, Then};
use crate::network::{Symmetry, System};
use crate::oracle::{
    Extent, Findings, Judge, Judgement, Liveness, Property, Questions, Tally, find_liveness,
};

pub use classify::{Unclassified, classify};
pub use course::{Course, Next};
pub use estimate::{Effort, estimate, sampled_size};
pub use explain::{RUNS_MAX, surprise};
pub use options::{Options, Reduce};
use reduce::Sets;
pub use simulate::{Chances, simulate};
pub use theorem::Example;
pub use twin::twin;
pub use uniform::{Unfit, Uniform};
use walk::Walk;

type Network = System<App, Program>;

/// What the main search has found.
struct Explored {
    figures: Figures,
    end: EndReason,
    /// How often each move was taken, by place and number; only for coverage.
    taken: Vec<Vec<u64>>,
}

/// Explores every ordering of a model's events and judges its properties.
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
///
/// let pair = r#"Model(
///     name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")],
///     application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
/// )"#;
/// let verdict = check(&read(&Source::new("pair.ron", pair)).unwrap(), &Options::default());
/// assert_eq!(verdict.word, Word::Verified);
/// assert_eq!(verdict.stats.distinct_states, 65);
/// assert_eq!(verdict.stats.orderings, Some(102_u32.into()));
/// ```
pub fn check(model: &Model, options: &Options<'_>) -> Verdict {
    check_on(model, options, &Keep::default()).expect("without a disk nothing can be wrong with it")
}

/// The same, with a disk for layers that do not fit, and for checkpoints. Which model it is, and what is asked, is said
/// in `keep` here.
///
/// # Errors
/// What cannot be written or read; a checkpoint that is damaged, or of something else.
pub fn check_on(model: &Model, options: &Options<'_>, keep: &Keep<'_>) -> Result<Verdict, DiskError> {
    let clock = Instant::now();
    engine::forget_peak_resident_bytes();
    let resident_before = resident_bytes();
    let system = model.system();
    let walked = Walk::states_along(&system, &model.walk);
    let sets = Sets::of(model, &system, &walked[walked.len() - 1], options);
    let questions = questions(model, &sets);
    let (mut judge, mut explorer) = (Judge::new(&system, &questions), Explorer::new(system.clone()));

    let walk = Walk::along(&system, &mut explorer, &mut judge, &model.walk);
    let mut tally = walk.tally.clone();
    rely_on(&sets, &system, &mut explorer, &mut judge, &walk, options);
    let keep = Keep { model: &format!("{model:?}"), asked: &asked(options), ..*keep };
    let symmetry = symmetry::find(model, &walk, &mut explorer, options);
    let way = Way { symmetry: symmetry.as_ref(), options, keep: &keep };
    let explored = explore(model, &walk, &mut explorer, &mut judge, &mut tally, &way)?;
    let endless = system.largest_step().is_none();
    let extent = Extent { complete: explored.end.is_complete(), endless, states: explored.figures.states };
    let liveness = match explored.end {
        EndReason::Exhausted => {
            find_liveness(&mut judge, &mut explorer, &walk.last().components, &options.engine())
        }
        _ => Liveness::default(),
    };
    let mut findings = Findings::of(&judge, &explorer, tally, extent, &liveness, &options.engine());
    if let Some(symmetry) = &symmetry {
        judge.unfold_pairs(&mut findings.missed, &symmetry.renamings);
    }
    let second_pass = second_pass(options, clock.elapsed());
    let runs = runs::find(model, &walk, &mut explorer, &mut judge, &findings, &liveness, &second_pass);
    let end_reason = findings.undecided.map_or(explored.end, end_reason);

    let word = word(model, &findings, end_reason);
    let mut stats = stats(&explored.figures, &findings.tally, symmetry.as_ref(), &sets, options);
    stats.elapsed_s = clock.elapsed().as_secs_f64();
    stats.peak_rss_bytes = peak_resident_bytes().unwrap_or(0);
    let added = stats.peak_rss_bytes.saturating_sub(resident_before.unwrap_or(0));
    stats.bytes_per_state = added as f64 / explored.figures.explored as f64;
    let shown = runs.counterexamples.iter().chain(&runs.witnesses).next();
    let path = shown.map_or(&[][..], |run| run.events.as_slice());
    let graph = options.graph.then(|| graph::graph(model, path)).flatten();
    let coverage = coverage::count(model, &explorer, &explored.taken, &walk.trace);
    Ok(Verdict {
        path: String::new(),
        name: model.name.clone(),
        heading: summary::heading(model),
        word,
        expected: expected(model),
        met: is_met(model, word, &findings),
        end_reason,
        properties: summary::properties(model, &judge, &findings, end_reason),
        stats,
        counterexamples: runs.counterexamples,
        witnesses: runs.witnesses,
        warnings: warnings(model, &coverage, word, &sets),
        coverage: options.coverage.then(|| coverage.into_counts()),
        graph,
    })
}

/// What is asked, as far as it changes what a checkpoint holds.
fn asked(options: &Options<'_>) -> String {
    format!("orderings: {}, reduce: {:?}", options.orderings, options.reduce)
}

/// Where stubborn sets are right, the explorer is told what they are made of, and the judge looks at terminal states.
fn rely_on(
    sets: &Sets,
    system: &Network,
    explorer: &mut Explorer<Network>,
    judge: &mut Judge<'_, App, Program>,
    walk: &Walk,
    options: &Options<'_>,
) {
    let Sets::On(dependency) = sets else { return };
    explorer.set_dependence(dependency.clone());
    judge.at_ends = Some(!walk::milestones(system, walk.last()));
    reduce::audit(system, dependency, &walk.last().components, options.audit);
}

/// What makes a proof weaker than it looks, or no proof at all.
fn warnings(model: &Model, coverage: &coverage::Coverage, word: Word, sets: &Sets) -> Vec<String> {
    let mut warnings = if model.snapshots.is_empty() { Vec::new() } else { omissions(&model.algorithm) };
    // What is left out may have been the only one to take an action.
    if !sets.is_on() {
        warnings.extend(coverage::warnings(model, coverage, word));
    }
    warnings
}

/// The second pass ends by itself when it has found what the first has seen. It may take as long as the first did.
fn second_pass<'a>(options: &Options<'a>, first_pass: Duration) -> Options<'a> {
    let deadline = options.bounds.deadline.map(|_| Instant::now() + first_pass.max(Duration::from_secs(1)));
    Options { bounds: Bounds { states_max: None, deadline, ..options.bounds }, ..*options }
}

/// What the model asks, and what is always asked.
fn questions(model: &Model, sets: &Sets) -> Questions {
    let mut properties = model.check.clone();
    properties.retain(|&property| !(sets.is_on() && reduce::is_left_out(model, property)));
    properties.extend([Property::Terminates, Property::WellFormed]);
    properties.extend((!model.recorded.is_empty()).then_some(Property::Recorded));
    properties.extend((!model.reach.is_empty()).then_some(Property::Reach));
    properties.sort_unstable();
    properties.dedup();
    Questions { properties, recorded: model.recorded.clone(), reach: model.reach.clone() }
}

/// How the main search goes about it.
struct Way<'a> {
    /// The symmetries, if one state is to stand for its orbit.
    symmetry: Option<&'a Symmetry>,
    options: &'a Options<'a>,
    /// What is put on disk.
    keep: &'a Keep<'a>,
}

/// Explores from the walk's end, unless the walk is all there is.
fn explore(
    model: &Model,
    walk: &Walk,
    explorer: &mut Explorer<Network>,
    judge: &mut Judge<'_, App, Program>,
    tally: &mut Tally,
    &Way { symmetry, options, keep }: &Way<'_>,
) -> Result<Explored, DiskError> {
    let last = walk.last();
    if model.then == Then::Stop || last.halted {
        let paths = options.orderings.then(|| 1_u32.into());
        let figures = Figures { states: 1, explored: 1, paths, ..Figures::default() };
        let end = if model.then == Then::Stop { EndReason::Walk } else { EndReason::Exhausted };
        return Ok(Explored { figures, end, taken: Vec::new() });
    }
    // Where a script or a capacity can forbid a move, that it is offered does not mean that it is taken.
    let may_be_refused = model.schedule.is_some() || model.capacity.is_some();
    let options = engine::Options {
        coverage: options.coverage || may_be_refused,
        stubborn: judge.at_ends.is_some(),
        paths: options.orderings && judge.at_ends.is_none(),
        ..options.engine()
    };
    let outcome = explorer.explore_on(&last.components, judge, &options, keep)?;
    for mut other in outcome.tallies {
        if let Some(symmetry) = symmetry {
            judge.unfold(&mut other, &symmetry.renamings);
        }
        tally.merge(other);
    }
    let end = if outcome.figures.cut && outcome.end == End::Exhausted {
        EndReason::Capacity
    } else {
        end_reason(outcome.end)
    };
    Ok(Explored { figures: outcome.figures, end, taken: outcome.taken })
}

fn end_reason(end: End) -> EndReason {
    match end {
        End::Exhausted | End::Enough => EndReason::Exhausted,
        End::States => EndReason::MaxStates,
        End::Memory => EndReason::MaxMemory,
        End::Deadline => EndReason::Timeout,
        End::Interrupted => EndReason::Interrupt,
    }
}

/// Violated beats incomplete beats vacuous (`semantics.md`, section 5).
fn word(model: &Model, findings: &Findings, end: EndReason) -> Word {
    let any = |status| findings.judgements.iter().any(|judgement| judgement.status == status);
    let says_little = |judgement: &Judgement| {
        let of_any_run = [Property::Terminates, Property::WellFormed, Property::NonInterference];
        judgement.status == Status::Vacuous || of_any_run.contains(&judgement.property)
    };
    let nothing_judged = if model.snapshots.is_empty() {
        findings.judgements.iter().all(says_little)
    } else {
        findings.tally.completed == 0
    };
    if any(Status::Violated) {
        Word::Violated
    } else if any(Status::Unknown) || !end.is_complete() {
        Word::Incomplete
    } else if nothing_judged {
        Word::Vacuous
    } else {
        Word::Verified
    }
}

fn expected(model: &Model) -> Expected {
    let (word, properties) = match &model.expect {
        Expect::Verified => (Word::Verified, &[][..]),
        Expect::Violated(properties) => (Word::Violated, properties.as_slice()),
        Expect::Incomplete => (Word::Incomplete, &[][..]),
    };
    Expected { word, properties: properties.iter().map(|property| property.name().to_owned()).collect() }
}

fn is_met(model: &Model, word: Word, findings: &Findings) -> bool {
    let fails = |property: &Property| {
        findings.judgement(*property).is_some_and(|judgement| judgement.status == Status::Violated)
    };
    match &model.expect {
        Expect::Verified => word == Word::Verified,
        Expect::Incomplete => word == Word::Incomplete,
        Expect::Violated(properties) => word == Word::Violated && properties.iter().all(fails),
    }
}

fn stats(
    figures: &Figures,
    tally: &Tally,
    symmetry: Option<&Symmetry>,
    sets: &Sets,
    options: &Options<'_>,
) -> Stats {
    Stats {
        distinct_states: figures.states,
        transitions: figures.transitions,
        terminal_states: figures.terminals,
        depth: figures.depth,
        orderings: figures.paths.clone(),
        distinct_snapshots: tally.snapshots() as u64,
        completed_snapshots: tally.completed,
        reduction: reduce::name(symmetry.is_some(), sets.is_on()).to_owned(),
        reduced: reduce::reduced(symmetry, sets, figures.explored, options.audit),
        threads: options.threads,
        ..Stats::default()
    }
}
