//! A token ring after IEEE 802.5: one free token goes round for ever. Whoever has something to send makes it a busy token,
//! which carries the message to its destination and comes back to its sender, who frees it.
//!
//! The states come again: nothing is used up but the messages to be sent.

use serde::{Deserialize, Serialize};

use super::by_name::{self, ByName};
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// A token ring.
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
/// let ring = r#"Model(
///     name: "ring", topology: Ring(["A", "B", "C"]), snapshots: [By("B")],
///     application: TokenRing(start: "A", messages: {"A": ["C"]}),
/// )"#;
/// let verdict = check(&read(&Source::new("ring.ron", ring)).unwrap(), &Options::default());
/// assert_eq!(verdict.word, Word::Verified);
/// assert_eq!(verdict.stats.distinct_states, 174);
/// assert_eq!(verdict.stats.orderings, None); // the token goes round for ever
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRing {
    /// Who has the token at first.
    pub start: ProcessId,
    /// To whom each process wants to send, in this order.
    pub messages: Vec<Vec<ProcessId>>,
    /// How often each process may take the token for lost, and make a new one.
    pub makes: Vec<u32>,
    /// How often each process may lose the token.
    pub loses: Vec<u32>,
}

/// How a model writes it: names of processes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "TokenRing", deny_unknown_fields)]
pub struct Written {
    start: String,
    #[serde(default)]
    messages: ByName<Vec<String>>,
    #[serde(default)]
    makes: ByName<u32>,
    #[serde(default)]
    loses: ByName<u32>,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Token {
    /// Whoever has something to send may take it.
    Free,
    /// It carries a message.
    Busy {
        /// Who sends.
        from: ProcessId,
        /// Who is to receive.
        to: ProcessId,
    },
}

/// The state of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Station {
    /// The tokens that it holds, first come first.
    pub holds: Vec<Token>,
    /// How many of its messages have gone.
    pub sent: u32,
    /// How many messages have come for it.
    pub received: u32,
    /// How often it has made a token.
    pub made: u32,
    /// How often it has lost one.
    pub lost: u32,
}

/// A step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// Hands the token on as it is, or frees its own.
    Pass(ProcessId),
    /// Takes the free token to send its next message.
    Take(ProcessId),
    /// Makes a new token, as if the one there is were lost.
    Make(ProcessId),
    /// Loses the token that it holds.
    Drop(ProcessId),
}

/// One token, in a process or in a channel.
const ONE_TOKEN: Rule = Rule {
    number: 0,
    name: "OneToken",
    when: When::Always,
    says: "there is one token, in every state and in every snapshot",
    otherwise: "there should be one token",
};
/// A snapshot that finds another number of tokens tells the truth.
const NO_FALSE_ALARM: Rule = Rule {
    number: 1,
    name: "NoFalseAlarm",
    when: When::StillSo,
    says: "where the snapshot finds more or fewer tokens than one, so it is",
    otherwise: "the snapshot finds another number of tokens than one, but there is one",
};
/// Where the number of tokens was wrong, the snapshot tells.
const FAULT_FOUND: Rule = Rule {
    number: 2,
    name: "FaultFound",
    when: When::Found,
    says: "where there was more or less than one token at the start, the snapshot tells",
    otherwise: "there was another number of tokens than one at the start, but the snapshot finds one",
};

impl Readable for TokenRing {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        if let Some(process) = topology.processes().find(|&process| topology.outgoing(process).len() != 1) {
            let name = topology.name(process);
            let message =
                format!("a token ring needs a ring, but `{name}` does not send to exactly one process");
            return Err(Refusal::of_all(message, "write `topology: Ring([..])`"));
        }
        let listed = |names: Option<&Vec<String>>| {
            names.into_iter().flatten().map(|name| by_name::process(name, topology)).collect()
        };
        Ok(Self {
            start: by_name::process(&written.start, topology)?,
            messages: written
                .messages
                .of_each(topology)?
                .into_iter()
                .map(listed)
                .collect::<Result<_, _>>()?,
            makes: written.makes.times(topology, "tokens made")?,
            loses: written.loses.times(topology, "tokens lost")?,
        })
    }
}

impl Application for TokenRing {
    type State = Station;
    type Message = Token;
    type Step = Turn;

    fn initial(&self, process: ProcessId) -> Station {
        let holds = if process == self.start { vec![Token::Free] } else { Vec::new() };
        Station { holds, ..Station::default() }
    }

