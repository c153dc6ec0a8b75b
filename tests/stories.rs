//! What is told of single runs: the theorem by example, replaying, runs by chance, which messages are recorded, and a
//! mutant beside its original. Each against something simpler.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cl_check::check::chance::{self, Chance};
use cl_check::check::{
    Chances, Course, Options, Unclassified, check, classify, simulate, surprise, theorem, twin,
};
use cl_check::engine::Status;
use cl_check::engine::diagram::{ArrowEnd, Load, Side};
use cl_check::engine::simulation::{Fate, Simulation};
use cl_check::model::{self, Model, Source, read};

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
    let mut replayed = 0;
    for file in files("broken") {
        let model = gallery(&file);
        for run in check(&model, &Options::default()).counterexamples {
            let mut course = Course::new(&model);
            course.take_named(&run.events);
            assert_eq!(course.events().len(), run.events.len(), "{file}");
            let verdict = course.verdict();
            let property = verdict.properties.iter().find(|property| property.name == run.property);
            let never_completes = run.property == "Recorded";
            let fails = property.is_some_and(|property| property.status == Status::Violated);
            assert!(fails || never_completes, "{file}: {}", run.property);
            assert_eq!(course.run("it", String::new()).states, run.states, "{file}");
            replayed += 1;
        }
    }
    assert!(replayed > 40, "{replayed}");
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

/// By walking every ordering, one by one.
#[test]
fn messages_are_classified_as_the_orderings_say() {
    let lists = |sends: &str| {
        let text = format!(
            r#"Model(name: "small", topology: Complete(["A", "B"]), snapshots: [By("A")],
                application: Tokens(start: Each(3), behaviour: PerProcess({sends})))"#
        );
        read(&Source::new("small.ron", text)).expect("a model")
    };
    let models = [
        lists(r#"{"A": [To("B", 1)]}"#),
        lists(r#"{"B": [To("A", 1)]}"#),
        lists(r#"{"A": [To("B", 1)], "B": [To("A", 2), To("A", 1)]}"#),
        gallery("lectures/bank.ron"),
        gallery("lectures/three-processes.ron"),
    ];
    for model in models {
        let mut seen = Seen::new();
        let mut course = Course::new(&model);
        course.take_enabled(&model.walk);
        every_ordering(&mut course, &mut seen);
        let found: BTreeMap<String, Fate> = classify(&model, 100_000)
            .expect("it fits")
            .into_iter()
            .map(|one| (one.message, one.fate))
            .collect();
        let expected = named(&seen);
        assert_eq!(found, expected, "{}", model.name);
    }
}

/// Message by sender, receiver and number, what it carries, and in how many orderings it is kept and is not.
type Seen = BTreeMap<(String, String, usize), (String, [u64; 2])>;

fn named(seen: &Seen) -> BTreeMap<String, Fate> {
    let fate = |[kept, other]: [u64; 2]| match (kept > 0, other > 0) {
        (true, false) => Fate::Always,
        (false, _) => Fate::Never,
        (true, true) => Fate::Sometimes,
    };
    let name = |(from, to, number): &(String, String, usize), load: &str| {
        let several = seen.contains_key(&(from.clone(), to.clone(), 2));
        let ordinal = if several { format!(", number {number} there") } else { String::new() };
        format!("{load} from {from} to {to}{ordinal}")
    };
    seen.iter().map(|(key, (load, counts))| (name(key, load), fate(*counts))).collect()
}

/// In how many orderings each message is kept, and is not; orderings that begin alike are walked once a beginning.
fn every_ordering(course: &mut Course<'_>, seen: &mut Seen) {
    let next = course.next();
    if next.is_empty() {
        let run = course.run("it", String::new());
        let mut numbers: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for arrow in run.diagram.arrows.iter().filter(|arrow| matches!(arrow.load, Load::Message(_))) {
            let number = numbers.entry((arrow.from, arrow.to)).or_default();
            *number += 1;
            let name = |process: usize| run.diagram.processes[process].clone();
            let entry = seen.entry((name(arrow.from), name(arrow.to), *number)).or_default();
            entry.0 = run.diagram.label(&arrow.load);
            entry.1[usize::from(!arrow.kept)] += 1;
            assert_eq!(arrow.kept, arrow.side == Side::Crosses, "the algorithm is right");
            assert!(matches!(arrow.end, ArrowEnd::Received(_)), "the run has ended");
        }
        return;
    }
    // Which of several independent events goes first does not matter where there are too many orderings to walk.
    let all = next.len().min(if course.events().len() > 9 { 1 } else { usize::MAX });
    for next in next.into_iter().take(all) {
        course.take(next);
        every_ordering(course, seen);
        course.undo();
    }
}

#[test]
fn what_cannot_be_classified_is_said() {
    assert_eq!(classify(&gallery("two_node.ron"), 1_000).err(), Some(Unclassified::SendsAreFree));
    assert_eq!(classify(&gallery("lectures/bank.ron"), 10).err(), Some(Unclassified::TooLarge(10)));
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
