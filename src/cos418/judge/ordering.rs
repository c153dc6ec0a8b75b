//! Is there an asynchronous run in which these snapshots have these cuts?
//!
//! The cuts say of each message whether a server receives it before or after it records, and of each send the same. So
//! whatever may happen can as well happen at once: it takes nothing away from what may happen later. Only where two
//! snapshots have the same place at a server may either be recorded first, and that is tried both ways.

use std::collections::VecDeque;

use super::cuts::{Cut, TooMany};
use super::flow::Flow;
use crate::cos418::exercise::Entry;
use crate::cos418::run::{Move, Run};
use crate::network::{ChannelId, SnapshotId};

/// More plays than this are not tried.
const PLAYS_MAX: u64 = 20_000;

/// A run that has these cuts; snapshots without one are left out of it.
pub fn run(flow: &Flow<'_>, cuts: &[Option<&Cut>]) -> Result<Option<Run>, TooMany> {
    let mut relaxed = Play::new(flow, cuts, false);
    relaxed.settle();
    if !relaxed.is_done() {
        return Ok(None);
    }
    let mut plays = PLAYS_MAX;
    search(Play::new(flow, cuts, true), &mut plays)
}

fn search(mut play: Play<'_>, plays: &mut u64) -> Result<Option<Run>, TooMany> {
    loop {
        *plays = plays.checked_sub(1).ok_or(TooMany)?;
        let Some(choice) = play.settle() else {
            return Ok(play.is_done().then_some(Run { moves: play.moves }));
        };
        // Either this one is recorded first, or one of the others is.
        let mut first = play.clone();
        first.take(choice.step);
        if let Some(found) = search(first, plays)? {
            return Ok(Some(found));
        }
        let Some((&last, others)) = choice.rivals.split_last() else { return Ok(None) };
        for &rival in others {
            let mut later = play.clone();
            later.before.push((rival, choice.snapshot, choice.server));
            if let Some(found) = search(later, plays)? {
                return Ok(Some(found));
            }
        }
        play.before.push((last, choice.snapshot, choice.server));
    }
}

/// Something that may be recorded now, or after one of its rivals.
struct Choice {
    step: Move,
    snapshot: usize,
    server: usize,
    rivals: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    Message(usize),
    Marker(usize),
}

#[derive(Clone)]
struct Play<'p> {
    flow: &'p Flow<'p>,
    cuts: &'p [Option<&'p Cut>],
    /// Markers stand in their links like messages. Else they do not hinder each other, so that there is no choice, and
    /// where nothing comes of that, nothing can come of it at all.
    markers_in_order: bool,
    position: usize,
    sent: Vec<usize>,
    received: Vec<usize>,
    tokens: Vec<u64>,
    links: Vec<VecDeque<Item>>,
    /// For each server, a bit for each snapshot.
    recorded: Vec<u32>,
    /// (one, another, server): the one is to be recorded there before the other.
    before: Vec<(usize, usize, usize)>,
    moves: Vec<Move>,
}

