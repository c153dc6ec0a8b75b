//! A verdict's sentences: what was checked, and what each property's status means here.

use crate::algorithm::Program;
use crate::apps::App;
use crate::engine::verdict::{EndReason, PropertyVerdict};
use crate::engine::{Status, TransitionSystem};
use crate::model::Model;
use crate::network::{Application, ChannelId, Discipline, Fault, Restores};
use crate::oracle::{Findings, Judge, Judgement, Property};

/// What is checked, in a few words each.
pub fn heading(model: &Model) -> Vec<String> {
    let initiators = |by: &Vec<crate::network::ProcessId>| {
        by.iter().map(|&process| model.topology.name(process)).collect::<Vec<_>>().join(" and ")
    };
    let snapshot = |(number, by)| format!("snapshot {number} from {}", initiators(by));
    let mut heading = vec![model.shape.clone(), model.application.heading(&model.topology)];
    heading.extend(
        model
            .schedule
            .as_ref()
            .map(|script| format!("a script of {}", counted(script.len(), "entry", "entries"))),
    );
    heading.extend(disciplines(model));
    heading.extend(recovery(model));
    heading.extend(model.capacity.map(|items| format!("at most {items} in a channel")));
    heading.extend(
        (!model.walk.is_empty())
            .then(|| format!("after a walk of {}", counted(model.walk.len(), "event", "events"))),
    );
    heading.extend(model.snapshots.iter().enumerate().map(snapshot));
    let edits = match model.mutations.len() {
        0 => String::new(),
        1 => ", mutated".to_owned(),
        several => format!(", {several} mutations"),
    };
    heading.push(format!("{}{edits}", model.algorithm.name));
    heading
}

/// Who crashes, where anybody does, and what is restored.
fn recovery(model: &Model) -> Option<String> {
    let recovery = model.recovery.as_ref()?;
    let crashes = counted(recovery.crashes.iter().sum::<u32>(), "crash", "crashes");
    let restored = match recovery.restores {
        Restores::Everything => "all restored from the last complete snapshot",
        Restores::Crashed => "only who crashed is restored",
        Restores::Processes => "processes are restored, channels are not",
        Restores::Incomplete => "all restored from the last snapshot, complete or not",
    };
    Some(format!("{crashes}, {restored}"))
}

/// How channels misbehave, where they do.
fn disciplines(model: &Model) -> Option<String> {
    let text = |discipline| match discipline {
        Discipline::Fifo => None,
        Discipline::Bag => Some("lets any item out".to_owned()),
        Discipline::Lossy(budget) => Some(format!("may lose {budget}")),
        Discipline::Duplicating(budget) => Some(format!("may repeat {budget}")),
        Discipline::Overtaking(budget) => Some(format!("may overtake {}", counted(budget, "time", "times"))),
        Discipline::Linked { over, budget, tries } => {
            let verb = match over {
                Fault::Lose => "lose",
                Fault::Duplicate => "repeat",
                Fault::Overtake => "overtake",
            };
            Some(format!("is a link over one that may {verb} {budget}, {}", counted(tries, "try", "tries")))
        }
    };
    let channels = model.topology.channels();
    let first = channels.first()?.discipline;
    if channels.iter().all(|channel| channel.discipline == first) {
        return text(first).map(|text| format!("each channel {text}"));
    }
    let named = channels.iter().enumerate().filter_map(|(index, channel)| {
        let name = model.topology.channel_name(ChannelId::of(index));
        text(channel.discipline).map(|text| format!("{name} {text}"))
    });
    Some(named.collect::<Vec<_>>().join(", "))
}

/// One entry a property.
pub fn properties(
    model: &Model,
    judge: &Judge<'_, App, Program>,
    findings: &Findings,
    end: EndReason,
) -> Vec<PropertyVerdict> {
    let verdict = |judgement: &Judgement| PropertyVerdict {
        name: judgement.property.name().to_owned(),
        status: judgement.status,
        checked: judgement.checked,
        note: note(model, judge, findings, judgement, end),
    };
    findings.judgements.iter().map(verdict).collect()
}

fn note(
    model: &Model,
    judge: &Judge<'_, App, Program>,
    findings: &Findings,
    judgement: &Judgement,
    end: EndReason,
) -> String {
    match judgement.status {
        Status::Holds => holds(model, judge, findings, judgement),
        Status::Vacuous => "there was nothing to judge".to_owned(),
        Status::Unknown => format!("does not fail in what was searched ({})", end.text()),
        Status::Violated if judgement.property == Property::Reach => {
            let unmet = (0..model.reach.len()).filter(|&reach| !findings.tally.is_met(reach));
            let unmet = unmet.map(|reach| super::picture::condition(model, &model.reach[reach]));
            format!("never reached: {}", unmet.collect::<Vec<_>>().join(", "))
        }
        Status::Violated => "fails".to_owned(),
    }
}

fn holds(
    model: &Model,
    judge: &Judge<'_, App, Program>,
    findings: &Findings,
    judgement: &Judgement,
) -> String {
    let snapshots = findings.tally.snapshots();
    match judgement.property {
        Property::ConsistentCut => {
            let different = counted(snapshots, "different snapshot", "different snapshots");
            if snapshots == 1 {
                format!("{different}, a consistent cut")
            } else {
                format!("{different}, every one a consistent cut")
            }
        }
        Property::TotalPreserved => {
            let subject = if snapshots == 1 { "it" } else { "every one" };
            let total = model.application.amount(judge.initial_total()).unwrap_or_default();
            format!("{subject} totals {total}")
        }
        Property::Terminates if model.system().largest_step().is_none() => {
            "no fair run leaves a snapshot unfinished for ever".to_owned()
        }
        Property::Terminates => match judgement.checked {
            1 => "in the only final state".to_owned(),
            states => format!("in all {} final states", count(states)),
        },
        Property::RecordedStateReachable => "each is a state that the application alone can reach".to_owned(),
        Property::LeadsToActual => "and from which it can go on to the state at completion".to_owned(),
        Property::WellFormed => "nothing is recorded twice, one marker a channel".to_owned(),
        Property::NonInterference => {
            "every step is the application's own, no message is left over".to_owned()
        }
        Property::NothingLost => "a restore leaves every process and channel as in the snapshot".to_owned(),
        Property::Own(rule) => rule.says.to_owned(),
        Property::Recorded => {
            format!("what the model says, in {}", counted(judgement.checked, "completion", "completions"))
        }
        Property::Reach => "every condition asked for is reachable".to_owned(),
    }
}

fn counted(number: impl TryInto<u64>, one: &str, several: &str) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {one}"),
        number => format!("{} {several}", count(number)),
    }
}

/// With thousands separators.
fn count(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}
