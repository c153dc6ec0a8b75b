//! Checkpoints without coordination: processes send each other work, and each saves its state whenever it likes. Where one
//! crashes, all must go back to checkpoints that fit together: to the *recovery line*, the greatest vector of checkpoints
//! without an orphan, which is a message that is received in it but not sent. Rolling back to it can go all the way to the
//! beginning, however many checkpoints there are: the domino effect (Randell, "System Structure for Software Fault
//! Tolerance", IEEE TSE 1(2), 1975).
//!
//! A message carries the number of its sender's next checkpoint, the first one that knows of it, and a process remembers the
//! largest number that has come from each other. That is all that a recovery line asks for (Bhargava and Lian; Elnozahy,
//! Alvisi, Wang and Johnson, "A Survey of Rollback-Recovery Protocols in Message-Passing Systems", ACM Computing Surveys
//! 34(3), 2002, section 4.1), so messages need no other names and channels need not keep their order.
//!
//! With a signal checkpoints are coordinated: one process takes them when it likes and sends a signal behind what it has
//! sent before; the others take theirs when they first hear of it, and tell all. The signal is the application's own: no
//! snapshot algorithm is needed, though it is one.

use serde::{Deserialize, Serialize};

use super::counts::{COUNT_MAX, Counts};
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// Processes that work together and save their states.
///
/// Two processes that take two checkpoints each, and all crash:
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
///
/// let pair = |how: &str| {
///     let text = format!(r#"Model(
///         name: "pair", topology: Complete(["A", "B"]),
///         application: Checkpoints(sends: 1, domino_from: 2, crash: Everyone, {how}),
///     )"#);
///     check(&read(&Source::new("pair.ron", text)).unwrap(), &Options::default())
/// };
/// // A message to and fro is enough to make all four checkpoints useless.
/// let verdict = pair("checkpoints: 2");
/// assert_eq!(verdict.word, Word::Violated);
/// assert_eq!(verdict.counterexamples[0].property, "NoDomino");
/// assert_eq!(verdict.counterexamples[0].events.len(), 8);
/// // Where B takes its checkpoints when A does, they are of use.
/// assert_eq!(pair(r#"checkpoints: {"A": 2}, signal: "A""#).word, Word::Verified);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoints {
    /// How many messages each process may send.
    pub sends: Vec<u32>,
    /// How many checkpoints each process may take by itself.
    pub checkpoints: Vec<u32>,
    /// At whose signal the others take theirs, where they do.
    pub signal: Option<ProcessId>,
    /// They take them only when something has come that their last one does not know of.
    pub after_news: bool,
    /// Who is thought to crash.
    pub crash: Crash,
    /// With so many checkpoints at every process, some should be of use.
    pub domino_from: u32,
    /// How many of its checkpoints a process has to give up at most, where that is asked.
    pub rolls_back_at_most: Option<u32>,
}

/// Who is thought to crash. What has not crashed may go on from where it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Crash {
    /// Any one process.
    #[default]
    AnyOne,
    /// All at once.
    Everyone,
}

/// How a model writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "Checkpoints", deny_unknown_fields)]
pub struct Written {
    sends: Counts,
    checkpoints: Counts,
    signal: Option<String>,
    #[serde(default)]
    after_news: bool,
    #[serde(default)]
    crash: Crash,
    #[serde(default = "three")]
    domino_from: u32,
    rolls_back_at_most: Option<u32>,
}

fn three() -> u32 {
    3
}

/// For each process, the number of its first checkpoint that knows of all that has come from it; 0 where nothing has.
pub type Known = Vec<u32>;

/// The state of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Worker {
    /// How many messages it has sent.
    pub sent: u32,
    /// What has come.
    pub known: Known,
    /// What had come when it took each of its checkpoints. Number 0, the beginning, is not listed: nothing had.
    pub saved: Vec<Known>,
}

