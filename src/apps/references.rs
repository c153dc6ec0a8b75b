//! References to objects that live at processes, and what of them is garbage, after Hughes, "A distributed garbage collection
//! algorithm" (Functional Programming Languages and Computer Architecture, LNCS 201, 1985); Chandy and Lamport's stable properties
//! include it (ACM Transactions on Computer Systems 3(1), 1985, section 1).
//!
//! A process sends only references that it holds. Objects refer to objects. *Garbage* is what nobody can reach any more: not by
//! what processes hold or is under way, and not from there through objects, wherever they live. So objects in a circle are
//! garbage when nobody holds one of them, which no count of references tells. It stays so: nobody can come to hold them.

use serde::{Deserialize, Serialize};

use super::by_name::{self, ByName};
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// A bit each.
pub const OBJECTS_MAX: usize = 64;

/// Processes that hold references to objects and pass them on.
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::model::{Source, read};
/// let pair = r#"Model(
///     name: "pair", topology: Complete(["A", "B"]), snapshots: [By("B")],
///     application: References(objects: {"x": Object(at: "A")}, holds: {"A": ["x"]}, acts: {"A": 2}),
/// )"#;
/// let verdict = check(&read(&Source::new("pair.ron", pair)).unwrap(), &Options::default());
/// assert!(verdict.met, "it is verified");
/// assert_eq!(verdict.stats.distinct_states, 119);
///
/// // A reference that is under way is all that keeps an object alive.
/// let no_channels = pair.replace("snapshots", "mutations: [Delete(on_message, 0)], snapshots");
/// let verdict = check(&read(&Source::new("pair.ron", no_channels)).unwrap(), &Options::default());
/// assert!(verdict.counterexamples.iter().any(|run| run.property == "NoLiveCollected"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct References {
    /// The names of objects, sorted.
    pub objects: Vec<String>,
    /// Where each object lives.
    pub homes: Vec<ProcessId>,
    /// To which objects each refers at first.
    pub refers: Vec<Objects>,
    /// What each process holds at first.
    pub holds: Vec<Objects>,
    /// How many steps each process takes.
    pub acts: Vec<u32>,
    /// Which kinds of steps there are.
    pub kinds: Vec<Kind>,
}

/// How a model writes it: names of processes and of objects.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "References", deny_unknown_fields)]
pub struct Written {
    objects: ByName<Object>,
    #[serde(default)]
    holds: ByName<Vec<String>>,
    #[serde(default)]
    acts: ByName<u32>,
    #[serde(default = "all_kinds")]
    kinds: Vec<Kind>,
}

/// An object as a model writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    at: String,
    #[serde(default)]
    refers_to: Vec<String>,
}

/// A kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Kind {
    /// Sends a copy of a reference that it holds.
    Pass,
    /// No longer holds a reference.
    Drop,
    /// Takes a reference out of an object that it holds and that lives here.
    Load,
    /// Puts a reference that it holds into such an object.
    Store,
    /// Takes a reference out of such an object, for good.
    Clear,
}

fn all_kinds() -> Vec<Kind> {
    vec![Kind::Pass, Kind::Drop, Kind::Load, Kind::Store, Kind::Clear]
}

/// An object, by where it stands among the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ObjectId(pub u8);

/// A set of objects, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Objects(pub u64);

impl Objects {
    /// Is it among them?
    pub fn has(self, object: ObjectId) -> bool {
        self.0 >> object.0 & 1 == 1
    }

    fn with(self, object: ObjectId) -> Self {
        Self(self.0 | 1 << object.0)
    }

    fn without(self, object: ObjectId) -> Self {
        Self(self.0 & !(1 << object.0))
    }

    fn each(self) -> impl Iterator<Item = ObjectId> {
        (0..OBJECTS_MAX as u8).map(ObjectId).filter(move |&object| self.has(object))
    }
}

/// The state of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Heap {
    /// What the process holds.
    pub holds: Objects,
    /// To what each object refers that lives here, in object order.
    pub objects: Vec<(ObjectId, Objects)>,
    /// How many steps it has taken.
    pub acted: u32,
    /// How many of them were sends.
    pub passed: u32,
}

/// A step of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doing {
    /// [`Kind::Pass`]
    Pass(ChannelId, ObjectId),
    /// [`Kind::Drop`]
    Drop(ProcessId, ObjectId),
    /// Another: something happens to what the first object says of the second.
    Change(Kind, ProcessId, ObjectId, ObjectId),
}

/// What a snapshot finds to be garbage may be collected.
const NO_LIVE_COLLECTED: Rule = Rule {
    number: 0,
    name: "NoLiveCollected",
    when: When::StillSo,
    says: "what is garbage in the snapshot is garbage",
    otherwise: "an object is garbage in the snapshot, but can be reached",
};
/// Nothing that was garbage at the start escapes.
const ALL_FOUND: Rule = Rule {
    number: 1,
    name: "AllFound",
    when: When::Found,
    says: "what was garbage at the start is garbage in the snapshot",
    otherwise: "an object was garbage at the start, but the snapshot does not find it so",
};

