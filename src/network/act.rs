//! One event being carried out at one process: what handlers, faults and the application may do to it, and the
//! ghost cut. The outcome is one local transition.

use std::collections::VecDeque;
use std::sync::Arc;

use super::application::Application;
use super::component::{Applied, Arriving, Component, Effect, End, Stopped, insert};
use super::event::{Item, Late};
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::local::LocalOf;
use super::protocol::{Handler, Protocol, Site, View};
use super::schedule::Turn;
use super::system::{EventOf, Letter, ProcessOf, System};
use super::topology::Discipline;
use super::view::PartView;
use crate::engine::Local;

/// One event under way at one process.
pub struct Act<'a, A: Application, P> {
    pub(super) system: &'a System<A, P>,
    pub(super) at: ProcessId,
    pub(super) process: ProcessOf<A>,
    letters: Vec<(usize, Letter<A::Message>)>,
    halts: bool,
    pub(super) cut: bool,
    /// It puts something into a channel that another process sends on.
    sends_to_itself: bool,
    trace: Vec<u16>,
}

impl<'a, A: Application, P: Protocol> Act<'a, A, P> {
    pub(super) fn new(system: &'a System<A, P>, at: ProcessId, process: &ProcessOf<A>) -> Self {
        Self {
            system,
            at,
            process: ProcessOf::<A> { fresh: None, ..process.clone() },
            letters: Vec::new(),
            halts: false,
            cut: false,
            sends_to_itself: false,
            trace: Vec::new(),
        }
    }

    pub(super) fn end(self, event: EventOf<A>) -> LocalOf<A> {
        let beyond = self.system.application.is_beyond(&self.process.state);
        let disturbs =
            self.sends_to_itself || self.letters.iter().any(|(_, letter)| self.may_disturb(letter));
        Local {
            disturbs,
            event,
            component: Component::Process(self.process),
            letters: self.letters,
            halts: self.halts,
            cut: self.cut || beyond,
            trace: self.trace,
        }
    }

    /// A channel that its sender appends to, and that cannot be full, is all the same to its receiver. What is put in
    /// front of all else is not.
    fn may_disturb(&self, letter: &Letter<A::Message>) -> bool {
        self.system.capacity.is_some() || !matches!(letter, Letter::Channel(_, Effect::Append(_)))
    }

    /// If there is a script, it must have come to this turn.
    pub(super) fn wait_for(&mut self, turn: Turn) {
        self.letters.extend(self.system.script_place().map(|script| (script, Letter::Turn(turn))));
    }

    /// Messages are stamped with what the sender has recorded by now.
    pub(super) fn send_messages(&mut self, sends: Vec<(ChannelId, A::Message)>) {
        let mut late = Late::default();
        for snapshot in self.system.snapshot_ids() {
            if self.process.parts[snapshot.index()].record.is_some() {
                late.set(snapshot);
            }
        }
        for (channel, message) in sends {
            self.affect(channel, Effect::Append(Item::Message(message, late)));
        }
    }

    /// Runs a handler; where it stops, what is left of it queues behind others that have stopped.
    pub(super) fn run(
        &mut self,
        handler: Handler,
        snapshot: SnapshotId,
        arriving: Option<Arriving<A::Message>>,
    ) {
        if let Some(resume_at) = self.go_on(handler, 0, snapshot, arriving.as_ref()) {
            self.stopped(snapshot).push_back(Stopped { handler, resume_at, arriving });
        }
    }

    /// The oldest stopped handler goes on; where it stops again, it stays the oldest.
    pub(super) fn resume(&mut self, snapshot: SnapshotId) {
        let Some(oldest) = self.stopped(snapshot).pop_front() else { return };
        let Stopped { handler, resume_at, arriving } = oldest;
        if let Some(resume_at) = self.go_on(handler, resume_at, snapshot, arriving.as_ref()) {
            self.stopped(snapshot).push_front(Stopped { handler, resume_at, arriving });
        }
    }

