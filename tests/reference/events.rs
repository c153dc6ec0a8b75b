//! Which events are enabled in a state, in event order, and what each does.
//! What a handler does is asked of `handlers`.

use super::state::{Occasion, State, Travelling};
use super::{
    AppStep, Behaviour, Carried, ChannelId, Discipline, Event, Item, Late, ModelEvent, ProcessId, Reference,
    Sending, SnapshotId, Turn, message, step,
};

/// What can follow a state.
pub struct Successors {
    /// The transitions, in event order.
    pub taken: Vec<(ModelEvent, State)>,
    /// Did the capacity cut an event?
    pub is_cut: bool,
}

impl Reference {
    /// Every transition out of a state.
    pub fn successors(&self, state: &State) -> Successors {
        let mut successors = Successors { taken: Vec::new(), is_cut: false };
        for event in self.enabled(state) {
            let next = self.carry_out(state, &event);
            if self.exceeds_capacity(&next) {
                successors.is_cut = true;
            } else if next != *state {
                successors.taken.push((event, next));
            }
        }
        assert!(successors.taken.is_sorted_by_key(|(event, _)| event), "events are offered in event order");
        successors
    }

    /// Does a channel hold more than it may? (No state that is kept does, so the last event did it.)
    pub fn exceeds_capacity(&self, state: &State) -> bool {
        self.capacity.is_some_and(|most| state.channels.iter().any(|line| line.items.len() > most))
    }

    /// The enabled events, in event order; none in an ill-formed state.
    pub fn enabled(&self, state: &State) -> Vec<ModelEvent> {
        let mut events = Vec::new();
        if !state.ill_formed {
            self.enabled_steps(state, &mut events);
            self.enabled_starts(state, &mut events);
            self.enabled_receives(state, &mut events);
            self.enabled_resumes(state, &mut events);
            self.enabled_faults(state, &mut events);
        }
        events
    }

    fn enabled_steps(&self, state: &State, events: &mut Vec<ModelEvent>) {
        for channel in 0..self.channels.len() {
            let purse = state.purses[self.channels[channel].0];
            if self.next_owed(state, self.channels[channel].0) == Some(channel) {
                events.push(step(Sending::Send(ChannelId::of(channel), purse.copied)));
            }
            for amount in self.offered_amounts(state, channel) {
                if amount <= purse.balance {
                    events.push(step(Sending::Send(ChannelId::of(channel), amount)));
                }
            }
        }
        if let Behaviour::Broadcast { amounts, .. } = &self.tokens.behaviour {
            for (process, purse) in state.purses.iter().enumerate() {
                let copies = self.outgoing(process).len() as u64;
                let may_send = purse.sends > 0 && purse.copies == 0 && copies > 0;
                let affordable =
                    amounts.iter().filter(|&amount| may_send && amount * copies <= purse.balance);
                let broadcast = |&amount: &u64| step(Sending::Broadcast(ProcessId::of(process), amount));
                events.extend(affordable.map(broadcast));
            }
        }
    }

    /// The channel of the next copy that a process owes.
    fn next_owed(&self, state: &State, process: usize) -> Option<usize> {
        let outgoing = self.outgoing(process);
        let owed = state.purses[process].copies as usize;
        (owed > 0).then(|| outgoing[outgoing.len() - owed])
    }

    /// The amounts that the sender of a channel would send on it alone, could it afford them.
    fn offered_amounts(&self, state: &State, channel: usize) -> Vec<u64> {
        let sender = self.channels[channel].0;
        let sends = state.purses[sender].sends;
        match &self.tokens.behaviour {
            Behaviour::Free { amounts, .. } if sends > 0 => amounts.clone(),
            Behaviour::Free { .. } | Behaviour::Broadcast { .. } => Vec::new(),
            Behaviour::Lists(_) if !self.has_turn(state, sender) => Vec::new(),
            Behaviour::Lists(lists) => match lists[sender].get(sends as usize) {
                Some((on, amount)) if on.index() == channel => vec![*amount],
                _ => Vec::new(),
            },
        }
    }

