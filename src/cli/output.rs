//! Standard output and what it takes: written whole, failures noticed, a closed pipe no failure.

use std::io::{self, ErrorKind, Write};

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

use super::arguments::{Color, Format, PageArguments, ReportArguments};
use super::exit::Exit;
use crate::model::Error;
use crate::report::{Page, pretty};

/// Are colours welcome on this stream?
pub fn wants_color(color: Color, stream: &impl anstream::stream::RawStream) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => AutoStream::choice(stream) != ColorChoice::Never,
    }
}

/// The width of the terminal that standard output is; elsewhere what `COLUMNS` says, if it says something.
fn columns() -> Option<usize> {
    let terminal = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    let said = || std::env::var("COLUMNS").ok()?.trim().parse().ok().filter(|&columns| columns > 0);
    terminal.or_else(said)
}

/// What reports are written on.
pub fn page(arguments: PageArguments, batch: bool) -> Page {
    Page {
        columns: columns(),
        color: wants_color(arguments.color, &io::stdout()),
        times: !arguments.no_times,
        batch,
        ascii: arguments.ascii,
    }
}

/// Writes a text and sees that it arrives.
///
/// # Errors
/// Where it does not: the exit that this calls for.
pub fn print(text: &[u8]) -> Result<(), Exit> {
    let mut out = io::stdout().lock();
    out.write_all(text).and_then(|()| out.flush()).map_err(|reason| failed(&reason))
}

/// Prints an answer in the form that was asked for, which ends with this exit.
pub fn answer<R: Serialize>(
    report: ReportArguments,
    exit: Exit,
    text: impl FnOnce(Page) -> String,
    record: impl FnOnce() -> R,
) -> Exit {
    let printed = match report.format {
        Format::Human => {
            let page = page(report.page, false);
            print(page.finished(text(page)).as_bytes())
        }
        format => print_json(&record(), format),
    };
    printed.err().map_or(exit, |end| exit.max(end))
}

/// Prints JSON: one line of it where lines are asked for.
///
/// # Errors
/// As [`print`].
pub fn print_json(value: &impl Serialize, format: Format) -> Result<(), Exit> {
    let mut text = Vec::new();
    let made = match format {
        Format::Ndjson => serde_json::to_writer(&mut text, value).map_err(io::Error::from),
        _ => pretty(value, &mut text),
    };
    made.map_err(|reason| failed(&reason))?;
    if format == Format::Ndjson {
        text.push(b'\n');
    }
    print(&text)
}

/// The exit that a failure to write calls for; says why, unless nobody reads any more, which is no failure.
pub fn failed(reason: &io::Error) -> Exit {
    if reason.kind() == ErrorKind::BrokenPipe {
        return Exit::Met;
    }
    complain(&format!("cannot write to standard output: {reason}"));
    Exit::Unusable
}

/// Shows what is wrong with a model or another file, on standard error; there is no one to tell if that fails.
pub fn show(error: &Error, color: bool) {
    let _ = write!(io::stderr(), "{}", error.render(color));
}

/// Tells the user something on standard error; there is no one to tell if that fails.
pub fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "cl-check: {message}");
}
