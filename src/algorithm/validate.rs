//! What makes no sense in an algorithm, whatever system it runs on. Every other combination of actions is explored.

use super::syntax::{Action, Algorithm, Condition, Handler, Set};

/// The most actions of one handler.
pub const ACTIONS_MAX: usize = 1_000;

/// What is wrong with an algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In one sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The action, counted as edits count; `None` where the algorithm as a whole is meant.
    pub place: Option<(Handler, usize)>,
}

/// The algorithm makes sense.
///
/// # Errors
/// `Arriving` where nothing arrives, `Keep` or `SentAfterRecord` where no message arrives, no `Record` anywhere, or a
/// handler of more than [`ACTIONS_MAX`] actions.
pub fn check(algorithm: &Algorithm) -> Result<(), Problem> {
    let whole = |message: String, hint: &str| Err(Problem { message, hint: hint.to_owned(), place: None });
    if algorithm.name.trim().is_empty() || algorithm.name.chars().any(char::is_control) {
        return whole("the algorithm has an empty or unreadable name".to_owned(), "give it a `name`");
    }
    let mut records = false;
    for (handler, actions) in handlers(algorithm) {
        let flat = flattened(actions);
        if flat.len() > ACTIONS_MAX {
            return whole(too_many(flat.len()), "write fewer actions");
        }
        for (position, action) in flat.into_iter().enumerate() {
            records |= *action == Action::Record;
            makes_sense(handler, action)
                .map_err(|problem| Problem { place: Some((handler, position)), ..problem })?;
        }
    }
    if records {
        return Ok(());
    }
    let message = format!("the algorithm `{}` has no `Record` in any handler", algorithm.name);
    whole(message, "a snapshot that nobody records cannot be judged; put `Record` into `on_start`")
}

/// Says that a handler is too long.
pub(super) fn too_many(actions: usize) -> String {
    format!("a handler of {actions} actions; the most supported is {ACTIONS_MAX}")
}

/// The handlers with their names.
pub(super) fn handlers(algorithm: &Algorithm) -> [(Handler, &[Action]); 3] {
    [
        (Handler::OnStart, &algorithm.on_start),
        (Handler::OnMarker, &algorithm.on_marker),
        (Handler::OnMessage, &algorithm.on_message),
    ]
}

/// All actions in the order of positions: an `If` before its body.
pub fn flattened(actions: &[Action]) -> Vec<&Action> {
    let mut flat = Vec::new();
    flatten(actions, &mut flat);
    flat
}

fn flatten<'a>(actions: &'a [Action], flat: &mut Vec<&'a Action>) {
    for action in actions {
        flat.push(action);
        if let Action::If(_, body) = action {
            flatten(body, flat);
        }
    }
}

fn makes_sense(handler: Handler, action: &Action) -> Result<(), Problem> {
    if handler == Handler::OnStart && speaks_of_arriving(action) {
        return misplaced("`Arriving` in `on_start`, where nothing arrives", "use `Incoming` or `Outgoing`");
    }
    if handler != Handler::OnMessage && *action == Action::Keep {
        return misplaced("`Keep` where no message arrives", "`Keep` belongs into `on_message`");
    }
    if handler != Handler::OnMessage && asks_for_late(action) {
        return misplaced(
            "`SentAfterRecord` where no message arrives",
            "`SentAfterRecord` belongs into `on_message`",
        );
    }
    Ok(())
}

fn misplaced(message: &str, hint: &str) -> Result<(), Problem> {
    Err(Problem { message: message.to_owned(), hint: hint.to_owned(), place: None })
}

fn speaks_of_arriving(action: &Action) -> bool {
    match action {
        Action::Send(_, set)
        | Action::Open(set)
        | Action::Close(set)
        | Action::Block(set)
        | Action::Unblock(set) => *set == Set::Arriving,
        Action::If(condition, _) => matches!(innermost(condition), Condition::IsOpen(_)),
        Action::Record | Action::Keep | Action::Pause => false,
    }
}

fn asks_for_late(action: &Action) -> bool {
    matches!(action, Action::If(condition, _) if *innermost(condition) == Condition::SentAfterRecord)
}

/// The condition under all `Not`s.
fn innermost(condition: &Condition) -> &Condition {
    match condition {
        Condition::Not(inner) => innermost(inner),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::builtin;

    /// Chandy-Lamport with one more action at the end of a handler.
    fn with(handler: Handler, action: &str) -> Result<(), Problem> {
        let mut algorithm = builtin::named("chandy-lamport").expect("built in");
        let actions = match handler {
            Handler::OnStart => &mut algorithm.on_start,
            Handler::OnMarker => &mut algorithm.on_marker,
            Handler::OnMessage => &mut algorithm.on_message,
        };
        actions.push(ron::from_str(action).expect("an action"));
        check(&algorithm)
    }

    #[test]
    fn what_stands_where_it_cannot_is_found_at_its_position() {
        use Handler::{OnMarker, OnMessage, OnStart};
        let cases = [
            (OnStart, "Close(Arriving)", Some((3, "`Arriving` in `on_start`"))),
            (OnStart, "Block(Arriving)", Some((3, "`Arriving` in `on_start`"))),
            (OnStart, "If(Not(IsOpen(Arriving)), [])", Some((3, "`Arriving` in `on_start`"))),
            (OnStart, "If(Recorded, [Send(Marker, Arriving)])", Some((4, "`Arriving` in `on_start`"))),
            (OnStart, "Keep", Some((3, "`Keep`"))),
            (OnStart, "If(SentAfterRecord, [])", Some((3, "`SentAfterRecord`"))),
            (OnMarker, "If(Recorded, [Keep])", Some((6, "`Keep`"))),
            (OnMarker, "If(Not(Not(SentAfterRecord)), [])", Some((5, "`SentAfterRecord`"))),
            (OnMarker, "Send(Marker, Arriving)", None),
            (OnMarker, "If(IsOpen(Arriving), [Pause])", None),
            (OnMessage, "If(SentAfterRecord, [Record, Close(Arriving)])", None),
            (OnMessage, "Keep", None),
        ];
        for (handler, action, expected) in cases {
            match (with(handler, action), expected) {
                (Ok(()), None) => {}
                (Err(problem), Some((position, message))) => {
                    assert_eq!(problem.place, Some((handler, position)), "{action}");
                    assert!(problem.message.starts_with(message), "{action}: {problem:?}");
                }
                (found, _) => panic!("{handler:?} {action}: {found:?}"),
            }
        }
    }

    #[test]
    fn an_algorithm_must_record_somewhere_and_be_of_bounded_size() {
        let mut algorithm = builtin::named("chandy-lamport").expect("built in");
        algorithm.on_start.remove(0);
        assert_eq!(check(&algorithm), Ok(()), "there is another in `on_marker`");
        algorithm.on_marker.clear();
        assert!(check(&algorithm).unwrap_err().message.contains("no `Record`"));
        algorithm.on_start = vec![Action::Record; ACTIONS_MAX];
        assert_eq!(check(&algorithm), Ok(()));
        algorithm.on_start.push(Action::Pause);
        assert!(check(&algorithm).unwrap_err().message.contains("1001 actions"));
    }
}
