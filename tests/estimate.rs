//! What is predicted of models, beside what is so. The engine's twin: where a sample takes everything in, but goes back
//! from every state all the same, its figures must be exact.

mod reference;
#[allow(dead_code)] // other figures of these rows are not predicted
#[path = "gallery/rows.rs"]
mod rows;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use cl_check::check::{Course, Effort, estimate, sampled_size};
use cl_check::engine::estimate::{Basis, Limits, Size};
use cl_check::engine::{Explorer, Nobody, Options, Sampling};
use cl_check::model::{Model, Then, load};

use reference::golden::rows_up_to;
use rows::ROWS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn gallery(file: &str) -> Model {
    load(&root().join("models").join(file)).expect("a model of the gallery")
}

/// So little that all but the smallest models are sampled.
fn effort(sampled_max: usize) -> Effort<'static> {
    let limits = Limits { seconds: 60.0, memory_bytes: None };
    Effort { threads: 1, explored_max: 1, sampled_max, samples: 4, seed: 0, limits, interrupt: None }
}

/// Everything is in the sample, but its layers are not taken for whole: so each state weighs what going back says.
fn weighed(model: &Model) -> Option<(f64, f64)> {
    let most = usize::MAX;
    let all = Sampling {
        states_max: most,
        learned_max: most,
        whole_max: 1,
        lessons: 2,
        samples: 1,
        seed: 0,
        interrupt: None,
    };
    let mut course = Course::new(model);
    course.take_enabled(&model.walk);
    let mut explorer = Explorer::new(model.system());
    let samples = explorer.sample(&course.last().components, &all);
    samples.last().map(|sample| (sample.states(), sample.transitions))
}

#[test]
fn going_back_from_every_state_each_weighs_one() {
    let mut compared = 0;
    for row in ROWS.iter().filter(|row| row.distinct_states <= 3_000) {
        let model = gallery(row.file);
        let weighed = (model.then == Then::Explore).then(|| weighed(&model)).flatten();
        let Some((states, transitions)) = weighed else { continue };
        let close = |one: f64, other: usize| (one - other as f64).abs() < 1e-6 * other as f64 + 1e-9;
        assert!(close(states, row.distinct_states), "{}: {states} states", row.file);
        assert!(close(transitions, row.transitions), "{}: {transitions} transitions", row.file);
        compared += 1;
    }
    assert!(compared > 80, "only {compared} models were compared");
}

/// How many times too large or too small.
fn off_by(size: &Size, states: usize) -> f64 {
    let factor = size.states.likely / states as f64;
    factor.max(1.0 / factor)
}

#[test]
fn what_is_small_is_exact() {
    for row in ROWS.iter().filter(|row| row.distinct_states <= 200) {
        let model = gallery(row.file);
        let found = estimate(&model, &Effort { explored_max: 1_000, ..effort(50) });
        assert_eq!(found.size.basis, Basis::Exact, "{}", row.file);
        assert_eq!(
            found.size.states.likely.to_bits(),
            (row.distinct_states as f64).to_bits(),
            "{}",
            row.file
        );
        assert!(found.fits() && found.advice.is_none() && found.parts.is_empty(), "{}", row.file);
    }
}

/// A line of the table: what was sampled, how many states there are, what was predicted.
fn line(name: &str, size: &Size, states: usize) -> String {
    let inside = (size.states.low..=size.states.high).contains(&(states as f64));
    format!(
        "| {name} | {states} | {:.0} | {:.2} | {} |",
        size.states.likely,
        size.states.likely / states as f64,
        if inside { "yes" } else { "no" },
    )
}