    /// The ghost cut: set against the algorithm, so it reads nothing of the algorithm's but the record.
    pub(super) fn cross_the_cut(
        &mut self,
        inbox: usize,
        snapshot: SnapshotId,
        message: &A::Message,
        late: bool,
    ) {
        let recorded = self.process.parts[snapshot.index()].record.is_some();
        let discipline = self.discipline(inbox);
        let ledger = &mut self.process.incoming_mut(inbox).ledgers[snapshot.index()];
        match (recorded, late) {
            (false, true) => ledger.orphan = true,
            (true, false) => insert(&mut ledger.expected, End::Tail, message.clone(), discipline),
            (false, false) | (true, true) => {}
        }
    }

    pub(super) fn is_full(&self, inbox: usize) -> bool {
        // A restore may have put more in than there should be.
        self.system.capacity.is_some_and(|most| self.process.incoming[inbox].items.len() >= most)
    }

    fn stopped(&mut self, snapshot: SnapshotId) -> &mut VecDeque<Stopped<A::Message>> {
        &mut self.process.part_mut(snapshot).stopped
    }

    fn discipline(&self, inbox: usize) -> Discipline {
        let channel = self.system.topology.incoming(self.at)[inbox];
        self.system.topology.channel(channel).discipline
    }

    fn go_on(
        &mut self,
        handler: Handler,
        from: u16,
        snapshot: SnapshotId,
        arriving: Option<&Arriving<A::Message>>,
    ) -> Option<u16> {
        let protocol = &self.system.protocol;
        protocol.run(handler, from, &mut Visit { act: self, own: snapshot, snapshot, arriving })
    }

    /// What happens to a channel happens at its receiver: here, or by letter.
    fn affect(&mut self, channel: ChannelId, effect: Effect<A::Message>) {
        let to = self.system.topology.channel(channel);
        if to.to != self.at {
            return self.letters.push((to.to.index(), Letter::Channel(channel, effect)));
        }
        self.sends_to_itself |= matches!(effect, Effect::Append(_) | Effect::Prepend(_));
        let inbox = self.process.incoming_mut(self.system.topology.inbox(channel));
        match inbox.apply(&effect, to.discipline, self.system.capacity) {
            Applied::Done => {}
            Applied::IllFormed => self.halts = true,
            Applied::Full => self.cut = true,
        }
    }

    /// This process has begun the snapshot; a script that would have started it here is told.
    fn begin(&mut self, snapshot: SnapshotId) {
        let start = Turn::Start(snapshot, self.at);
        let begun = std::mem::replace(&mut self.process.part_mut(snapshot).begun, true);
        if !begun && self.system.names(start) {
            self.letters.extend(self.system.script_place().map(|script| (script, Letter::Begun(start))));
        }
    }
}

/// A handler at work within an event.
struct Visit<'v, 'a, A: Application, P> {
    act: &'v mut Act<'a, A, P>,
    /// The snapshot that it is a handler of.
    own: SnapshotId,
    /// The one that it acts on just now.
    snapshot: SnapshotId,
    arriving: Option<&'v Arriving<A::Message>>,
}

impl<A: Application, P: Protocol> Visit<'_, '_, A, P> {
    fn part(&self) -> PartView<'_, A> {
        PartView::new(&self.act.system.topology, self.act.at, &self.act.process, self.snapshot)
    }

    fn message(&self) -> Option<&(A::Message, Late)> {
        self.arriving.and_then(|arriving| arriving.message.as_ref())
    }

    /// Does something with the arriving message and what is kept of its channel.
    fn keep_so(&mut self, keep: impl Fn(&mut Vec<A::Message>, A::Message, Discipline)) {
        let Some(channel) = self.arriving() else { return };
        let Some((message, _)) = self.message().cloned() else { return };
        let inbox = self.act.system.topology.inbox(channel);
        let discipline = self.act.discipline(inbox);
        let incoming = self.act.process.incoming_mut(inbox);
        keep(&mut incoming.ledgers[self.snapshot.index()].kept, message, discipline);
    }
}

