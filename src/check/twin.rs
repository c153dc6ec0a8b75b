//! A run of a mutated model beside the model as it was, under the same schedule as far as that goes.

use super::Course;
use crate::engine::analysis::{Twin, TwinStep};
use crate::model::Model;

/// The two side by side; events as reports write them.
pub fn twin(mutated: &Model, original: &Model, events: &[String]) -> Twin {
    let (mut one, mut other) = (Course::new(mutated), Course::new(original));
    let names = one.columns();
    let others = other.columns();
    // A channel may be missing on one side.
    let place: Vec<Option<usize>> =
        names.iter().map(|name| others.iter().position(|other| other == name)).collect();
    let seen = |course: &Course<'_>| {
        let cells = course.cells();
        place.iter().map(|place| place.map(|at| cells[at].clone())).collect::<Vec<_>>()
    };
    let mut steps = Vec::new();
    let mut goes_on = true;
    for event in events {
        let (before, known) = (one.cells(), seen(&other));
        one.take_named(std::slice::from_ref(event));
        let taken = other.events().len();
        if goes_on {
            other.take_named(std::slice::from_ref(event));
            goes_on = other.events().len() > taken;
        }
        let changed = |(column, (now, before)): (usize, (&String, &String))| {
            (now != before).then(|| format!("{}: {now}", names[column]))
        };
        let after = one.cells();
        let mutated = after.iter().zip(&before).enumerate().filter_map(changed).collect();
        let now = seen(&other);
        let original = now.iter().zip(&known).zip(&names).filter(|((now, before), _)| now != before);
        let original = original.filter_map(|((now, _), name)| Some(format!("{name}: {}", now.as_ref()?)));
        let equal = now.iter().zip(&after).all(|(now, after)| now.as_ref().is_none_or(|now| now == after));
        steps.push(TwinStep {
            event: event.clone(),
            mutated,
            original: goes_on.then(|| original.collect()),
            equal: goes_on && equal,
        });
    }
    Twin { steps }
}
