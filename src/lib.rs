//! An exact, fast model checker for the Chandy–Lamport distributed snapshot algorithm and its broken variants.

pub mod algorithm;
pub mod apps;
pub mod check;
pub mod cli;
pub mod cos418;
pub mod engine;
pub mod export;
pub mod model;
pub mod mutate;
pub mod network;
pub mod oracle;
pub mod report;
