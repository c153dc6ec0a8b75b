//! Why what a model says of an application makes no sense, and which word of it to point at.

use crate::network::Topology;

/// What is wrong with an application as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The name or number to point at, if there is one.
    pub offending: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Refusal {
    /// There is no process of that name.
    pub fn no_process(name: &str, topology: &Topology) -> Self {
        let hint = format!("processes are `{}`", topology.names().join("`, `"));
        Self::at(&name, format!("there is no process `{name}`"), hint)
    }

    /// Everybody tells all others, so there must be a channel between every two.
    pub fn unless_complete(topology: &Topology) -> Result<(), Self> {
        let processes = topology.names().len();
        if topology.channels().len() == processes * processes.saturating_sub(1) {
            return Ok(());
        }
        let message = "each process tells all others, but there is not a channel between every two";
        Err(Self::of_all(message, "write `topology: Complete([..])`"))
    }

    /// Something is wrong with a name or a number that stands in the application.
    pub fn at(offending: &dyn ToString, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { offending: Some(offending.to_string()), message: message.into(), hint: hint.into() }
    }

    /// Something is wrong with all of it.
    pub fn of_all(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { offending: None, message: message.into(), hint: hint.into() }
    }
}
