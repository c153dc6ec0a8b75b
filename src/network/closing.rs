//! How a [closed set of local states](super::closure) is found: from the first, with items that are known to be sent, until
//! nothing is added.

use std::collections::{BTreeSet, VecDeque};

use super::application::Application;
use super::closure::{
    ACTS_MAX, Effects, EffectsOf, ItemOf, Items, Move, Note, NoteOf, Numbered, Refusal, Site,
};
use super::component::{Component, Effect};
use super::event::{Event, Item};
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::local::LocalOf;
use super::protocol::Protocol;
use super::system::{EventOf, Letter, ProcessOf, System};
use crate::engine::TransitionSystem;

/// More local states than this are not looked at.
const CLASSES_MAX: usize = 1 << 18;

/// The search for all local states with these items.
pub(super) struct Round<'s, A: Application, P> {
    system: &'s System<A, P>,
    items: &'s Items<A>,
    pub(super) sites: Vec<Site<A>>,
    /// What is sent.
    pub(super) sent: Items<A>,
    /// For each channel messages that stand for what was kept before.
    before: Vec<Vec<A::Message>>,
    classes: usize,
}

impl<'s, A: Application, P: Protocol> Round<'s, A, P> {
    pub(super) fn new(system: &'s System<A, P>, initial: &[&ProcessOf<A>], items: &'s Items<A>) -> Self {
        let sent = items.iter().map(|_| Numbered::default()).collect();
        let mut before: Vec<Vec<A::Message>> = items.iter().map(|items| messages(items.iter())).collect();
        let mut total = 0;
        let mut sites = Vec::new();
        for (process, at) in initial.iter().zip(system.topology.processes()) {
            total += u128::from(system.application.held(&process.state));
            for (incoming, channel) in process.incoming.iter().zip(system.topology.incoming(at)) {
                let carried = incoming.messages().map(|(message, _)| system.application.carried(message));
                total += carried.map(u128::from).sum::<u128>();
                let kept = incoming.ledgers.iter().flat_map(|ledger| ledger.kept.iter().cloned());
                before[channel.index()].extend(kept);
            }
            for stopped in process.parts.iter().flat_map(|part| &part.stopped) {
                let arriving = stopped.arriving.as_ref();
                let arriving =
                    arriving.and_then(|arriving| Some((arriving.channel, arriving.message.clone()?.0)));
                if let Some((channel, message)) = arriving {
                    before[channel.index()].push(message);
                }
            }
            sites.push(Site {
                classes: std::iter::once(system.class(at, process)).collect(),
                acts: Numbered::default(),
                moves: Vec::new(),
                effects: Numbered::default(),
                held: Vec::new(),
                received: Vec::new(),
                total: 0,
            });
        }
        // Two different ones show every change but an appending; where there is one, all kept are equal to it.
        for messages in &mut before {
            messages.sort();
            messages.dedup();
            messages.truncate(2);
        }
        for site in &mut sites {
            site.total = total;
        }
        let classes = sites.len();
        Self { system, items, sites, sent, before, classes }
    }

    pub(super) fn close(&mut self) -> Result<(), Refusal> {
        for at in self.system.topology.processes() {
            let mut next = 0;
            while next < self.sites[at.index()].classes.len() {
                self.look(at, next)?;
                next += 1;
            }
        }
        Ok(())
    }

    /// All that can happen in a local state.
    fn look(&mut self, at: ProcessId, class: usize) -> Result<(), Refusal> {
        let site = &mut self.sites[at.index()];
        site.moves.push(Vec::new());
        site.held.push(u128::from(self.system.application.held(&site.classes[class].state)));
        let before = self.standing_for(at, class);
        self.take(at, class, &before, |event| !matches!(event, Event::Receive(..)), None)?;
        for (inbox, &channel) in self.system.topology.incoming(at).iter().enumerate() {
            for item in &self.items[channel.index()] {
                let again =
                    |snapshot: SnapshotId| before.incoming[inbox].ledgers[snapshot.index()].marker_arrived;
                // By W there is no second one.
                if matches!(item, Item::Marker(snapshot) if again(*snapshot)) {
                    continue;
                }
                let mut before = before.clone();
                before.incoming_mut(inbox).items.push(item.clone());
                let is_this =
                    |event: &EventOf<A>| matches!(event, Event::Receive(other, _) if *other == channel);
                self.take(at, class, &before, is_this, Some(item))?;
            }
        }
        self.sites[at.index()].moves[class].sort_by_key(|taken| taken.act);
        Ok(())
    }

