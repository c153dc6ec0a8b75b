//! Mutual exclusion by a scheduler who grants requests as they arrive: the solution that Lamport's paper (CACM 21(7), 1978,
//! page 561) sets aside. Two are never inside at once, but the order is not that of the requests: P1 asks and then tells
//! P2, who asks because of it; where P2's request is faster, it is granted before one that happened before it.
//!
//! What happened before what is a ghost here: each message carries how many requests of each process its sender knew of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::counts::{Counts, counted};
use super::exclusion::{EVENTUALLY_GRANTED, MUTUAL_EXCLUSION};
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// Mutual exclusion by a central scheduler.
///
/// The order is lost as soon as two who ask speak to each other:
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
///
/// let office = |more: &str| {
///     let text = format!(r#"Model(
///         name: "office", topology: Complete(["P0", "P1", "P2"]),
///         application: CentralScheduler(scheduler: "P0", requests: {{"P1": 1, "P2": 1}}, {more}),
///     )"#);
///     check(&read(&Source::new("office.ron", text)).unwrap(), &Options::default())
/// };
/// assert_eq!(office("").word, Word::Verified);
/// let verdict = office(r#"tells: {"P1": ["P2"]}"#);
/// assert_eq!(verdict.word, Word::Violated);
/// assert_eq!(verdict.counterexamples[0].property, "RequestOrder");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CentralScheduler {
    /// Who grants.
    pub scheduler: ProcessId,
    /// How often each process asks.
    pub requests: Vec<u32>,
    /// The channels on which each process tells others something, in this order.
    pub tells: Vec<Vec<ChannelId>>,
    /// The channel from each process to the scheduler, and back; none at the scheduler.
    lines: Vec<Option<(ChannelId, ChannelId)>>,
}

/// How a model writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "CentralScheduler", deny_unknown_fields)]
pub struct Written {
    scheduler: String,
    requests: Counts,
    #[serde(default)]
    tells: BTreeMap<String, Vec<String>>,
}

/// How many requests of each process have happened.
pub type Known = Vec<u32>;

/// The state of one process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Clerk {
    /// Ghost: the requests of each process that happened before now.
    pub known: Known,
    /// Its request that is not over: what was known when it asked, itself included.
    pub asked: Option<Known>,
    /// It is in the critical section.
    pub inside: bool,
    /// How often it has told something.
    pub told: u32,
    /// At the scheduler: whose request is granted, and which of its requests that is.
    pub holder: Option<(ProcessId, u32)>,
    /// At the scheduler: requests that wait, in the order of their arrival.
    pub waiting: Vec<(ProcessId, u32)>,
    /// At the scheduler: how often it has granted.
    pub granted: u32,
}

/// What is sent, with what its sender knew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Letter {
    /// What it says.
    pub says: Says,
    /// Ghost: the requests of each process that happened before it.
    pub known: Known,
}

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Says {
    /// May I go in?
    Request,
    /// Go in.
    Grant,
    /// I am out.
    Release,
    /// Something else, but it makes its receiver know.
    Hint,
}

/// A step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// Asks the scheduler.
    Request(ProcessId),
    /// Tells the next of those whom it tells.
    Tell(ProcessId),
    /// Goes out, and says so.
    Exit(ProcessId),
}

const NAMES: &[&str] = &["Request", "Tell", "Exit"];

/// Of two requests one of which happened before the other, the first is granted first.
const REQUEST_ORDER: Rule = Rule {
    number: 1,
    name: "RequestOrder",
    when: When::Always,
    says: "no request is granted while one that happened before it waits",
    otherwise: "a request is granted while one that happened before it waits",
};

