//! What is exported, judged by the other checkers: SPIN and TLC count the same states and transitions of the exported
//! model, and find the same properties violated. Without `spin` and `gcc` on the path a test says that SPIN is skipped;
//! where `CL_CHECK_SPIN` is `required` it fails. TLC is asked where `CL_CHECK_TLC` is the path of a `tla2tools.jar`.

#[path = "export/figures.rs"]
mod figures;
#[path = "export/spin.rs"]
mod spin;
#[path = "export/tlc.rs"]
mod tlc;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use cl_check::check::{Options, check};
use cl_check::engine::Status;
use cl_check::export::{Language, Unfit, export, module_name};
use cl_check::model::{Model, Source, load, read};

/// The properties that are exported.
const JUDGED: [&str; 4] = ["ConsistentCut", "TotalPreserved", "Terminates", "WellFormed"];

/// What is counted, and which of [`JUDGED`] fail.
type Found = (u64, u64, BTreeSet<String>);

fn model(path: &str) -> Model {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a model of ours")
}

fn ours(model: &Model) -> Found {
    let verdict = check(model, &Options::default());
    let fails =
        verdict.properties.iter().filter(|it| it.status == Status::Violated).map(|it| it.name.clone());
    let fails = fails.filter(|name| JUDGED.contains(&name.as_str())).collect();
    (verdict.stats.distinct_states, verdict.stats.transitions, fails)
}

/// Another checker.
struct Other {
    name: &'static str,
    is_here: fn() -> bool,
    find: fn(&Model, &str) -> Found,
}

static OTHERS: [Other; 2] = [
    Other { name: "SPIN", is_here: spin::is_here, find: spin::find },
    Other { name: "TLC", is_here: tlc::is_here, find: tlc::find },
];

/// Those that are here: asked once, because programs have to be started for that.
static HERE: LazyLock<Vec<&Other>> =
    LazyLock::new(|| OTHERS.iter().filter(|other| (other.is_here)()).collect());

/// What all find of a model that are here, which must be what we find; none where nobody is.
fn agreed(model: &Model, name: &str) -> Option<Found> {
    let found = (!HERE.is_empty()).then(|| ours(model))?;
    for other in &*HERE {
        assert_eq!((other.find)(model, name), found, "{name}: {} first", other.name);
    }
    Some(found)
}

fn agreed_of(path: &str) -> Option<Found> {
    let stem = Path::new(path).file_stem().unwrap_or_default();
    agreed(&model(path), &module_name(stem.to_str().unwrap_or_default()))
}

/// Can this be run?
fn can(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok()
}

/// What a program says.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|reason| panic!("{program}: {reason}"));
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    text.into_owned()
}

/// A folder for what a checker makes of a model.
fn folder(checker: &str, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("export").join(checker).join(name);
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

#[test]
fn others_find_the_same() {
    let well = |path: &str, states: u64| {
        if let Some((found, _, fails)) = agreed_of(path) {
            assert_eq!((found, fails.len()), (states, 0), "{path}");
        }
    };
    well("models/two_node.ron", 215);
    well("models/two_snapshots.ron", 19_949);
    if let Some((_, _, fails)) = agreed_of("models/broken/no-channel-state.ron") {
        assert!(fails.contains("ConsistentCut") && fails.contains("TotalPreserved"), "broken: {fails:?}");
    }
}

/// Lists of amounts, markers in front of others, repeated and reordered messages, blocked channels, ill-formed states,
/// snapshots that mix each other up, runs that do not end well.
#[test]
fn others_find_the_same_of_every_kind_of_action() {
    let odd = [
        "aligned-on-a-cycle",
        "drain-reorders",
        "first-link-only",
        "last-message-repeated",
        "marker-overtakes",
        "marker-twice",
        "no-alignment",
        "no-markers",
        "not-strongly-connected",
        "other-snapshots-marker",
        "shared-buffer",
        "wrong-gate",
    ];
    let found = odd.map(|name| agreed_of(&format!("models/broken/{name}.ron")));
    let fails: BTreeSet<String> = found.iter().flatten().flat_map(|(_, _, fails)| fails.clone()).collect();
    if found.iter().all(Option::is_some) {
        assert_eq!(fails, JUDGED.map(str::to_owned).into(), "each is seen to fail");
    }
}

/// Peeks, and names that are names in no other language.
#[test]
fn others_find_the_same_of_what_no_model_here_has() {
    let text = r#"Model(
        name: "torn */ \" name", topology: Complete(["an A", "\"B\\"]), snapshots: [By("an A"), By(["an A", "\"B\\"])],
        application: Tokens(start: Each(2), behaviour: Free(sends: 1, amounts: [1, 2])),
        algorithm: Algorithm(
            name: "torn",
            on_start: [Peek, Record, Send(Marker, Outgoing), Open(Incoming)],
            on_marker: [
                If(NotRecorded, [Record, SendAhead(Marker, Forward(Outgoing)), Open(ButFirst(Incoming))]),
                Close(Arriving), If(Not(EveryMarkerArrived), [Forget]),
            ],
            on_message: [Peek, If(Not(SentAfterRecord), [KeepFirst]), OfNext([If(Finished, [KeepRepeated])])],
            complete_when: EveryMarkerArrived,
        ),
        check: [ConsistentCut, TotalPreserved],
    )"#;
    let model = read(&Source::new("torn.ron", text)).expect("it makes sense, after a fashion");
    if let Some(found) = agreed(&model, "torn") {
        assert!(found.0 > 1_000 && !found.2.is_empty(), "{found:?}");
    }
}