    fn steps(&self, topology: &Topology, process: ProcessId, station: &Station) -> Vec<StepOf<Self>> {
        let onward = topology.outgoing(process)[0];
        let mut steps = Vec::new();
        if let [token, rest @ ..] = station.holds.as_slice() {
            let next = self.messages[process.index()].get(station.sent as usize);
            let (name, token, sent) = match (token, next) {
                (Token::Free, Some(&to)) => (Turn::Take(process), Token::Busy { from: process, to }, 1),
                (Token::Busy { from, .. }, _) if *from == process => (Turn::Pass(process), Token::Free, 0),
                (&token, _) => (Turn::Pass(process), token, 0),
            };
            let after = Station { holds: rest.to_vec(), sent: station.sent + sent, ..station.clone() };
            steps.push(Step { name, state: after, sends: vec![(onward, token)] });
            if station.lost < self.loses[process.index()] {
                let after = Station { holds: rest.to_vec(), lost: station.lost + 1, ..station.clone() };
                steps.push(Step { name: Turn::Drop(process), state: after, sends: Vec::new() });
            }
        }
        if station.made < self.makes[process.index()] {
            let mut after = Station { made: station.made + 1, ..station.clone() };
            after.holds.push(Token::Free);
            steps.push(Step { name: Turn::Make(process), state: after, sends: Vec::new() });
        }
        steps
    }

    fn receive(
        &self,
        _topology: &Topology,
        process: ProcessId,
        station: &Station,
        _channel: ChannelId,
        token: &Token,
    ) -> (Station, Vec<(ChannelId, Token)>) {
        let mut after = station.clone();
        after.holds.push(*token);
        after.received += u32::from(matches!(token, Token::Busy { to, .. } if *to == process));
        (after, Vec::new())
    }

    fn is_finished(&self, _process: ProcessId, _station: &Station) -> bool {
        false
    }

    /// A token that is held moves on at last. Nobody must lose it, or make another.
    fn fair(&self, step: &Turn) -> Option<u32> {
        matches!(step, Turn::Pass(_) | Turn::Take(_)).then_some(0)
    }

    fn heading(&self, topology: &Topology) -> String {
        let messages: usize = self.messages.iter().map(Vec::len).sum();
        let plural = if messages == 1 { "" } else { "s" };
        format!("a token from {}, {messages} message{plural}", topology.name(self.start))
    }

    fn state_text(&self, topology: &Topology, station: &Station) -> String {
        let tokens = station.holds.iter().map(|token| self.message_text(topology, token));
        let tokens = tokens.collect::<Vec<_>>().join(" ");
        if tokens.is_empty() { "-".to_owned() } else { tokens }
    }

    fn message_text(&self, topology: &Topology, token: &Token) -> String {
        match token {
            Token::Free => "Free".to_owned(),
            Token::Busy { from, to } => format!("Busy({:?},{:?})", topology.name(*from), topology.name(*to)),
        }
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Pass", "Take", "Make", "Drop"]
    }

    fn step_text(&self, topology: &Topology, step: &Turn) -> String {
        let name = ["Pass", "Take", "Make", "Drop"][match step {
            Turn::Pass(_) => 0,
            Turn::Take(_) => 1,
            Turn::Make(_) => 2,
            Turn::Drop(_) => 3,
        }];
        format!("{name}({:?})", topology.name(self.step_place(topology, step)))
    }

    fn step_words(&self, _topology: &Topology, step: &Turn) -> Option<String> {
        match step {
            Turn::Pass(_) => None,
            Turn::Take(_) => Some("takes the token".to_owned()),
            Turn::Make(_) => Some("makes a token".to_owned()),
            Turn::Drop(_) => Some("loses a token".to_owned()),
        }
    }

    fn step_place(&self, _topology: &Topology, step: &Turn) -> ProcessId {
        let (Turn::Pass(process) | Turn::Take(process) | Turn::Make(process) | Turn::Drop(process)) = step;
        *process
    }

    fn rules(&self) -> Vec<Rule> {
        vec![ONE_TOKEN, NO_FALSE_ALARM, FAULT_FOUND]
    }

    fn holds(&self, _topology: &Topology, _rule: Rule, scene: &Scene<'_, Station, Token>) -> bool {
        tokens(scene) == 1
    }

    fn detects(&self, _topology: &Topology, _rule: Rule, scene: &Scene<'_, Station, Token>) -> u64 {
        u64::from(tokens(scene) != 1)
    }
}

/// All tokens, in processes and in channels.
fn tokens(scene: &Scene<'_, Station, Token>) -> usize {
    scene.states().map(|(_, station)| station.holds.len()).sum::<usize>() + scene.messages().len()
}
