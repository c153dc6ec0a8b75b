//! For each mutant of an algorithm the smallest system that catches it: every strongly connected topology, fewest
//! processes, channels and sends first.

use std::collections::HashSet;

use super::frontier::{System, Systems};
use super::mutant::{Change, Mutant};
use super::operators;
use crate::algorithm::syntax::Algorithm;
use crate::check::{Options, check};
use crate::engine::analysis::{Kill, Smallest};
use crate::engine::verdict::{Verdict, Word};
use crate::model::{Error, Model, Source, read};

/// Finds the smallest system for each mutant, among these and those with fewer sends and snapshots; none where no system of these
/// catches it. A system on which the algorithm itself is not verified catches nothing.
///
/// # Errors
/// Where a system makes no sense.
pub fn smallest(
    algorithm: &Algorithm,
    mutants: &[Mutant],
    systems: Systems,
    options: impl Fn() -> Options<'static>,
    progress: impl Fn(usize, usize),
) -> Result<Vec<Smallest>, Error> {
    let known: HashSet<String> =
        operators::all(algorithm, systems.snapshots).into_iter().map(|(name, _)| name).collect();
    let fits = |mutant: &&Mutant| match &mutant.change {
        // With one snapshot there is no other to confuse it with.
        Change::Algorithm(_) => known.contains(&mutant.name),
        // On every topology there are other channels to take away.
        Change::Environment(environment) => !environment.is_of_one_channel(),
    };
    let mutants: Vec<&Mutant> = mutants.iter().filter(fits).collect();
    let unknown = |mutant: &&Mutant| Smallest { name: mutant.name.clone(), found: None, undecided: false };
    let mut all: Vec<Smallest> = mutants.iter().map(unknown).collect();
    let systems = by_size(systems);
    for (number, system) in systems.iter().enumerate() {
        progress(number, systems.len());
        if all.iter().all(|one| one.found.is_some()) {
            break;
        }
        let model = read(&Source::new("smallest.ron", system.text.as_str()))?;
        let model = Model { algorithm: algorithm.clone(), ..model };
        let word = check(&model, &options()).word;
        for (one, mutant) in all.iter_mut().zip(&mutants).filter(|(one, _)| one.found.is_none()) {
            one.undecided |= word == Word::Incomplete;
            if word == Word::Verified
                && let Ok(mutated) = mutant.apply(&model)
            {
                let verdict = check(&mutated, &options());
                one.undecided |= verdict.word == Word::Incomplete;
                one.found =
                    shortest(&verdict).map(|kill| (system.summary.clone(), system.text.clone(), kill));
            }
        }
    }
    Ok(all)
}

/// The systems with each number of sends and snapshots up to the most: smallest first.
fn by_size(systems: Systems) -> Vec<System> {
    let numbers = (1..=systems.snapshots)
        .flat_map(|snapshots| (0..=systems.sends).map(move |sends| (snapshots, sends)));
    let with = |(snapshots, sends)| {
        let all = Systems { sends, snapshots, ..systems }.all();
        all.into_iter().map(move |system| (snapshots, sends, system))
    };
    let mut all: Vec<(usize, u32, System)> = numbers.flat_map(with).collect();
    all.sort_by_key(|(snapshots, sends, system)| {
        (system.processes, system.channels, *snapshots, *sends, system.topology)
    });
    all.into_iter().map(|(.., system)| system).collect()
}

/// The property that fails in fewest events, if one fails.
fn shortest(verdict: &Verdict) -> Option<Kill> {
    let runs = verdict.counterexamples.iter();
    let kills = runs.map(|run| Kill { property: run.property.clone(), length: Some(run.events.len()) });
    kills.min_by_key(|kill| kill.length)
}
