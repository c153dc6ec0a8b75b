//! One input -> one outcome, whatever happens: errors of the model are shown on standard error, a panic of ours is
//! caught and said to be ours.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use super::arguments::{CheckArguments, Color};
use super::exit::Exit;
use super::expected::Expected;
use super::inputs::Input;
use super::output::complain;
use super::progress::Progress;
use super::{interrupt, keeping, output};
use crate::check::{Options, check_on};
use crate::engine::{Bounds, available_bytes};
use crate::model::{Error, Model, Source, read};
use crate::report::{Failure, Form, Outcome};

/// Of the memory that is available, this part may be used: 80%.
const MEMORY_PERCENT: u64 = 80;

const PLEASE_REPORT: &str = "this is a bug of cl-check: please report it, with the model and this line";

/// How every model is examined.
#[derive(Clone, Copy, Debug)]
pub struct Examiner<'a> {
    arguments: &'a CheckArguments,
    threads: usize,
    memory_bytes_max: Option<u64>,
    color: bool,
}

impl<'a> Examiner<'a> {
    /// As the arguments say.
    pub fn new(arguments: &'a CheckArguments) -> Self {
        note_panics();
        Self {
            arguments,
            threads: arguments.threads.map_or_else(cores, usize::from),
            memory_bytes_max: memory_bytes_max(arguments.max_memory),
            color: output::wants_color(arguments.report.page.color, &std::io::stderr()),
        }
    }

    /// Reads and checks one model.
    pub fn examine(&self, input: &Input) -> Outcome {
        let path = input.name();
        if interrupt::is_asked() {
            return Outcome::Skipped { path };
        }
        guarded(&path, || self.judged(input)).unwrap_or_else(|failure| Outcome::Failed(*failure))
    }

    fn judged(&self, input: &Input) -> Outcome {
        let path = input.name();
        let model = match read_model(input, self.color) {
            Ok(model) => model,
            Err(failure) => return Outcome::Failed(*failure),
        };
        if interrupt::is_asked() {
            return Outcome::Skipped { path };
        }
        let progress = Progress::new(&path, !self.arguments.quiet);
        let expected = progress.as_ref().and_then(|_| Expected::of(&model, self.arguments.max_memory));
        let tell = |now| {
            if let Some(progress) = &progress {
                progress.tell(now, expected.as_ref().and_then(Expected::states));
            }
        };
        let keep = &self.arguments.keep;
        let mut verdict = match check_on(&model, &self.options(&tell), &keep.keep()) {
            Ok(verdict) => verdict,
            Err(error) => return Outcome::Failed(keeping::failure(path, error)),
        };
        drop(progress);
        verdict.path = path;
        keep.conclude(&verdict);
        Outcome::Judged(Box::new(verdict))
    }

    fn options<'o>(&self, progress: &'o (dyn Fn(crate::engine::Progress) + Sync)) -> Options<'o> {
        let bounds = Bounds {
            states_max: self.arguments.max_states,
            memory_bytes_max: self.memory_bytes_max,
            deadline: self.arguments.timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
            interrupt: Some(interrupt::flag()),
        };
        Options {
            threads: self.threads,
            orderings: !self.arguments.no_orderings,
            reduce: self.arguments.reduce.into(),
            audit: self.arguments.audit.unwrap_or(0),
            full_states_max: Options::default().full_states_max,
            coverage: self.arguments.coverage,
            distinct: usize::from(self.arguments.distinct),
            graph: self.arguments.export.iter().any(|export| export.form == Form::Dot),
            bounds,
            progress,
        }
    }
}

/// What a command does with a single model: the model is read, and a panic caught and said to be ours.
pub(super) fn single(path: &Path, color: Color, run: impl FnOnce(&Input, &Model) -> Exit) -> Exit {
    note_panics();
    let input = Input::of(path);
    let color = output::wants_color(color, &std::io::stderr());
    let done = guarded(&input.name(), || match read_model(&input, color) {
        Ok(model) => run(&input, &model),
        Err(_) => Exit::Unusable,
    });
    done.unwrap_or(Exit::Internal)
}

/// How many threads run at a time.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The bound on memory: as asked for, or a part of what there is.
pub(super) fn memory_bytes_max(asked: Option<u64>) -> Option<u64> {
    asked.or_else(|| available_bytes().map(|bytes| bytes / 100 * MEMORY_PERCENT))
}

/// Reads a model; where that fails, says so on standard error.
///
/// # Errors
/// The same for reports.
pub(super) fn read_model(input: &Input, color: bool) -> Result<Model, Box<Failure>> {
    source(input).and_then(|source| read(&source)).map_err(|error| {
        output::show(&error, color);
        let (path, file) = (input.name(), error.path.display().to_string());
        Box::new(Failure {
            file: (file != path).then_some(file),
            path,
            message: error.message.clone(),
            line: error.line(),
            column: error.column(),
            hint: error.hint.clone(),
            internal: false,
        })
    })
}

fn source(input: &Input) -> Result<Source, Error> {
    match input {
        Input::File(path) => Source::load(path),
        Input::Stdin => Source::from_stdin(),
        Input::Unlisted(path, reason) => Err(Error {
            path: path.clone(),
            message: format!("the directory cannot be listed: {reason}"),
            hint: None,
            place: None,
        }),
    }
}

/// Where the last panic was, whichever thread it was in.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// From now on panics are noted instead of printed.
pub(super) fn note_panics() {
    panic::set_hook(Box::new(note));
}

/// Notes a panic instead of printing it.
fn note(info: &PanicHookInfo<'_>) {
    let place =
        info.location().map_or(String::new(), |place| format!(" at {}:{}", place.file(), place.line()));
    if let Ok(mut panic) = PANIC.lock() {
        *panic = Some(place);
    }
}

/// Runs what must not panic; where it does, says so on standard error.
///
/// # Errors
/// The same for reports.
pub(super) fn guarded<T>(path: &str, work: impl FnOnce() -> T) -> Result<T, Box<Failure>> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let words = payload.downcast_ref::<&str>().map(|words| (*words).to_owned());
        let words = words.or_else(|| payload.downcast_ref::<String>().cloned());
        let place = PANIC.lock().ok().and_then(|mut panic| panic.take()).unwrap_or_default();
        let words = words.as_deref().unwrap_or("a panic without words");
        let message = format!("internal error{place}: {words}");
        complain(&format!("{path}: {message}; {PLEASE_REPORT}"));
        Box::new(Failure {
            path: path.to_owned(),
            file: None,
            message,
            line: None,
            column: None,
            hint: Some(PLEASE_REPORT.to_owned()),
            internal: true,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_outcome() {
        assert_eq!(guarded("a.ron", || 7).ok(), Some(7));
        let failure = guarded("a.ron", || assert_eq!(1, 2, "no such luck")).unwrap_err();
        assert!(failure.internal);
        assert!(failure.message.contains("internal error") && failure.message.contains("no such luck"));
    }
}
