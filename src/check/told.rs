//! A run, carried out again on the plain semantics: its states, and how reports tell it.

use super::picture;
use super::walk::step;
use crate::apps::App;
use crate::engine::diagram::Diagram;
use crate::engine::verdict::{Run, RunKind};
use crate::model::{Model, ModelEvent, event_text};
use crate::network::{SnapshotId, StateOf};

/// A run, re-executed.
pub struct Told<'a> {
    /// Its events.
    pub events: &'a [ModelEvent],
    /// Its states, the initial one first.
    pub states: Vec<StateOf<App>>,
    /// The snapshot that it is about.
    pub snapshot: Option<SnapshotId>,
}

impl<'a> Told<'a> {
    /// The run of these events, each of which is enabled; what it is about is said of its states.
    pub fn along(
        model: &Model,
        events: &'a [ModelEvent],
        subject: impl FnOnce(&[StateOf<App>]) -> Option<SnapshotId>,
    ) -> Self {
        let system = model.system();
        let mut states = vec![picture::initial(&system)];
        for event in events {
            states.push(step(&system, &states[states.len() - 1], event).0);
        }
        let snapshot = subject(&states);
        Self { events, states, snapshot }
    }

    /// The state at its end.
    pub fn last(&self) -> &StateOf<App> {
        &self.states[self.states.len() - 1]
    }

    /// The run as reports tell it.
    pub fn run(
        &self,
        model: &Model,
        kind: RunKind,
        property: String,
        reason: String,
        diagram: Diagram,
    ) -> Run {
        Run {
            kind,
            property,
            reason,
            minimal: true,
            repeats_from: None,
            walked: model.walk.len().min(self.events.len()),
            events: self.events.iter().map(|event| event_text(model, event)).collect(),
            columns: picture::columns(model),
            rows: self.states.iter().map(|state| picture::row(model, state)).collect(),
            states: self.states.iter().map(|state| picture::json(model, state)).collect(),
            snapshot: self.snapshot.map(|snapshot| picture::snapshot(model, self.last(), snapshot)),
            diagram,
        }
    }
}
