//! States, snapshots and conditions as text and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Network;
use crate::apps::{App, AppMessage, AppState};
use crate::engine::verdict::Snapshot;
use crate::engine::{State, TransitionSystem};
use crate::model::Model;
use crate::network::{
    Application, ChannelId, Component, Incoming, Item, ProcessId, SnapshotId, StateOf, Status,
};
use crate::oracle::Reach;

type Process = crate::network::Process<AppState, AppMessage>;
type Part = crate::network::Part<AppState, AppMessage>;

/// The initial state.
pub fn initial(system: &Network) -> StateOf<App> {
    State { components: system.initial(), halted: false }
}

/// A process of a state.
pub fn process(state: &StateOf<App>, process: ProcessId) -> &Process {
    let component = &state.components[process.index()];
    component.process().expect("processes stand at the first places")
}

/// A channel of a state.
pub fn channel<'s>(model: &Model, state: &'s StateOf<App>, channel: ChannelId) -> &'s Incoming<AppMessage> {
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
pub fn row(model: &Model, state: &StateOf<App>) -> Vec<String> {
    let processes = model.topology.processes().map(|at| process_cell(model, process(state, at)));
    let channels = channels(model).map(|at| channel_cell(model, channel(model, state, at)));
    let script = script_position(state).map(|position| format!("entry {position}"));
    processes.chain(channels).chain(script).collect()
}

/// `2`, `2 rec 1`, and with several snapshots `2 rec 0:1 1:2`; `peek 1` for a half that was read.
fn process_cell(model: &Model, process: &Process) -> String {
    let several = process.parts.len() > 1;
    let text = |state: &AppState| model.application.state_text(&model.topology, state);
    let mut cell = text(&process.state);
    let mut add = |label: &str, of: &dyn Fn(&Part) -> Option<AppState>| {
        let mut label = label;
        for (number, state) in process.parts.iter().map(|part| of(part)).enumerate() {
            let Some(state) = state.as_ref().map(text) else { continue };
            let number = if several { format!("{number}:") } else { String::new() };
            let _ = write!(cell, "{label} {number}{state}");
            label = "";
        }
    };
    add(" rec", &|part| part.record.clone());
    add(" peek", &|part| part.peeked.clone());
    if process.down {
        cell += " down";
    }
    if process.parts.iter().any(|part| !part.stopped.is_empty()) {
        cell += " paused";
    }
    cell
}

/// `1 M`, and what is kept: `1 M kept 1`; `blocked` where it is.
fn channel_cell(model: &Model, incoming: &Incoming<AppMessage>) -> String {
    let several = incoming.ledgers.len() > 1;
    let text = |message: &AppMessage| model.application.message_text(&model.topology, message);
    let item = |item: &Item<AppMessage>| match item {
        Item::Message(message, _) => text(message),
        Item::Marker(snapshot) if several => format!("M{}", snapshot.0),
        Item::Marker(_) => "M".to_owned(),
    };
    let mut words: Vec<String> = incoming.items.iter().map(item).collect();
    for (number, ledger) in incoming.ledgers.iter().enumerate().filter(|(_, ledger)| !ledger.kept.is_empty())
    {
        let kept: Vec<String> = ledger.kept.iter().map(text).collect();
        let number = if several { format!(" {number}:") } else { " ".to_owned() };
        words.push(format!("kept{number}{}", kept.join(",")));
    }
    if incoming.blocked() {
        words.push("blocked".to_owned());
    }
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}

