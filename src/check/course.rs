//! A run taken event by event on the plain semantics, by whoever chooses the events: a trace, a person, or chance. It is
//! judged by the same [`check`] as everything: as the walk of its model.

use super::told::Told;
use super::walk::milestones;
use super::{Network, Options, check, diagram, endless, picture};
use crate::apps::App;
use crate::engine::verdict::{Run, RunKind, Verdict};
use crate::engine::{Successor, successors};
use crate::model::{Expect, Model, ModelEvent, Then, event_text};
use crate::network::{Application, ComponentOf, SnapshotId, StateOf};
use crate::oracle::Property;

/// A run under way.
///
/// ```
/// use cl_check::check::Course;
/// use cl_check::model::{Source, read};
///
/// let pair = r#"Model(name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")],
///     application: Tokens(start: Each(1), behaviour: Free(sends: 0, amounts: [])))"#;
/// let model = read(&Source::new("pair.ron", pair)).unwrap();
/// let mut course = Course::new(&model);
/// while let Some(next) = course.next().first().cloned() {
///     course.take(next);
/// }
/// assert_eq!(course.events().len(), 3);
/// assert!(course.verdict().properties.iter().all(|property| property.status.word() != "violated"));
/// ```
#[derive(Clone)]
pub struct Course<'m> {
    model: &'m Model,
    system: Network,
    states: Vec<StateOf<App>>,
    events: Vec<ModelEvent>,
}

/// What may happen next, and the state after it.
pub type Next = Successor<ComponentOf<App>, ModelEvent>;

impl<'m> Course<'m> {
    /// At the model's initial state; its walk is not taken.
    pub fn new(model: &'m Model) -> Self {
        let system = model.system();
        let states = vec![picture::initial(&system)];
        Self { model, system, states, events: Vec::new() }
    }

    /// What may happen next, in event order: nothing in a state that is final or ill-formed.
    pub fn next(&self) -> Vec<Next> {
        let last = self.last();
        if last.halted { Vec::new() } else { successors(&self.system, last).taken }
    }

    /// Lets it happen.
    pub fn take(&mut self, next: Next) {
        self.states.push(next.state);
        self.events.push(next.event);
    }

    /// Takes all of these events that are enabled in their turn, and leaves out the others.
    pub fn take_enabled<'e>(&mut self, events: impl IntoIterator<Item = &'e ModelEvent>) {
        for event in events {
            if let Some(next) = self.next().into_iter().find(|next| next.event == *event) {
                self.take(next);
            }
        }
    }

    /// Takes these events of a report as far as they go: up to the first that is not enabled.
    pub fn take_named(&mut self, events: &[String]) {
        for text in events {
            let is_it = |next: &Next| event_text(self.model, &next.event) == *text;
            match self.next().into_iter().find(is_it) {
                Some(next) => self.take(next),
                None => return,
            }
        }
    }

    /// Goes back by one event.
    pub fn undo(&mut self) {
        if self.events.pop().is_some() {
            self.states.pop();
        }
    }

    /// What has happened.
    pub fn events(&self) -> &[ModelEvent] {
        &self.events
    }

    /// What has happened, to keep.
    pub fn into_events(self) -> Vec<ModelEvent> {
        self.events
    }

    /// All states so far, the initial one first.
    pub fn states(&self) -> &[StateOf<App>] {
        &self.states
    }

    /// The state that it has come to.
    pub fn last(&self) -> &StateOf<App> {
        &self.states[self.states.len() - 1]
    }

    /// Is there a property of this name?
    pub fn knows(&self, name: &str) -> bool {
        self.property(name).is_some()
    }

    fn property(&self, name: &str) -> Option<Property> {
        Property::named(name, &self.system.application.rules())
    }

    /// Does the property of this name fail if what has happened after so many events happens again and again?
    pub fn fails_for_ever(&self, from: usize, name: &str) -> bool {
        let (Some(states), Some(events)) = (self.states.get(from..), self.events.get(from..)) else {
            return false;
        };
        let fails = |property| endless::fails(self.model, &self.system, states, events, property);
        self.property(name).is_some_and(fails)
    }

    /// The snapshots that are complete.
    pub fn complete(&self) -> u64 {
        milestones(&self.system, self.last())
    }

    /// What is there by name, and what each cell of [`cells`](Self::cells) shows.
    pub fn columns(&self) -> Vec<String> {
        picture::columns(self.model)
    }

    /// What processes hold, and channels.
    pub fn cells(&self) -> Vec<String> {
        picture::row(self.model, self.last())
    }

    /// The verdict on this run alone. What is judged of final states is judged if it has come to one.
    pub fn verdict(&self) -> Verdict {
        let is_final = !self.last().halted && self.next().is_empty();
        let model = Model {
            walk: self.events.clone(),
            then: if is_final { Then::Explore } else { Then::Stop },
            expect: Expect::Verified,
            reach: Vec::new(),
            ..self.model.clone()
        };
        check(&model, &Options::default())
    }

    /// The run as reports tell it, about the snapshot that it last did something for.
    pub fn run(&self, title: &str, reason: String) -> Run {
        let told = Told::along(self.model, &self.events, |_| self.subject());
        let diagram = diagram::of(self.model, &told);
        told.run(self.model, RunKind::Example, title.to_owned(), reason, diagram)
    }

    /// The first snapshot that is complete, or else the first.
    fn subject(&self) -> Option<SnapshotId> {
        let complete = self.complete();
        let mut all = self.system.snapshot_ids();
        let first = self.system.snapshot_ids().next();
        all.find(|snapshot| complete >> snapshot.0 & 1 == 1).or(first)
    }
}
