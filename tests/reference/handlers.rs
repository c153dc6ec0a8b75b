//! Runs the handlers of the algorithm on the text of the algorithm itself: lists of actions inside lists
//! of actions. A stopped handler is the place of its `Pause` in that text.

use super::Reference;
use super::state::{Gate, Occasion, Snapshot, State, Stopped, Travelling};
use super::syntax::{Action, Condition, Rule, Set, Side};

/// A run of one handler, or of what follows one of its pauses.
struct Handling<'a> {
    reference: &'a Reference,
    state: &'a mut State,
    snapshot: usize,
    process: usize,
    occasion: Occasion,
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
    pub fn handle(&self, state: &mut State, snapshot: usize, process: usize, occasion: Occasion) {
        let mut handling = Handling { reference: self, state, snapshot, process, occasion };
        if let Flow::Stopped(pause) = handling.run_from(&[], 0) {
            state.snapshots[snapshot].sites[process].stopped.push(Stopped { occasion, pause });
        }
    }

    /// Runs the oldest stopped handler on, to its end or to its next pause, where it stays the oldest.
    pub fn resume(&self, state: &mut State, snapshot: usize, process: usize) {
        let Stopped { occasion, pause } = state.snapshots[snapshot].sites[process].stopped.remove(0);
        let mut handling = Handling { reference: self, state, snapshot, process, occasion };
        if let Flow::Stopped(pause) = handling.run_behind(&pause) {
            state.snapshots[snapshot].sites[process].stopped.insert(0, Stopped { occasion, pause });
        }
    }

    /// The handler of an occasion.
    fn handler(&self, occasion: Occasion) -> &[Action] {
        match occasion {
            Occasion::Start => &self.algorithm.on_start,
            Occasion::Marker { .. } => &self.algorithm.on_marker,
            Occasion::Message { .. } => &self.algorithm.on_message,
        }
    }

    /// The list of actions inside the `If`s at these places.
    fn block(&self, occasion: Occasion, ifs: &[usize]) -> &[Action] {
        ifs.iter().fold(self.handler(occasion), |block, &place| match &block[place] {
            Action::If(_, body) => body,
            other => unreachable!("{other:?} has no body"),
        })
    }

    /// Is any action written behind this place, in its list or in those around it?
    fn has_something_behind(&self, occasion: Occasion, place: &[usize]) -> bool {
        (0..place.len()).any(|depth| place[depth] + 1 < self.block(occasion, &place[..depth]).len())
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

impl Handling<'_> {
    /// Runs the list inside these `If`s from one of its actions on.
    fn run_from(&mut self, ifs: &[usize], first: usize) -> Flow {
        let reference = self.reference;
        let block = reference.block(self.occasion, ifs);
        for (index, action) in block.iter().enumerate().skip(first) {
            let place = [ifs, &[index]].concat();
            match action {
                Action::Pause if reference.has_something_behind(self.occasion, &place) => {
                    return Flow::Stopped(place);
                }
                Action::If(condition, _) if self.holds(condition) => match self.run_from(&place, 0) {
                    Flow::Ended => {}
                    stopped @ Flow::Stopped(_) => return stopped,
                },
                Action::If(..) => {}
                _ => self.act(action),
            }
        }
        Flow::Ended
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
            Condition::SentAfterRecord => self.message().1,
            Condition::Not(other) => !self.holds(other),
            Condition::Finished => unimplemented!(),
        }
    }

    fn act(&mut self, action: &Action) {
        match action {
            Action::Record => self.record(),
            Action::Send(_, set) => self.set(*set).into_iter().for_each(|channel| self.send_marker(channel)),
            Action::Open(set) => self.each(*set, |link| {
                if link.gate == Gate::Untouched {
                    link.gate = Gate::Open;
                }
            }),
            Action::Close(set) => self.each(*set, |link| link.gate = Gate::Closed),
            Action::Block(set) => self.each(*set, |link| link.blocked = true),
            Action::Unblock(set) => self.each(*set, |link| link.blocked = false),
            Action::Keep => {
                let (channel, (amount, _)) = (self.arriving(), self.message());
                let kept = &mut self.state.snapshots[self.snapshot].links[channel].kept;
                self.reference.append(channel, kept, amount);
            }
            Action::Pause => {} // with nothing behind it
            Action::If(..) => unreachable!("run_from looks into an If"),
            _ => unimplemented!(),
        }
    }

    fn record(&mut self) {
        let site = &mut self.state.snapshots[self.snapshot].sites[self.process];
        if site.record.is_some() {
            self.state.ill_formed = true;
        } else {
            site.record = Some(self.state.purses[self.process]);
            site.begun = true;
        }
    }

    fn send_marker(&mut self, channel: usize) {
        let sent = &mut self.state.snapshots[self.snapshot].links[channel].marker_sent;
        self.state.ill_formed |= *sent;
        *sent = true;
        self.reference.put(self.state, channel, Travelling::Marker(self.snapshot));
    }

    fn each(&mut self, set: Set, change: impl Fn(&mut super::state::Link)) {
        for channel in self.set(set) {
            change(&mut self.state.snapshots[self.snapshot].links[channel]);
        }
    }

    fn set(&self, set: Set) -> Vec<usize> {
        let all_but_first = |channels: Vec<usize>| channels.into_iter().skip(1).collect();
        match set {
            Set::Outgoing => self.reference.outgoing(self.process),
            Set::Incoming => self.reference.incoming(self.process),
            Set::Arriving => vec![self.arriving()],
            Set::ButFirst(Side::Outgoing) => all_but_first(self.reference.outgoing(self.process)),
            Set::ButFirst(Side::Incoming) => all_but_first(self.reference.incoming(self.process)),
            _ => unimplemented!(),
        }
    }

    /// The channel of the item received.
    fn arriving(&self) -> usize {
        match self.occasion {
            Occasion::Marker { channel } | Occasion::Message { channel, .. } => channel,
            Occasion::Start => unreachable!("nothing arrives in on_start; the model's reader refuses it"),
        }
    }

    /// The message received: its amount and late bit.
    fn message(&self) -> (u64, bool) {
        match self.occasion {
            Occasion::Message { amount, late, .. } => (amount, late),
            _ => unreachable!("no message outside on_message; the model's reader refuses it"),
        }
    }
}
