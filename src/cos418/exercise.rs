//! A topology and a script of events, as the assignment's `.top` and `.events` files hold them.

use std::path::Path;

use super::lines::{Line, Word, lines, short, whole};
use crate::model::{AMOUNT_MAX, ENTRIES_MAX, Error, NAME_CHARACTERS_MAX, Source};
use crate::network::{
    Channel, ChannelId, Discipline, PROCESSES_MAX, ProcessId, SNAPSHOTS_MAX, SnapshotId, Topology,
};

/// The most ticks of a script.
pub const TICKS_MAX: u64 = 100_000;

const EVENTS: &str = "write `send SRC DEST TOKENS`, `snapshot ID`, `tick` or `tick N`";
const TOPOLOGY: &str = "write `ID TOKENS` for each server, then `SRC DEST` for each link";

/// A system of servers, and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// Servers and links, in the order of the file.
    pub topology: Topology,
    /// What each server holds at first.
    pub tokens: Vec<u64>,
    /// What happens, one line after the other; `tick N` is N ticks.
    pub script: Vec<Entry>,
    /// Which server starts each snapshot.
    pub initiators: Vec<ProcessId>,
}

/// One thing that a script says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// So many tokens are sent on a link.
    Send(ChannelId, u64),
    /// A snapshot is started at its initiator.
    Snapshot(SnapshotId),
    /// Time goes on by one.
    Tick,
}

impl Exercise {
    /// Reads two files.
    ///
    /// # Errors
    /// Where a file cannot be read, or [`read`](Self::read) fails.
    pub fn load(topology: &Path, events: &Path) -> Result<Self, Error> {
        Self::read(&Source::load(topology)?, &Source::load(events)?)
    }

    /// Reads a topology and a script.
    ///
    /// ```
    /// use cl_check::cos418::Exercise;
    /// use cl_check::model::Source;
    /// let topology = Source::new("a.top", "2\nA 1\nB 0\nA B\n");
    /// let error = Exercise::read(&topology, &Source::new("a.events", "\nsend A C 1\n")).unwrap_err();
    /// assert_eq!(error.to_string(), "a.events:2:8: there is no server `C`");
    /// ```
    ///
    /// # Errors
    /// Where a line is none of the format, names what is not there, or holds a number out of range: the first, with its
    /// place.
    pub fn read(topology: &Source, events: &Source) -> Result<Self, Error> {
        let (topology, tokens) = read_topology(topology)?;
        let exercise = Self { topology, tokens, script: Vec::new(), initiators: Vec::new() };
        let mut reader = Reader { exercise, ticks: 0, others: 0 };
        for line in lines(events) {
            reader.take_event(&line)?;
        }
        Ok(reader.exercise)
    }

    /// What all servers hold together.
    pub fn total(&self) -> u128 {
        self.tokens.iter().map(|&tokens| u128::from(tokens)).sum()
    }

    /// Every snapshot.
    pub fn snapshots(&self) -> impl Iterator<Item = SnapshotId> + use<> {
        (0..self.initiators.len()).map(SnapshotId::of)
    }

    /// Every link.
    pub fn links(&self) -> impl Iterator<Item = ChannelId> + use<> {
        (0..self.topology.channels().len()).map(ChannelId::of)
    }

    /// The servers in string order, which is the order in which the simulator asks them.
    pub fn servers_in_order(&self) -> Vec<ProcessId> {
        let mut servers: Vec<ProcessId> = self.topology.processes().collect();
        servers.sort_by_key(|&server| self.topology.name(server));
        servers
    }

    /// The links from a server in the string order of their destinations.
    pub fn links_in_order(&self, server: ProcessId) -> Vec<ChannelId> {
        let mut links = self.topology.outgoing(server).to_vec();
        links.sort_by_key(|&link| self.topology.name(self.topology.channel(link).to));
        links
    }
}

/// A script as far as it has been read.
struct Reader {
    exercise: Exercise,
    ticks: u64,
    others: usize,
}

impl Reader {
    fn take_event(&mut self, line: &Line<'_>) -> Result<(), Error> {
        match line.words() {
            [word, from, to, tokens] if word.text == "send" => {
                let send = self.send(line, from, to, tokens)?;
                self.push(line, send)
            }
            [word, server] if word.text == "snapshot" => {
                let server = ProcessId::of(line.named(server, self.exercise.topology.names())?);
                if self.exercise.initiators.len() == SNAPSHOTS_MAX {
                    let message = format!("the most supported is {SNAPSHOTS_MAX} snapshots");
                    return Err(line.fault(message, "leave some out"));
                }
                self.exercise.initiators.push(server);
                self.push(line, Entry::Snapshot(SnapshotId::of(self.exercise.initiators.len() - 1)))
            }
            [word] if word.text == "tick" => self.ticks(line, 1),
            [word, times] if word.text == "tick" => {
                let times = line.number(times, "how many ticks", 0, TICKS_MAX)?;
                self.ticks(line, times)
            }
            [word, ..] => Err(line.fault(not_an_event(word.text), EVENTS)),
            [] => Ok(()),
        }
    }

