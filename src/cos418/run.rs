//! One run of an exercise as a list of what happens: what it records, its delays, and the same run as events of the model.

use std::collections::VecDeque;

use super::exercise::{Entry, Exercise};
use super::recording::Recording;
use super::simulator::{DELAYS, Delays, Message, Server, Simulator, collected};
use crate::apps::{AppStep, Sending};
use crate::check::Course;
use crate::model::{Model, ModelEvent};
use crate::network::{ChannelId, Event, SnapshotId};

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The next entry of the script, or a tick after its end.
    Entry(Entry),
    /// The head of a link is delivered.
    Deliver(ChannelId),
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// What happens, in order.
    pub moves: Vec<Move>,
}

/// A packet of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Travel {
    /// On which link.
    pub link: ChannelId,
    /// What.
    pub message: Message,
    /// The time of sending.
    pub sent: u64,
    /// The delay that makes it: 0 to 4.
    pub delay: u8,
    /// The time of delivery, if it is delivered.
    pub delivered: Option<u64>,
}

impl Run {
    /// The snapshots that it records: `None` where some move is not possible or a snapshot is not complete in the end.
    pub fn outcome(&self, exercise: &Exercise) -> Option<Vec<Recording>> {
        let mut world = World::new(exercise);
        for step in &self.moves {
            world.take(*step)?;
        }
        world.recorded()
    }

    /// Every packet in the order of sending, each with a delay that makes it arrive when it does. What is shown to be
    /// still under way was late at every tick.
    pub fn travels(&self, exercise: &Exercise) -> Vec<Travel> {
        let mut world = World::new(exercise);
        for step in &self.moves {
            if world.take(*step).is_none() {
                break;
            }
        }
        world.travels
    }

    /// The delays of a run in discrete time, and whether the simulator with these delays records the same.
    pub fn delays(&self, exercise: &Exercise) -> (Vec<u8>, bool) {
        let delays: Vec<u8> = self.travels(exercise).iter().map(|travel| travel.delay).collect();
        let replayed = Simulator::new(exercise, Delays::listed(delays.clone())).run();
        let same = replayed.is_ok_and(|recorded| recorded.is_some() && recorded == self.outcome(exercise));
        (delays, same)
    }

    /// The same run on the plain semantics of the model; ticks are left out. `None` where an event is not enabled there.
    pub fn course<'m>(&self, model: &'m Model) -> Option<Course<'m>> {
        let mut course = Course::new(model);
        for step in &self.moves {
            let wanted = |event: &ModelEvent| match (step, event) {
                (Move::Entry(Entry::Snapshot(snapshot)), Event::Start(started, _)) => snapshot == started,
                (Move::Deliver(link), Event::Receive(channel, _))
                | (
                    Move::Entry(Entry::Send(link, _)),
                    Event::Step(AppStep::Tokens(Sending::Send(channel, _))),
                ) => link == channel,
                _ => false,
            };
            if *step != Move::Entry(Entry::Tick) {
                let next = course.next().into_iter().find(|next| wanted(&next.event))?;
                course.take(next);
            }
        }
        Some(course)
    }
}

/// Servers and links without delays: whatever is said to happen happens.
#[derive(Clone, Debug)]
pub struct World<'e> {
    exercise: &'e Exercise,
    time: u64,
    servers: Vec<Server>,
    /// What is on each link, as places among the travels.
    links: Vec<VecDeque<usize>>,
    travels: Vec<Travel>,
}

impl<'e> World<'e> {
    /// At first, with nothing on the links.
    pub fn new(exercise: &'e Exercise) -> Self {
        Self {
            exercise,
            time: 0,
            servers: exercise.topology.processes().map(|at| Server::new(exercise, at)).collect(),
            links: vec![VecDeque::new(); exercise.topology.channels().len()],
            travels: Vec::new(),
        }
    }

    /// The snapshots, once all are complete.
    pub fn recorded(&self) -> Option<Vec<Recording>> {
        let links = self.links.len();
        self.exercise.snapshots().map(|snapshot| collected(&self.servers, links, snapshot)).collect()
    }

    /// Lets something happen; `None`, and nothing happens, where it cannot: a server has too few tokens, or a link is
    /// empty.
    pub fn take(&mut self, step: Move) -> Option<()> {
        match step {
            Move::Entry(Entry::Tick) => self.time += 1,
            Move::Entry(Entry::Snapshot(snapshot)) => self.start(snapshot),
            Move::Entry(Entry::Send(link, tokens)) => {
                let from = self.exercise.topology.channel(link).from;
                let sent = self.servers[from.index()].send_tokens(tokens, link)?;
                self.put(sent.link, sent.message);
            }
            Move::Deliver(link) => {
                let number = self.links[link.index()].pop_front()?;
                let travel = &mut self.travels[number];
                travel.delivered = Some(self.time);
                let least = self.time.saturating_sub(travel.sent + 1);
                travel.delay = least.min(u64::from(DELAYS) - 1) as u8;
                let message = travel.message;
                let to = self.exercise.topology.channel(link).to;
                for packet in self.servers[to.index()].handle_packet(link, message) {
                    self.put(packet.link, packet.message);
                }
            }
        }
        Some(())
    }

    fn start(&mut self, snapshot: SnapshotId) {
        let initiator = self.exercise.initiators[snapshot.index()];
        for packet in self.servers[initiator.index()].start_snapshot(snapshot) {
            self.put(packet.link, packet.message);
        }
    }

    fn put(&mut self, link: ChannelId, message: Message) {
        self.links[link.index()].push_back(self.travels.len());
        self.travels.push(Travel { link, message, sent: self.time, delay: DELAYS - 1, delivered: None });
    }
}
