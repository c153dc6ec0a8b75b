//! The words of serde's errors: what was expected, what was found, and how to write it.

use std::fmt;

use serde::de::{self, Unexpected};

use super::fault::Fault;
use super::hints;
use super::tree::{Node, shortened};

impl Fault {
    /// Something else was expected; what was found is added by whoever knows.
    pub fn expected(what: impl Into<String>) -> Self {
        Self { message: what.into(), unfinished: true, ..Self::default() }
    }

    /// Completes a fault that does not know its place: it is this node.
    pub fn found(mut self, node: &Node<'_>) -> Self {
        if self.span.is_none() {
            if self.unfinished {
                self.hint = self.hint.or_else(|| hints::how(&self.message));
                self.message = format!("expected {}, found {}", self.message, node.described());
                self.unfinished = false;
            }
            self.span = Some(node.head());
        }
        self
    }
}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), ..Self::default() }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::expected(match expected.to_string().as_str() {
            "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number".to_owned(),
            "a string" => "a text `\"..\"`".to_owned(),
            "a sequence" => "a list `[..]`".to_owned(),
            "a map" => "a map `{..}`".to_owned(),
            other => other.to_owned(),
        })
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn invalid_length(length: usize, _: &dyn de::Expected) -> Self {
        Self::custom(format!("{length} values are too few"))
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::custom(format!("there is no `{}` here", shortened(variant)))
            .near(variant, known.iter().copied())
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::custom(format!("unknown field `{}`", shortened(field))).near(field, known.iter().copied())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format!("the field `{field}` is missing")).hint(format!("add `{field}: ..`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::custom(format!("the field `{field}` is given twice"))
    }
}
