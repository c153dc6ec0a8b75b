//! `--reduce symmetry` changes no figure and no verdict: on every model of the gallery, on random systems in which
//! processes are alike, on golden rows. What it is built on holds on whole states: what a renaming makes of a state does
//! what it makes of the state's events, and as many states are explored as there are orbits, counted plainly.

mod reference;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use cl_check::check::{Options, Reduce, check};
use cl_check::engine::verdict::Verdict;
use cl_check::engine::{Bounds, State, TransitionSystem, images, successors};
use cl_check::model::{self, Model, Source, read};
use cl_check::network::{Renaming, StateOf, Symmetry};

use reference::alike::even_model;
use reference::golden::{Golden, ROWS, Shape, rows_up_to};
use reference::random::random_model;
use reference::systems::{complete, even, line, model as plain_model, ring};
use reference::{Behaviour, ChannelId};

type Whole = StateOf<cl_check::apps::App>;

/// A search of a random system ends here, at a whole layer.
const STATES_MAX: u64 = 3_000;
/// The largest models of the gallery take too long for every number of threads.
const GALLERY_STATES_MAX: u64 = 60_000;

/// Everything that a verdict says but how the reduction went, and what differs from run to run.
fn said(verdict: &Verdict) -> BTreeMap<&'static str, String> {
    let stats = &verdict.stats;
    let properties = verdict.properties.iter();
    let properties = properties.map(|it| format!("{} {:?} {} {}", it.name, it.status, it.checked, it.note));
    let runs = verdict.counterexamples.iter().chain(&verdict.witnesses);
    let runs = runs.map(|run| format!("{} {} {:?}", run.property, run.reason, run.events));
    // Of a search that a bound ends, the last layer is there in part: how often its edges were taken is counted, and how
    // far its halted states are.
    let is_whole = verdict.end_reason.is_complete();
    let coverage = verdict.coverage.iter().filter(|_| is_whole).flatten();
    let coverage = coverage.map(|line| format!("{} {}", line.what, line.taken));
    BTreeMap::from([
        ("word", format!("{:?} {:?}", verdict.word, verdict.end_reason)),
        ("states", stats.distinct_states.to_string()),
        ("transitions", stats.transitions.to_string()),
        ("terminal states", stats.terminal_states.to_string()),
        ("depth", if is_whole { stats.depth.to_string() } else { String::new() }),
        ("orderings", format!("{:?}", stats.orderings)),
        ("distinct snapshots", stats.distinct_snapshots.to_string()),
        ("completed snapshots", stats.completed_snapshots.to_string()),
        ("properties", properties.collect::<Vec<_>>().join("\n")),
        ("runs", runs.collect::<Vec<_>>().join("\n")),
        ("warnings", verdict.warnings.join("\n")),
        ("coverage", coverage.collect::<Vec<_>>().join("\n")),
    ])
}

/// Checks in full and by symmetry, with each number of threads: the order of the group, and how many states were
/// explored.
fn agrees(model: &Model, name: &str, options: &Options<'_>, threads: &[usize]) -> (usize, u64) {
    let whole = check(model, &Options { threads: 1, ..*options });
    let mut reduced = Vec::new();
    for &threads in threads {
        let verdict = check(model, &Options { threads, reduce: Reduce::Symmetry, ..*options });
        assert_eq!(said(&whole), said(&verdict), "{name}, {threads} threads");
        let found = verdict.stats.reduced.expect("a reduction was on");
        reduced.push((found.symmetry_order.expect("it was symmetry"), found.explored_states));
    }
    assert!(reduced.iter().all(|found| *found == reduced[0]), "{name}: {reduced:?}");
    let (order, explored) = reduced[0];
    let states = whole.stats.distinct_states;
    assert!(explored <= states && states <= order as u64 * explored, "{name}: {explored} for {states}");
    (order, explored)
}

fn gallery() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("models")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the gallery can be read") {
            let path = entry.expect("an entry of it too").path();
            let text = || fs::read_to_string(&path).expect("a file of the gallery can be read");
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "ron") && !model::is_algorithm(&text()) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_model_of_the_gallery_has_the_same_figures() {
    let mut orders = BTreeSet::new();
    for (number, path) in gallery().iter().enumerate() {
        let model = model::load(path).expect("a model of the gallery can be read");
        let bounds = Bounds { states_max: Some(GALLERY_STATES_MAX), ..Bounds::default() };
        let options = Options { bounds, orderings: number % 3 != 0, ..Options::default() };
        let name = path.display().to_string();
        let (order, _) = agrees(&model, &name, &options, &[1 + number % 3]);
        orders.insert(order);
    }
    assert_eq!(orders, BTreeSet::from([1, 2]), "some have a symmetry");
}