impl<'p> Play<'p> {
    fn new(flow: &'p Flow<'p>, cuts: &'p [Option<&'p Cut>], markers_in_order: bool) -> Self {
        let links = flow.messages.len();
        Self {
            flow,
            cuts,
            markers_in_order,
            position: 0,
            sent: vec![0; flow.servers()],
            received: vec![0; links],
            tokens: flow.exercise.tokens.clone(),
            links: vec![VecDeque::new(); links],
            recorded: vec![0; flow.servers()],
            before: Vec::new(),
            moves: Vec::new(),
        }
    }

    fn is_done(&self) -> bool {
        let all: u32 = self.active().map(|(snapshot, _)| 1 << snapshot).sum();
        self.recorded.iter().all(|&recorded| recorded == all)
    }

    fn active(&self) -> impl Iterator<Item = (usize, &'p Cut)> + use<'p> {
        self.cuts.iter().enumerate().filter_map(|(snapshot, cut)| cut.map(|cut| (snapshot, cut)))
    }

    /// The snapshots that a server has still to record.
    fn open(&self, server: usize) -> impl Iterator<Item = (usize, &'p Cut)> + use<'p> {
        let recorded = self.recorded[server];
        self.active().filter(move |(snapshot, _)| recorded >> snapshot & 1 == 0)
    }

    /// Lets everything happen that may. Then the first choice, if there is one.
    fn settle(&mut self) -> Option<Choice> {
        loop {
            let mut choice = None;
            let mut moved = false;
            for step in self.steps() {
                // Each is looked at again: those before it may have changed what may happen.
                match self.outlook(step) {
                    Outlook::Open => {
                        self.take(step);
                        moved = true;
                    }
                    Outlook::Choice(found) => choice = choice.or(Some(found)),
                    Outlook::Shut => {}
                }
            }
            moved |= !self.markers_in_order && self.record_freely();
            if !moved {
                return choice;
            }
        }
    }

    fn steps(&self) -> Vec<Move> {
        let script = &self.flow.exercise.script;
        let entry = script.get(self.position).map(|&entry| Move::Entry(entry));
        entry.into_iter().chain(self.flow.exercise.links().map(Move::Deliver)).collect()
    }

    fn outlook(&self, step: Move) -> Outlook {
        match step {
            Move::Entry(Entry::Tick) => Outlook::Open,
            Move::Entry(Entry::Send(link, tokens)) => {
                let server = self.flow.sender(link);
                let due = self.open(server).any(|(_, cut)| cut.sent[server] <= self.sent[server]);
                Outlook::open(!due && self.tokens[server] >= tokens)
            }
            Move::Entry(Entry::Snapshot(snapshot)) => {
                let server = self.flow.initiator(snapshot.index());
                match self.cuts[snapshot.index()] {
                    None => Outlook::Open,
                    Some(_) => self.record(snapshot.index(), server, step),
                }
            }
            Move::Deliver(link) => match self.links[link.index()].front() {
                None => Outlook::Shut,
                Some(Item::Message(number)) => Outlook::open(self.may_receive(link, *number)),
                Some(Item::Marker(snapshot)) => {
                    let server = self.flow.receiver(link);
                    let known = self.recorded[server] >> snapshot & 1 == 1;
                    if known { Outlook::Open } else { self.record(*snapshot, server, step) }
                }
            },
        }
    }

    fn may_receive(&self, link: ChannelId, number: usize) -> bool {
        let server = self.flow.receiver(link);
        self.open(server).all(|(_, cut)| cut.received[link.index()] > number)
    }

    fn record(&self, snapshot: usize, server: usize, step: Move) -> Outlook {
        let is_early = |&(_, later, at): &(usize, usize, usize)| later == snapshot && at == server;
        let waits = self.before.iter().filter(|order| is_early(order));
        let is_open = |rival: usize| self.recorded[server] >> rival & 1 == 0;
        if !self.is_ready(snapshot, server) || waits.clone().any(|order| is_open(order.0)) {
            return Outlook::Shut;
        }
        let Some(cut) = self.cuts[snapshot] else { return Outlook::Shut };
        let same = |other: &Cut| {
            let mut links = self.flow.incoming(server).iter();
            cut.sent[server] == other.sent[server]
                && links.all(|link| cut.received[link.index()] == other.received[link.index()])
        };
        let rivals = self.open(server).filter(|&(rival, other)| rival != snapshot && same(other));
        let loses = |rival: usize| self.before.contains(&(snapshot, rival, server));
        let rivals: Vec<usize> = rivals.map(|(rival, _)| rival).filter(|&rival| !loses(rival)).collect();
        if rivals.is_empty() || !self.markers_in_order {
            return Outlook::Open;
        }
        Outlook::Choice(Choice { step, snapshot, server, rivals })
    }

    /// The server stands where the cut runs.
    fn is_ready(&self, snapshot: usize, server: usize) -> bool {
        let Some(cut) = self.cuts[snapshot] else { return false };
        let mut links = self.flow.incoming(server).iter().map(|link| link.index());
        self.sent[server] == cut.sent[server] && links.all(|link| self.received[link] == cut.received[link])
    }

    /// Where markers do not hinder each other: what may be recorded is.
    fn record_freely(&mut self) -> bool {
        let mut moved = false;
        for server in 0..self.flow.servers() {
            for (snapshot, cut) in self.open(server) {
                let came = |link: &ChannelId| {
                    let (sender, at) = (self.flow.sender(*link), link.index());
                    let is_empty = cut.received[at] == self.flow.of_sends[at][cut.sent[sender]];
                    is_empty && self.recorded[sender] >> snapshot & 1 == 1
                };
                let starts = self.flow.initiator(snapshot) == server;
                let comes = !starts && self.flow.incoming(server).iter().any(came);
                if comes && self.is_ready(snapshot, server) {
                    self.recorded[server] |= 1 << snapshot;
                    moved = true;
                }
            }
        }
        moved
    }

    fn take(&mut self, step: Move) {
        self.moves.push(step);
        match step {
            Move::Entry(entry) => {
                self.position += 1;
                self.enter(entry);
            }
            Move::Deliver(link) => match self.links[link.index()].pop_front() {
                None => {}
                Some(Item::Message(number)) => {
                    self.received[link.index()] += 1;
                    self.tokens[self.flow.receiver(link)] += self.flow.messages[link.index()][number];
                }
                Some(Item::Marker(snapshot)) => {
                    let server = self.flow.receiver(link);
                    if self.recorded[server] >> snapshot & 1 == 0 {
                        self.records(snapshot, server);
                    }
                }
            },
        }
    }

    fn enter(&mut self, entry: Entry) {
        match entry {
            Entry::Tick => {}
            Entry::Snapshot(SnapshotId(snapshot)) => {
                let snapshot = usize::from(snapshot);
                if self.cuts[snapshot].is_some() {
                    self.records(snapshot, self.flow.initiator(snapshot));
                }
            }
            Entry::Send(link, tokens) => {
                let server = self.flow.sender(link);
                let number = self.flow.of_sends[link.index()][self.sent[server]];
                self.sent[server] += 1;
                self.tokens[server] -= tokens;
                self.links[link.index()].push_back(Item::Message(number));
            }
        }
    }

    fn records(&mut self, snapshot: usize, server: usize) {
        self.recorded[server] |= 1 << snapshot;
        if self.markers_in_order {
            for link in self.flow.outgoing(server) {
                self.links[link.index()].push_back(Item::Marker(snapshot));
            }
        }
    }
}

enum Outlook {
    Open,
    Shut,
    Choice(Choice),
}

impl Outlook {
    fn open(is_open: bool) -> Self {
        if is_open { Self::Open } else { Self::Shut }
    }
}
