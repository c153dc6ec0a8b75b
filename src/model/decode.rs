//! Reads serde types from a tree of places, so that every fault knows its place. As `ron` with `implicit_some`,
//! and stricter: names must match, and nothing may be left over.

use std::fmt;
use std::ops::Range;

use serde::de::value::{BorrowedStrDeserializer, U64Deserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::fault::{Fault, Result};
use super::tree::{Body, Form, Kind, Node, Word};
use super::variant::{Another, Variant};

/// A value and the bytes it stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its bytes.
    pub span: Range<usize>,
}

/// What a switch may be.
const TRUE_OR_FALSE: &str = "`true` or `false`";

/// How [`Spanned`] asks for its span.
const SPANNED: &str = "$Spanned";

/// How [`Plain`] asks for its text.
const PLAIN: &str = "$Plain";

/// The variant that stands for every name that is none of the others.
pub(super) const OTHER: &str = "$Other";
/// The variant that stands for every value that is none of the others.
pub(super) const ANY: &str = "$Any";

/// A value as it is written, without spaces: `Grant("A",2)`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename = "$Plain")]
pub(super) struct Plain(pub String);

/// The value that a tree holds.
pub(super) fn decode<'n, T: Deserialize<'n>>(node: &'n Node<'_>) -> Result<T> {
    T::deserialize(At(node))
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let (start, end, value) = deserializer.deserialize_tuple_struct(SPANNED, 3, Triple(None))?;
        Ok(Self { value, span: start..end })
    }
}

/// Reads start, end and value.
struct Triple<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Triple<T> {
    type Value = (usize, usize, T);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with its place")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Self::Value, A::Error> {
        let missing = || de::Error::custom("a value with its place");
        let start = seq.next_element()?.ok_or_else(missing)?;
        let end = seq.next_element()?.ok_or_else(missing)?;
        let value = seq.next_element()?.ok_or_else(missing)?;
        Ok((start, end, value))
    }
}

/// A node as a deserializer.
#[derive(Clone, Copy)]
pub(super) struct At<'n, 't>(pub &'n Node<'t>);

impl<'n> At<'n, '_> {
    /// Completes a fault with what was found here, and where.
    fn blame<T>(self, result: Result<T>) -> Result<T> {
        result.map_err(|fault| fault.found(self.0))
    }

    fn any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        match &self.0.kind {
            Kind::Number(raw) => number(raw, visitor),
            Kind::Text(text) => visitor.visit_borrowed_str(text),
            Kind::List(items) => whole(items, visitor),
            Kind::Map(entries) => visitor.visit_map(Entries { entries: entries.iter(), value: None }),
            Kind::Form(form) => match (&form.name, &form.body) {
                (Some(_), _) => visitor.visit_enum(Variant { node: self.0, form }),
                (None, Body::Fields(fields)) => {
                    visitor.visit_map(Fields { fields: fields.iter(), value: None })
                }
                (None, _) => whole(self.0.values(), visitor),
            },
        }
    }

    fn tuple<V: Visitor<'n>>(self, length: usize, visitor: V) -> Result<V::Value> {
        match &self.0.kind {
            Kind::Form(form) if form.name.is_none() && self.0.values().len() == length => self.any(visitor),
            _ => Err(Fault::expected(format!("`(..)` with {length} values"))),
        }
    }

    fn structure<V: Visitor<'n>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        let expected = || Fault::expected(format!("`{name}(..)`"));
        let Kind::Form(form) = &self.0.kind else { return Err(expected()) };
        match &form.name {
            Some(word) if word.name != name => Err(expected().near(word.name, [name])),
            _ => fields_of(form, visitor).unwrap_or_else(|| Err(expected())),
        }
    }
}

/// Visits named fields, or none; nothing where values stand without names.
pub(super) fn fields_of<'n, V: Visitor<'n>>(form: &'n Form<'_>, visitor: V) -> Option<Result<V::Value>> {
    match &form.body {
        Body::Fields(fields) => Some(
            once_each(fields).and_then(|()| visitor.visit_map(Fields { fields: fields.iter(), value: None })),
        ),
        Body::Values(values) if values.is_empty() => {
            Some(visitor.visit_map(Fields { fields: [].iter(), value: None }))
        }
        Body::Bare | Body::Values(_) => None,
    }
}

