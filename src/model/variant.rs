//! Reads the variants of enums: a name, and what stands in parentheses behind it.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::decode::{At, Items, fields_of, named, whole};
use super::fault::{Fault, Result};
use super::hints;
use super::tree::{Body, Form, Node};

/// A variant of an enum: its name and what stands behind it.
pub(super) struct Variant<'n, 't> {
    pub node: &'n Node<'t>,
    pub form: &'n Form<'t>,
}

impl<'n> Variant<'n, '_> {
    fn name(&self) -> &'n str {
        self.form.name.as_ref().map_or("", |word| word.name)
    }

    /// How it is written.
    fn misused(&self, wants: &str) -> Fault {
        let fault = Fault::at(&self.node.head(), format!("`{}` {wants}", self.name()));
        match hints::usage(self.name()) {
            Some(usage) => fault.hint(format!("write `{usage}`")),
            None => fault.hint(format!("write `{}`", self.name())),
        }
    }

    /// A fault inside, which the way it is written may explain.
    fn explained(&self, fault: Fault) -> Fault {
        let usage = hints::usage(self.name()).map(|usage| format!("write `{usage}`"));
        fault.or_at(&self.node.head()).or_hint(usage)
    }

    fn wants(&self, length: usize) -> Fault {
        let found = match &self.form.body {
            Body::Bare => "none".to_owned(),
            Body::Values(values) => values.len().to_string(),
            Body::Fields(_) => "named fields".to_owned(),
        };
        let plural = if length == 1 { "" } else { "s" };
        self.misused(&format!("takes {length} value{plural} in parentheses, found {found}"))
    }
}

impl<'n> EnumAccess<'n> for Variant<'n, '_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'n>>(self, seed: V) -> Result<(V::Value, Self)> {
        match &self.form.name {
            Some(word) => Ok((named(seed, word)?, self)),
            None => Err(Fault::expected("a name")),
        }
    }
}

impl<'n> VariantAccess<'n> for Variant<'n, '_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<()> {
        match self.form.body {
            Body::Bare => Ok(()),
            Body::Values(_) | Body::Fields(_) => Err(self.misused("takes nothing in parentheses")),
        }
    }

    /// One value, or else all that stands in the parentheses.
    fn newtype_variant_seed<T: DeserializeSeed<'n>>(self, seed: T) -> Result<T::Value> {
        match &self.form.body {
            Body::Bare => Err(self.wants(1)),
            Body::Values(values) if values.len() == 1 => {
                seed.deserialize(At(&values[0])).map_err(|fault| self.explained(fault))
            }
            Body::Values(_) | Body::Fields(_) => {
                seed.deserialize(Inside(&self)).map_err(|fault| self.explained(fault))
            }
        }
    }

    fn tuple_variant<V: Visitor<'n>>(self, length: usize, visitor: V) -> Result<V::Value> {
        match &self.form.body {
            Body::Values(values) if values.len() == length => {
                visitor.visit_seq(&mut Items(values.iter())).map_err(|fault| self.explained(fault))
            }
            _ => Err(self.wants(length)),
        }
    }

    fn struct_variant<V: Visitor<'n>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        fields_of(self.form, visitor)
            .unwrap_or_else(|| Err(self.misused("takes named fields in parentheses")))
            .map_err(|fault| self.explained(fault))
    }
}

/// A value that is none of an enum's variants but one that stands for all others.
pub(super) struct Another<'n, 't> {
    pub node: &'n Node<'t>,
    pub variant: &'static str,
}

impl<'n> EnumAccess<'n> for Another<'n, '_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'n>>(self, seed: V) -> Result<(V::Value, Self)> {
        let name = BorrowedStrDeserializer::<Fault>::new(self.variant);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'n> VariantAccess<'n> for Another<'n, '_> {
    type Error = Fault;

    fn newtype_variant_seed<T: DeserializeSeed<'n>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(At(self.node))
    }

    fn unit_variant(self) -> Result<()> {
        Err(Fault::expected("something else"))
    }

    fn tuple_variant<V: Visitor<'n>>(self, _: usize, _: V) -> Result<V::Value> {
        Err(Fault::expected("something else"))
    }

    fn struct_variant<V: Visitor<'n>>(self, _: &'static [&'static str], _: V) -> Result<V::Value> {
        Err(Fault::expected("something else"))
    }
}

/// What stands in the parentheses of a variant, read as one value.
struct Inside<'v, 'n, 't>(&'v Variant<'n, 't>);

impl<'n> Deserializer<'n> for Inside<'_, 'n, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'n>>(self, _: V) -> Result<V::Value> {
        Err(self.0.wants(1))
    }

    fn deserialize_struct<V: Visitor<'n>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        Variant { ..*self.0 }.struct_variant(fields, visitor)
    }

    /// For variants that may have fewer values than they can.
    fn deserialize_tuple<V: Visitor<'n>>(self, _: usize, visitor: V) -> Result<V::Value> {
        whole(self.0.node.values(), visitor).map_err(|fault| fault.or_at(&self.0.node.head()))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'n>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple_struct map enum identifier ignored_any
    }
}
