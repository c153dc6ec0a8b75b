//! Annotations and the step summary of GitHub Actions: what did not go as expected, worst first, within the limits that
//! GitHub sets (ten annotations of a kind for a step, a summary of 1 MiB). How they are written:
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use super::run::{length, title};
use super::text::printable;
use super::{Failure, Outcome, mermaid, words};
use crate::engine::Status;
use crate::engine::verdict::Verdict;

/// GitHub shows no more of one kind for a step.
pub const ANNOTATIONS_MAX: usize = 10;
/// GitHub refuses a longer summary.
const SUMMARY_BYTES_MAX: usize = 1024 * 1024;

/// What goes to GitHub, gathered while models end.
#[derive(Debug, Default)]
pub struct Github {
    annotations: Vec<Annotation>,
    rows: Vec<String>,
    diagrams: Vec<String>,
}

/// One annotation. The order is that of severity.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Annotation {
    severity: Severity,
    file: String,
    line: usize,
    title: String,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    Internal,
    Violated,
    Unreadable,
    Inconclusive,
}

impl Github {
    /// Takes note of what became of a model.
    pub fn note(&mut self, outcome: &Outcome) {
        self.rows.push(row(outcome));
        match outcome {
            Outcome::Judged(verdict) if verdict.met => {}
            Outcome::Judged(verdict) => self.note_unmet(outcome, verdict),
            Outcome::Failed(failure) => self.annotations.push(failed(failure)),
            Outcome::Skipped { path } => self.annotations.push(Annotation {
                severity: Severity::Inconclusive,
                file: path.clone(),
                line: 1,
                title: "not started".to_owned(),
                message: words::verdict(outcome),
            }),
        }
    }

    fn note_unmet(&mut self, outcome: &Outcome, verdict: &Verdict) {
        let decided = verdict.properties.iter().any(|property| property.status == Status::Violated);
        let severity = if decided { Severity::Violated } else { Severity::Inconclusive };
        let reasons = verdict
            .counterexamples
            .iter()
            .map(|run| format!("{} {}: {}", run.property, length(run), run.reason));
        let message: Vec<String> = std::iter::once(words::verdict(outcome)).chain(reasons).collect();
        self.annotations.push(Annotation {
            severity,
            file: verdict.path.clone(),
            line: 1,
            title: verdict.name.clone(),
            message: message.join("\n"),
        });
        if let Some(run) = verdict.counterexamples.first() {
            let title = printable(&format!("{}: {}", verdict.path, title(run)));
            self.diagrams.push(format!("### {}\n\n```mermaid\n{}```\n", cell(&title), mermaid::source(run)));
        }
    }

    /// The commands for the log, a line each.
    pub fn commands(&mut self) -> String {
        self.annotations.sort();
        let command = |annotation: &Annotation| {
            let kind = if annotation.severity == Severity::Inconclusive { "warning" } else { "error" };
            format!(
                "::{kind} file={},line={},title={}::{}\n",
                property(&annotation.file),
                annotation.line,
                property(&annotation.title),
                message(&annotation.message),
            )
        };
        let of = |inconclusive: bool| {
            let kind = move |annotation: &&Annotation| {
                (annotation.severity == Severity::Inconclusive) == inconclusive
            };
            self.annotations.iter().filter(kind).take(ANNOTATIONS_MAX).map(command).collect::<String>()
        };
        of(false) + &of(true)
    }

    /// The step summary: a table of all models, then diagrams of those that failed as far as there is room.
    pub fn summary(&self) -> String {
        let mut text = "## cl-check\n\n| model | verdict | states |\n| --- | --- | --- |\n".to_owned();
        let mut left_out = 0;
        for part in self.rows.iter().chain(std::iter::once(&"\n".to_owned())).chain(&self.diagrams) {
            if text.len() + part.len() < SUMMARY_BYTES_MAX - 100 {
                text += part;
            } else {
                left_out += 1;
            }
        }
        if left_out > 0 {
            text += &format!("\n{left_out} more did not fit here.\n");
        }
        text
    }
}

fn failed(failure: &Failure) -> Annotation {
    Annotation {
        severity: if failure.internal { Severity::Internal } else { Severity::Unreadable },
        file: failure.file.clone().unwrap_or_else(|| failure.path.clone()),
        line: failure.line.unwrap_or(1),
        title: "cannot be read".to_owned(),
        message: failure.hint.iter().fold(failure.message.clone(), |text, hint| format!("{text}\n{hint}")),
    }
}

fn row(outcome: &Outcome) -> String {
    let states = match outcome {
        Outcome::Judged(verdict) => super::number(verdict.stats.distinct_states),
        Outcome::Failed(_) | Outcome::Skipped { .. } => String::new(),
    };
    format!("| {} | {} | {states} |\n", cell(outcome.path()), cell(&words::verdict(outcome)))
}

/// A text in a table of Markdown.
fn cell(text: &str) -> String {
    printable(text).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('`', "\\`")
}

/// The text of a command: line breaks and the sign of escapes are escaped.
fn message(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines.join("\n").replace('%', "%25").replace('\n', "%0A")
}

/// The same where a colon or a comma would end it.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_command() {
        let cases = [("a:b,c", "a%3Ab%2Cc"), ("50%\nof", "50%25%0Aof"), ("\u{1b}[31m", "?[31m")];
        for (text, expected) in cases {
            assert_eq!(property(text), expected);
        }
    }

    #[test]
    fn ten_errors_worst_first() {
        let failure = |internal, number: usize| {
            Outcome::Failed(Failure {
                path: format!("{number:02}.ron"),
                file: None,
                message: "no".to_owned(),
                line: Some(number),
                column: None,
                hint: None,
                internal,
            })
        };
        let mut github = Github::default();
        for number in 0..20 {
            github.note(&failure(number == 19, number));
        }
        let commands = github.commands();
        let lines: Vec<&str> = commands.lines().collect();
        assert_eq!(lines.len(), ANNOTATIONS_MAX);
        assert_eq!(lines[0], "::error file=19.ron,line=19,title=cannot be read::no");
        assert_eq!(lines[1], "::error file=00.ron,line=0,title=cannot be read::no");
        assert_eq!(github.summary().lines().filter(|line| line.starts_with("| ")).count(), 22);
    }
}