/// No field is given twice.
pub(super) fn once_each(fields: &[(Word<'_>, Node<'_>)]) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    let again = fields.iter().find(|(word, _)| !seen.insert(word.name));
    again.map_or(Ok(()), |(word, _)| {
        let message = format!("the field `{}` is given twice", super::tree::shortened(word.name));
        Err(Fault::at(&word.span, message).hint("remove one of them"))
    })
}

/// Visits items and makes sure that none is left.
pub(super) fn whole<'n, V: Visitor<'n>>(nodes: &'n [Node<'_>], visitor: V) -> Result<V::Value> {
    let mut items = Items(nodes.iter());
    let value = visitor.visit_seq(&mut items)?;
    match items.0.next() {
        None => Ok(value),
        Some(left) => Err(Fault::at(&left.span, "one value too many").hint("remove it")),
    }
}

fn number<'de, V: Visitor<'de>>(raw: &str, visitor: V) -> Result<V::Value> {
    if let Ok(number) = ron::from_str::<u64>(raw) {
        visitor.visit_u64(number)
    } else if let Ok(number) = ron::from_str::<i64>(raw) {
        visitor.visit_i64(number)
    } else {
        visitor.visit_f64(ron::from_str(raw).unwrap_or(f64::NAN))
    }
}

impl<'n> Deserializer<'n> for At<'n, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        self.blame(self.any(visitor))
    }

    fn deserialize_option<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        let Kind::Form(form) = &self.0.kind else { return visitor.visit_some(self) };
        match (self.0.name(), &form.body) {
            (Some("None"), Body::Bare) => visitor.visit_none(),
            (Some("Some"), Body::Values(values)) if values.len() == 1 => visitor.visit_some(At(&values[0])),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if name == PLAIN {
            return visitor
                .visit_newtype_struct(IntoDeserializer::<Fault>::into_deserializer(self.0.plain()));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'n>>(self, length: usize, visitor: V) -> Result<V::Value> {
        self.blame(self.tuple(length, visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'n>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value> {
        if name == SPANNED {
            return visitor.visit_seq(Located { node: self.0, told: 0 });
        }
        self.blame(self.tuple(length, visitor))
    }

    fn deserialize_struct<V: Visitor<'n>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.blame(self.structure(name, visitor))
    }

    fn deserialize_enum<V: Visitor<'n>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let is_none = |form: &Form<'_>| form.name.as_ref().is_some_and(|word| !variants.contains(&word.name));
        let visited = match &self.0.kind {
            Kind::Form(form) if is_none(form) && variants.contains(&OTHER) => {
                visitor.visit_enum(Another { node: self.0, variant: OTHER })
            }
            Kind::Form(form) if form.name.is_some() && !(is_none(form) && variants.contains(&ANY)) => {
                visitor.visit_enum(Variant { node: self.0, form })
            }
            _ if variants.contains(&ANY) => visitor.visit_enum(Another { node: self.0, variant: ANY }),
            Kind::Text(text) if variants.contains(&&**text) => {
                Err(Fault::expected(format!("`{text}`")).hint("write it without quotes"))
            }
            _ => Err(Fault::expected(one_of(variants))),
        };
        self.blame(visited)
    }

    fn deserialize_identifier<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        let visited = match &self.0.kind {
            Kind::Form(form) => match (&form.name, &form.body) {
                (Some(word), Body::Bare) => visitor.visit_str(word.name),
                _ => Err(Fault::expected(expectation(&visitor))),
            },
            _ => Err(Fault::expected(expectation(&visitor))),
        };
        self.blame(visited)
    }

    fn deserialize_bool<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value> {
        let Kind::Form(form) = &self.0.kind else { return self.blame(Err(Fault::expected(TRUE_OR_FALSE))) };
        match (self.0.name(), &form.body) {
            (Some("true"), Body::Bare) => visitor.visit_bool(true),
            (Some("false"), Body::Bare) => visitor.visit_bool(false),
            _ => self.blame(Err(Fault::expected(TRUE_OR_FALSE))),
        }
    }

    forward_to_deserialize_any! {
        <V: Visitor<'n>>
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf unit unit_struct seq map ignored_any
    }
}

fn expectation<'de>(visitor: &impl Visitor<'de>) -> String {
    (visitor as &dyn de::Expected).to_string()
}

