//! The `application` and `snapshots` of a file -> what the processes do, the global script, and who starts what.

use std::collections::HashSet;
use std::ops::Range;

use super::decode::Spanned;
use super::fault::{Fault, Result};
use super::file::{
    ApplicationFile, BehaviourFile, ModelFile, Number, SnapshotFile, Text, ToFile, TokensFile, TurnFile,
};
use super::forms::{Amounts, OneOrMore, Pairs};
use super::names::{self, AMOUNTS_MAX, ENTRIES_MAX};
use super::tree::Node;
use crate::apps::{App, Behaviour, Refusal, Tokens};
use crate::network::{ChannelId, Discipline, ProcessId, Recovery, SNAPSHOTS_MAX, SnapshotId, Topology, Turn};

/// The most that a process, and all together, can hold: what a double can count.
pub const AMOUNT_MAX: u64 = (1 << 53) - 1;

/// The initiators of each snapshot, in process order.
pub(super) fn snapshots(file: &ModelFile, topology: &Topology) -> Result<Vec<Vec<ProcessId>>> {
    names::at_most(file.snapshots.value.len(), SNAPSHOTS_MAX, &file.snapshots.span, "snapshots")?;
    file.snapshots.value.iter().map(|written| initiators(written, topology)).collect()
}

fn initiators(written: &Spanned<SnapshotFile>, topology: &Topology) -> Result<Vec<ProcessId>> {
    let SnapshotFile::By(OneOrMore(texts)) = &written.value;
    let mut initiators = Vec::new();
    for text in texts {
        let process = names::process(topology, text)?;
        if initiators.contains(&process) {
            return Err(Fault::at(&text.span, format!("`{}` is an initiator twice", text.value))
                .hint("name each initiator once"));
        }
        initiators.push(process);
    }
    if initiators.is_empty() {
        return Err(Fault::at(&written.span, "a snapshot without initiator").hint("write `By(\"A\")`"));
    }
    initiators.sort_unstable();
    Ok(initiators)
}

/// What the processes do, and the global script if there is one.
pub(super) fn resolve(
    file: &ModelFile,
    root: &Node<'_>,
    topology: &Topology,
    snapshots: &[Vec<ProcessId>],
) -> Result<(App, Option<Vec<Turn>>)> {
    let written = match &file.application.value {
        ApplicationFile::Tokens(written) => written,
        ApplicationFile::Other(written) => {
            let refused = |refusal| refused(root.field("application").unwrap_or(root), &refusal);
            return Ok((written.resolve(topology).map_err(refused)?, None));
        }
    };
    let unit = if written.unit.span.is_empty() { "token" } else { names::name(&written.unit, "the unit")? };
    let start = start(&written.start, topology)?;
    let system = System { topology, snapshots, total: start.iter().sum() };
    let (behaviour, schedule) = system.behaviour(written)?;
    Ok((Tokens { unit: unit.to_owned(), start, behaviour }.into(), schedule))
}

/// Who crashes, and what is restored.
pub(super) fn recovery(file: &ModelFile, topology: &Topology, has_script: bool) -> Result<Option<Recovery>> {
    let Some(written) = &file.recovery else { return Ok(None) };
    if has_script {
        return Err(Fault::at(&written.span, "a script says what happens, so nothing can be restored")
            .hint("leave the script or the recovery out"));
    }
    let limits = 0..=ENTRIES_MAX as u64;
    let crashes = names::amounts(topology.names(), &written.value.crashes, &limits, "the number of crashes")?;
    let crashes = crashes.into_iter().map(|count| u32::try_from(count).unwrap_or(u32::MAX)).collect();
    Ok(Some(Recovery { crashes, restores: written.value.restores }))
}

/// What an application has to say against how it is written, at the word that it names.
fn refused(node: &Node<'_>, refusal: &Refusal) -> Fault {
    let span = refusal.offending.as_ref().and_then(|word| node.find(word));
    Fault::at(&span.unwrap_or_else(|| node.head()), &refusal.message).hint(&refusal.hint)
}

