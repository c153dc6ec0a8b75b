//! Where the states of a sample differ: the entropy of each process and of each channel (C. Shannon, *A Mathematical
//! Theory of Communication*, 1948).

use std::hash::Hash;

use ahash::AHashMap;

use super::Network;
use crate::engine::estimate::Part;
use crate::engine::{Explorer, Sampled};

/// Every process and channel with its entropy, most first.
pub fn parts(explorer: &Explorer<Network>, sampled: &Sampled) -> Vec<Part> {
    let (atlas, topology) = (explorer.atlas(), &explorer.system().topology);
    let mut parts = Vec::new();
    for (place, shares) in sampled.shares.iter().enumerate().take(topology.names().len()) {
        let process = topology.processes().nth(place);
        let here = || {
            let known = atlas.place(place).components().zip(shares);
            known.filter_map(|(component, share)| Some((component.process()?, *share)))
        };
        let own = here().map(|(process, share)| ((&process.state, &process.parts, process.down), share));
        parts.push(Part { name: topology.names()[place].clone(), bits: entropy(own) });
        for &channel in process.iter().flat_map(|process| topology.incoming(*process)) {
            let inbox = topology.inbox(channel);
            let incoming = here().map(|(process, share)| (&process.incoming[inbox], share));
            parts.push(Part { name: topology.channel_name(channel), bits: entropy(incoming) });
        }
    }
    parts.sort_by(|one, other| other.bits.total_cmp(&one.bits));
    parts
}

fn entropy<T: Hash + Eq>(shares: impl Iterator<Item = (T, f64)>) -> f64 {
    let mut weights: AHashMap<T, (usize, f64)> = AHashMap::new();
    for (number, (value, share)) in shares.enumerate() {
        weights.entry(value).or_insert((number, 0.0)).1 += share;
    }
    // In a fixed order, so that the sum is the same every time.
    let mut weights: Vec<(usize, f64)> = weights.into_values().collect();
    weights.sort_unstable_by_key(|(number, _)| *number);
    let all: f64 = weights.iter().map(|(_, weight)| weight).sum();
    let bits = |share: f64| if share > 0.0 { -share * share.log2() } else { 0.0 };
    weights.iter().map(|(_, weight)| bits(weight / all)).sum()
}
