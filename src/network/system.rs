//! A system of processes under a snapshot algorithm, as the engine sees it: one component a process and,
//! where there is a script, one for the environment. The two functions of the semantics begin here.

use std::sync::Arc;

use super::act::Act;
use super::application::Application;
use super::component::{Applied, Component, Effect, Incoming, Part, Process, Script};
use super::event::{Event, Lane};
use super::ids::{ChannelId, ProcessId, SnapshotId};
use super::local::LocalOf;
use super::protocol::Protocol;
use super::recovery::Recovery;
use super::schedule::Turn;
use super::topology::{Discipline, Topology};
use crate::engine::{Arrival, GlobalOf, Local, State, TransitionSystem};

/// Topology, application and algorithm together.
#[derive(Clone, Debug)]
pub struct System<A, P> {
    /// Processes and channels.
    pub topology: Topology,
    /// The most items that a channel may hold.
    pub capacity: Option<usize>,
    /// The initiators of each snapshot.
    pub snapshots: Vec<Vec<ProcessId>>,
    /// A global script.
    pub schedule: Option<Vec<Turn>>,
    /// What the processes do.
    pub application: A,
    /// Who crashes, and what is restored; nobody does where there is none.
    pub recovery: Option<Recovery>,
    /// How snapshots are taken.
    pub protocol: P,
}

/// The component of a system that runs an application.
pub type ComponentOf<A> = Component<<A as Application>::State, <A as Application>::Message>;
/// The event of a system that runs an application.
pub type EventOf<A> = Event<<A as Application>::Step, <A as Application>::Message>;
/// The state of a system that runs an application.
pub type StateOf<A> = State<ComponentOf<A>>;
/// The process of a system that runs an application.
pub(super) type ProcessOf<A> = Process<<A as Application>::State, <A as Application>::Message>;

/// What an event at one place does to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Letter<M> {
    /// To the receiver of a channel.
    Channel(ChannelId, Effect<M>),
    /// To the script: this wants to happen now.
    Turn(Turn),
    /// To the script: this has happened by other means.
    Begun(Turn),
}

impl<A: Application, P: Protocol> System<A, P> {
    /// Where the script stands among the places, if there is one.
    pub fn script_place(&self) -> Option<usize> {
        self.schedule.as_ref().map(|_| self.topology.names().len())
    }

    /// All snapshots.
    pub fn snapshot_ids(&self) -> impl Iterator<Item = SnapshotId> + use<A, P> {
        (0..self.snapshots.len()).map(SnapshotId::of)
    }

    /// The snapshot so many numbers after this one; after the last comes the first.
    pub(super) fn further(&self, snapshot: SnapshotId, ahead: usize) -> SnapshotId {
        SnapshotId::of((snapshot.index() + ahead) % self.snapshots.len())
    }

    /// The channel as it is at first.
    pub fn empty_channel(&self, channel: ChannelId) -> Incoming<A::Message> {
        Incoming::new(self.topology.channel(channel).discipline, self.snapshots.len())
    }

    /// The same processes and channels without snapshots, script or capacity: the application alone.
    #[must_use]
    pub fn alone(&self) -> Self
    where
        A: Clone,
        P: Clone,
    {
        Self { capacity: None, snapshots: Vec::new(), schedule: None, recovery: None, ..self.clone() }
    }

    /// Everything that can happen at a place, as far as its component tells.
    pub fn offered(&self, place: usize, component: &ComponentOf<A>) -> Vec<LocalOf<A>> {
        match component {
            Component::Process(process) => Act::all(self, ProcessId::of(place), process),
            Component::Script(_) => Vec::new(),
        }
    }

    /// The script names this start.
    pub(super) fn names(&self, start: Turn) -> bool {
        self.schedule.as_ref().is_some_and(|schedule| schedule.contains(&start))
    }

    pub(super) fn first(&self, process: ProcessId) -> ProcessOf<A> {
        let part = || Part {
            begun: false,
            held: 0,
            record: None,
            peeked: None,
            stopped: std::collections::VecDeque::new(),
        };
        let incoming = self.topology.incoming(process);
        Process {
            state: self.application.initial(process),
            parts: self.snapshots.iter().map(|_| Arc::new(part())).collect(),
            incoming: incoming.iter().map(|&channel| Arc::new(self.empty_channel(channel))).collect(),
            crashes: 0,
            down: false,
            fresh: None,
        }
    }

    fn arrive_at_process(
        &self,
        process: &ProcessOf<A>,
        channel: ChannelId,
        effect: &Effect<A::Message>,
    ) -> Arrival<ComponentOf<A>> {
        let mut process = Process { fresh: None, ..process.clone() };
        let inbox = process.incoming_mut(self.topology.inbox(channel));
        match inbox.apply(effect, self.topology.channel(channel).discipline, self.capacity) {
            Applied::Full => Arrival::Cut,
            applied => Arrival::Accepted {
                component: Component::Process(process),
                halts: applied == Applied::IllFormed,
            },
        }
    }

