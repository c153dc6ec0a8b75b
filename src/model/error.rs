//! What is wrong with a model, where, and what to do about it: as data, and as text for people.
//! Knows nothing of models.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use ariadne::{Config, IndexType, Label, Report, ReportKind};

/// Lines longer than this are not shown.
const EXCERPT_BYTES_MAX: usize = 300;
/// Lines further down than this are not shown.
const EXCERPT_LINE_MAX: usize = 100_000;

/// A file that cannot be read or makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file: the model, or the file of its algorithm.
    pub path: PathBuf,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where; `None` if the file could not be opened at all.
    pub place: Option<Box<Place>>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// The offending bytes of `text`.
    pub span: Range<usize>,
    /// The text of the whole file.
    pub text: String,
}

impl Place {
    /// The place of a span, moved into the text and onto whole characters where it is not.
    pub fn new(text: &str, span: Range<usize>) -> Self {
        let start = text.floor_char_boundary(span.start);
        let end = text.ceil_char_boundary(span.end).max(start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: 1 + before.matches('\n').count(),
            column: 1 + before[line_start..].chars().count(),
            span: start..end,
            text: text.to_owned(),
        }
    }
}

impl Error {
    /// An error about a file as a whole.
    pub(super) fn whole(path: &Path, message: impl Into<String>, hint: &str) -> Self {
        Self { path: path.to_owned(), message: message.into(), hint: Some(hint.to_owned()), place: None }
    }

    /// The line, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.line)
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.column)
    }

    /// The error as people read it, with the offending line; ends with a newline.
    pub fn render(&self, color: bool) -> String {
        match &self.place {
            Some(place) => self.with_excerpt(place, color).unwrap_or_else(|| self.plain()),
            None => self.plain(),
        }
    }

    fn plain(&self) -> String {
        let hint = self.hint.as_ref().map_or(String::new(), |hint| format!("  Help: {hint}\n"));
        format!("Error: {self}\n{hint}")
    }

    fn with_excerpt(&self, place: &Place, color: bool) -> Option<String> {
        let excerpt = Excerpt::of(place)?;
        let path = self.path.display().to_string();
        let config = Config::default().with_color(color).with_index_type(IndexType::Byte);
        let label = Label::new((path.clone(), excerpt.span.clone()));
        let mut report = Report::build(ReportKind::Error, (path.clone(), excerpt.span))
            .with_config(config.with_compact(false))
            .with_message(&self.message)
            .with_label(label.with_color(ariadne::Color::Red).with_message("here"));
        if let Some(hint) = &self.hint {
            report.set_help(hint);
        }
        let source = ariadne::Source::from(excerpt.text);
        let mut written = Vec::new();
        report.finish().write((path, source), &mut written).ok()?;
        Some(trimmed(&String::from_utf8_lossy(&written)))
    }
}

/// The lines without spaces at their ends.
fn trimmed(text: &str) -> String {
    text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// The line of a place, at its line number.
struct Excerpt {
    text: String,
    span: Range<usize>,
}

impl Excerpt {
    /// `None` where there is nothing to see, or too much.
    fn of(place: &Place) -> Option<Self> {
        let Place { span, text, line, .. } = place;
        if *line > EXCERPT_LINE_MAX || text.trim().is_empty() {
            return None;
        }
        let start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
        let before = "\n".repeat(line - 1);
        let moved = |offset: usize| offset.min(end) - start + before.len();
        let span = moved(span.start)..moved(span.end.max(span.start));
        let readable = end - start <= EXCERPT_BYTES_MAX;
        readable.then(|| Self { text: before.clone() + &printable(&text[start..end]), span })
    }
}

/// The text without characters that would steer a terminal or break a line, byte for byte.
fn printable(text: &str) -> String {
    let shown = |character: char| match character {
        '\n' | '\t' => character.to_string(),
        _ if character.is_control() || "\u{2028}\u{2029}".contains(character) => {
            "?".repeat(character.len_utf8())
        }
        _ => character.to_string(),
    };
    text.chars().map(shown).collect()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(place) = &self.place {
            write!(f, ":{}:{}", place.line, place.column)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use crate::model::testing::{model, with};

    fn rendered(text: &str) -> String {
        model(text).expect_err("a broken model").render(false)
    }

    #[test]
    fn the_offending_line_is_shown() {
        assert_eq!(
            rendered(&with(&["channels: Lossey(1)"])),
            r"Error: there is no `Lossey` here
   ╭─[ m.ron:6:11 ]
   │
 6 │ channels: Lossey(1),
   │           ───┬──
   │              ╰──── here
   │
   │ Help: did you mean `Lossy`?
───╯
"
        );
    }

    #[test]
    fn what_cannot_be_shown_is_left_out() {
        let long = format!("Model(name: \"{}\", nmae: 1)", "x".repeat(1000));
        assert_eq!(
            rendered(&long),
            "Error: m.ron:1:1017: unknown field `nmae`\n  Help: did you mean `name`?\n"
        );
        assert_eq!(
            rendered(""),
            "Error: m.ron:1:1: the file is empty\n  Help: a model begins with `Model(`\n"
        );
        let steering = "Model(\u{1b}[2J)";
        assert!(!rendered(steering).contains('\u{1b}'));
    }
}
