//! How large a state graph is, without looking at all of it: a weighted sample of each layer.
//!
//! After P. C. Chen, *Heuristic Sampling: A Method for Predicting the Performance of Tree Searching Programs* (SIAM J.
//! Comput. 21(2), 1992), but for graphs, where a state must not count once for each path to it. A state of the sample
//! stands for `weight` states of its layer. Each edge from it passes on that weight, divided by the number of all edges
//! to its target. So the target gets a weight of 1 on the average, whatever the sample is. How many edges there are to
//! a state is found by going back (`backwards`, `past`). As long as all states of a layer are looked at, all figures are
//! exact.
//!
//! Going back needs components that were met. So the first passes only *learn*: of each layer they keep states with
//! components that are new. What is still unknown is made up for: of the edges from a layer's sample, the part that was
//! news is taken for the part of all edges that nobody has met (I. J. Good, *The Population Frequencies of Species*,
//! Biometrika 40, 1953).

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};

use ahash::AHashSet;

use super::atlas::{Atlas, Miss};
use super::backwards::Backwards;
use super::expand::{Edge, Expanded, Expander};
use super::explorer::{Explorer, Job};
use super::key::{Key, Layout};
use super::options::Options;
use super::past::Past;
use super::search::Stop;
use super::system::TransitionSystem;
use super::thinning::{Chance, Weighed, distinct, thinned};

/// How to sample.
#[derive(Clone, Copy, Debug)]
pub struct Sampling<'a> {
    /// The most states of a layer that are looked at where the sample is taken.
    pub states_max: usize,
    /// The same while learning.
    pub learned_max: usize,
    /// The first layers, as long as they have no more states than this, are looked at wholly.
    pub whole_max: usize,
    /// How often to learn, at most.
    pub lessons: u32,
    /// How many samples to take, each independent of the others but for what was learned.
    pub samples: u32,
    /// The same seed gives the same samples.
    pub seed: u64,
    /// Ends it when it is set; then there is no sample.
    pub interrupt: Option<&'a AtomicBool>,
}

impl Sampling<'_> {
    fn is_interrupted(&self) -> bool {
        self.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }
}

/// What one sample tells of the whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampled {
    /// Every state was looked at: the figures are exact.
    pub whole: bool,
    /// States of each rank, from the first on.
    pub layers: Vec<f64>,
    /// States that an event has halted.
    pub halted: f64,
    /// Edges.
    pub transitions: f64,
    /// States without an enabled event.
    pub terminals: f64,
    /// A bound of the model forbade an event.
    pub cut: bool,
    /// For each place and each of its components: in how many states it stands there.
    pub shares: Vec<Vec<f64>>,
    /// How many words a state takes.
    pub words: usize,
}

impl Sampled {
    /// All states.
    pub fn states(&self) -> f64 {
        self.layers.iter().sum::<f64>() + self.halted
    }
}

impl<S: TransitionSystem> Explorer<S> {
    /// Samples what can be reached from a state; one sample is enough where it is whole. Needs a rank, and no global
    /// events: nothing without.
    pub fn sample(&mut self, initial: &[S::Component], sampling: &Sampling<'_>) -> Vec<Sampled> {
        let Some(steps) = self.system().largest_step().filter(|_| !self.system().has_global_events()) else {
            return Vec::new();
        };
        let initial = self.number_all(initial);
        let mut samples = Vec::new();
        self.with_layout(&Options::default(), &mut Samples { initial, steps, sampling, taken: &mut samples });
        if sampling.is_interrupted() { Vec::new() } else { samples }
    }
}

struct Samples<'a> {
    initial: Vec<u32>,
    steps: u32,
    sampling: &'a Sampling<'a>,
    taken: &'a mut Vec<Sampled>,
}

