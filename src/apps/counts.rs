//! How many of something each process has, as models write it: one number for all, or some of them by name. Knows nothing
//! of what is counted.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::Refusal;
use super::by_name::{ByName, InOrder};
use crate::network::Topology;

/// The most that can be asked for.
pub const COUNT_MAX: u32 = 1000;

/// `2`, or `{"A": 2}` with nothing for those not named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counts {
    /// The same for every process.
    Each(u32),
    /// One by one.
    Single(ByName<u32>),
}

impl Default for Counts {
    fn default() -> Self {
        Self::Single(ByName::default())
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
                let counts = counts.of_each(topology)?.into_iter();
                counts.map(|count| few(count.copied().unwrap_or(0))).collect()
            }
        }
    }
}

/// So many of something, as people say it: `2 requests`.
pub(super) fn counted(count: u64, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
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

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Counts, A::Error> {
        InOrder(PhantomData).visit_map(map).map(Counts::Single)
    }
}
