//! The house rules that a machine can check: which room may import which, module docs, lengths, and words that may
//! not stand in some places. Each rule is a line of a table, and has a test in which it is broken.

#[path = "tidy/scan.rs"]
mod scan;
#[path = "tidy/scanner_tests.rs"]
mod scanner_tests;

use std::fs;
use std::path::Path;

use scan::{begins_with, from_root, functions, split, tokens};

/// Each room, and those that it may import besides itself. An oracle cannot see the algorithm: so the same mistake
/// cannot be in both. Neighbours (`apps` and `algorithm`, `oracle` and `report`) do not see each other.
#[rustfmt::skip]
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("engine", &[]),
    ("network", &["engine"]),
    ("apps", &["network"]),
    ("algorithm", &["network"]),
    ("oracle", &["network", "engine"]),
    ("report", &["network", "engine"]),
    ("model", &["engine", "network", "apps", "algorithm", "oracle", "report"]),
    ("check", &["engine", "network", "apps", "algorithm", "oracle", "report", "model"]),
    ("mutate", &["engine", "network", "apps", "algorithm", "oracle", "model", "check"]),
    ("export", &["network", "apps", "algorithm", "oracle", "model"]),
    ("cos418", &["engine", "network", "apps", "algorithm", "oracle", "report", "model", "check", "mutate"]),
    ("cli", &["engine", "network", "apps", "algorithm", "oracle", "report", "model", "check", "mutate", "cos418", "export"]),
    ("main", &["cli"]),
    ("lib", &[]),
];

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 60;

/// What panics, as tokens: a user's mistake is a `Result`.
const PANICS: &[&[&str]] = &[
    &[".", "unwrap", "(", ")"],
    &[".", "expect", "("],
    &["panic", "!"],
    &["todo", "!"],
    &["unimplemented", "!"],
];

const EVERYWHERE: &[&str] = &["src/", "tests/", "benches/"];

/// A rule, and where it holds.
struct Rule {
    holds: &'static str,
    below: &'static [&'static str],
    broken: fn(&File) -> Vec<String>,
}

const IMPORTS: Rule = rule("a room imports what it may", &["src/"], imports);
const DOCUMENTED: Rule = rule("a file opens with a module doc", EVERYWHERE, undocumented);
const SHORT_FILES: Rule = rule("a file has at most 400 lines before its tests", EVERYWHERE, long_file);
const SHORT_FUNCTIONS: Rule = rule("a function has at most 60 lines", EVERYWHERE, long_functions);
const NO_PANICS: Rule = rule("no input can panic", &["src/model/", "src/cli/"], panics);
const NO_UNSAFE: Rule = rule("nothing is unsafe", EVERYWHERE, unsafe_code);

const fn rule(holds: &'static str, below: &'static [&'static str], broken: fn(&File) -> Vec<String>) -> Rule {
    Rule { holds, below, broken }
}

/// A source file; its path begins with `src/`, `tests/` or `benches/`.
struct File {
    path: String,
    text: String,
    /// The module that declares it is marked `#[cfg(test)]`.
    is_test: bool,
}

fn imports(file: &File) -> Vec<String> {
    let modules = module_path(&file.path);
    let Some(&(room, allowed)) = MAY_IMPORT.iter().find(|(room, _)| modules.first() == Some(room)) else {
        return vec!["is in no room of the table".to_owned()];
    };
    let names = from_root(&split(&tokens(&file.text)).code, modules.len());
    let forbidden = names.iter().filter(|name| name.text != room && !allowed.contains(&name.text));
    forbidden.map(|name| format!("line {}: {room} may not import {}", name.line, name.text)).collect()
}

/// `src/model/mod.rs` and `src/model.rs` are `model`, `src/model/walk.rs` is `model`, `walk`.
fn module_path(path: &str) -> Vec<&str> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    inside.trim_end_matches("/mod").split('/').collect()
}

fn undocumented(file: &File) -> Vec<String> {
    let opens = file.text.starts_with("//! ");
    (!opens).then(|| "opens without a module doc".to_owned()).into_iter().collect()
}

fn long_file(file: &File) -> Vec<String> {
    let lines = file.text.lines().count() - split(&tokens(&file.text)).test_lines;
    (lines > FILE_LINES_MAX).then(|| format!("has {lines} lines before its tests")).into_iter().collect()
}

