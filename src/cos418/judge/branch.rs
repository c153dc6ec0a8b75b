//! One branch of the search in discrete time: what has been recorded and sent, and for each server all that may have been
//! delivered from it. It goes on until something may be recorded or not.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use super::cuts::Cut;
use super::timed::Search;
use super::windows::{Outlook, Windows, put_off};
use crate::cos418::exercise::Entry;
use crate::cos418::simulator::DELAYS;
use crate::network::{ChannelId, SnapshotId};

/// What travels, when it was sent, and how many messages went before it on its link.
#[derive(Clone, Copy)]
pub struct Packet {
    pub item: Item,
    pub sent: u64,
    pub messages_before: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Item {
    Message(usize),
    Marker(usize),
}

/// How many packets of each link of a server have been delivered; then how often nothing was, though something was due;
/// and how it came to that.
pub type Progress = BTreeMap<Vec<u16>, Option<Rc<Delivery>>>;

pub struct Delivery {
    pub time: u64,
    pub link: ChannelId,
    pub before: Option<Rc<Delivery>>,
}

/// A moment of a branch.
#[derive(Clone)]
pub struct Moment {
    pub position: usize,
    pub time: u64,
    /// Which server's turn it is within a tick, if it is within one.
    pub turn: Option<usize>,
    pub sent: Vec<usize>,
    /// For each server, a bit for each snapshot.
    pub recorded: Vec<u32>,
    /// For each link, everything ever sent on it.
    pub packets: Vec<Vec<Packet>>,
    /// For each server in string order, all that may have been delivered from it.
    pub progress: Vec<Progress>,
}

pub enum Fate {
    Done(Box<Moment>),
    Dead,
    /// The last one is to be followed first.
    Split(Vec<Moment>),
}

pub struct Branch<'b, 't> {
    pub search: &'b Search<'t>,
    pub cuts: &'b [Option<&'b Cut>],
    /// How many snapshots are left out.
    pub left_out: u16,
    pub windows: &'b Windows,
    pub moment: Moment,
}

impl Branch<'_, '_> {
    /// Goes on until there is a choice.
    pub fn follow(mut self, seen: &mut HashSet<Vec<u64>>) -> Fate {
        loop {
            if let Some(turn) = self.moment.turn {
                let mut next = self.turn(turn);
                match (next.pop(), next.is_empty()) {
                    (None, _) => return Fate::Dead,
                    (Some(only), true) => self.moment = only,
                    (Some(last), false) => {
                        next.push(last);
                        return Fate::Split(next);
                    }
                }
                continue;
            }
            let flow = self.search.flow;
            let entry = flow.exercise.script.get(self.moment.position).copied();
            let goes_on = match entry {
                None if self.is_done() => return Fate::Done(Box::new(self.moment)),
                None if self.is_empty() => return Fate::Dead,
                None | Some(Entry::Tick) => {
                    self.tick();
                    self.is_in_time() && seen.insert(self.key())
                }
                Some(Entry::Snapshot(snapshot)) => self.start(snapshot),
                Some(Entry::Send(link, tokens)) => match self.send(link, tokens) {
                    Sent::Done => true,
                    Sent::Not => false,
                    Sent::Split(moments) => return Fate::Split(moments),
                },
            };
            if !goes_on {
                return Fate::Dead;
            }
        }
    }

    fn is_done(&self) -> bool {
        let active = self.cuts.iter().enumerate().filter(|(_, cut)| cut.is_some());
        let all: u32 = active.map(|(snapshot, _)| 1 << snapshot).sum();
        self.moment.recorded.iter().all(|&recorded| recorded == all)
    }

    /// Nothing is under way, however things went.
    fn is_empty(&self) -> bool {
        let moment = &self.moment;
        let mut places = moment.progress.iter().enumerate();
        places.all(|(place, all)| all.keys().all(|counts| !self.search.has_more(moment, place, counts)))
    }

    fn tick(&mut self) {
        self.moment.position += usize::from(self.moment.position < self.search.flow.exercise.script.len());
        self.moment.time += 1;
        self.moment.turn = Some(0);
    }

    /// Can each snapshot still come to each server in time?
    fn is_in_time(&self) -> bool {
        let moment = &self.moment;
        let mut outlook = self.windows.outlook(moment.time, &moment.recorded);
        for ((server, links), progress) in self.search.order.iter().zip(&moment.progress) {
            // When each packet of the links before this one may take its turn, from which time on.
            let mut rivals: Vec<u64> = Vec::new();
            for (at, &link) in links.iter().enumerate() {
                let packets = &moment.packets[link.index()];
                let least = progress.keys().map(|counts| usize::from(counts[at])).min().unwrap_or(0);
                let mut due = moment.time;
                for packet in &packets[least..] {
                    due = due.max(packet.sent + u64::from(DELAYS));
                    let by = put_off(due, &rivals) + u64::from(self.spare(links.len()));
                    match packet.item {
                        Item::Message(number) => self.bound_by_message(&mut outlook, link, number, by),
                        Item::Marker(snapshot) => {
                            outlook.bound(snapshot, self.search.flow.receiver(link), by);
                        }
                    }
                    due += 1;
                }
                rivals.extend(packets[least..].iter().map(|packet| packet.sent));
                let sent = packets.iter().filter(|packet| packet.item.is_message()).count();
                rivals.extend(self.windows.sends_on(link, sent));
                rivals.extend(outlook.earliest(*server));
            }
        }
        outlook.is_possible()
    }

