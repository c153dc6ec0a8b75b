//! The engine's front: chooses how many words a key has, runs searches, and keeps the atlas from one to the next.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::atlas::Atlas;
use super::bounds::{Bounds, End};
use super::cycles::{self, FairCycles, Obligations};
use super::disk::DiskError;
use super::expand::Expander;
use super::keep::{Disk, Keep};
use super::key::Layout;
use super::observer::Observer;
use super::options::{Options, Outcome};
use super::plan::Plan;
use super::search::{Root, Search, Stop};
use super::shape::{Carried, Shape};
use super::stubborn::Dependence;
use super::system::TransitionSystem;
use super::witness::{self, Goals, Hunter, Path};

/// Explores one system, as often as asked.
///
/// ```
/// use cl_check::engine::{Arrival, Explorer, Local, Nobody, Options, TransitionSystem};
///
/// /// Two counters; the first passes what it counts to the second.
/// struct Counters;
///
/// impl TransitionSystem for Counters {
///     type Component = u8;
///     type Letter = u8;
///     type Event = &'static str;
///     type Lane = ();
///
///     fn initial(&self) -> Vec<u8> {
///         vec![2, 0]
///     }
///     fn local(&self, place: usize, left: &u8) -> Vec<Local<u8, u8, &'static str>> {
///         let pass = || Local {
///             event: "pass", component: left - 1, letters: vec![(1, 1)],
///             halts: false, cut: false, disturbs: false, trace: vec![],
///         };
///         (place == 0 && *left > 0).then(pass).into_iter().collect()
///     }
///     fn arrive(&self, _place: usize, held: &u8, more: &u8) -> Arrival<u8> {
///         Arrival::Accepted { component: held + more, halts: false }
///     }
///     fn milestones(&self, _place: usize, _component: &u8) -> u64 { 0 }
///     fn rank(&self, place: usize, component: &u8) -> i64 {
///         if place == 1 { i64::from(*component) } else { 0 }
///     }
///     fn lane(&self, _event: &&'static str) -> Option<()> { Some(()) }
///     fn largest_step(&self) -> Option<u32> { Some(1) }
/// }
///
/// let mut explorer = Explorer::new(Counters);
/// let outcome = explorer.explore(&[2, 0], &mut Nobody, &Options::default());
/// assert_eq!(outcome.figures.states, 3);
/// assert_eq!(outcome.figures.paths, Some(1_u32.into()));
/// ```
pub struct Explorer<S: TransitionSystem> {
    pub(super) atlas: Atlas<S>,
}

/// Something to do that needs a key of some width.
pub(super) trait Job<S: TransitionSystem> {
    type Result;

    fn run<const W: usize>(&mut self, atlas: &mut Atlas<S>, layout: &Layout<W>)
    -> Result<Self::Result, Stop>;
}

impl<S: TransitionSystem> Explorer<S> {
    /// An explorer that knows nothing yet.
    pub fn new(system: S) -> Self {
        Self { atlas: Atlas::new(system) }
    }

    /// What is known of the components so far.
    pub fn atlas(&self) -> &Atlas<S> {
        &self.atlas
    }

    /// Tells it what depends on what, for all that can be reached from where it will search.
    pub fn set_dependence(&mut self, dependence: Arc<dyn Dependence<S>>) {
        self.atlas.set_dependence(dependence);
    }

    /// The system.
    pub fn system(&self) -> &S {
        self.atlas.system()
    }

    /// Explores all that can be reached from a state.
    pub fn explore<O: Observer<S>>(
        &mut self,
        initial: &[S::Component],
        observer: &mut O,
        options: &Options<'_>,
    ) -> Outcome<O::Tally> {
        let ids = self.atlas.number(initial);
        in_memory(self.explore_from(ids, observer, options, None, None))
    }

    /// The same, with a disk: for layers that do not fit, for checkpoints, and to go on from one.
    ///
    /// # Errors
    /// What cannot be written or read; a checkpoint that is damaged, or of something else.
    pub fn explore_on<O: Observer<S>>(
        &mut self,
        initial: &[S::Component],
        observer: &mut O,
        options: &Options<'_>,
        keep: &Keep<'_>,
    ) -> Result<Outcome<O::Tally>, DiskError>
    where
        O::Tally: Serialize + DeserializeOwned,
    {
        let ids = self.atlas.number(initial);
        let mut disk = Disk::open(keep)?;
        let widths = disk.replay(&mut self.atlas)?;
        self.explore_from(ids, observer, options, Some(disk), widths)
    }

