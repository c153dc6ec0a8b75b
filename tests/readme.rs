//! What the README and the pages of `docs/` say is so: every command prints what stands below it, every model is read
//! and meets its expectation, every path leads somewhere. `TRYCMD=overwrite` writes what the commands print into the README.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cl_check::check::{Options, check};
use cl_check::cli::Exit;
use cl_check::model::{Source, is_algorithm, read, read_algorithm};
use cl_check::oracle::Property;

const PAGES: [&str; 13] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "docs/semantics.md",
    "docs/json.md",
    "docs/mutate.md",
    "docs/estimate.md",
    "docs/lectures.md",
    "docs/cos418.md",
    "docs/export.md",
    "docs/long-searches.md",
    "docs/stubborn.md",
    "docs/symmetry.md",
];

/// The pages whose commands are run.
const RUN: [&str; 4] = ["README.md", "docs/cos418.md", "docs/long-searches.md", "docs/stubborn.md"];

/// How the README runs the program before it is installed, and what stands for it here.
const FROM_SOURCE: (&str, &str) = ("$ cargo run --release -- ", "$ from-source ");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|reason| panic!("{path}: {reason}"))
}

/// The fenced blocks of a page in this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let after = page.split(&fence).skip(1);
    after.map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn commands_print_what_the_readme_says() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = fs::remove_dir_all(&folder);
    let beside = folder.join("README.in");
    copy(&root().join("models"), &beside.join("models"));
    copy(&root().join("tests/docs"), &beside);
    write_models(&beside);

    let overwrites = std::env::var_os("TRYCMD").is_some_and(|mode| mode == "overwrite");
    for name in RUN {
        run_page(&folder, name, overwrites);
    }
}

/// Runs the commands of one page, in the folder beside it.
fn run_page(folder: &Path, name: &str, overwrites: bool) {
    let page = folder.join("README.md");
    fs::write(&page, for_trycmd(&text(name), !overwrites)).expect("the copy can be written");

    let cases = trycmd::TestCases::new();
    cases.register_bin("from-source", Path::new(env!("CARGO_BIN_EXE_cl-check")));
    cases.env("NO_COLOR", "1").env("COLUMNS", "").env("GITHUB_ACTIONS", "");
    cases.case(&page).run();
    if overwrites {
        let written = fs::read_to_string(&page).expect("it is still there");
        let written = written.replace(FROM_SOURCE.1, FROM_SOURCE.0).replace("\n\n```\n", "\n```\n");
        fs::write(root().join(name), written).expect("the page can be written");
    }
}

/// The README as trycmd wants it: commands by names that it knows, and an empty line after the last one of an output.
fn for_trycmd(readme: &str, any_time: bool) -> String {
    let mut copy = String::new();
    let mut in_console = false;
    for line in readme.replace(FROM_SOURCE.0, FROM_SOURCE.1).lines() {
        if in_console && line == "```" {
            copy.push('\n');
        }
        in_console = line == "```console" || (in_console && line != "```");
        let line = if any_time { without_time(line) } else { format!("{line}\n") };
        copy.push_str(&line);
    }
    copy
}

/// The models of the README, under the names that their first lines give.
fn write_models(folder: &Path) {
    for block in blocks(&text("README.md"), "ron") {
        let name = block.lines().next().and_then(|line| line.strip_prefix("// "));
        let name = name.expect("a model of the README begins with its file's name");
        fs::write(folder.join(name), &block).expect("a model can be written");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder can be read") {
        let path = entry.expect("an entry too").path();
        let target = to.join(path.file_name().expect("entries have names"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file can be copied");
        }
    }
}

/// `.., in 0.2 s` at the end of a line may be any time.
fn without_time(line: &str) -> String {
    let is_time = |text: &str| {
        let unit = text.rsplit(' ').next().unwrap_or_default();
        text.starts_with(|first: char| first.is_ascii_digit()) && ["s", "ms"].contains(&unit)
    };
    match line.rsplit_once(", in ") {
        Some((before, time)) if is_time(time) => format!("{before}, in [..]\n"),
        _ => format!("{line}\n"),
    }
}

#[test]
fn times_may_differ_and_nothing_else() {
    assert_eq!(without_time("exactly, in 0.2 s"), "exactly, in [..]\n");
    assert_eq!(without_time("exactly, in 12 ms"), "exactly, in [..]\n");
    assert_eq!(without_time("all, in 3 min 20 s"), "all, in [..]\n");
    assert_eq!(without_time("fails, in 5 events"), "fails, in 5 events\n");
    assert_eq!(without_time("in all 6 states"), "in all 6 states\n");
}

#[test]
fn models_and_algorithms_are_what_they_say() {
    let mut found = 0;
    for page in PAGES {
        for block in blocks(&text(page), "ron") {
            let source = Source::new(page, block);
            if is_algorithm(&source.text) {
                read_algorithm(&source).unwrap_or_else(|error| panic!("{error}"));
            } else {
                let model = read(&source).unwrap_or_else(|error| panic!("{error}"));
                let verdict = check(&model, &Options::default());
                assert!(verdict.met, "{page}: {}: {:?}", model.name, verdict.properties);
            }
            found += 1;
        }
    }
    assert!(found >= 3, "{found} blocks of RON: has their fence changed?");
}

#[test]
fn what_is_not_run_here_is_run_by_ci() {
    let ci = text(".ci/run");
    let commands: Vec<String> = blocks(&text("README.md"), "sh").iter().flat_map(|it| lines(it)).collect();
    assert!(commands.contains(&"cargo test".to_owned()), "{commands:?}");
    for command in commands {
        assert!(ci.contains(&format!("step {command}")), "`{command}` is not in .ci/run");
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Links, and paths between backticks.
#[test]
fn every_path_exists() {
    for page in PAGES {
        let text = text(page);
        let folder = root().join(page).parent().expect("a page is in a folder").to_owned();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let links = links
            .filter(|link| !link.contains("://") && !link.starts_with('#'))
            .map(|link| folder.join(link));
        let quoted = text.split('`').skip(1).step_by(2);
        let ours = ["src/", "tests/", "models/", "docs/", "benches/", ".ci/"];
        let is_path = |word: &&str| ours.iter().any(|folder| word.starts_with(folder)) && !word.contains(' ');
        let paths: Vec<PathBuf> = links.chain(quoted.filter(is_path).map(|path| root().join(path))).collect();
        for path in paths {
            assert!(path.exists(), "{page}: {} does not exist", path.display());
        }
    }
}

#[test]
fn flags_and_exit_codes_are_all_there() {
    let readme = text("README.md");
    let help = Command::new(env!("CARGO_BIN_EXE_cl-check")).arg("--help").output().expect("the program runs");
    let help = String::from_utf8(help.stdout).expect("help is text");
    let flag = |word: &&str| word.starts_with("--") && word.len() > 2;
    let flags = help.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').filter(flag);
    for flag in flags {
        assert!(readme.contains(&format!("`{flag}")), "{flag} is not in the README");
    }
    let exits = [Exit::Met, Exit::Unmet, Exit::Unusable, Exit::Inconclusive, Exit::Nothing, Exit::Internal];
    for exit in exits.into_iter().chain([Exit::Killed]) {
        assert!(readme.contains(&format!("\n| {} | ", exit.code())), "{exit:?} is not in the README");
    }
}

#[test]
fn properties_are_all_there() {
    let page = text("docs/semantics.md");
    for property in Property::all(&[]) {
        assert!(page.contains(&format!("\n| `{}` | ", property.name())), "{property:?} is not in the docs");
    }
}
