//! A replicated state machine with logical clocks: Lamport, CACM 21(7), 1978, page 562 ("state machine"); the lectures call it
//! totally-ordered multicast. Each replica stamps its updates with its clock and sends them to all; who receives one
//! acknowledges it to all, with its own clock. An update is applied when it is the first by (clock, process) of those that
//! wait, and a later clock has been heard from every other: then nothing earlier can come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::counts::{COUNT_MAX, counted};
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// A replicated state machine.
///
/// An account in two places: who pays in here and adds interest there must agree on which comes first.
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
///
/// let bank = |order: &str| {
///     let text = format!(r#"Model(
///         name: "bank", topology: Complete(["SF", "NY"]),
///         application: ReplicatedMachine(start: 1000, order: {order},
///             updates: {{"SF": [Deposit(100)], "NY": [Interest(1)]}}),
///     )"#);
///     check(&read(&Source::new("bank.ron", text)).unwrap(), &Options::default())
/// };
/// assert_eq!(bank("ByClock").word, Word::Verified);
/// assert_eq!(bank("OnArrival").word, Word::Violated);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicatedMachine {
    /// The value that each replica starts with.
    pub start: u64,
    /// What each replica issues, in this order.
    pub updates: Vec<Vec<Update>>,
    /// When updates are applied.
    pub order: Order,
    /// Who may crash.
    pub crashes: Vec<bool>,
}

/// What is done to the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Update {
    /// So much more.
    Deposit(u64),
    /// So many hundredths more, rounded down.
    Interest(u64),
}

/// When updates are applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Order {
    /// In the order of their stamps, when nothing earlier can come.
    #[default]
    ByClock,
    /// As they come; one's own at once.
    OnArrival,
}

/// How a model writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "ReplicatedMachine", deny_unknown_fields)]
pub struct Written {
    #[serde(default)]
    start: u64,
    updates: BTreeMap<String, Vec<Update>>,
    #[serde(default)]
    order: Order,
    #[serde(default)]
    crashes: Vec<String>,
}

/// An update by its stamp. The order is that of the stamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Stamp {
    /// The clock of its issuer.
    pub clock: u32,
    /// Who has issued it.
    pub issuer: ProcessId,
    /// Which of the issuer's updates it is.
    pub number: u32,
}

/// The state of one process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Replica {
    /// Its logical clock.
    pub clock: u32,
    /// The largest clock heard from each process.
    pub heard: Vec<u32>,
    /// Updates that wait, the earliest first.
    pub waiting: Vec<Stamp>,
    /// Updates that are applied, in that order.
    pub applied: Vec<Stamp>,
    /// What they have made of the value.
    pub value: u64,
    /// How many updates it has issued.
    pub issued: u32,
    /// It does nothing any more.
    pub crashed: bool,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum News {
    /// An update.
    Update(Stamp),
    /// An update has come; the clock is by now this.
    Ack(u32),
}

/// A step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// Issues its next update.
    Issue(ProcessId),
    /// Crashes: it takes no step and answers nothing any more.
    Crash(ProcessId),
}

/// The most that a value can come to: what a double can count.
const VALUE_MAX: u128 = 1 << 53;

/// All apply the same in the same order, some further than others.
const SAME_ORDER: Rule = Rule {
    number: 0,
    name: "SameOrder",
    when: When::Always,
    says: "all replicas apply the same updates in the same order, that of their stamps",
    otherwise: "two replicas apply updates in different orders, or not in that of their stamps",
};
/// In the end all have everything, and the same value.
const REPLICAS_AGREE: Rule = Rule {
    number: 1,
    name: "ReplicasAgree",
    when: When::AtTheEnd,
    says: "in the end every update is applied everywhere, and all values are equal",
    otherwise: "nothing more can happen, but an update is not applied everywhere or values differ",
};
/// Who is alive does not wait for ever.
const PROGRESS: Rule = Rule {
    number: 2,
    name: "Progress",
    when: When::AtTheEnd,
    says: "in the end no update waits at a replica that is alive",
    otherwise: "nothing more can happen, but an update waits at a replica that is alive",
};

impl Readable for ReplicatedMachine {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        let named =
            |name: &String| topology.process_named(name).ok_or_else(|| Refusal::no_process(name, topology));
        Refusal::unless_complete(topology)?;
        let processes = topology.names().len();
        let mut updates = vec![Vec::new(); processes];
        for (name, list) in &written.updates {
            updates[named(name)?.index()].clone_from(list);
        }
        let mut crashes = vec![false; processes];
        for name in &written.crashes {
            crashes[named(name)?.index()] = true;
        }
        let machine = Self { start: written.start, updates, order: written.order, crashes };
        machine.refusal().map_or(Ok(machine), Err)
    }
}

