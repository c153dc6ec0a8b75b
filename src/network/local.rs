//! Which events one process offers, and how each begins. The event's effect is in [`super::act`].

use super::act::Act;
use super::application::Application;
use super::component::Arriving;
use super::event::{Event, Item, Late};
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::link::{LinkEvent, Wire};
use super::protocol::{Handler, Protocol};
use super::schedule::Turn;
use super::system::{ComponentOf, EventOf, Letter, ProcessOf, System};
use super::topology::Discipline;
use crate::engine::Local;

pub type LocalOf<A> = Local<ComponentOf<A>, Letter<<A as Application>::Message>, EventOf<A>>;

impl<A: Application, P: Protocol> Act<'_, A, P> {
    /// Every event that a process offers.
    pub fn all(system: &System<A, P>, at: ProcessId, process: &ProcessOf<A>) -> Vec<LocalOf<A>> {
        if process.down {
            return Vec::new();
        }
        let mut events = steps(system, at, process);
        events.extend(starts(system, at, process));
        for (inbox, &channel) in system.topology.incoming(at).iter().enumerate() {
            events.extend(receives(system, at, process, inbox, channel));
            events.extend(fault(system, at, process, inbox, channel));
            events.extend(links(system, at, process, inbox, channel));
        }
        events.extend(resumes(system, at, process));
        events.extend(crash(system, at, process));
        events
    }
}

fn steps<A: Application, P: Protocol>(
    system: &System<A, P>,
    at: ProcessId,
    process: &ProcessOf<A>,
) -> Vec<LocalOf<A>> {
    let offered = system.application.steps(&system.topology, at, &process.state);
    let step = |step: super::application::StepOf<A>| {
        let mut act = Act::new(system, at, process);
        act.wait_for(Turn::Step(at));
        act.process.state = step.state;
        act.send_messages(step.sends);
        act.end(Event::Step(step.name))
    };
    offered.into_iter().map(step).collect()
}

/// The starts of snapshots that a process offers.
pub(super) fn starts<A: Application, P: Protocol>(
    system: &System<A, P>,
    at: ProcessId,
    process: &ProcessOf<A>,
) -> Vec<LocalOf<A>> {
    let may = |snapshot: &SnapshotId| {
        system.snapshots[snapshot.index()].contains(&at) && !process.parts[snapshot.index()].begun
    };
    let start = |snapshot: SnapshotId| {
        let mut act = Act::new(system, at, process);
        let turn = Turn::Start(snapshot, at);
        if system.names(turn) {
            act.wait_for(turn);
        }
        act.process.part_mut(snapshot).begun = true;
        act.run(Handler::OnStart, snapshot, None);
        act.end(Event::Start(snapshot, at))
    };
    system.snapshot_ids().filter(may).map(start).collect()
}

/// FIFO lets the head out, a bag each distinct item.
fn receives<A: Application, P: Protocol>(
    system: &System<A, P>,
    at: ProcessId,
    process: &ProcessOf<A>,
    inbox: usize,
    channel: ChannelId,
) -> Vec<LocalOf<A>> {
    let incoming = &process.incoming[inbox];
    if incoming.blocked() || incoming.wire.as_ref().is_some_and(|wire| !wire.brings()) {
        return Vec::new();
    }
    let items = &incoming.items;
    let is_bag = system.topology.channel(channel).discipline == Discipline::Bag;
    let comes_out = |&index: &usize| index == 0 || (is_bag && items[index] != items[index - 1]);
    let receive = |index: usize| {
        let mut act = Act::new(system, at, process);
        let incoming = act.process.incoming_mut(inbox);
        let item = incoming.items.remove(index);
        incoming.wire.iter_mut().for_each(Wire::take);
        act.receive(inbox, channel, item.clone());
        act.end(Event::Receive(channel, item))
    };
    (0..items.len()).filter(comes_out).map(receive).collect()
}

fn crash<A: Application, P: Protocol>(
    system: &System<A, P>,
    at: ProcessId,
    process: &ProcessOf<A>,
) -> Option<LocalOf<A>> {
    system.may_crash(at, process).then(|| {
        let mut act = Act::new(system, at, process);
        act.process.crashes += 1;
        act.process.down = true;
        act.end(Event::Crash(at))
    })
}

fn resumes<A: Application, P: Protocol>(
    system: &System<A, P>,
    at: ProcessId,
    process: &ProcessOf<A>,
) -> Vec<LocalOf<A>> {
    let stopped = |snapshot: &SnapshotId| !process.parts[snapshot.index()].stopped.is_empty();
    let resume = |snapshot: SnapshotId| {
        let mut act = Act::new(system, at, process);
        act.resume(snapshot);
        act.end(Event::Resume(at, snapshot))
    };
    system.snapshot_ids().filter(stopped).map(resume).collect()
}