/// What each process holds at first.
fn start(written: &Amounts, topology: &Topology) -> Result<Vec<u64>> {
    let start = names::amounts(topology.names(), written, &(0..=AMOUNT_MAX), "an amount")?;
    let total: u128 = start.iter().map(|&amount| u128::from(amount)).sum();
    let span = match written {
        Amounts::Each(number) => number.span.clone(),
        Amounts::Single(Pairs(pairs)) => pairs.last().map_or(0..0, |(_, number)| number.span.clone()),
    };
    if total > u128::from(AMOUNT_MAX) {
        let message = format!("all together hold {total}, more than the {AMOUNT_MAX} that is supported");
        return Err(Fault::at(&span, message).hint("let them hold less"));
    }
    let copies: u128 = topology.channels().iter().map(|channel| copies(channel.discipline)).sum();
    if total * (1 + copies) > u128::from(u64::MAX) {
        let message = format!("{total} in all with {copies} possible copies is more than can be counted");
        return Err(Fault::at(&span, message).hint("let them hold less, or channels duplicate less"));
    }
    Ok(start)
}

fn copies(discipline: Discipline) -> u128 {
    match discipline {
        Discipline::Duplicating(budget) => u128::from(budget),
        _ => 0,
    }
}

/// What the behaviour of the application is resolved against.
struct System<'m> {
    topology: &'m Topology,
    snapshots: &'m [Vec<ProcessId>],
    total: u64,
}

impl System<'_> {
    fn behaviour(&self, written: &TokensFile) -> Result<(Behaviour, Option<Vec<Turn>>)> {
        match &written.behaviour {
            BehaviourFile::Free { sends, amounts } => {
                let (sends, amounts) = self.budgets("Free", sends, amounts)?;
                Ok((Behaviour::Free { sends, amounts }, None))
            }
            BehaviourFile::Broadcast { sends, amounts, whole } => {
                let (sends, amounts) = self.budgets("Broadcast", sends, amounts)?;
                Ok((Behaviour::Broadcast { sends, amounts, whole: *whole }, None))
            }
            BehaviourFile::PerProcess(lists) => Ok((self.lists(lists)?, None)),
            BehaviourFile::Script(turns) => {
                let (behaviour, schedule) = self.script(turns)?;
                Ok((behaviour, Some(schedule)))
            }
        }
    }

    /// How often each process may send, and which amounts.
    fn budgets(&self, form: &str, sends: &Amounts, written: &[Number]) -> Result<(Vec<u32>, Vec<u64>)> {
        let limits = 0..=ENTRIES_MAX as u64;
        let budgets = names::amounts(self.topology.names(), sends, &limits, "the number of sends")?;
        let never = budgets.iter().all(|&budget| budget == 0);
        if let Some(span) = some_span(sends).filter(|_| !never && written.is_empty()) {
            return Err(Fault::at(span, format!("`{form}` with sends but without amounts"))
                .hint("say what may be sent: `amounts: [1]`"));
        }
        let amount = |number| if never { above_zero(number) } else { self.amount(number) };
        let mut amounts = written.iter().map(amount).collect::<Result<Vec<u64>>>()?;
        amounts.sort_unstable();
        amounts.dedup();
        if let Some(first) = written.first().filter(|_| amounts.len() > AMOUNTS_MAX) {
            let message = format!("{} different amounts; the most supported is {AMOUNTS_MAX}", amounts.len());
            return Err(Fault::at(&first.span, message).hint("leave some out"));
        }
        let sends = budgets.into_iter().map(|budget| u32::try_from(budget).unwrap_or(u32::MAX)).collect();
        Ok((sends, amounts))
    }

    fn lists(&self, written: &Pairs<Text, Spanned<Vec<Spanned<ToFile>>>>) -> Result<Behaviour> {
        let mut lists = vec![Vec::new(); self.topology.names().len()];
        let resolve = |name| names::process(self.topology, name);
        for (process, list) in names::once_each(written, resolve, |name| &name.span)? {
            names::at_most(list.value.len(), ENTRIES_MAX, &list.span, "sends of one process")?;
            let sends = list.value.iter().map(|entry| self.own_send(process, entry));
            lists[process.index()] = sends.collect::<Result<_>>()?;
        }
        Ok(Behaviour::Lists(lists))
    }

    fn own_send(&self, process: ProcessId, entry: &Spanned<ToFile>) -> Result<(ChannelId, u64)> {
        let ToFile::To(to, amount) = &entry.value;
        let from = Text { value: self.topology.name(process).to_owned(), span: entry.span.clone() };
        Ok((names::channel(self.topology, &from, to, &entry.span)?, self.amount(amount)?))
    }

    fn script(&self, written: &Spanned<Vec<Spanned<TurnFile>>>) -> Result<(Behaviour, Vec<Turn>)> {
        names::at_most(written.value.len(), ENTRIES_MAX, &written.span, "entries of a script")?;
        let mut lists = vec![Vec::new(); self.topology.names().len()];
        let mut starts = HashSet::new();
        let mut schedule = Vec::new();
        for entry in &written.value {
            let turn = match &entry.value {
                TurnFile::Send(from, to, amount) => {
                    let channel = names::channel(self.topology, from, to, &entry.span)?;
                    let process = self.topology.channel(channel).from;
                    lists[process.index()].push((channel, self.amount(amount)?));
                    Turn::Step(process)
                }
                TurnFile::Start(number, text) => start_by(self.topology, self.snapshots, number, text)?,
                TurnFile::Snapshot(number) => start_of(self.topology, self.snapshots, number, &entry.span)?,
            };
            if matches!(turn, Turn::Start(..)) && !starts.insert(turn) {
                let message = "the script starts this snapshot here a second time";
                return Err(
                    Fault::at(&entry.span, message).hint("a process starts a snapshot once; remove one")
                );
            }
            schedule.push(turn);
        }
        Ok((Behaviour::Lists(lists), schedule))
    }

    /// An amount that the system can hold.
    fn amount(&self, number: &Number) -> Result<u64> {
        let amount = above_zero(number)?;
        if amount > self.total {
            let message = format!("an amount of {amount}, but the whole system holds {}", self.total);
            return Err(Fault::at(&number.span, message).hint("`start` says what the processes hold"));
        }
        Ok(amount)
    }
}

