//! The handlers of an algorithm as operators: each action makes the next state from the last.

use super::Tla;
use crate::algorithm::syntax::{Action, Condition, Set, Side, Which};
use crate::network::Handler;

impl Tla<'_> {
    /// All three.
    pub(super) fn handlers(&mut self) {
        let plain = self.plain;
        let heads = [
            (Handler::OnStart, "OnStart(s0, k, p)"),
            (Handler::OnMarker, "OnMarker(s0, k, p, c, item)"),
            (Handler::OnMessage, "OnMessage(s0, k, p, c, item)"),
        ];
        for (handler, head) in heads {
            self.line(format!("{head} =="));
            self.text.deeper();
            self.actions(plain.handler(handler), 0, "k");
            self.text.shallower();
            self.line("");
        }
    }

    /// The state after these actions, from `s` with this number on; `k` is the snapshot that they are for.
    fn actions(&mut self, actions: &[Action], from: usize, k: &str) {
        for (number, action) in (from..).zip(actions) {
            let (last, next) = (format!("s{number}"), number + 1);
            match action {
                Action::If(condition, body) => {
                    let holds = Self::condition(condition, &last, k);
                    self.line(format!("LET s{next} =="));
                    self.body(&format!("IF {holds} THEN"), body, number, k, next);
                    self.line(format!("    ELSE {last}"));
                    self.line("IN");
                }
                Action::OfNext(body) => {
                    let ahead = format!("(({k} + 1) % {})", self.plain.snapshots.len().max(1));
                    self.line(format!("LET s{next} =="));
                    self.body("", body, number, &ahead, next);
                    self.line("IN");
                }
                action => {
                    let after = Self::after(action, &last, k);
                    self.line(format!("LET s{next} == {after} IN"));
                }
            }
        }
        self.line(format!("s{}", from + actions.len()));
    }

    /// A body is on its own: its states have names that nothing around it has.
    fn body(&mut self, head: &str, body: &[Action], from: usize, k: &str, outer: usize) {
        let inner = 100 * outer.max(1);
        self.text.deeper();
        if !head.is_empty() {
            self.line(head);
        }
        self.text.deeper();
        self.line(format!("LET s{inner} == s{from} IN"));
        self.actions(body, inner, k);
        self.text.shallower();
        self.text.shallower();
    }

    fn after(action: &Action, s: &str, k: &str) -> String {
        let on = |name: &str, set: &Set| format!("{name}({s}, {k}, {})", members(*set));
        match action {
            Action::Record => format!("Record({s}, {k}, p)"),
            Action::Peek => format!("Peek({s}, {k}, p)"),
            Action::Keep => format!("Keep({s}, {k}, c, item)"),
            Action::KeepFirst => format!("KeepFirst({s}, {k}, c, item)"),
            Action::KeepRepeated => format!("KeepRepeated({s}, {k}, c, item)"),
            Action::Forget => format!("Forget({s}, {k}, Incoming(p))"),
            Action::Send(_, set) => on("SendMarker", set),
            Action::SendAhead(_, set) => on("SendMarkerAhead", set),
            Action::Open(set) => on("Open", set),
            Action::Close(set) => on("Close", set),
            Action::Block(set) => on("Block", set),
            Action::Unblock(set) => on("Unblock", set),
            // Bodies are written elsewhere, and what pauses is not exported.
            Action::If(..) | Action::OfNext(_) | Action::Pause => s.to_owned(),
        }
    }

    fn condition(condition: &Condition, s: &str, k: &str) -> String {
        match condition {
            Condition::NotRecorded => format!("~{s}.part[{k}][p].rec"),
            Condition::Recorded => format!("{s}.part[{k}][p].rec"),
            Condition::IsOpen(Which::Arriving) => format!("{s}.ledger[{k}][c].status = \"open\""),
            Condition::EveryMarkerArrived => format!("EveryMarkerArrived({s}, {k}, p)"),
            Condition::SentAfterRecord => format!("{k} \\in item.late"),
            Condition::Finished => format!("Finished({s}, p)"),
            Condition::Not(inner) => format!("~({})", Self::condition(inner, s, k)),
        }
    }
}

fn members(set: Set) -> &'static str {
    match set {
        Set::Outgoing => "Outgoing(p)",
        Set::Incoming => "Incoming(p)",
        Set::Arriving => "{c}",
        Set::ButFirst(Side::Outgoing) => "(Outgoing(p) \\ FirstOutgoing[p])",
        Set::ButFirst(Side::Incoming) => "(Incoming(p) \\ FirstIncoming[p])",
        Set::Forward(Side::Outgoing) => "Forward(Outgoing(p))",
        Set::Forward(Side::Incoming) => "Forward(Incoming(p))",
    }
}
