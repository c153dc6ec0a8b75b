//! Applies edits to an algorithm, in sequence. Knows nothing of what an edit means for a snapshot.

use super::syntax::{Action, Algorithm, Edit, Handler};
use super::validate::{ACTIONS_MAX, flattened, handlers, too_many};

/// An edit that cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which one of the sequence, from 0.
    pub edit: usize,
    /// In one sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// The algorithm after all edits; positions are those after the edits before.
///
/// ```
/// use cl_check::algorithm::{builtin, edit, syntax::{Action, Edit, Handler}};
/// let algorithm = builtin::named("chandy-lamport").unwrap();
/// let edits = [Edit::Delete(Handler::OnMarker, 4), Edit::PauseBefore(Handler::OnStart, 1)];
/// let edited = edit::apply(&algorithm, &edits).unwrap();
/// assert_eq!(edited.on_marker.len(), 1);
/// assert_eq!(edited.on_start[1], Action::Pause);
/// ```
///
/// # Errors
/// Where a position does not exist, nothing follows for a `Swap`, a `Condition` is not for an `If`, or a handler
/// becomes too long.
pub fn apply(algorithm: &Algorithm, edits: &[Edit]) -> Result<Algorithm, Problem> {
    let mut edited = algorithm.clone();
    for (index, edit) in edits.iter().enumerate() {
        apply_one(&mut edited, edit)
            .and_then(|()| of_bounded_size(&edited))
            .map_err(|problem| Problem { edit: index, ..problem })?;
    }
    Ok(edited)
}

/// Edits can put actions into actions without end.
fn of_bounded_size(algorithm: &Algorithm) -> Result<(), Problem> {
    let counts = handlers(algorithm).map(|(_, actions)| flattened(actions).len());
    let longest = counts.into_iter().max().unwrap_or(0);
    if longest > ACTIONS_MAX {
        return Err(problem(&format!("this makes {}", too_many(longest)), "insert fewer actions"));
    }
    Ok(())
}

fn apply_one(algorithm: &mut Algorithm, edit: &Edit) -> Result<(), Problem> {
    match edit {
        Edit::CompleteWhen(rule) => {
            algorithm.complete_when = *rule;
            Ok(())
        }
        Edit::Delete(handler, position) => at(algorithm, *handler, *position, |list, index| {
            list.remove(index);
            Ok(())
        }),
        Edit::Swap(handler, position) => at(algorithm, *handler, *position, |list, index| swap(list, index)),
        Edit::PauseBefore(handler, position) => insert(algorithm, *handler, *position, &Action::Pause, false),
        Edit::Replace(handler, position, action) => at(algorithm, *handler, *position, |list, index| {
            list[index] = action.clone();
            Ok(())
        }),
        Edit::Insert(handler, position, action) => insert(algorithm, *handler, *position, action, true),
        Edit::Condition(handler, position, condition) => {
            at(algorithm, *handler, *position, |list, index| match &mut list[index] {
                Action::If(asked, _) => {
                    *asked = condition.clone();
                    Ok(())
                }
                _ => Err(problem(
                    "the action there is not an `If`, so it has no condition",
                    "positions count an `If` before its body",
                )),
            })
        }
    }
}

fn swap(list: &mut [Action], index: usize) -> Result<(), Problem> {
    if index + 1 == list.len() {
        return Err(problem(
            "nothing follows the action there in its list, so there is nothing to swap",
            "a `Swap` exchanges the action with the next one of the same list",
        ));
    }
    list.swap(index, index + 1);
    Ok(())
}

/// Puts an action before a position, or at the end of the handler if `end` allows that.
fn insert(
    algorithm: &mut Algorithm,
    handler: Handler,
    position: usize,
    action: &Action,
    end: bool,
) -> Result<(), Problem> {
    let actions = actions(algorithm, handler);
    if end && position == flattened(actions).len() {
        actions.push(action.clone());
        return Ok(());
    }
    at(algorithm, handler, position, |list, index| {
        list.insert(index, action.clone());
        Ok(())
    })
}

/// Does something to the list and index at a position.
fn at(
    algorithm: &mut Algorithm,
    handler: Handler,
    position: usize,
    mut act: impl FnMut(&mut Vec<Action>, usize) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let actions = actions(algorithm, handler);
    let mut left = position;
    descend(actions, &mut left, &mut act).unwrap_or_else(|| Err(no_position(actions, handler, position)))
}

/// Does something to an action, given its list and its index there.
type Act<'a> = dyn FnMut(&mut Vec<Action>, usize) -> Result<(), Problem> + 'a;

fn descend(list: &mut Vec<Action>, left: &mut usize, act: &mut Act<'_>) -> Option<Result<(), Problem>> {
    for index in 0..list.len() {
        if *left == 0 {
            return Some(act(list, index));
        }
        *left -= 1;
        let done = list[index].body_mut().and_then(|body| descend(body, left, act));
        if done.is_some() {
            return done;
        }
    }
    None
}

