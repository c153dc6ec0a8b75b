//! Orbits: where a system stays the same under permutations of its places, states that differ only by such a
//! permutation do the same, and one of them is explored for all. Knows nothing of what is permuted, or why that is
//! allowed: whoever hands in [`Symmetries`] answers for it.
//!
//! After C. N. Ip and D. L. Dill, *Better Verification Through Symmetry* (Formal Methods in System Design 9, 1996), but
//! exactly: the whole orbit of a state is looked through, so two states have the same representative only if they
//! are in one orbit, and the size of each orbit is known. So every figure is that of all states:
//!
//! - Every state of an orbit has as many edges of each kind, and is as far from the initial state, which is alone in its
//!   orbit: states, transitions, terminal states and depth are sums over the orbits.
//! - A representative carries the number of paths to all states of its orbit together. Each of them has as many edges
//!   into the next orbit as the representative has, so each edge of the representative passes that number on, undivided.
//! - An edge that reaches a milestone reaches, at the representative of its target, what each symmetry that leads there
//!   makes of it.
//!
//! The image of each component is found once, when it gets its number, and stands in a table; so the image of a state
//! is a few look-ups. The representative is the state of least numbers, place by place: the symmetries that agree with
//! the least up to some place are all that is looked at for the next. An orbit is as large as the group is larger than
//! the state's stabiliser.
//!
//! [Sleep sets](super::sleep) go along: what sleeps after an edge sleeps at the representative, under the name that it
//! has there by one of the symmetries that lead there, whichever. The argument is about paths of representatives then.
//! Of all of them to one, the first in the order of events, which is that of the representative at each step, has no
//! event that sleeps where it is due: moved to where it was carried out before, it gives an earlier path to a state of
//! the same orbit.

use rayon::prelude::*;

use super::atlas::Atlas;
use super::key::{Key, Layout, is_halted};
use super::place::Place;
use super::sleep::{Lanes, take_first};
use super::system::TransitionSystem;
use super::told::each_milestone;

/// A group of permutations of a system's places, and of what its components say, under which it stays the same: each
/// event of a state has its image in the image of the state, with the image of its effect, in the image of its lane.
/// Number 0 changes nothing.
pub trait Symmetries<S: TransitionSystem>: Send + Sync {
    /// How many.
    fn order(&self) -> usize;

    /// The number of the one that is `first` and then `then`.
    fn composed(&self, then: usize, first: usize) -> usize;

    /// Where it takes a place.
    fn place(&self, symmetry: usize, place: usize) -> usize;

    /// What it makes of a component, at the place where it takes it.
    fn image(&self, system: &S, symmetry: usize, place: usize, component: &S::Component) -> S::Component;

    /// Where it takes a lane; none where that is not known: what is in the lane does not sleep there.
    fn lane(&self, system: &S, symmetry: usize, lane: &S::Lane) -> Option<S::Lane>;

    /// Where it takes a milestone.
    fn milestone(&self, symmetry: usize, milestone: u32) -> u32;
}

/// The images of all components and lanes, as numbers.
pub struct Orbits<S: TransitionSystem> {
    symmetries: Box<dyn Symmetries<S>>,
    order: usize,
    /// For each place and symmetry, the place that the symmetry takes there.
    sources: Vec<u16>,
    /// For each symmetry and the next, which is both.
    composed: Vec<u16>,
    /// By place: for each component and symmetry the number of the image.
    images: Vec<Vec<u32>>,
    /// For each symmetry the image of each lane, or none.
    lanes: Vec<[Lanes; Lanes::BITS as usize]>,
    /// How many lanes there were when their images were looked for.
    lanes_known: usize,
    /// Some milestone moves.
    moves_milestones: bool,
}

/// The representative of a state.
#[derive(Clone, Debug, Default)]
pub struct Least {
    /// The numbers of its components.
    ids: Vec<u32>,
    /// The symmetries that lead there.
    by: Vec<u16>,
}

/// Where a move leads, in which lane it is, and where it sends letters to.
type Outline = (u32, Option<usize>, Vec<usize>);

/// Nobody has asked for this image yet.
const UNKNOWN: u32 = u32::MAX;

