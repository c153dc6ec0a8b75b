//! Which events of one process depend on each other, and which events another must wait for: tables over a [`Closure`].
//!
//! Events at different processes are independent as long as each is enabled: a process only appends to the channels of
//! another, and an appending and a receipt commute where the channel is not empty. Two events at one process are
//! dependent in a local state unless both orders are possible there and end in the same local state with the same things
//! sent, written and kept. What matters to an event is not only the local state of the moment but all that can come before it: its
//! dependents are those of every local state that can be come to without it and without them.

use std::sync::Arc;

use super::application::Application;
use super::closure::{Closure, Move, Note, Refusal, Site};
use super::component::Component;
use super::event::{Event, Item};
use super::ids::{ChannelId, ProcessId};
use super::protocol::Protocol;
use super::system::{ComponentOf, EventOf, ProcessOf, System};
use super::topology::Discipline;
use crate::engine::{Acts, Dependence, Known, Leaf, Need, TransitionSystem};

/// What is dependent on what in one system, from one state on.
pub struct Dependency<A: Application, P> {
    system: System<A, P>,
    closure: Closure<A>,
    /// By process and local state.
    known: Vec<Vec<Arc<Known>>>,
    /// By process and local state, for each act what it takes at this process before it can happen.
    enabling: Vec<Vec<Vec<Acts>>>,
    /// By channel and item, its question to the sender.
    questions: Vec<Vec<u16>>,
}

impl<A: Application + Clone, P: Protocol + Clone> Dependency<A, P> {
    /// The tables for all that can be reached from a state.
    ///
    /// # Errors
    /// Where no such tables are right.
    pub fn of(system: &System<A, P>, initial: &[ComponentOf<A>]) -> Result<Self, Refusal> {
        fits(system)?;
        let closure = system.closure(initial)?;
        let questions = questions(system, &closure);
        let mut known = Vec::new();
        let mut enabling = Vec::new();
        for (at, site) in system.topology.processes().zip(&closure.sites) {
            let depends = depends(site);
            let asked: Vec<(ChannelId, &Item<A::Message>)> = asked(system, &closure, at).collect();
            let supplies = supplies(site, &asked);
            let both = depends.into_iter().zip(supplies);
            known.push(both.map(|(depends, supplies)| Arc::new(Known { depends, supplies })).collect());
            enabling.push(enabled_by(site));
        }
        Ok(Self { system: system.clone(), closure, known, enabling, questions })
    }

    /// The local states that it is about.
    pub fn closure(&self) -> &Closure<A> {
        &self.closure
    }

    /// Components of a place with every event that can ever happen there: each local state, with nothing in its channels
    /// and with each item in one.
    pub fn components(&self, place: usize) -> Vec<ComponentOf<A>> {
        let topology = &self.system.topology;
        let incoming = topology.incoming(ProcessId::of(place));
        let mut components = Vec::new();
        for class in &self.closure.sites[place].classes {
            components.push(Component::Process(class.clone()));
            for (inbox, channel) in incoming.iter().enumerate() {
                for item in &self.closure.items[channel.index()] {
                    let mut process = class.clone();
                    process.incoming_mut(inbox).items.push(item.clone());
                    components.push(Component::Process(process));
                }
            }
        }
        components
    }
}

/// Only where events are those of single processes on channels that keep their order.
fn fits<A: Application, P: Protocol>(system: &System<A, P>) -> Result<(), Refusal> {
    let is_fifo = |discipline| discipline == Discipline::Fifo;
    if system.topology.channels().iter().any(|channel| !is_fifo(channel.discipline)) {
        return Err("a channel is not plain FIFO".to_owned());
    }
    if system.schedule.is_some() {
        return Err("a script puts events of different processes in order".to_owned());
    }
    if system.capacity.is_some() {
        return Err("channels have a capacity".to_owned());
    }
    if system.has_global_events() {
        return Err("an event reads the state of all processes".to_owned());
    }
    if system.largest_step().is_none() {
        return Err("states can come again, and a run can put an event off for ever".to_owned());
    }
    Ok(())
}

