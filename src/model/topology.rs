//! The `topology`, `channels` and `channel_overrides` of a file -> processes and channels.

use std::collections::HashSet;

use super::fault::{Fault as Wrong, Result};
use super::file::{DisciplineFile, ModelFile, Number, ShapeFile, Text};
use super::forms::Place;
use super::names;
use super::tree::shortened;
use crate::network::{CHANNELS_MAX, Channel, Discipline, Fault, PROCESSES_MAX, ProcessId, Topology};

/// The largest capacity of a channel.
pub const CAPACITY_MAX: u64 = 10_000;

/// An ordered pair of processes, by index.
type Pair = (usize, usize);

/// Processes and channels, and the shape as people read it.
pub(super) fn resolve(file: &ModelFile) -> Result<(Topology, String)> {
    let (names, pairs) = drawn(file)?;
    let shape = described(&file.topology.value, &names, pairs.len());
    let usual = discipline(&file.channels)?;
    let channel =
        |&(from, to): &Pair| Channel { from: ProcessId::of(from), to: ProcessId::of(to), discipline: usual };
    let topology = Topology::new(names, pairs.iter().map(channel).collect());
    Ok((overridden(&topology, &file.channel_overrides)?, shape))
}

/// Names and pairs, in process and channel order.
fn drawn(file: &ModelFile) -> Result<(Vec<String>, Vec<Pair>)> {
    let span = &file.topology.span;
    let check = |written: &[&Text]| checked(written, span);
    let all = |written: &[Text]| check(&written.iter().collect::<Vec<_>>());
    Ok(match &file.topology.value {
        ShapeFile::Complete(written) => with_pairs(all(written)?, |from, to, _| from != to),
        ShapeFile::Ring(written) => with_pairs(all(written)?, |from, to, count| to == (from + 1) % count),
        ShapeFile::BiRing(written) => {
            with_pairs(all(written)?, |from, to, count| to == (from + 1) % count || from == (to + 1) % count)
        }
        ShapeFile::Line(written) => with_pairs(all(written)?, |from, to, _| from.abs_diff(to) == 1),
        ShapeFile::Star { centre, leaves } => {
            let written: Vec<&Text> = std::iter::once(centre).chain(leaves).collect();
            with_pairs(check(&written)?, |from, to, _| (from == 0) != (to == 0))
        }
        ShapeFile::Graph { processes, channels } => {
            let names = all(processes)?;
            let pairs = listed(&names, channels)?;
            (names, pairs)
        }
    })
}

/// The most items that a channel may hold.
pub(super) fn capacity(file: &ModelFile) -> Result<Option<usize>> {
    let limited = |number| names::within(number, 1..=CAPACITY_MAX, "the capacity of a channel");
    let capacity = file.channel_capacity.as_ref().map(limited).transpose()?;
    Ok(capacity.and_then(|capacity| usize::try_from(capacity).ok()))
}

/// Every ordered pair that is joined, by (source, destination).
fn with_pairs(names: Vec<String>, joined: impl Fn(usize, usize, usize) -> bool) -> (Vec<String>, Vec<Pair>) {
    let count = names.len();
    let every = (0..count).flat_map(|from| (0..count).map(move |to| (from, to)));
    let pairs = every.filter(|&(from, to)| joined(from, to, count)).collect();
    (names, pairs)
}

/// The names, if they can be those of a system.
fn checked(written: &[&Text], span: &std::ops::Range<usize>) -> Result<Vec<String>> {
    names::at_most(written.len(), PROCESSES_MAX, span, "processes")?;
    let mut seen = HashSet::new();
    for text in written {
        let name = names::name(text, "a process")?;
        if !seen.insert(name) {
            let message = format!("there are two processes `{}`", shortened(name));
            return Err(Wrong::at(&text.span, message).hint("give each process a name of its own"));
        }
    }
    if written.len() < 2 {
        let count = if written.is_empty() { "no process" } else { "only one process" };
        return Err(Wrong::at(&(span.start..span.start + 1), format!("the topology has {count}"))
            .hint("a system needs at least two processes"));
    }
    Ok(written.iter().map(|text| text.value.clone()).collect())
}