impl<S: TransitionSystem> Orbits<S> {
    /// Of a system with so many places.
    pub fn new(symmetries: Box<dyn Symmetries<S>>, places: usize) -> Self {
        let order = symmetries.order();
        assert!((1..=usize::from(u16::MAX)).contains(&order), "a group of {order} symmetries");
        let mut sources = vec![0; places * order];
        for symmetry in 0..order {
            for place in 0..places {
                sources[symmetries.place(symmetry, place) * order + symmetry] = place as u16;
            }
        }
        let pairs = (0..order).flat_map(|then| (0..order).map(move |first| (then, first)));
        let composed = pairs.map(|(then, first)| symmetries.composed(then, first) as u16).collect();
        let moves = |symmetry| (0..u64::BITS).any(|bit| symmetries.milestone(symmetry, bit) != bit);
        let moves_milestones = (0..order).any(moves);
        let (images, lanes) = (vec![Vec::new(); places], vec![[0; Lanes::BITS as usize]; order]);
        Self { symmetries, order, sources, composed, images, lanes, lanes_known: 0, moves_milestones }
    }

    /// Gives numbers to the images of all components, and of all lanes, that have none yet, so that every image of a state
    /// is at hand.
    pub fn close(&mut self, system: &S, places: &mut [Place<S>]) {
        self.close_components(system, places);
        self.close_lanes(system, places);
    }

    fn close_components(&mut self, system: &S, places: &mut [Place<S>]) {
        for at in 0..places.len() {
            self.make_room(places);
            let new: Vec<u32> = (0..places[at].len() as u32).filter(|&id| !self.knows(at, id)).collect();
            let symmetries = &*self.symmetries;
            let images = |&id: &u32| -> Vec<S::Component> {
                let component = places[at].component(id);
                (0..self.order).map(|symmetry| symmetries.image(system, symmetry, at, component)).collect()
            };
            let images: Vec<Vec<S::Component>> = new.par_iter().map(images).collect();
            for (id, images) in new.into_iter().zip(images) {
                // It may be the image of one that came before it.
                if !self.knows(at, id) {
                    self.note(system, places, at, images);
                }
            }
        }
    }

    fn close_lanes(&mut self, system: &S, places: &mut [Place<S>]) {
        let known = |places: &[Place<S>]| places.iter().map(|place| place.lanes().len()).sum::<usize>();
        while self.lanes_known < known(places) {
            self.lanes_known = known(places);
            for at in 0..places.len() {
                for lane in places[at].lanes().cloned().collect::<Vec<_>>() {
                    self.note_lane(system, places, at, &lane);
                }
            }
        }
    }

    fn note_lane(&mut self, system: &S, places: &mut [Place<S>], at: usize, lane: &S::Lane) {
        let number = places[at].number_lane(Some(lane.clone()));
        if number == 0 {
            return;
        }
        for (symmetry, images) in self.lanes.iter_mut().enumerate() {
            let there = self.symmetries.place(symmetry, at);
            let image = self.symmetries.lane(system, symmetry, lane);
            images[number.trailing_zeros() as usize] = places[there].number_lane(image);
        }
    }

    fn knows(&self, place: usize, id: u32) -> bool {
        self.images[place][id as usize * self.order] != UNKNOWN
    }

    fn make_room(&mut self, places: &[Place<S>]) {
        for (images, place) in self.images.iter_mut().zip(places) {
            images.resize(place.len() * self.order, UNKNOWN);
        }
    }

    /// Notes the images of a component under all symmetries, and with them those of each image.
    fn note(&mut self, system: &S, places: &mut [Place<S>], at: usize, images: Vec<S::Component>) {
        let mut numbered = Vec::with_capacity(self.order);
        for (symmetry, image) in images.into_iter().enumerate() {
            let there = self.symmetries.place(symmetry, at);
            numbered.push((there, places[there].intern(system, there, image)));
        }
        self.make_room(places);
        for (first, &(there, id)) in numbered.iter().enumerate() {
            for then in 0..self.order {
                let (_, image) = numbered[usize::from(self.composed[then * self.order + first])];
                let known = &mut self.images[there][id as usize * self.order + then];
                debug_assert!([image, UNKNOWN].contains(known), "symmetries compose as their images do");
                *known = image;
            }
        }
    }

    /// The representative of a state: of all its images the least.
    pub fn least(&self, ids: &[u32], least: &mut Least) {
        let Least { ids: found, by } = least;
        found.clear();
        by.clear();
        by.extend(0..self.order as u16);
        for sources in self.sources.chunks_exact(self.order) {
            let image = |symmetry| self.image_from(ids, sources[usize::from(symmetry)], symmetry);
            debug_assert!(by.iter().all(|&by| image(by) != UNKNOWN), "every component has its images");
            let best = by.iter().map(|&symmetry| image(symmetry)).fold(UNKNOWN, u32::min);
            // Without a branch, because nothing could foretell it.
            let mut kept = 0;
            for at in 0..by.len() {
                let symmetry = by[at];
                by[kept] = symmetry;
                kept += usize::from(image(symmetry) == best);
            }
            by.truncate(kept);
            found.push(best);
        }
    }

