//! The cuts that a recorded snapshot may be of. What is recorded of a link is what its sender had sent by then without
//! what its receiver had received: so how far each server had come with its sends says everything, and the recorded
//! tokens say which combinations can be.

use super::flow::Flow;
use crate::cos418::recording::Recording;
use crate::network::ChannelId;

/// A place in each sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many of its sends each server has made when it records.
    pub sent: Vec<usize>,
    /// How many messages of each link its receiver has received when it records.
    pub received: Vec<usize>,
}

/// How far what is recorded of a link is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// These messages in this order.
    Exact,
    /// These messages, in any order.
    AnyOrder,
    /// It may be anything.
    Nothing,
}

/// A search ended at its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// More steps than this are not made for the cuts of one snapshot.
const STEPS_MAX: u64 = 2_000_000;

/// What is asked of one snapshot.
pub struct Question<'q> {
    flow: &'q Flow<'q>,
    snapshot: usize,
    recording: &'q Recording,
    trust: Vec<Trust>,
    /// The order in which servers are decided: each next to those before it, where that can be.
    order: Vec<usize>,
    /// For each server, how many sends it may have made.
    domains: Vec<Vec<usize>>,
}

impl<'q> Question<'q> {
    pub fn new(flow: &'q Flow<'q>, snapshot: usize, recording: &'q Recording, trust: Vec<Trust>) -> Self {
        let order = order(flow, flow.initiator(snapshot));
        let mut question = Self { flow, snapshot, recording, trust, order, domains: Vec::new() };
        question.domains = (0..flow.servers()).map(|server| question.domain(server)).collect();
        question
    }

    /// Up to so many cuts.
    pub fn cuts(&self, most: usize) -> Result<Vec<Cut>, TooMany> {
        let mut search = Search {
            question: self,
            sent: vec![None; self.flow.servers()],
            found: Vec::new(),
            most,
            steps: STEPS_MAX,
        };
        search.decide(0)?;
        Ok(search.found)
    }

    /// How many sends a server may have made: at least those before the start of the snapshot, since it records later.
    fn domain(&self, server: usize) -> Vec<usize> {
        let least = self.flow.sent_at_start[self.snapshot][server];
        let is_initiator = self.flow.initiator(self.snapshot) == server;
        let most = if is_initiator { least } else { self.flow.sends[server].len() };
        let fits = |sent: &usize| {
            let mut links = self.flow.outgoing(server).iter();
            links.all(|&link| !self.received(link, *sent).is_empty())
        };
        (least..=most).filter(fits).collect()
    }

    /// How many messages of a link can have been received, when its sender had made so many sends.
    fn received(&self, link: ChannelId, sent: usize) -> std::ops::Range<usize> {
        let on_link = self.flow.of_sends[link.index()][sent];
        let recorded = &self.recording.messages[link.index()];
        let trust = self.trust[link.index()];
        if trust == Trust::Nothing {
            return 0..on_link + 1;
        }
        let Some(received) = on_link.checked_sub(recorded.len()) else { return 0..0 };
        let under_way = &self.flow.messages[link.index()][received..on_link];
        let fits = match trust {
            Trust::AnyOrder => sorted(under_way) == sorted(recorded),
            Trust::Exact | Trust::Nothing => under_way == recorded.as_slice(),
        };
        if fits { received..received + 1 } else { 0..0 }
    }
}

fn sorted(messages: &[u64]) -> Vec<u64> {
    let mut messages = messages.to_vec();
    messages.sort_unstable();
    messages
}

/// The servers, from one on, neighbours first.
fn order(flow: &Flow<'_>, first: usize) -> Vec<usize> {
    let mut order = vec![first];
    let mut next = 0;
    while order.len() < flow.servers() {
        let Some(&server) = order.get(next) else {
            let other = (0..flow.servers()).find(|server| !order.contains(server));
            order.extend(other);
            continue;
        };
        let senders = flow.incoming(server).iter().map(|&link| flow.sender(link));
        let receivers = flow.outgoing(server).iter().map(|&link| flow.receiver(link));
        let fresh: Vec<usize> = senders.chain(receivers).filter(|server| !order.contains(server)).collect();
        for server in fresh {
            if !order.contains(&server) {
                order.push(server);
            }
        }
        next += 1;
    }
    order
}

