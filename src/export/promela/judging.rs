//! What is judged: assertions in the state in which a snapshot has just become complete, and in final states. They read
//! records, what was kept, what is in channels, and the ghost cut.

use super::Promela;
use crate::algorithm::syntax::Rule;

/// All of these, written as a condition.
pub(super) fn all(conditions: impl IntoIterator<Item = String>) -> String {
    let conditions: Vec<String> = conditions.into_iter().collect();
    if conditions.is_empty() { "true".to_owned() } else { conditions.join(" && ") }
}

fn any(conditions: impl IntoIterator<Item = String>) -> String {
    let conditions: Vec<String> = conditions.into_iter().collect();
    if conditions.is_empty() { "false".to_owned() } else { conditions.join(" || ") }
}

/// How many messages of a channel were sent before the cut.
const EARLY: &str = "\
/* h_early becomes the number of messages in c that were sent before their sender recorded snapshot k. */
inline count_early(c, k) {
    h_early = 0;
    h_left = len(c);
    do
    :: h_left > 0 ->
        TAKE
        if :: h_tag < MARKER_0 && !LATE(k) -> h_early++ :: else fi;
        h_left--
    :: else -> break
    od
}
";

const AGREES_NUMBERS: &str = "
/* What was kept of a channel is what has crossed the cut, and what is still to cross. */
inline agrees(kept, expected, c, k, verdict) {
    count_early(c, k);
    verdict = verdict && kept == expected + h_early
}
";

const AGREES_LISTS: &str = "
/* What was kept of a channel is what has crossed the cut, and what is still to cross: the same messages in the same
 * order. All three queues are turned round once. */
inline agrees(kept, expected, c, k, verdict) {
    count_early(c, k);
    verdict = verdict && len(kept) == len(expected) + h_early;
    if
    :: verdict ->
        h_left = len(expected);
        do :: h_left > 0 -> kept ? h_each; kept ! h_each; expected ? h_sum; expected ! h_sum; verdict = verdict && h_each == h_sum; h_left-- :: else -> break od;
        h_left = len(c);
        do
        :: h_left > 0 ->
            c ? h_tag, h_sum; c ! h_tag, h_sum;
            if :: h_tag < MARKER_0 && !LATE(k) -> kept ? h_each; kept ! h_each; verdict = verdict && h_each == h_sum :: else fi;
            h_left--
        :: else -> break
        od
    :: else
    fi
}

/* What was kept of a channel is added to h_sum. */
inline add(kept) {
    h_left = len(kept);
    do :: h_left > 0 -> kept ? h_each; kept ! h_each; h_sum = h_sum + h_each; h_left-- :: else -> break od
}
";

