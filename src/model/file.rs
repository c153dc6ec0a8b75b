//! A model file as it is written: names are still names, numbers still unchecked. Says what a file may hold.

use serde::Deserialize;

use super::Then;
use super::decode::{Plain, Spanned};
use super::forms::{Amounts, Arrived, CheckFile, Item, OneOrMore, Pairs, Place, Word, Written};
use crate::algorithm::syntax::Edit;
use crate::apps::AppWritten;
use crate::network::Restores;

/// A text with its place.
pub(super) type Text = Spanned<String>;
/// A number with its place.
pub(super) type Number = Spanned<u64>;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(rename = "Model", deny_unknown_fields)]
pub(super) struct ModelFile {
    pub name: Text,
    #[serde(default)]
    pub about: String,
    pub topology: Spanned<ShapeFile>,
    #[serde(default)]
    pub channels: DisciplineFile,
    #[serde(default)]
    pub channel_overrides: Vec<(Place, DisciplineFile)>,
    #[serde(default)]
    pub channel_capacity: Option<Number>,
    pub application: Spanned<ApplicationFile>,
    #[serde(default)]
    pub recovery: Option<Spanned<RecoveryFile>>,
    #[serde(default)]
    pub algorithm: Spanned<Written>,
    #[serde(default)]
    pub mutations: Vec<Spanned<Edit>>,
    #[serde(default)]
    pub equivalent: Vec<Text>,
    #[serde(default)]
    pub snapshots: Spanned<Vec<Spanned<SnapshotFile>>>,
    #[serde(default)]
    pub walk: Spanned<Vec<Spanned<WalkFile>>>,
    #[serde(default)]
    pub then: Then,
    #[serde(default)]
    pub check: CheckFile,
    #[serde(default)]
    pub expect: ExpectFile,
    #[serde(default)]
    pub reach: Spanned<Vec<ReachFile>>,
    #[serde(default)]
    pub recorded: Vec<RecordedFile>,
}

/// Processes and channels.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum ShapeFile {
    Complete(Vec<Text>),
    Ring(Vec<Text>),
    BiRing(Vec<Text>),
    Line(Vec<Text>),
    Star { centre: Text, leaves: Vec<Text> },
    Graph { processes: Vec<Text>, channels: Vec<Place> },
}

/// How channels deliver.
#[derive(Debug, Default, Deserialize)]
pub(super) enum DisciplineFile {
    #[default]
    Fifo,
    Bag,
    Lossy(Number),
    Duplicating(Number),
    Overtaking(Number),
    Linked {
        over: Box<DisciplineFile>,
        tries: Number,
    },
}

/// What the processes do.
#[derive(Debug)]
pub(super) enum ApplicationFile {
    Tokens(TokensFile),
    Other(AppWritten),
}

/// Who crashes how often, and what is restored.
#[derive(Debug, Deserialize)]
#[serde(rename = "Recovery", deny_unknown_fields)]
pub(super) struct RecoveryFile {
    pub crashes: Amounts,
    #[serde(default = "everything")]
    pub restores: Restores,
}

fn everything() -> Restores {
    Restores::Everything
}

/// Token passing.
#[derive(Debug, Deserialize)]
#[serde(rename = "Tokens", deny_unknown_fields)]
pub(super) struct TokensFile {
    #[serde(default = "token")]
    pub unit: Text,
    #[serde(default)]
    pub start: Amounts,
    #[serde(default)]
    pub behaviour: BehaviourFile,
}

fn token() -> Text {
    Spanned { value: "token".to_owned(), span: 0..0 }
}

/// Who may send what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum BehaviourFile {
    Free {
        #[serde(default)]
        sends: Amounts,
        #[serde(default)]
        amounts: Vec<Number>,
    },
    PerProcess(Pairs<Text, Spanned<Vec<Spanned<ToFile>>>>),
    Script(Spanned<Vec<Spanned<TurnFile>>>),
    Broadcast {
        #[serde(default)]
        sends: Amounts,
        #[serde(default)]
        amounts: Vec<Number>,
        #[serde(default = "yes")]
        whole: bool,
    },
}

fn yes() -> bool {
    true
}

impl Default for BehaviourFile {
    fn default() -> Self {
        Self::Free { sends: Amounts::default(), amounts: Vec::new() }
    }
}

/// One send of a process's own list.
#[derive(Debug, Deserialize)]
pub(super) enum ToFile {
    To(Text, Number),
}

/// One entry of a script.
#[derive(Debug, Deserialize)]
pub(super) enum TurnFile {
    Send(Text, Text, Number),
    Start(Number, Text),
    Snapshot(Number),
}

/// One entry of a walk.
#[derive(Debug, Deserialize)]
pub(super) enum WalkFile {
    Send(Text, Text, Number),
    Broadcast(Text, Number),
    Start(Number, Text),
    Snapshot(Number),
    Receive(Arrived),
    Resume(Text, Number),
    Lose(Text, Text),
    Duplicate(Text, Text),
    Overtake(Text, Text),
    /// A step of the application.
    #[serde(rename = "$Other")]
    Step(Plain),
}

/// A snapshot: who starts it.
#[derive(Debug, Deserialize)]
pub(super) enum SnapshotFile {
    By(OneOrMore),
}

/// The expected verdict.
#[derive(Debug, Default, Deserialize)]
pub(super) enum ExpectFile {
    #[default]
    Verified,
    Violated(Spanned<Vec<Spanned<Word>>>),
    Incomplete,
}

/// What must be reachable.
#[derive(Debug, Deserialize)]
pub(super) enum ReachFile {
    Completes(Number),
    ChannelRecorded(Number),
    UnderWay(Spanned<Vec<Number>>),
    Records(RecordedFile),
}

/// What a snapshot records.
#[derive(Debug, Deserialize)]
pub(super) enum RecordedFile {
    Snapshot(RecordFile),
}

/// The inside of [`RecordedFile`].
#[derive(Debug, Deserialize)]
#[serde(rename = "Snapshot", deny_unknown_fields)]
pub(super) struct RecordFile {
    pub k: Number,
    #[serde(default)]
    pub processes: Pairs<Text, Number>,
    #[serde(default)]
    pub channels: Pairs<Place, Vec<Number>>,
}

/// The item of a `Receive`, if it is named.
pub(super) type MaybeItem = Option<Spanned<Item>>;
