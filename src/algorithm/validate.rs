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
/// `Arriving` where nothing arrives, a `Keep` or `SentAfterRecord` where no message arrives, a `Pause` inside `OfNext`,
/// or a handler of more than [`ACTIONS_MAX`] actions.
pub fn check(algorithm: &Algorithm) -> Result<(), Problem> {
    let whole = |message: String, hint: &str| Err(Problem { message, hint: hint.to_owned(), place: None });
    if algorithm.name.trim().is_empty() || algorithm.name.chars().any(char::is_control) {
        return whole("the algorithm has an empty or unreadable name".to_owned(), "give it a `name`");
    }
    for (handler, actions) in handlers(algorithm) {
        let flat = flattened(actions);
        if flat.len() > ACTIONS_MAX {
            return whole(too_many(flat.len()), "write fewer actions");
        }
        for (position, action) in flat.into_iter().enumerate() {
            makes_sense(handler, action)
                .map_err(|problem| Problem { place: Some((handler, position)), ..problem })?;
        }
        if let Some(position) = stop_for_another(actions, 0, false) {
            let message = "a handler cannot stop inside `OfNext`".to_owned();
            let hint = "put the `Pause` before or behind the `OfNext`".to_owned();
            return Err(Problem { message, hint, place: Some((handler, position)) });
        }
    }
    Ok(())
}

/// What an algorithm leaves out that every snapshot needs: it is explored all the same.
pub fn omissions(algorithm: &Algorithm) -> Vec<String> {
    let all = || handlers(algorithm).into_iter().flat_map(|(_, actions)| flattened(actions));
    let never = |what: &str| format!("the algorithm `{}` never {what}", algorithm.name);
    let records = all().any(|action| *action == Action::Record);
    let sends = all().any(|action| matches!(action, Action::Send(..) | Action::SendAhead(..)));
    let mut found = Vec::new();
    found.extend((!records).then(|| never("records: no snapshot can complete")));
    found.extend((!sends).then(|| never("sends a marker: only initiators hear of a snapshot")));
    found
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

/// All actions in the order of positions: each before its body.
pub fn flattened(actions: &[Action]) -> Vec<&Action> {
    let mut flat = Vec::new();
    flatten(actions, &mut flat);
    flat
}

fn flatten<'a>(actions: &'a [Action], flat: &mut Vec<&'a Action>) {
    for action in actions {
        flat.push(action);
        flatten(action.body(), flat);
    }
}

/// How many positions an action takes.
pub fn size(action: &Action) -> usize {
    1 + action.body().iter().map(size).sum::<usize>()
}

/// The position of the first `Pause` inside an `OfNext`.
fn stop_for_another(actions: &[Action], first: usize, inside: bool) -> Option<usize> {
    let mut position = first;
    for action in actions {
        if inside && *action == Action::Pause {
            return Some(position);
        }
        let inside = inside || matches!(action, Action::OfNext(_));
        if let Some(found) = stop_for_another(action.body(), position + 1, inside) {
            return Some(found);
        }
        position += size(action);
    }
    None
}

fn makes_sense(handler: Handler, action: &Action) -> Result<(), Problem> {
    if handler == Handler::OnStart && speaks_of_arriving(action) {
        return misplaced("`Arriving` in `on_start`, where nothing arrives", "use `Incoming` or `Outgoing`");
    }
    let word = match action {
        Action::Keep | Action::KeepFirst | Action::KeepRepeated => action.to_string(),
        action if asks_for_late(action) => Condition::SentAfterRecord.to_string(),
        _ => return Ok(()),
    };
    if handler == Handler::OnMessage {
        return Ok(());
    }
    misplaced(&format!("`{word}` where no message arrives"), &format!("`{word}` belongs into `on_message`"))
}

fn misplaced(message: &str, hint: &str) -> Result<(), Problem> {
    Err(Problem { message: message.to_owned(), hint: hint.to_owned(), place: None })
}

fn speaks_of_arriving(action: &Action) -> bool {
    match action {
        Action::Send(_, set)
        | Action::SendAhead(_, set)
        | Action::Open(set)
        | Action::Close(set)
        | Action::Block(set)
        | Action::Unblock(set) => *set == Set::Arriving,
        Action::If(condition, _) => matches!(condition.innermost(), Condition::IsOpen(_)),
        _ => false,
    }
}

fn asks_for_late(action: &Action) -> bool {
    matches!(action, Action::If(condition, _) if *condition.innermost() == Condition::SentAfterRecord)
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
            (OnStart, "SendAhead(Marker, Arriving)", Some((3, "`Arriving` in `on_start`"))),
            (OnStart, "OfNext([If(IsOpen(Arriving), [])])", Some((4, "`Arriving` in `on_start`"))),
            (OnStart, "KeepFirst", Some((3, "`KeepFirst` where no message arrives"))),
            (OnMarker, "KeepRepeated", Some((5, "`KeepRepeated` where no message arrives"))),
            (OnMarker, "OfNext([Record, Keep])", Some((7, "`Keep` where no message arrives"))),
            (OnMarker, "OfNext([If(SentAfterRecord, [])])", Some((6, "`SentAfterRecord`"))),
            (OnStart, "OfNext([Record, Pause])", Some((5, "a handler cannot stop inside `OfNext`"))),
            (
                OnMessage,
                "OfNext([If(Recorded, [Pause])])",
                Some((4, "a handler cannot stop inside `OfNext`")),
            ),
            (OnMarker, "If(Recorded, [OfNext([OfNext([Pause])])])", Some((8, "a handler cannot stop"))),
            (OnMarker, "If(Recorded, [OfNext([Record]), Pause])", None),
            (OnMarker, "If(Finished, [SendAhead(Marker, Forward(Incoming)), Forget, Peek])", None),
            (OnMessage, "OfNext([KeepFirst, KeepRepeated])", None),
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
    fn an_algorithm_is_of_bounded_size() {
        let mut algorithm = builtin::named("chandy-lamport").expect("built in");
        algorithm.on_start = vec![Action::Record; ACTIONS_MAX];
        assert_eq!(check(&algorithm), Ok(()));
        algorithm.on_start.push(Action::Pause);
        assert!(check(&algorithm).unwrap_err().message.contains("1001 actions"));
    }

    #[test]
    fn what_every_snapshot_needs_is_missed() {
        let mut algorithm = builtin::named("chandy-lamport").expect("built in");
        assert_eq!(omissions(&algorithm), [""; 0]);
        algorithm.on_marker.clear();
        assert_eq!(omissions(&algorithm), [""; 0], "`on_start` does both");
        algorithm.on_start.remove(1);
        assert!(omissions(&algorithm)[0].contains("never sends a marker"));
        algorithm.on_start.clear();
        assert!(omissions(&algorithm)[0].contains("never records"));
        assert_eq!((omissions(&algorithm).len(), check(&algorithm)), (2, Ok(())));
    }
}
