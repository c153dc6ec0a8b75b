//! The files: what is read, and what is said of those that cannot be.

use cl_check::cos418::{Exercise, read_recordings};
use cl_check::model::{Error, Source};

use super::exercises::{MESSAGE, PAIR, exercise};

fn of_topology(text: &str) -> Result<Exercise, Error> {
    Exercise::read(&Source::new("a.top", text), &Source::new("a.events", ""))
}

fn of_events(text: &str) -> Result<Exercise, Error> {
    Exercise::read(&Source::new("a.top", PAIR), &Source::new("a.events", text))
}

fn of_snapshots(texts: &[&str]) -> Result<(), Error> {
    let sources: Vec<Source> = texts.iter().map(|text| Source::new("a.snap", *text)).collect();
    read_recordings(&exercise(PAIR, MESSAGE), &sources).map(drop)
}

#[track_caller]
fn fails<T: std::fmt::Debug>(read: Result<T, Error>, message: &str, hint: &str) {
    let error = read.expect_err(message);
    assert_eq!(error.to_string(), message);
    assert!(error.hint.as_deref().is_some_and(|said| said.contains(hint)), "{message}: {:?}", error.hint);
}

#[test]
fn topologies_that_cannot_be_read() {
    let cases = [
        ("", "a.top: the topology is empty", "number of servers"),
        ("# nothing\n\n", "a.top: the topology is empty", "number of servers"),
        (
            "two\n",
            "a.top:1:1: the number of servers must be a whole number from 1 to 64, found `two`",
            "1 to 64",
        ),
        ("0\n", "a.top:1:1: the number of servers must be a whole number from 1 to 64, found `0`", "1 to 64"),
        (
            "65\n",
            "a.top:1:1: the number of servers must be a whole number from 1 to 64, found `65`",
            "1 to 64",
        ),
        ("2 3\n", "a.top:1:1: the first line is the number of servers, and nothing else", "ID TOKENS"),
        ("2\nA 1\n", "a.top:1:1: the first line says 2 servers, but 1 lines follow it", "ID TOKENS"),
        ("2\nA 1\nA 1\n", "a.top:3:1: there is a server `A` already", "name of its own"),
        (
            "1\nA -1\n",
            "a.top:2:3: how many tokens must be a whole number from 0 to 9007199254740991, found `-1`",
            "0",
        ),
        ("1\nA\n", "a.top:2:1: a server has a name and a number of tokens; 1 are still to come", "ID TOKENS"),
        ("2\nA 1\nB 1\nA C\n", "a.top:4:3: there is no server `C`", "the servers are A, B"),
        ("2\nN1 1\nN2 1\nN1 N3\n", "a.top:4:4: there is no server `N3`", "did you mean `N1`?"),
        ("2\nA 1\nB 1\nA A\n", "a.top:4:1: a link leads from one server to another", "leave"),
        ("2\nA 1\nB 1\nA B\n\nA B\n", "a.top:6:1: there is this link already", "leave"),
        ("1\nA 1\nB 1 2\n", "a.top:3:1: a link has a source and a destination", "SRC DEST"),
    ];
    for (text, message, hint) in cases {
        fails(of_topology(text), message, hint);
    }
}

#[test]
fn events_that_cannot_be_read() {
    let ticks = "tick 100000\ntick\n";
    let snapshots = "snapshot N1\n".repeat(17);
    let cases = [
        ("sned N1 N2 1\n", "a.events:1:1: `sned` is no event", "send SRC DEST TOKENS"),
        (
            "\n# c\nsend N1 N2\n",
            "a.events:3:1: a send has a source, a destination and a number of tokens",
            "send",
        ),
        ("send N1 N1 1\n", "a.events:1:1: there is no link from N1 to N1", "no line `N1 N1`"),
        ("send N1 N4 1\n", "a.events:1:9: there is no server `N4`", "did you mean `N1`?"),
        (
            "send N1 N2 0\n",
            "a.events:1:12: how many tokens must be a whole number from 1 to 9007199254740991, found `0`",
            "1",
        ),
        ("send N1 N2 2\n", "a.events:1:12: a send of 2, but all servers together hold 1", "send less"),
        ("snapshot\n", "a.events:1:1: a snapshot has the server that starts it", "snapshot ID"),
        (
            "tick many\n",
            "a.events:1:6: how many ticks must be a whole number from 0 to 100000, found `many`",
            "0",
        ),
        (ticks, "a.events:2:1: the most supported is 100000 ticks in all", "leave some out"),
        (&snapshots, "a.events:17:1: the most supported is 16 snapshots", "leave some out"),
    ];
    for (text, message, hint) in cases {
        fails(of_events(text), message, hint);
    }
}

