//! Stubborn sets against the search in full, which is their naive twin: the same terminal states, recorded snapshots and
//! verdicts, on golden systems, on random ones with odd algorithms, and on every model that comes along.

mod reference;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use cl_check::algorithm::Program;
use cl_check::apps::App;
use cl_check::check::{Course, Options, Reduce, check};
use cl_check::engine::verdict::Verdict;
use cl_check::engine::{self, Auditor, Dependence, Explorer, Leaf, Status, TransitionSystem};
use cl_check::model::{Model, ModelEvent, Source, event_text, load, read};
use cl_check::network::{Channel, ComponentOf, Dependency, Discipline, System, Topology};
use cl_check::oracle::{Judge, Property, Questions};

use reference::golden::{Golden, rows_up_to};
use reference::random::random_model;
use reference::systems::{complete, even};
use reference::{Reference, Then};

/// Larger systems take too long in full.
const STATES_MAX: usize = 1_500;
const FIRST: u64 = 0;

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
    let distinct = outcome.tallies.iter().flat_map(|tally| &tally.distinct);
    for (number, recorded) in distinct.flat_map(|(number, all)| all.iter().map(move |it| (number, it))) {
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
    let channels =
        model.topology.channels().iter().map(|channel| Channel { discipline: Discipline::Fifo, ..*channel });
    model.topology = Topology::new(model.topology.names().to_vec(), channels.collect());
    (model.schedule, model.capacity) = (None, None);
    model.walk.clear();
    model
}

fn statuses(verdict: &Verdict) -> Vec<(&str, Status)> {
    let judged = verdict.properties.iter().filter(|property| property.name != "LeadsToActual");
    judged.map(|property| (property.name.as_str(), property.status)).collect()
}

fn is_on(verdict: &Verdict) -> bool {
    ["stubborn", "max"].contains(&verdict.stats.reduction.as_str())
}

/// What a walk has passed may hold items that are never sent again.
#[test]
fn a_walk_may_have_passed_what_cannot_come_again() {
    let text = r#"Model(name: "passed", topology: Complete(["A", "B"]), snapshots: [By("A")],
        application: Checkpoints(sends: {"A": 2}, checkpoints: 0),
        walk: [Tell("A", "B"), Tell("A", "B"), Receive("A", "B"), Receive("A", "B")])"#;
    let model = read(&Source::new("passed.ron", text)).expect("a model");
    assert!(is_on(&agree(&model, Reduce::Stubborn, "a walk")));
}

/// Status by status, and as long a counterexample.
fn agree(model: &Model, reduce: Reduce, what: &str) -> Verdict {
    let full = check(model, &Options::default());
    let reduced = check(model, &Options { reduce, ..Options::default() });
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
    for seed in FIRST..FIRST + 400 {
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
        let reduce = if seed % 2 == 0 { Reduce::Stubborn } else { Reduce::Max };
        let verdict = agree(&model, reduce, &what);
        reduced += usize::from(is_on(&verdict));
        violated += usize::from(is_on(&verdict) && !verdict.counterexamples.is_empty());
        refused.extend(verdict.stats.reduced.and_then(|reduced| reduced.note));
    }
    println!(
        "{reduced} reduced, {violated} of them violated, {fewer} with fewer states; refused for {refused:#?}"
    );
    assert!(reduced > 100 && violated > 20 && fewer > 100 && refused.len() > 5);
}

/// Where the search in full is cut off, a run of the reduced one is shown, made short: it shows what it is for, and
/// says that it may not be a shortest one.
#[test]
fn without_a_search_in_full_runs_are_made_short_and_say_so() {
    let (mut runs, mut longer) = (0, 0);
    for seed in 0..400 {
        let model = plain(seed);
        if !Reference::of_model(&model).has_at_most(STATES_MAX) {
            continue;
        }
        let options = Options { reduce: Reduce::Stubborn, full_states_max: 1, ..Options::default() };
        let reduced = check(&model, &options);
        if !is_on(&reduced) {
            continue;
        }
        let full = check(&model, &Options::default());
        let mut failing = full.counterexamples.iter().filter(|run| run.property != "LeadsToActual");
        assert!(
            failing.all(|run| reduced.counterexamples.iter().any(|other| other.property == run.property))
        );
        for run in &reduced.counterexamples {
            let shortest = full.counterexamples.iter().find(|other| other.property == run.property);
            let length = shortest.expect("the same properties fail").events.len();
            assert!(run.events.len() >= length, "seed {seed}");
            assert!(!run.minimal || run.events.len() == length, "seed {seed}");
            runs += u32::from(!run.minimal);
            longer += usize::from(run.events.len() > length);
            fails_along(&model, &run.events, &run.property, seed);
        }
    }
    println!("{runs} runs made short, {longer} of them longer than need be");
    assert!(runs > 20, "{runs}");
}

