//! `cl-check export`: a model in the language of another checker.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};

use super::arguments::Color;
use super::exit::Exit;
use super::inputs::Input;
use super::{aside, examine, output};
use crate::export::{Exported, Language, export, module_name};
use crate::model::{Error, Model};
use crate::report::printable;

/// What to export.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The model: a file, or - for standard input
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub model: PathBuf,

    /// The language: promela for SPIN, tla for TLC
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub format: Tongue,

    /// Write to this file instead of standard output; with tla, FILE.cfg is written beside it
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// When to use colours.
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    #[arg(help = "When to use colours; auto heeds NO_COLOR and CLICOLOR_FORCE")]
    pub color: Color,
}

/// A language by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tongue {
    /// Promela, for SPIN
    Promela,
    /// TLA+, for TLC
    Tla,
}

/// Exports the model that the arguments name.
pub fn run(arguments: &ExportArguments) -> Exit {
    examine::single(&arguments.model, arguments.color, |input, model| exported(arguments, input, model))
}

fn exported(arguments: &ExportArguments, input: &Input, model: &Model) -> Exit {
    let language = match arguments.format {
        Tongue::Promela => Language::Promela,
        Tongue::Tla => Language::Tla,
    };
    let stem = arguments.output.as_ref().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy());
    let name = stem.map_or_else(|| model.name.clone(), std::borrow::Cow::into_owned);
    if arguments.output.is_some() && language == Language::Tla && module_name(&name) != name {
        output::complain(&format!(
            "a module of TLA+ cannot be called `{}`: name the file with letters, digits and `_`",
            printable(&name)
        ));
        return Exit::Unusable;
    }
    let exported = match export(model, language, &name) {
        Ok(exported) => exported,
        Err(unfit) => {
            let message = format!("{} cannot be exported", unfit.what);
            let error = Error { path: input.name().into(), message, hint: Some(unfit.hint), place: None };
            output::show(&error, output::wants_color(arguments.color, &std::io::stderr()));
            return Exit::Unusable;
        }
    };
    let Some(path) = &arguments.output else {
        return output::print(exported.text.as_bytes()).err().unwrap_or(Exit::Met);
    };
    written(path, &exported).err().unwrap_or(Exit::Met)
}

fn written(path: &Path, exported: &Exported) -> Result<(), Exit> {
    let Some(configuration) = &exported.configuration else { return write_file(path, &exported.text) };
    let beside = path.with_extension("cfg");
    if beside == path {
        output::complain("the configuration goes into a file of that name: call the module's `.tla`");
        return Err(Exit::Unusable);
    }
    write_file(path, &exported.text)?;
    write_file(&beside, configuration)
}

fn write_file(path: &Path, text: &str) -> Result<(), Exit> {
    aside::write(path, text).map_err(|reason| aside::unwritable(path, &reason))
}
