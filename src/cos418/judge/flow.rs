//! What a script fixes whatever the order of deliveries: what each server sends, in which order, and so what each link
//! carries. A cut of a snapshot is then a place in each of these sequences.

use crate::cos418::exercise::{Entry, Exercise};
use crate::network::{ChannelId, ProcessId};

/// The sequences of a script.
pub struct Flow<'e> {
    pub exercise: &'e Exercise,
    /// For each server, the place in the script of each of its sends.
    pub sends: Vec<Vec<usize>>,
    /// For each server, how much it has sent after so many sends.
    pub spent: Vec<Vec<u64>>,
    /// For each link, the messages.
    pub messages: Vec<Vec<u64>>,
    /// For each link, the place in the script of each message.
    pub lines: Vec<Vec<usize>>,
    /// For each link, how much the first so many messages carry.
    pub carried: Vec<Vec<u64>>,
    /// For each link, how many of the first so many sends of its sender go there.
    pub of_sends: Vec<Vec<usize>>,
    /// For each snapshot, how many sends of each server come before its start in the script.
    pub sent_at_start: Vec<Vec<usize>>,
    /// For each snapshot, the place of its start in the script.
    pub start: Vec<usize>,
}

impl<'e> Flow<'e> {
    pub fn new(exercise: &'e Exercise) -> Self {
        let servers = exercise.topology.names().len();
        let links = exercise.topology.channels().len();
        let mut flow = Self {
            exercise,
            sends: vec![Vec::new(); servers],
            spent: vec![vec![0]; servers],
            messages: vec![Vec::new(); links],
            lines: vec![Vec::new(); links],
            carried: vec![vec![0]; links],
            of_sends: vec![vec![0]; links],
            sent_at_start: Vec::new(),
            start: Vec::new(),
        };
        for (line, entry) in exercise.script.iter().enumerate() {
            match *entry {
                Entry::Send(link, tokens) => flow.send(line, link, tokens),
                Entry::Snapshot(_) => {
                    flow.sent_at_start.push(flow.sends.iter().map(Vec::len).collect());
                    flow.start.push(line);
                }
                Entry::Tick => {}
            }
        }
        flow
    }

    fn send(&mut self, line: usize, link: ChannelId, tokens: u64) {
        let (from, at) = (self.sender(link), link.index());
        let spent = last(&self.spent[from]) + tokens;
        self.sends[from].push(line);
        self.spent[from].push(spent);
        self.messages[at].push(tokens);
        self.lines[at].push(line);
        let carried = last(&self.carried[at]) + tokens;
        self.carried[at].push(carried);
        for other in self.exercise.topology.outgoing(ProcessId::of(from)) {
            let of_sends = &mut self.of_sends[other.index()];
            let more = usize::from(*other == link);
            of_sends.push(of_sends.last().copied().unwrap_or(0) + more);
        }
    }

    /// The server that a link leads from, as an index.
    pub fn sender(&self, link: ChannelId) -> usize {
        self.exercise.topology.channel(link).from.index()
    }

    /// The server that it leads to.
    pub fn receiver(&self, link: ChannelId) -> usize {
        self.exercise.topology.channel(link).to.index()
    }

    pub fn servers(&self) -> usize {
        self.sends.len()
    }

    pub fn outgoing(&self, server: usize) -> &'e [ChannelId] {
        self.exercise.topology.outgoing(ProcessId::of(server))
    }

    pub fn incoming(&self, server: usize) -> &'e [ChannelId] {
        self.exercise.topology.incoming(ProcessId::of(server))
    }

    pub fn initiator(&self, snapshot: usize) -> usize {
        self.exercise.initiators[snapshot].index()
    }

    /// The place in the script before which a server records, if it has then sent so much: that of its next send; of an
    /// initiator, that of the start.
    pub fn records_before(&self, snapshot: usize, server: usize, sent: usize) -> usize {
        if self.initiator(snapshot) == server {
            return self.start[snapshot];
        }
        self.sends[server].get(sent).copied().unwrap_or(usize::MAX)
    }

    /// The most messages of a link that its receiver can have when it records: those sent before.
    pub fn receivable(&self, snapshot: usize, link: ChannelId, sent_by_receiver: usize) -> usize {
        let before = self.records_before(snapshot, self.receiver(link), sent_by_receiver);
        self.lines[link.index()].partition_point(|&line| line < before)
    }
}

fn last(sums: &[u64]) -> u64 {
    sums.last().copied().unwrap_or(0)
}
