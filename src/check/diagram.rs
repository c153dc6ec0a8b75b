//! A run -> its space-time diagram: who sent what to whom, when it arrived, and where the cut runs. Items in channels
//! have no identity of their own; this follows each from its sending to its end.

use std::collections::VecDeque;

use super::picture::{channel, process, snapshot};
use super::told::Told;
use super::walk::milestones;
use crate::apps::{App, AppMessage};
use crate::engine::diagram::{Arrow, ArrowEnd, Cut, Diagram, Load, Side, Step};
use crate::model::{Model, ModelEvent, event_text};
use crate::network::{Application, ChannelId, Event, Item, LinkEvent, ProcessId, SnapshotId, StateOf};

type State = StateOf<App>;

/// The diagram of a run.
pub fn of(model: &Model, told: &Told<'_>) -> Diagram {
    let mut trace = Trace::new(model);
    for (step, event) in told.events.iter().enumerate() {
        trace.follow(step, event, &told.states[step], &told.states[step + 1]);
    }
    let cut = told.snapshot.map(|number| cut(model, &told.states, number));
    let mut arrows: Vec<Arrow> = trace.tracked.into_iter().map(|tracked| tracked.arrow).collect();
    for arrow in arrows.iter_mut().filter(|arrow| matches!(arrow.load, Load::Message(_))) {
        arrow.side = cut.as_ref().map_or(Side::Beside, |cut| cut.side(arrow));
    }
    let recorded = |number| told.states.iter().map(move |state| snapshot(model, state, number));
    let mut diagram = Diagram {
        processes: model.topology.names().to_vec(),
        snapshots: model.snapshots.len(),
        steps: trace.steps,
        arrows,
        cut,
        recorded: told.snapshot.into_iter().flat_map(recorded).collect(),
    };
    mark_kept(model, told, &mut diagram);
    for (step, event) in told.events.iter().enumerate() {
        diagram.steps[step].says = words(model, &diagram, step, event, &told.states[step + 1]);
    }
    diagram
}

/// When each process records the snapshot.
pub fn cut(model: &Model, states: &[State], number: SnapshotId) -> Cut {
    let recorded = |state: &State, at| process(state, at).parts[number.index()].record.is_some();
    let step = |at| states.iter().skip(1).position(|state| recorded(state, at));
    Cut { snapshot: number.index(), records: model.topology.processes().map(step).collect(), at_once: false }
}

/// A message whose handler makes the list of what is kept grow is what it grows by, where it is received or where a handler
/// that stopped goes on; where the list is emptied, nothing of it is kept any more.
fn mark_kept(model: &Model, told: &Told<'_>, diagram: &mut Diagram) {
    let Some(number) = told.snapshot else { return };
    let kept = |state: &State, at| channel(model, state, at).ledgers[number.index()].kept.len();
    let stopped = |state: &State, at| process(state, at).parts[number.index()].stopped.len();
    // For each process the messages of its handlers that stopped.
    let mut waiting = vec![VecDeque::new(); model.topology.names().len()];
    for (step, event) in told.events.iter().enumerate() {
        let (before, after) = (&told.states[step], &told.states[step + 1]);
        if let Some(at) = place(model, event) {
            let waiting = &mut waiting[at.index()];
            let received = diagram.arrows.iter().position(|arrow| arrow.end == ArrowEnd::Received(step));
            let resumed = matches!(event, Event::Resume(_, of) if *of == number);
            let handled = if resumed { waiting.pop_front().flatten() } else { received };
            if let Some(arrow) = handled.map(|arrow| &mut diagram.arrows[arrow]) {
                let channel = channel_of(model, arrow);
                arrow.kept |= kept(after, channel) > kept(before, channel);
            }
            match stopped(after, at) + usize::from(resumed) > stopped(before, at) {
                true if resumed => waiting.push_front(handled),
                true => waiting.push_back(handled),
                false => {}
            }
        }
        for (at, waiting) in model.topology.processes().zip(&mut waiting) {
            waiting.truncate(stopped(after, at));
        }
        forget(model, diagram, |at| kept(before, at) > 0 && kept(after, at) == 0);
    }
}

