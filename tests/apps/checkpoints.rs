//! Checkpoints, by the histories of all processes: every sending, receipt and checkpoint, in order. An orphan is a message
//! that one history has received and another has not sent, and a recovery line is found by trying every vector of checkpoints.

use std::collections::HashMap;

use cl_check::apps::checkpoints::{Message, Worker, recovery_line};
use cl_check::engine::verdict::Verdict;
use cl_check::model::{Source, read};
use cl_check::network::{ProcessId, Scene, Standing, Topology};

use crate::search::{explore, failing, figures, verdict};

/// A message: the how manyth of its sender, or a signal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sent {
    Work(usize, usize),
    Signal(usize),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Happened {
    Sent(usize, usize),
    Received(usize, usize),
    Checkpoint,
}
use Happened::{Checkpoint, Received};

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    histories: Vec<Vec<Happened>>,
    /// By sender and receiver.
    channels: Vec<Vec<Vec<Sent>>>,
}

/// A system, and what of it the program is asked.
#[derive(Clone, Copy)]
struct Setting {
    topology: &'static str,
    channels: &'static [(usize, usize)],
    sends: usize,
    checkpoints: usize,
    /// Do all take theirs at the signal of the first?
    signal: bool,
    after_news: bool,
    everyone: bool,
}

const PAIR: &[(usize, usize)] = &[(0, 1), (1, 0)];
const RING: &[(usize, usize)] = &[(0, 1), (1, 2), (2, 0)];
const LINE: &[(usize, usize)] = &[(0, 1), (1, 0), (1, 2), (2, 1)];

impl Setting {
    fn processes(&self) -> usize {
        1 + self.channels.iter().map(|&(from, _)| from).max().expect("some channels")
    }

    fn first(&self) -> State {
        let all = self.processes();
        State { histories: vec![Vec::new(); all], channels: vec![vec![Vec::new(); all]; all] }
    }

    fn save(&self, state: &mut State, at: usize) {
        state.histories[at].push(Checkpoint);
        if self.signal {
            let signal = Sent::Signal(state.taken(at));
            self.outgoing(at).for_each(|to| state.channels[at][to].push(signal));
        }
    }

    fn outgoing(&self, at: usize) -> impl Iterator<Item = usize> {
        self.channels.iter().filter(move |&&(from, _)| from == at).map(|&(_, to)| to)
    }

    fn next(&self, state: &State) -> Vec<State> {
        let mut all = Vec::new();
        for at in 0..self.processes() {
            if state.sent(at) < self.sends {
                all.extend(self.outgoing(at).map(|to| {
                    let mut after = state.clone();
                    let message = (at, state.sent(at));
                    after.histories[at].push(Happened::Sent(message.0, message.1));
                    after.channels[at][to].push(Sent::Work(message.0, message.1));
                    after
                }));
            }
            let may = state.taken(at) < self.checkpoints && (at == 0 || !self.signal);
            if may && (!self.after_news || state.has_news(at)) {
                let mut after = state.clone();
                self.save(&mut after, at);
                all.push(after);
            }
        }
        for &(from, to) in self.channels.iter().filter(|&&(from, to)| !state.channels[from][to].is_empty()) {
            let mut after = state.clone();
            match after.channels[from][to].remove(0) {
                Sent::Work(by, number) => after.histories[to].push(Received(by, number)),
                Sent::Signal(number) if number > state.taken(to) => self.save(&mut after, to),
                Sent::Signal(_) => {}
            }
            all.push(after);
        }
        all
    }

    fn verdict(&self, rolls_back_at_most: usize) -> Verdict {
        let checkpoints = self.checkpoints;
        let (checkpoints, signal) = if self.signal {
            (format!("{{\"A\": {checkpoints}}}"), ", signal: \"A\"")
        } else {
            (checkpoints.to_string(), "")
        };
        verdict(&format!(
            "Model(name: \"here\", topology: {}, application: Checkpoints(
                sends: {}, checkpoints: {checkpoints}{signal}, after_news: {}, crash: {},
                domino_from: {}, rolls_back_at_most: {rolls_back_at_most},
            ))",
            self.topology,
            self.sends,
            self.after_news,
            if self.everyone { "Everyone" } else { "AnyOne" },
            self.checkpoints,
        ))
    }

    fn topology(&self) -> Topology {
        let text = format!(
            "Model(name: \"here\", topology: {}, application: Checkpoints(sends: 0, checkpoints: 0))",
            self.topology
        );
        read(&Source::new("here.ron", text)).unwrap_or_else(|error| panic!("{error}")).topology
    }
}

