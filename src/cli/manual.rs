//! Manual pages: what clap knows of a command, and what there is to say besides.

use clap::Command;
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use super::EXIT_STATUS;

/// The date of the pages: they change with the program's version and not with the day of a build.
const DATE: &str = "2026-01-01";
/// Programs that check manual pages want shorter lines.
const WIDEST: usize = 80;

const ENVIRONMENT: &str = "ENVIRONMENT";
const FILES: &str = "FILES";
const EXAMPLES: &str = "EXAMPLES";

/// A command, a section of its page, what it tells of, and what it tells.
type Remark = (&'static str, &'static str, &'static str, &'static str);

const SEEN: &str = "The latest state seen of each repository, unless --seen names another file. Without XDG_STATE_HOME it is \
                    below ~/.local/state.";
const EPOCH: &str = "The date that packages bear, in seconds since 1970. Without it they are dated 2026-01-01.";
const LOCK: &str = "Next to the spec: the version, release and digest of each package. Commit it.";
const KEY: &str = "The OpenPGP secret key, armoured, when --key names no file.";
const PASSPHRASE: &str = "The passphrase of the secret key, when --passphrase-file names no file.";
const AWS: &str =
    "The access to object storage: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT and others.";

/// What the pages say besides, in the order they say it; the sections of a command stand together.
const REMARKS: &[Remark] = &[
    ("liege", ENVIRONMENT, "NO_COLOR", "When it is set and not empty, nothing is coloured unless --color says so."),
    ("liege", EXAMPLES, "liege init", "Asks a few questions and writes a first spec."),
    ("liege", EXAMPLES, "liege check shop.toml", "Finds every mistake of the spec."),
    ("liege", EXAMPLES, "liege build shop.toml", "Builds its packages into out/."),
    ("build", ENVIRONMENT, "SOURCE_DATE_EPOCH", EPOCH),
    ("build", FILES, "liege.lock", LOCK),
    ("build", FILES, "out/FAMILY/", "The packages for a family."),
    ("build", FILES, "out/manifest.json", "What was built: packages, versions, files and their digests."),
    ("build", EXAMPLES, "liege build shop.toml --app web", "Builds the packages of one application alone."),
    ("build", EXAMPLES, "liege build shop.toml -W all", "Builds nothing when there is a warning."),
    ("check", EXAMPLES, "liege check shop.toml --verbose", "Tells also why each mistake is one."),
    (
        "check",
        EXAMPLES,
        "liege check shop.toml -W all --format sarif",
        "Tells mistakes to code scanning; warnings are some.",
    ),
    ("completions", EXAMPLES, "liege completions bash", "Goes into ~/.local/share/bash-completion/completions/liege."),
    ("completions", EXAMPLES, "liege completions zsh", "Goes into a file _liege in a directory of $fpath."),
    ("completions", EXAMPLES, "liege completions fish", "Goes into ~/.config/fish/completions/liege.fish."),
    ("explain", EXAMPLES, "liege explain backlog", "Explains the rule backlog."),
    (
        "import",
        EXAMPLES,
        "liege import /etc/uwsgi/vassals --site shop --out shop.toml",
        "Makes a spec of a directory of vassals.",
    ),
    ("import", EXAMPLES, "liege import group_vars/web.yml --site shop", "Prints a spec made of Ansible variables."),
    ("init", EXAMPLES, "liege init", "Asks, and writes SITE.toml."),
    (
        "init",
        EXAMPLES,
        "liege init --site shop --maintainer 'Ops <ops@shop.example>' --app web --module shop.wsgi",
        "Asks on a terminal for the rest, and nothing elsewhere.",
    ),
    ("key", ENVIRONMENT, "LIEGE_PASSPHRASE", PASSPHRASE),
    (
        "key",
        EXAMPLES,
        "liege key shop.key --user-id 'Shop packages <ops@shop.example>' --public shop.asc",
        "Makes a key, and writes its public half for clients.",
    ),
    ("man", EXAMPLES, "liege man /usr/local/share/man/man1", "Writes the pages to where man finds them."),
    ("options", EXAMPLES, "liege options harakiri", "Describes the option harakiri, and what a change of it causes."),
    ("options", EXAMPLES, "liege options memory", "Lists the options that say something of memory."),
    ("plan", ENVIRONMENT, "SOURCE_DATE_EPOCH", EPOCH),
    ("plan", FILES, "liege.lock", LOCK),
    ("plan", EXAMPLES, "liege plan shop.toml --app web", "Shows the packages of one application."),
    ("plan", EXAMPLES, "liege plan shop.toml --against out", "Tells what changes since the build in out/."),
    ("publish", ENVIRONMENT, "LIEGE_KEY", KEY),
    ("publish", ENVIRONMENT, "LIEGE_PASSPHRASE", PASSPHRASE),
    ("publish", ENVIRONMENT, "AWS_*", AWS),
    ("publish", FILES, "$XDG_STATE_HOME/liege/seen.json", SEEN),
    (
        "publish",
        EXAMPLES,
        "liege publish out --to /srv/packages --key shop.key --url https://packages.shop.example",
        "Adds what was built to the repositories in a directory that a web server shows.",
    ),
    ("refresh", ENVIRONMENT, "LIEGE_KEY", KEY),
    ("refresh", ENVIRONMENT, "LIEGE_PASSPHRASE", PASSPHRASE),
    ("refresh", ENVIRONMENT, "AWS_*", AWS),
    ("refresh", FILES, "$XDG_STATE_HOME/liege/seen.json", SEEN),
    ("verify", FILES, "$XDG_STATE_HOME/liege/seen.json", SEEN),
    (
        "verify",
        EXAMPLES,
        "liege verify https://packages.shop.example --key shop.asc",
        "Checks every file of the repositories.",
    ),
];