/// Nothing is kept any more of these channels.
fn forget(model: &Model, diagram: &mut Diagram, is_empty: impl Fn(ChannelId) -> bool) {
    let gone = diagram.arrows.iter_mut().filter(|arrow| is_empty(channel_of(model, arrow)));
    gone.for_each(|arrow| arrow.kept = false);
}

fn channel_of(model: &Model, arrow: &Arrow) -> ChannelId {
    let channel = model.topology.channel_between(ProcessId::of(arrow.from), ProcessId::of(arrow.to));
    channel.expect("an arrow goes along a channel")
}

/// What is under way, and what has been.
struct Trace<'m> {
    model: &'m Model,
    tracked: Vec<Tracked>,
    /// For each channel the arrows in it, in the order of its items.
    under_way: Vec<Vec<usize>>,
    /// For each process its vector clock.
    clocks: Vec<Vec<u32>>,
    steps: Vec<Step>,
}

/// An arrow, the item that it is, and the clock of its sending.
#[derive(Clone)]
struct Tracked {
    arrow: Arrow,
    item: Item<AppMessage>,
    clock: Vec<u32>,
}

impl<'m> Trace<'m> {
    fn new(model: &'m Model) -> Self {
        let processes = model.topology.names().len();
        Self {
            model,
            tracked: Vec::new(),
            under_way: vec![Vec::new(); model.topology.channels().len()],
            clocks: vec![vec![0; processes]; processes],
            steps: Vec::new(),
        }
    }

    fn follow(&mut self, step: usize, event: &ModelEvent, before: &State, after: &State) {
        let process = place(self.model, event).map(ProcessId::index);
        let received = self.leave(step, event, before);
        if let Some(process) = process {
            self.tick(process, received);
        }
        if *event == Event::Restore {
            self.forget(step, before, after);
        }
        for at in (0..self.under_way.len()).map(ChannelId::of) {
            self.enter(step, process, at, after);
        }
        let newly = milestones(&self.model.system(), after) & !milestones(&self.model.system(), before);
        self.steps.push(Step {
            process,
            event: event_text(self.model, event),
            says: String::new(),
            clock: process.map(|process| self.clocks[process].clone()).unwrap_or_default(),
            records: process.map(|process| newly_recorded(process, before, after)).unwrap_or_default(),
            completes: (0..self.model.snapshots.len()).filter(|number| newly >> number & 1 == 1).collect(),
        });
    }

    /// What the event takes out of a channel, or does to what is in it; the arrow received.
    fn leave(&mut self, step: usize, event: &ModelEvent, before: &State) -> Option<usize> {
        match event {
            Event::Receive(at, item) => {
                let items = &channel(self.model, before, *at).items;
                let position = items.iter().position(|other| other == item).unwrap_or(0);
                let arrow = self.under_way[at.index()].remove(position);
                self.tracked[arrow].arrow.end = ArrowEnd::Received(step);
                return Some(arrow);
            }
            Event::Lose(at) => {
                let arrow = self.under_way[at.index()].remove(0);
                self.tracked[arrow].arrow.end = ArrowEnd::Lost(step);
            }
            Event::Duplicate(at) => {
                let copied = self.tracked[self.under_way[at.index()][0]].clone();
                let arrow = Arrow { sent: step, copied: true, ..copied.arrow };
                self.under_way[at.index()].insert(1, self.tracked.len());
                self.tracked.push(Tracked { arrow, ..copied });
            }
            Event::Overtake(at) => self.under_way[at.index()].swap(0, 1),
            Event::Step(_)
            | Event::Start(..)
            | Event::Resume(..)
            | Event::Link(..)
            | Event::Crash(_)
            | Event::Restore => {}
        }
        None
    }

