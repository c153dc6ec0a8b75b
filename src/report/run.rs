//! Runs as text: the steps, what was recorded in the end, and why this shows what it shows.

use super::figures::count;
use super::page::{Ink, Page};
use super::text::{hung, printable};
use super::{space_time, table, words};
use crate::engine::verdict::{Run, RunKind, Snapshot};

/// Counterexamples, each with its steps; properties that fail in the same run share them.
pub fn counterexamples(runs: &[Run], page: Page) -> String {
    grouped(runs).iter().map(|same| counterexample(same, page)).collect()
}

/// The shortest runs to what the model asks for.
pub fn witnesses(runs: &[Run], page: Page) -> String {
    let witness =
        |run: &Run| format!("\n{}\n{}{}", titled(&title(run), page), steps(run, page), recorded(run, page));
    runs.iter().map(witness).collect()
}

/// A run with everything about it: its picture, its states, what is recorded, and its reason.
pub fn story(run: &Run, page: Page) -> String {
    let mut text = format!("{}\n{}", titled(&title(run), page), steps(run, page));
    if !run.events.is_empty() {
        text += &format!("\n{}", table::steps(run, page));
    }
    text += &recorded(run, page);
    if !run.reason.is_empty() {
        text += &hung("  because   ", 12, &run.reason, page.width());
        text.push('\n');
    }
    text
}

/// A run with its picture and what is recorded.
pub fn tale(run: &Run, page: Page) -> String {
    format!("{}\n{}{}", titled(&title(run), page), steps(run, page), recorded(run, page))
}

/// What the model asks for and where it is reached, in a line each.
pub fn brief_witnesses(runs: &[Run], page: Page) -> String {
    let witness = |run: &Run| {
        let text = format!("{} {}", run.property, length(run));
        hung("  reached   ", 12, &text, page.width()) + "\n"
    };
    runs.iter().map(witness).collect()
}

/// `in 5 events`.
pub fn length(run: &Run) -> String {
    format!("in {}", count(run.events.len() as u64, "event", "events"))
}

/// `ConsistentCut fails in 6 events`.
pub fn title(run: &Run) -> String {
    title_of(&[run])
}

/// The same for runs with the same events.
pub fn title_of(same: &[&Run]) -> String {
    let names: Vec<&str> = same.iter().map(|run| run.property.as_str()).collect();
    let verb = match (same[0].kind, names.len()) {
        (RunKind::Counterexample, 1) => "fails",
        (RunKind::Counterexample, _) => "fail",
        (RunKind::Witness, 1) => "is reached",
        (RunKind::Witness, _) => "are reached",
        (RunKind::Example, _) => {
            return printable(&format!("{}, {}", words::listed(&names), length(same[0])));
        }
    };
    printable(&format!("{} {verb} {}", words::listed(&names), length(same[0])))
}

/// Runs in order, those with the same events together.
pub fn grouped<'r>(runs: impl IntoIterator<Item = &'r Run>) -> Vec<Vec<&'r Run>> {
    let mut groups: Vec<Vec<&Run>> = Vec::new();
    for run in runs {
        match groups.iter_mut().find(|group| group[0].events == run.events && group[0].kind == run.kind) {
            Some(group) => group.push(run),
            None => groups.push(vec![run]),
        }
    }
    groups
}

/// One run and all that it shows.
fn counterexample(same: &[&Run], page: Page) -> String {
    let run = same[0];
    let title = format!("{}{}", title_of(same), remark(run));
    let mut text = format!("\n{}\n{}", titled(&title, page), steps(run, page));
    for (index, run) in same.iter().enumerate() {
        let told = same[..index].iter().any(|earlier| number(earlier) == number(run));
        if !told {
            text += &recorded(run, page);
        }
    }
    for run in same {
        let name = if same.len() == 1 { String::new() } else { format!("{}: ", run.property) };
        text += &hung("  because   ", 12, &format!("{name}{}", run.reason), page.width());
        text.push('\n');
    }
    text
}

/// The picture of a run; a run without events is the state that it stays in.
fn steps(run: &Run, page: Page) -> String {
    if run.events.is_empty() { table::steps(run, page) } else { space_time::picture(run, page) }
}

fn number(run: &Run) -> Option<usize> {
    run.snapshot.as_ref().map(|snapshot| snapshot.number)
}

/// What to know about the run before reading it.
fn remark(run: &Run) -> String {
    let shortest = if run.minimal { ", and in no fewer" } else { ", perhaps in fewer" };
    if let Some(from) = run.repeats_from {
        return format!(", the last {} of them again and again", run.events.len() - from);
    }
    match run.walked {
        0 => shortest.to_owned(),
        walked if walked == run.events.len() => ", all of them the model's walk".to_owned(),
        walked => format!(", the first {walked} of them the model's walk"),
    }
}

fn titled(title: &str, page: Page) -> String {
    let text = hung("  ", 2, title, page.width());
    format!("  {}", page.paint(Ink::Strong, text.trim_start()))
}

/// The recorded snapshot, and its total against the expected one.
fn recorded(run: &Run, page: Page) -> String {
    let Some(snapshot) = &run.snapshot else { return String::new() };
    let what = if snapshot.complete { "" } else { ", not complete" };
    let text = format!("snapshot {}{what}: {}", snapshot.number, contents(snapshot));
    let recorded = hung("  recorded  ", 12, &text, page.width());
    let Some((total, expected)) = &snapshot.totals else { return format!("{recorded}\n") };
    let compared = match () {
        () if total == expected => format!("{total}, as it should be"),
        () if !snapshot.complete => format!("{total} so far, of {expected}"),
        () => format!("{total}, but it should be {expected}"),
    };
    format!("{recorded}\n{}\n", hung("  total     ", 12, &compared, page.width()))
}

fn contents(snapshot: &Snapshot) -> String {
    let process = |(name, state): &(String, Option<String>)| {
        format!("{name} {}", state.as_deref().unwrap_or("nothing"))
    };
    let channel = |(name, kept): &(String, Vec<String>)| format!("{name} [{}]", kept.join(", "));
    let processes: Vec<String> = snapshot.processes.iter().map(process).collect();
    let channels: Vec<String> = snapshot.channels.iter().map(channel).collect();
    let channels = if channels.is_empty() { "all empty".to_owned() } else { channels.join(", ") };
    format!("{}; channels {channels}", processes.join(", "))
}
