//! The text of a model and where it came from. All reading of files is here, and all of it is bounded.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::{Error, Place};
use super::hints;

/// The largest file that is read.
pub const FILE_BYTES_MAX: u64 = 4 << 20;

/// The most files among which a name is looked for.
const ENTRIES_MAX: usize = 10_000;

/// A text, and how it is called in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// As shown: the path, or `-` for standard input.
    pub path: PathBuf,
    /// All of it.
    pub text: String,
}

impl Source {
    /// A text that is already here.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Where it is missing, not a file, too large, or not UTF-8.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let metadata = std::fs::metadata(path).map_err(|reason| unreadable(path, &reason))?;
        if metadata.is_dir() {
            return Err(Error::whole(path, "this is a directory, not a file", "name a file in it"));
        }
        if metadata.len() > FILE_BYTES_MAX {
            return Err(too_large(path));
        }
        let file = File::open(path).map_err(|reason| unreadable(path, &reason))?;
        Self::from_reader(path, file)
    }

    /// Reads standard input; relative paths in it are relative to the working directory.
    ///
    /// # Errors
    /// As [`Source::load`].
    pub fn from_stdin() -> Result<Self, Error> {
        Self::from_reader(Path::new("-"), io::stdin().lock())
    }

    /// Reads to the end, but never more than [`FILE_BYTES_MAX`].
    pub(super) fn from_reader(path: &Path, reader: impl Read) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        reader
            .take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(|reason| unreadable(path, &reason))?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(too_large(path));
        }
        let text = String::from_utf8(bytes).map_err(|reason| not_utf8(path, &reason))?;
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        Ok(Self { path: path.to_owned(), text })
    }

    /// Where the paths in the text begin.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

fn unreadable(path: &Path, reason: &io::Error) -> Error {
    match reason.kind() {
        io::ErrorKind::NotFound => Error::whole(path, "there is no such file", &beside(path)),
        _ => {
            Error::whole(path, format!("cannot be read: {reason}"), "see that it is a file that you may read")
        }
    }
}

/// What there is where a file is missing.
fn beside(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return format!("there is no folder `{}` either", folder.display());
    }
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(ENTRIES_MAX);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let names: Vec<String> =
        names.filter(|other| *other != name && !other.contains(char::is_control)).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    match hints::nearest(&name, &names) {
        Some(near) => format!("did you mean `{}`?", path.with_file_name(near).display()),
        None => "nothing there is called like that".to_owned(),
    }
}

fn too_large(path: &Path) -> Error {
    let limit = FILE_BYTES_MAX >> 20;
    let message = format!("the file is larger than {limit} MiB, the largest that is read");
    Error::whole(path, message, "see that it is the right file")
}

fn not_utf8(path: &Path, reason: &std::string::FromUtf8Error) -> Error {
    let offset = reason.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(reason.as_bytes());
    let place = Place::new(&text, offset..offset + 1);
    Error {
        path: path.to_owned(),
        message: format!("the file is not UTF-8 text: the byte at offset {offset} fits no character"),
        hint: Some("save the file as UTF-8".to_owned()),
        place: Some(Box::new(place)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: &Error) -> String {
        format!("{error} | {}", error.hint.clone().unwrap_or_default())
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let read = |bytes: &[u8]| Source::from_reader(Path::new("m.ron"), bytes);
        assert_eq!(read(b"\xef\xbb\xbfModel").map(|source| source.text).as_deref(), Ok("Model"));
        let error = read(b"Model(\n  name: \"\xff\")").expect_err("not UTF-8");
        assert_eq!(
            said(&error),
            "m.ron:2:10: the file is not UTF-8 text: the byte at offset 16 fits no character | save the file as UTF-8"
        );
    }

    #[test]
    fn what_does_not_end_is_refused_after_the_limit() {
        let error = Source::from_reader(Path::new("-"), io::repeat(b' ')).expect_err("endless");
        assert_eq!(error.to_string(), "-: the file is larger than 4 MiB, the largest that is read");
    }

    #[test]
    fn a_huge_file_a_folder_and_nothing_are_refused() {
        let folder = std::env::temp_dir().join(format!("cl-check-source-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let huge = folder.join("huge.ron");
        File::create(&huge).and_then(|file| file.set_len(100 << 20)).expect("a file of 100 MB");
        let message = |path: &Path| Source::load(path).expect_err("no file").message;
        assert_eq!(message(&huge), "the file is larger than 4 MiB, the largest that is read");
        assert_eq!(message(&folder), "this is a directory, not a file");
        assert_eq!(message(&folder.join("none.ron")), "there is no such file");
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
