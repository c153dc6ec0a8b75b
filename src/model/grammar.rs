//! The grammar of events: how a walk, a report and a replay write them.

use crate::network::{
    Application, ChannelId, Discipline, Event, Item, Late, SNAPSHOTS_MAX, SnapshotId, Topology,
};

use super::{Model, ModelEvent};
use crate::apps::{App, AppMessage};

/// An event in the grammar of walks: `Send("A","B",5)`, `Start(0,"A")`, `Receive("A","B",Marker(0))`, ..
///
/// ```
/// use cl_check::model::{Source, event_text, read};
/// use cl_check::network::{Event, ProcessId, SnapshotId};
/// let text = r#"Model(name: "pair", topology: Complete(["A", "B"]), application: Tokens(), snapshots: [By("A")])"#;
/// let pair = read(&Source::new("pair.ron", text)).unwrap();
/// let start = Event::Start(SnapshotId(0), ProcessId(0));
/// assert_eq!(event_text(&pair, &start), r#"Start(0,"A")"#);
/// ```
pub fn event_text(model: &Model, event: &ModelEvent) -> String {
    text(&model.topology, &model.application, event)
}

/// The same, of an event on these channels in this application.
pub(super) fn text(topology: &Topology, application: &App, event: &ModelEvent) -> String {
    let ends = |channel: ChannelId| {
        let channel = topology.channel(channel);
        format!("{:?},{:?}", topology.name(channel.from), topology.name(channel.to))
    };
    match event {
        Event::Step(step) => application.step_text(topology, step),
        Event::Start(snapshot, process) => format!("Start({},{:?})", snapshot.0, topology.name(*process)),
        Event::Receive(channel, item) => {
            let bag = topology.channel(*channel).discipline == Discipline::Bag;
            format!("Receive({},{})", ends(*channel), item_text(topology, application, item, bag))
        }
        Event::Resume(process, snapshot) => format!("Resume({:?},{})", topology.name(*process), snapshot.0),
        Event::Lose(channel) => format!("Lose({})", ends(*channel)),
        Event::Duplicate(channel) => format!("Duplicate({})", ends(*channel)),
        Event::Overtake(channel) => format!("Overtake({})", ends(*channel)),
        Event::Crash(process) => format!("Crash({:?})", topology.name(*process)),
        Event::Restore => "Restore".to_owned(),
        Event::Link(channel, event) => format!("{}({})", event.name(), ends(*channel)),
    }
}

/// An item. Only where a channel lets out any item does it matter for which snapshots a message is late.
fn item_text(topology: &Topology, application: &App, item: &Item<AppMessage>, bag: bool) -> String {
    let text = |message| application.message_text(topology, message);
    match item {
        Item::Marker(snapshot) => format!("Marker({})", snapshot.0),
        Item::Message(message, late) if bag && *late != Late::default() => {
            let late = snapshots_of(*late).map(|snapshot| snapshot.0.to_string());
            format!("Late({},[{}])", text(message), late.collect::<Vec<_>>().join(","))
        }
        Item::Message(message, _) => text(message),
    }
}

/// The snapshots that a message is late for.
fn snapshots_of(late: Late) -> impl Iterator<Item = SnapshotId> {
    (0..SNAPSHOTS_MAX).map(SnapshotId::of).filter(move |&snapshot| late.is(snapshot))
}