fn found(model: &Model) -> Symmetry {
    let system = model.system();
    let initial = State { components: system.initial(), halted: false };
    system.symmetry(&initial, Vec::new())
}

/// Random systems of which some have more than one symmetry.
#[test]
fn random_systems_have_the_same_figures() {
    let mut orders = BTreeMap::new();
    for seed in 0..400 {
        let model = even_model(seed);
        let bounds = Bounds { states_max: Some(STATES_MAX), ..Bounds::default() };
        let options =
            Options { bounds, orderings: seed % 3 == 0, coverage: seed % 4 == 0, ..Options::default() };
        let threads = if seed % 10 == 0 { vec![1, 2, 3] } else { vec![1 + seed as usize % 3] };
        let (order, _) = agrees(&model, &format!("seed {seed}: {model:#?}"), &options, &threads);
        *orders.entry(order).or_insert(0) += 1;
    }
    assert!(orders.keys().max().is_some_and(|&most| most >= 6) && orders.len() > 3, "{orders:?}");
}

/// The same for random models as they come: uneven, with walks, scripts and clauses.
#[test]
fn random_models_have_the_same_figures() {
    for seed in 0..200 {
        let bounds = Bounds { states_max: Some(STATES_MAX), ..Bounds::default() };
        let options = Options { bounds, orderings: seed % 2 > 0, ..Options::default() };
        agrees(&random_model(seed), &format!("seed {seed}"), &options, &[1 + seed as usize % 3]);
    }
}

/// A renaming takes what follows a state to what follows the state's image: computed on whole states, by the plain
/// functions, for every state up to some number, whether it would be explored or not.
#[test]
fn what_follows_an_image_is_the_image_of_what_follows() {
    let mut checked = 0;
    for seed in 0..300 {
        let model = even_model(seed);
        let system = model.system();
        let symmetries = found(&model).renamings;
        let order = symmetries.all().len();
        if order == 1 {
            continue;
        }
        let all = |state: &Whole| -> Vec<Whole> {
            let images = images(&system, &symmetries, &state.components).into_iter();
            images.map(|components| State { components, halted: state.halted }).collect()
        };
        for state in first_states(&model, 60) {
            let follows = successors(&system, &state);
            let mut wanted = vec![HashMap::<Whole, u32>::new(); order];
            for next in follows.taken {
                for (wanted, image) in wanted.iter_mut().zip(all(&next.state)) {
                    *wanted.entry(image).or_default() += 1;
                }
            }
            for (image, wanted) in all(&state).iter().zip(wanted) {
                let found = successors(&system, image);
                let mut given = HashMap::<Whole, u32>::new();
                found.taken.into_iter().for_each(|next| *given.entry(next.state).or_default() += 1);
                assert_eq!(given, wanted, "seed {seed}: after {image:#?} of {state:#?} in {model:#?}");
                assert_eq!(found.cut, follows.cut, "seed {seed}");
                checked += 1;
            }
        }
    }
    assert!(checked > 10_000, "{checked} images");
}

/// The first states that are met, the nearest first.
fn first_states(model: &Model, most: usize) -> Vec<Whole> {
    let system = model.system();
    let initial = State { components: system.initial(), halted: false };
    let (mut seen, mut states) = (HashSet::from([initial.clone()]), vec![initial]);
    let mut next = 0;
    while next < states.len() && states.len() < most {
        for successor in successors(&system, &states[next]).taken {
            if seen.insert(successor.state.clone()) {
                states.push(successor.state);
            }
        }
        next += 1;
    }
    states
}

/// The orbits of all states, by looking at each state's images: nothing of the engine's tables.
fn orbits(model: &Model) -> (usize, u64) {
    let system = model.system();
    let symmetries = found(model).renamings;
    let (mut seen, mut orbits) = (HashSet::new(), 0);
    let states = first_states(model, usize::MAX);
    for state in &states {
        let images = images(&system, &symmetries, &state.components);
        let is_new = images.into_iter().fold(false, |is_new, image| {
            let image = State { components: image, halted: state.halted };
            seen.insert(image) || is_new
        });
        orbits += u64::from(is_new);
    }
    assert_eq!(seen.len(), states.len(), "every image of a state is a state");
    (states.len(), orbits)
}

