//! The edges of one state, by table look-up: the one place where global successors are made fast.

use super::atlas::{Atlas, Miss};
use super::card::{Flags, Kind, Row};
use super::global::Leap;
use super::key::{Key, Layout, halt, is_halted};
use super::orbits::Orbits;
use super::sleep::{Lanes, next_lane};
use super::stubborn::Stubborn;
use super::system::TransitionSystem;

/// One edge of the state graph.
#[derive(Clone, Copy, Debug)]
pub struct Edge<const W: usize> {
    /// The state that it leads to.
    pub target: Key<W>,
    /// The event, as a number of its place.
    pub event: u32,
    /// How much the rank grows; 1 where steps are known to be one.
    pub step: u32,
    /// What need not be carried out at the target.
    pub sleep: Lanes,
    /// Where the event is.
    pub place: u16,
    /// Its target is halted.
    pub halts: bool,
    /// The system newly reaches milestones; which, [`Expander::reached`] tells.
    pub completes: bool,
}

/// What a state's expansion amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// How many edges, those that sleep included.
    pub taken: u32,
    /// A bound forbade an enabled event.
    pub cut: bool,
}

/// Makes edges; holds what is the same for all of them.
pub struct Expander<'a, S: TransitionSystem, const W: usize> {
    atlas: &'a Atlas<S>,
    layout: &'a Layout<W>,
    largest_step: Option<u32>,
    has_global_events: bool,
    /// Chooses what is carried out; without it everything is.
    stubborn: Option<&'a Stubborn<S>>,
}

impl<'a, S: TransitionSystem, const W: usize> Expander<'a, S, W> {
    /// An expander.
    pub fn new(atlas: &'a Atlas<S>, layout: &'a Layout<W>) -> Self {
        let system = atlas.system();
        let (largest_step, has_global_events) = (system.largest_step(), system.has_global_events());
        Self { atlas, layout, largest_step, has_global_events, stubborn: None }
    }

