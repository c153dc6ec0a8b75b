//! Models with one budget smaller: what drives the number of states, and what to write instead. Edits of the model as
//! it was read; what they come to is for others to find out.

use crate::apps::{App, Behaviour, Tokens};
use crate::model::Model;
use crate::network::{Channel, Discipline, ProcessId, Topology};

/// A model with one budget smaller, and what to write in it.
#[derive(Clone, Debug)]
pub struct Edited {
    /// As an author would write it: what is made smaller, a colon, and how.
    pub edit: String,
    /// The model.
    pub model: Model,
}

/// What an edit makes smaller: a second edit of the same takes the place of the first.
pub fn what(edit: &str) -> &str {
    edit.split(": ").next().unwrap_or(edit)
}

/// All models with one budget smaller. None of a model with a walk, which might not be possible any more.
pub fn smaller(model: &Model) -> Vec<Edited> {
    if !model.walk.is_empty() {
        return Vec::new();
    }
    let mut all = Vec::new();
    if let App::Tokens(tokens) = &model.application {
        all.extend(fewer_sends(model, tokens));
        all.extend(fewer_amounts(model, tokens));
        all.extend(less_to_hold(model, tokens));
    }
    all.extend(fewer_snapshots(model));
    all.extend(fewer_initiators(model));
    all.extend(fewer_faults(model));
    all.extend(fewer_crashes(model));
    all
}

fn with_tokens(model: &Model, tokens: Tokens) -> Model {
    Model { application: App::Tokens(tokens), ..model.clone() }
}

/// One send less for one process; one entry less, where they are listed.
fn fewer_sends(model: &Model, tokens: &Tokens) -> Vec<Edited> {
    let names = model.topology.names();
    let mut all = Vec::new();
    for (process, name) in names.iter().enumerate() {
        let mut behaviour = tokens.behaviour.clone();
        let edit = match &mut behaviour {
            Behaviour::Free { sends, .. } | Behaviour::Broadcast { sends, .. } if sends[process] > 0 => {
                sends[process] -= 1;
                format!("sends: {}", by_name(names, sends))
            }
            Behaviour::Lists(lists) if model.schedule.is_none() && !lists[process].is_empty() => {
                lists[process].pop();
                format!("the list of {name}: only the first {}", lists[process].len())
            }
            _ => continue,
        };
        let tokens = Tokens { behaviour, ..tokens.clone() };
        all.push(Edited { edit, model: with_tokens(model, tokens) });
    }
    all
}

/// Without the largest amount.
fn fewer_amounts(model: &Model, tokens: &Tokens) -> Option<Edited> {
    let mut behaviour = tokens.behaviour.clone();
    let (Behaviour::Free { amounts, .. } | Behaviour::Broadcast { amounts, .. }) = &mut behaviour else {
        return None;
    };
    if amounts.len() < 2 {
        return None;
    }
    amounts.pop();
    let listed: Vec<String> = amounts.iter().map(u64::to_string).collect();
    let edit = format!("amounts: [{}]", listed.join(", "));
    let tokens = Tokens { behaviour, ..tokens.clone() };
    Some(Edited { edit, model: with_tokens(model, tokens) })
}

/// One less for the process that holds most at first.
fn less_to_hold(model: &Model, tokens: &Tokens) -> Option<Edited> {
    if !matches!(tokens.behaviour, Behaviour::Free { .. }) || tokens.start.iter().sum::<u64>() < 2 {
        return None;
    }
    let mut start = tokens.start.clone();
    let most = start.iter().copied().max()?;
    *start.iter_mut().rev().find(|held| **held == most)? -= 1;
    let edit = format!("start: {}", by_name(model.topology.names(), &start));
    let tokens = Tokens { start, ..tokens.clone() };
    Some(Edited { edit, model: with_tokens(model, tokens) })
}

/// Without the last snapshot. Where there is a script it has to stay; `reach` and `recorded` go.
fn fewer_snapshots(model: &Model) -> Option<Edited> {
    if model.schedule.is_some() || model.snapshots.is_empty() {
        return None;
    }
    let mut snapshots = model.snapshots.clone();
    snapshots.pop();
    Some(with_snapshots(model, snapshots))
}

