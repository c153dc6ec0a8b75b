//! The log of a process, and what follows from it. Knows nothing of when a determinant becomes stable.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::network::{ChannelId, ProcessId};

/// A receipt that something depends on, and with it on all that its process had received before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Dependence {
    /// Who received.
    pub process: ProcessId,
    /// How often it had crashed.
    pub incarnation: u32,
    /// How many it had received then, this one included.
    pub position: u32,
}

/// A receipt, as the log has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Receipt {
    /// On which channel.
    pub channel: ChannelId,
    /// Which message of the channel, from 1.
    pub index: u32,
    /// What the message depends on: of each process and incarnation the last receipt, in order.
    pub depends: Vec<Dependence>,
}

/// The state of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Logger {
    /// What it has received.
    pub log: Vec<Receipt>,
    /// How much of that is on stable storage.
    pub stable: u32,
    /// How many of its messages it has sent since it was started.
    pub sent: u32,
    /// How many receipts it was left with at each crash.
    pub crashes: Vec<u32>,
}

impl Logger {
    /// What the state of a process after so many receipts depends on.
    pub fn depends(&self, process: ProcessId, position: u32) -> Vec<Dependence> {
        let mut last = BTreeMap::new();
        let heard = self.log[..position as usize].iter().flat_map(|receipt| receipt.depends.iter().copied());
        for Dependence { process, incarnation, position } in heard.chain(self.own(process, position)) {
            let known = last.entry((process, incarnation)).or_insert(position);
            *known = position.max(*known);
        }
        let entries = last.into_iter();
        entries
            .map(|((process, incarnation), position)| Dependence { process, incarnation, position })
            .collect()
    }

    /// The index of the message that has not come yet on this channel.
    pub fn expected(&self, channel: ChannelId) -> u32 {
        let of_channel = self.log.iter().filter(|receipt| receipt.channel == channel);
        of_channel.map(|receipt| receipt.index).max().unwrap_or_default() + 1
    }

    /// The last receipt of a process after so many, if there was one.
    fn own(&self, process: ProcessId, position: u32) -> Option<Dependence> {
        // It has survived the crashes that left this many receipts, so it was made after the last that left fewer.
        let before = self.crashes.iter().rposition(|&left| left < position);
        let incarnation = before.map_or(0, |crash| crash as u32 + 1);
        (position > 0).then_some(Dependence { process, incarnation, position })
    }
}
