//! The `check`, `expect`, `reach` and `recorded` of a file -> what is judged and what is expected.

use std::collections::HashSet;

use super::Expect;
use super::application::AMOUNT_MAX;
use super::decode::Spanned;
use super::fault::{Fault, Result};
use super::file::{ExpectFile, ModelFile, Number, ReachFile, RecordFile, RecordedFile};
use super::forms::{CheckFile, Word};
use super::names;
use super::tree::shortened;
use crate::apps::App;
use crate::network::{Application, Discipline, SNAPSHOTS_MAX, Topology};
use crate::oracle::{Property, Reach, Recorded};

/// With one clause of `recorded` for each snapshot they fit in sets of 64.
const REACH_MAX: usize = 64 - SNAPSHOTS_MAX;

/// What must be recorded, each snapshot once.
pub(super) fn recorded(file: &ModelFile, topology: &Topology) -> Result<Vec<Recorded>> {
    let mut seen = HashSet::new();
    let mut clauses = Vec::new();
    for RecordedFile::Snapshot(written) in &file.recorded {
        let clause = record(written, topology, file.snapshots.value.len())?;
        if !seen.insert(clause.snapshot) {
            let message = format!("snapshot {} stands twice in `recorded`", written.k.value);
            return Err(Fault::at(&written.k.span, message).hint("put them together"));
        }
        clauses.push(clause);
    }
    Ok(clauses)
}

fn record(written: &RecordFile, topology: &Topology, snapshots: usize) -> Result<Recorded> {
    let snapshot = names::snapshot(snapshots, &written.k)?;
    let process = |name| names::process(topology, name);
    let processes = names::once_each(&written.processes, process, |name| &name.span)?;
    let channel = |place| names::channel_at(topology, place);
    let channels = names::once_each(&written.channels, channel, |place| &place.span)?;
    let amounts = |numbers: &[Number]| numbers.iter().map(carried).collect::<Result<Vec<u64>>>();
    Ok(Recorded {
        snapshot,
        processes: processes.into_iter().map(|(process, number)| (process, number.value)).collect(),
        channels: channels
            .into_iter()
            .map(|(channel, numbers)| Ok((channel, amounts(numbers)?)))
            .collect::<Result<_>>()?,
    })
}

/// No message carries nothing.
fn carried(number: &Number) -> Result<u64> {
    names::within(number, 1..=AMOUNT_MAX, "the amount of a message")
}

/// What must be reachable.
pub(super) fn reach(file: &ModelFile, topology: &Topology) -> Result<Vec<Reach>> {
    let snapshots = file.snapshots.value.len();
    names::at_most(file.reach.value.len(), REACH_MAX, &file.reach.span, "conditions of `reach`")?;
    let resolve = |written: &ReachFile| {
        Ok(match written {
            ReachFile::Completes(number) => Reach::Completes(names::snapshot(snapshots, number)?),
            ReachFile::ChannelRecorded(number) => Reach::ChannelRecorded(names::snapshot(snapshots, number)?),
            ReachFile::UnderWay(numbers) => under_way(numbers, snapshots)?,
            ReachFile::Records(RecordedFile::Snapshot(written)) => {
                Reach::Records(record(written, topology, snapshots)?)
            }
        })
    };
    file.reach.value.iter().map(resolve).collect()
}

fn under_way(numbers: &Spanned<Vec<Number>>, snapshots: usize) -> Result<Reach> {
    if numbers.value.is_empty() {
        return Err(Fault::at(&numbers.span, "no snapshot is named").hint("write `UnderWay([0, 1])`"));
    }
    let resolve = |number| names::snapshot(snapshots, number);
    let mut under_way = numbers.value.iter().map(resolve).collect::<Result<Vec<_>>>()?;
    under_way.sort_unstable();
    under_way.dedup();
    Ok(Reach::UnderWay(under_way))
}

/// The properties to judge, in the order of reports.
pub(super) fn check(file: &ModelFile, topology: &Topology, application: &App) -> Result<Vec<Property>> {
    let rules = application.rules();
    let listed = match &file.check {
        CheckFile::Default => None,
        CheckFile::These(words) => {
            Some(words.iter().map(|word| listable(file, application, word)).collect::<Result<Vec<_>>>()?)
        }
    };
    let judged = |property: &Property| {
        always(file, *property)
            || listed
                .as_ref()
                .map_or_else(|| by_default(file, topology, application, *property), |l| l.contains(property))
    };
    Ok(Property::all(&rules).into_iter().filter(judged).collect())
}

/// Judged whatever is listed.
fn always(file: &ModelFile, property: Property) -> bool {
    match property {
        Property::Terminates | Property::WellFormed => true,
        Property::Recorded => !file.recorded.is_empty(),
        Property::Reach => !file.reach.value.is_empty(),
        _ => false,
    }
}

