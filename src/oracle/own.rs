//! What an application has to say: its rules, judged of how things stand now or of what a snapshot has recorded.
//! Cost: one call of the application a rule and a state, or a completion.

use super::case::Case;
use super::fact::{View, Views};
use super::judge::Judge;
use crate::engine::Sight;
use crate::network::{Application, Protocol, Rule, Scene, System, When};

type SceneOf<'a, A> = Scene<'a, <A as Application>::State, <A as Application>::Message>;

/// Judged where the rule says.
pub fn fails<A: Application, P: Protocol>(
    system: &System<A, P>,
    views: &Views<A>,
    rule: Rule,
    case: &Case<'_>,
) -> bool {
    let (application, topology) = (&system.application, &system.topology);
    let now = || scene(system, views, case.actual());
    let recorded = |snapshot| scene(system, views, case.recorded(snapshot));
    let holds = |scene: SceneOf<'_, A>| application.holds(topology, rule, &scene);
    let detects = |scene: SceneOf<'_, A>| application.detects(topology, rule, &scene);
    match (rule.when, case.sight, case.completed()) {
        (When::Always | When::InStates, Sight::State, _) | (When::AtTheEnd, Sight::Terminal, _) => {
            !holds(now())
        }
        (When::Always | When::InSnapshots, _, Some(snapshot)) => !holds(recorded(snapshot)),
        (When::StillSo, _, Some(snapshot)) => detects(recorded(snapshot)) & !detects(now()) != 0,
        (When::Found, _, Some(snapshot)) => case.held(snapshot) & !detects(recorded(snapshot)) != 0,
        (When::Eventually, Sight::Terminal, _) => detects(now()) != 0,
        _ => false,
    }
}

/// What a rule detects as things stand.
pub fn detected<A: Application, P: Protocol>(judge: &Judge<'_, A, P>, rule: Rule, case: &Case<'_>) -> u64 {
    let system = judge.system();
    system.application.detects(&system.topology, rule, &scene(system, &judge.views, case.actual()))
}

/// Is it looked at in states of every kind?
pub fn is_about_states(rule: Rule) -> bool {
    matches!(rule.when, When::Always | When::InStates)
}

/// How things stand in the views of these numbers.
fn scene<'a, A: Application, P: Protocol>(
    system: &System<A, P>,
    views: &'a Views<A>,
    numbers: impl Iterator<Item = u32>,
) -> SceneOf<'a, A> {
    let standing: Vec<&View<A>> =
        numbers.enumerate().map(|(place, number)| views.view(place, number)).collect();
    Scene::new(&system.topology, &standing)
}
