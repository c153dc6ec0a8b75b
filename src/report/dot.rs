//! The state graph of a small model for Graphviz, the path of a counterexample in it coloured.

use std::fmt::Write as _;

use super::text::printable;
use crate::engine::diagram::StateGraph;

/// The graph's source, ended by a line feed.
pub fn source(graph: &StateGraph) -> String {
    let mut text = format!(
        "// {}\ndigraph states {{\n  rankdir=TB; node [shape=box, fontname=\"monospace\", fontsize=10]; \
         edge [fontname=\"sans-serif\", fontsize=9];\n",
        printable(&graph.title),
    );
    for (number, state) in graph.states.iter().enumerate() {
        let cells = graph.columns.iter().zip(&state.cells).map(|(name, cell)| format!("{name}: {cell}"));
        let label: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
        let mut look = Vec::new();
        look.extend((number == 0).then_some("penwidth=2"));
        look.extend(state.is_terminal.then_some("peripheries=2"));
        look.extend(state.is_ill_formed.then_some("style=dashed"));
        look.extend(state.is_on_path.then_some("color=\"#c4122f\""));
        let look: String = look.iter().map(|word| format!(", {word}")).collect();
        let _ = writeln!(text, "  s{number} [label=\"{}\"{look}];", label.join("\\l") + "\\l");
    }
    for edge in &graph.edges {
        let look =
            if edge.is_on_path { ", color=\"#c4122f\", fontcolor=\"#c4122f\", penwidth=2" } else { "" };
        let _ = writeln!(text, "  s{} -> s{} [label=\"{}\"{look}];", edge.from, edge.to, quoted(&edge.event));
    }
    text + "}\n"
}

/// A text in quotes.
fn quoted(text: &str) -> String {
    printable(text).replace('\\', "\\\\").replace('"', "\\\"")
}