fn above_zero(number: &Number) -> Result<u64> {
    names::within(number, 1..=AMOUNT_MAX, "an amount that is sent")
}

/// Where the first number stands that is not 0.
fn some_span(amounts: &Amounts) -> Option<&Range<usize>> {
    match amounts {
        Amounts::Each(number) => Some(&number.span),
        Amounts::Single(Pairs(pairs)) => {
            pairs.iter().find(|(_, number)| number.value > 0).map(|(_, number)| &number.span)
        }
    }
}

/// `Start(k, "P")`
pub(super) fn start_by(
    topology: &Topology,
    snapshots: &[Vec<ProcessId>],
    number: &Number,
    text: &Text,
) -> Result<Turn> {
    let snapshot = names::snapshot(snapshots.len(), number)?;
    let process = names::process(topology, text)?;
    let initiators = &snapshots[snapshot.index()];
    if !initiators.contains(&process) {
        let message = format!("`{}` is not an initiator of snapshot {}", text.value, number.value);
        let names: Vec<&str> = initiators.iter().map(|&initiator| topology.name(initiator)).collect();
        return Err(Fault::at(&text.span, message).hint(format!("it is started by `{}`", names.join("`, `"))));
    }
    Ok(Turn::Start(snapshot, process))
}

/// `Snapshot(k)`: the start by the only initiator.
pub(super) fn start_of(
    topology: &Topology,
    snapshots: &[Vec<ProcessId>],
    number: &Number,
    span: &Range<usize>,
) -> Result<Turn> {
    let snapshot: SnapshotId = names::snapshot(snapshots.len(), number)?;
    match snapshots[snapshot.index()].as_slice() {
        &[process] => Ok(Turn::Start(snapshot, process)),
        several => {
            let write = |&process| format!("`Start({}, {:?})`", number.value, topology.name(process));
            let starts: Vec<String> = several.iter().map(write).collect();
            let message = format!("snapshot {} has several initiators", number.value);
            Err(Fault::at(span, message).hint(format!("write {}", starts.join(" or "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{check, model, said, with};

    fn tokens(application: &str) -> (Tokens, Option<Vec<Turn>>) {
        let model = model(&with(&[&format!("application: Tokens({application})")])).expect("a good model");
        let App::Tokens(tokens) = model.application else { panic!("the model passes tokens") };
        (tokens, model.schedule)
    }

    #[test]
    fn what_is_not_said_is_nothing() {
        let free = |sends: [u32; 3], amounts: &[u64]| Behaviour::Free {
            sends: sends.into(),
            amounts: amounts.into(),
        };
        let (nothing, schedule) = tokens("");
        let expected = Tokens { unit: "token".to_owned(), start: vec![0; 3], behaviour: free([0; 3], &[]) };
        assert_eq!((nothing, schedule), (expected, None));
        let (some, _) =
            tokens(r#"unit: "$", start: {"B": 2}, behaviour: Free(sends: {"A": 3}, amounts: [2, 1, 2])"#);
        assert_eq!(some.start, [0, 2, 0]);
        assert_eq!(some.behaviour, free([3, 0, 0], &[1, 2]));
        assert_eq!(some.unit, "$");
        let (lists, _) = tokens(r#"start: 1, behaviour: PerProcess({"B": [To("C", 3), To("A", 1)]})"#);
        let (b_to_c, b_to_a) = (ChannelId(2), ChannelId(1));
        assert_eq!(lists.behaviour, Behaviour::Lists(vec![vec![], vec![(b_to_c, 3), (b_to_a, 1)], vec![]]));
    }

    #[test]
    fn a_script_is_lists_and_a_schedule() {
        let (lists, schedule) = tokens(
            r#"start: 1, behaviour: Script([Send("A", "B", 1), Snapshot(0), Start(1, "B"), Send("A", "B", 2)])"#,
        );
        let a_to_b = ChannelId(0);
        assert_eq!(lists.behaviour, Behaviour::Lists(vec![vec![(a_to_b, 1), (a_to_b, 2)], vec![], vec![]]));
        let a = ProcessId(0);
        let expected = [
            Turn::Step(a),
            Turn::Start(SnapshotId(0), a),
            Turn::Start(SnapshotId(1), ProcessId(1)),
            Turn::Step(a),
        ];
        assert_eq!(schedule.as_deref(), Some(expected.as_slice()));
    }

    #[test]
    fn what_could_overflow_with_copies_is_refused() {
        let application = "application: Tokens(start: 3002399751580330)";
        assert_eq!(said(&with(&[application, "channels: Duplicating(255)"])), "ok");
        let ring: Vec<String> = (0..64).map(|number| format!("\"P{number}\"")).collect();
        let lines = [
            "application: Tokens(start: 140737488355327)",
            &format!("topology: Complete([{}])", ring.join(", ")),
            "channels: Duplicating(1)",
            "snapshots: []",
        ];
        assert_eq!(
            said(&with(&lines)),
            "4:28 9007199254740928 in all with 4032 possible copies is more than can be counted | let them hold \
             less, or channels duplicate less"
        );
    }

    #[test]
    fn lists_are_limited() {
        let turns = vec!["Snapshot(0)"; ENTRIES_MAX + 1].join(",");
        let script = with(&[&format!("application: Tokens(start: 1, behaviour: Script([{turns}]))")]);
        assert_eq!(
            said(&script),
            "4:49 10001 entries of a script; the most supported is 10000 | leave out 1"
        );
        let snapshots = vec!["By(\"A\")"; SNAPSHOTS_MAX + 1].join(",");
        let snapshots = with(&[&format!("snapshots: [{snapshots}]")]);
        assert_eq!(said(&snapshots), "5:12 17 snapshots; the most supported is 16 | leave out 1");
        let reach = with(&[&format!("reach: [{}]", vec!["Completes(0)"; 49].join(","))]);
        assert_eq!(said(&reach), "6:8 49 conditions of `reach`; the most supported is 48 | leave out 1");
    }

    /// A changed line, and what is said about it.
    const SAID: &[(&str, &str)] = &[
        ("application: Tokenz()", "4:14 there is no `Tokenz` here | did you mean `Tokens`?"),
        (
            r#"application: Tokens(unit: "")"#,
            "4:27 the unit has an empty name | give it a short, readable name",
        ),
        (
            "application: Tokens(start: Each(-1))",
            "4:33 expected a whole number, found the negative number -1 | whole numbers from 0 on make sense here",
        ),
        (
            "application: Tokens(start: 9007199254740992)",
            "4:28 an amount must be from 0 to 9007199254740991, found 9007199254740992 | use a number from 0 to 9007199254740991",
        ),
        (
            "application: Tokens(start: Each(9007199254740991))",
            "4:33 all together hold 27021597764222973, more than the 9007199254740991 that is supported | let them hold less",
        ),
        (
            "application: Tokens(start: 18446744073709551616)",
            r#"4:28 expected a whole number, `Each(..)` or a map `{"A": 1, ..}`, found 18446744073709551616, which is too large | write `1`, `Each(1)` or `{"A": 1, "B": 2}`"#,
        ),
        (
            r#"application: Tokens(start: {"A": 1, "D": 2})"#,
            "4:37 there is no process `D` | known are `A`, `B`, `C`",
        ),
        (
            r#"application: Tokens(start: {"A": 1, "A": 2})"#,
            "4:37 this key stands twice in the map | remove one of them",
        ),
        (
            "application: Tokens(start: [1, 1, 1])",
            r#"4:28 expected a whole number, `Each(..)` or a map `{"A": 1, ..}`, found a list `[..]` | write `1`, `Each(1)` or `{"A": 1, "B": 2}`"#,
        ),
        (
            "application: Tokens(start: 1, behaviour: Free(sends: 2))",
            "4:54 `Free` with sends but without amounts | say what may be sent: `amounts: [1]`",
        ),
        (
            r#"application: Tokens(start: 1, behaviour: Free(sends: {"A": 0, "B": 2}))"#,
            "4:68 `Free` with sends but without amounts | say what may be sent: `amounts: [1]`",
        ),
        (
            "application: Tokens(start: 1, behaviour: Free(sends: 10001, amounts: [1]))",
            "4:54 the number of sends must be from 0 to 10000, found 10001 | use a number from 0 to 10000",
        ),
        (
            "application: Tokens(start: 1, behaviour: Free(sends: 1, amounts: [1, 0]))",
            "4:70 an amount that is sent must be from 1 to 9007199254740991, found 0 | use a number from 1 to 9007199254740991",
        ),
        (
            "application: Tokens(start: 1, behaviour: Free(sends: 1, amounts: [4]))",
            "4:67 an amount of 4, but the whole system holds 3 | `start` says what the processes hold",
        ),
        ("application: Tokens(behaviour: Free(sends: 0, amounts: [4]))", "ok"),
        ("application: Tokens()", "ok"),
        (
            "application: Tokens(start: 1, behaviour: Broadcast(sends: 2))",
            "4:59 `Broadcast` with sends but without amounts | say what may be sent: `amounts: [1]`",
        ),
        (
            "application: Tokens(start: 1, behaviour: Broadcast(sends: 1, amounts: [1], whole: 1))",
            "4:83 expected `true` or `false`, found the number 1 | write `true` or `false`, without quotes",
        ),
        (
            "application: Tokens(start: 1, behaviour: Broadcast(sends: 1, amounts: [1], whole: no))",
            "4:83 expected `true` or `false`, found `no` | write `true` or `false`, without quotes",
        ),
        (
            "application: Tokens(start: 1, behaviour: Broadcast(sends: 1, amounts: [1], hole: true))",
            "4:76 unknown field `hole` | did you mean `whole`?",
        ),
        (
            "application: Tokens(start: 1, behaviour: Broadcast([1]))",
            r#"4:42 `Broadcast` takes named fields in parentheses | write `Broadcast("A", 5)` or `Broadcast(sends: 2, amounts: [1])`"#,
        ),
        ("application: Tokens(start: 1, behaviour: Broadcast(sends: 1, amounts: [1], whole: false))", "ok"),
        ("application: Tokens(start: 1, behaviour: Broadcast())", "ok"),
        (
            r#"application: Tokens(start: 1, behaviour: PerProcess({"A": [To("C", 1)]}))"#,
            "4:60 there is no channel from `A` to `C` | `A` has channels to `B`",
        ),
        (
            r#"application: Tokens(start: 1, behaviour: PerProcess({"A": [To("B", 4)]}))"#,
            "4:68 an amount of 4, but the whole system holds 3 | `start` says what the processes hold",
        ),
        (
            r#"application: Tokens(start: 1, behaviour: PerProcess({"A": [], "A": []}))"#,
            "4:63 this key stands twice in the map | remove one of them",
        ),
        (
            r#"application: Tokens(start: 1, behaviour: PerProcess({"A": [("B", 1)]}))"#,
            r#"4:60 expected `To`, found `(..)` with 2 values | write `To("B", 5)`"#,
        ),
        (
            r#"application: Tokens(start: 1, behaviour: Script([Send("A", "C", 1)]))"#,
            "4:50 there is no channel from `A` to `C` | `A` has channels to `B`",
        ),
        (
            r#"application: Tokens(start: 1, behaviour: Script([Send("A", "B", 4)]))"#,
            "4:65 an amount of 4, but the whole system holds 3 | `start` says what the processes hold",
        ),
        (
            r#"application: Tokens(start: 1, behaviour: Script([Send("A", "B")]))"#,
            r#"4:50 `Send` takes 3 values in parentheses, found 2 | write `Send("A", "B", 5)` or `Send(Marker, Outgoing)`"#,
        ),
        (
            "application: Tokens(start: 1, behaviour: Script([Snapshot(2)]))",
            "4:59 there is no snapshot 2 | the model lists 2, numbers 0 to 1",
        ),
        (
            "application: Tokens(start: 1, behaviour: Script([Snapshot(1)]))",
            r#"4:50 snapshot 1 has several initiators | write `Start(1, "A")` or `Start(1, "B")`"#,
        ),
        (
            r#"application: Tokens(start: 1, behaviour: Script([Start(0, "B")]))"#,
            "4:59 `B` is not an initiator of snapshot 0 | it is started by `A`",
        ),
        (
            r#"application: Tokens(start: 1, behaviour: Script([Snapshot(0), Start(0, "A")]))"#,
            "4:63 the script starts this snapshot here a second time | a process starts a snapshot once; remove one",
        ),
        (
            r#"application: Tokens(start: 1, behaviour: Script([Receive("A", "B")]))"#,
            "4:50 there is no `Receive` here | known are `Send`, `Start`, `Snapshot`",
        ),
        (r#"snapshots: [By("D")]"#, "5:16 there is no process `D` | known are `A`, `B`, `C`"),
        (r#"snapshots: [By(["A", "A"])]"#, "5:22 `A` is an initiator twice | name each initiator once"),
        ("snapshots: [By([])]", r#"5:13 a snapshot without initiator | write `By("A")`"#),
        (
            r#"snapshots: [By("A", "B")]"#,
            r#"5:13 `By` takes 1 value in parentheses, found 2 | write `By("A")` or `By(["A", "B"])`"#,
        ),
        (
            "snapshots: [By(0)]",
            r#"5:16 expected the name of a process or a list of names, found the number 0 | write `By("A")` or `By(["A", "B"])`"#,
        ),
        (
            r#"snapshots: ["A"]"#,
            r#"5:13 expected `By`, found the text "A" | write `By("A")` or `By(["A", "B"])`"#,
        ),
    ];

    #[test]
    fn what_is_no_application_is_said_with_its_place() {
        check(SAID);
    }
}
