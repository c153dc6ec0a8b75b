//! Snapshot algorithms as data: syntax, validation, and execution.

pub mod program;
pub mod syntax;

pub use program::Program;