impl Readable for References {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        let mut listed: Vec<&(String, Object)> = written.objects.0.iter().collect();
        listed.sort_by(|one, other| one.0.cmp(&other.0));
        if let Some(pair) = listed.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(by_name::twice(&pair[0].0));
        }
        if listed.is_empty() || listed.len() > OBJECTS_MAX {
            let message = format!("{} objects; 1 to {OBJECTS_MAX} are supported", listed.len());
            return Err(Refusal::of_all(message, "write `objects: {\"x\": Object(at: \"A\")}`"));
        }
        let objects: Vec<String> = listed.iter().map(|(name, _)| name.clone()).collect();
        let homes = listed.iter().map(|(_, object)| by_name::process(&object.at, topology));
        let refers = listed.iter().map(|(_, object)| set(&object.refers_to, &objects));
        let holds = written.holds.of_each(topology)?.into_iter();
        let holds = holds.map(|names| names.map_or(Ok(Objects::default()), |names| set(names, &objects)));
        Ok(Self {
            homes: homes.collect::<Result<_, _>>()?,
            refers: refers.collect::<Result<_, _>>()?,
            holds: holds.collect::<Result<_, _>>()?,
            acts: written.acts.times(topology, "steps of one process")?,
            kinds: written.kinds.clone(),
            objects,
        })
    }
}

/// The objects of these names.
fn set(names: &[String], objects: &[String]) -> Result<Objects, Refusal> {
    let hint = || format!("objects are `{}`", objects.join("`, `"));
    let unknown = |name: &String| Refusal::at(name, format!("there is no object `{name}`"), hint());
    names.iter().try_fold(Objects::default(), |set, name| {
        let index = objects.iter().position(|object| object == name).ok_or_else(|| unknown(name))?;
        Ok(set.with(ObjectId(index as u8)))
    })
}

impl Heap {
    /// Each pair of an object that it holds and that lives here, and what that refers to.
    fn at_hand(&self) -> impl Iterator<Item = (ObjectId, Objects)> {
        self.objects.iter().copied().filter(|(object, _)| self.holds.has(*object))
    }

    fn holding(&self, holds: Objects) -> Self {
        Self { holds, acted: self.acted + 1, ..self.clone() }
    }

    fn referring(&self, object: ObjectId, refers: Objects) -> Self {
        let mut after = self.holding(self.holds);
        after.objects.iter_mut().filter(|(other, _)| *other == object).for_each(|(_, it)| *it = refers);
        after
    }

    /// The steps of one kind, with what each leaves; only passing on sends.
    fn steps(&self, kind: Kind, at: ProcessId, to: &[ChannelId]) -> Vec<StepOf<References>> {
        let quiet = |(name, state)| Step { name, state, sends: Vec::new() };
        let held = self.holds;
        match kind {
            Kind::Pass => {
                let each = to.iter().flat_map(|&channel| held.each().map(move |object| (channel, object)));
                let pass = |(channel, object)| Step {
                    name: Doing::Pass(channel, object),
                    state: Self { passed: self.passed + 1, ..self.holding(held) },
                    sends: vec![(channel, object)],
                };
                each.map(pass).collect()
            }
            Kind::Drop => {
                let drop = |object| (Doing::Drop(at, object), self.holding(held.without(object)));
                held.each().map(drop).map(quiet).collect()
            }
            Kind::Load | Kind::Store | Kind::Clear => {
                let each = self.at_hand().flat_map(|(of, refers)| {
                    let (which, not) = match kind {
                        Kind::Load => (refers, held),
                        Kind::Store => (held, refers),
                        _ => (refers, Objects::default()),
                    };
                    which
                        .each()
                        .filter(move |&object| !not.has(object))
                        .map(move |object| (of, refers, object))
                });
                let change = |(of, refers, object): (ObjectId, Objects, ObjectId)| {
                    let after = match kind {
                        Kind::Load => self.holding(held.with(object)),
                        Kind::Store => self.referring(of, refers.with(object)),
                        _ => self.referring(of, refers.without(object)),
                    };
                    (Doing::Change(kind, at, of, object), after)
                };
                each.map(change).map(quiet).collect()
            }
        }
    }
}

impl Application for References {
    type State = Heap;
    type Message = ObjectId;
    type Step = Doing;

    fn initial(&self, process: ProcessId) -> Heap {
        let all = (0..self.objects.len()).filter(|&object| self.homes[object] == process);
        let objects = all.map(|object| (ObjectId(object as u8), self.refers[object])).collect();
        Heap { holds: self.holds[process.index()], objects, ..Heap::default() }
    }

    fn steps(&self, topology: &Topology, process: ProcessId, heap: &Heap) -> Vec<StepOf<Self>> {
        let left = heap.acted < self.acts[process.index()];
        let kinds = self.kinds.iter().filter(|_| left);
        kinds.flat_map(|&kind| heap.steps(kind, process, topology.outgoing(process))).collect()
    }

