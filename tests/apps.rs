//! Applications alone, without snapshots, against accounts of them that were written again from their sources: one plain state
//! of the whole, breadth first, and no code of `src/apps`. And what they refuse.

#[path = "apps/account.rs"]
mod account;
#[path = "apps/deadlock.rs"]
mod deadlock;
#[path = "apps/garbage.rs"]
mod garbage;
#[path = "apps/refusals.rs"]
mod refusals;
#[path = "apps/termination.rs"]
mod termination;