    /// Without a script everyone may step; with one, only the process it has come to.
    fn has_turn(&self, state: &State, process: usize) -> bool {
        let Some(script) = &self.script else { return true };
        script.get(state.position) == Some(&Turn::Step(ProcessId::of(process)))
    }

    fn enabled_starts(&self, state: &State, events: &mut Vec<ModelEvent>) {
        for (snapshot, initiators) in self.initiators.iter().enumerate() {
            for &process in initiators {
                let (k, p) = (SnapshotId::of(snapshot), ProcessId::of(process));
                let named = |script: &Vec<Turn>| script.contains(&Turn::Start(k, p));
                let waits = self.script.as_ref().is_some_and(|script| {
                    named(script) && script.get(state.position) != Some(&Turn::Start(k, p))
                });
                if !state.snapshots[snapshot].sites[process].begun && !waits {
                    events.push(Event::Start(k, p));
                }
            }
        }
    }

    fn enabled_receives(&self, state: &State, events: &mut Vec<ModelEvent>) {
        for (channel, line) in state.channels.iter().enumerate() {
            if state.is_blocked(channel) {
                continue;
            }
            let mut offered: Vec<Travelling> = line.items.clone();
            if self.is_bag(channel) {
                offered.sort();
                offered.dedup();
            } else {
                offered.truncate(1);
            }
            events.extend(offered.iter().map(|item| Event::Receive(ChannelId::of(channel), written(item))));
        }
    }

    fn enabled_resumes(&self, state: &State, events: &mut Vec<ModelEvent>) {
        for process in 0..self.process_count() {
            for (snapshot, part) in state.snapshots.iter().enumerate() {
                if !part.sites[process].stopped.is_empty() {
                    events.push(Event::Resume(ProcessId::of(process), SnapshotId::of(snapshot)));
                }
            }
        }
    }

    fn enabled_faults(&self, state: &State, events: &mut Vec<ModelEvent>) {
        let with = |wanted: fn(&Discipline) -> bool, items: usize| {
            let can = move |&channel: &usize| {
                let line = &state.channels[channel];
                wanted(&self.disciplines[channel]) && line.faults > 0 && line.items.len() >= items
            };
            (0..self.channels.len()).filter(can).map(ChannelId::of)
        };
        events.extend(with(|it| matches!(it, Discipline::Lossy(_)), 1).map(Event::Lose));
        events.extend(with(|it| matches!(it, Discipline::Duplicating(_)), 1).map(Event::Duplicate));
        events.extend(with(|it| matches!(it, Discipline::Overtaking(_)), 2).map(Event::Overtake));
    }

    /// The state after an enabled event.
    pub fn carry_out(&self, state: &State, event: &ModelEvent) -> State {
        let mut next = state.clone();
        match event {
            Event::Step(AppStep::Tokens(Sending::Send(channel, amount))) => {
                self.send(&mut next, channel.index(), *amount);
            }
            Event::Step(AppStep::Tokens(Sending::Broadcast(process, amount))) => {
                self.broadcast(&mut next, process.index(), *amount);
            }
            Event::Step(_) => panic!("the reference knows tokens"),
            Event::Start(k, p) => {
                next.snapshots[k.index()].sites[p.index()].begun = true;
                self.handle(&mut next, k.index(), p.index(), Occasion::Start, &[]);
            }
            Event::Receive(channel, item) => self.receive(&mut next, channel.index(), item),
            Event::Resume(p, k) => self.resume(&mut next, k.index(), p.index()),
            Event::Lose(channel) => drop(next.channels[channel.index()].items.remove(0)),
            Event::Duplicate(channel) => {
                let items = &mut next.channels[channel.index()].items;
                items.insert(1, items[0].clone());
            }
            Event::Overtake(channel) => next.channels[channel.index()].items.swap(0, 1),
            Event::Link(..) | Event::Crash(_) | Event::Restore => panic!("the reference knows tokens only"),
        }
        if let Event::Lose(channel) | Event::Duplicate(channel) | Event::Overtake(channel) = event {
            next.channels[channel.index()].faults -= 1;
        }
        self.pass_begun_starts(&mut next);
        next
    }

