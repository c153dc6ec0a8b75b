//! The edges of states, by table look-up: the one place where global successors are made fast.

use super::atlas::{Atlas, Miss};
use super::batch::{Batch, Expanding};
use super::card::{Flags, Kind, Move};
use super::global::Leap;
use super::key::{Field, Key, Layout, halt, is_halted};
use super::orbits::Orbits;
use super::place::{Place, Sheet};
use super::sleep::{Lanes, take_first};
use super::stubborn::Stubborn;
use super::system::TransitionSystem;

/// One edge of the state graph.
#[derive(Clone, Copy, Debug)]
pub struct Edge<const W: usize> {
    /// The state that it leads to.
    pub target: Key<W>,
    /// The state that it comes from, as its [batch](super::batch) names it.
    pub source: u32,
    /// The event, as a number of its place.
    pub event: u32,
    /// How much the rank grows; 1 where steps are known to be one.
    pub step: u32,
    /// What need not be carried out at the target.
    pub sleep: Lanes,
    /// Where the event is.
    pub place: u16,
    /// The milestones that the system newly reaches, a bit each.
    pub milestones: u64,
    /// Its target is halted.
    pub halts: bool,
    /// It sleeps: it is told for its milestones only, and another edge leads to its target.
    pub sleeps: bool,
}

/// The expansion of one state.
#[derive(Clone, Debug, Default)]
pub struct Expanded<const W: usize> {
    /// Its edges.
    pub edges: Vec<Edge<W>>,
    /// A bound forbade an enabled event.
    pub cut: bool,
}

/// Makes edges; holds what is the same for all of them.
pub struct Expander<'a, S: TransitionSystem, const W: usize> {
    atlas: &'a Atlas<S>,
    layout: &'a Layout<W>,
    places: Vec<At<'a>>,
    /// By how much the rank grows at most, where it may be more than one.
    largest_step: Option<u32>,
    has_global_events: bool,
    /// Chooses what is carried out; without it everything is.
    stubborn: Option<&'a Stubborn<S>>,
}

/// One place: where it stands in a key, and what is known of it.
struct At<'a> {
    field: Field,
    sheet: Sheet<'a>,
}

