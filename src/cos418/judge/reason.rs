//! Why snapshots are not legal, in words that a student can use: the first of several questions that says it.

use std::collections::BTreeSet;

use super::cuts::{Question, TooMany, Trust};
use super::{Court, Semantics};
use crate::network::ChannelId;

/// Why there is no run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Which question said it.
    pub kind: Kind,
    /// In a sentence or two.
    pub text: String,
}

/// The questions, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The recorded tokens are not as many as there are.
    Total,
    /// A server has what it has at no cut.
    Value,
    /// A message was never sent there, or is not under way at any cut with these values.
    Message,
    /// Each is possible alone, but not together.
    Together,
    /// The messages of a link are in another order.
    Order,
    /// Legal asynchronously, but not with delays of 0 to 4.
    Delays,
}

impl Kind {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Value => "value",
            Self::Message => "message",
            Self::Together => "together",
            Self::Order => "order",
            Self::Delays => "delays",
        }
    }
}

/// More different values than this are not computed for one server.
const VALUES_MAX: usize = 100_000;
/// More values than this are not listed.
const LISTED_MAX: usize = 8;

/// What may be said before any search.
pub(super) fn of_totals(court: &Court<'_>) -> Option<Reason> {
    let expected = court.flow.exercise.total();
    let numbered = court.recordings.iter().enumerate();
    let wrong = numbered.map(|(number, one)| (number, one.total())).find(|(_, total)| *total != expected);
    wrong.map(|(number, total)| {
        let text = if total < expected {
            let lost = tokens(expected - total);
            format!(
                "snapshot {number} has {} where the system has {expected}: {lost} lost. A message that is under way when \
                 its receiver records must be recorded, until the marker comes on that link",
                tokens(total)
            )
        } else {
            let twice = tokens(total - expected);
            format!(
                "snapshot {number} has {} where the system has {expected}: {twice} duplicated. A link must not be recorded \
                 any longer once its marker has come, and what was received before the record is not under way",
                tokens(total)
            )
        };
        Reason { kind: Kind::Total, text }
    })
}

/// Why there is no run, where the totals are right.
pub(super) fn of(court: &Court<'_>, semantics: Semantics) -> Reason {
    let snapshots = || 0..court.recordings.len();
    let found = snapshots()
        .find_map(|snapshot| of_values(court, snapshot))
        .or_else(|| snapshots().find_map(|snapshot| of_sends(court, snapshot)))
        .or_else(|| snapshots().find_map(|snapshot| of_links(court, snapshot)))
        .or_else(|| together(court))
        .or_else(|| order(court));
    found.unwrap_or_else(|| match semantics {
        Semantics::Discrete => Reason {
            kind: Kind::Delays,
            text: "deliveries in some order lead to these snapshots, but no delays of 0 to 4 ticks with at most one \
                   packet from each server at a tick do"
                .to_owned(),
        },
        Semantics::Asynchronous => Reason {
            kind: Kind::Together,
            text: "each snapshot is possible, but no run has all of them".to_owned(),
        },
    })
}

/// A server that can have what is recorded at no cut.
fn of_values(court: &Court<'_>, snapshot: usize) -> Option<Reason> {
    let flow = court.flow;
    (0..flow.servers()).find_map(|server| {
        let recorded = court.recordings[snapshot].tokens[server];
        let values =
            values(court, snapshot, server).filter(|values| !values.contains(&u128::from(recorded)))?;
        let listed: Vec<String> = values.iter().take(LISTED_MAX).map(u128::to_string).collect();
        let more = if values.len() > LISTED_MAX { ", .." } else { "" };
        let text = format!(
            "snapshot {snapshot}: {} cannot have {} when it records. What it can have then: {}{more}",
            flow.exercise.topology.names()[server],
            tokens(recorded.into()),
            listed.join(", "),
        );
        Some(Reason { kind: Kind::Value, text })
    })
}

/// What a server can have when it records, and perhaps more; `None` where that is too much to say.
fn values(court: &Court<'_>, snapshot: usize, server: usize) -> Option<BTreeSet<u128>> {
    let flow = court.flow;
    let least = flow.sent_at_start[snapshot][server];
    let is_initiator = flow.initiator(snapshot) == server;
    let most = if is_initiator { least } else { flow.sends[server].len() };
    let mut all = BTreeSet::new();
    for sent in least..=most {
        let mut held = BTreeSet::from([u128::from(flow.exercise.tokens[server])]);
        for &link in flow.incoming(server) {
            let receivable = flow.receivable(snapshot, link, sent);
            let carried = &flow.carried[link.index()][..=receivable];
            let sums = held.iter().flat_map(|held| carried.iter().map(move |more| held + u128::from(*more)));
            held = sums.take(VALUES_MAX + 1).collect();
            if held.len() > VALUES_MAX {
                return None;
            }
        }
        let spent = u128::from(flow.spent[server][sent]);
        all.extend(held.into_iter().filter_map(|held| held.checked_sub(spent)));
    }
    Some(all)
}

/// A message that was never sent where it is recorded.
fn of_sends(court: &Court<'_>, snapshot: usize) -> Option<Reason> {
    let (flow, recording) = (court.flow, &court.recordings[snapshot]);
    let topology = &flow.exercise.topology;
    let message = |text: String| Some(Reason { kind: Kind::Message, text });
    if let Some(stray) = recording.strays.first() {
        let (from, to) = (topology.name(stray.from), topology.name(stray.to));
        return message(format!("snapshot {snapshot}: a message from {from} to {to}, but there is no link"));
    }
    flow.exercise.links().find_map(|link| {
        let (recorded, sent) = (&recording.messages[link.index()], &flow.messages[link.index()]);
        let count = |messages: &[u64], amount: u64| messages.iter().filter(|other| **other == amount).count();
        let amount = recorded.iter().find(|&&amount| count(recorded, amount) > count(sent, amount))?;
        let times = match (count(recorded, *amount), count(sent, *amount)) {
            (_, 0) => "but no such message is ever sent there".to_owned(),
            (recorded, sent) => format!("{}, but it is sent there only {}", times(recorded), times(sent)),
        };
        message(format!(
            "snapshot {snapshot}: {} is recorded {}, {times}",
            token(*amount),
            between(court, link)
        ))
    })
}

