//! How many states a long search is expected to have, found out in the background while it runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use crate::check::{Effort, sampled_size};
use crate::engine::estimate::{Basis, Limits};
use crate::model::Model;

/// A search shorter than this needs no expectation.
const WAIT: Duration = Duration::from_secs(5);
/// How often to look whether the search has ended meanwhile.
const LOOK: Duration = Duration::from_millis(50);

/// What is expected of one search; forgotten with it.
#[derive(Debug, Default)]
pub struct Expected {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    states: OnceLock<u64>,
    is_over: AtomicBool,
}

impl Expected {
    /// Of a search that begins now. Not where the user bounds its memory: what samples take is not the search's, and may
    /// be what ends it.
    pub fn of(model: &Model, memory_bytes_max: Option<u64>) -> Option<Self> {
        if memory_bytes_max.is_some() {
            return None;
        }
        let expected = Self::default();
        let (shared, model) = (Arc::clone(&expected.shared), model.clone());
        // Without a thread there is no expectation, and nobody misses it.
        let _ = thread::Builder::new().spawn(move || find(&shared, &model));
        Some(expected)
    }

    /// How many states, once that is known.
    pub fn states(&self) -> Option<u64> {
        self.shared.states.get().copied()
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
    }
}

fn find(shared: &Shared, model: &Model) {
    let mut left = WAIT;
    while !left.is_zero() {
        if shared.is_over.load(Ordering::Relaxed) {
            return;
        }
        thread::sleep(LOOK);
        left = left.saturating_sub(LOOK);
    }
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