fn long_functions(file: &File) -> Vec<String> {
    let tokens = tokens(&file.text);
    let long = functions(&tokens).into_iter().filter(|function| function.lines > FUNCTION_LINES_MAX);
    long.map(|it| format!("line {}: `{}` has {} lines", it.line, it.name, it.lines)).collect()
}

fn panics(file: &File) -> Vec<String> {
    let all = tokens(&file.text);
    let code = split(&all).code;
    let panics = (0..code.len()).filter(|&at| PANICS.iter().any(|words| begins_with(&code[at..], words)));
    panics.map(|at| format!("line {}: `{}{}`", code[at].line, code[at].text, code[at + 1].text)).collect()
}

fn unsafe_code(file: &File) -> Vec<String> {
    let tokens = tokens(&file.text).into_iter().filter(|token| token.text == "unsafe");
    tokens.map(|token| format!("line {}: unsafe", token.line)).collect()
}

/// Every source file of the crate.
fn tree() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for directory in EVERYWHERE {
        collect(root, &root.join(directory), &mut files);
    }
    let tests: Vec<String> = files.iter().flat_map(test_files).collect();
    for file in &mut files {
        file.is_test = tests.contains(&file.path);
    }
    files
}

fn collect(root: &Path, directory: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(directory).expect("a directory of the crate") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).expect("source is text");
            let inside = path.strip_prefix(root).expect("it is inside the crate");
            let names: Vec<_> = inside.iter().map(|name| name.to_string_lossy()).collect();
            files.push(File { path: names.join("/"), text, is_test: false });
        }
    }
}

/// The files of the modules that a file declares for its tests.
fn test_files(file: &File) -> Vec<String> {
    let below = file.path.trim_end_matches(".rs").trim_end_matches("/mod").to_owned();
    let tokens = tokens(&file.text);
    split(&tokens).test_modules.iter().map(|name| format!("{below}/{name}.rs")).collect()
}

impl Rule {
    /// What breaks the rule; what is only about code does not apply to tests.
    fn violations(&self, files: &[File]) -> Vec<String> {
        let is_bound = |file: &&File| {
            let for_tests = self.below == EVERYWHERE || !file.is_test;
            for_tests && self.below.iter().any(|directory| file.path.starts_with(directory))
        };
        let broken = files.iter().filter(is_bound).map(|file| (&file.path, (self.broken)(file)));
        broken
            .flat_map(|(path, broken)| broken.into_iter().map(move |what| format!("{path}: {what}")))
            .collect()
    }

    /// The whole tree keeps it.
    fn is_kept(&self) {
        let violations = self.violations(&tree());
        assert!(violations.is_empty(), "{}:\n{}", self.holds, violations.join("\n"));
    }

    /// Is it broken by a file of this text at this path?
    fn catches(&self, path: &str, text: &str) -> bool {
        let file = File { path: path.to_owned(), text: text.to_owned(), is_test: false };
        !self.violations(&[file]).is_empty()
    }
}

#[test]
fn rooms_import_what_they_may() {
    IMPORTS.is_kept();
}

#[test]
fn files_open_with_a_module_doc() {
    DOCUMENTED.is_kept();
}

#[test]
fn files_are_short() {
    SHORT_FILES.is_kept();
}

#[test]
fn functions_are_short() {
    SHORT_FUNCTIONS.is_kept();
}

#[test]
fn input_cannot_panic() {
    NO_PANICS.is_kept();
}

#[test]
fn nothing_is_unsafe() {
    NO_UNSAFE.is_kept();
}

/// The rules are about something.
#[test]
fn the_tree_is_seen() {
    let files = tree();
    for path in ["src/main.rs", "src/engine/mod.rs", "tests/tidy/scan.rs", "benches/search.rs"] {
        assert!(files.iter().any(|file| file.path == path), "{path}");
    }
    let declares =
        File { path: "src/a/b.rs".into(), text: "#[cfg(test)]\nmod tests;".into(), is_test: false };
    assert_eq!(test_files(&declares), ["src/a/b/tests.rs"]);
}

#[test]
fn rooms_do_not_import_each_other() {
    let imports = |room: &str, other: &str| {
        MAY_IMPORT.iter().any(|(it, allowed)| *it == room && allowed.contains(&other))
    };
    for (room, allowed) in MAY_IMPORT {
        assert!(!allowed.iter().any(|other| imports(other, room)), "{room}");
        assert!(!allowed.contains(room), "{room} is not to be said");
    }
}

