//! Runs the handlers of the algorithm on the text of the algorithm itself: lists of actions inside lists
//! of actions. A stopped handler is the place of its `Pause` in that text, and the late bits it may still ask for.

use super::state::{Gate, Occasion, Purse, Snapshot, State, Stopped, Travelling};
use super::syntax::{Action, Condition, Rule, Set, Side};
use super::{Behaviour, Reference};

/// A run of one handler, or of what follows one of its pauses.
struct Handling<'a> {
    reference: &'a Reference,
    state: &'a mut State,
    /// The snapshot acted on: the handler's own, or inside `OfNext` one behind it.
    snapshot: usize,
    process: usize,
    occasion: Occasion,
    /// The late bits of the message received, by snapshot; without a message none.
    late: Vec<bool>,
}

/// How a list of actions ended.
enum Flow {
    /// At its end.
    Ended,
    /// At the pause at this place.
    Stopped(Vec<usize>),
}

impl Reference {
    /// Runs the handler of this occasion from its beginning.
    pub fn handle(
        &self,
        state: &mut State,
        snapshot: usize,
        process: usize,
        occasion: Occasion,
        late: &[bool],
    ) {
        let mut handling =
            Handling { reference: self, state, snapshot, process, occasion, late: late.to_vec() };
        if let Flow::Stopped(pause) = handling.run_from(&[], 0) {
            let late = self.remembered(snapshot, late);
            state.snapshots[snapshot].sites[process].stopped.push(Stopped { occasion, pause, late });
        }
    }

    /// Runs the oldest stopped handler on, to its end or to its next pause, where it stays the oldest.
    pub fn resume(&self, state: &mut State, snapshot: usize, process: usize) {
        let Stopped { occasion, pause, late } = state.snapshots[snapshot].sites[process].stopped.remove(0);
        let mut handling =
            Handling { reference: self, state, snapshot, process, occasion, late: late.clone() };
        if let Flow::Stopped(pause) = handling.run_behind(&pause) {
            state.snapshots[snapshot].sites[process].stopped.insert(0, Stopped { occasion, pause, late });
        }
    }

    /// The late bits that a stopped handler remembers: that of its own snapshot, and those of the snapshots that some
    /// `SentAfterRecord` of `on_message` asks about, counted from its own.
    fn remembered(&self, snapshot: usize, late: &[bool]) -> Vec<bool> {
        let mut depths = vec![0];
        asked_depths(&self.algorithm.on_message, 0, &mut depths);
        let asked = |other: usize| depths.iter().any(|depth| (snapshot + depth) % late.len() == other);
        late.iter().enumerate().map(|(other, &late)| late && asked(other)).collect()
    }

    /// The handler of an occasion.
    fn handler(&self, occasion: Occasion) -> &[Action] {
        match occasion {
            Occasion::Start => &self.algorithm.on_start,
            Occasion::Marker { .. } => &self.algorithm.on_marker,
            Occasion::Message { .. } => &self.algorithm.on_message,
        }
    }

    /// The list of actions inside the `If`s and `OfNext`s at these places.
    fn block(&self, occasion: Occasion, places: &[usize]) -> &[Action] {
        places.iter().fold(self.handler(occasion), |block, &place| match &block[place] {
            Action::If(_, body) | Action::OfNext(body) => body,
            other => unreachable!("{other:?} has no body"),
        })
    }

    /// Is any action written behind this place, in its list or in those around it?
    fn has_something_behind(&self, occasion: Occasion, place: &[usize]) -> bool {
        (0..place.len()).any(|depth| place[depth] + 1 < self.block(occasion, &place[..depth]).len())
    }

    /// The snapshot that `OfNext` means: the one behind, after the last one the first.
    fn next_snapshot(&self, snapshot: usize) -> usize {
        (snapshot + 1) % self.initiators.len()
    }

    /// Will the application of a process take no step of its own any more?
    fn has_finished(&self, state: &State, process: usize) -> bool {
        let sends = state.purses[process].sends as usize;
        match &self.tokens.behaviour {
            Behaviour::Free { .. } => sends == 0,
            Behaviour::Broadcast { .. } => sends == 0 && state.purses[process].copies == 0,
            Behaviour::Lists(lists) => sends == lists[process].len(),
        }
    }

