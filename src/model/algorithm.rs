//! The `algorithm` and `mutations` of a file -> the algorithm to run: by name, from a file, or written out.

use std::ops::Range;
use std::path::Path;

use super::decode::decode;
use super::error::Error;
use super::fault::{Fault, Result};
use super::file::ModelFile;
use super::forms::Written;
use super::source::Source;
use super::tree::{Node, shortened};
use crate::algorithm::syntax::{Algorithm, Edit, Handler};
use crate::algorithm::{builtin, edit, validate};

/// The most mutations of one model.
pub const MUTATIONS_MAX: usize = 1_000;

/// The algorithm with its edits applied.
pub(super) fn resolve(
    file: &ModelFile,
    root: &Node<'_>,
    source: &Source,
) -> std::result::Result<Algorithm, Error> {
    let written = match &file.algorithm.value {
        Written::Here(algorithm) => {
            validated(algorithm, root.field("algorithm")).map_err(|fault| fault.within(source))?;
            algorithm.clone()
        }
        Written::Named(name) => named(name, &file.algorithm.span, source)?,
    };
    edited(&written, file).map_err(|fault| fault.within(source))
}

/// A built-in algorithm, or that of a file.
fn named(name: &str, span: &Range<usize>, source: &Source) -> std::result::Result<Algorithm, Error> {
    if let Some(algorithm) = builtin::named(name) {
        return Ok(algorithm);
    }
    let is_path = name.contains('/') || name.contains('\\') || name.to_lowercase().ends_with(".ron");
    if is_path {
        return from_file(name, span, source);
    }
    let message = format!("there is no algorithm `{}`", shortened(name));
    let fault = Fault::at(span, message).near(name, builtin::names());
    Err(fault.within(source))
}

/// The algorithm of a file beside the model.
fn from_file(name: &str, span: &Range<usize>, source: &Source) -> std::result::Result<Algorithm, Error> {
    let here = |message: String| Fault::at(span, message);
    let path = source.folder().join(name);
    let special = path.metadata().is_ok_and(|metadata| !metadata.is_file());
    if special {
        let fault = here(format!("the algorithm `{name}` is not a file"));
        return Err(fault.hint(looked_at(&path)).within(source));
    }
    if is_same_file(&path, &source.path) {
        let fault = here("this model names itself as the file of its algorithm".to_owned());
        return Err(fault.hint("the file of an algorithm begins with `Algorithm(`").within(source));
    }
    let included = match Source::load(&path) {
        Ok(included) => included,
        Err(error) if error.place.is_none() => {
            let message = format!("the algorithm `{name}`: {}", error.message);
            return Err(here(message).hint(looked_at(&path)).within(source));
        }
        Err(error) => return Err(error),
    };
    read(&included).map_err(|fault| {
        let mut error = fault.within(&included);
        error.message = format!("in the algorithm `{name}`: {}", error.message);
        error
    })
}

fn looked_at(path: &Path) -> String {
    format!("paths are relative to the model's folder; this one means {}", path.display())
}

fn is_same_file(left: &Path, right: &Path) -> bool {
    match (left.canonicalize(), right.canonicalize()) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}

/// The algorithm that a text holds.
pub(super) fn read(source: &Source) -> Result<Algorithm> {
    let root = Node::read(&source.text)?;
    match root.name() {
        Some("Algorithm") => {}
        Some("Model") => {
            return Err(Fault::at(&root.head(), "this file is a model, not an algorithm")
                .hint("the file of an algorithm begins with `Algorithm(`"));
        }
        _ => {
            let message = format!("expected `Algorithm(..)`, found {}", root.described());
            return Err(Fault::at(&root.head(), message)
                .hint("an algorithm is written out in its file; it cannot refer to another"));
        }
    }
    let algorithm = decode(&root)?;
    validated(&algorithm, Some(&root))?;
    Ok(algorithm)
}

