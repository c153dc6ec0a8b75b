//! The first-order mutants of an algorithm: every mechanical edit of one place, each with a name that is its diff.
//! Positions are those of [`Edit`]. What an edit means for a snapshot is not for this file.
//!
//! The operators: delete an action; exchange it with the next one; pause before it; carry it out twice; take a smaller
//! or a larger set of channels (an empty set is the same as a deletion); turn a condition round, or drop it; move an
//! action out of a body or into it; send a marker, or keep a message, in the plain way; confuse the numbers of
//! snapshots; weaken the completion rule. After R. A. `DeMillo` and others, *Hints on Test Data Selection* (Computer
//! 11(4), 1978).

use crate::algorithm::syntax::{Action, Algorithm, Condition, Edit, Handler, Rule, Set, Side};
use crate::algorithm::validate::{flattened, size};

/// A name, and the edits that it stands for.
pub type Named = (String, Vec<Edit>);

/// Every mutant of an algorithm for so many snapshots, in the order of handlers, positions and operators.
pub fn all(algorithm: &Algorithm, snapshots: usize) -> Vec<Named> {
    let mut found = Vec::new();
    let lists = [
        (Handler::OnStart, &algorithm.on_start),
        (Handler::OnMarker, &algorithm.on_marker),
        (Handler::OnMessage, &algorithm.on_message),
    ];
    for (handler, list) in lists {
        let within = Within { handler, can_confuse: snapshots > 1, can_pause: true };
        of_list(within, list, &mut 0, &mut found);
    }
    found.extend(weaker(algorithm.complete_when).map(|rule| {
        (format!("complete_when: {:?} -> {rule:?}", algorithm.complete_when), vec![Edit::CompleteWhen(rule)])
    }));
    found
}

/// Rules that ask for less.
fn weaker(rule: Rule) -> impl Iterator<Item = Rule> {
    let less: &[Rule] = match rule {
        Rule::EveryIncomingClosed => &[Rule::EveryMarkerArrived, Rule::Recorded],
        Rule::EveryMarkerArrived => &[Rule::Recorded],
        Rule::Recorded => &[],
    };
    less.iter().copied()
}

fn of_list(within: Within, list: &[Action], position: &mut usize, found: &mut Vec<Named>) {
    for (index, action) in list.iter().enumerate() {
        let at = Spot { within, handler: within.handler, position: *position, action };
        at.alone(found);
        if let Some(next) = list.get(index + 1) {
            at.beside(next, found);
        }
        *position += 1;
        let can_pause = within.can_pause && !is_of_next(action);
        of_list(Within { can_pause, ..within }, action.body(), position, found);
    }
}

/// What a list of actions is part of.
#[derive(Clone, Copy)]
struct Within {
    handler: Handler,
    /// There is another snapshot.
    can_confuse: bool,
    /// It stands in no `OfNext`.
    can_pause: bool,
}

/// An action and where it stands.
#[derive(Clone, Copy)]
struct Spot<'a> {
    within: Within,
    handler: Handler,
    position: usize,
    action: &'a Action,
}

