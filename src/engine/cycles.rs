//! Fair cycles: runs without end in which something stays pending for ever, although no event that is fair is passed
//! over for ever. For systems without a rank. Knows nothing of what is pending.
//!
//! An event that is fair is *weakly* fair: a run in which its class is enabled from some point on for ever also takes it
//! for ever again. Such a run in which an obligation stays pending ends in a strongly connected set of states; the
//! larger the set, the easier it is fair, so only maximal sets are judged (O. Lichtenstein, A. Pnueli, *Checking that
//! finite state concurrent programs satisfy their linear specification*, POPL 1985).

use std::collections::VecDeque;

use ahash::AHashMap;

use super::atlas::Atlas;
use super::bounds::End;
use super::connected::{Connected, Graph, Set, States, Watch};
use super::expand::Edge;
use super::expand::Expander;
use super::fairness::{ClassSet, Classes};
use super::key::Layout;
use super::observer::Observer;
use super::options::Options;
use super::plan::Plan;
use super::search::{Root, Search, Stop};
use super::shape::Shape;
use super::system::TransitionSystem;
use super::witness::{self, Path, Sighting};

/// What must not stay pending for ever. As with an [`Observer`], states are the numbers of their components.
pub trait Obligations<S: TransitionSystem>: Send + Sync {
    /// How many obligations.
    fn len(&self) -> usize;

    /// Are there none?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`Observer::learned`].
    fn learned(&self, place: usize) -> usize;

    /// As [`Observer::learn`].
    fn learn(&mut self, place: usize, component: &S::Component);

    /// Is the obligation pending in this state?
    fn is_pending(&self, obligation: usize, ids: &[u32]) -> bool;
}

/// A run without end: a stem, then a cycle again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasso<E> {
    /// The events from the initial state to the cycle.
    pub stem: Vec<E>,
    /// The events of the cycle: at least one.
    pub cycle: Vec<E>,
}

/// What was found, for each obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FairCycles<E> {
    /// A run in which it stays pending for ever, or `None` if there is none; an error is what ended the search before
    /// that was decided. Of all sets of states in which such a run can end, this one leads to the nearest, and by the
    /// first of the shortest stems in event order.
    pub lassos: Vec<Result<Option<Lasso<E>>, End>>,
    /// A bound of the model forbade an event: beyond it there may be more. In a state where one did, the classes of
    /// all events offered count as enabled, so that what was found does not hang on the bound.
    pub cut: bool,
}

/// Lets the obligations learn what a search meets.
struct Learner<'a, O>(&'a mut O);

impl<S: TransitionSystem, O: Obligations<S>> Observer<S> for Learner<'_, O> {
    type Tally = ();

    fn learned(&self, place: usize) -> usize {
        self.0.learned(place)
    }

    fn learn(&mut self, place: usize, component: &S::Component) {
        self.0.learn(place, component);
    }
}

/// Explores all states, and looks for a fair cycle for each obligation, one after the other.
pub fn find<S: TransitionSystem, O: Obligations<S>, const W: usize>(
    atlas: &mut Atlas<S>,
    layout: &Layout<W>,
    initial: &[u32],
    obligations: &mut O,
    options: &Options<'_>,
) -> Result<FairCycles<S::Event>, Stop> {
    let plan = Plan {
        shards: options.threads,
        steps: 1,
        visited: true,
        shape: Shape::BARE,
        coverage: false,
        orbits: false,
        stubborn: false,
    };
    let (bounds, progress) = (options.bounds, options.progress);
    let observer = &mut Learner(&mut *obligations);
    let kept = Some(Vec::new());
    let search = Search { atlas, observer, layout, plan, bounds, progress, kept, disk: None };
    let found = search.run(&[Root { ids: initial.to_vec(), layer: 0, carried: Vec::new() }])?;
    let cut = found.figures.cut;
    let states = match found.end {
        End::Exhausted => States::new(found.kept.unwrap_or_default(), &bounds),
        end => Err(end),
    };
    let all = 0..obligations.len();
    let lassos = match states {
        Err(end) => all.map(|_| Err(end)).collect(),
        Ok(states) => {
            let graph = Graph { expander: Expander::new(atlas, layout), states: &states };
            let hunt = Hunt { graph, classes: Classes::new(atlas), options, initial };
            all.map(|obligation| hunt.lasso(|ids| obligations.is_pending(obligation, ids))).collect()
        }
    };
    Ok(FairCycles { lassos, cut })
}

