//! Message logging with receipts that have names of their own: who received, in which incarnation, at which position. What is
//! received depends on a set of them, all of them, and one is lost if its process no longer has it.

use std::collections::BTreeSet;

use crate::search::{explore, failing, figures, verdict};

/// A receipt: process, incarnation, position.
type Name = (usize, usize, usize);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Entry {
    from: usize,
    index: usize,
    incarnation: usize,
    depends: BTreeSet<Name>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Message {
    Work(usize, BTreeSet<Name>),
    Again(usize),
}

#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Process {
    log: Vec<Entry>,
    stable: usize,
    sent: usize,
    crashes: usize,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    processes: Vec<Process>,
    /// By sender and receiver.
    channels: Vec<Vec<Vec<Message>>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Logs {
    Pessimistic,
    Optimistic,
    BeforeSending,
}
use Logs::{BeforeSending, Optimistic, Pessimistic};

/// A system of processes that can all send to each other.
#[derive(Clone, Copy)]
struct Setting {
    processes: usize,
    /// From, to, after.
    messages: &'static [(usize, usize, usize)],
    crashes: &'static [usize],
    logs: Logs,
    resends: bool,
    suppresses: bool,
}

const NAMES: [&str; 3] = ["A", "B", "C"];

impl Setting {
    fn list(&self, at: usize) -> Vec<(usize, usize)> {
        let own = self.messages.iter().filter(|it| it.0 == at);
        own.map(|&(_, to, after)| (to, after)).collect()
    }

    /// The message of a list, and its index among those to the same process.
    fn work(&self, state: &State, at: usize, place: usize) -> (usize, usize, Message) {
        let list = self.list(at);
        let (to, after) = list[place];
        let index = list[..=place].iter().filter(|it| it.0 == to).count();
        (to, index, Message::Work(index, state.depends(at, after)))
    }

    fn first(&self) -> State {
        let all = self.processes;
        State { processes: vec![Process::default(); all], channels: vec![vec![Vec::new(); all]; all] }
    }

    fn next(&self, state: &State) -> Vec<State> {
        let mut all = Vec::new();
        for at in 0..self.processes {
            let now = &state.processes[at];
            let reached = if self.logs == BeforeSending { now.stable } else { now.log.len() };
            if self.list(at).get(now.sent).is_some_and(|&(_, after)| after <= reached) {
                let mut next = state.clone();
                let (to, _, message) = self.work(state, at, now.sent);
                next.channels[at][to].push(message);
                next.processes[at].sent += 1;
                all.push(next);
            }
            if now.stable < now.log.len() {
                let mut next = state.clone();
                next.processes[at].stable = now.log.len();
                all.push(next);
            }
            if now.crashes < self.crashes[at] {
                all.push(self.crash(state, at));
            }
        }
        for from in 0..self.processes {
            for to in (0..self.processes).filter(|&to| !state.channels[from][to].is_empty()) {
                all.push(self.receive(state, from, to));
            }
        }
        all
    }

    fn crash(&self, state: &State, at: usize) -> State {
        let mut next = state.clone();
        let process = &mut next.processes[at];
        process.log.truncate(process.stable);
        process.sent = 0;
        process.crashes += 1;
        let process = process.clone();
        for from in (0..self.processes).filter(|&from| self.list(from).iter().any(|it| it.0 == at)) {
            next.channels[at][from].push(Message::Again(process.had(from) + 1));
        }
        next
    }

    fn receive(&self, state: &State, from: usize, to: usize) -> State {
        let mut next = state.clone();
        match next.channels[from][to].remove(0) {
            Message::Work(index, depends) => {
                let process = &mut next.processes[to];
                let had = process.had(from);
                if index == had + 1 || (index <= had && !self.suppresses) {
                    process.log.push(Entry { from, index, incarnation: process.crashes, depends });
                }
                if self.logs == Pessimistic {
                    process.stable = process.log.len();
                }
            }
            Message::Again(first) => {
                for place in (0..state.processes[to].sent).filter(|_| self.resends) {
                    let (back, index, message) = self.work(state, to, place);
                    if back == from && index >= first {
                        next.channels[to][from].push(message);
                    }
                }
            }
        }
        next
    }

    fn is_received_once(&self, state: &State) -> bool {
        (0..self.processes).all(|from| {
            (0..self.processes).all(|to| {
                let sent = &self.list(from)[..state.processes[from].sent];
                let sent = sent.iter().filter(|it| it.0 == to).count();
                let log = state.processes[to].log.iter().filter(|entry| entry.from == from);
                log.map(|entry| entry.index).eq(1..=sent)
            })
        })
    }

    fn text(&self) -> String {
        let names =
            NAMES[..self.processes].iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        let message = |&(from, to, after): &(usize, usize, usize)| {
            format!("(from: {:?}, to: {:?}, after: {after}), ", NAMES[from], NAMES[to])
        };
        let messages: String = self.messages.iter().map(message).collect();
        let crash = |(at, crashes): (usize, &usize)| format!("{:?}: {crashes}, ", NAMES[at]);
        let crashes: String = self.crashes.iter().enumerate().map(crash).collect();
        let logs = match self.logs {
            Pessimistic => "Pessimistic",
            Optimistic => "Optimistic",
            BeforeSending => "BeforeSending",
        };
        let (resends, suppresses) = (self.resends, self.suppresses);
        format!(
            "Model(name: \"here\", topology: Complete([{names}]), application: Logging(
                messages: [{messages}], crashes: {{{crashes}}}, logging: {logs},
                resends: {resends}, suppresses: {suppresses},
            ))"
        )
    }
}