impl<A: Application, P: Protocol> View for Visit<'_, '_, A, P> {
    fn outgoing(&self) -> &[ChannelId] {
        self.part().outgoing()
    }

    fn incoming(&self) -> &[ChannelId] {
        self.part().incoming()
    }

    fn recorded(&self) -> bool {
        self.part().recorded()
    }

    fn is_open(&self, channel: ChannelId) -> bool {
        self.part().is_open(channel)
    }

    fn is_closed(&self, channel: ChannelId) -> bool {
        self.part().is_closed(channel)
    }

    fn marker_arrived(&self, channel: ChannelId) -> bool {
        self.part().marker_arrived(channel)
    }
}

impl<A: Application, P: Protocol> Site for Visit<'_, '_, A, P> {
    fn arriving(&self) -> Option<ChannelId> {
        self.arriving.map(|arriving| arriving.channel)
    }

    fn sent_after_record(&self) -> bool {
        self.message().is_some_and(|(_, late)| late.is(self.snapshot))
    }

    fn finished(&self) -> bool {
        self.act.system.application.is_finished(self.act.at, &self.act.process.state)
    }

    fn is_forward(&self, channel: ChannelId) -> bool {
        let channel = self.act.system.topology.channel(channel);
        channel.from < channel.to
    }

    fn turn_to(&mut self, ahead: usize) {
        self.snapshot = self.act.system.further(self.own, ahead);
    }

    fn record(&mut self) {
        let application = &self.act.system.application;
        let process = &mut self.act.process;
        let (state, part) = (&process.state, Arc::make_mut(&mut process.parts[self.snapshot.index()]));
        if part.record.is_some() {
            self.act.halts = true;
            return;
        }
        let first = part.peeked.take();
        part.record = Some(first.map_or_else(|| state.clone(), |first| application.torn(&first, state)));
        self.act.begin(self.snapshot);
    }

    fn peek(&mut self) {
        let half = self.act.system.application.first_half(&self.act.process.state);
        let part = self.act.process.part_mut(self.snapshot);
        if part.record.is_none() {
            part.peeked = Some(half);
        }
    }

    fn send_marker(&mut self, channel: ChannelId) {
        self.act.affect(channel, Effect::Append(Item::Marker(self.snapshot)));
    }

    fn send_marker_ahead(&mut self, channel: ChannelId) {
        self.act.affect(channel, Effect::Prepend(Item::Marker(self.snapshot)));
    }

    fn open(&mut self, channel: ChannelId) {
        self.act.affect(channel, Effect::Open(self.snapshot));
    }

    fn close(&mut self, channel: ChannelId) {
        self.act.affect(channel, Effect::Close(self.snapshot));
    }

    fn keep(&mut self) {
        self.keep_so(|kept, message, discipline| insert(kept, End::Tail, message, discipline));
    }

    fn keep_first(&mut self) {
        self.keep_so(|kept, message, discipline| insert(kept, End::Head, message, discipline));
    }

    fn keep_repeated(&mut self) {
        self.keep_so(|kept, message, _| *kept = vec![message; kept.len() + 1]);
    }

    fn forget(&mut self) {
        for inbox in 0..self.act.process.incoming.len() {
            self.act.process.incoming_mut(inbox).ledgers[self.snapshot.index()].kept.clear();
        }
    }

    fn set_blocked(&mut self, channel: ChannelId, blocked: bool) {
        self.act.affect(channel, Effect::SetBlocked(self.snapshot, blocked));
    }

    fn passed(&mut self, handler: Handler, action: u16, taken: bool) {
        self.act.trace.push(super::protocol::mark(handler, action, taken));
    }
}
