//! Is there one run that yields exactly these snapshots together? The search is guided by what is recorded: it says of
//! each server how far it had come, so that few cuts are possible, and a run with given cuts is found at once or nearly so.

mod branch;
mod cuts;
mod flow;
mod ordering;
mod reason;
mod timed;
mod windows;

use super::exercise::Exercise;
use super::recording::Recording;
use super::run::Run;
use crate::engine::Bounds;
use cuts::{Cut, Question, TooMany, Trust};
use flow::Flow;

pub use reason::{Kind, Reason};

/// More cuts than this are not looked at, of one snapshot.
const CUTS_MAX: usize = 20_000;
/// More sets of cuts than this are not looked at.
const SETS_MAX: u64 = 50_000;
/// More branches than this are not looked at in discrete time.
const BRANCHES_MAX: u64 = 2_000_000;

/// Which runs there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semantics {
    /// Deliveries fall anywhere.
    Asynchronous,
    /// The assignment's simulator, with any delays.
    Discrete,
}

/// What the judge says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// There is a run; this is one.
    Legal(Run),
    /// There is none.
    Illegal(Reason),
    /// A bound came first.
    Undecided,
}

/// Judges snapshots, one for each of the script.
///
/// ```
/// use cl_check::cos418::{Exercise, judge, read_recordings};
/// use cl_check::engine::Bounds;
/// use cl_check::model::Source;
/// let topology = Source::new("2nodes.top", "2\nN1 1\nN2 0\nN1 N2\nN2 N1\n");
/// let exercise = Exercise::read(&topology, &Source::new("e", "send N1 N2 1\nsnapshot N2\ntick\n")).unwrap();
/// let judged = |text: &str| {
///     let recordings = read_recordings(&exercise, &[Source::new("a.snap", text)]).unwrap();
///     judge::judge(&exercise, &recordings, judge::Semantics::Asynchronous, &Bounds::default())
/// };
/// assert!(matches!(judged("0\nN1 0\nN2 0\nN1 N2 token(1)\n"), judge::Judgement::Legal(_)));
/// assert!(matches!(judged("0\nN1 0\nN2 1\n"), judge::Judgement::Legal(_)));
/// assert!(matches!(judged("0\nN1 1\nN2 0\n"), judge::Judgement::Illegal(_)));
/// ```
pub fn judge(
    exercise: &Exercise,
    recordings: &[Recording],
    semantics: Semantics,
    bounds: &Bounds<'_>,
) -> Judgement {
    let flow = Flow::new(exercise);
    let court = Court { flow: &flow, recordings, bounds };
    if let Some(reason) = reason::of_totals(&court) {
        return Judgement::Illegal(reason);
    }
    let all: Vec<usize> = (0..recordings.len()).collect();
    match court.run(&all, Trust::Exact, semantics) {
        Err(TooMany) => Judgement::Undecided,
        Ok(Some(run)) => Judgement::Legal(run),
        Ok(None) => Judgement::Illegal(reason::of(&court, semantics)),
    }
}

/// What is judged.
struct Court<'c> {
    flow: &'c Flow<'c>,
    recordings: &'c [Recording],
    bounds: &'c Bounds<'c>,
}

impl Court<'_> {
    /// A run that yields these of the snapshots together.
    fn run(&self, snapshots: &[usize], trust: Trust, semantics: Semantics) -> Result<Option<Run>, TooMany> {
        if self.recordings.iter().any(|recording| !recording.strays.is_empty()) {
            return Ok(None);
        }
        let mut cuts: Vec<Vec<Cut>> = vec![Vec::new(); self.recordings.len()];
        for &snapshot in snapshots {
            cuts[snapshot] = self.cuts(snapshot, trust)?;
            if cuts[snapshot].is_empty() {
                return Ok(None);
            }
        }
        let branches = self.bounds.states_max.unwrap_or(BRANCHES_MAX);
        let mut join = Join {
            flow: self.flow,
            cuts: &cuts,
            chosen: vec![None; cuts.len()],
            sets: SETS_MAX,
            bounds: self.bounds,
            timed: (semantics == Semantics::Discrete)
                .then(|| timed::Search::new(self.flow, branches, self.bounds)),
        };
        join.choose(snapshots, None)
    }

    fn cuts(&self, snapshot: usize, trust: Trust) -> Result<Vec<Cut>, TooMany> {
        let trust = vec![trust; self.flow.messages.len()];
        let question = Question::new(self.flow, snapshot, &self.recordings[snapshot], trust);
        let cuts = question.cuts(CUTS_MAX + 1)?;
        if cuts.len() > CUTS_MAX { Err(TooMany) } else { Ok(cuts) }
    }
}

/// One cut for each snapshot, so that all go together.
struct Join<'j> {
    flow: &'j Flow<'j>,
    cuts: &'j [Vec<Cut>],
    chosen: Vec<Option<&'j Cut>>,
    sets: u64,
    bounds: &'j Bounds<'j>,
    timed: Option<timed::Search<'j>>,
}

impl<'j> Join<'j> {
    /// Chooses for the rest; `run` has what is chosen so far.
    fn choose(&mut self, rest: &[usize], run: Option<Run>) -> Result<Option<Run>, TooMany> {
        let Some((&snapshot, rest)) = rest.split_first() else { return self.timed(run) };
        let cuts: &'j [Cut] = &self.cuts[snapshot];
        for cut in cuts {
            self.sets = self.sets.checked_sub(1).ok_or(TooMany)?;
            if self.bounds.met(0).is_some() {
                return Err(TooMany);
            }
            self.chosen[snapshot] = Some(cut);
            if let Some(run) = ordering::run(self.flow, &self.chosen)?
                && let Some(run) = self.choose(rest, Some(run))?
            {
                return Ok(Some(run));
            }
        }
        self.chosen[snapshot] = None;
        Ok(None)
    }

    fn timed(&mut self, run: Option<Run>) -> Result<Option<Run>, TooMany> {
        let Some(search) = &mut self.timed else { return Ok(Some(run.unwrap_or_default())) };
        search.run(&self.chosen)
    }
}
