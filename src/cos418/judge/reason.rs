//! Why snapshots are not legal, in words that a student can use: the first of several questions that says it.

use super::Court;
use super::Semantics;

/// Why there is no run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Which question said it.
    pub kind: Kind,
    /// In a sentence or two.
    pub text: String,
}

/// The questions, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The recorded tokens are not as many as there are.
    Total,
    /// A server holds what it can hold at no cut.
    Value,
    /// A message was never sent there, or is not under way at any cut with these values.
    Message,
    /// Each is possible alone, but not together.
    Together,
    /// The messages of a link are in another order.
    Order,
    /// Legal asynchronously, but not with delays of 0 to 4.
    Delays,
}

pub(super) fn of_totals(court: &Court<'_>) -> Option<Reason> {
    let expected = court.flow.exercise.total();
    for (number, recording) in court.recordings.iter().enumerate() {
        let total = recording.total();
        if total != expected {
            let text = format!("snapshot {number} has {total} tokens, but there are {expected}");
            return Some(Reason { kind: Kind::Total, text });
        }
    }
    None
}

pub(super) fn of(_court: &Court<'_>, _semantics: Semantics) -> Reason {
    Reason { kind: Kind::Together, text: String::new() }
}
