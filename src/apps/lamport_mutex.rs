//! Mutual exclusion with logical clocks: Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM
//! 21(7), 1978, pages 561 and 562. Whoever wants in puts a request with its clock into its own queue and tells all; who is
//! told queues the request too, and acknowledges it. In goes who has heard from all, and whose request is the oldest: the
//! smallest clock, and of equal clocks the first process.
//!
//! The conventions are those of `lamport_mutex` among the examples of TLA+: clocks begin at 1, a request carries the clock
//! as it is, whoever receives one sets the clock to one more than the larger of both, and acknowledgements and releases
//! carry no clock and change none.

use serde::{Deserialize, Serialize};

use super::counts::{COUNT_MAX, Counts, counted};
use super::exclusion::{EVENTUALLY_GRANTED, MUTUAL_EXCLUSION};
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// Mutual exclusion with logical clocks.
///
/// Two processes that each want in once:
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
///
/// let pair = |more: &str| {
///     let text = format!(r#"Model(
///         name: "pair", topology: Complete(["A", "B"]),
///         application: LamportMutex(requests: 1, {more}),
///     )"#);
///     check(&read(&Source::new("pair.ron", text)).unwrap(), &Options::default())
/// };
/// let verdict = pair("");
/// assert_eq!(verdict.word, Word::Verified);
/// assert_eq!(verdict.stats.distinct_states, 62);
/// assert_eq!(pair("waits_for_acks: false").word, Word::Violated);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LamportMutex {
    /// How many processes there are.
    pub processes: usize,
    /// What keeps it finite.
    pub bound: Bound,
    /// A process goes in only when all others have acknowledged its request.
    pub waits_for_acks: bool,
    /// Who is first of two requests with the same clock.
    pub ties: Ties,
    /// A process tells the others that it is out before it is.
    pub releases_first: bool,
}

/// What keeps the clocks from growing for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// So many requests of each process.
    Requests(Vec<u32>),
    /// No clock may be larger: what would make it so is not done.
    Clock(u32),
}

/// Who is first of two requests with the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Ties {
    /// The process that is listed first, as the algorithm has it.
    #[default]
    ByNumber,
    /// Each of the two: neither waits for the other.
    Both,
    /// None of the two: each waits for the other.
    Neither,
}

/// How a model writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "LamportMutex", deny_unknown_fields)]
pub struct Written {
    requests: Option<Counts>,
    clock_max: Option<u32>,
    #[serde(default = "always")]
    waits_for_acks: bool,
    #[serde(default)]
    ties: Ties,
    #[serde(default)]
    releases_first: bool,
}

fn always() -> bool {
    true
}

/// The state of one process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Member {
    /// Its logical clock.
    pub clock: u32,
    /// The clock of the request of each process that it knows of, its own included; 0 for none.
    pub queue: Vec<u32>,
    /// Who has acknowledged its request, a bit each, itself included.
    pub acks: u64,
    /// It is in the critical section.
    pub inside: bool,
    /// How many requests it has made. Not counted under a bound on clocks.
    pub requests: u32,
    /// How many requests it has acknowledged. Not counted under a bound on clocks.
    pub answers: u32,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Note {
    /// The sender wants in since this clock.
    Request(u32),
    /// The receiver's request is known.
    Ack,
    /// The sender is out.
    Release,
}

/// A step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Turn {
    /// What it does.
    pub act: Act,
    /// Who does it.
    pub process: ProcessId,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Asks to go in.
    Request,
    /// Goes in.
    Enter,
    /// Says that it is out though it is not: only with `releases_first`.
    Release,
    /// Goes out, and says so if it has not.
    Exit,
}

/// Nobody who asked earlier waits while another is inside. What is asked when somebody goes in stays so, for whoever has
/// acknowledged a request asks with a larger clock.
const REQUEST_ORDER: Rule = Rule {
    number: 1,
    name: "RequestOrder",
    when: When::Always,
    says: "nobody is inside while an earlier request waits",
    otherwise: "somebody is inside while another waits whose request is earlier",
};

