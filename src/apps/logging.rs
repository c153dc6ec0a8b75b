//! Message logging: what a process does is settled by what it has received, in which order. So it can be brought back after
//! a crash by letting it receive the same again, as far as its log on stable storage goes. An entry of the log is a
//! *determinant*: the channel, the index of the message in it and, by its place in the log, the receiver's position. What is
//! not in it is asked for again from the senders, who keep what they have sent; what comes twice is known by its index, and
//! put aside.
//!
//! Whether this goes well depends on when a determinant becomes stable (Strom and Yemini, "Optimistic Recovery in
//! Distributed Systems", ACM TOCS 3(3), 1985; Elnozahy, Alvisi, Wang and Johnson, "A Survey of Rollback-Recovery Protocols in
//! Message-Passing Systems", ACM Computing Surveys 34(3), 2002, on log-based recovery). If others have heard from a process
//! what it did after a receipt that was not yet stable, and it crashes, they depend on something that has never happened:
//! they are *orphans*. Positions are used again after a crash, so a receipt is told by process, position and *incarnation*.
//!
//! What a process sends is a list. Each message says how many receipts it comes after, and depends on just those whenever it
//! is sent; so sending it again sends the same. A crash and the restart from the log are one step.

mod log;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use log::{Dependence, Logger, Receipt};

use super::counts::{COUNT_MAX, Counts};
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// Processes that log what they receive.
///
/// A asks B, who then asks C. B may crash between the two, or later:
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
///
/// let line = |logging: &str| {
///     let text = format!(r#"Model(
///         name: "line", topology: Line(["A", "B", "C"]),
///         application: Logging(
///             messages: [(from: "A", to: "B"), (from: "B", to: "C", after: 1)],
///             crashes: {{"B": 1}},
///             logging: {logging},
///         ),
///     )"#);
///     check(&read(&Source::new("line.ron", text)).unwrap(), &Options::default())
/// };
/// assert_eq!(line("Pessimistic").word, Word::Verified);
/// assert_eq!(line("BeforeSending").word, Word::Verified);
/// let verdict = line("Optimistic");
/// assert_eq!(verdict.word, Word::Violated);
/// assert_eq!(verdict.counterexamples[0].property, "NoOrphanProcess");
/// // A sends, B receives, B sends, C receives, B crashes: C has heard of what B no longer knows.
/// assert_eq!(verdict.counterexamples[0].events.len(), 5);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logging {
    /// What each process sends, in this order.
    pub messages: Vec<Vec<Planned>>,
    /// How often each process may crash.
    pub crashes: Vec<u32>,
    /// When a determinant becomes stable.
    pub logging: Logs,
    /// Senders send again what they are asked for.
    pub resends: bool,
    /// Receivers put aside what they have received before.
    pub suppresses: bool,
}

/// A message that a process will send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Where it goes.
    pub channel: ChannelId,
    /// Which message of its channel it is, from 1.
    pub index: u32,
    /// It comes after so many receipts, and depends on them.
    pub after: u32,
}

/// When a determinant is on stable storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Logs {
    /// Before anything else happens: the receipt and its logging are one event.
    #[default]
    Pessimistic,
    /// At last, in a step of its own.
    Optimistic,
    /// In a step of its own, for which whatever depends on the receipt waits to be sent.
    BeforeSending,
}

/// How a model writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "Logging", deny_unknown_fields)]
pub struct Written {
    messages: Vec<PlannedWritten>,
    #[serde(default)]
    crashes: Counts,
    #[serde(default)]
    logging: Logs,
    #[serde(default = "yes")]
    resends: bool,
    #[serde(default = "yes")]
    suppresses: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "Planned", deny_unknown_fields)]
struct PlannedWritten {
    from: String,
    to: String,
    #[serde(default)]
    after: u32,
}

fn yes() -> bool {
    true
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Letter {
    /// Some work: which message of its channel, and what it depends on.
    Work(u32, Vec<Dependence>),
    /// Please send again, from this message on.
    Again(u32),
}

/// A step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// Sends its next message.
    Tell(ProcessId),
    /// Puts its log on stable storage.
    Flush(ProcessId),
    /// Forgets all but its stable log, and starts again from that.
    Crash(ProcessId),
}

/// Nobody depends on what has been forgotten.
const NO_ORPHAN_PROCESS: Rule = Rule {
    number: 0,
    name: "NoOrphanProcess",
    when: When::InStates,
    says: "no process depends on a receipt that was lost in a crash",
    otherwise: "a process depends on a receipt that was lost in a crash: what it has heard has never happened",
};
/// A crash is not seen in what is received.
const RECEIVED_ONCE: Rule = Rule {
    number: 1,
    name: "ReceivedOnce",
    when: When::AtTheEnd,
    says: "at the end, all that was sent has been received once and in order",
    otherwise: "at the end, not all that was sent has been received once and in order",
};

