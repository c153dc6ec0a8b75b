//! Stubborn sets against the search in full, which is their naive twin: the same terminal states, recorded snapshots and
//! verdicts, on golden systems, on random ones with odd algorithms, and on every model that comes along.

mod reference;

use std::collections::BTreeSet;
use std::sync::Arc;

use cl_check::check::{Options, Reduce, check};
use cl_check::engine::verdict::Verdict;
use cl_check::engine::{self, Explorer, Status, TransitionSystem};
use cl_check::model::Model;
use cl_check::network::{Channel, Dependency, Discipline, Topology};
use cl_check::oracle::{Judge, Property, Questions};

use reference::Reference;
use reference::golden::{Golden, Shape, rows_up_to};
use reference::random::random_model;

/// Larger systems take too long in full.
const STATES_MAX: usize = 4_000;

/// What a search sees of recorded snapshots and of ends.
#[derive(Debug, PartialEq)]
struct Seen {
    terminals: u64,
    snapshots: BTreeSet<String>,
}

/// The recorded snapshots in full, not as numbers; and how many states were explored for them.
fn seen(model: &Model, stubborn: bool) -> Option<(Seen, u64)> {
    let system = model.system();
    let initial = system.initial();
    let questions = Questions { properties: vec![Property::ConsistentCut], ..Questions::default() };
    let mut judge = Judge::new(&system, &questions);
    let mut explorer = Explorer::new(system.clone());
    if stubborn {
        explorer.set_dependence(Arc::new(Dependency::of(&system, &initial).ok()?));
        judge.at_ends = Some(u64::MAX);
    }
    let options = engine::Options { stubborn, paths: false, ..engine::Options::default() };
    let outcome = explorer.explore(&initial, &mut judge, &options);
    let mut snapshots = BTreeSet::new();
    for (number, recorded) in outcome.tallies.iter().flat_map(|tally| &tally.distinct) {
        let views: Vec<_> =
            recorded.iter().enumerate().map(|(place, &view)| judge.views.view(place, view)).collect();
        snapshots.insert(format!("{number:?} {views:?}"));
    }
    Some((Seen { terminals: outcome.figures.terminals, snapshots }, outcome.figures.states))
}

/// The model on plain channels and without what stubborn sets are never used for.
fn plain(seed: u64) -> Model {
    let mut model = random_model(seed);
    let is_fifo = |channel: &Channel| channel.discipline == Discipline::Fifo;
    if model.topology.channels().iter().all(is_fifo) && model.schedule.is_none() && model.capacity.is_none() {
        return model;
    }
    let channels = model.topology.channels().iter().map(|channel| Channel { discipline: Discipline::Fifo, ..*channel });
    model.topology = Topology::new(model.topology.names().to_vec(), channels.collect());
    (model.schedule, model.capacity) = (None, None);
    model.walk.clear();
    model
}

fn statuses(verdict: &Verdict) -> Vec<(&str, Status)> {
    let judged = verdict.properties.iter().filter(|property| property.name != "LeadsToActual");
    judged.map(|property| (property.name.as_str(), property.status)).collect()
}

/// Status by status, and as long a counterexample.
fn agree(model: &Model, what: &str) -> Verdict {
    let full = check(model, &Options::default());
    let reduced = check(model, &Options { reduce: Reduce::Stubborn, ..Options::default() });
    assert_eq!(statuses(&reduced), statuses(&full), "{what}");
    assert_eq!(reduced.stats.distinct_snapshots, full.stats.distinct_snapshots, "{what}");
    assert_eq!(reduced.stats.terminal_states, full.stats.terminal_states, "{what}");
    for run in &reduced.counterexamples {
        let other = full.counterexamples.iter().find(|other| other.property == run.property);
        assert_eq!(other.map(|other| &other.events), Some(&run.events), "{what}");
    }
    reduced
}

#[test]
fn random_models_have_the_same_ends_snapshots_and_verdicts() {
    let (mut reduced, mut refused, mut violated, mut fewer) = (0, BTreeSet::new(), 0, 0);
    for seed in 0..1500 {
        let model = plain(seed);
        if !Reference::of_model(&model).has_at_most(STATES_MAX) {
            continue;
        }
        let what = format!("seed {seed}");
        if let Some((partial, states)) = seen(&model, true) {
            let (full, all) = seen(&model, false).expect("in full there is nothing to refuse");
            assert_eq!(partial, full, "{what}");
            fewer += usize::from(states < all);
        }
        let verdict = agree(&model, &what);
        reduced += usize::from(verdict.stats.reduction == "stubborn");
        violated += usize::from(verdict.stats.reduction == "stubborn" && !verdict.counterexamples.is_empty());
        refused.extend(verdict.stats.reduced.and_then(|reduced| reduced.note));
    }
    println!("{reduced} reduced, {violated} of them violated, {fewer} with fewer states; refused for {refused:#?}");
    assert!(reduced > 100 && violated > 20 && fewer > 100 && refused.len() > 5);
}

#[test]
fn golden_systems_have_the_same_ends() {
    for row in rows_up_to(60_000_000) {
        let (seen, states) = seen(&row.model(), true).expect("Chandy and Lamport's algorithm is fit");
        assert_eq!(seen.terminals, row.terminal_states as u64, "{row:?}");
        println!("{} {states}", name(row));
    }
}

fn name(row: &Golden) -> String {
    let shape = match row.shape {
        Shape::K(processes) => format!("K{processes}"),
        Shape::R(processes) => format!("R{processes}"),
        Shape::L(processes) => format!("L{processes}"),
    };
    format!("{shape} {} B{} S{} {}", row.initiators.len(), row.balance, row.sends, row.distinct_states)
}

#[test]
fn look() {
    let Ok(seed) = std::env::var("SEED") else { return };
    let model = plain(seed.parse().unwrap());
    println!("{model:#?}");
    for reduce in [Reduce::None, Reduce::Stubborn] {
        let verdict = check(&model, &Options { reduce, ..Options::default() });
        println!("{:?} {:?} {:?} {:?}", verdict.stats, statuses(&verdict), verdict.warnings, verdict.counterexamples.iter().map(|r| (&r.property, &r.events)).collect::<Vec<_>>());
    }
}
