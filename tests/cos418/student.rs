//! A student's server that closes only the link of the first marker, in the assignment's simulator: on some delays the judge
//! rejects what it records, and never where enumeration says that it is legal.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

use cl_check::check::{Options, check};
use cl_check::cos418::judge::{Judgement, Kind, Semantics, judge};
use cl_check::cos418::{Entry, Exercise, Outcome, Recording, discrete, read_recordings};
use cl_check::engine::Bounds;
use cl_check::engine::verdict::Word;
use cl_check::model::{Source, read};
use cl_check::network::ChannelId;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn star() -> Exercise {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/cos418");
    Exercise::load(&folder.join("star.top"), &folder.join("star.events")).expect("it is of the format")
}

/// One snapshot, servers by number: an amount, or the marker.
struct Student<'e> {
    exercise: &'e Exercise,
    time: u64,
    tokens: Vec<u64>,
    recorded: Vec<Option<u64>>,
    markers: Vec<usize>,
    open: Vec<bool>,
    kept: Vec<Vec<u64>>,
    links: Vec<VecDeque<(Option<u64>, u64)>>,
    random: ChaCha8Rng,
}

impl<'e> Student<'e> {
    fn new(exercise: &'e Exercise, seed: u64) -> Self {
        let (servers, links) = (exercise.tokens.len(), exercise.topology.channels().len());
        Self {
            exercise,
            time: 0,
            tokens: exercise.tokens.clone(),
            recorded: vec![None; servers],
            markers: vec![0; servers],
            open: vec![false; links],
            kept: vec![Vec::new(); links],
            links: vec![VecDeque::new(); links],
            random: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    fn put(&mut self, link: ChannelId, message: Option<u64>) {
        let due = self.time + 1 + self.random.random_range(0..5);
        self.links[link.index()].push_back((message, due));
    }

    fn start(&mut self, server: usize) {
        let at = cl_check::network::ProcessId::of(server);
        self.recorded[server] = Some(self.tokens[server]);
        for &link in self.exercise.topology.incoming(at) {
            self.open[link.index()] = true;
        }
        for link in self.exercise.links_in_order(at) {
            self.put(link, None);
        }
    }

    fn receive(&mut self, link: ChannelId, message: Option<u64>) {
        let to = self.exercise.topology.channel(link).to;
        let server = to.index();
        let incoming = self.exercise.topology.incoming(to);
        if let Some(tokens) = message {
            self.tokens[server] += tokens;
            if self.open[link.index()] {
                self.kept[link.index()].push(tokens);
            }
            return;
        }
        self.markers[server] += 1;
        if self.recorded[server].is_none() {
            self.start(server);
            self.open[link.index()] = false;
        }
        // The mistake: a link is left open until the last marker has come.
        if self.markers[server] == incoming.len() {
            for link in incoming {
                self.open[link.index()] = false;
            }
        }
    }

    fn tick(&mut self) {
        self.time += 1;
        for server in self.exercise.servers_in_order() {
            let links = self.exercise.links_in_order(server);
            let is_due =
                |link: &ChannelId| self.links[link.index()].front().is_some_and(|&(_, due)| due <= self.time);
            if let Some(link) = links.into_iter().find(is_due) {
                let (message, _) = self.links[link.index()].pop_front().expect("it has a head");
                self.receive(link, message);
            }
        }
    }

    fn run(mut self) -> Recording {
        for entry in &self.exercise.script {
            match *entry {
                Entry::Tick => self.tick(),
                Entry::Snapshot(_) => self.start(self.exercise.initiators[0].index()),
                Entry::Send(link, tokens) => {
                    self.tokens[self.exercise.topology.channel(link).from.index()] -= tokens;
                    self.put(link, Some(tokens));
                }
            }
        }
        let topology = &self.exercise.topology;
        while topology.processes().any(|at| self.markers[at.index()] < topology.incoming(at).len()) {
            self.tick();
        }
        Recording {
            tokens: self.recorded.into_iter().flatten().collect(),
            messages: self.kept,
            strays: Vec::new(),
        }
    }
}

#[test]
fn a_mistake_that_one_seed_does_not_show() {
    let exercise = star();
    let legal: BTreeSet<Outcome> =
        discrete::outcomes(&exercise, &Bounds::default()).outcomes.into_iter().collect();
    let mut rejected = 0;
    for seed in 0..200 {
        let recorded = vec![Student::new(&exercise, seed).run()];
        let judged = judge(&exercise, &recorded, Semantics::Discrete, &Bounds::default());
        let is_legal = legal.contains(&Outcome { snapshots: recorded });
        match judged {
            Judgement::Legal(_) => assert!(is_legal, "{seed}"),
            Judgement::Illegal(reason) => {
                assert!(!is_legal && reason.kind == Kind::Total, "{seed}: {reason:?}");
                rejected += 1;
            }
            Judgement::Undecided => panic!("{seed}"),
        }
    }
    assert!((10..190).contains(&rejected), "{rejected} of 200");
}

/// The file that the docs show is what this mistake records.
#[test]
fn the_example_is_one() {
    let exercise = star();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/cos418/star-first-link-only.snap");
    let wrong = read_recordings(&exercise, &[Source::load(&path).expect("a file")]).expect("of the format");
    assert!((0..200).any(|seed| vec![Student::new(&exercise, seed).run()] == wrong));
}

/// The same mistake as edits of the algorithm, on the model of the exercise.
#[test]
fn the_model_of_the_mistake_is_violated() {
    let model = star().to_model("star");
    let edits = "    mutations: [Insert(on_marker, 3, Close(Arriving)), \
                 Replace(on_marker, 5, If(EveryMarkerArrived, [Close(Incoming)]))],\n    snapshots:";
    for (text, word) in
        [(model.clone(), Word::Verified), (model.replace("    snapshots:", edits), Word::Violated)]
    {
        let verdict = check(&read(&Source::new("star.ron", text)).expect("a model"), &Options::default());
        assert_eq!(verdict.word, word);
    }
}
