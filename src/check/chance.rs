//! Runs by chance, for systems that are too large to explore, and how a run that shows something is made short.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Course;
use crate::model::{Model, ModelEvent, Then};

/// A source of chance that gives the same for the same seed, on every machine.
#[derive(Clone, Debug)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// From a seed; runs of one seed are numbered, and each is independent of how many went before it.
    pub fn new(seed: u64, run: u64) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(run);
        Self(source)
    }

    /// A number below another one, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// Random bytes, least significant first.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

/// A run after the model's walk: of the events that are enabled each is as likely as another. It ends where nothing is
/// enabled any more, or after so many events; with the walk where that is all there is.
pub fn run<'m>(model: &'m Model, chance: &mut Chance, events_max: usize) -> Course<'m> {
    let mut course = Course::new(model);
    course.take_enabled(&model.walk);
    while model.then == Then::Explore && course.events().len() < events_max {
        let mut next = course.next();
        if next.is_empty() {
            break;
        }
        course.take(next.swap_remove(chance.below(next.len())));
    }
    course
}

/// A run that still shows what a run shows, but from which nothing can be left out: pieces are left out, larger ones
/// first, with everything that is not enabled without them (after A. Zeller and R. Hildebrandt, *Simplifying and
/// Isolating Failure-Inducing Input*, IEEE TSE 28(2), 2002). `shows` gives the number of events that suffice.
pub fn shrunk(
    model: &Model,
    events: Vec<ModelEvent>,
    mut shows: impl FnMut(&Course<'_>) -> Option<usize>,
) -> Vec<ModelEvent> {
    let first = model.walk.len();
    let mut events = events;
    let mut size = events.len().saturating_sub(first).max(1);
    loop {
        let mut at = first;
        let mut is_shorter = false;
        while at < events.len() {
            let end = (at + size).min(events.len());
            let mut course = Course::new(model);
            course.take_enabled(events[..at].iter().chain(&events[end..]));
            match shows(&course) {
                Some(enough) if enough < events.len() => {
                    events = course.into_events();
                    events.truncate(enough);
                    is_shorter = true;
                }
                _ => at = end,
            }
        }
        if size == 1 && !is_shorter {
            return events;
        }
        size = if size == 1 { 1 } else { size.div_ceil(2) };
    }
}