impl Readable for Logging {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        let named =
            |name: &String| topology.process_named(name).ok_or_else(|| Refusal::no_process(name, topology));
        let mut messages = vec![Vec::new(); topology.names().len()];
        let mut lengths = BTreeMap::new();
        for PlannedWritten { from, to, after } in &written.messages {
            let (sender, receiver) = (named(from)?, named(to)?);
            let channel = topology.channel_between(sender, receiver);
            let channel =
                channel.ok_or_else(|| no_channel(to, from, to, "name a channel of the topology"))?;
            if *after > COUNT_MAX {
                let message = format!("`after` is at most {COUNT_MAX}, not {after}");
                return Err(Refusal::at(after, message, "write a smaller number"));
            }
            let index = lengths.entry(channel).and_modify(|length| *length += 1).or_insert(1);
            messages[sender.index()].push(Planned { channel, index: *index, after: *after });
        }
        let crashes = written.crashes.resolve(topology)?;
        for &Planned { channel, .. } in messages.iter().flatten() {
            let channel = topology.channel(channel);
            let asks = crashes[channel.to.index()] > 0;
            if asks && topology.channel_between(channel.to, channel.from).is_none() {
                let (from, to) = (topology.name(channel.from), topology.name(channel.to));
                let hint = "whoever may crash asks those who send to it to send again";
                return Err(no_channel(to, to, from, hint));
            }
        }
        let Written { logging, resends, suppresses, .. } = *written;
        Ok(Self { messages, crashes, logging, resends, suppresses })
    }
}

fn no_channel(offending: &str, from: &str, to: &str, hint: &str) -> Refusal {
    Refusal::at(&offending, format!("there is no channel from `{from}` to `{to}`"), hint)
}

impl Logging {
    /// May what comes after so many receipts be sent?
    fn is_due(&self, logger: &Logger, after: u32) -> bool {
        let has_stable = self.logging != Logs::BeforeSending || logger.stable >= after;
        logger.log.len() >= after as usize && has_stable
    }

    /// The message that is sent next.
    fn next(&self, process: ProcessId, logger: &Logger) -> Option<Planned> {
        self.messages[process.index()].get(logger.sent as usize).copied()
    }

    /// What a process asks for after a crash: on each channel what its log does not have.
    fn questions(
        &self,
        topology: &Topology,
        process: ProcessId,
        logger: &Logger,
    ) -> Vec<(ChannelId, Letter)> {
        let senders = topology.incoming(process).iter().filter(|&&channel| {
            let from = topology.channel(channel).from;
            self.messages[from.index()].iter().any(|planned| planned.channel == channel)
        });
        let question = |&channel: &ChannelId| {
            let back = topology.channel_between(process, topology.channel(channel).from)?;
            Some((back, Letter::Again(logger.expected(channel))))
        };
        senders.filter_map(question).collect()
    }
}

/// A message of the list, as it is sent, also when it is sent again.
fn written(process: ProcessId, logger: &Logger, planned: Planned) -> (ChannelId, Letter) {
    (planned.channel, Letter::Work(planned.index, logger.depends(process, planned.after)))
}

impl Application for Logging {
    type State = Logger;
    type Message = Letter;
    type Step = Move;

    fn initial(&self, _process: ProcessId) -> Logger {
        Logger::default()
    }

    fn steps(&self, topology: &Topology, process: ProcessId, logger: &Logger) -> Vec<StepOf<Self>> {
        let mut steps = Vec::new();
        if let Some(planned) = self.next(process, logger).filter(|planned| self.is_due(logger, planned.after))
        {
            let state = Logger { sent: logger.sent + 1, ..logger.clone() };
            let sends = vec![written(process, logger, planned)];
            steps.push(Step { name: Move::Tell(process), state, sends });
        }
        if (logger.stable as usize) < logger.log.len() {
            let state = Logger { stable: logger.log.len() as u32, ..logger.clone() };
            steps.push(Step { name: Move::Flush(process), state, sends: Vec::new() });
        }
        if logger.crashes.len() < self.crashes[process.index()] as usize {
            let mut state = Logger { sent: 0, ..logger.clone() };
            state.log.truncate(logger.stable as usize);
            state.crashes.push(logger.stable);
            let sends = self.questions(topology, process, &state);
            steps.push(Step { name: Move::Crash(process), state, sends });
        }
        steps
    }