/// The algorithm makes sense; where not, the fault points at the action in `node`.
fn validated(algorithm: &Algorithm, node: Option<&Node<'_>>) -> Result<()> {
    validate::check(algorithm).map_err(|problem| {
        let action = problem.place.and_then(|(handler, position)| action(node?, handler, position));
        let span = action.or(node).map_or(0..0, Node::head);
        Fault { hint: Some(problem.hint), ..Fault::at(&span, problem.message) }
    })
}

/// The action at a position of a handler, counted as edits count.
fn action<'n, 't>(node: &'n Node<'t>, handler: Handler, position: usize) -> Option<&'n Node<'t>> {
    let field = handler.name();
    // An algorithm that is written out in a model may be the only value of `Some(..)`.
    let whole = if node.name() == Some("Some") { node.values().first()? } else { node };
    let mut left = position;
    nth(whole.field(field)?.items(), &mut left)
}

fn nth<'n, 't>(actions: &'n [Node<'t>], left: &mut usize) -> Option<&'n Node<'t>> {
    for action in actions {
        if *left == 0 {
            return Some(action);
        }
        *left -= 1;
        let body = action.values().last().filter(|_| matches!(action.name(), Some("If" | "OfNext")));
        if let Some(found) = body.and_then(|body| nth(body.items(), left)) {
            return Some(found);
        }
    }
    None
}

