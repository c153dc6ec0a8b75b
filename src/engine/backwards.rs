//! What may come before a state: the moves and arrivals that the atlas knows, read backwards. It knows only of
//! components that were met, and not whether a state that it finds can be reached.

use ahash::AHashMap;

use super::atlas::{Atlas, Miss};
use super::card::{Flags, Post};
use super::key::{Key, Layout, is_halted, unhalted};
use super::system::TransitionSystem;

/// The moves and arrivals that lead to each component.
#[derive(Debug, Default)]
pub struct Backwards {
    places: Vec<Before>,
}

/// Those of one place.
#[derive(Debug, Default)]
struct Before {
    /// By target: the component before, and the number of the move.
    moves: AHashMap<u32, Vec<(u32, u32)>>,
    /// By letter and target: the component before, and whether the state is halted after it.
    arrivals: AHashMap<(u32, u32), Vec<(u32, bool)>>,
}

impl Backwards {
    /// Of all that an atlas knows.
    pub fn of<S: TransitionSystem>(atlas: &Atlas<S>) -> Self {
        let mut all = Self { places: atlas.places().iter().map(|_| Before::default()).collect() };
        for (at, place) in atlas.places().iter().enumerate() {
            for component in 0..place.len() as u32 {
                all.note_moves(atlas, at as u32, component);
                for letter in 0..place.letters_len() as u32 {
                    all.note_arrival(atlas, at as u32, component, letter);
                }
            }
        }
        all
    }

    /// Notes what the atlas has learned since.
    pub fn learn<S: TransitionSystem>(&mut self, atlas: &Atlas<S>, filled: &[Miss]) {
        for miss in filled {
            match *miss {
                Miss::Moves { place, component } => self.note_moves(atlas, place, component),
                Miss::Arrival { place, component, letter } => {
                    self.note_arrival(atlas, place, component, letter);
                }
                Miss::Globals { .. } => {}
            }
        }
    }

    fn note_moves<S: TransitionSystem>(&mut self, atlas: &Atlas<S>, place: u32, component: u32) {
        let at = atlas.place(place as usize);
        let moves = &mut self.places[place as usize].moves;
        for number in at.row(component).into_iter().flatten() {
            let taken = at.at(number);
            if !at.kind(taken).flags.forbid() {
                moves.entry(taken.target).or_default().push((component, number));
            }
        }
    }

    fn note_arrival<S: TransitionSystem>(
        &mut self,
        atlas: &Atlas<S>,
        place: u32,
        component: u32,
        letter: u32,
    ) {
        let arrived = atlas.place(place as usize).sheet().cards.arrived(component, letter);
        if let Some(after) = arrived.component().filter(|_| !arrived.is_unknown()) {
            let halts = arrived.flags().has(Flags::HALTS);
            let before = self.places[place as usize].arrivals.entry((letter, after)).or_default();
            before.push((component, halts));
        }
    }

    /// Where the edges to a state come from: a state for each.
    pub fn all_before<S: TransitionSystem, const W: usize>(
        &self,
        atlas: &Atlas<S>,
        layout: &Layout<W>,
        state: &Key<W>,
    ) -> Vec<Key<W>> {
        let mut found = Vec::new();
        let (halted, bare) = (is_halted(state), unhalted(state));
        for (place, known) in self.places.iter().enumerate() {
            let after = layout.get(state, place);
            let at = atlas.place(place);
            for &(component, number) in known.moves.get(&after).into_iter().flatten() {
                let kind = at.kind_of(number);
                let (posts, halts) = (&kind.posts, kind.flags.has(Flags::HALTS));
                // Letters arrive after the move, so they are taken back before it.
                self.take_back(layout, posts, bare, halts, &mut |mut before, halts| {
                    if halts == halted && layout.get(&before, place) == after {
                        layout.fields()[place].change(&mut before, after, component);
                        found.push(before);
                    }
                });
            }
        }
        found
    }

    fn take_back<const W: usize>(
        &self,
        layout: &Layout<W>,
        posts: &[Post],
        state: Key<W>,
        halts: bool,
        found: &mut dyn FnMut(Key<W>, bool),
    ) {
        let Some((last, posts)) = posts.split_last() else { return found(state, halts) };
        let place = last.place as usize;
        let after = layout.get(&state, place);
        for &(component, also) in self.places[place].arrivals.get(&(last.letter, after)).into_iter().flatten()
        {
            let mut before = state;
            layout.fields()[place].change(&mut before, after, component);
            self.take_back(layout, posts, before, halts || also, found);
        }
    }
}
