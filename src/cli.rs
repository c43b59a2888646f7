//! The commands; the only module that prints.

mod against;
mod build;
mod check;
mod console;
mod explain;
mod import;
mod init;
mod key;
mod load;
mod lock;
mod manual;
mod options;
mod plan;
mod publish;
mod rebuild;
mod schema;
mod shell;
mod value;
mod verify;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, ValueHint};

use crate::level::Levels;
use crate::lock::LAST_RELEASE;
use crate::rule::Rule;
use crate::shard::Shard;
use crate::sign::Certificate;
use crate::spec::Header;
use console::ConsoleArguments;
use value::{Likely, Raised, RaisedCode, RuleCode};

/// Told below the options, and in the manual page.
const EXIT_STATUS: &str =
    "Exit status: 0 done, 1 the spec is wrong, 2 anything else, 3 `plan --against` found changes.";

/// Builds native .deb and .rpm packages for uWSGI applications from one declarative site spec.
#[derive(Parser)]
#[command(name = "liege", version, max_term_width = 100, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    console: ConsoleArguments,
}

/// In the order in which somebody new comes to need them.
#[derive(Subcommand)]
enum Command {
    /// Write a first spec, from flags or from answers to questions.
    Init(init::InitArguments),
    /// Make a spec of Ansible variables or of uWSGI's own files.
    Import(import::ImportArguments),
    /// Find every mistake of a spec; build nothing.
    Check(CheckArguments),
    /// Print the packages of a site as text: files, relations, scripts.
    Plan(PlanArguments),
    /// Build the packages of a site.
    Build(BuildArguments),
    /// Explain a rule by its code, or list all rules.
    Explain(ExplainArguments),
    /// Describe an option of a spec, those that a word occurs in, or all.
    Options(OptionsArguments),
    /// Print the JSON Schema of a spec, for editors.
    Schema,
    /// Make a key for repositories, and show its public half.
    Key(key::NewKeyArguments),
    /// Add what was built to signed apt and rpm-md repositories.
    Publish(publish::PublishArguments),
    /// Sign the present state of repositories anew, so that clients believe it for longer.
    Refresh(publish::RefreshArguments),
    /// Check everything in published repositories, and that packages are what their spec makes.
    Verify(verify::VerifyArguments),
    /// Print what a shell needs to complete commands, options and rules.
    Completions(CompletionsArguments),
    /// Write a manual page for each command.
    Man(ManArguments),
}

#[derive(Args)]
struct SpecArguments {
    /// The site's spec.
    #[arg(value_hint = ValueHint::FilePath)]
    spec: PathBuf,
    /// Make breaches of this rule errors, or those of all warnings that are not allowed; may be repeated.
    #[arg(short = 'W', long = "raise", value_name = "RULE|all", value_parser = RaisedCode, hide_possible_values = true)]
    raised: Vec<Raised>,
    /// Say nothing of breaches of this rule, a warning or note; may be repeated.
    #[arg(short = 'A', long = "allow", value_name = "RULE", value_parser = RuleCode::Allowable, hide_possible_values = true)]
    allowed: Vec<&'static Rule>,
}

#[derive(Args)]
struct CheckArguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// How to tell what was found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: check::Format,
}

#[derive(Args)]
struct CompletionsArguments {
    /// The shell.
    shell: clap_complete::Shell,
}

#[derive(Args)]
struct ManArguments {
    /// Where to write them.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
}

#[derive(Args)]
struct ExplainArguments {
    /// The code of the rule, as it stands behind the word error, warning or note.
    #[arg(value_parser = RuleCode::Any, hide_possible_values = true)]
    rule: Option<&'static Rule>,
}

#[derive(Args)]
struct OptionsArguments {
    /// The name of an option, of uWSGI's own as well, or a word to look for.
    #[arg(value_name = "NAME|WORD", value_parser = Likely::Option, hide_possible_values = true)]
    word: Option<String>,
}

