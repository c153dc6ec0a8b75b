//! Tests of models are data: one changed line of a small model, and what is said about it.

use super::{Error, Model, Source, read};

/// A model that is right, one field a line.
pub(super) const SMALL: &str = r#"Model(
name: "m",
topology: Line(["A", "B", "C"]),
application: Tokens(start: Each(1), behaviour: Free(sends: 1, amounts: [1])),
snapshots: [By("A"), By(["A", "B"])],
)
"#;

/// The small model with other or more fields, each in a line of its own.
pub(super) fn with(lines: &[&str]) -> String {
    let mut text: Vec<String> = SMALL.lines().map(str::to_owned).collect();
    for line in lines {
        let field = line.split(':').next().unwrap_or_default();
        match text.iter().position(|old| old.split(':').next() == Some(field)) {
            Some(place) => text[place] = format!("{line},"),
            None => text.insert(text.len() - 1, format!("{line},")),
        }
    }
    text.join("\n")
}

/// The model of a text.
pub(super) fn model(text: &str) -> Result<Model, Error> {
    read(&Source::new("m.ron", text))
}

/// What is said about a text: `line:column message | hint`, or `ok`.
pub(super) fn said(text: &str) -> String {
    match model(text) {
        Ok(_) => "ok".to_owned(),
        Err(error) => {
            let place = error.place.as_deref().expect("every error of a text has a place");
            assert!(place.text.get(place.span.clone()).is_some(), "the place is in the text: {error}");
            let hint = error.hint.as_deref().expect("every error has a hint");
            format!("{}:{} {} | {hint}", place.line, place.column, error.message)
        }
    }
}

/// Each line, put into the small model, is commented on like this.
pub(super) fn check(cases: &[(&str, &str)]) {
    for (line, expected) in cases {
        assert_eq!(said(&with(&[line])), *expected, "{line}");
    }
}
