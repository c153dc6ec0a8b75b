//! What of a model can be exported, as plain data: tokens, FIFO channels, snapshots, and an algorithm without `Pause`.

use super::Unfit;
use crate::algorithm::syntax::{Action, Algorithm};
use crate::apps::{Behaviour, Tokens};
use crate::model::Model;
use crate::network::{Discipline, Handler};
use crate::oracle::Property;

/// The most that all processes hold together: sums of it stay far from the ends of 32 bits.
const TOTAL_MAX: u64 = 30_000;

/// A system that can be exported.
#[derive(Clone, Debug)]
pub struct Plain {
    /// The name of the model.
    pub name: String,
    /// What it is, for people.
    pub heading: String,
    /// Names that are names in any language.
    pub processes: Vec<String>,
    /// The names of the model, where those are others.
    pub called: Option<Vec<String>>,
    /// Sender and receiver of each channel.
    pub channels: Vec<(usize, usize)>,
    /// What each process holds at first.
    pub start: Vec<u64>,
    /// Every send that a process may make, whenever its turn has come and it holds as much.
    pub sends: Vec<Sending>,
    /// How often each process may send.
    pub budgets: Vec<u32>,
    /// The amount of every message, where there is only one.
    pub amount: Option<u64>,
    /// The initiators of each snapshot.
    pub snapshots: Vec<Vec<usize>>,
    /// How snapshots are taken.
    pub algorithm: Algorithm,
    /// Judge that cuts are consistent.
    pub cuts: bool,
    /// Judge that the total is preserved.
    pub totals: bool,
    /// What is judged here and not there.
    pub unjudged: Vec<&'static str>,
}

/// One send that a process may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Where.
    pub channel: usize,
    /// How much.
    pub amount: u64,
    /// After exactly so many others of the process; else at any time.
    pub turn: Option<u32>,
}

impl Plain {
    /// The system of a model.
    ///
    /// # Errors
    /// Where the model has something that is not exported.
    pub fn of(model: &Model) -> Result<Self, Unfit> {
        let tokens = fitting(model)?;
        let (processes, called) = names(model.topology.names());
        let channels = model.topology.channels().iter().map(|it| (it.from.index(), it.to.index()));
        let channels: Vec<(usize, usize)> = channels.collect();
        let (mut sends, budgets) = sends(tokens, &channels)?;
        // What nobody ever holds is never sent, and nothing behind it in a list.
        sends.retain(|send| u128::from(send.amount) <= tokens.start.iter().map(|&it| u128::from(it)).sum());
        let mut amounts: Vec<u64> = sends.iter().map(|send| send.amount).collect();
        amounts.dedup();
        let judged = |property| model.check.contains(&property);
        let elsewhere =
            [Property::RecordedStateReachable, Property::LeadsToActual, Property::NonInterference];
        Ok(Self {
            name: one_line(&model.name),
            heading: one_line(&format!("{}; {}", model.shape, model.algorithm.name)),
            processes,
            called,
            channels,
            start: tokens.start.clone(),
            amount: if amounts.len() > 1 { None } else { Some(amounts.first().copied().unwrap_or(1)) },
            sends,
            budgets,
            snapshots: model.snapshots.iter().map(|by| by.iter().map(|it| it.index()).collect()).collect(),
            algorithm: model.algorithm.clone(),
            cuts: judged(Property::ConsistentCut),
            totals: judged(Property::TotalPreserved),
            unjudged: elsewhere.into_iter().filter(|it| judged(*it)).map(Property::name).collect(),
        })
    }

    /// What all processes hold together.
    pub fn total(&self) -> u64 {
        self.start.iter().sum()
    }

    /// The channels to a process, in channel order.
    pub fn incoming(&self, process: usize) -> Vec<usize> {
        (0..self.channels.len()).filter(|&channel| self.channels[channel].1 == process).collect()
    }

    /// The channels from a process, in channel order.
    pub fn outgoing(&self, process: usize) -> Vec<usize> {
        (0..self.channels.len()).filter(|&channel| self.channels[channel].0 == process).collect()
    }

    /// The actions of a handler.
    pub fn handler(&self, handler: Handler) -> &[Action] {
        match handler {
            Handler::OnStart => &self.algorithm.on_start,
            Handler::OnMarker => &self.algorithm.on_marker,
            Handler::OnMessage => &self.algorithm.on_message,
        }
    }

    /// The algorithm has an action like this somewhere.
    pub fn acts(&self, like: fn(&Action) -> bool) -> bool {
        [Handler::OnStart, Handler::OnMarker, Handler::OnMessage]
            .iter()
            .any(|&it| count(self.handler(it), like) > 0)
    }

