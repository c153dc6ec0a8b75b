//! Applications alone, without snapshots, against independent accounts of them: each written again from its paper, as
//! directly as possible, on one struct for the whole state and with no code of the application's. One file each.

#[path = "apps/account.rs"]
mod account;
#[path = "apps/checkpoints.rs"]
mod checkpoints;
#[path = "apps/deadlock.rs"]
mod deadlock;
#[path = "apps/garbage.rs"]
mod garbage;
#[path = "apps/logging.rs"]
mod logging;
#[path = "apps/mutex.rs"]
mod mutex;
#[path = "apps/refusals.rs"]
mod refusals;
#[path = "apps/replicas.rs"]
mod replicas;
#[path = "apps/scheduler.rs"]
mod scheduler;
#[path = "apps/search.rs"]
mod search;
#[path = "apps/termination.rs"]
mod termination;
#[path = "apps/token_ring.rs"]
mod token_ring;
#[path = "apps/variables.rs"]
mod variables;
#[path = "apps/written.rs"]
mod written;
