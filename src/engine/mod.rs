//! Explores any transition system whose states are tuples of components: exactly, in parallel, layer by layer.
//! Knows nothing of snapshots, channels, or what a process is.
//!
//! Components are numbered as the search meets them (`atlas`), a state is the packed tuple of the numbers
//! (`key`), its edges are table look-ups (`expand`), but for those of events that touch the whole state (`global`). Where the system declares a rank, only as many layers are
//! live as one event can pass (`reader`, `writer`), and events that commute are carried out in one order (`sleep`); else every
//! state is kept.

pub mod analysis;
mod atlas;
mod audit;
mod backwards;
mod batch;
mod bounds;
mod card;
mod checkpoint;
mod clocks;
mod connected;
mod counts;
mod cycles;
pub mod diagram;
mod disk;
pub mod estimate;
mod expand;
mod explorer;
mod fairness;
pub mod frontier;
mod global;
mod keep;
mod key;
#[cfg(test)]
mod maze;
mod observer;
mod options;
mod orbits;
mod outbox;
mod past;
mod place;
mod plan;
mod quotient;
mod reaching;
mod reader;
mod sampling;
mod search;
mod shape;
pub mod simulation;
mod sleep;
mod spill;
mod status;
mod stubborn;
mod system;
mod table;
#[cfg(test)]
mod tests;
mod thinning;
mod told;
pub mod verdict;
mod weight;
mod witness;
mod writer;

pub use atlas::Atlas;
pub use audit::{Audit, Auditor, Broken};
pub use bounds::{
    Bounds, End, available_bytes, forget_peak_resident_bytes, peak_resident_bytes, resident_bytes,
};
pub use checkpoint::forget_checkpoint;
pub use cycles::{FairCycles, Lasso, Obligations};
pub use disk::DiskError;
pub use explorer::Explorer;
pub use keep::Keep;
pub use observer::{Nobody, Observer};
pub use options::{Options, Outcome};
pub use orbits::{Symmetries, images};
pub use place::Place;
pub use sampling::{Sampled, Sampling};
pub use search::{Figures, Progress};
pub use spill::remove_spilled;
pub use status::Status;
pub use stubborn::{Acts, Dependence, Known, Leaf, Need};
pub use system::{
    Arrival, Global, GlobalOf, Local, LocalOf, State, Successor, Successors, TransitionSystem, carry_out,
    successors,
};
pub(crate) use told::each_milestone;
pub use witness::{Goals, Path, Sight};
