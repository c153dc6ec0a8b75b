//! Everything that a verdict says of one system: the figures, each property's status and its shortest
//! counterexample, and the overall verdict.

use std::collections::HashSet;
use std::rc::Rc;

use num_bigint::BigUint;

use super::application::Application;
use super::explore::{Graph, Place};
use super::state::State;
use super::{ModelEvent, Property, Reach, Reference};

/// What was found out about a system.
#[derive(Clone, Debug)]
pub struct Findings {
    /// Distinct states of the graph.
    pub distinct_states: usize,
    /// Its transitions.
    pub transitions: usize,
    /// Its terminal states.
    pub terminal_states: usize,
    /// Its greatest breadth-first distance.
    pub depth: usize,
    /// Its maximal paths; `None` where the capacity cut something.
    pub orderings: Option<BigUint>,
    /// Its longest path, in events.
    pub longest_path: usize,
    /// Pairs of a snapshot and a state judged at its completion, walk included.
    pub completed_snapshots: usize,
    /// Different recorded global states among them.
    pub distinct_snapshots: usize,
    /// Did the capacity cut something?
    pub is_cut: bool,
    /// The properties judged, in the order of reports.
    pub judgements: Vec<Judgement>,
    /// For each condition of `reach` the shortest run to it.
    pub reach: Vec<Option<Vec<ModelEvent>>>,
    /// The verdict on the whole.
    pub verdict: Verdict,
}

/// What was found out about one property.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Which.
    pub property: Property,
    /// The outcome.
    pub status: Status,
    /// How often it was judged.
    pub checked: usize,
    /// If violated (other than `Reach`): the shortest run that shows it, first in event order.
    pub counterexample: Option<Vec<ModelEvent>>,
}

/// The outcome of one property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Holds,
    Violated,
    Unknown,
    Vacuous,
}

/// The outcome of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Verified,
    Violated,
    Incomplete,
    Vacuous,
}

/// A snapshot that completes: the state in which it first is, and the first place where that happens.
struct Completion {
    snapshot: usize,
    state: Rc<State>,
    place: Place,
}

impl Findings {
    /// What was found out about one property, if it was judged.
    pub fn judgement(&self, property: Property) -> Option<&Judgement> {
        self.judgements.iter().find(|judgement| judgement.property == property)
    }
}

impl Reference {
    /// Explores everything and judges everything.
    pub fn explore(&self) -> Findings {
        let graph = self.graph();
        let completions = self.completions(&graph);
        let (orderings, longest_path) = graph.orderings();
        let records: HashSet<_> =
            completions.iter().map(|it| (it.snapshot, it.state.snapshots[it.snapshot].recorded())).collect();
        let reach: Vec<_> =
            self.reach.iter().map(|goal| self.run_to_goal(&graph, &completions, goal)).collect();
        let judgements = self.judgements(&graph, &completions, &reach);
        Findings {
            distinct_states: graph.states.len(),
            transitions: graph.transitions(),
            terminal_states: graph.terminals().count(),
            depth: graph.depth(),
            orderings: (!graph.is_cut()).then_some(orderings),
            longest_path,
            completed_snapshots: completions.len(),
            distinct_snapshots: records.len(),
            is_cut: graph.is_cut(),
            verdict: self.verdict(&graph, &completions, &judgements),
            judgements,
            reach,
        }
    }

    /// Every snapshot and state that is judged at completion, once, in the order of the runs that lead there.
    fn completions(&self, graph: &Graph) -> Vec<Completion> {
        let mut seen = HashSet::new();
        let mut completions = Vec::new();
        for (source, target, place) in graph.moments().filter(|(_, target, _)| !target.ill_formed) {
            let completes = |&k: &usize| !self.is_complete(source, k) && self.is_complete(target, k);
            for snapshot in self.snapshots().filter(completes) {
                if seen.insert((snapshot, Rc::clone(target))) {
                    completions.push(Completion { snapshot, state: Rc::clone(target), place });
                }
            }
        }
        completions
    }

    fn judgements(
        &self,
        graph: &Graph,
        done: &[Completion],
        reach: &[Option<Vec<ModelEvent>>],
    ) -> Vec<Judgement> {
        let application = Application::of(self);
        let is_judged = |property: &Property| match property {
            Property::Terminates | Property::WellFormed => true,
            Property::Recorded => !self.recorded.is_empty(),
            Property::Reach => !self.reach.is_empty(),
            other => self.check.contains(other),
        };
        let judge = |property: Property| {
            let counterexample = self.counterexample(property, graph, done, &application);
            let is_violated = match property {
                Property::Reach => !graph.is_cut() && reach.contains(&None),
                _ => counterexample.is_some(),
            };
            let checked = match property {
                Property::Terminates => graph.terminals().count(),
                Property::WellFormed | Property::NonInterference => graph.states.len(),
                Property::Reach => reach.len(),
                _ => done.len(),
            };
            let is_unknown = graph.is_cut() && (property != Property::Reach || reach.contains(&None));
            let status = match checked {
                _ if is_violated => Status::Violated,
                _ if is_unknown => Status::Unknown,
                0 => Status::Vacuous,
                _ => Status::Holds,
            };
            Judgement { property, status, checked, counterexample }
        };
        Property::all(&[]).into_iter().filter(is_judged).map(judge).collect()
    }

