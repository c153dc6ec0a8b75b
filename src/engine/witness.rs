//! Shortest paths to goals, without parent pointers: layers by distance, then marks backwards from every goal of
//! least distance, then forwards, each time the first event in event order whose target is marked. So the path is
//! the same for every number of threads.

use std::collections::BTreeSet;

use ahash::AHashMap;
use rayon::prelude::*;

use super::bounds::{Bounds, End};
use super::expand::{Edge, Expander};
use super::key::{Key, Layout};
use super::observer::Observer;
use super::system::TransitionSystem;
use super::told::each_milestone;

/// What to look for. As with an [`Observer`], states are the numbers of their components.
pub trait Goals<S: TransitionSystem>: Send + Sync {
    /// How many goals.
    fn len(&self) -> usize;

    /// Are there none?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`Observer::learned`].
    fn learned(&self, place: usize) -> usize;

    /// As [`Observer::learn`].
    fn learn(&mut self, place: usize, component: &S::Component);

    /// Some goal is about states of any kind.
    fn wants_states(&self) -> bool {
        false
    }

    /// Is this what the goal is?
    fn is_met(&self, goal: usize, ids: &[u32], sight: Sight) -> bool;
}

/// How a state came into sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It is reachable.
    State,
    /// An edge to it newly reaches this milestone.
    Reached(u32),
    /// No event is enabled in it.
    Terminal,
    /// It has been halted.
    Halted,
}

/// A path from the initial state: its events.
pub type Path<S> = Vec<<S as TransitionSystem>::Event>;

/// A state that meets a goal, and by which edges.
#[derive(Clone, Debug)]
pub struct Sighting {
    distance: u32,
    ids: Box<[u32]>,
    sight: Sight,
}

impl Sighting {
    /// A state at this distance.
    pub fn of_state(distance: u32, ids: &[u32]) -> Self {
        Self { distance, ids: ids.into(), sight: Sight::State }
    }
}

/// Watches a search by distance for the nearest states that meet each goal.
pub struct Hunter<'a, G> {
    goals: &'a mut G,
    /// How many layers have been reported.
    layers: u32,
}

impl<'a, G> Hunter<'a, G> {
    pub fn new(goals: &'a mut G) -> Self {
        Self { goals, layers: 0 }
    }

    /// All nearest sightings of each goal, if there are any and nothing nearer can have been missed.
    pub fn sights<S>(&self, tallies: &[Vec<Vec<Sighting>>], complete: bool) -> Vec<Option<Vec<Sighting>>>
    where
        S: TransitionSystem,
        G: Goals<S>,
    {
        let nearest = |goal: usize| {
            let all = || tallies.iter().filter_map(|tally| tally.get(goal)).flatten();
            let least = all().map(|sighting| sighting.distance).min()?;
            let certain = complete || least + 1 < self.layers;
            certain.then(|| all().filter(|sighting| sighting.distance == least).cloned().collect())
        };
        (0..self.goals.len()).map(nearest).collect()
    }

    fn see<S>(&self, tally: &mut Vec<Vec<Sighting>>, ids: &[u32], sight: Sight)
    where
        S: TransitionSystem,
        G: Goals<S>,
    {
        tally.resize(self.goals.len(), Vec::new());
        // A terminal state is known as such one layer later.
        let distance = self.layers - u32::from(sight == Sight::Terminal);
        for (goal, sightings) in tally.iter_mut().enumerate() {
            let nearer = sightings.first().is_some_and(|first| first.distance < distance);
            if !nearer && self.goals.is_met(goal, ids, sight) {
                sightings.push(Sighting { distance, ids: ids.into(), sight });
            }
        }
    }
}

impl<S: TransitionSystem, G: Goals<S>> Observer<S> for Hunter<'_, G> {
    type Tally = Vec<Vec<Sighting>>;

    fn learned(&self, place: usize) -> usize {
        self.goals.learned(place)
    }

    fn learn(&mut self, place: usize, component: &S::Component) {
        self.goals.learn(place, component);
    }

    fn wants_states(&self) -> bool {
        self.goals.wants_states()
    }

    fn state(&self, tally: &mut Self::Tally, ids: &[u32], _carried: &[u32]) {
        self.see(tally, ids, Sight::State);
    }

    fn reached(&self, tally: &mut Self::Tally, ids: &[u32], milestones: u64, _states: u64) {
        for milestone in each_milestone(milestones) {
            self.see(tally, ids, Sight::Reached(milestone));
        }
    }

    fn terminal(&self, tally: &mut Self::Tally, ids: &[u32], _states: u64) {
        self.see(tally, ids, Sight::Terminal);
    }

    fn halted(&self, tally: &mut Self::Tally, ids: &[u32]) {
        self.see(tally, ids, Sight::Halted);
    }

    /// A goal is settled a layer after its first sighting, when terminal states as near are known too.
    fn is_enough(&mut self, layers: u32, tallies: &[&Self::Tally]) -> bool {
        self.layers = layers;
        let is_settled = |goal: usize| {
            let mut all = tallies.iter().filter_map(|tally| tally.get(goal)).flatten();
            all.any(|sighting| sighting.distance + 1 < layers)
        };
        (0..self.goals.len()).all(is_settled)
    }
}

