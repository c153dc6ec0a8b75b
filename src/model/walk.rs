//! A walk -> exact events: each entry is matched with what is enabled when its turn comes, on the plain semantics.

use std::ops::Range;

use super::application::{start_by, start_of};
use super::decode::{Spanned, decode};
use super::error::Error;
use super::fault::{Fault, Result};
use super::file::{ModelFile, Number, Text, WalkFile};
use super::forms::{Arrived, Item};
use super::grammar::{event_text, text};
use super::names;
use super::source::Source;
use super::tree::{Node, shortened};
use super::{Model, ModelEvent};
use crate::algorithm::Program;
use crate::apps::{App, AppMessage, AppStep, Sending};
use crate::engine::{Arrival, GlobalOf, LocalOf, State, TransitionSystem, successors};
use crate::network::{
    Application, ChannelId, ComponentOf, Event, Item as Carried, Late, LinkEvent, ProcessId, SnapshotId,
    System, Topology, Turn,
};

/// The events of the walk, each enabled in its turn.
pub(super) fn resolve(file: &ModelFile, model: &Model) -> Result<Vec<ModelEvent>> {
    let entries = &file.walk.value;
    names::at_most(entries.len(), names::ENTRIES_MAX, &file.walk.span, "entries of a walk")?;
    let system = model.system();
    let mut state = State { components: system.initial(), halted: false };
    let mut walk = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let wanted = Wanted::new(entry, model)?;
        let next = successors(&Only { system: &system, wanted: &wanted }, &state);
        let fitting: Vec<&ModelEvent> = next.taken.iter().map(|successor| &successor.event).collect();
        let Some(chosen) = wanted.choose(&fitting) else {
            let step = format!("step {} of the walk", index + 1);
            return Err(match (fitting.as_slice(), next.cut) {
                ([], true) => full(&step, &entry.span),
                ([], false) => misfit(&step, model, &entry.span, &some_enabled(&system, &state)),
                (several, _) => ambiguous(&step, model, &entry.span, several),
            });
        };
        let successor = &next.taken[chosen];
        walk.push(successor.event.clone());
        state = successor.state.clone();
    }
    Ok(walk)
}

/// The system, but only the events that an entry asks for: a large system has too many others.
struct Only<'a> {
    system: &'a ModelSystem,
    wanted: &'a Wanted,
}

type ModelSystem = System<App, Program>;

impl TransitionSystem for Only<'_> {
    type Component = <ModelSystem as TransitionSystem>::Component;
    type Letter = <ModelSystem as TransitionSystem>::Letter;
    type Event = ModelEvent;
    type Lane = <ModelSystem as TransitionSystem>::Lane;

    fn initial(&self) -> Vec<Self::Component> {
        self.system.initial()
    }

    fn local(&self, place: usize, component: &Self::Component) -> Vec<LocalOf<Self>> {
        if self.wanted.place(&self.system.topology).is_some_and(|at| at.index() != place) {
            return Vec::new();
        }
        let mut offered = self.system.local(place, component);
        offered.retain(|local| self.wanted.fits(self.system, &local.event));
        offered
    }

    fn arrive(
        &self,
        place: usize,
        component: &Self::Component,
        letter: &Self::Letter,
    ) -> Arrival<Self::Component> {
        self.system.arrive(place, component, letter)
    }

    fn milestones(&self, place: usize, component: &Self::Component) -> u64 {
        self.system.milestones(place, component)
    }

    fn rank(&self, place: usize, component: &Self::Component) -> i64 {
        self.system.rank(place, component)
    }

    fn lane(&self, event: &Self::Event) -> Option<Self::Lane> {
        self.system.lane(event)
    }

    fn largest_step(&self) -> Option<u32> {
        self.system.largest_step()
    }

    fn has_global_events(&self) -> bool {
        self.system.has_global_events()
    }

    fn may_act_globally(&self, place: usize, component: &Self::Component) -> bool {
        self.system.may_act_globally(place, component)
    }

    fn global(&self, state: &[&Self::Component]) -> Vec<GlobalOf<Self>> {
        let mut enabled = self.system.global(state);
        enabled.retain(|global| self.wanted.fits(self.system, &global.event));
        enabled
    }
}

/// The events that every application has.
const EVENTS: [&str; 7] = ["Start", "Snapshot", "Receive", "Resume", "Lose", "Duplicate", "Overtake"];

/// How many events an error lists.
const LISTED_MAX: usize = 12;

