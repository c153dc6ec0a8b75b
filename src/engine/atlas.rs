//! What is known of the components so far: each has a number, each local transition and each arrival is computed
//! once and stands here as numbers. Reading is all that the search does while it runs in parallel; what it misses is
//! filled in between.

use indexmap::IndexSet;

use super::observer::Observer;
use super::system::{Arrival, TransitionSystem};

/// Numbers below this are components; the bits above say what else an arrival does.
const COMPONENTS_MAX: u32 = 1 << 29;

/// An arrival that nobody has asked for yet.
const UNKNOWN: u32 = u32::MAX;
/// The event that sends this letter is not enabled.
const REFUSED: u32 = u32::MAX - 1;
/// A bound forbids the event that sends this letter.
const CUT: u32 = u32::MAX - 2;
/// The event halts the system.
const HALTS: u32 = 1 << 31;
/// The component reaches a milestone.
const ADVANCES: u32 = 1 << 30;

type Numbered<T> = IndexSet<T, ahash::RandomState>;

/// Everything known of a system's components.
pub struct Atlas<S: TransitionSystem> {
    system: S,
    places: Vec<Place<S>>,
}

/// Everything known of the components of one place.
pub struct Place<S: TransitionSystem> {
    components: Numbered<S::Component>,
    letters: Numbered<S::Letter>,
    milestones: Vec<u64>,
    ranks: Vec<i64>,
    rows: Vec<Option<Row>>,
    moves: Vec<Move>,
    posts: Vec<Post>,
    events: Vec<S::Event>,
    traces: Vec<Box<[u16]>>,
    /// One row of arrivals a component, as wide as there are letters (rounded up).
    arrivals: Vec<u32>,
    arrivals_width: usize,
}

/// The moves of one component, as a range.
#[derive(Clone, Copy, Debug)]
struct Row {
    start: u32,
    end: u32,
}

/// One local transition.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// The component afterwards.
    pub target: u32,
    posts_start: u32,
    posts_end: u32,
    /// The state afterwards is halted.
    pub halts: bool,
    /// A bound forbids it.
    pub cut: bool,
    /// It reaches milestones at its own place.
    pub advances: bool,
}

/// A letter on its way.
#[derive(Clone, Copy, Debug)]
pub struct Post {
    /// Where to.
    pub place: u32,
    /// Its number there.
    pub letter: u32,
}

/// Something that has to be computed before the search can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Miss {
    /// The moves of a component.
    Moves { place: u32, component: u32 },
    /// What a letter does to a component.
    Arrival { place: u32, component: u32, letter: u32 },
}

/// What a letter does, as numbers.
pub enum Arrived {
    /// The component afterwards.
    Component { id: u32, halts: bool, advances: bool },
    /// The event is not enabled.
    Refused,
    /// A bound forbids the event.
    Cut,
}

impl<S: TransitionSystem> Atlas<S> {
    /// An empty atlas.
    pub fn new(system: S) -> Self {
        let places = system.initial().iter().map(|_| Place::new()).collect();
        Self { system, places }
    }

    /// The system it is of.
    pub fn system(&self) -> &S {
        &self.system
    }

    /// How many components stand at each place.
    pub fn sizes(&self) -> impl Iterator<Item = usize> {
        self.places.iter().map(|place| place.components.len())
    }

    /// One place.
    #[inline]
    pub fn place(&self, place: usize) -> &Place<S> {
        &self.places[place]
    }

    /// All places.
    pub fn places(&self) -> &[Place<S>] {
        &self.places
    }

    /// The numbers of a state's components.
    pub fn number(&mut self, components: &[S::Component]) -> Vec<u32> {
        let numbered = components.iter().enumerate();
        numbered.map(|(place, component)| self.intern(place, component.clone())).collect()
    }

    /// A state's components in full.
    pub fn components(&self, ids: &[u32]) -> Vec<S::Component> {
        let places = self.places.iter().zip(ids);
        places.map(|(place, &id)| place.component(id).clone()).collect()
    }

    /// The milestones that a state has reached, given the number of the component at each place.
    pub fn milestones(&self, id: impl Fn(usize) -> u32) -> u64 {
        let places = self.places.iter().enumerate();
        places.fold(u64::MAX, |all, (at, place)| all & place.milestones[id(at) as usize])
    }

    /// The rank of a state.
    pub fn rank(&self, ids: &[u32]) -> i64 {
        self.places.iter().zip(ids).map(|(place, &id)| place.ranks[id as usize]).sum()
    }

    /// Lets an observer learn all components that it does not know yet.
    pub fn teach<O: Observer<S>>(&self, observer: &mut O) {
        for (place, known) in self.places.iter().enumerate() {
            for id in observer.learned(place)..known.len() {
                observer.learn(place, known.component(id as u32));
            }
        }
    }

    /// Computes what was missed.
    pub fn fill(&mut self, miss: Miss) {
        match miss {
            Miss::Moves { place, component } => self.fill_moves(place as usize, component),
            Miss::Arrival { place, component, letter } => {
                self.fill_arrival(place as usize, component, letter);
            }
        }
    }