    /// What is in a channel when it is restored is gone; what is put there instead is sent anew.
    fn forget(&mut self, step: usize, before: &State, after: &State) {
        for at in (0..self.under_way.len()).map(ChannelId::of) {
            if channel(self.model, before, at).items != channel(self.model, after, at).items {
                for arrow in self.under_way[at.index()].drain(..) {
                    self.tracked[arrow].arrow.end = ArrowEnd::Lost(step);
                }
            }
        }
    }

    /// An event at a process: its own entry counts on, and what it receives tells it of others.
    fn tick(&mut self, process: usize, received: Option<usize>) {
        if let Some(arrow) = received {
            let told = &self.tracked[arrow].clock;
            let entries = self.clocks[process].iter_mut().zip(told);
            entries.for_each(|(own, &told)| *own = (*own).max(told));
        }
        self.clocks[process][process] += 1;
    }

    /// What a channel holds that it did not hold before was sent by this step.
    fn enter(&mut self, step: usize, process: Option<usize>, at: ChannelId, after: &State) {
        let mut known = std::mem::take(&mut self.under_way[at.index()]).into_iter().peekable();
        let mut now = Vec::new();
        for item in &channel(self.model, after, at).items {
            let arrow = known.next_if(|&arrow| self.tracked[arrow].item == *item);
            now.push(arrow.unwrap_or_else(|| self.send(step, process, at, item)));
        }
        debug_assert!(known.next().is_none(), "every item of the channel is followed");
        self.under_way[at.index()] = now;
    }

    fn send(&mut self, step: usize, process: Option<usize>, at: ChannelId, item: &Item<AppMessage>) -> usize {
        let ends = self.model.topology.channel(at);
        let load = match item {
            Item::Message(message, _) => {
                Load::Message(self.model.application.message_text(&self.model.topology, message))
            }
            Item::Marker(number) => Load::Marker(number.index()),
        };
        let (from, to) = (ends.from.index(), ends.to.index());
        let (end, side) = (ArrowEnd::InFlight, Side::Beside);
        let (sent, origin) = (step, step);
        let arrow = Arrow { from, to, load, sent, origin, copied: false, end, side, kept: false };
        let clock = process.map(|process| self.clocks[process].clone()).unwrap_or_default();
        self.tracked.push(Tracked { arrow, item: item.clone(), clock });
        self.tracked.len() - 1
    }
}

/// Where an event happens, if it does at a process.
pub fn place(model: &Model, event: &ModelEvent) -> Option<ProcessId> {
    match event {
        Event::Step(step) => Some(model.application.step_place(&model.topology, step)),
        Event::Receive(at, _) => Some(model.topology.channel(*at).to),
        Event::Start(_, at) | Event::Resume(at, _) | Event::Crash(at) => Some(*at),
        Event::Lose(_) | Event::Duplicate(_) | Event::Overtake(_) | Event::Link(..) | Event::Restore => None,
    }
}

fn newly_recorded(at: usize, before: &State, after: &State) -> Vec<usize> {
    let parts = |state: &State| {
        let parts = &process(state, ProcessId::of(at)).parts;
        parts.iter().map(|part| part.record.is_some()).collect::<Vec<_>>()
    };
    let both = parts(before).into_iter().zip(parts(after)).enumerate();
    both.filter(|(_, (before, after))| *after && !before).map(|(number, _)| number).collect()
}

/// A step in words: `B receives 1 from A, records 0`.
fn words(model: &Model, diagram: &Diagram, step: usize, event: &ModelEvent, after: &State) -> String {
    let this = &diagram.steps[step];
    let of =
        |number: &usize| if model.snapshots.len() > 1 { format!(" for {number}") } else { String::new() };
    let records = this.records.iter().map(|number| {
        let at = ProcessId::of(this.process.unwrap_or_default());
        let record = process(after, at).parts[*number].record.as_ref();
        let record = record.map(|record| model.application.state_text(&model.topology, record));
        format!(", records {}{}", record.unwrap_or_default(), of(number))
    });
    let completes = this.completes.iter().map(|number| format!("; snapshot {number} is complete"));
    std::iter::once(what(model, diagram, step, event)).chain(records).chain(completes).collect()
}

