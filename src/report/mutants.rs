//! Mutation analyses as text: which property catches which mutant, and in full what nothing catches.

use super::figures::{count, duration};
use super::page::{Ink, Page};
use super::run;
use super::text::{hung, padded, printable};
use super::twin::twin_text;
use crate::engine::Status;
use crate::engine::analysis::{Analysis, Fate, Kill, MutantVerdict, Smallest};
use crate::engine::verdict::Verdict;

/// The columns that a property takes.
const CELL: usize = 4;

/// One analysis; with every counterexample, if asked for.
pub fn text(analysis: &Analysis, page: Page, verbose: bool) -> String {
    let mut text = heading(analysis, page);
    text += &matrix(analysis, page);
    if verbose {
        text += &counterexamples(analysis, page);
    }
    text += &missed(analysis, page);
    text + &score(analysis, page)
}

/// For each mutant the smallest system that catches it.
pub fn smallest_text(all: &[Smallest], page: Page) -> String {
    let mut text = String::new();
    for one in all {
        let (word, ink, system) = match &one.found {
            Some((system, _, Kill { property, length })) => {
                let events = |length| format!(" in {}", count(length as u64, "event", "events"));
                let length = length.map_or_else(String::new, events);
                let before =
                    if one.undecided { ", or on a smaller one: a bound came first there" } else { "" };
                ("caught", Ink::Good, format!("on {system}: {property}{length}{before}"))
            }
            None if one.undecided => {
                (Fate::Inconclusive.word(), Ink::Doubtful, "a bound or an interrupt came first".to_owned())
            }
            None => ("missed", Ink::Doubtful, "on every system that was tried".to_owned()),
        };
        let lead = format!("{}  ", page.paint(ink, word));
        text += &hung(&lead, 8, &printable(&format!("{} · {system}", one.name)), page.width());
        text.push('\n');
    }
    let caught = all.iter().filter(|one| one.found.is_some()).count();
    text + &format!("caught {caught} of {}\n", all.len())
}

/// The model itself fails: nothing was mutated.
pub fn refusal(baseline: &Verdict, page: Page) -> String {
    let message = format!(
        "{}: the model itself is {}, not verified, so no mutant was run; see `cl-check {0}`",
        baseline.path,
        baseline.word.text()
    );
    format!("{}\n", page.paint(Ink::Bad, &hung("", 2, &printable(&message), page.width())))
}

fn heading(analysis: &Analysis, page: Page) -> String {
    let mutants = count(analysis.mutants.len() as u64, "mutant", "mutants");
    let text = format!("{} · {} · {mutants}", analysis.baseline.name, analysis.baseline.heading.join(" · "));
    format!("{}\n", page.paint(Ink::Strong, hung("", 2, &text, page.width()).trim_start()))
}

/// A line a mutant: under each property the length of its shortest counterexample, then the mutant.
fn matrix(analysis: &Analysis, page: Page) -> String {
    let names: Vec<&str> =
        analysis.baseline.properties.iter().map(|property| property.name.as_str()).collect();
    let head: Vec<String> = names.iter().map(|name| format!("{:>CELL$}", initials(name))).collect();
    let head = head.concat();
    let mut text = format!("\n{}\n", page.paint(Ink::Faint, &head));
    for mutant in &analysis.mutants {
        text += &line(mutant, &names, page);
    }
    let meanings: Vec<String> = names.iter().map(|name| format!("{} {name}", initials(name))).collect();
    let marks = "a number is the events of the shortest counterexample; .: holds; -: nothing to judge; \
                 x: fails, and no run shows it; ?: not decided";
    let legend = format!("{}; {marks}", meanings.join(", "));
    text + &page.paint(Ink::Faint, &hung("  ", 2, &legend, page.width())) + "\n"
}

fn line(mutant: &MutantVerdict, names: &[&str], page: Page) -> String {
    let kills = mutant.kills();
    let is_open = mutant.fate == Fate::Inconclusive;
    let cell = |name: &&str| match kills.iter().find(|kill| kill.property == **name) {
        None if mutant.fate == Fate::Unviable => " ".repeat(CELL),
        None if is_open => format!("{:>CELL$}", "?"),
        None => format!("{:>CELL$}", if is_vacuous(mutant, name) { "-" } else { "." }),
        Some(kill) => {
            let length = kill.length.map_or_else(|| "x".to_owned(), |length| length.to_string());
            page.paint(Ink::Good, &format!("{length:>CELL$}"))
        }
    };
    let cells: String = names.iter().map(cell).collect();
    let word = padded(mutant.fate.word(), 12);
    let ink = match mutant.fate {
        _ if mutant.is_unmet() => Ink::Bad,
        Fate::Caught => Ink::Good,
        Fate::Inconclusive => Ink::Doubtful,
        Fate::Missed { .. } | Fate::Unviable => Ink::Faint,
    };
    let lead = format!("{cells}  {}  ", page.paint(ink, &word));
    let why = if mutant.reason.is_empty() { String::new() } else { format!(" ({})", mutant.reason) };
    let text = format!("{}{why}", mutant.name);
    hung(&lead, CELL * names.len() + 16, &printable(&text), page.width()) + "\n"
}

