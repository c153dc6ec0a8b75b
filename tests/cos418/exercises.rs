//! Small exercises, as data.

use cl_check::cos418::Exercise;
use cl_check::model::Source;

/// N1 has 1 token, N2 none; a link each way.
pub const PAIR: &str = "2\nN1 1\nN2 0\nN1 N2\nN2 N1\n";
pub const MESSAGE: &str = "send N1 N2 1\nsnapshot N2\ntick\n";

/// Three servers, all links.
pub const THREE: &str = "3\nN1 10\nN2 3\nN3 0\nN1 N2\nN2 N1\nN1 N3\nN3 N1\nN2 N3\nN3 N2\n";
pub const SIMPLE: &str =
    "send N1 N2 3\nsend N2 N3 2\nsnapshot N2\ntick\nsend N1 N2 2\ntick 4\nsend N2 N3 1\n";

/// The exercise of these two texts.
pub fn exercise(topology: &str, events: &str) -> Exercise {
    let read = Exercise::read(&Source::new("a.top", topology), &Source::new("a.events", events));
    read.unwrap_or_else(|error| panic!("{error}"))
}