/// The rows of the page: models of the gallery and of the golden family, a thousandth of them looked at or so.
fn table() -> (String, Vec<(String, f64, bool)>) {
    let (mut text, mut all) = (String::new(), Vec::new());
    let mut add = |name: String, size: Size, states: usize| {
        // No rank, or events that look at all processes at once.
        if size.basis == Basis::AtLeast {
            return;
        }
        writeln!(text, "{}", line(&name, &size, states)).expect("a string takes everything");
        let inside = (size.states.low..=size.states.high).contains(&(states as f64));
        all.push((name, off_by(&size, states), inside));
    };
    for row in ROWS.iter().filter(|row| row.distinct_states > 4_000) {
        let model = gallery(row.file);
        add(format!("`{}`", row.file), sampled_size(&model, &effort(100)), row.distinct_states);
    }
    for row in rows_up_to(60_000_000).filter(|row| row.distinct_states > 900_000) {
        let (snapshots, tokens, sends) = (row.initiators.len(), row.balance, row.sends);
        let name = format!("{}, tokens {tokens}, sends {sends}, snapshots {snapshots}", row.shape);
        add(name, sampled_size(&row.model(), &effort(300)), row.distinct_states);
    }
    (text, all)
}

/// The page says how far off it was, and that is what it is. `ESTIMATE_UPDATE=1` writes the table.
#[test]
fn the_page_says_how_far_off_it_was() {
    let path = root().join("docs/estimate.md");
    let page = fs::read_to_string(&path).expect("the page");
    let (table, all) = table();
    let head = page.find("| --- | --- | --- | --- | --- |\n").expect("the table") + 32;
    let end = head + page[head - 1..].find("\n\n").expect("the end of the table");
    if std::env::var_os("ESTIMATE_UPDATE").is_some() {
        fs::write(&path, format!("{}{table}{}", &page[..head], &page[end..])).expect("the page is written");
    } else {
        assert_eq!(&page[head..end], table, "run it with ESTIMATE_UPDATE=1, and read what has changed");
    }
    assert!(all.len() > 20);
    for (name, off, _) in &all {
        assert!(*off < 2.5, "{name}: off by {off:.2}");
    }
    let outside = all.iter().filter(|(.., inside)| !inside).count();
    assert!(outside * 5 <= all.len(), "{outside} of {} are not in their range", all.len());
}

/// Where states may come again nothing is made up.
#[test]
fn without_a_rank_there_is_a_lower_bound_only() {
    let found = estimate(&gallery("lectures/mutex-clocks.ron"), &Effort { explored_max: 500, ..effort(50) });
    assert_eq!(found.size.basis, Basis::AtLeast);
    assert!(found.size.states.low > 100.0 && found.size.states.low <= 500.0 && !found.fits());
}

/// A sample meets some of the components that there are, and most of them where it is large enough.
#[test]
fn components_met_are_some_of_all() {
    let model = gallery("three_node.ron");
    let mut explorer = Explorer::new(model.system());
    let begin = Course::new(&model).last().components.clone();
    explorer.explore(&begin, &mut Nobody, &Options::default());
    let all = explorer.atlas().sizes().sum();
    let [few, many] = [20, 2_000].map(|most| sampled_size(&model, &effort(most)).components);
    assert!(0 < few && few < many && 2 * many > all && many <= all, "{few} and {many} of {all}");
}

/// The same seed gives the same, another one something else.
#[test]
fn the_same_seed_gives_the_same() {
    let model = gallery("ring3.ron");
    let [one, same, other] = [7, 7, 8].map(|seed| sampled_size(&model, &Effort { seed, ..effort(50) }));
    assert_eq!(one, same);
    assert_ne!(one, other);
}

/// What is advised fits, and is what a search of the edited model finds.
#[test]
fn a_smaller_setting_fits() {
    let tight = Limits { seconds: 1e9, memory_bytes: Some(16_400_000) };
    let found = estimate(&gallery("four_node.ron"), &Effort { limits: tight, ..effort(60) });
    assert!(!found.fits());
    let advice = found.advice.as_ref().expect("a smaller setting");
    assert!(tight.allow(&advice.size, &advice.cost));
    assert!(!advice.edits.is_empty() && advice.size.states.likely < found.size.states.likely);
    assert!(found.drivers.is_sorted_by(|one, other| one.size.states.likely <= other.size.states.likely));
}