/// Every model that can be exported, in TLA+: what is open is closed, and each `LET` has its `IN`.
#[test]
fn modules_are_whole() {
    let mut whole = 0;
    for path in models() {
        let model = load(&path).expect("a model of ours");
        let Ok(exported) = export(&model, Language::Tla, "whole") else { continue };
        let code = exported.text.split("*)").nth(1).expect("a comment, and what follows it");
        let code: Vec<&str> = code.lines().map(|line| line.split("\\*").next().unwrap_or_default()).collect();
        let code = code.join("\n");
        for [opens, closes] in [["(", ")"], ["[", "]"], ["{", "}"], ["<<", ">>"]] {
            assert_eq!(
                code.matches(opens).count(),
                code.matches(closes).count(),
                "{}: {opens}",
                path.display()
            );
        }
        let words = |word: &str| {
            code.split(|sign: char| !sign.is_alphanumeric() && sign != '_').filter(|it| *it == word).count()
        };
        assert_eq!(words("LET"), words("IN"), "{}", path.display());
        assert_eq!(words("IF"), words("THEN"), "{}", path.display());
        assert_eq!(words("IF"), words("ELSE"), "{}", path.display());
        let configuration = exported.configuration.expect("of TLC");
        let named = configuration.lines().flat_map(|line| line.split(' ').skip(1));
        for name in named {
            assert!(code.contains(&format!("\n{name} ==")), "{name} is defined");
        }
        whole += 1;
    }
    assert!(whole > 30, "{whole} of the models can be exported");
}

fn models() -> Vec<PathBuf> {
    let folders = ["models", "models/broken", "models/lectures"];
    let folders = folders.map(|it| Path::new(env!("CARGO_MANIFEST_DIR")).join(it));
    let entries = folders.iter().flat_map(|it| fs::read_dir(it).expect("models are there"));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|it| it == "ron")).collect()
}

#[test]
fn what_cannot_be_exported_is_said() {
    let unfit = |path: &str| export(&model(path), Language::Promela, "x").expect_err(path).what;
    assert_eq!(unfit("models/broken/late-record.ron"), "an algorithm with a `Pause`");
    assert_eq!(unfit("models/broken/lossy.ron"), "a channel that is not `Fifo`");
    assert_eq!(unfit("models/line.ron"), "a script");
    assert_eq!(unfit("models/broken/split-broadcast.ron"), "`Broadcast`");
    assert_eq!(unfit("models/lectures/token-ring.ron"), "an application other than `Tokens`");
    assert_eq!(unfit("models/broken/no-markers-coins.ron"), "a `walk`");

    let sends = |sends: u32, amount: u64| {
        let text = format!(
            r#"Model(name: "m", topology: Complete(["A", "B"]), application:
                Tokens(start: Each({amount}), behaviour: Free(sends: {sends}, amounts: [1])))"#
        );
        let model = read(&Source::new("m.ron", text)).expect("it makes sense");
        export(&model, Language::Promela, "m").map(drop).map_err(|Unfit { what, .. }| what)
    };
    assert_eq!(sends(255, 15_000), Ok(()));
    assert_eq!(
        sends(256, 1),
        Err("a system with more than the 255 items that a queue of SPIN can hold".to_owned())
    );
    assert_eq!(sends(1, 15_001), Err("more than 30000 tokens in all".to_owned()));
}