fn what(model: &Model, diagram: &Diagram, step: usize, event: &ModelEvent) -> String {
    let name = |at: ProcessId| model.topology.name(at);
    let between = |at: ChannelId| model.topology.channel_name(at);
    let several = model.snapshots.len() > 1;
    match event {
        Event::Step(taken) => {
            let does = model.application.step_words(&model.topology, taken);
            let all: Vec<String> = does.into_iter().chain(sends(diagram, step)).collect();
            format!("{} {}", name(model.application.step_place(&model.topology, taken)), all.join(" and "))
        }
        Event::Start(number, at) => format!("{} starts snapshot {}", name(*at), number.0),
        Event::Receive(at, item) => {
            let ends = model.topology.channel(*at);
            let text = match item {
                Item::Message(message, _) => model.application.message_text(&model.topology, message),
                Item::Marker(number) if several => format!("the marker of {}", number.0),
                Item::Marker(_) => "the marker".to_owned(),
            };
            let answer = match item {
                Item::Message(..) => answer(diagram, step),
                Item::Marker(_) => String::new(),
            };
            let fate = fate(diagram, step);
            format!("{} receives {text} from {}{fate}{answer}", name(ends.to), name(ends.from))
        }
        Event::Resume(at, number) => format!("{} goes on with snapshot {}", name(*at), number.0),
        Event::Lose(at) => format!("{} loses its first item", between(*at)),
        Event::Duplicate(at) => format!("{} repeats its first item", between(*at)),
        Event::Overtake(at) => format!("in {} the second item overtakes the first", between(*at)),
        Event::Crash(at) => format!("{} crashes", name(*at)),
        Event::Restore => "what was saved is restored".to_owned(),
        Event::Link(at, event) => {
            let does = match event {
                LinkEvent::Resend => "sends its frame again",
                LinkEvent::Acknowledge => "receives an acknowledgement",
                LinkEvent::Discard => "has had this frame, and acknowledges it again",
                LinkEvent::LoseFrame => "loses a frame",
                LinkEvent::LoseAck => "loses an acknowledgement",
                LinkEvent::RepeatFrame => "repeats a frame",
                LinkEvent::RepeatAck => "repeats an acknowledgement",
                LinkEvent::SwapFrames => "lets a frame overtake",
                LinkEvent::SwapAcks => "lets an acknowledgement overtake",
            };
            format!("the link {} {does}", between(*at))
        }
    }
}

/// What a step sends: `sends 1 to B and 1 to C`.
fn sends(diagram: &Diagram, step: usize) -> Option<String> {
    let messages = diagram.sent_in(step).filter(|arrow| matches!(arrow.load, Load::Message(_)));
    let sent =
        messages.map(|arrow| format!("{} to {}", diagram.label(&arrow.load), diagram.processes[arrow.to]));
    let sent: Vec<String> = sent.collect();
    (!sent.is_empty()).then(|| format!("sends {}", sent.join(" and ")))
}

/// What is sent in answer to a message.
fn answer(diagram: &Diagram, step: usize) -> String {
    sends(diagram, step).map(|sends| format!(", {sends}")).unwrap_or_default()
}

/// What becomes of a message that is received, as far as the cut goes.
fn fate(diagram: &Diagram, step: usize) -> &'static str {
    match diagram.received_in(step) {
        Some(Arrow { side: Side::Orphan, .. }) => ": an orphan",
        Some(Arrow { side: Side::Crosses, kept: true, .. }) => ", kept",
        Some(Arrow { side: Side::Crosses, kept: false, .. }) => ", not kept",
        Some(Arrow { kept: true, .. }) => ", kept though it does not cross",
        _ => "",
    }
}