fn one_of(names: &[&str]) -> String {
    let names: Vec<&str> = names.iter().copied().filter(|name| !name.starts_with('$')).collect();
    match names.as_slice() {
        [name] => format!("`{name}`"),
        _ => format!("one of `{}`", names.join("`, `")),
    }
}

/// Start, end and value of a node.
struct Located<'n, 't> {
    node: &'n Node<'t>,
    told: usize,
}

impl<'n> SeqAccess<'n> for Located<'n, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'n>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        self.told += 1;
        let number = |number: usize| -> U64Deserializer<Fault> { (number as u64).into_deserializer() };
        match self.told {
            1 => seed.deserialize(number(self.node.span.start)).map(Some),
            2 => seed.deserialize(number(self.node.span.end)).map(Some),
            _ => seed.deserialize(At(self.node)).map(Some),
        }
    }
}

/// The items of a list.
pub(super) struct Items<'n, 't>(pub std::slice::Iter<'n, Node<'t>>);

impl<'n> SeqAccess<'n> for &mut Items<'n, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'n>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        self.0.next().map(|node| seed.deserialize(At(node))).transpose()
    }
}

/// The entries of a map.
struct Entries<'n, 't> {
    entries: std::slice::Iter<'n, (Node<'t>, Node<'t>)>,
    value: Option<&'n Node<'t>>,
}

impl<'n> MapAccess<'n> for Entries<'n, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'n>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(At(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'n>>(&mut self, seed: V) -> Result<V::Value> {
        let value = self.value.take().ok_or_else(|| Fault::expected("a value"))?;
        seed.deserialize(At(value))
    }
}

/// Named fields.
struct Fields<'n, 't> {
    fields: std::slice::Iter<'n, (Word<'t>, Node<'t>)>,
    value: Option<(&'n Word<'t>, &'n Node<'t>)>,
}

impl<'n> MapAccess<'n> for Fields<'n, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'n>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((word, value)) = self.fields.next() else { return Ok(None) };
        self.value = Some((word, value));
        named(seed, word).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'n>>(&mut self, seed: V) -> Result<V::Value> {
        let (_, value) = self.value.take().ok_or_else(|| Fault::expected("a value"))?;
        seed.deserialize(At(value))
    }
}

/// The name of a field or variant.
pub(super) fn named<'n, S: DeserializeSeed<'n>>(seed: S, word: &'n Word<'_>) -> Result<S::Value> {
    seed.deserialize(BorrowedStrDeserializer::<Fault>::new(word.name))
        .map_err(|fault| fault.or_at(&word.span))
}

#[cfg(test)]
mod tests {
    use crate::model::testing::check;

    /// A changed line, and what is said about it.
    const SAID: &[(&str, &str)] = &[
        (r#"nmae: "m""#, "6:1 unknown field `nmae` | did you mean `name`?"),
        ("name: 5", r#"2:7 expected a text `".."`, found the number 5 | write a text in double quotes"#),
        ("name: m", r#"2:7 expected a text `".."`, found `m` | write a text in double quotes"#),
        (
            r#"about: ["x"]"#,
            r#"6:8 expected a text `".."`, found a list `[..]` | write a text in double quotes"#,
        ),
        (
            r#"topology: Line(["A", "B", 3])"#,
            r#"3:27 expected a text `".."`, found the number 3 | write a text in double quotes"#,
        ),
        (
            r#"equivalent: "x""#,
            r#"6:13 expected a list `[..]`, found the text "x" | write a list in brackets, items between commas"#,
        ),
        (
            r#"channel_overrides: [("A", "B")]"#,
            r#"6:22 expected `(..)` with 2 values, found the text "A" | write `("A", "B")`"#,
        ),
        (
            "walk: {}",
            "6:7 expected a list `[..]`, found a map `{..}` | write a list in brackets, items between commas",
        ),
        (
            "application: Tokens(start: 1, start: 2)",
            "4:31 the field `start` is given twice | remove one of them",
        ),
        (
            "application: Tokens(1)",
            "4:21 expected `Tokens(..)`, found the number 1 | write `Tokens(start: Each(1), behaviour: Free(sends: 2, amounts: [1]))`",
        ),
        (r#"name: """#, "2:7 the model has an empty name | give it a short, readable name"),
    ];

    #[test]
    fn what_a_file_cannot_hold_is_said_with_its_place() {
        check(SAID);
    }
}