#[derive(Args)]
struct Selection {
    #[command(flatten)]
    spec: SpecArguments,
    /// Only for this OS family; may be repeated. [default: the spec's families]
    #[arg(long = "family", value_name = "FAMILY", value_parser = Likely::Family, hide_possible_values = true)]
    families: Vec<String>,
    /// Only this application; may be repeated. [default: all, and what they share]
    #[arg(long = "app", value_name = "APP")]
    apps: Vec<String>,
    /// A directory whose files replace the built-in templates of the same name.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    templates: Option<PathBuf>,
    /// Build everything as this release of the spec's version, changed or not. [default: as liege.lock has it]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(LAST_RELEASE)))]
    release: Option<u32>,
    /// Only this part of the packages, such as 2/4: what 1/4 to 4/4 build on four machines is the whole site.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    #[command(flatten)]
    lock: lock::LockArguments,
}

#[derive(Args)]
struct BuildArguments {
    #[command(flatten)]
    selection: Selection,
    /// Where to write DIR/FAMILY/*.deb, DIR/FAMILY/*.rpm and DIR/manifest.json.
    #[arg(long, value_name = "DIR", default_value = "out", value_hint = ValueHint::DirPath)]
    out: PathBuf,
    /// Where machines share what they packed: a directory, s3://BUCKET/PREFIX (settings from AWS_* variables) or, only to read, a
    /// URL. Used for what liege.lock knows, and filled with what is packed.
    #[arg(long, value_name = "PLACE")]
    cache: Option<String>,
}

#[derive(Args)]
struct PlanArguments {
    #[command(flatten)]
    selection: Selection,
    /// Tell what changes against this: a directory that `build` wrote, a liege.lock, or published repositories.
    #[arg(long, value_name = "PLACE")]
    against: Option<String>,
    /// How to tell it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: against::Format,
    /// The public key that signs the repositories of --against.
    #[arg(long, value_name = "FILE", requires = "against")]
    key: Option<PathBuf>,
    /// apt's suite in the repositories of --against.
    #[arg(long, value_name = "SUITE", default_value = "stable", requires = "against")]
    suite: String,
}

impl SpecArguments {
    /// What the command line and the spec make of the rules.
    fn levels(&self, header: &Header) -> Levels {
        let allowed: Vec<_> =
            self.allowed.iter().map(|rule| rule.code).chain(header.allow.codes().iter().copied()).collect();
        let raised = self.raised.iter().flat_map(|raised| raised.codes(&allowed)).collect();
        Levels { raised, allowed }
    }
}

/// Why a command did not do what it was asked for.
enum Failure {
    /// The spec is wrong; its mistakes have been told.
    Spec,
    /// Anything else.
    World(anyhow::Error),
    /// Nothing went wrong: `plan` found changes.
    Changes,
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::World(error)
    }
}

/// Exit status when the spec is wrong.
const SPEC_IS_WRONG: u8 = 1;
/// Exit status for anything else that went wrong.
const WORLD_IS_WRONG: u8 = 2;
/// Exit status when a plan differs from what it was held against.
const CHANGES: u8 = 3;

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let Arguments { command, console } = Arguments::parse();
    console.choose_colours();
    let verbosity = console.verbosity();
    let outcome = match command {
        Command::Build(arguments) => build::run(&arguments, verbosity),
        Command::Check(arguments) => check::run(&arguments, verbosity),
        Command::Completions(arguments) => shell::completions(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Import(arguments) => import::run(&arguments, verbosity),
        Command::Init(arguments) => init::run(&arguments, verbosity),
        Command::Man(arguments) => shell::man(&arguments),
        Command::Options(arguments) => options::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments, verbosity),
        Command::Schema => schema::run(),
        Command::Publish(arguments) => publish::run(&arguments, verbosity),
        Command::Key(arguments) => key::run(&arguments, verbosity),
        Command::Refresh(arguments) => publish::refresh(&arguments, verbosity),
        Command::Verify(arguments) => verify::run(&arguments, verbosity),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Spec) => ExitCode::from(SPEC_IS_WRONG),
        Err(Failure::Changes) => ExitCode::from(CHANGES),
        Err(Failure::World(error)) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(Failure::World(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::from(WORLD_IS_WRONG)
        }
    }
}

/// Prints to standard output; a reader that goes away is no error of ours.
fn print(text: &str) -> Result<(), Failure> {
    // anstream takes the colours away where they are not wanted.
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| Failure::World(error.into()))
}

/// Reads a public key.
fn read_certificate(path: &Path) -> anyhow::Result<Certificate> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Certificate::read(&bytes).with_context(|| path.display().to_string())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
