//! Replicated variables, the exercise on distributed databases of the lectures: each variable is owned by one process, and others
//! hold variables that are derived from it (d from x and y, e from x, f from y). Who writes a variable tells all who derive
//! something from it. Copies lag behind, but not in a consistent snapshot: there a copy is what its owner has, or what is
//! missing is in the channel between them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::counts::{COUNT_MAX, counted};
use super::{Readable, Refusal};
use crate::network::{Application, ChannelId, ProcessId, Rule, Scene, Step, StepOf, Topology, When};

/// Replicated variables.
///
/// ```
/// use cl_check::check::{Options, check};
/// use cl_check::engine::verdict::Word;
/// use cl_check::model::{Source, read};
///
/// let text = r#"Model(
///     name: "database", topology: Complete(["A", "B"]), snapshots: [By("B")],
///     application: ReplicatedVariables(
///         variables: {"x": Owned(at: "A", writes: 1)},
///         derived: {"d": Sum(at: "B", of: ["x"])},
///     ),
/// )"#;
/// let verdict = check(&read(&Source::new("database.ron", text)).unwrap(), &Options::default());
/// assert_eq!(verdict.word, Word::Verified);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicatedVariables {
    /// The variables that are written, by name.
    pub variables: Vec<Variable>,
    /// What is derived from them: its name, where it is, and the variables that it is the sum of.
    pub derived: Vec<(String, ProcessId, Vec<usize>)>,
}

/// A variable that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Who writes it.
    pub owner: ProcessId,
    /// How often: each time it is one more.
    pub writes: u32,
    /// The channels to those who derive something from it.
    pub followers: Vec<ChannelId>,
}

/// How a model writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "ReplicatedVariables", deny_unknown_fields)]
pub struct Written {
    variables: BTreeMap<String, Owned>,
    derived: BTreeMap<String, Sum>,
}

/// Where a variable is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Owned {
    at: String,
    writes: u32,
}

/// Where a derived variable is, and of what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    at: String,
    of: Vec<String>,
}

/// The state of one process: what it has of each variable, 0 at first and of those that it does not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Copies {
    /// By variable.
    pub values: Vec<u32>,
    /// What is derived here, by number, and its value.
    pub derived: Vec<(usize, u32)>,
}

/// A variable has a new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Set {
    /// Which.
    pub variable: u8,
    /// The value.
    pub value: u32,
}

/// A variable is written, by its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Write(pub u8);

/// The most variables.
const VARIABLES_MAX: usize = 64;

/// What a copy lacks is under way to it.
const COPY_OR_CHANNEL: Rule = Rule {
    number: 0,
    name: "CopyOrChannel",
    when: When::Always,
    says: "each copy is what its owner has, or what it lacks is in the channel, in states and snapshots alike",
    otherwise: "a copy is not what its owner has, and what it lacks is not in the channel between them",
};
/// In the end nothing lags behind.
const COPIES_AGREE: Rule = Rule {
    number: 1,
    name: "CopiesAgree",
    when: When::AtTheEnd,
    says: "in the end each copy is what its owner has",
    otherwise: "nothing more can happen, but a copy is not what its owner has",
};

impl Readable for ReplicatedVariables {
    type Written = Written;

    fn resolve(written: &Written, topology: &Topology) -> Result<Self, Refusal> {
        let named =
            |name: &String| topology.process_named(name).ok_or_else(|| Refusal::no_process(name, topology));
        if written.variables.len() > VARIABLES_MAX {
            let message = format!("more than {VARIABLES_MAX} variables");
            return Err(Refusal::of_all(message, "leave some out"));
        }
        let variable = |(name, owned): (&String, &Owned)| {
            let Owned { at, writes } = owned;
            if *writes > COUNT_MAX {
                let message = format!("{writes} is more than is supported");
                return Err(Refusal::at(writes, message, format!("write it at most {COUNT_MAX} times")));
            }
            let (name, owner, writes) = (name.clone(), named(at)?, *writes);
            Ok(Variable { name, owner, writes, followers: Vec::new() })
        };
        let mut variables = written.variables.iter().map(variable).collect::<Result<Vec<_>, _>>()?;
        let mut derived = Vec::new();
        for (name, Sum { at, of }) in &written.derived {
            let there = named(at)?;
            let mut parts = Vec::new();
            for part in of {
                let place = variables.iter().position(|variable| variable.name == *part);
                let known: Vec<&str> = written.variables.keys().map(String::as_str).collect();
                let hint = format!("variables are `{}`", known.join("`, `"));
                let place =
                    place.ok_or_else(|| Refusal::at(part, format!("there is no variable `{part}`"), hint))?;
                follow(&mut variables[place], there, topology)?;
                parts.push(place);
            }
            derived.push((name.clone(), there, parts));
        }
        Ok(Self { variables, derived })
    }
}

/// Whoever derives something from a variable elsewhere is told of it, once.
fn follow(variable: &mut Variable, there: ProcessId, topology: &Topology) -> Result<(), Refusal> {
    if there == variable.owner {
        return Ok(());
    }
    let (from, to) = (topology.name(variable.owner), topology.name(there));
    let message = format!("`{from}` cannot tell `{to}` of `{}`: there is no channel", variable.name);
    let channel = topology.channel_between(variable.owner, there);
    let channel = channel.ok_or_else(|| Refusal::at(&variable.name, message, "add one to the topology"))?;
    if !variable.followers.contains(&channel) {
        variable.followers.push(channel);
    }
    Ok(())
}

