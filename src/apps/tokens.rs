//! Processes hold amounts of something and send some of it to their neighbours.

use serde::Serialize;

use crate::network::{Application, ChannelId, ProcessId, Step, StepOf, Topology};

/// Token passing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// How amounts are printed: `token`, `coin`, `$`.
    pub unit: String,
    /// What each process holds at first.
    pub start: Vec<u64>,
    /// Who may send what.
    pub behaviour: Behaviour,
}

/// Who may send what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// So many sends per process, of any of the amounts (ascending, distinct), to any neighbour.
    Free {
        /// Sends of each process.
        sends: Vec<u32>,
        /// The amounts, ascending.
        amounts: Vec<u64>,
    },
    /// Each process sends these, in this order.
    Lists(Vec<Vec<(ChannelId, u64)>>),
}

/// The application state of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Purse {
    /// How much it holds.
    pub balance: u64,
    /// How often it has sent.
    pub sent: u32,
}

impl Application for Tokens {
    type State = Purse;
    type Message = u64;
    type Step = (ChannelId, u64);

    fn initial(&self, process: ProcessId) -> Purse {
        Purse { balance: self.start[process.index()], sent: 0 }
    }

    fn steps(&self, topology: &Topology, process: ProcessId, purse: &Purse) -> Vec<StepOf<Self>> {
        let affordable = |&(_, amount): &(ChannelId, u64)| amount <= purse.balance;
        self.offers(topology, process, purse)
            .into_iter()
            .filter(affordable)
            .map(|send| purse.send(send))
            .collect()
    }

    fn receive(
        &self,
        _process: ProcessId,
        purse: &Purse,
        _channel: ChannelId,
        amount: &u64,
    ) -> (Purse, Vec<(ChannelId, u64)>) {
        (Purse { balance: purse.balance + amount, ..*purse }, Vec::new())
    }

    fn is_finished(&self, process: ProcessId, purse: &Purse) -> bool {
        let sends = match &self.behaviour {
            Behaviour::Free { sends, .. } => sends[process.index()] as usize,
            Behaviour::Lists(lists) => lists[process.index()].len(),
        };
        purse.sent as usize >= sends
    }

    /// The balance is read first.
    fn first_half(&self, purse: &Purse) -> Purse {
        Purse { balance: purse.balance, sent: 0 }
    }

    fn torn(&self, first: &Purse, now: &Purse) -> Purse {
        Purse { balance: first.balance, ..*now }
    }

    fn held(&self, purse: &Purse) -> u64 {
        purse.balance
    }

    fn carried(&self, amount: &u64) -> u64 {
        *amount
    }

    fn progress(&self, _process: ProcessId, purse: &Purse) -> Option<u64> {
        Some(2 * u64::from(purse.sent))
    }
}

impl Tokens {
    /// An amount as people read it: `1 token`, `3 tokens`, `$5`.
    pub fn amount(&self, amount: u128) -> String {
        match self.unit.chars().all(char::is_alphabetic) {
            true if amount == 1 => format!("1 {}", self.unit),
            true => format!("{amount} {}s", self.unit),
            false => format!("{}{amount}", self.unit),
        }
    }

    /// What it is, in a few words: `1 token each, 2 sends each`. Processes with nothing are left out.
    pub fn heading(&self, topology: &Topology) -> String {
        let start: Vec<u128> = self.start.iter().map(|&amount| amount.into()).collect();
        let start = Self::each(topology, &start, |amount| self.amount(amount));
        let count = |sends: u128| format!("{sends} send{}", if sends == 1 { "" } else { "s" });
        match &self.behaviour {
            Behaviour::Free { sends, amounts } => {
                let sends: Vec<u128> = sends.iter().map(|&budget| budget.into()).collect();
                let sends = Self::each(topology, &sends, count);
                format!("{start}, {sends}{}", of_amounts(amounts))
            }
            Behaviour::Lists(lists) => {
                let sends: usize = lists.iter().map(Vec::len).sum();
                format!("{start}, {} in lists", count(sends as u128))
            }
        }
    }

    fn each(topology: &Topology, values: &[u128], text: impl Fn(u128) -> String) -> String {
        if let [first, rest @ ..] = values
            && rest.iter().all(|other| other == first)
        {
            return format!("{} each", text(*first));
        }
        let named = topology.names().iter().zip(values).filter(|(_, value)| **value > 0);
        named.map(|(name, &value)| format!("{name} {}", text(value))).collect::<Vec<_>>().join(", ")
    }

    /// The sends that a process may make next, affordable or not.
    fn offers(&self, topology: &Topology, process: ProcessId, purse: &Purse) -> Vec<(ChannelId, u64)> {
        match &self.behaviour {
            Behaviour::Lists(lists) => {
                lists[process.index()].get(purse.sent as usize).copied().into_iter().collect()
            }
            Behaviour::Free { sends, .. } if purse.sent >= sends[process.index()] => Vec::new(),
            Behaviour::Free { amounts, .. } => {
                let to = topology.outgoing(process).iter();
                to.flat_map(|&channel| amounts.iter().map(move |&amount| (channel, amount))).collect()
            }
        }
    }
}

impl Purse {
    fn send(self, send: (ChannelId, u64)) -> StepOf<Tokens> {
        let state = Self { balance: self.balance - send.1, sent: self.sent + 1 };
        Step { name: send, state, sends: vec![send] }
    }
}

/// Which amounts may be sent, where that is not plainly one.
fn of_amounts(amounts: &[u64]) -> String {
    match amounts {
        [] | [1] => String::new(),
        _ => format!(" of {}", amounts.iter().map(u64::to_string).collect::<Vec<_>>().join(" or ")),
    }
}
