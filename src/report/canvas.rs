//! A grid of characters on which lines meet as they should. Knows nothing of what is drawn.

use super::page::{Ink, Page};

/// How strong a line is. Where lines meet, the stronger hides a dotted one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// There is none.
    #[default]
    None,
    /// Only where nothing else is.
    Dotted,
    /// An ordinary one.
    Light,
    /// A heavy one; only downwards.
    Heavy,
}

/// A grid of characters.
#[derive(Debug)]
pub struct Canvas {
    columns: usize,
    rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    up: Weight,
    right: Weight,
    down: Weight,
    left: Weight,
    /// Hides the lines.
    sign: Option<char>,
    ink: Option<Ink>,
    /// The strongest line so far: it gives the ink.
    strongest: Weight,
}

impl Canvas {
    /// An empty grid.
    pub fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows: vec![vec![Cell::default(); columns]; rows] }
    }

    /// A line from the middle of one row to the middle of another.
    pub fn down(&mut self, column: usize, rows: std::ops::Range<usize>, weight: Weight, ink: Option<Ink>) {
        for row in rows {
            let above = &mut self.rows[row][column];
            above.down = above.down.max(weight);
            above.tint(weight, ink);
            let below = &mut self.rows[row + 1][column];
            below.up = below.up.max(weight);
            below.tint(weight, ink);
        }
    }

    /// A line between the middles of two columns of a row, in either order.
    pub fn across(&mut self, row: usize, from: usize, to: usize, weight: Weight, ink: Option<Ink>) {
        for column in from.min(to)..from.max(to) {
            let cell = &mut self.rows[row][column];
            cell.right = cell.right.max(weight);
            cell.tint(weight, ink);
            let next = &mut self.rows[row][column + 1];
            next.left = next.left.max(weight);
            next.tint(weight, ink);
        }
    }

    /// A text over whatever is there; what goes beyond the edge is left out.
    pub fn write(&mut self, row: usize, column: usize, text: &str, ink: Option<Ink>) {
        for (cell, sign) in self.rows[row][column.min(self.columns)..].iter_mut().zip(text.chars()) {
            cell.sign = Some(sign);
            cell.ink = ink;
        }
    }

    /// The rows as text without spaces at their ends, and how many columns each takes.
    pub fn lines(&self, page: Page) -> Vec<(String, usize)> {
        self.rows.iter().map(|row| line(row, page)).collect()
    }
}

impl Cell {
    fn tint(&mut self, weight: Weight, ink: Option<Ink>) {
        if self.sign.is_none() && weight >= self.strongest {
            (self.ink, self.strongest) = (ink, weight);
        }
    }

    fn character(self) -> char {
        self.sign.unwrap_or_else(|| self.lines())
    }

    fn lines(self) -> char {
        let is_drawn = |weight: Weight| weight >= Weight::Light;
        if self.up.max(self.down) == Weight::Heavy {
            return ['┃', '┠', '┨', '╂']
                [usize::from(is_drawn(self.right)) | usize::from(is_drawn(self.left)) << 1];
        }
        let sides = [self.up, self.right, self.down, self.left];
        let bits = (0..).zip(sides).map(|(bit, weight)| usize::from(is_drawn(weight)) << bit).sum::<usize>();
        if bits != 0 {
            return [' ', '╵', '╶', '└', '╷', '│', '┌', '├', '╴', '┘', '─', '┴', '┐', '┤', '┬', '┼'][bits];
        }
        match (self.up.max(self.down), self.right.max(self.left)) {
            (Weight::None, Weight::None) => ' ',
            (Weight::None, _) => '┄',
            (_, Weight::None) => '┊',
            _ => '·',
        }
    }
}

/// A row, its inks applied to runs of characters.
fn line(row: &[Cell], page: Page) -> (String, usize) {
    let filled = row.iter().rposition(|cell| cell.character() != ' ').map_or(0, |last| last + 1);
    let mut text = String::new();
    for run in row[..filled].chunk_by(|one, next| one.ink == next.ink) {
        let characters: String = run.iter().map(|cell| cell.character()).collect();
        match run[0].ink {
            Some(ink) => text += &page.paint(ink, &characters),
            None => text += &characters,
        }
    }
    (text, filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_meet() {
        let mut canvas = Canvas::new(7, 4);
        canvas.down(0, 0..3, Weight::Light, None);
        canvas.down(6, 0..3, Weight::Heavy, None);
        canvas.across(1, 0, 3, Weight::Light, None);
        canvas.down(3, 1..2, Weight::Light, None);
        canvas.across(2, 6, 3, Weight::Light, None);
        canvas.across(3, 0, 5, Weight::Dotted, None);
        canvas.write(0, 2, "ab", None);
        let page = Page { columns: None, color: false, times: false, batch: false, ascii: false };
        let lines: Vec<String> = canvas.lines(page).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, ["╷ ab  ┃", "├──┐  ┃", "│  └──┨", "╵┄┄┄┄┄┃"]);
    }
}