impl Promela<'_> {
    /// The conditions that are judged, and when.
    pub(super) fn judged(&mut self) {
        if self.plain.cuts && !self.snapshots().is_empty() {
            let take = if self.has_lists() {
                "c ? h_tag, h_sum; c ! h_tag, h_sum;"
            } else {
                "c ? h_tag; c ! h_tag;"
            };
            self.lines(&EARLY.replace("TAKE", take));
        }
        if !self.snapshots().is_empty() {
            self.lines(if self.has_lists() { AGREES_LISTS } else { AGREES_NUMBERS });
            self.line("");
        }
        for k in self.snapshots() {
            let complete = self.complete(k);
            self.line(format!("#define complete_{k} ({complete})"));
            let begun = any(self.processes().map(|p| format!("begun_{k}_{}", self.process(p))));
            self.line(format!("#define started_{k} ({begun})"));
            let marked = all(self.channels().map(|c| format!("marked_{k}_{}", self.channel(c))));
            self.line(format!("#define marked_{k} ({marked})"));
            self.at_completion(k);
        }
        self.line("");
        let last = self.is_final();
        self.line("/* Nothing can happen any more. */");
        self.line(format!("#define final ({last})"));
        self.line("");
        self.line("inline before() {");
        let snapshots = self.snapshots();
        self.deeper(|promela| {
            snapshots.for_each(|k| promela.line(format!("was_complete_{k} = complete_{k};")));
            promela.line("skip");
        });
        self.line("}");
        self.line("");
        self.after();
    }

    /// Every process has done its part.
    fn complete(&self, k: usize) -> String {
        let closed = |c: usize| format!("status_{k}_{} == CLOSED", self.channel(c));
        let recorded = self.processes().map(|p| format!("rec_{k}_{}", self.process(p)));
        let rule: Vec<String> = match self.plain.algorithm.complete_when {
            Rule::Recorded => Vec::new(),
            Rule::EveryIncomingClosed => self.channels().map(closed).collect(),
            Rule::EveryMarkerArrived => self.processes().map(|p| self.every_marker_arrived(k, p)).collect(),
        };
        all(recorded.chain(rule))
    }

    fn is_final(&self) -> String {
        let received = self.channels().map(|c| format!("!({})", self.may_receive(c)));
        let started = self.snapshots().flat_map(|k| {
            self.plain.snapshots[k].iter().map(move |&p| format!("begun_{k}_{}", self.process(p)))
        });
        let sent = self.plain.sends.iter().map(|&send| format!("!({})", self.may_send(send)));
        let ends: Vec<String> = received.chain(started).chain(sent).collect();
        all(std::iter::once("!ill".to_owned()).chain(ends))
    }

    /// What is judged when a snapshot has just become complete.
    fn at_completion(&mut self, k: usize) {
        self.line("");
        self.line(format!("inline judge_{k}() {{"));
        self.deeper(|promela| {
            if promela.plain.cuts {
                promela.cut(k);
            }
            if promela.plain.totals {
                promela.total(k);
            }
            promela.line("skip");
        });
        self.line("}");
        self.line("");
    }

    fn cut(&mut self, k: usize) {
        let orphans = any(self.channels().map(|c| format!("orphan_{k}_{}", self.channel(c))));
        self.line(format!("ConsistentCut_{k} = !({orphans});"));
        for c in self.channels() {
            let name = self.channel(c);
            self.line(format!(
                "agrees(kept_{k}_{name}, expected_{k}_{name}, c_{name}, {k}, ConsistentCut_{k});"
            ));
        }
        self.line(format!("assert(ConsistentCut_{k});"));
    }

    fn total(&mut self, k: usize) {
        let records = self.processes().map(|p| format!("recbalance_{k}_{}", self.process(p)));
        let records = records.collect::<Vec<_>>().join(" + ");
        if let Some(amount) = self.plain.amount {
            let kept = self.channels().map(|c| format!(" + {amount} * kept_{k}_{}", self.channel(c)));
            let kept: String = kept.collect();
            self.line(format!("h_sum = {records}{kept};"));
        } else {
            self.line(format!("h_sum = {records};"));
            for c in self.channels() {
                self.line(format!("add(kept_{k}_{});", self.channel(c)));
            }
        }
        self.line(format!("TotalPreserved_{k} = (h_sum == {});", self.plain.total()));
        self.line(format!("assert(TotalPreserved_{k});"));
    }

    fn after(&mut self) {
        let snapshots = self.snapshots();
        self.line("/* An ill-formed state is judged by nothing else. */");
        self.line("inline after() {");
        self.deeper(|promela| {
            promela.line("WellFormed = !ill;");
            promela.line("assert(WellFormed);");
            for k in snapshots.clone() {
                promela.line("if");
                promela.line(format!(":: !ill && !was_complete_{k} && complete_{k} -> judge_{k}()"));
                promela.line(":: else");
                promela.line("fi;");
            }
            promela.line("if");
            promela.line(":: final ->");
            promela.deeper(|promela| {
                for k in snapshots {
                    promela.line(format!("Terminates_{k} = !started_{k} || complete_{k};"));
                    promela.line(format!("assert(Terminates_{k});"));
                    promela.line(format!("WellFormed = !complete_{k} || marked_{k};"));
                    promela.line("assert(WellFormed);");
                }
                promela.line("skip");
            });
            promela.line(":: else");
            promela.line("fi");
        });
        self.line("}");
        self.line("");
    }
}
