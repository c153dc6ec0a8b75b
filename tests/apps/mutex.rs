//! Lamport's mutual exclusion, after the TLA+ module `LamportMutex`: `N` processes, all variables side by side. Told to
//! leave something out, it leaves it out.

use std::cell::Cell;

use crate::search::{Figures, Next, explore, failing, figures, verdict};

/// A message: the clock of a request, or one of these.
const ACK: u8 = 254;
const RELEASE: u8 = 255;

#[derive(Clone, PartialEq, Eq, Hash)]
struct State<const N: usize> {
    clock: [u8; N],
    /// `req[p][q]`: the clock of q's request as p knows it, 0 for none.
    req: [[u8; N]; N],
    /// `ack[p][q]`: q has acknowledged p's request.
    ack: [[bool; N]; N],
    crit: [bool; N],
    /// `network[p][q]`: what is under way from p to q.
    network: [[Wire; N]; N],
    /// How many more requests each may make; all ones where they are not counted.
    left: [u8; N],
}

/// A queue of messages, a byte each, the head in the lowest.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Wire(u64);

impl Wire {
    fn head(self) -> Option<u8> {
        let head = (self.0 & 0xff) as u8;
        (head != 0).then_some(head)
    }

    fn push(&mut self, message: u8) {
        let free = (8 - self.0.leading_zeros() / 8) * 8;
        assert!(free < 64, "at most 8 messages in a channel");
        self.0 |= u64::from(message) << free;
    }
}

/// What is left out, or done otherwise.
#[derive(Clone, Copy, Default)]
struct Flaws {
    no_wait: bool,
    /// Of equal clocks: may the first listed enter, may the other?
    ties: Option<(bool, bool)>,
    releases_first: bool,
}

impl<const N: usize> State<N> {
    fn first(left: [u8; N]) -> Self {
        Self {
            clock: [1; N],
            req: [[0; N]; N],
            ack: [[false; N]; N],
            crit: [false; N],
            network: [[Wire::default(); N]; N],
            left,
        }
    }

    fn broadcast(&mut self, from: usize, message: u8) {
        (0..N).filter(|&to| to != from).for_each(|to| self.network[from][to].push(message));
    }

    fn beats(&self, p: usize, q: usize, flaws: Flaws) -> bool {
        let (own, other) = (self.req[p][p], self.req[p][q]);
        let (first, second) = flaws.ties.unwrap_or((true, false));
        other == 0 || own < other || own == other && if p < q { first } else { second }
    }

    /// Every state that the next-state relation leads to: TLC would say generated.
    fn generated(&self, flaws: Flaws) -> Vec<Self> {
        let mut all = Vec::new();
        for p in 0..N {
            let with = |change: &dyn Fn(&mut Self)| {
                let mut next = self.clone();
                change(&mut next);
                next
            };
            let asks = self.req[p][p] != 0;
            if !asks && self.left[p] > 0 && !(flaws.releases_first && self.crit[p]) {
                all.push(with(&|next| {
                    next.req[p][p] = self.clock[p];
                    next.broadcast(p, self.clock[p]);
                    next.ack[p] = std::array::from_fn(|q| q == p);
                    next.left[p] -= u8::from(self.left[p] != u8::MAX);
                }));
            }
            let heard = self.ack[p].iter().all(|ack| *ack) || flaws.no_wait;
            if asks && heard && (0..N).all(|q| q == p || self.beats(p, q, flaws)) {
                all.push(with(&|next| next.crit[p] = true));
            }
            if self.crit[p] && (asks || !flaws.releases_first) {
                all.push(with(&|next| {
                    next.crit[p] = flaws.releases_first;
                    next.broadcast(p, RELEASE);
                    next.req[p][p] = 0;
                    next.ack[p] = [false; N];
                }));
            }
            if self.crit[p] && !asks && flaws.releases_first {
                all.push(with(&|next| next.crit[p] = false));
            }
            for q in 0..N {
                let Some(message) = self.network[q][p].head() else { continue };
                all.push(with(&|next| next.receive(p, q, message)));
            }
        }
        all
    }

    fn receive(&mut self, p: usize, q: usize, message: u8) {
        self.network[q][p].0 >>= 8;
        match message {
            ACK => self.ack[p][q] = true,
            RELEASE => self.req[p][q] = 0,
            clock => {
                self.req[p][q] = clock;
                self.clock[p] = if clock > self.clock[p] { clock + 1 } else { self.clock[p] + 1 };
                self.network[p][q].push(ACK);
            }
        }
    }

    fn waiting(&self) -> impl Iterator<Item = usize> {
        (0..N).filter(|&p| self.req[p][p] != 0 && !self.crit[p])
    }

    fn keeps_order(&self) -> bool {
        let stamp = |p: usize| (self.req[p][p], p);
        let mut inside = (0..N).filter(|&p| self.crit[p] && self.req[p][p] != 0);
        inside.all(|p| self.waiting().all(|q| stamp(p) < stamp(q)))
    }
}

