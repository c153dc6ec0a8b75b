//! Is there an asynchronous run in which these snapshots have these cuts?
//!
//! The cuts say of each message whether a server receives it before or after it records, and of each send the same. So
//! whatever may happen can as well happen at once: it takes nothing away from what may happen later. Only where two
//! snapshots have the same place at a server may either be recorded first. That is left open at first: a marker may then
//! pass another one. Where nothing comes of this, nothing can come of it at all; where one has to pass another, each
//! order of the two is tried.

use std::collections::VecDeque;

use super::cuts::{Cut, TooMany};
use super::flow::Flow;
use crate::cos418::exercise::Entry;
use crate::cos418::run::{Move, Run};
use crate::network::{ChannelId, SnapshotId};

/// More plays than this are not tried.
const PLAYS_MAX: u64 = 5_000;

/// At a server, one snapshot is to be recorded before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Order {
    server: usize,
    first: usize,
    second: usize,
}

/// A run that has these cuts; snapshots without one are left out of it.
pub fn run(flow: &Flow<'_>, cuts: &[Option<&Cut>]) -> Result<Option<Run>, TooMany> {
    let mut search = Search { flow, cuts, plays: PLAYS_MAX };
    Ok(search.solve(&mut Vec::new())?.ok())
}

struct Search<'s> {
    flow: &'s Flow<'s>,
    cuts: &'s [Option<&'s Cut>],
    plays: u64,
}

impl Search<'_> {
    /// A run that keeps these orders; or some of them that no run keeps.
    fn solve(&mut self, orders: &mut Vec<Order>) -> Result<Result<Run, Vec<Order>>, TooMany> {
        let play = self.play(orders)?;
        if !play.is_done() {
            return Ok(Err(self.needed(orders)?));
        }
        let Some(passed) = play.passed else { return Ok(Ok(Run { moves: play.moves })) };
        let mut conflict: Vec<Order> = Vec::new();
        for order in [passed, Order { first: passed.second, second: passed.first, ..passed }] {
            orders.push(order);
            let solved = self.solve(orders)?;
            orders.pop();
            match solved {
                Ok(run) => return Ok(Ok(run)),
                Err(others) if !others.contains(&order) => return Ok(Err(others)),
                Err(others) => conflict.extend(others.into_iter().filter(|other| *other != order)),
            }
        }
        Ok(Err(conflict))
    }

    fn play(&mut self, orders: &[Order]) -> Result<Play<'_>, TooMany> {
        self.plays = self.plays.checked_sub(1).ok_or(TooMany)?;
        let mut play = Play::new(self.flow, self.cuts, orders.to_vec());
        play.settle();
        Ok(play)
    }

    /// Of orders that no run keeps, those without which it might.
    fn needed(&mut self, orders: &[Order]) -> Result<Vec<Order>, TooMany> {
        let mut needed = orders.to_vec();
        let mut at = 0;
        while at < needed.len() {
            let mut fewer = needed.clone();
            fewer.remove(at);
            if self.play(&fewer)?.is_done() {
                at += 1;
            } else {
                needed = fewer;
            }
        }
        Ok(needed)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    Message(usize),
    Marker(usize),
}

struct Play<'p> {
    flow: &'p Flow<'p>,
    cuts: &'p [Option<&'p Cut>],
    orders: Vec<Order>,
    position: usize,
    sent: Vec<usize>,
    received: Vec<usize>,
    tokens: Vec<u64>,
    links: Vec<VecDeque<Item>>,
    /// For each server, a bit for each snapshot.
    recorded: Vec<u32>,
    /// The first marker that passed another one, as the order in which they should have been sent.
    passed: Option<Order>,
    moves: Vec<Move>,
}

