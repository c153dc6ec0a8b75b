//! The naive twin of the engine for applications: whole states in a hash map, breadth first, on the plain semantics; rules
//! judged by looking at every state, and what held at a start remembered beside the state instead of in it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use cl_check::apps::{App, AppMessage, AppState};
use cl_check::engine::{State, TransitionSystem, successors};
use cl_check::model::{Model, ModelEvent};
use cl_check::network::{
    Application, ComponentOf, Event, ProcessId, Rule, Scene, SnapshotId, Standing, When,
};

/// A state, and what each snapshot's start has seen, once it has been started.
type Seen = (Vec<ComponentOf<App>>, bool, Vec<Option<Held>>);

/// The mask of what is detected, and where something is, who started: the engine remembers it there.
type Held = (u64, Option<ProcessId>);

/// What a search has found.
#[derive(Debug, Default)]
pub struct Found {
    /// States, transitions, terminal states, the largest distance, completed snapshots.
    pub figures: [usize; 5],
    /// The rules of the application that fail, each with the length of the shortest run that shows it. Not those that are
    /// about what happens at last.
    pub failing: BTreeMap<&'static str, usize>,
    /// The rules whose property did not stay true.
    pub unstable: BTreeSet<&'static str>,
}

/// Explores a model without a walk.
pub fn explore(model: &Model) -> Found {
    assert!(model.walk.is_empty(), "{}: the plain search takes no walk", model.name);
    let system = model.system();
    let rules = model.application.rules();
    let first: Seen = (system.initial(), false, vec![None; model.snapshots.len()]);
    let mut distances = HashMap::from([(first.clone(), 0)]);
    let mut queue = VecDeque::from([first]);
    let mut found = Found::default();
    let mut completed = HashSet::new();
    while let Some(seen) = queue.pop_front() {
        let distance = distances[&seen];
        let state = State { components: seen.0.clone(), halted: seen.1 };
        let next = successors(&system, &state);
        let is_terminal = next.taken.is_empty() && !next.cut && !state.halted;
        found.figures[0] += 1;
        found.figures[1] += next.taken.len();
        found.figures[2] += usize::from(is_terminal);
        found.figures[3] = found.figures[3].max(distance);
        for rule in rules.iter().filter(|_| !state.halted) {
            if fails_in(model, *rule, &state.components, is_terminal) {
                found.failing.entry(rule.name).or_insert(distance);
            }
        }
        for successor in next.taken {
            let held = held_after(model, &seen, &successor.event, &successor.state.components);
            if successor.event == Event::Restore && loses(model, &seen.0, &successor.state.components) {
                found.failing.entry("NothingLost").or_insert(distance + 1);
            }
            let newly = complete(model, &successor.state.components) & !complete(model, &seen.0);
            let ids = |mask: u64| system.snapshot_ids().filter(move |number| mask >> number.0 & 1 == 1);
            if !successor.state.halted {
                completed.extend(ids(newly).map(|number| (number, successor.state.components.clone())));
            }
            for rule in rules.iter().filter(|_| !successor.state.halted) {
                let fails = |number: SnapshotId| {
                    fails_at_completion(model, *rule, &successor.state.components, number, &held)
                };
                if ids(newly).any(fails) {
                    let length = found.failing.entry(rule.name).or_insert(distance + 1);
                    *length = (*length).min(distance + 1);
                }
                if undoes(model, *rule, &seen.0, &successor.state.components) {
                    found.unstable.insert(rule.name);
                }
            }
            let after: Seen = (successor.state.components, successor.state.halted, held);
            if !distances.contains_key(&after) {
                distances.insert(after.clone(), distance + 1);
                queue.push_back(after);
            }
        }
    }
    found.figures[4] = completed.len();
    found
}

/// What each snapshot's start has seen, after an event.
fn held_after(
    model: &Model,
    before: &Seen,
    event: &ModelEvent,
    after: &[ComponentOf<App>],
) -> Vec<Option<Held>> {
    let mut held = before.2.clone();
    if let &Event::Start(number, by) = event {
        held[number.index()].get_or_insert_with(|| remembered(model, &before.0, by));
    }
    // A restore may give a snapshot up.
    for (number, held) in held.iter_mut().enumerate() {
        let mut processes = after.iter().filter_map(|at| at.process());
        if !processes.any(|process| process.parts[number].begun) {
            *held = None;
        }
    }
    held
}

