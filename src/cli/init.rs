use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::{Args, ValueHint};

use super::Failure;
use super::console::Verbosity;
use super::value::Likely;
use crate::init::{Answers, Need, QUESTIONS, Question};
use crate::output::{NEW_FILE, refuse_existing, write_new};

#[derive(Args)]
pub struct InitArguments {
    /// Where to write the spec; never over a file that is there. [default: SITE.toml]
    #[arg(value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
    /// The site's name.
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Who answers for the packages: `Name <name@example.org>`.
    #[arg(long, value_name = "WHO")]
    maintainer: Option<String>,
    /// The first application's name.
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    /// Its directory. [default: /opt/NAME]
    #[arg(long, value_name = "DIR")]
    chdir: Option<String>,
    /// Its module, such as shop.wsgi or shop:application.
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
    /// Its virtualenv. [default: none]
    #[arg(long, value_name = "DIR")]
    virtualenv: Option<String>,
    /// The user it runs as. [default: the application's name]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// `emperor` or `service`. [default: emperor]
    #[arg(long, value_name = "MODE", value_parser = Likely::Mode, hide_possible_values = true)]
    mode: Option<String>,
    /// Where it listens. [default: unix]
    #[arg(long, value_name = "WHERE")]
    listen: Option<String>,
    /// Only for this OS family; may be repeated. [default: all]
    #[arg(long = "family", value_name = "FAMILY", value_parser = Likely::Family, hide_possible_values = true)]
    families: Vec<String>,
    /// Ask nothing, and take what is suggested for what no flag says.
    #[arg(long, conflicts_with = "ask")]
    yes: bool,
    /// Ask, even when standard input is no terminal.
    #[arg(long)]
    ask: bool,
}

/// `liege init`: writes a first spec.
pub fn run(arguments: &InitArguments, verbosity: Verbosity) -> Result<(), Failure> {
    arguments.file.as_deref().map_or(Ok(()), refuse_existing)?;
    let mut answers = Answers::default();
    from_flags(arguments, &mut answers)?;
    if arguments.ask || (!arguments.yes && std::io::stdin().is_terminal()) {
        ask(&mut answers)?;
    }
    let missing: Vec<String> = QUESTIONS
        .iter()
        .filter(|question| question.need == Need::Required && !answers.has(question))
        .map(|question| format!("--{}", question.name))
        .collect();
    if !missing.is_empty() {
        return Err(anyhow!("say {} as well, or --ask to be asked", missing.join(", ")).into());
    }
    let file = arguments.file.clone().unwrap_or_else(|| PathBuf::from(format!("{}.toml", answers.site())));
    write_new(&file, &answers.spec(), NEW_FILE)?;
    let file = file.display();
    verbosity.summary(&format!(
        "wrote {file}; next:\n    liege check {file}    # finds mistakes\n    liege plan {file}     # shows every file\n    \
         liege build {file}    # writes the packages"
    ))
}

/// Takes the flags; all that are wrong are told at once.
fn from_flags(arguments: &InitArguments, answers: &mut Answers) -> anyhow::Result<()> {
    let families = arguments.families.join(", ");
    let mut wrong = Vec::new();
    for question in &QUESTIONS {
        let flag = match question.name {
            "site" => arguments.site.as_deref(),
            "maintainer" => arguments.maintainer.as_deref(),
            "app" => arguments.app.as_deref(),
            "chdir" => arguments.chdir.as_deref(),
            "module" => arguments.module.as_deref(),
            "virtualenv" => arguments.virtualenv.as_deref(),
            "user" => arguments.user.as_deref(),
            "mode" => arguments.mode.as_deref(),
            "listen" => arguments.listen.as_deref(),
            _ => Some(families.as_str()).filter(|families| !families.is_empty()),
        };
        if let Some(Err(reason)) = flag.map(|answer| answers.take(question, answer)) {
            wrong.push(format!("--{}: {reason}", question.name));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(anyhow!("{}", wrong.join("\nerror: "))) }
}

/// Asks what no flag has said.
fn ask(answers: &mut Answers) -> anyhow::Result<()> {
    let mut lines = std::io::stdin().lock().lines();
    for question in QUESTIONS.iter() {
        while !answers.has(question) {
            let suggestion = answers.suggestion(question);
            prompt(question, suggestion.as_deref())?;
            let Some(line) = lines.next() else {
                // What went wrong stands below the question.
                eprintln!();
                return Err(anyhow!("the answers end before {}", question.name));
            };
            let line = line.context("cannot read the answer")?;
            let answer = Some(line.trim()).filter(|line| !line.is_empty()).map(str::to_owned).or(suggestion);
            match (answer, question.need) {
                (None, Need::Optional) => break,
                (None, Need::Required) => eprintln!("  this has no default"),
                (Some(answer), _) => {
                    if let Err(reason) = answers.take(question, &answer) {
                        eprintln!("  {reason}");
                    }
                }
            }
        }
    }
    Ok(())
}

fn prompt(question: &Question, suggestion: Option<&str>) -> anyhow::Result<()> {
    let suggestion = suggestion.map(|suggestion| format!(" [{suggestion}]")).unwrap_or_default();
    let mut terminal = std::io::stderr().lock();
    write!(terminal, "{}{suggestion}: ", question.text).and_then(|()| terminal.flush()).context("cannot ask a question")
}
