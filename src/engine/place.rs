//! The components of one place, each with a number, and what is known of them.

use std::ops::Range;

use ahash::AHashMap;
use indexmap::IndexSet;

use super::card::{Arrived, COMPONENTS_MAX, Cards, Flags, Head, Kind, Move, Post, Reading};
use super::sleep::{Lanes, may_sleep, nth};
use super::system::{Arrival, LocalOf, TransitionSystem};

type Numbered<T> = IndexSet<T, ahash::RandomState>;

/// What a move is called, and what it exercises.
type Name<S> = (<S as TransitionSystem>::Event, Box<[u16]>);

/// What the moves of a component send: for each, its letters as numbers.
pub type Posts = Vec<Box<[Post]>>;

/// Everything known of the components of one place.
pub struct Place<S: TransitionSystem> {
    components: Numbered<S::Component>,
    letters: Numbered<S::Letter>,
    ranks: Vec<i64>,
    cards: Cards,
    moves: Vec<Move>,
    kinds: Numbered<Kind>,
    lanes: Numbered<S::Lane>,
    /// The lanes that this place may use.
    share: Lanes,
    /// Components of which it is not computed yet which moves commute.
    unpaired: Vec<u32>,
    /// What each move is called.
    names: Vec<u32>,
    called: Numbered<Name<S>>,
    /// Which components let a global event be enabled.
    callers: Vec<bool>,
    /// The numbers of global events of this place, by name.
    globals: AHashMap<u32, u32>,
}

/// What the expansion of states reads of one place.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    /// What is known of each component.
    pub cards: Reading<'a>,
    moves: &'a [Move],
    kinds: &'a indexmap::set::Slice<Kind>,
}

impl<'a> Sheet<'a> {
    /// The moves of a component, whose head this is, if they are known.
    #[inline]
    pub fn moves(&self, head: &Head) -> Option<&'a [Move]> {
        self.moves.get(head.start as usize..)?.get(..head.len as usize)
    }

    /// What a move does besides.
    #[inline]
    pub fn kind(&self, of: Move) -> &'a Kind {
        &self.kinds[of.kind as usize]
    }
}

impl<S: TransitionSystem> Place<S> {
    /// An empty place that may use these lanes.
    pub fn new(share: Lanes) -> Self {
        Self {
            components: Numbered::default(),
            letters: Numbered::default(),
            ranks: Vec::new(),
            cards: Cards::new(),
            moves: Vec::new(),
            kinds: Numbered::default(),
            lanes: Numbered::default(),
            share,
            unpaired: Vec::new(),
            names: Vec::new(),
            called: Numbered::default(),
            callers: Vec::new(),
            globals: AHashMap::new(),
        }
    }

    /// A component in full.
    pub fn component(&self, id: u32) -> &S::Component {
        &self.components[id as usize]
    }

    /// The name of a move.
    pub fn event(&self, number: u32) -> &S::Event {
        &self.name(number).0
    }

    /// What a move exercises.
    pub fn trace(&self, number: u32) -> &[u16] {
        &self.name(number).1
    }

    fn name(&self, number: u32) -> &Name<S> {
        &self.called[self.names[number as usize] as usize]
    }

    fn call(&mut self, event: S::Event, trace: Vec<u16>) -> u32 {
        self.called.insert_full((event, trace.into())).0 as u32
    }

    /// Every component, in the order of their numbers.
    pub fn components(&self) -> impl Iterator<Item = &S::Component> {
        self.components.iter()
    }

    /// How many components stand here.
    pub fn len(&self) -> usize {
        self.components.len()
    }

    /// Is there no component yet?
    pub fn is_empty(&self) -> bool {
        self.components.is_empty()
    }

    /// May a global event be enabled because of this component?
    #[inline]
    pub fn may_act_globally(&self, id: u32) -> bool {
        self.callers[id as usize]
    }

    /// The number of a global event: among those of the moves, so that whoever counts or names them need not care. The
    /// move itself is never made.
    pub fn number_global(&mut self, event: S::Event, trace: Vec<u16>) -> u32 {
        let (next, name) = (self.moves.len() as u32, self.call(event, trace));
        let number = *self.globals.entry(name).or_insert(next);
        if number == next {
            let kind = self.number_kind(Kind::default());
            self.moves.push(Move { target: 0, kind });
            self.names.push(name);
        }
        number
    }

    /// How many moves are known.
    pub fn moves_len(&self) -> usize {
        self.moves.len()
    }

    /// A component's part in the rank.
    #[inline]
    pub fn rank(&self, id: u32) -> i64 {
        self.ranks[id as usize]
    }

    /// The numbers of a component's moves, if they are known.
    pub fn row(&self, id: u32) -> Option<Range<u32>> {
        self.cards.reading().head(id).moves()
    }

    /// A move.
    #[inline]
    pub fn at(&self, number: u32) -> Move {
        self.moves[number as usize]
    }

    /// What a move of this number does besides.
    pub fn kind_of(&self, number: u32) -> &Kind {
        self.kind(self.at(number))
    }

    /// What a move does besides.
    pub fn kind(&self, of: Move) -> &Kind {
        &self.kinds[of.kind as usize]
    }

