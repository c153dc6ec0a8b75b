//! Mutation analysis: no mutant disappears unnoticed, each is judged as its own model would be, and each oracle is
//! needed or known not to be. And the frontier: an algorithm on every small system.

use std::collections::{BTreeMap, HashSet};

use cl_check::algorithm::syntax::{Algorithm, Edit};
use cl_check::algorithm::{builtin, edit};
use cl_check::check::{self, check};
use cl_check::engine::analysis::{Analysis, Fate, MutantVerdict};
use cl_check::engine::verdict::Word;
use cl_check::engine::{Bounds, State, TransitionSystem, successors};
use cl_check::model::{Model, Source, read};
use cl_check::mutate::{self, Change, Mutant, Options, Refusal, Systems, all, analyse, frontier};

fn model(processes: &str, sends: u32, more: &str) -> Model {
    let text = format!(
        r#"Model(name: "small", topology: Complete([{processes}]), snapshots: [By("A")],
            application: Tokens(start: Each(1), behaviour: Free(sends: {sends}, amounts: [1])), {more})"#
    );
    read(&Source::new("small.ron", text)).expect("a model")
}

fn pair() -> Model {
    model(r#""A", "B""#, 1, "")
}

/// So many of the model's first snapshot.
fn of_snapshots(snapshots: usize, model: &Model) -> Model {
    Model { snapshots: vec![model.snapshots[0].clone(); snapshots], ..model.clone() }
}

fn options() -> Options<'static> {
    Options {
        jobs: 2,
        states_max: None,
        timeout: std::time::Duration::from_mins(10),
        memory_bytes_max: None,
        interrupt: None,
        progress: &|_, _| {},
    }
}

fn analysis(model: &Model) -> Analysis {
    analyse(model, &all(model), &options()).expect("the model holds")
}

fn listed(names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().collect::<Vec<_>>().join("\n")
}

#[test]
fn no_mutant_of_chandy_lamport_disappears() {
    insta::assert_snapshot!(listed(all(&pair()).into_iter().map(|mutant| mutant.name)));
}

#[test]
fn no_mutant_of_an_algorithm_with_every_action_disappears() {
    let model = model(r#""A", "B""#, 1, EVERY_ACTION);
    insta::assert_snapshot!(listed(all(&model).into_iter().map(|mutant| mutant.name)));
}

const EVERY_ACTION: &str = r#"algorithm: Algorithm(name: "all",
    on_start: [Peek, Record, Send(Marker, ButFirst(Outgoing)), SendAhead(Marker, Forward(Outgoing))],
    on_marker: [Block(Arriving), If(Not(EveryMarkerArrived), [Pause, If(Recorded, [Unblock(Incoming)])]), Forget],
    on_message: [If(SentAfterRecord, [KeepFirst]), Keep, OfNext([KeepRepeated, If(Finished, [Open(Forward(Incoming))])])],
    complete_when: EveryMarkerArrived)"#;

