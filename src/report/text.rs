//! Lines that fit a width, counted in columns of a terminal. Knows nothing of what they say.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A text with less room than this goes under what leads in to it.
const TEXT_COLUMNS_MIN: usize = 18;
/// How far it is indented there.
const LOW: usize = 6;

/// How many columns a text takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// The text, filled up with spaces.
pub fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// The text without characters that would steer a terminal or break a line.
pub fn printable(text: &str) -> String {
    let steers = |character: char| {
        character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|character| if steers(character) { '?' } else { character }).collect()
}

/// Pieces put side by side into lines of a width; a piece wider than that is cut.
pub fn filled<'a>(pieces: impl IntoIterator<Item = &'a str>, gap: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces.into_iter().flat_map(|piece| cut(piece, width)) {
        let line = lines.len() - 1;
        if lines[line].is_empty() {
            lines[line] = piece;
        } else if columns(&lines[line]) + columns(gap) + columns(&piece) <= width {
            lines[line] += gap;
            lines[line] += &piece;
        } else {
            lines.push(piece);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The words of a text in lines of a width; all in one line without a width.
pub fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    match width {
        Some(width) => filled(text.split(' '), " ", width),
        None => vec![text.to_owned()],
    }
}

/// A text behind what leads in to it; further lines stand under its first word, or, where that leaves no room, all of
/// them under the lead.
pub fn hung(lead: &str, lead_columns: usize, text: &str, width: Option<usize>) -> String {
    let (indent, first) = match width {
        Some(width) if width < lead_columns + TEXT_COLUMNS_MIN && lead_columns > LOW => {
            (LOW, lead.trim_end())
        }
        _ => (lead_columns, lead),
    };
    let lines = wrapped(text, width.map(|width| width.saturating_sub(indent).max(1)));
    let gap = format!("\n{}", " ".repeat(indent));
    let begin = if indent == lead_columns { first.to_owned() } else { format!("{first}{gap}") };
    format!("{begin}{}", lines.join(&gap)).trim_end().to_owned()
}

/// A piece in parts that fit.
fn cut(piece: &str, width: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut room = width;
    for character in piece.chars() {
        let wide = character.width().unwrap_or(0);
        if wide > room && room < width {
            parts.push(String::new());
            room = width;
        }
        let part = parts.len() - 1;
        parts[part].push(character);
        room = room.saturating_sub(wide);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_within_words_that_are_too_long() {
        let cases: [(&str, usize, &[&str]); 6] = [
            ("", 10, &[""]),
            ("one two three", 80, &["one two three"]),
            ("one two three", 7, &["one two", "three"]),
            ("one two three", 3, &["one", "two", "thr", "ee"]),
            ("漢字漢字", 4, &["漢字", "漢字"]),
            ("漢字", 1, &["漢", "字"]),
        ];
        for (text, width, expected) in cases {
            assert_eq!(wrapped(text, Some(width)), expected, "{text} in {width}");
        }
    }

    #[test]
    fn further_lines_hang_under_the_first() {
        assert_eq!(hung("  holds  ", 9, "all is very well", Some(27)), "  holds  all is very well");
        assert_eq!(
            hung("  holds  ", 9, "all is very, very well", Some(27)),
            "  holds  all is very, very\n         well"
        );
        assert_eq!(
            hung("  holds  ", 9, "all is very well", Some(20)),
            "  holds\n      all is very\n      well"
        );
        assert_eq!(hung("  holds  ", 9, "all is well", None), "  holds  all is well");
    }

    #[test]
    fn a_terminal_is_not_steered() {
        assert_eq!(printable("a\u{1b}[31mb\n\u{202e}c→d"), "a?[31mb??c→d");
    }
}
