//! A `.ron` file -> a system, with errors that point at the line.
//!
//! [`Source`] reads a file, [`read`] makes a [`Model`] of it: text -> tree of places, perhaps over that of another
//! model -> file as written -> ids.

mod algorithm;
mod application;
mod blame;
mod decode;
mod error;
mod fault;
mod file;
mod forms;
mod grammar;
mod hints;
mod include;
mod like;
mod names;
mod properties;
mod reader;
mod source;
#[cfg(test)]
mod testing;
mod topology;
mod tree;
mod variant;
mod walk;

pub use algorithm::MUTATIONS_MAX;
pub use application::AMOUNT_MAX;
pub use error::{Error, Place};
pub use grammar::event_text;
pub use names::{AMOUNTS_MAX, ENTRIES_MAX, NAME_CHARACTERS_MAX};
pub use reader::NESTING_MAX;
pub use source::{FILE_BYTES_MAX, Source};
pub use topology::CAPACITY_MAX;
pub use walk::event_of;

use std::path::Path;

use serde::Deserialize;

use fault::Fault;
use file::ModelFile;
use like::Sources;
use tree::Node;

use crate::algorithm::Program;
use crate::algorithm::syntax::{Algorithm, Edit};
use crate::apps::{App, AppMessage, AppStep};
use crate::network::{Event, ProcessId, Recovery, System, Topology, Turn};
use crate::oracle::{Property, Reach, Recorded};

/// A model that has been read, resolved and validated: every name is an id, every number in range.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name, from the file.
    pub name: String,
    /// One sentence for people, may be empty.
    pub about: String,
    /// The shape as people read it: `complete(A B C)`.
    pub shape: String,
    /// Processes and channels, disciplines included.
    pub topology: Topology,
    /// The most items that a channel may hold.
    pub capacity: Option<usize>,
    /// The initiators of each snapshot.
    pub snapshots: Vec<Vec<ProcessId>>,
    /// A global script, if there is one.
    pub schedule: Option<Vec<Turn>>,
    /// What the processes do.
    pub application: App,
    /// Who crashes, and what is restored.
    pub recovery: Option<Recovery>,
    /// The snapshot algorithm, edits applied.
    pub algorithm: Algorithm,
    /// The same without the edits.
    pub unmutated: Algorithm,
    /// The edits, as written.
    pub mutations: Vec<Edit>,
    /// Names of mutants known to change nothing here.
    pub equivalent: Vec<String>,
    /// The events that happen first, resolved: each is enabled in its turn.
    pub walk: Vec<ModelEvent>,
    /// What follows the walk.
    pub then: Then,
    /// The properties to judge; `Terminates` and `WellFormed` always among them.
    pub check: Vec<Property>,
    /// The author has listed them; else they are those that make sense.
    pub listed: bool,
    /// What the author expects.
    pub expect: Expect,
    /// Conditions that some reachable state must meet.
    pub reach: Vec<Reach>,
    /// What must be recorded.
    pub recorded: Vec<Recorded>,
}

/// An event of a model: a step and a message are those of its application.
pub type ModelEvent = Event<AppStep, AppMessage>;

/// What follows a walk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Then {
    /// Exploration from its end.
    #[default]
    Explore,
    /// Nothing.
    Stop,
}

/// The verdict that a model's author expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Every property holds.
    Verified,
    /// At least these fail.
    Violated(Vec<Property>),
    /// A bound comes first.
    Incomplete,
}

impl Model {
    /// The system that the model describes.
    pub fn system(&self) -> System<App, Program> {
        System {
            topology: self.topology.clone(),
            capacity: self.capacity,
            snapshots: self.snapshots.clone(),
            schedule: self.schedule.clone(),
            application: self.application.clone(),
            recovery: self.recovery.clone(),
            protocol: Program::new(&self.algorithm),
        }
    }
}

/// Reads and resolves the model in a file.
///
/// # Errors
/// Where the file cannot be read, or [`read`] fails.
pub fn load(path: &Path) -> Result<Model, Error> {
    read(&Source::load(path)?)
}

