//! What may end a search early, and how memory is measured.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What may end a search early.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds<'a> {
    /// No more states than this: the search ends at the last whole layer that fits.
    pub states_max: Option<u64>,
    /// No more resident memory than this, in bytes.
    pub memory_bytes_max: Option<u64>,
    /// Not beyond this moment.
    pub deadline: Option<Instant>,
    /// Set by an interrupt.
    pub interrupt: Option<&'a AtomicBool>,
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// There was nothing left.
    Exhausted,
    /// An observer had seen enough.
    Enough,
    /// The bound on states.
    States,
    /// The bound on memory.
    Memory,
    /// The deadline.
    Deadline,
    /// An interrupt.
    Interrupted,
}

impl Bounds<'_> {
    /// The bound that has been met, if one has; `growth_bytes` is what is about to be allocated.
    pub fn met(&self, growth_bytes: u64) -> Option<End> {
        if self.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Some(End::Interrupted);
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Some(End::Deadline);
        }
        let limit = self.memory_bytes_max?;
        (resident_bytes()? + growth_bytes > limit).then_some(End::Memory)
    }
}

/// Resident memory of this process in bytes, where the system tells (Linux).
pub fn resident_bytes() -> Option<u64> {
    status_bytes("/proc/self/status", "VmRSS:")
}

/// The most resident memory that this process has had, in bytes, where the system tells (Linux).
pub fn peak_resident_bytes() -> Option<u64> {
    status_bytes("/proc/self/status", "VmHWM:")
}

/// Forgets the peak so far, where the system can (Linux), so that the next one is that of what comes.
pub fn forget_peak_resident_bytes() {
    // Not all systems have it, and where they have not there is nothing to forget.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Memory that is free for use, in bytes, where the system tells (Linux); a control group's limit counts.
pub fn available_bytes() -> Option<u64> {
    let machine = status_bytes("/proc/meminfo", "MemAvailable:");
    let number = |path: &str| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let limit = number("/sys/fs/cgroup/memory.max");
    let group = limit.map(|limit| limit.saturating_sub(number("/sys/fs/cgroup/memory.current").unwrap_or(0)));
    machine.into_iter().chain(group).min()
}

fn status_bytes(path: &str, field: &str) -> Option<u64> {
    let status = std::fs::read_to_string(path).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes = line.trim().strip_suffix("kB")?.trim();
    kibibytes.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}
