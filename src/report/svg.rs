//! A run as an SVG picture: a space-time diagram as the literature draws it, a line a process, time to the right, the
//! cut across the lines. Light and dark by the viewer's preference; colours are never the only sign.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::lanes::label;
use super::run::title;
use super::text::{columns, printable, wrapped};
use crate::engine::diagram::{Arrow, ArrowEnd, Diagram, Load, Side};
use crate::engine::verdict::Run;

/// Between two steps, and between two lines.
const STEP: usize = 64;
const LANE: usize = 96;
/// Around the picture, and above the first line.
const MARGIN: usize = 24;
const HEAD: usize = 72;
/// About so wide is a character of the names.
const CHARACTER: usize = 9;
/// The reason is broken at so many characters of the picture's width.
const REASON_CHARACTER: usize = 7;

/// The colours of a picture, also where a page holds it.
pub const STYLE: &str = include_str!("svg.css");

/// The picture of a run with its title and reason: a file of its own.
pub fn picture(run: &Run) -> String {
    let shape = Shape::of(&run.diagram);
    let reason = wrapped(&printable(&run.reason), Some((shape.width - 2 * MARGIN) / REASON_CHARACTER));
    let height = shape.height + 20 * reason.len() + MARGIN;
    let (width, title) = (shape.width, title(run));
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"36\">{}</text>\n",
        escape(&title),
        escape(&title),
    );
    text += &drawing(&run.diagram);
    for (line, reason) in reason.iter().enumerate() {
        let y = shape.height + 20 * line + 14;
        let _ = writeln!(text, "<text class=\"reason\" x=\"{MARGIN}\" y=\"{y}\">{}</text>", escape(reason));
    }
    text + "</svg>\n"
}

/// The width and height of a drawing.
pub fn size(diagram: &Diagram) -> (usize, usize) {
    let shape = Shape::of(diagram);
    (shape.width, shape.height)
}

/// The lines, arrows and events: what goes into an `svg` element. Each has the class `sN` of the step that makes it.
pub fn drawing(diagram: &Diagram) -> String {
    let shape = Shape::of(diagram);
    let mut text = shape.lanes(diagram) + &shape.cut(diagram);
    for arrow in &diagram.arrows {
        text += &shape.arrow(diagram, arrow);
    }
    for step in 0..diagram.steps.len() {
        text += &shape.event(diagram, step);
    }
    text
}

/// Where things are.
struct Shape {
    left: usize,
    width: usize,
    height: usize,
}

impl Shape {
    fn of(diagram: &Diagram) -> Self {
        let names = diagram.processes.iter().map(|name| columns(name)).max().unwrap_or(0);
        let left = MARGIN + names * CHARACTER + 40;
        let width = (left + (diagram.steps.len() + 1) * STEP + MARGIN).max(480);
        let height = HEAD + diagram.processes.len() * LANE;
        Self { left, width, height }
    }

    fn x(&self, step: usize) -> usize {
        self.left + step * STEP + STEP / 2
    }

    /// Where everything ends that has not ended.
    fn end(&self) -> usize {
        self.width - MARGIN
    }

    fn lanes(&self, diagram: &Diagram) -> String {
        let mut text = String::new();
        let (left, end) = (self.left, self.end());
        for (process, name) in diagram.processes.iter().enumerate() {
            let y = y(process);
            let record = diagram.cut.as_ref().and_then(|cut| cut.records[process]);
            let _ = writeln!(
                text,
                "<text class=\"name\" x=\"{MARGIN}\" y=\"{}\">{}</text>\n<line class=\"lane\" x1=\"{left}\" y1=\"{y}\" x2=\"{end}\" y2=\"{y}\"/>",
                y + 5,
                escape(printable(name)),
            );
            if let Some(step) = record {
                let x = self.x(step);
                let _ = writeln!(
                    text,
                    "<line class=\"lane after s{step}\" x1=\"{x}\" y1=\"{y}\" x2=\"{end}\" y2=\"{y}\"/>"
                );
            }
        }
        text
    }

    /// From line to line, between the step that records and the one before it.
    fn cut(&self, diagram: &Diagram) -> String {
        let Some(cut) = &diagram.cut else { return String::new() };
        let points: Vec<Option<(usize, usize, usize)>> = (0..)
            .zip(&cut.records)
            .map(|(process, record)| record.map(|step| (step, self.x(step) - STEP / 2, y(process))))
            .collect();
        let mut text = String::new();
        for point in points.iter().flatten() {
            let (step, x, y) = point;
            let _ = writeln!(
                text,
                "<line class=\"cut s{step}\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{}\"/>",
                y - LANE / 5,
                y + LANE / 5,
            );
        }
        for pair in points.windows(2) {
            let [Some((one, x1, y1)), Some((other, x2, y2))] = pair else { continue };
            let (step, y1, y2) = (one.max(other), y1 + LANE / 5, y2 - LANE / 5);
            let middle = usize::midpoint(y1, y2);
            let _ = writeln!(
                text,
                "<path class=\"cut s{step}\" d=\"M{x1} {y1} C{x1} {middle} {x2} {middle} {x2} {y2}\"/>"
            );
        }
        text
    }