impl Process {
    /// The largest index that has come from there.
    fn had(&self, from: usize) -> usize {
        self.log.iter().filter(|entry| entry.from == from).map(|entry| entry.index).max().unwrap_or(0)
    }
}

impl State {
    /// All receipts that the state of a process after so many of its own depends on.
    fn depends(&self, at: usize, position: usize) -> BTreeSet<Name> {
        let log = self.processes[at].log[..position].iter();
        let own = log.clone().enumerate().map(|(place, entry)| (at, entry.incarnation, place + 1));
        own.chain(log.flat_map(|entry| entry.depends.iter().copied())).collect()
    }

    fn has(&self, (at, incarnation, position): Name) -> bool {
        self.processes[at].log.get(position - 1).is_some_and(|entry| entry.incarnation == incarnation)
    }

    fn has_orphan(&self) -> bool {
        let mut all = (0..self.processes.len()).flat_map(|at| self.depends(at, self.processes[at].log.len()));
        all.any(|name| !self.has(name))
    }
}

/// The figures agree, and so do the rules that fail.
fn agrees(setting: Setting, states: usize, fail: &[&str]) {
    let (mut orphans, mut wrong) = (0, 0);
    let next = |state: &State| setting.next(state).into();
    let account = explore(setting.first(), next, |state, is_terminal| {
        orphans += usize::from(state.has_orphan());
        wrong += usize::from(is_terminal && !setting.is_received_once(state));
    });
    let verdict = verdict(&setting.text());
    assert_eq!(figures(&verdict), account, "{}", setting.text());
    assert_eq!(failing(&verdict), fail, "{}", setting.text());
    assert_eq!(
        [orphans > 0, wrong > 0],
        ["NoOrphanProcess", "ReceivedOnce"].map(|rule| fail.contains(&rule))
    );
    assert_eq!(account.states, states, "{}", setting.text());
}

/// Each of A and C asks B, who asks C, and answers A.
const ASKED: Setting = Setting {
    processes: 3,
    messages: &[(0, 1, 0), (2, 1, 0), (1, 2, 1), (1, 0, 2)],
    crashes: &[0, 1, 0],
    logs: Pessimistic,
    resends: true,
    suppresses: true,
};

/// To and fro, and each may crash.
const PAIR: Setting = Setting {
    processes: 2,
    messages: &[(0, 1, 0), (1, 0, 1), (0, 1, 1), (1, 0, 2)],
    crashes: &[1, 1],
    ..ASKED
};

#[test]
fn who_logs_in_time_leaves_no_orphan() {
    agrees(ASKED, 609, &[]);
    agrees(PAIR, 1061, &[]);
    agrees(Setting { logs: BeforeSending, ..ASKED }, 1311, &[]);
    agrees(Setting { logs: BeforeSending, ..PAIR }, 1487, &[]);
}

#[test]
fn who_logs_at_last_may_leave_orphans() {
    agrees(Setting { logs: Optimistic, ..ASKED }, 3205, &["NoOrphanProcess"]);
    agrees(Setting { logs: Optimistic, ..PAIR }, 6866, &["NoOrphanProcess"]);
    agrees(Setting { logs: Optimistic, crashes: &[0, 2], ..PAIR }, 3083, &["NoOrphanProcess"]);
}

#[test]
fn what_is_lost_must_be_sent_again_and_what_comes_twice_put_aside() {
    agrees(Setting { suppresses: false, ..ASKED }, 919, &["ReceivedOnce"]);
    agrees(Setting { logs: BeforeSending, resends: false, ..ASKED }, 998, &["ReceivedOnce"]);
    // What is stable at once is never missing.
    agrees(Setting { resends: false, ..ASKED }, 438, &[]);
}