    /// A process in this local state, with something kept wherever something can be.
    fn standing_for(&self, at: ProcessId, class: usize) -> ProcessOf<A> {
        let mut process = self.sites[at.index()].classes[class].clone();
        for (inbox, channel) in self.system.topology.incoming(at).iter().enumerate() {
            for ledger in &mut process.incoming_mut(inbox).ledgers {
                ledger.kept.clone_from(&self.before[channel.index()]);
            }
        }
        process
    }

    /// Notes the events asked for, of those that a process offers.
    fn take(
        &mut self,
        at: ProcessId,
        class: usize,
        before: &ProcessOf<A>,
        is_asked: impl Fn(&EventOf<A>) -> bool,
        received: Option<&ItemOf<A>>,
    ) -> Result<(), Refusal> {
        let component = Component::Process(before.clone());
        for local in self.system.offered(at.index(), &component) {
            if is_asked(&local.event) {
                let refused = |why: String| format!("{}: {why}", self.told(at, &local.event));
                let (after, effects) = self.effects(at, before, &local).map_err(refused)?;
                let came = self.preserves(before, after, received, &effects).map_err(refused)?;
                self.note(at, class, (&local.event, came), after, effects)?;
            }
        }
        Ok(())
    }

    /// The event as a refusal names it.
    fn told(&self, at: ProcessId, event: &EventOf<A>) -> String {
        let topology = &self.system.topology;
        let name = topology.name(at);
        match event {
            Event::Step(step) => self.system.application.step_text(topology, step),
            Event::Start(snapshot, _) => format!("the start of snapshot {} at {name}", snapshot.0),
            Event::Receive(channel, Item::Marker(snapshot)) => {
                format!("a marker of snapshot {} on {}", snapshot.0, topology.channel_name(*channel))
            }
            Event::Receive(channel, Item::Message(..)) => {
                format!("a message on {}", topology.channel_name(*channel))
            }
            _ => format!("a handler that goes on at {name}"),
        }
    }

    /// Nothing of what is conserved comes or goes: so no process ever holds more than all that there is. How much is
    /// received.
    fn preserves(
        &self,
        before: &ProcessOf<A>,
        after: &ProcessOf<A>,
        received: Option<&ItemOf<A>>,
        effects: &EffectsOf<A>,
    ) -> Result<u128, String> {
        let application = &self.system.application;
        let held = |process: &ProcessOf<A>| u128::from(application.held(&process.state));
        let carried = |messages: Vec<A::Message>| -> u128 {
            messages.iter().map(|message| u128::from(application.carried(message))).sum()
        };
        let came = carried(messages(received));
        let sent = carried(messages(effects.sends.iter().map(|(_, item)| item)));
        if held(before) + came == held(after) + sent {
            Ok(came)
        } else {
            Err("it does not preserve the total".into())
        }
    }

    fn note(
        &mut self,
        at: ProcessId,
        class: usize,
        (event, came): (&EventOf<A>, u128),
        after: &ProcessOf<A>,
        effects: EffectsOf<A>,
    ) -> Result<(), Refusal> {
        let target = self.system.class(at, after);
        let site = &mut self.sites[at.index()];
        let (act, _) = site.acts.insert_full(event.clone());
        if act >= ACTS_MAX {
            let name = self.system.topology.name(at);
            return Err(format!("there are more than {ACTS_MAX} different events at {name}"));
        }
        if act == site.received.len() {
            site.received.push(came);
        }
        if site.held[class] + came > site.total {
            return Ok(());
        }
        for (channel, item) in &effects.sends {
            self.sent[channel.index()].insert(item.clone());
        }
        let (target, is_new) = site.classes.insert_full(target);
        let (effects, _) = site.effects.insert_full(effects);
        site.moves[class].push(Move { act, target, effects });
        self.classes += usize::from(is_new);
        if self.classes > CLASSES_MAX {
            return Err(format!("there are more than {CLASSES_MAX} local states"));
        }
        Ok(())
    }

