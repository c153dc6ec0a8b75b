//! Models as Rust values, for tests: the usual graphs, token systems on them, Chandy–Lamport as data.

use super::syntax::{Action, Algorithm, Condition, Rule, Set, Token, Which};
use super::{Behaviour, Channel, Discipline, Expect, Model, ProcessId, Property, Then, Tokens, Topology};

/// Every ordered pair.
pub fn complete(processes: usize) -> Vec<(usize, usize)> {
    let pairs = (0..processes).flat_map(|from| (0..processes).map(move |to| (from, to)));
    pairs.filter(|(from, to)| from != to).collect()
}

/// One direction, round.
pub fn ring(processes: usize) -> Vec<(usize, usize)> {
    (0..processes).map(|from| (from, (from + 1) % processes)).collect()
}

/// Neighbours, both directions.
pub fn line(processes: usize) -> Vec<(usize, usize)> {
    complete(processes).into_iter().filter(|(from, to)| from.abs_diff(*to) == 1).collect()
}

/// A topology of processes A, B, .. with channels in the order given.
pub fn topology(processes: usize, channels: &[(usize, usize)], discipline: Discipline) -> Topology {
    let names = (b'A'..).take(processes).map(|letter| char::from(letter).to_string());
    let channel = |&(from, to): &(usize, usize)| Channel {
        from: ProcessId::of(from),
        to: ProcessId::of(to),
        discipline,
    };
    Topology::new(names.collect(), channels.iter().map(channel).collect())
}

/// Chandy and Lamport's algorithm (1985), as the built-in file writes it.
pub fn chandy_lamport() -> Algorithm {
    let part = vec![Action::Record, Action::Send(Token::Marker, Set::Outgoing), Action::Open(Set::Incoming)];
    Algorithm {
        name: "chandy-lamport".into(),
        about: String::new(),
        on_start: part.clone(),
        on_marker: vec![Action::If(Condition::NotRecorded, part), Action::Close(Set::Arriving)],
        on_message: vec![Action::If(Condition::IsOpen(Which::Arriving), vec![Action::Keep])],
        complete_when: Rule::EveryIncomingClosed,
    }
}

/// A model of Chandy–Lamport with the usual properties; tests change what they need.
pub fn model(topology: Topology, start: Vec<u64>, behaviour: Behaviour, snapshots: &[&[usize]]) -> Model {
    let initiators = |processes: &&[usize]| processes.iter().map(|&process| ProcessId::of(process)).collect();
    Model {
        name: "reference".into(),
        about: String::new(),
        shape: String::new(),
        topology,
        capacity: None,
        snapshots: snapshots.iter().map(initiators).collect(),
        schedule: None,
        application: Tokens { unit: "token".into(), start, behaviour }.into(),
        recovery: None,
        algorithm: chandy_lamport(),
        unmutated: chandy_lamport(),
        mutations: Vec::new(),
        equivalent: Vec::new(),
        walk: Vec::new(),
        then: Then::Explore,
        check: usual_properties(),
        listed: false,
        expect: Expect::Verified,
        reach: Vec::new(),
        recorded: Vec::new(),
    }
}

/// What `Default` judges where channels lose and duplicate nothing.
pub fn usual_properties() -> Vec<Property> {
    vec![
        Property::ConsistentCut,
        Property::TotalPreserved,
        Property::Terminates,
        Property::RecordedStateReachable,
        Property::LeadsToActual,
        Property::WellFormed,
        Property::NonInterference,
    ]
}

/// The same balance and number of sends for everyone, amounts of 1, FIFO.
pub fn even(
    processes: usize,
    channels: &[(usize, usize)],
    balance: u64,
    sends: u32,
    snapshots: &[&[usize]],
) -> Model {
    let behaviour = Behaviour::Free { sends: vec![sends; processes], amounts: vec![1] };
    let topology = topology(processes, channels, Discipline::Fifo);
    model(topology, vec![balance; processes], behaviour, snapshots)
}
