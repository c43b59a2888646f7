//! Completions, as the shells themselves make them: bash and zsh on a terminal, fish by its own question.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use support::{liege, succeed, tool};

/// What is typed before the tab, and the last word after it.
const TYPED: [(&str, &str); 12] = [
    ("liege comp", "completions"),
    ("liege check --form", "--format"),
    ("liege check --format s", "sarif"),
    ("liege check -A plain", "plain-secret"),
    ("liege check -W al", "all"),
    ("liege build --raise backl", "backlog"),
    ("liege explain way", "way-in"),
    ("liege plan --family su", "suse"),
    ("liege init --mode serv", "service"),
    ("liege options harak", "harakiri"),
    ("liege check specs/sho", "specs/shop.toml"),
    ("liege build --templates templ", "templates/"),
];

/// Puts the shell's completions where its users do.
fn install(shell: &str, path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, succeed(liege().args(["completions", shell]))).unwrap();
}

/// Types each line and a tab into a shell on a terminal. The shell's settings bind ^T to show the line and empty it.
fn type_into(shell: &str, home: &Path) -> Vec<String> {
    tool(shell.split(' ').next().unwrap());
    let mut terminal = tool("script")
        .args(["--quiet", "--return", "--command", shell, "/dev/null"])
        .current_dir(support::project())
        .envs([("XDG_DATA_HOME", home), ("ZDOTDIR", home), ("HOME", home)])
        .env("TERM", "dumb")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let keys: String = TYPED.iter().map(|(line, _)| format!("{line}\t\x14")).collect();
    terminal.stdin.take().unwrap().write_all((keys + "exit\n").as_bytes()).unwrap();
    let output = terminal.wait_with_output().unwrap();
    let screen = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<String> = screen
        .split("<<")
        .filter_map(|rest| Some(rest.split_once(">>")?.0.trim_end_matches([' ', '=']).to_owned()))
        .collect();
    assert_eq!(lines.len(), TYPED.len(), "{screen}");
    lines
}

fn are_completed(lines: &[String]) {
    for ((typed, word), line) in TYPED.iter().zip(lines) {
        let (before, _) = typed.rsplit_once(' ').unwrap();
        assert_eq!(*line, format!("{before} {word}"), "{typed}");
    }
}

#[test]
fn bash_completes() {
    let home = tempfile::tempdir().unwrap();
    install("bash", &home.path().join("bash-completion/completions/liege"));
    let package = "/usr/share/bash-completion/bash_completion";
    assert!(Path::new(package).exists(), "bash-completion is missing: run tests/setup");
    let settings = home.path().join("settings");
    let show = r#"bind -x '"\C-t": printf "<<%s>>\n" "$READLINE_LINE"; READLINE_LINE='"#;
    fs::write(&settings, format!("PS1=; . {package}; {show}\n")).unwrap();
    are_completed(&type_into(&format!("bash --rcfile {} -i", settings.display()), home.path()));
}

#[test]
fn zsh_completes() {
    let home = tempfile::tempdir().unwrap();
    install("zsh", &home.path().join("_liege"));
    let settings = "PS1=; fpath=($ZDOTDIR $fpath); autoload -Uz compinit; compinit -u -d $ZDOTDIR/dump\n\
                    show() { print -r -- \"<<$BUFFER>>\"; BUFFER= }; zle -N show; bindkey '^T' show\n";
    fs::write(home.path().join(".zshrc"), settings).unwrap();
    are_completed(&type_into("zsh -i", home.path()));
}

#[test]
fn fish_completes() {
    let home = tempfile::tempdir().unwrap();
    install("fish", &home.path().join("fish/completions/liege.fish"));
    for (typed, word) in TYPED {
        // fish loads completions of commands that are there.
        let program = Path::new(env!("CARGO_BIN_EXE_liege")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut fish = tool("fish");
        fish.env("HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .env("PATH", path)
            .current_dir(support::project());
        let offered = succeed(fish.args(["--command", "complete --do-complete $argv[1]", typed]));
        let words: Vec<&str> = offered.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(words, [word], "{typed}");
    }
}