impl Readable for LamportMutex {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        Refusal::unless_complete(topology)?;
        let refuse = |clock: u32, message: &str, hint: &str| Err(Refusal::at(&clock, message, hint));
        let bound = match (&written.requests, written.clock_max) {
            (Some(requests), None) => Bound::Requests(requests.resolve(topology)?),
            (None, Some(clock @ 1..=COUNT_MAX)) => Bound::Clock(clock),
            (None, Some(clock)) => {
                return refuse(clock, "clocks begin at 1, and end at 1000 at most", "write `clock_max: 3`");
            }
            (Some(_), Some(clock)) => {
                return refuse(clock, "both requests and clocks are bounded", "leave out one of them");
            }
            (None, None) => {
                let message = "neither requests nor clocks are bounded: it would go on for ever";
                return Err(Refusal::of_all(message, "write `requests: 1` or `clock_max: 3`"));
            }
        };
        let &Written { waits_for_acks, ties, releases_first, .. } = written;
        let processes = topology.names().len();
        Ok(Self { processes, bound, waits_for_acks, ties, releases_first })
    }
}

impl LamportMutex {
    /// It has heard from all, and nobody whom it knows of is before it.
    fn may_enter(&self, process: ProcessId, member: &Member) -> bool {
        let own = member.queue[process.index()];
        let beats = |(other, &clock): (usize, &u32)| {
            let wins_tie = match self.ties {
                Ties::ByNumber => process.index() < other,
                Ties::Both => true,
                Ties::Neither => false,
            };
            other == process.index() || clock == 0 || own < clock || (own == clock && wins_tie)
        };
        let acknowledged = !self.waits_for_acks || member.acks.count_ones() as usize == member.queue.len();
        own != 0 && !member.inside && acknowledged && member.queue.iter().enumerate().all(beats)
    }

    fn may_request(&self, process: ProcessId, member: &Member) -> bool {
        let is_bounded = match &self.bound {
            Bound::Requests(requests) => member.requests < requests[process.index()],
            Bound::Clock(_) => true,
        };
        is_bounded && !member.inside && member.queue[process.index()] == 0
    }

    fn counts(&self) -> bool {
        matches!(self.bound, Bound::Requests(_))
    }

    fn request(&self, process: ProcessId, member: &Member) -> Member {
        let mut after = member.clone();
        after.queue[process.index()] = member.clock;
        after.acks = bit(process);
        after.requests += u32::from(self.counts());
        after
    }
}

/// Its own request is taken back.
fn released(process: ProcessId, member: &Member) -> Member {
    let mut after = Member { acks: 0, ..member.clone() };
    after.queue[process.index()] = 0;
    after
}

fn bit(process: ProcessId) -> u64 {
    1 << process.index()
}

impl Application for LamportMutex {
    type State = Member;
    type Message = Note;
    type Step = Turn;

    fn initial(&self, _process: ProcessId) -> Member {
        Member { clock: 1, queue: vec![0; self.processes], acks: 0, inside: false, requests: 0, answers: 0 }
    }

    fn steps(&self, topology: &Topology, process: ProcessId, member: &Member) -> Vec<StepOf<Self>> {
        let all = |note| topology.outgoing(process).iter().map(|&channel| (channel, note)).collect();
        let mut steps = Vec::new();
        let mut offer = |act, state, sends| steps.push(Step { name: Turn { act, process }, state, sends });
        if self.may_request(process, member) {
            let state = self.request(process, member);
            offer(Act::Request, state, all(Note::Request(member.clock)));
        }
        if self.may_enter(process, member) {
            offer(Act::Enter, Member { inside: true, ..member.clone() }, Vec::new());
        }
        if member.inside {
            let has_said_so = member.queue[process.index()] == 0;
            let out = |member: Member| Member { inside: false, ..member };
            match (self.releases_first, has_said_so) {
                (true, false) => offer(Act::Release, released(process, member), all(Note::Release)),
                (true, true) => offer(Act::Exit, out(member.clone()), Vec::new()),
                (false, _) => offer(Act::Exit, out(released(process, member)), all(Note::Release)),
            }
        }
        steps
    }

    fn receive(
        &self,
        topology: &Topology,
        process: ProcessId,
        member: &Member,
        channel: ChannelId,
        note: &Note,
    ) -> (Member, Vec<(ChannelId, Note)>) {
        let from = topology.channel(channel).from;
        let mut after = member.clone();
        let mut sends = Vec::new();
        match *note {
            Note::Request(clock) => {
                after.queue[from.index()] = clock;
                after.clock = clock.max(member.clock) + 1;
                after.answers += u32::from(self.counts());
                sends.extend(topology.channel_between(process, from).map(|back| (back, Note::Ack)));
            }
            Note::Ack => after.acks |= bit(from),
            Note::Release => after.queue[from.index()] = 0,
        }
        (after, sends)
    }

