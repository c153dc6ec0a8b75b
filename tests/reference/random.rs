//! Small random models, one for each seed, the same on every machine: odd algorithms, mixed channels, scripts,
//! walks and capacities. All of them are models that a reader of model files would accept.

use super::syntax::{Action, Condition, Rule, Set, Side, Token, Which};
use super::systems::{chandy_lamport, complete, model, usual_properties};
use super::{
    Behaviour, Channel, ChannelId, Discipline, Model, ProcessId, Recorded, Reference, SnapshotId, Then,
    Tokens, Topology, Turn,
};

/// A source of numbers (`SplitMix64`, Steele, Lea and Flood 2014).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).expect("less than a usize")
    }

    pub fn one_in(&mut self, chances: usize) -> bool {
        self.roll(chances) == 0
    }

    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.roll(choices.len())].clone()
    }
}

/// Where an action stands: what may be said there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scene {
    Start,
    Marker,
    Message,
}

/// The model of a seed. Most have fewer than some ten thousand states; ask [`Reference::has_at_most`].
pub fn random_model(seed: u64) -> Model {
    let dice = &mut Dice(seed);
    let processes = 2 + usize::from(dice.one_in(3));
    let topology = random_topology(dice, processes);
    let mut start: Vec<u64> = (0..processes).map(|_| dice.pick(&[0, 1, 1, 2])).collect();
    let snapshots = random_snapshots(dice, processes);
    let sends_max = if snapshots.len() > 1 { 4 - snapshots.len() } else { 3 };
    let behaviour = match dice.roll(6) {
        0 | 1 => random_lists(dice, &topology, &start, sends_max + 1),
        2 => {
            start = start.iter().map(|balance| balance + 1).collect();
            random_broadcasts(dice, &start)
        }
        _ => random_freedom(dice, &start, sends_max),
    };
    let initiators: Vec<&[usize]> = snapshots.iter().map(Vec::as_slice).collect();
    let mut system = model(topology, start, behaviour, &initiators);
    if !dice.one_in(8) {
        spoil(dice, &mut system);
    }
    if let Behaviour::Lists(lists) = tokens(&system).behaviour.clone()
        && dice.one_in(2)
    {
        system.schedule = Some(random_script(dice, &lists, &snapshots));
    }
    system.capacity = dice.one_in(8).then(|| 1 + dice.roll(3));
    system.check = usual_properties();
    add_walk(dice, &mut system);
    add_recorded(dice, &mut system);
    system
}

fn random_topology(dice: &mut Dice, processes: usize) -> Topology {
    let disciplines = [
        Discipline::Bag,
        Discipline::Lossy(1),
        Discipline::Duplicating(1),
        Discipline::Overtaking(1),
        Discipline::Overtaking(2),
    ];
    let is_fifo = dice.one_in(2);
    let mut pairs = complete(processes);
    while pairs.len() > processes + 1 || (pairs.len() > 1 && dice.one_in(8)) {
        pairs.remove(dice.roll(pairs.len()));
    }
    if dice.one_in(4) {
        pairs.reverse();
    }
    let channel = |(from, to): (usize, usize)| Channel {
        from: ProcessId::of(from),
        to: ProcessId::of(to),
        discipline: if is_fifo || dice.one_in(2) { Discipline::Fifo } else { dice.pick(&disciplines) },
    };
    let channels = pairs.into_iter().map(channel).collect();
    Topology::new((b'A'..).take(processes).map(|letter| char::from(letter).to_string()).collect(), channels)
}

/// Few sends in all, so that the spaces stay small; no amount above the total.
fn random_freedom(dice: &mut Dice, start: &[u64], sends_max: usize) -> Behaviour {
    let mut sends = vec![0; start.len()];
    let total: u64 = start.iter().sum();
    for _ in 0..if total == 0 { 0 } else { 1 + dice.roll(sends_max) } {
        sends[dice.roll(start.len())] += 1;
    }
    let amounts = if total > 1 && dice.one_in(3) { vec![1, 2] } else { vec![1] };
    Behaviour::Free { sends, amounts }
}