    /// What it looks things up in.
    pub fn atlas(&self) -> &'a Atlas<S> {
        self.atlas
    }

    /// One that carries out stubborn sets only, if so.
    #[must_use]
    pub fn reduced(self, reduced: bool) -> Self {
        Self { stubborn: if reduced { self.atlas.stubborn() } else { None }, ..self }
    }

    /// Which states are the same under the symmetries, if there are any.
    #[inline]
    pub fn orbits(&self) -> Option<&'a Orbits<S>> {
        self.atlas.orbits()
    }

    /// How keys are packed.
    #[inline]
    pub fn layout(&self) -> &'a Layout<W> {
        self.layout
    }

    /// Calls `emit` for each edge of a state but those that sleep. Where something is not in the atlas yet, that is
    /// noted, there is no result, and the edges emitted do not count.
    #[inline]
    pub fn expand(
        &self,
        key: &Key<W>,
        sleep: Lanes,
        ids: &mut [u32],
        misses: &mut Vec<Miss>,
        mut emit: impl FnMut(Edge<W>),
    ) -> Option<Expanded> {
        let mut expanded = Expanded::default();
        if is_halted(key) {
            return Some(expanded);
        }
        let missed = misses.len();
        let mut done = sleep;
        self.layout.unpack(key, ids);
        let chosen = self.stubborn.map(|stubborn| (stubborn, stubborn.choose(ids)));
        for (place, &component) in ids.iter().enumerate() {
            let at = self.atlas.place(place);
            let Some(row) = at.row(component) else {
                misses.push(Miss::Moves { place: place as u32, component });
                continue;
            };
            let asleep = self.asleep(ids, place, row, sleep);
            expanded.taken += asleep.count_ones();
            let mut awake = row.lanes & !asleep;
            let mut others = row.without_lane();
            while let Some(event) =
                next_lane(&mut awake).map(|lane| row.with_lane(lane)).or_else(|| others.next())
            {
                if chosen.as_ref().is_some_and(|(all, acts)| !all.has(place, event, acts[place])) {
                    continue;
                }
                let taken = at.at(event);
                let mut target = *key;
                self.layout.change(&mut target, place, component, taken.target);
                let flags = match at.kind(taken) {
                    None => Flags::NONE,
                    Some(kind) => self.send(kind, &mut target, misses),
                };
                if flags.forbid() {
                    expanded.cut |= !flags.has(Flags::REFUSED);
                    continue;
                }
                debug_assert!(taken.lane == 0 || flags.has(Flags::ADVANCES) == row.advances(taken.lane));
                expanded.taken += 1;
                let (step, completes) = (self.step(ids, &target, flags), self.completes(ids, &target, flags));
                let halts = flags.has(Flags::HALTS);
                if halts {
                    halt(&mut target);
                }
                let sleep = done & !taken.lane & taken.spares;
                emit(Edge { target, event, step, sleep, place: place as u16, halts, completes });
                done |= if halts { 0 } else { taken.lane };
            }
        }
        if self.has_global_events && self.may_act_globally(ids) {
            self.act_globally(ids, misses, &mut expanded, emit);
        }
        (misses.len() == missed).then_some(expanded)
    }

    fn may_act_globally(&self, ids: &[u32]) -> bool {
        let mut places = self.atlas.places().iter().zip(ids);
        places.any(|(place, &id)| place.may_act_globally(id))
    }

    /// Calls `emit` for each edge of a global event.
    #[cold]
    fn act_globally(
        &self,
        ids: &[u32],
        misses: &mut Vec<Miss>,
        expanded: &mut Expanded,
        mut emit: impl FnMut(Edge<W>),
    ) {
        let Some(leaps) = self.atlas.globals(ids) else {
            return misses.push(Miss::Globals { ids: ids.into() });
        };
        expanded.cut |= leaps.iter().any(|leap| leap.cut);
        for &Leap { ids: ref after, event, place, halts, .. } in leaps.iter().filter(|leap| !leap.cut) {
            let mut target = self.layout.pack(after, false);
            let step = self.step(ids, &target, Flags::HALTS.when(halts));
            let completes = self.atlas.newly_reached(|at| ids[at], |at| after[at]) != 0;
            if halts {
                halt(&mut target);
            }
            expanded.taken += 1;
            emit(Edge { target, event, step, sleep: 0, place, halts, completes });
        }
    }

    /// The events of a component that need not be carried out: those that sleep, unless one lets the system reach a
    /// milestone.
    #[inline]
    fn asleep(&self, ids: &[u32], place: usize, row: Row, sleep: Lanes) -> Lanes {
        let mut kept = row.lanes & sleep;
        let mut advancing = kept & row.advancing;
        while let Some(lane) = next_lane(&mut advancing) {
            let target = self.atlas.place(place).at(row.with_lane(lane)).target;
            let after = |at: usize| if at == place { target } else { ids[at] };
            if self.atlas.newly_reached(|at| ids[at], after) != 0 {
                kept &= !lane;
            }
        }
        kept
    }

    #[inline]
    fn completes(&self, ids: &[u32], target: &Key<W>, flags: Flags) -> bool {
        let after = |place: usize| self.layout.get(target, place);
        flags.has(Flags::ADVANCES) && self.atlas.newly_reached(|place| ids[place], after) != 0
    }

    /// Carries out what a move does besides.
    #[inline]
    fn send(&self, kind: &Kind, target: &mut Key<W>, misses: &mut Vec<Miss>) -> Flags {
        let mut flags = kind.flags;
        for post in &kind.posts {
            let place = post.place as usize;
            let before = self.layout.get(target, place);
            let arrived = self.atlas.place(place).arrived(before, post.letter);
            if arrived.is_unknown() {
                misses.push(Miss::Arrival { place: post.place, component: before, letter: post.letter });
                return Flags::REFUSED;
            }
            flags = flags.and(arrived.flags());
            match arrived.component() {
                Some(after) => self.layout.change(target, place, before, after),
                None if flags.has(Flags::REFUSED) => break,
                None => {}
            }
        }
        flags
    }

    /// Reads what the expansion of these states will need first, so that waiting for memory overlaps. Nothing here
    /// branches on what is read.
    #[inline]
    pub fn fetch<'k>(&self, states: impl Iterator<Item = &'k Key<W>> + Clone) {
        let cards = states.flat_map(|key| {
            (0..self.layout.places()).map(move |place| (self.atlas.place(place), self.layout.get(key, place)))
        });
        let starts = cards.clone().map(|(at, component)| at.first_move(component));
        std::hint::black_box(starts.fold(0, u32::wrapping_add));
        let targets = cards.map(|(at, component)| at.first_target(component));
        std::hint::black_box(targets.fold(0, u32::wrapping_add));
    }

    /// Milestones that an edge newly reaches.
    pub fn reached(&self, from: &Key<W>, edge: &Edge<W>) -> u64 {
        if !edge.completes {
            return 0;
        }
        let of = |key| move |place| self.layout.get(key, place);
        self.atlas.newly_reached(of(from), of(&edge.target))
    }

    /// How much the rank grows, if there is one: at least one, at most what was declared. Halted states have none.
    #[inline]
    fn step(&self, ids: &[u32], target: &Key<W>, flags: Flags) -> u32 {
        match self.largest_step {
            Some(largest) if largest > 1 || cfg!(debug_assertions) => self.rise(ids, target, flags, largest),
            _ => 1,
        }
    }

    fn rise(&self, ids: &[u32], target: &Key<W>, flags: Flags, largest: u32) -> u32 {
        if flags.has(Flags::HALTS) {
            return 1;
        }
        let rise = |(place, &before): (usize, &u32)| {
            let at = self.atlas.place(place);
            at.rank(self.layout.get(target, place)) - at.rank(before)
        };
        let step = ids.iter().enumerate().map(rise).sum::<i64>();
        assert!(
            (1..=i64::from(largest)).contains(&step),
            "an event raised the rank by {step}, not by 1 to {largest}"
        );
        step as u32
    }
}
