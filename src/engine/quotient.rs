//! What a search does otherwise where one state stands for its [orbit](super::orbits): targets give way to their
//! representatives before they are handed over, and what is counted is counted for all states of an orbit.

use rayon::prelude::*;

use super::disk::DiskError;
use super::expand::Expander;
use super::explorer::Explorer;
use super::key::{Key, Layout};
use super::observer::Observer;
use super::orbits::{Orbits, Symmetries, images};
use super::plan::Plan;
use super::reader::Reader;
use super::search::Search;
use super::system::TransitionSystem;
use super::writer::Writer;

impl<S: TransitionSystem> Explorer<S> {
    /// From now on these are the system's symmetries. Each leaves the state from where is explored as it is.
    pub fn learn_symmetries(&mut self, initial: &[S::Component], symmetries: Box<dyn Symmetries<S>>) {
        let mut all = images(self.system(), &*symmetries, initial).into_iter();
        assert!(all.all(|image| image == initial), "each symmetry leaves the initial state as it is");
        self.atlas.number(initial);
        self.atlas.learn_symmetries(symmetries);
    }
}

/// How many states the one of this key stands for.
pub fn orbit_size<S: TransitionSystem, const W: usize>(
    expander: &Expander<'_, S, W>,
    key: &Key<W>,
    ids: &mut [u32],
) -> u64 {
    let Some(orbits) = expander.orbits() else { return 1 };
    expander.layout().unpack(key, ids);
    orbits.size(ids)
}

impl<const W: usize, T: Default> Reader<W, T> {
    /// The edges of the batch lead to the representatives of their targets from now on, and reach what those do.
    pub fn turn_to_representatives<S: TransitionSystem>(
        &mut self,
        plan: &Plan,
        expander: &Expander<'_, S, W>,
    ) {
        let Some(orbits) = expander.orbits() else { return };
        let (layout, ids, least) = (expander.layout(), &mut self.ids, &mut self.least);
        for edge in &mut self.batch.edges {
            let from = self.layer.key(edge.source as usize);
            if plan.coverage {
                Self::note_taken(&mut self.taken, edge, orbit_size(expander, from, ids));
            }
            edge.milestones = orbits.settle(layout, &mut edge.target, edge.milestones, ids, least);
            edge.sleep = if plan.sleeps() { orbits.asleep(least, edge.sleep) } else { 0 };
        }
    }
}

impl<const W: usize> Writer<W> {
    /// How many states those of the nearest layer stand for. The layer is whole.
    fn nearest_states<S: TransitionSystem>(
        &self,
        layout: &Layout<W>,
        orbits: &Orbits<S>,
    ) -> Result<u64, DiskError> {
        let (mut ids, mut states) = (vec![0; layout.places()], 0);
        let mut count = |key: &Key<W>| {
            layout.unpack(key, &mut ids);
            states += orbits.size(&ids);
        };
        let nearest = self.nearest();
        nearest.states.keys().chain(&self.newly_halted).for_each(&mut count);
        if let Some(whole) = &nearest.whole {
            whole.look_ahead(|key, _| {
                count(key);
                Ok::<(), DiskError>(())
            })?;
        }
        Ok(states)
    }
}

impl<S: TransitionSystem, O: Observer<S>, const W: usize> Search<'_, S, O, W> {
    /// Which states are the same, where one stands for all.
    pub(super) fn orbits(&self) -> Option<&Orbits<S>> {
        self.atlas.orbits().filter(|_| self.plan.orbits)
    }

    /// How many states the nearest layer has, or stands for. It is whole.
    pub(super) fn nearest_states(&self, writers: &[Writer<W>]) -> Result<u64, DiskError> {
        let Some(orbits) = self.orbits() else { return Ok(writers.iter().map(Writer::nearest_len).sum()) };
        let states = writers.par_iter().map(|writer| writer.nearest_states(self.layout, orbits));
        states.try_reduce(|| 0, |one, other| Ok(one + other))
    }
}