/// Where there is another snapshot, each action is done to that one too.
#[test]
fn snapshots_are_confused_where_there_are_two() {
    let confused = |model: &Model| {
        let names = all(model).into_iter().map(|mutant| mutant.name);
        names.filter(|name| name.contains("-> OfNext([")).collect::<Vec<_>>()
    };
    let two = |more: &str| of_snapshots(2, &model(r#""A", "B""#, 1, more));
    assert!(confused(&pair()).is_empty());
    assert!(
        confused(&two("")).contains(&"on_marker 4: Close(Arriving) -> OfNext([Close(Arriving)])".to_owned())
    );
    insta::assert_snapshot!(listed(confused(&two(EVERY_ACTION))));
    let (model, systems) = (two(""), Systems { processes_max: 2, tokens: 1, sends: 0, snapshots: 1 });
    let of_two = all(&model).into_iter().filter(|mutant| confused(&model).contains(&mutant.name));
    let of_two: Vec<Mutant> = of_two.collect();
    let found = mutate::smallest(&model.algorithm, &of_two, systems, check::Options::default, |_, _| {});
    assert!(
        found.is_ok_and(|found| found.is_empty()),
        "on systems with one snapshot there is nothing to confuse"
    );
    let systems = Systems { sends: 1, snapshots: 2, ..systems };
    let found = mutate::smallest(&model.algorithm, &of_two, systems, check::Options::default, |_, _| {});
    let found = found.expect("the systems can be read");
    assert_eq!(found.len(), of_two.len());
    for one in found {
        let (summary, ..) = one.found.unwrap_or_else(|| panic!("{} is caught", one.name));
        assert!(summary.contains("from A and "), "{}: {summary}", one.name);
    }
}

/// The edits make sense by themselves: only what a model says besides can be at odds with them.
#[test]
fn every_mutant_of_an_algorithm_is_an_algorithm() {
    for model in [pair(), model(r#""A", "B""#, 1, EVERY_ACTION)] {
        for snapshots in 1..4 {
            let model = of_snapshots(snapshots, &model);
            for mutant in all(&model) {
                assert!(mutant.apply(&model).is_ok(), "{}: {:?}", mutant.name, mutant.apply(&model).err());
            }
        }
    }
}

#[test]
fn mutants_differ_from_the_algorithm_and_from_each_other() {
    let model = pair();
    let (mut names, mut algorithms) = (HashSet::new(), HashSet::from([model.algorithm.clone()]));
    for Mutant { name, change } in all(&model) {
        if let Change::Algorithm(edits) = change {
            let edited = edit::apply(&model.algorithm, &edits).expect("the edits of a mutant apply");
            assert!(algorithms.insert(edited), "{name}");
        }
        assert!(names.insert(name));
    }
}

/// The edit that a name describes is the one that is made.
#[test]
fn names_are_diffs() {
    let cases = [
        ("on_start 1: Send(Marker, Outgoing) -> nothing", "[Record, Open(Incoming)]"),
        ("on_start 0: Record -> Pause, Record", "[Pause, Record, Send(Marker, Outgoing), Open(Incoming)]"),
        (
            "on_start 1: Send(Marker, Outgoing), Open(Incoming) -> Open(Incoming), Send(Marker, Outgoing)",
            "[Record, Open(Incoming), Send(Marker, Outgoing)]",
        ),
        (
            "on_marker 0: If(NotRecorded, ..) -> its body, always",
            "[Record, Send(Marker, Outgoing), Open(Incoming), Close(Arriving)]",
        ),
        (
            "on_marker 1: Record -> out, before If(NotRecorded, ..)",
            "[Record, If(NotRecorded, [Send(Marker, Outgoing), Open(Incoming)]), Close(Arriving)]",
        ),
        (
            "on_marker 3: Open(Incoming) -> out, after If(NotRecorded, ..)",
            "[If(NotRecorded, [Record, Send(Marker, Outgoing)]), Open(Incoming), Close(Arriving)]",
        ),
        (
            "on_marker 4: Close(Arriving) -> into If(NotRecorded, ..), last",
            "[If(NotRecorded, [Record, Send(Marker, Outgoing), Open(Incoming), Close(Arriving)])]",
        ),
    ];
    let (model, mutants) = (pair(), all(&pair()));
    for (name, expected) in cases {
        let mutant = mutants.iter().find(|mutant| mutant.name == name).expect(name);
        let mutated = mutant.apply(&model).expect(name).algorithm;
        let handler = if name.starts_with("on_start") { mutated.on_start } else { mutated.on_marker };
        assert_eq!(format!("{handler:?}"), expected, "{name}");
    }
}

/// What the analysis says of a mutant is what checking its model says.
#[test]
fn each_fate_is_that_of_the_mutants_own_model() {
    let model = pair();
    let mutants = all(&model);
    for (mutant, found) in mutants.iter().zip(analysis(&model).mutants) {
        let verdict =
            check(&mutant.apply(&model).expect("none is unviable here"), &check::Options::default());
        let word = if found.fate == Fate::Caught { Word::Violated } else { Word::Verified };
        assert_eq!((verdict.word, mutant.name.as_str()), (word, found.name.as_str()));
        let lengths: Vec<_> = verdict.counterexamples.iter().map(|run| Some(run.events.len())).collect();
        let killed: Vec<_> = found.kills().into_iter().map(|kill| kill.length).collect();
        assert_eq!(killed, lengths, "{}", mutant.name);
    }
}

/// The naive twin of comparing what components offer: both state graphs, state by state.
#[test]
fn identical_means_the_same_state_graph() {
    let model = pair();
    let mut seen = [0, 0];
    for (mutant, found) in all(&model).iter().zip(analysis(&model).mutants) {
        if let Fate::Missed { identical } = found.fate {
            let mutated = mutant.apply(&model).expect("it was explored");
            assert_eq!(identical, have_the_same_graph(&model, &mutated), "{}", mutant.name);
            seen[usize::from(identical)] += 1;
        }
    }
    assert!(seen.iter().all(|&many| many > 0), "both occur: {seen:?}");
}

fn have_the_same_graph(one: &Model, other: &Model) -> bool {
    let (one, other) = (one.system(), other.system());
    let first = State { components: one.initial(), halted: false };
    let (mut seen, mut waiting) = (HashSet::from([first.clone()]), vec![first]);
    while let Some(state) = waiting.pop() {
        let edges = |successors: cl_check::engine::Successors<_, _>| {
            successors.taken.into_iter().map(|edge| (edge.event, edge.state)).collect::<Vec<_>>()
        };
        let (here, there) = (edges(successors(&one, &state)), edges(successors(&other, &state)));
        if here != there {
            return false;
        }
        waiting.extend(here.into_iter().map(|(_, state)| state).filter(|state| seen.insert(state.clone())));
    }
    true
}

/// Which mutants only one oracle catches, on three processes that send to each other. An oracle without any is
/// explained in `docs/mutate.md`.
#[test]
fn each_oracle_is_needed_or_known_not_to_be() {
    let analysis = analysis(&model(r#""A", "B", "C""#, 1, ""));
    let names = analysis.baseline.properties.iter().map(|property| (property.name.clone(), (0, Vec::new())));
    let mut needed: BTreeMap<String, (usize, Vec<&str>)> = names.collect();
    for mutant in &analysis.mutants {
        let kills = mutant.kills();
        for kill in &kills {
            let (caught, alone) = needed.get_mut(&kill.property).expect("a property of the baseline");
            *caught += 1;
            alone.extend((kills.len() == 1).then_some(mutant.name.as_str()));
        }
    }
    let told = needed.into_iter().map(|(property, (caught, alone))| {
        let alone = if alone.is_empty() { "none" } else { &alone.join("\n  ") };
        format!("{property} catches {caught}, and alone:\n  {alone}")
    });
    insta::assert_snapshot!(listed(told));
}

#[test]
fn a_model_that_fails_itself_is_refused() {
    let broken = model(r#""A", "B""#, 1, "mutations: [Delete(on_marker, 4)]");
    let Refusal(baseline) = analyse(&broken, &all(&broken), &options()).expect_err("it fails");
    assert_eq!(baseline.word, Word::Violated);
}

#[test]
fn bounds_leave_mutants_inconclusive_and_changes_that_make_no_sense_are_unviable() {
    let model = pair();
    let few = analyse(&model, &all(&model), &Options { states_max: Some(5), ..options() }).expect("it holds");
    assert!(few.mutants.iter().any(|mutant| mutant.fate == Fate::Inconclusive && !mutant.is_unmet()));
    let walk = r#"walk: [Send("A", "B", 1), Start(0, "A"), Receive("A", "B"), Receive("A", "B")]"#;
    let walk = self::model(r#""A", "B""#, 1, walk);
    let unviable: Vec<MutantVerdict> =
        analysis(&walk).mutants.into_iter().filter(|mutant| mutant.fate == Fate::Unviable).collect();
    assert!(unviable.iter().any(|mutant| mutant.reason.contains("event 4 of the model's walk")));
    assert!(unviable.iter().any(|mutant| mutant.reason.contains("speak of channels")));
}

/// What a model declares is held against it.
#[test]
fn declarations_are_checked() {
    let declared =
        ["on_start 2: Open(Incoming) -> Open(Incoming), Open(Incoming)", "on_start 0: Record -> nothing"];
    let model = model(r#""A", "B""#, 1, &format!("equivalent: {declared:?}"));
    let unmet = |name: &str| {
        let mutants: Vec<Mutant> = mutate::all(&model).into_iter().filter(|one| one.name == name).collect();
        let analysis = analyse(&model, &mutants, &options()).expect("the model holds");
        analysis.mutants.iter().map(|mutant| (mutant.declared, mutant.is_unmet())).collect::<Vec<_>>()
    };
    assert_eq!(unmet(declared[0]), [(true, false)], "missed, as declared");
    assert_eq!(unmet(declared[1]), [(true, true)], "caught, though declared");
    assert_eq!(unmet("on_marker 4: Close(Arriving) -> Close(Arriving), Close(Arriving)"), [(false, true)]);
    assert_eq!(unmet("on_message 1: Keep -> nothing"), [(false, false)]);
}

/// One system for each topology and kind of initiator; what fails on the smallest is found there.
#[test]
fn the_frontier_is_every_small_system() {
    let systems = Systems { processes_max: 3, tokens: 1, sends: 1, snapshots: 1 };
    let all = systems.all();
    let of = |processes: usize| all.iter().filter(|system| system.processes == processes).count();
    assert_eq!((of(2), of(3)), (1, 10));
    let run = |algorithm: &Algorithm| {
        frontier(algorithm, systems, check::Options::default, |_, _| {}).expect("it can be read")
    };
    let good = builtin::named("chandy-lamport").expect("it is built in");
    let found = run(&good);
    assert!(found.stopped.is_none());
    assert_eq!(
        found.rows.iter().map(|row| (row.topologies, row.systems)).collect::<Vec<_>>(),
        [(1, 1), (5, 10)]
    );
    let states: u64 = all
        .iter()
        .map(|system| {
            let model = read(&Source::new("one.ron", system.text.as_str())).expect("a model");
            check(&model, &check::Options::default()).stats.distinct_states
        })
        .sum();
    assert_eq!(found.rows.iter().map(|row| row.states).sum::<u64>(), states);

    let first_link_only = "[Insert(on_marker, 3, Close(Arriving)), Replace(on_marker, 5, If(EveryMarkerArrived, [Close(Incoming)]))]";
    let edits: Vec<Edit> = ron::from_str(first_link_only).expect("edits");
    let found = run(&edit::apply(&good, &edits).expect("they apply"));
    let (verdict, model) = found.stopped.expect("it fails where two channels lead to a process");
    assert_eq!((verdict.word, found.rows.len()), (Word::Violated, 2));
    assert!(model.contains(r#"("A", "B"), ("A", "C"), ("B", "A"), ("C", "A")"#), "{model}");
}

/// Nothing smaller catches it: a mutant of what only a process with two incoming channels does.
#[test]
fn the_smallest_system_is_the_first_that_catches() {
    let systems = Systems { processes_max: 3, tokens: 1, sends: 1, snapshots: 1 };
    let model = pair();
    let mutants: Vec<Mutant> = all(&model)
        .into_iter()
        .filter(|mutant| mutant.name.ends_with("-> nothing") || mutant.name.contains("Close(Incoming)"))
        .collect();
    let found = mutate::smallest(&model.algorithm, &mutants, systems, check::Options::default, |_, _| {});
    let found = found.expect("the systems can be read");
    assert!(found.len() < mutants.len(), "there are other channels on every topology");
    for (one, mutant) in found.iter().zip(&mutants) {
        let Some((summary, text, kill)) = &one.found else { panic!("{} is caught", one.name) };
        let caught = |system: &str| {
            let model = read(&Source::new("one.ron", system)).expect("a model");
            check(&mutant.apply(&model).expect("it applies"), &check::Options::default())
        };
        let verdict = caught(text);
        let lengths = verdict.counterexamples.iter().map(|run| run.events.len());
        assert_eq!(lengths.min(), kill.length, "{}, {summary}", one.name);
        let pairs = Systems { processes_max: 2, ..systems }.all();
        let on_two = pairs.iter().any(|system| caught(&system.text).word == Word::Violated);
        assert_eq!(text.contains("\"C\""), !on_two, "{}", one.name);
    }
    assert!(found.iter().any(|one| one.found.as_ref().is_some_and(|(summary, ..)| summary.contains('C'))));
    assert!(found.iter().all(|one| !one.undecided));
}

/// A system that was not explored in full catches nothing, and is no reason to say that a mutant is missed.
#[test]
fn what_a_bound_ends_is_not_decided() {
    let systems = Systems { processes_max: 2, tokens: 1, sends: 1, snapshots: 1 };
    let bounds = Bounds { states_max: Some(3), ..Bounds::default() };
    let options = || check::Options { bounds, ..check::Options::default() };
    let found = mutate::smallest(&pair().algorithm, &all(&pair()), systems, options, |_, _| {});
    let found = found.expect("the systems can be read");
    assert!(!found.is_empty() && found.iter().all(|one| one.undecided && one.found.is_none()), "{found:?}");
}
