//! The parts of a model file that may be written in more than one form, each with its visitor.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    self, Deserialize, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::decode::{Plain, Spanned};
use super::file::{ApplicationFile, MaybeItem, Number, Text};
use crate::algorithm::syntax::Algorithm;
use crate::apps::AppWritten;

/// A channel as written: `("A", "B")`.
pub(super) type Place = Spanned<(Text, Text)>;

/// `Each(1)`, `1` or `{"A": 10, "B": 3}`.
#[derive(Debug)]
pub(super) enum Amounts {
    /// The same for every process.
    Each(Number),
    /// One by one; nothing for those not named.
    Single(Pairs<Text, Number>),
}

/// `"chandy-lamport"`, `"a/path.ron"` or `Algorithm(..)`.
#[derive(Debug)]
pub(super) enum Written {
    /// By name or path.
    Named(String),
    /// Written out.
    Here(Algorithm),
}

/// `Default` or a list.
#[derive(Debug, Default)]
pub(super) enum CheckFile {
    /// All that make sense.
    #[default]
    Default,
    /// These.
    These(Vec<Spanned<Word>>),
}

/// A name without quotes.
#[derive(Debug, Default)]
pub(super) struct Word(pub String);

/// `"A"` or `["A", "B"]`.
#[derive(Debug)]
pub(super) struct OneOrMore(pub Vec<Text>);

/// A map in the order written, keys not compared.
#[derive(Debug)]
pub(super) struct Pairs<K, V>(pub Vec<(K, V)>);

/// What a `Receive` says: `("A", "B")`, or with an item.
#[derive(Debug)]
pub(super) struct Arrived {
    /// The sender.
    pub from: Text,
    /// The receiver.
    pub to: Text,
    /// The item, where it is named.
    pub item: MaybeItem,
}

/// An item of a channel: `5`, `Request(2)`, `Marker(0)`, or `Late(5, [0])` for a message that was sent after its
/// sender had recorded snapshot 0 (only where a channel lets out both).
#[derive(Debug, serde::Deserialize)]
pub(super) enum Item {
    /// A marker.
    Marker(Number),
    /// A message that is late for exactly these snapshots.
    Late(Plain, Vec<Number>),
    /// A message.
    #[serde(rename = "$Any")]
    Message(Plain),
}

impl Default for Amounts {
    fn default() -> Self {
        Self::Single(Pairs::default())
    }
}

impl Default for Written {
    fn default() -> Self {
        Self::Named("chandy-lamport".to_owned())
    }
}

impl<K, V> Default for Pairs<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairwise(PhantomData))
    }
}

struct Pairwise<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Pairwise<K, V> {
    type Value = Pairs<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map `{..}`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

/// Numbers of processes know their place, so the visitor is told it.
impl<'de> Deserialize<'de> for Amounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, span } = Spanned::<AmountsForm>::deserialize(deserializer)?;
        Ok(match value {
            AmountsForm::Number(value) => Self::Each(Number { value, span }),
            AmountsForm::Each(number) => Self::Each(number),
            AmountsForm::Single(pairs) => Self::Single(pairs),
        })
    }
}

enum AmountsForm {
    Number(u64),
    Each(Number),
    Single(Pairs<Text, Number>),
}

impl<'de> Deserialize<'de> for AmountsForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountsVisitor)
    }
}

struct AmountsVisitor;

impl<'de> Visitor<'de> for AmountsVisitor {
    type Value = AmountsForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, `Each(..)` or a map `{\"A\": 1, ..}`")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<AmountsForm, E> {
        Ok(AmountsForm::Number(number))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AmountsForm, A::Error> {
        Pairwise(PhantomData).visit_map(map).map(AmountsForm::Single)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<AmountsForm, A::Error> {
        let variant = named(data, &["Each"])?;
        variant.newtype_variant().map(AmountsForm::Each)
    }
}

/// A form with one of these names.
fn named<'de, A: EnumAccess<'de>>(data: A, names: &'static [&'static str]) -> Result<A::Variant, A::Error> {
    let (name, variant) = data.variant_seed(OneOf(names))?;
    debug_assert!(names.contains(&name), "the seed accepts only these names");
    Ok(variant)
}

/// Accepts one of these names.
struct OneOf(&'static [&'static str]);

impl<'de> de::DeserializeSeed<'de> for OneOf {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for OneOf {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of `{}`", self.0.join("`, `"))
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        let known = self.0.iter().find(|known| **known == name);
        known.copied().ok_or_else(|| E::unknown_variant(name, self.0))
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WrittenVisitor)
    }
}

struct WrittenVisitor;

impl<'de> Visitor<'de> for WrittenVisitor {
    type Value = Written;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an algorithm, a path, or `Algorithm(..)`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Written, E> {
        Ok(Written::Named(name.to_owned()))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Written, A::Error> {
        named(data, &["Algorithm"])?.newtype_variant().map(Written::Here)
    }
}

impl<'de> Deserialize<'de> for CheckFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CheckVisitor)
    }
}

struct CheckVisitor;

impl<'de> Visitor<'de> for CheckVisitor {
    type Value = CheckFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`Default` or a list of properties `[..]`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<CheckFile, A::Error> {
        let mut these = Vec::new();
        while let Some(word) = seq.next_element()? {
            these.push(word);
        }
        Ok(CheckFile::These(these))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<CheckFile, A::Error> {
        named(data, &["Default"])?.unit_variant()?;
        Ok(CheckFile::Default)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(WordVisitor)
    }
}

struct WordVisitor;

impl Visitor<'_> for WordVisitor {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property, without quotes")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Word, E> {
        Ok(Word(name.to_owned()))
    }
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, span } = Spanned::<OneOrMoreForm>::deserialize(deserializer)?;
        Ok(Self(match value {
            OneOrMoreForm::One(value) => vec![Text { value, span }],
            OneOrMoreForm::More(names) => names,
        }))
    }
}

enum OneOrMoreForm {
    One(String),
    More(Vec<Text>),
}

impl<'de> Deserialize<'de> for OneOrMoreForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMoreVisitor)
    }
}

struct OneOrMoreVisitor;

impl<'de> Visitor<'de> for OneOrMoreVisitor {
    type Value = OneOrMoreForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a process or a list of names")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<OneOrMoreForm, E> {
        Ok(OneOrMoreForm::One(name.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMoreForm, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = seq.next_element()? {
            names.push(name);
        }
        Ok(OneOrMoreForm::More(names))
    }
}

impl<'de> Deserialize<'de> for Arrived {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(3, ArrivedVisitor)
    }
}

struct ArrivedVisitor;

impl<'de> Visitor<'de> for ArrivedVisitor {
    type Value = Arrived;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sender, a receiver and perhaps an item")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Arrived, A::Error> {
        let too_few = || A::Error::custom("`Receive` takes a sender, a receiver and perhaps an item");
        let from = seq.next_element()?.ok_or_else(too_few)?;
        let to = seq.next_element()?.ok_or_else(too_few)?;
        Ok(Arrived { from, to, item: seq.next_element()? })
    }
}

impl<'de> Deserialize<'de> for ApplicationFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("Application", AppWritten::NAMES, ApplicationVisitor)
    }
}

struct ApplicationVisitor;

impl<'de> Visitor<'de> for ApplicationVisitor {
    type Value = ApplicationFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an application")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<ApplicationFile, A::Error> {
        let (name, variant) = data.variant_seed(OneOf(AppWritten::NAMES))?;
        if name == "Tokens" {
            return variant.newtype_variant().map(ApplicationFile::Tokens);
        }
        AppWritten::read(name, variant).map(ApplicationFile::Other)
    }
}
