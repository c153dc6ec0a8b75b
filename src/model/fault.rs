//! An error on its way to a file: what is wrong and where, while the path is not known yet.

use std::fmt;
use std::ops::Range;

use super::error::{Error, Place};
use super::hints;
use super::source::Source;

/// What is wrong with a part of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fault {
    /// In one sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The offending bytes; `None` until somebody knows.
    pub span: Option<Range<usize>>,
    /// Only what was expected is known: whoever knows what was found completes the message.
    pub unfinished: bool,
}

/// A value, or what is wrong.
pub(super) type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    /// A fault at a place.
    pub fn at(span: &Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), span: Some(span.clone()), ..Self::default() }
    }

    /// With what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With what to do about it, where nothing closer is known.
    pub fn or_hint(mut self, hint: Option<impl Into<String>>) -> Self {
        self.hint = self.hint.or(hint.map(Into::into));
        self
    }

    /// With the nearest of the known names as hint, or all of them.
    pub fn near<'a>(mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.hint = hints::suggestion(name, &known.into_iter().collect::<Vec<_>>());
        self
    }

    /// At this place, if no closer one is known.
    pub fn or_at(mut self, span: &Range<usize>) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    /// The fault as an error about a file.
    pub fn within(self, source: &Source) -> Error {
        let place = Place::new(&source.text, self.span.unwrap_or(0..0));
        Error {
            path: source.path.clone(),
            message: self.message,
            hint: self.hint,
            place: Some(Box::new(place)),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