/// The first events that are enabled, one more than are listed.
fn some_enabled(system: &ModelSystem, state: &State<ComponentOf<App>>) -> Vec<ModelEvent> {
    let places = state.components.iter().enumerate();
    let offered = places.flat_map(|(place, component)| system.offered(place, component));
    let mut events: Vec<ModelEvent> = offered.map(|local| local.event).collect();
    events.sort_unstable();
    let enabled = |event: &ModelEvent| {
        let wanted = Wanted::Exactly(event.clone());
        !successors(&Only { system, wanted: &wanted }, state).taken.is_empty()
    };
    events.into_iter().filter(enabled).take(LISTED_MAX + 1).collect()
}

/// The event that a line of a report means, among those that are enabled; the inverse of [`event_text`].
///
/// # Errors
/// Where the text is no event of this model, or none or several of those enabled fit.
pub fn event_of<'e>(
    source: &Source,
    model: &Model,
    enabled: impl IntoIterator<Item = &'e ModelEvent>,
) -> std::result::Result<ModelEvent, Error> {
    let enabled: Vec<&ModelEvent> = enabled.into_iter().collect();
    let read = || {
        let entry: Spanned<WalkFile> = decode(&Node::read(&source.text)?)?;
        let wanted = Wanted::new(&entry, model)?;
        let fitting: Vec<_> =
            enabled.iter().copied().filter(|event| wanted.fits(&model.system(), event)).collect();
        match (wanted.choose(&fitting), fitting.as_slice()) {
            (Some(chosen), _) => Ok(fitting[chosen].clone()),
            (None, []) => {
                let some: Vec<_> = enabled.iter().take(LISTED_MAX + 1).copied().cloned().collect();
                Err(misfit("the event", model, &entry.span, &some))
            }
            (None, several) => Err(ambiguous("the event", model, &entry.span, several)),
        }
    };
    read().map_err(|fault| fault.within(source))
}

fn full(what: &str, span: &Range<usize>) -> Fault {
    Fault::at(span, format!("{what} would put more into a channel than `channel_capacity`"))
        .hint("receive something before, or allow more")
}

fn misfit(what: &str, model: &Model, span: &Range<usize>, enabled: &[ModelEvent]) -> Fault {
    let events: Vec<&ModelEvent> = enabled.iter().collect();
    Fault::at(span, format!("{what} is not enabled")).hint(match events.as_slice() {
        [] => "nothing is enabled there".to_owned(),
        some => format!("enabled there: {}", listed(model, some)),
    })
}

fn ambiguous(what: &str, model: &Model, span: &Range<usize>, fitting: &[&ModelEvent]) -> Fault {
    Fault::at(span, format!("{what} fits several events"))
        .hint(format!("write one of {}", listed(model, fitting)))
}

fn listed(model: &Model, events: &[&ModelEvent]) -> String {
    let write = |event: &&ModelEvent| format!("`{}`", event_text(model, event));
    let shown: Vec<String> = events.iter().take(LISTED_MAX).map(write).collect();
    let more = if events.len() > LISTED_MAX { ", .." } else { "" };
    shown.join(", ") + more
}

/// What an entry asks for.
enum Wanted {
    /// This event.
    Exactly(ModelEvent),
    /// The step of the application that is written so.
    Step(String),
    /// The reception of some item of this channel.
    Receive(ChannelId, Option<WantedItem>),
}

/// Which item.
enum WantedItem {
    /// The message that is written so: one that is late for nothing, or else the only one.
    Message(String),
    /// The marker of this snapshot.
    Marker(SnapshotId),
    /// The message that is written so and late for exactly these.
    Late(String, Late),
}