/// The items that a process can be asked for.
fn asked<'c, A: Application, P: Protocol>(
    system: &'c System<A, P>,
    closure: &'c Closure<A>,
    at: ProcessId,
) -> impl Iterator<Item = (ChannelId, &'c Item<A::Message>)> {
    let outgoing = system.topology.outgoing(at).iter();
    outgoing.flat_map(|&channel| closure.items[channel.index()].iter().map(move |item| (channel, item)))
}

fn questions<A: Application, P: Protocol>(system: &System<A, P>, closure: &Closure<A>) -> Vec<Vec<u16>> {
    let mut questions: Vec<Vec<u16>> = closure.items.iter().map(|_| Vec::new()).collect();
    for at in system.topology.processes() {
        for (number, (channel, _)) in asked(system, closure, at).enumerate() {
            questions[channel.index()].push(number as u16);
        }
    }
    questions
}

/// For each local state and each act that can happen there, the acts that it depends on from there on.
fn depends<A: Application>(site: &Site<A>) -> Vec<Box<[Acts]>> {
    let conflicts: Vec<Vec<(Move, Acts)>> =
        (0..site.classes.len()).map(|class| conflicts(site, class)).collect();
    fixpoint(site, |all, class| {
        let mut row: Box<[Acts]> = all[class].clone();
        for &(taken, conflicting) in &conflicts[class] {
            let others = site.moves[class]
                .iter()
                .filter(|other| conflicting >> other.act & 1 == 0 && may_both(site, class, &taken, other));
            row[taken.act] |= others.fold(conflicting, |sum, other| sum | all[other.target][taken.act]);
        }
        row
    })
}

/// For each local state and item, the acts one of which must happen here before the item is sent.
fn supplies<A: Application>(site: &Site<A>, asked: &[(ChannelId, &Item<A::Message>)]) -> Vec<Box<[Acts]>> {
    let sends = |taken: &Move, asked: &(ChannelId, &Item<A::Message>)| {
        let mut sends = site.effects[taken.effects].sends.iter();
        sends.any(|(channel, item)| (*channel, item) == *asked)
    };
    let empty = vec![0; asked.len()].into_boxed_slice();
    fixpoint_from(site, &empty, |all, class| {
        let mut row = all[class].clone();
        for (number, asked) in asked.iter().enumerate() {
            for taken in &site.moves[class] {
                row[number] |= if sends(taken, asked) { 1 << taken.act } else { all[taken.target][number] };
            }
        }
        row
    })
}

/// For each local state and act, the acts one of which must happen here before it can, as far as this process goes.
fn enabled_by<A: Application>(site: &Site<A>) -> Vec<Vec<Acts>> {
    let offered: Vec<Acts> =
        site.moves.iter().map(|moves| moves.iter().fold(0, |sum, taken| sum | 1 << taken.act)).collect();
    let rows = fixpoint(site, |all, class| {
        let mut row = all[class].clone();
        for (act, row) in row.iter_mut().enumerate() {
            for taken in &site.moves[class] {
                let enables = offered[taken.target] >> act & 1 == 1;
                *row |= if enables { 1 << taken.act } else { all[taken.target][act] };
            }
        }
        row
    });
    rows.into_iter().map(<[Acts]>::into_vec).collect()
}

fn fixpoint<A: Application>(
    site: &Site<A>,
    row: impl Fn(&[Box<[Acts]>], usize) -> Box<[Acts]>,
) -> Vec<Box<[Acts]>> {
    fixpoint_from(site, &vec![0; site.acts.len()].into_boxed_slice(), row)
}

/// The least rows that do not change any more; each depends on those of the local states after it.
fn fixpoint_from<A: Application>(
    site: &Site<A>,
    first: &[Acts],
    row: impl Fn(&[Box<[Acts]>], usize) -> Box<[Acts]>,
) -> Vec<Box<[Acts]>> {
    let mut all: Vec<Box<[Acts]>> = vec![first.into(); site.classes.len()];
    let mut changed = true;
    while std::mem::take(&mut changed) {
        for class in (0..all.len()).rev() {
            let new = row(&all, class);
            changed |= new != all[class];
            all[class] = new;
        }
    }
    all
}

