//! Actions as models write them.

use std::fmt;

use super::syntax::{Action, Condition, Edit, Set};

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record => f.write_str("Record"),
            Self::Send(token, set) => write!(f, "Send({token:?}, {set})"),
            Self::SendAhead(token, set) => write!(f, "SendAhead({token:?}, {set})"),
            Self::Open(set) => write!(f, "Open({set})"),
            Self::Close(set) => write!(f, "Close({set})"),
            Self::Keep => f.write_str("Keep"),
            Self::KeepFirst => f.write_str("KeepFirst"),
            Self::KeepRepeated => f.write_str("KeepRepeated"),
            Self::Forget => f.write_str("Forget"),
            Self::Peek => f.write_str("Peek"),
            Self::Pause => f.write_str("Pause"),
            Self::Block(set) => write!(f, "Block({set})"),
            Self::Unblock(set) => write!(f, "Unblock({set})"),
            Self::If(condition, _) => write!(f, "If({condition}, ..)"),
            Self::OfNext(_) => f.write_str("OfNext(..)"),
        }
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delete(handler, position) => write!(f, "Delete({}, {position})", handler.name()),
            Self::Swap(handler, position) => write!(f, "Swap({}, {position})", handler.name()),
            Self::PauseBefore(handler, position) => write!(f, "PauseBefore({}, {position})", handler.name()),
            Self::Replace(handler, position, action) => {
                write!(f, "Replace({}, {position}, {action})", handler.name())
            }
            Self::Insert(handler, position, action) => {
                write!(f, "Insert({}, {position}, {action})", handler.name())
            }
            Self::Condition(handler, position, condition) => {
                write!(f, "Condition({}, {position}, {condition})", handler.name())
            }
            Self::CompleteWhen(rule) => write!(f, "CompleteWhen({rule:?})"),
        }
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outgoing => f.write_str("Outgoing"),
            Self::Incoming => f.write_str("Incoming"),
            Self::Arriving => f.write_str("Arriving"),
            Self::ButFirst(side) => write!(f, "ButFirst({side:?})"),
            Self::Forward(side) => write!(f, "Forward({side:?})"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRecorded => f.write_str("NotRecorded"),
            Self::Recorded => f.write_str("Recorded"),
            Self::IsOpen(which) => write!(f, "IsOpen({which:?})"),
            Self::EveryMarkerArrived => f.write_str("EveryMarkerArrived"),
            Self::SentAfterRecord => f.write_str("SentAfterRecord"),
            Self::Finished => f.write_str("Finished"),
            Self::Not(condition) => write!(f, "Not({condition})"),
        }
    }
}