#[test]
fn snapshots_that_cannot_be_read() {
    let good = "0\nN1 0\nN2 0\nN1 N2 token(1)\n";
    let cases: [(&[&str], &str, &str); 10] = [
        (&[""], "a.snap: the snapshot is empty", "number"),
        (&["1\n"], "a.snap:1:1: the snapshot's number must be a whole number from 0 to 0, found `1`", "0"),
        (&["0\nN1 0\n"], "a.snap: there is no line for server N2", "ID TOKENS"),
        (&["0\nN1 0\nN1 0\n"], "a.snap:3:1: N1 is there already", "one line for each"),
        (&["0\nN1 0\nN2 0\nN1 N2 1\n"], "a.snap:4:7: expected `token(N)`, found `1`", "token(N)"),
        (
            &["0\nN1 N2 token(x)\n"],
            "a.snap:2:13: how many tokens must be a whole number from 0 to 9007199254740991, found `x`",
            "0",
        ),
        (&["0\nN1 0 0 0\n"], "a.snap:2:1: neither a server nor a message", "ID TOKENS"),
        (&["0\nN3 0\n"], "a.snap:2:1: there is no server `N3`", "did you mean `N1`?"),
        (&[good, good], "a.snap:1:1: there is another file for snapshot 0", "one file for each"),
        (&["0 1\n"], "a.snap:1:1: the first line is the snapshot's number, and nothing else", "ID TOKENS"),
    ];
    for (texts, message, hint) in cases {
        fails(of_snapshots(texts), message, hint);
    }
    let two = exercise(PAIR, "snapshot N1\nsnapshot N2\n");
    let one = Source::new("a.snap", good);
    let missing = "a.snap: the script starts 2 snapshots, but no file is for snapshot 1";
    fails(read_recordings(&two, &[one]), missing, "one file for each");
}

/// Comments, blank lines, CRLF, blanks at the ends, and a byte order mark mean nothing.
#[test]
fn what_means_nothing() {
    let plain = exercise(PAIR, MESSAGE);
    let crlf = |text: &str| format!("\u{feff}# a comment\r\n\r\n{}", text.replace('\n', " \r\n"));
    assert_eq!(exercise(&crlf(PAIR), &crlf(MESSAGE)), plain);
    assert_eq!(exercise(PAIR, &MESSAGE.replace("tick", "tick 1")), plain);
    let text = "0\nN1 0\nN2 0\nN1 N2 token(1)\n";
    let read =
        |text: &str| read_recordings(&plain, &[Source::new("a.snap", text)]).expect("it is of the format");
    assert_eq!(read(&crlf(text)), read(text));
}

/// What is written is read again as it was; servers and links are in string order, `N10` before `N2`.
#[test]
fn snapshots_are_written_as_they_are_read() {
    let exercise =
        exercise("2\nN2 5\nN10 0\nN2 N10\nN10 N2\n", "send N2 N10 1\nsend N2 N10 2\nsnapshot N10\n");
    let text = "0\nN10 0\nN2 2\nN2 N10 token(1)\nN2 N10 token(2)\n";
    let read = read_recordings(&exercise, &[Source::new("a.snap", text)]).expect("it is of the format");
    assert_eq!(read[0].text(&exercise, 0), text);
}