/// The algorithm after its edits.
fn edited(algorithm: &Algorithm, file: &ModelFile) -> Result<Algorithm> {
    let span = |index: usize| file.mutations.get(index).map_or(0..0, |edit| edit.span.clone());
    if file.mutations.len() > MUTATIONS_MAX {
        return Err(Fault::at(
            &span(MUTATIONS_MAX),
            format!("the most supported is {MUTATIONS_MAX} mutations"),
        )
        .hint("remove some"));
    }
    let edits: Vec<Edit> = file.mutations.iter().map(|edit| edit.value.clone()).collect();
    let edited = edit::apply(algorithm, &edits)
        .map_err(|problem| Fault::at(&span(problem.edit), problem.message).hint(problem.hint))?;
    validate::check(&edited).map_err(|problem| {
        let message = format!("after the mutations: {}", problem.message);
        Fault { hint: Some(problem.hint), ..Fault::at(&span(edits.len().saturating_sub(1)), message) }
    })?;
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::model::load;
    use crate::model::testing::{check, model, with};

    /// A folder of its own, with a model `m.ron` that names this algorithm.
    fn folder(test: &str, algorithm: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("cl-check-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("m.ron"), with(&[&format!("algorithm: {algorithm:?}")])).expect("written");
        folder
    }

    /// The path that is blamed, and what is said.
    fn said_of(folder: &Path) -> String {
        let error = load(&folder.join("m.ron")).expect_err("a broken algorithm");
        let name = error.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let place = error.place.expect("a place");
        format!(
            "{name}:{}:{} {} | {}",
            place.line,
            place.column,
            error.message,
            error.hint.unwrap_or_default()
        )
    }

    #[test]
    fn the_file_of_an_algorithm_is_found_beside_the_model() {
        let folder = folder("beside", "mine.ron");
        fs::write(folder.join("mine.ron"), builtin::text("chandy-lamport").expect("built in"))
            .expect("written");
        let model = load(&folder.join("m.ron")).expect("a good model");
        assert_eq!(Some(model.algorithm), builtin::named("chandy-lamport"));
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn what_is_wrong_in_the_file_of_an_algorithm_is_said_there() {
        let folder = folder("there", "mine.ron");
        let cases = [
            (
                "// mine\nAlgorithm(name: \"x\", on_start: [Keep], complete_when: Recorded)",
                "mine.ron:2:33 in the algorithm `mine.ron`: `Keep` where no message arrives | `Keep` belongs into \
                 `on_message`",
            ),
            (
                "\"mine.ron\"",
                "mine.ron:1:1 in the algorithm `mine.ron`: expected `Algorithm(..)`, found the text \"mine.ron\" | an \
                 algorithm is written out in its file; it cannot refer to another",
            ),
            (
                "Algorithm(algorithm: \"mine.ron\")",
                "mine.ron:1:11 in the algorithm `mine.ron`: unknown field `algorithm` | known are `name`, `about`, \
                 `on_start`, `on_marker`, `on_message`, `complete_when`",
            ),
            (
                "Model(name: \"x\")",
                "mine.ron:1:1 in the algorithm `mine.ron`: this file is a model, not an algorithm | the file of an \
                 algorithm begins with `Algorithm(`",
            ),
        ];
        for (text, expected) in cases {
            fs::write(folder.join("mine.ron"), text).expect("written");
            assert_eq!(said_of(&folder), expected);
        }
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_model_that_names_itself_as_algorithm_is_refused() {
        let folder = folder("itself", "../x/../m.ron").join("x");
        fs::create_dir_all(&folder).expect("a folder");
        let parent = folder.parent().expect("a parent");
        fs::write(parent.join("m.ron"), with(&["algorithm: \"x/../m.ron\""])).expect("written");
        assert_eq!(
            said_of(parent),
            "m.ron:6:12 this model names itself as the file of its algorithm | the file of an algorithm begins with \
             `Algorithm(`"
        );
        fs::remove_dir_all(parent).expect("removed");
    }

    #[test]
    fn mutations_are_applied_in_sequence() {
        let model =
            model(&with(&["mutations: [PauseBefore(on_start, 1), Delete(on_start, 3)]"])).expect("good");
        assert_eq!(format!("{:?}", model.algorithm.on_start), "[Record, Pause, Send(Marker, Outgoing)]");
        assert_eq!(model.mutations.len(), 2);
    }

    /// A changed line, and what is said about it.
    const SAID: &[(&str, &str)] = &[
        (
            r#"algorithm: "chandy-lamprot""#,
            "6:12 there is no algorithm `chandy-lamprot` | did you mean `chandy-lamport`?",
        ),
        (
            r#"algorithm: "no/such.ron""#,
            "6:12 the algorithm `no/such.ron`: there is no such file | paths are relative to the model's folder; this one means no/such.ron",
        ),
        (
            r#"algorithm: "/dev/zero""#,
            "6:12 the algorithm `/dev/zero` is not a file | paths are relative to the model's folder; this one means /dev/zero",
        ),
        (r#"algorithm: """#, "6:12 there is no algorithm `` | known are `chandy-lamport`"),
        (
            "algorithm: 5",
            r#"6:12 expected the name of an algorithm, a path, or `Algorithm(..)`, found the number 5 | write `"chandy-lamport"`"#,
        ),
        (r#"algorithm: Algoritm(name: "x")"#, "6:12 there is no `Algoritm` here | did you mean `Algorithm`?"),
        (
            r#"algorithm: Algorithm(name: "", on_start: [Record], complete_when: Recorded)"#,
            "6:12 the algorithm has an empty or unreadable name | give it a `name`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Record])"#,
            "6:12 the field `complete_when` is missing | add `complete_when: ..`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Record, Close(Arriving)], complete_when: Recorded)"#,
            "6:52 `Arriving` in `on_start`, where nothing arrives | use `Incoming` or `Outgoing`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Record], on_marker: [If(Recorded, [Pause, Keep])], complete_when: Recorded)"#,
            "6:86 `Keep` where no message arrives | `Keep` belongs into `on_message`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Record], on_marker: [If(Recorded, [Pause]), If(SentAfterRecord, [])], complete_when: Recorded)"#,
            "6:88 `SentAfterRecord` where no message arrives | `SentAfterRecord` belongs into `on_message`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Recrod], complete_when: Recorded)"#,
            "6:44 there is no `Recrod` here | did you mean `Record`?",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Send(Marker)], complete_when: Recorded)"#,
            r#"6:44 `Send` takes 2 values in parentheses, found 1 | write `Send("A", "B", 5)` or `Send(Marker, Outgoing)`"#,
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Send(Marker, Outwards)], complete_when: Recorded)"#,
            "6:57 there is no `Outwards` here | known are `Outgoing`, `Incoming`, `Arriving`, `ButFirst`, `Forward`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [SendAhead(Outgoing)], complete_when: Recorded)"#,
            "6:44 `SendAhead` takes 2 values in parentheses, found 1 | write `SendAhead(Marker, Outgoing)`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Record, OfNext(Record)], complete_when: Recorded)"#,
            "6:59 expected a list `[..]`, found `Record` | write a list in brackets, items between commas",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Record, OfNext([Record], [Peek])], complete_when: Recorded)"#,
            "6:52 `OfNext` takes 1 value in parentheses, found 2 | write `OfNext([Record])`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Record, Send(Marker, Forward)], complete_when: Recorded)"#,
            "6:65 `Forward` takes 1 value in parentheses, found none | write `Forward(Outgoing)`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Peek(Incoming)], complete_when: Recorded)"#,
            "6:44 `Peek` takes nothing in parentheses | write `Peek`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [OfNext([If(Finnished, [])])], complete_when: Recorded)"#,
            "6:55 there is no `Finnished` here | did you mean `Finished`?",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Record], on_marker: [Record, OfNext([If(Recorded, [KeepFirst])])], complete_when: Recorded)"#,
            "6:95 `KeepFirst` where no message arrives | `KeepFirst` belongs into `on_message`",
        ),
        (
            r#"algorithm: Algorithm(name: "x", on_start: [Record, If(Recorded, [OfNext([Record, Pause])])], complete_when: Recorded)"#,
            "6:82 a handler cannot stop inside `OfNext` | put the `Pause` before or behind the `OfNext`",
        ),
        (
            "mutations: [Insert(on_start, 3, OfNext([Record])), PauseBefore(on_start, 4)]",
            "6:52 after the mutations: a handler cannot stop inside `OfNext` | put the `Pause` before or behind the `OfNext`",
        ),
        (
            "mutations: [Delete(on_marker, 5)]",
            "6:13 `on_marker` has no action 5 | `on_marker` has 5 actions, numbers 0 to 4",
        ),
        (
            "mutations: [Delete(on_start, 1), Swap(on_start, 1)]",
            "6:34 nothing follows the action there in its list, so there is nothing to swap | a `Swap` exchanges the action with the next one of the same list",
        ),
        (
            "mutations: [Delete(on_start, 0), Insert(on_marker, 1, Keep)]",
            "6:34 after the mutations: `Keep` where no message arrives | `Keep` belongs into `on_message`",
        ),
        ("mutations: [Delete(onmarker, 0)]", "6:20 there is no `onmarker` here | did you mean `on_marker`?"),
        (
            "mutations: [Delete(on_marker, -1)]",
            "6:31 expected a whole number, found the negative number -1 | whole numbers from 0 on make sense here",
        ),
        (
            "mutations: [Remove(on_marker, 1)]",
            "6:13 there is no `Remove` here | known are `Delete`, `Swap`, `PauseBefore`, `Replace`, `Insert`, `Condition`, `CompleteWhen`",
        ),
        (
            "mutations: [Insert(on_marker, 0, Keep)]",
            "6:13 after the mutations: `Keep` where no message arrives | `Keep` belongs into `on_message`",
        ),
        (
            "mutations: [Condition(on_marker, 1, Recorded)]",
            "6:13 the action there is not an `If`, so it has no condition | positions count an `If` before its body",
        ),
    ];

    #[test]
    fn what_is_no_algorithm_is_said_with_its_place() {
        check(SAID);
    }
}
