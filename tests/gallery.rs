//! Every model under `models/` says what it says it does: its expectation is met, exactly the properties that it
//! names fail, and its figures are those of `gallery/rows.rs`. One case a file.

mod plain;
mod reference;
#[path = "gallery/rows.rs"]
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cl_check::check::{Options, check};
use cl_check::engine::verdict::{EndReason, PropertyVerdict, Verdict};
use cl_check::engine::{Bounds, Status};
use cl_check::model::{self, Expect, Model};
use cl_check::network::{Application, ProcessId, Topology, When};
use libtest_mimic::{Arguments, Failed, Trial};

use reference::Reference;
use reference::judge;
use rows::By::{Both, BothOnce, Plain};
use rows::{ROWS, Row};

fn main() -> ExitCode {
    let files = model_files();
    let mut trials: Vec<Trial> = files.iter().cloned().map(trial).collect();
    let copy = files.clone();
    trials
        .push(Trial::test("every broken model has its twin", move || every_broken_model_has_its_twin(&copy)));
    trials.push(Trial::test("every row has its file, every file its row", move || same_files(&files)));
    trials.push(Trial::test("figures where everybody starts", agree_where_everybody_starts));
    trials.push(Trial::test("docs/lectures.md has the same figures", page_has_the_same_figures));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(file: String) -> Trial {
    let name = file.clone();
    Trial::test(name, move || is_as_it_says(&file))
}

/// What fails in a broken model is the one thing that its twin repairs, and names in its first line.
fn every_broken_model_has_its_twin(files: &[String]) -> Result<(), Failed> {
    let (twins, others): (Vec<_>, Vec<_>) =
        files.iter().filter(|file| file.starts_with("broken/")).partition(|file| file.ends_with(REPAIRED));
    let expected: Vec<String> = others.iter().map(|file| file.replace(".ron", REPAIRED)).collect();
    ensure_equal("the repaired models", &expected.iter().collect(), &twins)?;
    others.into_iter().zip(twins).try_for_each(|(broken, twin)| is_repaired(broken, twin))
}

/// How the file of a repaired model ends.
const REPAIRED: &str = "-repaired.ron";

/// The same system, its snapshots included, but for one thing, and all is well.
fn is_repaired(broken: &str, twin: &str) -> Result<(), Failed> {
    let text = fs::read_to_string(gallery().join(twin))?;
    let named = text.strip_prefix("// Repaired: the ").and_then(|line| line.split('.').next());
    let [broken, repaired] = [broken, twin].map(|file| model::load(&gallery().join(file)));
    let (broken, repaired) = (broken.map_err(|it| it.to_string())?, repaired.map_err(|it| it.to_string())?);
    let ends =
        |topology: &Topology| topology.channels().iter().map(|it| (it.from, it.to)).collect::<Vec<_>>();
    let disciplines =
        |topology: &Topology| topology.channels().iter().map(|it| it.discipline).collect::<Vec<_>>();
    let (before, after) = (&broken.topology, &repaired.topology);
    let is_same_topology = before.names() == after.names() && ends(before) == ends(after);
    let amounts = |model: &Model| format!("{:?} {:?}", model.application, model.schedule);
    let things = [
        ("application", amounts(&broken) == amounts(&repaired)),
        ("algorithm", broken.algorithm == repaired.algorithm),
        ("topology", is_same_topology),
        ("channels", !is_same_topology || disciplines(before) == disciplines(after)),
    ];
    let changed = things.iter().filter(|(_, is_same)| !is_same).map(|(thing, _)| *thing).collect::<Vec<_>>();
    ensure_equal(&format!("{twin}: what is repaired"), &named.into_iter().collect(), &changed)?;
    let rest = |model: &Model| (model.snapshots.clone(), model.capacity);
    ensure_equal(&format!("{twin}: the rest"), &rest(&broken), &rest(&repaired))?;
    ensure_equal(&format!("{twin}: what is expected"), &Expect::Verified, &repaired.expect)
}

fn gallery() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

/// The files of models, as paths within the gallery, sorted.
fn model_files() -> Vec<String> {
    let mut folders = vec![gallery()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the gallery can be read") {
            let path = entry.expect("an entry of it too").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "ron") && !is_algorithm(&path) {
                files.push(name_within_gallery(&path));
            }
        }
    }
    files.sort();
    files
}

