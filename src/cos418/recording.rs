//! What a snapshot has recorded, as `.snap` files hold it: read and written.

use super::exercise::Exercise;
use super::lines::{Line, lines, short, whole};
use crate::model::{AMOUNT_MAX, Error, Source};
use crate::network::ProcessId;

const FORMAT: &str = "write `ID TOKENS` for each server and `SRC DEST token(N)` for each recorded message";

/// A whole snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recording {
    /// What each server held.
    pub tokens: Vec<u64>,
    /// The messages of each link, in order of arrival.
    pub messages: Vec<Vec<u64>>,
    /// Messages between servers that have no link.
    pub strays: Vec<Stray>,
}

/// A message that is said to have been where no link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stray {
    /// From where.
    pub from: ProcessId,
    /// To where.
    pub to: ProcessId,
    /// How many tokens.
    pub tokens: u64,
}

impl Recording {
    /// All tokens of it.
    pub fn total(&self) -> u128 {
        let held = self.tokens.iter().chain(self.messages.iter().flatten());
        let strays = self.strays.iter().map(|stray| &stray.tokens);
        held.chain(strays).map(|&tokens| u128::from(tokens)).sum()
    }

    /// As a `.snap` file: servers and messages in string order, messages of a link in order of arrival.
    pub fn text(&self, exercise: &Exercise, number: usize) -> String {
        let topology = &exercise.topology;
        let servers = exercise.servers_in_order();
        let mut text = format!("{number}\n");
        for &server in &servers {
            text += &format!("{} {}\n", topology.name(server), self.tokens[server.index()]);
        }
        for link in servers.iter().flat_map(|&server| exercise.links_in_order(server)) {
            let channel = topology.channel(link);
            let (from, to) = (topology.name(channel.from), topology.name(channel.to));
            for tokens in &self.messages[link.index()] {
                text += &format!("{from} {to} token({tokens})\n");
            }
        }
        text
    }
}

/// Reads the snapshots of a run: one file each, in any order of the files, ordered by their numbers.
///
/// # Errors
/// Where a file is none of the format, two files are for one snapshot, or one of the script's is missing.
pub fn read_recordings(exercise: &Exercise, sources: &[Source]) -> Result<Vec<Recording>, Error> {
    let count = exercise.initiators.len();
    let mut found: Vec<Option<Recording>> = vec![None; count];
    for source in sources {
        let lines = lines(source);
        let number = read_number(source, &lines, count)?;
        if found[number].is_some() {
            let message = format!("there is another file for snapshot {number}");
            return Err(lines[0].fault(message, "give one file for each snapshot of the script"));
        }
        found[number] = Some(read_one(exercise, source, &lines[1..])?);
    }
    let missing = found.iter().position(Option::is_none);
    match (missing, sources.first()) {
        (Some(number), Some(source)) => {
            let message =
                format!("the script starts {count} snapshots, but no file is for snapshot {number}");
            Err(whole(source, message, "give one file for each snapshot of the script"))
        }
        _ => Ok(found.into_iter().flatten().collect()),
    }
}

fn read_number(source: &Source, lines: &[Line<'_>], count: usize) -> Result<usize, Error> {
    let Some(first) = lines.first() else {
        return Err(whole(source, "the snapshot is empty", "the first line is the snapshot's number"));
    };
    let [number] = first.words() else {
        return Err(first.fault("the first line is the snapshot's number, and nothing else", FORMAT));
    };
    let Some(most) = (count as u64).checked_sub(1) else {
        return Err(
            first.fault("the script starts no snapshot", "give the events that belong to this snapshot")
        );
    };
    first.number(number, "the snapshot's number", 0, most).map(|number| number as usize)
}

fn read_one(exercise: &Exercise, source: &Source, lines: &[Line<'_>]) -> Result<Recording, Error> {
    let topology = &exercise.topology;
    let names = topology.names();
    let mut held: Vec<Option<u64>> = vec![None; names.len()];
    let mut recording =
        Recording { messages: vec![Vec::new(); topology.channels().len()], ..Recording::default() };
    for line in lines {
        match line.words() {
            [server, tokens] => {
                let at = line.named(server, names)?;
                if held[at].is_some() {
                    return Err(
                        line.fault(format!("{} is there already", server.text), "one line for each server")
                    );
                }
                held[at] = Some(line.number(tokens, "how many tokens", 0, AMOUNT_MAX)?);
            }
            [from, to, message] => {
                let (from, to) = (line.named(from, names)?, line.named(to, names)?);
                let inner = message.text.strip_prefix("token(").and_then(|rest| rest.strip_suffix(')'));
                let Some(text) = inner else {
                    let problem = format!("expected `token(N)`, found `{}`", short(message.text));
                    return Err(line.fault_at(message, problem, FORMAT));
                };
                let begin = message.span.start + "token(".len();
                let word = super::lines::Word { text, span: begin..begin + text.len() };
                let tokens = line.number(&word, "how many tokens", 0, AMOUNT_MAX)?;
                let (from, to) = (ProcessId::of(from), ProcessId::of(to));
                match topology.channel_between(from, to) {
                    Some(link) => recording.messages[link.index()].push(tokens),
                    None => recording.strays.push(Stray { from, to, tokens }),
                }
            }
            _ => return Err(line.fault("neither a server nor a message", FORMAT)),
        }
    }
    let missing = held.iter().position(Option::is_none);
    if let Some(at) = missing {
        return Err(whole(source, format!("there is no line for server {}", names[at]), FORMAT));
    }
    recording.tokens = held.into_iter().flatten().collect();
    Ok(recording)
}