#[test]
fn a_forbidden_import_is_caught() {
    let oracle = |text: &str| IMPORTS.catches("src/oracle/cut.rs", text);
    assert!(oracle("use crate::algorithm::Program;"));
    assert!(oracle("use crate::{engine::Status, algorithm::{Program, syntax}};"));
    assert!(oracle("use super::super::algorithm;"));
    assert!(oracle("fn run() { crate::algorithm::run() }"));
    assert!(oracle("use crate::report::Page;"));
    assert!(!oracle("use crate::engine::{algorithm, apps::report};\nuse crate::network::System;"));
    assert!(!oracle("use super::algorithm; // crate::algorithm\nconst A: &str = \"crate::algorithm\";"));
    assert!(!oracle("#[cfg(test)]\nmod tests {\n    use crate::algorithm::Program;\n}"));
    assert!(oracle("#[cfg(test)]\nmod tests;\nuse crate::algorithm::Program;"));
    assert!(IMPORTS.catches("src/engine/mod.rs", "use super::network;"));
    assert!(IMPORTS.catches("src/check.rs", "use crate::cli;"));
    assert!(IMPORTS.catches("src/main.rs", "fn main() { cl_check::check::check() }"));
    assert!(IMPORTS.catches("src/cellar/mod.rs", "//! A room that is not in the table."));
}

#[test]
fn a_missing_module_doc_is_caught() {
    assert!(DOCUMENTED.catches("benches/fast.rs", "use std::fmt;"));
    assert!(DOCUMENTED.catches("src/apps/new.rs", ""));
    assert!(!DOCUMENTED.catches("tests/new.rs", "//! What it is.\n"));
}

#[test]
fn a_long_file_is_caught() {
    let line = "const A: u8 = 0;\n";
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", line.repeat(500));
    assert!(SHORT_FILES.catches("src/apps/new.rs", &line.repeat(FILE_LINES_MAX + 1)));
    assert!(SHORT_FILES.catches("src/apps/new.rs", &format!("{tests}{}", line.repeat(FILE_LINES_MAX + 1))));
    assert!(!SHORT_FILES.catches("src/apps/new.rs", &format!("{}{tests}", line.repeat(FILE_LINES_MAX))));
}

#[test]
fn a_long_function_is_caught() {
    let of_lines =
        |lines: usize| format!("impl A {{\nfn a(b: fn(u8)) {{\n{}}}\n}}\n", "b(0);\n".repeat(lines - 2));
    assert!(SHORT_FUNCTIONS.catches("src/apps/new.rs", &of_lines(FUNCTION_LINES_MAX + 1)));
    assert!(!SHORT_FUNCTIONS.catches("src/apps/new.rs", &of_lines(FUNCTION_LINES_MAX).repeat(3)));
}

#[test]
fn a_panic_on_input_is_caught() {
    let calls = ["a.unwrap()", "a.expect(\"b\")", "panic!(\"c\")", "todo!()", "unimplemented!()"];
    for call in calls {
        let text = format!("fn f() {{ {call} }}");
        let in_test = format!("#[cfg(test)] mod tests {{ {text} }}");
        assert!(NO_PANICS.catches("src/model/new.rs", &text), "{call}");
        assert!(NO_PANICS.catches("src/cli/new.rs", &text), "{call}");
        assert!(!NO_PANICS.catches("src/engine/new.rs", &text), "{call}");
        assert!(!NO_PANICS.catches("src/model/new.rs", &format!("// {call}")), "{call}");
        assert!(!NO_PANICS.catches("src/model/new.rs", &in_test), "{call}");
    }
    assert!(!NO_PANICS.catches("src/model/new.rs", "fn f() { a.unwrap_or(b).expect + self.expected() }"));
}

#[test]
fn unsafe_code_is_caught() {
    assert!(NO_UNSAFE.catches("tests/new.rs", "unsafe fn f() {}"));
    assert!(NO_UNSAFE.catches("src/engine/key.rs", "fn f() { unsafe { g() } }"));
    assert!(!NO_UNSAFE.catches("src/engine/key.rs", "//! unsafe\nconst A: &str = \"unsafe\";"));
}
