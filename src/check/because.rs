//! Why a run shows what it shows, in one sentence.

use super::picture::{self, channel, process, snapshot, unfinished};
use super::told::Told;
use super::{Network, culprit, walk};
use crate::algorithm::syntax::{Action, Algorithm};
use crate::algorithm::validate::flattened;
use crate::apps::{App, AppMessage};
use crate::engine::diagram::Diagram;
use crate::model::Model;
use crate::network::{Application, ChannelId, Event, Item, ProcessId, SnapshotId, StateOf};
use crate::oracle::{Findings, Property};

/// So many channels that a marker never came on are named.
const WAITING_MAX: usize = 3;

/// Does this snapshot, as it is recorded in the state, show that the property fails?
pub fn shows(system: &Network, property: Property, state: &StateOf<App>, number: SnapshotId) -> bool {
    match property {
        Property::ConsistentCut => {
            let all = (0..system.topology.channels().len()).map(ChannelId::of);
            all.into_iter().any(|at| wrong_channel(system, state, at, number).is_some())
        }
        Property::TotalPreserved => {
            let (recorded, expected) = picture::totals(system, state, number);
            recorded != expected
        }
        _ => true,
    }
}

/// Why the property fails in the run's last state.
pub fn failure(model: &Model, property: Property, told: &Told<'_>, diagram: &Diagram) -> String {
    let state = told.last();
    let system = model.system();
    let number = told.snapshot.unwrap_or(SnapshotId(0));
    match property {
        Property::ConsistentCut => {
            let mut all = (0..model.topology.channels().len()).map(ChannelId::of);
            let wrong = || all.find_map(|at| wrong_channel(&system, state, at, number));
            let sentence = culprit::sentence(model, told, diagram).or_else(wrong);
            sentence.unwrap_or_else(|| "the recorded cut is not consistent".to_owned())
        }
        Property::TotalPreserved => {
            let (recorded, expected) = picture::totals(&system, state, number);
            let text = |amount| model.application.amount(amount).unwrap_or_default();
            let (recorded, expected) = (text(recorded), text(expected));
            let fault = culprit::faults(diagram).map(|fault| format!("; {fault}")).unwrap_or_default();
            format!("recorded are {recorded}, but the system holds {expected}{fault}")
        }
        Property::Terminates => waiting(model, state),
        Property::WellFormed => ill_formed(model, told),
        Property::NonInterference => left_over(model, state),
        Property::RecordedStateReachable => {
            "no run of the application alone passes through the recorded state".to_owned()
        }
        Property::LeadsToActual => {
            "no run of the application alone leads from the recorded state to the state at completion"
                .to_owned()
        }
        Property::NothingLost => changed(model, state),
        Property::Own(rule) => rule.otherwise.to_owned(),
        Property::Recorded => unexpected(model, state, number),
        Property::Reach => "no run reaches the condition".to_owned(),
    }
}

/// Why a `recorded` clause fails without any completion.
pub fn never_complete(model: &Model, findings: &Findings) -> String {
    let never =
        |clause: &&crate::oracle::Recorded| findings.tally.completed_snapshots >> clause.snapshot.0 & 1 == 0;
    let number = model.recorded.iter().find(never).map_or(0, |clause| clause.snapshot.0);
    format!("snapshot {number} never completes, in this run or any other")
}

/// What is wrong with the cut on this channel, if something is.
fn wrong_channel(
    system: &Network,
    state: &StateOf<App>,
    at: ChannelId,
    number: SnapshotId,
) -> Option<String> {
    let ends = system.topology.channel(at);
    let incoming = &process(state, ends.to).incoming[system.topology.inbox(at)];
    let ledger = &incoming.ledgers[number.index()];
    let (from, to) = (system.topology.name(ends.from), system.topology.name(ends.to));
    if ledger.orphan {
        return Some(format!(
            "{to} received a message before its record that {from} sent after its own: an orphan"
        ));
    }
    let still = incoming.messages().filter(|(_, late)| !late.is(number)).map(|(message, _)| message.clone());
    let mut crossing: Vec<AppMessage> = ledger.expected.iter().cloned().chain(still).collect();
    if system.topology.channel(at).discipline == crate::network::Discipline::Bag {
        crossing.sort_unstable();
    }
    (crossing != ledger.kept).then(|| {
        let crosses = match crossing.as_slice() {
            [] => "nothing crosses".to_owned(),
            one @ [_] => format!("{} crosses", listed(system, one)),
            several => format!("{} cross", listed(system, several)),
        };
        let kept = match ledger.kept.as_slice() {
            [] => "nothing".to_owned(),
            kept => listed(system, kept),
        };
        format!("{crosses} the cut on {from}→{to}, but {kept} was kept of that channel")
    })
}

