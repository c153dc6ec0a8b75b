//! `--quiet`: verdict lines and the summary, each line complete in itself, for `grep` and logs.

use std::io::{self, Write};

use super::page::{Ink, Page, ink};
use super::text::printable;
use super::{Exporter, News, Outcome, words};
use crate::engine::verdict::PropertyVerdict;

/// One line for each property of each model, and one for the model.
#[derive(Debug)]
pub struct Quiet {
    page: Page,
}

impl Quiet {
    /// On this page; its width does not matter.
    pub fn new(page: Page) -> Self {
        Self { page }
    }
}

impl Exporter for Quiet {
    fn export(&mut self, news: News<'_>, out: &mut dyn Write) -> io::Result<()> {
        let text = match news {
            News::Model(outcome) => lines(outcome, self.page),
            News::End(summary) => words::summary(summary, self.page.times) + "\n",
        };
        out.write_all(text.as_bytes())
    }
}

fn lines(outcome: &Outcome, page: Page) -> String {
    let path = printable(outcome.path());
    let ink = if outcome.is_met() { Ink::Good } else { Ink::Bad };
    let word = page.paint(ink, &printable(&words::verdict(outcome)));
    let lines = properties(outcome, page).chain([word]);
    lines.flat_map(|line| [path.clone(), ": ".to_owned(), line, "\n".to_owned()]).collect()
}

/// `holds ConsistentCut`.
fn properties(outcome: &Outcome, page: Page) -> impl Iterator<Item = String> {
    let properties = match outcome {
        Outcome::Judged(verdict) => verdict.properties.as_slice(),
        Outcome::Failed(_) | Outcome::Skipped { .. } => &[],
    };
    let line = move |property: &PropertyVerdict| {
        let word = page.paint(ink(property.status), property.status.word());
        format!("{word} {}", property.name)
    };
    properties.iter().map(line)
}