/// The property fails on this run alone, as far as one run can tell.
fn fails_along(model: &Model, events: &[String], property: &str, seed: u64) {
    if property == "Terminates" || property == "WellFormed" || property == "NonInterference" {
        return;
    }
    let mut course = Course::new(model);
    course.take_named(events);
    assert_eq!(course.events().len(), events.len(), "seed {seed}");
    let (walk, then) = (course.into_events(), Then::Stop);
    let verdict = check(&Model { walk, then, ..model.clone() }, &Options::default());
    let status = verdict.properties.iter().find(|other| other.name == property).map(|other| other.status);
    assert!(status == Some(Status::Violated) || property == "Recorded", "seed {seed}: {property}");
}

/// The table of docs/stubborn.md, computed again; terminal states are all found.
#[test]
fn golden_systems_have_the_same_ends_and_the_table_tells_their_figures() {
    let mut lines =
        "| graph, snapshots, held, sends | states in full | with stubborn sets | factor |\n| --- | --: | --: | --: |\n".to_owned();
    for row in rows_up_to(60_000_000).filter(|row| row.distinct_states > 20_000) {
        let (seen, states) = seen(&row.model(), true).expect("Chandy and Lamport's algorithm is fit");
        assert_eq!(seen.terminals, row.terminal_states as u64, "{row:?}");
        let factor = row.distinct_states as f64 / states as f64;
        lines += &format!("| {} | {} | {states} | {factor:.0} |\n", name(row), row.distinct_states);
    }
    assert_eq!(table_after("<!-- figures -->\n"), lines, "the table should be:\n{lines}");
}

/// The table of docs/stubborn.md after this line.
fn table_after(begin: &str) -> &'static str {
    let page = include_str!("../docs/stubborn.md");
    let table = page.split(begin).nth(1).and_then(|rest| rest.split("<!-- end of figures -->").next());
    table.expect("a table")
}

/// Models of other applications that may be reduced, if only the snapshots are asked about.
const APPLICATIONS: [&str; 8] = [
    "bank",
    "coins",
    "lectures/three-processes",
    "lectures/variables",
    "lectures/checkpoints-with-snapshot",
    "lectures/checkpoints-coordinated",
    "lectures/checkpoints-domino",
    "lectures/checkpoints-useless",
];

#[test]
fn other_applications_have_the_same_ends_and_snapshots_and_the_table_tells_their_figures() {
    let mut lines =
        "| model | states in full | with stubborn sets | factor |\n| --- | --: | --: | --: |\n".to_owned();
    for name in APPLICATIONS {
        let path = format!("{}/models/{name}.ron", env!("CARGO_MANIFEST_DIR"));
        let model = load(Path::new(&path)).expect("the gallery can be read");
        let (in_full, all) = seen(&model, false).expect("a search in full");
        let (found, some) = seen(&model, true).expect("a model that may be reduced");
        assert_eq!(found, in_full, "{name}");
        let factor = all as f64 / some as f64;
        lines += &format!("| [`{name}.ron`](../models/{name}.ron) | {all} | {some} | {factor:.1} |\n");
    }
    assert_eq!(table_after("<!-- figures of others -->\n"), lines, "the table should be:\n{lines}");
}

fn name(row: &Golden) -> String {
    format!("{}, {}, {}, {}", row.shape, row.initiators.len(), row.balance, row.sends)
}

/// Tables that say of one act at one place that nothing depends on it.
struct Careless {
    right: Dependency<App, Program>,
    place: usize,
    act: usize,
}

impl Dependence<System<App, Program>> for Careless {
    fn act(&self, place: usize, event: &ModelEvent) -> u8 {
        self.right.act(place, event)
    }

    fn leaf(&self, place: usize, component: &ComponentOf<App>) -> Option<Leaf> {
        let leaf = self.right.leaf(place, component)?;
        if place != self.place {
            return Some(leaf);
        }
        let mut known = (*leaf.known).clone();
        known.depends[self.act] = 0;
        Some(Leaf { known: Arc::new(known), ..leaf })
    }
}

