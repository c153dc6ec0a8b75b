//! What a model says of single processes, `{"A": 2, "B": 1}` or `["A", "B"]`, as applications read it: each process once, and
//! none that does not exist.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::Refusal;
use super::counts::COUNT_MAX;
use crate::network::{ProcessId, Topology};

/// A map as it is written: in order, and no name lost that stands there twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByName<V>(pub(super) Vec<(String, V)>);

impl<V> Default for ByName<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for ByName<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

/// Reads a map in the order written.
pub(super) struct InOrder<V>(pub PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for InOrder<V> {
    type Value = ByName<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map `{..}`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ByName<V>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(ByName(pairs))
    }
}

impl<V> ByName<V> {
    /// What is said of each process, in process order; `None` of those not named.
    pub(super) fn of_each<'w>(&'w self, topology: &Topology) -> Result<Vec<Option<&'w V>>, Refusal> {
        let mut of_each = vec![None; topology.names().len()];
        for (name, said) in &self.0 {
            if of_each[process(name, topology)?.index()].replace(said).is_some() {
                return Err(twice(name));
            }
        }
        Ok(of_each)
    }
}

impl ByName<u32> {
    /// How often each process does something; those not named never do.
    pub(super) fn times(&self, topology: &Topology, what: &str) -> Result<Vec<u32>, Refusal> {
        if let Some((_, times)) = self.0.iter().find(|(_, times)| *times > COUNT_MAX) {
            let message = format!("{times} {what}; the most supported is {COUNT_MAX}");
            return Err(Refusal::at(times, message, "write a smaller number"));
        }
        Ok(self.of_each(topology)?.into_iter().map(|times| times.copied().unwrap_or(0)).collect())
    }
}

/// The process of a name.
pub(super) fn process(name: &str, topology: &Topology) -> Result<ProcessId, Refusal> {
    topology.process_named(name).ok_or_else(|| Refusal::no_process(name, topology))
}

/// The processes of a list of names, each once, in the order written.
pub(super) fn processes(names: &[String], topology: &Topology) -> Result<Vec<ProcessId>, Refusal> {
    let mut listed = Vec::new();
    for name in names {
        let process = process(name, topology)?;
        if listed.contains(&process) {
            return Err(twice(name));
        }
        listed.push(process);
    }
    Ok(listed)
}

/// A name that may stand once stands twice.
pub(super) fn twice(name: &str) -> Refusal {
    Refusal::at(&name, format!("`{name}` is named twice"), "name each once")
}
