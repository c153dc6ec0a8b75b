//! The shortest run for each property that fails and for each condition to be reached: on the walk if it shows there,
//! else by a second pass from the walk's end. Each is re-executed on the plain semantics before anyone sees it.

use super::cut_short::cut_short;
use super::told::Told;
use super::walk::{Walk, milestones};
use super::{Network, Options, because, diagram, picture};
use crate::algorithm::Program;
use crate::apps::App;
use crate::engine::verdict::{Run, RunKind};
use crate::engine::{self, Bounds, Explorer, Goals, Status};
use crate::model::{Model, ModelEvent, Then};
use crate::network::Application;
use crate::network::{Event, Item, SnapshotId, StateOf};
use crate::oracle::{Endless, Findings, Goal, Hunt, Judge, Liveness, Property};

/// The runs found.
#[derive(Default)]
pub struct Runs {
    /// One for each property that fails.
    pub counterexamples: Vec<Run>,
    /// One for each condition of `reach` that is met.
    pub witnesses: Vec<Run>,
}

/// Finds a run for everything that asks for one.
pub fn find(
    model: &Model,
    walk: &Walk,
    explorer: &mut Explorer<Network>,
    judge: &mut Judge<'_, App, Program>,
    findings: &Findings,
    liveness: &Liveness<ModelEvent>,
    options: &Options<'_>,
) -> Runs {
    let endless = || liveness.endless.iter().filter(|endless| !findings.tally.fails(endless.property));
    let goals = goals(findings, judge);
    let is_shown = |goal: &Goal| endless().any(|endless| *goal == Goal::Failure(endless.property));
    let goals: Vec<Goal> = goals.into_iter().filter(|goal| !is_shown(goal)).collect();
    let endless: Vec<_> = endless().collect();
    let found = shortest(model, walk, explorer, judge, findings, &goals, options);
    let mut runs = Runs::default();
    for (goal, Found { runs: found, minimal }) in goals.iter().zip(found) {
        for events in found {
            let run = Run { minimal, ..run(model, findings, *goal, &events, None) };
            match run.kind {
                RunKind::Witness => runs.witnesses.push(run),
                RunKind::Counterexample | RunKind::Example => runs.counterexamples.push(run),
            }
        }
    }
    for Endless { property, lasso } in endless {
        let stem = model.walk.iter().chain(&lasso.stem);
        let events: Vec<ModelEvent> = stem.chain(&lasso.cycle).cloned().collect();
        let from = events.len() - lasso.cycle.len();
        runs.counterexamples.push(run(model, findings, Goal::Failure(*property), &events, Some(from)));
    }
    let order = |run: &Run| Property::named(&run.property, &model.application.rules());
    runs.counterexamples.sort_by_key(order);
    runs
}

/// A run that shows the goal, as reports tell it.
fn run(
    model: &Model,
    findings: &Findings,
    goal: Goal,
    events: &[ModelEvent],
    repeats_from: Option<usize>,
) -> Run {
    let told = Told::along(model, events, |states| subject(&model.system(), goal, events, states));
    let diagram = diagram::of(model, &told);
    let (kind, name, reason) = match goal {
        Goal::Condition(reach) => {
            let condition = picture::condition(model, &model.reach[reach]);
            (RunKind::Witness, condition, "reached here".to_owned())
        }
        Goal::Failure(property) => {
            let reason = because::failure(model, property, &told, &diagram);
            (RunKind::Counterexample, property.name().to_owned(), reason)
        }
        Goal::End => {
            let reason = because::never_complete(model, findings);
            (RunKind::Counterexample, Property::Recorded.name().to_owned(), reason)
        }
    };
    let reason = match repeats_from {
        Some(from) => {
            format!("{reason}, and so it stays: events #{} to #{} repeat for ever", from + 1, events.len())
        }
        None => reason,
    };
    let minimal = repeats_from.is_none();
    Run { minimal, repeats_from, ..told.run(model, kind, name, reason, diagram) }
}

/// What to look for, in the order of reports.
fn goals(findings: &Findings, judge: &Judge<'_, App, Program>) -> Vec<Goal> {
    let goal = |judgement: &crate::oracle::Judgement| match (judgement.property, judgement.status) {
        (Property::Reach, _) => None,
        (Property::Recorded, Status::Violated) if !findings.tally.fails(Property::Recorded) => {
            Some(Goal::End)
        }
        (property, Status::Violated) => Some(Goal::Failure(property)),
        _ => None,
    };
    let conditions = (0..judge.questions.reach.len()).filter(|&reach| findings.tally.is_met(reach));
    findings.judgements.iter().filter_map(goal).chain(conditions.map(Goal::Condition)).collect()
}