/// The pages of the program and each of its commands: names of files and their texts.
pub fn pages(program: Command) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut program = program.disable_help_subcommand(true).after_help(None::<&str>);
    program.build();
    std::iter::once(&program).chain(program.get_subcommands()).map(page).collect()
}

fn page(command: &Command) -> std::io::Result<(String, Vec<u8>)> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        .date(DATE)
        .source(concat!("liege ", env!("CARGO_PKG_VERSION")))
        .manual("liege manual");
    let mut text = Vec::new();
    man.render(&mut text)?;
    let text = String::from_utf8_lossy(&text).into_owned() + &besides(command.get_name());
    Ok((man.get_filename(), tidy(&text).into_bytes()))
}

/// The sections that clap knows nothing of.
fn besides(command: &str) -> String {
    let mut roff = Roff::default();
    let status = EXIT_STATUS.strip_prefix("Exit status: ").unwrap_or(EXIT_STATUS);
    roff.control("SH", ["EXIT STATUS"]).text([roman(status)]);
    let mut heading = "";
    for (_, section, what, text) in REMARKS.iter().filter(|(of, ..)| *of == command) {
        if *section != heading {
            roff.control("SH", [*section]);
            heading = section;
        }
        roff.control("TP", []).text([bold(*what)]).text([roman(*text)]);
    }
    if command != env!("CARGO_PKG_NAME") {
        roff.control("SH", ["SEE ALSO"]).text([bold(env!("CARGO_PKG_NAME")), roman("(1)")]);
    }
    roff.to_roff()
}

/// Makes of what clap writes a page that programs which check pages are content with.
fn tidy(page: &str) -> String {
    let mut tidied = String::new();
    let mut former = "";
    for line in page.replace(".br\n\n.br\n", ".sp\n").lines() {
        // The line below .TP is what the paragraph tells of, and has to stay one line.
        let is_text = !line.starts_with('.') && former != ".TP";
        tidied.push_str(&if is_text { wrapped(line) } else { line.trim_end().to_owned() });
        tidied.push('\n');
        former = line;
    }
    tidied
}

fn wrapped(line: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in line.split_whitespace() {
        let separator = match width {
            0 => "",
            width if width + 1 + word.len() <= WIDEST => " ",
            // A full stop would make a macro of the line.
            _ if word.starts_with('.') => "\n\\&",
            _ => "\n",
        };
        width = if separator.starts_with('\n') { word.len() } else { width + separator.len() + word.len() };
        lines.push_str(separator);
        lines.push_str(word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;
    use crate::cli::Arguments;

    #[test]
    fn remarks_are_of_commands_that_are_there() {
        let program = Arguments::command();
        for (command, _, what, _) in REMARKS {
            assert!(*command == "liege" || program.find_subcommand(command).is_some(), "{command}: {what}");
        }
    }

    #[test]
    fn examples_are_command_lines() {
        for (_, _, example, _) in REMARKS.iter().filter(|(_, section, ..)| *section == EXAMPLES) {
            let words = example.split('\'').enumerate().flat_map(|(index, part)| match index % 2 {
                0 => part.split_whitespace().collect(),
                _ => vec![part],
            });
            assert!(Arguments::try_parse_from(words).is_ok(), "{example}");
        }
    }
}
