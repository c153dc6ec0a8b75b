//! A central scheduler who grants in the order of arrival, and what happened before what as sets of requests.

use std::collections::{BTreeSet, VecDeque};

use crate::search::{Next, explore, failing, figures, verdict};

/// Requests, each by its process and its number.
type Requests = BTreeSet<(usize, u32)>;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Says {
    Request,
    Grant,
    Release,
    Hint,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    /// `network[p][q]`: what is under way, with all requests in its past.
    network: Vec<Vec<VecDeque<(Says, Requests)>>>,
    /// All requests in the past of each process.
    past: Vec<Requests>,
    /// The past of the request that each process has open.
    open: Vec<Option<Requests>>,
    inside: Vec<bool>,
    hints: Vec<VecDeque<usize>>,
    left: Vec<u32>,
    /// At the scheduler, process 0.
    granted: Option<(usize, u32)>,
    queue: VecDeque<(usize, u32)>,
}

impl State {
    fn send(&mut self, from: usize, to: usize, says: Says) {
        let past = self.past[from].clone();
        self.network[from][to].push_back((says, past));
    }

    fn next(&self) -> Vec<Self> {
        let mut all = Vec::new();
        for p in 0..self.past.len() {
            if self.open[p].is_none() && self.left[p] > 0 {
                let mut next = self.clone();
                next.left[p] -= 1;
                next.past[p].insert((p, self.own(p) + 1));
                next.open[p] = Some(next.past[p].clone());
                next.send(p, 0, Says::Request);
                all.push(next);
            }
            if self.inside[p] {
                let mut next = self.clone();
                (next.inside[p], next.open[p]) = (false, None);
                next.send(p, 0, Says::Release);
                all.push(next);
            }
            if let Some(&to) = self.hints[p].front() {
                let mut next = self.clone();
                next.hints[p].pop_front();
                next.send(p, to, Says::Hint);
                all.push(next);
            }
            for q in 0..self.past.len() {
                let mut next = self.clone();
                if let Some((says, past)) = next.network[p][q].pop_front() {
                    next.receive(p, q, says, past);
                    all.push(next);
                }
            }
        }
        all
    }

    fn receive(&mut self, from: usize, to: usize, says: Says, past: Requests) {
        let number = last(&past, from);
        self.past[to].extend(past);
        match says {
            Says::Request => self.queue.push_back((from, number)),
            Says::Grant => self.inside[to] = true,
            Says::Release => self.granted = None,
            Says::Hint => {}
        }
        if to == 0 && self.granted.is_none() && !self.queue.is_empty() {
            self.granted = self.queue.pop_front();
            self.send(0, self.granted.expect("just granted").0, Says::Grant);
        }
    }

    fn own(&self, p: usize) -> u32 {
        last(&self.past[p], p)
    }

    /// A request waits that is in the past of the one granted.
    fn overtakes(&self) -> bool {
        let Some((holder, number)) = self.granted else { return false };
        let Some(past) = self.open[holder].as_ref().filter(|_| self.own(holder) == number) else {
            return false;
        };
        let mut others =
            (0..self.past.len()).filter(|&p| p != holder && self.open[p].is_some() && !self.inside[p]);
        others.any(|p| past.contains(&(p, self.own(p))))
    }
}

/// The last request of a process in a past.
fn last(past: &Requests, of: usize) -> u32 {
    past.iter().filter(|(process, _)| *process == of).map(|(_, number)| *number).max().unwrap_or(0)
}

fn agrees(left: [u32; 3], hints: [&[usize]; 3]) -> Vec<&'static str> {
    let first = State {
        network: vec![vec![VecDeque::new(); 3]; 3],
        past: vec![Requests::new(); 3],
        open: vec![None; 3],
        inside: vec![false; 3],
        hints: hints.iter().map(|hints| hints.iter().copied().collect()).collect(),
        left: left.to_vec(),
        granted: None,
        queue: VecDeque::new(),
    };
    let mut fails = [false; 3];
    let expected = explore(
        first,
        |state| Next::from(state.next()),
        |state, is_terminal| {
            fails[0] |= is_terminal
                && state.open.iter().zip(&state.inside).any(|(open, inside)| open.is_some() && !inside);
            fails[1] |= state.inside.iter().filter(|inside| **inside).count() > 1;
            fails[2] |= state.overtakes();
        },
    );
    let tells = hints.iter().enumerate().map(|(p, hints)| {
        let to: Vec<String> = hints.iter().map(|to| format!("P{to}")).collect();
        format!("\"P{p}\": {to:?}")
    });
    let verdict = verdict(&format!(
        r#"Model(name: "m", topology: Complete(["P0", "P1", "P2"]), application: CentralScheduler(
            scheduler: "P0", requests: {{"P1": {}, "P2": {}}}, tells: {{{}}}))"#,
        left[1],
        left[2],
        tells.collect::<Vec<_>>().join(", ")
    ));
    assert_eq!(figures(&verdict), expected, "{left:?} {hints:?}");
    let names = ["EventuallyGranted", "MutualExclusion", "RequestOrder"];
    let fail: Vec<_> =
        names.into_iter().zip(fails).filter(|(_, fails)| *fails).map(|(name, _)| name).collect();
    assert_eq!(failing(&verdict), fail, "{left:?} {hints:?}");
    fail
}

#[test]
fn the_order_is_lost_where_two_speak_to_each_other() {
    assert!(agrees([0, 1, 1], [&[], &[], &[]]).is_empty());
    assert!(agrees([0, 2, 2], [&[], &[], &[]]).is_empty());
    assert_eq!(agrees([0, 1, 1], [&[], &[2], &[]]), ["RequestOrder"]);
    assert_eq!(agrees([0, 2, 1], [&[], &[2, 2], &[]]), ["RequestOrder"]);
    assert_eq!(agrees([0, 1, 2], [&[], &[2], &[1]]), ["RequestOrder"]);
    // The scheduler may speak: what it knows has arrived.
    assert!(agrees([0, 1, 1], [&[1, 2], &[], &[]]).is_empty());
}