    /// Is the snapshot complete?
    pub fn is_complete(&self, state: &State, snapshot: usize) -> bool {
        let part = &state.snapshots[snapshot];
        let has_done_its_part = |process: usize| match self.algorithm.complete_when {
            Rule::Recorded => true,
            Rule::EveryMarkerArrived => self.every_marker_arrived(part, process),
            Rule::EveryIncomingClosed => {
                self.incoming(process).iter().all(|&channel| part.links[channel].gate == Gate::Closed)
            }
        };
        (0..self.process_count())
            .all(|process| part.sites[process].record.is_some() && has_done_its_part(process))
    }

    fn every_marker_arrived(&self, part: &Snapshot, process: usize) -> bool {
        self.incoming(process).iter().all(|&channel| part.links[channel].marker_arrived)
    }
}

/// How many `OfNext`s stand around each `SentAfterRecord`.
fn asked_depths(block: &[Action], depth: usize, depths: &mut Vec<usize>) {
    for action in block {
        match action {
            Action::If(condition, body) => {
                if asks_for_late_bit(condition) {
                    depths.push(depth);
                }
                asked_depths(body, depth, depths);
            }
            Action::OfNext(body) => asked_depths(body, depth + 1, depths),
            _ => {}
        }
    }
}

fn asks_for_late_bit(condition: &Condition) -> bool {
    match condition {
        Condition::Not(other) => asks_for_late_bit(other),
        other => *other == Condition::SentAfterRecord,
    }
}