impl Wanted {
    fn new(entry: &Spanned<WalkFile>, model: &Model) -> Result<Self> {
        let channel = |from: &Text, to: &Text| names::channel(&model.topology, from, to, &entry.span);
        let snapshot = |number: &Number| names::snapshot(model.snapshots.len(), number);
        let start = |turn| match turn {
            Turn::Start(snapshot, process) => Event::Start(snapshot, process),
            Turn::Step(_) => unreachable!("a start is a start"),
        };
        let (topology, snapshots) = (&model.topology, model.snapshots.as_slice());
        Ok(Self::Exactly(match &entry.value {
            WalkFile::Send(from, to, amount) => {
                Event::Step(AppStep::Tokens(Sending::Send(channel(from, to)?, amount.value)))
            }
            WalkFile::Broadcast(text, amount) => {
                let process = names::process(topology, text)?;
                Event::Step(AppStep::Tokens(Sending::Broadcast(process, amount.value)))
            }
            WalkFile::Step(written) => return Self::step(&written.0, &entry.span, model),
            WalkFile::Start(number, text) => start(start_by(topology, snapshots, number, text)?),
            WalkFile::Snapshot(number) => start(start_of(topology, snapshots, number, &entry.span)?),
            WalkFile::Receive(Arrived { from, to, item }) => {
                let item = item.as_ref().map(|item| WantedItem::new(&item.value, snapshot)).transpose()?;
                return Ok(Self::Receive(channel(from, to)?, item));
            }
            WalkFile::Resume(text, number) => {
                Event::Resume(names::process(topology, text)?, snapshot(number)?)
            }
            WalkFile::Lose(from, to) => Event::Lose(channel(from, to)?),
            WalkFile::Duplicate(from, to) => Event::Duplicate(channel(from, to)?),
            WalkFile::Overtake(from, to) => Event::Overtake(channel(from, to)?),
        }))
    }

    /// Where it happens, if that is plain.
    fn place(&self, topology: &Topology) -> Option<ProcessId> {
        match self {
            Self::Step(_) | Self::Exactly(Event::Step(_) | Event::Restore) => None,
            Self::Exactly(Event::Start(_, process) | Event::Resume(process, _) | Event::Crash(process)) => {
                Some(*process)
            }
            Self::Exactly(
                Event::Receive(channel, _)
                | Event::Lose(channel)
                | Event::Duplicate(channel)
                | Event::Overtake(channel)
                | Event::Link(channel, _),
            )
            | Self::Receive(channel, _) => Some(topology.channel(*channel).to),
        }
    }

    /// Which of the events that fit is meant: the only one, or the message that is late for nothing.
    fn choose(&self, fitting: &[&ModelEvent]) -> Option<usize> {
        let message = matches!(self, Self::Receive(_, Some(WantedItem::Message(_))));
        let prompt = |event: &&ModelEvent| matches!(event, Event::Receive(_, Carried::Message(_, late)) if *late == Late::default());
        match fitting {
            [_] => Some(0),
            several if message => several.iter().position(prompt),
            _ => None,
        }
    }

    fn fits(&self, system: &ModelSystem, event: &ModelEvent) -> bool {
        match (self, event) {
            (Self::Exactly(wanted), event) => wanted == event,
            (Self::Step(wanted), event) => *wanted == text(&system.topology, &system.application, event),
            (Self::Receive(wanted, None), Event::Receive(channel, _)) => wanted == channel,
            (Self::Receive(wanted, Some(item)), Event::Receive(channel, carried)) => {
                wanted == channel && item.fits(system, carried)
            }
            (Self::Receive(..), _) => false,
        }
    }

    /// A step of the application, if it has one of that name.
    fn step(written: &str, span: &Range<usize>, model: &Model) -> Result<Self> {
        let name = written.split('(').next().unwrap_or_default();
        let known = model.application.step_names();
        let of_link = LinkEvent::ALL.iter().any(|event| event.name() == name);
        if known.contains(&name) || of_link || ["Crash", "Restore"].contains(&name) {
            return Ok(Self::Step(written.to_owned()));
        }
        let head = span.start..span.start + name.len();
        let all = known.iter().copied().chain(EVENTS);
        Err(Fault::at(&head, format!("there is no `{}` here", shortened(name))).near(name, all))
    }
}

impl WantedItem {
    fn new(item: &Item, snapshot: impl Fn(&Number) -> Result<SnapshotId>) -> Result<Self> {
        Ok(match item {
            Item::Message(written) => Self::Message(written.0.clone()),
            Item::Marker(number) => Self::Marker(snapshot(number)?),
            Item::Late(written, numbers) => {
                let mut late = Late::default();
                for number in numbers {
                    late.set(snapshot(number)?);
                }
                Self::Late(written.0.clone(), late)
            }
        })
    }

