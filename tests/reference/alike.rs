//! Random systems in which processes are alike, or nearly.

use super::random::{Dice, random_model};
use super::systems::{chandy_lamport, complete, line, model, ring, topology};
use super::{Behaviour, Discipline, Model, ProcessId};

/// A system in which processes are alike, or nearly, under the algorithm and on the channels of a random model.
pub fn even_model(seed: u64) -> Model {
    let (dice, other) = (&mut Dice(seed), random_model(seed));
    let processes = dice.pick(&[2, 3, 3, 4]);
    let small = processes == 4;
    let channels = dice.pick(&[complete(processes), ring(processes), line(processes)]);
    let discipline = match dice.roll(3) {
        0 => other.topology.channels()[0].discipline,
        _ => Discipline::Fifo,
    };
    let topology = topology(processes, &channels, discipline);
    let sends = vec![if small { 1 } else { 1 + u32::from(dice.one_in(2)) }; processes];
    let amounts = dice.pick(&[vec![1], vec![1], vec![1, 2]]);
    let round = |process: usize| topology.outgoing(ProcessId::of(process))[0];
    let behaviour = match dice.roll(6) {
        0 => Behaviour::Broadcast { sends, amounts, whole: true },
        1 => Behaviour::Broadcast { sends, amounts, whole: false },
        2 => Behaviour::Lists((0..processes).map(|process| vec![(round(process), 1); 2]).collect()),
        _ => Behaviour::Free { sends, amounts },
    };
    let all: Vec<usize> = (0..processes).collect();
    let each: Vec<&[usize]> = all.chunks(1).collect();
    let snapshots: Vec<&[usize]> = match dice.roll(6) {
        0 => vec![&[0]],
        1 => vec![&all],
        2 if !small => each,
        3 => vec![&[0], &[0]],
        4 => vec![&[0], &[1]],
        _ => vec![&[0, 1]],
    };
    let mut start = vec![1 + u64::from(dice.one_in(2) && !small); processes];
    if dice.roll(8) == 0 {
        start[0] += 1;
    }
    let mut system = model(topology, start, behaviour, &snapshots);
    system.algorithm = dice.pick(&[chandy_lamport(), other.algorithm.clone(), other.algorithm]);
    system.capacity = other.capacity;
    system
}