    /// The shortest run that shows a violation; among those of equal length the first in event order.
    fn counterexample(
        &self,
        property: Property,
        graph: &Graph,
        done: &[Completion],
        application: &Application,
    ) -> Option<Vec<ModelEvent>> {
        let place = match property {
            Property::Terminates => self.place_not_terminating(graph),
            Property::WellFormed => self.place_ill_formed(graph),
            Property::NonInterference => Self::place_interfering(graph, application),
            Property::Reach => None,
            _ => done.iter().find_map(|it| {
                let holds = self.is_satisfied_at_completion(property, application, &it.state, it.snapshot);
                (!holds).then_some(it.place)
            }),
        };
        let never_complete = match property {
            Property::Recorded if self.lacks_completion(done) => Self::place_of_an_end(graph),
            _ => None,
        };
        let runs = place.into_iter().chain(never_complete).map(|place| graph.run_to(place));
        runs.min_by_key(|run| (run.len(), run.clone()))
    }

    fn place_not_terminating(&self, graph: &Graph) -> Option<Place> {
        let mut terminals = graph.terminals();
        terminals.find(|&state| !self.is_all_started_complete(&graph.states[state])).map(Place::State)
    }

    fn place_ill_formed(&self, graph: &Graph) -> Option<Place> {
        let lacks_marker = |state: &State, place| match place {
            Place::State(number) => graph.is_terminal(number) && !self.is_every_marker_sent(state),
            _ => false,
        };
        let mut places = graph.places();
        places.find(|(state, place)| state.ill_formed || lacks_marker(state, *place)).map(|(_, place)| place)
    }

    fn place_interfering(graph: &Graph, application: &Application) -> Option<Place> {
        let leaves_message = |state: &State, place| match place {
            Place::State(number) => graph.is_terminal(number) && state.has_message(),
            _ => false,
        };
        let mut places = graph.places().filter(|(state, _)| !state.ill_formed);
        let interferes =
            |state: &State, place| leaves_message(state, place) || !application.can_reach(&state.picture());
        places.find(|(state, place)| interferes(state, *place)).map(|(_, place)| place)
    }

    /// Does some clause of `Recorded` speak of a snapshot that never completes?
    fn lacks_completion(&self, done: &[Completion]) -> bool {
        let completes = |snapshot: usize| done.iter().any(|completion| completion.snapshot == snapshot);
        self.recorded.iter().any(|clause| !completes(clause.snapshot.index()))
    }

    /// The nearest place where a run ends: the walk if it is all there is, else a terminal or ill-formed state.
    /// None where the capacity cut something: then it is not known what would have completed.
    fn place_of_an_end(graph: &Graph) -> Option<Place> {
        let ends =
            |&state: &usize| graph.is_terminal(state) || graph.is_stopped || graph.states[state].ill_formed;
        (0..graph.states.len()).filter(|_| !graph.is_cut()).find(ends).map(Place::State)
    }

    /// The shortest run to what `reach` asks for.
    fn run_to_goal(&self, graph: &Graph, done: &[Completion], goal: &Reach) -> Option<Vec<ModelEvent>> {
        let place = match goal {
            Reach::UnderWay(snapshots) => {
                let is_under_way =
                    |state: &State, k: usize| state.is_started(k) && !self.is_complete(state, k);
                let mut places = graph.places().filter(|(state, _)| !state.ill_formed);
                places
                    .find(|(state, _)| snapshots.iter().all(|k| is_under_way(state, k.index())))
                    .map(|it| it.1)
            }
            at_completion => done.iter().find(|it| self.meets(it, at_completion)).map(|it| it.place),
        };
        place.map(|place| graph.run_to(place))
    }

    fn meets(&self, completion: &Completion, goal: &Reach) -> bool {
        let snapshot = completion.snapshot;
        let recorded = completion.state.snapshots[snapshot].picture();
        match goal {
            Reach::Completes(k) => k.index() == snapshot,
            Reach::ChannelRecorded(k) => {
                k.index() == snapshot && recorded.channels.iter().any(|it| !it.is_empty())
            }
            Reach::Records(clause) => {
                clause.snapshot.index() == snapshot && self.is_as_recorded(clause, &recorded)
            }
            Reach::UnderWay(_) => false,
        }
    }

    fn verdict(&self, graph: &Graph, done: &[Completion], judgements: &[Judgement]) -> Verdict {
        let basic = [Property::Terminates, Property::WellFormed, Property::NonInterference];
        let has_substance = match self.initiators.len() {
            0 => judgements.iter().any(|it| it.status != Status::Vacuous && !basic.contains(&it.property)),
            _ => !done.is_empty(),
        };
        if judgements.iter().any(|judgement| judgement.status == Status::Violated) {
            Verdict::Violated
        } else if graph.is_cut() {
            Verdict::Incomplete
        } else if has_substance {
            Verdict::Verified
        } else {
            Verdict::Vacuous
        }
    }
}
