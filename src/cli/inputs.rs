//! From what is named on the command line to the models to read: directories opened, algorithms left out.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::output::complain;
use crate::model::{Source, is_algorithm};

/// One model to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A directory that cannot be listed, and why.
    Unlisted(PathBuf, String),
}

impl Input {
    /// A single model: a file, or standard input.
    pub fn of(path: &Path) -> Self {
        if path == Path::new("-") { Self::Stdin } else { Self::File(path.to_owned()) }
    }

    /// As messages call it.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) | Self::Unlisted(path, _) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
        }
    }
}

/// All that the arguments name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// In the order of the arguments, sorted within a directory.
    pub models: Vec<Input>,
    /// Directories without any model.
    pub empty: Vec<PathBuf>,
}

impl Inputs {
    /// Resolves the arguments; where that fails, says why.
    ///
    /// # Errors
    /// The exit that this calls for.
    pub fn named(arguments: &[PathBuf]) -> Result<Self, Exit> {
        Self::of(arguments).map_err(|message| {
            complain(&message);
            Exit::Unusable
        })
    }

    /// Resolves the arguments.
    ///
    /// # Errors
    /// Where standard input is named twice.
    pub fn of(arguments: &[PathBuf]) -> Result<Self, String> {
        let mut inputs = Self::default();
        for path in arguments {
            if path == Path::new("-") {
                if inputs.models.contains(&Input::Stdin) {
                    return Err("standard input (-) can be named only once".to_owned());
                }
                inputs.models.push(Input::Stdin);
            } else if path.is_dir() {
                inputs.add_directory(path);
            } else {
                inputs.models.push(Input::File(path.clone()));
            }
        }
        Ok(inputs)
    }

    fn add_directory(&mut self, directory: &Path) {
        let mut found = Vec::new();
        collect(directory, &mut HashSet::new(), &mut found);
        found.sort_by_key(Input::name);
        found.retain(|input| !matches!(input, Input::File(path) if holds_algorithm(path)));
        if found.is_empty() {
            self.empty.push(directory.to_owned());
        }
        self.models.extend(found);
    }
}

/// Every `.ron` file below a directory. Links are followed, but no directory is entered twice.
fn collect(directory: &Path, entered: &mut HashSet<PathBuf>, found: &mut Vec<Input>) {
    let unlisted = |reason: io::Error| Input::Unlisted(directory.to_owned(), reason.to_string());
    match directory.canonicalize().map(|real| entered.insert(real)) {
        Ok(true) => {}
        Ok(false) => return,
        Err(reason) => return found.push(unlisted(reason)),
    }
    let entries = match fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(reason) => return found.push(unlisted(reason)),
    };
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort_unstable();
    for path in paths {
        // What cannot be looked at, such as a link to nowhere, is left for the reader to complain of.
        let metadata = fs::metadata(&path).ok();
        if metadata.as_ref().is_some_and(fs::Metadata::is_dir) {
            collect(&path, entered, found);
        } else if path.extension() == Some(OsStr::new("ron")) && metadata.is_none_or(|it| it.is_file()) {
            found.push(Input::File(path));
        }
    }
}

/// A file that cannot be read is no algorithm: it is an error when its turn comes.
fn holds_algorithm(path: &Path) -> bool {
    Source::load(path).is_ok_and(|source| is_algorithm(&source.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of its own, removed in the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("cl-check-inputs-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn file(&self, name: &str, text: &str) {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn found(&self) -> Vec<String> {
            let inputs = Inputs::of(std::slice::from_ref(&self.0)).unwrap();
            let shown = |input: &Input| input.name().replace(&format!("{}/", self.0.display()), "");
            inputs.models.iter().map(shown).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_directory_is_every_model_below_sorted() {
        let folder = Folder::new("sorted");
        folder.file("b.ron", "Model(");
        folder.file("a/z.ron", "");
        folder.file("a/y.ron", "// the algorithm\nAlgorithm(name: \"x\")");
        folder.file("notes.txt", "Model(");
        folder.file("a.ron", "not UTF-8 at all, or is it");
        assert_eq!(folder.found(), ["a.ron", "a/z.ron", "b.ron"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_end_and_links_to_nowhere_are_models() {
        let folder = Folder::new("links");
        folder.file("inner/a.ron", "Model(");
        std::os::unix::fs::symlink("..", folder.0.join("inner/up")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.0.join("lost.ron")).unwrap();
        assert_eq!(folder.found(), ["inner/a.ron", "lost.ron"]);
    }

    #[test]
    fn a_directory_without_models_is_noted() {
        let folder = Folder::new("empty");
        folder.file("algorithm.ron", "Algorithm()");
        let inputs = Inputs::of(std::slice::from_ref(&folder.0)).unwrap();
        assert_eq!(inputs, Inputs { models: Vec::new(), empty: vec![folder.0.clone()] });
    }

    #[test]
    fn standard_input_is_named_once() {
        let dash = PathBuf::from("-");
        assert_eq!(Inputs::of(std::slice::from_ref(&dash)).unwrap().models, [Input::Stdin]);
        assert!(Inputs::of(&[dash.clone(), dash]).is_err());
    }
}