#[test]
fn as_many_states_are_explored_as_there_are_orbits() {
    let systems = [
        even(3, &complete(3), 1, 1, &[&[0]]),
        even(3, &ring(3), 1, 1, &[&[0, 1, 2]]),
        even(2, &complete(2), 2, 2, &[&[0], &[1]]),
        even(2, &complete(2), 1, 1, &[&[0], &[0]]),
        even(4, &complete(4), 0, 0, &[&[0]]),
    ];
    for model in systems {
        let verdict = check(&model, &Options { reduce: Reduce::Symmetry, ..Options::default() });
        let explored = verdict.stats.reduced.expect("a reduction was on").explored_states;
        let (states, orbits) = orbits(&model);
        assert_eq!((verdict.stats.distinct_states, explored), (states as u64, orbits));
        assert!(explored < states as u64);
    }
}

fn order_of(model: &Model) -> (usize, Option<&'static str>, bool) {
    let Symmetry { renamings, why_none, is_part } = found(model);
    assert!(renamings.all()[0].is_identity() && !renamings.all()[1..].iter().any(Renaming::is_identity));
    (renamings.all().len(), why_none, is_part)
}

/// Counted by hand.
#[test]
fn the_symmetries_are_those_that_there_are() {
    let order = |processes, channels: &[(usize, usize)], snapshots: &[&[usize]]| {
        order_of(&even(processes, channels, 1, 1, snapshots)).0
    };
    assert_eq!(order(3, &complete(3), &[&[0]]), 2);
    assert_eq!(order(4, &complete(4), &[&[0]]), 6);
    assert_eq!(order(4, &complete(4), &[&[0, 1]]), 4);
    assert_eq!(order(4, &complete(4), &[]), 24);
    assert_eq!(
        order(3, &complete(3), &[&[0], &[1], &[2]]),
        6,
        "snapshots change places with their initiators"
    );
    assert_eq!(order(3, &complete(3), &[&[0], &[0]]), 4, "and with each other");
    assert_eq!(order(3, &complete(3), &[&[0], &[1]]), 2);
    assert_eq!(order(3, &ring(3), &[&[0]]), 1);
    assert_eq!(order(3, &ring(3), &[&[0, 1, 2]]), 3, "a ring turns, and has no mirror");
    assert_eq!(order(4, &ring(4), &[&[0, 2]]), 2);
    assert_eq!(order(3, &line(3), &[&[1]]), 2);
    assert_eq!(order(3, &line(3), &[&[0]]), 1);
    assert_eq!(order_of(&even(7, &complete(7), 1, 1, &[&[0]])), (720, None, false));
    assert_eq!(order_of(&even(8, &complete(8), 1, 1, &[&[0]])), (720, None, true), "one keeps its name");
    assert_eq!(order_of(&even(20, &complete(20), 1, 1, &[&[0]])), (720, None, true));
}

