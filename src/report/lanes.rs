//! Where everything in a space-time diagram stands on a grid of characters: lanes for processes, tracks between them
//! for what is under way. Draws nothing.

use super::text::columns;
use crate::engine::diagram::{Arrow, ArrowEnd, Diagram, Side};

/// Between two tracks.
const TRACK_COLUMNS: usize = 2;
/// Around the label of an arrowhead: the head and a dash on both sides.
const HEAD_COLUMNS: usize = 3;
/// Where nothing arrives.
const MARGIN_COLUMNS: usize = 1;

/// Some lanes of a diagram side by side, and what runs between them.
#[derive(Debug)]
pub struct Band<'d> {
    /// The processes, from left to right.
    pub members: Vec<usize>,
    /// The column of each member's lane.
    pub lanes: Vec<usize>,
    /// The column between two lanes where the cut may go down; one before the first lane, one behind the last.
    pub cut_columns: Vec<usize>,
    /// What runs between members, each with its column.
    pub tracks: Vec<Track<'d>>,
    /// How wide it is.
    pub columns: usize,
}

/// An arrow that goes down between two lanes.
#[derive(Debug)]
pub struct Track<'d> {
    /// Which one.
    pub arrow: &'d Arrow,
    /// Its column.
    pub column: usize,
    /// The gap that it goes down in: the one at its receiver's side. Gap 0 is before the first lane.
    gap: usize,
    /// The place among those of the gap.
    place: usize,
}

impl<'d> Band<'d> {
    /// These processes side by side.
    pub fn new(diagram: &'d Diagram, members: &[usize]) -> Self {
        let mut band = Self {
            members: members.to_vec(),
            lanes: Vec::new(),
            cut_columns: Vec::new(),
            tracks: Vec::new(),
            columns: 0,
        };
        for arrow in &diagram.arrows {
            band.track(diagram, arrow);
        }
        band.put_in_columns(diagram);
        band
    }

    /// The place of a process among the members.
    pub fn position(&self, process: usize) -> Option<usize> {
        self.members.iter().position(|&member| member == process)
    }

    /// The column of a process.
    pub fn lane(&self, process: usize) -> Option<usize> {
        self.position(process).map(|position| self.lanes[position])
    }

    /// Gives an arrow between two members the first place that is free all the time it is under way.
    fn track(&mut self, diagram: &'d Diagram, arrow: &'d Arrow) {
        let (Some(from), Some(to)) = (self.position(arrow.from), self.position(arrow.to)) else { return };
        let gap = if from < to { to } else { to + 1 };
        let taken = |place: usize| {
            self.tracks
                .iter()
                .any(|other| other.gap == gap && other.place == place && meet(diagram, other.arrow, arrow))
        };
        let place = (0..self.tracks.len()).find(|&place| !taken(place)).unwrap_or(self.tracks.len());
        self.tracks.push(Track { arrow, column: 0, gap, place });
    }

    fn put_in_columns(&mut self, diagram: &Diagram) {
        let mut next = 0;
        for gap in 0..=self.members.len() {
            let (before, behind) = (gap.checked_sub(1).map(|left| self.members[left]), self.members.get(gap));
            next += self.margin(diagram, gap, before, behind.copied());
            self.cut_columns.push(next);
            next += 1;
            let step = self.track_columns(diagram, gap);
            let inside = self.tracks.iter().filter(|track| track.gap == gap).map(|track| track.place + 1);
            let places = inside.max().unwrap_or(0);
            for track in self.tracks.iter_mut().filter(|track| track.gap == gap) {
                track.column = next + track.place * step;
            }
            next += places * step;
            if let Some(&process) = behind {
                next += self.margin(diagram, gap, Some(process), before);
                self.lanes.push(next);
                next += 1;
            }
        }
        self.columns = next;
    }

    /// The room at a lane for the heads of what arrives there through a gap.
    fn margin(&self, diagram: &Diagram, gap: usize, at: Option<usize>, other_side: Option<usize>) -> usize {
        let Some(process) = at else { return 0 };
        let heads = self.tracks.iter().filter(|track| track.gap == gap && track.arrow.to == process);
        let heads = heads.map(|track| columns(&label(diagram, track.arrow)) + HEAD_COLUMNS);
        let outside = if other_side.is_none() { self.outside(diagram, process) } else { 0 };
        heads.max().unwrap_or(MARGIN_COLUMNS).max(outside)
    }

    /// The room for the names of processes that are not members, where something comes from or goes to them. It may be
    /// on either side, and each has room for all.
    fn outside(&self, diagram: &Diagram, process: usize) -> usize {
        let strangers = diagram.arrows.iter().filter_map(|arrow| {
            let other = match process {
                _ if arrow.to == process => arrow.from,
                _ if arrow.from == process => arrow.to,
                _ => return None,
            };
            let name = columns(&diagram.processes[other]);
            let is_member = self.position(other).is_some();
            (!is_member).then(|| name + columns(&label(diagram, arrow)) + HEAD_COLUMNS + 2)
        });
        strangers.max().unwrap_or(0)
    }

    /// What never arrives bears its label at the end of its track.
    fn track_columns(&self, diagram: &Diagram, gap: usize) -> usize {
        let waiting = self
            .tracks
            .iter()
            .filter(|track| track.gap == gap && !matches!(track.arrow.end, ArrowEnd::Received(_)));
        let wide = waiting.map(|track| columns(&label(diagram, track.arrow)) + 2);
        wide.max().unwrap_or(0).max(TRACK_COLUMNS)
    }
}

/// Are both under way at some time?
fn meet(diagram: &Diagram, one: &Arrow, other: &Arrow) -> bool {
    let (one, other) = (times(diagram, one), times(diagram, other));
    one.0 <= other.1 && other.0 <= one.1
}

/// From when to when an arrow is under way. What is received in a step is so before the step sends anything.
fn times(diagram: &Diagram, arrow: &Arrow) -> (usize, usize) {
    let end = match arrow.end {
        ArrowEnd::Received(step) | ArrowEnd::Lost(step) => 2 * step,
        ArrowEnd::InFlight => 2 * diagram.steps.len(),
    };
    (2 * arrow.sent + 1, end)
}

/// What stands at an arrow: `1`, `[1]` where it is kept, `1!` for an orphan, `1?` where it crosses and is not kept.
pub fn label(diagram: &Diagram, arrow: &Arrow) -> String {
    let label = diagram.label(&arrow.load);
    match (arrow.kept, arrow.side, arrow.end) {
        (true, ..) => format!("[{label}]"),
        (false, Side::Orphan, _) => format!("{label}!"),
        (false, Side::Crosses, ArrowEnd::Received(_)) => format!("{label}?"),
        _ => label,
    }
}