/// Makes sense on these channels, and for a model with or without snapshots.
fn by_default(file: &ModelFile, topology: &Topology, application: &App, property: Property) -> bool {
    let loses = |discipline| matches!(discipline, Discipline::Lossy(_) | Discipline::Duplicating(_));
    let conserves = || !topology.channels().iter().any(|channel| loses(channel.discipline));
    let completes = !file.snapshots.value.is_empty();
    match property {
        Property::NonInterference => file.recovery.is_none(),
        Property::NothingLost => file.recovery.is_some(),
        Property::ConsistentCut => completes,
        Property::TotalPreserved => completes && conserves() && application.amount(0).is_some(),
        Property::Own(rule) => completes || !rule.when.needs_snapshots(),
        Property::RecordedStateReachable | Property::LeadsToActual => completes && conserves(),
        Property::Terminates | Property::WellFormed | Property::Recorded | Property::Reach => false,
    }
}

fn property(application: &App, word: &Spanned<Word>) -> Result<Property> {
    let (name, rules) = (&word.value.0, application.rules());
    Property::named(name, &rules).ok_or_else(|| {
        let message = format!("there is no property `{}`", shortened(name));
        Fault::at(&word.span, message).near(name, Property::all(&rules).into_iter().map(Property::name))
    })
}

/// A property that this model can be judged by.
fn listable(file: &ModelFile, application: &App, word: &Spanned<Word>) -> Result<Property> {
    let property = property(application, word)?;
    if property == Property::TotalPreserved && application.amount(0).is_none() {
        return Err(Fault::at(&word.span, "nothing is conserved in this application")
            .hint("leave `TotalPreserved` out"));
    }
    if property == Property::NonInterference
        && let Some(recovery) = &file.recovery
    {
        return Err(Fault::at(&word.span, "a restore is nothing that the application does")
            .hint(format!("leave `{}` out", property.name())))
        .map_err(|fault: Fault| fault.or_at(&recovery.span));
    }
    let field = match property {
        Property::Recorded if file.recorded.is_empty() => "recorded",
        Property::Reach if file.reach.value.is_empty() => "reach",
        Property::NothingLost if file.recovery.is_none() => "recovery",
        _ => return Ok(property),
    };
    let message = format!("`{}` is checked, but the model has no `{field}`", property.name());
    Err(Fault::at(&word.span, message).hint(format!("`{field}: [..]` says what it means")))
}

/// What the author expects, of what is judged.
pub(super) fn expect(file: &ModelFile, application: &App, check: &[Property]) -> Result<Expect> {
    Ok(match &file.expect {
        ExpectFile::Verified => Expect::Verified,
        ExpectFile::Incomplete => Expect::Incomplete,
        ExpectFile::Violated(words) => {
            if words.value.is_empty() {
                return Err(Fault::at(&words.span, "`Violated` names no property")
                    .hint("name what fails: `Violated([ConsistentCut])`"));
            }
            Expect::Violated(
                words
                    .value
                    .iter()
                    .map(|word| expected(application, word, check))
                    .collect::<Result<Vec<_>>>()?,
            )
        }
    })
}

