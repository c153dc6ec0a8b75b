//! A search that can go on after its process is gone: now and then all that it stands on is written to a file, and read
//! back by another one, with any number of threads.
//!
//! Components are not written. Their numbers depend on nothing but what the atlas was asked, in which order; so that is
//! written, and asked again. The states of the layers that are live go beside it, as sorted runs (see
//! [`spill`](super::spill)), and with them what a layer that is half expanded amounts to so far. A checkpoint is written
//! aside and then renamed: whenever the process ends, one whole checkpoint is there. Every byte of it is under a sum.

mod deal;
mod file;
mod keeper;
mod load;
mod meta;
mod save;

#[cfg(test)]
mod tests;

pub use keeper::{Keeper, forget_checkpoint};
pub use load::Loaded;
