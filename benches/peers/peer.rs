//! The compared system for Stateright, written from the semantics and for speed: three processes, every ordered
//! pair a FIFO channel, one token a message, one Chandy–Lamport snapshot from process 0. A state is 52 bytes in
//! place, without pointers. Shares no code with the crate.

use stateright::{Checker, Model, Property};

/// How many processes there are.
const PROCESSES: usize = 3;

/// Sender and receiver of each channel.
const CHANNELS: [(usize, usize); 6] = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)];

/// Who starts the snapshot.
const INITIATOR: usize = 0;

/// One bit for each channel.
const EVERY_CHANNEL: u8 = (1 << CHANNELS.len()) - 1;

/// The most sends of a process: all of them and a marker fit one queue.
pub const SENDS_MAX: u8 = Queue::ITEMS_MAX as u8 - 1;

/// The system, by its two numbers.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// What each process holds at first.
    pub balance: u8,
    /// How often each process may send.
    pub sends: u8,
}

/// What Stateright counts.
#[derive(Clone, Copy, Debug)]
pub struct PeerFigures {
    /// Its `unique_state_count`: of 64-bit fingerprints.
    pub states: u64,
    /// Its `state_count`, every generated state with repeats, without the initial one.
    pub transitions: u64,
    /// Its `max_depth`, which counts states, not events; breadth-first only on one thread.
    pub depth: u64,
}

/// A global state; the last two fields are the ghost cut.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    queues: [Queue; CHANNELS.len()],
    balances: [u8; PROCESSES],
    sends_left: [u8; PROCESSES],
    /// One bit for each process that has recorded.
    recorded: u8,
    /// Balance and sends left, as recorded; zeros before.
    records: [[u8; 2]; PROCESSES],
    /// One bit for each channel whose marker has arrived.
    closed: u8,
    /// Messages kept for each channel.
    kept: [u8; CHANNELS.len()],
    /// Messages that crossed the cut, received.
    expected: [u8; CHANNELS.len()],
    /// One bit for each channel on which a late message came too early.
    orphans: u8,
}

/// An event, by channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Send(usize),
    Start,
    Receive(usize),
}

/// Two bits an item, the first in the lowest; a one above the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Queue(u32);

/// What travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    /// A token, sent before its sender recorded.
    Early,
    /// A token, sent after.
    Late,
    Marker,
}

impl Queue {
    const EMPTY: Self = Self(1);
    const ITEMS_MAX: usize = 15;

    fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    fn push(&mut self, item: Item) {
        let end = self.0.ilog2();
        self.0 ^= (0b101 ^ item as u32) << end;
    }

    fn pop(&mut self) -> Item {
        let item = Self::item(self.0);
        self.0 >>= 2;
        item
    }

    fn item(bits: u32) -> Item {
        match bits & 0b11 {
            0 => Item::Early,
            1 => Item::Late,
            _ => Item::Marker,
        }
    }

    fn items(self) -> impl Iterator<Item = Item> {
        (0..self.0.ilog2() / 2).map(move |place| Self::item(self.0 >> (2 * place)))
    }
}

impl State {
    fn has_recorded(&self, process: usize) -> bool {
        self.recorded >> process & 1 == 1
    }

    fn may_send(&self, process: usize) -> bool {
        self.balances[process] > 0 && self.sends_left[process] > 0
    }

    fn send(&mut self, channel: usize) {
        let (from, _) = CHANNELS[channel];
        self.balances[from] -= 1;
        self.sends_left[from] -= 1;
        let item = if self.has_recorded(from) { Item::Late } else { Item::Early };
        self.queues[channel].push(item);
    }

    fn record(&mut self, process: usize) {
        self.recorded |= 1 << process;
        self.records[process] = [self.balances[process], self.sends_left[process]];
        for (queue, (from, _)) in self.queues.iter_mut().zip(CHANNELS) {
            if from == process {
                queue.push(Item::Marker);
            }
        }
    }