    fn intern(&mut self, place: usize, component: S::Component) -> u32 {
        if let Some(id) = self.places[place].components.get_index_of(&component) {
            return id as u32;
        }
        let milestones = self.system.milestones(place, &component);
        let rank = self.system.rank(place, &component);
        self.places[place].add(component, milestones, rank)
    }

    fn fill_moves(&mut self, place: usize, component: u32) {
        if self.places[place].rows[component as usize].is_some() {
            return;
        }
        let locals = self.system.local(place, self.places[place].component(component));
        let start = self.places[place].moves.len() as u32;
        for local in locals {
            let target = self.intern(place, local.component);
            let posts_start = self.places[place].posts.len() as u32;
            for (there, letter) in local.letters {
                let letter = self.places[there].letter(letter);
                self.places[place].posts.push(Post { place: there as u32, letter });
            }
            let at = &mut self.places[place];
            at.moves.push(Move {
                target,
                posts_start,
                posts_end: at.posts.len() as u32,
                halts: local.halts,
                cut: local.cut,
                advances: at.milestones[target as usize] != at.milestones[component as usize],
            });
            at.events.push(local.event);
            at.traces.push(local.trace.into());
        }
        let end = self.places[place].moves.len() as u32;
        self.places[place].rows[component as usize] = Some(Row { start, end });
    }

    fn fill_arrival(&mut self, place: usize, before: u32, letter: u32) {
        let at = &self.places[place];
        let arrival = self.system.arrive(place, at.component(before), &at.letters[letter as usize]);
        let value = match arrival {
            Arrival::Refused => REFUSED,
            Arrival::Cut => CUT,
            Arrival::Accepted { component, halts } => {
                let after = self.intern(place, component);
                let milestones = &self.places[place].milestones;
                let advances = milestones[after as usize] != milestones[before as usize];
                after | if halts { HALTS } else { 0 } | if advances { ADVANCES } else { 0 }
            }
        };
        let at = &mut self.places[place];
        at.arrivals[before as usize * at.arrivals_width + letter as usize] = value;
    }
}

impl<S: TransitionSystem> Place<S> {
    fn new() -> Self {
        Self {
            components: Numbered::default(),
            letters: Numbered::default(),
            milestones: Vec::new(),
            ranks: Vec::new(),
            rows: Vec::new(),
            moves: Vec::new(),
            posts: Vec::new(),
            events: Vec::new(),
            traces: Vec::new(),
            arrivals: Vec::new(),
            arrivals_width: 0,
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

    /// How many moves are known.
    pub fn moves_len(&self) -> usize {
        self.moves.len()
    }

    /// A component's part in the rank.
    #[inline]
    pub fn rank(&self, id: u32) -> i64 {
        self.ranks[id as usize]
    }

    /// The moves of a component with their numbers, if they are known.
    #[inline]
    pub fn moves(&self, id: u32) -> Option<(u32, &[Move])> {
        let row = self.rows[id as usize]?;
        Some((row.start, &self.moves[row.start as usize..row.end as usize]))
    }

    /// The letters that a move sends.
    #[inline]
    pub fn posts(&self, of: &Move) -> &[Post] {
        &self.posts[of.posts_start as usize..of.posts_end as usize]
    }

    /// What a letter does to a component, if it is known.
    #[inline]
    pub fn arrived(&self, id: u32, letter: u32) -> Option<Arrived> {
        if letter as usize >= self.arrivals_width {
            return None;
        }
        match self.arrivals[id as usize * self.arrivals_width + letter as usize] {
            UNKNOWN => None,
            REFUSED => Some(Arrived::Refused),
            CUT => Some(Arrived::Cut),
            value => Some(Arrived::Component {
                id: value & (COMPONENTS_MAX - 1),
                halts: value & HALTS != 0,
                advances: value & ADVANCES != 0,
            }),
        }
    }

    fn add(&mut self, component: S::Component, milestones: u64, rank: i64) -> u32 {
        let id = self.components.len() as u32;
        assert!(id < COMPONENTS_MAX, "more than 2^29 components at one place");
        self.components.insert(component);
        self.milestones.push(milestones);
        self.ranks.push(rank);
        self.rows.push(None);
        self.arrivals.resize(self.arrivals.len() + self.arrivals_width, UNKNOWN);
        id
    }

    fn letter(&mut self, letter: S::Letter) -> u32 {
        let (number, _) = self.letters.insert_full(letter);
        if number >= self.arrivals_width {
            self.widen_arrivals((2 * self.arrivals_width).max(4));
        }
        number as u32
    }

    fn widen_arrivals(&mut self, width: usize) {
        let mut wider = vec![UNKNOWN; self.rows.len() * width];
        if self.arrivals_width > 0 {
            for (to, from) in wider.chunks_mut(width).zip(self.arrivals.chunks(self.arrivals_width)) {
                to[..from.len()].copy_from_slice(from);
            }
        }
        self.arrivals = wider;
        self.arrivals_width = width;
    }
}
