//! A run as a space-time diagram on a grid of characters: time goes down, a lane a process, the cut across. What is
//! wider than the page is folded into bands of lanes.

use super::canvas::{Canvas, Weight};
use super::captions::{at_first, left_out, legend, words_below};
use super::lanes::{Band, Track, label};
use super::page::{Ink, Page};
use super::table;
use super::text::{columns, wrapped};
use crate::engine::diagram::{Arrow, ArrowEnd, Diagram, Load, Side};
use crate::engine::verdict::Run;

/// Left of the diagram, and between it and the words.
pub const INDENT: &str = "  ";
/// Words with less room than this go below the diagram.
const WORDS_COLUMNS_MIN: usize = 22;
/// Words beside a diagram are not spread wider than this.
const WORDS_COLUMNS_MAX: usize = 72;

/// The diagram, each line indented and ended; with what happens in words, and what its signs mean. Where even one lane is
/// too wide for the page, the table of states instead.
pub fn picture(run: &Run, page: Page) -> String {
    let diagram = &run.diagram;
    let width = page.table_width();
    let number_columns = diagram.steps.len().to_string().len();
    let room = width.saturating_sub(INDENT.len() * 2 + number_columns);
    let bands = bands(diagram, room, held_columns(run));
    if bands.iter().any(|band| band.columns > room) {
        return table::steps(run, page);
    }
    let words_columns = match bands.as_slice() {
        [band] => room.saturating_sub(band.columns + held_columns(run) + INDENT.len()),
        _ => 0,
    };
    let beside = (words_columns >= WORDS_COLUMNS_MIN).then(|| words_columns.min(WORDS_COLUMNS_MAX));
    let mut text = String::new();
    for band in &bands {
        text += &Drawing::new(run, band, number_columns, beside).drawn(page);
    }
    if beside.is_none() {
        text += &words_below(diagram, number_columns, width);
    }
    let is_drawn = |process: usize| bands.iter().any(|band| band.position(process).is_some());
    if !bands.iter().all(|band| Drawing::new(run, band, number_columns, beside).has_room()) {
        text += &at_first(run, width);
    }
    text += &left_out(diagram, &is_drawn, width);
    text + &legend(diagram, page)
}

/// How far what a process holds at first may stand out to the right.
fn held_columns(run: &Run) -> usize {
    let cells = run.rows.first().into_iter().flatten().take(run.diagram.processes.len());
    cells.map(|cell| columns(cell)).max().unwrap_or(0).saturating_sub(1)
}

/// All processes where they fit with words beside them. Else as many as fit of those that have a part in the run, then the
/// next ones.
fn bands(diagram: &Diagram, room: usize, held: usize) -> Vec<Band<'_>> {
    let all: Vec<usize> = (0..diagram.processes.len()).collect();
    let together = Band::new(diagram, &all);
    if together.columns + WORDS_COLUMNS_MIN + INDENT.len() <= room {
        return vec![together];
    }
    let takes_part = |process: &usize| {
        diagram.steps.iter().any(|step| step.process == Some(*process))
            || diagram.arrows.iter().any(|arrow| arrow.from == *process || arrow.to == *process)
    };
    let mut left: Vec<usize> = (0..diagram.processes.len()).filter(takes_part).collect();
    let mut bands = Vec::new();
    while !left.is_empty() {
        let fits = |&count: &usize| Band::new(diagram, &left[..count]).columns + held <= room;
        let count = (1..=left.len()).rev().find(fits).unwrap_or(1);
        bands.push(Band::new(diagram, &left[..count]));
        left.drain(..count);
    }
    bands
}

/// The rows of one step.
struct Rows {
    /// Where the cut passes, before the step that records.
    cut: Option<usize>,
    /// Where it happens and receives.
    main: usize,
    /// Where it sends.
    send: usize,
    /// Behind its last one.
    end: usize,
}