/// Each event of a local state with the others there that do not commute with it.
fn conflicts<A: Application>(site: &Site<A>, class: usize) -> Vec<(Move, Acts)> {
    let moves = &site.moves[class];
    let conflicting = |a: &Move| {
        let others = moves.iter().filter(|b| may_both(site, class, a, b));
        others.filter(|b| !commute(site, a, b)).fold(0, |sum, b| sum | 1 << b.act)
    };
    moves.iter().map(|a| (*a, conflicting(a))).collect()
}

/// In some state both can happen.
fn may_both<A: Application>(site: &Site<A>, class: usize, a: &Move, b: &Move) -> bool {
    a.act != b.act && !site.on_one_channel(a.act, b.act) && !site.never_both(class, a.act, b.act)
}

/// Both orders are possible and do the same: what is sent is the same in all, channel by channel, whichever of the two sends
/// it. (Of two first markers the first one makes a process record and send markers; which of them it is leaves no trace.)
fn commute<A: Application>(site: &Site<A>, a: &Move, b: &Move) -> bool {
    let after = |first: &Move, then: &Move| {
        site.moves[first.target].iter().find(|taken| taken.act == then.act).copied()
    };
    let (Some(b_then), Some(a_then)) = (after(a, b), after(b, a)) else { return false };
    if b_then.target != a_then.target {
        return false;
    }
    let effects = |taken: &Move| &site.effects[taken.effects];
    let (first_a, then_b, first_b, then_a) = (effects(a), effects(&b_then), effects(b), effects(&a_then));
    let sent = |one: &[(ChannelId, Item<A::Message>)], other: &[(ChannelId, Item<A::Message>)]| {
        let mut all = [one, other].concat();
        all.sort_by_key(|(channel, _)| *channel);
        all
    };
    let written = |one: &[Note<A::State, A::Message>], other: &[Note<A::State, A::Message>]| {
        let mut all = [one, other].concat();
        all.sort_by(Note::by_place);
        all
    };
    sent(&first_a.sends, &then_b.sends) == sent(&first_b.sends, &then_a.sends)
        && written(&first_a.notes, &then_b.notes) == written(&first_b.notes, &then_a.notes)
}

impl<A: Application, P: Protocol> Dependency<A, P> {
    /// Can all that is in its channels still come there? A model's walk may have passed states where that is not so.
    fn knows_items(&self, at: ProcessId, process: &ProcessOf<A>) -> bool {
        let channels = self.system.topology.incoming(at).iter().zip(&process.incoming);
        channels.into_iter().all(|(channel, incoming)| {
            incoming.items.iter().all(|item| self.closure.items[channel.index()].contains(item))
        })
    }
}

impl<A: Application, P: Protocol> Dependence<System<A, P>> for Dependency<A, P> {
    fn act(&self, place: usize, event: &EventOf<A>) -> u8 {
        let act = self.closure.sites[place].acts.get_index_of(event);
        act.expect("an event is among those of the closed set of local states") as u8
    }

    fn leaf(&self, place: usize, component: &ComponentOf<A>) -> Option<Leaf> {
        let process = component.process()?;
        let (at, site) = (ProcessId::of(place), &self.closure.sites[place]);
        let class = site.classes.get_index_of(&self.system.class(at, process))?;
        if !self.knows_items(at, process) {
            return None;
        }
        let offered = self.system.local(place, component);
        let enabled = offered.iter().fold(0, |sum, local| sum | 1 << self.act(place, &local.event));
        let possible = site.moves[class].iter().fold(0, |sum: Acts, taken| sum | 1 << taken.act);
        let need = |(act, event): (usize, &EventOf<A>)| match event {
            Event::Receive(channel, item) if possible >> act & 1 == 1 => {
                let items = &process.incoming[self.system.topology.inbox(*channel)].items;
                let head = items.first().map(|head| self.act(place, &Event::Receive(*channel, head.clone())));
                let number = self.closure.items[channel.index()].get_index_of(item).unwrap_or_default();
                let sender = self.system.topology.channel(*channel).from.index() as u16;
                let sent =
                    (!items.contains(item)).then_some((sender, self.questions[channel.index()][number]));
                Need { here: head.map(|head| 1 << head), there: sent }
            }
            _ => Need { here: Some(self.enabling[place][class][act]), there: None },
        };
        let needs = site.acts.iter().enumerate().map(need).collect();
        Some(Leaf { enabled, known: self.known[place][class].clone(), needs })
    }
}
