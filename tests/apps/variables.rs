//! The exercise on replicated variables: x, y and z at one process; d from x and y and e from x at the second; d2 and f from
//! y at the third. What is under way to a process is a list of numbers, by variable.

use crate::search::{Next, explore, failing, figures, verdict};

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    owner: [u32; 3],
    /// What the second knows of x and y, and the third of y.
    second: [u32; 2],
    third: u32,
    /// In their order: which variable, and its value.
    to_second: Vec<(usize, u32)>,
    to_third: Vec<u32>,
}

fn next(state: &State, writes: [u32; 3]) -> Vec<State> {
    let mut all = Vec::new();
    for (variable, most) in writes.into_iter().enumerate() {
        if state.owner[variable] < most {
            let mut next = state.clone();
            next.owner[variable] += 1;
            let value = next.owner[variable];
            if variable < 2 {
                next.to_second.push((variable, value));
            }
            if variable == 1 {
                next.to_third.push(value);
            }
            all.push(next);
        }
    }
    if let Some(&(variable, value)) = state.to_second.first() {
        let mut next = state.clone();
        next.to_second.remove(0);
        next.second[variable] = value;
        all.push(next);
    }
    if let Some(&value) = state.to_third.first() {
        let mut next = state.clone();
        next.to_third.remove(0);
        next.third = value;
        all.push(next);
    }
    all
}

#[test]
fn copies_follow_their_owner() {
    for writes in [[1, 0, 0], [1, 1, 1], [2, 1, 0], [2, 3, 2]] {
        let first =
            State { owner: [0; 3], second: [0; 2], third: 0, to_second: Vec::new(), to_third: Vec::new() };
        let expected = explore(
            first,
            |state| Next::from(next(state, writes)),
            |state, is_terminal| {
                if is_terminal {
                    assert_eq!(
                        (state.second, state.third),
                        ([state.owner[0], state.owner[1]], state.owner[1])
                    );
                }
            },
        );
        let [x, y, z] = writes;
        let verdict = verdict(&format!(
            r#"Model(name: "m", topology: Complete(["A", "B", "C"]), application: ReplicatedVariables(
                variables: {{"x": Owned(at: "A", writes: {x}), "y": Owned(at: "A", writes: {y}), "z": Owned(at: "A", writes: {z})}},
                derived: {{"d": Sum(at: "B", of: ["x", "y"]), "e": Sum(at: "B", of: ["x"]), "d2": Sum(at: "C", of: ["y"]),
                    "f": Sum(at: "C", of: ["y"])}}))"#
        ));
        assert_eq!(figures(&verdict), expected, "{writes:?}");
        assert!(failing(&verdict).is_empty(), "{writes:?}");
    }
}
