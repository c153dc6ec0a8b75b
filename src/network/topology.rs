//! Processes and the directed channels between them. Knows nothing of what travels.

use super::ids::{ChannelId, ProcessId};

/// The largest number of processes.
pub const PROCESSES_MAX: usize = 64;
/// The largest number of channels: every ordered pair of [`PROCESSES_MAX`] processes.
pub const CHANNELS_MAX: usize = PROCESSES_MAX * (PROCESSES_MAX - 1);

/// How a channel delivers, and how often it may misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Discipline {
    /// First in, first out; nothing is lost.
    Fifo,
    /// Any item may come out next.
    Bag,
    /// FIFO that may drop its head so many times.
    Lossy(u8),
    /// FIFO that may copy its head so many times.
    Duplicating(u8),
    /// FIFO that may exchange its first two items so many times.
    Overtaking(u8),
    /// A link layer over frames and acknowledgements that may suffer so many faults: each frame is sent so often at most.
    Linked {
        /// What may happen to what travels.
        over: Fault,
        /// How often.
        budget: u8,
        /// How often a frame is sent, the first time included.
        tries: u8,
    },
}

/// What may happen to something that travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// It is lost.
    Lose,
    /// There are two of it.
    Duplicate,
    /// What is behind it comes before it.
    Overtake,
}

impl Discipline {
    /// How many faults a channel starts with.
    pub fn faults(self) -> u8 {
        match self {
            Self::Fifo | Self::Bag => 0,
            Self::Lossy(budget)
            | Self::Duplicating(budget)
            | Self::Overtaking(budget)
            | Self::Linked { budget, .. } => budget,
        }
    }
}

/// A directed channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The sender.
    pub from: ProcessId,
    /// The receiver.
    pub to: ProcessId,
    /// How it delivers.
    pub discipline: Discipline,
}

/// Processes and channels.
///
/// ```
/// use cl_check::network::{Channel, ChannelId, Discipline, ProcessId, Topology};
/// let (a, b) = (ProcessId(0), ProcessId(1));
/// let channel = |from, to| Channel { from, to, discipline: Discipline::Fifo };
/// let pair = Topology::new(vec!["A".into(), "B".into()], vec![channel(a, b), channel(b, a)]);
/// assert_eq!(pair.outgoing(b), [ChannelId(1)]);
/// assert_eq!(pair.channel_between(a, b), Some(ChannelId(0)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    names: Vec<String>,
    channels: Vec<Channel>,
    incoming: Vec<Vec<ChannelId>>,
    outgoing: Vec<Vec<ChannelId>>,
}

impl Topology {
    /// A topology of named processes; channels are numbered as listed.
    pub fn new(names: Vec<String>, channels: Vec<Channel>) -> Self {
        let mut incoming = vec![Vec::new(); names.len()];
        let mut outgoing = vec![Vec::new(); names.len()];
        for (index, channel) in channels.iter().enumerate() {
            incoming[channel.to.index()].push(ChannelId::of(index));
            outgoing[channel.from.index()].push(ChannelId::of(index));
        }
        Self { names, channels, incoming, outgoing }
    }

    /// Every process.
    pub fn processes(&self) -> impl Iterator<Item = ProcessId> + use<> {
        (0..self.names.len()).map(ProcessId::of)
    }

    /// The process of this name.
    pub fn process_named(&self, name: &str) -> Option<ProcessId> {
        self.names.iter().position(|other| other == name).map(ProcessId::of)
    }

    /// The name of a process.
    pub fn name(&self, process: ProcessId) -> &str {
        &self.names[process.index()]
    }

    /// All names, in process order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All channels, in channel order.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// One channel.
    pub fn channel(&self, channel: ChannelId) -> &Channel {
        &self.channels[channel.index()]
    }

    /// Channels to a process, in channel order.
    pub fn incoming(&self, process: ProcessId) -> &[ChannelId] {
        &self.incoming[process.index()]
    }

    /// Channels from a process, in channel order.
    pub fn outgoing(&self, process: ProcessId) -> &[ChannelId] {
        &self.outgoing[process.index()]
    }

    /// Where a channel stands among the incoming ones of its receiver.
    pub fn inbox(&self, channel: ChannelId) -> usize {
        let to = self.channel(channel).to;
        let place = self.incoming(to).iter().position(|&other| other == channel);
        place.expect("a channel is among the incoming ones of its receiver")
    }

    /// The channel of an ordered pair.
    pub fn channel_between(&self, from: ProcessId, to: ProcessId) -> Option<ChannelId> {
        let between = |channel: &Channel| channel.from == from && channel.to == to;
        self.channels.iter().position(between).map(ChannelId::of)
    }

    /// A channel as people read it: `A→B`.
    pub fn channel_name(&self, channel: ChannelId) -> String {
        let Channel { from, to, .. } = self.channel(channel);
        format!("{}→{}", self.name(*from), self.name(*to))
    }
}
