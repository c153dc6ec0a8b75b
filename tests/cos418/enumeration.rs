//! Every outcome of small exercises: how many there are, and that each run says the same wherever it is carried out.

use cl_check::cos418::{asynchronous, discrete};
use cl_check::engine::Bounds;

use super::exercises::{MESSAGE, PAIR, SIMPLE, THREE, exercise};

/// States and transitions of the asynchronous semantics, and outcomes of both: as the task gives them.
#[test]
fn figures_of_full_enumeration() {
    let cases = [(PAIR, MESSAGE, 11, 11, 2, 1), (THREE, SIMPLE, 1283, 3926, 8, 4)];
    for (topology, events, states, transitions, asynchronous, discrete) in cases {
        let exercise = exercise(topology, events);
        let found = asynchronous::outcomes(&exercise, &Bounds::default(), 2).expect("it is small");
        let figures = (found.states, found.transitions, found.outcomes.len());
        assert_eq!(figures, (states, transitions, asynchronous), "{events}");
        let timed = discrete::outcomes(&exercise, &Bounds::default());
        assert_eq!(timed.outcomes.len(), discrete, "{events}");
        assert!(timed.outcomes.iter().all(|outcome| found.outcomes.contains(outcome)), "{events}");
    }
}