    fn receive(
        &self,
        topology: &Topology,
        process: ProcessId,
        logger: &Logger,
        channel: ChannelId,
        letter: &Letter,
    ) -> (Logger, Vec<(ChannelId, Letter)>) {
        let mut after = logger.clone();
        match letter {
            Letter::Work(index, depends) => {
                // Later ones can come before what is sent again; they will be sent again too.
                let next = logger.expected(channel);
                if *index == next || (*index < next && !self.suppresses) {
                    after.log.push(Receipt { channel, index: *index, depends: depends.clone() });
                }
                if self.logging == Logs::Pessimistic {
                    after.stable = after.log.len() as u32;
                }
                (after, Vec::new())
            }
            Letter::Again(from) => {
                let back = topology.channel_between(process, topology.channel(channel).from);
                let sent = &self.messages[process.index()][..logger.sent as usize];
                let wanted =
                    sent.iter().filter(|planned| Some(planned.channel) == back && planned.index >= *from);
                let again = wanted.filter(|_| self.resends).map(|&planned| written(process, logger, planned));
                (after, again.collect())
            }
        }
    }

    fn is_finished(&self, process: ProcessId, logger: &Logger) -> bool {
        // What is received must still be put on stable storage, but for one whose receipts are stable at once.
        let crashed = self.crashes[process.index()] as usize;
        let is_stable = self.logging == Logs::Pessimistic;
        is_stable && self.next(process, logger).is_none() && logger.crashes.len() == crashed
    }

    fn heading(&self, _topology: &Topology) -> String {
        let name = match self.logging {
            Logs::Pessimistic => "pessimistic logging",
            Logs::Optimistic => "optimistic logging",
            Logs::BeforeSending => "logging before sending",
        };
        let plural = |count: usize, one: &str, more: &str| {
            format!("{count} {one}{}", if count == 1 { "" } else { more })
        };
        let messages = self.messages.iter().map(Vec::len).sum();
        let crashes = self.crashes.iter().map(|&crashes| crashes as usize).sum();
        format!("{name}, {}, {}", plural(messages, "message", "s"), plural(crashes, "crash", "es"))
    }

    /// The messages of the log, `A1` for the first one from A, with a bar behind those that are stable.
    fn state_text(&self, topology: &Topology, logger: &Logger) -> String {
        let name = |receipt: &Receipt| {
            format!("{}{} ", topology.name(topology.channel(receipt.channel).from), receipt.index)
        };
        let (stable, rest) = logger.log.split_at(logger.stable as usize);
        let [stable, rest] = [stable, rest].map(|part| part.iter().map(name).collect::<String>());
        format!("log {stable}| {rest}sent {}", logger.sent)
    }

    /// `Work(1,"B2")`: the first message of its channel, which depends on B's second receipt; `B2'` is one after a crash.
    fn message_text(&self, topology: &Topology, letter: &Letter) -> String {
        match letter {
            Letter::Again(from) => format!("Again({from})"),
            Letter::Work(index, depends) => {
                let name = |it: &Dependence| {
                    let crashes = "'".repeat(it.incarnation as usize);
                    format!(",\"{}{}{crashes}\"", topology.name(it.process), it.position)
                };
                format!("Work({index}{})", depends.iter().map(name).collect::<String>())
            }
        }
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Tell", "Flush", "Crash"]
    }

    fn step_text(&self, topology: &Topology, step: &Move) -> String {
        let name = ["Tell", "Flush", "Crash"][match step {
            Move::Tell(_) => 0,
            Move::Flush(_) => 1,
            Move::Crash(_) => 2,
        }];
        format!("{name}({:?})", topology.name(self.step_place(topology, step)))
    }

    fn step_words(&self, _topology: &Topology, step: &Move) -> Option<String> {
        match step {
            Move::Tell(_) => None,
            Move::Flush(_) => Some("flushes its log".to_owned()),
            Move::Crash(_) => Some("crashes".to_owned()),
        }
    }

    fn step_place(&self, _topology: &Topology, step: &Move) -> ProcessId {
        let (Move::Tell(process) | Move::Flush(process) | Move::Crash(process)) = step;
        *process
    }

    fn rules(&self) -> Vec<Rule> {
        vec![NO_ORPHAN_PROCESS, RECEIVED_ONCE]
    }

    fn holds(&self, topology: &Topology, rule: Rule, scene: &Scene<'_, Logger, Letter>) -> bool {
        let is_lost = |it: Dependence| {
            let crashes = &scene.state(it.process).crashes;
            crashes.iter().skip(it.incarnation as usize).any(|&left| left < it.position)
        };
        let is_complete = |number: usize| {
            let channel = ChannelId::of(number);
            let (from, to) = (topology.channel(channel).from, topology.channel(channel).to);
            let sent = &self.messages[from.index()][..scene.state(from).sent as usize];
            let sent = sent.iter().filter(|planned| planned.channel == channel).map(|planned| planned.index);
            let received = scene.state(to).log.iter().filter(|receipt| receipt.channel == channel);
            sent.eq(received.map(|receipt| receipt.index))
        };
        if rule == RECEIVED_ONCE {
            return (0..topology.channels().len()).all(is_complete);
        }
        let depends =
            |(process, logger): (ProcessId, &Logger)| logger.depends(process, logger.log.len() as u32);
        !scene.states().flat_map(depends).any(is_lost)
    }
}