impl Worker {
    /// Has something come that its last checkpoint does not know of?
    fn has_news(&self) -> bool {
        self.saved.last().map_or(self.known.iter().any(|&number| number > 0), |last| *last != self.known)
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Message {
    /// Some work; the sender's checkpoint of this number is the first that knows that it was sent.
    Work(u32),
    /// Take your checkpoint of this number.
    Signal(u32),
}

/// A step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// Sends some work.
    Tell(ProcessId, ProcessId),
    /// Saves its state.
    Checkpoint(ProcessId),
}

/// Checkpoints are of some use.
const NO_DOMINO: Rule = Rule {
    number: 0,
    name: "NoDomino",
    when: When::InStates,
    says: "with that many checkpoints everywhere, a crash takes not all processes back to the beginning",
    otherwise: "all processes have taken their checkpoints, but a crash takes every one back to the beginning",
};
/// How far a crash takes processes back.
const ROLLS_BACK_AT_MOST: Rule = Rule {
    number: 1,
    name: "RollsBackAtMost",
    when: When::InStates,
    says: "a crash costs no process more of its checkpoints than the model says",
    otherwise: "a crash costs a process more of its checkpoints than the model says",
};
/// A coordinated checkpoint is of use as soon as all have taken it.
const LAST_ROUND_KEPT: Rule = Rule {
    number: 2,
    name: "LastRoundKept",
    when: When::InStates,
    says: "a crash takes nobody back behind the last checkpoint that all have taken at a signal",
    otherwise: "a crash takes a process back behind a checkpoint that all have taken at a signal",
};

impl Readable for Checkpoints {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        let named =
            |name: &String| topology.process_named(name).ok_or_else(|| Refusal::no_process(name, topology));
        let few = |what: &str, count: u32| {
            let message = format!("`{what}` is at most {COUNT_MAX}, not {count}");
            let refusal = || Refusal::at(&count, message, "write a smaller number");
            if count <= COUNT_MAX { Ok(count) } else { Err(refusal()) }
        };
        let signal = written.signal.as_ref().map(named).transpose()?;
        let checkpoints = written.checkpoints.resolve(topology)?;
        let other = |process: &ProcessId| signal.is_some_and(|by| by != *process);
        let unasked = topology.processes().filter(other).find(|process| checkpoints[process.index()] > 0);
        if let (Some(unasked), Some(by)) = (unasked, &written.signal) {
            let name = topology.name(unasked);
            let message = format!("`{name}` takes checkpoints at the signal of `{by}`, and none by itself");
            return Err(Refusal::at(by, message, format!("write `checkpoints: {{\"{by}\": 3}}`")));
        }
        let bound = written.rolls_back_at_most.map(|bound| few("rolls_back_at_most", bound)).transpose()?;
        Ok(Self {
            sends: written.sends.resolve(topology)?,
            checkpoints,
            signal,
            after_news: written.after_news,
            crash: written.crash,
            domino_from: few("domino_from", written.domino_from)?,
            rolls_back_at_most: bound,
        })
    }
}

impl Checkpoints {
    fn takes_by_itself(&self, process: ProcessId, worker: &Worker) -> bool {
        (worker.saved.len() as u32) < self.checkpoints[process.index()]
    }

    /// The worker after a checkpoint, and the signals that go out with it.
    fn saving(
        &self,
        topology: &Topology,
        process: ProcessId,
        worker: &Worker,
    ) -> (Worker, Vec<(ChannelId, Message)>) {
        let mut after = worker.clone();
        after.saved.push(worker.known.clone());
        let signal = self.signal.map(|_| Message::Signal(after.saved.len() as u32));
        let sends = topology.outgoing(process).iter().filter_map(|&channel| Some((channel, signal?)));
        (after, sends.collect())
    }

    /// Where a crash can take the processes: each line, by the processes' numbers of checkpoints.
    fn lines(&self, topology: &Topology, scene: &Scene<'_, Worker, Message>) -> Vec<Vec<u32>> {
        match self.crash {
            Crash::Everyone => vec![recovery_line(topology, scene, |_| true)],
            Crash::AnyOne => {
                let crashes = topology.processes();
                crashes.map(|crashed| recovery_line(topology, scene, |process| process == crashed)).collect()
            }
        }
    }