/// Is something not as it was in the last complete snapshot, or at first if none is complete?
fn loses(model: &Model, before: &[ComponentOf<App>], after: &[ComponentOf<App>]) -> bool {
    let complete = complete(model, before);
    let last = (0..model.snapshots.len()).rev().find(|number| complete >> number & 1 == 1);
    let saved = match last {
        Some(number) => recorded(before, SnapshotId::of(number)),
        None => now(&model.system().initial()),
    };
    saved != now(after)
}

/// The rule is about a stable property, but something that it detects before is no longer so after.
fn undoes(model: &Model, rule: Rule, before: &[ComponentOf<App>], after: &[ComponentOf<App>]) -> bool {
    matches!(rule.when, When::StillSo | When::Found)
        && detects(model, rule, before) & !detects(model, rule, after) != 0
}

fn complete(model: &Model, components: &[ComponentOf<App>]) -> u64 {
    let system = model.system();
    let places = components.iter().enumerate();
    places.fold(u64::MAX, |all, (place, component)| all & system.milestones(place, component))
}

fn fails_in(model: &Model, rule: Rule, components: &[ComponentOf<App>], is_terminal: bool) -> bool {
    let holds = || {
        let now = now(components);
        model.application.holds(&model.topology, rule, &scene(model, &now))
    };
    match rule.when {
        When::Always | When::InStates => !holds(),
        When::AtTheEnd => is_terminal && !holds(),
        _ => false,
    }
}

fn fails_at_completion(
    model: &Model,
    rule: Rule,
    components: &[ComponentOf<App>],
    number: SnapshotId,
    held: &[Option<Held>],
) -> bool {
    let recorded = recorded(components, number);
    let detected = || model.application.detects(&model.topology, rule, &scene(model, &recorded));
    match rule.when {
        When::Always | When::InSnapshots => {
            !model.application.holds(&model.topology, rule, &scene(model, &recorded))
        }
        When::StillSo => detected() & !detects(model, rule, components) != 0,
        When::Found => held[number.index()].map_or(0, |held| held.0) & !detected() != 0,
        _ => false,
    }
}

/// What the rule that looks back to the start detects.
fn remembered(model: &Model, components: &[ComponentOf<App>], by: ProcessId) -> Held {
    let rule = model.application.rules().into_iter().find(|rule| rule.when == When::Found);
    let mask = rule.map_or(0, |rule| detects(model, rule, components));
    (mask, (mask != 0).then_some(by))
}

fn detects(model: &Model, rule: Rule, components: &[ComponentOf<App>]) -> u64 {
    let now = now(components);
    model.application.detects(&model.topology, rule, &scene(model, &now))
}

fn scene<'a>(
    model: &Model,
    standing: &'a [Standing<AppState, AppMessage>],
) -> Scene<'a, AppState, AppMessage> {
    Scene::new(&model.topology, &standing.iter().collect::<Vec<_>>())
}

fn now(components: &[ComponentOf<App>]) -> Vec<Standing<AppState, AppMessage>> {
    let processes = components.iter().filter_map(|component| component.process());
    let stands = processes.map(|process| {
        let channels = process.incoming.iter();
        let messages =
            channels.map(|channel| channel.messages().map(|(message, _)| message.clone()).collect());
        (process.state.clone(), messages.collect())
    });
    stands.collect()
}

fn recorded(components: &[ComponentOf<App>], number: SnapshotId) -> Vec<Standing<AppState, AppMessage>> {
    let processes = components.iter().filter_map(|component| component.process());
    let stands = processes.map(|process| {
        let record =
            process.parts[number.index()].record.clone().expect("a complete snapshot has all records");
        let kept = process.incoming.iter().map(|channel| channel.ledgers[number.index()].kept.clone());
        (record, kept.collect())
    });
    stands.collect()
}
