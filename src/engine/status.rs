//! What is known of a property in the end.

use serde::Serialize;

/// What is known of a property in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It holds in the whole space.
    Holds,
    /// It fails somewhere.
    Violated,
    /// The search ended first.
    Unknown,
    /// There was nothing to judge.
    Vacuous,
}

impl Status {
    /// From what was seen: a violation counts whatever the search missed; without one, all must have been seen.
    pub fn of(violated: bool, complete: bool, checked: u64) -> Self {
        match (violated, complete, checked) {
            (true, ..) => Self::Violated,
            (false, false, _) => Self::Unknown,
            (false, true, 0) => Self::Vacuous,
            (false, true, _) => Self::Holds,
        }
    }

    /// The word for it in reports and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Violated => "violated",
            Self::Unknown => "unknown",
            Self::Vacuous => "vacuous",
        }
    }
}
