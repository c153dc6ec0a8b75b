//! A verdict's sentences: what was checked, and what each property's status means here.

use crate::algorithm::Program;
use crate::apps::Tokens;
use crate::engine::Status;
use crate::engine::verdict::{EndReason, PropertyVerdict};
use crate::model::Model;
use crate::oracle::{Findings, Judge, Judgement, Property};

/// What is checked, in a few words each.
pub fn heading(model: &Model) -> Vec<String> {
    let initiators = |by: &Vec<crate::network::ProcessId>| {
        by.iter().map(|&process| model.topology.name(process)).collect::<Vec<_>>().join(" and ")
    };
    let snapshot = |(number, by)| format!("snapshot {number} from {}", initiators(by));
    let mut heading = vec![model.shape.clone(), model.application.heading(&model.topology)];
    heading.extend(model.snapshots.iter().enumerate().map(snapshot));
    let edits = match model.mutations.len() {
        0 => String::new(),
        1 => ", mutated".to_owned(),
        several => format!(", {several} mutations"),
    };
    heading.push(format!("{}{edits}", model.algorithm.name));
    heading
}

/// One entry a property.
pub fn properties(
    model: &Model,
    judge: &Judge<'_, Tokens, Program>,
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
    judge: &Judge<'_, Tokens, Program>,
    findings: &Findings,
    judgement: &Judgement,
    end: EndReason,
) -> String {
    match judgement.status {
        Status::Holds => holds(model, judge, findings, judgement),
        Status::Vacuous => "there was nothing to judge".to_owned(),
        Status::Unknown => format!("no violation found before the search ended ({})", end.text()),
        Status::Violated if judgement.property == Property::Reach => {
            let unmet = (0..model.reach.len()).filter(|&reach| !findings.tally.is_met(reach));
            let unmet = unmet.map(|reach| super::picture::condition(model, &model.reach[reach]));
            format!("never reached: {}", unmet.collect::<Vec<_>>().join(", "))
        }
        Status::Violated => "fails; the shortest run that shows it is below".to_owned(),
    }
}

fn holds(model: &Model, judge: &Judge<'_, Tokens, Program>, findings: &Findings, judgement: &Judgement) -> String {
    let snapshots = findings.tally.distinct.len();
    match judgement.property {
        Property::ConsistentCut => {
            format!("{} different {}, every one a consistent cut", count(snapshots), snapshots_word(snapshots))
        }
        Property::TotalPreserved => {
            format!("every one totals {}", model.application.amount(judge.initial_total()))
        }
        Property::Terminates => format!("in all {} final states", count(judgement.checked)),
        Property::RecordedStateReachable => "each is a state that the application alone can reach".to_owned(),
        Property::LeadsToActual => "and from which it can go on to the state at completion".to_owned(),
        Property::WellFormed => "nothing is recorded twice, one marker a channel".to_owned(),
        Property::NonInterference => "every step is the application's own, no message is left over".to_owned(),
        Property::Recorded => format!("what the model says, in {} completions", count(judgement.checked)),
        Property::Reach => "every condition asked for is reachable".to_owned(),
    }
}

fn snapshots_word(snapshots: usize) -> &'static str {
    if snapshots == 1 { "snapshot" } else { "snapshots" }
}

/// With thousands separators.
fn count(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}