impl Readable for CentralScheduler {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        let named =
            |name: &String| topology.process_named(name).ok_or_else(|| Refusal::no_process(name, topology));
        let scheduler = named(&written.scheduler)?;
        let requests = written.requests.resolve(topology)?;
        if requests[scheduler.index()] > 0 {
            let message = "the scheduler grants, and asks for nothing itself";
            let hint = "write `requests: {..}` without it";
            return Err(Refusal::at(&written.scheduler, message, hint));
        }
        let mut tells = vec![Vec::new(); requests.len()];
        for (name, others) in &written.tells {
            let from = named(name)?;
            let channel = |other: &String| {
                let between = topology.channel_between(from, named(other)?);
                let message = format!("`{name}` cannot tell `{other}`: there is no channel");
                between.ok_or_else(|| Refusal::at(other, message, "add one to the topology"))
            };
            tells[from.index()] = others.iter().map(channel).collect::<Result<_, _>>()?;
        }
        let line = |process| {
            let (to, back) =
                (topology.channel_between(process, scheduler), topology.channel_between(scheduler, process));
            to.zip(back)
        };
        let lines: Vec<_> = topology.processes().map(line).collect();
        let mut asking = topology.processes().filter(|process| requests[process.index()] > 0);
        if let Some(cut_off) = asking.find(|process| lines[process.index()].is_none()) {
            let message =
                format!("`{}` and the scheduler cannot speak to each other", topology.name(cut_off));
            return Err(Refusal::at(
                &topology.name(cut_off),
                message,
                "add channels both ways to the topology",
            ));
        }
        Ok(Self { scheduler, requests, tells, lines })
    }
}

impl CentralScheduler {
    /// The scheduler is told: it grants what it can.
    fn schedule(&self, clerk: &mut Clerk, from: ProcessId, letter: &Letter) -> Vec<(ChannelId, Letter)> {
        match letter.says {
            Says::Request => clerk.waiting.push((from, letter.known[from.index()])),
            Says::Release => clerk.holder = None,
            Says::Grant | Says::Hint => {}
        }
        if clerk.holder.is_some() || clerk.waiting.is_empty() {
            return Vec::new();
        }
        let granted = clerk.waiting.remove(0);
        clerk.holder = Some(granted);
        clerk.granted += 1;
        let line = self.lines[granted.0.index()];
        let known = clerk.known.clone();
        line.map(|(_, back)| (back, Letter { says: Says::Grant, known })).into_iter().collect()
    }
}

impl Application for CentralScheduler {
    type State = Clerk;
    type Message = Letter;
    type Step = Turn;

    fn initial(&self, _process: ProcessId) -> Clerk {
        Clerk {
            known: vec![0; self.requests.len()],
            asked: None,
            inside: false,
            told: 0,
            holder: None,
            waiting: Vec::new(),
            granted: 0,
        }
    }

    fn steps(&self, _topology: &Topology, process: ProcessId, clerk: &Clerk) -> Vec<StepOf<Self>> {
        let letter = |says, clerk: &Clerk| Letter { says, known: clerk.known.clone() };
        let mut steps = Vec::new();
        let mut offer = |name, channel, says, after: Clerk| {
            let sends = vec![(channel, letter(says, &after))];
            steps.push(Step { name, state: after, sends });
        };
        let number = clerk.known[process.index()];
        if let Some((line, _)) = self.lines[process.index()] {
            if clerk.asked.is_none() && number < self.requests[process.index()] {
                let mut after = clerk.clone();
                after.known[process.index()] += 1;
                after.asked = Some(after.known.clone());
                offer(Turn::Request(process), line, Says::Request, after);
            }
            if clerk.inside {
                let after = Clerk { asked: None, inside: false, ..clerk.clone() };
                offer(Turn::Exit(process), line, Says::Release, after);
            }
        }
        if let Some(&channel) = self.tells[process.index()].get(clerk.told as usize) {
            let after = Clerk { told: clerk.told + 1, ..clerk.clone() };
            offer(Turn::Tell(process), channel, Says::Hint, after);
        }
        steps
    }

    fn receive(
        &self,
        topology: &Topology,
        process: ProcessId,
        clerk: &Clerk,
        channel: ChannelId,
        letter: &Letter,
    ) -> (Clerk, Vec<(ChannelId, Letter)>) {
        let mut after = clerk.clone();
        for (known, other) in after.known.iter_mut().zip(&letter.known) {
            *known = (*known).max(*other);
        }
        after.inside |= letter.says == Says::Grant;
        let from = topology.channel(channel).from;
        let grants = process == self.scheduler;
        let sends = if grants { self.schedule(&mut after, from, letter) } else { Vec::new() };
        (after, sends)
    }

