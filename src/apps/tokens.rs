//! Processes hold amounts of something and send some of it to their neighbours.

use serde::Serialize;

use crate::network::{Application, ChannelId, ProcessId, Renaming, Step, StepOf, Topology};

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
    /// So many sends per process, each of the same amount to all neighbours.
    Broadcast {
        /// Sends of each process.
        sends: Vec<u32>,
        /// The amounts, ascending.
        amounts: Vec<u64>,
        /// To all of them in one step; else one after the other.
        whole: bool,
    },
}

/// The application state of one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Purse {
    /// How much it holds.
    pub balance: u64,
    /// How often it has sent.
    pub sent: u32,
    /// What is still to be sent of a broadcast that has begun; nobody holds it.
    #[serde(skip_serializing_if = "Owed::is_nothing")]
    pub owed: Owed,
}

/// So many copies of this amount, to the last channels in channel order; of 0 where there are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Owed {
    /// How many.
    pub copies: u32,
    /// How much each.
    pub amount: u64,
}

/// A step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sending {
    /// This amount on one channel.
    Send(ChannelId, u64),
    /// This amount on every channel from here: all at once, or only the first now.
    Broadcast(ProcessId, u64),
}

impl Application for Tokens {
    type State = Purse;
    type Message = u64;
    type Step = Sending;

    fn initial(&self, process: ProcessId) -> Purse {
        Purse { balance: self.start[process.index()], ..Purse::default() }
    }

    fn steps(&self, topology: &Topology, process: ProcessId, purse: &Purse) -> Vec<StepOf<Self>> {
        if let Behaviour::Broadcast { sends, amounts, whole } = &self.behaviour {
            let left = sends[process.index()] > purse.sent;
            return purse.broadcasts(process, topology.outgoing(process), amounts, left, *whole);
        }
        let affordable = |&(_, amount): &(ChannelId, u64)| amount <= purse.balance;
        self.offers(topology, process, purse)
            .into_iter()
            .filter(affordable)
            .map(|send| purse.send(send))
            .collect()
    }

    fn receive(
        &self,
        _topology: &Topology,
        _process: ProcessId,
        purse: &Purse,
        _channel: ChannelId,
        amount: &u64,
    ) -> (Purse, Vec<(ChannelId, u64)>) {
        (Purse { balance: purse.balance + amount, ..*purse }, Vec::new())
    }

    fn is_finished(&self, process: ProcessId, purse: &Purse) -> bool {
        let sends = match &self.behaviour {
            Behaviour::Free { sends, .. } | Behaviour::Broadcast { sends, .. } => {
                sends[process.index()] as usize
            }
            Behaviour::Lists(lists) => lists[process.index()].len(),
        };
        purse.sent as usize >= sends && purse.owed.is_nothing()
    }