/// One or two in all; some that nobody can afford.
fn random_broadcasts(dice: &mut Dice, start: &[u64]) -> Behaviour {
    let mut sends = vec![0; start.len()];
    for _ in 0..=dice.roll(2) {
        sends[dice.roll(start.len())] += 1;
    }
    let amounts = if dice.one_in(3) { vec![1, 2] } else { vec![1] };
    Behaviour::Broadcast { sends, amounts, whole: dice.one_in(3) }
}

fn random_lists(dice: &mut Dice, topology: &Topology, start: &[u64], sends_max: usize) -> Behaviour {
    let total: u64 = start.iter().sum();
    let mut lists = vec![Vec::new(); start.len()];
    for _ in 0..if total == 0 { 0 } else { 1 + dice.roll(sends_max) } {
        let channel = dice.roll(topology.channels().len());
        let amount = 1 + dice.roll(usize::try_from(total.min(2)).expect("at most 2")) as u64;
        lists[topology.channels()[channel].from.index()].push((ChannelId::of(channel), amount));
    }
    Behaviour::Lists(lists)
}

fn random_snapshots(dice: &mut Dice, processes: usize) -> Vec<Vec<usize>> {
    let count = dice.pick(&[0, 1, 1, 1, 1, 1, 2, 2, 2, 3]);
    let initiators = |dice: &mut Dice| {
        let first = dice.roll(processes);
        let second = (first + 1) % processes;
        if dice.one_in(4) { vec![first, second] } else { vec![first] }
    };
    (0..count).map(|_| initiators(dice)).collect()
}

/// Each process' sends in the order of its list, some starts in between.
fn random_script(dice: &mut Dice, lists: &[Vec<(ChannelId, u64)>], snapshots: &[Vec<usize>]) -> Vec<Turn> {
    let steps = lists
        .iter()
        .enumerate()
        .flat_map(|(process, list)| std::iter::repeat_n(Turn::Step(ProcessId::of(process)), list.len()));
    let starts = snapshots.iter().enumerate().flat_map(|(snapshot, initiators)| {
        initiators.iter().map(move |&process| Turn::Start(SnapshotId::of(snapshot), ProcessId::of(process)))
    });
    let starts: Vec<Turn> = starts.filter(|_| !dice.one_in(3)).collect();
    let mut script: Vec<Turn> = steps.chain(starts).collect();
    for place in (1..script.len()).rev() {
        script.swap(place, dice.roll(place + 1));
    }
    script
}

/// Another algorithm: Chandy–Lamport with some actions put in, taken out or varied.
fn spoil(dice: &mut Dice, system: &mut Model) {
    let mut algorithm = chandy_lamport();
    let handlers = [
        (Scene::Start, &mut algorithm.on_start),
        (Scene::Marker, &mut algorithm.on_marker),
        (Scene::Message, &mut algorithm.on_message),
    ];
    for (scene, handler) in handlers {
        for _ in 0..dice.pick(&[0, 0, 1, 1, 2]) {
            let block = match handler.first_mut() {
                Some(Action::If(_, body)) if dice.one_in(2) => body,
                _ => &mut *handler,
            };
            let place = dice.roll(block.len() + 1);
            match dice.roll(6) {
                0 if place < block.len() => drop(block.remove(place)),
                1 | 2 if place < block.len() => block[place] = varied(dice, block[place].clone()),
                3 => drop(block.splice(..0, [Action::Peek, Action::Pause])),
                _ => block.insert(place, random_action(dice, scene, 2, true)),
            }
        }
    }
    algorithm.complete_when =
        dice.pick(&[Rule::EveryIncomingClosed, Rule::EveryMarkerArrived, Rule::Recorded]);
    system.algorithm = algorithm;
}

/// The nearest mistake: another word of the same kind, or the same for the next snapshot.
fn varied(dice: &mut Dice, action: Action) -> Action {
    let is_own = dice.one_in(2);
    match action {
        Action::Send(token, set) if is_own => Action::SendAhead(token, set),
        Action::Send(token, _) if dice.one_in(2) => Action::Send(token, Set::Forward(Side::Outgoing)),
        Action::Open(_) if is_own => Action::Open(Set::Forward(Side::Incoming)),
        Action::If(_, body) if is_own => Action::If(Condition::Finished, body),
        Action::If(condition, body) if has_pause(&body) => Action::If(condition, body),
        Action::Keep if is_own => dice.pick(&[Action::KeepFirst, Action::KeepRepeated]),
        Action::Pause => Action::Forget,
        other => Action::OfNext(vec![other]),
    }
}

