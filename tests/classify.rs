//! Which messages are recorded in their channels: what is said of all orderings against walking each of them; and what a
//! picture says of one.

use std::collections::BTreeMap;
use std::path::Path;

use cl_check::check::{Course, Options, Unclassified, check, classify};
use cl_check::engine::diagram::{ArrowEnd, Load, Side};
use cl_check::engine::simulation::Fate;
use cl_check::model::{self, Model, Source, read};

fn gallery(file: &str) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(file);
    model::load(&path).expect("the gallery can be read")
}

/// By walking every ordering, one by one.
#[test]
fn messages_are_classified_as_the_orderings_say() {
    let lists = |sends: &str| {
        let text = format!(
            r#"Model(name: "small", topology: Complete(["A", "B"]), snapshots: [By("A")],
                application: Tokens(start: Each(3), behaviour: PerProcess({sends})))"#
        );
        read(&Source::new("small.ron", text)).expect("a model")
    };
    let models = [
        lists(r#"{"A": [To("B", 1)]}"#),
        lists(r#"{"B": [To("A", 1)]}"#),
        lists(r#"{"A": [To("B", 1)], "B": [To("A", 2), To("A", 1)]}"#),
        gallery("lectures/bank.ron"),
        gallery("lectures/three-processes.ron"),
    ];
    for model in models {
        let mut seen = Seen::new();
        let mut course = Course::new(&model);
        course.take_enabled(&model.walk);
        every_ordering(&mut course, &mut seen);
        let found: BTreeMap<String, Fate> = classify(&model, 100_000)
            .expect("it fits")
            .into_iter()
            .map(|one| (one.message, one.fate))
            .collect();
        let expected = named(&seen);
        assert_eq!(found, expected, "{}", model.name);
    }
}

/// Message by sender, receiver and number, what it carries, and in how many orderings it is kept and is not.
type Seen = BTreeMap<(String, String, usize), (String, [u64; 2])>;

fn named(seen: &Seen) -> BTreeMap<String, Fate> {
    let fate = |[kept, other]: [u64; 2]| match (kept > 0, other > 0) {
        (true, false) => Fate::Always,
        (false, _) => Fate::Never,
        (true, true) => Fate::Sometimes,
    };
    let name = |(from, to, number): &(String, String, usize), load: &str| {
        let several = seen.contains_key(&(from.clone(), to.clone(), 2));
        let ordinal = if several { format!(", number {number} there") } else { String::new() };
        format!("{load} from {from} to {to}{ordinal}")
    };
    seen.iter().map(|(key, (load, counts))| (name(key, load), fate(*counts))).collect()
}

/// In how many orderings each message is kept, and is not; orderings that begin alike are walked once a beginning.
fn every_ordering(course: &mut Course<'_>, seen: &mut Seen) {
    let next = course.next();
    if next.is_empty() {
        let run = course.run("it", String::new());
        let mut numbers: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for arrow in run.diagram.arrows.iter().filter(|arrow| matches!(arrow.load, Load::Message(_))) {
            let number = numbers.entry((arrow.from, arrow.to)).or_default();
            *number += 1;
            let name = |process: usize| run.diagram.processes[process].clone();
            let entry = seen.entry((name(arrow.from), name(arrow.to), *number)).or_default();
            entry.0 = run.diagram.label(&arrow.load);
            entry.1[usize::from(!arrow.kept)] += 1;
            assert_eq!(arrow.kept, arrow.side == Side::Crosses, "the algorithm is right");
            assert!(matches!(arrow.end, ArrowEnd::Received(_)), "the run has ended");
        }
        return;
    }
    // Which of several independent events goes first does not matter where there are too many orderings to walk.
    let all = next.len().min(if course.events().len() > 9 { 1 } else { usize::MAX });
    for next in next.into_iter().take(all) {
        course.take(next);
        every_ordering(course, seen);
        course.undo();
    }
}

#[test]
fn what_cannot_be_classified_is_said() {
    assert_eq!(classify(&gallery("two_node.ron"), 1_000).err(), Some(Unclassified::SendsAreFree));
    assert_eq!(classify(&gallery("lectures/bank.ron"), 10).err(), Some(Unclassified::TooLarge(10)));
    for edit in ["PauseBefore(on_message, 0)", "Insert(on_message, 0, Forget)"] {
        let model = pair(r#"PerProcess({"A": [To("B", 1)]})"#, &format!("mutations: [{edit}]"));
        assert_eq!(classify(&model, 1_000).err(), Some(Unclassified::KeptOtherwise), "{edit}");
    }
}

/// Two processes that send like this, and whatever else.
fn pair(behaviour: &str, more: &str) -> Model {
    let text = format!(
        r#"Model(name: "pair", topology: Complete(["A", "B"]), snapshots: [By("A")],
        application: Tokens(start: Each(1), behaviour: {behaviour}), {more})"#
    );
    read(&Source::new("pair.ron", text)).expect("a model")
}

/// A handler that stopped keeps its message when it goes on: that message is kept, wherever in the picture it arrived.
#[test]
fn a_message_that_is_kept_later_is_drawn_as_kept() {
    let late = "mutations: [PauseBefore(on_message, 0)], reach: [ChannelRecorded(0)]";
    let model = pair("Free(sends: 1, amounts: [1])", late);
    let verdict = check(&model, &Options::default());
    let run = verdict.witnesses.first().expect("a message can be recorded");
    assert!(run.events.iter().any(|event| event.starts_with("Resume")), "{:?}", run.events);
    assert_eq!(run.diagram.arrows.iter().filter(|arrow| arrow.kept).count(), 1, "{:?}", run.diagram.arrows);
}
