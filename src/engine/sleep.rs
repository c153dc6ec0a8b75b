//! Sleep sets, carried from layer to layer: where two events commute, only one of their two orders is carried out.
//! Every state is still visited; what is saved are edges to states that another edge reaches too.
//!
//! After P. Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems* (LNCS 1032, 1996),
//! chapter 5. A state's sleeping events are enabled, but need not be carried out: an edge `e` from `s` puts to sleep
//! at its target what slept at `s` or was carried out there before `e`, as far as it commutes with `e` at `s`. Where
//! several edges meet, what sleeps after all of them.
//!
//! *No state is lost.* Events come in a fixed order ([that of places](super::Atlas::order), then that of a component's
//! moves). Of all paths to a state take the first in the order of their events, and suppose that it has an event `f`
//! that sleeps where it is due. Then `f` was carried out at an earlier state of that path, before the event that the
//! path has there, and commutes with all events from there on; moved there it gives an earlier path to the same state.
//! The argument needs that all edges into a state are known before it is expanded: so there must be a rank.
//!
//! *The order* decides how much is saved. Initiators [come late](super::TransitionSystem::comes_late): four fully
//! connected processes with 59.7 million states and 399 million transitions have 62 million edges carried out if the
//! initiator comes last, 86 million if it comes first.
//!
//! *No figure is changed.* A sleeping event is enabled and counts as a transition. One that halts the system never
//! sleeps. Of one that lets the system reach a milestone it is told where it leads even if it sleeps, so no such edge is
//! missed. Paths cannot be counted in this way.
//!
//! Nothing says which events commute with one that reads and writes the whole state: a system that has such events is
//! explored without sleep sets.
//!
//! What commutes is computed, within a place, from its moves: `a` and `b` do if each is offered, with the same effect,
//! after the other, both orders lead to the same component, and they send to different places. Events of different
//! places commute unless one of them [disturbs](super::Local::disturbs) the other.

use super::card::Flags;

/// A set of lanes, over all places: what may sleep.
pub type Lanes = u32;

/// The lanes that one place may use: each has an equal share; events for which none is left never sleep.
pub fn share(place: usize, places: usize) -> Lanes {
    let width = Lanes::BITS as usize / places.max(1);
    let all = 1_u64.checked_shl(width as u32).map_or(0, |end| end - 1);
    all.checked_shl((place * width) as u32).unwrap_or(0) as Lanes
}

/// The lane of this number in a share, or none if the share is not as wide.
pub fn nth(share: Lanes, number: usize) -> Lanes {
    1_u64.checked_shl(share.trailing_zeros() + number as u32).map_or(0, |lane| lane as Lanes & share)
}

/// Takes the first lane out of a set; none if there is none.
#[inline]
pub fn take_first(lanes: &mut Lanes) -> Lanes {
    let first = *lanes & lanes.wrapping_neg();
    *lanes ^= first;
    first
}

/// May an event with these effects ever sleep?
pub fn may_sleep(flags: Flags, disturbs: bool) -> bool {
    !flags.has(Flags::HALTS.and(Flags::CUT)) && !disturbs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_disjoint_and_equal() {
        for places in 1..70 {
            let shares: Vec<Lanes> = (0..places).map(|place| share(place, places)).collect();
            assert_eq!(
                shares.iter().fold(0, |all, share| all ^ share).count_ones() as usize,
                32 / places * places
            );
            for share in shares {
                let lanes: Lanes = (0..40).map(|number| nth(share, number)).fold(0, |all, lane| all | lane);
                assert_eq!((lanes, share.count_ones() as usize), (share, 32 / places));
            }
        }
    }
}
