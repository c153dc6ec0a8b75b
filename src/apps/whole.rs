//! Whichever application it is, behind the one trait: hands every question on, and wraps the answer.

use super::{App, AppMessage, AppState, AppStep};
use crate::network::{Application, ChannelId, ProcessId, Renaming, Rule, Scene, Step, StepOf, Topology};

/// An application among all: what is its own of the common types.
pub(super) trait Own: Application {
    /// Its state.
    fn state(state: &AppState) -> &Self::State;
    /// Its message.
    fn message(message: &AppMessage) -> &Self::Message;
    /// Its step.
    fn step(step: &AppStep) -> &Self::Step;
    /// Its state as that of any.
    fn any_state(state: Self::State) -> AppState;
    /// Its message as that of any.
    fn any_message(message: Self::Message) -> AppMessage;
    /// Its step as that of any.
    fn any_step(step: Self::Step) -> AppStep;

    fn any_sends(sends: Vec<(ChannelId, Self::Message)>) -> Vec<(ChannelId, AppMessage)> {
        sends.into_iter().map(|(channel, message)| (channel, Self::any_message(message))).collect()
    }

    fn any_offer(step: StepOf<Self>) -> StepOf<App> {
        Step {
            name: Self::any_step(step.name),
            state: Self::any_state(step.state),
            sends: Self::any_sends(step.sends),
        }
    }

    fn received(
        &self,
        topology: &Topology,
        at: ProcessId,
        was: &AppState,
        by: ChannelId,
        what: &AppMessage,
    ) -> (AppState, Vec<(ChannelId, AppMessage)>) {
        let (state, sends) = self.receive(topology, at, Self::state(was), by, Self::message(what));
        (Self::any_state(state), Self::any_sends(sends))
    }
}

/// How each process state, message and step is its own.
fn state_of<'a, A: Own>(_: &A, state: &'a AppState) -> &'a A::State {
    A::state(state)
}

fn message_of<'a, A: Own>(_: &A, message: &'a AppMessage) -> &'a A::Message {
    A::message(message)
}

fn step_of<'a, A: Own>(_: &A, step: &'a AppStep) -> &'a A::Step {
    A::step(step)
}

fn scene_of<'a, A: Own + 'a>(
    _: &A,
    scene: &Scene<'a, AppState, AppMessage>,
) -> Scene<'a, A::State, A::Message> {
    scene.map(A::state, A::message)
}

fn initial_of<A: Own>(of: &A, process: ProcessId) -> AppState {
    A::any_state(of.initial(process))
}

fn steps_of<A: Own>(of: &A, topology: &Topology, process: ProcessId, state: &AppState) -> Vec<StepOf<App>> {
    of.steps(topology, process, A::state(state)).into_iter().map(A::any_offer).collect()
}

fn half_of<A: Own>(of: &A, state: &AppState) -> AppState {
    A::any_state(of.first_half(A::state(state)))
}

fn torn_of<A: Own>(of: &A, first: &AppState, now: &AppState) -> AppState {
    A::any_state(of.torn(A::state(first), A::state(now)))
}

fn renamed_step_of<A: Own>(of: &A, renaming: &Renaming, step: &AppStep) -> Option<AppStep> {
    of.renamed_step(renaming, A::step(step)).map(A::any_step)
}

impl Application for App {
    type State = AppState;
    type Message = AppMessage;
    type Step = AppStep;

    fn initial(&self, process: ProcessId) -> AppState {
        own!(self, app => initial_of(app, process))
    }

    fn steps(&self, topology: &Topology, process: ProcessId, state: &AppState) -> Vec<StepOf<Self>> {
        own!(self, app => steps_of(app, topology, process, state))
    }

    fn receive(
        &self,
        topology: &Topology,
        process: ProcessId,
        state: &AppState,
        channel: ChannelId,
        message: &AppMessage,
    ) -> (AppState, Vec<(ChannelId, AppMessage)>) {
        own!(self, app => app.received(topology, process, state, channel, message))
    }

    fn is_finished(&self, process: ProcessId, state: &AppState) -> bool {
        own!(self, app => app.is_finished(process, state_of(app, state)))
    }

    fn progress(&self, topology: &Topology, process: ProcessId, state: &AppState) -> Option<u64> {
        own!(self, app => app.progress(topology, process, state_of(app, state)))
    }

    fn fair(&self, step: &AppStep) -> Option<u32> {
        own!(self, app => app.fair(step_of(app, step)))
    }

    fn is_beyond(&self, state: &AppState) -> bool {
        own!(self, app => app.is_beyond(state_of(app, state)))
    }

    fn first_half(&self, state: &AppState) -> AppState {
        own!(self, app => half_of(app, state))
    }

    fn torn(&self, first: &AppState, now: &AppState) -> AppState {
        own!(self, app => torn_of(app, first, now))
    }

    fn held(&self, state: &AppState) -> u64 {
        own!(self, app => app.held(state_of(app, state)))
    }

    fn carried(&self, message: &AppMessage) -> u64 {
        own!(self, app => app.carried(message_of(app, message)))
    }

    fn amount(&self, amount: u128) -> Option<String> {
        own!(self, app => app.amount(amount))
    }

    fn heading(&self, topology: &Topology) -> String {
        own!(self, app => app.heading(topology))
    }

    fn state_text(&self, topology: &Topology, state: &AppState) -> String {
        own!(self, app => app.state_text(topology, state_of(app, state)))
    }

    fn message_text(&self, topology: &Topology, message: &AppMessage) -> String {
        own!(self, app => app.message_text(topology, message_of(app, message)))
    }

    fn step_names(&self) -> &'static [&'static str] {
        own!(self, app => app.step_names())
    }

    fn step_text(&self, topology: &Topology, step: &AppStep) -> String {
        own!(self, app => app.step_text(topology, step_of(app, step)))
    }

    fn step_words(&self, topology: &Topology, step: &AppStep) -> Option<String> {
        own!(self, app => app.step_words(topology, step_of(app, step)))
    }

    fn step_place(&self, topology: &Topology, step: &AppStep) -> ProcessId {
        own!(self, app => app.step_place(topology, step_of(app, step)))
    }

    fn are_alike(&self, one: ProcessId, other: ProcessId) -> bool {
        own!(self, app => app.are_alike(one, other))
    }

    fn is_same_under(&self, topology: &Topology, renaming: &Renaming) -> bool {
        own!(self, app => app.is_same_under(topology, renaming))
    }

    fn renamed_step(&self, renaming: &Renaming, step: &AppStep) -> Option<AppStep> {
        own!(self, app => renamed_step_of(app, renaming, step))
    }

    fn names_channels(&self) -> bool {
        own!(self, app => app.names_channels())
    }

    fn rules(&self) -> Vec<Rule> {
        own!(self, app => app.rules())
    }

    fn holds(&self, topology: &Topology, rule: Rule, scene: &Scene<'_, AppState, AppMessage>) -> bool {
        own!(self, app => app.holds(topology, rule, &scene_of(app, scene)))
    }

    fn detects(&self, topology: &Topology, rule: Rule, scene: &Scene<'_, AppState, AppMessage>) -> u64 {
        own!(self, app => app.detects(topology, rule, &scene_of(app, scene)))
    }

    fn things(&self, topology: &Topology, rule: Rule) -> u32 {
        own!(self, app => app.things(topology, rule))
    }
}

/// What one application has made is shown to it alone.
pub(super) fn mixed() -> ! {
    unreachable!("a model has one application")
}