fn actions(algorithm: &mut Algorithm, handler: Handler) -> &mut Vec<Action> {
    match handler {
        Handler::OnStart => &mut algorithm.on_start,
        Handler::OnMarker => &mut algorithm.on_marker,
        Handler::OnMessage => &mut algorithm.on_message,
    }
}

fn no_position(actions: &[Action], handler: Handler, position: usize) -> Problem {
    let name = handler.name();
    let hint = match flattened(actions).len() {
        0 => format!("`{name}` has no actions"),
        1 => format!("`{name}` has one action, number 0"),
        count => format!("`{name}` has {count} actions, numbers 0 to {}", count - 1),
    };
    problem(&format!("`{name}` has no action {position}"), &hint)
}

fn problem(message: &str, hint: &str) -> Problem {
    Problem { edit: 0, message: message.to_owned(), hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::builtin;

    /// The marker handler of Chandy-Lamport after some edits, without spaces.
    fn edited(edits: &str) -> Result<String, String> {
        let algorithm = builtin::named("chandy-lamport").expect("built in");
        let edits: Vec<Edit> = ron::from_str(edits).expect("edits");
        apply(&algorithm, &edits)
            .map(|edited| format!("{:?}", edited.on_marker).replace(' ', ""))
            .map_err(|problem| format!("{}: {}", problem.edit, problem.message))
    }

    #[test]
    fn positions_count_an_if_before_its_body() {
        let cases = [
            ("[]", "[If(NotRecorded,[Record,Send(Marker,Outgoing),Open(Incoming)]),Close(Arriving)]"),
            ("[Delete(on_marker, 0)]", "[Close(Arriving)]"),
            ("[Delete(on_marker, 2)]", "[If(NotRecorded,[Record,Open(Incoming)]),Close(Arriving)]"),
            (
                "[Delete(on_marker, 1), Delete(on_marker, 1), Delete(on_marker, 1)]",
                "[If(NotRecorded,[]),Close(Arriving)]",
            ),
            (
                "[Swap(on_marker, 0)]",
                "[Close(Arriving),If(NotRecorded,[Record,Send(Marker,Outgoing),Open(Incoming)])]",
            ),
            (
                "[Swap(on_marker, 1)]",
                "[If(NotRecorded,[Send(Marker,Outgoing),Record,Open(Incoming)]),Close(Arriving)]",
            ),
            (
                "[PauseBefore(on_marker, 2)]",
                "[If(NotRecorded,[Record,Pause,Send(Marker,Outgoing),Open(Incoming)]),Close(Arriving)]",
            ),
            ("[Replace(on_marker, 0, Record)]", "[Record,Close(Arriving)]"),
            (
                "[Insert(on_marker, 4, Record)]",
                "[If(NotRecorded,[Record,Send(Marker,Outgoing),Open(Incoming)]),Record,Close(Arriving)]",
            ),
            (
                "[Insert(on_marker, 5, Record)]",
                "[If(NotRecorded,[Record,Send(Marker,Outgoing),Open(Incoming)]),Close(Arriving),Record]",
            ),
            (
                "[Replace(on_marker, 0, OfNext([Record, Forget])), Replace(on_marker, 2, KeepFirst)]",
                "[OfNext([Record,KeepFirst]),Close(Arriving)]",
            ),
            (
                "[Replace(on_marker, 0, OfNext([Record, Forget])), Swap(on_marker, 1), Delete(on_marker, 3)]",
                "[OfNext([Forget,Record])]",
            ),
            (
                "[Condition(on_marker, 0, Recorded)]",
                "[If(Recorded,[Record,Send(Marker,Outgoing),Open(Incoming)]),Close(Arriving)]",
            ),
        ];
        for (edits, expected) in cases {
            assert_eq!(edited(edits).as_deref(), Ok(expected), "{edits}");
        }
    }

    #[test]
    fn edits_cannot_go_on_for_ever() {
        let nest = |position| format!("Insert(on_marker, {position}, If(Recorded, [Pause]))");
        let edits: Vec<String> = (0..1000).map(nest).collect();
        let error = edited(&format!("[{}]", edits.join(","))).expect_err("too many");
        assert_eq!(error, "497: this makes a handler of 1001 actions; the most supported is 1000");
    }

    #[test]
    fn edits_of_nothing_are_errors() {
        let cases = [
            ("[Delete(on_marker, 5)]", "0: `on_marker` has no action 5"),
            ("[Insert(on_marker, 6, Record)]", "0: `on_marker` has no action 6"),
            ("[PauseBefore(on_message, 2)]", "0: `on_message` has no action 2"),
            ("[Delete(on_start, 0), Delete(on_start, 2)]", "1: `on_start` has no action 2"),
            (
                "[Swap(on_marker, 4)]",
                "0: nothing follows the action there in its list, so there is nothing to swap",
            ),
            (
                "[Swap(on_marker, 3)]",
                "0: nothing follows the action there in its list, so there is nothing to swap",
            ),
            (
                "[Condition(on_marker, 1, Recorded)]",
                "0: the action there is not an `If`, so it has no condition",
            ),
        ];
        for (edits, expected) in cases {
            assert_eq!(edited(edits), Err(expected.to_owned()), "{edits}");
        }
    }
}
