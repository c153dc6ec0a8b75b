//! The file of measured figures, `benches/RESULTS.md`: each bench has its section in it, and leaves the others alone.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

const HEAD: &str = "# Results\n\nWhat the benches have measured, each section written by its bench.\n";

/// Puts a section in the place of the one of the same title, or at the end.
pub fn write(title: &str, text: &str) -> io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/RESULTS.md");
    let before = match fs::read_to_string(&path) {
        Ok(before) => before,
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
        Err(reason) => return Err(reason),
    };
    fs::write(&path, with_section(&before, title, text))
}

fn with_section(before: &str, title: &str, text: &str) -> String {
    let own = format!("## {title}\n");
    let mut parts: Vec<String> = Vec::new();
    for line in before.lines() {
        if line.starts_with("## ") || parts.is_empty() {
            parts.push(String::new());
        }
        let last = parts.len() - 1;
        parts[last].push_str(&format!("{line}\n"));
    }
    let section = format!("{own}\n{}\n", text.trim_end());
    match parts.iter_mut().find(|part| part.starts_with(&own)) {
        Some(part) => *part = section,
        None => parts.push(section),
    }
    let parts: Vec<&str> = parts.iter().map(|part| part.trim_end()).collect();
    parts.join("\n\n") + "\n"
}

/// What was run, where and when: `cargo bench ..`, the machine, the day.
pub fn circumstances(bench: &str) -> String {
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let given = if given.is_empty() { String::new() } else { format!(" -- {}", given.join(" ")) };
    let said = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok();
        output.map_or_else(String::new, |it| String::from_utf8_lossy(&it.stdout).trim().to_owned())
    };
    let cpu = line_of("/proc/cpuinfo", "model name");
    let memory = line_of("/proc/meminfo", "MemTotal");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "`cargo bench --bench {bench}{given}`, {}, {cores} cores ({cpu}), {memory}, {}.\n",
        said("date", "+%F"),
        said("rustc", "--version")
    )
}

/// What stands behind the colon of the line that begins so.
fn line_of(path: &str, key: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(key));
    line.and_then(|line| line.split_once(':')).map_or_else(|| "?".to_owned(), |(_, it)| it.trim().to_owned())
}
