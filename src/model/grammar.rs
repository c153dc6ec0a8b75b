//! The grammar of events: how a walk, a report and a replay write them.

use crate::network::{ChannelId, Discipline, Event, Item, Late, SNAPSHOTS_MAX, SnapshotId, Topology};

use super::TokenEvent;
use crate::apps::Sending;

/// An event in the grammar of walks: `Send("A","B",5)`, `Start(0,"A")`, `Receive("A","B",Marker(0))`, ..
///
/// ```
/// use cl_check::apps::Sending;
/// use cl_check::model::event_text;
/// use cl_check::network::{Channel, ChannelId, Discipline, Event, ProcessId, Topology};
/// let channel = Channel { from: ProcessId(0), to: ProcessId(1), discipline: Discipline::Fifo };
/// let pair = Topology::new(vec!["A".into(), "B".into()], vec![channel]);
/// assert_eq!(event_text(&pair, &Event::Step(Sending::Send(ChannelId(0), 5))), r#"Send("A","B",5)"#);
/// ```
pub fn event_text(topology: &Topology, event: &TokenEvent) -> String {
    let ends = |channel: ChannelId| {
        let channel = topology.channel(channel);
        format!("{:?},{:?}", topology.name(channel.from), topology.name(channel.to))
    };
    match event {
        Event::Step(Sending::Send(channel, amount)) => format!("Send({},{amount})", ends(*channel)),
        Event::Step(Sending::Broadcast(process, amount)) => {
            format!("Broadcast({:?},{amount})", topology.name(*process))
        }
        Event::Start(snapshot, process) => format!("Start({},{:?})", snapshot.0, topology.name(*process)),
        Event::Receive(channel, item) => {
            let bag = topology.channel(*channel).discipline == Discipline::Bag;
            format!("Receive({},{})", ends(*channel), item_text(item, bag))
        }
        Event::Resume(process, snapshot) => format!("Resume({:?},{})", topology.name(*process), snapshot.0),
        Event::Lose(channel) => format!("Lose({})", ends(*channel)),
        Event::Duplicate(channel) => format!("Duplicate({})", ends(*channel)),
        Event::Overtake(channel) => format!("Overtake({})", ends(*channel)),
    }
}

/// An item. Only where a channel lets out any item does it matter for which snapshots a message is late.
fn item_text(item: &Item<u64>, bag: bool) -> String {
    match item {
        Item::Marker(snapshot) => format!("Marker({})", snapshot.0),
        Item::Message(amount, late) if bag && *late != Late::default() => {
            let late = snapshots_of(*late).map(|snapshot| snapshot.0.to_string());
            format!("Late({amount},[{}])", late.collect::<Vec<_>>().join(","))
        }
        Item::Message(amount, _) => amount.to_string(),
    }
}

/// The snapshots that a message is late for.
fn snapshots_of(late: Late) -> impl Iterator<Item = SnapshotId> {
    (0..SNAPSHOTS_MAX).map(SnapshotId::of).filter(move |&snapshot| late.is(snapshot))
}
