use anyhow::Context as _;
use clap::builder::PossibleValue;
use clap::{Arg, Command, CommandFactory as _};
use clap_complete::Shell;

use super::{Arguments, CompletionsArguments, Failure, ManArguments, manual, print};

/// `liege completions`: prints what a shell needs to complete commands, options and values.
pub fn completions(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut program = Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut program, env!("CARGO_PKG_NAME"), &mut script);
    let besides = if arguments.shell == Shell::Fish { values_for_fish(&program) } else { String::new() };
    print(&(String::from_utf8_lossy(&script).into_owned() + &besides))
}

/// What clap leaves out for fish: the values of arguments that stand by themselves.
fn values_for_fish(program: &Command) -> String {
    let line = |command: &str, argument: &Arg| {
        let values = argument.get_possible_values();
        let values: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        let condition = format!("__fish_{}_using_subcommand {command}", env!("CARGO_PKG_NAME"));
        format!("complete -c {} -n \"{condition}\" -f -a \"{}\"\n", env!("CARGO_PKG_NAME"), values.join(" "))
    };
    let arguments = |command: &Command| -> String {
        let arguments = command.get_positionals().filter(|argument| !argument.get_possible_values().is_empty());
        arguments.map(|argument| line(command.get_name(), argument)).collect()
    };
    program.get_subcommands().map(arguments).collect()
}

/// `liege man`: writes a manual page for each command.
pub fn man(arguments: &ManArguments) -> Result<(), Failure> {
    let folder = &arguments.folder;
    let failed = || format!("cannot write the manual pages to {}", folder.display());
    std::fs::create_dir_all(folder).with_context(failed)?;
    for (name, text) in manual::pages(Arguments::command()).with_context(failed)? {
        std::fs::write(folder.join(name), text).with_context(failed)?;
    }
    Ok(())
}