    fn receive(
        &self,
        _topology: &Topology,
        _process: ProcessId,
        heap: &Heap,
        _channel: ChannelId,
        object: &ObjectId,
    ) -> (Heap, Vec<(ChannelId, ObjectId)>) {
        (Heap { holds: heap.holds.with(*object), ..heap.clone() }, Vec::new())
    }

    fn is_finished(&self, process: ProcessId, heap: &Heap) -> bool {
        heap.acted >= self.acts[process.index()]
    }

    fn progress(&self, _topology: &Topology, _process: ProcessId, heap: &Heap) -> Option<u64> {
        Some(u64::from(heap.acted) + u64::from(heap.passed))
    }

    /// `x at A, y at B`
    fn heading(&self, topology: &Topology) -> String {
        let each = self.objects.iter().zip(&self.homes);
        each.map(|(name, &home)| format!("{name} at {}", topology.name(home))).collect::<Vec<_>>().join(", ")
    }

    /// `x+y (x→y)`: what it holds, and to what objects here refer.
    fn state_text(&self, _topology: &Topology, heap: &Heap) -> String {
        let refers = heap.objects.iter().filter(|(_, refers)| refers.0 != 0);
        let refers: String = refers
            .map(|&(object, refers)| format!(" ({}→{})", self.name(object), self.names(refers)))
            .collect();
        let held = if heap.holds.0 == 0 { "-".to_owned() } else { self.names(heap.holds) };
        held + &refers
    }

    fn message_text(&self, _topology: &Topology, object: &ObjectId) -> String {
        format!("Ref({:?})", self.name(*object))
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Pass", "Drop", "Load", "Store", "Clear"]
    }

    fn step_text(&self, topology: &Topology, step: &Doing) -> String {
        let at = topology.name(self.step_place(topology, step));
        match *step {
            Doing::Pass(channel, object) => {
                let to = topology.name(topology.channel(channel).to);
                format!("Pass({at:?},{to:?},{:?})", self.name(object))
            }
            Doing::Drop(_, object) => format!("Drop({at:?},{:?})", self.name(object)),
            Doing::Change(kind, _, of, object) => {
                format!("{kind:?}({at:?},{:?},{:?})", self.name(of), self.name(object))
            }
        }
    }

    fn step_words(&self, _topology: &Topology, step: &Doing) -> Option<String> {
        let words = |verb: &str, object, place: &str, of| {
            Some(format!("{verb} {} {place} {}", self.name(object), self.name(of)))
        };
        match *step {
            Doing::Pass(..) => None,
            Doing::Drop(_, object) => Some(format!("drops {}", self.name(object))),
            Doing::Change(Kind::Load, _, of, object) => words("takes", object, "from", of),
            Doing::Change(Kind::Store, _, of, object) => words("puts", object, "into", of),
            Doing::Change(_, _, of, object) => words("clears", object, "from", of),
        }
    }

    fn step_place(&self, topology: &Topology, step: &Doing) -> ProcessId {
        match *step {
            Doing::Pass(channel, _) => topology.channel(channel).from,
            Doing::Drop(process, _) | Doing::Change(_, process, ..) => process,
        }
    }

    fn names_channels(&self) -> bool {
        false
    }

    fn rules(&self) -> Vec<Rule> {
        vec![NO_LIVE_COLLECTED, ALL_FOUND]
    }

    fn detects(&self, _topology: &Topology, _rule: Rule, scene: &Scene<'_, Heap, ObjectId>) -> u64 {
        self.garbage(scene)
    }

    fn things(&self, _topology: &Topology, _rule: Rule) -> u32 {
        self.objects.len() as u32
    }
}

impl References {
    /// What cannot be reached: all but what is held or under way, and what that refers to, and so on.
    fn garbage(&self, scene: &Scene<'_, Heap, ObjectId>) -> u64 {
        let refers = |object: ObjectId| {
            let heap = scene.state(self.homes[object.0 as usize]);
            heap.objects.iter().find(|(other, _)| *other == object).map_or(0, |(_, refers)| refers.0)
        };
        let held = scene.states().fold(Objects::default(), |all, (_, heap)| Objects(all.0 | heap.holds.0));
        let mut reached = scene.messages().iter().fold(held, |all, object| all.with(**object)).0;
        loop {
            let further = Objects(reached).each().fold(reached, |all, object| all | refers(object));
            if further == reached {
                return !reached & u64::MAX >> (OBJECTS_MAX - self.objects.len());
            }
            reached = further;
        }
    }

    fn name(&self, object: ObjectId) -> &str {
        &self.objects[object.0 as usize]
    }

    fn names(&self, objects: Objects) -> String {
        objects.each().map(|object| self.name(object)).collect::<Vec<_>>().join("+")
    }
}
