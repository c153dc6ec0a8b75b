//! The theorem of the 1985 paper (ACM TOCS 3(1), section 4.2) on one run: the application's events before each process's
//! record, then those after it, are a run of the application that passes through the recorded state exactly and ends in
//! the actual one.

use super::picture::{channel, process};
use super::walk::milestones;
use super::{Course, diagram};
use crate::apps::{App, AppMessage, AppState};
use crate::engine::diagram::{Cut, Load, Side};
use crate::engine::verdict::Run;
use crate::model::{Model, ModelEvent, Then};
use crate::network::{ChannelId, Event, Item, Late, ProcessId, SnapshotId, StateOf};

type State = StateOf<App>;

/// What an application's state comes to: the state of each process, and the messages in each channel.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Global {
    processes: Vec<AppState>,
    channels: Vec<Vec<AppMessage>>,
}

/// A run whose recorded state never occurred in it, and the same events in an order in which it did.
pub struct Example {
    /// The run, up to the snapshot's completion.
    pub actual: Run,
    /// The application's events of it, those before the cut first; the cut is the recorded state.
    pub permuted: Run,
}

/// The model without anything but the application.
pub fn alone(model: &Model) -> Model {
    Model {
        capacity: None,
        snapshots: Vec::new(),
        schedule: None,
        recovery: None,
        walk: Vec::new(),
        then: Then::Explore,
        check: Vec::new(),
        reach: Vec::new(),
        recorded: Vec::new(),
        ..model.clone()
    }
}

/// Does a snapshot complete in the run's last event that recorded a state in which the run never was?
pub fn is_surprising(model: &Model, course: &Course<'_>) -> bool {
    newly_complete(model, course).is_some_and(|number| {
        let recorded = recorded(model, course.last(), number);
        course.states().iter().all(|state| actual(model, state) != recorded)
    })
}

/// The snapshot that the last event completes.
fn newly_complete(model: &Model, course: &Course<'_>) -> Option<SnapshotId> {
    let [.., before, last] = course.states() else { return None };
    let system = model.system();
    let newly = milestones(&system, last) & !milestones(&system, before);
    system.snapshot_ids().find(|number| newly >> number.0 & 1 == 1)
}

/// The two runs, if the theorem holds of this one.
pub fn example(model: &Model, alone: &Model, course: &Course<'_>) -> Option<Example> {
    let number = newly_complete(model, course)?;
    let cut = diagram::cut(model, course.states(), number);
    let (before, after) = parted(model, course.events(), &cut);
    let mut permuted = Course::new(alone);
    let recorded = recorded(model, course.last(), number);
    follow(&mut permuted, &before)?;
    if actual(alone, permuted.last()) != recorded {
        return None;
    }
    follow(&mut permuted, &after)?;
    if actual(alone, permuted.last()) != actual(model, course.last()) {
        return None;
    }
    let actual = course.run("a run", String::new());
    let mut permuted = permuted.run("the application's events in another order", String::new());
    permuted.snapshot.clone_from(&actual.snapshot);
    let processes = permuted.diagram.processes.len();
    if !after.is_empty() {
        let cut =
            Cut { snapshot: number.index(), records: vec![Some(before.len()); processes], at_once: true };
        for arrow in &mut permuted.diagram.arrows {
            arrow.side = if matches!(arrow.load, Load::Message(_)) { cut.side(arrow) } else { Side::Beside };
            arrow.kept = arrow.side == Side::Crosses;
        }
        permuted.diagram.cut = Some(cut);
    }
    Some(Example { actual, permuted })
}

/// The application's events before the cut, and those after it.
fn parted(model: &Model, events: &[ModelEvent], cut: &Cut) -> (Vec<ModelEvent>, Vec<ModelEvent>) {
    let of_application = events.iter().enumerate().filter_map(|(step, event)| {
        let event = match event {
            Event::Receive(at, Item::Message(message, _)) => {
                Event::Receive(*at, Item::Message(message.clone(), Late::default()))
            }
            Event::Step(step) => Event::Step(step.clone()),
            _ => return None,
        };
        let place = diagram::place(model, &event)?;
        Some((cut.is_behind(place.index(), step), event))
    });
    let (after, before): (Vec<_>, Vec<_>) = of_application.partition(|(is_behind, _)| *is_behind);
    let events = |part: Vec<(bool, ModelEvent)>| part.into_iter().map(|(_, event)| event).collect();
    (events(before), events(after))
}

/// Takes all of the events, if each is enabled in its turn.
fn follow(course: &mut Course<'_>, events: &[ModelEvent]) -> Option<()> {
    for event in events {
        let next = course.next().into_iter().find(|next| next.event == *event)?;
        course.take(next);
    }
    Some(())
}

fn actual(model: &Model, state: &State) -> Global {
    let channels = (0..model.topology.channels().len()).map(ChannelId::of);
    let messages = |at| channel(model, state, at).messages().map(|(message, _)| message.clone()).collect();
    Global {
        processes: model.topology.processes().map(|at| process(state, at).state.clone()).collect(),
        channels: channels.map(messages).collect(),
    }
}

/// What a complete snapshot recorded.
fn recorded(model: &Model, state: &State, number: SnapshotId) -> Global {
    let channels = (0..model.topology.channels().len()).map(ChannelId::of);
    let record = |at: ProcessId| process(state, at).parts[number.index()].record.clone();
    Global {
        processes: model.topology.processes().filter_map(record).collect(),
        channels: channels.map(|at| channel(model, state, at).ledgers[number.index()].kept.clone()).collect(),
    }
}
