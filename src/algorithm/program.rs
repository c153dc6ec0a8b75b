//! Runs an algorithm. A handler is laid out flat, each action before its body, so that the place of an action is the
//! number that mutations and stopped handlers call it by.

use std::collections::BTreeSet;

use super::syntax::{Action, Algorithm, Condition, Handler, Rule, Set, Side, Which};
use crate::network::{ChannelId, Heeds, Protocol, Site, View};

const HANDLERS: [Handler; 3] = [Handler::OnStart, Handler::OnMarker, Handler::OnMessage];

/// An algorithm made ready to run.
#[derive(Clone, Debug)]
pub struct Program {
    handlers: [Vec<Line>; 3],
    lateness_asked: Vec<usize>,
    rule: Rule,
}

/// One action of a flat handler.
#[derive(Clone, Debug)]
struct Line {
    action: Action,
    /// Where to go on if this is an `If` whose condition fails.
    past_body: usize,
    /// How many snapshots further it acts: the `OfNext`s that it stands in.
    ahead: usize,
}

impl Program {
    /// Lays an algorithm out.
    pub fn new(algorithm: &Algorithm) -> Self {
        let flat = |actions: &[Action]| {
            let mut lines = Vec::new();
            lay_out(actions, 0, &mut lines);
            lines
        };
        let handlers = [flat(&algorithm.on_start), flat(&algorithm.on_marker), flat(&algorithm.on_message)];
        Self { lateness_asked: lateness_asked(&handlers), handlers, rule: algorithm.complete_when }
    }

    /// Everything that can be taken: each action, and each `If` also with its condition false. Handler, number,
    /// taken, text.
    pub fn branches(&self) -> impl Iterator<Item = (Handler, u16, bool, String)> {
        HANDLERS.into_iter().flat_map(|handler| {
            (0..).zip(self.lines(handler)).flat_map(move |(number, line)| {
                let is_if = matches!(line.action, Action::If(..));
                let branch = move |taken| (handler, number, taken, line.action.to_string());
                [Some(branch(true)), is_if.then(|| branch(false))].into_iter().flatten()
            })
        })
    }

    fn lines(&self, handler: Handler) -> &[Line] {
        &self.handlers[handler as usize]
    }
}

fn lay_out(actions: &[Action], ahead: usize, lines: &mut Vec<Line>) {
    for action in actions {
        let place = lines.len();
        lines.push(Line { action: action.clone(), past_body: place, ahead });
        lay_out(action.body(), ahead + usize::from(matches!(action, Action::OfNext(_))), lines);
        lines[place].past_body = lines.len();
    }
}

/// How many snapshots further it is asked whether a message is late; for the handler's own it may always be.
fn lateness_asked(handlers: &[Vec<Line>]) -> Vec<usize> {
    let asks = |line: &&Line| matches!(&line.action, Action::If(condition, _) if *condition.innermost() == Condition::SentAfterRecord);
    let further = handlers.iter().flatten().filter(asks).map(|line| line.ahead);
    std::iter::once(0).chain(further).collect::<BTreeSet<_>>().into_iter().collect()
}

impl Protocol for Program {
    fn run(&self, handler: Handler, from: u16, site: &mut dyn Site) -> Option<u16> {
        let lines = self.lines(handler);
        let mut at = usize::from(from);
        while let Some(line) = lines.get(at) {
            site.turn_to(line.ahead);
            let taken = match &line.action {
                Action::If(condition, _) => holds(condition, site),
                action => {
                    act(action, site);
                    true
                }
            };
            site.passed(handler, at as u16, taken);
            at = if taken { at + 1 } else { line.past_body };
            if line.action == Action::Pause && at < lines.len() {
                return Some(at as u16);
            }
        }
        None
    }

    fn rule_holds(&self, view: &dyn View) -> bool {
        match self.rule {
            Rule::Recorded => true,
            Rule::EveryIncomingClosed => view.incoming().iter().all(|&channel| view.is_closed(channel)),
            Rule::EveryMarkerArrived => every_marker_arrived(view),
        }
    }

    fn pauses_from(&self, handler: Handler, action: u16) -> u16 {
        let lines = self.lines(handler).iter().skip(usize::from(action));
        lines.filter(|line| line.action == Action::Pause).count() as u16
    }