    /// The process after an event, and what the event does besides.
    fn effects<'l>(
        &self,
        at: ProcessId,
        before: &ProcessOf<A>,
        local: &'l LocalOf<A>,
    ) -> Result<(&'l ProcessOf<A>, EffectsOf<A>), String> {
        if local.halts {
            return Err("W fails, it records twice or sends a second marker".to_owned());
        }
        if local.cut {
            return Err("a bound of the model forbids it".to_owned());
        }
        let Component::Process(after) = &local.component else {
            return Err("it is not a process's".to_owned());
        };
        if after.incoming.iter().any(|incoming| !incoming.items.is_empty()) {
            return Err("it puts something into a channel that another process sends on".to_owned());
        }
        let mut sends = Vec::new();
        for (_, letter) in &local.letters {
            match letter {
                Letter::Channel(channel, Effect::Append(item)) => sends.push((*channel, item.clone())),
                Letter::Channel(channel, _) => {
                    let name = self.system.topology.channel_name(*channel);
                    return Err(format!("it does more to {name} than append to it"));
                }
                Letter::Turn(_) | Letter::Begun(_) => return Err("it heeds a script".to_owned()),
            }
        }
        Ok((after, Effects { sends, notes: self.notes(at, before, after)? }))
    }

    /// What an event writes that nothing reads. Where the process had done its part, that must be nothing (F).
    fn notes(
        &self,
        at: ProcessId,
        before: &ProcessOf<A>,
        after: &ProcessOf<A>,
    ) -> Result<Vec<NoteOf<A>>, String> {
        let done = self.system.milestones(at.index(), &Component::Process(before.clone()));
        let mut notes = Vec::new();
        for snapshot in self.system.snapshot_ids() {
            let part = |process: &ProcessOf<A>| process.parts[snapshot.index()].record.clone();
            if let (None, Some(record)) = (part(before), part(after)) {
                notes.push(Note::Recorded(snapshot, record));
            }
            for (inbox, (was, is)) in before.incoming.iter().zip(&after.incoming).enumerate() {
                let (was, is) = (&was.ledgers[snapshot.index()], &is.ledgers[snapshot.index()]);
                let Some(kept) = is.kept.strip_prefix(was.kept.as_slice()) else {
                    return Err("it changes what was kept otherwise than by appending".to_owned());
                };
                if !kept.is_empty() && done >> snapshot.0 & 1 == 1 {
                    let name = self.system.topology.name(at);
                    return Err(format!("F fails, it keeps a message though {name} has done its part"));
                }
                let message = |kept: &A::Message| Note::Kept(inbox, snapshot, kept.clone());
                notes.extend(kept.iter().map(message));
                notes.extend(
                    is.expected.iter().map(|message| Note::Crossed(inbox, snapshot, message.clone())),
                );
                notes.extend(is.orphan.then_some(Note::Orphan(inbox, snapshot)));
            }
        }
        Ok(notes)
    }

    /// W across channels: nobody sends a marker on a channel on which one of that snapshot can have been sent.
    pub(super) fn check_markers(&self, initial: &[&ProcessOf<A>]) -> Result<(), Refusal> {
        for (at, site) in self.system.topology.processes().zip(&self.sites) {
            let mut sent: Vec<BTreeSet<(ChannelId, SnapshotId)>> = vec![BTreeSet::new(); site.classes.len()];
            sent[0] = self.markers_sent(at, initial);
            let mut waiting: VecDeque<usize> = (0..site.classes.len()).collect();
            while let Some(class) = waiting.pop_front() {
                for taken in &site.moves[class] {
                    let mut after = sent[class].clone();
                    for (channel, item) in &site.effects[taken.effects].sends {
                        let Item::Marker(snapshot) = item else { continue };
                        if !after.insert((*channel, *snapshot)) {
                            let event = self.told(at, &site.acts[taken.act]);
                            let name = self.system.topology.channel_name(*channel);
                            return Err(format!("{event}: W fails, it can send a second marker on {name}"));
                        }
                    }
                    let known = &mut sent[taken.target];
                    let many = known.len();
                    known.extend(after);
                    if known.len() > many {
                        waiting.push_back(taken.target);
                    }
                }
            }
        }
        Ok(())
    }

    /// The markers that a process has sent at first.
    fn markers_sent(&self, at: ProcessId, initial: &[&ProcessOf<A>]) -> BTreeSet<(ChannelId, SnapshotId)> {
        let topology = &self.system.topology;
        let of = |&channel: &ChannelId| {
            let incoming = &initial[topology.channel(channel).to.index()].incoming[topology.inbox(channel)];
            let sent = |snapshot: &SnapshotId| incoming.ledgers[snapshot.index()].marker_sent;
            self.system
                .snapshot_ids()
                .filter(sent)
                .map(move |snapshot| (channel, snapshot))
                .collect::<Vec<_>>()
        };
        topology.outgoing(at).iter().flat_map(of).collect()
    }
}

/// The messages among some items.
fn messages<'i, M: Clone + 'i>(items: impl IntoIterator<Item = &'i Item<M>>) -> Vec<M> {
    let message = |item: &Item<M>| match item {
        Item::Message(message, _) => Some(message.clone()),
        Item::Marker(_) => None,
    };
    items.into_iter().filter_map(message).collect()
}
