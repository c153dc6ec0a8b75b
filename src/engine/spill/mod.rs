//! Layers that do not fit into memory: sorted runs on disk, merged when a layer is whole, read back in chunks. Exact,
//! and slower. Nothing here is used while a search fits.
//!
//! After R. E. Korf, *Delayed duplicate detection* (IJCAI 2003), and U. Stern, D. Dill, *Using magnetic disk instead of
//! main memory in the Murphi verifier* (CAV 1998): duplicates are found when sorted lists are merged, so that the disk
//! is only ever read from front to back. Where there is a rank, the lists of one layer are merged, and what is carried
//! along meets as it does in a [`Table`](super::table::Table). Where there is none, a layer's new states are those that
//! a merge with all that was seen before does not find there.

mod chunks;
mod files;
mod merge;
mod reader;
mod run;
mod search;
mod share;
mod writer;

#[cfg(test)]
pub mod test_support;
#[cfg(test)]
mod tests;

pub use chunks::Chunks;
pub use files::{Run, Runs, Spill, deal, remove_spilled, write_table};
pub use run::{Extent, RunReader, RunWriter};
pub use share::Share;
pub use writer::{Spilled, without};
