//! A model that holds, explained by an example of the theorem.

use super::Course;
use super::chance::{self, Chance};
use super::theorem::{self, Example};
use crate::model::Model;

/// So many runs are tried before an example is given up.
pub const RUNS_MAX: u64 = 2_000;
/// Of so many that are found the shortest is shown.
const FOUND_MAX: usize = 8;
/// Runs are no longer than this.
const EVENTS_MAX: usize = 400;

/// A short run whose recorded state never occurred in it, with the run of the same events that passes through it; `None`
/// where [`RUNS_MAX`] runs by chance show none. The same for every call.
pub fn surprise(model: &Model) -> Option<Example> {
    let alone = theorem::alone(model);
    let shows = |course: &Course<'_>| {
        let events = course.events();
        let mut part = Course::new(model);
        for (taken, event) in events.iter().enumerate() {
            part.take_enabled([event]);
            if theorem::is_surprising(model, &part) && theorem::example(model, &alone, &part).is_some() {
                return Some(taken + 1);
            }
        }
        None
    };
    let found = (0..RUNS_MAX).filter_map(|run| {
        let course = chance::run(model, &mut Chance::new(0, run), EVENTS_MAX);
        let enough = shows(&course)?;
        let mut events = course.into_events();
        events.truncate(enough);
        Some(chance::shrunk(model, events, shows))
    });
    let shortest = found.take(FOUND_MAX).min_by_key(Vec::len)?;
    let mut course = Course::new(model);
    course.take_enabled(&shortest);
    theorem::example(model, &alone, &course)
}