fn is_algorithm(path: &Path) -> bool {
    model::is_algorithm(&fs::read_to_string(path).expect("a file of the gallery can be read"))
}

fn name_within_gallery(path: &Path) -> String {
    let inside = path.strip_prefix(gallery()).expect("a file of the gallery is in it");
    inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn same_files(files: &[String]) -> Result<(), Failed> {
    let rows: Vec<&str> = ROWS.iter().map(|row| row.file).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let but = |these: &[&'static str], others: &[&str]| -> Vec<&str> {
        these.iter().filter(|file| !others.contains(file)).copied().collect()
    };
    ensure_equal("rows without a file", &Vec::new(), &but(&rows, &files))?;
    ensure_equal("rows out of order", &true, &rows.is_sorted())?;
    ensure_equal("files", &rows.len(), &files.len())
}

/// Where a line of a table begins with a model of the lectures, how many states it has stands next.
fn page_has_the_same_figures() -> Result<(), Failed> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lectures.md"))?;
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let &[_, model, states, ..] = cells.as_slice() else { continue };
        let row = ROWS.iter().find(|row| model.strip_prefix("models/") == Some(row.file));
        let Some(row) = row else { continue };
        ensure_equal(
            &format!("states of {model}"),
            &row.distinct_states.to_string(),
            &states.replace(',', ""),
        )?;
    }
    Ok(())
}

/// The one test: expectation, failing properties, figures.
fn is_as_it_says(file: &str) -> Result<(), Failed> {
    let model = model::load(&gallery().join(file)).map_err(|error| error.to_string())?;
    let verdict = check(&model, &Options { threads: 2, ..Options::default() });
    let failing = violated(&verdict);
    if !verdict.met {
        return Err(format!("expected {:?}, found {:?}: {failing:?}", model.expect, verdict.word).into());
    }
    ensure_equal("the properties that fail", &named(&model), &failing)?;
    let figures = of_engine(&verdict);
    let row = ROWS.iter().find(|row| row.file == file).ok_or_else(|| format!("no row; found {figures:?}"))?;
    ensure_equal("the figures of the engine", &of_row(row), &figures)?;
    match row.by {
        Both => agrees_with_reference(&model, &verdict, row)?,
        Plain => agrees_with_plain_search(&model, &verdict)?,
        BothOnce => {}
    }
    Ok(())
}

/// The reference counts the same, judges the same, and its counterexamples are as short.
fn agrees_with_reference(model: &Model, verdict: &Verdict, row: &Row) -> Result<(), Failed> {
    let found = Reference::of_model(model).explore();
    let figures = [found.distinct_states, found.transitions, found.terminal_states, found.depth];
    let orderings = found.orderings.expect("no capacity in the gallery").to_string();
    ensure_equal("the figures of the reference", &of_row(row), &(figures, orderings))?;
    let violated = |judgement: &&judge::Judgement| judgement.status == judge::Status::Violated;
    let length = |judgement: &judge::Judgement| {
        let length = judgement.counterexample.as_ref().map(Vec::len);
        (judgement.property.name().to_owned(), length)
    };
    let of_reference = found.judgements.iter().filter(violated).map(length).collect::<Vec<_>>();
    let runs = verdict.counterexamples.iter();
    let of_engine = runs.map(|run| (run.property.clone(), Some(run.events.len()))).collect::<Vec<_>>();
    ensure_equal("the lengths of counterexamples", &of_reference, &of_engine)
}

