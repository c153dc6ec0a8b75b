//! What every mutual exclusion has to say, however it is done.

use crate::network::{Rule, When};

/// No two are inside.
pub(super) const MUTUAL_EXCLUSION: Rule = Rule {
    number: 0,
    name: "MutualExclusion",
    when: When::Always,
    says: "no two are inside at once, in no state and in no snapshot",
    otherwise: "two are inside at once",
};
/// Who wants in gets in. Detects who waits, a bit each.
pub(super) const EVENTUALLY_GRANTED: Rule = Rule {
    number: 2,
    name: "EventuallyGranted",
    when: When::Eventually,
    says: "who asks gets in at last",
    otherwise: "a request is never granted",
};
