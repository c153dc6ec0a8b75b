//! Mutation analysis of a snapshot algorithm: every mechanical edit of it, explored exhaustively, with all the
//! properties that catch it. What nothing catches is, on this system, no different from the algorithm.

mod analysis;
mod digraphs;
mod environment;
mod frontier;
mod mutant;
mod operators;
mod smallest;

pub use analysis::{Options, Refusal, analyse};
pub use digraphs::{Digraph, VERTICES_MAX, strongly_connected};
pub use frontier::{System, Systems, frontier};
pub use mutant::{Change, Mutant, all};
pub use smallest::smallest;
