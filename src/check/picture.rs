//! States, snapshots and conditions as text and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Network;
use crate::apps::{Purse, Tokens};
use crate::engine::verdict::Snapshot;
use crate::engine::{State, TransitionSystem};
use crate::model::Model;
use crate::network::{ChannelId, Component, Incoming, Item, ProcessId, SnapshotId, StateOf, Status};
use crate::oracle::Reach;

type Process = crate::network::Process<Purse, u64>;
type Part = crate::network::Part<Purse, u64>;

/// The initial state.
pub fn initial(system: &Network) -> StateOf<Tokens> {
    State { components: system.initial(), halted: false }
}

/// A process of a state.
pub fn process(state: &StateOf<Tokens>, process: ProcessId) -> &Process {
    let component = &state.components[process.index()];
    component.process().expect("processes stand at the first places")
}

/// A channel of a state.
pub fn channel<'s>(model: &Model, state: &'s StateOf<Tokens>, channel: ChannelId) -> &'s Incoming<u64> {
    let to = model.topology.channel(channel).to;
    &process(state, to).incoming[model.topology.inbox(channel)]
}

fn channels(model: &Model) -> impl Iterator<Item = ChannelId> + use<> {
    (0..model.topology.channels().len()).map(ChannelId::of)
}

fn snapshots(model: &Model) -> impl Iterator<Item = SnapshotId> + use<> {
    (0..model.snapshots.len()).map(SnapshotId::of)
}

/// What each cell of a row shows: processes, channels, then the script.
pub fn columns(model: &Model) -> Vec<String> {
    let names = model.topology.names().iter().cloned();
    let channels = channels(model).map(|channel| model.topology.channel_name(channel));
    names.chain(channels).chain(model.schedule.as_ref().map(|_| "script".to_owned())).collect()
}

/// The cells of a state.
pub fn row(model: &Model, state: &StateOf<Tokens>) -> Vec<String> {
    let processes = model.topology.processes().map(|at| process_cell(process(state, at)));
    let channels = channels(model).map(|at| channel_cell(channel(model, state, at)));
    let script = script_position(state).map(|position| format!("entry {position}"));
    processes.chain(channels).chain(script).collect()
}

/// `2`, `2 rec 1`, and with several snapshots `2 rec 0:1 1:2`; `peek 1` for a half that was read.
fn process_cell(process: &Process) -> String {
    let several = process.parts.len() > 1;
    let mut cell = purse_text(&process.state);
    let mut add = |label: &str, of: &dyn Fn(&Part) -> Option<Purse>| {
        let mut label = label;
        for (number, purse) in process.parts.iter().map(of).enumerate() {
            let Some(purse) = purse.as_ref().map(purse_text) else { continue };
            let number = if several { format!("{number}:") } else { String::new() };
            let _ = write!(cell, "{label} {number}{purse}");
            label = "";
        }
    };
    add(" rec", &|part| part.record);
    add(" peek", &|part| part.peeked);
    if process.parts.iter().any(|part| !part.stopped.is_empty()) {
        cell += " paused";
    }
    cell
}

/// `2`, and what is owed: `0 owes 1,1`.
fn purse_text(purse: &Purse) -> String {
    let balance = purse.balance.to_string();
    let owed = vec![purse.owed.amount.to_string(); purse.owed.copies as usize];
    if owed.is_empty() { balance } else { format!("{balance} owes {}", owed.join(",")) }
}

/// `1 M`, and what is kept: `1 M kept 1`; `blocked` where it is.
fn channel_cell(incoming: &Incoming<u64>) -> String {
    let several = incoming.ledgers.len() > 1;
    let item = |item: &Item<u64>| match item {
        Item::Message(amount, _) => amount.to_string(),
        Item::Marker(snapshot) if several => format!("M{}", snapshot.0),
        Item::Marker(_) => "M".to_owned(),
    };
    let mut words: Vec<String> = incoming.items.iter().map(item).collect();
    for (number, ledger) in incoming.ledgers.iter().enumerate().filter(|(_, ledger)| !ledger.kept.is_empty())
    {
        let kept: Vec<String> = ledger.kept.iter().map(u64::to_string).collect();
        let number = if several { format!(" {number}:") } else { " ".to_owned() };
        words.push(format!("kept{number}{}", kept.join(",")));
    }
    if incoming.blocked() {
        words.push("blocked".to_owned());
    }
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}

/// A state as JSON.
pub fn json(model: &Model, state: &StateOf<Tokens>) -> Value {
    let processes = model.topology.processes().map(|at| {
        let process = process(state, at);
        let value = json!({
            "state": process.state,
            "snapshots": process.parts.iter().map(part_json).collect::<Vec<_>>(),
        });
        (model.topology.name(at).to_owned(), value)
    });
    let channels =
        channels(model).map(|at| (model.topology.channel_name(at), channel_json(channel(model, state, at))));
    json!({
        "processes": processes.collect::<serde_json::Map<_, _>>(),
        "channels": channels.collect::<serde_json::Map<_, _>>(),
        "script": script_position(state),
        "ill_formed": state.halted,
    })
}

