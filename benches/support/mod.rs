//! Specs of any size: every application is made from its number alone, so a site of 100 begins as one of 1,000 does.

#![allow(dead_code, missing_docs)]

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use liege::package::{Item, Package, Stamp};
use liege::site::Site;
use liege::source::Source;
use liege::template::Templates;

/// What the site is called in every spec.
pub const SITE: &str = "bench";

/// What begins every spec: a machine that is large enough for all of it, and what applications have in common.
const HEADER: &str = r#"site = "bench"
version = "1.0.0"
maintainer = "Bench Operations <ops@bench.example>"
summary = "Applications of a bench"
homepage = "https://bench.example/operations"
machine = { cores = 65535, memory = "1000000G" }
allow = ["proxy-timeout"]

[defaults]
harakiri = 60
max-requests = 5000
reload-on-rss = 256
buffer-size = 8192
"#;

/// The spec of a site of so many applications.
pub fn spec(applications: usize) -> String {
    changed(applications, applications)
}

/// The same, where the application of that number has another value.
pub fn changed(applications: usize, number: usize) -> String {
    let mut text = HEADER.to_owned();
    for application in 0..applications {
        let harakiri = if application == number { Some(45) } else { None };
        // Writing to memory cannot fail.
        let _ = self::application(&mut text, application, harakiri);
    }
    text
}

/// One application. Half of them are plain, and each further option is had by every third, fourth, fifth, …
fn application(text: &mut String, number: usize, harakiri: Option<u32>) -> std::fmt::Result {
    let every = |count: usize| number % count == count - 1;
    write!(text, "\n[app.service-{number:05}]\nmodule = \"service_{number}.wsgi:application\"\n")?;
    writeln!(text, "processes = {}\nthreads = {}", 2 + number % 7, 1 + number % 4)?;
    if every(2) {
        writeln!(text, "chdir = \"/srv/service-{number}\"\nvirtualenv = \"/srv/service-{number}/venv\"")?;
    }
    if every(3) {
        writeln!(text, "mode = \"service\"\nwritable = [\"/var/lib/service-{number}\"]")?;
    }
    if every(4) {
        writeln!(
            text,
            "env = {{ LANG = \"C.UTF-8\", SERVICE_NUMBER = \"{number}\", SERVICE_TIER = \"{}\" }}",
            number % 9
        )?;
    }
    if every(5) {
        writeln!(text, "log = \"file\"\nrotate = {{ count = {}, every = \"weekly\" }}", 4 + number % 20)?;
    }
    if every(6) {
        writeln!(text, "listen = [\"unix\", \"http://127.0.0.1:{}\"]", 10_000 + number)?;
    }
    if every(7) {
        writeln!(text, "env-file = \"/etc/bench/service-{number}.env\"\nuser = \"svc{number}\"")?;
    }
    if every(8) {
        writeln!(text, "cheaper = 1\ncomment = \"Belongs to team {}.\"", number % 40)?;
    }
    if let Some(seconds) = harakiri {
        writeln!(text, "harakiri = {seconds}")?;
    }
    if every(10) {
        let format = "%(addr) %(method) %(uri) %(status) %(msecs) ms";
        writeln!(text, "[app.service-{number:05}.uwsgi]\nenable-threads = true\nlog-format = \"{format}\"")?;
    }
    if every(16) {
        writeln!(text, "[app.service-{number:05}.on.suse]\nprocesses = 2\nreload-on-rss = 128")?;
    }
    Ok(())
}

/// The packages of a spec for one family.
pub fn packages(text: &str, family: &str) -> Result<Vec<Package>> {
    let (source, _) = Source::parse("bench", text);
    let (spec, found) = liege::read::read(&source);
    let spec = spec.filter(|_| found.is_empty()).context("the spec of the bench is wrong")?;
    let site = Site::new(&spec);
    let templates = Templates::load(None)?;
    let stamp = Stamp::standard(&spec.header.version);
    let items = Item::of(&site);
    let items = items.iter().filter(|item| item.family().name == family);
    items.map(|item| item.package(&site, &templates, &stamp)).collect()
}
