//! `--export junit=PATH`: `JUnit` XML, as CI systems read it. A suite a model, a case a property: a violation is a failure,
//! what could not be decided or read is an error, a vacuous property is skipped, and so is what was not decided where the
//! model's expectation is met.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::text::printable;
use super::{Exporter, News, Outcome, words};
use crate::engine::Status;
use crate::engine::verdict::{PropertyVerdict, Verdict};

/// All suites at the end.
#[derive(Debug)]
pub struct Junit {
    times: bool,
    suites: Vec<Suite>,
}

#[derive(Debug)]
struct Suite {
    name: String,
    file: String,
    time_s: Option<f64>,
    cases: Vec<Case>,
}

#[derive(Debug)]
struct Case {
    name: String,
    result: Result,
}

/// What became of a case: nothing to tell, or a message and a text.
#[derive(Debug)]
enum Result {
    Passed,
    Skipped(String),
    Failed(String, String),
    Undecided(String),
}

impl Junit {
    /// With or without what differs from run to run.
    pub fn new(times: bool) -> Self {
        Self { times, suites: Vec::new() }
    }
}

impl Exporter for Junit {
    fn export(&mut self, news: News<'_>, out: &mut dyn Write) -> io::Result<()> {
        match news {
            News::Model(outcome) => {
                self.suites.push(suite(outcome, self.times));
                Ok(())
            }
            News::End(_) => write(&self.suites, out),
        }
    }
}

fn suite(outcome: &Outcome, times: bool) -> Suite {
    let file = outcome.path().to_owned();
    match outcome {
        Outcome::Judged(verdict) => Suite {
            name: verdict.name.clone(),
            file,
            time_s: times.then_some(verdict.stats.elapsed_s),
            cases: verdict
                .properties
                .iter()
                .map(|property| case(verdict, property))
                .chain(expectation(outcome, verdict))
                .collect(),
        },
        Outcome::Failed(_) | Outcome::Skipped { .. } => {
            let result = Result::Undecided(words::verdict(outcome));
            Suite {
                name: file.clone(),
                file,
                time_s: None,
                cases: vec![Case { name: "model".to_owned(), result }],
            }
        }
    }
}

/// A property that the model's author expects to fail passes when it does.
fn case(verdict: &Verdict, property: &PropertyVerdict) -> Case {
    let expected = verdict.expected.properties.contains(&property.name)
        || (verdict.met && property.status == Status::Violated);
    let run = verdict.counterexamples.iter().find(|run| run.property == property.name);
    let result = match property.status {
        Status::Violated if expected => Result::Passed,
        Status::Holds if !expected => Result::Passed,
        Status::Holds => Result::Failed("holds, but was expected to fail".to_owned(), property.note.clone()),
        Status::Violated => {
            let reason = run.map_or_else(|| property.note.clone(), |run| run.reason.clone());
            let steps = run.map(|run| run.events.join("\n")).unwrap_or_default();
            Result::Failed(reason, steps)
        }
        Status::Unknown if !verdict.met => Result::Undecided(property.note.clone()),
        Status::Unknown | Status::Vacuous => Result::Skipped(property.note.clone()),
    };
    Case { name: property.name.clone(), result }
}

/// The verdict as a whole, where it says what no property does.
fn expectation(outcome: &Outcome, verdict: &Verdict) -> Option<Case> {
    let told = verdict
        .properties
        .iter()
        .any(|property| matches!(case(verdict, property).result, Result::Failed(..) | Result::Undecided(_)));
    (!verdict.met && !told).then(|| Case {
        name: "expectation".to_owned(),
        result: Result::Failed(words::verdict(outcome), String::new()),
    })
}

fn write(suites: &[Suite], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    writer.get_mut().write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    let totals = counts(all());
    writer
        .create_element("testsuites")
        .with_attribute(("name", "cl-check"))
        .with_attributes(totals.iter().map(|(name, count)| (*name, count.as_str())))
        .write_inner_content(|writer| suites.iter().try_for_each(|suite| write_suite(suite, writer)))?;
    writer.get_mut().write_all(b"\n")
}

fn write_suite(suite: &Suite, writer: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let totals = counts(suite.cases.iter());
    let time = suite.time_s.map(|time_s| format!("{time_s:.6}"));
    let (name, file) = (printable(&suite.name), printable(&suite.file));
    let mut element = writer
        .create_element("testsuite")
        .with_attributes([("name", name.as_str()), ("file", file.as_str())])
        .with_attributes(totals.iter().map(|(name, count)| (*name, count.as_str())));
    if let Some(time) = &time {
        element = element.with_attribute(("time", time.as_str()));
    }
    element.write_inner_content(|writer| {
        suite.cases.iter().try_for_each(|case| write_case(&suite.name, case, writer))
    })?;
    Ok(())
}

fn write_case(suite: &str, case: &Case, writer: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let suite = printable(suite);
    let element = writer
        .create_element("testcase")
        .with_attributes([("classname", suite.as_str()), ("name", case.name.as_str())]);
    let (kind, message, text) = match &case.result {
        Result::Passed => return element.write_empty().map(drop),
        Result::Skipped(message) => ("skipped", message, ""),
        Result::Failed(message, text) => ("failure", message, text.as_str()),
        Result::Undecided(message) => ("error", message, ""),
    };
    let message = printable(message);
    let text: String = text.lines().map(printable).collect::<Vec<_>>().join("\n");
    element
        .write_inner_content(|writer| {
            let inner = writer.create_element(kind).with_attribute(("message", message.as_str()));
            inner.write_text_content(BytesText::new(&text)).map(drop)
        })
        .map(drop)
}

/// How many there are of each kind.
fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> [(&'static str, String); 4] {
    let [mut tests, mut failures, mut errors, mut skipped] = [0_usize; 4];
    for case in cases {
        tests += 1;
        match case.result {
            Result::Passed => {}
            Result::Skipped(_) => skipped += 1,
            Result::Failed(..) => failures += 1,
            Result::Undecided(_) => errors += 1,
        }
    }
    [("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)]
        .map(|(name, count)| (name, count.to_string()))
}
