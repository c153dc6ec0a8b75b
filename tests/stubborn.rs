//! Stubborn sets.
mod reference;
use std::sync::Arc;
use cl_check::engine::{Explorer, Nobody, Options, TransitionSystem};
use cl_check::network::Dependency;
use reference::golden::ROWS;

#[test]
fn probe() {
    let most: usize = std::env::var("MOST").map_or(30_000, |s| s.parse().unwrap());
    for row in ROWS.iter().filter(|row| row.distinct_states < most) {
        let system = row.model().system();
        let initial = system.initial();
        let clock = std::time::Instant::now();
        let dependency = Dependency::of(&system, &initial).unwrap();
        let classes: Vec<usize> = dependency.closure().sites.iter().map(|s| s.classes.len()).collect();
        let closed = clock.elapsed();
        let mut explorer = Explorer::new(system);
        explorer.set_dependence(Arc::new(dependency));
        let out = explorer.explore(&initial, &mut Nobody, &Options { stubborn: true, paths: false, ..Options::default() });
        println!("{:?} {:?} {:?} B{} S{}: {} -> {} ({:.1}x) terminals {} {} time {:?}", row.shape, row.initiators, classes, row.balance, row.sends, row.distinct_states, out.figures.states, row.distinct_states as f64 / out.figures.states as f64, out.figures.terminals == row.terminal_states as u64, closed.as_millis(), clock.elapsed());
    }
}