/// Without the last initiator of a snapshot that has several.
fn fewer_initiators(model: &Model) -> Option<Edited> {
    let mut snapshots = model.snapshots.clone();
    snapshots.iter_mut().rev().find(|by| by.len() > 1)?.pop();
    model.schedule.is_none().then(|| with_snapshots(model, snapshots))
}

fn with_snapshots(model: &Model, snapshots: Vec<Vec<ProcessId>>) -> Edited {
    let quoted = |process: &ProcessId| format!("{:?}", model.topology.name(*process));
    let by = |by: &Vec<_>| match by.as_slice() {
        [only] => format!("By({})", quoted(only)),
        several => format!("By([{}])", several.iter().map(quoted).collect::<Vec<_>>().join(", ")),
    };
    let edit = format!("snapshots: [{}]", snapshots.iter().map(by).collect::<Vec<_>>().join(", "));
    let (reach, recorded) = (Vec::new(), Vec::new());
    Edited { edit, model: Model { snapshots, reach, recorded, ..model.clone() } }
}

/// One fault less on each channel that has any.
fn fewer_faults(model: &Model) -> Option<Edited> {
    let topology = &model.topology;
    if topology.channels().iter().all(|channel| channel.discipline.faults() == 0) {
        return None;
    }
    let fewer = |channel: &Channel| {
        let less = |budget: u8| budget.saturating_sub(1);
        let discipline = match channel.discipline {
            Discipline::Lossy(budget) => Discipline::Lossy(less(budget)),
            Discipline::Duplicating(budget) => Discipline::Duplicating(less(budget)),
            Discipline::Overtaking(budget) => Discipline::Overtaking(less(budget)),
            Discipline::Linked { over, budget, tries } => {
                Discipline::Linked { over, budget: less(budget), tries }
            }
            other => other,
        };
        Channel { discipline, ..channel.clone() }
    };
    let channels = topology.channels().iter().map(fewer).collect();
    let topology = Topology::new(topology.names().to_vec(), channels);
    let edit = faults(&topology);
    Some(Edited { edit, model: Model { topology, ..model.clone() } })
}

/// What channels may still do, as an edit says it: `faults: A→B 1, B→A 0`.
fn faults(topology: &Topology) -> String {
    let name = |process| topology.name(process);
    let faulty = topology.channels().iter().filter(|channel| is_faulty(channel.discipline));
    let each = faulty.map(|channel| {
        format!("{}→{} {}", name(channel.from), name(channel.to), channel.discipline.faults())
    });
    format!("faults: {}", each.collect::<Vec<_>>().join(", "))
}

fn is_faulty(discipline: Discipline) -> bool {
    !matches!(discipline, Discipline::Fifo | Discipline::Bag)
}

/// One crash less for the last process that crashes.
fn fewer_crashes(model: &Model) -> Option<Edited> {
    let mut recovery = model.recovery.clone()?;
    *recovery.crashes.iter_mut().rev().find(|crashes| **crashes > 0)? -= 1;
    let edit = format!("crashes: {}", by_name(model.topology.names(), &recovery.crashes));
    let model = Model { recovery: Some(recovery), ..model.clone() };
    Some(Edited { edit, model })
}

/// `{"A": 1, "B": 0}`.
fn by_name(names: &[String], values: &[impl ToString]) -> String {
    let entries = names.iter().zip(values).map(|(name, value)| format!("{name:?}: {}", value.to_string()));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_of_the_same_are_told_from_others() {
        let same = |one: &str, other: &str| what(one) == what(other);
        assert!(same("sends: {\"A\": 1}", "sends: {\"A\": 0}"));
        assert!(same("the list of A: only the first 2", "the list of A: only the first 1"));
        assert!(!same("the list of A: only the first 2", "the list of B: only the first 2"));
        assert!(!same("sends: {\"A\": 1}", "start: {\"A\": 1}"));
    }
}
