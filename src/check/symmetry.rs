//! The symmetries of a model: those of its system that also leave alone what the model asks, and where its walk ends.

use super::Network;
use super::walk::Walk;
use crate::engine::verdict::Reduced;
use crate::model::Model;
use crate::network::{Condition, ORDER_MAX, Renaming, Symmetry};
use crate::oracle::{Reach, Recorded};

/// Finds them.
pub fn of(model: &Model, system: &Network, walk: &Walk) -> Symmetry {
    let recorded = Condition::new("`recorded` names processes or snapshots", |renaming| {
        model.recorded.iter().all(|clause| keeps(renaming, clause))
    });
    let reach = Condition::new("`reach` names processes or snapshots", |renaming| {
        model.reach.iter().all(|condition| keeps_condition(renaming, condition))
    });
    system.symmetry(walk.last(), vec![recorded, reach])
}

/// What exploring with them amounts to.
pub fn reduced(symmetry: &Symmetry, explored_states: u64) -> Reduced {
    let none = symmetry.why_none.map(|why| format!("it saves nothing, because {why}"));
    let part =
        symmetry.is_part.then(|| format!("there are more symmetries than {ORDER_MAX}, this is a part"));
    let order = symmetry.renamings.all().len();
    Reduced { explored_states, symmetry_order: Some(order), note: none.or(part), ..Reduced::default() }
}

/// Does the clause say the same under the new names?
fn keeps(renaming: &Renaming, clause: &Recorded) -> bool {
    let snapshot = renaming.snapshot(clause.snapshot) == clause.snapshot;
    let mut processes = clause.processes.iter();
    let mut channels = clause.channels.iter();
    snapshot
        && processes.all(|&(process, amount)| clause.processes.contains(&(renaming.process(process), amount)))
        && channels.all(|(channel, amounts)| {
            clause.channels.contains(&(renaming.channel(*channel), amounts.clone()))
        })
}

fn keeps_condition(renaming: &Renaming, condition: &Reach) -> bool {
    match condition {
        Reach::Completes(snapshot) | Reach::ChannelRecorded(snapshot) => {
            renaming.snapshot(*snapshot) == *snapshot
        }
        Reach::UnderWay(snapshots) => {
            snapshots.iter().all(|snapshot| snapshots.contains(&renaming.snapshot(*snapshot)))
        }
        Reach::Records(clause) => keeps(renaming, clause),
    }
}