impl<S: TransitionSystem> Job<S> for Samples<'_> {
    type Result = ();

    fn run<const W: usize>(&mut self, atlas: &mut Atlas<S>, layout: &Layout<W>) -> Result<(), Stop> {
        self.taken.clear();
        let mut sampler = Sampler {
            backwards: Backwards::of(atlas),
            past: Past::default(),
            atlas,
            layout,
            sampling: self.sampling,
            chance: Chance::new(self.sampling.seed),
            learns: true,
            ahead: VecDeque::new(),
            halted: Vec::new(),
            edges: 0.0,
            news: 0.0,
            sampled: Sampled::default(),
        };
        for _ in 0..self.sampling.lessons {
            let known = sampler.known();
            sampler.pass(&self.initial, self.steps)?;
            // A lesson that brings hardly anything is the last.
            if sampler.sampled.whole || sampler.known() - known <= known / 200 {
                break;
            }
        }
        sampler.learns = false;
        while self.taken.len() < self.sampling.samples as usize {
            sampler.pass(&self.initial, self.steps)?;
            let whole = sampler.sampled.whole;
            self.taken.push(std::mem::take(&mut sampler.sampled));
            if whole {
                break;
            }
        }
        Ok(())
    }
}

struct Sampler<'a, S: TransitionSystem, const W: usize> {
    atlas: &'a mut Atlas<S>,
    layout: &'a Layout<W>,
    backwards: Backwards,
    past: Past<W>,
    sampling: &'a Sampling<'a>,
    chance: Chance,
    learns: bool,
    ahead: VecDeque<Vec<Weighed<W>>>,
    halted: Vec<Weighed<W>>,
    /// Of the edges from the last layer: all, and those that were news, by weight.
    edges: f64,
    news: f64,
    sampled: Sampled,
}

/// What was missing for one state: the moves at these places, and so many arrivals.
#[derive(Clone, Copy, Debug, Default)]
struct Missing {
    places: u128,
    arrivals: usize,
}