    fn is_finished(&self, process: ProcessId, clerk: &Clerk) -> bool {
        let index = process.index();
        let is_quiet = clerk.asked.is_none() && clerk.known[index] == self.requests[index];
        is_quiet && clerk.told as usize == self.tells[index].len()
    }

    /// Each step sends one message; a grant is a message only.
    fn progress(&self, _topology: &Topology, process: ProcessId, clerk: &Clerk) -> Option<u64> {
        let asked = clerk.known[process.index()];
        let left = asked - u32::from(clerk.asked.is_some());
        Some(2 * u64::from(asked + left + clerk.told) + u64::from(clerk.granted))
    }

    /// Nobody must ask, or tell anything. Who is inside comes out.
    fn fair(&self, step: &Turn) -> Option<u32> {
        matches!(step, Turn::Exit(_)).then_some(0)
    }

    fn heading(&self, topology: &Topology) -> String {
        let requests = self.requests.iter().copied().map(u64::from).sum();
        format!("{} schedules {}", topology.name(self.scheduler), counted(requests, "request"))
    }

    fn state_text(&self, topology: &Topology, clerk: &Clerk) -> String {
        let name = |(process, _): &(ProcessId, u32)| topology.name(*process);
        let waiting: Vec<&str> = clerk.waiting.iter().map(name).collect();
        let words = [
            clerk.holder.as_ref().map(|holder| format!("granted {}", name(holder))),
            (!waiting.is_empty()).then(|| format!("waiting {}", waiting.join(","))),
            (clerk.asked.is_some() && !clerk.inside).then(|| "asks".to_owned()),
            clerk.inside.then(|| "inside".to_owned()),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        if words.is_empty() { "-".to_owned() } else { words.join(" ") }
    }

    fn message_text(&self, _topology: &Topology, letter: &Letter) -> String {
        format!("{:?}", letter.says)
    }

    fn step_names(&self) -> &'static [&'static str] {
        NAMES
    }

    fn step_text(&self, topology: &Topology, step: &Turn) -> String {
        let name = NAMES[match step {
            Turn::Request(_) => 0,
            Turn::Tell(_) => 1,
            Turn::Exit(_) => 2,
        }];
        format!("{name}({:?})", topology.name(self.step_place(topology, step)))
    }

    fn step_words(&self, _topology: &Topology, step: &Turn) -> Option<String> {
        let words = match step {
            Turn::Request(_) => Some("asks to go in"),
            Turn::Tell(_) => None,
            Turn::Exit(_) => Some("goes out"),
        };
        words.map(str::to_owned)
    }

    fn step_place(&self, _topology: &Topology, step: &Turn) -> ProcessId {
        let (Turn::Request(process) | Turn::Tell(process) | Turn::Exit(process)) = step;
        *process
    }

    fn rules(&self) -> Vec<Rule> {
        vec![MUTUAL_EXCLUSION, REQUEST_ORDER, EVENTUALLY_GRANTED]
    }

    fn holds(&self, _topology: &Topology, rule: Rule, scene: &Scene<'_, Clerk, Letter>) -> bool {
        if rule == MUTUAL_EXCLUSION {
            return scene.states().filter(|(_, clerk)| clerk.inside).count() <= 1;
        }
        let Some((holder, number)) = scene.state(self.scheduler).holder else { return true };
        // What is granted may be over, and the next already asked.
        let granted = scene.state(holder).asked.as_ref().filter(|known| known[holder.index()] == number);
        let happened_before = |(process, clerk): (ProcessId, &Clerk)| {
            let asked = clerk.asked.as_ref().filter(|_| process != holder && !clerk.inside);
            asked
                .zip(granted)
                .is_some_and(|(asked, granted)| asked[process.index()] <= granted[process.index()])
        };
        !scene.states().any(happened_before)
    }

    fn detects(&self, _topology: &Topology, _rule: Rule, scene: &Scene<'_, Clerk, Letter>) -> u64 {
        let waiting = scene.states().filter(|(_, clerk)| clerk.asked.is_some() && !clerk.inside);
        waiting.map(|(process, _)| 1 << process.index()).sum()
    }
}