    /// What the expansion of states reads here, side by side.
    pub fn sheet(&self) -> Sheet<'_> {
        Sheet { cards: self.cards.reading(), moves: &self.moves, kinds: self.kinds.as_slice() }
    }

    /// A letter in full.
    pub fn letter(&self, number: u32) -> &S::Letter {
        &self.letters[number as usize]
    }

    /// How many letters are known.
    pub fn letters_len(&self) -> usize {
        self.letters.len()
    }

    /// The number of a letter.
    pub fn number_letter(&mut self, letter: S::Letter) -> u32 {
        let (number, _) = self.letters.insert_full(letter);
        self.cards.make_room(number + 1);
        number as u32
    }

    /// Computes the moves of a component.
    pub fn fill_moves(&mut self, system: &S, at: usize, before: u32, locals: Vec<LocalOf<S>>, posts: Posts) {
        let start = self.moves.len() as u32;
        let mut all: Vec<_> = locals
            .into_iter()
            .zip(posts)
            .map(|(local, posts)| {
                let target = self.intern(system, at, local.component);
                let flags = self.advances(before, target);
                let flags = flags.and(Flags::HALTS.when(local.halts)).and(Flags::CUT.when(local.cut));
                let lane = Some(&local.event).filter(|_| may_sleep(flags, local.disturbs));
                let lane = self.number_lane(lane.and_then(|event| system.lane(event)));
                let spares = if local.disturbs { 0 } else { !self.share };
                let kind = self.number_kind(Kind { posts, flags, lane, spares });
                (lane, Move { target, kind }, local.event, local.trace)
            })
            .collect();
        all.sort_by_key(|&(lane, ..)| if lane == 0 { Lanes::MAX } else { lane });
        let (len, is_restless) = (all.len() as u32, all.iter().any(|(lane, ..)| *lane == 0));
        let mut head = Head { start, len, is_restless, ..*self.cards.reading().head(before) };
        for (lane, taken, event, trace) in all {
            assert!(head.lanes & lane == 0, "two events of one component have the same lane");
            head.lanes |= lane;
            head.advancing |= if self.kind(taken).flags.has(Flags::ADVANCES) { lane } else { 0 };
            self.moves.push(taken);
            let name = self.call(event, trace);
            self.names.push(name);
        }
        self.cards.set_head(before, head);
        self.unpaired.push(before);
    }

    fn number_kind(&mut self, kind: Kind) -> u32 {
        self.kinds.insert_full(kind).0 as u32
    }

    /// Every lane, whether one is left for it or not.
    pub fn lanes(&self) -> impl ExactSizeIterator<Item = &S::Lane> + Clone {
        self.lanes.iter()
    }

    /// What stands for a lane in a set; nothing if none is left for it.
    pub fn number_lane(&mut self, lane: Option<S::Lane>) -> Lanes {
        lane.map_or(0, |lane| nth(self.share, self.lanes.insert_full(lane).0))
    }

    /// Finds out which moves commute, as far as the moves after them are known by now.
    pub fn pair_up(&mut self) {
        let mut unpaired = std::mem::take(&mut self.unpaired);
        unpaired.retain(|&id| self.pair(id).is_none());
        self.unpaired = unpaired;
    }

    fn pair(&mut self, id: u32) -> Option<()> {
        let row = self.row(id)?;
        let all: Vec<u32> = row.filter(|&number| self.kind_of(number).lane != 0).collect();
        for &number in &all {
            self.row(self.at(number).target)?;
        }
        for (place, &number) in all.iter().enumerate() {
            for &other in &all[..place] {
                if self.commute(number, other) {
                    self.spare(number, other);
                    self.spare(other, number);
                }
            }
        }
        Some(())
    }

    /// Each is offered, with the same effect, after the other; both orders end in the same component.
    fn commute(&self, number: u32, other: u32) -> bool {
        let after = |first: u32, then: u32| {
            let there = self.row(self.at(first).target)?.find(|&at| self.event(at) == self.event(then))?;
            self.kind_of(there).does_as(self.kind_of(then)).then_some(self.at(there).target)
        };
        let ends = after(number, other);
        let send_apart = !self.kind_of(number).meets(self.kind_of(other));
        send_apart && ends.is_some() && ends == after(other, number)
    }

    /// The other may sleep on after the one.
    fn spare(&mut self, number: u32, other: u32) {
        let (kind, lane) = (self.kind_of(number), self.kind_of(other).lane);
        let kind = Kind { spares: kind.spares | lane, ..kind.clone() };
        self.moves[number as usize].kind = self.number_kind(kind);
    }

    /// Notes what a letter does to a component.
    pub fn fill_arrival(
        &mut self,
        system: &S,
        at: usize,
        before: u32,
        letter: u32,
        arrival: Arrival<S::Component>,
    ) {
        let arrived = match arrival {
            Arrival::Refused => Arrived::nowhere(Flags::REFUSED),
            Arrival::Cut => Arrived::nowhere(Flags::CUT),
            Arrival::Accepted { component, halts } => {
                let after = self.intern(system, at, component);
                Arrived::at(after, self.advances(before, after).and(Flags::HALTS.when(halts)))
            }
        };
        self.cards.set_arrived(before, letter, arrived);
    }

    fn advances(&self, before: u32, after: u32) -> Flags {
        let cards = self.cards.reading();
        Flags::ADVANCES.when(cards.head(before).milestones != cards.head(after).milestones)
    }

    /// The number of a component.
    pub fn intern(&mut self, system: &S, at: usize, component: S::Component) -> u32 {
        let (id, is_new) = self.components.insert_full(component);
        if is_new {
            let component = &self.components[id];
            assert!(id < COMPONENTS_MAX as usize, "more than 2^28 components at one place");
            self.ranks.push(system.rank(at, component));
            let calls = system.may_act_globally(at, component);
            assert!(!calls || system.has_global_events(), "a global event of a system that has none");
            self.callers.push(calls);
            self.cards.add(system.milestones(at, component));
        }
        id as u32
    }
}