    /// How many states are in the orbit of this one: each symmetry leads to one of them, and to each lead as many as leave
    /// this one as it is.
    pub fn size(&self, ids: &[u32]) -> u64 {
        let leaves = |&symmetry: &u16| {
            let mut places = ids.iter().zip(self.sources.chunks_exact(self.order));
            places.all(|(&id, sources)| id == self.image_from(ids, sources[usize::from(symmetry)], symmetry))
        };
        (self.order / (0..self.order as u16).filter(leaves).count()) as u64
    }

    /// What a symmetry makes of the component at a place of this state.
    #[inline]
    fn image_from(&self, ids: &[u32], place: u16, symmetry: u16) -> u32 {
        let place = usize::from(place);
        self.images[place][ids[place] as usize * self.order + usize::from(symmetry)]
    }

    /// Puts the representative in the place of a state that has just reached these milestones: those that are reached
    /// there.
    pub fn settle<const W: usize>(
        &self,
        layout: &Layout<W>,
        state: &mut Key<W>,
        milestones: u64,
        ids: &mut [u32],
        least: &mut Least,
    ) -> u64 {
        layout.unpack(state, ids);
        self.least(ids, least);
        *state = layout.pack(&least.ids, is_halted(state));
        if milestones == 0 || !self.moves_milestones {
            return milestones;
        }
        let images =
            each_milestone(milestones).flat_map(|bit| least.by.iter().map(move |&symmetry| (symmetry, bit)));
        images
            .fold(0, |all, (symmetry, bit)| all | 1 << self.symmetries.milestone(usize::from(symmetry), bit))
    }

    /// What sleeps at a representative, as it is called there.
    pub fn asleep(&self, least: &Least, mut lanes: Lanes) -> Lanes {
        let images = &self.lanes[usize::from(least.by[0])];
        let mut asleep = 0;
        while lanes != 0 {
            asleep |= images[take_first(&mut lanes).trailing_zeros() as usize];
        }
        asleep
    }

    /// Does each component whose moves are known have as many moves as its images, to the images of where it goes, in
    /// the images of their lanes, and with letters to the images of where it sends? As far as the moves of the images are
    /// known: a check of what was handed in, not a proof.
    pub fn are_upheld(&self, atlas: &Atlas<S>) -> bool {
        let upheld = |place: usize, id: u32, symmetry: usize| {
            let there = self.symmetries.place(symmetry, place);
            let image = self.images[place][id as usize * self.order + symmetry];
            let (Some(moves), Some(others)) =
                (self.moves(atlas, place, id, symmetry), self.moves(atlas, there, image, 0))
            else {
                return true;
            };
            moves == others
        };
        let places = atlas.places().iter().enumerate();
        let mut all = places.flat_map(|(place, known)| (0..known.len() as u32).map(move |id| (place, id)));
        all.all(|(place, id)| (0..self.order).all(|symmetry| upheld(place, id, symmetry)))
    }

    /// What a symmetry makes of a component's moves.
    fn moves(&self, atlas: &Atlas<S>, place: usize, id: u32, symmetry: usize) -> Option<Vec<Outline>> {
        let (system, known) = (atlas.system(), atlas.place(place));
        let lanes = atlas.place(self.symmetries.place(symmetry, place)).lanes();
        let image = |number: u32| {
            let taken = known.at(number);
            let target = self.images[place].get(taken.target as usize * self.order + symmetry);
            let posts = &known.kind(taken).posts;
            let posts = posts.iter().map(|post| self.symmetries.place(symmetry, post.place as usize));
            let mut posts: Vec<usize> = posts.collect();
            posts.sort_unstable();
            let lane = system.lane(known.event(number));
            let lane = lane.and_then(|lane| self.symmetries.lane(system, symmetry, &lane));
            let lane = lane.and_then(|lane| lanes.clone().position(|other| *other == lane));
            (target.copied().unwrap_or(UNKNOWN), lane, posts)
        };
        let mut moves: Vec<_> = known.row(id)?.map(image).collect();
        moves.sort_unstable();
        Some(moves)
    }
}

/// All images of a state, computed plainly from what symmetries do to its components: the reference that the tables are
/// compared with. The first is the state itself.
pub fn images<S: TransitionSystem>(
    system: &S,
    symmetries: &dyn Symmetries<S>,
    state: &[S::Component],
) -> Vec<Vec<S::Component>> {
    let image = |symmetry: usize| {
        let mut image = state.to_vec();
        for (place, component) in state.iter().enumerate() {
            let there = symmetries.place(symmetry, place);
            image[there] = symmetries.image(system, symmetry, place, component);
        }
        image
    };
    (0..symmetries.order()).map(image).collect()
}

#[cfg(test)]
mod tests;
