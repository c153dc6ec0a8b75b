//! Lines of text with an indent. Knows nothing of languages.

/// A text that is being written, line by line.
#[derive(Debug, Default)]
pub struct Text {
    text: String,
    depth: usize,
}

impl Text {
    /// One line, at the present depth.
    pub fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if !line.is_empty() {
            self.text.push_str(&"    ".repeat(self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// Several lines, as they stand there.
    pub fn lines(&mut self, lines: &str) {
        lines.lines().for_each(|line| self.line(line));
    }

    /// What follows stands further in.
    pub fn deeper(&mut self) {
        self.depth += 1;
    }

    /// What follows stands less far in.
    pub fn shallower(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// All that was written.
    pub fn end(self) -> String {
        self.text
    }
}
