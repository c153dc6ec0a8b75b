//! Names and numbers of a file -> ids and amounts within the limits, or a fault at the name.

use std::ops::RangeInclusive;

use super::fault::{Fault, Result};
use super::file::{Number, Text};
use super::forms::{Amounts, Pairs, Place};
use super::tree::shortened;
use crate::network::{ChannelId, ProcessId, SnapshotId, Topology};

/// The longest name, in characters.
pub const NAME_CHARACTERS_MAX: usize = 200;
/// The most sends of one process, and the most entries of a script, of a walk and of a list.
pub const ENTRIES_MAX: usize = 10_000;

/// The most different amounts that a process may choose from.
pub const AMOUNTS_MAX: usize = 100;

/// A name that can be shown: not empty, not endless, nothing in it that steers a terminal.
pub(super) fn name<'t>(text: &'t Text, what: &str) -> Result<&'t str> {
    let fault = |problem: String| Err(Fault::at(&text.span, problem).hint("give it a short, readable name"));
    if text.value.trim().is_empty() {
        return fault(format!("{what} has an empty name"));
    }
    if text.value.chars().any(char::is_control) {
        return fault(format!("{what} has a control character in its name"));
    }
    if text.value.chars().count() > NAME_CHARACTERS_MAX {
        return fault(format!("{what} has a name of more than {NAME_CHARACTERS_MAX} characters"));
    }
    Ok(&text.value)
}

/// A number within its limits.
pub(super) fn within(number: &Number, limits: RangeInclusive<u64>, what: &str) -> Result<u64> {
    if limits.contains(&number.value) {
        return Ok(number.value);
    }
    let (least, most) = limits.into_inner();
    Err(Fault::at(&number.span, format!("{what} must be from {least} to {most}, found {}", number.value))
        .hint(format!("use a number from {least} to {most}")))
}

/// The process of a name.
pub(super) fn process(topology: &Topology, text: &Text) -> Result<ProcessId> {
    process_among(topology.names(), text)
}

/// The process of a name among these.
pub(super) fn process_among(names: &[String], text: &Text) -> Result<ProcessId> {
    names.iter().position(|name| *name == text.value).map(ProcessId::of).ok_or_else(|| {
        let message = format!("there is no process `{}`", shortened(&text.value));
        Fault::at(&text.span, message).near(&text.value, names.iter().map(String::as_str))
    })
}

/// The channel between two processes, both named; `span` is what to point at where there is none.
pub(super) fn channel(
    topology: &Topology,
    from: &Text,
    to: &Text,
    span: &std::ops::Range<usize>,
) -> Result<ChannelId> {
    let (sender, receiver) = (process(topology, from)?, process(topology, to)?);
    topology.channel_between(sender, receiver).ok_or_else(|| no_channel(topology, sender, receiver, span))
}

/// The channel of a pair.
pub(super) fn channel_at(topology: &Topology, place: &Place) -> Result<ChannelId> {
    channel(topology, &place.value.0, &place.value.1, &place.span)
}

fn no_channel(
    topology: &Topology,
    sender: ProcessId,
    receiver: ProcessId,
    span: &std::ops::Range<usize>,
) -> Fault {
    let name = topology.name(sender);
    let message = format!("there is no channel from `{name}` to `{}`", topology.name(receiver));
    let neighbours: Vec<String> = topology
        .outgoing(sender)
        .iter()
        .map(|&channel| format!("`{}`", topology.name(topology.channel(channel).to)))
        .take(20)
        .collect();
    Fault::at(span, message).hint(match neighbours.as_slice() {
        [] => format!("`{name}` has no outgoing channel"),
        some => format!("`{name}` has channels to {}", some.join(", ")),
    })
}

/// The snapshot of a number.
pub(super) fn snapshot(snapshots: usize, number: &Number) -> Result<SnapshotId> {
    match usize::try_from(number.value) {
        Ok(index) if index < snapshots => Ok(SnapshotId::of(index)),
        _ => Err(Fault::at(&number.span, format!("there is no snapshot {}", number.value)).hint(
            match snapshots {
                0 => "the model lists no snapshots; `snapshots: [By(\"A\")]` lists one".to_owned(),
                1 => "the model lists one, number 0".to_owned(),
                more => format!("the model lists {more}, numbers 0 to {}", more - 1),
            },
        )),
    }
}

/// One number a process: the same for all, or single ones and 0 for the rest.
pub(super) fn amounts(
    names: &[String],
    written: &Amounts,
    limits: &RangeInclusive<u64>,
    what: &str,
) -> Result<Vec<u64>> {
    match written {
        Amounts::Each(number) => Ok(vec![within(number, limits.clone(), what)?; names.len()]),
        Amounts::Single(pairs) => {
            let mut amounts = vec![0; names.len()];
            for (process, number) in once_each(pairs, |name| process_among(names, name), |name| &name.span)? {
                amounts[process.index()] = within(number, limits.clone(), what)?;
            }
            Ok(amounts)
        }
    }
}

/// The pairs of a map with their keys resolved, each key once.
pub(super) fn once_each<'f, K, V, I: Copy + Eq + std::hash::Hash>(
    pairs: &'f Pairs<K, V>,
    resolve: impl Fn(&'f K) -> Result<I>,
    span: impl Fn(&'f K) -> &'f std::ops::Range<usize>,
) -> Result<Vec<(I, &'f V)>> {
    let mut seen = std::collections::HashSet::new();
    let mut resolved = Vec::with_capacity(pairs.0.len());
    for (key, value) in &pairs.0 {
        let id = resolve(key)?;
        if !seen.insert(id) {
            return Err(Fault::at(span(key), "this key stands twice in the map").hint("remove one of them"));
        }
        resolved.push((id, value));
    }
    Ok(resolved)
}

/// A list within its limit.
pub(super) fn at_most(length: usize, limit: usize, span: &std::ops::Range<usize>, what: &str) -> Result<()> {
    if length <= limit {
        return Ok(());
    }
    let head = span.start..span.start + 1;
    Err(Fault::at(&head, format!("{length} {what}; the most supported is {limit}"))
        .hint(format!("leave out {}", length - limit)))
}