    /// The most checkpoints that each process can have taken at the end.
    fn checkpoints_max(&self, process: ProcessId) -> u32 {
        self.checkpoints[self.signal.unwrap_or(process).index()]
    }
}

/// The recovery line after a crash, by rollback propagation: for each process the number of the checkpoint that it goes back
/// to, 0 for the beginning, and one more than there are where it can go on from where it is.
pub fn recovery_line(
    topology: &Topology,
    scene: &Scene<'_, Worker, Message>,
    has_crashed: impl Fn(ProcessId) -> bool,
) -> Vec<u32> {
    let last = |(process, worker): (ProcessId, &Worker)| {
        worker.saved.len() as u32 + u32::from(!has_crashed(process))
    };
    let mut line: Vec<u32> = scene.states().map(last).collect();
    // Whoever has received what is no longer sent goes back too, which can take away what others have received.
    while let Some(orphaned) = topology.channels().iter().find(|channel| {
        let receiver = channel.to.index();
        known_at(scene.state(channel.to), line[receiver], channel.from) > line[channel.from.index()]
    }) {
        line[orphaned.to.index()] -= 1;
    }
    line
}

/// The sender's first checkpoint that knows of all that the receiver knows of at its checkpoint of this number.
fn known_at(receiver: &Worker, number: u32, sender: ProcessId) -> u32 {
    let known = match number.checked_sub(1) {
        None => return 0,
        Some(place) => receiver.saved.get(place as usize).unwrap_or(&receiver.known),
    };
    known[sender.index()]
}

impl Application for Checkpoints {
    type State = Worker;
    type Message = Message;
    type Step = Deed;

    fn initial(&self, _process: ProcessId) -> Worker {
        Worker { known: vec![0; self.sends.len()], ..Worker::default() }
    }

    fn steps(&self, topology: &Topology, process: ProcessId, worker: &Worker) -> Vec<StepOf<Self>> {
        let mut steps = Vec::new();
        if worker.sent < self.sends[process.index()] {
            let work = Message::Work(worker.saved.len() as u32 + 1);
            for &channel in topology.outgoing(process) {
                let name = Deed::Tell(process, topology.channel(channel).to);
                let state = Worker { sent: worker.sent + 1, ..worker.clone() };
                steps.push(Step { name, state, sends: vec![(channel, work)] });
            }
        }
        if self.takes_by_itself(process, worker) && (!self.after_news || worker.has_news()) {
            let (state, sends) = self.saving(topology, process, worker);
            steps.push(Step { name: Deed::Checkpoint(process), state, sends });
        }
        steps
    }

    fn receive(
        &self,
        topology: &Topology,
        process: ProcessId,
        worker: &Worker,
        channel: ChannelId,
        message: &Message,
    ) -> (Worker, Vec<(ChannelId, Message)>) {
        match *message {
            Message::Work(number) => {
                let mut after = worker.clone();
                let known = &mut after.known[topology.channel(channel).from.index()];
                *known = number.max(*known);
                (after, Vec::new())
            }
            Message::Signal(number) if number as usize == worker.saved.len() + 1 => {
                self.saving(topology, process, worker)
            }
            Message::Signal(_) => (worker.clone(), Vec::new()),
        }
    }

    fn is_finished(&self, process: ProcessId, worker: &Worker) -> bool {
        worker.sent == self.sends[process.index()] && !self.takes_by_itself(process, worker)
    }

    /// Each message is sent in a step of its own; a checkpoint is a step where it is taken unasked, and has its signals.
    fn progress(&self, topology: &Topology, process: ProcessId, worker: &Worker) -> Option<u64> {
        let signals = self.signal.map_or(0, |_| topology.outgoing(process).len() as u64);
        let is_step = u64::from(self.signal.is_none_or(|by| by == process));
        Some(2 * u64::from(worker.sent) + worker.saved.len() as u64 * (is_step + signals))
    }

