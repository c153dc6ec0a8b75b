//! Applications alone, without snapshots, against independent accounts of them: each written again from its paper, as
//! directly as possible, on one struct for the whole state and with no code of the application's. One file each.

#[path = "apps/checkpoints.rs"]
mod checkpoints;
#[path = "apps/logging.rs"]
mod logging;
#[path = "apps/search.rs"]
mod search;
#[path = "apps/written.rs"]
mod written;
