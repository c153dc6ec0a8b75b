//! What the reading half of a shard has in memory, and what is still on disk of its layer.

use super::chunks::Chunks;
use crate::engine::outbox::Outbox;
use crate::engine::reader::Reader;

impl<const W: usize, T: Default> Reader<W, T> {
    /// Has every state of it that is in memory been expanded?
    pub fn is_through(&self) -> bool {
        self.cursor >= self.layer.slots() && self.deferred.is_empty()
    }

    /// How many states the layer has, those left out that were on disk and are done with.
    pub fn len(&self) -> u64 {
        self.layer.len() as u64 + self.rest.as_ref().map_or(0, Chunks::left)
    }

    /// How many bytes its states take, and those on their way.
    pub fn bytes(&self) -> u64 {
        self.layer.bytes() + self.outboxes.iter().map(Outbox::bytes).sum::<u64>()
    }

    /// How many states are on their way to a shard, at most.
    pub fn outgoing(&self, to: usize) -> usize {
        self.outboxes[to].len()
    }
}
