//! The assignment's simulator, under the names that the assignment gives: servers, links, discrete time, and a delay for
//! each packet. With a list of delays it replays a run exactly. Knows nothing of what is right.
//!
//! | the assignment, in Go | here |
//! | --- | --- |
//! | `NewSimulator()`, `AddServer(id, tokens)`, `AddForwardLink(src, dest)` | [`Simulator::new`] on an [`Exercise`] |
//! | `sim.Tick()` | [`Simulator::tick`] |
//! | `sim.InjectEvent(event)` | [`Simulator::inject`] |
//! | `sim.StartSnapshot(serverId)` | [`Simulator::start_snapshot`] |
//! | `sim.CollectSnapshot(snapshotId)` | [`Simulator::collect_snapshot`] |
//! | `sim.GetReceiveTime()`, `rand.Intn(maxDelay)` | [`Delays`] |
//! | `server.SendTokens(numTokens, dest)` | [`Server::send_tokens`] |
//! | `server.SendToNeighbors(message)` | [`Server::send_to_neighbours`] |
//! | `server.HandlePacket(src, message)` | [`Server::handle_packet`] |
//! | `server.StartSnapshot(snapshotId)` | [`Server::start_snapshot`] |
//!
//! A server cannot reach into the simulator here: what it sends it hands back, and the simulator puts it on the links.

use std::collections::VecDeque;
use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::exercise::{Entry, Exercise};
use super::recording::Recording;
use crate::network::{ChannelId, ProcessId, SnapshotId};

/// A packet waits for 1 to 5 ticks before it may be delivered: one, and a delay below this.
pub const DELAYS: u8 = 5;

/// Where delays come from.
#[derive(Clone, Debug)]
pub enum Delays {
    /// By chance: the same seed gives the same delays.
    Seeded(Box<ChaCha8Rng>),
    /// These, one for each packet in the order of sending; 0 when they are used up.
    Listed(VecDeque<u8>),
}

impl Delays {
    /// By chance, from a seed.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Box::new(ChaCha8Rng::seed_from_u64(seed)))
    }

    /// These, one for each packet in the order of sending. A delay of more than 4 counts as 4.
    pub fn listed(delays: impl IntoIterator<Item = u8>) -> Self {
        Self::Listed(delays.into_iter().collect())
    }

    fn next(&mut self) -> u8 {
        match self {
            Self::Seeded(random) => random.random_range(0..DELAYS),
            Self::Listed(delays) => delays.pop_front().unwrap_or(0).min(DELAYS - 1),
        }
    }
}

/// What a packet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// Tokens.
    Token(u64),
    /// The marker of a snapshot.
    Marker(SnapshotId),
}

/// What a server hands to the simulator: a message on one of its links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentPacket {
    /// Where.
    pub link: ChannelId,
    /// What.
    pub message: Message,
}

/// A run cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// A server was to send more tokens than it has: the assignment aborts the run.
    TooFewTokens {
        /// Which server.
        server: ProcessId,
        /// What it holds.
        held: u64,
        /// What it was to send.
        wanted: u64,
    },
}

/// One server: its tokens, and its part in every snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    tokens: u64,
    /// The links to its neighbours, in the string order of their names.
    outbound: Arc<[ChannelId]>,
    inbound: Arc<[ChannelId]>,
    parts: Vec<Part>,
}

/// A server's part in one snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Part {
    recorded: Option<u64>,
    /// For each incoming link: what was received on it since, and whether its marker is still to come.
    links: Vec<(Vec<u64>, bool)>,
}

impl Server {
    /// As it is at first.
    pub fn new(exercise: &Exercise, at: ProcessId) -> Self {
        Self {
            tokens: exercise.tokens[at.index()],
            outbound: exercise.links_in_order(at).into(),
            inbound: exercise.topology.incoming(at).into(),
            parts: vec![Part::default(); exercise.initiators.len()],
        }
    }

