//! What `liege check` tells machines.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use serde_json::Value;
use support::{expect_text, liege, project};

const SPEC: &str = "tests/report/site.toml";

fn report(format: &str) -> String {
    let output = liege().args(["check", SPEC, "--format", format]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_format_tells_what_is_kept() {
    for format in ["json", "github", "sarif"] {
        let mut said = report(format);
        if format == "sarif" {
            // The rules are kept in docs/rules.md.
            let mut log: Value = serde_json::from_str(&said).unwrap();
            log["runs"][0]["tool"]["driver"]["rules"] = Value::Null;
            said = serde_json::to_string_pretty(&log).unwrap() + "\n";
        }
        expect_text(&project().join(format!("tests/report/{format}.txt")), &said);
    }
}

#[test]
fn columns_lead_to_the_value_in_the_line() {
    let found: Value = serde_json::from_str(&report("json")).unwrap();
    let secret = found.as_array().unwrap().iter().find(|found| found["code"] == "plain-secret").unwrap();
    let text = std::fs::read_to_string(project().join(SPEC)).unwrap();
    let line: Vec<char> = text.lines().nth(number(&secret["line"]) - 1).unwrap().chars().collect();
    let value: String = line[number(&secret["column"]) - 1..number(&secret["end_column"]) - 1].iter().collect();
    assert_eq!(value, "\"50 %, or: more\"");
}

#[test]
fn a_spec_without_a_mistake_is_an_empty_report() {
    for (format, report) in [("json", "[]\n"), ("github", "")] {
        let said = support::succeed(liege().args(["check", "specs/shop.toml", "--format", format]));
        assert_eq!(said, report);
    }
}

/// What the schema of SARIF 2.1.0 demands of the parts that are used, and what GitHub's code scanning demands besides.
#[test]
fn sarif_holds_what_its_readers_need() {
    let log: Value = serde_json::from_str(&report("sarif")).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let [run] = log["runs"].as_array().unwrap().as_slice() else { panic!("{log}") };
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "liege");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
        assert!(is_level(&rule["defaultConfiguration"]["level"]), "{rule}");
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 4);
    for result in results {
        assert_eq!(rules[number(&result["ruleIndex"])]["id"], result["ruleId"]);
        assert!(is_level(&result["level"]) && !result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], SPEC);
        let [line, column, end_line, end_column] =
            ["startLine", "startColumn", "endLine", "endColumn"].map(|name| number(&place["region"][name]));
        assert!((1, 1) <= (line, column) && (line, column) < (end_line, end_column), "{place}");
    }
}

fn is_level(level: &Value) -> bool {
    ["none", "note", "warning", "error"].contains(&level.as_str().unwrap())
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}