impl<'a, S: TransitionSystem, const W: usize> Expander<'a, S, W> {
    /// An expander.
    pub fn new(atlas: &'a Atlas<S>, layout: &'a Layout<W>) -> Self {
        let system = atlas.system();
        let places = layout.fields().iter().zip(atlas.places());
        Self {
            atlas,
            layout,
            places: places.map(|(&field, place)| At { field, sheet: place.sheet() }).collect(),
            // That it is one is checked where mistakes of ours are.
            largest_step: system.largest_step().filter(|&largest| largest > 1 || cfg!(debug_assertions)),
            has_global_events: system.has_global_events(),
            stubborn: None,
        }
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

    /// Finds the edges of one state. Where something is not in the atlas yet, that is noted, and there is no result.
    pub fn expand_one(&self, key: &Key<W>, misses: &mut Vec<Miss>) -> Option<Expanded<W>> {
        if is_halted(key) {
            return Some(Expanded::default());
        }
        let mut batch = Batch::default();
        batch.add(*key, 0, 0);
        self.expand(&mut batch, misses);
        let Expanding { cut, lacks, .. } = batch.states[0];
        (!lacks).then_some(Expanded { edges: batch.edges, cut })
    }

    /// Finds the edges of a state that has been expanded before.
    pub fn expand_again(&self, key: &Key<W>) -> Expanded<W> {
        let expanded = self.expand_one(key, &mut Vec::new());
        expanded.expect("a state that has been expanded is in the atlas")
    }

    /// Finds the edges of the states of a batch. Where something is not in the atlas yet, that is noted.
    #[inline]
    pub fn expand(&self, batch: &mut Batch<W>, misses: &mut Vec<Miss>) {
        match self.stubborn {
            None => self.expand_chosen(batch, misses, |_, _| true, |_, _, _| true),
            Some(stubborn) => {
                let states = batch.states.iter();
                let acts: Vec<_> =
                    states.map(|state| stubborn.choose(&self.layout.numbers(&state.key))).collect();
                let has = |state: usize, place: usize, event| stubborn.has(place, event, acts[state][place]);
                self.expand_chosen(batch, misses, |state, place| acts[state][place] != 0, has);
            }
        }
    }

    /// The same for the events chosen, at the places chosen, of each state.
    #[inline]
    fn expand_chosen(
        &self,
        batch: &mut Batch<W>,
        misses: &mut Vec<Miss>,
        acts: impl Fn(usize, usize) -> bool,
        has: impl Fn(usize, usize, u32) -> bool,
    ) {
        let Batch { states, edges } = &mut *batch;
        for state in &mut *states {
            state.near = self.near(&state.key);
        }
        for &place in self.atlas.order() {
            let at = &self.places[place];
            let chosen = states.iter_mut().enumerate().filter(|(number, _)| acts(*number, place));
            for (number, state) in chosen {
                self.act(place, at, state, |event| has(number, place, event), edges, misses);
            }
        }
        if self.has_global_events {
            for state in states {
                self.act_globally(state, edges, misses);
            }
        }
        batch.forget_some();
    }

    /// The edges of a state's events at one place.
    #[inline]
    fn act(
        &self,
        place: usize,
        at: &At<'_>,
        state: &mut Expanding<W>,
        has: impl Fn(u32) -> bool,
        edges: &mut Vec<Edge<W>>,
        misses: &mut Vec<Miss>,
    ) {
        let component = at.field.of(&state.key);
        let head = at.sheet.cards.head(component);
        // Those that may reach a milestone must be looked at even if they sleep.
        let sleeping = if state.near != 0 { state.sleep & !head.advancing } else { state.sleep };
        if head.all_sleep(sleeping) {
            state.taken += head.len;
            return;
        }
        let Some(moves) = at.sheet.moves(head) else {
            state.lacks = true;
            return misses.push(Miss::Moves { place: place as u32, component });
        };
        let mut lanes = head.lanes;
        for (event, &taken) in (head.start..).zip(moves) {
            let lane = take_first(&mut lanes);
            if !has(event) {
                continue;
            }
            if lane & sleeping != 0 {
                state.taken += 1;
                continue;
            }
            let kind = at.sheet.kind(taken);
            let mut target = state.key;
            at.field.change(&mut target, component, taken.target);
            let Some(came) = self.send(kind, &mut target, misses) else {
                state.lacks = true;
                continue;
            };
            let flags = kind.flags.and(came);
            debug_assert!(kind.foretells(flags));
            if flags.forbid() {
                state.cut |= !flags.has(Flags::REFUSED);
                continue;
            }
            let advances = flags.has(Flags::ADVANCES) && (state.near != 0 || lane == 0);
            let milestones = if advances { self.reached(at, state, taken, came, &target) } else { 0 };
            state.taken += 1;
            let sleeps = lane & state.sleep != 0;
            if sleeps && milestones == 0 {
                continue;
            }
            let halts = flags.has(Flags::HALTS);
            let step = self.largest_step.map_or(1, |largest| self.step(&state.key, &target, flags, largest));
            let sleep = if sleeps { 0 } else { state.carry_out(lane, kind.spares, halts) };
            halt(&mut target, halts);
            let (source, place) = (state.name, place as u16);
            edges.push(Edge { target, source, event, step, sleep, place, milestones, halts, sleeps });
        }
    }

    /// The milestones that a move newly reaches; `came` is what came of its letters.
    #[inline]
    fn reached(&self, at: &At<'_>, state: &Expanding<W>, taken: Move, came: Flags, target: &Key<W>) -> u64 {
        if came.has(Flags::ADVANCES) {
            return self.newly_reached(&state.key, target);
        }
        let reached = |component| at.sheet.cards.head(component).milestones;
        state.near & reached(taken.target) & !reached(at.field.of(&state.key))
    }

    /// The edges of a state's global events.
    #[cold]
    fn act_globally(&self, state: &mut Expanding<W>, edges: &mut Vec<Edge<W>>, misses: &mut Vec<Miss>) {
        let mut ids = vec![0; self.places.len()];
        self.layout.unpack(&state.key, &mut ids);
        if !self.atlas.places().iter().zip(&ids).any(|(place, &id)| place.may_act_globally(id)) {
            return;
        }
        let Some(leaps) = self.atlas.globals(&ids) else {
            state.lacks = true;
            return misses.push(Miss::Globals { ids: ids.into() });
        };
        state.cut |= leaps.iter().any(|leap| leap.cut);
        for &Leap { ids: ref after, event, place, halts, .. } in leaps.iter().filter(|leap| !leap.cut) {
            let mut target = self.layout.pack(after, false);
            let flags = Flags::HALTS.when(halts);
            let step = self.largest_step.map_or(1, |largest| self.step(&state.key, &target, flags, largest));
            let milestones = self.newly_reached(&state.key, &target);
            halt(&mut target, halts);
            state.taken += 1;
            let (source, sleep, sleeps) = (state.name, 0, false);
            edges.push(Edge { target, source, event, step, sleep, place, milestones, halts, sleeps });
        }
    }

    /// The milestones that one place alone has not reached: an event whose letters reach none can bring the system to
    /// no others.
    #[inline]
    fn near(&self, key: &Key<W>) -> u64 {
        let (mut one, mut more) = (0, 0);
        for at in &self.places {
            let lacking = !at.sheet.cards.head(at.field.of(key)).milestones;
            more |= one & lacking;
            one |= lacking;
        }
        one & !more
    }

    /// Sends what a move of this kind sends: what comes of that, or nothing if it is not in the atlas yet.
    #[inline]
    fn send(&self, kind: &Kind, target: &mut Key<W>, misses: &mut Vec<Miss>) -> Option<Flags> {
        let mut flags = Flags::NONE;
        for post in &kind.posts {
            let there = &self.places[post.place as usize];
            let before = there.field.of(target);
            let arrived = there.sheet.cards.arrived(before, post.letter);
            if arrived.is_unknown() {
                misses.push(Miss::Arrival { place: post.place, component: before, letter: post.letter });
                return None;
            }
            flags = flags.and(arrived.flags());
            match arrived.component() {
                Some(after) => there.field.change(target, before, after),
                None if flags.has(Flags::REFUSED) => break,
                None => {}
            }
        }
        Some(flags)
    }

    /// Milestones that a state has reached and the one before had not.
    #[inline(never)]
    fn newly_reached(&self, before: &Key<W>, after: &Key<W>) -> u64 {
        let reached = self.milestones(u64::MAX, after);
        if reached == 0 { 0 } else { reached & !self.milestones(reached, before) }
    }

    /// Which of some milestones a state has reached.
    #[inline]
    fn milestones(&self, some: u64, key: &Key<W>) -> u64 {
        let mut reached = some;
        for at in &self.places {
            if reached == 0 {
                break;
            }
            reached &= at.sheet.cards.head(at.field.of(key)).milestones;
        }
        reached
    }

    /// How much the rank grows: at least one, at most what was declared. Halted states have none.
    #[cold]
    fn step(&self, key: &Key<W>, target: &Key<W>, flags: Flags, largest: u32) -> u32 {
        if flags.has(Flags::HALTS) {
            return 1;
        }
        let rise = |(place, at): (&Place<S>, &At<'_>)| {
            place.rank(at.field.of(target)) - place.rank(at.field.of(key))
        };
        let step = self.atlas.places().iter().zip(&self.places).map(rise).sum::<i64>();
        assert!(
            (1..=i64::from(largest)).contains(&step),
            "an event raised the rank by {step}, not by 1 to {largest}"
        );
        step as u32
    }
}
