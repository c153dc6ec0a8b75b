//! `--format ndjson`: one object a line as it happens. `{"type": "model", ..}` for each model as soon as its verdict
//! is there, with the keys that it has in `json`; `{"type": "summary", ..}` last. Both name the schema.

use std::io::{self, Write};

use serde::Serialize;

use super::record::{ModelRecord, SCHEMA};
use super::{Exporter, News};

/// One object a line.
#[derive(Debug)]
pub struct Ndjson {
    times: bool,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line {
    Model {
        schema: &'static str,
        #[serde(flatten)]
        model: Box<ModelRecord>,
    },
    Summary {
        schema: &'static str,
        complete: bool,
        exit: u8,
        models: usize,
    },
}

impl Ndjson {
    /// With or without what differs from run to run.
    pub fn new(times: bool) -> Self {
        Self { times }
    }
}

impl Exporter for Ndjson {
    fn export(&mut self, news: News<'_>, out: &mut dyn Write) -> io::Result<()> {
        let line = match news {
            News::Model(outcome) => {
                Line::Model { schema: SCHEMA, model: Box::new(ModelRecord::of(outcome, self.times)) }
            }
            News::End(summary) => Line::Summary {
                schema: SCHEMA,
                complete: summary.complete,
                exit: summary.exit,
                models: summary.models,
            },
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")
    }
}