/// Which edges lead on: to these states, and where there are milestones, only those that reach one of them.
type Aims<const W: usize> = AHashMap<Key<W>, u64>;

/// Any edge to the state.
const ANY: u64 = 0;

/// The first of the shortest paths to any of the sightings, which are all equally near: at most so many, no two of which
/// are the same but for the order of events at different places. With each, the state that it leads to. A bound may end
/// that between layers.
pub fn trace<S: TransitionSystem, const W: usize>(
    expander: &Expander<'_, S, W>,
    layers: &[impl AsRef<[Key<W>]>],
    initial: &[u32],
    sightings: &[Sighting],
    most: usize,
    bounds: &Bounds<'_>,
) -> Result<Vec<(Path<S>, Key<W>)>, End> {
    let layout = expander.layout();
    let distance = sightings.first().map_or(0, |sighting| sighting.distance) as usize;
    let mut aims = vec![aims_of(layout, sightings)];
    for layer in layers[..distance].iter().map(AsRef::as_ref).rev() {
        bounds.met(0).map_or(Ok(()), Err)?;
        let next = &aims[aims.len() - 1];
        let leads_on = |key: &&Key<W>| expander.expand_again(key).edges.iter().any(|edge| hits(next, edge));
        let marked = layer.par_iter().filter(leads_on).map(|&key| (key, ANY)).collect::<Vec<_>>();
        aims.push(marked.into_iter().collect());
    }
    aims.pop();
    aims.reverse();
    let forwards = Forwards { expander, aims };
    Ok(forwards.paths(layout.pack(initial, false), most))
}

/// Paths that are tried before no more different ones are looked for.
const TRIED_MAX: usize = 100_000;

/// Marked states ahead, by distance.
struct Forwards<'a, S: TransitionSystem, const W: usize> {
    expander: &'a Expander<'a, S, W>,
    aims: Vec<Aims<W>>,
}

impl<S: TransitionSystem, const W: usize> Forwards<'_, S, W> {
    /// All paths from here on in event order, depth first.
    fn paths(&self, initial: Key<W>, most: usize) -> Vec<(Path<S>, Key<W>)> {
        let (mut found, mut known, mut tried) = (Vec::new(), BTreeSet::new(), 0);
        let mut path: Vec<Edge<W>> = Vec::new();
        let mut ahead = vec![self.ahead(&initial, 0)];
        while let Some(edges) = ahead.last_mut() {
            if path.len() == self.aims.len() {
                tried += 1;
                if known.insert(self.by_place(&path)) {
                    let events = path.iter().map(|edge| self.event(edge).clone()).collect();
                    found.push((events, path.last().map_or(initial, |last| last.target)));
                }
                if found.len() >= most || tried >= TRIED_MAX {
                    return found;
                }
            }
            if let Some(edge) = edges.pop() {
                let next = self.ahead(&edge.target, path.len() + 1);
                path.push(edge);
                ahead.push(next);
            } else {
                path.pop();
                ahead.pop();
            }
        }
        found
    }

    /// The edges that lead on, the first in event order last.
    fn ahead(&self, at: &Key<W>, distance: usize) -> Vec<Edge<W>> {
        let Some(aims) = self.aims.get(distance) else { return Vec::new() };
        let mut all = self.expander.expand_again(at).edges;
        all.retain(|edge| hits(aims, edge));
        all.sort_by(|one, other| self.event(other).cmp(self.event(one)));
        all
    }

    fn event(&self, edge: &Edge<W>) -> &S::Event {
        self.expander.atlas().place(edge.place as usize).event(edge.event)
    }

    /// The events of each place in order: all that the order of events at different places leaves as it is.
    fn by_place(&self, path: &[Edge<W>]) -> Vec<Vec<&S::Event>> {
        let mut places = vec![Vec::new(); self.expander.atlas().places().len()];
        for edge in path {
            places[edge.place as usize].push(self.event(edge));
        }
        places
    }
}

fn hits<const W: usize>(aims: &Aims<W>, edge: &Edge<W>) -> bool {
    let reaches = |&milestones: &u64| milestones == ANY || milestones & edge.milestones != 0;
    aims.get(&edge.target).is_some_and(reaches)
}

fn aims_of<const W: usize>(layout: &Layout<W>, sightings: &[Sighting]) -> Aims<W> {
    let mut aims = Aims::new();
    for Sighting { ids, sight, .. } in sightings {
        let key = layout.pack(ids, *sight == Sight::Halted);
        match sight {
            Sight::Reached(milestone) => {
                aims.entry(key).and_modify(|all| *all |= if *all == ANY { ANY } else { 1 << milestone });
                aims.entry(key).or_insert(1 << milestone);
            }
            Sight::State | Sight::Terminal | Sight::Halted => drop(aims.insert(key, ANY)),
        }
    }
    aims
}