/// What breaks a symmetry, one thing at a time, and what is said then.
#[test]
fn what_tells_processes_apart_is_named() {
    let whole = even(3, &complete(3), 1, 1, &[&[0]]);
    let broken = |change: &dyn Fn(&mut Model)| {
        let mut model = whole.clone();
        change(&mut model);
        order_of(&model)
    };
    let free = |sends: &[u32]| Behaviour::Free { sends: sends.to_vec(), amounts: vec![1] };
    let application = "the application tells processes apart, or does not say that it does not";
    let order = "the algorithm depends on the order of processes or snapshots";
    assert_eq!(broken(&|_| {}), (2, None, false));
    let tokens = |model: &mut Model, start: &[u64], behaviour: Behaviour| {
        *model = plain_model(model.topology.clone(), start.to_vec(), behaviour, &[&[0]]);
    };
    assert_eq!(broken(&|model| tokens(model, &[1, 1, 2], free(&[1; 3]))), (1, Some(application), false));
    assert_eq!(broken(&|model| tokens(model, &[2, 1, 1], free(&[1; 3]))), (2, None, false));
    assert_eq!(broken(&|model| tokens(model, &[1; 3], free(&[1, 1, 0]))), (1, Some(application), false));
    let split = Behaviour::Broadcast { sends: vec![1; 3], amounts: vec![1], whole: false };
    assert_eq!(broken(&|model| tokens(model, &[2; 3], split.clone())), (1, Some(application), false));
    let lists = |first, second| Behaviour::Lists(vec![vec![], vec![(first, 1)], vec![(second, 1)]]);
    let (to_a, also_to_a, to_b) = (ChannelId(2), ChannelId(4), ChannelId(5));
    assert_eq!(broken(&|model| tokens(model, &[1; 3], lists(to_a, also_to_a))), (2, None, false));
    assert_eq!(broken(&|model| tokens(model, &[1; 3], lists(to_a, to_b))), (1, Some(application), false));
    let text = |edit: &str| {
        let text = format!(
            r#"Model(name: "m", topology: Complete(["A", "B", "C"]), snapshots: [By("A")], {edit},
            application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])))"#
        );
        read(&Source::new("m.ron", text)).expect("a model")
    };
    for set in ["ButFirst(Outgoing)", "ButFirst(Incoming)", "Forward(Outgoing)", "Forward(Incoming)"] {
        let model = text(&format!("mutations: [Insert(on_start, 0, Open({set}))]"));
        assert_eq!(order_of(&model), (1, Some(order), false), "{set}");
    }
    let overrides = text(r#"channel_overrides: [(("A", "B"), Lossy(1))]"#);
    assert_eq!(order_of(&overrides).1, Some("each process has channels unlike those of the others"));
    let models = [
        (r#"walk: [Send("B", "A", 1)]"#, "the walk ends in a state that tells processes apart"),
        (r#"reach: [Records(Snapshot(k: 0, processes: {"B": 1}))]"#, "`reach` names processes or snapshots"),
        (r#"recorded: [Snapshot(k: 0, processes: {"B": 1})]"#, "`recorded` names processes or snapshots"),
    ];
    for (edit, why) in models {
        let verdict = check(&text(edit), &Options { reduce: Reduce::Symmetry, ..Options::default() });
        let reduced = verdict.stats.reduced.expect("a reduction was on");
        let note = format!("it saves nothing, because {why}");
        assert_eq!((reduced.symmetry_order, reduced.note), (Some(1), Some(note)), "{edit}");
    }
}

/// Where messages make handlers send markers, the order of snapshots is to be seen in channels; where they do something for
/// another snapshot, in records.
#[test]
fn snapshots_change_places_only_where_their_order_is_not_seen() {
    let text = |edit: &str| {
        let text = format!(
            r#"Model(name: "m", topology: Complete(["A", "B"]), snapshots: [By("A"), By("B")], {edit}
            application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])))"#
        );
        read(&Source::new("m.ron", text)).expect("a model")
    };
    assert_eq!(order_of(&text("")).0, 2);
    assert_eq!(order_of(&text("mutations: [Insert(on_message, 0, Record)],")).0, 2);
    assert_eq!(order_of(&text("mutations: [Insert(on_message, 0, Send(Marker, Outgoing))],")).0, 1);
    let other = "mutations: [Insert(on_message, 0, If(NotRecorded, [OfNext([If(NotRecorded, [Record])])]))],";
    assert_eq!(order_of(&text(other)).0, 1, "the first to be asked records the other");
    assert_eq!(
        order_of(&text("mutations: [Insert(on_start, 0, OfNext([Record]))],")).0,
        2,
        "of two, each is next"
    );
}

fn golden(row: &Golden, options: &Options<'_>, threads: &[usize]) -> (usize, u64) {
    agrees(&row.model(), &format!("{row:?}"), options, threads)
}

#[test]
fn golden_rows_have_the_same_figures() {
    for row in rows_up_to(40_000) {
        let (order, explored) = golden(row, &Options::default(), &[1, 2, 3]);
        let (states, order) = (row.distinct_states as u64, order as u64);
        assert!(order == 1 || explored * order < states * 2, "{row:?}: {explored}");
    }
}

/// Where a line of the table begins with a golden row, the figures that follow are those of a search.
#[test]
fn the_page_has_these_figures() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/symmetry.md"))
        .expect("the page can be read");
    let mut found = 0;
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(row) = ROWS.iter().find(|row| cells.get(1) == Some(&name(row).as_str())) else { continue };
        found += 1;
        assert_eq!(cells[2].replace(',', ""), row.distinct_states.to_string(), "{line}");
        if row.distinct_states > 1_300_000 {
            continue;
        }
        let options = Options { reduce: Reduce::Symmetry, threads: 2, ..Options::default() };
        let reduced = check(&row.model(), &options).stats.reduced.expect("a reduction was on");
        assert_eq!(cells[3], reduced.symmetry_order.unwrap_or(1).to_string(), "{line}");
        assert_eq!(cells[4].replace(',', ""), reduced.explored_states.to_string(), "{line}");
    }
    assert!(found >= 8, "{found} rows");
}

/// `K3, 1 token, 2 sends, snapshots by A and B`.
fn name(row: &Golden) -> String {
    let shape = match row.shape {
        Shape::K(processes) => format!("K{processes}"),
        Shape::R(processes) => format!("ring of {processes}"),
        Shape::L(processes) => format!("line of {processes}"),
    };
    let by: Vec<String> = row.initiators.iter().map(|&by| char::from(b'A' + by as u8).to_string()).collect();
    format!("{shape}, balance {}, sends {}, snapshots by {}", row.balance, row.sends, by.join(" "))
}
