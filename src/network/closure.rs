//! A closed set of local states: all that one process can be in, without what is in its channels, and what each of its
//! events does there. It holds for every run, because a step out of it would have to begin in it: an event at a process
//! depends on that process and, where it receives, on an item that somebody can have sent.
//!
//! What is only written and never read (records, kept messages, the ghost cut) is not told apart, but what each
//! event writes is noted with it. Where that cannot be right, the set is not closed, and [`Refusal`] says why: something
//! but the tail of a channel is touched elsewhere; what was kept is changed otherwise than by appending; the set is too
//! large; or one of these fails:
//!
//! - *W, nothing ill-formed*: no event records twice or sends a second marker of a snapshot on a channel. Else a state
//!   would be halted, and what halts is dependent on everything.
//! - *F, frozen when done*: where a process has done its part of a snapshot, what it recorded and kept for it stays as it
//!   is. Then whatever was judged at completion can be judged in a terminal state as well.

use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};

use indexmap::IndexSet;

use super::application::Application;
use super::component::{Component, Effect, Incoming, Part, Process};
use super::event::{Event, Item};
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::local::LocalOf;
use super::protocol::Protocol;
use super::system::{ComponentOf, EventOf, Letter, ProcessOf, System};
use crate::engine::TransitionSystem;

/// More local states than this are not looked at.
const CLASSES_MAX: usize = 1 << 18;
/// More events at one process have no room in a set of them.
pub const ACTS_MAX: usize = 64;

type Numbered<T> = IndexSet<T, ahash::RandomState>;
type ItemOf<A> = Item<<A as Application>::Message>;
/// Items by channel.
type Items<A> = Vec<Numbered<ItemOf<A>>>;

/// Why there is no closed set: a sentence that names the transition, where it is one.
pub type Refusal = String;

/// All local states of all processes.
#[derive(Debug)]
pub struct Closure<A: Application> {
    /// By process.
    pub sites: Vec<Site<A>>,
    /// All items that can ever be in a channel.
    pub items: Items<A>,
}

/// All local states of one process.
#[derive(Debug)]
pub struct Site<A: Application> {
    /// The local states.
    pub classes: Numbered<ProcessOf<A>>,
    /// The events that can ever happen here, whose numbers are called acts.
    pub acts: Numbered<EventOf<A>>,
    /// For each local state what can happen there, in the order of acts.
    pub moves: Vec<Vec<Move>>,
    /// How much of the conserved quantity each local state holds.
    held: Vec<u128>,
    /// How much of it each act receives.
    received: Vec<u128>,
    /// How much of it there is in all.
    total: u128,
    /// What events do besides.
    pub effects: Numbered<Effects<A::State, A::Message>>,
}

impl<A: Application> Site<A> {
    /// No state holds enough for both acts to be possible in this local state: what one receives is in a channel until
    /// it does.
    pub fn never_both(&self, class: usize, a: usize, b: usize) -> bool {
        self.held[class] + self.received[a] + self.received[b] > self.total
    }

    /// Both receive from one channel: then only what is at its head can happen, and stays there until it does.
    pub fn on_one_channel(&self, a: usize, b: usize) -> bool {
        let of = |act: usize| match &self.acts[act] {
            Event::Receive(channel, _) => Some(*channel),
            _ => None,
        };
        of(a).is_some() && of(a) == of(b)
    }
}

/// One event in one local state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The event.
    pub act: usize,
    /// The local state after it.
    pub target: usize,
    /// The number of its effects.
    pub effects: usize,
}

/// What an event does besides leading to a local state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Effects<S, M> {
    /// What it sends, in order.
    pub sends: Vec<(ChannelId, Item<M>)>,
    /// What it writes that nothing reads.
    pub notes: Vec<Note<S, M>>,
}

/// Something written that nothing reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note<S, M> {
    /// A process state is recorded.
    Recorded(SnapshotId, S),
    /// A message is appended to what is kept of an incoming channel.
    Kept(usize, SnapshotId, M),
    /// A message is appended to what has crossed the cut.
    Crossed(usize, SnapshotId, M),
    /// An orphan has been received.
    Orphan(usize, SnapshotId),
}

impl<S: Ord, M: Ord> Note<S, M> {
    /// Notes of different places in a fixed order; those of one list stay as they are.
    pub fn by_place(&self, other: &Self) -> Ordering {
        let place = |note: &Self| match note {
            Self::Recorded(snapshot, _) => (0, 0, *snapshot),
            Self::Kept(inbox, snapshot, _) => (1, *inbox, *snapshot),
            Self::Crossed(inbox, snapshot, _) => (2, *inbox, *snapshot),
            Self::Orphan(inbox, snapshot) => (3, *inbox, *snapshot),
        };
        place(self).cmp(&place(other))
    }
}

