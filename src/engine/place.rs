//! The components of one place, each with a number, and what is known of them.

use std::collections::BTreeMap;
use std::ops::Range;

use indexmap::IndexSet;

use super::card::{Arrived, COMPONENTS_MAX, Cards, Flags, Head, Kind, Move, Post, Reading};
use super::sleep::{Lanes, may_sleep, nth};
use super::system::{Arrival, LocalOf, TransitionSystem};

type Numbered<T> = IndexSet<T, ahash::RandomState>;

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
    events: Vec<S::Event>,
    traces: Vec<Box<[u16]>>,
    /// Which components let a global event be enabled.
    callers: Vec<bool>,
    /// The numbers of global events of this place, by name and trace.
    globals: BTreeMap<(S::Event, Box<[u16]>), u32>,
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
    pub fn kind(&self, number: u32) -> &'a Kind {
        &self.kinds[number as usize]
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
            kinds: std::iter::once(Kind::plain()).collect(),
            lanes: Numbered::default(),
            share,
            unpaired: Vec::new(),
            events: Vec::new(),
            traces: Vec::new(),
            callers: Vec::new(),
            globals: BTreeMap::new(),
        }
    }

    /// A component in full.
    pub fn component(&self, id: u32) -> &S::Component {
        &self.components[id as usize]
    }

    /// The name of a move.
    pub fn event(&self, number: u32) -> &S::Event {
        &self.events[number as usize]
    }

    /// The names of all moves, in the order of their numbers.
    pub fn events(&self) -> &[S::Event] {
        &self.events
    }

    /// What a move exercises.
    pub fn trace(&self, number: u32) -> &[u16] {
        &self.traces[number as usize]
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
        let next = self.moves.len() as u32;
        let named = (event, trace.into_boxed_slice());
        if let Some(&number) = self.globals.get(&named) {
            return number;
        }
        self.moves.push(Move { target: 0, kind: 0, lane: 0, spares: 0 });
        self.events.push(named.0.clone());
        self.traces.push(named.1.clone());
        self.globals.insert(named, next);
        next
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
    pub fn at(&self, number: u32) -> &Move {
        &self.moves[number as usize]
    }

    /// What a move does besides, if it does anything.
    pub fn kind(&self, of: &Move) -> Option<&Kind> {
        (of.kind != 0).then(|| &self.kinds[of.kind as usize])
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
                let lane =
                    if may_sleep(flags, local.disturbs) { self.lane(system.lane(&local.event)) } else { 0 };
                let spares = if local.disturbs { 0 } else { !self.share };
                let (kind, _) = self.kinds.insert_full(Kind { posts, flags });
                (Move { target, kind: kind as u32, lane, spares }, local.event, local.trace)
            })
            .collect();
        all.sort_by_key(|(taken, ..)| if taken.lane == 0 { Lanes::MAX } else { taken.lane });
        let (len, mut lanes, mut advancing) = (all.len() as u32, 0, 0);
        for (taken, event, trace) in all {
            assert!(lanes & taken.lane == 0, "two events of one component have the same lane");
            lanes |= taken.lane;
            if self.kind(&taken).is_some_and(|kind| kind.flags.has(Flags::ADVANCES)) {
                advancing |= taken.lane;
            }
            self.moves.push(taken);
            self.events.push(event);
            self.traces.push(trace.into());
        }
        self.cards.set_moves(before, start, len, advancing);
        self.unpaired.push(before);
    }

    fn lane(&mut self, lane: Option<S::Lane>) -> Lanes {
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
        let all = row.map(|number| (number, *self.at(number)));
        let all: Vec<(u32, Move)> = all.filter(|(_, taken)| taken.lane != 0).collect();
        for (_, a) in &all {
            self.row(a.target)?;
        }
        for (place, &(number, a)) in all.iter().enumerate() {
            for &(other, b) in &all[..place] {
                if self.commute((number, a), (other, b)) {
                    self.moves[number as usize].spares |= b.lane;
                    self.moves[other as usize].spares |= a.lane;
                }
            }
        }
        Some(())
    }

    /// Each is offered, with the same effect, after the other; both orders end in the same component.
    fn commute(&self, (number, a): (u32, Move), (other, b): (u32, Move)) -> bool {
        let after = |first: Move, (name, then): (u32, Move)| {
            let there = self.row(first.target)?.find(|&at| self.event(at) == self.event(name))?;
            let there = self.at(there);
            self.kinds[there.kind as usize].does_as(&self.kinds[then.kind as usize]).then_some(there.target)
        };
        let ends = after(a, (other, b));
        let send_apart = !self.kinds[a.kind as usize].meets(&self.kinds[b.kind as usize]);
        send_apart && ends.is_some() && ends == after(b, (number, a))
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
        if let Some(id) = self.components.get_index_of(&component) {
            return id as u32;
        }
        let id = self.components.len() as u32;
        assert!(id < COMPONENTS_MAX, "more than 2^28 components at one place");
        self.ranks.push(system.rank(at, &component));
        let calls = system.may_act_globally(at, &component);
        assert!(!calls || system.has_global_events(), "a global event of a system that has none");
        self.callers.push(calls);
        self.cards.add(system.milestones(at, &component));
        self.components.insert(component);
        id
    }
}
