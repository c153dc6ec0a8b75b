//! A file that a model names: found beside it, and blamed for what is wrong in it.

use std::ops::Range;
use std::path::Path;

use super::error::Error;
use super::fault::Fault;
use super::source::Source;

/// What a model names a file for.
pub(super) struct Purpose {
    /// As messages call the file.
    pub what: &'static str,
    /// What is wrong where a model names itself.
    pub itself: &'static str,
    /// What the file should be.
    pub hint: &'static str,
}

impl Purpose {
    /// The file of a name that stands at `span` in `source`.
    pub fn load(&self, name: &str, span: &Range<usize>, source: &Source) -> Result<Source, Error> {
        let what = self.what;
        let here = |message: String, hint: String| Fault::at(span, message).hint(hint).within(source);
        let path = source.folder().join(name);
        let special = path.metadata().is_ok_and(|metadata| !metadata.is_file());
        if special {
            return Err(here(format!("the {what} `{name}` is not a file"), looked_at(&path)));
        }
        if is_same_file(&path, &source.path) {
            return Err(here(self.itself.to_owned(), self.hint.to_owned()));
        }
        Source::load(&path).map_err(|error| match error.place {
            None => here(format!("the {what} `{name}`: {}", error.message), looked_at(&path)),
            Some(_) => error,
        })
    }

    /// A fault in the file of this name.
    pub fn blame(&self, name: &str, included: &Source, fault: Fault) -> Error {
        let mut error = fault.within(included);
        error.message = format!("in the {} `{name}`: {}", self.what, error.message);
        error
    }
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