/// A link that holds at no cut with these values what is recorded of it.
fn of_links(court: &Court<'_>, snapshot: usize) -> Option<Reason> {
    let flow = court.flow;
    let recording = &court.recordings[snapshot];
    let cuts = |trust: Vec<Trust>, most: usize| Question::new(flow, snapshot, recording, trust).cuts(most);
    let nothing = vec![Trust::Nothing; flow.messages.len()];
    // Values that do not go together are no link's fault; what takes too long is left to the next question.
    if cuts(nothing.clone(), 1).map_or(true, |cuts| cuts.is_empty()) {
        return None;
    }
    flow.exercise.links().find_map(|link| {
        let mut trust = nothing.clone();
        trust[link.index()] = Trust::AnyOrder;
        if !cuts(trust, 1).is_ok_and(|cuts| cuts.is_empty()) {
            return None;
        }
        let recorded = &recording.messages[link.index()];
        let possible = cuts(nothing.clone(), 1000).ok().filter(|cuts| cuts.len() < 1000).map(|cuts| {
            let under_way = cuts.iter().map(|cut| {
                let sent = flow.of_sends[link.index()][cut.sent[flow.sender(link)]];
                flow.messages[link.index()][cut.received[link.index()]..sent].to_vec()
            });
            under_way.collect::<BTreeSet<_>>()
        });
        let instead = match possible {
            Some(all) if all.len() == 1 => {
                let only: Vec<String> = all.iter().map(|messages| listed(messages)).collect();
                format!(". What is under way there at a cut with these values: {}", only.join(""))
            }
            _ => String::new(),
        };
        let text = format!(
            "snapshot {snapshot}: what is recorded {} is {}, which is not under way across any cut at which the \
             servers have what they have{instead}",
            between(court, link),
            listed(recorded),
        );
        Some(Reason { kind: Kind::Message, text })
    })
}

/// One snapshot, or two of them, or all, that do not go together.
fn together(court: &Court<'_>) -> Option<Reason> {
    let reason = |text: String| Some(Reason { kind: Kind::Together, text });
    let fails = |snapshots: &[usize]| {
        matches!(court.run(snapshots, Trust::AnyOrder, Semantics::Asynchronous), Ok(None))
    };
    let all: Vec<usize> = (0..court.recordings.len()).collect();
    for &snapshot in &all {
        if fails(&[snapshot]) {
            return reason(match court.cuts(snapshot, Trust::AnyOrder) {
                Ok(cuts) if !cuts.is_empty() => format!(
                    "snapshot {snapshot}: each value is possible alone, but a server records when the first marker \
                     comes, behind all that was sent before it: no markers lead to these values together"
                ),
                _ => format!(
                    "snapshot {snapshot}: each value and each message is possible alone, but not together: no one cut \
                     has all of them"
                ),
            });
        }
    }
    for (at, &one) in all.iter().enumerate() {
        for &other in &all[..at] {
            if fails(&[other, one]) {
                return reason(format!(
                    "snapshots {other} and {one}: each is possible alone, but no run has both"
                ));
            }
        }
    }
    if all.len() > 2 && fails(&all) {
        return reason(
            "each two of the snapshots are possible together, but no run has all of them".to_owned(),
        );
    }
    None
}

/// A link whose messages would be right in another order.
fn order(court: &Court<'_>) -> Option<Reason> {
    let all: Vec<usize> = (0..court.recordings.len()).collect();
    let possible = court.run(&all, Trust::AnyOrder, Semantics::Asynchronous);
    let Ok(Some(run)) = possible else {
        return matches!(possible, Err(TooMany)).then(|| Reason {
            kind: Kind::Together,
            text: "no run has all of these snapshots together".to_owned(),
        });
    };
    let right = run.outcome(court.flow.exercise)?;
    let different = all.into_iter().find_map(|snapshot| {
        let mut links = court.flow.exercise.links();
        let differs = |link: &ChannelId| {
            right[snapshot].messages[link.index()] != court.recordings[snapshot].messages[link.index()]
        };
        links.find(differs).map(|link| (snapshot, link))
    });
    different.map(|(snapshot, link)| {
        let text = format!(
            "snapshot {snapshot}: {} are recorded {}, but links keep their order: they arrive as {}",
            listed(&court.recordings[snapshot].messages[link.index()]),
            between(court, link),
            listed(&right[snapshot].messages[link.index()]),
        );
        Reason { kind: Kind::Order, text }
    })
}

/// `from N1 to N2`.
fn between(court: &Court<'_>, link: ChannelId) -> String {
    let topology = &court.flow.exercise.topology;
    let channel = topology.channel(link);
    format!("from {} to {}", topology.name(channel.from), topology.name(channel.to))
}

fn listed(messages: &[u64]) -> String {
    let texts: Vec<String> = messages.iter().map(|&amount| token(amount)).collect();
    if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") }
}

fn token(amount: u64) -> String {
    format!("token({amount})")
}

fn tokens(count: u128) -> String {
    format!("{count} token{}", if count == 1 { "" } else { "s" })
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}