    fn send(
        &self,
        line: &Line<'_>,
        from: &Word<'_>,
        to: &Word<'_>,
        tokens: &Word<'_>,
    ) -> Result<Entry, Error> {
        let names = self.exercise.topology.names();
        let ends = (line.named(from, names)?, line.named(to, names)?);
        let (sender, receiver) = (ProcessId::of(ends.0), ProcessId::of(ends.1));
        let Some(link) = self.exercise.topology.channel_between(sender, receiver) else {
            let message = format!("there is no link from {} to {}", from.text, to.text);
            return Err(line.fault(message, format!("the topology has no line `{} {}`", from.text, to.text)));
        };
        let number = line.number(tokens, "how many tokens", 1, AMOUNT_MAX)?;
        let total = self.exercise.total();
        if u128::from(number) > total {
            let message = format!("a send of {number}, but all servers together hold {total}");
            return Err(line.fault_at(tokens, message, "it can never happen: send less"));
        }
        Ok(Entry::Send(link, number))
    }

    fn ticks(&mut self, line: &Line<'_>, times: u64) -> Result<(), Error> {
        if self.ticks + times > TICKS_MAX {
            let message = format!("the most supported is {TICKS_MAX} ticks in all");
            return Err(line.fault(message, "leave some out: nothing is in flight for so long"));
        }
        self.ticks += times;
        self.exercise.script.extend((0..times).map(|_| Entry::Tick));
        Ok(())
    }

    fn push(&mut self, line: &Line<'_>, entry: Entry) -> Result<(), Error> {
        if self.others == ENTRIES_MAX {
            let message = format!("the most supported is {ENTRIES_MAX} sends and snapshots");
            return Err(line.fault(message, "leave some out"));
        }
        self.others += 1;
        self.exercise.script.push(entry);
        Ok(())
    }
}

fn not_an_event(word: &str) -> String {
    match word {
        "send" => "a send has a source, a destination and a number of tokens".to_owned(),
        "snapshot" => "a snapshot has the server that starts it".to_owned(),
        "tick" => "a tick has at most a number".to_owned(),
        other => format!("`{}` is no event", short(other)),
    }
}

fn read_topology(source: &Source) -> Result<(Topology, Vec<u64>), Error> {
    let lines = lines(source);
    let Some((first, rest)) = lines.split_first() else {
        return Err(whole(source, "the topology is empty", "the first line is the number of servers"));
    };
    let [count] = first.words() else {
        return Err(first.fault("the first line is the number of servers, and nothing else", TOPOLOGY));
    };
    let count = first.number(count, "the number of servers", 1, PROCESSES_MAX as u64)? as usize;
    if rest.len() < count {
        let message = format!("the first line says {count} servers, but {} lines follow it", rest.len());
        return Err(first.fault(message, TOPOLOGY));
    }
    let (servers, links) = rest.split_at(count);
    let (names, tokens) = read_servers(servers)?;
    let mut channels: Vec<Channel> = Vec::new();
    for line in links {
        channels.push(read_link(line, &names, &channels)?);
    }
    Ok((Topology::new(names, channels), tokens))
}

fn read_servers(lines: &[Line<'_>]) -> Result<(Vec<String>, Vec<u64>), Error> {
    let (mut names, mut tokens): (Vec<String>, Vec<u64>) = (Vec::new(), Vec::new());
    for line in lines {
        let [name, held] = line.words() else {
            let message = format!(
                "a server has a name and a number of tokens; {} are still to come",
                lines.len() - names.len()
            );
            return Err(line.fault(message, TOPOLOGY));
        };
        if names.iter().any(|other| other == name.text) {
            return Err(line.fault_at(
                name,
                format!("there is a server `{}` already", short(name.text)),
                "give each a name of its own",
            ));
        }
        if name.text.chars().any(char::is_control) || name.text.chars().count() > NAME_CHARACTERS_MAX {
            return Err(line.fault_at(
                name,
                "this name cannot be shown",
                "give the server a short, readable name",
            ));
        }
        let most = AMOUNT_MAX - tokens.iter().sum::<u64>();
        tokens.push(line.number(held, "how many tokens", 0, most)?);
        names.push(name.text.to_owned());
    }
    Ok((names, tokens))
}

fn read_link(line: &Line<'_>, names: &[String], others: &[Channel]) -> Result<Channel, Error> {
    let [from, to] = line.words() else {
        return Err(
            line.fault("a link has a source and a destination", "write `SRC DEST`, after all servers")
        );
    };
    let ends = (line.named(from, names)?, line.named(to, names)?);
    if ends.0 == ends.1 {
        return Err(line.fault("a link leads from one server to another", "leave this line out"));
    }
    let (from, to) = (ProcessId::of(ends.0), ProcessId::of(ends.1));
    if others.iter().any(|other| other.from == from && other.to == to) {
        return Err(line.fault("there is this link already", "leave this line out"));
    }
    Ok(Channel { from, to, discipline: Discipline::Fifo })
}
