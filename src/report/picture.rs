//! The formats that show one run, each behind the one trait: the first run that shows something is drawn, others are not.

use std::io::{self, Write};

use super::{Exporter, Json, Junit, News, Outcome, dot, html, itf, mermaid, pretty, shiviz, svg};
use crate::engine::verdict::{Run, Verdict};

/// What a file can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A picture of a run.
    Svg,
    /// A page of a model, for a browser.
    Html,
    /// A run as Mermaid's source.
    Mermaid,
    /// The state graph as Graphviz' source.
    Dot,
    /// A run as a log for `ShiViz`.
    Shiviz,
    /// A run in the Informal Trace Format.
    Itf,
    /// All verdicts as `JUnit` XML.
    Junit,
    /// The report as JSON.
    Json,
}

impl Form {
    /// What writes it, with or without what differs from run to run.
    pub fn exporter(self, times: bool) -> Box<dyn Exporter> {
        match self {
            Self::Svg => OneRun::boxed(|_, run| Ok(svg::picture(run))),
            Self::Mermaid => OneRun::boxed(|_, run| Ok(mermaid::source(run))),
            Self::Shiviz => OneRun::boxed(|_, run| Ok(shiviz::log(run))),
            Self::Itf => OneRun::boxed(|verdict, run| {
                let mut text = Vec::new();
                pretty(&itf::trace(verdict, run), &mut text)?;
                String::from_utf8(text).map_err(io::Error::other)
            }),
            Self::Dot => Box::new(OneModel { draw: graph, done: false }),
            Self::Html => Box::new(OneModel { draw: |outcome| Some(html::page(outcome)), done: false }),
            Self::Junit => Box::new(Junit::new(times)),
            Self::Json => Box::new(Json::new(times)),
        }
    }

    /// Why there may be nothing to write.
    pub fn needs(self) -> &'static str {
        match self {
            Self::Dot => "no model has few enough states for a graph",
            Self::Html | Self::Junit | Self::Json => "no model was checked",
            Self::Svg | Self::Mermaid | Self::Shiviz | Self::Itf => {
                "there is no run to draw: no property fails, and no model asks for one with `reach`"
            }
        }
    }
}

/// The first run that a verdict shows.
struct OneRun {
    draw: fn(&Verdict, &Run) -> io::Result<String>,
    done: bool,
}

impl OneRun {
    fn boxed(draw: fn(&Verdict, &Run) -> io::Result<String>) -> Box<dyn Exporter> {
        Box::new(Self { draw, done: false })
    }
}

impl Exporter for OneRun {
    fn export(&mut self, news: News<'_>, out: &mut dyn Write) -> io::Result<()> {
        let News::Model(Outcome::Judged(verdict)) = news else { return Ok(()) };
        let Some(run) = verdict.counterexamples.iter().chain(&verdict.witnesses).next() else {
            return Ok(());
        };
        if std::mem::replace(&mut self.done, true) {
            return Ok(());
        }
        out.write_all((self.draw)(verdict, run)?.as_bytes())
    }
}

/// The first model that can be drawn.
struct OneModel {
    draw: fn(&Outcome) -> Option<String>,
    done: bool,
}

impl Exporter for OneModel {
    fn export(&mut self, news: News<'_>, out: &mut dyn Write) -> io::Result<()> {
        let News::Model(outcome) = news else { return Ok(()) };
        let Some(text) = (!self.done).then(|| (self.draw)(outcome)).flatten() else { return Ok(()) };
        self.done = true;
        out.write_all(text.as_bytes())
    }
}

fn graph(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Judged(verdict) => verdict.graph.as_ref().map(dot::source),
        Outcome::Failed(_) | Outcome::Skipped { .. } => None,
    }
}
