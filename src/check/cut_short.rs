//! A run to what a reduced search has seen, where no search in full has come upon it: cut off where it shows, and made short.
//! It need not be a shortest one.

use super::Network;
use super::chance::shrunk;
use super::course::Course;
use super::walk::milestones;
use crate::algorithm::Program;
use crate::apps::App;
use crate::engine::{Explorer, Sight};
use crate::model::{Model, ModelEvent};
use crate::oracle::{Goal, Hunt};

/// From a run that ends in a terminal state which shows the goal, one from which nothing can be left out.
pub fn cut_short(
    model: &Model,
    explorer: &mut Explorer<Network>,
    hunt: &mut Hunt<'_, '_, App, Program>,
    goal: Goal,
    events: Vec<ModelEvent>,
) -> Vec<ModelEvent> {
    shrunk(model, events, |course| shown_after(model, explorer, hunt, goal, course))
}

/// After how many events a run shows the goal.
fn shown_after(
    model: &Model,
    explorer: &mut Explorer<Network>,
    hunt: &mut Hunt<'_, '_, App, Program>,
    goal: Goal,
    course: &Course<'_>,
) -> Option<usize> {
    let system = explorer.system().clone();
    let states = course.states();
    for (events, pair) in (1..).zip(states.windows(2)).skip(model.walk.len()) {
        let newly = milestones(&system, &pair[1]) & !milestones(&system, &pair[0]);
        let ids = explorer.number(&pair[1].components, hunt.judge());
        let mut reached = system.snapshot_ids().filter(|snapshot| newly >> snapshot.0 & 1 == 1);
        if reached.any(|snapshot| hunt.meets(goal, &ids, Sight::Reached(u32::from(snapshot.0)))) {
            return Some(events);
        }
    }
    let last = &states[states.len() - 1];
    let ids = explorer.number(&last.components, hunt.judge());
    let is_end = course.next().is_empty() && hunt.meets(goal, &ids, Sight::Terminal);
    is_end.then_some(states.len() - 1)
}