    fn explore_from<O: Observer<S>>(
        &mut self,
        ids: Vec<u32>,
        observer: &mut O,
        options: &Options<'_>,
        disk: Option<Disk<O::Tally>>,
        widths: Option<Vec<u32>>,
    ) -> Result<Outcome<O::Tally>, DiskError> {
        let largest = self.system().largest_step();
        let orbits = options.symmetry && self.atlas.orbits().is_some();
        let carried = match largest {
            None => Carried::Nothing,
            Some(_) if options.stubborn => Carried::Nothing,
            Some(_) if options.paths => Carried::Paths(1),
            Some(_) if options.coverage || self.system().has_global_events() => Carried::Nothing,
            Some(_) => Carried::Sleep,
        };
        let shape = Shape { distance: largest.is_some_and(|largest| largest > 1), carried };
        let begin = u32::from(carried == Carried::Paths(1));
        let roots = vec![Root { ids, layer: 0, carried: vec![begin] }];
        self.with_layout_of(widths, options, &mut Explore { roots, shape, orbits, observer, options, disk })
    }

    /// Explores all that can be reached from several states at once; what is carried along is the set of those that
    /// lead to a state, bit `i` for `roots[i]`, and the observer is told it with each state. Needs a rank that grows
    /// by one: `None` without.
    pub fn flood<O: Observer<S>>(
        &mut self,
        roots: &[Vec<S::Component>],
        observer: &mut O,
        options: &Options<'_>,
    ) -> Option<Outcome<O::Tally>> {
        if self.system().largest_step() != Some(1) {
            return None;
        }
        let numbered: Vec<Vec<u32>> = roots.iter().map(|root| self.atlas.number(root)).collect();
        let ranks: Vec<i64> = numbered.iter().map(|ids| self.atlas.rank(ids)).collect();
        let least = ranks.iter().copied().min().unwrap_or_default();
        let limbs = roots.len().div_ceil(32);
        let root = |(bit, (ids, rank)): (usize, (Vec<u32>, i64))| {
            let mut carried = vec![0; limbs];
            carried[bit / 32] = 1 << (bit % 32);
            Root { ids, layer: (rank - least) as u32, carried }
        };
        let mut roots: Vec<Root> = numbered.into_iter().zip(ranks).enumerate().map(root).collect();
        roots.sort_by_key(|root| root.layer);
        let shape = Shape { distance: false, carried: Carried::Roots(limbs) };
        let job = &mut Explore { roots, shape, orbits: false, observer, options, disk: None };
        Some(self.with_layout(options, job))
    }

    /// The numbers of a state's components.
    pub(super) fn number_all(&mut self, components: &[S::Component]) -> Vec<u32> {
        self.atlas.number(components)
    }

    /// The numbers of a state's components, which the observer learns.
    pub fn number<O: Observer<S>>(&mut self, components: &[S::Component], observer: &mut O) -> Vec<u32> {
        let ids = self.atlas.number(components);
        self.atlas.teach(observer);
        ids
    }

    /// For each goal a shortest path, the first in event order; `None` where the search did not come upon it.
    pub fn shortest<G: Goals<S>>(
        &mut self,
        initial: &[S::Component],
        goals: &mut G,
        options: &Options<'_>,
    ) -> Vec<Vec<Path<S>>> {
        let initial = self.atlas.number(initial);
        self.with_layout(options, &mut Shortest { initial, goals, options })
    }

    /// For each obligation a run without end in which it stays pending for ever, though no fair event is passed over
    /// for ever: see [`FairCycles`]. Explores all states first; what the atlas knows already is not computed again.
    pub fn fair_cycles<O: Obligations<S>>(
        &mut self,
        initial: &[S::Component],
        obligations: &mut O,
        options: &Options<'_>,
    ) -> FairCycles<S::Event> {
        let initial = self.atlas.number(initial);
        self.with_layout(options, &mut Cycles { initial, obligations, options })
    }

