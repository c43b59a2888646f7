//! Whole processes: liege and those who do the same work on the same payload, in turn, in one table.
//!
//! `cargo bench --bench whole [sites] [packages] [repositories]`; all three without a word.

#![allow(missing_docs)]

mod floor;
mod measure;
mod packages;
mod payload;
mod place;
mod repositories;
mod sites;
#[path = "../support/mod.rs"]
mod support;
mod table;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

/// How often everybody runs.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let [job @ ("floor" | "payload"), spec, family, directory] = words[..] {
        let packages = support::packages(&std::fs::read_to_string(spec)?, family)?;
        let work = if job == "floor" { floor::run } else { payload::write };
        return work(&packages, Path::new(directory));
    }
    if let ["indices", to, family, key] = words[..] {
        return repositories::indices(to, family, key);
    }
    let chosen = if words.is_empty() { vec!["sites", "packages", "repositories"] } else { words };
    table::begin();
    // ext4 looks for minutes at each file that was removed before it takes a new one: all stays until the end.
    let mut places = Vec::new();
    for word in chosen {
        let place = place::Place::new()?;
        match word {
            "sites" => sites::run(&place)?,
            "packages" => packages::run(&place)?,
            "repositories" => repositories::run(&place)?,
            other => bail!("there is no section {other}"),
        }
        places.push(place);
    }
    Ok(())
}

/// This program once more, for work in a process of its own: a child's peak memory begins with its parent's.
fn itself(job: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.arg(job);
    command
}
