//! Manual pages, judged by the programs that show and check them.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;

use support::{both, liege, succeed, tool};

#[test]
fn every_command_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    succeed(liege().arg("man").arg(folder.path()));
    let help = succeed(liege().arg("--help"));
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let pages: Vec<String> =
        commands.map(|line| format!("liege-{}.1", line.split_whitespace().next().unwrap())).collect();
    assert!(pages.len() > 5, "{help}");
    for page in pages.iter().filter(|page| *page != "liege-help.1") {
        let text = fs::read_to_string(folder.path().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXIT STATUS\"", "\"SEE ALSO\""] {
            assert!(text.contains(&format!("\n.SH {section}\n")), "{page}: {section}");
        }
    }
    let page = fs::read_to_string(folder.path().join("liege.1")).unwrap();
    assert!(page.contains("\n0 done, 1 the spec is wrong") && page.contains("NO_COLOR"), "{page}");
}

#[test]
fn nothing_is_wrong_with_a_page() {
    let folder = tempfile::tempdir().unwrap();
    succeed(liege().arg("man").arg(folder.path()));
    for page in support::files_below(folder.path()) {
        let page = folder.path().join(page);
        let linted = tool("mandoc").args(["-T", "lint"]).arg(&page).output().unwrap();
        assert!(linted.status.success() && both(&linted).is_empty(), "{}", both(&linted));
        let shown = tool("groff").args(["-man", "-Tutf8", "-ww"]).arg(&page).output().unwrap();
        assert!(shown.status.success() && shown.stderr.is_empty(), "{}: {}", page.display(), both(&shown));
    }
}
