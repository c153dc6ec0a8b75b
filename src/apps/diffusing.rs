//! Diffusing work, after Dijkstra and Scholten, "Termination detection for diffusing computations" (Information Processing
//! Letters 11(1), 1980): a process that is active may send work and may come to rest; a passive one does nothing until
//! work comes, which makes it active. All is done when every process is passive and no work is under way.
//!
//! That is stable: once so, it stays so, since only work under way can wake a process. Chandy and Lamport name it as an
//! example (ACM Transactions on Computer Systems 3(1), 1985, section 4). That all are passive, whatever is under way, is not.

use serde::{Deserialize, Serialize};

use super::by_name::{self, ByName};
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// Work that spreads from process to process.
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
/// let pair = r#"Model(
///     name: "pair", topology: Complete(["A", "B"]), snapshots: [By("B")],
///     application: Diffusing(active: ["A"], sends: {"A": 1}),
/// )"#;
/// let verdict = check(&read(&Source::new("pair.ron", pair)).unwrap(), &Options::default());
/// assert_eq!(verdict.word, Word::Verified);
/// assert_eq!(verdict.stats.distinct_states, 75);
///
/// // The records of the processes alone may all be passive while work is under way.
/// let no_channels = pair.replace("snapshots", "mutations: [Delete(on_message, 0)], snapshots");
/// let verdict = check(&read(&Source::new("pair.ron", no_channels)).unwrap(), &Options::default());
/// assert!(verdict.counterexamples.iter().any(|run| run.property == "NoPhantomTermination"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diffusing {
    /// Who is active at first.
    pub active: Vec<ProcessId>,
    /// How often each process may send work.
    pub sends: Vec<u32>,
    /// Whether all are passive is asked as well, whatever is under way: a property that is not stable.
    pub asks_all_passive: bool,
}

/// How a model writes it: names of processes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "Diffusing", deny_unknown_fields)]
pub struct Written {
    active: Vec<String>,
    #[serde(default)]
    sends: ByName<u32>,
    #[serde(default)]
    asks_all_passive: bool,
}

/// The one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Message {
    /// Something to do.
    Work,
}

/// The state of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Worker {
    /// It has something to do.
    pub active: bool,
    /// How often it has sent work.
    pub sent: u32,
    /// How often it has come to rest.
    pub rested: u32,
}

/// A step of a process that is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doing {
    /// Sends work.
    Work(ChannelId),
    /// Comes to rest.
    Rest(ProcessId),
}

/// A snapshot that finds all done tells the truth.
const NO_PHANTOM_TERMINATION: Rule = Rule {
    number: 0,
    name: "NoPhantomTermination",
    when: When::StillSo,
    says: "where the snapshot finds all done, all is done",
    otherwise: "the snapshot finds all done, but somebody is active or work is under way",
};
/// What was done at the start is found to be.
const TERMINATION_DETECTED: Rule = Rule {
    number: 1,
    name: "TerminationDetected",
    when: When::Found,
    says: "where all was done at the start, the snapshot finds so",
    otherwise: "all was done at the start, but the snapshot does not find so",
};
/// Nothing is left over.
const WORK_ENDS: Rule = Rule {
    number: 2,
    name: "WorkEnds",
    when: When::AtTheEnd,
    says: "in every final state all is done",
    otherwise: "nothing can happen any more, but not all is done",
};
/// Not stable: what a snapshot finds may be over by the time it is complete, and may never have been.
const STILL_ALL_PASSIVE: Rule = Rule {
    number: 3,
    name: "StillAllPassive",
    when: When::StillSo,
    says: "where the snapshot finds all passive, all are passive",
    otherwise: "the snapshot finds all passive, but somebody is active: this is no stable property",
};

impl Readable for Diffusing {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        if written.active.is_empty() {
            let message = "nobody is active at first, so nothing is ever done";
            return Err(Refusal::of_all(message, "name somebody: `active: [\"A\"]`"));
        }
        Ok(Self {
            active: by_name::processes(&written.active, topology)?,
            sends: written.sends.times(topology, "sends of one process")?,
            asks_all_passive: written.asks_all_passive,
        })
    }
}

impl Application for Diffusing {
    type State = Worker;
    type Message = Message;
    type Step = Doing;

