//! A run of a mutated model beside the model as it was, under the same schedule as far as that goes.

use super::Course;
use crate::engine::analysis::{Twin, TwinStep};
use crate::model::Model;

/// The two side by side; events as reports write them.
pub fn twin(mutated: &Model, original: &Model, events: &[String]) -> Twin {
    let (mut one, mut other) = (Course::new(mutated), Course::new(original));
    let names = one.columns();
    let others = other.columns();
    // A channel may be missing on one side: it is as good as empty there.
    let all: Vec<String> =
        others.iter().chain(names.iter().filter(|name| !others.contains(name))).cloned().collect();
    let seen = |course: &Course<'_>| {
        let (columns, cells) = (course.columns(), course.cells());
        let cell =
            |name: &String| columns.iter().position(|column| column == name).map(|at| cells[at].clone());
        all.iter().map(|name| cell(name).unwrap_or_else(|| "-".to_owned())).collect::<Vec<_>>()
    };
    let changes = |before: &[String], after: &[String]| {
        let cells = all.iter().zip(before.iter().zip(after)).filter(|(_, (before, after))| before != after);
        cells.map(|(name, (_, after))| format!("{name}: {after}")).collect::<Vec<_>>()
    };
    let mut steps = Vec::new();
    let mut goes_on = true;
    for event in events {
        let (before, known) = (seen(&one), seen(&other));
        one.take_named(std::slice::from_ref(event));
        let taken = other.events().len();
        if goes_on {
            other.take_named(std::slice::from_ref(event));
            goes_on = other.events().len() > taken;
        }
        let (after, now) = (seen(&one), seen(&other));
        let ill_formed = |course: &Course<'_>, changes: Vec<String>| {
            let mark = course.last().halted.then(|| "ill-formed".to_owned());
            changes.into_iter().chain(mark).collect::<Vec<_>>()
        };
        let equal = goes_on && now == after && one.last().halted == other.last().halted;
        steps.push(TwinStep {
            event: event.clone(),
            mutated: ill_formed(&one, changes(&before, &after)),
            original: goes_on.then(|| ill_formed(&other, changes(&known, &now))),
            equal,
        });
    }
    Twin { steps }
}
