//! Real uWSGI reads what the packages bring.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use liege::uwsgi::is_option;
use support::{EXAMPLES, both, build_example, files_below, project, succeed, tool};

#[test]
fn uwsgi_serves_a_request_with_every_ini_under_strict() {
    let folders: Vec<_> = EXAMPLES.iter().map(|name| build_example(name)).collect();
    let mut debs = Vec::new();
    for folder in &folders {
        let files =
            files_below(folder.path()).into_iter().filter(|path| path.extension().is_some_and(|found| found == "deb"));
        debs.extend(files.map(|path| folder.path().join(path)));
    }
    let output = tool("unshare")
        .args(["--mount", "--net", "--pid", "--fork", "python3"])
        .arg(project().join("tests/serve/serve.py"))
        .args(&debs)
        .output()
        .unwrap();
    let said = both(&output);
    assert!(output.status.success(), "this test needs root and unshare(1):\n{said}");
    assert!(said.contains("7 applications served"), "{said}");
    assert!(said.contains("portal.ini wants /etc/hospital/portal.env"), "{said}");
}

#[test]
fn the_table_has_every_option_of_the_real_program() {
    let mut count = 0;
    for arguments in [vec!["--help"], vec!["--plugin", "python3", "--help"]] {
        let help = succeed(tool("uwsgi-core").args(arguments));
        let words = help.lines().filter_map(|line| line.split_whitespace().next());
        for option in words.flat_map(|word| word.split('|')).filter_map(|name| name.strip_prefix("--")) {
            assert!(is_option(option), "specs/uwsgi/options.tsv lacks {option}: run specs/uwsgi/extract");
            count += 1;
        }
    }
    assert!(count > 1_000, "{count}");
}
