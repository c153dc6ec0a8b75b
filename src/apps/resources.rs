//! Resources that processes hold and ask each other for, in the AND model of Chandy, Misra and Haas, "Distributed deadlock
//! detection" (ACM Transactions on Computer Systems 1(2), 1983): a process asks for all that its job needs at once, waits until
//! it has everything, works, and gives everything back.
//!
//! Each process is the home of one resource, lends it to one process at a time, and keeps a queue of who asked. Somebody who
//! waits is *deadlocked* with others: the greatest set whose members all wait, each for a resource that is lent to another
//! member and is not on its way back. That is stable, since no member can give anything back.

use serde::{Deserialize, Serialize};

use super::by_name::{self, ByName};
use super::counts::COUNT_MAX;
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// Processes that hold and await resources of each other.
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
/// // Each has its own and wants the other's.
/// let pair = r#"Model(
///     name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")],
///     application: Resources(jobs: {"A": [["A", "B"]], "B": [["A", "B"]]}),
/// )"#;
/// let verdict = check(&read(&Source::new("pair.ron", pair)).unwrap(), &Options::default());
/// assert_eq!(verdict.word, Word::Verified);
/// assert_eq!(verdict.stats.distinct_states, 356);
///
/// // Asked one after the other, they may seem to wait for each other and do not.
/// let naive = r#"algorithm: Algorithm(name: "naive", on_start: [Record], complete_when: Recorded), snapshots: [By(["A", "B"])]"#;
/// let naive = pair.replace(r#"snapshots: [By("A")]"#, naive);
/// let verdict = check(&read(&Source::new("pair.ron", naive)).unwrap(), &Options::default());
/// assert!(verdict.counterexamples.iter().any(|run| run.property == "NoPhantomDeadlock"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resources {
    /// The jobs of each process, in this order: whose resources each needs, in process order.
    pub jobs: Vec<Vec<Vec<ProcessId>>>,
}

/// How a model writes it: names of processes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "Resources", deny_unknown_fields)]
pub struct Written {
    jobs: ByName<Vec<Vec<String>>>,
}

/// A message between a process and the home of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Message {
    /// The sender wants the receiver's resource.
    Request,
    /// The receiver has the sender's resource.
    Grant,
    /// The receiver has its own resource back.
    Release,
}

/// What a process is at.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Phase {
    /// Between jobs.
    #[default]
    Idle,
    /// It has asked for all that its job needs, and lacks the resources of these.
    Waits(Vec<ProcessId>),
    /// It has all that its job needs.
    Works,
}

/// The state of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Holder {
    /// What it is at.
    pub phase: Phase,
    /// How many of its jobs are done.
    pub done: u32,
    /// Who has its own resource.
    pub lent_to: Option<ProcessId>,
    /// Who waits for it, first come first.
    pub queue: Vec<ProcessId>,
    /// How often it was lent to another process.
    pub lent: u32,
}

/// A step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doing {
    /// Asks for all that its next job needs.
    Ask(ProcessId),
    /// Is done with its job, and gives all back.
    Finish(ProcessId),
}

/// A snapshot that finds a deadlock tells the truth.
const NO_PHANTOM_DEADLOCK: Rule = Rule {
    number: 0,
    name: "NoPhantomDeadlock",
    when: When::StillSo,
    says: "who is deadlocked in the snapshot is deadlocked",
    otherwise: "the snapshot finds a deadlock, but it is none",
};
/// A deadlock that was there at the start is found.
const DEADLOCK_DETECTED: Rule = Rule {
    number: 1,
    name: "DeadlockDetected",
    when: When::Found,
    says: "who was deadlocked at the start is deadlocked in the snapshot",
    otherwise: "there was a deadlock at the start, but the snapshot does not find it",
};
/// No resource is with two processes, or with somebody who does not know.
const ONE_HOLDER: Rule = Rule {
    number: 2,
    name: "OneHolder",
    when: When::InStates,
    says: "no process works with a resource that is lent to another",
    otherwise: "a process works with a resource that is lent to another",
};
/// Whoever still waits in the end does so because of a deadlock.
const STUCK_BY_DEADLOCK: Rule = Rule {
    number: 3,
    name: "StuckByDeadlock",
    when: When::AtTheEnd,
    says: "whoever waits in a final state is deadlocked",
    otherwise: "somebody waits for ever, but is not deadlocked",
};

