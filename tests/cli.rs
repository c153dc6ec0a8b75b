//! The program as its users run it: what it prints, and how it exits.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[test]
fn sessions() {
    let cases = trycmd::TestCases::new();
    cases.env("GITHUB_ACTIONS", "").case("tests/cmd/*.trycmd").case("tests/cmd/*.toml");
}

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cl-check"));
    program.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("COLUMNS").env_remove("CLICOLOR_FORCE");
    program.env_remove("GITHUB_ACTIONS");
    program
}

/// The code of the exit, and what was said on standard error.
fn ended(program: &mut Command) -> (Option<i32>, String) {
    let output = program.output().expect("the program runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn no_arguments_are_a_short_help() {
    let (code, said) = ended(&mut program());
    assert_eq!(code, Some(2));
    assert!(said.contains("Usage: cl-check [OPTIONS] <MODEL>..."), "{said}");
}

#[test]
fn colors_are_for_those_who_want_them() {
    let colored = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let mut program = program();
        program.args(["tests/cmd/batch.in/good.ron"]).args(arguments).env_remove("NO_COLOR").envs(variable);
        let output = program.output().expect("the program runs");
        output.stdout.contains(&0x1b)
    };
    assert!(!colored(&[], None));
    assert!(colored(&["--color", "always"], None));
    assert!(colored(&["--color", "always"], Some(("NO_COLOR", "1"))));
    assert!(colored(&[], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!colored(&["--color", "never"], Some(("CLICOLOR_FORCE", "1"))));
}

#[test]
fn completions_and_the_manual_are_printed() {
    for arguments in [&["completions", "bash"][..], &["completions", "fish"], &["man"]] {
        let output = program().args(arguments).output().expect("the program runs");
        assert!(output.status.success() && output.stdout.len() > 500, "{arguments:?}");
    }
}

/// What happens where nobody reads standard output.
fn unread(more: &[&str]) -> Option<i32> {
    let mut child = program()
        .args(["--no-times", "tests/cmd/batch.in/good.ron", "tests/cmd/batch.in/good.ron"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    output.status.code()
}

#[test]
fn nobody_reading_is_no_failure() {
    assert_eq!(unread(&[]), Some(3), "the second model was not checked");
    let folder = folder("unread");
    let export = format!("junit={}", folder.join("all.xml").display());
    assert_eq!(unread(&["--export", &export]), Some(0), "what else was asked for is written");
    let written = fs::read_to_string(folder.join("all.xml")).expect("the file is there");
    assert_eq!(written.matches("<testsuite ").count(), 2, "{written}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let disk = std::fs::File::options().write(true).open("/dev/full").expect("Linux has one");
    let (code, said) = ended(program().arg("tests/cmd/batch.in/good.ron").stdout(disk));
    assert_eq!(code, Some(2));
    assert!(said.contains("cannot write to standard output"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_search_and_keeps_the_others_from_starting() {
    let mut child = program()
        .args([
            "--format",
            "ndjson",
            "tests/cmd/batch.in/good.ron",
            "tests/cmd/long.in/long.ron",
            "nowhere.ron",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let first = lines.next().expect("the first model has its verdict");
    assert!(first.contains(r#""verdict":"verified""#), "{first}");
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.is_ok_and(|status| status.success()));
    let rest: Vec<String> = lines.collect();
    assert_eq!(rest.len(), 3, "{rest:?}");
    for line in &rest[..2] {
        assert!(
            line.contains(r#""verdict":"incomplete""#) && line.contains(r#""end_reason":"interrupt""#),
            "{line}"
        );
    }
    assert!(rest[2].contains(r#""type":"summary""#) && rest[2].contains(r#""exit":3"#), "{}", rest[2]);
    assert_eq!(child.wait().expect("the program ends").code(), Some(3));
}

/// A folder of its own, empty.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    path
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn files_are_written_where_asked_and_nowhere_else() {
    let folder = folder("exports");
    let mut program = program();
    program
        .args(["--quiet", "models/broken/lossy.ron", "models/two_node.ron", "--report"])
        .arg(folder.join("pages"));
    let forms = ["svg", "html", "mermaid", "dot", "shiviz", "itf", "junit", "json"];
    for form in forms {
        program.arg("--export").arg(format!("{form}={}", folder.join(form).display()));
    }
    let (code, said) = ended(&mut program);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let mut expected: Vec<&str> = forms.into_iter().chain(["pages"]).collect();
    expected.sort_unstable();
    assert_eq!(names(&folder), expected);
    assert_eq!(
        names(&folder.join("pages")),
        ["index.html", "models-broken-lossy.html", "models-two_node.html"]
    );
    let index = fs::read_to_string(folder.join("pages/index.html")).expect("the index");
    assert!(index.contains("href=\"models-broken-lossy.html\""), "{index}");
}

/// What cannot be written is said before anything is explored; what there is nothing to write of is no file.
#[test]
fn files_that_cannot_be_written() {
    let folder = folder("unwritable");
    fs::create_dir(folder.join("taken")).expect("a folder");
    for path in ["missing/picture.svg", "taken"] {
        let export = format!("svg={}", folder.join(path).display());
        let output =
            program().args(["models/two_node.ron", "--export", &export]).output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{path}");
        assert!(said.starts_with("cl-check: cannot write `"), "{path}: {said}");
        assert!(output.stdout.is_empty(), "{path}");
    }
    let export = format!("svg={}", folder.join("nothing.svg").display());
    let (code, said) = ended(program().args(["tests/cmd/batch.in/good.ron", "--quiet", "--export", &export]));
    assert_eq!(code, Some(0));
    assert!(said.contains("nothing.svg` is not written: there is no run to draw"), "{said}");
    assert_eq!(names(&folder), ["taken"]);
}

#[test]
fn github_is_told_what_did_not_go_as_expected() {
    let folder = folder("github");
    let summary = folder.join("summary.md");
    let mut program = program();
    program.args(["--quiet", "--no-times", "tests/cmd/batch.in"]);
    program.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let (code, said) = ended(&mut program);
    assert_eq!(code, Some(1), "{said}");
    let commands: Vec<&str> = said.lines().filter(|line| line.starts_with("::")).collect();
    assert!(commands.iter().any(|line| line.starts_with("::error file=tests/cmd/batch.in/")), "{said}");
    let first = |kind: &str| commands.iter().position(|line| line.starts_with(kind));
    assert_eq!(first("::error"), Some(0), "the worst comes first: {said}");
    let summary = fs::read_to_string(summary).expect("the summary");
    assert!(summary.contains("| model | verdict | states |"), "{summary}");
    assert!(summary.contains("```mermaid\nsequenceDiagram\n"), "{summary}");
}