    /// The most items that a channel ever holds: all messages, one marker of each snapshot, and what the event puts there
    /// that makes the state ill-formed.
    pub fn items_max(&self, channel: usize) -> usize {
        let sends = |handler| {
            count(self.handler(handler), |it| matches!(it, Action::Send(..) | Action::SendAhead(..)))
        };
        let snapshots = self.snapshots.len();
        let at_once =
            sends(Handler::OnStart).max(sends(Handler::OnMarker)).max(sends(Handler::OnMessage) * snapshots);
        let markers = if at_once == 0 || snapshots == 0 { 0 } else { snapshots + at_once };
        (self.budgets[self.channels[channel].0] as usize + markers).max(1)
    }

    /// The most messages that are ever kept of a channel for one snapshot.
    pub fn kept_max(&self, channel: usize) -> usize {
        let keeps = |it: &Action| matches!(it, Action::Keep | Action::KeepFirst | Action::KeepRepeated);
        let each = count(self.handler(Handler::OnMessage), keeps) * self.snapshots.len();
        (self.budgets[self.channels[channel].0] as usize * each).max(1)
    }
}

/// How many actions like this there are, bodies included.
fn count(actions: &[Action], like: fn(&Action) -> bool) -> usize {
    actions.iter().map(|action| usize::from(like(action)) + count(action.body(), like)).sum()
}

/// The tokens of a model that has nothing which is not exported.
fn fitting(model: &Model) -> Result<&Tokens, Unfit> {
    let pauses = |it: &Action| *it == Action::Pause;
    let handlers = [&model.algorithm.on_start, &model.algorithm.on_marker, &model.algorithm.on_message];
    let channels = model.topology.channels();
    let has_not: [(bool, &str, &str); 6] = [
        (
            handlers.into_iter().any(|actions| count(actions, pauses) > 0),
            "an algorithm with a `Pause`",
            "take the `Pause` out; other checkers are given handlers that run in one step",
        ),
        (
            channels.iter().any(|it| it.discipline != Discipline::Fifo),
            "a channel that is not `Fifo`",
            "use `channels: Fifo` and no overrides",
        ),
        (
            model.capacity.is_some(),
            "`channel_capacity`",
            "leave it out: channels are made as long as they must be",
        ),
        (model.schedule.is_some(), "a script", "use `Free` or `PerProcess`"),
        (model.recovery.is_some(), "`recovery`", "leave it out"),
        (!model.walk.is_empty(), "a `walk`", "leave it out: what is exported begins at the initial state"),
    ];
    if let Some((_, what, hint)) = has_not.into_iter().find(|(has, ..)| *has) {
        return Err(unfit(what, hint));
    }
    let tokens = model.application.tokens();
    let tokens =
        tokens.ok_or_else(|| unfit("an application other than `Tokens`", "only `Tokens` is exported"))?;
    // What is sent comes back as often as one likes, so the sum is the most that one can hold.
    let total: u128 = tokens.start.iter().map(|&amount| u128::from(amount)).sum();
    if total > u128::from(TOTAL_MAX) {
        return Err(unfit(&format!("more than {TOTAL_MAX} tokens in all"), "use smaller amounts"));
    }
    Ok(tokens)
}

fn unfit(what: &str, hint: &str) -> Unfit {
    Unfit { what: what.to_owned(), hint: hint.to_owned() }
}

/// Every send that may be made, by channel, and how many each process may make.
fn sends(tokens: &Tokens, channels: &[(usize, usize)]) -> Result<(Vec<Sending>, Vec<u32>), Unfit> {
    match &tokens.behaviour {
        Behaviour::Free { sends, amounts } => {
            let able = (0..channels.len()).filter(|&channel| sends[channels[channel].0] > 0);
            let each = able.flat_map(|channel| {
                amounts.iter().map(move |&amount| Sending { channel, amount, turn: None })
            });
            Ok((each.collect(), sends.clone()))
        }
        Behaviour::Lists(lists) => {
            let turns = |list: &Vec<_>| (0..).zip(list.clone()).collect::<Vec<_>>();
            let each = lists.iter().flat_map(turns);
            let send = |(turn, (channel, amount)): (u32, (crate::network::ChannelId, u64))| Sending {
                channel: channel.index(),
                amount,
                turn: Some(turn),
            };
            Ok((each.map(send).collect(), lists.iter().map(|list| list.len() as u32).collect()))
        }
        Behaviour::Broadcast { .. } => Err(unfit("`Broadcast`", "use `Free` or `PerProcess`")),
    }
}

/// The names of the processes where those can be a part of names in any language; else new ones, and what they stand for.
fn names(names: &[String]) -> (Vec<String>, Option<Vec<String>>) {
    let plain = |name: &String| name.len() <= 16 && name.chars().all(|sign| sign.is_ascii_alphanumeric());
    if names.iter().all(plain) {
        return (names.to_vec(), None);
    }
    ((0..names.len()).map(|number| format!("p{number}")).collect(), Some(names.to_vec()))
}

/// Without what would end a comment.
pub(super) fn one_line(text: &str) -> String {
    let plain = |sign: char| if sign.is_control() || "*/\\()".contains(sign) { ' ' } else { sign };
    text.chars().map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
