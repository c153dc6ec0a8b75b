//! A state as the oracles see it, and how it came into sight.

use super::fact::Fact;
use crate::engine::Sight;
use crate::network::SnapshotId;

/// A state to be judged: what is known of its components.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    known: &'a [Vec<Fact>],
    ids: &'a [u32],
    /// How it came into sight.
    pub sight: Sight,
}

impl<'a> Case<'a> {
    /// The state of these component numbers.
    pub fn new(known: &'a [Vec<Fact>], ids: &'a [u32], sight: Sight) -> Self {
        Self { known, ids, sight }
    }

    /// What is known of each component.
    fn facts(&self) -> impl Iterator<Item = &'a Fact> {
        self.known.iter().zip(self.ids).map(|(place, &id)| &place[id as usize])
    }

    /// The snapshot that is just complete, if that is why the state is judged.
    pub fn completed(&self) -> Option<SnapshotId> {
        match self.sight {
            Sight::Reached(milestone) => Some(SnapshotId::of(milestone as usize)),
            _ => None,
        }
    }

    /// The snapshots that every component says this of.
    pub fn all(&self, of: impl Fn(&Fact) -> u64) -> u64 {
        self.facts().fold(u64::MAX, |mask, fact| mask & of(fact))
    }

    /// The snapshots that some component says this of.
    pub fn any(&self, of: impl Fn(&Fact) -> u64) -> u64 {
        self.facts().fold(0, |mask, fact| mask | of(fact))
    }

    /// Does some component say so?
    pub fn some(&self, of: impl Fn(&Fact) -> bool) -> bool {
        self.facts().any(of)
    }

    /// The recorded conserved quantity.
    pub fn total(&self, snapshot: SnapshotId) -> u128 {
        self.facts().map(|fact| fact.recorded[snapshot.index()].total).sum()
    }

    /// What the application's stable property was true of when the snapshot was started.
    pub fn held(&self, snapshot: SnapshotId) -> u64 {
        self.facts().fold(0, |held, fact| held | fact.recorded[snapshot.index()].held)
    }

    /// The conserved quantity that is there now.
    pub fn holds(&self) -> u128 {
        self.facts().map(|fact| fact.holds).sum()
    }

    /// What was recorded, as numbers of views.
    pub fn recorded(&self, snapshot: SnapshotId) -> impl Iterator<Item = u32> {
        self.facts().map(move |fact| fact.recorded[snapshot.index()].view)
    }

    /// What the application does now, as numbers of views.
    pub fn actual(&self) -> impl Iterator<Item = u32> {
        self.facts().map(|fact| fact.actual)
    }
}

/// Is the snapshot in the mask?
pub fn has(mask: u64, snapshot: SnapshotId) -> bool {
    mask >> snapshot.0 & 1 == 1
}