fn expected(application: &App, word: &Spanned<Word>, check: &[Property]) -> Result<Property> {
    let property = property(application, word)?;
    if check.contains(&property) {
        return Ok(property);
    }
    let checked: Vec<&str> = check.iter().map(|property| property.name()).collect();
    let message = format!("`{}` is expected to fail, but it is not checked", property.name());
    Err(Fault::at(&word.span, message).hint(format!("checked are `{}`", checked.join("`, `"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{check, model, with};

    fn checked(lines: &[&str]) -> String {
        let names = model(&with(lines)).expect("a good model").check.into_iter().map(Property::name);
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_judged_follows_from_the_model() {
        let all = "ConsistentCut TotalPreserved Terminates RecordedStateReachable LeadsToActual WellFormed NonInterference";
        let reduced = "ConsistentCut Terminates WellFormed NonInterference";
        let reach = "reach: [Completes(0)]";
        let recorded = "recorded: [Snapshot(k: 0)]";
        let cases: &[(&[&str], String)] = &[
            (&[], all.to_owned()),
            (&["check: Default", "channels: Overtaking(1)"], all.to_owned()),
            (&["channels: Lossy(1)"], reduced.to_owned()),
            (&[r#"channel_overrides: [(("A", "B"), Duplicating(1))]"#], reduced.to_owned()),
            (
                &["channels: Lossy(1)", "check: [LeadsToActual]"],
                "Terminates LeadsToActual WellFormed".to_owned(),
            ),
            (&["snapshots: []"], "Terminates WellFormed NonInterference".to_owned()),
            (&["snapshots: []", "check: [ConsistentCut]"], "ConsistentCut Terminates WellFormed".to_owned()),
            (&[reach], format!("{all} Reach")),
            (&[reach, recorded], format!("{all} Recorded Reach")),
            (&["check: []", recorded], "Terminates WellFormed Recorded".to_owned()),
            (&["check: [Recorded]", recorded], "Terminates WellFormed Recorded".to_owned()),
        ];
        for (lines, expected) in cases {
            assert_eq!(checked(lines), *expected, "{lines:?}");
        }
    }

    #[test]
    fn what_is_expected_recorded_and_reachable_is_resolved() {
        let model = model(&with(&[
            "expect: Violated([Recorded, WellFormed])",
            r#"recorded: [Snapshot(k: 1, processes: {"B": 3}, channels: {("B", "A"): [1, 2]})]"#,
            "reach: [ChannelRecorded(1), UnderWay([1, 0, 1]), Records(Snapshot(k: 0))]",
        ]))
        .expect("a good model");
        assert_eq!(model.expect, Expect::Violated(vec![Property::Recorded, Property::WellFormed]));
        let (zero, one) = (crate::network::SnapshotId(0), crate::network::SnapshotId(1));
        let processes = vec![(crate::network::ProcessId(1), 3)];
        let channels = vec![(crate::network::ChannelId(1), vec![1, 2])];
        assert_eq!(model.recorded, [Recorded { snapshot: one, processes, channels }]);
        let nothing = Recorded { snapshot: zero, processes: vec![], channels: vec![] };
        let reach = [Reach::ChannelRecorded(one), Reach::UnderWay(vec![zero, one]), Reach::Records(nothing)];
        assert_eq!(model.reach, reach);
    }

    /// A changed line, and what is said about it.
    const SAID: &[(&str, &str)] = &[
        ("check: [ConsistentCt]", "6:9 there is no property `ConsistentCt` | did you mean `ConsistentCut`?"),
        (
            r#"check: ["ConsistentCut"]"#,
            r#"6:9 expected the name of a property, without quotes, found the text "ConsistentCut" | write a list of properties as `[ConsistentCut]`"#,
        ),
        ("check: All", "6:8 there is no `All` here | known are `Default`"),
        (
            "check: [Recorded]",
            "6:9 `Recorded` is checked, but the model has no `recorded` | `recorded: [..]` says what it means",
        ),
        (
            "check: [Reach]",
            "6:9 `Reach` is checked, but the model has no `reach` | `reach: [..]` says what it means",
        ),
        (
            "expect: Violated([ConsistentCut, Recorded])",
            "6:34 `Recorded` is expected to fail, but it is not checked | checked are `ConsistentCut`, `TotalPreserved`, `Terminates`, `RecordedStateReachable`, `LeadsToActual`, `WellFormed`, `NonInterference`",
        ),
        (
            "expect: Violated([])",
            "6:18 `Violated` names no property | name what fails: `Violated([ConsistentCut])`",
        ),
        (
            "expect: Violated([Everything])",
            "6:19 there is no property `Everything` | known are `ConsistentCut`, `TotalPreserved`, `Terminates`, `RecordedStateReachable`, `LeadsToActual`, `WellFormed`, `NonInterference`, `NothingLost`, `Recorded`, `Reach`",
        ),
        ("expect: Verifed", "6:9 there is no `Verifed` here | did you mean `Verified`?"),
        (
            "expect: Violated",
            "6:9 `Violated` takes 1 value in parentheses, found none | write `Violated([ConsistentCut])`",
        ),
        ("recorded: [Snapshot(k: 2)]", "6:24 there is no snapshot 2 | the model lists 2, numbers 0 to 1"),
        (
            "recorded: [Snapshot(k: 0), Snapshot(k: 0)]",
            "6:40 snapshot 0 stands twice in `recorded` | put them together",
        ),
        (
            r#"recorded: [Snapshot(k: 0, processes: {"A": 1, "A": 1})]"#,
            "6:47 this key stands twice in the map | remove one of them",
        ),
        (
            r#"recorded: [Snapshot(k: 0, processes: {"D": 1})]"#,
            "6:39 there is no process `D` | known are `A`, `B`, `C`",
        ),
        (
            r#"recorded: [Snapshot(k: 0, channels: {("A", "C"): [1]})]"#,
            "6:38 there is no channel from `A` to `C` | `A` has channels to `B`",
        ),
        (
            r#"recorded: [Snapshot(k: 0, channels: {("A", "B"): [0]})]"#,
            "6:51 the amount of a message must be from 1 to 9007199254740991, found 0 | use a number from 1 to 9007199254740991",
        ),
        (
            "recorded: [Snapshot(0)]",
            "6:21 expected `Snapshot(..)`, found the number 0 | write `Snapshot(0)` or `Snapshot(k: 0, processes: {..}, channels: {..})`",
        ),
        ("reach: [Completes(2)]", "6:19 there is no snapshot 2 | the model lists 2, numbers 0 to 1"),
        ("reach: [UnderWay([])]", "6:18 no snapshot is named | write `UnderWay([0, 1])`"),
        ("reach: [UnderWay([0, 7])]", "6:22 there is no snapshot 7 | the model lists 2, numbers 0 to 1"),
        (
            "reach: [Records(Snapshot(k: 0, chanels: {}))]",
            "6:32 unknown field `chanels` | did you mean `channels`?",
        ),
        ("reach: [Complete(0)]", "6:9 there is no `Complete` here | did you mean `Completes`?"),
    ];

    #[test]
    fn what_cannot_be_judged_is_said_with_its_place() {
        check(SAID);
    }
}