    /// Runs a job with keys as narrow as they can be; where they turn out too narrow, again with wider ones. What
    /// the atlas has learned meanwhile stays.
    pub(super) fn with_layout<J: Job<S> + Send>(&mut self, options: &Options<'_>, job: &mut J) -> J::Result
    where
        J::Result: Send,
    {
        in_memory(self.with_layout_of(None, options, job))
    }

    /// The same, with keys of these widths first.
    fn with_layout_of<J: Job<S> + Send>(
        &mut self,
        mut widths: Option<Vec<u32>>,
        options: &Options<'_>,
        job: &mut J,
    ) -> Result<J::Result, DiskError>
    where
        J::Result: Send,
    {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build();
        let pool = pool.expect("the system can start threads");
        pool.install(|| {
            loop {
                let widths = widths.take().unwrap_or_else(|| self.atlas.sizes().map(width).collect());
                match self.run_narrowest(&widths, job) {
                    Ok(result) => return Ok(result),
                    Err(Stop::Disk(error)) => return Err(error),
                    Err(Stop::TooNarrow) => {}
                }
            }
        })
    }

    fn run_narrowest<J: Job<S>>(&mut self, widths: &[u32], job: &mut J) -> Result<J::Result, Stop> {
        if let Some(layout) = Layout::<1>::fit(widths) {
            job.run(&mut self.atlas, &layout)
        } else if let Some(layout) = Layout::<2>::fit(widths) {
            job.run(&mut self.atlas, &layout)
        } else if let Some(layout) = Layout::<4>::fit(widths) {
            job.run(&mut self.atlas, &layout)
        } else {
            let layout = Layout::<40>::fit(widths).expect("40 words hold 65 components of 30 bits");
            job.run(&mut self.atlas, &layout)
        }
    }
}

/// What nothing but a disk can keep from its end.
fn in_memory<T>(result: Result<T, DiskError>) -> T {
    result.expect("without a disk nothing can be wrong with it")
}

/// Bits for so many components, and room to double.
fn width(components: usize) -> u32 {
    (components.next_power_of_two().ilog2() + 1).min(30)
}

struct Explore<'a, 'o, O, T> {
    roots: Vec<Root>,
    shape: Shape,
    orbits: bool,
    observer: &'a mut O,
    options: &'a Options<'o>,
    disk: Option<Disk<T>>,
}

impl<S: TransitionSystem, O: Observer<S>> Job<S> for Explore<'_, '_, O, O::Tally> {
    type Result = Outcome<O::Tally>;

    fn run<const W: usize>(
        &mut self,
        atlas: &mut Atlas<S>,
        layout: &Layout<W>,
    ) -> Result<Self::Result, Stop> {
        let options = self.options;
        let largest = atlas.system().largest_step();
        let plan = Plan {
            shards: options.threads,
            steps: largest.unwrap_or(1) as usize,
            visited: largest.is_none(),
            shape: self.shape,
            coverage: options.coverage,
            stubborn: options.stubborn,
            orbits: self.orbits,
        };
        let (observer, bounds, progress) = (&mut *self.observer, options.bounds, options.progress);
        let disk = self.disk.as_mut();
        let search = Search { atlas, observer, layout, plan, bounds, progress, kept: None, disk };
        let found = search.run(&self.roots)?;
        debug_assert!(!self.orbits || atlas.orbits().is_none_or(|orbits| orbits.are_upheld(atlas)));
        Ok(Outcome { figures: found.figures, end: found.end, tallies: found.tallies, taken: found.taken })
    }
}

struct Shortest<'a, 'o, G> {
    initial: Vec<u32>,
    goals: &'a mut G,
    options: &'a Options<'o>,
}

impl<S: TransitionSystem, G: Goals<S>> Job<S> for Shortest<'_, '_, G> {
    type Result = Vec<Vec<Path<S>>>;

    /// Layers must be distances here: where events pass several ranks, every state is kept instead.
    fn run<const W: usize>(
        &mut self,
        atlas: &mut Atlas<S>,
        layout: &Layout<W>,
    ) -> Result<Self::Result, Stop> {
        let visited = atlas.system().largest_step() != Some(1);
        let plan = Plan {
            shards: self.options.threads,
            steps: 1,
            visited,
            shape: Shape::BARE,
            coverage: false,
            stubborn: self.options.stubborn,
            orbits: false,
        };
        let (bounds, progress) = (self.options.bounds, self.options.progress);
        let (mut hunter, kept) = (Hunter::new(&mut *self.goals), Some(Vec::new()));
        let search =
            Search { atlas, observer: &mut hunter, layout, plan, bounds, progress, kept, disk: None };
        let root = Root { ids: self.initial.clone(), layer: 0, carried: Vec::new() };
        let found = search.run(&[root])?;
        let complete = matches!(found.end, End::Exhausted | End::Enough);
        let sights = hunter.sights(&found.tallies, complete);
        let layers = found.kept.unwrap_or_default();
        let expander = Expander::new(atlas, layout).reduced(plan.stubborn);
        let trace = |sights: Vec<_>| {
            let (most, bounds) = (self.options.distinct, &Bounds::default());
            let traced = witness::trace(&expander, &layers, &self.initial, &sights, most, bounds);
            traced.into_iter().flatten().map(|(path, _)| path).collect()
        };
        Ok(sights.into_iter().map(|sights| sights.map(trace).unwrap_or_default()).collect())
    }
}

struct Cycles<'a, 'o, O> {
    initial: Vec<u32>,
    obligations: &'a mut O,
    options: &'a Options<'o>,
}

impl<S: TransitionSystem, O: Obligations<S>> Job<S> for Cycles<'_, '_, O> {
    type Result = FairCycles<S::Event>;

    fn run<const W: usize>(
        &mut self,
        atlas: &mut Atlas<S>,
        layout: &Layout<W>,
    ) -> Result<Self::Result, Stop> {
        cycles::find(atlas, layout, &self.initial, self.obligations, self.options)
    }
}