    fn fits(&self, system: &ModelSystem, carried: &Carried<AppMessage>) -> bool {
        let text = |message| system.application.message_text(&system.topology, message);
        match (self, carried) {
            (Self::Marker(wanted), Carried::Marker(snapshot)) => wanted == snapshot,
            (Self::Message(wanted), Carried::Message(message, _)) => *wanted == text(message),
            (Self::Late(wanted, late), Carried::Message(message, other)) => {
                late == other && *wanted == text(message)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{check, model, with};

    /// The walk as it was resolved, in the grammar of walks.
    fn walked(lines: &[&str]) -> String {
        let model = model(&with(lines)).expect("a good model");
        let events = model.walk.iter().map(|event| event_text(&model, event));
        events.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn entries_are_matched_with_what_is_enabled() {
        let walk = r#"walk: [Send("A", "B", 1), Snapshot(0), Receive("A", "B"), Receive("A", "B")]"#;
        assert_eq!(
            walked(&[walk]),
            r#"Send("A","B",1) Start(0,"A") Receive("A","B",1) Receive("A","B",Marker(0))"#
        );
        let pause = "mutations: [PauseBefore(on_start, 1)]";
        assert_eq!(
            walked(&[pause, r#"walk: [Start(1, "B"), Resume("B", 1)]"#]),
            r#"Start(1,"B") Resume("B",1)"#
        );
        for (discipline, fault) in [("Lossy", "Lose"), ("Overtaking", "Overtake")] {
            let channels = format!("channels: {discipline}(1)");
            let walk =
                format!(r#"walk: [Send("A", "B", 1), Snapshot(0), {fault}("A", "B"), Receive("A", "B")]"#);
            let expected =
                format!(r#"Send("A","B",1) Start(0,"A") {fault}("A","B") Receive("A","B",Marker(0))"#);
            assert_eq!(walked(&[&channels, &walk]), expected);
        }
        let faults =
            r#"walk: [Send("A", "B", 1), Duplicate("A", "B"), Receive("A", "B", 1), Receive("A", "B")]"#;
        assert_eq!(
            walked(&["channels: Duplicating(1)", faults]),
            r#"Send("A","B",1) Duplicate("A","B") Receive("A","B",1) Receive("A","B",1)"#
        );
    }

    #[test]
    fn a_bag_tells_late_messages_apart() {
        let application = "application: Tokens(start: 2, behaviour: Free(sends: 2, amounts: [1]))";
        let before = r#"Send("A", "B", 1), Snapshot(0), Send("A", "B", 1)"#;
        let bag = |last: &str| {
            let walk = format!("walk: [{before}, {last}]");
            with(&[application, "channels: Bag", &walk])
        };
        for (last, expected) in [
            (r#"Receive("A", "B", 1)"#, r#"Receive("A","B",1)"#),
            (r#"Receive("A", "B", Late(1, [0]))"#, r#"Receive("A","B",Late(1,[0]))"#),
            (r#"Receive("A", "B", Marker(0))"#, r#"Receive("A","B",Marker(0))"#),
        ] {
            let model = model(&bag(last)).expect("a good model");
            assert_eq!(event_text(&model, &model.walk[3]), expected);
        }
        let error = model(&bag(r#"Receive("A", "B")"#)).expect_err("three fit");
        assert_eq!(error.message, "step 4 of the walk fits several events");
        assert_eq!(
            error.hint.as_deref(),
            Some(
                r#"write one of `Receive("A","B",1)`, `Receive("A","B",Late(1,[0]))`, `Receive("A","B",Marker(0))`"#
            )
        );
    }

    #[test]
    fn every_enabled_event_is_read_back_from_its_text() {
        let names = r#"topology: Complete(["A", "B \"\\ü"])"#;
        for channels in ["Bag", "Lossy(2)", "Duplicating(1)", "Overtaking(2)"] {
            let lines = [
                names,
                "application: Tokens(start: 3, behaviour: Free(sends: 3, amounts: [1, 2]))",
                "snapshots: [By(\"A\"), By(\"A\")]",
                "mutations: [PauseBefore(on_start, 1)]",
                &format!("channels: {channels}"),
            ];
            let model = model(&with(&lines)).expect("a good model");
            let system = model.system();
            let mut state = State { components: system.initial(), halted: false };
            for turn in 1.. {
                let next = successors(&system, &state).taken;
                for successor in &next {
                    let source = Source::new("event", event_text(&model, &successor.event));
                    let enabled = next.iter().map(|other| &other.event);
                    assert_eq!(event_of(&source, &model, enabled).as_ref(), Ok(&successor.event));
                }
                match next.into_iter().cycle().nth(7 * turn) {
                    Some(successor) => state = successor.state,
                    None => break,
                }
            }
        }
    }

    /// A changed line, and what is said about it.
    const SAID: &[(&str, &str)] = &[
        (
            r#"walk: [Send("A", "B", 1), Receive("B", "A")]"#,
            r#"6:27 step 2 of the walk is not enabled | enabled there: `Send("B","A",1)`, `Send("B","C",1)`, `Send("C","B",1)`, `Start(0,"A")`, `Start(1,"A")`, `Start(1,"B")`, `Receive("A","B",1)`"#,
        ),
        (
            r#"walk: [Send("A", "B", 2)]"#,
            r#"6:8 step 1 of the walk is not enabled | enabled there: `Send("A","B",1)`, `Send("B","A",1)`, `Send("B","C",1)`, `Send("C","B",1)`, `Start(0,"A")`, `Start(1,"A")`, `Start(1,"B")`"#,
        ),
        (r#"walk: [Send("A", "C", 1)]"#, "6:8 there is no channel from `A` to `C` | `A` has channels to `B`"),
        (r#"walk: [Start(0, "B")]"#, "6:17 `B` is not an initiator of snapshot 0 | it is started by `A`"),
        (
            "walk: [Snapshot(1)]",
            r#"6:8 snapshot 1 has several initiators | write `Start(1, "A")` or `Start(1, "B")`"#,
        ),
        (
            "walk: [Snapshot(0), Snapshot(0)]",
            r#"6:21 step 2 of the walk is not enabled | enabled there: `Send("A","B",1)`, `Send("B","A",1)`, `Send("B","C",1)`, `Send("C","B",1)`, `Start(1,"A")`, `Start(1,"B")`, `Receive("A","B",Marker(0))`"#,
        ),
        (
            r#"walk: [Snapshot(0), Receive("A", "B", Marker(1))]"#,
            r#"6:21 step 2 of the walk is not enabled | enabled there: `Send("A","B",1)`, `Send("B","A",1)`, `Send("B","C",1)`, `Send("C","B",1)`, `Start(1,"A")`, `Start(1,"B")`, `Receive("A","B",Marker(0))`"#,
        ),
        (
            r#"walk: [Snapshot(0), Receive("A", "B", Marker(2))]"#,
            "6:46 there is no snapshot 2 | the model lists 2, numbers 0 to 1",
        ),
        (
            r#"walk: [Receive("A")]"#,
            r#"6:16 expected `(..)` with 3 values, found the text "A" | write `Receive("A", "B")` or `Receive("A", "B", 5)`"#,
        ),
        (
            r#"walk: [Broadcast("A")]"#,
            r#"6:8 `Broadcast` takes 2 values in parentheses, found 1 | write `Broadcast("A", 5)` or `Broadcast(sends: 2, amounts: [1])`"#,
        ),
        (r#"walk: [Broadcast("D", 1)]"#, "6:18 there is no process `D` | known are `A`, `B`, `C`"),
        (
            r#"walk: [Broadcast("A", 1)]"#,
            r#"6:8 step 1 of the walk is not enabled | enabled there: `Send("A","B",1)`, `Send("B","A",1)`, `Send("B","C",1)`, `Send("C","B",1)`, `Start(0,"A")`, `Start(1,"A")`, `Start(1,"B")`"#,
        ),
        (r#"walk: [Receive("A", "B", 1, 2)]"#, "6:29 one value too many | remove it"),
        (
            r#"walk: [Receive("A", "B", "x")]"#,
            r#"6:8 step 1 of the walk is not enabled | enabled there: `Send("A","B",1)`, `Send("B","A",1)`, `Send("B","C",1)`, `Send("C","B",1)`, `Start(0,"A")`, `Start(1,"A")`, `Start(1,"B")`"#,
        ),
        (
            r#"walk: [Lose("A", "B")]"#,
            r#"6:8 step 1 of the walk is not enabled | enabled there: `Send("A","B",1)`, `Send("B","A",1)`, `Send("B","C",1)`, `Send("C","B",1)`, `Start(0,"A")`, `Start(1,"A")`, `Start(1,"B")`"#,
        ),
        (
            r#"walk: [Resume("A", 0)]"#,
            r#"6:8 step 1 of the walk is not enabled | enabled there: `Send("A","B",1)`, `Send("B","A",1)`, `Send("B","C",1)`, `Send("C","B",1)`, `Start(0,"A")`, `Start(1,"A")`, `Start(1,"B")`"#,
        ),
        (
            r#"walk: [Step("A")]"#,
            "6:8 there is no `Step` here | known are `Send`, `Broadcast`, `Start`, `Snapshot`, `Receive`, `Resume`, `Lose`, `Duplicate`, `Overtake`",
        ),
        ("then: Stopp", "6:7 there is no `Stopp` here | did you mean `Stop`?"),
    ];

    #[test]
    fn what_is_no_walk_is_said_with_its_place() {
        check(SAID);
    }
}
