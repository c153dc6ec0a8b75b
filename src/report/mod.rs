//! A verdict -> text, JSON, ..: one exporter a format, each behind the same one method. Knows verdicts as plain
//! data; how they came about, and where the text goes, is not for this room.

mod canvas;
mod captions;
mod classified;
pub mod dot;
pub mod estimate;
mod figures;
pub mod frontier;
pub mod github;
pub mod html;
mod human;
pub mod itf;
mod json;
mod junit;
mod lanes;
pub mod mermaid;
pub mod mutants;
mod mutants_record;
mod ndjson;
mod outcome;
mod page;
mod picture;
mod quiet;
mod record;
mod run;
pub mod shiviz;
mod simulation;
mod space_time;
pub mod svg;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod twin;
mod words;

use std::io::{self, Write};

pub use classified::{ClassifiedReport, classified_text};
pub use figures::{bytes, number};
pub use human::Human;
pub use json::{Json, pretty};
pub use junit::Junit;
pub use mutants_record::{AnalysisRecord, ModelRecord, MutationLine, MutationReport, SmallestReport};
pub use ndjson::Ndjson;
pub use outcome::{Failure, Outcome, Summary};
pub use page::Page;
pub use picture::Form;
pub use quiet::Quiet;
pub use run::{story, tale};
pub use simulation::{SimulationReport, simulation_text};
pub use text::{hung, printable};
pub use twin::twin_text;
pub use words::listed;

/// What an exporter is told.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// What became of one model.
    Model(&'a Outcome),
    /// All models are through.
    End(&'a Summary),
}

/// One format.
pub trait Exporter {
    /// Writes what there is to write about this piece of news, now or with a later one.
    fn export(&mut self, news: News<'_>, out: &mut dyn Write) -> io::Result<()>;
}