fn part_json(part: &Part) -> Value {
    let mut value = json!({ "begun": part.begun, "record": part.record, "stopped": part.stopped.len() });
    if let Some(half) = part.peeked {
        value["peeked"] = json!(half.balance);
    }
    value
}

fn script_position(state: &StateOf<Tokens>) -> Option<usize> {
    state.components.iter().find_map(|component| match component {
        Component::Script(script) => Some(script.position),
        Component::Process(_) => None,
    })
}

fn channel_json(incoming: &Incoming<u64>) -> Value {
    let item = |item: &Item<u64>| match item {
        Item::Message(amount, _) => json!(amount),
        Item::Marker(snapshot) => json!(format!("Marker({})", snapshot.0)),
    };
    let ledgers = incoming.ledgers.iter().map(|ledger| {
        let status = match ledger.status {
            Status::Untouched => "untouched",
            Status::Open => "open",
            Status::Closed => "closed",
        };
        json!({ "status": status, "kept": ledger.kept, "blocked": ledger.blocked })
    });
    json!({
        "items": incoming.items.iter().map(item).collect::<Vec<_>>(),
        "faults_left": incoming.faults_left,
        "snapshots": ledgers.collect::<Vec<_>>(),
    })
}

/// What a snapshot has recorded in a state.
pub fn snapshot(model: &Model, state: &StateOf<Tokens>, number: SnapshotId) -> Snapshot {
    let index = number.index();
    let tokens = &model.application;
    let records = || model.topology.processes().map(|at| (at, process(state, at).parts[index].record));
    let kept = || channels(model).map(|at| (at, &channel(model, state, at).ledgers[index].kept));
    let total =
        records().filter_map(|(_, record)| record).map(|record| u128::from(record.balance)).sum::<u128>()
            + kept().flat_map(|(_, kept)| kept).map(|&amount| u128::from(amount)).sum::<u128>();
    let expected = tokens.start.iter().map(|&amount| u128::from(amount)).sum::<u128>();
    let name = |at: ProcessId| model.topology.name(at).to_owned();
    let processes = records().map(|(at, record)| (name(at), record.map(|record| record.balance.to_string())));
    let amounts = |kept: &Vec<u64>| kept.iter().map(u64::to_string).collect::<Vec<_>>();
    let holding = || kept().filter(|(_, kept)| !kept.is_empty());
    let balances = records().map(|(at, record)| (name(at), json!(record.map(|record| record.balance))));
    let contents = kept().map(|(at, kept)| (model.topology.channel_name(at), json!(kept)));
    let json = json!({
        "k": index,
        "processes": balances.collect::<serde_json::Map<_, _>>(),
        "channels": contents.collect::<serde_json::Map<_, _>>(),
        "total": total,
        "expected_total": expected,
    });
    Snapshot {
        number: index,
        complete: super::walk::milestones(&model.system(), state) >> index & 1 == 1,
        processes: processes.collect(),
        channels: holding().map(|(at, kept)| (model.topology.channel_name(at), amounts(kept))).collect(),
        total: tokens.amount(total),
        expected_total: tokens.amount(expected),
        json,
    }
}

/// A condition of `reach` as models write it.
pub fn condition(model: &Model, reach: &Reach) -> String {
    match reach {
        Reach::Completes(snapshot) => format!("Completes({})", snapshot.0),
        Reach::ChannelRecorded(snapshot) => format!("ChannelRecorded({})", snapshot.0),
        Reach::UnderWay(snapshots) => {
            let numbers: Vec<String> = snapshots.iter().map(|snapshot| snapshot.0.to_string()).collect();
            format!("UnderWay([{}])", numbers.join(", "))
        }
        Reach::Records(clause) => {
            let name = |at: &ProcessId| model.topology.name(*at);
            let processes = clause.processes.iter().map(|(at, amount)| format!("{:?}: {amount}", name(at)));
            let ends = |channel: &ChannelId| {
                let channel = model.topology.channel(*channel);
                format!("({:?},{:?})", name(&channel.from), name(&channel.to))
            };
            let channels = clause.channels.iter().map(|(at, amounts)| format!("{}: {amounts:?}", ends(at)));
            format!(
                "Records(Snapshot(k: {}, processes: {{{}}}, channels: {{{}}}))",
                clause.snapshot.0,
                processes.collect::<Vec<_>>().join(", "),
                channels.collect::<Vec<_>>().join(", "),
            )
        }
    }
}

/// All snapshots of a state in which something was begun and that are not complete.
pub fn unfinished(model: &Model, state: &StateOf<Tokens>) -> Vec<SnapshotId> {
    let complete = super::walk::milestones(&model.system(), state);
    let begun = |snapshot: &SnapshotId| {
        model.topology.processes().any(|at| process(state, at).parts[snapshot.index()].begun)
    };
    snapshots(model).filter(begun).filter(|snapshot| complete >> snapshot.0 & 1 == 0).collect()
}