/// The pairs of a graph, in the order written.
fn listed(names: &[String], written: &[Place]) -> Result<Vec<Pair>> {
    let mut seen = HashSet::new();
    let mut pairs = Vec::new();
    for place in written {
        let (from, to) = &place.value;
        let pair = (names::process_among(names, from)?.index(), names::process_among(names, to)?.index());
        if pair.0 == pair.1 {
            let message = format!("a channel from `{}` to itself", from.value);
            return Err(Wrong::at(&place.span, message).hint("a channel joins two different processes"));
        }
        if !seen.insert(pair) {
            let message = format!("the channel from `{}` to `{}` is listed twice", from.value, to.value);
            return Err(Wrong::at(&place.span, message).hint("there is at most one channel each way"));
        }
        names::at_most(pairs.len() + 1, CHANNELS_MAX, &place.span, "channels")?;
        pairs.push(pair);
    }
    Ok(pairs)
}

/// A link layer over a channel that misbehaves.
fn linked(over: &DisciplineFile, tries: &Number) -> Result<Discipline> {
    let (over, budget) = match discipline(over)? {
        Discipline::Lossy(budget) => (Fault::Lose, budget),
        Discipline::Duplicating(budget) => (Fault::Duplicate, budget),
        Discipline::Overtaking(budget) => (Fault::Overtake, budget),
        Discipline::Fifo | Discipline::Bag | Discipline::Linked { .. } => {
            return Err(Wrong::at(
                &tries.span,
                "a link layer stands over `Lossy`, `Duplicating` or `Overtaking`",
            )
            .hint("write `Linked(over: Lossy(1), tries: 2)`"));
        }
    };
    let tries = names::within(tries, 1..=u64::from(u8::MAX), "the tries of a link layer")?;
    Ok(Discipline::Linked { over, budget, tries: u8::try_from(tries).unwrap_or(u8::MAX) })
}

fn discipline(written: &DisciplineFile) -> Result<Discipline> {
    let budget = |number| {
        let budget = names::within(number, 0..=u64::from(u8::MAX), "a fault budget")?;
        Ok(u8::try_from(budget).unwrap_or(u8::MAX))
    };
    Ok(match written {
        DisciplineFile::Fifo => Discipline::Fifo,
        DisciplineFile::Bag => Discipline::Bag,
        DisciplineFile::Lossy(number) => Discipline::Lossy(budget(number)?),
        DisciplineFile::Duplicating(number) => Discipline::Duplicating(budget(number)?),
        DisciplineFile::Overtaking(number) => Discipline::Overtaking(budget(number)?),
        DisciplineFile::Linked { over, tries } => linked(over, tries)?,
    })
}

/// The topology with the disciplines of single channels.
fn overridden(topology: &Topology, overrides: &[(Place, DisciplineFile)]) -> Result<Topology> {
    let mut channels = topology.channels().to_vec();
    let mut seen = HashSet::new();
    for (place, written) in overrides {
        let channel = names::channel_at(topology, place)?;
        if !seen.insert(channel) {
            let message = format!("the channel {} is overridden twice", topology.channel_name(channel));
            return Err(Wrong::at(&place.span, message).hint("remove one of them"));
        }
        channels[channel.index()].discipline = discipline(written)?;
    }
    Ok(Topology::new(topology.names().to_vec(), channels))
}

