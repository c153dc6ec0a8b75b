//! Promela, for SPIN: one process that does one event after the other, each a `d_step`; all state is global.
//! The handlers of the algorithm are in [`handlers`], what is judged in [`judging`].

mod handlers;
mod judging;

use super::plain::{Plain, Sending};
use super::text::Text;
use super::{Exported, Unfit};
use crate::algorithm::syntax::Action;
use crate::network::Handler;

/// SPIN's limit on queues, and on what one may hold.
const QUEUES_MAX: usize = 255;
/// Tags of items are numbers of at most 31 bits, one a snapshot.
const SNAPSHOTS_MAX: usize = 14;

/// A system as Promela has it.
struct Promela<'a> {
    plain: &'a Plain,
    text: Text,
}

/// Writes a system.
///
/// # Errors
/// Where it is too large for SPIN.
pub fn write(plain: &Plain) -> Result<Exported, Unfit> {
    let channels = 0..plain.channels.len();
    let lists = if plain.amount.is_some() { 0 } else { 2 * plain.snapshots.len() };
    let longest =
        channels.map(|it| plain.items_max(it).max(if lists > 0 { plain.kept_max(it) } else { 0 })).max();
    let hint = "export a smaller system";
    let unfit = |what: String| Err(Unfit { what, hint: hint.to_owned() });
    if plain.channels.len() * (1 + lists) > QUEUES_MAX {
        return unfit(format!("a system with more than the {QUEUES_MAX} queues that SPIN can have"));
    }
    if longest.is_some_and(|items| items > QUEUES_MAX) {
        return unfit(format!(
            "a system with more than the {QUEUES_MAX} items that a queue of SPIN can hold"
        ));
    }
    if plain.snapshots.len() > SNAPSHOTS_MAX {
        return unfit(format!("a system with more than {SNAPSHOTS_MAX} snapshots"));
    }
    let mut promela = Promela { plain, text: Text::default() };
    promela.head();
    promela.state();
    promela.helpers();
    promela.judged();
    promela.system();
    Ok(Exported { text: promela.text.end(), configuration: None })
}

/// The smallest type for numbers up to this one.
fn type_of(most: u64) -> &'static str {
    match most {
        0..=255 => "byte",
        256..=32_767 => "short",
        _ => "int",
    }
}

