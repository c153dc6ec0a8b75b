//! Reads RON text into a tree of places. Its nesting is limited, so no text can exhaust the stack; what it
//! accepts `ron` must accept too, so the grammar is that of `ron`.

use std::borrow::Cow;
use std::ops::Range;

use super::fault::{Fault, Result};
use super::tree::{Body, Form, Kind, Node, Word, shortened};

/// How deep brackets may stand in brackets.
pub const NESTING_MAX: usize = 64;

/// A place in a text that is being read.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// The brackets that are open here.
    open: Vec<usize>,
}

impl<'t> Reader<'t> {
    /// At the beginning.
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, open: Vec::new() }
    }

    /// One value and nothing behind it.
    pub fn document(&mut self) -> Result<Node<'t>> {
        self.preamble()?;
        if self.peek().is_none() {
            return Err(Fault::at(&(0..0), "the file is empty").hint("a model begins with `Model(`"));
        }
        let root = self.value()?;
        self.blank()?;
        match self.peek() {
            None => Ok(root),
            Some(_) => Err(self.unexpected("the end of the file").hint("a file holds one value")),
        }
    }

    /// The name that the document begins with.
    pub fn first_name(&mut self) -> Option<&'t str> {
        self.preamble().ok()?;
        self.word().map(|word| word.name)
    }

    /// Comments and `#![enable(..)]` before the document.
    fn preamble(&mut self) -> Result<()> {
        self.blank()?;
        while self.rest().starts_with("#![") {
            let length = self.rest().find(']').ok_or_else(|| self.unexpected("an attribute `#![..]`"))?;
            self.at += length + 1;
            self.blank()?;
        }
        Ok(())
    }

    fn value(&mut self) -> Result<Node<'t>> {
        let start = self.at;
        let kind = match self.peek() {
            Some('[') => self.list()?,
            Some('{') => self.map()?,
            Some('(') => self.form(None)?,
            Some('"') => self.text()?,
            Some('r') if self.raw_hashes().is_some() => self.raw_text()?,
            Some('0'..='9' | '+' | '-' | '.') => self.number(),
            _ => {
                let word = self.word().ok_or_else(|| self.unexpected("a value"))?;
                self.form(Some(word))?
            }
        };
        Ok(Node { span: start..self.at, kind })
    }

    fn list(&mut self) -> Result<Kind<'t>> {
        let mut items = Vec::new();
        self.bracketed(']', |reader| {
            items.push(reader.value()?);
            Ok(())
        })?;
        Ok(Kind::List(items))
    }

    fn map(&mut self) -> Result<Kind<'t>> {
        let mut entries = Vec::new();
        self.bracketed('}', |reader| {
            let key = reader.value()?;
            reader.colon()?;
            entries.push((key, reader.value()?));
            Ok(())
        })?;
        Ok(Kind::Map(entries))
    }

    fn form(&mut self, name: Option<Word<'t>>) -> Result<Kind<'t>> {
        let end = self.at;
        self.blank()?;
        let opens = self.peek() == Some('(');
        let body = if opens { self.body()? } else { Body::Bare };
        if !opens {
            self.at = end;
        }
        Ok(Kind::Form(Box::new(Form { name, body })))
    }

    fn body(&mut self) -> Result<Body<'t>> {
        let mut fields = Vec::new();
        let mut values = Vec::new();
        self.bracketed(')', |reader| {
            let start = reader.at;
            let field = reader.field_name()?;
            if let Some(word) = field.as_ref().filter(|_| !values.is_empty()) {
                return Err(Fault::at(&word.span, "a named field among values without names")
                    .hint("values in parentheses are all named or all unnamed"));
            }
            let value = reader.value()?;
            match field {
                Some(word) => fields.push((word, value)),
                None if fields.is_empty() => values.push(value),
                None => {
                    return Err(Fault::at(&(start..reader.at), "a value without a name among named fields")
                        .hint("values in parentheses are all named or all unnamed"));
                }
            }
            Ok(())
        })?;
        Ok(if fields.is_empty() { Body::Values(values) } else { Body::Fields(fields) })
    }

    /// `name:`, or nothing if something else stands here.
    fn field_name(&mut self) -> Result<Option<Word<'t>>> {
        let start = self.at;
        if let Some(word) = self.word() {
            self.blank()?;
            if self.peek() == Some(':') {
                self.colon()?;
                return Ok(Some(word));
            }
        }
        self.at = start;
        Ok(None)
    }

    fn colon(&mut self) -> Result<()> {
        self.blank()?;
        if self.peek() != Some(':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        self.blank()
    }

    /// An opening bracket, items between commas, the closing one.
    fn bracketed(&mut self, close: char, mut item: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        if self.open.len() == NESTING_MAX {
            let message = format!("brackets stand in brackets more than {NESTING_MAX} deep");
            return Err(Fault::at(&(self.at..self.at + 1), message).hint("models and algorithms are flat"));
        }
        self.open.push(self.at);
        self.at += 1;
        self.blank()?;
        while self.peek() != Some(close) {
            item(self)?;
            self.blank()?;
            match self.peek() {
                Some(',') => self.at += 1,
                other if other == Some(close) => {}
                _ => return Err(self.unexpected(&format!("`,` or `{close}`"))),
            }
            self.blank()?;
        }
        self.at += 1;
        self.open.pop();
        Ok(())
    }

    fn number(&mut self) -> Kind<'t> {
        let part = |character: char| character.is_ascii_alphanumeric() || "+-._".contains(character);
        let length = self.rest().find(|character| !part(character)).unwrap_or(self.rest().len());
        Kind::Number(self.take(length))
    }

    fn text(&mut self) -> Result<Kind<'t>> {
        let start = self.at;
        let mut escaped = false;
        let end = self.rest()[1..].find(|character| {
            let ends = character == '"' && !escaped;
            escaped = character == '\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            return Err(Fault::at(&(start..start + 1), "the text that begins here does not end")
                .hint("a text ends with `\"`"));
        };
        let raw = self.take(end + 2);
        if !raw.contains('\\') {
            return Ok(Kind::Text(Cow::Borrowed(&raw[1..raw.len() - 1])));
        }
        ron::from_str::<String>(raw).map(|text| Kind::Text(Cow::Owned(text))).map_err(|error| {
            Fault::at(&(start..self.at), format!("this text is not RON: {}", error.code))
                .hint("a backslash is written `\\\\`")
        })
    }

    /// How many hashes a raw text begins with: `r"`, `r#"`, ..
    fn raw_hashes(&self) -> Option<usize> {
        let behind = self.rest().strip_prefix('r')?;
        let hashes = behind.len() - behind.trim_start_matches('#').len();
        behind[hashes..].starts_with('"').then_some(hashes)
    }

    fn raw_text(&mut self) -> Result<Kind<'t>> {
        let start = self.at;
        let hashes = self.raw_hashes().unwrap_or(0);
        let ending = format!("\"{}", "#".repeat(hashes));
        let opening = self.take(1 + ending.len());
        let length = self.rest().find(&ending).ok_or_else(|| {
            Fault::at(&(start..start + opening.len()), "the text that begins here does not end")
                .hint(format!("this text ends with `{ending}`"))
        })?;
        let text = self.take(length);
        self.at += ending.len();
        Ok(Kind::Text(Cow::Borrowed(text)))
    }

    fn word(&mut self) -> Option<Word<'t>> {
        let part = |character: char| character == '_' || character.is_alphanumeric();
        let first = self.peek()?;
        if !part(first) || first.is_numeric() {
            return None;
        }
        let start = self.at;
        let length = self.rest().find(|character| !part(character)).unwrap_or(self.rest().len());
        Some(Word { name: self.take(length), span: start..self.at })
    }

    /// Skips white space and comments.
    fn blank(&mut self) -> Result<()> {
        loop {
            self.at = self.text.len() - self.rest().trim_start_matches(is_blank).len();
            if self.rest().starts_with("//") {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else if self.rest().starts_with("/*") {
                self.block_comment()?;
            } else {
                return Ok(());
            }
        }
    }

    fn block_comment(&mut self) -> Result<()> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.at += 2;
            } else if let Some(character) = self.peek() {
                self.at += character.len_utf8();
            } else {
                return Err(Fault::at(&(start..start + 2), "the comment that begins here does not end")
                    .hint("a comment `/*` ends with `*/`"));
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let Some(character) = self.peek() else { return self.unclosed(expected) };
        let end = self.at + character.len_utf8();
        let word = Reader { text: self.text, at: self.at, open: Vec::new() }.word();
        let (found, span): (_, Range<usize>) = match word {
            Some(word) => (shortened(word.name), word.span),
            None => (printable(character), self.at..end),
        };
        let hint = match character {
            '=' => "a field is written `name: value`",
            '\'' => "a text stands in double quotes",
            _ if expected.starts_with("`,`") => "is a comma or a bracket missing before it?",
            _ => "texts stand in double quotes, names without, lists in `[..]`, fields in `(..)`",
        };
        Fault::at(&span, format!("this is not RON: expected {expected}, found `{found}`")).hint(hint)
    }

    fn unclosed(&self, expected: &str) -> Fault {
        match self.open.last() {
            Some(&open) => {
                let bracket = &self.text[open..=open];
                let message = format!("this is not RON: the `{bracket}` that opens here is never closed");
                Fault::at(&(open..open + 1), message)
                    .hint(format!("expected {expected} at the end of the file"))
            }
            None => Fault::at(
                &(self.at..self.at),
                format!("this is not RON: expected {expected}, found the end of the file"),
            )
            .hint("is the file cut off?"),
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, length: usize) -> &'t str {
        let taken = &self.rest()[..length];
        self.at += length;
        taken
    }
}

