//! Which events are weakly fair together: a class is a place and a number that the system gives out. Knows nothing of
//! cycles.

use super::atlas::Atlas;
use super::connected::Graph;
use super::expand::Edge;
use super::system::TransitionSystem;

/// A set of classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassSet(Vec<u64>);

impl ClassSet {
    fn with_room(classes: usize) -> Self {
        Self(vec![0; classes.div_ceil(64)])
    }

    /// Puts a class in.
    pub fn insert(&mut self, class: u32) {
        self.0[class as usize / 64] |= 1 << (class % 64);
    }

    /// Takes a class out.
    pub fn remove(&mut self, class: u32) {
        self.0[class as usize / 64] &= !(1 << (class % 64));
    }

    /// Is it one of them?
    pub fn has(&self, class: u32) -> bool {
        self.0[class as usize / 64] >> (class % 64) & 1 == 1
    }

    /// Keeps those that are in both.
    pub fn keep(&mut self, others: &Self) {
        self.0.iter_mut().zip(&others.0).for_each(|(own, other)| *own &= other);
    }

    /// Are all of them among these?
    pub fn is_within(&self, others: &Self) -> bool {
        self.0.iter().zip(&others.0).all(|(own, other)| own & !other == 0)
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }
}

/// The fair classes of all events that are known.
pub struct Classes {
    /// The class of each event, by place and number.
    of: Vec<Vec<Option<u32>>>,
    len: usize,
}

impl Classes {
    /// Asks the system for the class of each event.
    pub fn new<S: TransitionSystem>(atlas: &Atlas<S>) -> Self {
        let (mut of, mut len) = (Vec::new(), 0);
        for place in atlas.places() {
            let mut numbers = indexmap::IndexSet::new();
            let known = 0..place.moves_len() as u32;
            let mut class = |event| {
                let number = atlas.system().fair(place.event(event))?;
                Some((len + numbers.insert_full(number).0) as u32)
            };
            of.push(known.map(&mut class).collect());
            len += numbers.len();
        }
        Self { of, len }
    }

    /// All classes.
    pub fn all(&self) -> ClassSet {
        let mut all = self.none();
        (0..self.len as u32).for_each(|class| all.insert(class));
        all
    }

    /// No class.
    pub fn none(&self) -> ClassSet {
        ClassSet::with_room(self.len)
    }

    /// The class of an edge's event, if it has one.
    pub fn of<const W: usize>(&self, edge: &Edge<W>) -> Option<u32> {
        self.of[edge.place as usize][edge.event as usize]
    }

    /// The classes that are enabled in a state. Where a bound of the model forbade an event, those of all events that its
    /// components offer, because it is not known which that is: so what is found is fair without the bound too.
    pub fn enabled<S: TransitionSystem, const W: usize>(
        &self,
        graph: &Graph<'_, S, W>,
        state: u32,
        mut emit: impl FnMut(&Edge<W>, Option<u32>),
    ) -> ClassSet {
        let mut enabled = self.none();
        let cut = graph.edges(state, |edge, target| {
            if let Some(class) = self.of(edge) {
                enabled.insert(class);
            }
            emit(edge, target);
        });
        if cut {
            self.offered(graph, state).for_each(|class| enabled.insert(class));
        }
        enabled
    }

    fn offered<S: TransitionSystem, const W: usize>(
        &self,
        graph: &Graph<'_, S, W>,
        state: u32,
    ) -> impl Iterator<Item = u32> {
        let atlas = graph.expander.atlas();
        let places = self.of.iter().zip(atlas.places()).enumerate();
        let ids = graph.expander.layout().numbers(graph.states.key(state));
        let leaps = atlas.globals(&ids).unwrap_or_default();
        let global = leaps.iter().filter_map(|leap| self.of[leap.place as usize][leap.event as usize]);
        let local = places.flat_map(move |(at, (of, place))| {
            let moves = place.row(ids[at]).expect("a state that has been expanded is in the atlas");
            moves.filter_map(|event| of[event as usize])
        });
        local.chain(global)
    }
}