impl<S: TransitionSystem, const W: usize> Sampler<'_, S, W> {
    /// Goes through all layers once.
    fn pass(&mut self, initial: &[u32], steps: u32) -> Result<(), Stop> {
        self.sampled = Sampled { whole: true, words: W, ..Sampled::default() };
        self.past = Past::default();
        self.ahead = (0..steps).map(|_| Vec::new()).collect();
        self.halted.clear();
        (self.edges, self.news) = (0.0, 0.0);
        let first = self.atlas.rank(initial);
        self.ahead[0].push((self.layout.pack(initial, false), 1.0));
        while self.ahead.iter().any(|layer| !layer.is_empty()) && !self.sampling.is_interrupted() {
            let arcs = self.ahead.pop_front().unwrap_or_default();
            self.ahead.push_back(Vec::new());
            let rank = first + self.sampled.layers.len() as i64;
            let states = self.states(rank, arcs);
            self.sampled.layers.push(states.iter().map(|(_, weight)| weight).sum());
            self.expand(&states)?;
        }
        self.count_halted();
        Ok(())
    }

    /// The states to look at, of those that arcs lead to, with their weights.
    fn states(&mut self, rank: i64, arcs: Vec<Weighed<W>>) -> Vec<Weighed<W>> {
        let most = if self.learns { self.sampling.learned_max } else { self.sampling.states_max };
        if self.sampled.whole || self.learns {
            let mut states = distinct(arcs);
            if self.sampled.whole && states.len() <= self.sampling.whole_max {
                self.past.add_whole(rank, states.iter().map(|(key, _)| *key));
                return states;
            }
            self.sampled.whole = false;
            let mut new = if self.learns { self.take_new(&mut states, most) } else { Vec::new() };
            new.extend(thinned(states, most.saturating_sub(new.len()), &mut self.chance));
            return new;
        }
        let arcs = thinned(arcs, most, &mut self.chance);
        self.weighed(arcs)
    }

    /// Takes out states that have components which nobody has looked at yet, one for each.
    fn take_new(&self, states: &mut Vec<Weighed<W>>, most: usize) -> Vec<Weighed<W>> {
        let mut met = AHashSet::new();
        let mut new = Vec::new();
        states.retain(|arc| {
            let mut is_new = false;
            for (place, at) in self.atlas.places().iter().enumerate() {
                let id = self.layout.get(&arc.0, place);
                is_new |= at.row(id).is_none() && met.insert((place, id));
            }
            let taken = is_new && new.len() < most;
            if taken {
                new.push(*arc);
            }
            !taken
        });
        new
    }

    /// Each state once, with its weight.
    fn weighed(&mut self, mut arcs: Vec<Weighed<W>>) -> Vec<Weighed<W>> {
        arcs.sort_unstable_by_key(|(key, _)| *key);
        // The part of the edges that is likely to be known; where hardly any is, nothing can be made up for.
        let known = if self.edges > 0.0 { (1.0 - self.news / self.edges).max(0.1) } else { 1.0 };
        let mut states = Vec::with_capacity(arcs.len());
        for same in arcs.chunk_by(|(one, _), (other, _)| one == other) {
            let key = same[0].0;
            let weight: f64 = same.iter().map(|(_, weight)| weight).sum();
            let (ours, edges) = (same.len() as f64, self.edges_to(&key));
            let edges = ours + (edges - ours).max(0.0) / known;
            states.push((key, weight / edges));
        }
        states
    }

    fn edges_to(&mut self, state: &Key<W>) -> f64 {
        f64::from(self.past.edges_to(self.atlas, self.layout, &self.backwards, state))
    }

    /// Expands states, and counts what there is to count.
    fn expand(&mut self, states: &[Weighed<W>]) -> Result<(), Stop> {
        let mut left: Vec<usize> = (0..states.len()).collect();
        let mut missing = vec![Missing::default(); states.len()];
        (self.edges, self.news) = (0.0, 0.0);
        while !left.is_empty() {
            let mut misses = Vec::new();
            left = self.expand_some(states, &left, &mut missing, &mut misses);
            misses.sort_unstable();
            misses.dedup();
            self.atlas.fill(&misses);
            self.backwards.learn(self.atlas, &misses);
            if !self.layout.holds(self.atlas.sizes()) {
                return Err(Stop::TooNarrow);
            }
        }
        if !self.learns {
            self.share_out(states);
        }
        Ok(())
    }

    /// Which ones could not be expanded, because something is missing.
    fn expand_some(
        &mut self,
        states: &[Weighed<W>],
        which: &[usize],
        missing: &mut [Missing],
        misses: &mut Vec<Miss>,
    ) -> Vec<usize> {
        let expander = Expander::new(self.atlas, self.layout);
        let mut left = Vec::new();
        for &at in which {
            let ((key, weight), so_far) = (&states[at], misses.len());
            let Some(Expanded { edges, cut }) = expander.expand_one(key, misses) else {
                misses[so_far..].iter().for_each(|miss| missing[at].note(miss));
                left.push(at);
                continue;
            };
            self.edges += weight * edges.len() as f64;
            self.news += weight * missing[at].edges(&edges) as f64;
            self.sampled.cut |= cut;
            self.sampled.transitions += weight * edges.len() as f64;
            self.sampled.terminals += if edges.is_empty() && !cut { *weight } else { 0.0 };
            for edge in &edges {
                let ahead = &mut self.ahead;
                let arcs = if edge.halts { &mut self.halted } else { &mut ahead[edge.step as usize - 1] };
                arcs.push((edge.target, *weight));
            }
        }
        left
    }

    fn share_out(&mut self, states: &[Weighed<W>]) {
        let shares = &mut self.sampled.shares;
        shares.resize(self.layout.places(), Vec::new());
        for (key, weight) in states {
            for (place, shares) in shares.iter_mut().enumerate() {
                let id = self.layout.get(key, place) as usize;
                if shares.len() <= id {
                    shares.resize(id + 1, 0.0);
                }
                shares[id] += weight;
            }
        }
    }

    /// A halted state has no rank: edges to it come from any layer.
    fn count_halted(&mut self) {
        let arcs = std::mem::take(&mut self.halted);
        let states = if self.sampled.whole || self.learns {
            distinct(arcs)
        } else {
            let arcs = thinned(arcs, self.sampling.states_max, &mut self.chance);
            self.weighed(arcs)
        };
        self.sampled.halted = states.iter().map(|(_, weight)| weight).sum();
        if !self.learns {
            self.share_out(&states);
        }
    }

    /// How much is known: components and letters.
    fn known(&self) -> usize {
        self.atlas.places().iter().map(|place| place.len() + place.letters_len()).sum()
    }
}

impl Missing {
    fn note(&mut self, miss: &Miss) {
        match miss {
            Miss::Moves { place, .. } => self.places |= 1 << place,
            Miss::Arrival { .. } => self.arrivals += 1,
            Miss::Globals { .. } => {}
        }
    }

    /// How many of a state's edges nobody had met.
    fn edges<const W: usize>(self, edges: &[Edge<W>]) -> usize {
        let here = edges.iter().filter(|edge| self.places & 1 << edge.place != 0).count();
        (here + self.arrivals).min(edges.len())
    }
}