/// What was found for one goal: the events of runs from the initial state.
struct Found {
    runs: Vec<Vec<ModelEvent>>,
    /// There are no shorter ones.
    minimal: bool,
}

/// The shortest runs for each goal.
fn shortest(
    model: &Model,
    walk: &Walk,
    explorer: &mut Explorer<Network>,
    judge: &mut Judge<'_, App, Program>,
    findings: &Findings,
    goals: &[Goal],
    options: &Options<'_>,
) -> Vec<Found> {
    let hunt = Hunt::new(judge, findings, goals.to_vec());
    let on_walk = |goal: &Goal| {
        if *goal == Goal::End && (model.then == Then::Stop || walk.last().halted) {
            return Some(model.walk.clone());
        }
        let mut sights = walk.sights.iter();
        let seen = sights.find(|(_, ids, sight)| hunt.meets(*goal, ids, *sight));
        seen.map(|(events, ..)| model.walk[..*events].to_vec())
    };
    let found = |goal| Found { runs: on_walk(goal).into_iter().collect(), minimal: true };
    let mut runs: Vec<Found> = goals.iter().map(found).collect();
    if model.then == Then::Stop || walk.last().halted {
        return runs;
    }
    let reduced = std::mem::take(&mut judge.at_ends);
    let full = engine::Options { bounds: within(options, reduced.is_some()), ..options.engine() };
    let mut hunt = Hunt::new(judge, findings, missing(goals, &runs));
    hunt_for(&mut runs, model, walk, explorer, &mut hunt, &full);
    if reduced.is_some() {
        let minimal: Vec<bool> = runs.iter().map(|found| !found.runs.is_empty()).collect();
        judge.at_ends = reduced;
        let partial = engine::Options { stubborn: true, distinct: 1, ..options.engine() };
        let mut hunt = Hunt::new(judge, findings, missing(goals, &runs));
        hunt_for(&mut runs, model, walk, explorer, &mut hunt, &partial);
        judge.at_ends = None;
        for ((goal, found), minimal) in goals.iter().zip(&mut runs).zip(minimal) {
            let mut hunt = Hunt::new(judge, findings, Vec::new());
            if !minimal {
                let shorter = |events| cut_short(model, explorer, &mut hunt, *goal, events);
                found.runs = std::mem::take(&mut found.runs).into_iter().map(shorter).collect();
                found.minimal = false;
            }
        }
    }
    judge.at_ends = reduced;
    runs
}

/// A search in full may be much longer than a reduced one: then it ends early, and a run need not be a shortest one.
fn within<'a>(options: &Options<'a>, reduced: bool) -> Bounds<'a> {
    let states_max = if reduced { Some(options.full_states_max) } else { options.bounds.states_max };
    Bounds { states_max, ..options.bounds }
}

/// The goals without a run.
fn missing(goals: &[Goal], runs: &[Found]) -> Vec<Goal> {
    goals.iter().zip(runs).filter(|(_, found)| found.runs.is_empty()).map(|(goal, _)| *goal).collect()
}

/// Looks for what has no run yet.
fn hunt_for(
    runs: &mut [Found],
    model: &Model,
    walk: &Walk,
    explorer: &mut Explorer<Network>,
    hunt: &mut Hunt<'_, '_, App, Program>,
    options: &engine::Options<'_>,
) {
    if hunt.is_empty() {
        return;
    }
    let paths = explorer.shortest(&walk.last().components, hunt, options);
    for (found, paths) in runs.iter_mut().filter(|found| found.runs.is_empty()).zip(paths) {
        let whole = |path| model.walk.iter().cloned().chain(path).collect();
        found.runs = paths.into_iter().map(whole).collect();
    }
}

/// The snapshot that a run is about: the one that its last event completes; of these the one that shows the goal;
/// else the one of its last marker or start; else the first.
fn subject(
    system: &Network,
    goal: Goal,
    events: &[ModelEvent],
    states: &[StateOf<App>],
) -> Option<SnapshotId> {
    let before = &states[states.len().saturating_sub(2)];
    let last = &states[states.len() - 1];
    let newly = milestones(system, last) & !milestones(system, before);
    let completed = || system.snapshot_ids().filter(|snapshot| newly >> snapshot.0 & 1 == 1);
    let shows = |snapshot: &SnapshotId| match goal {
        Goal::Failure(property) => because::shows(system, property, last, *snapshot),
        Goal::End | Goal::Condition(_) => true,
    };
    let touched = events.iter().rev().find_map(|event| match event {
        Event::Start(snapshot, _)
        | Event::Receive(_, Item::Marker(snapshot))
        | Event::Resume(_, snapshot) => Some(*snapshot),
        _ => None,
    });
    completed()
        .find(shows)
        .or_else(|| completed().next())
        .or(touched)
        .or_else(|| system.snapshot_ids().next())
}