    /// What is to be recorded before a message comes is recorded before it must have come.
    fn bound_by_message(&self, outlook: &mut Outlook, link: ChannelId, number: usize, by: u64) {
        let active =
            self.cuts.iter().enumerate().filter_map(|(snapshot, cut)| cut.map(|cut| (snapshot, cut)));
        for (snapshot, cut) in active {
            if cut.received[link.index()] <= number {
                outlook.bound(snapshot, self.search.flow.receiver(link), by);
            }
        }
    }

    /// What the future depends on. Markers of what their receiver has recorded are all alike, and whether a packet may be
    /// late depends on its age only if it has not to wait so long for those before it that it cannot be late then.
    fn key(&self) -> Vec<u64> {
        let moment = &self.moment;
        let mut key = vec![moment.position as u64];
        key.extend(moment.recorded.iter().map(|&recorded| u64::from(recorded)));
        for ((_, links), progress) in self.search.order.iter().zip(&moment.progress) {
            key.push(progress.len() as u64);
            key.extend(progress.keys().flatten().map(|&count| u64::from(count)));
            for (at, &link) in links.iter().enumerate() {
                let packets = &moment.packets[link.index()];
                let counts = || progress.keys().map(|counts| usize::from(counts[at]));
                let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
                key.push(packets.len() as u64);
                for (number, packet) in packets.iter().enumerate().skip(least) {
                    let waits = number.saturating_sub(most) as u64;
                    let age = (moment.time - packet.sent).min(u64::from(DELAYS).saturating_sub(waits));
                    let item = match packet.item {
                        Item::Message(_) => 0,
                        Item::Marker(snapshot) if self.has_recorded(link, snapshot) => 1,
                        Item::Marker(snapshot) => 2 + snapshot as u64,
                    };
                    key.push(item << 8 | age);
                }
            }
        }
        key
    }

    /// The snapshots that a server has still to record.
    fn open(&self, server: usize) -> impl Iterator<Item = &Cut> {
        let recorded = self.moment.recorded[server];
        let open = self.cuts.iter().enumerate().filter(move |(snapshot, _)| recorded >> snapshot & 1 == 0);
        open.filter_map(|(_, cut)| *cut)
    }

    fn start(&mut self, snapshot: SnapshotId) -> bool {
        self.moment.position += 1;
        let server = self.search.flow.initiator(snapshot.index());
        self.cuts[snapshot.index()].is_none() || self.record(snapshot.index(), server, None)
    }

    /// Records, and forgets all that does not go with it. Is anything left?
    fn record(&mut self, snapshot: usize, server: usize, but: Option<ChannelId>) -> bool {
        let search = self.search;
        let Some(cut) = self.cuts[snapshot] else { return false };
        if self.moment.sent[server] != cut.sent[server] {
            return false;
        }
        for &link in search.flow.incoming(server).iter().filter(|&&link| Some(link) != but) {
            if !self.keep(link, |received| received == cut.received[link.index()]) {
                return false;
            }
        }
        self.moment.recorded[server] |= 1 << snapshot;
        for &link in search.flow.outgoing(server) {
            self.put(link, Item::Marker(snapshot));
        }
        true
    }

    /// Forgets what does not fit on a link, by how many of its messages have been received. Is anything left?
    fn keep(&mut self, link: ChannelId, fits: impl Fn(usize) -> bool) -> bool {
        let (place, at) = self.at(link);
        let packets = &self.moment.packets[link.index()];
        self.moment.progress[place].retain(|counts, _| fits(messages(packets, counts[at])));
        !self.moment.progress[place].is_empty()
    }

    /// Where a link stands: the place of its server, and its place among the server's.
    fn at(&self, link: ChannelId) -> (usize, usize) {
        let place = self.search.place(self.search.flow.sender(link));
        let links = &self.search.order[place].1;
        (place, links.iter().position(|&other| other == link).unwrap_or(0))
    }

    fn put(&mut self, link: ChannelId, item: Item) {
        let packets = &mut self.moment.packets[link.index()];
        let messages_before = messages(packets, packets.len() as u16);
        packets.push(Packet { item, sent: self.moment.time, messages_before });
    }

    fn send(&mut self, link: ChannelId, tokens: u64) -> Sent {
        let flow = self.search.flow;
        let server = flow.sender(link);
        let sent = self.moment.sent[server];
        if self.open(server).any(|cut| cut.sent[server] <= sent) {
            return Sent::Not;
        }
        let wanted = (flow.spent[server][sent] + tokens).saturating_sub(flow.exercise.tokens[server]);
        let incoming = flow.incoming(server);
        let counts: Vec<Vec<usize>> = incoming.iter().map(|&link| self.counts(link)).collect();
        let carried = |number: usize, count: usize| flow.carried[incoming[number].index()][count];
        let least = counts.iter().enumerate().map(|(number, counts)| carried(number, counts[0])).sum::<u64>();
        if least < wanted {
            // Whether the server has so much depends on what has arrived: each combination on its own.
            let split = incoming.iter().zip(&counts).find(|(_, counts)| counts.len() > 1);
            return split.map_or(Sent::Not, |(&link, counts)| {
                Sent::Split(counts.iter().map(|&count| self.with(link, count)).collect())
            });
        }
        self.moment.position += 1;
        self.moment.sent[server] += 1;
        self.put(link, Item::Message(flow.of_sends[link.index()][sent]));
        Sent::Done
    }