/// The plain search counts the same, and its rules fail as soon. The theorem holds: what a consistent snapshot finds of a
/// stable property is so later; and where
/// something is not stable, the model expects to fail for it.
fn agrees_with_plain_search(model: &Model, verdict: &Verdict) -> Result<(), Failed> {
    let found = plain::explore(model);
    ensure_equal("the figures of the plain search", &counted(verdict), &found.figures)?;
    let rules = model.application.rules();
    let own = |name: &str| rules.iter().find(|rule| rule.name == name && rule.when != When::Eventually);
    let asked = |name: &str| model.check.iter().any(|property| property.name() == name);
    let failing: BTreeMap<_, _> = found.failing.into_iter().filter(|(name, _)| asked(name)).collect();
    let name = |name: &str| if name == "NothingLost" { Some("NothingLost") } else { Some(own(name)?.name) };
    let runs =
        verdict.counterexamples.iter().filter_map(|run| Some((name(&run.property)?, run.events.len())));
    ensure_equal("the rules that fail", &failing, &runs.collect())?;
    let stable = rules.iter().filter(|rule| matches!(rule.when, When::StillSo | When::Found));
    let wrong = stable.map(|rule| rule.name).filter(|name| failing.contains_key(name));
    let (are_not, refuted): (BTreeSet<_>, BTreeSet<_>) =
        wrong.partition(|name| found.unstable.contains(name));
    let unexpected: BTreeSet<_> = found.unstable.difference(&are_not).collect();
    ensure_equal("properties that should be stable", &BTreeSet::new(), &unexpected)?;
    let is_consistent =
        |property: &PropertyVerdict| property.name == "ConsistentCut" && property.status == Status::Holds;
    let claimed = verdict.properties.iter().any(is_consistent);
    ensure_equal(
        "the theorem about stable properties",
        &BTreeSet::new(),
        &refuted.into_iter().filter(|_| claimed).collect(),
    )
}

/// Where every snapshot may be started by every process, states are reached on ways of many lengths. The plain search counts
/// the same, of models that stay small.
fn agree_where_everybody_starts() -> Result<(), Failed> {
    let mut compared = 0;
    for row in ROWS.iter().filter(|row| row.by == Plain) {
        let model = model::load(&gallery().join(row.file)).map_err(|error| error.to_string())?;
        let everybody: Vec<ProcessId> = model.topology.processes().collect();
        let snapshots = vec![everybody; model.snapshots.len()];
        let model = Model { snapshots, reach: Vec::new(), check: Vec::new(), ..model };
        let bounds = Bounds { states_max: Some(10_000), ..Bounds::default() };
        let verdict = check(&model, &Options { bounds, ..Options::default() });
        if verdict.end_reason == EndReason::Exhausted && verdict.stats.completed_snapshots > 0 {
            ensure_equal(row.file, &plain::explore(&model).figures, &counted(&verdict))?;
            compared += 1;
        }
    }
    if compared > 20 { Ok(()) } else { Err(format!("only {compared} models stay small").into()) }
}

fn of_row(row: &Row) -> ([usize; 4], String) {
    let figures = [row.distinct_states, row.transitions, row.terminal_states, row.depth];
    (figures, row.orderings.to_owned())
}

fn of_engine(verdict: &Verdict) -> ([usize; 4], String) {
    let stats = &verdict.stats;
    let figures = [stats.distinct_states, stats.transitions, stats.terminal_states, u64::from(stats.depth)];
    let orderings = stats.orderings.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
    (figures.map(|figure| usize::try_from(figure).expect("few")), orderings)
}

/// The figures that the plain search has.
fn counted(verdict: &Verdict) -> [usize; 5] {
    let ([states, transitions, terminals, depth], _) = of_engine(verdict);
    [states, transitions, terminals, depth, usize::try_from(verdict.stats.completed_snapshots).expect("few")]
}

/// The properties that the model names as failing.
fn named(model: &Model) -> Vec<String> {
    let Expect::Violated(properties) = &model.expect else { return Vec::new() };
    let mut properties = properties.clone();
    properties.sort_unstable();
    properties.iter().map(|property| property.name().to_owned()).collect()
}

fn violated(verdict: &Verdict) -> Vec<String> {
    let violated = verdict.properties.iter().filter(|property| property.status == Status::Violated);
    violated.map(|property| property.name.clone()).collect()
}

fn ensure_equal<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Result<(), Failed> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, found {found:?}").into())
}
