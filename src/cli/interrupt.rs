//! Ctrl-C: the first asks the search to stop, the second ends the program. Knows no search.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit::Exit;
use crate::engine::remove_spilled;

static ASKED: AtomicBool = AtomicBool::new(false);

/// The flag that the first Ctrl-C sets.
pub fn flag() -> &'static AtomicBool {
    &ASKED
}

/// Was the program asked to stop?
pub fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Listens from now on. Where that is impossible, Ctrl-C ends the program at once, as ever.
pub fn listen() {
    listen_and_remove(None);
}

/// The same; where the program ends at once, what is on disk below `spill` is removed.
pub fn listen_and_remove(spill: Option<&Path>) {
    let spill = spill.map(Path::to_owned);
    let _ = ctrlc::set_handler(move || {
        if ASKED.swap(true, Ordering::Relaxed) {
            if let Some(spill) = &spill {
                remove_spilled(spill);
            }
            std::process::exit(i32::from(Exit::Killed.code()));
        }
        let _ = writeln!(std::io::stderr(), "\ncl-check: stopping; once more ends at once");
    });
}