    /// How many messages of a link may have been received.
    fn counts(&self, link: ChannelId) -> Vec<usize> {
        let (place, at) = self.at(link);
        let packets = &self.moment.packets[link.index()];
        let mut counts: Vec<usize> =
            self.moment.progress[place].keys().map(|counts| messages(packets, counts[at])).collect();
        counts.sort_unstable();
        counts.dedup();
        counts
    }

    /// The same moment with so many messages of a link received.
    fn with(&self, link: ChannelId, count: usize) -> Moment {
        let mut other = Branch {
            search: self.search,
            cuts: self.cuts,
            windows: self.windows,
            left_out: self.left_out,
            moment: self.moment.clone(),
        };
        other.keep(link, |received| received == count);
        other.moment
    }

    /// One server's turn in a tick: at most one packet is delivered. The moments after it.
    fn turn(&self, place: usize) -> Vec<Moment> {
        let (_, links) = &self.search.order[place];
        let mut quiet = Progress::new();
        let mut recording: BTreeMap<(usize, usize), Progress> = BTreeMap::new();
        for (counts, trace) in &self.moment.progress[place] {
            let mut must = false;
            for (at, &link) in links.iter().enumerate() {
                let packet = self.moment.packets[link.index()].get(usize::from(counts[at]));
                let Some(packet) = packet.filter(|packet| packet.sent < self.moment.time) else { continue };
                let into = match packet.item {
                    Item::Message(number) => self.may_receive(link, number).then_some(&mut quiet),
                    Item::Marker(snapshot) if self.has_recorded(link, snapshot) => Some(&mut quiet),
                    Item::Marker(snapshot) => {
                        let fits = self.cuts[snapshot]
                            .is_some_and(|cut| packet.messages_before == cut.received[link.index()]);
                        fits.then(|| recording.entry((at, snapshot)).or_default())
                    }
                };
                if let Some(into) = into {
                    let mut counts = counts.clone();
                    counts[at] += 1;
                    let delivery = Delivery { time: self.moment.time, link, before: trace.clone() };
                    into.entry(counts).or_insert_with(|| Some(Rc::new(delivery)));
                }
                must = packet.sent + u64::from(DELAYS) <= self.moment.time;
                if must {
                    break;
                }
            }
            let spent = counts[links.len()];
            if !must {
                quiet.entry(counts.clone()).or_insert_with(|| trace.clone());
            } else if spent < self.spare(links.len()) {
                let mut counts = counts.clone();
                counts[links.len()] += 1;
                quiet.entry(counts).or_insert_with(|| trace.clone());
            }
        }
        let quiet = (!quiet.is_empty()).then(|| self.after(place, quiet).moment);
        let recorded = recording.into_iter().filter_map(|((at, snapshot), progress)| {
            let mut next = self.after(place, progress);
            let server = self.search.flow.receiver(links[at]);
            next.record(snapshot, server, Some(links[at])).then_some(next.moment)
        });
        quiet.into_iter().chain(recorded).collect()
    }

    /// How often a server with so many links may deliver nothing though something is due. The markers of a snapshot that
    /// is left out may have taken the turn, each of them once.
    fn spare(&self, links: usize) -> u16 {
        self.left_out * links as u16
    }

    /// The next turn, with this progress of the server whose turn it was.
    fn after(&self, place: usize, progress: Progress) -> Branch<'_, '_> {
        let mut moment = self.moment.clone();
        moment.progress[place] = progress;
        moment.turn = (place + 1 < self.search.order.len()).then_some(place + 1);
        Branch {
            search: self.search,
            cuts: self.cuts,
            windows: self.windows,
            left_out: self.left_out,
            moment,
        }
    }

    fn may_receive(&self, link: ChannelId, number: usize) -> bool {
        let server = self.search.flow.receiver(link);
        self.open(server).all(|cut| cut.received[link.index()] > number)
    }

    fn has_recorded(&self, link: ChannelId, snapshot: usize) -> bool {
        self.moment.recorded[self.search.flow.receiver(link)] >> snapshot & 1 == 1
    }
}

pub enum Sent {
    Done,
    Not,
    Split(Vec<Moment>),
}

/// How many of the first so many packets are messages.
fn messages(packets: &[Packet], count: u16) -> usize {
    match packets.get(usize::from(count)) {
        Some(next) => next.messages_before,
        None => packets.last().map_or(0, |last| last.messages_before + usize::from(last.item.is_message())),
    }
}

impl Item {
    fn is_message(self) -> bool {
        matches!(self, Self::Message(_))
    }
}
