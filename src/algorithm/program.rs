//! Runs an algorithm. A handler is laid out flat, an `If` before its body, so that the place of an action is the
//! number that mutations and stopped handlers call it by.

use super::syntax::{Action, Algorithm, Condition, Handler, Rule, Set, Side, Which};
use crate::network::{ChannelId, Protocol, Site, View};

/// An algorithm made ready to run.
#[derive(Clone, Debug)]
pub struct Program {
    handlers: [Vec<Line>; 3],
    rule: Rule,
}

/// One action of a flat handler.
#[derive(Clone, Debug)]
struct Line {
    action: Action,
    /// Where to go on if this is an `If` whose condition fails; for other actions their own place.
    past_body: usize,
}

impl Program {
    /// Lays an algorithm out.
    pub fn new(algorithm: &Algorithm) -> Self {
        let flat = |actions: &[Action]| {
            let mut lines = Vec::new();
            lay_out(actions, &mut lines);
            lines
        };
        Self {
            handlers: [flat(&algorithm.on_start), flat(&algorithm.on_marker), flat(&algorithm.on_message)],
            rule: algorithm.complete_when,
        }
    }

    /// Everything that can be taken: each action, and each `If` also with its condition false. Handler, number,
    /// taken, text.
    pub fn branches(&self) -> impl Iterator<Item = (Handler, u16, bool, String)> {
        [Handler::OnStart, Handler::OnMarker, Handler::OnMessage].into_iter().flat_map(|handler| {
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

fn lay_out(actions: &[Action], lines: &mut Vec<Line>) {
    for action in actions {
        let place = lines.len();
        lines.push(Line { action: action.clone(), past_body: place });
        if let Action::If(_, body) = action {
            lay_out(body, lines);
            lines[place].past_body = lines.len();
        }
    }
}

impl Protocol for Program {
    fn run(&self, handler: Handler, from: u16, site: &mut dyn Site) -> Option<u16> {
        let lines = self.lines(handler);
        let mut at = usize::from(from);
        while let Some(line) = lines.get(at) {
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

    fn acts_on_messages(&self) -> bool {
        let lines = self.lines(Handler::OnMessage);
        lines.iter().any(|line| matches!(line.action, Action::Record | Action::Send(..)))
    }
}

fn act(action: &Action, site: &mut dyn Site) {
    match action {
        Action::Record => site.record(),
        Action::Keep => site.keep(),
        Action::Send(_, set) => for_each(*set, site, |site, channel| site.send_marker(channel)),
        Action::Open(set) => for_each(*set, site, |site, channel| site.open(channel)),
        Action::Close(set) => for_each(*set, site, |site, channel| site.close(channel)),
        Action::Block(set) => for_each(*set, site, |site, channel| site.set_blocked(channel, true)),
        Action::Unblock(set) => for_each(*set, site, |site, channel| site.set_blocked(channel, false)),
        Action::Pause | Action::If(..) => {}
    }
}

fn for_each(set: Set, site: &mut dyn Site, apply: impl Fn(&mut dyn Site, ChannelId)) {
    for channel in members(set, site) {
        apply(site, channel);
    }
}

fn members(set: Set, site: &dyn Site) -> Vec<ChannelId> {
    let but_first = |channels: &[ChannelId]| channels.iter().skip(1).copied().collect();
    match set {
        Set::Outgoing => site.outgoing().to_vec(),
        Set::Incoming => site.incoming().to_vec(),
        Set::Arriving => site.arriving().into_iter().collect(),
        Set::ButFirst(Side::Outgoing) => but_first(site.outgoing()),
        Set::ButFirst(Side::Incoming) => but_first(site.incoming()),
    }
}

fn holds(condition: &Condition, site: &dyn Site) -> bool {
    match condition {
        Condition::NotRecorded => !site.recorded(),
        Condition::Recorded => site.recorded(),
        Condition::IsOpen(Which::Arriving) => site.arriving().is_some_and(|channel| site.is_open(channel)),
        Condition::EveryMarkerArrived => every_marker_arrived(site),
        Condition::SentAfterRecord => site.sent_after_record(),
        Condition::Not(condition) => !holds(condition, site),
    }
}

fn every_marker_arrived<V: View + ?Sized>(view: &V) -> bool {
    view.incoming().iter().all(|&channel| view.marker_arrived(channel))
}
