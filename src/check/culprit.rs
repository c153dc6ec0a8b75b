//! Which message makes a cut wrong, by what events, and what about the algorithm let it happen. Reads the run, not the
//! algorithm: every claim is about events that anyone can look up in it.

use super::picture::channel;
use super::told::Told;
use crate::engine::diagram::{Arrow, ArrowEnd, Cut, Diagram, Load, Side};
use crate::model::Model;
use crate::network::{ChannelId, ProcessId, SnapshotId, Status};

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    /// Sent after the cut, received before it: recorded at both ends.
    Orphan,
    /// It crosses the cut and is recorded nowhere.
    Lost,
    /// It does not cross the cut and is kept all the same.
    Extra,
}

/// The first message that makes the cut wrong, in a sentence; `None` where only order or number are wrong.
pub fn sentence(model: &Model, told: &Told<'_>, diagram: &Diagram) -> Option<String> {
    let cut = diagram.cut.as_ref()?;
    let (wrong, arrow) = diagram.arrows.iter().find_map(|arrow| Some((wrong(diagram, arrow)?, arrow)))?;
    let case = Case { model, told, diagram, cut, arrow };
    Some(match wrong {
        Wrong::Orphan => case.orphan(),
        Wrong::Lost => case.lost(),
        Wrong::Extra => case.extra(),
    })
}

/// The first message that a channel lost or repeated, in a sentence.
pub fn faults(diagram: &Diagram) -> Option<String> {
    let is_message = |arrow: &&Arrow| matches!(arrow.load, Load::Message(_));
    diagram.arrows.iter().filter(is_message).find_map(|arrow| {
        let (verb, step) = match arrow.end {
            ArrowEnd::Lost(step) => ("loses", step),
            _ if arrow.copied => ("repeats", arrow.sent),
            _ => return None,
        };
        let (from, to) = (&diagram.processes[arrow.from], &diagram.processes[arrow.to]);
        Some(format!("{from}→{to} {verb} {} ({})", diagram.label(&arrow.load), sign(step)))
    })
}

fn wrong(diagram: &Diagram, arrow: &Arrow) -> Option<Wrong> {
    let is_message = matches!(arrow.load, Load::Message(_));
    let is_complete = diagram.recorded.last().is_some_and(|recorded| recorded.complete);
    match (arrow.side, arrow.kept) {
        _ if !is_message || !is_complete => None,
        (Side::Orphan, _) => Some(Wrong::Orphan),
        (Side::Crosses, false) => Some(Wrong::Lost),
        (Side::Before | Side::After, true) => Some(Wrong::Extra),
        _ => None,
    }
}

/// A message and the cut.
struct Case<'a> {
    model: &'a Model,
    told: &'a Told<'a>,
    diagram: &'a Diagram,
    cut: &'a Cut,
    arrow: &'a Arrow,
}

