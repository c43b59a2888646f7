//! What differs between OS families is data: no source names one.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use support::{files_below, project};

#[test]
fn no_source_names_a_family_or_a_distribution() {
    let names: Vec<String> = liege::family::Family::all().map(|family| family.name.clone()).collect();
    let distributions = ["Ubuntu", "Fedora", "RHEL", "openSUSE", "www-data"];
    let sources = project().join("src");
    for file in files_below(&sources) {
        let text = std::fs::read_to_string(sources.join(&file)).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for name in &names {
                assert!(
                    !line.contains(&format!("\"{name}\"")),
                    "src/{} names the family {name}: {line}",
                    file.display()
                );
            }
            for name in distributions {
                assert!(!line.contains(name), "src/{} names {name}: {line}", file.display());
            }
        }
    }
}

#[test]
fn there_are_the_three_families() {
    let names: Vec<&str> = liege::family::Family::all().map(|family| family.name.as_str()).collect();
    assert_eq!(names, ["debian", "redhat", "suse"]);
}
