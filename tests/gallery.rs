//! Every model under `models/` says what it says it does: its expectation is met, exactly the properties that it
//! names fail, and its figures are those of the table below. One case a file.

mod plain;
mod reference;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cl_check::check::{Options, check};
use cl_check::engine::Status;
use cl_check::engine::verdict::Verdict;
use cl_check::model::{self, Expect, Model};
use cl_check::network::{Application, Topology, When};
use libtest_mimic::{Arguments, Failed, Trial};

use reference::Reference;
use reference::judge;

/// The figures of a model, and who computed them.
struct Row {
    file: &'static str,
    distinct_states: usize,
    transitions: usize,
    terminal_states: usize,
    depth: usize,
    orderings: &'static str,
    by: By,
}

/// Who computed the figures of a row.
#[derive(PartialEq)]
enum By {
    /// The engine and the reference of `tests/reference`; the reference counts them again in every test run.
    Both,
    /// The same, but the reference takes too long to do it every time.
    BothOnce,
    /// The engine and the plain search of `tests/plain`, which does it again in every test run: an application that the
    /// reference does not know.
    Plain,
}

use By::{Both, BothOnce, Plain};

/// One row a file, in order. Those of `two_node`, `ring3` and `ring4` come from other tools as well: at least two of
/// SPIN, Rumur, TLC, Stateright and a plain search in Python.
const ROWS: [Row; 91] = [
    row("bank.ron", [10_739, 38_525, 48, 15], "220339220", Both),
    row("broken/aligned-on-a-cycle-repaired.ron", [19, 24, 2, 6], "11", Both),
    row("broken/aligned-on-a-cycle.ron", [10, 11, 2, 4], "4", Both),
    row("broken/always-recording-repaired.ron", [17, 19, 3, 5], "7", Both),
    row("broken/always-recording.ron", [17, 19, 3, 5], "7", Both),
    row("broken/done-at-first-marker-repaired.ron", [17, 19, 3, 5], "7", Both),
    row("broken/done-at-first-marker.ron", [17, 19, 3, 5], "7", Both),
    row("broken/drain-reorders-repaired.ron", [46, 60, 6, 7], "38", Both),
    row("broken/drain-reorders.ron", [46, 60, 6, 7], "38", Both),
    row("broken/duplicating-repaired.ron", [15, 18, 2, 5], "7", Both),
    row("broken/duplicating.ron", [91, 142, 12, 9], "181", Both),
    row("broken/feedback-not-recorded-repaired.ron", [17, 19, 3, 5], "7", Both),
    row("broken/feedback-not-recorded.ron", [17, 19, 3, 5], "7", Both),
    row("broken/finished-link-repaired.ron", [4, 3, 1, 3], "1", Both),
    row("broken/finished-link.ron", [2, 1, 1, 1], "1", Both),
    row("broken/first-link-only-repaired.ron", [45, 75, 3, 7], "86", Both),
    row("broken/first-link-only.ron", [46, 75, 4, 7], "86", Both),
    row("broken/item-passes-barrier-repaired.ron", [11, 12, 2, 4], "4", Both),
    row("broken/item-passes-barrier.ron", [16, 18, 3, 5], "7", Both),
    row("broken/last-message-repeated-repaired.ron", [46, 60, 6, 7], "38", Both),
    row("broken/last-message-repeated.ron", [46, 60, 6, 7], "38", Both),
    row("broken/late-record-repaired.ron", [15, 18, 2, 5], "7", Both),
    row("broken/late-record.ron", [21, 25, 3, 6], "11", Both),
    row("broken/lossy-repaired.ron", [15, 18, 2, 5], "7", Both),
    row("broken/lossy.ron", [31, 40, 10, 5], "32", Both),
    row("broken/marker-lost-repaired.ron", [10, 13, 1, 5], "6", Both),
    row("broken/marker-lost.ron", [4, 3, 1, 3], "1", Both),
    row("broken/marker-overtakes-repaired.ron", [15, 18, 2, 5], "7", Both),
    row("broken/marker-overtakes.ron", [19, 22, 3, 5], "8", Both),
    row("broken/marker-twice-repaired.ron", [4, 3, 1, 3], "1", Both),
    row("broken/marker-twice.ron", [4, 3, 0, 3], "1", Both),
    row("broken/no-alignment-repaired.ron", [31, 54, 2, 6], "50", Both),
    row("broken/no-alignment.ron", [34, 58, 3, 6], "60", Both),
    row("broken/no-channel-state-bank-repaired.ron", [32, 80, 1, 5], "120", Both),
    row("broken/no-channel-state-bank.ron", [32, 80, 1, 5], "120", Both),
    row("broken/no-channel-state-coins-repaired.ron", [10, 15, 1, 4], "8", Both),
    row("broken/no-channel-state-coins.ron", [10, 15, 1, 4], "8", Both),
    row("broken/no-channel-state-repaired.ron", [17, 19, 3, 5], "7", Both),
    row("broken/no-channel-state.ron", [17, 19, 3, 5], "7", Both),
    row("broken/no-markers-coins-repaired.ron", [141, 278, 9, 8], "876", Both),
    row("broken/no-markers-coins.ron", [1, 0, 0, 0], "1", Both),
    row("broken/no-markers-repaired.ron", [31, 53, 3, 5], "52", Both),
    row("broken/no-markers.ron", [19, 25, 4, 4], "12", Both),
    row("broken/no-wait-repaired.ron", [17, 19, 3, 5], "7", Both),
    row("broken/no-wait.ron", [17, 19, 3, 5], "7", Both),
    row("broken/not-fifo-repaired.ron", [15, 18, 2, 5], "7", Both),
    row("broken/not-fifo.ron", [24, 28, 4, 6], "10", Both),
    row("broken/not-strongly-connected-repaired.ron", [10, 13, 1, 5], "6", Both),
    row("broken/not-strongly-connected.ron", [4, 3, 1, 3], "1", Both),
    row("broken/other-snapshots-marker-repaired.ron", [95, 146, 6, 8], "173", Both),
    row("broken/other-snapshots-marker.ron", [95, 146, 6, 8], "173", Both),
    row("broken/send-before-marker-repaired.ron", [15, 18, 2, 5], "7", Both),
    row("broken/send-before-marker.ron", [24, 29, 3, 6], "10", Both),
    row("broken/shared-buffer-repaired.ron", [95, 146, 6, 8], "173", Both),
    row("broken/shared-buffer.ron", [95, 146, 6, 8], "173", Both),
    row("broken/split-broadcast-repaired.ron", [53, 88, 3, 8], "135", Both),
    row("broken/split-broadcast.ron", [87, 158, 4, 9], "460", Both),
    row("broken/torn-record-repaired.ron", [15, 18, 2, 5], "7", Both),
    row("broken/torn-record.ron", [24, 29, 3, 6], "10", Both),
    row("broken/wrong-gate-repaired.ron", [45, 75, 3, 7], "86", Both),
    row("broken/wrong-gate.ron", [45, 75, 3, 7], "86", Both),
    row("coins.ron", [31_784, 82_774, 725, 15], "94486072", Both),
    row("four_node.ron", [387_325, 2_299_394, 79, 17], "1498984349760", BothOnce),
    row("lectures/bank.ron", [32, 80, 1, 5], "120", Both),
    row("lectures/checkpoints-coordinated.ron", [1_092, 2_374, 24, 21], "1347392", Plain),
    row("lectures/checkpoints-domino.ron", [1_073, 2_578, 25, 18], "2702542", Plain),
    row("lectures/checkpoints-overtaken.ron", [4_844, 9_040, 278, 15], "379748", Plain),
    row("lectures/checkpoints-rollback-coordinated.ron", [1_092, 2_374, 24, 21], "1347392", Plain),
    row("lectures/checkpoints-rollback.ron", [1_073, 2_578, 25, 18], "2702542", Plain),
    row("lectures/checkpoints-useless.ron", [1_796, 3_084, 220, 10], "25200", Plain),
    row("lectures/coins-1800.ron", [10, 15, 1, 4], "8", Both),
    row("lectures/coins-2200.ron", [5, 5, 1, 3], "2", Both),
    row("lectures/logging-before-sending.ron", [1_311, 3_459, 6, 17], "none", Plain),
    row("lectures/logging-not-resent.ron", [998, 2_460, 11, 17], "none", Plain),
    row("lectures/logging-optimistic.ron", [3_205, 9_459, 12, 20], "none", Plain),
    row("lectures/logging-pessimistic.ron", [609, 1_410, 6, 14], "none", Plain),
    row("lectures/logging-twice.ron", [919, 1_919, 28, 15], "none", Plain),
    row("lectures/precept-1.ron", [1, 0, 0, 0], "1", Both),
    row("lectures/precept-2.ron", [1, 0, 0, 0], "1", Both),
    row("lectures/three-processes.ron", [108, 324, 1, 8], "5040", Both),
    row("lectures/token-passing-1.ron", [9, 9, 1, 7], "2", Both),
    row("lectures/token-passing-2.ron", [11, 13, 1, 7], "4", Both),
    row("lectures/token-ring.ron", [174, 248, 0, 21], "none", Plain),
    row("line.ron", [435, 965, 8, 15], "107433", Both),
    row("ring3.ron", [24_253, 74_665, 119, 22], "722800684748", Both),
    row("ring4.ron", [50_896, 185_600, 162, 21], "2094751441220", Both),
    row("star.ron", [3_855, 11_953, 42, 13], "5170356", Both),
    row("three_node.ron", [504_870, 1_925_203, 2_547, 19], "1023948063900", BothOnce),
    row("two_initiators.ron", [36_185, 137_686, 208, 13], "690709952", Both),
    row("two_node.ron", [215, 362, 12, 11], "3196", Both),
    row("two_snapshots.ron", [19_949, 53_408, 290, 16], "164960204", Both),
];

