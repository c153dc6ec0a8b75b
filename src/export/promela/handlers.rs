//! The handlers of an algorithm, written out for each process and channel, and what they share.

use super::Promela;
use crate::algorithm::syntax::{Action, Condition, Set, Side, Which};
use crate::network::Handler;

/// What every file has. The `inline`s of lists work on queues by turning them round.
const HELPERS: &str = "\
/* The message at hand was sent after its sender had recorded snapshot k. */
#define LATE(k) ((h_tag >> k) & 1)

/* An untouched channel becomes open. */
inline open(status) {
    if :: status == UNTOUCHED -> status = OPEN :: else fi
}
";

const LISTS: &str = "\
/* The last of a list becomes the first. */
inline to_front(list) {
    h_left = len(list);
    do :: h_left > 1 -> list ? h_each; list ! h_each; h_left-- :: else -> break od
}

/* Everything in a list becomes the amount at hand. */
inline repeat_amount(list) {
    h_left = len(list);
    do :: h_left > 0 -> list ? h_each; list ! h_amount; h_left-- :: else -> break od
}

/* Nothing is left of a list. */
inline forget(list) {
    do :: len(list) > 0 -> list ? h_each :: else -> break od
}
";

impl Promela<'_> {
    /// What handlers share.
    pub(super) fn helpers(&mut self) {
        self.lines(HELPERS);
        self.line("");
        if self.has_lists() {
            self.lines(LISTS);
            self.line("");
        }
        if self.plain.acts(|it| matches!(it, Action::SendAhead(..))) {
            let (take, put) = if self.has_lists() {
                ("? h_tag2, h_each", "! h_tag2, h_each")
            } else {
                ("? h_tag2", "! h_tag2")
            };
            self.line("/* The last item of a channel becomes the first. */");
            self.line("inline ahead(c) {");
            self.line("    h_left = len(c);");
            self.line(format!("    do :: h_left > 1 -> c {take}; c {put}; h_left-- :: else -> break od"));
            self.line("}");
            self.line("");
        }
    }

    /// One handler, run for one snapshot at one process.
    pub(super) fn run(&mut self, handler: Handler, k: usize, p: usize, arriving: Option<usize>) {
        let actions = self.plain.handler(handler);
        self.actions(actions, k, p, arriving);
    }

    fn actions(&mut self, actions: &[Action], k: usize, p: usize, arriving: Option<usize>) {
        for action in actions {
            self.action(action, k, p, arriving);
        }
    }

    fn action(&mut self, action: &Action, k: usize, p: usize, arriving: Option<usize>) {
        let members = |promela: &Self, set: Set| promela.members(set, p, arriving);
        match action {
            Action::Record => self.record(k, p),
            Action::Peek => {
                let name = self.process(p).to_owned();
                self.line(format!(
                    "if :: !rec_{k}_{name} -> peeked_{k}_{name} = 1; peek_{k}_{name} = balance_{name} :: else fi;"
                ));
            }
            Action::Keep | Action::KeepFirst | Action::KeepRepeated => self.keep(action, k, arriving),
            Action::Forget => self.plain.incoming(p).into_iter().for_each(|c| self.forget(k, c)),
            Action::Send(_, set) => self.markers(k, &members(self, *set), false),
            Action::SendAhead(_, set) => self.markers(k, &members(self, *set), true),
            Action::Open(set) => self.for_each(&members(self, *set), |c| format!("open(status_{k}_{c});")),
            Action::Close(set) => {
                self.for_each(&members(self, *set), |c| format!("status_{k}_{c} = CLOSED;"));
            }
            Action::Block(set) => self.for_each(&members(self, *set), |c| format!("blocked_{k}_{c} = 1;")),
            // Where nothing blocks, nothing is taken back.
            Action::Unblock(_) if !self.blocks() => {}
            Action::Unblock(set) => self.for_each(&members(self, *set), |c| format!("blocked_{k}_{c} = 0;")),
            Action::OfNext(body) => {
                let next = (k + 1) % self.plain.snapshots.len();
                self.actions(body, next, p, arriving);
            }
            Action::If(condition, body) => {
                let holds = self.condition(condition, k, p, arriving);
                self.line("if");
                self.line(format!(":: {holds} ->"));
                self.deeper(|promela| {
                    promela.actions(body, k, p, arriving);
                    promela.line("skip");
                });
                self.line(":: else fi;");
            }
            Action::Pause => debug_assert!(false, "no `Pause` is exported"),
        }
    }

    fn for_each(&mut self, channels: &[usize], line: impl Fn(String) -> String) {
        for &channel in channels {
            let text = line(self.channel(channel));
            self.line(text);
        }
    }

    fn members(&self, set: Set, p: usize, arriving: Option<usize>) -> Vec<usize> {
        let side = |side: Side| match side {
            Side::Outgoing => self.plain.outgoing(p),
            Side::Incoming => self.plain.incoming(p),
        };
        match set {
            Set::Outgoing => side(Side::Outgoing),
            Set::Incoming => side(Side::Incoming),
            Set::Arriving => arriving.into_iter().collect(),
            Set::ButFirst(of) => side(of).into_iter().skip(1).collect(),
            Set::Forward(of) => {
                let forward = |c: &usize| self.plain.channels[*c].0 < self.plain.channels[*c].1;
                side(of).into_iter().filter(forward).collect()
            }
        }
    }

    fn condition(&self, condition: &Condition, k: usize, p: usize, arriving: Option<usize>) -> String {
        let name = self.process(p);
        match condition {
            Condition::NotRecorded => format!("!rec_{k}_{name}"),
            Condition::Recorded => format!("rec_{k}_{name}"),
            Condition::IsOpen(Which::Arriving) => arriving
                .map_or_else(|| "false".to_owned(), |c| format!("status_{k}_{} == OPEN", self.channel(c))),
            Condition::EveryMarkerArrived => self.every_marker_arrived(k, p),
            Condition::SentAfterRecord => format!("LATE({k})"),
            Condition::Finished => format!("sent_{name} >= {}", self.plain.budgets[p]),
            Condition::Not(inner) => format!("!({})", self.condition(inner, k, p, arriving)),
        }
    }

    pub(super) fn every_marker_arrived(&self, k: usize, p: usize) -> String {
        let arrived = |c: usize| format!("arrived_{k}_{}", self.channel(c));
        super::judging::all(self.plain.incoming(p).into_iter().map(arrived))
    }

    fn record(&mut self, k: usize, p: usize) {
        let name = self.process(p).to_owned();
        self.line("if");
        self.line(format!(":: rec_{k}_{name} -> ill = 1"));
        self.line(":: else ->");
        let peeks = self.peeks();
        self.deeper(|promela| {
            promela.line(format!("rec_{k}_{name} = 1; begun_{k}_{name} = 1; recsent_{k}_{name} = sent_{name};"));
            if peeks {
                promela.line(format!(
                    "if :: peeked_{k}_{name} -> recbalance_{k}_{name} = peek_{k}_{name} :: else -> recbalance_{k}_{name} = balance_{name} fi;"
                ));
                promela.line(format!("peeked_{k}_{name} = 0; peek_{k}_{name} = 0"));
            } else {
                promela.line(format!("recbalance_{k}_{name} = balance_{name}"));
            }
        });
        self.line("fi;");
    }

    fn markers(&mut self, k: usize, channels: &[usize], ahead: bool) {
        for &channel in channels {
            self.marker(k, channel, ahead);
        }
    }

    fn marker(&mut self, k: usize, c: usize, ahead: bool) {
        let name = self.channel(c);
        let amount = if self.has_lists() { ", 0" } else { "" };
        self.line(format!(
            "ill = ill | marked_{k}_{name}; marked_{k}_{name} = 1; c_{name} ! MARKER_{k}{amount};"
        ));
        if ahead {
            self.line(format!("ahead(c_{name});"));
        }
    }

    fn keep(&mut self, how: &Action, k: usize, arriving: Option<usize>) {
        let Some(c) = arriving else { return };
        let name = self.channel(c);
        if !self.has_lists() {
            return self.line(format!("kept_{k}_{name}++;"));
        }
        self.line(format!("kept_{k}_{name} ! h_amount;"));
        match how {
            Action::KeepFirst => self.line(format!("to_front(kept_{k}_{name});")),
            Action::KeepRepeated => self.line(format!("repeat_amount(kept_{k}_{name});")),
            _ => {}
        }
    }

    fn forget(&mut self, k: usize, c: usize) {
        let name = self.channel(c);
        let line = if self.has_lists() {
            format!("forget(kept_{k}_{name});")
        } else {
            format!("kept_{k}_{name} = 0;")
        };
        self.line(line);
    }
}
