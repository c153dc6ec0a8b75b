//! Ctrl-C: the first asks the search to stop, the second ends the program. Knows no search.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit::Exit;

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
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Killed.code()));
        }
        let _ = writeln!(std::io::stderr(), "\ncl-check: stopping; once more ends at once");
    });
}
