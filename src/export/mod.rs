//! A model -> the same system in the language of another checker, so that others can look where we have looked.
//!
//! What is exported has the same states as `docs/semantics.md` tells of, ghost cut included: one transition an event, and
//! what another checker counts is what we count. `plain` says what can be exported, the other files write it down.

mod plain;
mod promela;
mod text;
mod tla;

use plain::Plain;

use crate::model::Model;

/// The language of another checker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Promela, for SPIN.
    Promela,
    /// TLA+, for TLC.
    Tla,
}

/// A model in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The text. Where there is a configuration, it stands in there too, as a comment.
    pub text: String,
    /// What TLC reads beside the module.
    pub configuration: Option<String>,
}

/// Why a model cannot be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// What it is that cannot.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

/// Writes a model in another language. A module of TLA+ bears the name of its file, which is asked for here.
///
/// ```
/// use cl_check::export::{Language, export};
/// use cl_check::model::{Source, read};
///
/// let pair = r#"Model(name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")], application: Tokens())"#;
/// let pair = read(&Source::new("pair.ron", pair)).unwrap();
/// assert!(export(&pair, Language::Promela, "pair").unwrap().text.contains("active proctype System()"));
/// assert!(export(&pair, Language::Tla, "pair").unwrap().text.contains("MODULE pair"));
/// ```
///
/// # Errors
/// Where the model has something that is not exported.
pub fn export(model: &Model, language: Language, module: &str) -> Result<Exported, Unfit> {
    let plain = Plain::of(model)?;
    match language {
        Language::Promela => promela::write(&plain),
        Language::Tla => Ok(tla::write(&plain, &module_name(module))),
    }
}

/// The name of a module that is nearest to this one: letters, digits and `_`, and a letter first.
pub fn module_name(name: &str) -> String {
    let plain = |sign: char| if sign.is_ascii_alphanumeric() { sign } else { '_' };
    let name: String = name.chars().map(plain).collect();
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("m_{name}") }
}