impl Promela<'_> {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.line(line);
    }

    fn process(&self, process: usize) -> &str {
        &self.plain.processes[process]
    }

    /// `A_B`.
    fn channel(&self, channel: usize) -> String {
        let (from, to) = self.plain.channels[channel];
        format!("{}_{}", self.process(from), self.process(to))
    }

    fn snapshots(&self) -> std::ops::Range<usize> {
        0..self.plain.snapshots.len()
    }

    fn processes(&self) -> std::ops::Range<usize> {
        0..self.plain.processes.len()
    }

    fn channels(&self) -> std::ops::Range<usize> {
        0..self.plain.channels.len()
    }

    /// What is kept of a channel is a list; else a number of messages, since all are alike.
    fn has_lists(&self) -> bool {
        self.plain.amount.is_none()
    }

    fn blocks(&self) -> bool {
        self.plain.acts(|it| matches!(it, Action::Block(_)))
    }

    fn peeks(&self) -> bool {
        self.plain.acts(|it| *it == Action::Peek)
    }

    fn head(&mut self) {
        let plain = self.plain;
        self.line(format!("/* {}: {}", plain.name, plain.heading));
        self.line(" *");
        self.line(" * Written by cl-check. One d_step is one event, and the states are those of cl-check, ghost cut included.");
        self.line(" * To count them all, without partial orders and without hashing:");
        self.line(" *");
        self.line(" *     spin -a FILE");
        self.line(format!(
            " *     gcc -O2 -DSAFETY -DNOREDUCE -DVECTORSZ={} -o pan pan.c",
            self.vector_bytes()
        ));
        self.line(" *     ./pan -m1000000 -c0        (`states, stored`; each way in which an assertion fails is an error)");
        self.line(" *");
        self.line(" * Without -c0 pan stops at the first assertion that fails; `spin -t -p FILE` shows the run to it.");
        if !plain.unjudged.is_empty() {
            let text = format!(" * Not judged here: {}.", plain.unjudged.join(", "));
            self.line(text);
        }
        if let Some(called) = &plain.called {
            let pairs = plain
                .processes
                .iter()
                .zip(called)
                .map(|(new, old)| format!("{new} {}", old.escape_default()));
            let text =
                format!(" * Processes: {}.", pairs.collect::<Vec<_>>().join(", ").replace("*/", "* /"));
            self.line(text);
        }
        self.line(" */");
        self.line("");
    }

    /// More than a state takes: SPIN asks for the largest size that a state may have.
    fn vector_bytes(&self) -> usize {
        let plain = self.plain;
        let item = if self.has_lists() { 8 } else { 4 };
        let lists = if self.has_lists() { 2 * plain.snapshots.len() } else { 0 };
        let channel = |it: usize| {
            16 + item * plain.items_max(it)
                + lists * (16 + 4 * plain.kept_max(it))
                + 16 * plain.snapshots.len()
        };
        let bytes = 512
            + self.channels().map(channel).sum::<usize>()
            + plain.processes.len() * (16 + 24 * plain.snapshots.len());
        bytes.next_multiple_of(1024)
    }

    fn amount_type(&self) -> &'static str {
        type_of(self.plain.total())
    }

    fn state(&mut self) {
        let (tag, amount) = (type_of((1 << self.plain.snapshots.len()) + 16), self.amount_type());
        self.line("/* An item is a tag, and an amount where there are several. The tag of a message has bit k set where its sender had");
        self.line(" * recorded snapshot k when it sent it: the algorithm does not see that. The others are markers. */");
        for k in self.snapshots() {
            self.line(format!("#define MARKER_{k} {}", (1_u32 << self.plain.snapshots.len()) + k as u32));
        }
        self.lines("#define UNTOUCHED 0\n#define OPEN 1\n#define CLOSED 2\n");
        for p in self.processes() {
            let (name, start) = (self.process(p).to_owned(), self.plain.start[p]);
            let sent = type_of(self.plain.budgets[p].into());
            self.line(format!("{amount} balance_{name} = {start};"));
            self.line(format!("{sent} sent_{name};"));
        }
        let fields = if self.has_lists() { format!("{tag}, {amount}") } else { tag.to_owned() };
        for c in self.channels() {
            let (name, items) = (self.channel(c), self.plain.items_max(c));
            self.line(format!("chan c_{name} = [{items}] of {{ {fields} }};"));
        }
        for k in self.snapshots() {
            self.line("");
            self.line(format!("/* Snapshot {k}: what processes have done, and recorded. */"));
            self.processes().for_each(|p| self.part(k, p));
            self.line(format!(
                "/* Snapshot {k}: its part of each channel. The ghost cut: what is expected, and orphans. */"
            ));
            self.channels().for_each(|c| self.ledger(k, c));
        }
        self.line("");
        self.line("bit ill; /* ill-formed: something was recorded twice, or a second marker was sent on a channel */");
        self.line("");
        self.line("/* No part of the state: set before they are read, within one event. */");
        self.line(format!("hidden {tag} h_tag; hidden {tag} h_tag2;"));
        self.line("hidden int h_amount; hidden int h_sum; hidden int h_each; hidden short h_left; hidden int h_early;");
        for k in self.snapshots() {
            self.line(format!("hidden byte was_complete_{k}; hidden byte ConsistentCut_{k}; hidden byte TotalPreserved_{k}; hidden byte Terminates_{k};"));
        }
        self.line("hidden byte WellFormed;");
        self.line("");
    }

    fn lines(&mut self, lines: &str) {
        self.text.lines(lines);
    }

    fn part(&mut self, k: usize, p: usize) {
        let (name, amount) = (self.process(p).to_owned(), self.amount_type());
        let sent = type_of(self.plain.budgets[p].into());
        self.line(format!("bit begun_{k}_{name}; bit rec_{k}_{name};"));
        self.line(format!("{amount} recbalance_{k}_{name}; {sent} recsent_{k}_{name};"));
        if self.peeks() {
            self.line(format!("bit peeked_{k}_{name}; {amount} peek_{k}_{name};"));
        }
    }

    fn ledger(&mut self, k: usize, c: usize) {
        let (name, kept) = (self.channel(c), self.plain.kept_max(c));
        self.line(format!("bit marked_{k}_{name}; bit arrived_{k}_{name}; unsigned status_{k}_{name} : 2; bit orphan_{k}_{name};"));
        if self.blocks() {
            self.line(format!("bit blocked_{k}_{name};"));
        }
        if self.has_lists() {
            let (amount, sent) = (self.amount_type(), self.plain.budgets[self.plain.channels[c].0].max(1));
            self.line(format!("chan kept_{k}_{name} = [{kept}] of {{ {amount} }};"));
            self.line(format!("chan expected_{k}_{name} = [{sent}] of {{ {amount} }};"));
        } else {
            let (kept, sent) =
                (type_of(kept as u64), type_of(self.plain.budgets[self.plain.channels[c].0].into()));
            self.line(format!("{kept} kept_{k}_{name}; {sent} expected_{k}_{name};"));
        }
    }

    /// The one process: each event at each process.
    fn system(&mut self) {
        self.line("active proctype System() {");
        self.line("end:");
        self.line("do");
        let sends = self.plain.sends.clone();
        for send in sends {
            self.send(send);
        }
        for k in self.snapshots() {
            self.plain.snapshots[k].clone().into_iter().for_each(|p| self.start(k, p));
        }
        self.channels().for_each(|c| self.receive(c));
        self.never();
        self.line("od");
        self.line("}");
    }

    /// SPIN leaves out of a state what is never read. So all that may only be written is read, in a step that is never taken.
    fn never(&mut self) {
        let part = |k: usize, p: usize| {
            format!("recsent_{k}_{name} + recbalance_{k}_{name}", name = self.process(p))
        };
        let ledger = |k: usize, c: usize| {
            let name = self.channel(c);
            let numbers = format!(" + kept_{k}_{name} + expected_{k}_{name}");
            let numbers = if self.has_lists() { "" } else { &numbers };
            format!("arrived_{k}_{name} + orphan_{k}_{name} + status_{k}_{name}{numbers}")
        };
        let each = |k: usize| {
            let parts = self.processes().map(|p| part(k, p));
            parts.chain(self.channels().map(|c| ledger(k, c))).collect::<Vec<_>>().join(" + ")
        };
        let all: Vec<String> = self.snapshots().map(each).collect();
        if !all.is_empty() {
            self.line("");
            self.line("/* Never: SPIN would leave out of the state what is nowhere read, so here it is. */");
            for sum in all {
                self.line(format!(":: false && {sum} > 0 -> skip"));
            }
        }
    }

    /// One event: possible when `guard` holds.
    fn event(&mut self, title: &str, guard: &str, effect: impl FnOnce(&mut Self)) {
        self.line("");
        self.line(format!("/* {title} */"));
        self.line(":: d_step {");
        self.deeper(|promela| {
            promela.line(format!("!ill && {guard} ->"));
            promela.line("before();");
            effect(promela);
            promela.line("after()");
        });
        self.line("}");
    }

    /// What is written inside stands further in.
    fn deeper(&mut self, write: impl FnOnce(&mut Self)) {
        self.text.deeper();
        write(self);
        self.text.shallower();
    }

    /// The tag of a message that a process sends now.
    fn late(&self, p: usize) -> String {
        let bit = |k: usize| match k {
            0 => format!("rec_0_{}", self.process(p)),
            k => format!("(rec_{k}_{} << {k})", self.process(p)),
        };
        let bits: Vec<String> = self.snapshots().map(bit).collect();
        if bits.is_empty() { "0".to_owned() } else { bits.join(" + ") }
    }

    fn send(&mut self, send: Sending) {
        let Sending { channel, amount, turn } = send;
        let p = self.plain.channels[channel].0;
        let (name, to, budget) = (self.process(p).to_owned(), self.channel(channel), self.plain.budgets[p]);
        let title = format!("Send on {to}, {amount}");
        let guard = self.may_send(send);
        debug_assert!(turn.is_none_or(|turn| turn < budget));
        let late = self.late(p);
        self.event(&title, &guard, |promela| {
            promela.line(format!("balance_{name} = balance_{name} - {amount};"));
            promela.line(format!("sent_{name}++;"));
            let amount = if promela.has_lists() { format!(", {amount}") } else { String::new() };
            promela.line(format!("c_{to} ! {late}{amount};"));
        });
    }

    /// When a send is possible.
    fn may_send(&self, send: Sending) -> String {
        let p = self.plain.channels[send.channel].0;
        let (name, amount) = (self.process(p), send.amount);
        match send.turn {
            Some(turn) => format!("sent_{name} == {turn} && balance_{name} >= {amount}"),
            None => format!("sent_{name} < {} && balance_{name} >= {amount}", self.plain.budgets[p]),
        }
    }

    fn start(&mut self, k: usize, p: usize) {
        let name = self.process(p).to_owned();
        self.event(&format!("Start snapshot {k} at {name}"), &format!("!begun_{k}_{name}"), |promela| {
            promela.line(format!("begun_{k}_{name} = 1;"));
            promela.run(Handler::OnStart, k, p, None);
        });
    }

    /// When a channel lets its head out.
    fn may_receive(&self, c: usize) -> String {
        let name = self.channel(c);
        let blocked = |k: usize| format!(" && !blocked_{k}_{name}");
        let blocked: String =
            if self.blocks() { self.snapshots().map(blocked).collect() } else { String::new() };
        format!("len(c_{name}) > 0{blocked}")
    }

    fn receive(&mut self, c: usize) {
        let (to, name) = (self.plain.channels[c].1, self.channel(c));
        let guard = self.may_receive(c);
        self.event(&format!("Receive on {name}"), &guard, |promela| {
            promela.line(format!("c_{name} ? h_tag{};", if promela.has_lists() { ", h_amount" } else { "" }));
            if promela.snapshots().is_empty() {
                return promela.deliver(to);
            }
            promela.line("if");
            for k in promela.snapshots() {
                promela.line(format!(":: h_tag == MARKER_{k} ->"));
                promela.deeper(|promela| {
                    promela.line(format!("arrived_{k}_{name} = 1;"));
                    promela.run(Handler::OnMarker, k, to, Some(c));
                });
            }
            promela.line(":: else ->");
            promela.deeper(|promela| promela.message(c));
            promela.line("fi;");
        });
    }

    /// Every snapshot's handler in turn, then their ghost cuts; then the application.
    fn message(&mut self, c: usize) {
        let (to, name) = (self.plain.channels[c].1, self.channel(c));
        for k in self.snapshots() {
            self.run(Handler::OnMessage, k, to, Some(c));
        }
        for k in self.snapshots() {
            let receiver = self.process(to).to_owned();
            let expect = if self.has_lists() {
                format!("expected_{k}_{name} ! h_amount")
            } else {
                format!("expected_{k}_{name}++")
            };
            self.line("if");
            self.line(format!(":: !rec_{k}_{receiver} && LATE({k}) -> orphan_{k}_{name} = 1"));
            self.line(format!(":: rec_{k}_{receiver} && !LATE({k}) -> {expect}"));
            self.line(":: else");
            self.line("fi;");
        }
        self.deliver(to);
    }

    fn deliver(&mut self, to: usize) {
        let amount = self.plain.amount.map_or_else(|| "h_amount".to_owned(), |amount| amount.to_string());
        let name = self.process(to).to_owned();
        self.line(format!("balance_{name} = balance_{name} + {amount};"));
    }
}
