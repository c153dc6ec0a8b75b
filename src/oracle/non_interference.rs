//! `NonInterference`: under snapshots the application does nothing that it could not do alone, and in the end no
//! message is left in a channel.
//!
//! Proved on the local transitions: each, projected to the application, is one of the application alone or changes
//! nothing (what arrives elsewhere is appended whatever the algorithm). By induction so is every run. Cost: one local transition of
//! the application alone for each that the search met. Where some step of that proof fails, nothing is known.

use std::sync::Arc;

use super::alone::Undecided;
use super::case::Case;
use super::fact::{View, actual_view};
use crate::engine::{Bounds, Explorer, Sight, TransitionSystem};
use crate::network::{
    Application, Component, ComponentOf, Effect, Event, Item, Late, Letter, Process, ProcessId, Protocol,
    System,
};

/// Components after which the clock is looked at.
const BETWEEN_LOOKS: usize = 1024;

/// Judged in terminal states: the rest is a proof, not a look.
pub fn fails(case: &Case<'_>) -> bool {
    case.sight == Sight::Terminal && case.some(|fact| fact.message_left)
}

/// Does the proof go through for every local transition that a search has met?
pub fn is_proved_locally<A, P>(
    explorer: &Explorer<System<A, P>>,
    alone: &System<A, P>,
    bounds: &Bounds<'_>,
) -> Result<bool, Undecided>
where
    A: Application,
    P: Protocol,
{
    for (place, known) in explorer.atlas().places().iter().enumerate() {
        for (number, component) in known.components().enumerate() {
            if number % BETWEEN_LOOKS == 0
                && let Some(end) = bounds.met(0)
            {
                return Err(Undecided(end));
            }
            if !does_as_if_alone(explorer.system(), alone, place, component) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Each event of this component is one of the application alone, or nothing to it.
pub fn does_as_if_alone<A: Application, P: Protocol>(
    system: &System<A, P>,
    alone: &System<A, P>,
    place: usize,
    component: &ComponentOf<A>,
) -> bool {
    let Some(before) = project(alone, place, component) else { return true };
    let possible = alone.local(place, &before);
    system.offered(place, component).into_iter().filter(|local| !local.cut).all(|local| {
        let after = project(alone, place, &local.component);
        let sent: Vec<_> =
            local.letters.iter().filter_map(|(there, letter)| Some((*there, message(letter)?))).collect();
        let nothing = after.as_ref() == Some(&before) && sent.is_empty();
        nothing
            || possible.iter().any(|other| {
                project(alone, place, &other.component) == after
                    && is_same_kind(&other.event, &local.event)
                    && other.letters == sent
            })
    })
}

/// The component without snapshots, markers and late bits, and with all its faults still to come: how many are left
/// does not matter to what the application alone can do.
fn project<A: Application, P: Protocol>(
    alone: &System<A, P>,
    place: usize,
    component: &ComponentOf<A>,
) -> Option<ComponentOf<A>> {
    let (state, contents) = actual_view::<A>(component)?;
    Some(alone_component(alone, place, (state, contents)))
}

/// The component of the application alone that has this view.
pub fn alone_component<A: Application, P: Protocol>(
    alone: &System<A, P>,
    place: usize,
    view: View<A>,
) -> ComponentOf<A> {
    let channels = alone.topology.incoming(ProcessId::of(place)).iter().zip(view.1);
    let incoming = channels.map(|(&channel, messages)| {
        let items = messages.into_iter().map(|message| Item::Message(message, Late::default())).collect();
        Arc::new(alone.empty_channel(channel).holding(items))
    });
    let (state, incoming) = (view.0, incoming.collect());
    Component::Process(Process { state, parts: Vec::new(), incoming, crashes: 0, down: false, fresh: None })
}

/// What a letter is to the application: a message without its ghost bits, or nothing.
fn message<M: Clone>(letter: &Letter<M>) -> Option<Letter<M>> {
    match letter {
        Letter::Channel(channel, Effect::Append(Item::Message(message, _))) => {
            Some(Letter::Channel(*channel, Effect::Append(Item::Message(message.clone(), Late::default()))))
        }
        _ => None,
    }
}

/// Both are steps, both deliver, or both are faults.
fn is_same_kind<A, M>(left: &Event<A, M>, right: &Event<A, M>) -> bool {
    std::mem::discriminant(left) == std::mem::discriminant(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::{App, Behaviour, Tokens};
    use crate::engine::{Nobody, Options};
    use crate::model::{Source, read};
    use crate::network::Discipline;

    /// The proof for a pair that passes tokens on such channels, against what it would be alone, changed.
    fn is_proved(channels: &str, changed: impl Fn(&mut Tokens, &mut Vec<Discipline>)) -> bool {
        let text = format!(
            r#"Model(name: "pair", topology: Complete(["A", "B"]), channels: {channels}, snapshots: [By("A")],
                application: Tokens(start: Each(3), behaviour: Free(sends: 2, amounts: [1, 2])))"#
        );
        let system = read(&Source::new("pair.ron", text)).expect("a model").system();
        let mut explorer = Explorer::new(system.clone());
        explorer.explore(&system.initial(), &mut Nobody, &Options::default());
        let mut alone = system.alone();
        let mut channels: Vec<_> = alone.topology.channels().to_vec();
        let mut disciplines = channels.iter().map(|channel| channel.discipline).collect();
        let App::Tokens(tokens) = &mut alone.application else { panic!("the pair passes tokens") };
        changed(tokens, &mut disciplines);
        channels
            .iter_mut()
            .zip(disciplines)
            .for_each(|(channel, discipline)| channel.discipline = discipline);
        alone.topology = crate::network::Topology::new(alone.topology.names().to_vec(), channels);
        is_proved_locally(&explorer, &alone, &Bounds::default()).is_ok_and(|proved| proved)
    }

    #[test]
    fn the_application_alone_does_what_it_does_under_snapshots() {
        for channels in ["Fifo", "Bag", "Lossy(1)", "Duplicating(1)", "Overtaking(1)"] {
            assert!(is_proved(channels, |_, _| {}), "{channels}");
        }
    }

    /// The proof can fail: against an application that does less, or sends something else, or whose channels do.
    #[test]
    fn another_application_does_not() {
        let free = |sends, amounts: &[u64]| Behaviour::Free { sends, amounts: amounts.to_vec() };
        assert!(!is_proved("Fifo", |tokens, _| tokens.behaviour = free(vec![0, 0], &[1, 2])));
        assert!(!is_proved("Fifo", |tokens, _| tokens.behaviour = free(vec![2, 1], &[1, 2])));
        assert!(!is_proved("Fifo", |tokens, _| tokens.behaviour = free(vec![2, 2], &[1])));
        for faulty in ["Lossy(1)", "Duplicating(1)", "Overtaking(1)", "Bag"] {
            let fifo = |_: &mut Tokens, disciplines: &mut Vec<Discipline>| disciplines.fill(Discipline::Fifo);
            assert!(!is_proved(faulty, fifo), "{faulty}");
        }
    }
}