/// The figures, the rules that fail, and what TLC would have generated without it being a transition here: states that
/// are the same, and states beyond the bound.
fn account<const N: usize>(
    left: [u8; N],
    clock_max: u8,
    flaws: Flaws,
) -> (Figures, Vec<&'static str>, usize, usize) {
    let (same, beyond) = (Cell::new(0), Cell::new(0));
    let count = |cell: &Cell<usize>, is: bool| {
        cell.set(cell.get() + usize::from(is));
        !is
    };
    let next = |state: &State<N>| {
        let mut taken = state.generated(flaws);
        let before = beyond.get();
        taken.retain(|other| {
            count(&beyond, other.clock.iter().any(|clock| *clock > clock_max)) && count(&same, other == state)
        });
        Next { taken, cut: beyond.get() > before }
    };
    let mut fails = [false; 3];
    let figures = explore(State::first(left), next, |state, is_terminal| {
        fails[0] |= is_terminal && state.waiting().next().is_some();
        fails[1] |= state.crit.iter().filter(|inside| **inside).count() > 1;
        fails[2] |= !state.keeps_order();
    });
    let names = ["EventuallyGranted", "MutualExclusion", "RequestOrder"];
    let failing = names.into_iter().zip(fails).filter(|(_, fails)| *fails).map(|(name, _)| name);
    (figures, failing.collect(), same.get(), beyond.get())
}

fn model(processes: usize, application: &str) -> String {
    let names = &["A", "B", "C", "D"][..processes];
    format!(r#"Model(name: "m", topology: Complete({names:?}), application: LamportMutex({application}))"#)
}

/// What is written, and what is to be left out.
const FLAWS: [(&str, Flaws); 6] = [
    ("", Flaws { no_wait: false, ties: None, releases_first: false }),
    ("waits_for_acks: false", Flaws { no_wait: true, ties: None, releases_first: false }),
    ("ties: Both", Flaws { no_wait: false, ties: Some((true, true)), releases_first: false }),
    ("ties: Neither", Flaws { no_wait: false, ties: Some((false, false)), releases_first: false }),
    ("releases_first: true", Flaws { no_wait: false, ties: None, releases_first: true }),
    (
        "releases_first: true, waits_for_acks: false, ties: Both",
        Flaws { no_wait: true, ties: Some((true, true)), releases_first: true },
    ),
];

fn agrees<const N: usize>(left: [u8; N], flaws: &[(&str, Flaws)]) {
    let named = ["A", "B", "C", "D"].iter().zip(left).map(|(name, left)| format!("{name:?}: {left}"));
    let requests = named.collect::<Vec<_>>().join(", ");
    for &(written, flaws) in flaws {
        let verdict = verdict(&model(N, &format!("requests: {{{requests}}}, {written}")));
        let (expected, fail, same, beyond) = account(left, u8::MAX, flaws);
        assert_eq!(figures(&verdict), expected, "{requests} {written}");
        assert_eq!(failing(&verdict), fail, "{requests} {written}");
        // Inside, `Enter` stays enabled in TLA+, and changes nothing.
        assert!(same > 0 && beyond == 0);
    }
}

#[test]
fn two_processes_agree() {
    agrees([1, 0], &FLAWS);
    agrees([1, 1], &FLAWS);
    agrees([2, 1], &FLAWS);
    agrees([2, 2], &FLAWS);
}

#[test]
fn three_processes_agree() {
    agrees([1, 0, 1], &FLAWS[..5]);
    agrees([1, 1, 1], &FLAWS[..1]);
}

/// What TLC prints for the module of the TLA+ examples, and what it is here: the same states; one less deep, as TLC counts
/// states and not events; and of what is generated, the initial state, each `Enter` of who is inside already and each step
/// beyond the bound is no transition.
fn is_published(clock_max: u8, distinct: usize, generated: usize, depth: usize) {
    let verdict = verdict(&model(3, &format!("clock_max: {clock_max}")));
    let (expected, fail, same, beyond) = account([u8::MAX; 3], clock_max, Flaws::default());
    let ours = figures(&verdict);
    assert_eq!(ours, expected);
    assert_eq!(ours.states, distinct);
    assert_eq!(ours.depth + 1, depth);
    assert_eq!(1 + ours.transitions + same + beyond, generated);
    assert!(fail.is_empty() && failing(&verdict).is_empty());
    assert_eq!(verdict.word.text(), "incomplete");
    assert_eq!(verdict.end_reason.text(), "capacity");
}

#[test]
fn clocks_up_to_3_are_as_published() {
    is_published(3, 10_209, 41_533, 31);
}

#[test]
fn clocks_up_to_6_are_as_published() {
    is_published(6, 724_274, 2_729_079, 61);
}