/// A hunt for fair cycles in a graph.
struct Hunt<'a, S: TransitionSystem, const W: usize> {
    graph: Graph<'a, S, W>,
    classes: Classes,
    options: &'a Options<'a>,
    initial: &'a [u32],
}

/// The nearest states of all sets that are fair.
struct Nearest {
    distance: usize,
    states: Vec<u32>,
}

/// An edge inside a set.
struct Inner<'e, E> {
    event: &'e E,
    class: Option<u32>,
    target: u32,
}

/// A state of a set, as one that walks in it sees it.
struct Here<'e, E> {
    enabled: ClassSet,
    /// In event order.
    edges: Vec<Inner<'e, E>>,
}

/// Where a walk in a set has come to.
struct Walk<'e, E> {
    at: u32,
    events: Vec<&'e E>,
    /// Classes that were enabled in all its states, and not taken.
    open: ClassSet,
}

impl<S: TransitionSystem, const W: usize> Hunt<'_, S, W> {
    fn lasso(&self, is_pending: impl Fn(&[u32]) -> bool) -> Result<Option<Lasso<S::Event>>, End> {
        let mut watch = Watch::new(self.options.bounds);
        let mut nearest = Nearest { distance: usize::MAX, states: Vec::new() };
        let connected = Connected::new(&self.graph, &mut watch, is_pending)?;
        let mut judging = Watch::new(self.options.bounds);
        let marks = connected.sets(|set| self.judge(set, &mut nearest, &mut judging))?;
        if nearest.states.is_empty() {
            return Ok(None);
        }
        let (stem, from) = self.stem(&nearest)?;
        let mark = marks[from as usize];
        let cycle = self.cycle(Set { members: &[], mark, marks: &marks }, from, &mut watch)?;
        Ok(Some(Lasso { stem, cycle }))
    }

    /// Notes the nearest states of a set if it is fair and nothing nearer is known.
    fn judge(&self, set: Set<'_>, nearest: &mut Nearest, watch: &mut Watch<'_>) -> Result<(), End> {
        let states = self.graph.states;
        let distance = set.members.iter().min().map_or(usize::MAX, |&first| states.distance(first));
        if distance > nearest.distance || !self.is_fair(set, watch)? {
            return Ok(());
        }
        if distance < nearest.distance {
            *nearest = Nearest { distance, states: Vec::new() };
        }
        let as_near = |&&member: &&u32| states.distance(member) == distance;
        nearest.states.extend(set.members.iter().filter(as_near));
        Ok(())
    }

    /// Has the set an inner edge, and is each class somewhere not enabled or taken by one?
    fn is_fair(&self, set: Set<'_>, watch: &mut Watch<'_>) -> Result<bool, End> {
        let (mut always, mut taken, mut has_edge) = (self.classes.all(), self.classes.none(), false);
        for &member in set.members {
            watch.look()?;
            let enabled = self.classes.enabled(&self.graph, member, |edge, target| {
                if target.is_some_and(|target| set.has(target)) {
                    has_edge = true;
                    self.classes.of(edge).into_iter().for_each(|class| taken.insert(class));
                }
            });
            always.keep(&enabled);
        }
        Ok(has_edge && always.is_within(&taken))
    }

    /// The first of the shortest paths to one of the nearest states, and that state.
    fn stem(&self, nearest: &Nearest) -> Result<(Path<S>, u32), End> {
        let Graph { expander, states } = &self.graph;
        let layout = expander.layout();
        let sighting = |&state: &u32| {
            let mut ids = vec![0; layout.places()];
            layout.unpack(states.key(state), &mut ids);
            Sighting::of_state(nearest.distance as u32, &ids)
        };
        let sightings: Vec<Sighting> = nearest.states.iter().map(sighting).collect();
        let (layers, bounds) = (states.layers(), &self.options.bounds);
        let mut traced = witness::trace(expander, &layers, self.initial, &sightings, 1, bounds)?;
        let (stem, end) = traced.pop().expect("a state that was reached has a shortest path");
        Ok((stem, states.number(&end).expect("it leads to one of the states")))
    }

    /// A closed walk in a set that is fair: the shortest there is from this state if that happens to be fair, else each
    /// time on to the nearest state or edge that settles an open class, and back.
    fn cycle(&self, set: Set<'_>, from: u32, watch: &mut Watch<'_>) -> Result<Vec<S::Event>, End> {
        let mut open = self.classes.all();
        open.keep(&self.here(set, from).enabled);
        let begin = || Walk { at: from, events: Vec::new(), open: open.clone() };
        let mut walk = begin();
        let back = |step: &Inner<'_, S::Event>| step.target == from;
        self.go_on(&mut walk, set, watch, |_| false, back)?;
        if !walk.open.is_empty() {
            walk = begin();
        }
        while !walk.open.is_empty() {
            let open = walk.open.clone();
            let is_settled = |here: &Here<'_, S::Event>| !open.is_within(&here.enabled);
            let settles = |step: &Inner<'_, S::Event>| step.class.is_some_and(|class| open.has(class));
            self.go_on(&mut walk, set, watch, is_settled, settles)?;
        }
        if walk.at != from {
            self.go_on(&mut walk, set, watch, |_| false, back)?;
        }
        Ok(walk.events.into_iter().cloned().collect())
    }

    /// Lengthens a walk by a shortest path inside the set to another state, or over an edge, that is wanted; the first in
    /// event order.
    fn go_on<'s>(
        &'s self,
        walk: &mut Walk<'s, S::Event>,
        set: Set<'_>,
        watch: &mut Watch<'_>,
        is_wanted: impl Fn(&Here<'_, S::Event>) -> bool,
        leads_there: impl Fn(&Inner<'_, S::Event>) -> bool,
    ) -> Result<(), End> {
        let from = walk.at;
        let mut came = AHashMap::new();
        let mut waiting = VecDeque::from([from]);
        while let Some(state) = waiting.pop_front() {
            watch.look()?;
            let here = self.here(set, state);
            if state != from && is_wanted(&here) {
                self.follow(walk, set, &came, state);
                return Ok(());
            }
            for step in here.edges {
                if leads_there(&step) {
                    self.follow(walk, set, &came, state);
                    self.take(walk, set, &step);
                    return Ok(());
                }
                let target = step.target;
                if target != from && !came.contains_key(&target) {
                    came.insert(target, (state, step));
                    waiting.push_back(target);
                }
            }
        }
        unreachable!("in a strongly connected set every state and every edge is within reach");
    }

    /// Takes the walk along the path that a search came by.
    fn follow<'s>(
        &'s self,
        walk: &mut Walk<'s, S::Event>,
        set: Set<'_>,
        came: &AHashMap<u32, (u32, Inner<'s, S::Event>)>,
        to: u32,
    ) {
        let (mut path, mut at) = (Vec::new(), to);
        while at != walk.at {
            let (before, step) = &came[&at];
            path.push(step);
            at = *before;
        }
        path.into_iter().rev().for_each(|step| self.take(walk, set, step));
    }

    fn take<'s>(&'s self, walk: &mut Walk<'s, S::Event>, set: Set<'_>, step: &Inner<'s, S::Event>) {
        step.class.into_iter().for_each(|class| walk.open.remove(class));
        walk.at = step.target;
        walk.events.push(step.event);
        walk.open.keep(&self.here(set, step.target).enabled);
    }

    fn here(&self, set: Set<'_>, state: u32) -> Here<'_, S::Event> {
        let mut edges = Vec::new();
        let enabled = self.classes.enabled(&self.graph, state, |edge: &Edge<W>, target| {
            if let Some(target) = target.filter(|&target| set.has(target)) {
                let event = self.graph.expander.atlas().place(edge.place as usize).event(edge.event);
                edges.push(Inner { event, class: self.classes.of(edge), target });
            }
        });
        edges.sort_by(|one, other| one.event.cmp(other.event));
        Here { enabled, edges }
    }
}

#[cfg(test)]
mod tests;