impl Case<'_> {
    fn from(&self) -> &str {
        &self.diagram.processes[self.arrow.from]
    }

    fn to(&self) -> &str {
        &self.diagram.processes[self.arrow.to]
    }

    fn load(&self) -> String {
        self.diagram.label(&self.arrow.load)
    }

    fn received(&self) -> Option<usize> {
        match self.arrow.end {
            ArrowEnd::Received(step) => Some(step),
            ArrowEnd::Lost(_) | ArrowEnd::InFlight => None,
        }
    }

    /// `A sends it (#2) after it has recorded (#1)`.
    fn sending(&self) -> String {
        let record = self.cut.records[self.arrow.from];
        let when = when(self.arrow.sent, record);
        format!("{} sends it ({}) {when}", self.from(), sign(self.arrow.sent))
    }

    fn orphan(&self) -> String {
        let (from, to) = (self.from(), self.to());
        let received = self.received().unwrap_or_default();
        let cause = match self.marker() {
            None => format!("no marker went before it from {from} to {to}"),
            Some(marker) if is_received_before(marker, received) => {
                let arrived = end_of(marker);
                format!("{to} had {from}'s marker by then{arrived}, but had not recorded")
            }
            Some(marker) => format!("it overtook {from}'s marker ({})", sign(marker.sent)),
        };
        let when = when(received, self.cut.records[self.arrow.to]);
        let load = self.load();
        format!(
            "{to} receives {load} from {from} ({}) {when}, but {}: an orphan; {cause}",
            sign(received),
            self.sending(),
        )
    }

    fn lost(&self) -> String {
        let (from, to, load) = (self.from(), self.to(), self.load());
        let head = format!("{load} from {from} to {to} crosses the cut: {}", self.sending());
        let Some(received) = self.received() else {
            let cause = match self.overtaker() {
                Some(step) => format!(": {from}'s marker overtook it ({})", sign(step)),
                None => String::new(),
            };
            return format!("{head}, it is still under way at completion, and it is recorded nowhere{cause}");
        };
        let when = when(received, self.cut.records[self.arrow.to]);
        let cause = match self.status_before(received) {
            _ if let Some(step) = self.forgotten(received) => {
                format!("{to} kept it, and forgot it ({})", sign(step))
            }
            Status::Untouched => format!("{to} was not recording that channel"),
            Status::Open => format!("{to} had that channel open, but kept nothing"),
            Status::Closed => match self.marker() {
                Some(marker) if !is_received_before(marker, received) => {
                    format!("{to} had closed that channel before {from}'s marker came")
                }
                Some(_) => format!("it came behind {from}'s marker"),
                None => format!("{to} had closed that channel"),
            },
        };
        format!("{head}, {to} receives it ({}) {when}, and it is recorded nowhere: {cause}", sign(received))
    }

    fn extra(&self) -> String {
        let (from, to, load) = (self.from(), self.to(), self.load());
        let received = self.received().unwrap_or_default();
        let kept = format!("{to} keeps {load} from {from} ({})", sign(received));
        if self.arrow.side == Side::Before {
            let when = when(received, self.cut.records[self.arrow.to]);
            return format!("{kept}, but receives it {when}: it is in {to}'s record already");
        }
        let cause = match self.marker() {
            Some(marker) if is_received_before(marker, received) => {
                let arrived = end_of(marker);
                format!("{from}'s marker had arrived{arrived} and should have ended the recording")
            }
            Some(marker) => format!("it overtook {from}'s marker ({})", sign(marker.sent)),
            None => format!("no marker went before it from {from} to {to}"),
        };
        format!("{kept}, but {}: it does not cross the cut; {cause}", self.sending())
    }

    /// The marker that was sent before the message on the same channel.
    fn marker(&self) -> Option<&Arrow> {
        let is_it = |arrow: &&Arrow| {
            (arrow.from, arrow.to) == (self.arrow.from, self.arrow.to)
                && arrow.load == Load::Marker(self.cut.snapshot)
                && arrow.sent <= self.arrow.sent
        };
        self.diagram.arrows.iter().find(is_it)
    }

    /// When a marker arrived that was sent behind the message, which is still under way.
    fn overtaker(&self) -> Option<usize> {
        let behind = |arrow: &&Arrow| {
            (arrow.from, arrow.to) == (self.arrow.from, self.arrow.to)
                && arrow.load == Load::Marker(self.cut.snapshot)
                && arrow.sent > self.arrow.sent
        };
        self.diagram.arrows.iter().filter(behind).find_map(|marker| match marker.end {
            ArrowEnd::Received(step) => Some(step),
            ArrowEnd::Lost(_) | ArrowEnd::InFlight => None,
        })
    }

    /// The step after the message was received in which what was kept of its channel was dropped.
    fn forgotten(&self, received: usize) -> Option<usize> {
        let number = SnapshotId::of(self.cut.snapshot);
        let kept = |step: usize| {
            channel(self.model, &self.told.states[step], self.channel()).ledgers[number.index()].kept.len()
        };
        (received + 1..self.told.events.len()).find(|&step| kept(step) > 0 && kept(step + 1) == 0)
    }

    fn channel(&self) -> ChannelId {
        let (from, to) = (ProcessId::of(self.arrow.from), ProcessId::of(self.arrow.to));
        self.model.topology.channel_between(from, to).expect("an arrow goes along a channel")
    }

    /// Whether the channel was being recorded when the message came.
    fn status_before(&self, step: usize) -> Status {
        let number = SnapshotId::of(self.cut.snapshot);
        channel(self.model, &self.told.states[step], self.channel()).ledgers[number.index()].status
    }
}

fn is_received_before(arrow: &Arrow, step: usize) -> bool {
    matches!(arrow.end, ArrowEnd::Received(received) if received < step)
}

/// Where an arrow was received, if it was: ` (#3)`.
fn end_of(arrow: &Arrow) -> String {
    match arrow.end {
        ArrowEnd::Received(step) => format!(" ({})", sign(step)),
        ArrowEnd::Lost(_) | ArrowEnd::InFlight => String::new(),
    }
}

/// `before it records (#5)`, `after it has recorded (#1)`.
fn when(step: usize, record: Option<usize>) -> String {
    match record {
        Some(record) if record <= step => format!("after it has recorded ({})", sign(record)),
        Some(record) => format!("before it records ({})", sign(record)),
        None => "and never records".to_owned(),
    }
}

/// An event as reports number it.
fn sign(step: usize) -> String {
    format!("#{}", step + 1)
}
