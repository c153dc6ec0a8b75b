//! A RON text as a tree in which every value knows where it stands. Knows nothing of models.

use std::borrow::Cow;
use std::ops::Range;

use super::fault::{Fault, Result};
use super::reader::Reader;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node<'t> {
    /// Its bytes.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind<'t>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Kind<'t> {
    /// A number as written.
    Number(&'t str),
    /// A text, escapes resolved.
    Text(Cow<'t, str>),
    /// A name, or something in parentheses, or both.
    Form(Box<Form<'t>>),
    /// `[..]`
    List(Vec<Node<'t>>),
    /// `{..}`
    Map(Vec<(Node<'t>, Node<'t>)>),
}

/// `Name`, `Name(..)` or `(..)`.
#[derive(Clone, Debug)]
pub(super) struct Form<'t> {
    /// The name, if it has one.
    pub name: Option<Word<'t>>,
    /// What stands in the parentheses.
    pub body: Body<'t>,
}

/// What stands in the parentheses.
#[derive(Clone, Debug)]
pub(super) enum Body<'t> {
    /// There are none.
    Bare,
    /// Values.
    Values(Vec<Node<'t>>),
    /// `field: value`.
    Fields(Vec<(Word<'t>, Node<'t>)>),
}

/// A name and its place.
#[derive(Clone, Debug)]
pub(super) struct Word<'t> {
    /// The name.
    pub name: &'t str,
    /// Its bytes.
    pub span: Range<usize>,
}

impl<'t> Node<'t> {
    /// Reads a whole text: our reader finds the places, and `ron` itself must agree that the text is RON.
    pub fn read(text: &'t str) -> Result<Self> {
        let root = Reader::new(text).document()?;
        let options = ron::Options::default().with_recursion_limit(512);
        match options.from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => Ok(root),
            Err(error) => {
                let start = offset(text, error.span.start);
                let end = offset(text, error.span.end);
                Err(Fault::at(&(start..end.max(start)), format!("this is not RON: {}", error.code))
                    .hint("https://github.com/ron-rs/ron/wiki describes RON"))
            }
        }
    }

    /// The same value, every place further on by so many bytes.
    pub fn moved(self, by: usize) -> Self {
        let kind = match self.kind {
            Kind::List(items) => Kind::List(items.into_iter().map(|item| item.moved(by)).collect()),
            Kind::Map(entries) => {
                let entries = entries.into_iter().map(|(key, value)| (key.moved(by), value.moved(by)));
                Kind::Map(entries.collect())
            }
            Kind::Form(form) => Kind::Form(Box::new(form.moved(by))),
            flat @ (Kind::Number(_) | Kind::Text(_)) => flat,
        };
        Self { span: further(&self.span, by), kind }
    }

    /// Where to point when the whole value is meant: its name or first character.
    pub fn head(&self) -> Range<usize> {
        match &self.kind {
            Kind::Form(form) => match &form.name {
                Some(word) => word.span.clone(),
                None => self.span.start..self.span.start + 1,
            },
            Kind::List(_) | Kind::Map(_) => self.span.start..self.span.start + 1,
            Kind::Number(_) | Kind::Text(_) => self.span.clone(),
        }
    }

    /// Where a text or a number first stands in it.
    pub fn find(&self, word: &str) -> Option<Range<usize>> {
        let in_pairs = |pairs: &[(Self, Self)]| {
            pairs.iter().find_map(|(key, value)| key.find(word).or_else(|| value.find(word)))
        };
        match &self.kind {
            Kind::Number(raw) => (*raw == word).then(|| self.span.clone()),
            Kind::Text(text) => (text == word).then(|| self.span.clone()),
            Kind::List(items) => items.iter().find_map(|item| item.find(word)),
            Kind::Map(entries) => in_pairs(entries),
            Kind::Form(form) => match &form.body {
                Body::Bare => None,
                Body::Values(values) => values.iter().find_map(|value| value.find(word)),
                Body::Fields(fields) => fields.iter().find_map(|(_, value)| value.find(word)),
            },
        }
    }

    /// As it is written, without spaces or comments.
    pub fn plain(&self) -> String {
        let several = |nodes: &[Self]| nodes.iter().map(Self::plain).collect::<Vec<_>>().join(",");
        match &self.kind {
            Kind::Number(raw) => (*raw).to_owned(),
            Kind::Text(text) => format!("{text:?}"),
            Kind::List(items) => format!("[{}]", several(items)),
            Kind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("{}:{}", key.plain(), value.plain()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
            }
            Kind::Form(form) => {
                let name = form.name.as_ref().map_or("", |word| word.name);
                match &form.body {
                    Body::Bare => name.to_owned(),
                    Body::Values(values) => format!("{name}({})", several(values)),
                    Body::Fields(fields) => {
                        let fields =
                            fields.iter().map(|(word, value)| format!("{}:{}", word.name, value.plain()));
                        format!("{name}({})", fields.collect::<Vec<_>>().join(","))
                    }
                }
            }
        }
    }

    /// The name it begins with.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Form(form) => form.name.as_ref().map(|word| word.name),
            _ => None,
        }
    }

    /// The value of a field, if this has fields and one of that name.
    pub fn field(&self, name: &str) -> Option<&Self> {
        let Kind::Form(form) = &self.kind else { return None };
        let Body::Fields(fields) = &form.body else { return None };
        fields.iter().find(|(word, _)| word.name == name).map(|(_, value)| value)
    }

    /// The items of a list.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The values in the parentheses.
    pub fn values(&self) -> &[Self] {
        match &self.kind {
            Kind::Form(form) => match &form.body {
                Body::Values(values) => values,
                Body::Bare | Body::Fields(_) => &[],
            },
            _ => &[],
        }
    }

    /// What it is, for a sentence.
    pub fn described(&self) -> String {
        match &self.kind {
            Kind::Number(raw) => described_number(raw),
            Kind::Text(text) => format!("the text {}", shortened(&format!("{text:?}"))),
            Kind::List(_) => "a list `[..]`".to_owned(),
            Kind::Map(_) => "a map `{..}`".to_owned(),
            Kind::Form(form) => match (&form.name, &form.body) {
                (Some(word), Body::Bare) => format!("`{}`", shortened(word.name)),
                (Some(word), _) => format!("`{}(..)`", shortened(word.name)),
                (None, Body::Values(values)) if values.len() == 1 => "`(..)` with 1 value".to_owned(),
                (None, Body::Values(values)) => format!("`(..)` with {} values", values.len()),
                (None, _) => "`(..)` with named fields".to_owned(),
            },
        }
    }
}

