//! When each server can record each snapshot in discrete time: not before it has sent and received what is before its
//! cut, and a tick after some server from which the first marker may come; not after it sends what is behind it, or must
//! receive it. A search that cannot keep to that is given up before it gets there.

use super::cuts::Cut;
use super::flow::Flow;
use crate::cos418::exercise::Entry;
use crate::network::ChannelId;

/// What the script says, once for each set of cuts.
pub struct Windows {
    /// For each snapshot and server.
    windows: Vec<Vec<Window>>,
    /// For each link, when each of its messages is sent.
    sends: Vec<Vec<u64>>,
}

struct Window {
    /// The time of its last send before the cut, or after the sending of the last message that it has received.
    earliest: u64,
    /// The time of its first send after the cut; at the initiator, that of the start.
    latest: u64,
    /// At the initiator, the time of the start.
    start: Option<u64>,
    /// From where the first marker may come: over links on which nothing is recorded.
    parents: Vec<usize>,
}

impl Windows {
    pub fn new(flow: &Flow<'_>, cuts: &[Option<&Cut>]) -> Self {
        let mut time = 0;
        let mut times = Vec::with_capacity(flow.exercise.script.len());
        for entry in &flow.exercise.script {
            times.push(time);
            time += u64::from(*entry == Entry::Tick);
        }
        let of = |snapshot: usize, cut: &Cut| {
            (0..flow.servers()).map(|server| Window::new(flow, &times, snapshot, cut, server)).collect()
        };
        // Of a snapshot that is left out nothing is asked.
        let each = cuts.iter().enumerate();
        let each = each.map(|(snapshot, cut)| cut.map_or_else(Vec::new, |cut| of(snapshot, cut)));
        let sends = flow.lines.iter().map(|lines| lines.iter().map(|&line| times[line]).collect());
        Self { windows: each.collect(), sends: sends.collect() }
    }

    /// When the messages of a link are sent that are not among the first so many.
    pub fn sends_on(&self, link: ChannelId, sent: usize) -> impl Iterator<Item = u64> {
        self.sends[link.index()].iter().skip(sent).copied()
    }

    /// At the beginning of a tick: this is its time, and these snapshots have been recorded, a bit each for each server.
    pub fn outlook(&self, time: u64, recorded: &[u32]) -> Outlook {
        let each = self.windows.iter().enumerate();
        let spans = each.map(|(snapshot, windows)| {
            let is_recorded = |server: usize| recorded[server] >> snapshot & 1 == 1;
            spans(windows, time, is_recorded)
        });
        Outlook { spans: spans.collect() }
    }
}

/// For each server when it can record, or nothing where it has.
fn spans(windows: &[Window], time: u64, is_recorded: impl Fn(usize) -> bool) -> Vec<Option<(u64, u64)>> {
    let known = |(server, window): (usize, &Window)| match window.start {
        _ if is_recorded(server) => time - 1,
        Some(start) => start,
        None => u64::MAX,
    };
    let mut earliest: Vec<u64> = windows.iter().enumerate().map(known).collect();
    // In each round a marker comes one server further, or no more comes of it.
    for _ in 0..windows.len() {
        let before = earliest.clone();
        for (server, window) in windows.iter().enumerate() {
            if !is_recorded(server) && window.start.is_none() {
                let first = window.parents.iter().map(|&parent| earliest[parent]).min();
                let marker = first.unwrap_or(u64::MAX).saturating_add(1);
                earliest[server] = marker.max(window.earliest).max(time);
            }
        }
        if earliest == before {
            break;
        }
    }
    let span = |(server, window): (usize, &Window)| {
        (!is_recorded(server)).then(|| (earliest[server].max(window.earliest), window.latest))
    };
    windows.iter().enumerate().map(span).collect()
}

impl Window {
    fn new(flow: &Flow<'_>, times: &[u64], snapshot: usize, cut: &Cut, server: usize) -> Self {
        let sends = &flow.sends[server];
        let sent = cut.sent[server];
        let after_send = sent.checked_sub(1).and_then(|last| sends.get(last)).map_or(0, |&line| times[line]);
        let after_message = |link: &ChannelId| {
            let last = cut.received[link.index()].checked_sub(1)?;
            flow.lines[link.index()].get(last).map(|&line| times[line] + 1)
        };
        let is_empty = |link: &&ChannelId| {
            let at = link.index();
            cut.received[at] == flow.of_sends[at][cut.sent[flow.sender(**link)]]
        };
        let incoming = flow.incoming(server);
        let is_initiator = flow.initiator(snapshot) == server;
        let start = is_initiator.then(|| times[flow.start[snapshot]]);
        let latest = sends.get(sent).map_or(u64::MAX, |&line| times[line]);
        Self {
            earliest: incoming.iter().filter_map(after_message).max().unwrap_or(0).max(after_send),
            latest: latest.min(start.unwrap_or(u64::MAX)),
            start,
            parents: incoming.iter().filter(is_empty).map(|&link| flow.sender(link)).collect(),
        }
    }
}

/// When things can be recorded, from one moment on.
pub struct Outlook {
    /// For each snapshot and server that has not recorded it, the earliest and the latest time.
    spans: Vec<Vec<Option<(u64, u64)>>>,
}

impl Outlook {
    /// Not after this time.
    pub fn bound(&mut self, snapshot: usize, server: usize, latest: u64) {
        if let Some(Some(span)) = self.spans[snapshot].get_mut(server) {
            span.1 = span.1.min(latest);
        }
    }

    /// The earliest times at which a server can record what it has not.
    pub fn earliest(&self, server: usize) -> impl Iterator<Item = u64> {
        self.spans
            .iter()
            .filter_map(move |spans| spans.get(server).copied().flatten())
            .map(|(earliest, _)| earliest)
    }

    /// Is there a time for everything?
    pub fn is_possible(&self) -> bool {
        let mut spans = self.spans.iter().flatten().flatten();
        spans.all(|(earliest, latest)| earliest <= latest && *earliest != u64::MAX)
    }
}

/// The last time at which a packet is delivered that is due at this one: others may take its turn, each of them once.
pub fn put_off(due: u64, rivals: &[u64]) -> u64 {
    let mut by = due;
    loop {
        let count = rivals.iter().filter(|&&sent| sent < by).count() as u64;
        if due + count == by {
            return by;
        }
        by = due + count;
    }
}