    fn initial(&self, process: ProcessId) -> Worker {
        Worker { active: self.active.contains(&process), ..Worker::default() }
    }

    fn steps(&self, topology: &Topology, process: ProcessId, worker: &Worker) -> Vec<StepOf<Self>> {
        if !worker.active {
            return Vec::new();
        }
        let may_send = worker.sent < self.sends[process.index()];
        let channels = topology.outgoing(process).iter().filter(|_| may_send);
        let work = channels.map(|&channel| Step {
            name: Doing::Work(channel),
            state: Worker { sent: worker.sent + 1, ..worker.clone() },
            sends: vec![(channel, Message::Work)],
        });
        let rest = Step {
            name: Doing::Rest(process),
            state: Worker { active: false, rested: worker.rested + 1, ..worker.clone() },
            sends: Vec::new(),
        };
        work.chain([rest]).collect()
    }

    fn receive(
        &self,
        _topology: &Topology,
        _process: ProcessId,
        worker: &Worker,
        _channel: ChannelId,
        _work: &Message,
    ) -> (Worker, Vec<(ChannelId, Message)>) {
        (Worker { active: true, ..worker.clone() }, Vec::new())
    }

    /// Work may always come.
    fn is_finished(&self, _process: ProcessId, _worker: &Worker) -> bool {
        false
    }

    fn progress(&self, _topology: &Topology, _process: ProcessId, worker: &Worker) -> Option<u64> {
        Some(2 * u64::from(worker.sent) + u64::from(worker.rested))
    }

    /// Whoever is active comes to rest at last. Nobody must send.
    fn fair(&self, step: &Doing) -> Option<u32> {
        matches!(step, Doing::Rest(_)).then_some(0)
    }

    fn heading(&self, topology: &Topology) -> String {
        let active: Vec<&str> = self.active.iter().map(|&process| topology.name(process)).collect();
        let sends: u32 = self.sends.iter().sum();
        let plural = if sends == 1 { "" } else { "s" };
        format!("work from {}, {sends} send{plural}", active.join(" and "))
    }

    fn state_text(&self, _topology: &Topology, worker: &Worker) -> String {
        if worker.active { "active" } else { "passive" }.to_owned()
    }

    fn message_text(&self, _topology: &Topology, _work: &Message) -> String {
        "Work".to_owned()
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Work", "Rest"]
    }

    fn step_text(&self, topology: &Topology, step: &Doing) -> String {
        match step {
            Doing::Work(channel) => {
                let ends = topology.channel(*channel);
                format!("Work({:?},{:?})", topology.name(ends.from), topology.name(ends.to))
            }
            Doing::Rest(process) => format!("Rest({:?})", topology.name(*process)),
        }
    }

    fn step_words(&self, _topology: &Topology, step: &Doing) -> Option<String> {
        matches!(step, Doing::Rest(_)).then(|| "comes to rest".to_owned())
    }

    fn step_place(&self, topology: &Topology, step: &Doing) -> ProcessId {
        match step {
            Doing::Work(channel) => topology.channel(*channel).from,
            Doing::Rest(process) => *process,
        }
    }

    fn names_channels(&self) -> bool {
        false
    }

    fn rules(&self) -> Vec<Rule> {
        let mut rules = vec![NO_PHANTOM_TERMINATION, TERMINATION_DETECTED, WORK_ENDS];
        rules.extend(self.asks_all_passive.then_some(STILL_ALL_PASSIVE));
        rules
    }

    fn holds(&self, _topology: &Topology, _rule: Rule, scene: &Scene<'_, Worker, Message>) -> bool {
        is_done(scene)
    }

    fn detects(&self, _topology: &Topology, rule: Rule, scene: &Scene<'_, Worker, Message>) -> u64 {
        u64::from(if rule == STILL_ALL_PASSIVE { are_passive(scene) } else { is_done(scene) })
    }
}

fn is_done(scene: &Scene<'_, Worker, Message>) -> bool {
    are_passive(scene) && scene.messages().is_empty()
}

fn are_passive(scene: &Scene<'_, Worker, Message>) -> bool {
    scene.states().all(|(_, worker)| !worker.active)
}
