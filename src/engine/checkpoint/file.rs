//! The file of a checkpoint: what is written first and last, how it takes the place of the one before, and how damage is
//! noticed. Knows not what the bytes between mean.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::engine::disk::DiskError;

/// The first bytes; the number is that of the format.
const BEGIN: &[u8; 24] = b"cl-check checkpoint  2\n\0";
/// Where the number of the format begins.
const FORMAT_AT: usize = 20;
/// The last bytes.
const END: &[u8; 8] = b"whole.\n\0";
/// Before them: where the record begins, and its sum.
const TAIL_BYTES: usize = 8 + 4 + END.len();

const ANEW: &str = "begin anew, with --checkpoint and another directory";

/// The checkpoint of a directory.
pub fn path(directory: &Path) -> PathBuf {
    directory.join("checkpoint")
}

/// Writes a checkpoint aside, and puts it in its place when all of it is on the disk. `fill` writes the states, and
/// makes the record that goes after them.
pub fn write(
    directory: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<Vec<u8>, DiskError>,
) -> Result<(), DiskError> {
    let aside = directory.join("checkpoint.new");
    let written = |reason: io::Error| DiskError::of("write", &aside, &reason);
    let done = (|| {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&aside).map_err(written)?);
        out.write_all(BEGIN).map_err(written)?;
        let record = fill(&mut out)?;
        let at = out.stream_position().map_err(written)?;
        let file = seal(out, at, &record).map_err(written)?;
        file.sync_all().map_err(written)?;
        fs::rename(&aside, path(directory)).map_err(written)
    })();
    if done.is_err() {
        // What is in its place is untouched.
        let _ = fs::remove_file(&aside);
    }
    done?;
    // So that the new name lasts too; not all systems can, and those that cannot need not.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
    Ok(())
}

fn seal(mut out: BufWriter<File>, at: u64, record: &[u8]) -> io::Result<File> {
    out.write_all(record)?;
    out.write_all(&at.to_le_bytes())?;
    let mut sum = crc32fast::Hasher::new();
    sum.update(record);
    sum.update(&at.to_le_bytes());
    out.write_all(&sum.finalize().to_le_bytes())?;
    out.write_all(END)?;
    Ok(out.into_inner()?)
}

/// Opens the checkpoint of a directory: the file, where its states begin, and its record; `states_end` is where they
/// end.
pub fn open(directory: &Path) -> Result<Opened, DiskError> {
    let path = path(directory);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => {
            let shown = directory.display();
            let hint = "a search that is to be resumed is begun with --checkpoint and this directory";
            return Err(DiskError::new(format!("there is no checkpoint in `{shown}`"), hint));
        }
        Err(reason) => return Err(DiskError::of("read", &path, &reason)),
    };
    match read(&mut file) {
        Ok((record, states_end)) => Ok(Opened { path, file, record, states_end }),
        Err(Flaw::Unreadable(reason)) => Err(DiskError::of("read", &path, &reason)),
        Err(Flaw::Damaged) => Err(damaged(&path)),
        Err(Flaw::Foreign) => {
            Err(DiskError::new(format!("`{}` is not a checkpoint of cl-check", path.display()), ANEW))
        }
        Err(Flaw::OtherFormat) => {
            let message = format!("`{}` was written by another version of cl-check", path.display());
            Err(DiskError::new(message, "go on with that version, or begin anew"))
        }
    }
}

/// A checkpoint that is whole, as far as one can tell without its states.
pub struct Opened {
    /// Where it is.
    pub path: PathBuf,
    /// The file, at the first of the states.
    pub file: File,
    /// What stands after them.
    pub record: Vec<u8>,
    /// So many bytes are states.
    pub states_end: u64,
}

/// A checkpoint that is not as it was written.
pub fn damaged(path: &Path) -> DiskError {
    DiskError::new(format!("`{}` is damaged: it is not as it was written", path.display()), ANEW)
}

enum Flaw {
    Unreadable(io::Error),
    Damaged,
    Foreign,
    OtherFormat,
}

impl From<io::Error> for Flaw {
    fn from(reason: io::Error) -> Self {
        if reason.kind() == io::ErrorKind::UnexpectedEof { Self::Damaged } else { Self::Unreadable(reason) }
    }
}

fn read(file: &mut File) -> Result<(Vec<u8>, u64), Flaw> {
    let bytes = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut begin = [0; BEGIN.len()];
    file.read_exact(&mut begin)?;
    if begin[..FORMAT_AT] != BEGIN[..FORMAT_AT] {
        return Err(Flaw::Foreign);
    }
    if begin != *BEGIN {
        return Err(Flaw::OtherFormat);
    }
    let tail_at = bytes.checked_sub(TAIL_BYTES as u64).ok_or(Flaw::Damaged)?;
    file.seek(SeekFrom::Start(tail_at))?;
    let mut tail = [0; TAIL_BYTES];
    file.read_exact(&mut tail)?;
    let ([at @ .., _, _, _, _], end) = split(tail);
    let sum = u32::from_le_bytes([tail[8], tail[9], tail[10], tail[11]]);
    let at = u64::from_le_bytes(at);
    if end != *END || at < BEGIN.len() as u64 || at > tail_at {
        return Err(Flaw::Damaged);
    }
    file.seek(SeekFrom::Start(at))?;
    let mut record = vec![0; (tail_at - at) as usize];
    file.read_exact(&mut record)?;
    let mut expected = crc32fast::Hasher::new();
    expected.update(&record);
    expected.update(&at.to_le_bytes());
    if sum != expected.finalize() {
        return Err(Flaw::Damaged);
    }
    file.seek(SeekFrom::Start(BEGIN.len() as u64))?;
    Ok((record, at - BEGIN.len() as u64))
}

/// What stands before the end, and the end.
fn split(tail: [u8; TAIL_BYTES]) -> ([u8; 12], [u8; END.len()]) {
    let (mut before, mut end) = ([0; 12], [0; END.len()]);
    before.copy_from_slice(&tail[..12]);
    end.copy_from_slice(&tail[12..]);
    (before, end)
}