/// A band being drawn.
struct Drawing<'r> {
    run: &'r Run,
    diagram: &'r Diagram,
    band: &'r Band<'r>,
    number_columns: usize,
    /// The words beside each step, in lines.
    words: Vec<Vec<String>>,
    /// The rows of the steps that happen in this band.
    rows: Vec<Option<Rows>>,
    /// All rows of the grid.
    height: usize,
}

impl<'r> Drawing<'r> {
    fn new(run: &'r Run, band: &'r Band<'r>, number_columns: usize, beside: Option<usize>) -> Self {
        let diagram = &run.diagram;
        let words = |step: &crate::engine::diagram::Step| match beside {
            Some(width) => wrapped(&step.says, Some(width)),
            None => Vec::new(),
        };
        let words = diagram.steps.iter().map(words).collect();
        let mut drawing = Self { run, diagram, band, number_columns, words, rows: Vec::new(), height: 1 };
        drawing.lay_out();
        drawing
    }

    fn lay_out(&mut self) {
        for step in 0..self.diagram.steps.len() {
            let rows = self.happens_here(step).then(|| {
                let cut = self.cuts(step).then_some(self.height);
                let main = self.height + usize::from(cut.is_some());
                let send = main + usize::from(self.answers_back(step));
                let end = (send + 1).max(main + self.words[step].len());
                Rows { cut, main, send, end }
            });
            self.height = rows.as_ref().map_or(self.height, |rows| rows.end);
            self.rows.push(rows);
        }
        self.height += 1;
    }

    fn happens_here(&self, step: usize) -> bool {
        match self.diagram.steps[step].process {
            Some(process) => self.band.position(process).is_some(),
            None => true,
        }
    }

    /// The process records the snapshot that the cut belongs to.
    fn cuts(&self, step: usize) -> bool {
        let records = self.diagram.cut.iter().flat_map(|cut| &cut.records);
        records.flatten().any(|&record| record == step)
    }

    /// The step receives and sends on the same side, so each needs a row of its own.
    fn answers_back(&self, step: usize) -> bool {
        let Some(received) = self.diagram.received_in(step) else { return false };
        let side = |other: usize| other < received.to;
        self.diagram.sent_in(step).any(|sent| side(sent.to) == side(received.from))
    }

    /// What a process holds at first.
    fn held(&self, process: usize) -> &str {
        self.run.rows.first().and_then(|row| row.get(process)).map_or("", String::as_str)
    }

    /// Is there room between the lanes for what all processes hold at first?
    fn has_room(&self) -> bool {
        let members = self.band.members.iter().zip(&self.band.lanes);
        let ends = members.map(|(&process, lane)| lane + columns(self.held(process)));
        ends.zip(self.band.lanes.iter().skip(1)).all(|(end, next)| end < *next)
    }

    /// Wide enough for what the last process holds at first.
    fn columns(&self) -> usize {
        let last = self.band.members.last().zip(self.band.lanes.last());
        let end = last.filter(|_| self.has_room()).map(|(&process, lane)| lane + columns(self.held(process)));
        end.unwrap_or(0).max(self.band.columns)
    }

    fn drawn(&self, page: Page) -> String {
        let mut canvas = Canvas::new(self.columns(), self.height);
        self.draw_lanes(&mut canvas);
        self.draw_cut(&mut canvas);
        for track in &self.band.tracks {
            self.draw_track(track, &mut canvas);
        }
        for arrow in &self.diagram.arrows {
            self.draw_outside(arrow, &mut canvas);
        }
        self.draw_events(&mut canvas);
        self.beside(&canvas.lines(page), page)
    }