impl Handling<'_> {
    /// Runs the list inside these `If`s and `OfNext`s from one of its actions on.
    fn run_from(&mut self, places: &[usize], first: usize) -> Flow {
        let reference = self.reference;
        let block = reference.block(self.occasion, places);
        for (index, action) in block.iter().enumerate().skip(first) {
            let place = [places, &[index]].concat();
            match action {
                Action::Pause if reference.has_something_behind(self.occasion, &place) => {
                    return Flow::Stopped(place);
                }
                Action::If(condition, _) if self.holds(condition) => match self.run_from(&place, 0) {
                    Flow::Ended => {}
                    stopped @ Flow::Stopped(_) => return stopped,
                },
                Action::If(..) => {}
                Action::OfNext(_) => self.run_of_next(&place),
                _ => self.act(action),
            }
        }
        Flow::Ended
    }

    /// Runs the body of an `OfNext` on the next snapshot.
    fn run_of_next(&mut self, place: &[usize]) {
        let own = self.snapshot;
        self.snapshot = self.reference.next_snapshot(own);
        let flow = self.run_from(place, 0);
        assert!(matches!(flow, Flow::Ended), "a pause inside `OfNext`; the model's reader refuses it");
        self.snapshot = own;
    }

    /// Runs what follows a pause: the rest of its list, then of the lists around it, inside to outside.
    fn run_behind(&mut self, pause: &[usize]) -> Flow {
        for depth in (0..pause.len()).rev() {
            if let stopped @ Flow::Stopped(_) = self.run_from(&pause[..depth], pause[depth] + 1) {
                return stopped;
            }
        }
        Flow::Ended
    }

    fn holds(&self, condition: &Condition) -> bool {
        let part = &self.state.snapshots[self.snapshot];
        match condition {
            Condition::Recorded => part.sites[self.process].record.is_some(),
            Condition::NotRecorded => part.sites[self.process].record.is_none(),
            Condition::IsOpen(_) => part.links[self.arriving()].gate == Gate::Open,
            Condition::EveryMarkerArrived => self.reference.every_marker_arrived(part, self.process),
            Condition::SentAfterRecord => self.late[self.snapshot],
            Condition::Finished => self.reference.has_finished(self.state, self.process),
            Condition::Not(other) => !self.holds(other),
        }
    }

    fn act(&mut self, action: &Action) {
        match action {
            Action::Record => self.record(),
            Action::Send(_, set) => self.set(*set).into_iter().for_each(|channel| {
                self.marker_is_sent(channel);
                self.reference.put(self.state, channel, Travelling::Marker(self.snapshot));
            }),
            Action::SendAhead(_, set) => self.set(*set).into_iter().for_each(|channel| {
                self.marker_is_sent(channel);
                self.reference.put_ahead(self.state, channel, Travelling::Marker(self.snapshot));
            }),
            Action::Open(set) => self.each(*set, |link| {
                if link.gate == Gate::Untouched {
                    link.gate = Gate::Open;
                }
            }),
            Action::Close(set) => self.each(*set, |link| link.gate = Gate::Closed),
            Action::Block(set) => self.each(*set, |link| link.blocked = true),
            Action::Unblock(set) => self.each(*set, |link| link.blocked = false),
            Action::Keep => {
                let (channel, amount) = (self.arriving(), self.amount());
                self.reference.append(channel, self.kept(channel), amount);
            }
            Action::KeepFirst => {
                let (channel, amount) = (self.arriving(), self.amount());
                self.reference.prepend(channel, self.kept(channel), amount);
            }
            Action::KeepRepeated => {
                let (channel, amount) = (self.arriving(), self.amount());
                let kept = self.kept(channel);
                *kept = vec![amount; kept.len() + 1];
            }
            Action::Forget => self.each(Set::Incoming, |link| link.kept.clear()),
            Action::Peek => self.peek(),
            Action::Pause => {} // with nothing behind it
            Action::If(..) | Action::OfNext(_) => unreachable!("run_from looks into what has a body"),
        }
    }

    fn record(&mut self) {
        let site = &mut self.state.snapshots[self.snapshot].sites[self.process];
        if site.record.is_some() {
            self.state.ill_formed = true;
        } else {
            let now = self.state.purses[self.process];
            let balance = site.peeked.take().unwrap_or(now.balance);
            site.record = Some(Purse { balance, ..now });
            site.begun = true;
        }
    }

    fn peek(&mut self) {
        let site = &mut self.state.snapshots[self.snapshot].sites[self.process];
        if site.record.is_none() {
            site.peeked = Some(self.state.purses[self.process].balance);
        }
    }

    /// Once is right.
    fn marker_is_sent(&mut self, channel: usize) {
        let sent = &mut self.state.snapshots[self.snapshot].links[channel].marker_sent;
        self.state.ill_formed |= *sent;
        *sent = true;
    }

    fn kept(&mut self, channel: usize) -> &mut Vec<u64> {
        &mut self.state.snapshots[self.snapshot].links[channel].kept
    }

    fn each(&mut self, set: Set, change: impl Fn(&mut super::state::Link)) {
        for channel in self.set(set) {
            change(&mut self.state.snapshots[self.snapshot].links[channel]);
        }
    }

    fn set(&self, set: Set) -> Vec<usize> {
        let all_but_first = |channels: Vec<usize>| channels.into_iter().skip(1).collect();
        let forward = |channels: Vec<usize>| {
            let leads_on = |&channel: &usize| {
                let (sender, receiver) = self.reference.channels[channel];
                sender < receiver
            };
            channels.into_iter().filter(leads_on).collect()
        };
        match set {
            Set::Outgoing => self.reference.outgoing(self.process),
            Set::Incoming => self.reference.incoming(self.process),
            Set::Arriving => vec![self.arriving()],
            Set::ButFirst(Side::Outgoing) => all_but_first(self.reference.outgoing(self.process)),
            Set::ButFirst(Side::Incoming) => all_but_first(self.reference.incoming(self.process)),
            Set::Forward(Side::Outgoing) => forward(self.reference.outgoing(self.process)),
            Set::Forward(Side::Incoming) => forward(self.reference.incoming(self.process)),
        }
    }

    /// The channel of the item received.
    fn arriving(&self) -> usize {
        match self.occasion {
            Occasion::Marker { channel } | Occasion::Message { channel, .. } => channel,
            Occasion::Start => unreachable!("nothing arrives in on_start; the model's reader refuses it"),
        }
    }

    /// The amount of the message received.
    fn amount(&self) -> u64 {
        match self.occasion {
            Occasion::Message { amount, .. } => amount,
            _ => unreachable!("no message outside on_message; the model's reader refuses it"),
        }
    }
}