impl State {
    fn sent(&self, at: usize) -> usize {
        self.histories[at].iter().filter(|it| matches!(it, Happened::Sent(..))).count()
    }

    fn taken(&self, at: usize) -> usize {
        self.histories[at].iter().filter(|it| **it == Checkpoint).count()
    }

    /// Has something come that was sent behind a checkpoint which had sent all that had come before?
    fn has_news(&self, at: usize) -> bool {
        let history = &self.histories[at];
        let last = history.iter().rposition(|it| *it == Checkpoint).unwrap_or(0);
        let newest = |happened: &[Happened], from: usize| {
            let numbers = happened.iter().map(|it| match *it {
                Received(by, number) if by == from => self.saved_by(by, number),
                _ => 0,
            });
            numbers.max().unwrap_or(0)
        };
        (0..self.histories.len()).any(|from| newest(&history[last..], from) > newest(&history[..last], from))
    }

    /// What had happened at this checkpoint; all, where there is none of that number.
    fn until(&self, at: usize, number: usize) -> &[Happened] {
        let history = &self.histories[at];
        let mut checkpoints = (0..history.len()).filter(|&place| history[place] == Checkpoint);
        match number.checked_sub(1) {
            None => &[],
            Some(before) => &history[..checkpoints.nth(before).unwrap_or(history.len())],
        }
    }

    fn is_consistent(&self, vector: &[usize]) -> bool {
        let mut received = (0..vector.len()).flat_map(|at| self.until(at, vector[at]));
        received.all(|it| match *it {
            Received(by, number) => self.until(by, vector[by]).contains(&Happened::Sent(by, number)),
            _ => true,
        })
    }

    /// The greatest consistent vector, by trying all of them: of each process the greatest number in any.
    fn line(&self, has_crashed: impl Fn(usize) -> bool) -> Vec<usize> {
        let all = self.histories.len();
        let last: Vec<usize> = (0..all).map(|at| self.taken(at) + usize::from(!has_crashed(at))).collect();
        let mut greatest = vec![0; all];
        let mut vector = vec![0; all];
        loop {
            if self.is_consistent(&vector) {
                (0..all).for_each(|at| greatest[at] = vector[at].max(greatest[at]));
            }
            let Some(place) = (0..all).find(|&at| vector[at] < last[at]) else { break };
            vector[..place].fill(0);
            vector[place] += 1;
        }
        assert!(self.is_consistent(&greatest), "there is a greatest one");
        greatest
    }

    fn lines(&self, everyone: bool) -> Vec<Vec<usize>> {
        if everyone {
            return vec![self.line(|_| true)];
        }
        (0..self.histories.len()).map(|crashed| self.line(|at| at == crashed)).collect()
    }

    /// The sender's first checkpoint that has sent this.
    fn saved_by(&self, by: usize, number: usize) -> u32 {
        let knows = |&checkpoint: &usize| self.until(by, checkpoint).contains(&Happened::Sent(by, number));
        (1..=self.taken(by) + 1).find(knows).expect("it has been sent") as u32
    }

    /// What the program keeps of all this.
    fn projected(&self, channels: &[(usize, usize)]) -> Vec<Standing<Worker, Message>> {
        let all = self.histories.len();
        let known = |happened: &[Happened]| {
            let mut known = vec![0; all];
            for it in happened {
                if let Received(by, number) = *it {
                    known[by] = self.saved_by(by, number).max(known[by]);
                }
            }
            known
        };
        let message = |sent: &Sent| match *sent {
            Sent::Work(by, number) => Message::Work(self.saved_by(by, number)),
            Sent::Signal(number) => Message::Signal(number as u32),
        };
        let standing = |at: usize| {
            let saved = (1..=self.taken(at)).map(|number| known(self.until(at, number))).collect();
            let worker = Worker { sent: self.sent(at) as u32, known: known(&self.histories[at]), saved };
            let incoming = channels.iter().filter(|&&(_, to)| to == at);
            (
                worker,
                incoming.map(|&(from, _)| self.channels[from][at].iter().map(message).collect()).collect(),
            )
        };
        (0..all).map(standing).collect()
    }
}