/// Reads and resolves a model.
///
/// ```
/// use cl_check::model::{Source, read};
/// let text = r#"Model(name: "pair", topology: Complete(["A", "B"]), application: Tokens())"#;
/// assert_eq!(read(&Source::new("pair.ron", text)).unwrap().topology.channels().len(), 2);
///
/// let error = read(&Source::new("pair.ron", text.replace("topology", "topolgy"))).unwrap_err();
/// assert_eq!(error.to_string(), "pair.ron:1:21: unknown field `topolgy`");
/// assert_eq!(error.hint.as_deref(), Some("did you mean `topology`?"));
/// ```
///
/// # Errors
/// Where the text is no RON, holds what a model cannot, names what does not exist, or contradicts itself; the first
/// problem found, with its place.
pub fn read(source: &Source) -> Result<Model, Error> {
    let own = Node::read(&source.text).map_err(|fault| fault.within(source))?;
    let sources = Sources::of(source, &own)?;
    let root = sources.whole(own)?;
    let blame = |fault: Fault| sources.blame(fault);
    let file: ModelFile = decode::decode(&root).map_err(blame)?;
    let (algorithm, unmutated) = algorithm::resolve(&file, &root, &sources)?;
    let mut model = resolve(&file, &root, algorithm, unmutated).map_err(blame)?;
    model.walk = walk::resolve(&file, &model).map_err(blame)?;
    Ok(model)
}

/// Reads an algorithm, as the files of algorithms hold it.
///
/// # Errors
/// As [`read`].
pub fn read_algorithm(source: &Source) -> Result<Algorithm, Error> {
    algorithm::read(source).map_err(|fault| fault.within(source))
}

/// The text is that of an algorithm, not of a model: its top-level name is `Algorithm`.
pub fn is_algorithm(text: &str) -> bool {
    reader::Reader::new(text).first_name() == Some("Algorithm")
}

/// The file begins with `Model(`.
fn named_model(root: &Node<'_>) -> fault::Result<()> {
    let fault = |message: String| Fault::at(&root.head(), message);
    match root.name() {
        Some("Model") => Ok(()),
        Some("Algorithm") => Err(fault("this file is an algorithm, not a model".to_owned())
            .hint("name it in the `algorithm` of a model")),
        Some(other) => Err(fault(format!("expected `Model(..)`, found `{}`", tree::shortened(other)))
            .near(other, ["Model", "Like"])),
        None => Err(fault(format!("expected `Model(..)`, found {}", root.described()))
            .hint("a model begins with `Model(`")),
    }
}

/// Names to ids, numbers within limits.
fn resolve(
    file: &ModelFile,
    root: &Node<'_>,
    algorithm: Algorithm,
    unmutated: Algorithm,
) -> fault::Result<Model> {
    let name = names::name(&file.name, "the model")?.to_owned();
    let (topology, shape) = topology::resolve(file)?;
    let snapshots = application::snapshots(file, &topology)?;
    let (application, schedule) = application::resolve(file, root, &topology, &snapshots)?;
    let recovery = application::recovery(file, &topology, schedule.is_some())?;
    let check = properties::check(file, &topology, &application)?;
    let expect = properties::expect(file, &application, &check)?;
    Ok(Model {
        name,
        about: file.about.clone(),
        shape,
        capacity: topology::capacity(file)?,
        schedule,
        application,
        recovery,
        algorithm,
        unmutated,
        mutations: file.mutations.iter().map(|edit| edit.value.clone()).collect(),
        equivalent: equivalent(file)?,
        walk: Vec::new(),
        then: file.then,
        expect,
        check,
        listed: !matches!(file.check, forms::CheckFile::Default),
        reach: properties::reach(file, &topology)?,
        recorded: properties::recorded(file, &topology)?,
        snapshots,
        topology,
    })
}

/// Names of mutants; whether there are such mutants is for mutation analysis to say.
fn equivalent(file: &ModelFile) -> fault::Result<Vec<String>> {
    let written = file.equivalent.iter();
    written.map(|text| names::name(text, "a mutant").map(str::to_owned)).collect()
}
