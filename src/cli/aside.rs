//! Files that are written aside and put in their place when they are whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::exit::Exit;
use super::output;
use crate::report::printable;

/// What is written until it is whole.
pub enum Aside {
    /// A file in the folder of another one, whose place it can take.
    File(NamedTempFile, PathBuf),
    /// What is there is no file whose place could be taken, such as `/dev/stdout`: it is written to as it is.
    Device(fs::File),
}

/// Somewhere to write what is to stand at this path.
pub fn aside(path: &Path) -> io::Result<Aside> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
        Ok(found) if !found.is_file() || is_stream(path) => {
            return fs::OpenOptions::new().append(true).open(path).map(Aside::Device);
        }
        _ => {}
    }
    // What a link leads to is replaced, not the link, unless it leads nowhere.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cl-check-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    Ok(Aside::File(file, path))
}

/// Does it stand for something that is open already? That may be a file, but its place is not for us to take.
fn is_stream(path: &Path) -> bool {
    ["/dev/std", "/dev/fd/", "/proc/"].iter().any(|streams| path.to_string_lossy().starts_with(streams))
}

impl Aside {
    /// It is whole: puts it in its place.
    pub fn put(self) -> io::Result<()> {
        match self {
            Self::File(mut file, path) => {
                file.flush()?;
                file.as_file().sync_all()?;
                file.persist(path).map(drop).map_err(|failure| failure.error)
            }
            Self::Device(mut device) => device.flush(),
        }
    }
}

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file, _) => file.write(bytes),
            Self::Device(device) => device.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file, _) => file.flush(),
            Self::Device(device) => device.flush(),
        }
    }
}

/// Writes a whole file.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut aside = aside(path)?;
    aside.write_all(text.as_bytes())?;
    aside.put()
}

/// The exit that a file which cannot be written calls for; says why.
pub fn unwritable(path: &Path, reason: &io::Error) -> Exit {
    let path = printable(&path.display().to_string());
    output::complain(&format!("cannot write `{path}`: {}", reason.kind()));
    Exit::Unusable
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_devices_stay() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        fs::write(&file, "before").expect("it can be written");
        std::os::unix::fs::symlink(&file, &link).expect("a link can be made");
        write(&link, "after").expect("it can be written");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "after");
        assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing is left beside them");
        // Only asked for: with the rights to do it, a mistake here would be one for the whole machine.
        assert!(matches!(aside(Path::new("/dev/null")), Ok(Aside::Device(_))));
    }
}
