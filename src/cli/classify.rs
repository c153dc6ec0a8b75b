//! `cl-check classify`: which messages are recorded in their channels always, never, or sometimes.

use super::exit::Exit;
use super::inputs::Input;
use super::run_arguments::ClassifyArguments;
use super::{examine, output};
use crate::check::{Unclassified, classify};
use crate::model::Model;
use crate::report::{ClassifiedReport, classified_text, number};

/// Classifies the messages of the model that the arguments name.
pub fn run(arguments: &ClassifyArguments) -> Exit {
    examine::single(&arguments.model, arguments.report.page.color, |input, model| {
        classified(arguments, input, model)
    })
}

fn classified(arguments: &ClassifyArguments, input: &Input, model: &Model) -> Exit {
    let all = match classify(model, arguments.max_states as usize) {
        Ok(all) => all,
        Err(reason) => {
            output::complain(&format!("{}: {}", input.name(), why(reason)));
            return if matches!(reason, Unclassified::TooLarge(_)) {
                Exit::Inconclusive
            } else {
                Exit::Unusable
            };
        }
    };
    output::answer(
        arguments.report,
        Exit::Met,
        |page| classified_text(&model.name, &all, arguments.examples, page),
        || ClassifiedReport::new(&model.name, &all),
    )
}

fn why(reason: Unclassified) -> String {
    match reason {
        Unclassified::SendsAreFree => {
            "what is sent differs from ordering to ordering; write the sends as `PerProcess`, `Script` or in the `walk`".to_owned()
        }
        Unclassified::NoSnapshots => "it has no snapshots".to_owned(),
        Unclassified::NotFifo => "messages are told apart by their order, so every channel must be `Fifo`".to_owned(),
        Unclassified::KeptOtherwise => {
            "a message must be kept where it is received, or not at all: no `recovery`, no `Forget`, no `KeepRepeated`, no `Pause` in `on_message`".to_owned()
        }
        Unclassified::TooLarge(states) => {
            format!("it has more than {} states: raise `--max-states`", number(states as u64))
        }
    }
}