    fn is_finished(&self, process: ProcessId, member: &Member) -> bool {
        self.counts()
            && !self.may_request(process, member)
            && member.queue[process.index()] == 0
            && !member.inside
    }

    /// Each request that it has made was asked, gone in with, released and gone out of, but perhaps the last.
    fn progress(&self, topology: &Topology, process: ProcessId, member: &Member) -> Option<u64> {
        if !self.counts() {
            return None;
        }
        let made = u64::from(member.requests);
        let is_open = member.queue[process.index()] != 0;
        let entered = made - u64::from(is_open && !member.inside);
        let released = made - u64::from(is_open);
        let left = made - u64::from(is_open || member.inside);
        let steps = made + entered + left + if self.releases_first { released } else { 0 };
        let others = topology.outgoing(process).len() as u64;
        Some(steps + others * (made + released) + u64::from(member.answers))
    }

    /// Nobody must ask. Who may go in goes in at last, and comes out.
    fn fair(&self, step: &Turn) -> Option<u32> {
        match step.act {
            Act::Request => None,
            Act::Enter => Some(0),
            Act::Release | Act::Exit => Some(1),
        }
    }

    fn is_beyond(&self, member: &Member) -> bool {
        matches!(self.bound, Bound::Clock(clock_max) if member.clock > clock_max)
    }

    fn heading(&self, _topology: &Topology) -> String {
        let bound = match &self.bound {
            Bound::Clock(clock_max) => format!("clocks up to {clock_max}"),
            Bound::Requests(requests) => counted(requests.iter().copied().map(u64::from).sum(), "request"),
        };
        format!("mutual exclusion, {bound}")
    }

    /// `2 A@1 B@1 acks A,B`: the clock, the requests known of, who has acknowledged.
    fn state_text(&self, topology: &Topology, member: &Member) -> String {
        let mut text = member.clock.to_string();
        for (process, clock) in topology.processes().zip(&member.queue).filter(|(_, clock)| **clock != 0) {
            text += &format!(" {}@{clock}", topology.name(process));
        }
        let acks = topology.processes().filter(|&process| member.acks & bit(process) != 0);
        let acks: Vec<&str> = acks.map(|process| topology.name(process)).collect();
        match (member.inside, acks.is_empty()) {
            (true, _) => text + " inside",
            (false, true) => text,
            (false, false) => text + " acks " + &acks.join(","),
        }
    }

    fn message_text(&self, _topology: &Topology, note: &Note) -> String {
        format!("{note:?}")
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Request", "Enter", "Release", "Exit"]
    }

    fn step_text(&self, topology: &Topology, step: &Turn) -> String {
        format!("{:?}({:?})", step.act, topology.name(step.process))
    }

    fn step_words(&self, _topology: &Topology, step: &Turn) -> Option<String> {
        let words = match step.act {
            Act::Request => "asks to go in",
            Act::Enter => "goes in",
            Act::Release => "says that it is out",
            Act::Exit => "goes out",
        };
        Some(words.to_owned())
    }

    fn step_place(&self, _topology: &Topology, step: &Turn) -> ProcessId {
        step.process
    }

    fn rules(&self) -> Vec<Rule> {
        let mut rules = vec![MUTUAL_EXCLUSION, REQUEST_ORDER];
        rules.extend(self.counts().then_some(EVENTUALLY_GRANTED));
        rules
    }

    fn holds(&self, _topology: &Topology, rule: Rule, scene: &Scene<'_, Member, Note>) -> bool {
        let inside = || scene.states().filter(|(_, member)| member.inside);
        if rule == MUTUAL_EXCLUSION {
            return inside().count() <= 1;
        }
        let stamp = |(process, member): (ProcessId, &Member)| (member.queue[process.index()], process);
        let waiting = || scene.states().filter(|&(process, member)| waits(process, member));
        // Who has said that it is out has no request left to compare.
        inside()
            .map(stamp)
            .filter(|(clock, _)| *clock != 0)
            .all(|granted| waiting().map(stamp).all(|other| granted < other))
    }

    fn detects(&self, _topology: &Topology, _rule: Rule, scene: &Scene<'_, Member, Note>) -> u64 {
        let waiting = scene.states().filter(|&(process, member)| waits(process, member));
        waiting.map(|(process, _)| bit(process)).sum()
    }
}

/// It has asked, and is not inside.
fn waits(process: ProcessId, member: &Member) -> bool {
    member.queue[process.index()] != 0 && !member.inside
}
