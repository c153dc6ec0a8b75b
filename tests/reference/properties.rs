//! What each property demands, by its definition: of one completion, or of one state.

use super::application::Application;
use super::state::{Picture, State, Travelling};
use super::{Property, Recorded, Reference};

impl Reference {
    /// Does a completion of a snapshot satisfy a property? Judged in the state where it is complete.
    pub fn is_satisfied_at_completion(
        &self,
        property: Property,
        application: &Application,
        state: &State,
        snapshot: usize,
    ) -> bool {
        let recorded = || state.snapshots[snapshot].picture();
        match property {
            Property::Own(_) | Property::NothingLost => unreachable!("tokens have no rules of their own"),
            Property::ConsistentCut => self.is_cut_consistent(state, snapshot),
            Property::TotalPreserved => recorded().total() == self.initial().picture().total(),
            Property::RecordedStateReachable => application.can_reach(&recorded()),
            Property::LeadsToActual => application.leads(&recorded(), &state.picture()),
            Property::Recorded => {
                let clauses = self.recorded.iter().filter(|clause| clause.snapshot.index() == snapshot);
                clauses.into_iter().all(|clause| self.is_as_recorded(clause, &recorded()))
            }
            Property::Terminates | Property::WellFormed | Property::NonInterference | Property::Reach => {
                unreachable!("{property:?} is not judged at completion")
            }
        }
    }

    /// No orphans, and kept = what crossed, then what is still under way and not late.
    fn is_cut_consistent(&self, state: &State, snapshot: usize) -> bool {
        let links = state.snapshots[snapshot].links.iter().enumerate();
        links.into_iter().all(|(channel, link)| {
            let crossing = state.channels[channel].items.iter().filter_map(|item| match item {
                Travelling::Message { amount, late } if !late[snapshot] => Some(*amount),
                _ => None,
            });
            let cut: Vec<u64> = link.expected.iter().copied().chain(crossing).collect();
            !link.orphan && self.are_same_contents(channel, &link.kept, &cut)
        })
    }

    /// The balances named are these, the channels hold exactly these, those not named nothing.
    pub fn is_as_recorded(&self, clause: &Recorded, recorded: &Picture) -> bool {
        let balances_agree = clause
            .processes
            .iter()
            .all(|(process, balance)| recorded.purses[process.index()].balance == *balance);
        let named = |channel: usize| {
            let named = clause.channels.iter().find(|(named, _)| named.index() == channel);
            named.map_or(&[][..], |(_, amounts)| amounts)
        };
        let channels = recorded.channels.iter().enumerate();
        balances_agree
            && channels
                .into_iter()
                .all(|(channel, kept)| self.are_same_contents(channel, kept, named(channel)))
    }

    /// Equal as lists, or as multisets if the channel is a bag.
    fn are_same_contents(&self, channel: usize, one: &[u64], other: &[u64]) -> bool {
        let (mut one, mut other) = (one.to_vec(), other.to_vec());
        if self.is_bag(channel) {
            one.sort_unstable();
            other.sort_unstable();
        }
        one == other
    }

    /// Is every snapshot that has started complete?
    pub fn is_all_started_complete(&self, state: &State) -> bool {
        self.snapshots().all(|snapshot| !state.is_started(snapshot) || self.is_complete(state, snapshot))
    }

    /// For every complete snapshot: was a marker sent on every channel? (A second one is ill-formed.)
    pub fn is_every_marker_sent(&self, state: &State) -> bool {
        let was_sent = |snapshot: usize| state.snapshots[snapshot].links.iter().all(|link| link.marker_sent);
        self.snapshots().all(|snapshot| !self.is_complete(state, snapshot) || was_sent(snapshot))
    }

    /// The numbers of the snapshots.
    pub fn snapshots(&self) -> std::ops::Range<usize> {
        0..self.initiators.len()
    }
}

impl Picture {
    /// All tokens, held and under way.
    pub fn total(&self) -> u128 {
        let held = self.purses.iter().map(|purse| u128::from(purse.balance));
        held.chain(self.channels.iter().flatten().map(|&amount| u128::from(amount))).sum()
    }
}