    fn arrow(&self, diagram: &Diagram, arrow: &Arrow) -> String {
        let (x1, y1) = (self.x(arrow.sent), y(arrow.from));
        let to = y(arrow.to);
        let (x2, y2, step) = match arrow.end {
            ArrowEnd::Received(step) => (self.x(step), to, step),
            ArrowEnd::Lost(step) => (self.x(step), between(y1, to), step),
            ArrowEnd::InFlight => (self.end(), between(y1, to), diagram.steps.len()),
        };
        let class = class(arrow);
        let mut text = format!(
            "<g class=\"arrow {class} s{}\" data-end=\"{step}\"><title>{}</title><line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>",
            arrow.sent,
            escape(told(diagram, arrow)),
        );
        match arrow.end {
            ArrowEnd::Received(_) => {
                text += &head((x1, y1), (x2, y2), matches!(arrow.load, Load::Marker(_)), step);
            }
            ArrowEnd::Lost(_) => {
                let _ = write!(text, "<text class=\"sign\" x=\"{x2}\" y=\"{}\">✗</text>", y2 + 6);
            }
            ArrowEnd::InFlight => {}
        }
        let (x, y) = ((5 * x1 + 4 * x2) / 9, (5 * y1 + 4 * y2) / 9);
        let label = label(diagram, arrow);
        let _ =
            writeln!(text, "<text class=\"load\" x=\"{x}\" y=\"{}\">{}</text></g>", y - 5, escape(&label));
        text
    }

    fn event(&self, diagram: &Diagram, step: usize) -> String {
        let this = &diagram.steps[step];
        let (x, number) = (self.x(step), step + 1);
        let mut text =
            format!("<text class=\"number s{step}\" x=\"{x}\" y=\"{}\">{number}</text>\n", HEAD - 16);
        let Some(process) = this.process else { return text };
        let y = y(process);
        let records =
            diagram.cut.as_ref().is_some_and(|cut| !cut.at_once && cut.records[process] == Some(step));
        let clock: Vec<String> = this.clock.iter().map(u32::to_string).collect();
        let says = printable(&format!("{number}: {}; vector clock ({})", this.says, clock.join(",")));
        let shape = if records {
            format!("<path d=\"M{} {y} L{x} {} L{} {y} L{x} {} Z\"/>", x - 9, y - 9, x + 9, y + 9)
        } else {
            format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"6\"/>")
        };
        let class = if records { "event record" } else { "event" };
        let _ = writeln!(text, "<g class=\"{class} s{step}\"><title>{}</title>{shape}</g>", escape(&says));
        if records && let Some(record) = recorded(diagram, step, process) {
            let _ = writeln!(
                text,
                "<text class=\"value s{step}\" x=\"{x}\" y=\"{}\">{}</text>",
                y + 26,
                escape(&record)
            );
        }
        text
    }
}

/// Most of the way from a sender to a receiver that gets nothing.
fn between(from: usize, to: usize) -> usize {
    (from + 3 * to) / 4
}

fn y(process: usize) -> usize {
    HEAD + LANE / 2 - 8 + process * LANE
}

/// What a process has recorded by this step.
fn recorded(diagram: &Diagram, step: usize, process: usize) -> Option<String> {
    diagram.recorded.get(step + 1)?.processes.get(process)?.1.clone()
}

/// What an arrow is, in words: its tooltip.
fn told(diagram: &Diagram, arrow: &Arrow) -> String {
    let what = match &arrow.load {
        Load::Message(text) => text.clone(),
        Load::Marker(number) => format!("the marker of snapshot {number}"),
    };
    let side = match arrow.side {
        Side::Orphan => ": sent after the cut and received before it",
        Side::Crosses if arrow.kept => ": it crosses the cut, and is kept",
        Side::Crosses => ": it crosses the cut",
        _ if arrow.kept => ": kept, though it does not cross the cut",
        _ => "",
    };
    printable(&format!(
        "{what} from {} to {}{side}",
        diagram.processes[arrow.from], diagram.processes[arrow.to]
    ))
}

fn class(arrow: &Arrow) -> &'static str {
    let ends = matches!(arrow.end, ArrowEnd::Received(_));
    match (&arrow.load, arrow.side) {
        (Load::Marker(_), _) if ends => "marker",
        (Load::Marker(_), _) => "marker open",
        (_, Side::Orphan) => "wrong",
        (_, Side::Crosses) if arrow.kept => "crossing",
        (_, Side::Crosses) if ends => "wrong",
        (_, Side::Crosses) => "crossing open",
        _ if arrow.kept => "wrong",
        _ if ends => "message",
        _ => "message open",
    }
}

/// An arrowhead, filled for messages, hollow for markers; it appears with the step that receives.
fn head(from: (usize, usize), to: (usize, usize), hollow: bool, step: usize) -> String {
    #[allow(clippy::cast_precision_loss)] // pixels
    let float = |number: usize| number as f64;
    let (dx, dy) = (float(to.0) - float(from.0), float(to.1) - float(from.1));
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let at = |along: f64, aside: f64| {
        let x = float(to.0) - ux * along - uy * aside;
        let y = float(to.1) - uy * along + ux * aside;
        format!("{x:.1} {y:.1}")
    };
    let class = if hollow { "head hollow" } else { "head" };
    format!(
        "<path class=\"{class} s{step}\" d=\"M{} L{} L{} Z\"/>",
        at(7.0, 0.0),
        at(19.0, 5.5),
        at(19.0, -5.5)
    )
}
