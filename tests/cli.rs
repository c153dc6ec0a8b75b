//! The program as its users run it: what it prints, and how it exits.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn sessions() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd").case("tests/cmd/*.toml");
}

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cl-check"));
    program.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("COLUMNS").env_remove("CLICOLOR_FORCE");
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

#[test]
fn nobody_reading_is_no_failure() {
    let mut child = program()
        .args(["--no-times", "tests/cmd/batch.in/good.ron", "tests/cmd/batch.in/good.ron"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(3), "the second model was not checked");
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
