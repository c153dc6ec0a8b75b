//! The whole state graph of a small model on the plain semantics, as a picture wants it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::picture;
use crate::engine::diagram::{GraphEdge, GraphState, StateGraph};
use crate::engine::successors;
use crate::model::{Model, event_text};

/// A graph with more states than this is no picture.
pub const STATES_MAX: usize = 500;

/// The graph, a run's path in it marked; `None` where it has more than [`STATES_MAX`] states.
pub fn graph(model: &Model, path: &[String]) -> Option<StateGraph> {
    let system = model.system();
    let mut states = vec![picture::initial(&system)];
    let mut numbers = HashMap::from([((states[0].components.clone(), false), 0)]);
    let mut graph =
        StateGraph { title: model.name.clone(), columns: picture::columns(model), ..StateGraph::default() };
    let mut from = 0;
    while from < states.len() {
        let state = states[from].clone();
        let taken = if state.halted { Vec::new() } else { successors(&system, &state).taken };
        graph.states.push(GraphState {
            cells: picture::row(model, &state),
            is_terminal: taken.is_empty() && !state.halted,
            is_ill_formed: state.halted,
            is_on_path: false,
        });
        for successor in taken {
            let next = states.len();
            let to = match numbers.entry((successor.state.components.clone(), successor.state.halted)) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(free) => {
                    states.push(successor.state);
                    *free.insert(next)
                }
            };
            let event = event_text(model, &successor.event);
            graph.edges.push(GraphEdge { from, to, event, is_on_path: false });
        }
        if states.len() > STATES_MAX {
            return None;
        }
        from += 1;
    }
    mark(&mut graph, path);
    Some(graph)
}

fn mark(graph: &mut StateGraph, path: &[String]) {
    let mut at = 0;
    for event in path {
        let edge = graph.edges.iter_mut().find(|edge| edge.from == at && edge.event == *event);
        let Some(edge) = edge else { return };
        edge.is_on_path = true;
        graph.states[at].is_on_path = true;
        at = edge.to;
    }
    graph.states[at].is_on_path |= !path.is_empty();
}
