//! What is known of one component, on one card: numbers only, and all in one piece, because memory is what takes time.

use std::ops::Range;

use super::sleep::Lanes;

/// Numbers below this are components; in a card, the bits above are flags.
pub const COMPONENTS_MAX: u32 = 1 << 28;

/// Nobody has asked for this yet.
const UNKNOWN: u32 = u32::MAX;

/// What an event or an arrival does besides leading to a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u32);

impl Flags {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// The state afterwards is halted.
    pub const HALTS: Self = Self(1 << 28);
    /// It reaches milestones at its place.
    pub const ADVANCES: Self = Self(1 << 29);
    /// A bound forbids the event.
    pub const CUT: Self = Self(1 << 30);
    /// The event is not enabled.
    pub const REFUSED: Self = Self(1 << 31);

    /// These, if so.
    pub fn when(self, condition: bool) -> Self {
        if condition { self } else { Self::NONE }
    }

    /// Both.
    #[inline]
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// Is any of these among them?
    #[inline]
    pub fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// The event is not taken.
    #[inline]
    pub fn forbid(self) -> bool {
        self.has(Self::CUT.and(Self::REFUSED))
    }
}

/// What a letter does, as a card has it.
#[derive(Clone, Copy, Debug)]
pub struct Arrived(u32);

impl Arrived {
    /// A component, and what comes with it.
    pub fn at(component: u32, flags: Flags) -> Self {
        Self(component | flags.0)
    }

    /// It forbids the event.
    pub fn nowhere(flags: Flags) -> Self {
        Self(flags.0)
    }

    /// Has nobody asked for it yet?
    #[inline]
    pub fn is_unknown(self) -> bool {
        self.0 == UNKNOWN
    }

    /// The component afterwards; none where the event is forbidden or nothing is known.
    #[inline]
    pub fn component(self) -> Option<u32> {
        (!self.flags().forbid()).then_some(self.0 & (COMPONENTS_MAX - 1))
    }

    /// What it does besides.
    #[inline]
    pub fn flags(self) -> Flags {
        Flags(self.0 & !(COMPONENTS_MAX - 1))
    }
}

/// By how much a card gets wider, at least.
const WIDTH_STEP: usize = 4;

/// The head of a card: a component's moves, those with a lane, in the order of their lanes, then those without; and what
/// else every expansion reads.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// The number of the first move.
    pub start: u32,
    /// How many.
    pub len: u32,
    /// The lanes of all of them.
    pub lanes: Lanes,
    /// Some have no lane, or are not known: they do not sleep.
    pub is_restless: bool,
    /// The lanes of those that reach milestones here.
    pub advancing: Lanes,
    /// What the component has reached.
    pub milestones: u64,
}

impl Head {
    /// The numbers of the moves, if they are known.
    #[inline]
    pub fn moves(&self) -> Option<Range<u32>> {
        (self.len != UNKNOWN).then(|| self.start..self.start + self.len)
    }

    /// Are all of them known to be in these lanes?
    #[inline]
    pub fn all_sleep(&self, lanes: Lanes) -> bool {
        self.lanes & !lanes == 0 && !self.is_restless
    }
}

/// One local transition.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// The component afterwards.
    pub target: u32,
    /// The number of its kind.
    pub kind: u32,
}

/// What a move does besides, and what it commutes with; few kinds are different.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kind {
    /// The letters that it sends.
    pub posts: Box<[Post]>,
    /// What it does at its own place.
    pub flags: Flags,
    /// Its lane, if it has one.
    pub lane: Lanes,
    /// What may sleep on after it: the lanes of events that commute with it.
    pub spares: Lanes,
}

impl Kind {
    /// Do both do the same? Whether they advance a milestone may depend on which comes last.
    pub fn does_as(&self, other: &Self) -> bool {
        self.posts == other.posts && self.flags.and(Flags::ADVANCES) == other.flags.and(Flags::ADVANCES)
    }

    /// Do both send to some place?
    pub fn meets(&self, other: &Self) -> bool {
        self.posts.iter().any(|post| other.posts.iter().any(|also| also.place == post.place))
    }

    /// If it may sleep: does it tell whether milestones are reached at some place, whatever its letters meet there?
    pub fn foretells(&self, came: Flags) -> bool {
        self.lane == 0 || came.forbid() || came.has(Flags::ADVANCES) == self.flags.has(Flags::ADVANCES)
    }
}

/// A letter on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Post {
    /// Where to.
    pub place: u32,
    /// Its number there.
    pub letter: u32,
}

/// The cards of one place, by component: a head, and what each letter does to it. The heads stand by themselves,
/// because all of them are read again and again.
#[derive(Debug)]
pub struct Cards {
    heads: Vec<Head>,
    arrived: Vec<u32>,
    /// How many letters a card has room for.
    width: usize,
}

/// The cards of one place, to read.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    heads: &'a [Head],
    arrived: &'a [u32],
    width: usize,
}

impl<'a> Reading<'a> {
    /// The head of a component's card.
    #[inline]
    pub fn head(self, id: u32) -> &'a Head {
        &self.heads[id as usize]
    }

    /// What a letter does to a component.
    #[inline]
    pub fn arrived(self, id: u32, letter: u32) -> Arrived {
        Arrived(self.arrived[id as usize * self.width + letter as usize])
    }
}

impl Cards {
    pub fn new() -> Self {
        Self { heads: Vec::new(), arrived: Vec::new(), width: WIDTH_STEP }
    }

    /// All of them, to read.
    pub fn reading(&self) -> Reading<'_> {
        Reading { heads: &self.heads, arrived: &self.arrived, width: self.width }
    }

    /// A card for the next component, with nothing on it but its milestones.
    pub fn add(&mut self, milestones: u64) {
        self.heads.push(Head {
            start: 0,
            len: UNKNOWN,
            lanes: 0,
            is_restless: true,
            advancing: 0,
            milestones,
        });
        self.arrived.resize(self.arrived.len() + self.width, UNKNOWN);
    }

    pub fn set_head(&mut self, id: u32, head: Head) {
        self.heads[id as usize] = head;
    }

    pub fn set_arrived(&mut self, id: u32, letter: u32, arrived: Arrived) {
        self.arrived[id as usize * self.width + letter as usize] = arrived.0;
    }

    /// Makes room for so many letters.
    pub fn make_room(&mut self, letters: usize) {
        if letters <= self.width {
            return;
        }
        let width = self.width + (self.width / 4).max(WIDTH_STEP);
        let mut wider = vec![UNKNOWN; self.heads.len() * width];
        for (to, from) in wider.chunks_mut(width).zip(self.arrived.chunks(self.width)) {
            to[..from.len()].copy_from_slice(from);
        }
        (self.arrived, self.width) = (wider, width);
    }
}
