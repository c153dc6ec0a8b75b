//! Applications alone, without snapshots, against independent accounts of them: each written again from its paper, as
//! directly as possible, on one struct for the whole state and with no code of the application's. One file each.

#[path = "apps/mutex.rs"]
mod mutex;
#[path = "apps/replicas.rs"]
mod replicas;
#[path = "apps/scheduler.rs"]
mod scheduler;
#[path = "apps/search.rs"]
mod search;
#[path = "apps/variables.rs"]
mod variables;