impl Readable for Resources {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        let jobs = written.jobs.of_each(topology)?.into_iter().zip(topology.processes());
        let jobs = jobs.map(|(jobs, process)| match jobs {
            Some(jobs) if jobs.len() > COUNT_MAX as usize => {
                let message =
                    format!("{} jobs of one process; the most supported is {}", jobs.len(), COUNT_MAX);
                Err(Refusal::at(&topology.name(process), message, "leave some out"))
            }
            Some(jobs) => jobs.iter().map(|job| needs(process, job, topology)).collect(),
            None => Ok(Vec::new()),
        });
        let jobs: Vec<Vec<_>> = jobs.collect::<Result<_, _>>()?;
        if jobs.iter().all(Vec::is_empty) {
            return Err(Refusal::of_all("nobody has a job", "write `jobs: {\"A\": [[\"A\", \"B\"]]}`"));
        }
        Ok(Self { jobs })
    }
}

/// What a job needs: there must be channels to ask on and to answer.
fn needs(process: ProcessId, job: &[String], topology: &Topology) -> Result<Vec<ProcessId>, Refusal> {
    let name = topology.name(process);
    let mut needs = by_name::processes(job, topology)?;
    needs.sort_unstable();
    let connected = |home: ProcessId| {
        home == process
            || (topology.channel_between(process, home).is_some()
                && topology.channel_between(home, process).is_some())
    };
    if let Some(&home) = needs.iter().find(|&&home| !connected(home)) {
        let message = format!(
            "`{name}` needs the resource of `{}`, but there are not channels both ways between them",
            topology.name(home)
        );
        return Err(Refusal::at(&topology.name(home), message, "add them to the topology"));
    }
    if needs.is_empty() {
        let hint = "name at least one process: a job is done with its resource";
        return Err(Refusal::at(&name, format!("a job of `{name}` needs nothing"), hint));
    }
    Ok(needs)
}

/// The channel to a neighbour; a job is only accepted where it exists.
fn to(topology: &Topology, from: ProcessId, to: ProcessId) -> ChannelId {
    topology.channel_between(from, to).expect("a job needs only what there are channels to")
}

impl Resources {
    /// What the job at hand needs, or the next one.
    fn job(&self, process: ProcessId, holder: &Holder) -> Option<&[ProcessId]> {
        self.jobs[process.index()].get(holder.done as usize).map(Vec::as_slice)
    }

    /// Asks for all at once; its own resource it has at once if it is free.
    fn ask(&self, topology: &Topology, process: ProcessId, holder: &Holder) -> Option<StepOf<Self>> {
        let needs = self.job(process, holder).filter(|_| holder.phase == Phase::Idle)?;
        let mut after = Holder { phase: Phase::Waits(needs.to_vec()), ..holder.clone() };
        if needs.contains(&process) {
            after.queue.push(process);
        }
        let others = needs.iter().filter(|&&home| home != process);
        let mut sends: Vec<_> = others.map(|&home| (to(topology, process, home), Message::Request)).collect();
        sends.extend(after.lend(topology, process));
        Some(Step { name: Doing::Ask(process), state: after, sends })
    }

