//! How many of something each process has, as models write it: one number for all, or some of them by name. Knows nothing
//! of what is counted.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::Refusal;
use crate::network::Topology;

/// The most that can be asked for.
pub const COUNT_MAX: u32 = 1000;

/// `2`, or `{"A": 2}` with nothing for those not named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counts {
    /// The same for every process.
    Each(u32),
    /// One by one.
    Single(BTreeMap<String, u32>),
}

impl Default for Counts {
    fn default() -> Self {
        Self::Single(BTreeMap::new())
    }
}

impl Counts {
    /// The count of each process, in process order.
    ///
    /// # Errors
    /// Where there is no such process, or a number is too large.
    pub fn resolve(&self, topology: &Topology) -> Result<Vec<u32>, Refusal> {
        let few = |count: u32| {
            let hint = format!("ask for at most {COUNT_MAX}");
            let refusal = || Refusal::at(&count, format!("{count} is more than is supported"), hint);
            if count <= COUNT_MAX { Ok(count) } else { Err(refusal()) }
        };
        match self {
            Self::Each(count) => Ok(vec![few(*count)?; topology.names().len()]),
            Self::Single(counts) => {
                let mut all = vec![0; topology.names().len()];
                for (name, &count) in counts {
                    let process = topology.process_named(name);
                    let process = process.ok_or_else(|| Refusal::no_process(name, topology))?;
                    all[process.index()] = few(count)?;
                }
                Ok(all)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Counts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or a map `{\"A\": 1, ..}`")
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<Counts, E> {
        Ok(Counts::Each(u32::try_from(count).unwrap_or(u32::MAX)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Counts, A::Error> {
        let mut counts = BTreeMap::new();
        while let Some((name, count)) = map.next_entry::<String, u32>()? {
            if counts.contains_key(&name) {
                return Err(A::Error::custom(format!("`{name}` is named twice")));
            }
            counts.insert(name, count);
        }
        Ok(Counts::Single(counts))
    }
}