    /// The grid with numbers before it and words behind.
    fn beside(&self, lines: &[(String, usize)], page: Page) -> String {
        let mut margins = vec![(String::new(), ""); self.height];
        for (step, rows) in self.rows.iter().enumerate() {
            let Some(rows) = rows else { continue };
            margins[rows.main].0 = (step + 1).to_string();
            for (row, line) in (rows.main..).zip(&self.words[step]) {
                margins[row].1 = line;
            }
        }
        let mut text = format!("{}\n", page.paint(Ink::Strong, &self.names()));
        let width = self.columns();
        for ((line, columns), (number, words)) in lines.iter().zip(margins) {
            let gap = " ".repeat(width.saturating_sub(*columns));
            let number = format!("{number:>digits$}", digits = self.number_columns);
            let whole = format!("{INDENT}{number}{INDENT}{line}{gap}{INDENT}{words}");
            text += whole.trim_end();
            text.push('\n');
        }
        text
    }

    /// The names of the processes over their lanes, as far as there is room.
    fn names(&self) -> String {
        let mut text = " ".repeat(INDENT.len() * 2 + self.number_columns);
        let begin = columns(&text);
        for (&process, &lane) in self.band.members.iter().zip(&self.band.lanes) {
            let name = &self.diagram.processes[process];
            let start = (begin + lane).saturating_sub(columns(name) / 2);
            let used = columns(&text);
            if start > used || used == begin {
                text += &" ".repeat(start.saturating_sub(used));
            } else {
                text.push(' ');
            }
            text += name;
        }
        text
    }

    fn row(&self, step: usize) -> Option<&Rows> {
        self.rows[step].as_ref()
    }

    fn draw_lanes(&self, canvas: &mut Canvas) {
        let last = self.height - 1;
        for (&process, &lane) in self.band.members.iter().zip(&self.band.lanes) {
            let record = self.diagram.cut.as_ref().and_then(|cut| cut.records[process]);
            let record = record.filter(|_| !self.is_at_once());
            let cut = record.and_then(|step| self.row(step)).and_then(|rows| rows.cut).unwrap_or(last);
            canvas.down(lane, 0..cut, Weight::Light, None);
            canvas.down(lane, cut..last, Weight::Heavy, None);
            if self.has_room() {
                canvas.write(0, lane, self.held(process), Some(Ink::Faint));
            }
        }
    }

    /// From lane to lane, down or up between them; it ends where a process has not recorded.
    fn draw_cut(&self, canvas: &mut Canvas) {
        let Some(cut) = &self.diagram.cut else { return };
        let ink = Some(Ink::Doubtful);
        let row = |&process: &usize| {
            let record = cut.records[process]?;
            self.row(record)?.cut
        };
        let rows: Vec<Option<usize>> = self.band.members.iter().map(row).collect();
        for (position, &row) in rows.iter().enumerate() {
            let Some(row) = row else { continue };
            let lane = self.band.lanes[position];
            canvas.across(row, self.band.cut_columns[position], lane, Weight::Dotted, ink);
            canvas.across(row, lane, self.band.cut_columns[position + 1], Weight::Dotted, ink);
            canvas.write(row, lane, "╪", ink);
            if let Some(&Some(next)) = rows.get(position + 1) {
                let column = self.band.cut_columns[position + 1];
                canvas.down(column, row.min(next)..row.max(next), Weight::Dotted, ink);
            }
        }
    }

    fn draw_track(&self, track: &Track<'_>, canvas: &mut Canvas) {
        let (arrow, ink) = (track.arrow, ink(track.arrow));
        let Some(sent) = self.row(arrow.sent) else { return };
        let (Some(from), Some(to)) = (self.band.lane(arrow.from), self.band.lane(arrow.to)) else { return };
        if arrow.copied {
            canvas.write(sent.send, track.column, "+", ink);
        } else {
            canvas.across(sent.send, from, track.column, Weight::Light, ink);
        }
        let last = self.height - 1;
        let end = match arrow.end {
            ArrowEnd::Received(step) | ArrowEnd::Lost(step) => self.row(step).map_or(last, |rows| rows.main),
            ArrowEnd::InFlight => last,
        };
        canvas.down(track.column, sent.send..end, Weight::Light, ink);
        let label = label(self.diagram, arrow);
        match arrow.end {
            ArrowEnd::Received(_) => {
                canvas.across(end, track.column, to, Weight::Light, ink);
                head(canvas, end, to, from < to, &label, arrow);
            }
            ArrowEnd::Lost(_) => canvas.write(end, track.column, "✗", Some(Ink::Bad)),
            ArrowEnd::InFlight if from < to => canvas.write(end, track.column, &format!("{label}→"), ink),
            ArrowEnd::InFlight => canvas.write(end, track.column, &format!("←{label}"), ink),
        }
    }

