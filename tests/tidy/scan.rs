//! Rust source as tokens, as far as the rules need it: comments, strings and characters are passed over, tests can be
//! left out, functions and imports found. Knows no rule.

/// A word, a number, or one character of punctuation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a str,
    /// From 1.
    pub line: usize,
}

/// A function with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function<'a> {
    pub name: &'a str,
    /// Of its `fn`.
    pub line: usize,
    /// From its `fn` to its closing brace.
    pub lines: usize,
}

/// What is marked `#[cfg(test)]`, and the rest.
#[derive(Debug, Default)]
pub struct Split<'a> {
    /// The tokens outside.
    pub code: Vec<Token<'a>>,
    /// How many lines are inside.
    pub test_lines: usize,
    /// The modules inside that have a file of their own.
    pub test_modules: Vec<&'a str>,
}

const TEST_MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

/// The tokens of a source text.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < source.len() {
        let rest = &source[at..];
        let hidden = hidden_len(rest);
        let len = if hidden > 0 { hidden } else { token_len(rest) };
        let text = &rest[..len];
        if hidden == 0 && !text.trim().is_empty() {
            tokens.push(Token { text, line });
        }
        line += text.matches('\n').count();
        at += len;
    }
    tokens
}

fn token_len(rest: &str) -> usize {
    let word = rest.find(|letter: char| !is_word(letter)).unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    word.max(first)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The length of the comment, string, character or lifetime that begins here; 0 if none does.
fn hidden_len(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment_len(rest);
    }
    let prefix = rest.find(|letter| !"bcr".contains(letter)).unwrap_or(rest.len());
    let (prefix, quoted) = rest.split_at(prefix.min(2));
    let len = if prefix.ends_with('r') {
        raw_string_len(quoted)
    } else if quoted.starts_with('"') {
        escaped_len(quoted, '"')
    } else if quoted.starts_with('\'') {
        quote_len(quoted)
    } else {
        0
    };
    if len > 0 { prefix.len() + len } else { 0 }
}

/// Block comments nest.
fn block_comment_len(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        match here {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// Without its `r`: some hashes, a quote, anything, a quote and as many hashes.
fn raw_string_len(quoted: &str) -> usize {
    let hashes = quoted.len() - quoted.trim_start_matches('#').len();
    if !quoted[hashes..].starts_with('"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    quoted[hashes + 1..].find(&end).map_or(quoted.len(), |at| hashes + 1 + at + end.len())
}

/// Up to the closing quote that no backslash stands before.
fn escaped_len(quoted: &str, quote: char) -> usize {
    let mut escaped = true; // the opening quote closes nothing
    for (at, letter) in quoted.char_indices() {
        if letter == quote && !escaped {
            return at + quote.len_utf8();
        }
        escaped = letter == '\\' && !escaped;
    }
    quoted.len()
}

/// A character, or the quote and the name of a lifetime.
fn quote_len(quoted: &str) -> usize {
    let mut letters = quoted.chars().skip(1);
    match (letters.next(), letters.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => escaped_len(quoted, '\''),
        _ => 1 + token_len(&quoted[1..]),
    }
}

/// Takes apart what is marked as a test and what is not.
pub fn split<'a>(tokens: &[Token<'a>]) -> Split<'a> {
    let mut split = Split::default();
    let mut at = 0;
    while let Some(&token) = tokens.get(at) {
        if !begins_with(&tokens[at..], &TEST_MARK) {
            split.code.push(token);
            at += 1;
            continue;
        }
        let item = &tokens[at..at + item_len(&tokens[at..])];
        if let [.., Token { text: "mod", .. }, name, Token { text: ";", .. }] = item {
            split.test_modules.push(name.text);
        }
        split.test_lines += item.last().map_or(0, |last| last.line + 1 - token.line);
        at += item.len();
    }
    split
}

pub fn begins_with(tokens: &[Token<'_>], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

/// An item ends with a semicolon or with its first block; attributes belong to it.
fn item_len(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return at + 1,
            "{" if depth == 0 => return at + block_len(&tokens[at..]),
            _ => {}
        }
    }
    tokens.len()
}

/// From an opening brace to the one that closes it.
fn block_len(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// All functions with a body, those inside others too.
pub fn functions<'a>(tokens: &[Token<'a>]) -> Vec<Function<'a>> {
    let mut functions = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        // A type `fn(..)` has no name.
        if pair[0].text != "fn" || !pair[1].text.starts_with(is_word) {
            continue;
        }
        let last = tokens[at + item_len(&tokens[at..]) - 1];
        if last.text == "}" {
            functions.push(Function {
                name: pair[1].text,
                line: pair[0].line,
                lines: last.line + 1 - pair[0].line,
            });
        }
    }
    functions
}

/// What is named directly below the crate's root: `crate::X`, `crate::{X, Y}`, and `super::X` where that leads there.
/// `depth` says how many modules deep the file is.
pub fn from_root<'a>(tokens: &[Token<'a>], depth: usize) -> Vec<Token<'a>> {
    let mut names = Vec::new();
    for at in 0..tokens.len() {
        let continues = at >= 2 && begins_with(&tokens[at - 2..], &[":", ":"]);
        if !continues && let Some(path) = behind_root(&tokens[at..], depth) {
            names.extend(first_names(path));
        }
    }
    names
}

/// The rest of a path behind the crate's root, if it leads there.
fn behind_root<'t, 'a>(tokens: &'t [Token<'a>], depth: usize) -> Option<&'t [Token<'a>]> {
    if begins_with(tokens, &["crate", ":", ":"]) || begins_with(tokens, &["cl_check", ":", ":"]) {
        return Some(&tokens[3..]);
    }
    let mut rest = tokens;
    for _ in 0..depth {
        rest = rest.get(3..).filter(|_| begins_with(rest, &["super", ":", ":"]))?;
    }
    (depth > 0).then_some(rest)
}

/// The name that a path begins with, or each of those in braces.
fn first_names<'a>(path: &[Token<'a>]) -> Vec<Token<'a>> {
    if !begins_with(path, &["{"]) {
        return path.first().copied().into_iter().collect();
    }
    let mut names = Vec::new();
    let mut depth = 0;
    for pair in path[..block_len(path)].windows(2) {
        match pair[0].text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        let begins = depth == 1 && ["{", ","].contains(&pair[0].text);
        names.extend((begins && pair[1].text.starts_with(is_word)).then_some(pair[1]));
    }
    names
}
