//! What stands beside each state of a table: a few 32-bit numbers,
//! [distance][what is carried along], each part only where it is asked for.

/// What stands beside each state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The least number of events that lead there.
    pub distance: bool,
    /// What is carried along.
    pub carried: Carried,
}

/// What is carried along edges, and how it meets itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Nothing.
    Nothing,
    /// The number of paths, in so many limbs: added.
    Paths(usize),
    /// The set of roots that lead there, in so many words: united.
    Roots(usize),
    /// The lanes that sleep there, one word: intersected.
    Sleep,
}

impl Shape {
    /// Nothing but the states.
    pub const BARE: Self = Self { distance: false, carried: Carried::Nothing };
    /// What sleeps there.
    pub const ASLEEP: Self = Self { distance: false, carried: Carried::Sleep };
    /// The number of paths, in one limb.
    pub const PATHS_1: Self = Self { distance: false, carried: Carried::Paths(1) };
    /// In two.
    pub const PATHS_2: Self = Self { distance: false, carried: Carried::Paths(2) };
    /// In three.
    pub const PATHS_3: Self = Self { distance: false, carried: Carried::Paths(3) };

    /// How many numbers what is carried along takes.
    pub fn limbs(self) -> usize {
        match self.carried {
            Carried::Nothing => 0,
            Carried::Paths(limbs) | Carried::Roots(limbs) => limbs,
            Carried::Sleep => 1,
        }
    }

    /// How many numbers.
    pub fn stride(self) -> usize {
        usize::from(self.distance) + self.limbs()
    }

    /// The same with room for path counts of so many limbs.
    pub fn as_wide_as(self, limbs: usize) -> Self {
        match self.carried {
            Carried::Paths(_) => Self { carried: Carried::Paths(limbs.max(1)), ..self },
            _ => self,
        }
    }
}

/// What stands beside one state.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// Its distance from the initial state; 0 where none is kept.
    pub distance: u32,
    /// What is carried along; empty where nothing is.
    pub carried: &'a [u32],
}

impl<'a> Values<'a> {
    /// The numbers beside a state, as a table of this shape has them.
    #[inline]
    pub fn of(shape: Shape, numbers: &'a [u32]) -> Self {
        let (distance, carried) = numbers.split_at(usize::from(shape.distance));
        Self { distance: distance.first().copied().unwrap_or(0), carried }
    }
}
