use anyhow::Context as _;
use clap::CommandFactory as _;

use super::{Arguments, CompletionsArguments, Failure, ManArguments, print};

/// `liege completions`: prints what a shell needs to complete commands and options.
pub fn completions(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), env!("CARGO_PKG_NAME"), &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// `liege man`: writes a manual page for each command.
pub fn man(arguments: &ManArguments) -> Result<(), Failure> {
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
        .with_context(|| format!("cannot write the manual pages to {}", folder.display()))?;
    Ok(())
}