    fn heading(&self, topology: &Topology) -> String {
        let sends: u32 = self.sends.iter().sum();
        let plural = if sends == 1 { "" } else { "s" };
        let how = match self.signal {
            Some(by) => format!("checkpoints at the signal of {}", topology.name(by)),
            None => "checkpoints at any time".to_owned(),
        };
        format!("{how}, {sends} message{plural}")
    }

    /// `sent 1, now A2, saved - A1`: it has heard of what A's second checkpoint knows of; its own first one has heard of nothing.
    fn state_text(&self, topology: &Topology, worker: &Worker) -> String {
        let known = |known: &Known| {
            let heard = topology.processes().zip(known).filter(|(_, number)| **number > 0);
            let heard =
                heard.map(|(of, number)| format!("{}{number}", topology.name(of))).collect::<Vec<_>>();
            if heard.is_empty() { "-".to_owned() } else { heard.join("+") }
        };
        let now = match known(&worker.known).as_str() {
            "-" => String::new(),
            known => format!(", now {known}"),
        };
        let saved = worker.saved.iter().map(known).collect::<Vec<_>>().join(" ");
        let saved = if saved.is_empty() { saved } else { format!(", saved {saved}") };
        format!("sent {}{now}{saved}", worker.sent)
    }

    fn message_text(&self, _topology: &Topology, message: &Message) -> String {
        match message {
            Message::Work(number) => format!("Work({number})"),
            Message::Signal(number) => format!("Signal({number})"),
        }
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Tell", "Checkpoint"]
    }

    fn step_text(&self, topology: &Topology, step: &Deed) -> String {
        match step {
            Deed::Tell(from, to) => format!("Tell({:?},{:?})", topology.name(*from), topology.name(*to)),
            Deed::Checkpoint(process) => format!("Checkpoint({:?})", topology.name(*process)),
        }
    }

    fn step_words(&self, _topology: &Topology, step: &Deed) -> Option<String> {
        matches!(step, Deed::Checkpoint(_)).then(|| "saves its state".to_owned())
    }

    fn step_place(&self, _topology: &Topology, step: &Deed) -> ProcessId {
        let (Deed::Tell(process, _) | Deed::Checkpoint(process)) = step;
        *process
    }

    fn names_channels(&self) -> bool {
        false
    }

    /// Those that can fail: a rule that nothing can break would only look like an answer.
    fn rules(&self) -> Vec<Rule> {
        let all_can = (0..self.sends.len()).map(ProcessId::of);
        let fewest = all_can.map(|process| self.checkpoints_max(process)).min().unwrap_or_default();
        let domino = (fewest >= self.domino_from).then_some(NO_DOMINO);
        let bound = self.rolls_back_at_most.map(|_| ROLLS_BACK_AT_MOST);
        let signal = self.signal.map(|_| LAST_ROUND_KEPT);
        [domino, bound, signal].into_iter().flatten().collect()
    }

    fn holds(&self, topology: &Topology, rule: Rule, scene: &Scene<'_, Worker, Message>) -> bool {
        let taken: Vec<u32> = scene.states().map(|(_, worker)| worker.saved.len() as u32).collect();
        let fewest = taken.iter().copied().min().unwrap_or_default();
        let given_up = |line: &Vec<u32>| {
            line.iter().zip(&taken).map(|(number, taken)| taken.saturating_sub(*number)).max()
        };
        let lines = self.lines(topology, scene);
        match (rule.name, self.rolls_back_at_most) {
            ("NoDomino", _) => {
                fewest < self.domino_from || lines.iter().all(|line| line.iter().any(|&number| number > 0))
            }
            ("RollsBackAtMost", Some(bound)) => lines.iter().all(|line| given_up(line) <= Some(bound)),
            _ => lines.iter().flatten().all(|&number| number >= fewest),
        }
    }
}
