//! The lines of a file that mean something, and errors that point at them. Knows words and numbers, not what they are for.

use std::ops::Range;

use crate::model::{Error, Place, Source};

/// A line that is neither blank nor a comment.
pub struct Line<'s> {
    source: &'s Source,
    words: Vec<Word<'s>>,
}

/// A word and where it stands.
#[derive(Clone)]
pub struct Word<'s> {
    /// The word.
    pub text: &'s str,
    /// Its bytes in the file.
    pub span: Range<usize>,
}

/// The lines of a source: blank ones and those that begin with `#` are left out.
pub fn lines(source: &Source) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    for text in source.text.split('\n') {
        let words = words(text, start);
        if words.first().is_some_and(|word| !word.text.starts_with('#')) {
            found.push(Line { source, words });
        }
        start += text.len() + 1;
    }
    found
}

/// What is between blanks. A byte order mark, as some editors write it, is no part of a word.
fn words(text: &str, start: usize) -> Vec<Word<'_>> {
    let is_gap = |sign: char| sign.is_whitespace() || sign == '\u{feff}';
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(is_gap);
        if rest.is_empty() {
            return found;
        }
        let length = rest.find(is_gap).unwrap_or(rest.len());
        let begin = start + (text.len() - rest.len());
        found.push(Word { text: &rest[..length], span: begin..begin + length });
        rest = &rest[length..];
    }
}

impl<'s> Line<'s> {
    /// The words, of which there is at least one.
    pub fn words(&self) -> &[Word<'s>] {
        &self.words
    }

    /// Something is wrong with the line as a whole.
    pub fn fault(&self, message: impl Into<String>, hint: impl Into<String>) -> Error {
        let end = self.words.last().map_or(0, |word| word.span.end);
        let start = self.words.first().map_or(0, |word| word.span.start);
        fault(self.source, Some(start..end), message.into(), hint.into())
    }

    /// Something is wrong with one of its words.
    pub fn fault_at(&self, word: &Word<'_>, message: impl Into<String>, hint: impl Into<String>) -> Error {
        fault(self.source, Some(word.span.clone()), message.into(), hint.into())
    }

    /// A word as a number within limits.
    pub fn number(&self, word: &Word<'_>, what: &str, least: u64, most: u64) -> Result<u64, Error> {
        let is_number = !word.text.is_empty() && word.text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_number { word.text.parse().ok() } else { None };
        number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
            let message =
                format!("{what} must be a whole number from {least} to {most}, found `{}`", short(word.text));
            self.fault_at(word, message, format!("write a number from {least} to {most}"))
        })
    }

    /// The place among these names of the one that a word gives.
    pub fn named(&self, word: &Word<'_>, names: &[String]) -> Result<usize, Error> {
        names.iter().position(|name| name == word.text).ok_or_else(|| {
            let message = format!("there is no server `{}`", short(word.text));
            self.fault_at(word, message, nearest(word.text, names))
        })
    }
}

/// Something is wrong with the file as a whole: what is missing stands nowhere.
pub fn whole(source: &Source, message: impl Into<String>, hint: impl Into<String>) -> Error {
    fault(source, None, message.into(), hint.into())
}

fn fault(source: &Source, span: Option<Range<usize>>, message: String, hint: String) -> Error {
    let place = span.map(|span| Box::new(Place::new(&source.text, span)));
    Error { path: source.path.clone(), message, hint: Some(hint), place }
}

/// A word that is not longer than a message bears.
pub fn short(text: &str) -> String {
    const CHARACTERS_MAX: usize = 40;
    if text.chars().count() <= CHARACTERS_MAX {
        return text.to_owned();
    }
    let start: String = text.chars().take(CHARACTERS_MAX).collect();
    format!("{start}..")
}

fn nearest(text: &str, names: &[String]) -> String {
    const LISTED_MAX: usize = 20;
    let distance = |name: &&String| strsim::damerau_levenshtein(text, name);
    let is_near = |name: &&String| distance(name) < text.len() && distance(name) <= 1 + text.len() / 3;
    if let Some(name) = names.iter().min_by_key(distance).filter(is_near) {
        return format!("did you mean `{name}`?");
    }
    let known: Vec<&str> = names.iter().take(LISTED_MAX).map(String::as_str).collect();
    let more = if names.len() > LISTED_MAX { ", .." } else { "" };
    format!("the servers are {}{more}", known.join(", "))
}