/// The shape as people read it: `complete(A B C)`.
fn described(shape: &ShapeFile, names: &[String], channels: usize) -> String {
    const SHOWN_MAX: usize = 8;
    let listed = if names.len() > SHOWN_MAX { format!("{} processes", names.len()) } else { names.join(" ") };
    match shape {
        ShapeFile::Complete(_) => format!("complete({listed})"),
        ShapeFile::Ring(_) => format!("ring({listed})"),
        ShapeFile::BiRing(_) => format!("biring({listed})"),
        ShapeFile::Line(_) => format!("line({listed})"),
        ShapeFile::Star { .. } => format!("star({listed})"),
        ShapeFile::Graph { .. } if channels == 1 => format!("graph({listed}, 1 channel)"),
        ShapeFile::Graph { .. } => format!("graph({listed}, {channels} channels)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{check, model, said, with};

    /// The shape, and every channel.
    fn drawn(line: &str) -> (String, String) {
        let model = model(&with(&[line, "snapshots: []"])).expect("a good model");
        let channels = (0..model.topology.channels().len()).map(crate::network::ChannelId::of);
        let names = channels.map(|channel| model.topology.channel_name(channel).replace('→', ""));
        (model.shape, names.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn every_shape_has_its_channels_in_order() {
        let cases = [
            (r#"topology: Complete(["A", "B", "C"])"#, "complete(A B C)", "AB AC BA BC CA CB"),
            (r#"topology: Ring(["A", "B", "C"])"#, "ring(A B C)", "AB BC CA"),
            (r#"topology: Ring(["A", "B"])"#, "ring(A B)", "AB BA"),
            (r#"topology: BiRing(["A", "B", "C", "D"])"#, "biring(A B C D)", "AB AD BA BC CB CD DA DC"),
            (r#"topology: BiRing(["A", "B"])"#, "biring(A B)", "AB BA"),
            (r#"topology: Line(["A", "B", "C"])"#, "line(A B C)", "AB BA BC CB"),
            (r#"topology: Star(centre: "B", leaves: ["A", "C"])"#, "star(B A C)", "BA BC AB CB"),
            (
                r#"topology: Graph(processes: ["A", "B", "C"], channels: [("C", "A"), ("A", "B")])"#,
                "graph(A B C, 2 channels)",
                "CA AB",
            ),
        ];
        for (line, shape, channels) in cases {
            assert_eq!(drawn(line), (shape.to_owned(), channels.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_largest_system_is_read_and_one_more_process_is_refused() {
        let complete = |count: usize| {
            let names: Vec<String> = (0..count).map(|number| format!("\"P{number}\"")).collect();
            with(&[&format!("topology: Complete([{}])", names.join(", ")), "snapshots: []"])
        };
        let largest = model(&complete(PROCESSES_MAX)).expect("a good model");
        assert_eq!(largest.topology.channels().len(), CHANNELS_MAX);
        assert_eq!(said(&complete(65)), "3:11 65 processes; the most supported is 64 | leave out 1");
    }

    #[test]
    fn disciplines_hold_for_all_channels_but_those_overridden() {
        let text =
            with(&["channels: Lossy(2)", r#"channel_overrides: [(("B", "A"), Bag)]"#, "channel_capacity: 7"]);
        let model = model(&text).expect("a good model");
        let disciplines: Vec<_> =
            model.topology.channels().iter().map(|channel| channel.discipline).collect();
        let lossy = Discipline::Lossy(2);
        assert_eq!(disciplines, [lossy, Discipline::Bag, lossy, lossy]);
        assert_eq!(model.capacity, Some(7));
    }

    /// A changed line, and what is said about it.
    const SAID: &[(&str, &str)] = &[
        (
            "topology: Complete([])",
            "3:11 the topology has no process | a system needs at least two processes",
        ),
        (
            r#"topology: Ring(["A"])"#,
            "3:11 the topology has only one process | a system needs at least two processes",
        ),
        (
            r#"topology: Complete(["A", "B", "A"])"#,
            "3:31 there are two processes `A` | give each process a name of its own",
        ),
        (
            r#"topology: Complete(["A", ""])"#,
            "3:26 a process has an empty name | give it a short, readable name",
        ),
        (
            r#"topology: Complete(["A", "B\n"])"#,
            "3:26 a process has a control character in its name | give it a short, readable name",
        ),
        (
            r#"topology: Mesh(["A", "B"])"#,
            "3:11 there is no `Mesh` here | known are `Complete`, `Ring`, `BiRing`, `Line`, `Star`, `Graph`",
        ),
        (r#"topology: Lien(["A", "B", "C"])"#, "3:11 there is no `Lien` here | did you mean `Line`?"),
        (
            r#"topology: Star(["A", "B"])"#,
            r#"3:11 `Star` takes named fields in parentheses | write `Star(centre: "A", leaves: ["B", "C"])`"#,
        ),
        (
            r#"topology: Star(centre: "A", leafs: ["B"])"#,
            "3:29 unknown field `leafs` | did you mean `leaves`?",
        ),
        (
            r#"topology: Star(centre: "A", leaves: ["A"])"#,
            "3:38 there are two processes `A` | give each process a name of its own",
        ),
        (
            r#"topology: ["A", "B"]"#,
            r#"3:11 expected one of `Complete`, `Ring`, `BiRing`, `Line`, `Star`, `Graph`, found a list `[..]` | write `Complete(["A", "B"])`"#,
        ),
        (
            r#"topology: Complete("A", "B")"#,
            r#"3:11 `Complete` takes 1 value in parentheses, found 2 | write `Complete(["A", "B", "C"])`"#,
        ),
        (
            r#"topology: Graph(processes: ["A", "B", "C"], channels: [("A", "A")])"#,
            "3:56 a channel from `A` to itself | a channel joins two different processes",
        ),
        (
            r#"topology: Graph(processes: ["A", "B", "C"], channels: [("A", "B"), ("A", "B")])"#,
            "3:68 the channel from `A` to `B` is listed twice | there is at most one channel each way",
        ),
        (
            r#"topology: Graph(processes: ["Alice", "Bob"], channels: [("Alice", "Bub")])"#,
            "3:67 there is no process `Bub` | did you mean `Bob`?",
        ),
        (
            r#"topology: Graph(processes: ["A", "B"], channels: ["A", "B"])"#,
            r#"3:51 expected `(..)` with 2 values, found the text "A" | write `("A", "B")`"#,
        ),
        ("channels: Lossey(1)", "6:11 there is no `Lossey` here | did you mean `Lossy`?"),
        ("channels: Lossy", "6:11 `Lossy` takes 1 value in parentheses, found none | write `Lossy(1)`"),
        (
            "channels: Lossy(-1)",
            "6:17 expected a whole number, found the negative number -1 | whole numbers from 0 on make sense here",
        ),
        (
            "channels: Duplicating(256)",
            "6:23 a fault budget must be from 0 to 255, found 256 | use a number from 0 to 255",
        ),
        (
            "channels: Overtaking(1.5)",
            "6:22 expected a whole number, found 1.5, which is not whole | whole numbers from 0 on make sense here",
        ),
        (
            "channels: Lossy(99999999999999999999)",
            "6:17 expected a whole number, found 99999999999999999999, which is too large | whole numbers from 0 on make sense here",
        ),
        (r#"channels: "Bag""#, r#"6:11 expected `Bag`, found the text "Bag" | write it without quotes"#),
        ("channels: Fifo()", "6:11 `Fifo` takes nothing in parentheses | write `Fifo`"),
        (
            r#"channel_overrides: [(("A", "C"), Bag)]"#,
            "6:22 there is no channel from `A` to `C` | `A` has channels to `B`",
        ),
        (
            r#"channel_overrides: [(("A", "D"), Bag)]"#,
            "6:28 there is no process `D` | known are `A`, `B`, `C`",
        ),
        (
            r#"channel_overrides: [(("A", "B"), Bag), (("A", "B"), Fifo)]"#,
            "6:41 the channel A→B is overridden twice | remove one of them",
        ),
        (
            "channel_capacity: 0",
            "6:19 the capacity of a channel must be from 1 to 10000, found 0 | use a number from 1 to 10000",
        ),
        (
            "channel_capacity: 10001",
            "6:19 the capacity of a channel must be from 1 to 10000, found 10001 | use a number from 1 to 10000",
        ),
        ("channel_capacity: Some(10000)", "ok"),
        ("channel_capacity: None", "ok"),
        ("channels: Lossy(0)", "ok"),
    ];

    #[test]
    fn what_is_no_topology_is_said_with_its_place() {
        check(SAID);
    }
}
