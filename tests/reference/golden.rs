//! Golden figures: tokens with the same balance and number of sends for everyone, amounts of 1, FIFO channels,
//! Chandy–Lamport. Each row was computed by at least two of SPIN, Rumur, TLC, Stateright and a plain search in
//! Python, which agreed; no code of this project was among them.

use super::Model;
use super::systems::{complete, even, line, ring};

/// The graphs of the table.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Every ordered pair.
    K(usize),
    /// A ring in one direction.
    R(usize),
    /// A line, both directions.
    L(usize),
}

/// One system and its exact figures.
#[derive(Clone, Copy, Debug)]
pub struct Golden {
    /// The graph.
    pub shape: Shape,
    /// The only initiator of snapshot 0, 1, ..
    pub initiators: &'static [usize],
    /// What each process holds at first.
    pub balance: u64,
    /// How often each process may send.
    pub sends: u32,
    /// Distinct states.
    pub distinct_states: usize,
    /// Transitions.
    pub transitions: usize,
    /// Terminal states.
    pub terminal_states: usize,
    /// Greatest breadth-first distance.
    pub depth: usize,
    /// Maximal paths.
    pub orderings: &'static str,
}

/// `K3`, `R3` (a ring), `L3` (a line).
impl std::fmt::Display for Shape {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::K(processes) => write!(formatter, "K{processes}"),
            Self::R(processes) => write!(formatter, "R{processes}"),
            Self::L(processes) => write!(formatter, "L{processes}"),
        }
    }
}

impl Golden {
    /// The system as a model.
    pub fn model(&self) -> Model {
        let (processes, channels) = match self.shape {
            Shape::K(processes) => (processes, complete(processes)),
            Shape::R(processes) => (processes, ring(processes)),
            Shape::L(processes) => (processes, line(processes)),
        };
        let snapshots: Vec<&[usize]> = self.initiators.iter().map(std::slice::from_ref).collect();
        even(processes, &channels, self.balance, self.sends, &snapshots)
    }
}

/// The rows of at most so many states, smallest first.
pub fn rows_up_to(states_max: usize) -> impl Iterator<Item = &'static Golden> {
    ROWS.iter().filter(move |row| row.distinct_states <= states_max)
}

const fn row(
    shape: Shape,
    initiators: &'static [usize],
    (balance, sends): (u64, u32),
    (distinct_states, transitions, terminal_states, depth): (usize, usize, usize, usize),
    orderings: &'static str,
) -> Golden {
    Golden {
        shape,
        initiators,
        balance,
        sends,
        distinct_states,
        transitions,
        terminal_states,
        depth,
        orderings,
    }
}

/// Graph, initiators, (balance, sends), (states, transitions, terminal states, depth), orderings.
#[rustfmt::skip]
pub const ROWS: &[Golden] = &[
    row(Shape::K(2), &[0], (1, 1), (65, 101, 6, 7), "102"),
    row(Shape::K(2), &[0], (1, 2), (215, 362, 12, 11), "3196"),
    row(Shape::R(3), &[0], (2, 1), (299, 629, 12, 10), "6752"),
    row(Shape::K(2), &[0], (2, 2), (436, 868, 18, 11), "13300"),
    row(Shape::K(2), &[0, 1], (2, 1), (514, 896, 30, 10), "4002"),
    row(Shape::L(3), &[0], (2, 1), (1013, 2479, 30, 11), "88913"),
    row(Shape::R(4), &[0], (1, 1), (1313, 3477, 24, 13), "844490"),
    row(Shape::R(3), &[0], (1, 2), (1725, 3993, 31, 16), "10718811"),
    row(Shape::R(3), &[0, 1], (1, 1), (3476, 7754, 99, 14), "1631235"),
    row(Shape::R(3), &[0], (1, 3), (4535, 10_686, 51, 22), "7928565490"),
    row(Shape::K(2), &[0, 1], (2, 2), (5579, 11_176, 228, 14), "1006212"),
    row(Shape::L(3), &[0], (1, 2), (8219, 22_223, 123, 17), "110904416"),
    row(Shape::R(4), &[0, 1], (1, 1), (21_270, 57_710, 315, 18), "1275360492"),
    row(Shape::K(3), &[0], (1, 1), (21_346, 72_822, 202, 13), "46243728"),
    row(Shape::R(3), &[0], (2, 3), (24_253, 74_665, 119, 22), "722800684748"),
    row(Shape::L(3), &[0, 1], (1, 1), (26_701, 72_775, 351, 16), "283391440"),
    row(Shape::L(3), &[0], (2, 2), (30_600, 99_604, 270, 17), "4051259410"),
    row(Shape::R(3), &[0, 1], (1, 2), (36_803, 89_103, 691, 20), "8235878578"),
    row(Shape::R(4), &[0], (2, 2), (50_896, 185_600, 162, 21), "2094751441220"),
    row(Shape::R(3), &[0, 1], (1, 3), (148_852, 365_282, 2035, 26), "13006092489399"),
    row(Shape::L(3), &[0, 1], (1, 2), (378_330, 1_097_623, 3790, 22), "1086426031075"),
    row(Shape::R(4), &[0, 1], (1, 2), (480_480, 1_447_738, 3631, 26), "962186283225634"),
    row(Shape::R(3), &[0, 1], (2, 3), (947_510, 2_826_881, 7406, 26), "874263189956403"),
    row(Shape::L(3), &[0, 2], (2, 2), (1_265_824, 4_073_860, 10_284, 22), "22881375562828"),
    row(Shape::K(3), &[0, 1], (1, 1), (1_901_500, 7_524_402, 3204, 20), "19136860651766"),
    row(Shape::K(3), &[0], (2, 2), (2_154_204, 9_295_794, 7153, 19), "23191578896760"),
    row(Shape::K(3), &[0], (1, 3), (3_979_130, 15_680_055, 13_372, 25), "9613028539622834"),
    row(Shape::K(3), &[0], (1, 4), (17_768_632, 70_449_681, 45_423, 31), "51350134368303902306"),
    row(Shape::K(3), &[0], (2, 3), (43_662_704, 210_157_222, 63_921, 25), "4280562005583232622"),
    row(Shape::K(4), &[0], (1, 1), (59_734_527, 399_466_912, 5528, 21), "202730516166366720"),
    row(Shape::K(3), &[0, 1], (1, 2), (102_813_785, 438_186_516, 165_328, 26), "1893574095102500940"),
];
