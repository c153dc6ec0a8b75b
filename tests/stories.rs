//! What is told of single runs: the theorem by example, replaying, runs by chance, and a mutant beside its original. Each
//! against something simpler.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cl_check::check::chance::{self, Chance};
use cl_check::check::{Chances, Course, Options, Uniform, check, simulate, surprise, theorem, twin};
use cl_check::engine::Status;
use cl_check::engine::simulation::Simulation;
use cl_check::model::{self, Model};

fn gallery(file: &str) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(file);
    model::load(&path).expect("the gallery can be read")
}

fn files(folder: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(folder);
    let entries = std::fs::read_dir(path).expect("a folder of the gallery");
    let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    let mut names: Vec<String> = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "ron"))
        .map(|path| format!("{folder}/{}", path.file_name().expect("a name").to_string_lossy()))
        .collect();
    names.sort();
    names
}

/// Every run by chance of a correct model can be permuted; that is what the paper proves.
#[test]
fn the_theorem_holds_of_every_run() {
    let mut permuted = 0;
    for file in [
        "two_node.ron",
        "ring3.ron",
        "line.ron",
        "star.ron",
        "two_snapshots.ron",
        "two_initiators.ron",
        "coins.ron",
    ] {
        let model = gallery(file);
        let alone = theorem::alone(&model);
        for run in 0..50 {
            let whole = chance::run(&model, &mut Chance::new(1, run), 1_000);
            let mut course = Course::new(&model);
            for event in whole.events() {
                let before = course.complete();
                course.take_enabled([event]);
                if course.complete() != before {
                    assert!(theorem::example(&model, &alone, &course).is_some(), "{file}, run {run}");
                    permuted += 1;
                }
            }
        }
    }
    assert!(permuted > 300, "{permuted}");
}

/// Where a message is an orphan, or lost, no order of the events passes through what was recorded.
#[test]
fn the_theorem_does_not_hold_of_inconsistent_cuts() {
    for file in [
        "broken/late-record.ron",
        "broken/first-link-only.ron",
        "broken/no-channel-state.ron",
        "broken/wrong-gate.ron",
    ] {
        let model = gallery(file);
        let verdict = check(&model, &Options::default());
        let run = verdict.counterexamples.iter().find(|run| run.property == "ConsistentCut").expect(file);
        let mut course = Course::new(&model);
        course.take_named(&run.events);
        assert_eq!(course.events().len(), run.events.len(), "{file}");
        assert!(theorem::example(&model, &theorem::alone(&model), &course).is_none(), "{file}");
    }
}

/// The messages that a cell of a channel shows, without what is kept.
fn messages(cell: &str) -> Vec<String> {
    let items = cell.split("kept").next().unwrap_or_default().split(' ');
    items.filter(|item| item.parse::<u64>().is_ok()).map(str::to_owned).collect()
}

