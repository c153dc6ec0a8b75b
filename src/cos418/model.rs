//! The exercise as a model: its text in RON, a `Script`, so that everything else works on it.

use super::exercise::{Entry, Exercise};
use crate::model::{Error, Model, Source, read};

impl Exercise {
    /// The text of a model with this name. What a script waits for in it is what the asynchronous semantics says; ticks
    /// are left out.
    ///
    /// ```
    /// use cl_check::cos418::Exercise;
    /// use cl_check::model::{Source, read};
    /// let topology = Source::new("a.top", "2\nA 1\nB 0\nA B\nB A\n");
    /// let exercise = Exercise::read(&topology, &Source::new("a.events", "send A B 1\nsnapshot B\ntick\n")).unwrap();
    /// let text = exercise.to_model("message");
    /// assert!(text.contains(r#"Send("A", "B", 1),"#));
    /// assert_eq!(read(&Source::new("message.ron", text)).unwrap().snapshots.len(), 1);
    /// ```
    pub fn to_model(&self, name: &str) -> String {
        let topology = &self.topology;
        let list = |items: Vec<String>| items.join(", ");
        let names = list(topology.names().iter().map(|name| quoted(name)).collect());
        let channels = topology.channels().iter();
        let channels = channels.map(|channel| {
            format!("({}, {})", quoted(topology.name(channel.from)), quoted(topology.name(channel.to)))
        });
        let held = topology.names().iter().zip(&self.tokens);
        let held = held
            .filter(|(_, tokens)| **tokens > 0)
            .map(|(name, tokens)| format!("{}: {tokens}", quoted(name)));
        let entries = self.script.iter().filter_map(|entry| self.entry(*entry));
        let entries: String = entries.map(|entry| format!("            {entry},\n")).collect();
        let snapshots =
            self.initiators.iter().map(|&initiator| format!("By({})", quoted(topology.name(initiator))));
        format!(
            "// Written by `cl-check cos418 --to-model`. Ticks are left out: deliveries fall anywhere.\n\
             Model(\n    name: {},\n    \
             topology: Graph(\n        processes: [{names}],\n        channels: [{}],\n    ),\n    \
             application: Tokens(\n        start: {{{}}},\n        behaviour: Script([\n{entries}        ]),\n    ),\n    \
             snapshots: [{}],\n)\n",
            quoted(name),
            list(channels.collect()),
            list(held.collect()),
            list(snapshots.collect()),
        )
    }

    /// The model itself.
    ///
    /// # Errors
    /// Where the exercise is larger than models can be.
    pub fn model(&self, name: &str) -> Result<Model, Error> {
        read(&Source::new("the exercise as a model", self.to_model(name)))
    }

    fn entry(&self, entry: Entry) -> Option<String> {
        match entry {
            Entry::Send(link, tokens) => {
                let channel = self.topology.channel(link);
                let (from, to) = (self.topology.name(channel.from), self.topology.name(channel.to));
                Some(format!("Send({}, {}, {tokens})", quoted(from), quoted(to)))
            }
            Entry::Snapshot(snapshot) => Some(format!("Snapshot({})", snapshot.0)),
            Entry::Tick => None,
        }
    }
}

/// A name as RON writes it.
fn quoted(name: &str) -> String {
    format!("{name:?}")
}
