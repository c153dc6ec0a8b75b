//! TLA+, for TLC.

use super::Exported;
use super::plain::Plain;

/// Writes a system.
pub fn write(plain: &Plain, module: &str) -> Exported {
    let _ = plain;
    Exported { text: format!("MODULE {module}"), configuration: Some(String::new()) }
}