    /// What it holds.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Takes tokens out and puts them on a link; `None` where it has not so many.
    pub fn send_tokens(&mut self, tokens: u64, link: ChannelId) -> Option<SentPacket> {
        self.tokens = self.tokens.checked_sub(tokens)?;
        Some(SentPacket { link, message: Message::Token(tokens) })
    }

    /// A message to every neighbour, in the string order of their names.
    pub fn send_to_neighbours(&self, message: Message) -> Vec<SentPacket> {
        self.outbound.iter().map(|&link| SentPacket { link, message }).collect()
    }

    /// Something arrives: what it sends in answer.
    pub fn handle_packet(&mut self, link: ChannelId, message: Message) -> Vec<SentPacket> {
        let inbox = self.inbound.iter().position(|&other| other == link);
        let Some(inbox) = inbox else { return Vec::new() };
        match message {
            Message::Token(tokens) => {
                self.tokens += tokens;
                for (kept, open) in self.parts.iter_mut().filter_map(|part| part.links.get_mut(inbox)) {
                    if *open {
                        kept.push(tokens);
                    }
                }
                Vec::new()
            }
            Message::Marker(snapshot) => {
                let first = self.parts[snapshot.index()].recorded.is_none();
                let sent = if first { self.start_snapshot(snapshot) } else { Vec::new() };
                self.parts[snapshot.index()].links[inbox].1 = false;
                sent
            }
        }
    }

    /// Records its tokens, from now on also what arrives on links whose marker has not come, and sends markers.
    pub fn start_snapshot(&mut self, snapshot: SnapshotId) -> Vec<SentPacket> {
        let part = &mut self.parts[snapshot.index()];
        part.recorded = Some(self.tokens);
        part.links = vec![(Vec::new(), true); self.inbound.len()];
        self.send_to_neighbours(Message::Marker(snapshot))
    }

    fn is_complete(&self, snapshot: SnapshotId) -> bool {
        let part = &self.parts[snapshot.index()];
        part.recorded.is_some() && part.links.iter().all(|(_, open)| !open)
    }
}

/// Servers, links and the time.
///
/// ```
/// use cl_check::cos418::{Delays, Exercise, Simulator};
/// use cl_check::model::Source;
/// let topology = Source::new("2nodes.top", "2\nN1 1\nN2 0\nN1 N2\nN2 N1\n");
/// let events = Source::new("message.events", "send N1 N2 1\nsnapshot N2\ntick\n");
/// let exercise = Exercise::read(&topology, &events).unwrap();
///
/// // The token and both markers take their time, or not: the snapshot is the same.
/// for delays in [Delays::listed([0, 4, 2]), Delays::seeded(8_053_172_852_482_175_523)] {
///     let mut simulator = Simulator::new(&exercise, delays);
///     let outcome = simulator.run().unwrap().expect("every snapshot becomes complete");
///     assert_eq!(outcome[0].text(&exercise, 0), "0\nN1 0\nN2 0\nN1 N2 token(1)\n");
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Simulator<'e> {
    exercise: &'e Exercise,
    time: u64,
    servers: Vec<Server>,
    /// In the string order of their names.
    order: Vec<ProcessId>,
    /// What is on each link, with the time from which it may be delivered.
    links: Vec<VecDeque<(Message, u64)>>,
    delays: Delays,
    drawn: Vec<u8>,
    delivered: Vec<(u64, ChannelId, Message)>,
}

impl<'e> Simulator<'e> {
    /// At time 0, with nothing on the links.
    pub fn new(exercise: &'e Exercise, delays: Delays) -> Self {
        Self {
            exercise,
            time: 0,
            servers: exercise.topology.processes().map(|at| Server::new(exercise, at)).collect(),
            order: exercise.servers_in_order(),
            links: vec![VecDeque::new(); exercise.topology.channels().len()],
            delays,
            drawn: Vec::new(),
            delivered: Vec::new(),
        }
    }

