//! Replicas that apply updates by their stamps: all logs side by side. What may be applied is not decided message by message
//! but asked of the whole log of what has been heard, and values are computed anew from what was applied.

use std::collections::{BTreeSet, VecDeque};

use crate::search::{Next, explore, failing, figures, verdict};

/// A clock, who was it, and which of its updates; of an acknowledgement only the first two count.
type Stamp = (u32, usize, u32);

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    clock: Vec<u32>,
    /// The largest clock heard from each, by process.
    heard: Vec<Vec<u32>>,
    known: Vec<BTreeSet<Stamp>>,
    applied: Vec<Vec<Stamp>>,
    issued: Vec<u32>,
    crashed: Vec<bool>,
    /// `network[p][q]`: a stamp, and whether it is that of an update.
    network: Vec<Vec<VecDeque<(Stamp, bool)>>>,
}

/// A deposit, or interest in percent.
#[derive(Clone, Copy)]
enum Update {
    Deposit(u64),
    Interest(u64),
}

use Update::{Deposit, Interest};

struct System<'a> {
    start: u64,
    updates: &'a [&'a [Update]],
    on_arrival: bool,
    may_crash: &'a [usize],
}

impl System<'_> {
    fn first(&self) -> State {
        let n = self.updates.len();
        State {
            clock: vec![0; n],
            heard: vec![vec![0; n]; n],
            known: vec![BTreeSet::new(); n],
            applied: vec![Vec::new(); n],
            issued: vec![0; n],
            crashed: vec![false; n],
            network: vec![vec![VecDeque::new(); n]; n],
        }
    }

    fn next(&self, state: &State) -> Vec<State> {
        let mut all = Vec::new();
        let n = self.updates.len();
        for p in 0..n {
            if !state.crashed[p] && (state.issued[p] as usize) < self.updates[p].len() {
                let mut next = state.clone();
                next.clock[p] += 1;
                let stamp = (next.clock[p], p, next.issued[p]);
                next.issued[p] += 1;
                tell(&mut next, p, stamp, true);
                self.learn(&mut next, p, stamp);
                all.push(next);
            }
            if !state.crashed[p] && self.may_crash.contains(&p) {
                let mut next = state.clone();
                next.crashed[p] = true;
                all.push(next);
            }
            for q in 0..n {
                let mut next = state.clone();
                let Some((stamp, is_update)) = next.network[q][p].pop_front() else { continue };
                if !next.crashed[p] {
                    self.receive(&mut next, q, p, stamp, is_update);
                }
                all.push(next);
            }
        }
        all
    }

    fn receive(&self, next: &mut State, q: usize, p: usize, stamp: Stamp, is_update: bool) {
        next.heard[p][q] = next.heard[p][q].max(stamp.0);
        next.clock[p] = next.clock[p].max(stamp.0) + 1;
        if is_update {
            let ack = (next.clock[p], p, 0);
            tell(next, p, ack, false);
            self.learn(next, p, stamp);
        }
        self.settle(next, p);
    }

    fn learn(&self, state: &mut State, p: usize, stamp: Stamp) {
        state.known[p].insert(stamp);
        if self.on_arrival {
            state.applied[p].push(stamp);
        }
        self.settle(state, p);
    }

    /// All that is known is applied in order, up to the first that something might still come before.
    fn settle(&self, state: &mut State, p: usize) {
        if self.on_arrival {
            return;
        }
        let is_safe = |stamp: &&Stamp| {
            let mut others = (0..self.updates.len()).filter(|&q| q != p && q != stamp.1);
            others.all(|q| state.heard[p][q] > stamp.0)
        };
        let safe: Vec<Stamp> = state.known[p].iter().take_while(is_safe).copied().collect();
        assert!(safe.starts_with(&state.applied[p]), "what is applied stays so");
        state.applied[p] = safe;
    }

    fn value(&self, applied: &[Stamp]) -> u64 {
        applied.iter().fold(self.start, |value, &(_, p, number)| match self.updates[p][number as usize] {
            Deposit(amount) => value + amount,
            Interest(percent) => value + value * percent / 100,
        })
    }

    /// `ReplicasAgree`, `Progress`, `SameOrder`: which fail in some state?
    fn agrees(&self) -> Vec<&'static str> {
        let mut fails = [false; 3];
        let n = self.updates.len();
        let expected = explore(
            self.first(),
            |state| Next::from(self.next(state)),
            |state, is_terminal| {
                let issued: u32 = state.issued.iter().sum();
                let lacks = |p: usize| state.applied[p].len() < issued as usize;
                let values: BTreeSet<u64> = state.applied.iter().map(|applied| self.value(applied)).collect();
                let waits = |p: usize| !state.crashed[p] && state.applied[p].len() < state.known[p].len();
                fails[0] |= is_terminal && (0..n).any(waits);
                fails[1] |= is_terminal && ((0..n).any(lacks) || values.len() > 1);
                let apart = |p: &Vec<Stamp>, q: &Vec<Stamp>| p.iter().zip(q).any(|(p, q)| p != q);
                let all = &state.applied;
                fails[2] |= all.iter().any(|p| !p.is_sorted() || all.iter().any(|q| apart(p, q)));
            },
        );
        let verdict = verdict(&self.text());
        assert_eq!(figures(&verdict), expected, "{}", self.text());
        let names = ["Progress", "ReplicasAgree", "SameOrder"];
        let fail: Vec<_> =
            names.into_iter().zip(fails).filter(|(_, fails)| *fails).map(|(name, _)| name).collect();
        assert_eq!(failing(&verdict), fail, "{}", self.text());
        fail
    }

    fn text(&self) -> String {
        let names = &["A", "B", "C"][..self.updates.len()];
        let update = |update: &Update| match update {
            Deposit(amount) => format!("Deposit({amount})"),
            Interest(percent) => format!("Interest({percent})"),
        };
        let list = |updates: &[Update]| updates.iter().map(update).collect::<Vec<_>>().join(", ");
        let updates =
            names.iter().zip(self.updates).map(|(name, updates)| format!("{name:?}: [{}]", list(updates)));
        let crashes: Vec<&str> = self.may_crash.iter().map(|&p| names[p]).collect();
        format!(
            r#"Model(name: "m", topology: Complete({names:?}), application: ReplicatedMachine(
                start: {}, order: {}, crashes: {crashes:?}, updates: {{{}}}))"#,
            self.start,
            if self.on_arrival { "OnArrival" } else { "ByClock" },
            updates.collect::<Vec<_>>().join(", ")
        )
    }
}

