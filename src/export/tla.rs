//! TLA+, for TLC: a module, and the configuration that says what of it to check. A state under way is a record that
//! operators make from one another; the handlers of the algorithm are such operators.

mod handlers;

use super::Exported;
use super::plain::{Plain, Sending};
use super::text::Text;
use crate::algorithm::syntax::Rule;

/// Writes a system.
pub fn write(plain: &Plain, module: &str) -> Exported {
    let mut tla = Tla { plain, text: Text::default() };
    let configuration = tla.configuration();
    let bar = "-".repeat(20);
    tla.line(format!("{bar} MODULE {module} {bar}"));
    tla.head(module);
    tla.constants();
    tla.text.lines(include_str!("tla/state.tla"));
    tla.handlers();
    tla.events();
    tla.judged();
    tla.line("=".repeat(60));
    tla.line(format!("{module}.cfg, which stands beside it:"));
    tla.line("");
    tla.text.lines(&configuration);
    Exported { text: tla.text.end(), configuration: Some(configuration) }
}

/// A system as TLA+ has it.
struct Tla<'a> {
    plain: &'a Plain,
    text: Text,
}

impl Tla<'_> {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.line(line);
    }

    fn process(&self, process: usize) -> String {
        format!("\"{}\"", self.plain.processes[process])
    }

    /// `<<"A", "B">>`.
    fn channel(&self, channel: usize) -> String {
        let (from, to) = self.plain.channels[channel];
        format!("<<{}, {}>>", self.process(from), self.process(to))
    }

    /// `{a, b}`.
    fn set(members: impl Iterator<Item = String>) -> String {
        format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
    }

    /// A function of processes, entry by entry.
    fn of_processes(&self, value: impl Fn(usize) -> String) -> String {
        let entry = |p: usize| format!("{} :> {}", self.process(p), value(p));
        (0..self.plain.processes.len()).map(entry).collect::<Vec<_>>().join(" @@ ")
    }

    fn configuration(&self) -> String {
        let judged = [("ConsistentCut", self.plain.cuts), ("TotalPreserved", self.plain.totals)];
        let mut text = String::from("SPECIFICATION Spec\nINVARIANTS Terminates WellFormed\n");
        for (name, _) in judged.into_iter().filter(|(_, is_judged)| *is_judged) {
            text.push_str(&format!("PROPERTY {name}\n"));
        }
        text
    }

    fn head(&mut self, module: &str) {
        let plain = self.plain;
        self.line("(*");
        self.line(format!("{}: {}", plain.name, plain.heading));
        self.line("");
        self.line("Written by cl-check. One step is one event, and the states are those of cl-check, ghost cut included.");
        self.line("To count them all (\"distinct states found\") and to judge them:");
        self.line("");
        // A final state is the end of a run, and no mistake.
        self.line(format!("    java -cp tla2tools.jar tlc2.TLC -deadlock -config {module}.cfg {module}.tla"));
        if !plain.unjudged.is_empty() {
            self.line("");
            self.line(format!("Not judged here: {}.", plain.unjudged.join(", ")));
        }
        if let Some(called) = &plain.called {
            let pairs = plain.processes.iter().zip(called);
            let pairs: Vec<_> =
                pairs.map(|(new, old)| format!("{new} {}", super::plain::one_line(old))).collect();
            self.line("");
            self.line(format!("Processes: {}.", pairs.join(", ")));
        }
        self.line("*)");
        self.line("EXTENDS Integers, Sequences, FiniteSets, TLC");
        self.line("");
    }

    fn constants(&mut self) {
        let plain = self.plain;
        let processes = Self::set((0..plain.processes.len()).map(|p| self.process(p)));
        let channels = Self::set((0..plain.channels.len()).map(|c| self.channel(c)));
        let snapshots = Self::set((0..plain.snapshots.len()).map(|k| k.to_string()));
        let initiators = |k: usize| Self::set(plain.snapshots[k].iter().map(|&p| self.process(p)));
        let initiators = (0..plain.snapshots.len()).map(|k| format!("{k} :> {}", initiators(k)));
        let initiators = initiators.collect::<Vec<_>>().join(" @@ ");
        let first = |channels: Vec<usize>| Self::set(channels.into_iter().take(1).map(|c| self.channel(c)));
        let start = self.of_processes(|p| plain.start[p].to_string());
        let budget = self.of_processes(|p| plain.budgets[p].to_string());
        let number = self.of_processes(|p| p.to_string());
        let first_out = self.of_processes(|p| first(plain.outgoing(p)));
        let first_in = self.of_processes(|p| first(plain.incoming(p)));
        self.line(format!("Processes == {processes}"));
        self.line("\\* Sender and receiver.");
        self.line(format!("Channels == {channels}"));
        self.line(format!("Snapshots == {snapshots}"));
        let initiators = if initiators.is_empty() { "<<>>".to_owned() } else { initiators };
        self.line(format!("Initiators == {initiators}"));
        self.line("\\* What each process holds at first, how often it may send, and which it is in order.");
        self.line(format!("Start == {start}"));
        self.line(format!("Budget == {budget}"));
        self.line(format!("Number == {number}"));
        self.line(format!("Total == {}", plain.total()));
        self.line("\\* In channel order.");
        self.line(format!("FirstOutgoing == {first_out}"));
        self.line(format!("FirstIncoming == {first_in}"));
        self.line("");
    }

    fn events(&mut self) {
        self.line("\\* Each send: its channel, how much, and how many others of its process come before it; -1 where any may.");
        let each = |send: &Sending| {
            let turn = send.turn.map_or(-1, i64::from);
            format!("[c |-> {}, amount |-> {}, turn |-> {turn}]", self.channel(send.channel), send.amount)
        };
        let sends = Self::set(self.plain.sends.iter().map(each));
        self.text.lines(&format!("Sends ==\n    {}", sends.replace("], [", "],\n     [")));
        self.line("");
        self.text.lines(include_str!("tla/events.tla"));
    }

    fn judged(&mut self) {
        let rule = match self.plain.algorithm.complete_when {
            Rule::Recorded => "TRUE",
            Rule::EveryIncomingClosed => "\\A c \\in Channels : s.ledger[k][c].status = \"closed\"",
            Rule::EveryMarkerArrived => "\\A c \\in Channels : s.ledger[k][c].arrived",
        };
        self.line("\\* Every process has done its part.");
        self.line("Complete(s, k) ==");
        self.line("    /\\ \\A p \\in Processes : s.part[k][p].rec");
        self.line(format!("    /\\ {rule}"));
        self.line("");
        self.text.lines(include_str!("tla/judged.tla"));
    }
}
