//! Where reports go: standard output, files that are asked for, GitHub where it runs us. Files are written aside and
//! put in their place when they are whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::arguments::{CheckArguments, Export, Format};
use super::aside::{self, Aside, aside, unwritable};
use super::exit::Exit;
use super::output;
use crate::report::github::Github;
use crate::report::{Exporter, Human, Json, Ndjson, News, Outcome, Quiet, html, printable};

/// Everything that is told the news.
pub struct Outlets {
    /// Standard output, as long as somebody reads it.
    out: Option<Box<dyn Exporter>>,
    files: Vec<File>,
    folder: Option<Folder>,
    github: Option<Github>,
}

impl Outlets {
    /// As the arguments say; all files can be written, or nothing begins.
    ///
    /// # Errors
    /// The exit that a file which cannot be written calls for.
    pub fn open(arguments: &CheckArguments, batch: bool) -> Result<Self, Exit> {
        let times = !arguments.report.page.no_times;
        let page = output::page(arguments.report.page, batch && !arguments.all);
        let out: Box<dyn Exporter> = match arguments.report.format {
            Format::Human if arguments.quiet => Box::new(Quiet::new(page)),
            Format::Human => Box::new(Human::new(page)),
            Format::Json => Box::new(Json::new(times)),
            Format::Ndjson => Box::new(Ndjson::new(times)),
        };
        let files = arguments.export.iter().map(|export| File::open(export, times));
        let folder = arguments.report_dir.as_deref().map(Folder::open).transpose()?;
        let is_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|on| on == "true");
        let github = is_github.then(Github::default);
        Ok(Self { out: Some(out), files: files.collect::<Result<_, _>>()?, folder, github })
    }

    /// Tells everyone.
    ///
    /// # Errors
    /// The exit that a failure to write calls for.
    pub fn tell(&mut self, news: News<'_>) -> Result<(), Exit> {
        self.print(news)?;
        for file in &mut self.files {
            file.tell(news)?;
        }
        if let Some(folder) = &mut self.folder {
            folder.tell(news)?;
        }
        match (news, &mut self.github) {
            (News::Model(outcome), Some(github)) => github.note(outcome),
            (News::End(_), Some(github)) => annotate(github),
            (_, None) => {}
        }
        Ok(())
    }

    /// Where nobody reads standard output any more, all ends, unless something else was asked for.
    fn print(&mut self, news: News<'_>) -> Result<(), Exit> {
        let Some(out) = &mut self.out else { return Ok(()) };
        let mut text = Vec::new();
        out.export(news, &mut text).map_err(|reason| output::failed(&reason))?;
        let has_others = !self.files.is_empty() || self.folder.is_some() || self.github.is_some();
        match output::print(&text) {
            Err(Exit::Met) if has_others => {
                self.out = None;
                Ok(())
            }
            printed => printed,
        }
    }
}

/// One file, and who writes it.
struct File {
    export: Export,
    exporter: Box<dyn Exporter>,
    aside: Option<Aside>,
    is_empty: bool,
}

impl File {
    fn open(export: &Export, times: bool) -> Result<Self, Exit> {
        let aside = aside(&export.path).map_err(|reason| unwritable(&export.path, &reason))?;
        let exporter = export.form.exporter(times);
        Ok(Self { export: export.clone(), exporter, aside: Some(aside), is_empty: true })
    }

    fn tell(&mut self, news: News<'_>) -> Result<(), Exit> {
        let Some(aside) = &mut self.aside else { return Ok(()) };
        let mut text = Vec::new();
        let written = self.exporter.export(news, &mut text).and_then(|()| aside.write_all(&text));
        written.map_err(|reason| unwritable(&self.export.path, &reason))?;
        self.is_empty &= text.is_empty();
        match news {
            News::Model(_) => Ok(()),
            News::End(_) => self.end(),
        }
    }

    fn end(&mut self) -> Result<(), Exit> {
        if self.is_empty {
            let path = printable(&self.export.path.display().to_string());
            output::complain(&format!("`{path}` is not written: {}", self.export.form.needs()));
            return Ok(());
        }
        let kept = self.aside.take().map_or(Ok(()), Aside::put);
        kept.map_err(|reason| unwritable(&self.export.path, &reason))
    }
}

/// A folder with a page for each model.
struct Folder {
    path: PathBuf,
    /// File names and rows of the index.
    pages: Vec<(String, String)>,
}

impl Folder {
    fn open(path: &Path) -> Result<Self, Exit> {
        let made = fs::create_dir_all(path).and_then(|()| aside(&path.join("index.html")));
        made.map_err(|reason| unwritable(path, &reason))?;
        Ok(Self { path: path.to_owned(), pages: Vec::new() })
    }

    fn tell(&mut self, news: News<'_>) -> Result<(), Exit> {
        match news {
            News::Model(outcome) => {
                let file = self.name(outcome);
                self.pages.push((file.clone(), html::row(&file, outcome)));
                self.write(&file, &html::page(outcome))
            }
            News::End(_) => {
                let rows: Vec<&str> = self.pages.iter().map(|(_, row)| row.as_str()).collect();
                self.write("index.html", &html::index(&rows))
            }
        }
    }

    /// The path of the model as the name of a file that no other page has.
    fn name(&self, outcome: &Outcome) -> String {
        let path = outcome.path();
        let stem = path.strip_suffix(".ron").unwrap_or(path);
        let safe = |sign: char| if sign.is_alphanumeric() || "-_".contains(sign) { sign } else { '-' };
        let stem: String = stem.chars().map(safe).collect();
        let stem = stem.trim_matches('-');
        let stem = if stem.is_empty() || stem == "index" { "model" } else { stem };
        let names =
            std::iter::once(format!("{stem}.html")).chain((2..).map(|more| format!("{stem}-{more}.html")));
        let mut free = names.filter(|name| self.pages.iter().all(|(other, _)| other != name));
        free.next().unwrap_or_default()
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Exit> {
        let path = self.path.join(name);
        aside::write(&path, text).map_err(|reason| unwritable(&path, &reason))
    }
}

/// Commands go to the log by standard error, which GitHub reads too, so that standard output stays what was asked for.
fn annotate(github: &mut Github) {
    let _ = io::stderr().write_all(github.commands().as_bytes());
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY") else { return };
    let appended = fs::OpenOptions::new().append(true).create(true).open(&path);
    let written = appended.and_then(|mut file| file.write_all(github.summary().as_bytes()));
    if let Err(reason) = written {
        output::complain(&format!("cannot write the step summary: {reason}"));
    }
}