/// The fault that the channel's discipline allows, if its budget and its items do.
fn fault<A: Application, P: Protocol>(
    system: &System<A, P>,
    at: ProcessId,
    process: &ProcessOf<A>,
    inbox: usize,
    channel: ChannelId,
) -> Option<LocalOf<A>> {
    let incoming = &process.incoming[inbox];
    let (event, needed) = match system.topology.channel(channel).discipline {
        Discipline::Fifo | Discipline::Bag | Discipline::Linked { .. } => return None,
        Discipline::Lossy(_) => (Event::Lose(channel), 1),
        Discipline::Duplicating(_) => (Event::Duplicate(channel), 1),
        Discipline::Overtaking(_) => (Event::Overtake(channel), 2),
    };
    if incoming.faults_left == 0 || incoming.items.len() < needed {
        return None;
    }
    let mut act = Act::new(system, at, process);
    act.fault(inbox, &event);
    Some(act.end(event))
}

/// What a channel's link layer does, and what happens to what travels in it.
fn links<A: Application, P: Protocol>(
    system: &System<A, P>,
    at: ProcessId,
    process: &ProcessOf<A>,
    inbox: usize,
    channel: ChannelId,
) -> Vec<LocalOf<A>> {
    let incoming = &process.incoming[inbox];
    let Discipline::Linked { over, tries, .. } = system.topology.channel(channel).discipline else {
        return Vec::new();
    };
    let can = |event: &LinkEvent| {
        let allowed = event.fault().is_none_or(|fault| fault == over && incoming.faults_left > 0);
        allowed && incoming.wire.as_ref().is_some_and(|wire| wire.offers(*event, tries))
    };
    let happen = |event: LinkEvent| {
        let mut act = Act::new(system, at, process);
        let incoming = act.process.incoming_mut(inbox);
        incoming.faults_left -= u8::from(event.fault().is_some());
        let more = !incoming.items.is_empty();
        incoming.wire.iter_mut().for_each(|wire| wire.happen(event, more));
        act.end(Event::Link(channel, event))
    };
    LinkEvent::ALL.into_iter().filter(can).map(happen).collect()
}

impl<A: Application, P: Protocol> Act<'_, A, P> {
    /// An item has been taken out of a channel: all handlers, the ghost cuts, then the application.
    fn receive(&mut self, inbox: usize, channel: ChannelId, item: Item<A::Message>) {
        match item {
            Item::Marker(snapshot) => {
                self.process.incoming_mut(inbox).ledgers[snapshot.index()].marker_arrived = true;
                self.run(Handler::OnMarker, snapshot, Some(Arriving { channel, message: None }));
            }
            Item::Message(message, late) => {
                for snapshot in self.system.snapshot_ids() {
                    let told = self.told(snapshot, late);
                    let arriving = Arriving { channel, message: Some((message.clone(), told)) };
                    self.run(Handler::OnMessage, snapshot, Some(arriving));
                }
                for snapshot in self.system.snapshot_ids() {
                    self.cross_the_cut(inbox, snapshot, &message, late.is(snapshot));
                }
                self.deliver(channel, &message);
            }
        }
    }

    /// Of a message's late bits, what a handler of this snapshot may ask for: a stopped one remembers nothing else.
    fn told(&self, snapshot: SnapshotId, late: Late) -> Late {
        let asked = self.system.protocol.lateness_asked().iter();
        let asked = asked.map(|&ahead| self.system.further(snapshot, ahead));
        let mut told = Late::default();
        asked.filter(|&snapshot| late.is(snapshot)).for_each(|snapshot| told.set(snapshot));
        told
    }

    fn deliver(&mut self, channel: ChannelId, message: &A::Message) {
        let (state, sends) = self.system.application.receive(
            &self.system.topology,
            self.at,
            &self.process.state,
            channel,
            message,
        );
        self.process.state = state;
        self.send_messages(sends);
    }

    fn fault(&mut self, inbox: usize, event: &EventOf<A>) {
        if matches!(event, Event::Duplicate(_)) && self.is_full(inbox) {
            self.cut = true;
        }
        let incoming = self.process.incoming_mut(inbox);
        incoming.faults_left -= 1;
        match event {
            Event::Lose(_) => drop(incoming.items.remove(0)),
            Event::Duplicate(_) => incoming.items.insert(0, incoming.items[0].clone()),
            _ => incoming.items.swap(0, 1),
        }
    }
}
