//! A run as a Mermaid `sequenceDiagram`, which GitHub draws in pull requests. Mermaid's arrows take no time, so sending
//! and receiving are told apart by notes: the arrow is drawn where the item is received.

use super::lanes::label;
use super::run::title;
use super::text::printable;
use crate::engine::diagram::{Arrow, ArrowEnd, Diagram, Load, Step};
use crate::engine::verdict::Run;

/// The diagram's source, ended by a line feed.
pub fn source(run: &Run) -> String {
    let diagram = &run.diagram;
    let mut lines = vec!["sequenceDiagram".to_owned(), format!("    %% {}", title(run))];
    for (process, name) in diagram.processes.iter().enumerate() {
        lines.push(format!("    participant P{process} as {}", guarded(name)));
    }
    for (number, step) in diagram.steps.iter().enumerate() {
        lines.push(line(diagram, number, step));
    }
    lines.join("\n") + "\n"
}

fn line(diagram: &Diagram, number: usize, step: &Step) -> String {
    let says = format!("{}. {}", number + 1, guarded(&step.says));
    let received = diagram.received_in(number);
    match (step.process, received) {
        (_, Some(arrow)) => {
            let shaft = if matches!(arrow.load, Load::Marker(_)) { "--)" } else { "->>" };
            let (from, to) = (arrow.from, arrow.to);
            let what = format!("{} (sent in {})", guarded(&label(diagram, arrow)), arrow.sent + 1);
            let note = format!("\n    Note over P{to}: {says}");
            format!("    P{from}{shaft}P{to}: {what}{note}")
        }
        (Some(process), None) => format!("    Note over P{process}: {says}"),
        (None, None) => match channel(diagram, number) {
            Some(arrow) => format!("    Note over P{},P{}: {says}", arrow.from, arrow.to),
            None => format!("    Note over P0: {says}"),
        },
    }
}

/// The arrow whose channel does something in this step.
fn channel(diagram: &Diagram, step: usize) -> Option<&Arrow> {
    let touched = |arrow: &&Arrow| arrow.end == ArrowEnd::Lost(step) || (arrow.copied && arrow.sent == step);
    diagram.arrows.iter().find(touched)
}

/// A text that Mermaid reads as text: no line breaks, no statement ends, no entities, and no word `end`.
fn guarded(text: &str) -> String {
    let mut guarded = String::new();
    for sign in printable(text).chars() {
        match sign {
            '#' => guarded += "#35;",
            ';' => guarded += "#59;",
            '<' => guarded += "#60;",
            '>' => guarded += "#62;",
            '%' => guarded += "#37;",
            sign => guarded.push(sign),
        }
    }
    let words = guarded.split(' ').map(|word| match word.to_lowercase().as_str() {
        "end" => format!("{}#8203;{}", &word[..1], &word[1..]),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn no_text_ends_a_diagram() {
        let cases = [
            ("A sends 1", "A sends 1"),
            ("end", "e#8203;nd"),
            ("the End is near", "the E#8203;nd is near"),
            ("ending", "ending"),
            ("a;b#c", "a#59;b#35;c"),
            ("a\nb", "a?b"),
        ];
        for (text, expected) in cases {
            assert_eq!(guarded(text), expected);
        }
    }
}