    fn arrive_at_script(&self, script: &Script, letter: &Letter<A::Message>) -> Arrival<ComponentOf<A>> {
        let schedule = self.schedule.as_deref().unwrap_or_default();
        let next = match letter {
            Letter::Turn(turn) => script.take(schedule, *turn),
            Letter::Begun(start) => Some(script.begun(schedule, *start)),
            Letter::Channel(..) => None,
        };
        next.map_or(Arrival::Refused, |script| Arrival::Accepted {
            component: Component::Script(script),
            halts: false,
        })
    }
}

impl<A: Application, P: Protocol> TransitionSystem for System<A, P> {
    type Component = ComponentOf<A>;
    type Letter = Letter<A::Message>;
    type Event = EventOf<A>;
    type Lane = Lane<A::Step>;

    fn initial(&self) -> Vec<Self::Component> {
        let processes = self.topology.processes().map(|process| Component::Process(self.first(process)));
        let script = self.schedule.as_ref().map(|_| Component::Script(Script::default()));
        processes.chain(script).collect()
    }

    fn local(
        &self,
        place: usize,
        component: &Self::Component,
    ) -> Vec<Local<Self::Component, Self::Letter, Self::Event>> {
        let mut offered = self.offered(place, component);
        // Starts that look at the whole state are global events.
        if self.looking_back().is_some() {
            offered.retain(|local| !matches!(local.event, Event::Start(..)));
        }
        offered
    }

    fn arrive(
        &self,
        _place: usize,
        component: &Self::Component,
        letter: &Self::Letter,
    ) -> Arrival<Self::Component> {
        match (component, letter) {
            (Component::Process(process), Letter::Channel(channel, effect)) => {
                self.arrive_at_process(process, *channel, effect)
            }
            (Component::Script(script), letter) => self.arrive_at_script(script, letter),
            (Component::Process(_), Letter::Turn(_) | Letter::Begun(_)) => {
                unreachable!("letters about turns go to the script")
            }
        }
    }

    fn milestones(&self, place: usize, component: &Self::Component) -> u64 {
        match component {
            Component::Process(process) => self.done(ProcessId::of(place), process),
            Component::Script(_) => u64::MAX,
        }
    }

    fn rank(&self, place: usize, component: &Self::Component) -> i64 {
        match component {
            Component::Process(process) => self.process_rank(ProcessId::of(place), process),
            Component::Script(_) => 0,
        }
    }

    fn lane(&self, event: &Self::Event) -> Option<Self::Lane> {
        match event {
            Event::Step(step) => Some(Lane::Step(step.clone())),
            Event::Start(snapshot, _) => Some(Lane::Start(*snapshot)),
            Event::Receive(channel, _) => {
                let ordered = self.topology.channel(*channel).discipline != Discipline::Bag;
                ordered.then_some(Lane::Receive(*channel))
            }
            Event::Resume(_, snapshot) => Some(Lane::Resume(*snapshot)),
            Event::Lose(_)
            | Event::Duplicate(_)
            | Event::Overtake(_)
            | Event::Link(..)
            | Event::Crash(_)
            | Event::Restore => None,
        }
    }

    /// Initiators: what the others do until they hear of a snapshot does not depend on when it was started.
    fn comes_late(&self, place: usize) -> bool {
        self.snapshots.iter().flatten().any(|initiator| initiator.index() == place)
    }

    fn has_global_events(&self) -> bool {
        self.looking_back().is_some() || self.recovery.is_some()
    }

    fn may_act_globally(&self, place: usize, component: &Self::Component) -> bool {
        let at = ProcessId::of(place);
        let may_start = |process: &ProcessOf<A>| {
            let mut snapshots = self.snapshot_ids();
            snapshots.any(|number| {
                self.snapshots[number.index()].contains(&at) && !process.parts[number.index()].begun
            })
        };
        let looks_back = self.looking_back().is_some();
        component.process().is_some_and(|process| process.down || looks_back && may_start(process))
    }

    fn global(&self, state: &[&Self::Component]) -> Vec<GlobalOf<Self>> {
        self.global_starts(state).into_iter().chain(self.restore(state)).collect()
    }

    /// What is in a channel is received at last, a snapshot that can be started is, a handler that stopped goes on; and what
    /// the application says of its steps.
    fn fair(&self, event: &Self::Event) -> Option<u32> {
        let (kind, number) = match event {
            Event::Step(step) => (0, self.application.fair(step)?),
            Event::Start(snapshot, _) => (1, u32::from(snapshot.0)),
            Event::Resume(_, snapshot) => (2, u32::from(snapshot.0)),
            Event::Receive(channel, _) => (3, u32::from(channel.0)),
            Event::Link(channel, event) if event.fault().is_none() => {
                (4 + *event as u32, u32::from(channel.0))
            }
            Event::Restore => (7, 0),
            Event::Lose(_) | Event::Duplicate(_) | Event::Overtake(_) | Event::Link(..) | Event::Crash(_) => {
                return None;
            }
        };
        Some(number << 3 | kind)
    }

    fn largest_step(&self) -> Option<u32> {
        self.largest_rank_step()
    }
}