fn printable(character: char) -> String {
    if character.is_control() { character.escape_debug().to_string() } else { character.to_string() }
}

/// White space as `ron` has it.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{SMALL, said};

    /// Text, and what is said of it.
    const NO_RON: &[(&str, &str)] = &[
        ("", "1:1 the file is empty | a model begins with `Model(`"),
        (" \n// nothing\n", "1:1 the file is empty | a model begins with `Model(`"),
        (
            "hello there",
            "1:7 this is not RON: expected the end of the file, found `there` | a file holds one value",
        ),
        (
            "Model(\n  name: \"x\",",
            "1:6 this is not RON: the `(` that opens here is never closed | expected a value at the end of the file",
        ),
        (
            "Model(\n  name: [1, 2",
            "2:9 this is not RON: the `[` that opens here is never closed | expected `,` or `]` at the end of the file",
        ),
        ("Model(name: \"x)", "1:13 the text that begins here does not end | a text ends with `\"`"),
        ("Model(name: r#\"x\")", "1:13 the text that begins here does not end | this text ends with `\"#`"),
        (
            "Model(name: \"\\q\")",
            "1:13 this text is not RON: Unknown escape character | a backslash is written `\\\\`",
        ),
        (
            "Model(name = 1)",
            "1:12 this is not RON: expected `,` or `)`, found `=` | a field is written `name: value`",
        ),
        (
            "Model(name: 'x')",
            "1:13 this is not RON: expected a value, found `'` | a text stands in double quotes",
        ),
        (
            "Model(name: 1 about: 2)",
            "1:15 this is not RON: expected `,` or `)`, found `about` | is a comma or a bracket missing before it?",
        ),
        (
            "Model(name: 1, 2)",
            "1:16 a value without a name among named fields | values in parentheses are all named or all unnamed",
        ),
        (
            "Model(1, name: 2)",
            "1:10 a named field among values without names | values in parentheses are all named or all unnamed",
        ),
        (
            "Model(/* /* */ name: 1)",
            "1:7 the comment that begins here does not end | a comment `/*` ends with `*/`",
        ),
        (
            "Model(name: 1__)x",
            "1:17 this is not RON: expected the end of the file, found `x` | a file holds one value",
        ),
        (
            "Model(name: 0b3)",
            "1:13 this is not RON: Invalid digit '3' for base 2 integers | https://github.com/ron-rs/ron/wiki describes RON",
        ),
        ("{\"a\": 1}", "1:1 expected `Model(..)`, found a map `{..}` | a model begins with `Model(`"),
        ("Modle(name: 1)", "1:1 expected `Model(..)`, found `Modle` | did you mean `Model`?"),
        (
            "Algorithm(name: 1)",
            "1:1 this file is an algorithm, not a model | name it in the `algorithm` of a model",
        ),
        (
            "(name: 1)",
            "1:1 expected `Model(..)`, found `(..)` with named fields | a model begins with `Model(`",
        ),
    ];

    #[test]
    fn what_is_no_ron_is_said_with_its_place() {
        for (text, expected) in NO_RON {
            assert_eq!(said(text), *expected, "{text}");
        }
    }

    #[test]
    fn comments_attributes_and_raw_texts_are_read_as_ron_reads_them() {
        let text = SMALL.replace("name: \"m\"", "/* ( /* \" */ */ name: r#\"a \"m\" ( \"#");
        let text = format!("#![enable(implicit_some)] // (\n{text}// [");
        assert_eq!(said(&text), "ok");
    }

    #[test]
    fn no_nesting_exhausts_the_stack() {
        let deep = [
            "[".repeat(10_000),
            "Model(name: ".to_owned() + &"(".repeat(10_000),
            "A(".repeat(10_000),
            "{1:".repeat(10_000),
            "Model(a: ".repeat(10_000),
            "Some(".repeat(10_000) + &")".repeat(10_000),
        ];
        for text in deep {
            assert!(said(&text).contains("brackets stand in brackets more than 64 deep"), "{}", said(&text));
        }
        assert!(said(&"/*".repeat(10_000)).starts_with("1:1 the comment"));
        assert!(said(&"#![".repeat(10_000)).starts_with("1:1 this is not RON"));
        let harmless = format!("Model(name: \"{}\"", "(".repeat(10_000));
        assert!(said(&harmless).starts_with("1:6 this is not RON: the `(`"));
    }

    #[test]
    fn what_is_as_deep_as_it_may_be_is_read_by_ron_too() {
        for (open, close) in
            [("[", "]"), ("(", ")"), ("A(", ")"), ("{1:", "}"), ("A(a:", ")"), ("Some(", ")")]
        {
            let text = open.repeat(NESTING_MAX) + "1" + &close.repeat(NESTING_MAX);
            assert!(Node::read(&text).is_ok(), "{open}");
        }
    }
}
