//! What the processes do: one file an application, each behind [`crate::network::Application`]. An application knows
//! nothing of snapshots. The list below is all that the rest of the program knows of them.

mod any;
mod by_name;
pub mod central_scheduler;
pub mod checkpoints;
mod counts;
pub mod diffusing;
mod exclusion;
pub mod lamport_mutex;
pub mod logging;
pub mod references;
mod refusal;
pub mod replicated_machine;
pub mod replicated_variables;
pub mod resources;
pub mod token_ring;
pub mod tokens;

use serde::de::DeserializeOwned;

pub use central_scheduler::CentralScheduler;
pub use checkpoints::Checkpoints;
pub use counts::{COUNT_MAX, Counts};
pub use diffusing::Diffusing;
pub use lamport_mutex::LamportMutex;
pub use logging::Logging;
pub use references::References;
pub use refusal::Refusal;
pub use replicated_machine::ReplicatedMachine;
pub use replicated_variables::ReplicatedVariables;
pub use resources::Resources;
pub use token_ring::TokenRing;
pub use tokens::{Behaviour, Owed, Purse, Sending, Tokens};

use crate::network::{Application, Topology};
use any::applications;
use whole::{Own, mixed};

/// An application that a model file can ask for.
pub trait Readable: Application + Sized {
    /// How it is written: what stands in the parentheses behind its name.
    type Written: DeserializeOwned + std::fmt::Debug;

    /// The application that is meant.
    ///
    /// # Errors
    /// Where it makes no sense on this topology.
    fn resolve(written: &Self::Written, topology: &Topology) -> Result<Self, Refusal>;
}

applications! {
    ($)
    Tokens(Tokens);
    TokenRing(TokenRing),
    LamportMutex(LamportMutex),
    CentralScheduler(CentralScheduler),
    ReplicatedMachine(ReplicatedMachine),
    Diffusing(Diffusing),
    Resources(Resources),
    References(References),
    ReplicatedVariables(ReplicatedVariables),
    Checkpoints(Checkpoints),
    Logging(Logging),
}

mod whole;

impl App {
    /// Token passing, if that is what it is.
    pub fn tokens(&self) -> Option<&Tokens> {
        if let Self::Tokens(tokens) = self { Some(tokens) } else { None }
    }
}