impl<A: Application, P: Protocol> System<A, P> {
    /// The local states that can be met from this state on.
    ///
    /// # Errors
    /// Where there is no such set that tells what is dependent; see the module.
    pub fn closure(&self, initial: &[ComponentOf<A>]) -> Result<Closure<A>, Refusal> {
        let processes: Vec<&ProcessOf<A>> =
            initial.iter().filter_map(|component| component.process()).collect();
        let mut items: Items<A> = self.topology.channels().iter().map(|_| Numbered::default()).collect();
        for (process, at) in processes.iter().zip(self.topology.processes()) {
            for (incoming, channel) in process.incoming.iter().zip(self.topology.incoming(at)) {
                items[channel.index()].extend(incoming.items.iter().cloned());
            }
        }
        loop {
            let mut round = Round::new(self, &processes, &items);
            round.close()?;
            if round.sent.iter().zip(&items).all(|(sent, known)| sent.iter().all(|item| known.contains(item)))
            {
                round.check_markers(&processes)?;
                return Ok(Closure { sites: round.sites, items });
            }
            for (sent, known) in round.sent.into_iter().zip(&mut items) {
                known.extend(sent);
            }
        }
    }

    /// A process without what is in its channels and without what is only written.
    pub fn class(&self, at: ProcessId, process: &ProcessOf<A>) -> ProcessOf<A> {
        let part = |part: &Part<A::State, A::Message>| Part {
            begun: part.begun,
            held: 0,
            record: part.record.as_ref().map(|_| self.application.initial(at)),
            peeked: part.peeked.clone(),
            stopped: part.stopped.clone(),
        };
        let incoming = |(incoming, &channel): (&Incoming<A::Message>, &ChannelId)| {
            let mut plain = self.empty_channel(channel);
            for (ledger, from) in plain.ledgers.iter_mut().zip(&incoming.ledgers) {
                ledger.marker_arrived = from.marker_arrived;
                ledger.blocked = from.blocked;
                ledger.status = from.status;
            }
            plain
        };
        let channels = process.incoming.iter().zip(self.topology.incoming(at));
        Process {
            state: process.state.clone(),
            parts: process.parts.iter().map(part).collect(),
            incoming: channels.map(incoming).collect(),
            crashes: process.crashes,
            down: process.down,
            fresh: None,
        }
    }
}

/// The search for all local states with these items.
struct Round<'s, A: Application, P> {
    system: &'s System<A, P>,
    items: &'s Items<A>,
    sites: Vec<Site<A>>,
    /// What is sent.
    sent: Items<A>,
    /// For each channel messages that stand for what was kept before.
    before: Vec<Vec<A::Message>>,
    classes: usize,
}

impl<'s, A: Application, P: Protocol> Round<'s, A, P> {
    fn new(system: &'s System<A, P>, initial: &[&ProcessOf<A>], items: &'s Items<A>) -> Self {
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

    fn close(&mut self) -> Result<(), Refusal> {
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
                let again = |snapshot: SnapshotId| before.incoming[inbox].ledgers[snapshot.index()].marker_arrived;
                // By W there is no second one.
                if matches!(item, Item::Marker(snapshot) if again(*snapshot)) {
                    continue;
                }
                let mut before = before.clone();
                before.incoming[inbox].items.push(item.clone());
                let is_this = |event: &EventOf<A>| matches!(event, Event::Receive(other, _) if *other == channel);
                self.take(at, class, &before, is_this, Some(item))?;
            }
        }
        self.sites[at.index()].moves[class].sort_by_key(|taken| taken.act);
        Ok(())
    }

    /// A process in this local state, with something kept wherever something can be.
    fn standing_for(&self, at: ProcessId, class: usize) -> ProcessOf<A> {
        let mut process = self.sites[at.index()].classes[class].clone();
        for (incoming, channel) in process.incoming.iter_mut().zip(self.system.topology.incoming(at)) {
            for ledger in &mut incoming.ledgers {
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
        effects: &Effects<A::State, A::Message>,
    ) -> Result<u128, String> {
        let application = &self.system.application;
        let held = |process: &ProcessOf<A>| u128::from(application.held(&process.state));
        let carried = |messages: Vec<A::Message>| -> u128 {
            messages.iter().map(|message| u128::from(application.carried(message))).sum()
        };
        let came = carried(messages(received));
        let sent = carried(messages(effects.sends.iter().map(|(_, item)| item)));
        if held(before) + came == held(after) + sent { Ok(came) } else { Err("it does not preserve the total".into()) }
    }

    fn note(
        &mut self,
        at: ProcessId,
        class: usize,
        (event, came): (&EventOf<A>, u128),
        after: &ProcessOf<A>,
        effects: Effects<A::State, A::Message>,
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
    ) -> Result<(&'l ProcessOf<A>, Effects<A::State, A::Message>), String> {
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
    ) -> Result<Vec<Note<A::State, A::Message>>, String> {
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
                notes.extend(is.expected.iter().map(|message| Note::Crossed(inbox, snapshot, message.clone())));
                notes.extend(is.orphan.then_some(Note::Orphan(inbox, snapshot)));
            }
        }
        Ok(notes)
    }

    /// W across channels: nobody sends a marker on a channel on which one of that snapshot can have been sent.
    fn check_markers(&self, initial: &[&ProcessOf<A>]) -> Result<(), Refusal> {
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
            self.system.snapshot_ids().filter(sent).map(move |snapshot| (channel, snapshot)).collect::<Vec<_>>()
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
