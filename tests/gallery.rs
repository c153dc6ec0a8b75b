//! Every model under `models/` says what it says it does: its expectation is met, exactly the properties that it
//! names fail, and its figures are those of the table below. One case a file.

mod plain;
mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cl_check::check::{Options, check};
use cl_check::engine::Status;
use cl_check::engine::verdict::{PropertyVerdict, Verdict};
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
const ROWS: &[Row] = &[
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
    row("lectures/deadlock-alone.ron", [271, 573, 2, 15], "27492", Plain),
    row("lectures/deadlock-polled.ron", [3_279, 4_701, 320, 17], "38664", Plain),
    row("lectures/deadlock-process-states.ron", [18_909, 57_533, 86, 22], "1597066717", Plain),
    row("lectures/deadlock-three.ron", [18_909, 57_533, 86, 22], "1597066717", Plain),
    row("lectures/deadlock.ron", [942, 1_486, 49, 18], "21752", Plain),
    row("lectures/garbage-polled.ron", [5_811, 10_635, 1_671, 10], "53960", Plain),
    row("lectures/garbage-process-states.ron", [4_187, 7_858, 893, 11], "48073", Plain),
    row("lectures/garbage.ron", [4_187, 7_858, 893, 11], "48073", Plain),
    row("lectures/link-duplicating.ron", [3_935, 15_090, 12, 16], "none", Plain),
    row("lectures/link-gives-up-repaired.ron", [1_445, 5_202, 12, 14], "none", Plain),
    row("lectures/link-gives-up.ron", [114, 196, 33, 8], "none", Plain),
    row("lectures/link-lossy.ron", [1_445, 5_202, 12, 14], "none", Plain),
    row("lectures/link-overtaking.ron", [1_864, 5_521, 12, 17], "none", Plain),
    row("lectures/logging-before-sending.ron", [1_311, 3_459, 6, 17], "none", Plain),
    row("lectures/logging-not-resent.ron", [998, 2_460, 11, 17], "none", Plain),
    row("lectures/logging-optimistic.ron", [3_205, 9_459, 12, 20], "none", Plain),
    row("lectures/logging-pessimistic.ron", [609, 1_410, 6, 14], "none", Plain),
    row("lectures/logging-twice.ron", [919, 1_919, 28, 15], "none", Plain),
    row("lectures/mutex-clocks.ron", [10_209, 30_782, 0, 30], "none", Plain),
    row("lectures/mutex-early-release.ron", [1_874, 3_399, 72, 17], "171428", Plain),
    row("lectures/mutex-no-acks.ron", [4_106, 7_464, 211, 15], "894462", Plain),
    row("lectures/mutex-not-fifo.ron", [111, 148, 6, 13], "109", Plain),
    row("lectures/mutex-three.ron", [20_000, 55_331, 29, 27], "106076645444", Plain),
    row("lectures/mutex-ties-both.ron", [1_027, 1_685, 50, 15], "40904", Plain),
    row("lectures/mutex-ties-neither.ron", [683, 1_056, 37, 15], "6054", Plain),
    row("lectures/mutex.ron", [2_844, 4_419, 116, 21], "281180", Plain),
    row("lectures/not-stable.ron", [6_555, 21_515, 61, 14], "7978416", Plain),
    row("lectures/precept-1.ron", [1, 0, 0, 0], "1", Both),
    row("lectures/precept-2.ron", [1, 0, 0, 0], "1", Both),
    row("lectures/replicas-commuting.ron", [163, 230, 16, 9], "318", Plain),
    row("lectures/replicas-crash.ron", [10_808, 30_933, 144, 15], "22911078", Plain),
    row("lectures/replicas-not-fifo.ron", [8_487, 19_733, 420, 15], "6008922", Plain),
    row("lectures/replicas-on-arrival.ron", [163, 230, 16, 9], "318", Plain),
    row("lectures/replicas-three.ron", [5_177, 12_038, 245, 14], "3865728", Plain),
    row("lectures/replicas.ron", [163, 230, 16, 9], "318", Plain),
    row("lectures/restore-crashed-repaired.ron", [205, 400, 8, 10], "none", Plain),
    row("lectures/restore-crashed.ron", [573, 1_009, 42, 11], "none", Plain),
    row("lectures/restore-incomplete-repaired.ron", [205, 400, 8, 10], "none", Plain),
    row("lectures/restore-incomplete.ron", [252, 458, 14, 10], "none", Plain),
    row("lectures/restore-processes-repaired.ron", [205, 400, 8, 10], "none", Plain),
    row("lectures/restore-processes.ron", [203, 395, 9, 9], "none", Plain),
    row("lectures/restore.ron", [8_464, 18_448, 149, 23], "none", Plain),
    row("lectures/scheduler-silent.ron", [2_192, 5_296, 34, 16], "1132539", Plain),
    row("lectures/scheduler.ron", [15_521, 40_844, 170, 18], "114471136", Plain),
    row("lectures/termination-alone.ron", [38, 57, 6, 7], "38", Plain),
    row("lectures/termination-polled.ron", [1_396, 3_040, 110, 10], "22956", Plain),
    row("lectures/termination-process-states.ron", [6_555, 21_515, 61, 14], "7978416", Plain),
    row("lectures/termination.ron", [6_555, 21_515, 61, 14], "7978416", Plain),
    row("lectures/three-processes.ron", [108, 324, 1, 8], "5040", Both),
    row("lectures/token-lost.ron", [90, 131, 6, 13], "none", Plain),
    row("lectures/token-made.ron", [805, 1_687, 0, 23], "none", Plain),
    row("lectures/token-no-snapshot.ron", [12, 18, 0, 6], "none", Plain),
    row("lectures/token-overlooked.ron", [805, 1_687, 0, 23], "none", Plain),
    row("lectures/token-passing-1.ron", [9, 9, 1, 7], "2", Both),
    row("lectures/token-passing-2.ron", [11, 13, 1, 7], "4", Both),
    row("lectures/token-ring.ron", [174, 248, 0, 21], "none", Plain),
    row("lectures/variables-no-channel-state.ron", [4_928, 15_882, 34, 13], "4938908", Plain),
    row("lectures/variables-not-fifo.ron", [9, 9, 2, 5], "3", Plain),
    row("lectures/variables.ron", [4_928, 15_882, 34, 13], "4938908", Plain),
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
    ensure_equal("the figures of the plain search", &of_engine(verdict).0, &found.figures)?;
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
