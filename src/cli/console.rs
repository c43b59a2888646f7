//! How much is told, and in which colours.

use anstream::ColorChoice;
use clap::{Args, ValueEnum};

use super::{Failure, print};

/// What every command takes.
#[derive(Args)]
pub struct ConsoleArguments {
    /// When to use colours; auto is on a terminal, unless NO_COLOR is set.
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", help_heading = "Global options")]
    color: Color,
    /// Tell mistakes and what was asked for; no warnings, notes or summaries.
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Global options")]
    quiet: bool,
    /// Tell more where there is more: why a mistake is one, digests of packages and keys.
    #[arg(short, long, global = true, help_heading = "Global options")]
    verbose: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// How much is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verbosity {
    /// Mistakes, and what was asked for.
    Quiet,
    /// Also warnings, notes and summaries.
    Normal,
    /// Also reasons and digests.
    Verbose,
}

impl Verbosity {
    /// Tells on standard output what was done.
    pub fn summary(self, text: &str) -> Result<(), Failure> {
        if self == Self::Quiet { Ok(()) } else { print(&format!("{text}\n")) }
    }

    /// Tells on standard error what somebody ought to know.
    pub fn note(self, text: &str) {
        if self != Self::Quiet {
            eprintln!("{text}");
        }
    }

    /// A digest behind the name of what it is of.
    pub fn digest(self, sha256: &str) -> String {
        if self == Self::Verbose { format!("  sha256:{sha256}") } else { String::new() }
    }
}

/// How many there are, in words.
pub fn counted(count: usize, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {word}{plural}")
}

impl ConsoleArguments {
    /// Has everything that is printed from now on in the colours that were asked for.
    pub fn choose_colours(&self) {
        match self.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
        .write_global();
    }

    /// How much is to be told.
    pub fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }
}
