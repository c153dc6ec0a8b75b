//! What the processes do: one file an application, each behind [`crate::network::Application`].
//! An application knows nothing of snapshots.

pub mod tokens;

pub use tokens::{Behaviour, Owed, Purse, Sending, Tokens};