struct Search<'s, 'q> {
    question: &'s Question<'q>,
    sent: Vec<Option<usize>>,
    found: Vec<Cut>,
    most: usize,
    steps: u64,
}

impl Search<'_, '_> {
    fn decide(&mut self, depth: usize) -> Result<(), TooMany> {
        let question = self.question;
        let Some(&server) = question.order.get(depth) else { return self.take() };
        for &sent in &question.domains[server] {
            self.steps = self.steps.checked_sub(1).ok_or(TooMany)?;
            self.sent[server] = Some(sent);
            let receivers = question.flow.outgoing(server).iter().map(|&link| question.flow.receiver(link));
            if std::iter::once(server).chain(receivers).all(|server| self.can_hold(server)) {
                self.decide(depth + 1)?;
            }
            if self.found.len() >= self.most {
                break;
            }
        }
        self.sent[server] = None;
        Ok(())
    }

    /// Can the server hold what is recorded, as far as things are decided?
    fn can_hold(&self, server: usize) -> bool {
        let question = self.question;
        let domain = &question.domains[server];
        let spent = &question.flow.spent[server];
        let (least, most) = match self.sent[server] {
            Some(sent) => (sent, sent),
            None => match (domain.first(), domain.last()) {
                (Some(&least), Some(&most)) => (least, most),
                _ => return false,
            },
        };
        let (mut low, mut high) = (0, 0);
        for &link in question.flow.incoming(server) {
            let Some((from, to)) = self.arrived(link, most) else { return false };
            low += from;
            high += to;
        }
        let tokens = u128::from(question.recording.tokens[server]);
        let start = u128::from(question.flow.exercise.tokens[server]);
        start + low <= tokens + u128::from(spent[most]) && tokens + u128::from(spent[least]) <= start + high
    }

    /// The least and the most that can have come over a link, to a receiver that has made at most so many sends.
    fn arrived(&self, link: ChannelId, sent_by_receiver: usize) -> Option<(u128, u128)> {
        let question = self.question;
        let carried = &question.flow.carried[link.index()];
        let receivable = question.flow.receivable(question.snapshot, link, sent_by_receiver);
        let sender = question.flow.sender(link);
        let counts = |sent: usize| {
            let range = question.received(link, sent);
            let end = range.end.min(receivable + 1);
            (range.start < end).then(|| (range.start, end - 1))
        };
        let (low, high) = if let Some(sent) = self.sent[sender] {
            counts(sent)?
        } else {
            let all = question.domains[sender].iter().filter_map(|&sent| counts(sent));
            all.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?
        };
        Some((u128::from(carried[low]), u128::from(carried[high])))
    }

    /// Everything is decided but how much has come over links that are not believed.
    fn take(&mut self) -> Result<(), TooMany> {
        let sent: Vec<usize> = self.sent.iter().copied().flatten().collect();
        let links = self.question.trust.len();
        let mut cut = Cut { sent, received: vec![0; links] };
        self.fill(&mut cut, 0, 0)
    }

    fn fill(&mut self, cut: &mut Cut, server: usize, inbox: usize) -> Result<(), TooMany> {
        self.steps = self.steps.checked_sub(1).ok_or(TooMany)?;
        if self.found.len() >= self.most {
            return Ok(());
        }
        let question = self.question;
        if server == question.flow.servers() {
            self.found.push(cut.clone());
            return Ok(());
        }
        let Some(&link) = question.flow.incoming(server).get(inbox) else {
            return if self.holds(cut, server) { self.fill(cut, server + 1, 0) } else { Ok(()) };
        };
        let most = question.flow.receivable(question.snapshot, link, cut.sent[server]);
        for received in question.received(link, cut.sent[question.flow.sender(link)]) {
            if received <= most {
                cut.received[link.index()] = received;
                self.fill(cut, server, inbox + 1)?;
            }
        }
        Ok(())
    }

    fn holds(&self, cut: &Cut, server: usize) -> bool {
        let question = self.question;
        let links = question.flow.incoming(server).iter().map(|link| link.index());
        let arrived: u128 =
            links.map(|link| u128::from(question.flow.carried[link][cut.received[link]])).sum();
        let spent = question.flow.spent[server][cut.sent[server]];
        let tokens = question.recording.tokens[server];
        u128::from(question.flow.exercise.tokens[server]) + arrived == u128::from(tokens) + u128::from(spent)
    }
}
