//! Searches of systems at random that tell all that they have found, for tests of what is kept on disk.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::engine::maze::{Dice, Maze, plainly};
use crate::engine::told::each_milestone;
use crate::engine::{DiskError, End, Explorer, Figures, Keep, Observer, Options, TransitionSystem};

/// Where tests write.
pub fn directory() -> PathBuf {
    std::env::temp_dir().join("cl-check-tests")
}

/// Notes everything.
pub struct Everything {
    pub places: Vec<Vec<(u8, u8)>>,
}

impl Everything {
    pub fn of(system: &Maze) -> Self {
        Self { places: vec![Vec::new(); system.initial().len()] }
    }

    fn whole(&self, ids: &[u32]) -> Vec<(u8, u8)> {
        self.places.iter().zip(ids).map(|(place, &id)| place[id as usize]).collect()
    }
}

/// What was seen: how, and in which state; how often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen(pub BTreeMap<(String, Vec<(u8, u8)>), u32>);

impl Observer<Maze> for Everything {
    type Tally = Seen;

    fn learned(&self, place: usize) -> usize {
        self.places[place].len()
    }

    fn learn(&mut self, place: usize, component: &(u8, u8)) {
        self.places[place].push(*component);
    }

    fn wants_states(&self) -> bool {
        true
    }

    fn state(&self, tally: &mut Seen, ids: &[u32], _carried: &[u32]) {
        *tally.0.entry(("state".to_owned(), self.whole(ids))).or_default() += 1;
    }

    fn reached(&self, tally: &mut Seen, ids: &[u32], milestones: u64, _states: u64) {
        for milestone in each_milestone(milestones) {
            *tally.0.entry((format!("reached {milestone}"), self.whole(ids))).or_default() += 1;
        }
    }

    fn terminal(&self, tally: &mut Seen, ids: &[u32], _states: u64) {
        *tally.0.entry(("terminal".to_owned(), self.whole(ids))).or_default() += 1;
    }

    fn halted(&self, tally: &mut Seen, ids: &[u32]) {
        *tally.0.entry(("halted".to_owned(), self.whole(ids))).or_default() += 1;
    }
}

/// All that a search says: figures, end, everything seen, and by event how often it was taken.
pub type Told = (Figures, End, Seen, BTreeMap<(u8, usize, String), u64>);

pub fn told(system: &Maze, options: &Options<'_>, keep: &Keep<'_>) -> Result<Told, DiskError> {
    let mut explorer = Explorer::new(system.clone());
    let mut observer = Everything::of(system);
    let outcome = explorer.explore_on(&system.initial(), &mut observer, options, keep)?;
    let mut seen = Seen::default();
    for (sight, times) in outcome.tallies.into_iter().flat_map(|tally| tally.0) {
        *seen.0.entry(sight).or_default() += times;
    }
    let mut taken = BTreeMap::new();
    for (place, counts) in outcome.taken.iter().enumerate() {
        for (number, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let at = explorer.atlas().place(place);
            let event = at.event(number as u32);
            *taken.entry((event.1, place, format!("{:?}", at.trace(number as u32)))).or_default() += count;
        }
    }
    Ok((outcome.figures, outcome.end, seen, taken))
}

/// With and without a rank, with steps of one and more, with and without events on the whole state.
pub fn mazes(seeds: u64) -> impl Iterator<Item = Maze> {
    (0..seeds).filter_map(|seed| {
        let latest = [None, Some(4), Some(6)][seed as usize % 3];
        let steps = if latest.is_some() { 1 + (seed / 3 % 3) as u8 } else { 1 };
        let places = 2 + (seed / 5 % 3) as usize;
        let globals = seed % 4 == 3;
        let maze = Maze::draw(Dice { seed, places, values: 4, latest, steps, globals });
        let states = plainly(&maze, 3000)?.states.len();
        (states > 60).then_some(maze)
    })
}

/// Paths counted, sleep sets, coverage.
pub fn ways() -> [Options<'static>; 3] {
    [(true, false), (false, false), (false, true)].map(|(paths, coverage)| Options {
        paths,
        coverage,
        ..Options::default()
    })
}
