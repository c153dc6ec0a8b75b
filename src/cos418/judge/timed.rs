//! Is there a choice of delays in discrete time with which these snapshots have these cuts?
//!
//! Servers meet only where one records: what is under way on the links from one server is nobody else's business. So of
//! each server all that may be under way is kept side by side, as a set of how far each of its links has come, and the
//! search branches only where something is recorded at a tick, or is not.

use std::collections::{BTreeMap, HashSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::branch::{Branch, Fate, Moment};
use super::cuts::{Cut, TooMany};
use super::flow::Flow;
use super::windows::Windows;
use crate::cos418::exercise::Entry;
use crate::cos418::run::{Move, Run};
use crate::engine::Bounds;
use crate::network::ChannelId;

/// A search that lasts over several sets of cuts, with one bound for all.
pub struct Search<'t> {
    pub flow: &'t Flow<'t>,
    /// Servers in string order, with their links in the string order of destinations.
    pub order: Vec<(usize, Vec<ChannelId>)>,
    /// How many more branches may be looked at.
    branches: u64,
    bounds: &'t Bounds<'t>,
}

/// How many short tries there are, and how many branches the first of them has.
const TRIES: u64 = 24;
const TRY_BRANCHES: u64 = 500;
/// How many branches are looked at for some of the snapshots, and of how many at most.
const PART_BRANCHES: u64 = 10_000;
const PARTS_MAX: u32 = 3;

/// How often the bounds are looked at, in branches.
const BOUNDS_EVERY: u64 = 256;

impl<'t> Search<'t> {
    pub fn new(flow: &'t Flow<'t>, branches: u64, bounds: &'t Bounds<'t>) -> Self {
        let servers = flow.exercise.servers_in_order();
        let order = servers.into_iter().map(|at| (at.index(), flow.exercise.links_in_order(at))).collect();
        Self { flow, order, branches, bounds }
    }

    /// A run that has these cuts. What is legal is mostly found soon, but not by whoever began with the wrong choice: so
    /// short tries go first, each with another order of choices, and one without end comes last.
    pub fn run(&mut self, cuts: &[Option<&Cut>]) -> Result<Option<Run>, TooMany> {
        let windows = Windows::new(self.flow, cuts);
        for number in 0..TRIES {
            let most = self.branches.min(TRY_BRANCHES << (number / 4));
            self.branches -= most;
            let tried = self.search(cuts, &windows, Favour::of(number), most);
            match tried {
                Ok((found, left)) => {
                    self.branches += left;
                    return Ok(found);
                }
                Err(TooMany) if self.bounds.met(0).is_some() => return Err(TooMany),
                Err(TooMany) => {}
            }
        }
        if self.refuted(cuts) {
            return Ok(None);
        }
        let (found, left) = self.search(cuts, &windows, Favour::of(0), self.branches)?;
        self.branches = left;
        Ok(found)
    }

    /// Do some of the snapshots alone not go together? With the others left out there is far less to try. Their markers
    /// can put packets off, which is allowed for: so what is refuted of some is refuted of all.
    fn refuted(&mut self, cuts: &[Option<&Cut>]) -> bool {
        let all = 1_u32 << cuts.len();
        (2..=PARTS_MAX).any(|size| {
            let mut parts = (0..all).filter(|part| part.count_ones() == size);
            parts.any(|part| self.refuted_by(cuts, part))
        })
    }

    /// The same of a part, a bit for each snapshot.
    fn refuted_by(&mut self, cuts: &[Option<&Cut>], part: u32) -> bool {
        let is_in = |snapshot: usize| part >> snapshot & 1 == 1;
        let numbered = cuts.iter().enumerate();
        let some: Vec<Option<&Cut>> = numbered.map(|(at, cut)| cut.filter(|_| is_in(at))).collect();
        let most = self.branches.min(PART_BRANCHES);
        let windows = Windows::new(self.flow, &some);
        let searched = self.search(&some, &windows, Favour::of(0), most);
        self.branches -= most - searched.as_ref().map_or(0, |(_, left)| *left);
        matches!(searched, Ok((None, _)))
    }