impl<'p> Play<'p> {
    fn new(flow: &'p Flow<'p>, cuts: &'p [Option<&'p Cut>], orders: Vec<Order>) -> Self {
        let links = flow.messages.len();
        Self {
            flow,
            cuts,
            orders,
            position: 0,
            sent: vec![0; flow.servers()],
            received: vec![0; links],
            tokens: flow.exercise.tokens.clone(),
            links: vec![VecDeque::new(); links],
            recorded: vec![0; flow.servers()],
            passed: None,
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

    /// Lets everything happen that may; a marker passes another one only where nothing else may happen.
    fn settle(&mut self) {
        loop {
            let mut moved = false;
            while let Some(&entry) = self.flow.exercise.script.get(self.position)
                && self.may_enter(entry)
            {
                self.take(Move::Entry(entry), 0);
                moved = true;
            }
            for link in self.flow.exercise.links() {
                while self.links[link.index()].front().is_some_and(|item| self.may_arrive(link, *item)) {
                    self.take(Move::Deliver(link), 0);
                    moved = true;
                }
            }
            if !moved && !self.pass() {
                return;
            }
        }
    }

    fn may_enter(&self, entry: Entry) -> bool {
        match entry {
            Entry::Tick => true,
            Entry::Send(link, tokens) => {
                let server = self.flow.sender(link);
                let due = self.open(server).any(|(_, cut)| cut.sent[server] <= self.sent[server]);
                !due && self.tokens[server] >= tokens
            }
            Entry::Snapshot(snapshot) => {
                let snapshot = snapshot.index();
                self.cuts[snapshot].is_none() || self.may_record(snapshot, self.flow.initiator(snapshot))
            }
        }
    }

    fn may_arrive(&self, link: ChannelId, item: Item) -> bool {
        let server = self.flow.receiver(link);
        match item {
            Item::Message(number) => self.may_receive(link, number),
            Item::Marker(snapshot) => {
                self.recorded[server] >> snapshot & 1 == 1 || self.may_record(snapshot, server)
            }
        }
    }

    /// Lets one marker pass those before it, if their order is not decided.
    fn pass(&mut self) -> bool {
        for link in self.flow.exercise.links() {
            let server = self.flow.sender(link);
            let items = &self.links[link.index()];
            let markers = items.iter().map_while(|item| match item {
                Item::Marker(snapshot) => Some(*snapshot),
                Item::Message(_) => None,
            });
            let markers: Vec<usize> = markers.collect();
            for (at, &marker) in markers.iter().enumerate().skip(1) {
                let is_free = |before: &usize| self.is_undecided(server, *before, marker);
                if markers[..at].iter().all(is_free) && self.may_arrive(link, Item::Marker(marker)) {
                    self.passed.get_or_insert(Order { server, first: marker, second: markers[0] });
                    self.take(Move::Deliver(link), at);
                    return true;
                }
            }
        }
        false
    }

    /// Two snapshots may be recorded at a server in either order.
    fn is_undecided(&self, server: usize, one: usize, other: usize) -> bool {
        let (Some(cut), Some(that)) = (self.cuts[one], self.cuts[other]) else { return false };
        let links = || self.flow.incoming(server).iter().map(|link| link.index());
        let same = cut.sent[server] == that.sent[server]
            && links().all(|link| cut.received[link] == that.received[link]);
        let decides = |order: &Order| {
            let pair = (order.first, order.second);
            order.server == server && (pair == (one, other) || pair == (other, one))
        };
        same && !self.orders.iter().any(decides)
    }

    /// The server stands where the cut runs, and no other snapshot is to be recorded first.
    fn may_record(&self, snapshot: usize, server: usize) -> bool {
        let Some(cut) = self.cuts[snapshot] else { return false };
        let waits = |order: &Order| {
            let is_open = self.recorded[server] >> order.first & 1 == 0;
            order.server == server && order.second == snapshot && is_open
        };
        let mut links = self.flow.incoming(server).iter().map(|link| link.index());
        self.sent[server] == cut.sent[server]
            && links.all(|link| self.received[link] == cut.received[link])
            && !self.orders.iter().any(waits)
    }

    fn may_receive(&self, link: ChannelId, number: usize) -> bool {
        let server = self.flow.receiver(link);
        self.open(server).all(|(_, cut)| cut.received[link.index()] > number)
    }

    /// `place` is that of what is delivered, among what is on its link.
    fn take(&mut self, step: Move, place: usize) {
        self.moves.push(step);
        match step {
            Move::Entry(entry) => {
                self.position += 1;
                self.enter(entry);
            }
            Move::Deliver(link) => match self.links[link.index()].remove(place) {
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
        for link in self.flow.outgoing(server) {
            self.links[link.index()].push_back(Item::Marker(snapshot));
        }
    }
}
