//! Every picture of four fixed runs, as golden files; what each format's own rules ask of it, for every run of the
//! gallery; and the page, stepped through in a browser.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cl_check::check::{Options, check};
use cl_check::engine::diagram::{ArrowEnd, Diagram};
use cl_check::engine::verdict::{Run, Verdict};
use cl_check::model;
use cl_check::report::{Exporter, Form, Human, News, Outcome, Page, Summary};

/// A message kept that should not be, an orphan, what a channel lost, and a run that shows no mistake.
const RUNS: [(&str, &str); 4] = [
    ("extra", "models/broken/first-link-only.ron"),
    ("orphan", "models/broken/send-before-marker.ron"),
    ("lost", "models/broken/lossy.ron"),
    ("two-snapshots", "models/two_snapshots.ron"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn verdict(path: &str) -> Verdict {
    let model = model::load(&root().join(path)).expect("the gallery can be read");
    let mut verdict = check(&model, &Options { graph: true, ..Options::default() });
    path.clone_into(&mut verdict.path);
    verdict
}

fn exported(mut exporter: Box<dyn Exporter>, verdict: Verdict) -> String {
    let outcome = Outcome::Judged(Box::new(verdict));
    let mut summary = Summary::new();
    summary.add(&outcome);
    let mut text = Vec::new();
    exporter.export(News::Model(&outcome), &mut text).expect("a vector takes everything");
    exporter.export(News::End(&summary), &mut text).expect("a vector takes everything");
    String::from_utf8(text).expect("text")
}

fn of(form: Form, path: &str) -> String {
    exported(form.exporter(false), verdict(path))
}

fn human(path: &str, columns: usize, ascii: bool) -> String {
    let page = Page { columns: Some(columns), color: false, times: false, batch: false, ascii };
    exported(Box::new(Human::new(page)), verdict(path))
}

#[test]
fn every_format_of_every_run() {
    for (name, path) in RUNS {
        insta::assert_snapshot!(format!("{name}_terminal"), human(path, 80, false));
        insta::assert_snapshot!(format!("{name}_ascii"), human(path, 60, true));
        for (form, ending) in [
            (Form::Svg, "svg"),
            (Form::Mermaid, "mermaid"),
            (Form::Shiviz, "shiviz"),
            (Form::Itf, "itf"),
            (Form::Junit, "junit"),
        ] {
            insta::assert_snapshot!(format!("{name}_{ending}"), of(form, path));
        }
        let page = of(Form::Html, path);
        let body = page.split("<body>").nth(1).and_then(|rest| rest.split("<script>\n").next());
        insta::assert_snapshot!(format!("{name}_html"), body.expect("a body"));
    }
    insta::assert_snapshot!("lost_dot", of(Form::Dot, RUNS[2].1));
    assert_eq!(of(Form::Dot, "models/two_snapshots.ron"), "", "that graph is too large for a picture");
}

/// The picture in the README is what the program draws. `INSTA_UPDATE=always` draws it anew.
#[test]
fn the_picture_of_the_readme() {
    let path = root().join("docs/coins.svg");
    let drawn = of(Form::Svg, "models/broken/no-markers-coins.ron");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|mode| mode == "always") {
        fs::write(&path, &drawn).expect("the picture can be written");
    }
    let stored = fs::read_to_string(&path).expect("the picture is there");
    assert_eq!(stored.replace("\r\n", "\n"), drawn);
}

/// Every run that a model of the gallery shows.
fn all_runs() -> Vec<(String, Verdict, Run)> {
    let mut files: Vec<PathBuf> = ["models", "models/broken", "models/lectures"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(root().join(folder)).expect("a folder of the gallery"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ron"))
        .filter(|path| !path.ends_with("four_node.ron") && !path.ends_with("three_node.ron"))
        .collect();
    files.sort();
    let runs = files.iter().flat_map(|file| {
        let path = file.strip_prefix(root()).expect("within").display().to_string();
        let verdict = verdict(&path);
        let runs: Vec<Run> = verdict.counterexamples.iter().chain(&verdict.witnesses).cloned().collect();
        runs.into_iter().map(move |run| (path.clone(), verdict.clone(), run))
    });
    runs.filter(|(.., run)| !run.events.is_empty()).collect()
}

/// Clocks are those of Mattern: own entries count 1, 2, 3 without gaps, a receipt knows what its sending knew, and one
/// event is before another by clock only if there is a path of arrows and lanes.
#[test]
fn clocks_are_the_happened_before_relation() {
    let runs = all_runs();
    assert!(runs.len() > 50, "{}", runs.len());
    for (path, _, run) in runs {
        let diagram = &run.diagram;
        let before = happened_before(diagram);
        for (number, step) in diagram.steps.iter().enumerate() {
            let Some(process) = step.process else { continue };
            let own = diagram.steps[..=number].iter().filter(|other| other.process == Some(process)).count();
            assert_eq!(step.clock[process] as usize, own, "{path}, step {number}");
            for (other, earlier) in diagram.steps.iter().enumerate() {
                let Some(place) = earlier.process.filter(|_| other != number) else { continue };
                let knows = earlier.clock[place] <= step.clock[place];
                assert_eq!(knows, before[other][number], "{path}, steps {other} and {number}");
            }
        }
    }
}

/// By paths, without clocks: whether each step is before each other one. Copies made by a channel come from their originals' senders.
fn happened_before(diagram: &Diagram) -> Vec<Vec<bool>> {
    let steps = diagram.steps.len();
    let mut before = vec![vec![false; steps]; steps];
    for (earlier, row) in before.iter_mut().enumerate() {
        for (later, is_before) in row.iter_mut().enumerate().skip(earlier + 1) {
            let same_place = diagram.steps[earlier].process == diagram.steps[later].process;
            *is_before = same_place && diagram.steps[later].process.is_some();
        }
    }
    for arrow in &diagram.arrows {
        let original = diagram.arrows.iter().find(|other| {
            !other.copied && (other.from, other.to, &other.load) == (arrow.from, arrow.to, &arrow.load)
        });
        let sent = if arrow.copied { original.map(|other| other.sent) } else { Some(arrow.sent) };
        if let (Some(sent), ArrowEnd::Received(received)) = (sent, arrow.end) {
            before[sent][received] = true;
        }
    }
    for middle in 0..steps {
        for from in 0..steps {
            for to in 0..steps {
                before[from][to] |= before[from][middle] && before[middle][to];
            }
        }
    }
    before
}

/// The rules that `ShiViz` states for its input.
#[test]
fn shiviz_can_read_its_log() {
    for (path, _, run) in all_runs() {
        let log = cl_check::report::shiviz::log(&run);
        let mut lines = log.lines();
        assert_eq!(lines.next(), Some(r"(?<host>\S+) (?<clock>{.*}) (?<event>.*)"));
        assert_eq!(lines.next(), Some(""), "no delimiter of executions");
        let mut counts: HashMap<String, u64> = HashMap::new();
        for line in lines {
            let (host, rest) = line.split_once(' ').expect("a host");
            let end = rest.find("} ").expect("a clock, then an event");
            let clock: BTreeMap<String, u64> = serde_json::from_str(&rest[..=end]).expect("strict JSON");
            let count = counts.entry(host.to_owned()).or_default();
            *count += 1;
            assert_eq!(clock[host], *count, "{path}: {line}");
            let known =
                clock.iter().all(|(other, &entry)| other == host || counts.get(other) >= Some(&entry));
            assert!(known, "{path}: {line} knows of an event that has not been");
        }
    }
}

/// By a reader of the format that is not ours. Every state sets every variable.
#[test]
fn itf_can_be_read() {
    for (path, verdict, run) in all_runs() {
        let text = cl_check::report::itf::trace(&verdict, &run).to_string();
        let trace: itf::Trace<TraceState> = itf::trace_from_str(&text).expect(&path);
        assert_eq!(trace.vars, ["processes", "channels", "script", "ill_formed", "event"], "{path}");
        let events = trace.states.iter().map(|state| state.value.event.as_str());
        let expected = std::iter::once("").chain(run.events.iter().map(String::as_str));
        assert!(events.eq(expected), "{path}");
    }
}

/// A state in which every variable is set.
#[derive(serde::Deserialize)]
struct TraceState {
    #[serde(rename = "processes")]
    _processes: itf::Value,
    #[serde(rename = "channels")]
    _channels: itf::Value,
    #[serde(rename = "script")]
    _script: i64,
    #[serde(rename = "ill_formed")]
    _ill_formed: bool,
    event: String,
}

/// By a parser that is not ours; the numbers at the top are those of the cases.
#[test]
fn junit_is_xml_and_counts_right() {
    for (path, verdict, _) in all_runs() {
        let text = exported(Form::Junit.exporter(true), verdict);
        let document = roxmltree::Document::parse(&text).expect(&path);
        let root = document.root_element();
        let count =
            |name: &str| root.descendants().filter(|node| node.has_tag_name(name)).count().to_string();
        for (attribute, element) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            assert_eq!(root.attribute(attribute), Some(count(element).as_str()), "{path}");
        }
    }
}

#[test]
fn svg_is_xml() {
    for (path, _, run) in all_runs() {
        let text = cl_check::report::svg::picture(&run);
        let document = roxmltree::Document::parse(&text).expect(&path);
        let arrows = document
            .descendants()
            .filter(|node| node.attribute("class").is_some_and(|class| class.starts_with("arrow ")));
        assert_eq!(arrows.count(), run.diagram.arrows.len(), "{path}");
    }
}

/// At 80 columns and elsewhere: no line is wider, every step is there, and nothing depends on colour.
#[test]
fn no_run_is_garbled_on_a_terminal() {
    for (path, verdict, run) in all_runs() {
        for columns in [40, 60, 80, 120] {
            let page =
                Page { columns: Some(columns), color: false, times: false, batch: false, ascii: false };
            let text = exported(Box::new(Human::new(page)), verdict.clone());
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(columns), "{path} at {columns}:\n{text}");
            let last = format!("  {}  ", run.events.len());
            assert!(text.contains(&last), "{path} at {columns}:\n{text}");
        }
    }
}

/// Keys are pressed by a script in the page, since a headless browser that prints its page takes none from outside.
#[test]
fn the_page_can_be_stepped_through() {
    let Some(browser) = browser() else {
        eprintln!("skipped: there is no Chromium on this machine");
        return;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).expect("a folder for pages");
    let page = of(Form::Html, RUNS[1].1);
    let run = &verdict(RUNS[1].1).counterexamples[0];
    for (keys, step) in [
        (&["Home"][..], 0),
        (&["Home", "ArrowRight", "ArrowRight"], 2),
        (&["ArrowLeft"], 5),
        (&["Home", "End"], 6),
    ] {
        let pressed: String = keys.iter().map(|key| press(key)).collect();
        let path = folder.join(format!("{step}.html"));
        fs::write(&path, page.replace("</body>", &format!("<script>{pressed}</script></body>")))
            .expect("a page");
        let shown = shown(&browser, &folder, &path);
        let says = if step == 0 { "at first" } else { &run.diagram.steps[step - 1].says };
        let says = format!("<p class=\"says live\" aria-live=\"polite\">{step} of 6: {says}</p>");
        assert!(shown.contains(&says), "{keys:?}: {says} is not in\n{shown}");
        let cells: Vec<String> = cells_of(&shown, "state");
        assert_eq!(cells, run.rows[step], "{keys:?}");
        let later = |number: &usize| shown.contains(&format!("<text class=\"number s{number} later\""));
        let hidden: Vec<usize> = (0..run.diagram.steps.len()).filter(later).collect();
        assert_eq!(hidden, (step..run.diagram.steps.len()).collect::<Vec<_>>(), "{keys:?}");
    }
}

fn press(key: &str) -> String {
    format!("document.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}));")
}

/// The cells of a table of the page.
fn cells_of(page: &str, class: &str) -> Vec<String> {
    let table = page
        .split(&format!("<table class=\"{class}\">"))
        .nth(1)
        .and_then(|rest| rest.split("</table>").next());
    let cells = table.unwrap_or_default().split("</td>");
    cells.filter_map(|cell| Some(cell.split("<td").nth(1)?.split_once('>')?.1.to_owned())).collect()
}

fn browser() -> Option<String> {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let runs = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|it| it.status.success());
    names.into_iter().find(runs).map(str::to_owned)
}

/// The page as the browser has it when its scripts have run.
fn shown(browser: &str, folder: &Path, page: &Path) -> String {
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