impl Spot<'_> {
    /// `on_marker 2: before -> after`.
    fn named(self, before: &str, after: &str) -> String {
        format!("{} {}: {before} -> {after}", self.handler.name(), self.position)
    }

    /// What can be done to the action by itself.
    fn alone(self, found: &mut Vec<Named>) {
        let (handler, position, action) = (self.handler, self.position, self.action);
        let text = action.to_string();
        let mut add = |after: &str, edits: Vec<Edit>| found.push((self.named(&text, after), edits));
        add("nothing", vec![Edit::Delete(handler, position)]);
        if self.within.can_pause {
            add(&format!("Pause, {text}"), vec![Edit::PauseBefore(handler, position)]);
        }
        add(&format!("{text}, {text}"), vec![Edit::Insert(handler, position, action.clone())]);
        for other in with_other_sets(handler, action).into_iter().chain(plainer(action)) {
            add(&other.to_string(), vec![Edit::Replace(handler, position, other)]);
        }
        match action {
            Action::If(condition, body) => {
                let opposite = opposite(condition);
                let after = format!("If({opposite}, ..)");
                add(&after, vec![Edit::Condition(handler, position, opposite)]);
                add("its body, always", in_place_of(handler, position, action, body));
            }
            Action::OfNext(body) => add("its body, here", in_place_of(handler, position, action, body)),
            Action::Pause => {}
            action if self.within.can_confuse => {
                let confused = Action::OfNext(vec![action.clone()]);
                add(&format!("OfNext([{text}])"), vec![Edit::Replace(handler, position, confused)]);
            }
            _ => {}
        }
        self.out_of(action.body(), found);
    }

    /// What can be done to it and the one after it.
    fn beside(self, next: &Action, found: &mut Vec<Named>) {
        let (handler, position, action) = (self.handler, self.position, self.action);
        let (this, that) = (action.to_string(), next.to_string());
        let exchanged = self.named(&format!("{this}, {that}"), &format!("{that}, {this}"));
        found.push((exchanged, vec![Edit::Swap(handler, position)]));
        if let Some(inside) = with_body(next, || std::iter::once(action).chain(next.body())) {
            let inside = Edit::Replace(handler, position + size(action), inside);
            let name = self.named(&this, &format!("into {that}, first"));
            found.push((name, vec![inside, Edit::Delete(handler, position)]));
        }
        if let Some(inside) = with_body(action, || action.body().iter().chain([next])) {
            let after = position + size(&inside);
            let at = Spot { position: position + size(action), ..self };
            let name = at.named(&that, &format!("into {this}, last"));
            found.push((name, vec![Edit::Replace(handler, position, inside), Edit::Delete(handler, after)]));
        }
    }

    /// The first action of its body before it, and the last one after it.
    fn out_of(self, body: &[Action], found: &mut Vec<Named>) {
        let (handler, position) = (self.handler, self.position);
        let [first, rest @ ..] = body else { return };
        let with = |body: &[Action]| {
            let mut action = self.action.clone();
            action.body_mut().into_iter().for_each(|inside| *inside = body.to_vec());
            Edit::Replace(handler, position, action)
        };
        let at = Spot { position: position + 1, ..self };
        let name = at.named(&first.to_string(), &format!("out, before {}", self.action));
        found.push((name, vec![with(rest), Edit::Insert(handler, position, first.clone())]));
        let [others @ .., last] = body else { return };
        let at = Spot { position: position + size(self.action) - size(last), ..self };
        let name = at.named(&last.to_string(), &format!("out, after {}", self.action));
        let edits =
            vec![with(others), Edit::Insert(handler, position, last.clone()), Edit::Swap(handler, position)];
        found.push((name, edits));
    }
}

/// The action with another body, if it can have that one: nothing stops in an `OfNext`.
fn with_body<'a, I: Iterator<Item = &'a Action>>(action: &Action, body: impl Fn() -> I) -> Option<Action> {
    let mut changed = action.clone();
    *changed.body_mut()? = body().cloned().collect();
    let stops = || flattened(changed.body()).contains(&&Action::Pause);
    (!is_of_next(action) || !stops()).then_some(changed)
}

fn is_of_next(action: &Action) -> bool {
    matches!(action, Action::OfNext(_))
}

/// What the action does in a way of its own, done as the algorithm of Chandy and Lamport does it.
fn plainer(action: &Action) -> Option<Action> {
    match action {
        Action::SendAhead(token, set) => Some(Action::Send(*token, *set)),
        Action::KeepFirst | Action::KeepRepeated => Some(Action::Keep),
        _ => None,
    }
}

/// The body of an action, in its place.
fn in_place_of(handler: Handler, position: usize, whole: &Action, body: &[Action]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = position;
    for action in body {
        edits.push(Edit::Insert(handler, at, action.clone()));
        at += size(action);
    }
    debug_assert_eq!(at + 1, position + size(whole));
    edits.push(Edit::Delete(handler, at));
    edits
}

fn opposite(condition: &Condition) -> Condition {
    match condition {
        Condition::NotRecorded => Condition::Recorded,
        Condition::Recorded => Condition::NotRecorded,
        Condition::Not(inner) => (**inner).clone(),
        other => Condition::Not(Box::new(other.clone())),
    }
}

/// The action on fewer channels, or on more.
fn with_other_sets(handler: Handler, action: &Action) -> Vec<Action> {
    let sets = |set: &Set| other_sets(handler, *set);
    match action {
        Action::Send(token, set) => sets(set).map(|set| Action::Send(*token, set)).collect(),
        Action::SendAhead(token, set) => sets(set).map(|set| Action::SendAhead(*token, set)).collect(),
        Action::Open(set) => sets(set).map(Action::Open).collect(),
        Action::Close(set) => sets(set).map(Action::Close).collect(),
        Action::Block(set) => sets(set).map(Action::Block).collect(),
        Action::Unblock(set) => sets(set).map(Action::Unblock).collect(),
        _ => Vec::new(),
    }
}

fn other_sets(handler: Handler, set: Set) -> impl Iterator<Item = Set> {
    let all: &[Set] = match set {
        Set::Outgoing => &[Set::ButFirst(Side::Outgoing)],
        Set::Incoming => &[Set::ButFirst(Side::Incoming), Set::Arriving],
        Set::Arriving | Set::ButFirst(Side::Incoming) | Set::Forward(Side::Incoming) => &[Set::Incoming],
        Set::ButFirst(Side::Outgoing) | Set::Forward(Side::Outgoing) => &[Set::Outgoing],
    };
    let arrives = handler != Handler::OnStart;
    all.iter().copied().filter(move |set| arrives || *set != Set::Arriving)
}
