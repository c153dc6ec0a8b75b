//! The best-known exercise on distributed snapshots: Princeton's COS 418, assignment 2. Its files, its simulator, every
//! outcome that they allow, and a judge of given ones. Knows how people hand the exercise in, not how it is shown.
//!
//! ```
//! use cl_check::cos418::{Exercise, discrete};
//! use cl_check::engine::Bounds;
//! use cl_check::model::Source;
//!
//! let topology = Source::new("2nodes.top", "2\nN1 1\nN2 0\nN1 N2\nN2 N1\n");
//! let events = Source::new("message.events", "send N1 N2 1\nsnapshot N2\ntick\n");
//! let exercise = Exercise::read(&topology, &events).unwrap();
//! let found = discrete::outcomes(&exercise, &Bounds::default());
//! assert_eq!(found.outcomes.len(), 1);
//! assert_eq!(found.outcomes[0].snapshots[0].messages, [vec![1], vec![]]);
//! ```

pub mod asynchronous;
pub mod discrete;
mod exercise;
mod found;
pub mod judge;
mod lines;
mod model;
pub mod oracles;
mod recording;
pub mod report;
mod run;
mod simulator;

pub use exercise::{Entry, Exercise, TICKS_MAX};
pub use found::{Found, Outcome};
pub use recording::{Recording, Stray, read_recordings};
pub use run::{Move, Run, Travel, World};
pub use simulator::{Delays, Message, SentPacket, Server, Simulator, Stopped};