    /// What goes to another band, or comes from there.
    fn draw_outside(&self, arrow: &Arrow, canvas: &mut Canvas) {
        let ink = ink(arrow);
        let edge = |other: usize, inner: usize| if other < inner { 0 } else { self.band.columns - 1 };
        match (self.band.lane(arrow.from), self.band.lane(arrow.to)) {
            (Some(from), None) if !arrow.copied => {
                let Some(rows) = self.row(arrow.sent) else { return };
                let end = edge(arrow.to, arrow.from);
                canvas.across(rows.send, from, end, Weight::Light, ink);
                self.name_at(canvas, rows.send, end, arrow.to);
            }
            (None, Some(to)) => {
                let ArrowEnd::Received(step) = arrow.end else { return };
                let Some(rows) = self.row(step) else { return };
                let begin = edge(arrow.from, arrow.to);
                canvas.across(rows.main, begin, to, Weight::Light, ink);
                self.name_at(canvas, rows.main, begin, arrow.from);
                head(canvas, rows.main, to, arrow.from < arrow.to, &label(self.diagram, arrow), arrow);
            }
            _ => {}
        }
    }

    /// The name of a process of another band, at this edge.
    fn name_at(&self, canvas: &mut Canvas, row: usize, edge: usize, process: usize) {
        let name = &self.diagram.processes[process];
        let start = if edge == 0 { 0 } else { (edge + 1).saturating_sub(name.chars().count()) };
        canvas.write(row, start, name, Some(Ink::Faint));
    }

    fn is_at_once(&self) -> bool {
        self.diagram.cut.as_ref().is_some_and(|cut| cut.at_once)
    }

    fn draw_events(&self, canvas: &mut Canvas) {
        for (step, rows) in self.rows.iter().enumerate() {
            let Some(lane) = self.diagram.steps[step].process.and_then(|process| self.band.lane(process))
            else {
                continue;
            };
            let Some(rows) = rows else { continue };
            let sign = match rows.cut {
                Some(_) if !self.is_at_once() => "◆",
                _ if self.diagram.steps[step].records.is_empty() => "●",
                _ => "◇",
            };
            canvas.write(rows.main, lane, sign, Some(Ink::Strong));
        }
    }
}

/// The head of an arrow at a lane, and its label before it. Markers have another head than messages.
fn head(canvas: &mut Canvas, row: usize, lane: usize, rightwards: bool, label: &str, arrow: &Arrow) {
    let is_marker = matches!(arrow.load, Load::Marker(_));
    let ink = ink(arrow);
    if rightwards {
        canvas.write(row, lane - 1, if is_marker { "▷" } else { "▶" }, ink);
        canvas.write(row, (lane - 2).saturating_sub(label.chars().count()), label, ink);
    } else {
        canvas.write(row, lane + 1, if is_marker { "◁" } else { "◀" }, ink);
        canvas.write(row, lane + 3, label, ink);
    }
}

fn ink(arrow: &Arrow) -> Option<Ink> {
    let is_in_place = arrow.kept || arrow.end == ArrowEnd::InFlight;
    match (&arrow.load, arrow.side) {
        (Load::Marker(_), _) => Some(Ink::Faint),
        (_, Side::Crosses) if is_in_place => Some(Ink::Good),
        (_, Side::Crosses | Side::Orphan) => Some(Ink::Bad),
        _ if arrow.kept => Some(Ink::Bad),
        _ => None,
    }
}