    /// Gives all back; its own resource goes to whoever is first in the queue.
    fn finish(&self, topology: &Topology, process: ProcessId, holder: &Holder) -> Option<StepOf<Self>> {
        let needs = self.job(process, holder).filter(|_| holder.phase == Phase::Works)?;
        let mut after = Holder { phase: Phase::Idle, done: holder.done + 1, ..holder.clone() };
        if needs.contains(&process) {
            after.lent_to = None;
        }
        let others = needs.iter().filter(|&&home| home != process);
        let mut sends: Vec<_> = others.map(|&home| (to(topology, process, home), Message::Release)).collect();
        sends.extend(after.lend(topology, process));
        Some(Step { name: Doing::Finish(process), state: after, sends })
    }
}

impl Holder {
    /// Lends its own resource, if it is free and somebody waits for it: by a message, unless that is itself.
    fn lend(&mut self, topology: &Topology, at: ProcessId) -> Option<(ChannelId, Message)> {
        if self.lent_to.is_some() || self.queue.is_empty() {
            return None;
        }
        let first = self.queue.remove(0);
        self.lent_to = Some(first);
        if first == at {
            self.gain(at);
            return None;
        }
        self.lent += 1;
        Some((to(topology, at, first), Message::Grant))
    }

    /// It has the resource of one more home.
    fn gain(&mut self, home: ProcessId) {
        let Phase::Waits(lacks) = &mut self.phase else { return };
        lacks.retain(|&other| other != home);
        if lacks.is_empty() {
            self.phase = Phase::Works;
        }
    }
}

impl Application for Resources {
    type State = Holder;
    type Message = Message;
    type Step = Doing;

    fn initial(&self, _process: ProcessId) -> Holder {
        Holder::default()
    }

    fn steps(&self, topology: &Topology, process: ProcessId, holder: &Holder) -> Vec<StepOf<Self>> {
        let ask = self.ask(topology, process, holder);
        ask.into_iter().chain(self.finish(topology, process, holder)).collect()
    }

    fn receive(
        &self,
        topology: &Topology,
        process: ProcessId,
        holder: &Holder,
        channel: ChannelId,
        message: &Message,
    ) -> (Holder, Vec<(ChannelId, Message)>) {
        let from = topology.channel(channel).from;
        let mut after = holder.clone();
        match message {
            Message::Request => after.queue.push(from),
            Message::Grant => after.gain(from),
            Message::Release => after.lent_to = None,
        }
        let granted = after.lend(topology, process);
        (after, granted.into_iter().collect())
    }

    fn is_finished(&self, process: ProcessId, holder: &Holder) -> bool {
        self.job(process, holder).is_none()
    }

    fn progress(&self, _topology: &Topology, process: ProcessId, holder: &Holder) -> Option<u64> {
        let done = holder.done as usize;
        let asked = done + usize::from(holder.phase != Phase::Idle);
        let jobs = &self.jobs[process.index()];
        let others = |jobs: &[Vec<ProcessId>]| {
            let others = jobs.iter().flatten().filter(|&&home| home != process).count();
            (jobs.len() + others) as u64
        };
        Some(others(jobs.get(..asked)?) + others(jobs.get(..done)?) + u64::from(holder.lent))
    }

    /// A job is done at last. Nobody must begin one.
    fn fair(&self, step: &Doing) -> Option<u32> {
        matches!(step, Doing::Finish(_)).then_some(0)
    }

    fn heading(&self, topology: &Topology) -> String {
        let of = |process: ProcessId| {
            let jobs = self.jobs[process.index()].iter();
            let jobs: Vec<String> = jobs.map(|needs| names(topology, needs, "+")).collect();
            (!jobs.is_empty()).then(|| format!("{} needs {}", topology.name(process), jobs.join(" then ")))
        };
        topology.processes().filter_map(of).collect::<Vec<_>>().join(", ")
    }