fn has_pause(block: &[Action]) -> bool {
    block.iter().any(|action| match action {
        Action::Pause => true,
        Action::If(_, body) | Action::OfNext(body) => has_pause(body),
        _ => false,
    })
}

/// An action with at most so many bodies inside each other.
fn random_action(dice: &mut Dice, scene: Scene, depth: usize, may_pause: bool) -> Action {
    match dice.roll(20) {
        0 => Action::Record,
        1 => Action::Send(Token::Marker, random_set(dice, scene)),
        2 => Action::Open(random_set(dice, scene)),
        3 => Action::Close(random_set(dice, scene)),
        4 => Action::Block(random_set(dice, scene)),
        5 => Action::Unblock(random_set(dice, scene)),
        6 => Action::SendAhead(Token::Marker, random_set(dice, scene)),
        7 => Action::Forget,
        8 => Action::Peek,
        9..=11 if scene == Scene::Message => {
            dice.pick(&[Action::Keep, Action::KeepFirst, Action::KeepRepeated])
        }
        12..=14 if depth > 0 => {
            let body = (0..=dice.roll(3)).map(|_| random_action(dice, scene, depth - 1, may_pause)).collect();
            Action::If(random_condition(dice, scene), body)
        }
        15..=17 if depth > 0 => {
            let body = (0..dice.roll(4)).map(|_| random_action(dice, scene, depth - 1, false)).collect();
            Action::OfNext(body)
        }
        _ if may_pause => Action::Pause,
        _ => dice.pick(&[Action::Record, Action::Close(Set::Incoming), Action::Peek]),
    }
}

fn random_set(dice: &mut Dice, scene: Scene) -> Set {
    let sets = [
        Set::Outgoing,
        Set::Incoming,
        Set::ButFirst(Side::Outgoing),
        Set::ButFirst(Side::Incoming),
        Set::Forward(Side::Outgoing),
        Set::Forward(Side::Incoming),
        Set::Arriving,
        Set::Arriving,
        Set::Arriving,
    ];
    dice.pick(if scene == Scene::Start { &sets[..6] } else { &sets })
}

fn random_condition(dice: &mut Dice, scene: Scene) -> Condition {
    match dice.roll(8) {
        0 => Condition::Recorded,
        1 => Condition::EveryMarkerArrived,
        2 | 6 if scene == Scene::Message => Condition::SentAfterRecord,
        3 if scene != Scene::Start => Condition::IsOpen(Which::Arriving),
        4 => Condition::Not(Box::new(random_condition(dice, scene))),
        5 => Condition::Finished,
        _ => Condition::NotRecorded,
    }
}

/// Sometimes a walk, sometimes with nothing behind it.
fn add_walk(dice: &mut Dice, system: &mut Model) {
    if !dice.one_in(5) {
        return;
    }
    let reference = Reference::of_model(system);
    let mut state = reference.initial();
    for _ in 0..dice.roll(6) {
        let mut successors = reference.successors(&state).taken;
        if successors.is_empty() {
            break;
        }
        let (event, next) = successors.swap_remove(dice.roll(successors.len()));
        system.walk.push(event);
        state = next;
    }
    system.then = if dice.one_in(3) { Then::Stop } else { Then::Explore };
}

fn tokens(system: &Model) -> &Tokens {
    system.application.tokens().expect("the reference knows tokens")
}

fn add_recorded(dice: &mut Dice, system: &mut Model) {
    if system.snapshots.is_empty() || !dice.one_in(4) {
        return;
    }
    let snapshot = SnapshotId::of(dice.roll(system.snapshots.len()));
    let process = dice.roll(tokens(system).start.len());
    let channel = ChannelId::of(dice.roll(system.topology.channels().len()));
    let processes = vec![(ProcessId::of(process), tokens(system).start[process])];
    let channels = if dice.one_in(2) { vec![(channel, vec![1])] } else { Vec::new() };
    system.recorded.push(Recorded { snapshot, processes, channels });
}