impl ReplicatedVariables {
    fn own(&self, process: ProcessId) -> impl Iterator<Item = (usize, &Variable)> {
        self.variables.iter().enumerate().filter(move |(_, variable)| variable.owner == process)
    }

    /// A variable has this value, and what is derived from it follows.
    fn with(&self, copies: &Copies, set: Set) -> Copies {
        let mut after = copies.clone();
        after.values[usize::from(set.variable)] = set.value;
        for (number, sum) in &mut after.derived {
            *sum = self.derived[*number].2.iter().map(|&place| after.values[place]).sum();
        }
        after
    }

    /// What a copy will be once all has come that is under way to it.
    fn in_time(scene: &Scene<'_, Copies, Set>, channel: ChannelId, to: ProcessId, place: usize) -> u32 {
        let mut coming = scene.channel(channel).iter().rev();
        let last = coming.find(|set| usize::from(set.variable) == place);
        last.map_or(scene.state(to).values[place], |set| set.value)
    }
}

impl Application for ReplicatedVariables {
    type State = Copies;
    type Message = Set;
    type Step = Write;

    fn initial(&self, process: ProcessId) -> Copies {
        let here = self.derived.iter().enumerate().filter(|(_, (_, at, _))| *at == process);
        let derived = here.map(|(number, _)| (number, 0)).collect();
        Copies { values: vec![0; self.variables.len()], derived }
    }

    fn steps(&self, _topology: &Topology, process: ProcessId, copies: &Copies) -> Vec<StepOf<Self>> {
        let due = self.own(process).filter(|(place, variable)| copies.values[*place] < variable.writes);
        let write = |(place, variable): (usize, &Variable)| {
            let set = Set { variable: place as u8, value: copies.values[place] + 1 };
            let state = self.with(copies, set);
            let sends = variable.followers.iter().map(|&channel| (channel, set)).collect();
            Step { name: Write(place as u8), state, sends }
        };
        due.map(write).collect()
    }

    fn receive(
        &self,
        _topology: &Topology,
        _process: ProcessId,
        copies: &Copies,
        _channel: ChannelId,
        set: &Set,
    ) -> (Copies, Vec<(ChannelId, Set)>) {
        (self.with(copies, *set), Vec::new())
    }

    fn is_finished(&self, process: ProcessId, copies: &Copies) -> bool {
        self.own(process).all(|(place, variable)| copies.values[place] == variable.writes)
    }

    /// Each write is a step, and a message to each follower.
    fn progress(&self, _topology: &Topology, process: ProcessId, copies: &Copies) -> Option<u64> {
        let written = self
            .own(process)
            .map(|(place, variable)| u64::from(copies.values[place]) * (1 + variable.followers.len() as u64));
        Some(written.sum())
    }

    fn heading(&self, _topology: &Topology) -> String {
        let writes = self.variables.iter().map(|variable| u64::from(variable.writes)).sum();
        let variables = counted(self.variables.len() as u64, "replicated variable");
        format!("{variables}, {}", counted(writes, "write"))
    }

    /// `x=1 y=1 d=2`: what is not 0.
    fn state_text(&self, _topology: &Topology, copies: &Copies) -> String {
        let names = self.variables.iter().map(|variable| &variable.name);
        let variables = names.zip(copies.values.iter().copied());
        let derived = copies.derived.iter().map(|(number, sum)| (&self.derived[*number].0, *sum));
        let shown = variables.chain(derived).filter(|(_, value)| *value > 0);
        let shown: Vec<String> = shown.map(|(name, value)| format!("{name}={value}")).collect();
        if shown.is_empty() { "-".to_owned() } else { shown.join(" ") }
    }

    fn message_text(&self, _topology: &Topology, set: &Set) -> String {
        format!("Set({:?},{})", self.variables[usize::from(set.variable)].name, set.value)
    }

    fn step_names(&self) -> &'static [&'static str] {
        &["Write"]
    }

    fn step_text(&self, _topology: &Topology, step: &Write) -> String {
        format!("Write({:?})", self.variables[usize::from(step.0)].name)
    }

    fn step_words(&self, _topology: &Topology, step: &Write) -> Option<String> {
        Some(format!("writes {}", self.variables[usize::from(step.0)].name))
    }

    fn step_place(&self, _topology: &Topology, step: &Write) -> ProcessId {
        self.variables[usize::from(step.0)].owner
    }

    fn rules(&self) -> Vec<Rule> {
        vec![COPY_OR_CHANNEL, COPIES_AGREE]
    }

    fn holds(&self, topology: &Topology, rule: Rule, scene: &Scene<'_, Copies, Set>) -> bool {
        let is_right = |place: usize, variable: &Variable, channel: ChannelId| {
            let to = topology.channel(channel).to;
            let copy = if rule == COPY_OR_CHANNEL {
                Self::in_time(scene, channel, to, place)
            } else {
                scene.state(to).values[place]
            };
            copy == scene.state(variable.owner).values[place]
        };
        let mut all = self.variables.iter().enumerate();
        all.all(|(place, variable)| {
            variable.followers.iter().all(|&channel| is_right(place, variable, channel))
        })
    }
}
