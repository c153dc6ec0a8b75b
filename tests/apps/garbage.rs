//! References, once more: sets of names, and what is garbage by asking of every pair of objects whether one leads to the other.

use std::collections::{BTreeSet, VecDeque};

use crate::account::{alone, complete, explore, figures};

/// Objects are numbered.
type Set = BTreeSet<usize>;

/// The whole system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Whole {
    held: Vec<Set>,
    refers: Vec<Set>,
    acts_left: Vec<u32>,
    passed: Vec<u32>,
    /// By channel.
    under_way: Vec<VecDeque<usize>>,
}

/// What does not change.
struct Case {
    kinds: &'static [&'static str],
    homes: &'static [usize],
    refers: &'static [&'static [usize]],
    held: &'static [&'static [usize]],
    acts: &'static [u32],
}

impl Case {
    fn first(&self) -> Whole {
        let sets = |sets: &[&[usize]]| sets.iter().map(|set| set.iter().copied().collect()).collect();
        Whole {
            held: sets(self.held),
            refers: sets(self.refers),
            acts_left: self.acts.to_vec(),
            passed: vec![0; self.acts.len()],
            under_way: vec![VecDeque::new(); complete(self.acts.len()).len()],
        }
    }

    fn next(&self, whole: &Whole) -> Vec<Whole> {
        let mut next = Vec::new();
        for (channel, (from, to)) in complete(self.acts.len()).into_iter().enumerate() {
            let mut received = whole.clone();
            if let Some(object) = received.under_way[channel].pop_front() {
                received.held[to].insert(object);
                next.push(received);
            }
            for &object in whole.held[from].iter().filter(|_| self.may(whole, "Pass", from)) {
                let mut after = acted(whole, from);
                after.passed[from] += 1;
                after.under_way[channel].push_back(object);
                next.push(after);
            }
        }
        for at in 0..self.acts.len() {
            for object in 0..self.homes.len() {
                if self.may(whole, "Drop", at) && whole.held[at].contains(&object) {
                    let mut after = acted(whole, at);
                    after.held[at].remove(&object);
                    next.push(after);
                }
                for of in
                    (0..self.homes.len()).filter(|&of| self.homes[of] == at && whole.held[at].contains(&of))
                {
                    next.extend(self.changes(whole, at, of, object));
                }
            }
        }
        next
    }

    /// What a process may do with an object of its own and another one.
    fn changes(&self, whole: &Whole, at: usize, of: usize, object: usize) -> Vec<Whole> {
        let (refers, held) = (whole.refers[of].contains(&object), whole.held[at].contains(&object));
        let mut next = Vec::new();
        if self.may(whole, "Load", at) && refers && !held {
            let mut after = acted(whole, at);
            after.held[at].insert(object);
            next.push(after);
        }
        if self.may(whole, "Store", at) && held && !refers {
            let mut after = acted(whole, at);
            after.refers[of].insert(object);
            next.push(after);
        }
        if self.may(whole, "Clear", at) && refers {
            let mut after = acted(whole, at);
            after.refers[of].remove(&object);
            next.push(after);
        }
        next
    }

    fn may(&self, whole: &Whole, kind: &str, at: usize) -> bool {
        whole.acts_left[at] > 0 && self.kinds.contains(&kind)
    }

    /// As a model writes it.
    fn written(&self) -> String {
        let (processes, objects) = (["A", "B", "C"], ["x", "y", "z"]);
        let named = |set: &[usize]| set.iter().map(|&object| objects[object]).collect::<Vec<_>>();
        let object = |object: usize| {
            let (at, refers) = (processes[self.homes[object]], named(self.refers[object]));
            format!("{:?}: Object(at: {at:?}, refers_to: {refers:?})", objects[object])
        };
        let all: Vec<String> = (0..self.homes.len()).map(object).collect();
        let holds =
            processes.iter().zip(self.held).map(|(process, set)| format!("{process:?}: {:?}", named(set)));
        let acts = processes.iter().zip(self.acts).map(|(process, acts)| format!("{process:?}: {acts}"));
        let (holds, acts) = (holds.collect::<Vec<_>>().join(", "), acts.collect::<Vec<_>>().join(", "));
        let (all, kinds) = (all.join(", "), self.kinds.join(", "));
        format!("References(objects: {{{all}}}, holds: {{{holds}}}, acts: {{{acts}}}, kinds: [{kinds}])")
    }
}

fn acted(whole: &Whole, at: usize) -> Whole {
    let mut after = whole.clone();
    after.acts_left[at] -= 1;
    after
}

/// Objects that nothing held or under way leads to.
fn garbage(whole: &Whole) -> u64 {
    let count = whole.refers.len();
    let mut leads: Vec<Vec<bool>> = (0..count)
        .map(|from| (0..count).map(|to| from == to || whole.refers[from].contains(&to)).collect())
        .collect();
    for between in 0..count {
        for from in 0..count {
            for to in 0..count {
                leads[from][to] |= leads[from][between] && leads[between][to];
            }
        }
    }
    let roots: Set = whole.held.iter().flatten().chain(whole.under_way.iter().flatten()).copied().collect();
    let is_garbage = |object: &usize| !roots.iter().any(|&root| leads[root][*object]);
    (0..count).filter(is_garbage).fold(0, |mask, object| mask | 1 << object)
}

#[test]
fn references_travel_as_in_the_account() {
    let all: &[&str] = &["Pass", "Drop", "Load", "Store", "Clear"];
    let cases = [
        Case { kinds: all, homes: &[0, 1], refers: &[&[1], &[0]], held: &[&[0], &[]], acts: &[3, 2] },
        Case {
            kinds: all,
            homes: &[0, 0, 1],
            refers: &[&[1], &[], &[0, 1]],
            held: &[&[0], &[2]],
            acts: &[2, 2],
        },
        Case {
            kinds: &["Pass", "Drop"],
            homes: &[0],
            refers: &[&[]],
            held: &[&[0], &[], &[]],
            acts: &[2, 2, 1],
        },
        Case {
            kinds: &["Drop", "Store"],
            homes: &[0, 1],
            refers: &[&[], &[1]],
            held: &[&[0, 1], &[]],
            acts: &[3, 1],
        },
        Case {
            kinds: &["Load", "Clear"],
            homes: &[1, 1],
            refers: &[&[0, 1], &[]],
            held: &[&[], &[0]],
            acts: &[1, 3],
        },
    ];
    for case in cases {
        let account = explore(case.first(), |whole| case.next(whole), garbage);
        let names = &["A", "B", "C"][..case.acts.len()];
        let application = case.written();
        let verdict = alone(&format!("Complete({names:?})"), &application);
        assert_eq!(figures(&verdict), account.figures, "{application}");
        assert!(account.is_stable && account.so > 0, "{application}");
    }
}
