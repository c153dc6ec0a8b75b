//! Whether a reduction that is asked for is right for a model and what is asked of it, and what it leaves of the figures.
//!
//! Under stubborn sets (`engine::stubborn`) only terminal states are all found. Of a snapshot that is complete there, what was
//! recorded and kept is what it was at completion, since that is frozen (F in `network::closure`); and a cut that is
//! consistent at completion stays so, and one that is not stays that: everybody has recorded, so what is received
//! from before the cut moves from the channel to what has crossed, and nothing new is sent from before it. Nothing is
//! ill-formed (W). So what looks at recorded states or at terminal ones is judged as without a reduction. What looks at other states is not:
//! then the search is in full, and says why.

use std::sync::Arc;

use super::{Network, Options};
use crate::algorithm::Program;
use crate::apps::App;
use crate::model::{Expect, Model, Then};
use crate::network::{Dependency, StateOf, When};
use crate::oracle::{Property, Reach, steps_as_if_alone};

/// Which reduction to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduce {
    /// Every state and every transition.
    #[default]
    None,
    /// Only some events of each state, but every terminal state.
    Stubborn,
}

/// What becomes of the reduction that is asked for.
pub enum Reduced {
    /// None is asked for.
    Full,
    /// It is right.
    Stubborn(Arc<Dependency<App, Program>>),
    /// It would not be, or there is no proof that it is: why.
    Refused(String),
}

impl Reduced {
    /// What is right for a model, searched from this state on.
    pub fn of(model: &Model, system: &Network, last: &StateOf<App>, options: &Options<'_>) -> Self {
        if options.reduce == Reduce::None {
            return Self::Full;
        }
        let dependency = asks_too_much(model, last, options)
            .map_or(Ok(()), Err)
            .and_then(|()| Dependency::of(system, &last.components))
            .and_then(|dependency| does_not_interfere(model, system, dependency));
        match dependency {
            Ok(dependency) => Self::Stubborn(Arc::new(dependency)),
            Err(why) => Self::Refused(why),
        }
    }

    /// Are stubborn sets on?
    pub fn is_stubborn(&self) -> bool {
        matches!(self, Self::Stubborn(_))
    }

    /// The name of what is on.
    pub fn name(&self) -> &'static str {
        if self.is_stubborn() { "stubborn" } else { "none" }
    }

    /// Why nothing is on although it is asked for.
    pub fn refusal(&self) -> Option<String> {
        match self {
            Self::Refused(why) => Some(why.clone()),
            Self::Full | Self::Stubborn(_) => None,
        }
    }
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
        return Err("`NonInterference` is not proved on local states, so every state must be looked at".to_owned());
    }
    Ok(dependency)
}