    fn send(&self, state: &mut State, channel: usize, amount: u64) {
        let purse = &mut state.purses[self.channels[channel].0];
        match self.tokens.behaviour {
            Behaviour::Free { .. } => {
                purse.balance -= amount;
                purse.sends -= 1;
            }
            Behaviour::Lists(_) => {
                purse.balance -= amount;
                purse.sends += 1;
            }
            Behaviour::Broadcast { .. } => {
                purse.copies -= 1;
                purse.copied = if purse.copies == 0 { 0 } else { amount };
            }
        }
        self.put_message(state, channel, amount);
        state.position += usize::from(self.script.is_some());
    }

    /// All copies now, or the first, and the others are owed.
    fn broadcast(&self, state: &mut State, process: usize, amount: u64) {
        let outgoing = self.outgoing(process);
        let copies = outgoing.len();
        let whole = matches!(self.tokens.behaviour, Behaviour::Broadcast { whole: true, .. });
        let now = if whole { copies } else { 1 };
        let purse = &mut state.purses[process];
        purse.balance -= amount * copies as u64;
        purse.sends -= 1;
        if copies > now {
            purse.copies = u32::try_from(copies - now).expect("few channels");
            purse.copied = amount;
        }
        outgoing[..now].iter().for_each(|&channel| self.put_message(state, channel, amount));
    }

    fn put_message(&self, state: &mut State, channel: usize, amount: u64) {
        let sender = self.channels[channel].0;
        let late = state.snapshots.iter().map(|snapshot| snapshot.sites[sender].record.is_some()).collect();
        self.put(state, channel, Travelling::Message { amount, late });
    }

    fn receive(&self, state: &mut State, channel: usize, item: &Carried) {
        let items = &mut state.channels[channel].items;
        let place =
            items.iter().position(|other| written(other) == *item).expect("the item is in the channel");
        let item = items.remove(place);
        let receiver = self.channels[channel].1;
        match item {
            Travelling::Marker(snapshot) => {
                state.snapshots[snapshot].links[channel].marker_arrived = true;
                self.handle(state, snapshot, receiver, Occasion::Marker { channel }, &[]);
            }
            Travelling::Message { amount, late } => {
                for snapshot in self.snapshots() {
                    self.handle(state, snapshot, receiver, Occasion::Message { channel, amount }, &late);
                }
                for snapshot in self.snapshots() {
                    self.draw_ghost_cut(state, snapshot, channel, amount, late[snapshot]);
                }
                state.purses[receiver].balance += amount;
            }
        }
    }

    /// An orphan, a message that crosses the cut, or neither.
    fn draw_ghost_cut(&self, state: &mut State, snapshot: usize, channel: usize, amount: u64, late: bool) {
        let snapshot = &mut state.snapshots[snapshot];
        let has_recorded = snapshot.sites[self.channels[channel].1].record.is_some();
        let link = &mut snapshot.links[channel];
        match (has_recorded, late) {
            (false, true) => link.orphan = true,
            (true, false) => self.append(channel, &mut link.expected, amount),
            _ => {}
        }
    }

    /// Moves the script past starts of processes that have begun.
    pub fn pass_begun_starts(&self, state: &mut State) {
        let Some(script) = &self.script else { return };
        while let Some(Turn::Start(k, p)) = script.get(state.position)
            && state.snapshots[k.index()].sites[p.index()].begun
        {
            state.position += 1;
        }
    }
}

/// An item as events write it.
fn written(item: &Travelling) -> Carried {
    match item {
        Travelling::Marker(snapshot) => Item::Marker(SnapshotId::of(*snapshot)),
        Travelling::Message { amount, late } => {
            let mut bits = Late::default();
            let recorded = late.iter().enumerate().filter(|(_, late)| **late);
            recorded.for_each(|(snapshot, _)| bits.set(SnapshotId::of(snapshot)));
            message(*amount, bits)
        }
    }
}