    /// The balance is read first.
    fn first_half(&self, purse: &Purse) -> Purse {
        Purse { balance: purse.balance, ..Purse::default() }
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

    fn progress(&self, topology: &Topology, process: ProcessId, purse: &Purse) -> Option<u64> {
        let neighbours = topology.outgoing(process).len() as u64;
        let each = match self.behaviour {
            Behaviour::Broadcast { whole: true, .. } => 1 + neighbours,
            Behaviour::Broadcast { whole: false, .. } => 2 * neighbours,
            Behaviour::Free { .. } | Behaviour::Lists(_) => 2,
        };
        Some(each * u64::from(purse.sent) - 2 * u64::from(purse.owed.copies))
    }

    /// An amount as people read it: `1 token`, `3 tokens`, `$5`.
    fn amount(&self, amount: u128) -> Option<String> {
        Some(match self.unit.chars().all(char::is_alphabetic) {
            true if amount == 1 => format!("1 {}", self.unit),
            true => format!("{amount} {}s", self.unit),
            false => format!("{}{amount}", self.unit),
        })
    }

    /// What it is, in a few words: `1 token each, 2 sends each`. Processes with nothing are left out.
    fn heading(&self, topology: &Topology) -> String {
        self.described(topology)
    }

    /// `2`, and what is owed: `0 owes 1,1`.
    fn state_text(&self, _topology: &Topology, purse: &Purse) -> String {
        let owed = vec![purse.owed.amount.to_string(); purse.owed.copies as usize];
        let owes = if owed.is_empty() { String::new() } else { format!(" owes {}", owed.join(",")) };
        format!("{}{owes}", purse.balance)
    }

    fn message_text(&self, _topology: &Topology, amount: &u64) -> String {
        amount.to_string()
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Send", "Broadcast"]
    }

    fn step_text(&self, topology: &Topology, step: &Sending) -> String {
        match step {
            Sending::Send(channel, amount) => {
                let ends = topology.channel(*channel);
                let (from, to) = (topology.name(ends.from), topology.name(ends.to));
                format!("Send({from:?},{to:?},{amount})")
            }
            Sending::Broadcast(process, amount) => {
                format!("Broadcast({:?},{amount})", topology.name(*process))
            }
        }
    }

    fn step_place(&self, topology: &Topology, step: &Sending) -> ProcessId {
        match step {
            Sending::Send(channel, _) => topology.channel(*channel).from,
            Sending::Broadcast(process, _) => *process,
        }
    }

    fn are_alike(&self, one: ProcessId, other: ProcessId) -> bool {
        let (one, other) = (one.index(), other.index());
        let do_as_much = match &self.behaviour {
            Behaviour::Free { sends, .. } | Behaviour::Broadcast { sends, .. } => sends[one] == sends[other],
            Behaviour::Lists(lists) => lists[one].len() == lists[other].len(),
        };
        self.start[one] == self.start[other] && do_as_much
    }

    /// A broadcast that is sent in turn owes copies to the last channels in channel order, so that order counts.
    fn is_same_under(&self, topology: &Topology, renaming: &Renaming) -> bool {
        let mut processes = topology.processes();
        processes.all(|process| {
            let image = renaming.process(process);
            self.are_alike(process, image)
                && match &self.behaviour {
                    Behaviour::Free { .. } | Behaviour::Broadcast { whole: true, .. } => true,
                    Behaviour::Broadcast { whole: false, .. } => {
                        let images = topology.outgoing(process).iter().map(|&to| renaming.channel(to));
                        images.eq(topology.outgoing(image).iter().copied())
                    }
                    Behaviour::Lists(lists) => {
                        let sends = lists[process.index()].iter();
                        let images = sends.map(|&(channel, amount)| (renaming.channel(channel), amount));
                        images.eq(lists[image.index()].iter().copied())
                    }
                }
        })
    }

    fn renamed_step(&self, renaming: &Renaming, step: &Sending) -> Option<Sending> {
        Some(match *step {
            Sending::Send(channel, amount) => Sending::Send(renaming.channel(channel), amount),
            Sending::Broadcast(process, amount) => Sending::Broadcast(renaming.process(process), amount),
        })
    }

    fn names_channels(&self) -> bool {
        matches!(self.behaviour, Behaviour::Lists(_))
    }
}

impl Tokens {
    fn described(&self, topology: &Topology) -> String {
        let start: Vec<u128> = self.start.iter().map(|&amount| amount.into()).collect();
        let start = Self::each(topology, &start, |amount| self.amount(amount).unwrap_or_default());
        let count = |what: &str, sends: u128| format!("{sends} {what}{}", if sends == 1 { "" } else { "s" });
        let budgets = |what: &str, sends: &[u32], amounts: &[u64]| {
            let sends: Vec<u128> = sends.iter().map(|&budget| budget.into()).collect();
            let sends = Self::each(topology, &sends, |sends| count(what, sends));
            format!("{start}, {sends}{}", of_amounts(amounts))
        };
        match &self.behaviour {
            Behaviour::Free { sends, amounts } => budgets("send", sends, amounts),
            Behaviour::Lists(lists) => {
                let sends: usize = lists.iter().map(Vec::len).sum();
                format!("{start}, {} in lists", count("send", sends as u128))
            }
            Behaviour::Broadcast { sends, amounts, whole: true } => budgets("broadcast", sends, amounts),
            Behaviour::Broadcast { sends, amounts, whole: false } => {
                budgets("split broadcast", sends, amounts)
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
            Behaviour::Broadcast { .. } => Vec::new(),
            Behaviour::Free { amounts, .. } => {
                let to = topology.outgoing(process).iter();
                to.flat_map(|&channel| amounts.iter().map(move |&amount| (channel, amount))).collect()
            }
        }
    }
}

impl Purse {
    fn send(self, send: (ChannelId, u64)) -> StepOf<Tokens> {
        let (channel, amount) = send;
        let state = Self { balance: self.balance - amount, sent: self.sent + 1, ..self };
        Step { name: Sending::Send(channel, amount), state, sends: vec![send] }
    }

    /// The next copy of what is owed, or else a broadcast of each amount that can be afforded.
    fn broadcasts(
        self,
        process: ProcessId,
        to: &[ChannelId],
        amounts: &[u64],
        left: bool,
        whole: bool,
    ) -> Vec<StepOf<Tokens>> {
        if let Some(&channel) = to.len().checked_sub(self.owed.copies as usize).and_then(|next| to.get(next))
        {
            let Owed { copies, amount } = self.owed;
            let state = Self { owed: Owed::of(copies - 1, amount), ..self };
            return vec![Step {
                name: Sending::Send(channel, amount),
                state,
                sends: vec![(channel, amount)],
            }];
        }
        let now = if whole { to } else { &to[..to.len().min(1)] };
        let broadcast = |amount: u64| Step {
            name: Sending::Broadcast(process, amount),
            state: Self {
                balance: self.balance - amount * to.len() as u64,
                sent: self.sent + 1,
                owed: Owed::of((to.len() - now.len()) as u32, amount),
            },
            sends: now.iter().map(|&channel| (channel, amount)).collect(),
        };
        let possible = |amount: &u64| left && !to.is_empty() && amount * to.len() as u64 <= self.balance;
        amounts.iter().copied().filter(possible).map(broadcast).collect()
    }
}

impl Owed {
    fn of(copies: u32, amount: u64) -> Self {
        if copies == 0 { Self::default() } else { Self { copies, amount } }
    }

    /// Everything is sent.
    pub fn is_nothing(&self) -> bool {
        self.copies == 0
    }
}

/// Which amounts may be sent, where that is not plainly one.
fn of_amounts(amounts: &[u64]) -> String {
    match amounts {
        [] | [1] => String::new(),
        _ => format!(" of {}", amounts.iter().map(u64::to_string).collect::<Vec<_>>().join(" or ")),
    }
}
