//! The exit codes, all in one place, and which one an outcome calls for.

use std::process::ExitCode;

use crate::engine::Status;
use crate::engine::verdict::{Verdict, Word};
use crate::report::{Failure, Outcome};

/// How a run ends, from best to worst: over several models the worst wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: every model met its expectation.
    Met,
    /// 3: inconclusive; a bound, a time-out or an interrupt came first and was not expected.
    Inconclusive,
    /// 4: nothing was checked; no model file, or a vacuous verdict.
    Nothing,
    /// 2: a usage error, a model or checkpoint that cannot be used, or a disk or output that cannot be written to.
    Unusable,
    /// 1: something is violated that should hold, or holds that should be violated.
    Unmet,
    /// 70: a bug of this program.
    Internal,
    /// 130: interrupted twice.
    Killed,
}

impl Exit {
    /// The code.
    pub fn code(self) -> u8 {
        match self {
            Self::Met => 0,
            Self::Unmet => 1,
            Self::Unusable => 2,
            Self::Inconclusive => 3,
            Self::Nothing => 4,
            Self::Internal => 70,
            Self::Killed => 130,
        }
    }

    /// The exit that one outcome calls for.
    pub fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Judged(verdict) => of_verdict(verdict),
            Outcome::Failed(Failure { internal: true, .. }) => Self::Internal,
            Outcome::Failed(_) => Self::Unusable,
            Outcome::Skipped { .. } => Self::Inconclusive,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

fn of_verdict(verdict: &Verdict) -> Exit {
    if verdict.met {
        return Exit::Met;
    }
    match (verdict.word, verdict.expected.word) {
        (Word::Incomplete | Word::Violated, Word::Violated) if may_still_fail(verdict) => Exit::Inconclusive,
        (_, Word::Violated) | (Word::Violated | Word::Verified, _) => Exit::Unmet,
        (Word::Incomplete, _) => Exit::Inconclusive,
        (Word::Vacuous, _) => Exit::Nothing,
    }
}

/// Every property that is expected to fail does, or is not decided.
fn may_still_fail(verdict: &Verdict) -> bool {
    verdict.expected.properties.iter().all(|name| {
        let mut properties = verdict.properties.iter();
        let property = properties.find(|property| property.name == *name);
        property.is_some_and(|property| matches!(property.status, Status::Violated | Status::Unknown))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::verdict::{EndReason, Expected, PropertyVerdict, Stats};

    #[test]
    fn over_several_models_the_worst_wins() {
        let worst_first = [70, 1, 2, 4, 3, 0];
        let all = [Exit::Met, Exit::Unmet, Exit::Unusable, Exit::Inconclusive, Exit::Nothing, Exit::Internal];
        for one in all {
            for other in all {
                let rank = |exit: Exit| worst_first.iter().position(|code| *code == exit.code());
                let worse = if rank(one) <= rank(other) { one } else { other };
                assert_eq!(one.max(other), worse, "{one:?} and {other:?}");
            }
        }
    }

    fn verdict(word: Word, expected: Word, cut: Status) -> Outcome {
        let fails = Expected { word: expected, properties: vec!["ConsistentCut".to_owned()] };
        let property = PropertyVerdict {
            name: "ConsistentCut".to_owned(),
            status: cut,
            checked: 1,
            note: String::new(),
        };
        Outcome::Judged(Box::new(Verdict {
            path: String::new(),
            name: String::new(),
            heading: Vec::new(),
            word,
            met: word == expected && (word != Word::Violated || cut == Status::Violated),
            expected: fails,
            end_reason: EndReason::Exhausted,
            properties: vec![property],
            stats: Stats::default(),
            counterexamples: Vec::new(),
            witnesses: Vec::new(),
            warnings: Vec::new(),
            coverage: None,
            graph: None,
        }))
    }

    #[test]
    fn each_verdict_calls_for_its_code() {
        use Status::{Holds, Unknown, Vacuous as Empty, Violated as Fails};
        use Word::{Incomplete, Vacuous, Verified, Violated};
        let cases = [
            // word, expected, status of ConsistentCut, code
            (Verified, Verified, Holds, 0),
            (Violated, Verified, Fails, 1),
            (Incomplete, Verified, Unknown, 3),
            (Vacuous, Verified, Empty, 4),
            (Incomplete, Incomplete, Unknown, 0),
            (Verified, Incomplete, Holds, 1),
            (Violated, Incomplete, Fails, 1),
            (Vacuous, Incomplete, Empty, 4),
            (Violated, Violated, Fails, 0),
            (Violated, Violated, Holds, 1),
            (Violated, Violated, Unknown, 3),
            (Incomplete, Violated, Unknown, 3),
            (Incomplete, Violated, Holds, 1),
            (Verified, Violated, Holds, 1),
            (Vacuous, Violated, Empty, 1),
        ];
        for (word, expected, cut, code) in cases {
            let exit = Exit::of(&verdict(word, expected, cut));
            assert_eq!(exit.code(), code, "{word:?}, expected {expected:?}, ConsistentCut {cut:?}");
        }
    }

    #[test]
    fn what_has_no_verdict_has_a_code() {
        let failure = |internal| {
            Outcome::Failed(Failure {
                path: "a.ron".to_owned(),
                file: None,
                message: String::new(),
                line: None,
                column: None,
                hint: None,
                internal,
            })
        };
        assert_eq!(Exit::of(&failure(false)).code(), 2);
        assert_eq!(Exit::of(&failure(true)).code(), 70);
        assert_eq!(Exit::of(&Outcome::Skipped { path: "a.ron".to_owned() }).code(), 3);
    }
}
