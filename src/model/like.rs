//! A model that is like that of another file: one tree of both, in which the fields given here stand in place of those
//! given there. What the fields mean is not known here.
//!
//! Places in the other file are counted on behind the end of this one, so every place says which file it is in.

use std::borrow::Cow;
use std::ops::Range;

use super::decode::once_each;
use super::error::Error;
use super::fault::{Fault, Result};
use super::include::Purpose;
use super::named_model;
use super::source::Source;
use super::tree::{Body, Kind, Node, Word};

/// The field that names the other file.
const MODEL: &str = "model";

/// The model that another is like.
const BASE: Purpose = Purpose {
    what: "model",
    itself: "this model is like itself",
    hint: "name the file of another model, one that is written out",
};

/// A field of a tree.
type Field<'t> = (Word<'t>, Node<'t>);

/// The texts of a model: its own, and that of the model it is like.
pub(super) struct Sources<'s> {
    own: &'s Source,
    base: Option<Base>,
}

/// The other file, as named and as read.
struct Base {
    name: String,
    source: Source,
}

impl<'s> Sources<'s> {
    /// All texts of the model whose own tree is this.
    pub fn of(own: &'s Source, root: &Node<'_>) -> std::result::Result<Self, Error> {
        let mut sources = Self { own, base: None };
        if root.name() == Some("Like") {
            let (name, span) = base_of(root).map_err(|fault| sources.blame(fault))?;
            let source = BASE.load(&name, &span, own)?;
            sources.base = Some(Base { name, source });
        }
        Ok(sources)
    }

    /// The whole model as one tree, made of its own.
    pub fn whole<'t>(&'t self, own: Node<'t>) -> std::result::Result<Node<'t>, Error> {
        let Some(base) = &self.base else {
            named_model(&own).map_err(|fault| self.blame(fault))?;
            return Ok(own);
        };
        let theirs = |fault: Fault| BASE.blame(&base.name, &base.source, fault);
        let root = Node::read(&base.source.text).map_err(theirs)?;
        if root.name() == Some("Like") {
            return Err(self.blame(chained(&own, &base.name)));
        }
        named_model(&root).map_err(theirs)?;
        Ok(merged(own, root.moved(self.end()), self.stem()))
    }

    /// The text in which this place is.
    pub fn source_at(&self, span: &Range<usize>) -> &Source {
        self.base_at(span).map_or(self.own, |base| &base.source)
    }

    /// The place as its own text counts.
    pub fn local(&self, span: &Range<usize>) -> Range<usize> {
        match self.base_at(span) {
            Some(_) => span.start - self.end()..span.end - self.end(),
            None => span.clone(),
        }
    }

    /// The fault as an error about the file it is in.
    pub fn blame(&self, mut fault: Fault) -> Error {
        let span = fault.span.unwrap_or(0..0);
        fault.span = Some(self.local(&span));
        match self.base_at(&span) {
            Some(base) => BASE.blame(&base.name, &base.source, fault),
            None => fault.within(self.own),
        }
    }

    fn base_at(&self, span: &Range<usize>) -> Option<&Base> {
        self.base.as_ref().filter(|_| span.start >= self.end())
    }

    /// Where places of the other file begin: behind all of this one, its end included.
    fn end(&self) -> usize {
        self.own.text.len() + 1
    }

    /// What the model is called if it does not say: as its file, if it is in one.
    fn stem(&self) -> Option<String> {
        let stem = self.own.path.file_stem().filter(|stem| *stem != "-")?;
        Some(stem.to_string_lossy().into_owned())
    }
}

/// The name of the other file, and where it stands.
fn base_of(root: &Node<'_>) -> Result<(String, Range<usize>)> {
    let how = "write `Like(model: \"other.ron\", expect: Verified)`";
    if let Kind::Form(form) = &root.kind
        && let Body::Fields(fields) = &form.body
    {
        once_each(fields)?;
    }
    match root.field(MODEL) {
        Some(Node { kind: Kind::Text(name), span }) => Ok((name.to_string(), span.clone())),
        Some(other) => {
            let message = format!("expected the path of a model, found {}", other.described());
            Err(Fault::at(&other.head(), message).hint(how))
        }
        None => Err(Fault::at(&root.head(), format!("the field `{MODEL}` is missing")).hint(how)),
    }
}

fn chained(own: &Node<'_>, name: &str) -> Fault {
    let span = own.field(MODEL).map_or_else(|| own.head(), |node| node.span.clone());
    Fault::at(&span, format!("the model `{name}` is a `Like` itself"))
        .hint("name the file of a model that is written out")
}