    /// `waits B`, and who has its own resource where it is lent: `idle (lent C)`.
    fn state_text(&self, topology: &Topology, holder: &Holder) -> String {
        let phase = match &holder.phase {
            Phase::Idle => "idle".to_owned(),
            Phase::Waits(lacks) => format!("waits {}", names(topology, lacks, "+")),
            Phase::Works => "works".to_owned(),
        };
        let lent = holder.lent_to.map(|other| format!(" (lent {})", topology.name(other)));
        format!("{phase}{}", lent.unwrap_or_default())
    }

    fn message_text(&self, _topology: &Topology, message: &Message) -> String {
        format!("{message:?}")
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Ask", "Finish"]
    }

    fn step_text(&self, topology: &Topology, step: &Doing) -> String {
        let (Doing::Ask(process) | Doing::Finish(process)) = step;
        let name = if matches!(step, Doing::Ask(_)) { "Ask" } else { "Finish" };
        format!("{name}({:?})", topology.name(*process))
    }

    fn step_words(&self, _topology: &Topology, step: &Doing) -> Option<String> {
        Some(if matches!(step, Doing::Ask(_)) { "begins a job" } else { "finishes a job" }.to_owned())
    }

    fn step_place(&self, _topology: &Topology, step: &Doing) -> ProcessId {
        let (Doing::Ask(process) | Doing::Finish(process)) = step;
        *process
    }

    fn rules(&self) -> Vec<Rule> {
        vec![NO_PHANTOM_DEADLOCK, DEADLOCK_DETECTED, ONE_HOLDER, STUCK_BY_DEADLOCK]
    }

    fn holds(&self, topology: &Topology, rule: Rule, scene: &Scene<'_, Holder, Message>) -> bool {
        let waits = |(_, holder): (ProcessId, &Holder)| matches!(holder.phase, Phase::Waits(_));
        let lent_here = |(process, holder): (ProcessId, &Holder)| {
            let needs = self.job(process, holder).filter(|_| holder.phase == Phase::Works);
            needs.is_none_or(|homes| homes.iter().all(|&home| scene.state(home).lent_to == Some(process)))
        };
        if rule == ONE_HOLDER {
            return scene.states().all(lent_here);
        }
        let deadlocked = deadlocked(topology, scene);
        scene.states().filter(|&it| waits(it)).all(|(process, _)| deadlocked >> process.index() & 1 == 1)
    }

    fn detects(&self, topology: &Topology, _rule: Rule, scene: &Scene<'_, Holder, Message>) -> u64 {
        deadlocked(topology, scene)
    }
}

/// Who is deadlocked: of all that wait, those go who wait for nobody that is left, until all that are left do.
fn deadlocked(topology: &Topology, scene: &Scene<'_, Holder, Message>) -> u64 {
    let awaited: Vec<u64> = scene.states().map(|(process, _)| awaited(topology, scene, process)).collect();
    let mut left = u64::MAX;
    loop {
        let waits = |process: &usize| awaited[*process] & left != 0;
        let still = (0..awaited.len()).filter(waits).fold(0, |mask, process| mask | 1 << process);
        if still == left {
            return left;
        }
        left = still;
    }
}

/// For whom a process waits: those who have what it lacks, and have not given it back.
fn awaited(topology: &Topology, scene: &Scene<'_, Holder, Message>, process: ProcessId) -> u64 {
    let Phase::Waits(lacks) = &scene.state(process).phase else { return 0 };
    let gives_back = |from: ProcessId, home: ProcessId| {
        topology
            .channel_between(from, home)
            .is_some_and(|channel| scene.channel(channel).contains(&&Message::Release))
    };
    let has = |&home: &ProcessId| {
        let other = scene.state(home).lent_to?;
        (other != process && !gives_back(other, home)).then_some(other)
    };
    lacks.iter().filter_map(has).fold(0, |mask, other| mask | 1 << other.index())
}

/// The names of some processes: `A+B`.
fn names(topology: &Topology, processes: &[ProcessId], between: &str) -> String {
    processes.iter().map(|&process| topology.name(process)).collect::<Vec<_>>().join(between)
}
