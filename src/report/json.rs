//! `--format json`: one object at the end, of the schema `cl-check/1`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::record::{ModelRecord, SCHEMA};
use super::{Exporter, News};

/// One object at the end.
#[derive(Debug)]
pub struct Json {
    times: bool,
    models: Vec<ModelRecord>,
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    complete: bool,
    exit: u8,
    models: &'a [ModelRecord],
}

impl Json {
    /// With or without what differs from run to run.
    pub fn new(times: bool) -> Self {
        Self { times, models: Vec::new() }
    }
}

impl Exporter for Json {
    fn export(&mut self, news: News<'_>, out: &mut dyn Write) -> io::Result<()> {
        let summary = match news {
            News::Model(outcome) => {
                self.models.push(ModelRecord::of(outcome, self.times));
                return Ok(());
            }
            News::End(summary) => summary,
        };
        let (complete, exit) = (summary.complete, summary.exit);
        let report = Report { schema: SCHEMA, complete, exit, models: &self.models };
        pretty(&report, out)
    }
}

/// Writes a value so that people can read it, and a line feed.
pub fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Shallow::default()))?;
    out.write_all(b"\n")
}

/// What is nested deeper than this stands on one line: the states of a run.
const DEPTH_MAX: usize = 6;

/// Indents the upper levels only, so that people can read them.
#[derive(Default)]
struct Shallow {
    pretty: PrettyFormatter<'static>,
    depth: usize,
}

impl Shallow {
    fn is_deep(&self) -> bool {
        self.depth > DEPTH_MAX
    }
}

impl Formatter for Shallow {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.is_deep() { out.write_all(b"[") } else { self.pretty.begin_array(out) }
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.depth >= DEPTH_MAX { out.write_all(b"]") } else { self.pretty.end_array(out) }
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        match self.is_deep() {
            true if first => Ok(()),
            true => out.write_all(b", "),
            false => self.pretty.begin_array_value(out, first),
        }
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        if self.is_deep() { Ok(()) } else { self.pretty.end_array_value(out) }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.is_deep() { out.write_all(b"{") } else { self.pretty.begin_object(out) }
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.depth >= DEPTH_MAX { out.write_all(b"}") } else { self.pretty.end_object(out) }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        match self.is_deep() {
            true if first => Ok(()),
            true => out.write_all(b", "),
            false => self.pretty.begin_object_key(out, first),
        }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        if self.is_deep() { Ok(()) } else { self.pretty.end_object_value(out) }
    }
}
