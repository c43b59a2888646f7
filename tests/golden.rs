//! What each example spec becomes, as `plan` prints it, is kept as text; a change to it is seen in review.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use support::{EXAMPLES, expect_text, liege, project, succeed};

#[test]
fn every_example_becomes_the_packages_that_are_kept_as_text() {
    for name in EXAMPLES {
        for family in liege::family::Family::all() {
            let plan =
                succeed(liege().args(["plan", "--unlocked", &format!("specs/{name}.toml"), "--family", &family.name]));
            expect_text(&project().join(format!("tests/golden/{name}.{}.txt", family.name)), &plan);
        }
    }
}

#[test]
fn every_example_is_built_by_these_tests() {
    let mut found: Vec<String> = std::fs::read_dir(project().join("specs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    let mut known = EXAMPLES.map(str::to_owned).to_vec();
    found.sort();
    known.sort();
    assert_eq!(found, known);
}