/// An audit with the same dice each time.
fn audited(system: &System<App, Program>, tables: &dyn Dependence<System<App, Program>>) -> bool {
    let mut number = 1_u64;
    let mut below = |sides: usize| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) as usize % sides
    };
    Auditor::new(system, tables, 3).audit(&system.initial(), 100, &mut below).is_ok()
}

/// The audit finds tables wrong in which one entry is missing, and lets the right ones pass.
#[test]
fn a_wrong_table_is_caught() {
    let system = even(2, &complete(2), 1, 2, &[&[0]]).system();
    let tables = || Dependency::of(&system, &system.initial()).expect("fit");
    assert!(audited(&system, &tables()));
    let (mut caught, mut all) = (0, 0);
    for place in 0..2 {
        let acts = tables().closure().sites[place].acts.len();
        let depends = |act: usize| {
            let right = tables();
            let leaves = right.components(place).into_iter().filter_map(|at| right.leaf(place, &at));
            leaves.fold(0, |all, leaf| all | leaf.known.depends[act]) != 0
        };
        for act in (0..acts).filter(|&act| depends(act)) {
            all += 1;
            caught += u32::from(!audited(&system, &Careless { right: tables(), place, act }));
        }
    }
    println!("{caught} of {all} wrong tables are caught");
    assert!(caught * 2 > all && all > 4, "{caught} of {all}");
}

#[test]
fn sets_pass_an_audit_on_random_systems() {
    let mut many = 0;
    for seed in 0..200 {
        let model = plain(seed);
        let system = model.system();
        if Reference::of_model(&model).has_at_most(STATES_MAX)
            && let Ok(tables) = Dependency::of(&system, &system.initial())
        {
            assert!(audited(&system, &tables), "seed {seed}");
            many += 1;
        }
    }
    assert!(many > 20, "{many}");
}

/// What depends on what in tokens under Chandy and Lamport's algorithm, at the initiator B and at A, before anything has
/// happened: worked out by hand from the handlers. Before a process has recorded, what records depends on everything that
/// changes its purse or is kept, and on nothing else; sends depend on each other, as they share a budget; receipts on
/// different channels do not depend on each other.
#[test]
fn tokens_depend_on_each_other_as_expected() {
    let model = even(3, &complete(3), 1, 1, &[&[1]]);
    let system = model.system();
    let tables = Dependency::of(&system, &system.initial()).expect("fit");
    let names = |place: usize, acts: u64| -> BTreeSet<String> {
        let all = tables.closure().sites[place].acts.iter().enumerate();
        let named = all.filter(|(act, _)| acts >> act & 1 == 1);
        named.map(|(_, event)| event_text(&model, event)).collect()
    };
    let depends = |place: usize, text: &str| {
        let site = &tables.closure().sites[place];
        let act = site.acts.iter().position(|event| event_text(&model, event) == text).expect("an act");
        let leaf = tables.leaf(place, &system.initial()[place]).expect("the initial state is known");
        names(place, leaf.known.depends[act]).into_iter().collect::<Vec<_>>().join(" ")
    };
    let found = EXPECTED.iter().map(|(place, text, _)| (*place, *text, depends(*place, text)));
    let expected = EXPECTED.iter().map(|(place, text, on)| (*place, *text, (*on).to_owned()));
    assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

/// Place, event, what depends on it.
const EXPECTED: &[(usize, &str, &str)] = &[
    (
        1,
        r#"Start(0,"B")"#,
        r#"Receive("A","B",1) Receive("A","B",Marker(0)) Receive("C","B",1) Receive("C","B",Marker(0)) Send("B","A",1) Send("B","C",1)"#,
    ),
    (
        1,
        r#"Send("B","A",1)"#,
        r#"Receive("A","B",Marker(0)) Receive("C","B",Marker(0)) Send("B","C",1) Start(0,"B")"#,
    ),
    (0, r#"Send("A","B",1)"#, r#"Receive("B","A",Marker(0)) Receive("C","A",Marker(0)) Send("A","C",1)"#),
    (0, r#"Receive("B","A",1)"#, r#"Receive("C","A",Marker(0))"#),
    (0, r#"Receive("B","A",Marker(0))"#, r#"Receive("C","A",1) Send("A","B",1) Send("A","C",1)"#),
];