    /// The same, within so many branches; how many are left.
    fn search(
        &self,
        cuts: &[Option<&Cut>],
        windows: &Windows,
        mut favour: Favour,
        mut branches: u64,
    ) -> Result<(Option<Run>, u64), TooMany> {
        let left_out = cuts.iter().filter(|cut| cut.is_none()).count() as u16;
        let mut seen = HashSet::new();
        let mut open = vec![self.first()];
        while let Some(moment) = open.pop() {
            branches = branches.checked_sub(1).ok_or(TooMany)?;
            if branches.is_multiple_of(BOUNDS_EVERY) && self.bounds.met(0).is_some() {
                return Err(TooMany);
            }
            match (Branch { search: self, cuts, windows, left_out, moment }).follow(&mut seen) {
                Fate::Done(moment) => return Ok((Some(self.told(&moment)), branches)),
                Fate::Dead => {}
                Fate::Split(mut moments) => {
                    favour.arrange(&mut moments);
                    open.extend(moments);
                }
            }
        }
        Ok((None, branches))
    }

    fn first(&self) -> Moment {
        let nothing =
            |(_, links): &(usize, Vec<ChannelId>)| BTreeMap::from([(vec![0; links.len() + 1], None)]);
        Moment {
            position: 0,
            time: 0,
            turn: None,
            sent: vec![0; self.flow.servers()],
            recorded: vec![0; self.flow.servers()],
            packets: vec![Vec::new(); self.flow.messages.len()],
            progress: self.order.iter().map(nothing).collect(),
        }
    }

    /// The place of a server in string order.
    pub fn place(&self, server: usize) -> usize {
        self.order.iter().position(|(other, _)| *other == server).unwrap_or(0)
    }

    /// The run of a moment at which everything is recorded, to its end: what is still under way is delivered as soon as
    /// it can be.
    fn told(&self, moment: &Moment) -> Run {
        let mut delivered: BTreeMap<(u64, usize), ChannelId> = BTreeMap::new();
        let mut time = moment.time;
        let mut left = Vec::new();
        for (place, progress) in moment.progress.iter().enumerate() {
            let Some((counts, trace)) = progress.iter().next() else { continue };
            let mut at = trace.as_ref();
            while let Some(delivery) = at {
                delivered.insert((delivery.time, place), delivery.link);
                at = delivery.before.as_ref();
            }
            left.push((place, counts.clone()));
        }
        while left.iter().any(|(place, counts)| self.has_more(moment, *place, counts)) {
            time += 1;
            for (place, counts) in &mut left {
                let links = &self.order[*place].1;
                let has_more =
                    |at: &usize| usize::from(counts[*at]) < moment.packets[links[*at].index()].len();
                if let Some(at) = (0..links.len()).find(has_more) {
                    counts[at] += 1;
                    delivered.insert((time, *place), links[at]);
                }
            }
        }
        self.moves(&delivered, time)
    }

    /// Is there anything that has not been delivered from this server?
    pub fn has_more(&self, moment: &Moment, place: usize, counts: &[u16]) -> bool {
        let mut links = self.order[place].1.iter().zip(counts);
        links.any(|(link, &count)| usize::from(count) < moment.packets[link.index()].len())
    }

    fn moves(&self, delivered: &BTreeMap<(u64, usize), ChannelId>, end: u64) -> Run {
        let mut moves = Vec::new();
        let mut time = 0;
        let at = |time: u64| delivered.range((time, 0)..(time + 1, 0)).map(|(_, &link)| Move::Deliver(link));
        for &entry in &self.flow.exercise.script {
            moves.push(Move::Entry(entry));
            if entry == Entry::Tick {
                time += 1;
                moves.extend(at(time));
            }
        }
        while time < end {
            time += 1;
            moves.push(Move::Entry(Entry::Tick));
            moves.extend(at(time));
        }
        Run { moves }
    }
}

/// In which order choices are tried.
struct Favour {
    number: u64,
    chance: ChaCha8Rng,
}

impl Favour {
    fn of(number: u64) -> Self {
        Self { number, chance: ChaCha8Rng::seed_from_u64(number) }
    }

    /// The last one is followed first: as it is, something is recorded as soon as it can be.
    fn arrange(&mut self, moments: &mut [Moment]) {
        match self.number {
            0 => {}
            1 => moments.reverse(),
            _ => {
                for at in 1..moments.len() {
                    moments.swap(at, self.chance.random_range(0..=at));
                }
            }
        }
    }
}