/// The other tree, with the fields of this one in place of its own.
fn merged<'t>(own: Node<'t>, base: Node<'t>, name: Option<String>) -> Node<'t> {
    let head = own.head();
    let mut given = fields(own);
    given.retain(|(word, _)| word.name != MODEL);
    let is_given = |given: &[Field<'_>], name: &str| given.iter().any(|(word, _)| word.name == name);
    if let Some(text) = name.filter(|_| !is_given(&given, "name")) {
        let node = Node { span: head.clone(), kind: Kind::Text(Cow::Owned(text)) };
        given.push((Word { name: "name", span: head }, node));
    }
    let Node { span, kind: Kind::Form(mut form) } = base else { unreachable!("it is named `Model`") };
    form.body = match form.body {
        Body::Fields(mut fields) => {
            fields.retain(|(word, _)| !is_given(&given, word.name));
            fields.extend(given);
            Body::Fields(fields)
        }
        Body::Values(values) if values.is_empty() => Body::Fields(given),
        no_fields => no_fields,
    };
    Node { span, kind: Kind::Form(form) }
}

fn fields(node: Node<'_>) -> Vec<Field<'_>> {
    let Kind::Form(form) = node.kind else { return Vec::new() };
    if let Body::Fields(fields) = form.body { fields } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::model::testing::{SMALL, with};
    use crate::model::{Expect, Model, load, read};

    /// A folder of its own, removed in the end.
    struct Folder(PathBuf);

    impl Folder {
        /// With `like.ron` of this text beside `m.ron` of that.
        fn new(test: &str, like: &str, base: &str) -> Self {
            let name = format!("cl-check-like-{test}-{}", std::process::id());
            let folder = Self(std::env::temp_dir().join(name));
            fs::create_dir_all(folder.0.join("inner")).expect("a folder");
            folder.write("like.ron", like);
            folder.write("m.ron", base);
            folder
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.0.join(name), text).expect("written");
        }

        fn model(&self) -> std::result::Result<Model, Error> {
            load(&self.0.join("like.ron"))
        }

        /// What is said: `file:line:column message | hint`, or `ok`.
        fn said(&self) -> String {
            let Err(error) = self.model() else { return "ok".to_owned() };
            let path = error.path.strip_prefix(&self.0).expect("a file of the folder").display().to_string();
            let place = error.place.as_deref().expect("a place");
            assert!(place.text.get(place.span.clone()).is_some(), "the place is in the text: {error}");
            let hint = error.hint.as_deref().expect("every error has a hint");
            let said = format!("{path}:{}:{} {} | {hint}", place.line, place.column, error.message);
            said.replace(&*self.0.to_string_lossy(), "..")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_given_stands_in_place_of_what_the_other_says() {
        let like = "Like(model: \"m.ron\", mutations: [Delete(on_start, 1)], snapshots: [By(\"C\")], \
                    expect: Violated([Terminates]))";
        let base = with(&["about: \"base\"", "mutations: [Delete(on_start, 0)]", "channels: Bag"]);
        let folder = Folder::new("given", like, &base);
        let (model, other) =
            (folder.model().expect("good"), crate::model::testing::model(&base).expect("good"));
        assert_eq!((model.name.as_str(), model.about.as_str()), ("like", "base"));
        assert_eq!(format!("{:?}", model.mutations), "[Delete(OnStart, 1)]");
        assert_eq!((model.snapshots.len(), model.shape), (1, other.shape));
        assert_eq!(model.topology.channels(), other.topology.channels());
        assert!(matches!(model.expect, Expect::Violated(_)));
    }

    #[test]
    fn a_name_is_kept_where_it_is_given_or_there_is_no_file() {
        let folder = Folder::new("named", "Like(name: \"mine\", model: \"m.ron\")", SMALL);
        assert_eq!(folder.model().expect("good").name, "mine");
        let text = format!("Like(model: {:?})", folder.0.join("m.ron").display().to_string());
        assert_eq!(read(&Source::new("-", text)).expect("good").name, "m");
    }

    #[test]
    fn the_algorithm_of_the_other_is_found_beside_the_other() {
        let folder = Folder::new("beside", "Like(model: \"inner/base.ron\")", "");
        folder.write("inner/base.ron", &with(&["algorithm: \"mine.ron\""]));
        folder.write("inner/mine.ron", "Algorithm(name: \"x\", on_start: [Record], complete_when: Recorded)");
        assert_eq!(folder.model().expect("good").algorithm.name, "x");
        folder.write("inner/mine.ron", "Algorithm(name: \"x\", on_start: [Recrod], complete_when: Recorded)");
        assert_eq!(
            folder.said(),
            "inner/mine.ron:1:33 in the algorithm `mine.ron`: there is no `Recrod` here | did you mean `Record`?"
        );
        folder.write("inner/base.ron", &with(&["algorithm: \"none.ron\""]));
        assert_eq!(
            folder.said(),
            "inner/base.ron:6:12 the algorithm `none.ron`: there is no such file | paths are relative to the model's \
             folder; this one means ../inner/none.ron"
        );
        folder.write("like.ron", "Like(model: \"inner/base.ron\", algorithm: \"inner/mine.ron\")");
        assert!(folder.said().starts_with("inner/mine.ron:1:33 "));
    }

    /// A model that is like the small one, and what is said of it.
    const SAID: &[(&str, &str)] = &[
        ("Like(model: \"m.ron\")", "ok"),
        ("// the same\nLike(model: \"../x/m.ron\", walk: [], then: Explore, channel_capacity: None)", "ok"),
        (
            "Like(model: \"n.ron\")",
            "like.ron:1:13 the model `n.ron`: there is no such file | paths are relative to the model's folder; this one \
             means ../n.ron",
        ),
        (
            "Like(model: \"inner\")",
            "like.ron:1:13 the model `inner` is not a file | paths are relative to the model's folder; this one means \
             ../inner",
        ),
        (
            "Like(model: \"inner/../like.ron\")",
            "like.ron:1:13 this model is like itself | name the file of another model, one that is written out",
        ),
        (
            "Like(expect: Verified)",
            "like.ron:1:1 the field `model` is missing | write `Like(model: \"other.ron\", expect: Verified)`",
        ),
        (
            "Like(\"m.ron\")",
            "like.ron:1:1 the field `model` is missing | write `Like(model: \"other.ron\", expect: Verified)`",
        ),
        (
            "Like(model: m)",
            "like.ron:1:13 expected the path of a model, found `m` | write `Like(model: \"other.ron\", expect: Verified)`",
        ),
        (
            "Like(model: \"m.ron\", model: \"m.ron\")",
            "like.ron:1:22 the field `model` is given twice | remove one of them",
        ),
        (
            "Like(model: \"m.ron\", then: Stop, then: Stop)",
            "like.ron:1:34 the field `then` is given twice | remove one of them",
        ),
        (
            "Like(model: \"m.ron\", expects: Verified)",
            "like.ron:1:22 unknown field `expects` | did you mean `expect`?",
        ),
        ("Lke(model: \"m.ron\")", "like.ron:1:1 expected `Model(..)`, found `Lke` | did you mean `Like`?"),
        (
            "Like(model: \"m.ron\", mutations: [Delete(on_start, 9)])",
            "like.ron:1:34 `on_start` has no action 9 | `on_start` has 3 actions, numbers 0 to 2",
        ),
        (
            "Like(model: \"m.ron\", name: \"\")",
            "like.ron:1:28 the model has an empty name | give it a short, readable name",
        ),
        (
            "Like(model: \"m.ron\", topology: Line([\"A\", \"C\"]))",
            "m.ron:5:31 in the model `m.ron`: there is no process `B` | known are `A`, `C`",
        ),
    ];

    #[test]
    fn what_is_wrong_here_is_said_here() {
        for (like, expected) in SAID {
            let folder = Folder::new("here", like, SMALL);
            let like = like.replace("../x/", &format!("{}/", folder.0.display()));
            folder.write("like.ron", &like);
            assert_eq!(folder.said(), *expected, "{like}");
        }
    }

    /// The other file, and what is said of a model like it.
    const SAID_THERE: &[(&str, &str)] = &[
        ("", "m.ron:1:1 in the model `m.ron`: the file is empty | a model begins with `Model(`"),
        (
            "\nModel(name: 1",
            "m.ron:2:6 in the model `m.ron`: this is not RON: the `(` that opens here is never closed | expected `,` or \
             `)` at the end of the file",
        ),
        (
            "Algorithm(name: \"x\", complete_when: Recorded)",
            "m.ron:1:1 in the model `m.ron`: this file is an algorithm, not a model | name it in the `algorithm` of a \
             model",
        ),
        (
            "Like(model: \"n.ron\")",
            "like.ron:2:8 the model `m.ron` is a `Like` itself | name the file of a model that is written out",
        ),
        ("Model()", "m.ron:1:1 in the model `m.ron`: the field `topology` is missing | add `topology: ..`"),
        (
            "Model",
            "m.ron:1:1 in the model `m.ron`: expected `Model(..)`, found `Model` | a model begins with `Model(`",
        ),
        (
            "// base\nModel(model: \"n.ron\")",
            "m.ron:2:7 in the model `m.ron`: unknown field `model` | known are `name`, `about`, `topology`, `channels`, \
             `channel_overrides`, `channel_capacity`, `application`, `recovery`, `algorithm`, `mutations`, `equivalent`, `snapshots`, \
             `walk`, `then`, `check`, `expect`, `reach`, `recorded`",
        ),
        (
            "Model(name: \"x\", topology: Line([\"A\", \"B\"]), application: Tokens(start: 1), walk: [Start(0, \"A\")])",
            "m.ron:1:90 in the model `m.ron`: there is no snapshot 0 | the model lists no snapshots; `snapshots: \
             [By(\"A\")]` lists one",
        ),
    ];

    #[test]
    fn what_is_wrong_there_is_said_there() {
        for (base, expected) in SAID_THERE {
            let folder = Folder::new("there", "Like(\nmodel: \"m.ron\")", base);
            assert_eq!(folder.said(), *expected, "{base}");
        }
    }

    /// What the other says wrong counts only where it is not replaced.
    #[test]
    fn what_is_replaced_is_not_asked() {
        let base = with(&["walk: [Start(7, \"A\")]"]);
        let folder = Folder::new("replaced", "Like(model: \"m.ron\", walk: [])", &base);
        assert_eq!(folder.said(), "ok");
    }
}
