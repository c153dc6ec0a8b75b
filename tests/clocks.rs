//! Vector clocks on runs: whether a cut is consistent, decided from the stamps and by the ghost bits. On runs by chance of
//! every model of the gallery, on every counterexample, and on every run of small models.

use std::path::{Path, PathBuf};

use cl_check::check::chance::{self, Chance};
use cl_check::check::{Course, Options, check};
use cl_check::engine::diagram::Cut;
use cl_check::model::{self, Model};
use cl_check::network::ProcessId;

/// Every model under a folder, but those in which a restore puts back what is past.
fn gallery(folder: &str) -> Vec<Model> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(folder);
    let entries = std::fs::read_dir(path).expect("a folder of the gallery");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "ron")).collect();
    paths.sort();
    let models = paths.iter().map(|path| model::load(path).expect("the gallery can be read"));
    models.filter(|model| model.recovery.is_none()).collect()
}

/// What was compared.
#[derive(Debug, Default)]
struct Compared {
    consistent: usize,
    orphans: usize,
}

impl Compared {
    /// Both ways agree on each snapshot that every process of the run has recorded.
    fn compare(&mut self, model: &Model, course: &Course<'_>) {
        let diagram = course.run("a run", String::new()).diagram;
        for snapshot in 0..model.snapshots.len() {
            let process = |state: usize, at: ProcessId| {
                course.states()[state].components[at.index()].process().expect("a process")
            };
            let last = course.states().len() - 1;
            let record = |at: ProcessId| {
                (0..last).find(|&step| process(step + 1, at).parts[snapshot].record.is_some())
            };
            let records: Vec<Option<usize>> = model.topology.processes().map(record).collect();
            if records.contains(&None) {
                continue;
            }
            let orphan = model
                .topology
                .processes()
                .any(|at| process(last, at).incoming.iter().any(|channel| channel.ledgers[snapshot].orphan));
            let cut = Cut { snapshot, records, at_once: false };
            let by_clocks = diagram.is_consistent_by_clocks(&cut);
            let events = course.events();
            assert_eq!(by_clocks, !orphan, "{}, snapshot {snapshot}: {events:?}", model.name);
            self.orphans += usize::from(orphan);
            self.consistent += usize::from(!orphan);
        }
    }
}

#[test]
fn stamps_and_ghost_bits_agree_on_runs_by_chance() {
    let mut compared = Compared::default();
    for folder in ["", "broken", "lectures"] {
        for model in gallery(folder) {
            for run in 0..15 {
                let course = chance::run(&model, &mut Chance::new(11, run), 60);
                compared.compare(&model, &course);
            }
        }
    }
    assert!(compared.consistent > 500 && compared.orphans > 20, "{compared:?}");
}

#[test]
fn stamps_and_ghost_bits_agree_on_counterexamples() {
    let mut compared = Compared::default();
    for folder in ["broken", "lectures"] {
        for model in gallery(folder) {
            let verdict = check(&model, &Options { orderings: false, ..Options::default() });
            for run in verdict.counterexamples {
                let mut course = Course::new(&model);
                course.take_named(&run.events);
                compared.compare(&model, &course);
            }
        }
    }
    assert!(compared.orphans > 10, "{compared:?}");
}

/// Depth first, every run to its end.
fn every_run(model: &Model, compared: &mut Compared) {
    let mut course = Course::new(model);
    course.take_enabled(&model.walk);
    let mut ahead = vec![course.next()];
    while let Some(next) = ahead.last_mut() {
        if let Some(next) = next.pop() {
            course.take(next);
            ahead.push(course.next());
            if ahead.last().is_some_and(Vec::is_empty) {
                compared.compare(model, &course);
            }
        } else {
            ahead.pop();
            course.undo();
        }
    }
}

#[test]
fn stamps_and_ghost_bits_agree_on_every_run_of_small_models() {
    let mut compared = Compared::default();
    for model in gallery("broken").into_iter().chain(gallery("lectures")) {
        let verdict = check(&model, &Options::default());
        let is_small = verdict.stats.orderings.is_some_and(|orderings| orderings <= 500_u32.into());
        if is_small {
            every_run(&model, &mut compared);
        }
    }
    assert!(compared.consistent > 10 && compared.orphans > 10, "{compared:?}");
}
