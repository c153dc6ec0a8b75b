//! Every outcome in the asynchronous semantics: the exercise as a model, explored by the engine. Ticks mean nothing, a
//! delivery of the head of any link may happen at any point, and a send with too few tokens waits.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::exercise::Exercise;
use super::found::{Found, Outcome};
use super::recording::Recording;
use crate::algorithm::Program;
use crate::apps::{App, AppMessage, AppState};
use crate::engine::{Bounds, Explorer, Observer, Options, TransitionSystem};
use crate::model::{Error, Model};
use crate::network::{Application, Component, System};

type Network = System<App, Program>;

/// Explores every ordering.
///
/// # Errors
/// Where the exercise is larger than models can be.
pub fn outcomes(exercise: &Exercise, bounds: &Bounds<'_>, threads: usize) -> Result<Found, Error> {
    Ok(explore(exercise, &exercise.model("exercise")?, bounds, threads))
}

fn explore(exercise: &Exercise, model: &Model, bounds: &Bounds<'_>, threads: usize) -> Found {
    let system = model.system();
    let initial = system.initial();
    let mut watcher = Watcher::new(exercise, &model.application, initial.len());
    let mut explorer = Explorer::new(system);
    let options = Options { threads, paths: false, bounds: *bounds, ..Options::default() };
    let outcome = explorer.explore(&initial, &mut watcher, &options);
    let mut finals = HashSet::new();
    let mut terminals = 0;
    for tally in outcome.tallies {
        terminals += tally.without_outcome;
        finals.extend(tally.outcomes);
    }
    let outcomes: BTreeSet<Outcome> = finals.iter().map(|facts| watcher.outcome(facts)).collect();
    Found {
        states: outcome.figures.states,
        transitions: outcome.figures.transitions,
        outcomes: outcomes.into_iter().collect(),
        without_outcome: terminals,
        end: outcome.end,
    }
}

/// What one server has recorded of each snapshot: its tokens, and the messages of each incoming link.
type Fact = Vec<(Option<u64>, Vec<Vec<u64>>)>;

/// Watches for final states. Components that have recorded the same have the same fact.
struct Watcher<'e> {
    exercise: &'e Exercise,
    application: &'e App,
    /// For each place, the fact of each component.
    facts_of: Vec<Vec<u32>>,
    facts: Vec<Fact>,
    numbers: HashMap<Fact, u32>,
}

#[derive(Default)]
struct Tally {
    outcomes: HashSet<Vec<u32>>,
    without_outcome: u64,
}

impl<'e> Watcher<'e> {
    fn new(exercise: &'e Exercise, application: &'e App, places: usize) -> Self {
        let facts_of = vec![Vec::new(); places];
        Self { exercise, application, facts_of, facts: Vec::new(), numbers: HashMap::new() }
    }

    fn fact(&self, component: &Component<AppState, AppMessage>) -> Fact {
        let Some(process) = component.process() else { return Fact::new() };
        let kept = |snapshot: usize| {
            let links = process.incoming.iter().map(|incoming| &incoming.ledgers[snapshot].kept);
            links.map(|kept| kept.iter().map(|message| self.application.carried(message)).collect()).collect()
        };
        let held = |record: &AppState| self.application.held(record);
        let recorded = process.parts.iter().map(|part| part.record.as_ref().map(held));
        recorded.enumerate().map(|(snapshot, tokens)| (tokens, kept(snapshot))).collect()
    }

    fn outcome(&self, facts: &[u32]) -> Outcome {
        let topology = &self.exercise.topology;
        let fact = |server: usize, snapshot: usize| &self.facts[facts[server] as usize][snapshot];
        let recording = |snapshot: usize| Recording {
            tokens: topology.processes().filter_map(|server| fact(server.index(), snapshot).0).collect(),
            messages: self
                .exercise
                .links()
                .map(|link| {
                    let to = topology.channel(link).to.index();
                    fact(to, snapshot).1[topology.inbox(link)].clone()
                })
                .collect(),
            strays: Vec::new(),
        };
        Outcome { snapshots: (0..self.exercise.initiators.len()).map(recording).collect() }
    }
}

impl Observer<Network> for Watcher<'_> {
    type Tally = Tally;

    fn learned(&self, place: usize) -> usize {
        self.facts_of[place].len()
    }

    fn learn(&mut self, place: usize, component: &Component<AppState, AppMessage>) {
        let fact = self.fact(component);
        let next = self.facts.len() as u32;
        let number = *self.numbers.entry(fact.clone()).or_insert(next);
        if number == next {
            self.facts.push(fact);
        }
        self.facts_of[place].push(number);
    }

    fn terminal(&self, tally: &mut Tally, ids: &[u32], _states: u64) {
        let servers = self.exercise.topology.names().len();
        let facts: Vec<u32> = ids
            .iter()
            .enumerate()
            .take(servers)
            .map(|(place, &id)| self.facts_of[place][id as usize])
            .collect();
        // Where every server has recorded and nothing is in flight, every marker has arrived.
        let recorded = |fact: &u32| self.facts[*fact as usize].iter().all(|(tokens, _)| tokens.is_some());
        if facts.iter().all(recorded) {
            tally.outcomes.insert(facts);
        } else {
            tally.without_outcome += 1;
        }
    }
}