const fn row(
    file: &'static str,
    [distinct_states, transitions, terminal_states, depth]: [usize; 4],
    orderings: &'static str,
    by: By,
) -> Row {
    Row { file, distinct_states, transitions, terminal_states, depth, orderings, by }
}

fn main() -> ExitCode {
    let files = model_files();
    let mut trials: Vec<Trial> = files.iter().cloned().map(trial).collect();
    let copy = files.clone();
    trials
        .push(Trial::test("every broken model has its twin", move || every_broken_model_has_its_twin(&copy)));
    trials.push(Trial::test("every row has its file, every file its row", move || same_files(&files)));
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
    ensure_equal("files", &rows, &files.iter().map(String::as_str).collect())
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

/// The plain search counts the same, its rules fail as soon, and what is said to be stable is.
fn agrees_with_plain_search(model: &Model, verdict: &Verdict) -> Result<(), Failed> {
    let found = plain::explore(model);
    ensure_equal("the figures of the plain search", &of_engine(verdict).0, &found.figures)?;
    let rules = model.application.rules();
    let own = |name: &str| rules.iter().find(|rule| rule.name == name && rule.when != When::Eventually);
    let runs =
        verdict.counterexamples.iter().filter_map(|run| Some((own(&run.property)?.name, run.events.len())));
    ensure_equal("the rules that fail", &found.failing, &runs.collect())?;
    ensure_equal("properties that should be stable", &Vec::new(), &found.unstable)
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