impl ReplicatedMachine {
    /// What is too much.
    fn refusal(&self) -> Option<Refusal> {
        let updates = || self.updates.iter().flatten();
        let count = updates().count();
        if count > COUNT_MAX as usize {
            let message = format!("{count} updates; the most supported is {COUNT_MAX}");
            return Some(Refusal::of_all(message, "leave some out"));
        }
        // Whatever the order, it is no more than with interest on everything.
        let (mut all, mut percents) = (u128::from(self.start), Vec::new());
        updates().for_each(|update| match *update {
            Update::Deposit(amount) => all += u128::from(amount),
            Update::Interest(percent) => percents.push(u128::from(percent) + 100),
        });
        let with_interest = |value: u128, percent: u128| value.saturating_mul(percent).div_ceil(100);
        let most = percents.into_iter().fold(all.min(VALUE_MAX + 1), with_interest);
        let too_much = || Refusal::of_all("the value can become larger than is supported", "deposit less");
        (most > VALUE_MAX).then(too_much)
    }

    fn update(&self, stamp: Stamp) -> Update {
        self.updates[stamp.issuer.index()][stamp.number as usize]
    }

    fn apply(&self, replica: &mut Replica, stamp: Stamp) {
        let more = match self.update(stamp) {
            Update::Deposit(amount) => amount,
            Update::Interest(percent) => replica.value.saturating_mul(percent) / 100,
        };
        // Only a channel that repeats updates can take it to the end of what can be counted.
        replica.value = replica.value.saturating_add(more);
        replica.applied.push(stamp);
    }

    /// An update is known here now.
    fn take_in(&self, process: ProcessId, replica: &mut Replica, stamp: Stamp) {
        match self.order {
            Order::OnArrival => self.apply(replica, stamp),
            Order::ByClock => {
                let place = replica.waiting.partition_point(|other| *other <= stamp);
                replica.waiting.insert(place, stamp);
                self.apply_what_can_be(process, replica);
            }
        }
    }

    /// The first that waits, as long as nothing earlier can come: channels are FIFO and clocks grow, so from its issuer
    /// and from whoever has been heard with a later clock only later ones do.
    fn apply_what_can_be(&self, process: ProcessId, replica: &mut Replica) {
        while let Some(&first) = replica.waiting.first() {
            let heard = replica.heard.iter().enumerate();
            let others =
                heard.filter(|(other, _)| *other != process.index() && *other != first.issuer.index());
            if !others.into_iter().all(|(_, &clock)| clock > first.clock) {
                return;
            }
            replica.waiting.remove(0);
            self.apply(replica, first);
        }
    }

    fn issue(&self, process: ProcessId, replica: &Replica) -> (Replica, Stamp) {
        let mut after = Replica { clock: replica.clock + 1, issued: replica.issued + 1, ..replica.clone() };
        let stamp = Stamp { clock: after.clock, issuer: process, number: replica.issued };
        self.take_in(process, &mut after, stamp);
        (after, stamp)
    }

    fn stamp_text(&self, topology: &Topology, stamp: Stamp) -> String {
        format!("{:?}@{}{}", self.update(stamp), stamp.clock, topology.name(stamp.issuer))
    }
}

fn to_all(topology: &Topology, process: ProcessId, news: News) -> Vec<(ChannelId, News)> {
    topology.outgoing(process).iter().map(|&channel| (channel, news)).collect()
}

impl Application for ReplicatedMachine {
    type State = Replica;
    type Message = News;
    type Step = Turn;

    fn initial(&self, _process: ProcessId) -> Replica {
        Replica {
            clock: 0,
            heard: vec![0; self.updates.len()],
            waiting: Vec::new(),
            applied: Vec::new(),
            value: self.start,
            issued: 0,
            crashed: false,
        }
    }

    fn steps(&self, topology: &Topology, process: ProcessId, replica: &Replica) -> Vec<StepOf<Self>> {
        let mut steps = Vec::new();
        if replica.crashed {
            return steps;
        }
        if (replica.issued as usize) < self.updates[process.index()].len() {
            let (state, stamp) = self.issue(process, replica);
            let sends = to_all(topology, process, News::Update(stamp));
            steps.push(Step { name: Turn::Issue(process), state, sends });
        }
        if self.crashes[process.index()] {
            let state = Replica { crashed: true, ..replica.clone() };
            steps.push(Step { name: Turn::Crash(process), state, sends: Vec::new() });
        }
        steps
    }