fn listed(system: &Network, messages: &[AppMessage]) -> String {
    let text = |message| system.application.message_text(&system.topology, message);
    messages.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// Which process of an unfinished snapshot waits for what.
fn waiting(model: &Model, state: &StateOf<App>) -> String {
    let Some(&number) = unfinished(model, state).first() else {
        return "a snapshot never completes".to_owned();
    };
    let name = |at: ProcessId| model.topology.name(at);
    let unrecorded = |at: &ProcessId| process(state, *at).parts[number.index()].record.is_none();
    let unrecorded: Vec<&str> = model.topology.processes().filter(unrecorded).map(name).collect();
    let silent = (0..model.topology.channels().len()).map(ChannelId::of).filter_map(|at| {
        let ends = model.topology.channel(at);
        let arrived = channel(model, state, at).ledgers[number.index()].marker_arrived;
        (!arrived).then(|| format!("{} waits for the marker from {}", name(ends.to), name(ends.from)))
    });
    let silent: Vec<String> = silent.collect();
    let mut parts = Vec::new();
    if !unrecorded.is_empty() {
        let verb = if unrecorded.len() == 1 { "records" } else { "record" };
        parts.push(format!("{} never {verb} it", and(&unrecorded)));
    }
    match silent.len() {
        0 if unrecorded.is_empty() => {
            parts.push("every marker arrived, but it is not complete".to_owned());
        }
        0 => {}
        several if several > WAITING_MAX => {
            let shown = silent[..WAITING_MAX].join(", ");
            parts.push(format!("{shown}, and {} more markers are waited for", several - WAITING_MAX));
        }
        _ => parts.push(silent.join(", ")),
    }
    format!("snapshot {} was started, but {}", number.0, parts.join("; "))
}

fn and(names: &[&str]) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        names => names.concat(),
    }
}

/// What the last event did twice, or which channel has seen no marker.
fn ill_formed(model: &Model, told: &Told<'_>) -> String {
    let last = told.last();
    let all = || (0..model.topology.channels().len()).map(ChannelId::of);
    if !last.halted {
        let complete = walk::milestones(&model.system(), last);
        for number in
            (0..model.snapshots.len()).map(SnapshotId::of).filter(|number| complete >> number.0 & 1 == 1)
        {
            if let Some(at) = all().find(|&at| !channel(model, last, at).ledgers[number.index()].marker_sent)
            {
                let name = model.topology.channel_name(at);
                return format!("snapshot {} is complete, but its marker was never sent on {name}", number.0);
            }
        }
    }
    let before = &told.states[told.states.len().saturating_sub(2)];
    let again = |&(at, number): &(ChannelId, SnapshotId)| {
        let marker = Item::Marker(number);
        let there = |state| channel(model, state, at).items.iter().filter(|item| **item == marker).count();
        let received = told.events.last() == Some(&Event::Receive(at, marker.clone()));
        let sent_before = channel(model, before, at).ledgers[number.index()].marker_sent;
        there(last) + usize::from(received) + usize::from(sent_before) > there(before) + 1
    };
    let snapshots = || (0..model.snapshots.len()).map(SnapshotId::of);
    if let Some((at, SnapshotId(number))) =
        all().flat_map(|at| snapshots().map(move |number| (at, number))).find(again)
    {
        return format!(
            "a second marker of snapshot {number} is sent on {}",
            model.topology.channel_name(at)
        );
    }
    match told.snapshot.filter(|_| !acts_on_others(&model.algorithm)) {
        Some(SnapshotId(number)) => {
            format!("snapshot {number} is recorded a second time by the same process")
        }
        None => "a snapshot is recorded a second time by the same process".to_owned(),
    }
}

/// What happens to a snapshot need not be of its own event.
fn acts_on_others(algorithm: &Algorithm) -> bool {
    let handlers = [&algorithm.on_start, &algorithm.on_marker, &algorithm.on_message];
    let mut all = handlers.into_iter().flat_map(|actions| flattened(actions));
    all.any(|action| matches!(action, Action::OfNext(_)))
}

/// What is not as it was in what was restored.
fn changed(model: &Model, state: &StateOf<App>) -> String {
    let system = model.system();
    let mut others = model.topology.processes().filter(|&at| !system.is_as_it_was(at, process(state, at)));
    match others.next() {
        Some(at) => format!(
            "{} or what is under way to it is not as it was in what was restored",
            model.topology.name(at)
        ),
        None => "what was restored does not hold what the system held at first".to_owned(),
    }
}

fn left_over(model: &Model, state: &StateOf<App>) -> String {
    let mut all = (0..model.topology.channels().len()).map(ChannelId::of);
    match all.find(|&at| channel(model, state, at).messages().next().is_some()) {
        Some(at) => {
            format!("nothing more can happen, but a message is left in {}", model.topology.channel_name(at))
        }
        None => "the application alone does not reach this state".to_owned(),
    }
}

/// What was recorded, against what the model says.
fn unexpected(model: &Model, state: &StateOf<App>, number: SnapshotId) -> String {
    let recorded = snapshot(model, state, number);
    let Some(clause) = model.recorded.iter().find(|clause| clause.snapshot == number) else {
        return "what was recorded is not what the model says".to_owned();
    };
    let balance = |at: ProcessId| {
        Some(model.application.held(process(state, at).parts[number.index()].record.as_ref()?))
    };
    for &(at, amount) in &clause.processes {
        if let Some(other) = balance(at).filter(|&other| other != amount) {
            return format!("{} recorded {other}, not {amount} as the model says", model.topology.name(at));
        }
    }
    format!("the channels recorded are {:?}, which is not what the model says", recorded.channels)
}
