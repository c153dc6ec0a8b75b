//! What an asynchronous message-passing system is: topology, channels, events, snapshots under way and the ghost
//! cut. Knows the algorithm and the application only through the traits [`Protocol`] and [`Application`].

mod act;
mod application;
mod closing;
mod closure;
mod component;
mod dependency;
mod event;
mod global;
mod ids;
mod link;
mod local;
mod protocol;
mod rank;
mod recovery;
mod renaming;
mod rule;
mod schedule;
mod symmetry;
mod system;
mod topology;
mod view;

pub use application::{Application, Step, StepOf};
pub use closure::{Closure, Refusal};
pub use component::{
    Applied, Arriving, Component, Effect, Incoming, Ledger, Part, Process, Script, Status, Stopped,
};
pub use dependency::Dependency;
pub use event::{Event, Item, Late};
pub use ids::{ChannelId, ProcessId, SNAPSHOTS_MAX, SnapshotId};
pub use link::{LinkEvent, Wire};
pub use protocol::{Handler, Heeds, Protocol, Site, View, passed_of};
pub use recovery::{Origin, Recovery, Restores};
pub use renaming::{Renaming, Renamings};
pub use rule::{Rule, Scene, Standing, When};
pub use schedule::Turn;
pub use symmetry::{Condition, ORDER_MAX, Symmetry};
pub use system::{ComponentOf, EventOf, Letter, StateOf, System};
pub use topology::{CHANNELS_MAX, Channel, Discipline, Fault, PROCESSES_MAX, Topology};
