//! How many states a long search is expected to have, found out in the background while it runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::check::{Effort, sampled_size};
use crate::engine::estimate::{Basis, Limits};
use crate::model::Model;

/// A search shorter than this needs no expectation.
const WAIT: Duration = Duration::from_secs(5);

/// What is expected of one search; forgotten with it.
#[derive(Debug)]
pub struct Expected<'m> {
    model: &'m Model,
    due: Instant,
    begin: Once,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    states: OnceLock<u64>,
    is_over: AtomicBool,
}

impl<'m> Expected<'m> {
    /// Of a search that begins now. Not where the user bounds its memory: what samples take is not the search's, and may
    /// be what ends it.
    pub fn of(model: &'m Model, memory_bytes_max: Option<u64>) -> Option<Self> {
        let expected =
            || Self { model, due: Instant::now() + WAIT, begin: Once::new(), shared: Arc::default() };
        memory_bytes_max.is_none().then(expected)
    }

    /// How many states, once that is known; when it is asked late enough, that begins to be found out.
    pub fn states(&self) -> Option<u64> {
        if Instant::now() >= self.due {
            self.begin.call_once(|| {
                let (shared, model) = (Arc::clone(&self.shared), self.model.clone());
                // Without a thread there is no expectation, and nobody misses it.
                let _ = thread::Builder::new().spawn(move || find(&shared, &model));
            });
        }
        self.shared.states.get().copied()
    }
}

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
    }
}

fn find(shared: &Shared, model: &Model) {
    let effort = Effort {
        threads: 1,
        explored_max: 1,
        sampled_max: 200,
        samples: 2,
        seed: 0,
        limits: Limits { seconds: f64::INFINITY, memory_bytes: None },
        interrupt: Some(&shared.is_over),
    };
    let size = sampled_size(model, &effort);
    if size.basis != Basis::AtLeast {
        let _ = shared.states.set(size.states.likely as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::load;

    #[test]
    fn nothing_is_expected_where_memory_is_bounded() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/two_node.ron");
        let model = load(&path).expect("a model of the gallery");
        assert!(Expected::of(&model, Some(1 << 30)).is_none());
        assert!(Expected::of(&model, None).is_some_and(|expected| expected.states().is_none()));
    }
}
