//! What one shard may use of the memory that there is.

use super::files::Spill;
use crate::engine::bounds::{Bounds, resident_bytes};
use crate::engine::plan::Plan;
use crate::engine::reader::Reader;
use crate::engine::writer::Writer;

/// However little memory there is, a table may have so many bytes: below that, runs would be many and short.
const TABLE_BYTES_MIN: u64 = 1 << 16;
/// States that are expanded at once, at least.
const QUOTA_MIN: u64 = 1 << 10;
/// So many edges a state are made room for.
const EDGES: u64 = 16;

/// What one shard may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// For the layers to come, or for all that was seen.
    pub table_bytes: u64,
    /// The same as a number of states, for tests.
    pub table_states: usize,
    /// The states of a layer on disk that are in memory at once.
    pub chunk_states: usize,
    /// The states that are expanded before they are handed over.
    pub quota: usize,
}

impl Share {
    /// What is left beside the atlas and the rest, dealt out: a quarter for the tables that are filled, as much for the
    /// layer that is expanded, and the rest for growing, sorting, and what is on its way.
    pub fn of<const W: usize, T: Default>(
        spill: &Spill,
        bounds: &Bounds<'_>,
        plan: &Plan,
        readers: &[Reader<W, T>],
        writers: &[Writer<W>],
    ) -> Self {
        if let Some(most) = spill.states_max {
            let table_bytes = u64::MAX;
            return Self { table_bytes, table_states: most, chunk_states: most.max(1), quota: most.max(1) };
        }
        let (Some(limit), Some(resident)) = (bounds.memory_bytes_max, resident_bytes()) else {
            return Self {
                table_bytes: u64::MAX,
                table_states: usize::MAX,
                chunk_states: 1 << 20,
                quota: usize::MAX,
            };
        };
        let used: u64 =
            readers.iter().map(Reader::bytes).chain(writers.iter().map(Writer::bytes)).sum::<u64>();
        // An eighth is for what cannot be foreseen.
        let free = (limit / 8 * 7).saturating_sub(resident.saturating_sub(used)) / plan.shards as u64;
        let state = (8 * W + 4 * plan.shape.stride()) as u64;
        let edge = (8 * W + 8) as u64;
        Self {
            table_bytes: (free / 4).max(TABLE_BYTES_MIN),
            table_states: usize::MAX,
            chunk_states: (free / 16 / state).max(QUOTA_MIN) as usize,
            quota: (free / 8 / (edge * EDGES)).max(QUOTA_MIN) as usize,
        }
    }
}