    fn acts_unasked(&self) -> bool {
        let unasked = |handler| {
            let lines = self.lines(handler).iter();
            lines.filter(move |line| handler == Handler::OnMessage || line.ahead > 0)
        };
        let mut unasked = HANDLERS.into_iter().flat_map(unasked);
        unasked.any(|line| matches!(line.action, Action::Record | Action::Send(..) | Action::SendAhead(..)))
    }

    fn lateness_asked(&self) -> &[usize] {
        &self.lateness_asked
    }

    /// A message is received for all snapshots in their order. That shows in what two of them send, and where one changes or
    /// asks for what is another's.
    fn heeds(&self) -> Heeds {
        let mut actions = HANDLERS.into_iter().flat_map(|handler| self.lines(handler));
        let uses = |set: Set| self.handlers.iter().flatten().any(|line| set_of(&line.action) == Some(set));
        let sends = |line: &Line| matches!(line.action, Action::Send(..) | Action::SendAhead(..));
        Heeds {
            first_outgoing: uses(Set::ButFirst(Side::Outgoing)),
            first_incoming: uses(Set::ButFirst(Side::Incoming)),
            listed: uses(Set::Forward(Side::Outgoing)) || uses(Set::Forward(Side::Incoming)),
            snapshots: self.lines(Handler::OnMessage).iter().any(|line| sends(line) || line.ahead > 0),
            next: actions.any(|line| line.ahead > 0),
        }
    }
}

fn act(action: &Action, site: &mut dyn Site) {
    match action {
        Action::Record => site.record(),
        Action::Peek => site.peek(),
        Action::Keep => site.keep(),
        Action::KeepFirst => site.keep_first(),
        Action::KeepRepeated => site.keep_repeated(),
        Action::Forget => site.forget(),
        Action::Send(_, set) => for_each(*set, site, |site, channel| site.send_marker(channel)),
        Action::SendAhead(_, set) => for_each(*set, site, |site, channel| site.send_marker_ahead(channel)),
        Action::Open(set) => for_each(*set, site, |site, channel| site.open(channel)),
        Action::Close(set) => for_each(*set, site, |site, channel| site.close(channel)),
        Action::Block(set) => for_each(*set, site, |site, channel| site.set_blocked(channel, true)),
        Action::Unblock(set) => for_each(*set, site, |site, channel| site.set_blocked(channel, false)),
        Action::Pause | Action::If(..) | Action::OfNext(_) => {}
    }
}

/// The channels that an action is about, if it is about some.
fn set_of(action: &Action) -> Option<Set> {
    match action {
        Action::Send(_, set)
        | Action::SendAhead(_, set)
        | Action::Open(set)
        | Action::Close(set)
        | Action::Block(set)
        | Action::Unblock(set) => Some(*set),
        Action::Record
        | Action::Keep
        | Action::KeepFirst
        | Action::KeepRepeated
        | Action::Forget
        | Action::Peek
        | Action::Pause
        | Action::If(..)
        | Action::OfNext(_) => None,
    }
}

fn for_each(set: Set, site: &mut dyn Site, apply: impl Fn(&mut dyn Site, ChannelId)) {
    for channel in members(set, site) {
        apply(site, channel);
    }
}

fn members(set: Set, site: &dyn Site) -> Vec<ChannelId> {
    match set {
        Set::Outgoing => site.outgoing().to_vec(),
        Set::Incoming => site.incoming().to_vec(),
        Set::Arriving => site.arriving().into_iter().collect(),
        Set::ButFirst(side) => of_side(side, site).iter().skip(1).copied().collect(),
        Set::Forward(side) => {
            of_side(side, site).iter().copied().filter(|&channel| site.is_forward(channel)).collect()
        }
    }
}

fn of_side(side: Side, site: &dyn Site) -> &[ChannelId] {
    match side {
        Side::Outgoing => site.outgoing(),
        Side::Incoming => site.incoming(),
    }
}

fn holds(condition: &Condition, site: &dyn Site) -> bool {
    match condition {
        Condition::NotRecorded => !site.recorded(),
        Condition::Recorded => site.recorded(),
        Condition::IsOpen(Which::Arriving) => site.arriving().is_some_and(|channel| site.is_open(channel)),
        Condition::EveryMarkerArrived => every_marker_arrived(site),
        Condition::SentAfterRecord => site.sent_after_record(),
        Condition::Finished => site.finished(),
        Condition::Not(condition) => !holds(condition, site),
    }
}

fn every_marker_arrived<V: View + ?Sized>(view: &V) -> bool {
    view.incoming().iter().all(|&channel| view.marker_arrived(channel))
}
