//! What is known of one component, on one card: numbers only, and all in one piece, because memory is what takes time.

use super::sleep::Lanes;

/// Numbers below this are components; in a card, the bits above are flags.
pub const COMPONENTS_MAX: u32 = 1 << 28;

/// Nobody has asked for this yet.
const UNKNOWN: u32 = u32::MAX;

/// What an event or an arrival does besides leading to a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// Where a card's first letter stands.
const LETTERS: usize = 4;
/// By how much a card gets wider, at least.
const WIDTH_STEP: usize = 4;

/// The moves of one component: those with a lane, in the order of their lanes, then those without.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The number of the first.
    pub start: u32,
    /// The lanes of those that have one.
    pub lanes: Lanes,
    /// The lanes of those that reach milestones here.
    pub advancing: Lanes,
    /// How many have no lane.
    pub others: u32,
}

impl Row {
    /// The number of the move with this lane.
    #[inline]
    pub fn with_lane(self, lane: Lanes) -> u32 {
        self.start + (self.lanes & (lane - 1)).count_ones()
    }

    /// Does the event with this lane reach a milestone here?
    #[inline]
    pub fn advances(self, lane: Lanes) -> bool {
        self.advancing & lane != 0
    }

    /// The numbers of those without a lane.
    #[inline]
    pub fn without_lane(self) -> std::ops::Range<u32> {
        let start = self.start + self.lanes.count_ones();
        start..start + self.others
    }

    /// The numbers of all.
    pub fn all(self) -> std::ops::Range<u32> {
        self.start..self.without_lane().end
    }
}

/// One local transition.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// The component afterwards.
    pub target: u32,
    /// The number of its kind; 0 where it does nothing else.
    pub kind: u32,
    /// Its lane, if it has one.
    pub lane: Lanes,
    /// What may sleep on after it: the lanes of events that commute with it.
    pub spares: Lanes,
}

/// What a move does besides; few kinds are different.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// The letters that it sends.
    pub posts: Box<[Post]>,
    /// What it does at its own place.
    pub flags: Flags,
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

    /// Nothing.
    pub fn plain() -> Self {
        Self { posts: Box::default(), flags: Flags::NONE }
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

/// The cards of one place, by component: its [`Row`], then what each letter does to it.
#[derive(Debug)]
pub struct Cards {
    numbers: Vec<u32>,
    width: usize,
}

impl Cards {
    pub fn new() -> Self {
        Self { numbers: Vec::new(), width: LETTERS + WIDTH_STEP }
    }

    /// A card for the next component, with nothing on it.
    pub fn add(&mut self) {
        self.numbers.resize(self.numbers.len() + self.width, UNKNOWN);
    }

    /// A component's moves, if they are known.
    #[inline]
    pub fn row(&self, id: u32) -> Option<Row> {
        let card = &self.numbers[id as usize * self.width..][..LETTERS];
        let row = Row { start: card[0], lanes: card[1], advancing: card[2], others: card[3] };
        (row.others != UNKNOWN).then_some(row)
    }

    /// The number of a component's first move; anything where that is not known.
    #[inline]
    pub fn first_move(&self, id: u32) -> u32 {
        self.numbers[id as usize * self.width]
    }

    pub fn set_row(&mut self, id: u32, row: Row) {
        let card = &mut self.numbers[id as usize * self.width..][..LETTERS];
        card.copy_from_slice(&[row.start, row.lanes, row.advancing, row.others]);
    }

    /// What a letter does to a component.
    #[inline]
    pub fn arrived(&self, id: u32, letter: u32) -> Arrived {
        Arrived(self.numbers[id as usize * self.width + LETTERS + letter as usize])
    }

    pub fn set_arrived(&mut self, id: u32, letter: u32, arrived: Arrived) {
        self.numbers[id as usize * self.width + LETTERS + letter as usize] = arrived.0;
    }

    /// Makes room for so many letters.
    pub fn make_room(&mut self, letters: usize) {
        if LETTERS + letters <= self.width {
            return;
        }
        let width = self.width + (self.width / 4).max(WIDTH_STEP);
        let mut wider = vec![UNKNOWN; self.numbers.len() / self.width * width];
        for (to, from) in wider.chunks_mut(width).zip(self.numbers.chunks(self.width)) {
            to[..from.len()].copy_from_slice(from);
        }
        *self = Self { numbers: wider, width };
    }
}
