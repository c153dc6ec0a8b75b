//! What a text is written on: its width, its colours, and what it leaves out.

use anstyle::{AnsiColor, Style};

use crate::engine::Status;

/// The width of tables where nobody knows better.
const TABLE_COLUMNS: usize = 80;
/// The name of every property fits here; in what is narrower the terminal breaks lines.
const COLUMNS_MIN: usize = 34;

/// What a text is written on.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools)] // each for itself
pub struct Page {
    /// The terminal's width; `None` where there is none: then sentences stay on one line, for `grep`.
    pub columns: Option<usize>,
    /// Colours are welcome.
    pub color: bool,
    /// Times are shown.
    pub times: bool,
    /// There are several models: what went as expected is told in few words.
    pub batch: bool,
    /// Signs beyond ASCII are not welcome.
    pub ascii: bool,
}

/// What is emphasised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A name.
    Strong,
    /// Less important than the rest.
    Faint,
    /// As it should be.
    Good,
    /// Not decided.
    Doubtful,
    /// Wrong.
    Bad,
}

impl Page {
    /// The width that sentences are broken at.
    pub fn width(self) -> Option<usize> {
        self.columns.map(|columns| columns.max(COLUMNS_MIN))
    }

    /// The width that tables fit in.
    pub fn table_width(self) -> usize {
        self.width().unwrap_or(TABLE_COLUMNS)
    }

    /// A text as it goes out: without signs that are not welcome, each replaced by one of the same width.
    pub fn finished(self, text: String) -> String {
        if self.ascii { text.chars().map(in_ascii).collect() } else { text }
    }

    /// The text, emphasised.
    pub fn paint(self, ink: Ink, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let style = match ink {
            Ink::Strong => Style::new().bold(),
            Ink::Faint => Style::new().dimmed(),
            Ink::Good => AnsiColor::Green.on_default().bold(),
            Ink::Doubtful => AnsiColor::Yellow.on_default().bold(),
            Ink::Bad => AnsiColor::Red.on_default().bold(),
        };
        format!("{style}{text}{style:#}")
    }
}

/// The nearest sign of ASCII; names of others' making stay as they are.
fn in_ascii(sign: char) -> char {
    match sign {
        '─' => '-',
        '│' | '╵' | '╷' => '|',
        '┃' | '╹' | '╻' | '┠' | '┨' | '╂' => '#',
        '└' | '┌' | '├' | '┘' | '┴' | '┐' | '┤' | '┬' | '┼' => '+',
        '┄' | '·' => '.',
        '┊' => ':',
        '╪' => '=',
        '≠' => '!',
        '▶' | '▷' | '→' => '>',
        '◀' | '◁' | '←' => '<',
        '●' => 'o',
        '◆' => '@',
        '◇' => '%',
        '✗' => 'x',
        other => other,
    }
}

/// How the status of a property looks.
pub fn ink(status: Status) -> Ink {
    match status {
        Status::Holds => Ink::Good,
        Status::Violated => Ink::Bad,
        Status::Unknown | Status::Vacuous => Ink::Doubtful,
    }
}
