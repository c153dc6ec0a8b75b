//! What to do about a fault: how things are written, and the nearest of the names that are known.

/// The nearest of the known names, or all of them where none is near.
pub(super) fn suggestion(name: &str, known: &[&str]) -> Option<String> {
    const LISTED_MAX: usize = 20;
    let listed = || known[..known.len().min(LISTED_MAX)].join("`, `");
    match nearest(name, known) {
        Some(nearest) => Some(format!("did you mean `{nearest}`?")),
        None if known.is_empty() => None,
        None if known.len() > LISTED_MAX => Some(format!("known are `{}`, ..", listed())),
        None => Some(format!("known are `{}`", listed())),
    }
}

/// The nearest of the known names, if one is near.
pub(super) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    const LIKENESS_MIN: f64 = 0.75;
    let name: String = name.to_lowercase().chars().take(100).collect();
    let likeness = |other: &str| strsim::jaro_winkler(&name, &other.to_lowercase());
    let all = known.iter().map(|other| (likeness(other), *other));
    let near = all.filter(|(likeness, _)| *likeness > LIKENESS_MIN);
    near.max_by(|left, right| left.0.total_cmp(&right.0)).map(|(_, nearest)| nearest)
}

/// How something that was expected is written.
pub(super) fn how(expected: &str) -> Option<String> {
    const BEGINNINGS: [(&str, &str); 12] = [
        ("`true`", "write `true` or `false`, without quotes"),
        ("a whole number,", "write `1`, `Each(1)` or `{\"A\": 1, \"B\": 2}`"),
        ("a whole number", "whole numbers from 0 on make sense here"),
        ("a text", "write a text in double quotes"),
        ("a list", "write a list in brackets, items between commas"),
        ("a map", "write a map as `{\"A\": 1, \"B\": 2}`"),
        ("`(..)` with 2 values", "write `(\"A\", \"B\")`"),
        ("the name of a property", "write a list of properties as `[ConsistentCut]`"),
        ("the name of an algorithm", "write `\"chandy-lamport\"`"),
        ("one of `Complete`", "write `Complete([\"A\", \"B\"])`"),
        ("one of", "write one of these names, without quotes"),
        ("`Model", "a model begins with `Model(`"),
    ];
    let known = BEGINNINGS.iter().find(|(beginning, _)| expected.starts_with(beginning));
    known.map(|(_, how)| (*how).to_owned()).or_else(|| {
        let name = expected.trim_start_matches('`').split(|part: char| !part.is_alphanumeric()).next();
        name.and_then(usage).map(|usage| format!("write `{usage}`"))
    })
}

/// How applications are written.
const APPLICATIONS: &[(&str, &str)] = &[
    ("Tokens", r"Tokens(start: Each(1), behaviour: Free(sends: 2, amounts: [1]))"),
    ("Diffusing", r#"Diffusing(active: ["A"], sends: {"A": 1})"#),
    ("Resources", r#"Resources(jobs: {"A": [["A", "B"]]})"#),
    ("References", r#"References(objects: {"x": Object(at: "A")}, holds: {"A": ["x"]}, acts: {"A": 2})"#),
    ("Object", r#"Object(at: "A", refers_to: ["y"])"#),
];

/// How a form is written.
pub(super) fn usage(name: &str) -> Option<&'static str> {
    const USAGES: &[(&str, &str)] = &[
        // Events.
        ("Send", r#"Send("A", "B", 5)` or `Send(Marker, Outgoing)"#),
        ("Broadcast", r#"Broadcast("A", 5)` or `Broadcast(sends: 2, amounts: [1])"#),
        ("To", r#"To("B", 5)"#),
        ("Start", r#"Start(0, "A")"#),
        ("Snapshot", r"Snapshot(0)` or `Snapshot(k: 0, processes: {..}, channels: {..})"),
        ("Receive", r#"Receive("A", "B")` or `Receive("A", "B", 5)"#),
        ("Resume", r#"Resume("A", 0)"#),
        ("Lose", r#"Lose("A", "B")"#),
        ("Duplicate", r#"Duplicate("A", "B")"#),
        ("Overtake", r#"Overtake("A", "B")"#),
        ("Marker", r"Marker(0)"),
        ("Late", r"Late(5, [0])"),
        // Systems.
        ("Complete", r#"Complete(["A", "B", "C"])"#),
        ("Ring", r#"Ring(["A", "B", "C"])"#),
        ("BiRing", r#"BiRing(["A", "B", "C"])"#),
        ("Line", r#"Line(["A", "B", "C"])"#),
        ("Star", r#"Star(centre: "A", leaves: ["B", "C"])"#),
        ("Graph", r#"Graph(processes: ["A", "B"], channels: [("A", "B")])"#),
        ("Lossy", r"Lossy(1)"),
        ("Duplicating", r"Duplicating(1)"),
        ("Overtaking", r"Overtaking(1)"),
        ("Recovery", r#"Recovery(crashes: {"A": 1}, restores: Everything)"#),
        ("Linked", r"Linked(over: Lossy(1), tries: 2)"),
        ("Each", r"Each(1)"),
        ("Free", r"Free(sends: 2, amounts: [1])"),
        ("PerProcess", r#"PerProcess({"A": [To("B", 5)]})"#),
        ("Script", r#"Script([Send("A", "B", 5), Snapshot(0)])"#),
        ("By", r#"By("A")` or `By(["A", "B"])"#),
        // What is judged.
        ("Violated", r"Violated([ConsistentCut])"),
        ("Completes", r"Completes(0)"),
        ("ChannelRecorded", r"ChannelRecorded(0)"),
        ("UnderWay", r"UnderWay([0, 1])"),
        ("Records", r#"Records(Snapshot(k: 0, processes: {"A": 1}))"#),
        // Algorithms.
        ("If", r"If(NotRecorded, [Record])"),
        ("Not", r"Not(Recorded)"),
        ("OfNext", r"OfNext([Record])"),
        ("SendAhead", r"SendAhead(Marker, Outgoing)"),
        ("Open", r"Open(Incoming)"),
        ("Close", r"Close(Arriving)"),
        ("IsOpen", r"IsOpen(Arriving)"),
        ("ButFirst", r"ButFirst(Outgoing)"),
        ("Forward", r"Forward(Outgoing)"),
        ("Delete", r"Delete(on_marker, 1)"),
        ("Swap", r"Swap(on_marker, 1)"),
        ("PauseBefore", r"PauseBefore(on_marker, 1)"),
        ("Replace", r"Replace(on_marker, 1, Pause)"),
        ("Insert", r"Insert(on_marker, 1, Pause)"),
        ("Condition", r"Condition(on_marker, 0, Recorded)"),
        ("CompleteWhen", r"CompleteWhen(Recorded)"),
    ];
    USAGES.iter().chain(APPLICATIONS).find(|(known, _)| *known == name).map(|(_, usage)| *usage)
}