fn tell(state: &mut State, p: usize, stamp: Stamp, is_update: bool) {
    let n = state.clock.len();
    (0..n).filter(|&q| q != p).for_each(|q| state.network[p][q].push_back((stamp, is_update)));
}

const fn system<'a>(updates: &'a [&'a [Update]]) -> System<'a> {
    System { start: 1000, updates, on_arrival: false, may_crash: &[] }
}

#[test]
fn by_their_clocks_all_agree() {
    let cases: [&[&[Update]]; 5] = [
        &[&[Deposit(100)], &[Interest(1)]],
        &[&[Deposit(100), Interest(3)], &[Interest(1), Deposit(7)]],
        &[&[Deposit(100)], &[], &[]],
        &[&[], &[Deposit(100)], &[Interest(1)]],
        &[&[Interest(2), Deposit(100)], &[], &[]],
    ];
    for updates in cases {
        assert!(system(updates).agrees().is_empty());
    }
}

#[test]
fn on_arrival_values_differ_unless_updates_commute() {
    let on_arrival = |updates| System { on_arrival: true, ..system(updates) }.agrees();
    assert_eq!(on_arrival(&[&[Deposit(100)], &[Interest(1)]]), ["ReplicasAgree", "SameOrder"]);
    assert_eq!(on_arrival(&[&[Deposit(100)], &[Deposit(20)]]), ["SameOrder"]);
    assert_eq!(on_arrival(&[&[Deposit(100)], &[Deposit(20)], &[]]), ["SameOrder"]);
    assert!(on_arrival(&[&[Deposit(100), Interest(1)], &[]]).is_empty());
}

#[test]
fn nobody_goes_on_where_one_has_crashed() {
    let crashing = |updates, may_crash| System { may_crash, ..system(updates) }.agrees();
    assert_eq!(crashing(&[&[Deposit(100)], &[], &[]], &[2]), ["Progress", "ReplicasAgree"]);
    assert_eq!(crashing(&[&[Deposit(100)], &[Deposit(20)]], &[1]), ["Progress", "ReplicasAgree"]);
    // The other of two goes on: from an issuer who has crashed nothing earlier can come. Only the crashed one lacks it.
    assert_eq!(crashing(&[&[Deposit(100)], &[]], &[0]), ["ReplicasAgree"]);
}
