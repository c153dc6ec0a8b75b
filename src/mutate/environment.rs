//! The mutants of what an algorithm relies on: another channel discipline instead of FIFO, one channel less.

use crate::model::Model;
use crate::network::{Application, ChannelId, Discipline, Topology};
use crate::oracle::Reach;

/// A change of the network under an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// All FIFO channels deliver in another way.
    Channels(Discipline),
    /// There is no such channel.
    Without(ChannelId),
}

impl Environment {
    /// Is one channel meant?
    pub fn is_of_one_channel(self) -> bool {
        matches!(self, Self::Without(_))
    }
}

/// Every such change, each with a name that is its diff.
pub fn all(topology: &Topology) -> Vec<(String, Environment)> {
    let is_fifo = topology.channels().iter().any(|channel| channel.discipline == Discipline::Fifo);
    let others =
        [Discipline::Bag, Discipline::Overtaking(1), Discipline::Lossy(1), Discipline::Duplicating(1)];
    let others = others.into_iter().filter(|_| is_fifo);
    let disciplines = others
        .map(|discipline| (format!("channels: Fifo -> {discipline:?}"), Environment::Channels(discipline)));
    let name = |channel: ChannelId| {
        let channel = topology.channel(channel);
        format!("channel ({}, {}) -> nothing", topology.name(channel.from), topology.name(channel.to))
    };
    let channels = (0..topology.channels().len()).map(ChannelId::of);
    disciplines.chain(channels.map(|channel| (name(channel), Environment::Without(channel)))).collect()
}

/// The model in another environment.
///
/// # Errors
/// Where the model speaks of channels that would be others.
pub fn apply(model: &Model, environment: Environment) -> Result<Model, String> {
    let mut channels = model.topology.channels().to_vec();
    match environment {
        Environment::Channels(discipline) => {
            let fifo = channels.iter_mut().filter(|channel| channel.discipline == Discipline::Fifo);
            fifo.for_each(|channel| channel.discipline = discipline);
        }
        Environment::Without(_) if names_channels(model) => {
            return Err("the model's lists, walk or `recorded` speak of channels".to_owned());
        }
        Environment::Without(channel) => drop(channels.remove(channel.index())),
    }
    let topology = Topology::new(model.topology.names().to_vec(), channels);
    Ok(Model { topology, ..model.clone() })
}

fn names_channels(model: &Model) -> bool {
    let records = model.reach.iter().any(|reach| matches!(reach, Reach::Records(_)));
    model.application.names_channels() || !model.walk.is_empty() || !model.recorded.is_empty() || records
}
