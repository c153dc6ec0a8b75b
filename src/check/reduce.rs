//! Whether a reduction that is asked for is right for a model and what is asked of it, and what it leaves of the figures.
//!
//! Under stubborn sets (`engine::stubborn`) only terminal states are all found. Of a snapshot that is complete there, what was
//! recorded and kept is what it was at completion, since that is frozen (F in `network::closure`); and a cut that is
//! consistent at completion stays so, and one that is not stays that: everybody has recorded, so what is received
//! from before the cut moves from the channel to what has crossed, and nothing new is sent from before it. Nothing is
//! ill-formed (W). So what looks at recorded states or at terminal ones is judged as without a reduction. What looks at other states is not:
//! then the search is in full, and says why.

use std::sync::Arc;

use super::chance::Chance;
use super::{Network, Options, symmetry};
use crate::algorithm::Program;
use crate::apps::App;
use crate::engine::Auditor;
use crate::engine::verdict::Reduced;
use crate::model::{Expect, Model, Then};
use crate::network::{ComponentOf, Dependency, StateOf, Symmetry, When};
use crate::oracle::{Property, Reach, steps_as_if_alone};

/// So many events are followed around a state.
const AUDIT_DEPTH: usize = 3;
/// The same states each time.
const AUDIT_SEED: u64 = 0;

/// What becomes of stubborn sets.
pub enum Sets {
    /// Nobody asks for them.
    Off,
    /// They are right.
    On(Arc<Dependency<App, Program>>),
    /// They would not be, or there is no proof that they are: why.
    Refused(String),
}

impl Sets {
    /// What is right for a model, searched from this state on.
    pub fn of(model: &Model, system: &Network, last: &StateOf<App>, options: &Options<'_>) -> Self {
        if !options.reduce.by_stubborn_sets() {
            return Self::Off;
        }
        let dependency = asks_too_much(model, last, options)
            .map_or(Ok(()), Err)
            .and_then(|()| Dependency::of(system, &last.components))
            .and_then(|dependency| does_not_interfere(model, system, dependency));
        match dependency {
            Ok(dependency) => Self::On(Arc::new(dependency)),
            Err(why) => Self::Refused(why),
        }
    }

    /// Are they on?
    pub fn is_on(&self) -> bool {
        matches!(self, Self::On(_))
    }
}

/// The name of what is on.
pub fn name(symmetry: bool, sets: bool) -> &'static str {
    match (symmetry, sets) {
        (false, false) => "none",
        (true, false) => "symmetry",
        (false, true) => "stubborn",
        (true, true) => "max",
    }
}

/// What reductions amount to, where one was asked for.
pub fn reduced(
    symmetry: Option<&Symmetry>,
    sets: &Sets,
    explored_states: u64,
    audit: u64,
) -> Option<Reduced> {
    if symmetry.is_none() && matches!(sets, Sets::Off) {
        return None;
    }
    let of_symmetry =
        symmetry.map(|symmetry| symmetry::reduced(symmetry, explored_states)).unwrap_or_default();
    let refused = match sets {
        Sets::Refused(why) => Some(format!("stubborn sets are off, because {why}")),
        Sets::Off | Sets::On(_) => None,
    };
    // Beside the other, each says which it is.
    let of_its_own = |note: String| match sets {
        Sets::Off => note,
        Sets::On(_) | Sets::Refused(_) => format!("of symmetry: {note}"),
    };
    let notes: Vec<String> = refused.into_iter().chain(of_symmetry.note.map(of_its_own)).collect();
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    let audited_states = (sets.is_on() && audit > 0).then_some(audit);
    Some(Reduced { explored_states, audited_states, note, ..of_symmetry })
}

/// Looks at what stubborn sets leave out, around so many states that they lead to. That they are wrong would be a mistake of
/// ours.
pub fn audit(
    system: &Network,
    dependency: &Dependency<App, Program>,
    initial: &[ComponentOf<App>],
    states: u64,
) {
    let mut chance = Chance::new(AUDIT_SEED, 0);
    let auditor = Auditor::new(system, dependency, AUDIT_DEPTH);
    let audited = auditor.audit(initial, states, &mut |sides| chance.below(sides));
    assert!(audited.is_ok(), "a stubborn set is wrong: {audited:?}");
}

/// Is the property left out, because it cannot be judged and nobody has asked for it by name?
pub fn is_left_out(model: &Model, property: Property) -> bool {
    property == Property::LeadsToActual && !model.listed
}

/// What is asked that terminal states do not answer.
fn asks_too_much(model: &Model, last: &StateOf<App>, options: &Options<'_>) -> Option<String> {
    if model.then == Then::Stop || last.halted {
        return Some("the walk is all there is".to_owned());
    }
    if options.coverage {
        return Some("coverage counts every transition".to_owned());
    }
    if model.reach.iter().any(|reach| matches!(reach, Reach::UnderWay(_))) {
        return Some("`UnderWay` asks about states that are left out".to_owned());
    }
    if matches!(&model.expect, Expect::Violated(fail) if fail.contains(&Property::LeadsToActual)) {
        return Some("`LeadsToActual` is expected to fail, and looks at states that are left out".to_owned());
    }
    let looks_elsewhere = |property: &&Property| match property {
        Property::Own(rule) => !matches!(rule.when, When::InSnapshots | When::AtTheEnd | When::Eventually),
        other => **other == Property::NothingLost,
    };
    let named = model.check.iter().find(looks_elsewhere)?;
    Some(format!("`{}` looks at states that are left out", named.name()))
}

/// `NonInterference` is proved on all local states, or not at all.
fn does_not_interfere(
    model: &Model,
    system: &Network,
    dependency: Dependency<App, Program>,
) -> Result<Dependency<App, Program>, String> {
    let alone = system.alone();
    let is_proved = |place: usize| {
        let components = dependency.components(place);
        components.into_iter().all(|component| steps_as_if_alone(system, &alone, place, &component))
    };
    let is_asked = model.check.contains(&Property::NonInterference);
    if is_asked && !(0..system.topology.names().len()).all(is_proved) {
        return Err(
            "`NonInterference` is not proved on local states, so every state must be looked at".to_owned()
        );
    }
    Ok(dependency)
}