/// There was nothing to judge, so that it does not fail says nothing.
fn is_vacuous(mutant: &MutantVerdict, name: &str) -> bool {
    let mut properties = mutant.verdict.iter().flat_map(|verdict| &verdict.properties);
    properties.any(|property| property.name == name && property.status == Status::Vacuous)
}

/// `ConsistentCut` is `CC`, `Terminates` is `Ter`.
fn initials(name: &str) -> String {
    let capitals: String = name.chars().filter(char::is_ascii_uppercase).collect();
    if capitals.len() > 1 { capitals } else { name.chars().take(3).collect() }
}

fn counterexamples(analysis: &Analysis, page: Page) -> String {
    let shown = |mutant: &MutantVerdict| {
        let verdict = mutant.verdict.as_ref()?;
        let runs = run::counterexamples(&verdict.counterexamples, page);
        let title = page.paint(Ink::Strong, &printable(&mutant.name));
        let twin =
            mutant.twin.as_ref().map(|twin| format!("\n{}", twin_text(twin, page))).unwrap_or_default();
        (!runs.is_empty()).then(|| format!("\n{title}\n{runs}{twin}"))
    };
    analysis.mutants.iter().filter_map(shown).collect()
}

/// What nothing catches, and what was said of it.
fn missed(analysis: &Analysis, page: Page) -> String {
    let mut text = String::new();
    for mutant in &analysis.mutants {
        let Fate::Missed { identical } = mutant.fate else { continue };
        let graph = if identical { "with the same state graph" } else { "with another state graph" };
        let states = mutant.verdict.as_ref().map_or(0, |verdict| verdict.stats.distinct_states);
        let found = format!("{}, {graph}, and no property fails", count(states, "state", "states"));
        let said = if mutant.declared { "; declared in `equivalent`" } else { "" };
        let lead = if mutant.declared { Ink::Faint } else { Ink::Bad };
        let lead = format!("  {}    ", page.paint(lead, "missed"));
        text += &hung(&lead, 12, &printable(&format!("{}: {found}{said}", mutant.name)), page.width());
        text.push('\n');
    }
    for mutant in analysis.mutants.iter().filter(|mutant| mutant.is_unmet() && mutant.fate == Fate::Caught) {
        let lead = format!("  {}    ", page.paint(Ink::Bad, "caught"));
        let message = format!("{}: declared in `equivalent`, but caught", mutant.name);
        text += &hung(&lead, 12, &printable(&message), page.width());
        text.push('\n');
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

fn score(analysis: &Analysis, page: Page) -> String {
    let (caught, missed) = (analysis.count("caught"), analysis.count("missed"));
    let mut parts = vec![match analysis.score() {
        Some(score) => format!("caught {caught} of {} ({:.1} %)", caught + missed, 100.0 * score),
        None => "nothing was judged".to_owned(),
    }];
    let rest = [(analysis.count("inconclusive"), "inconclusive"), (analysis.count("unviable"), "unviable")];
    parts.extend(rest.iter().filter(|(many, _)| *many > 0).map(|(many, what)| format!("{many} {what}")));
    if page.times {
        parts.push(format!("in {}", duration(analysis.elapsed_s)));
    }
    let is_unmet = analysis.mutants.iter().any(MutantVerdict::is_unmet);
    let ink = match () {
        () if is_unmet => Ink::Bad,
        () if analysis.count("inconclusive") > 0 => Ink::Doubtful,
        () => Ink::Good,
    };
    let mut text = format!("{}\n", page.paint(ink, &parts.join(", ")));
    if is_unmet {
        text += &hung("  next      ", 12, next_step(analysis), page.width());
        text.push('\n');
    }
    text
}

fn next_step(analysis: &Analysis) -> &'static str {
    let is_missed = |mutant: &MutantVerdict| mutant.is_unmet() && mutant.fate != Fate::Caught;
    if analysis.mutants.iter().any(is_missed) {
        "a missed mutant is a hole in what is checked, or no different on this system: try a larger one, or declare it \
         in the model's `equivalent`"
    } else {
        "what is caught is not equivalent: take it out of the model's `equivalent`"
    }
}
