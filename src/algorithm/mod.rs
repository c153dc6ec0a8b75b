//! Snapshot algorithms as data: syntax, validation, and execution.

pub mod builtin;
pub mod edit;
pub mod program;
pub mod syntax;
mod text;
pub mod validate;

pub use program::Program;
