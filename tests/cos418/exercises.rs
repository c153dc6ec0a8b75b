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

/// Two squares of four, joined by one edge; all links both ways.
pub const EIGHT: &str = "8\nA1 12\nA2 12\nA3 12\nA4 12\nB1 5\nB2 0\nB3 0\nB4 0\n\
    A1 A2\nA2 A1\nA2 A3\nA3 A2\nA3 A4\nA4 A3\nA4 A1\nA1 A4\nA4 B1\nB1 A4\n\
    B1 B2\nB2 B1\nB2 B3\nB3 B2\nB3 B4\nB4 B3\nB4 B1\nB1 B4\n";
/// Five snapshots, several of them at once.
pub const FIVE_AT_ONCE: &str = "send A1 A2 1\ntick\nsend A2 A3 2\nsnapshot A3\ntick\nsend A3 A4 3\nsnapshot A1\ntick\n\
    send A4 B1 4\nsnapshot B4\nsend B1 B2 1\ntick 2\nsend A2 A1 2\nsend A4 A3 1\nsnapshot B2\ntick\nsend B1 B4 2\n\
    snapshot A2\ntick 3\nsend A1 A4 2\nsend B1 A4 1\n";

/// Ten servers in a ring, each sending on at every tick, and a snapshot at each of the ticks.
pub fn ten_in_a_ring() -> (String, String) {
    let names: Vec<String> = (1..=10).map(|number| format!("R{number}")).collect();
    let servers: String = names.iter().map(|name| format!("{name} 100\n")).collect();
    let next = |at: usize| &names[(at + 1) % names.len()];
    let links: String = names.iter().enumerate().map(|(at, name)| format!("{name} {}\n", next(at))).collect();
    let sends: String =
        names.iter().enumerate().map(|(at, name)| format!("send {name} {} 10\n", next(at))).collect();
    let events = names.iter().map(|name| format!("{sends}snapshot {name}\ntick\n")).collect();
    (format!("10\n{servers}{links}"), events)
}
