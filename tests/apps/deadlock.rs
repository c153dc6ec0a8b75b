//! Resources, once more: every home, its holder and its queue, and words in channels. Who is deadlocked is found by trying all sets.

use std::collections::VecDeque;

use crate::account::{alone, explore, figures, holds};

/// A job, as the homes of what it needs.
type Job = &'static [usize];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Word {
    Want,
    Take,
    Back,
}

/// The whole system; all processes have channels to all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Whole {
    /// For each process, how many jobs it has begun and ended.
    begun: Vec<usize>,
    ended: Vec<usize>,
    /// By process and home, it has the resource of the home.
    has: Vec<Vec<bool>>,
    /// For each home, who has its resource as far as it knows, and who wants it.
    holder: Vec<Option<usize>>,
    wanting: Vec<VecDeque<usize>>,
    /// By sender and receiver.
    under_way: Vec<Vec<VecDeque<Word>>>,
}

impl Whole {
    fn new(processes: usize) -> Self {
        Self {
            begun: vec![0; processes],
            ended: vec![0; processes],
            has: vec![vec![false; processes]; processes],
            holder: vec![None; processes],
            wanting: vec![VecDeque::new(); processes],
            under_way: vec![vec![VecDeque::new(); processes]; processes],
        }
    }

    fn say(&mut self, from: usize, to: usize, word: Word) {
        if from == to { self.hear(from, to, word) } else { self.under_way[from][to].push_back(word) }
    }

    fn hear(&mut self, from: usize, at: usize, word: Word) {
        match word {
            Word::Want => self.wanting[at].push_back(from),
            Word::Back => self.holder[at] = None,
            Word::Take => return self.has[at][from] = true,
        }
        if self.holder[at].is_none()
            && let Some(next) = self.wanting[at].pop_front()
        {
            self.holder[at] = Some(next);
            self.say(at, next, Word::Take);
        }
    }

    fn next(&self, jobs: &[&[Job]]) -> Vec<Self> {
        let mut next = Vec::new();
        for process in 0..jobs.len() {
            let (begun, ended) = (self.begun[process], self.ended[process]);
            if begun == ended && begun < jobs[process].len() {
                let mut after = self.clone();
                after.begun[process] += 1;
                jobs[process][begun].iter().for_each(|&home| after.say(process, home, Word::Want));
                next.push(after);
            }
            if begun > ended && jobs[process][ended].iter().all(|&home| self.has[process][home]) {
                let mut after = self.clone();
                after.ended[process] += 1;
                after.has[process].fill(false);
                // What is others' goes back first, then its own to whoever wants it.
                let (own, others): (Vec<usize>, Vec<usize>) =
                    jobs[process][ended].iter().partition(|&&home| home == process);
                others.into_iter().chain(own).for_each(|home| after.say(process, home, Word::Back));
                next.push(after);
            }
            for from in 0..jobs.len() {
                if let Some(&word) = self.under_way[from][process].front() {
                    let mut after = self.clone();
                    after.under_way[from][process].pop_front();
                    after.hear(from, process, word);
                    next.push(after);
                }
            }
        }
        next
    }

    /// One waits for another: it lacks something that the other has, as far as the home knows and nothing to the contrary is under way.
    fn waits_for(&self, jobs: &[&[Job]], one: usize, other: usize) -> bool {
        let is_at_work = self.begun[one] > self.ended[one];
        is_at_work
            && one != other
            && jobs[one][self.ended[one]].iter().any(|&home| {
                !self.has[one][home]
                    && self.holder[home] == Some(other)
                    && !self.under_way[other][home].contains(&Word::Back)
            })
    }

    /// All sets each of whose members waits for a member, put together.
    fn deadlocked(&self, jobs: &[&[Job]]) -> u64 {
        let members = |set: u64| (0..jobs.len()).filter(move |process| set >> process & 1 == 1);
        let is_deadlock =
            |set: &u64| members(*set).all(|one| members(*set).any(|other| self.waits_for(jobs, one, other)));
        (0..1 << jobs.len()).filter(is_deadlock).fold(0, |all, set| all | set)
    }
}

#[test]
fn resources_are_lent_as_in_the_account() {
    // The jobs, and whether they can end in a deadlock.
    let cases: [(&[&[Job]], bool); 6] = [
        (&[&[&[0, 1]], &[&[0, 1]]], true),
        (&[&[&[0, 1], &[1]], &[&[0, 1]]], true),
        (&[&[&[1], &[1]], &[&[0], &[1]]], false),
        (&[&[&[2], &[1, 2]], &[&[1, 2]], &[]], true),
        (&[&[&[0, 1]], &[&[1, 2]], &[&[2, 0]]], true),
        (&[&[&[2]], &[&[2], &[0]], &[&[2]]], false),
    ];
    for (jobs, can_deadlock) in cases {
        let first = Whole::new(jobs.len());
        let account = explore(first, |whole| whole.next(jobs), |whole| whole.deadlocked(jobs));
        let names = &["A", "B", "C"][..jobs.len()];
        let written = names.iter().zip(jobs).map(|(name, jobs)| {
            let job = |job: &Job| format!("{:?}", job.iter().map(|&home| names[home]).collect::<Vec<_>>());
            format!("{name:?}: [{}]", jobs.iter().map(job).collect::<Vec<_>>().join(", "))
        });
        let application = format!("Resources(jobs: {{{}}})", written.collect::<Vec<_>>().join(", "));
        let verdict = alone(&format!("Complete({names:?})"), &application);
        assert_eq!(figures(&verdict), account.figures, "{application}");
        assert!(account.is_stable, "{application}");
        assert_eq!([account.so > 0, account.so_at_the_end > 0], [can_deadlock; 2], "{application}");
        assert!(holds(&verdict, "OneHolder") && holds(&verdict, "StuckByDeadlock"), "{application}");
    }
}
