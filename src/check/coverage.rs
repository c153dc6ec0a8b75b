//! Which actions and branches of the handlers and which kinds of events were taken, and how often: a proof about
//! an action that never happens says nothing of it.

use std::collections::BTreeMap;

use super::Network;
use crate::algorithm::Program;
use crate::engine::Explorer;
use crate::engine::verdict::{self, Word};
use crate::model::Model;
use crate::network::{Event, Handler, Item, passed_of};

/// Counts by what was taken.
pub struct Coverage {
    actions: BTreeMap<(Handler, u16, bool), u64>,
    kinds: BTreeMap<&'static str, u64>,
    program: Program,
}

/// Counts what was taken. Without counts of moves, each move of a component that was met counts once.
pub fn count(model: &Model, explorer: &Explorer<Network>, taken: &[Vec<u64>], walked: &[u16]) -> Coverage {
    let program = Program::new(&model.algorithm);
    let mut coverage = Coverage { actions: BTreeMap::new(), kinds: BTreeMap::new(), program };
    for (place, known) in explorer.atlas().places().iter().enumerate() {
        for number in 0..known.moves_len() {
            let times = match taken.get(place) {
                Some(counts) if !taken.iter().all(Vec::is_empty) => counts.get(number).copied().unwrap_or(0),
                _ => 1,
            };
            coverage.add(known.trace(number as u32), times);
            *coverage.kinds.entry(kind(known.event(number as u32))).or_default() += times;
        }
    }
    coverage.add(walked, 1);
    coverage
}

impl Coverage {
    fn add(&mut self, trace: &[u16], times: u64) {
        for &mark in trace {
            *self.actions.entry(passed_of(mark)).or_default() += times;
        }
    }

    /// Everything that could be taken, and how often it was.
    pub fn into_counts(self) -> Vec<verdict::Coverage> {
        let actions = self.program.branches().map(|(handler, action, taken, text)| {
            let times = self.actions.get(&(handler, action, taken)).copied().unwrap_or(0);
            verdict::Coverage { what: branch_text(handler, action, taken, &text), taken: times }
        });
        let kinds = self
            .kinds
            .iter()
            .map(|(kind, times)| verdict::Coverage { what: (*kind).to_owned(), taken: *times });
        actions.chain(kinds).collect()
    }
}

/// Actions and branches never taken, where that weakens a proof: of a model that holds, and not of one path only.
pub fn warnings(model: &Model, coverage: &Coverage, word: Word) -> Vec<String> {
    if word != Word::Verified || !model.walk.is_empty() {
        return Vec::new();
    }
    let never = |(handler, action, taken, _): &(Handler, u16, bool, String)| {
        coverage.actions.get(&(*handler, *action, *taken)).copied().unwrap_or(0) == 0
    };
    let text = |(handler, action, taken, text): (Handler, u16, bool, String)| {
        branch_text(handler, action, taken, &text)
    };
    let all: Vec<String> = coverage.program.branches().filter(never).map(text).collect();
    if all.is_empty() { Vec::new() } else { vec![format!("never taken: {}", all.join("; "))] }
}

fn branch_text(handler: Handler, action: u16, taken: bool, text: &str) -> String {
    let handler = handler.name();
    let branch = if taken { "" } else { ", condition false" };
    format!("{handler} {action}: {text}{branch}")
}

fn kind<S, M>(event: &Event<S, M>) -> &'static str {
    match event {
        Event::Step(_) => "event: step of the application",
        Event::Start(..) => "event: start",
        Event::Receive(_, Item::Message(..)) => "event: receipt of a message",
        Event::Receive(_, Item::Marker(_)) => "event: receipt of a marker",
        Event::Resume(..) => "event: resume",
        Event::Lose(_) => "event: lose",
        Event::Duplicate(_) => "event: duplicate",
        Event::Overtake(_) => "event: overtake",
        Event::Link(..) => "event: in a link layer",
        Event::Crash(_) => "event: crash",
        Event::Restore => "event: restore",
    }
}