impl<'t> Form<'t> {
    fn moved(self, by: usize) -> Self {
        let field = |(name, value): (Word<'t>, Node<'t>)| (name.moved(by), value.moved(by));
        let body = match self.body {
            Body::Bare => Body::Bare,
            Body::Values(values) => Body::Values(values.into_iter().map(|value| value.moved(by)).collect()),
            Body::Fields(fields) => Body::Fields(fields.into_iter().map(field).collect()),
        };
        Self { name: self.name.map(|name| name.moved(by)), body }
    }
}

impl Word<'_> {
    fn moved(self, by: usize) -> Self {
        Self { span: further(&self.span, by), ..self }
    }
}

fn further(span: &Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}

fn described_number(raw: &str) -> String {
    let shown = shortened(raw);
    if raw.starts_with('-') {
        format!("the negative number {shown}")
    } else if ron::from_str::<u64>(raw).is_ok() {
        format!("the number {shown}")
    } else if raw.contains('.') || (raw.contains(['e', 'E']) && !raw.starts_with("0x")) {
        format!("{shown}, which is not whole")
    } else {
        format!("{shown}, which is too large")
    }
}

/// At most 40 characters of it.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN_MAX: usize = 40;
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text.to_owned(),
    }
}

/// The byte of a position of `ron`.
fn offset(text: &str, position: ron::error::Position) -> usize {
    let starts = text.match_indices('\n').map(|(newline, _)| newline + 1);
    let start = std::iter::once(0).chain(starts).nth(position.line.saturating_sub(1)).unwrap_or(text.len());
    let column = text[start..].char_indices().nth(position.col.saturating_sub(1));
    column.map_or(text.len(), |(column, _)| start + column)
}
