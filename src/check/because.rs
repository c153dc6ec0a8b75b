//! Why a run shows what it shows, in one sentence.

use super::picture::{channel, process, snapshot, unfinished};
use super::told::Told;
use super::{Network, culprit, walk};
use crate::algorithm::Program;
use crate::algorithm::syntax::{Action, Algorithm};
use crate::algorithm::validate::flattened;
use crate::apps::Tokens;
use crate::engine::diagram::Diagram;
use crate::model::Model;
use crate::network::{Application, ChannelId, Event, Item, ProcessId, SnapshotId, StateOf};
use crate::oracle::{Findings, Judge, Property};

/// So many channels that a marker never came on are named.
const WAITING_MAX: usize = 3;

/// Does this snapshot, as it is recorded in the state, show that the property fails?
pub fn shows(
    system: &Network,
    judge: &Judge<'_, Tokens, Program>,
    property: Property,
    state: &StateOf<Tokens>,
    number: SnapshotId,
) -> bool {
    match property {
        Property::ConsistentCut => {
            let all = (0..system.topology.channels().len()).map(ChannelId::of);
            all.into_iter().any(|at| wrong_channel(system, state, at, number).is_some())
        }
        Property::TotalPreserved => total(system, state, number) != judge.initial_total(),
        _ => true,
    }
}

/// Why the property fails in the run's last state.
pub fn failure(
    model: &Model,
    judge: &Judge<'_, Tokens, Program>,
    property: Property,
    told: &Told<'_>,
    diagram: &Diagram,
) -> String {
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
            let recorded = total(&system, state, number);
            let (recorded, expected) = (model.application.amount(recorded), judge.initial_total());
            let expected = model.application.amount(expected);
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

fn total(system: &Network, state: &StateOf<Tokens>, number: SnapshotId) -> u128 {
    let processes = state.components.iter().filter_map(|component| component.process());
    let held = |process: &crate::network::Process<<Tokens as Application>::State, u64>| {
        let record = process.parts[number.index()].record.as_ref();
        let record = record.map_or(0, |record| u128::from(system.application.held(record)));
        let kept = process.incoming.iter().flat_map(|incoming| &incoming.ledgers[number.index()].kept);
        record + kept.map(|&amount| u128::from(amount)).sum::<u128>()
    };
    processes.map(held).sum()
}

/// What is wrong with the cut on this channel, if something is.
fn wrong_channel(
    system: &Network,
    state: &StateOf<Tokens>,
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
    let still = incoming.messages().filter(|(_, late)| !late.is(number)).map(|(&amount, _)| amount);
    let mut crossing: Vec<u64> = ledger.expected.iter().copied().chain(still).collect();
    if system.topology.channel(at).discipline == crate::network::Discipline::Bag {
        crossing.sort_unstable();
    }
    (crossing != ledger.kept).then(|| {
        let crosses = match crossing.as_slice() {
            [] => "nothing crosses".to_owned(),
            [one] => format!("{one} crosses"),
            several => format!("{} cross", listed(several)),
        };
        let kept = match ledger.kept.as_slice() {
            [] => "nothing".to_owned(),
            kept => listed(kept),
        };
        format!("{crosses} the cut on {from}→{to}, but {kept} was kept of that channel")
    })
}

fn listed(amounts: &[u64]) -> String {
    amounts.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// Which process of an unfinished snapshot waits for what.
fn waiting(model: &Model, state: &StateOf<Tokens>) -> String {
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

fn left_over(model: &Model, state: &StateOf<Tokens>) -> String {
    let mut all = (0..model.topology.channels().len()).map(ChannelId::of);
    match all.find(|&at| channel(model, state, at).messages().next().is_some()) {
        Some(at) => {
            format!("nothing more can happen, but a message is left in {}", model.topology.channel_name(at))
        }
        None => "the application alone does not reach this state".to_owned(),
    }
}

/// What was recorded, against what the model says.
fn unexpected(model: &Model, state: &StateOf<Tokens>, number: SnapshotId) -> String {
    let recorded = snapshot(model, state, number);
    let Some(clause) = model.recorded.iter().find(|clause| clause.snapshot == number) else {
        return "what was recorded is not what the model says".to_owned();
    };
    let balance =
        |at: ProcessId| process(state, at).parts[number.index()].record.map(|record| record.balance);
    for &(at, amount) in &clause.processes {
        if let Some(other) = balance(at).filter(|&other| other != amount) {
            return format!("{} recorded {other}, not {amount} as the model says", model.topology.name(at));
        }
    }
    format!("the channels recorded are {:?}, which is not what the model says", recorded.channels)
}
