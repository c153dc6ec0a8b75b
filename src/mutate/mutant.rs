//! Mutants of a model: which there are, and the model that each makes.

use std::collections::HashSet;

use super::environment::{self, Environment};
use super::operators;
use crate::algorithm::syntax::Edit;
use crate::algorithm::{edit, validate};
use crate::engine::{State, TransitionSystem, successors};
use crate::model::Model;

/// One mutant of a model.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Its name, which is its diff.
    pub name: String,
    /// What is changed.
    pub change: Change,
}

/// What is changed.
#[derive(Clone, Debug)]
pub enum Change {
    /// The algorithm.
    Algorithm(Vec<Edit>),
    /// What it relies on.
    Environment(Environment),
}

/// Every mutant of a model, in a fixed order: those of the algorithm, then those of the environment. Edits that make an
/// algorithm which is there already, the original included, are left out.
///
/// ```
/// use cl_check::model::{Source, read};
/// let pair = r#"Model(name: "pair", topology: Complete(["A", "B"]), application: Tokens(), snapshots: [By("A")])"#;
/// let model = read(&Source::new("pair.ron", pair)).unwrap();
/// let mutants = cl_check::mutate::all(&model);
/// assert_eq!(mutants[0].name, "on_start 0: Record -> nothing");
/// ```
pub fn all(model: &Model) -> Vec<Mutant> {
    let mut seen = HashSet::from([model.algorithm.clone()]);
    let mut is_new = |edits: &[Edit]| match edit::apply(&model.algorithm, edits) {
        Ok(algorithm) => seen.insert(algorithm),
        Err(_) => true,
    };
    let edits = operators::all(&model.algorithm, model.snapshots.len())
        .into_iter()
        .filter(|(_, edits)| is_new(edits));
    let algorithms = edits.map(|(name, edits)| Mutant { name, change: Change::Algorithm(edits) });
    let environments = environment::all(&model.topology);
    let environments =
        environments.into_iter().map(|(name, change)| Mutant { name, change: Change::Environment(change) });
    algorithms.chain(environments).collect()
}

impl Mutant {
    /// The model with the change made.
    ///
    /// # Errors
    /// Where that makes no sense: in one sentence, why.
    pub fn apply(&self, model: &Model) -> Result<Model, String> {
        let mutated = match &self.change {
            Change::Algorithm(edits) => {
                let algorithm = edit::apply(&model.algorithm, edits).map_err(|problem| problem.message)?;
                validate::check(&algorithm).map_err(|problem| problem.message)?;
                Model { algorithm, ..model.clone() }
            }
            Change::Environment(environment) => environment::apply(model, *environment)?,
        };
        walk_is_possible(&mutated)?;
        Ok(mutated)
    }
}

/// A walk fixes events that the mutant may not offer.
fn walk_is_possible(model: &Model) -> Result<(), String> {
    let system = model.system();
    let mut state = State { components: system.initial(), halted: false };
    for (number, event) in model.walk.iter().enumerate() {
        let taken = successors(&system, &state).taken;
        let next = taken.into_iter().find(|successor| successor.event == *event);
        let message = || format!("event {} of the model's walk is not enabled", number + 1);
        state = next.ok_or_else(message)?.state;
    }
    Ok(())
}
