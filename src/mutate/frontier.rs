//! How far an algorithm holds: checked on every strongly connected topology up to a number of processes, with every
//! initiator, up to symmetry. Says on which systems, never that it is correct.

use std::fmt::Write;

use super::digraphs::{Digraph, strongly_connected};
use crate::algorithm::syntax::Algorithm;
use crate::check::{Options, check};
use crate::engine::frontier::{Frontier, FrontierRow};
use crate::engine::verdict::Word;
use crate::model::{Error, Model, Source, read};

/// The systems to check.
#[derive(Clone, Copy, Debug)]
pub struct Systems {
    /// The most processes.
    pub processes_max: usize,
    /// What each process holds at first.
    pub tokens: u64,
    /// How often each process may send one token.
    pub sends: u32,
    /// How many snapshots are taken: one, or two at once.
    pub snapshots: usize,
}

/// One system: the text of its model, which runs a built-in algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// How many processes.
    pub processes: usize,
    /// Which topology of so many processes, from 0.
    pub topology: usize,
    /// How many channels.
    pub channels: usize,
    /// The system in a few words: channels, sends, initiator.
    pub summary: String,
    /// The model.
    pub text: String,
}

impl Systems {
    /// All of them, smallest first: by processes, then channels.
    pub fn all(self) -> Vec<System> {
        let mut all = Vec::new();
        for processes in 2..=self.processes_max {
            for (topology, graph) in strongly_connected(processes).iter().enumerate() {
                let systems = self.initiators(graph).into_iter().map(|initiators| System {
                    processes,
                    topology,
                    channels: graph.edges().count(),
                    summary: self.summary(graph, &initiators),
                    text: self.text(graph, &initiators),
                });
                all.extend(systems);
            }
        }
        all
    }

    /// The initiators of the snapshots: the first up to symmetry, the second any process.
    fn initiators(self, graph: &Digraph) -> Vec<Vec<usize>> {
        let first = graph.different_vertices();
        if self.snapshots < 2 {
            return first.into_iter().map(|initiator| vec![initiator]).collect();
        }
        let second = 0..graph.vertices();
        first.into_iter().flat_map(|one| second.clone().map(move |other| vec![one, other])).collect()
    }

    fn summary(self, graph: &Digraph, initiators: &[usize]) -> String {
        let channels: Vec<String> =
            graph.edges().map(|(from, to)| format!("{}→{}", name(from), name(to))).collect();
        let sends = if self.sends == 1 { "1 send".to_owned() } else { format!("{} sends", self.sends) };
        let initiators: Vec<String> =
            initiators.iter().map(|&initiator| name(initiator).to_string()).collect();
        format!("{}, {sends} each, from {}", channels.join(" "), initiators.join(" and "))
    }

    fn text(self, graph: &Digraph, initiators: &[usize]) -> String {
        let names: Vec<String> =
            (0..graph.vertices()).map(|process| format!("\"{}\"", name(process))).collect();
        let mut channels = String::new();
        for (from, to) in graph.edges() {
            let gap = if channels.is_empty() { "" } else { ", " };
            let _ = write!(channels, "{gap}(\"{}\", \"{}\")", name(from), name(to));
        }
        let Self { tokens, sends, .. } = self;
        let snapshots: Vec<String> =
            initiators.iter().map(|&initiator| format!("By(\"{}\")", name(initiator))).collect();
        format!(
            "Model(\n    name: \"frontier\",\n    topology: Graph(processes: [{}], channels: [{channels}]),\n    \
             application: Tokens(start: Each({tokens}), behaviour: Free(sends: {sends}, amounts: [1])),\n    \
             snapshots: [{}],\n)\n",
            names.join(", "),
            snapshots.join(", "),
        )
    }
}

fn name(process: usize) -> char {
    char::from(b'A' + process as u8)
}

/// Checks the algorithm on all these systems, smallest first, until one is not verified.
///
/// # Errors
/// Where the algorithm makes no sense in a model.
pub fn frontier(
    algorithm: &Algorithm,
    systems: Systems,
    options: impl Fn() -> Options<'static>,
    progress: impl Fn(usize, usize),
) -> Result<Frontier, Error> {
    let all = systems.all();
    let mut found = Frontier { algorithm: algorithm.name.clone(), ..Frontier::default() };
    for (number, system) in all.iter().enumerate() {
        progress(number, all.len());
        let model = read(&Source::new("frontier.ron", system.text.as_str()))?;
        let mut verdict = check(&Model { algorithm: algorithm.clone(), ..model }, &options());
        let row = row_of(&mut found.rows, system.processes);
        row.systems += 1;
        row.topologies = system.topology + 1;
        row.states += verdict.stats.distinct_states;
        if verdict.word != Word::Verified {
            "frontier.ron".clone_into(&mut verdict.path);
            found.stopped = Some((Box::new(verdict), system.text.clone()));
            break;
        }
    }
    Ok(found)
}

fn row_of(rows: &mut Vec<FrontierRow>, processes: usize) -> &mut FrontierRow {
    if rows.last().is_none_or(|row| row.processes != processes) {
        rows.push(FrontierRow { processes, ..FrontierRow::default() });
    }
    let last = rows.len() - 1;
    &mut rows[last]
}