    fn receive(
        &self,
        topology: &Topology,
        process: ProcessId,
        replica: &Replica,
        channel: ChannelId,
        news: &News,
    ) -> (Replica, Vec<(ChannelId, News)>) {
        let mut after = replica.clone();
        if replica.crashed {
            return (after, Vec::new());
        }
        let (News::Update(Stamp { clock, .. }) | News::Ack(clock)) = *news;
        let heard = &mut after.heard[topology.channel(channel).from.index()];
        *heard = clock.max(*heard);
        after.clock = after.clock.max(clock) + 1;
        let News::Update(stamp) = *news else {
            self.apply_what_can_be(process, &mut after);
            return (after, Vec::new());
        };
        self.take_in(process, &mut after, stamp);
        let ack = News::Ack(after.clock);
        (after, to_all(topology, process, ack))
    }

    fn is_finished(&self, process: ProcessId, replica: &Replica) -> bool {
        let may_crash = self.crashes[process.index()];
        replica.crashed || (!may_crash && replica.issued as usize == self.updates[process.index()].len())
    }

    /// Each update that is known here was told to all when it was issued, or acknowledged to all when it came.
    fn progress(&self, topology: &Topology, process: ProcessId, replica: &Replica) -> Option<u64> {
        let known = (replica.waiting.len() + replica.applied.len()) as u64;
        let others = topology.outgoing(process).len() as u64;
        Some(u64::from(replica.issued) + u64::from(replica.crashed) + others * known)
    }

    fn heading(&self, _topology: &Topology) -> String {
        let order = match self.order {
            Order::ByClock => "by their clocks",
            Order::OnArrival => "as they come",
        };
        let updates = self.updates.iter().map(|updates| updates.len() as u64).sum();
        format!("{} {order}", counted(updates, "update"))
    }

    /// `1100: Deposit(100)@1A waiting Interest(1)@1B`: the value, what is applied, what waits.
    fn state_text(&self, topology: &Topology, replica: &Replica) -> String {
        let list = |stamps: &[Stamp]| {
            stamps.iter().map(|&stamp| self.stamp_text(topology, stamp)).collect::<Vec<_>>().join(" ")
        };
        let mut text = replica.value.to_string();
        if !replica.applied.is_empty() {
            text += &format!(": {}", list(&replica.applied));
        }
        if !replica.waiting.is_empty() {
            text += &format!(" waiting {}", list(&replica.waiting));
        }
        text + if replica.crashed { " crashed" } else { "" }
    }

    /// `Deposit(100,1)`: the clock comes last.
    fn message_text(&self, _topology: &Topology, news: &News) -> String {
        match *news {
            News::Ack(clock) => format!("Ack({clock})"),
            News::Update(stamp) => match self.update(stamp) {
                Update::Deposit(amount) => format!("Deposit({amount},{})", stamp.clock),
                Update::Interest(percent) => format!("Interest({percent},{})", stamp.clock),
            },
        }
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Issue", "Crash"]
    }

    fn step_text(&self, topology: &Topology, step: &Turn) -> String {
        let (Turn::Issue(process) | Turn::Crash(process)) = *step;
        let name = if matches!(step, Turn::Crash(_)) { "Crash" } else { "Issue" };
        format!("{name}({:?})", topology.name(process))
    }

    fn step_words(&self, _topology: &Topology, step: &Turn) -> Option<String> {
        matches!(step, Turn::Crash(_)).then(|| "crashes".to_owned())
    }

    fn step_place(&self, _topology: &Topology, step: &Turn) -> ProcessId {
        let (Turn::Issue(process) | Turn::Crash(process)) = step;
        *process
    }

    fn rules(&self) -> Vec<Rule> {
        vec![SAME_ORDER, REPLICAS_AGREE, PROGRESS]
    }

    fn holds(&self, _topology: &Topology, rule: Rule, scene: &Scene<'_, Replica, News>) -> bool {
        let replicas: Vec<&Replica> = scene.states().map(|(_, replica)| replica).collect();
        if rule == SAME_ORDER {
            let longest = replicas.iter().map(|replica| &replica.applied).max_by_key(|applied| applied.len());
            return longest.is_none_or(|longest| {
                longest.is_sorted() && replicas.iter().all(|replica| longest.starts_with(&replica.applied))
            });
        }
        if rule == PROGRESS {
            return replicas.iter().all(|replica| replica.crashed || replica.waiting.is_empty());
        }
        let issued: usize = replicas.iter().map(|replica| replica.issued as usize).sum();
        let same = |replica: &&Replica| replica.applied.len() == issued && replica.value == replicas[0].value;
        replicas.iter().all(same)
    }
}
