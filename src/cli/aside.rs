//! Files that are written aside and put in their place when they are whole.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::exit::Exit;
use super::output;
use crate::report::printable;

/// A file beside another, of the same folder, so that it can take its place.
pub fn aside(path: &Path) -> io::Result<NamedTempFile> {
    if path.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cl-check-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder.unwrap_or(Path::new(".")))
}

/// Puts it there.
pub fn in_place(mut aside: NamedTempFile, path: &Path) -> io::Result<()> {
    aside.flush()?;
    aside.as_file().sync_all()?;
    aside.persist(path).map(drop).map_err(|failure| failure.error)
}

/// Writes a whole file.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut aside = aside(path)?;
    aside.write_all(text.as_bytes())?;
    in_place(aside, path)
}

/// The exit that a file which cannot be written calls for; says why.
pub fn unwritable(path: &Path, reason: &io::Error) -> Exit {
    output::complain(&format!(
        "cannot write `{}`: {}",
        printable(&path.display().to_string()),
        reason.kind()
    ));
    Exit::Unusable
}