/// A state as JSON.
pub fn json(model: &Model, state: &StateOf<App>) -> Value {
    let processes = model.topology.processes().map(|at| {
        let process = process(state, at);
        let mut value = json!({
            "state": process.state,
            "snapshots": process.parts.iter().map(|part| part_json(model, part)).collect::<Vec<_>>(),
        });
        if process.down {
            value["down"] = json!(true);
        }
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

fn part_json(model: &Model, part: &Part) -> Value {
    let mut value = json!({ "begun": part.begun, "record": part.record, "stopped": part.stopped.len() });
    if let Some(half) = &part.peeked {
        value["peeked"] = held_json(model, half);
    }
    value
}

fn script_position(state: &StateOf<App>) -> Option<usize> {
    state.components.iter().find_map(|component| match component {
        Component::Script(script) => Some(script.position),
        Component::Process(_) => None,
    })
}

/// What a process holds, where something is conserved; else its state.
fn held_json(model: &Model, state: &AppState) -> Value {
    let application = &model.application;
    if application.amount(0).is_some() { json!(application.held(state)) } else { json!(state) }
}

fn channel_json(incoming: &Incoming<AppMessage>) -> Value {
    let item = |item: &Item<AppMessage>| match item {
        Item::Message(message, _) => json!(message),
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
    let mut value = json!({
        "items": incoming.items.iter().map(item).collect::<Vec<_>>(),
        "faults_left": incoming.faults_left,
        "snapshots": ledgers.collect::<Vec<_>>(),
    });
    if let Some(wire) = &incoming.wire {
        value["link"] = json!(wire);
    }
    value
}

/// What a snapshot has recorded in a state.
pub fn snapshot(model: &Model, state: &StateOf<App>, number: SnapshotId) -> Snapshot {
    let index = number.index();
    let (application, topology) = (&model.application, &model.topology);
    let records = || topology.processes().map(|at| (at, process(state, at).parts[index].record.as_ref()));
    let kept = || channels(model).map(|at| (at, &channel(model, state, at).ledgers[index].kept));
    let name = |at: ProcessId| topology.name(at).to_owned();
    let text = |state: &AppState| application.state_text(topology, state);
    let texts = |kept: &[AppMessage]| {
        kept.iter().map(|message| application.message_text(topology, message)).collect()
    };
    let held = records().map(|(at, record)| (name(at), json!(record.map(|record| held_json(model, record)))));
    let contents = kept().map(|(at, kept)| (topology.channel_name(at), json!(kept)));
    let mut json = json!({
        "k": index,
        "processes": held.collect::<serde_json::Map<_, _>>(),
        "channels": contents.collect::<serde_json::Map<_, _>>(),
    });
    let (total, expected) = totals(&model.system(), state, number);
    let totals = application.amount(total).zip(application.amount(expected));
    if totals.is_some() {
        json["total"] = json!(total);
        json["expected_total"] = json!(expected);
    }
    let holding = kept().filter(|(_, kept)| !kept.is_empty());
    Snapshot {
        number: index,
        complete: super::walk::milestones(&model.system(), state) >> index & 1 == 1,
        processes: records().map(|(at, record)| (name(at), record.map(text))).collect(),
        channels: holding.map(|(at, kept)| (topology.channel_name(at), texts(kept))).collect(),
        totals,
        json,
    }
}

/// How much of the conserved quantity a snapshot has recorded, and how much there is.
pub fn totals(system: &Network, state: &StateOf<App>, number: SnapshotId) -> (u128, u128) {
    let (application, processes) = (&system.application, || system.topology.processes());
    let records = processes().filter_map(|at| process(state, at).parts[number.index()].record.as_ref());
    let kept = processes().flat_map(|at| &process(state, at).incoming);
    let kept = kept.flat_map(|incoming| &incoming.ledgers[number.index()].kept);
    let held = records.map(|record| u128::from(application.held(record))).sum::<u128>();
    let carried = kept.map(|message| u128::from(application.carried(message))).sum::<u128>();
    let first = processes().map(|at| application.held(&application.initial(at)));
    (held + carried, first.map(u128::from).sum())
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
pub fn unfinished(model: &Model, state: &StateOf<App>) -> Vec<SnapshotId> {
    let complete = super::walk::milestones(&model.system(), state);
    let begun = |snapshot: &SnapshotId| {
        model.topology.processes().any(|at| process(state, at).parts[snapshot.index()].begun)
    };
    snapshots(model).filter(begun).filter(|snapshot| complete >> snapshot.0 & 1 == 0).collect()
}