    fn receive(&mut self, channel: usize) {
        let (_, to) = CHANNELS[channel];
        match self.queues[channel].pop() {
            Item::Marker => {
                if !self.has_recorded(to) {
                    self.record(to);
                }
                self.closed |= 1 << channel;
            }
            token => self.receive_token(channel, to, token),
        }
    }

    fn receive_token(&mut self, channel: usize, to: usize, token: Item) {
        let recorded = self.has_recorded(to);
        let open = self.closed >> channel & 1 == 0;
        self.kept[channel] += u8::from(recorded && open);
        match token {
            Item::Early => self.expected[channel] += u8::from(recorded),
            _ => self.orphans |= u8::from(!recorded) << channel,
        }
        self.balances[to] += 1;
    }

    fn is_terminal(&self) -> bool {
        let is_quiet = self.queues.iter().all(|queue| queue.is_empty());
        is_quiet && self.has_recorded(INITIATOR) && !(0..PROCESSES).any(|process| self.may_send(process))
    }

    fn is_complete(&self) -> bool {
        self.closed == EVERY_CHANNEL && (0..PROCESSES).all(|process| self.has_recorded(process))
    }

    fn is_consistent(&self) -> bool {
        let on_the_way = |queue: &Queue| queue.items().filter(|&item| item == Item::Early).count() as u8;
        let agrees =
            |channel: usize| self.kept[channel] == self.expected[channel] + on_the_way(&self.queues[channel]);
        self.orphans == 0 && (0..CHANNELS.len()).all(agrees)
    }

    fn recorded_total(&self) -> u32 {
        let balances = self.records.iter().map(|[balance, _]| u32::from(*balance));
        balances.chain(self.kept.map(u32::from)).sum()
    }
}

impl Model for Peer {
    type State = State;
    type Action = Event;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            queues: [Queue::EMPTY; CHANNELS.len()],
            balances: [self.balance; PROCESSES],
            sends_left: [self.sends; PROCESSES],
            recorded: 0,
            records: [[0; 2]; PROCESSES],
            closed: 0,
            kept: [0; CHANNELS.len()],
            expected: [0; CHANNELS.len()],
            orphans: 0,
        }]
    }

    fn actions(&self, state: &State, events: &mut Vec<Event>) {
        let channels = 0..CHANNELS.len();
        events.extend(channels.clone().filter(|&it| state.may_send(CHANNELS[it].0)).map(Event::Send));
        events.extend((!state.has_recorded(INITIATOR)).then_some(Event::Start));
        events.extend(channels.filter(|&it| !state.queues[it].is_empty()).map(Event::Receive));
    }

    fn next_state(&self, state: &State, event: Event) -> Option<State> {
        let mut next = state.clone();
        match event {
            Event::Send(channel) => next.send(channel),
            Event::Start => next.record(INITIATOR),
            Event::Receive(channel) => next.receive(channel),
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("ConsistentCut", |_, state: &State| {
                !state.is_complete() || state.is_consistent()
            }),
            Property::always("TotalPreserved", |peer: &Self, state: &State| {
                !state.is_complete() || state.recorded_total() == PROCESSES as u32 * u32::from(peer.balance)
            }),
            Property::always("Terminates", |_, state: &State| !state.is_terminal() || state.is_complete()),
        ]
    }
}

impl Peer {
    /// Searches everything, breadth first; hands the figures over while all that was searched is still in memory.
    pub fn search(self, threads: usize, report: impl FnOnce(PeerFigures)) {
        let checker = self.checker().threads(threads).spawn_bfs().join();
        assert!(checker.is_done(), "Stateright searched everything");
        checker.assert_properties();
        report(PeerFigures {
            states: checker.unique_state_count() as u64,
            transitions: checker.state_count() as u64 - 1,
            depth: checker.max_depth() as u64 - 1,
        });
    }
}
