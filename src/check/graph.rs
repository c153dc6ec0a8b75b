//! The whole state graph of a small model on the plain semantics, as a picture wants it.

use super::picture;
use super::reachable::{Reachable, reachable};
use crate::engine::diagram::{GraphEdge, GraphState, StateGraph};
use crate::model::{Model, event_text};

/// A graph with more states than this is no picture.
pub const STATES_MAX: usize = 500;

/// The graph, a run's path in it marked; `None` where it has more than [`STATES_MAX`] states.
pub fn graph(model: &Model, path: &[String]) -> Option<StateGraph> {
    let system = model.system();
    let reachable = reachable(&system, picture::initial(&system), STATES_MAX)?;
    let mut graph =
        StateGraph { title: model.name.clone(), columns: picture::columns(model), ..StateGraph::default() };
    for (from, Reachable { state, next }) in reachable.into_iter().enumerate() {
        graph.states.push(GraphState {
            cells: picture::row(model, &state),
            is_terminal: next.is_empty() && !state.halted,
            is_ill_formed: state.halted,
            is_on_path: false,
        });
        let edge = |(event, to)| GraphEdge { from, to, event: event_text(model, &event), is_on_path: false };
        graph.edges.extend(next.into_iter().map(edge));
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
