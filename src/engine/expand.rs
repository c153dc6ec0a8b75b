//! The edges of one state, by table look-up: the one place where global successors are made fast.

use super::atlas::{Atlas, Miss};
use super::card::{Flags, Kind, Move};
use super::global::Leap;
use super::key::{Field, Key, Layout, halt, is_halted};
use super::orbits::Orbits;
use super::place::{Place, Sheet};
use super::sleep::Lanes;
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

impl<const W: usize> Edge<W> {
    /// One that does nothing besides.
    #[inline]
    fn plain(target: Key<W>, place: usize, event: u32) -> Self {
        Self { target, event, step: 1, sleep: 0, place: place as u16, halts: false, completes: false }
    }
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

    /// Calls `emit` for each edge of a state but those that sleep. Where something is not in the atlas yet, that is
    /// noted, there is no result, and the edges emitted do not count.
    #[inline]
    pub fn expand(
        &self,
        key: &Key<W>,
        sleep: Lanes,
        misses: &mut Vec<Miss>,
        emit: impl FnMut(Edge<W>),
    ) -> Option<Expanded> {
        if is_halted(key) {
            return Some(Expanded::default());
        }
        match self.stubborn {
            None => self.expand_chosen(key, sleep, misses, emit, |_| true, |_, _| true),
            Some(stubborn) => {
                let acts = stubborn.choose(&self.layout.numbers(key));
                let has = |place: usize, event| stubborn.has(place, event, acts[place]);
                self.expand_chosen(key, sleep, misses, emit, |place| acts[place] != 0, has)
            }
        }
    }

    /// The same for the events chosen, at the places chosen.
    #[inline]
    fn expand_chosen(
        &self,
        key: &Key<W>,
        sleep: Lanes,
        misses: &mut Vec<Miss>,
        mut emit: impl FnMut(Edge<W>),
        acts: impl Fn(usize) -> bool,
        has: impl Fn(usize, u32) -> bool,
    ) -> Option<Expanded> {
        let mut expanded = Expanded::default();
        let (missed, mut done) = (misses.len(), sleep);
        let is_near = self.near(key) != 0;
        for (place, at) in self.places.iter().enumerate().filter(|(place, _)| acts(*place)) {
            let component = at.field.of(key);
            let head = at.sheet.cards.head(component);
            let Some(moves) = at.sheet.moves(head) else {
                misses.push(Miss::Moves { place: place as u32, component });
                continue;
            };
            // Those that may reach a milestone must be looked at even if they sleep.
            let sleeping = if is_near { sleep & !head.advancing } else { sleep };
            for (event, taken) in (head.start..).zip(moves).filter(|(event, _)| has(place, *event)) {
                if taken.lane & sleeping != 0 {
                    expanded.taken += 1;
                    continue;
                }
                let mut target = *key;
                at.field.change(&mut target, component, taken.target);
                let flags = self.carry_out(at, taken, &mut target, misses);
                debug_assert!(head.foretells(taken, flags));
                let mut edge = Edge::plain(target, place, event);
                if flags.has(Flags::watched(is_near || taken.lane == 0)) {
                    if !self.settle(key, &mut edge, flags, &mut expanded) {
                        continue;
                    }
                    if taken.lane & sleep != 0 && !edge.completes {
                        expanded.taken += 1;
                        continue;
                    }
                }
                if let Some(largest) = self.largest_step {
                    edge.step = self.step(key, &target, flags, largest);
                }
                if edge.halts {
                    halt(&mut edge.target);
                }
                expanded.taken += 1;
                edge.sleep = done & !taken.lane & taken.spares;
                done |= if edge.halts { 0 } else { taken.lane };
                emit(edge);
            }
        }
        if self.has_global_events {
            self.act_globally(key, misses, &mut expanded, emit);
        }
        (misses.len() == missed).then_some(expanded)
    }

    /// Notes what an event does besides leading to a state; `false` if it is not taken.
    #[inline]
    fn settle(&self, key: &Key<W>, edge: &mut Edge<W>, flags: Flags, expanded: &mut Expanded) -> bool {
        if flags.forbid() {
            expanded.cut |= !flags.has(Flags::REFUSED);
            return false;
        }
        edge.completes = flags.has(Flags::ADVANCES) && self.newly_reached(key, &edge.target) != 0;
        edge.halts = flags.has(Flags::HALTS);
        true
    }

    /// Calls `emit` for each edge of a global event.
    #[cold]
    fn act_globally(
        &self,
        key: &Key<W>,
        misses: &mut Vec<Miss>,
        expanded: &mut Expanded,
        mut emit: impl FnMut(Edge<W>),
    ) {
        let mut ids = vec![0; self.places.len()];
        self.layout.unpack(key, &mut ids);
        if !self.atlas.places().iter().zip(&ids).any(|(place, &id)| place.may_act_globally(id)) {
            return;
        }
        let Some(leaps) = self.atlas.globals(&ids) else {
            return misses.push(Miss::Globals { ids: ids.into() });
        };
        expanded.cut |= leaps.iter().any(|leap| leap.cut);
        for &Leap { ids: ref after, event, place, halts, .. } in leaps.iter().filter(|leap| !leap.cut) {
            let mut target = self.layout.pack(after, false);
            let flags = Flags::HALTS.when(halts);
            let step = self.largest_step.map_or(1, |largest| self.step(key, &target, flags, largest));
            let completes = self.newly_reached(key, &target) != 0;
            if halts {
                halt(&mut target);
            }
            expanded.taken += 1;
            emit(Edge { target, event, step, sleep: 0, place, halts, completes });
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

    /// Carries out what a move does besides.
    #[inline]
    fn carry_out(&self, at: &At<'_>, taken: &Move, target: &mut Key<W>, misses: &mut Vec<Miss>) -> Flags {
        if taken.kind == 0 { Flags::NONE } else { self.send(at.sheet.kind(taken.kind), target, misses) }
    }

    /// Sends what a move of this kind sends.
    #[inline]
    fn send(&self, kind: &Kind, target: &mut Key<W>, misses: &mut Vec<Miss>) -> Flags {
        let mut flags = kind.flags;
        for post in &kind.posts {
            let there = &self.places[post.place as usize];
            let before = there.field.of(target);
            let arrived = there.sheet.cards.arrived(before, post.letter);
            if arrived.is_unknown() {
                misses.push(Miss::Arrival { place: post.place, component: before, letter: post.letter });
                return Flags::REFUSED;
            }
            flags = flags.and(arrived.flags());
            match arrived.component() {
                Some(after) => there.field.change(target, before, after),
                None if flags.has(Flags::REFUSED) => break,
                None => {}
            }
        }
        flags
    }

    /// Milestones that an edge newly reaches.
    pub fn reached(&self, from: &Key<W>, edge: &Edge<W>) -> u64 {
        if edge.completes { self.newly_reached(from, &edge.target) } else { 0 }
    }

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