/// Propagation finds what enumeration finds, in every state and whoever crashes.
fn propagates(topology: &Topology, state: &State, standing: &[Standing<Worker, Message>]) {
    let scene = Scene::new(topology, &standing.iter().collect::<Vec<_>>());
    let all = state.histories.len();
    for crashed in 0..1_usize << all {
        let has_crashed = |at: usize| crashed >> at & 1 == 1;
        let found = recovery_line(topology, &scene, |process: ProcessId| has_crashed(process.index()));
        let found: Vec<usize> = found.into_iter().map(|number| number as usize).collect();
        assert_eq!(found, state.line(has_crashed));
    }
}

/// The figures agree, and so do the rules: the largest rollback is exactly what is found here.
fn agrees(setting: Setting, expected: [usize; 2], largest: usize, is_domino: bool) {
    let topology = setting.topology();
    let mut met = HashMap::new();
    let (mut given_up, mut dominoes, mut older) = (0, 0, 0);
    let next = |state: &State| setting.next(state).into();
    explore(setting.first(), next, |state, is_terminal| {
        let standing = state.projected(setting.channels);
        propagates(&topology, state, &standing);
        let taken: Vec<usize> = (0..setting.processes()).map(|at| state.taken(at)).collect();
        let fewest = *taken.iter().min().expect("some processes");
        for line in state.lines(setting.everyone) {
            let lost = line.iter().zip(&taken).map(|(number, taken)| taken.saturating_sub(*number));
            given_up = lost.max().expect("some processes").max(given_up);
            dominoes += usize::from(fewest >= setting.checkpoints && line.iter().all(|&number| number == 0));
            older += usize::from(line.iter().any(|&number| number < fewest));
        }
        met.insert(standing, (setting.next(state).len(), is_terminal));
    });
    assert_eq!((given_up, dominoes > 0), (largest, is_domino), "{}", setting.topology);
    assert!(!setting.signal || older == 0);
    let just = setting.verdict(largest);
    let found = figures(&just);
    assert_eq!([found.states, found.transitions], expected);
    assert_eq!(met.len(), found.states);
    assert_eq!(met.values().map(|it| it.0).sum::<usize>(), found.transitions);
    assert_eq!(met.values().filter(|it| it.1).count(), found.terminals);
    assert_eq!(failing(&just), if is_domino { vec!["NoDomino"] } else { vec![] });
    if largest > 0 {
        assert!(failing(&setting.verdict(largest - 1)).contains(&"RollsBackAtMost"));
    }
}

const FREE: Setting = Setting {
    topology: "Complete([\"A\", \"B\"])",
    channels: PAIR,
    sends: 2,
    checkpoints: 2,
    signal: false,
    after_news: false,
    everyone: true,
};

#[test]
fn two_processes_agree() {
    agrees(FREE, [6238, 13_998], 2, true);
    agrees(Setting { everyone: false, ..FREE }, [6238, 13_998], 2, true);
    agrees(Setting { sends: 1, ..FREE }, [501, 840], 2, true);
    agrees(Setting { sends: 3, checkpoints: 1, ..FREE }, [2921, 7750], 1, true);
}

#[test]
fn who_waits_for_news_agrees() {
    agrees(Setting { after_news: true, ..FREE }, [198, 384], 2, true);
    agrees(Setting { after_news: true, sends: 3, everyone: false, ..FREE }, [1032, 2528], 2, true);
}

#[test]
fn three_processes_agree() {
    let ring = Setting { topology: "Ring([\"A\", \"B\", \"C\"])", channels: RING, sends: 1, ..FREE };
    let line = Setting { topology: "Line([\"A\", \"B\", \"C\"])", channels: LINE, sends: 1, ..FREE };
    agrees(Setting { checkpoints: 1, ..ring }, [969, 2316], 1, true);
    agrees(Setting { checkpoints: 1, ..line }, [1775, 4298], 1, false);
}

#[test]
fn a_signal_keeps_lines_from_the_beginning() {
    let ring = Setting { topology: "Ring([\"A\", \"B\", \"C\"])", channels: RING, sends: 1, ..FREE };
    agrees(Setting { signal: true, ..FREE }, [2376, 5005], 2, false);
    agrees(Setting { signal: true, everyone: false, ..FREE }, [2376, 5005], 2, false);
    agrees(Setting { signal: true, ..ring }, [1759, 3908], 2, false);
}
