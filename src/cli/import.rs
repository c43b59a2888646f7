use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;

use super::console::{Verbosity, counted};
use super::load::{not_utf8, read_written};
use super::{Failure, print};
use crate::import::{self, Imported, Input};
use crate::output::{NEW_FILE, refuse_existing, write_new};
use crate::value::SiteName;

#[derive(Args)]
pub struct ImportArguments {
    /// Ansible variables, uWSGI's ini, YAML or JSON files, or directories of these.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The site's name.
    #[arg(long, value_name = "NAME", value_parser = |text: &str| SiteName::new(text))]
    site: Option<SiteName>,
    /// Where to write the spec; never over a file that is there. [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The files of a directory that are read.
const ENDINGS: [&str; 5] = ["ini", "yml", "yaml", "json", "xml"];

/// `liege import`: makes a spec of what people have.
pub fn run(arguments: &ImportArguments, verbosity: Verbosity) -> Result<(), Failure> {
    arguments.out.as_deref().map_or(Ok(()), refuse_existing)?;
    let mut inputs = Vec::new();
    for path in &arguments.paths {
        for file in files(path, verbosity)? {
            inputs.push(read(&file)?);
        }
    }
    let imported = import::import(&inputs, arguments.site.as_ref()).map_err(|unreadable| {
        for error in unreadable {
            eprintln!("error: {}: {}", error.origin, error.message);
        }
        verbosity.note("nothing was written");
        Failure::Spec
    })?;
    match &arguments.out {
        Some(out) => write_new(out, &imported.spec, NEW_FILE)?,
        None => print(&imported.spec)?,
    }
    tell(&imported, verbosity);
    if let Some(out) = &arguments.out {
        let out = out.display();
        verbosity.summary(&format!("wrote {out}; next: liege check {out}"))?;
    }
    Ok(())
}

/// The file at `path`, or the files of the directory there.
fn files(path: &Path, verbosity: Verbosity) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let context = || format!("cannot read the directory {}", path.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(path).with_context(context)? {
        let entry = entry.with_context(context)?.path();
        let ending = entry.extension().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_file() && ENDINGS.contains(&ending.as_str()) {
            files.push(entry);
        } else {
            let read = ENDINGS.join(", *.");
            verbosity.note(&format!("{}: left alone; only *.{read} are read in a directory", entry.display()));
        }
    }
    files.sort();
    if files.is_empty() { Err(anyhow!("{} holds nothing to import", path.display())) } else { Ok(files) }
}

fn read(path: &Path) -> Result<Input, Failure> {
    let name = path.display().to_string();
    let bytes = read_written(path)?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(&name, &error))?;
    let place = std::path::absolute(path).with_context(|| format!("cannot find {name}"))?;
    Ok(Input::new(&name, place, text))
}

fn tell(imported: &Imported, verbosity: Verbosity) {
    for note in &imported.notes {
        verbosity.note(&format!("{}: {}: {}: {}", note.origin, note.fate.heading(), note.subject, note.reason));
    }
    let above = if imported.lost == 0 { "" } else { ": see above" };
    let carried = counted(imported.carried, "setting");
    verbosity.note(&format!("{carried} carried over, {} not{above}", imported.lost));
}