    /// Time goes on by one: then each server, in string order, delivers the first head whose time has come, looking at
    /// its links in the string order of their destinations.
    pub fn tick(&mut self) {
        self.time += 1;
        for server in self.order.clone() {
            let time = self.time;
            let links = self.servers[server.index()].outbound.iter();
            let is_due =
                |link: &&ChannelId| self.links[link.index()].front().is_some_and(|&(_, due)| due <= time);
            if let Some(link) = links.copied().find(|link| is_due(&link)) {
                self.deliver(link);
            }
        }
    }

    /// Lets an entry of the script happen now.
    ///
    /// # Errors
    /// Where a server has too few tokens.
    pub fn inject(&mut self, entry: Entry) -> Result<(), Stopped> {
        match entry {
            Entry::Tick => self.tick(),
            Entry::Snapshot(snapshot) => self.start_snapshot(snapshot),
            Entry::Send(link, wanted) => {
                let at = self.exercise.topology.channel(link).from;
                let server = &mut self.servers[at.index()];
                let held = server.tokens();
                let packet = server.send_tokens(wanted, link);
                self.put(packet.ok_or(Stopped::TooFewTokens { server: at, held, wanted })?);
            }
        }
        Ok(())
    }

    /// Starts a snapshot at its initiator.
    pub fn start_snapshot(&mut self, snapshot: SnapshotId) {
        let initiator = self.exercise.initiators[snapshot.index()];
        for packet in self.servers[initiator.index()].start_snapshot(snapshot) {
            self.put(packet);
        }
    }

    /// The snapshot, once all servers have their part of it.
    pub fn collect_snapshot(&self, snapshot: SnapshotId) -> Option<Recording> {
        collected(&self.servers, self.links.len(), snapshot)
    }

    /// The whole script, then ticks until every snapshot is complete; `None` where one never is.
    ///
    /// # Errors
    /// Where a server has too few tokens.
    pub fn run(&mut self) -> Result<Option<Vec<Recording>>, Stopped> {
        for entry in &self.exercise.script {
            self.inject(*entry)?;
        }
        loop {
            let snapshots = self.exercise.snapshots().map(|snapshot| self.collect_snapshot(snapshot));
            if let Some(all) = snapshots.collect() {
                return Ok(Some(all));
            }
            if self.links.iter().all(VecDeque::is_empty) {
                return Ok(None);
            }
            self.tick();
        }
    }

    /// The time.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// The server of a name.
    pub fn server(&self, name: &str) -> Option<&Server> {
        let at = self.exercise.topology.names().iter().position(|other| other == name);
        at.map(|at| &self.servers[at])
    }

    /// The delays so far, one for each packet in the order of sending: with this list a run is replayed.
    pub fn delays(&self) -> &[u8] {
        &self.drawn
    }

    /// What was delivered so far: when, on which link, what.
    pub fn delivered(&self) -> &[(u64, ChannelId, Message)] {
        &self.delivered
    }

    fn put(&mut self, packet: SentPacket) {
        let delay = self.delays.next();
        self.drawn.push(delay);
        self.links[packet.link.index()].push_back((packet.message, self.time + 1 + u64::from(delay)));
    }

    fn deliver(&mut self, link: ChannelId) {
        let Some((message, _)) = self.links[link.index()].pop_front() else { return };
        self.delivered.push((self.time, link, message));
        let to = self.exercise.topology.channel(link).to;
        for packet in self.servers[to.index()].handle_packet(link, message) {
            self.put(packet);
        }
    }
}

/// A snapshot of these servers, once all have their part of it.
pub(super) fn collected(servers: &[Server], links: usize, snapshot: SnapshotId) -> Option<Recording> {
    if !servers.iter().all(|server| server.is_complete(snapshot)) {
        return None;
    }
    let mut messages = vec![Vec::new(); links];
    for server in servers {
        for (link, (kept, _)) in server.inbound.iter().zip(&server.parts[snapshot.index()].links) {
            messages[link.index()].clone_from(kept);
        }
    }
    let tokens = servers.iter().filter_map(|server| server.parts[snapshot.index()].recorded).collect();
    Some(Recording { tokens, messages, strays: Vec::new() })
}