fn balance(cell: &str) -> String {
    cell.split(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn a_surprise_is_one() {
    for file in ["two_node.ron", "three_node.ron", "star.ron"] {
        let example = surprise(&gallery(file)).expect(file);
        let snapshot = example.actual.snapshot.as_ref().expect("it is about one");
        let recorded: Vec<Vec<String>> = example
            .actual
            .columns
            .iter()
            .map(|column| {
                let process = snapshot.processes.iter().find(|(name, _)| name == column);
                let kept = snapshot.channels.iter().find(|(name, _)| name == column);
                match process {
                    Some((_, state)) => vec![state.clone().expect("it is complete")],
                    None => kept.map(|(_, kept)| kept.clone()).unwrap_or_default(),
                }
            })
            .collect();
        let processes = snapshot.processes.len();
        let actual = |row: &Vec<String>| -> Vec<Vec<String>> {
            let cells = row.iter().enumerate();
            cells
                .map(|(at, cell)| if at < processes { vec![balance(cell)] } else { messages(cell) })
                .collect()
        };
        assert!(example.actual.rows.iter().all(|row| actual(row) != recorded), "{file}");
        let cut = example.permuted.diagram.cut.as_ref().expect("a cut");
        let at = cut.records[0].expect("a place");
        assert_eq!(actual(&example.permuted.rows[at]), recorded, "{file}");
        let end = |rows: &[Vec<String>]| actual(rows.last().expect("states"));
        assert_eq!(end(&example.permuted.rows), end(&example.actual.rows), "{file}");
    }
}

/// Every counterexample of the gallery is carried out again and shows what it says.
#[test]
fn every_counterexample_can_be_replayed() {
    let (mut replayed, mut endless) = (0, 0);
    for file in files("broken").into_iter().chain(files("lectures")) {
        let model = gallery(&file);
        for run in check(&model, &Options::default()).counterexamples {
            let mut course = Course::new(&model);
            course.take_named(&run.events);
            assert_eq!(course.events().len(), run.events.len(), "{file}");
            if let Some(from) = run.repeats_from {
                assert!(course.fails_for_ever(from, &run.property), "{file}: {}", run.property);
                assert!(!course.fails_for_ever(from + 1, &run.property), "{file}: no cycle");
                endless += 1;
                continue;
            }
            let verdict = course.verdict();
            let property = verdict.properties.iter().find(|property| property.name == run.property);
            let never_completes = run.property == "Recorded";
            let fails = property.is_some_and(|property| property.status == Status::Violated);
            assert!(fails || never_completes, "{file}: {}", run.property);
            assert_eq!(course.run("it", String::new()).states, run.states, "{file}");
            replayed += 1;
        }
    }
    assert!(replayed > 40 && endless > 0, "{replayed}, {endless} without end");
}

fn simulated(model: &Model, runs: u64, threads: usize) -> Simulation {
    let chances = Chances { seed: 5, runs, threads, events_max: 1_000, interrupt: None, progress: &|_| {} };
    simulate(model, None, &chances)
}

/// What exhaustion finds to fail, chance finds on small systems; what holds it does not; on any number of threads the same.
#[test]
fn chance_finds_what_fails_and_nothing_else() {
    for file in [
        "two_node.ron",
        "line.ron",
        "broken/first-link-only.ron",
        "broken/late-record.ron",
        "broken/marker-lost.ron",
    ] {
        let model = gallery(file);
        let (one, two) = (simulated(&model, 300, 1), simulated(&model, 300, 2));
        let told = |simulation: &Simulation| {
            let failures = simulation.failures.iter();
            failures
                .map(|failing| {
                    (failing.property.clone(), failing.runs, failing.first, failing.run.events.clone())
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&one), told(&two), "{file}");
        assert_eq!((one.runs, one.events, one.completed), (two.runs, two.events, two.completed), "{file}");
        let verdict = check(&model, &Options::default());
        let failing = verdict.properties.iter().filter(|property| property.status == Status::Violated);
        let failing =
            failing.map(|property| property.name.clone()).filter(|name| one.properties.contains(name));
        assert_eq!(
            one.failures.iter().map(|failing| failing.property.clone()).collect::<Vec<_>>(),
            failing.collect::<Vec<_>>(),
            "{file}"
        );
        for failing in &one.failures {
            is_locally_minimal(&model, &failing.property, &failing.run.events);
            let shortest =
                verdict.counterexamples.iter().find(|run| run.property == failing.property).expect("a run");
            assert!(failing.run.events.len() >= shortest.events.len(), "{file}");
        }
    }
}

/// Without any one of its events, and what needs it, the run shows nothing.
fn is_locally_minimal(model: &Model, property: &str, events: &[String]) {
    let whole = {
        let mut course = Course::new(model);
        course.take_named(events);
        course.into_events()
    };
    for left_out in model.walk.len()..whole.len() {
        let mut course = Course::new(model);
        course.take_enabled(whole[..left_out].iter().chain(&whole[left_out + 1..]));
        let verdict = course.verdict();
        let fails = verdict
            .counterexamples
            .iter()
            .any(|run| run.property == property && run.events.len() < whole.len());
        assert!(!fails, "{property} fails without event {}", left_out + 1);
    }
}

/// Where a model's walk is all there is, no run goes on after it.
#[test]
fn chance_ends_where_the_walk_is_all_there_is() {
    let model = gallery("lectures/precept-1.ron");
    assert_eq!(chance::run(&model, &mut Chance::new(1, 1), 1_000).events(), model.walk);
    assert_eq!(Uniform::new(&model, 1_000).expect("one ordering").orderings(), &1_u32.into());
}

/// A model beside itself does not differ; a mutant that is caught does.
#[test]
fn twins_differ_where_the_mutation_matters() {
    for file in [
        "broken/late-record.ron",
        "broken/no-wait.ron",
        "broken/send-before-marker.ron",
        "broken/wrong-gate.ron",
    ] {
        let model = gallery(file);
        let original = Model { algorithm: model.unmutated.clone(), ..model.clone() };
        let run = &check(&model, &Options::default()).counterexamples[0];
        let same = twin(&model, &model, &run.events);
        assert!(
            same.steps.iter().all(|step| step.equal && step.original.as_ref() == Some(&step.mutated)),
            "{file}"
        );
        assert_eq!(same.steps.len(), run.events.len(), "{file}");
        if file != "broken/no-wait.ron" {
            let twin = twin(&model, &original, &run.events);
            assert!(twin.steps.iter().any(|step| !step.equal), "{file}");
            assert!(twin.steps[0].equal || file == "broken/send-before-marker.ron", "{file}");
        }
    }
}

/// All different shortest counterexamples, against every path of that length.
#[test]
fn distinct_counterexamples_are_all_there_are() {
    for file in [
        "broken/send-before-marker.ron",
        "broken/first-link-only.ron",
        "broken/late-record.ron",
        "broken/wrong-gate.ron",
    ] {
        let model = gallery(file);
        let verdict = check(&model, &Options { distinct: 1_000, threads: 2, ..Options::default() });
        let runs = verdict.counterexamples.iter().filter(|run| run.property == "ConsistentCut");
        let found: Vec<Vec<String>> = runs.map(|run| run.events.clone()).collect();
        let one = check(&model, &Options::default());
        let first = one.counterexamples.iter().find(|run| run.property == "ConsistentCut").expect(file);
        assert_eq!(found[0], first.events, "{file}");
        let mut expected = BTreeSet::new();
        every_failing(&mut Course::new(&model), first.events.len(), &mut expected);
        let by_process: Vec<_> = found.iter().map(|events| projected(&model, events)).collect();
        let mut sorted = by_process.clone();
        sorted.sort();
        assert_eq!(sorted, expected.into_iter().collect::<Vec<_>>(), "{file}");
    }
}

type Projection = BTreeMap<Option<usize>, Vec<String>>;

fn every_failing(course: &mut Course<'_>, length: usize, found: &mut BTreeSet<Projection>) {
    if course.events().len() == length {
        let fails = |run: &cl_check::engine::verdict::Run| {
            run.property == "ConsistentCut" && run.events.len() == length
        };
        if course.verdict().counterexamples.iter().any(fails) {
            let run = course.run("it", String::new());
            found.insert(of_steps(&run.diagram));
        }
        return;
    }
    for next in course.next() {
        course.take(next);
        every_failing(course, length, found);
        course.undo();
    }
}

/// The events of each process in order.
fn projected(model: &Model, events: &[String]) -> Projection {
    let mut course = Course::new(model);
    course.take_named(events);
    of_steps(&course.run("it", String::new()).diagram)
}

fn of_steps(diagram: &cl_check::engine::diagram::Diagram) -> Projection {
    let mut projection = Projection::new();
    for step in &diagram.steps {
        projection.entry(step.process).or_default().push(step.event.clone());
    }
    projection
}
