//! The table of rules: what a spec must hold beyond its form. Each rule finds all of its mistakes.

mod backlog;
mod cheaper;
mod code_execution;
mod hidden_path;
mod lifecycle;
mod listener_clash;
mod options;
mod privileged_port;
mod reserved_name;
mod tls;
mod unused;
mod user;
mod uwsgi_from;
mod way_in;

use crate::diagnostic::{Diagnostic, Place};
use crate::site::{Site, Target};
use crate::source::Source;

/// One rule.
pub struct Rule {
    /// Its stable name.
    pub code: &'static str,
    /// What must hold, in one sentence.
    pub about: &'static str,
    /// Finds every breach of it.
    pub check: Check,
}

/// What a rule looks at.
pub enum Check {
    /// One application on one family at a time.
    Target(fn(&Target<'_>) -> Vec<Diagnostic>),
    /// The same, where each option is looked at by itself: also when others of the application could not be read.
    Option(fn(&Target<'_>) -> Vec<Diagnostic>),
    /// The same, but only what the application's own tables say counts: `[defaults]` are for whom they concern.
    Own(fn(&Target<'_>) -> Vec<Diagnostic>),
    /// The site as a whole.
    Site(fn(&Site<'_>) -> Vec<Diagnostic>),
}

/// Every rule, in the order its mistakes are told.
pub static RULES: [&Rule; 14] = [
    &reserved_name::RULE,
    &way_in::RULE,
    &user::RULE,
    &uwsgi_from::RULE,
    &hidden_path::RULE,
    &code_execution::RULE,
    &listener_clash::RULE,
    &privileged_port::RULE,
    &tls::RULE,
    &backlog::RULE,
    &cheaper::RULE,
    &lifecycle::RULE,
    &unused::RULE,
    &options::RULE,
];

/// Everything that is wrong with the site, each mistake once although several families share it.
#[must_use]
pub fn check(site: &Site<'_>, source: &Source<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for rule in RULES {
        let diagnostics = match rule.check {
            Check::Option(check) => site.targets.iter().flat_map(check).collect(),
            Check::Target(check) => complete(site).flat_map(check).collect(),
            Check::Own(check) => complete(site).flat_map(check).filter(|found| !is_inherited(found, source)).collect(),
            Check::Site(check) => check(site),
        };
        for diagnostic in diagnostics {
            let told = found.iter().any(|told| {
                told.message == diagnostic.message && source.span_of(&told.place) == source.span_of(&diagnostic.place)
            });
            if !told {
                found.push(Diagnostic { code: Some(rule.code), ..diagnostic });
            }
        }
    }
    found
}

fn complete<'s, 'a>(site: &'s Site<'a>) -> impl Iterator<Item = &'s Target<'a>> {
    site.targets.iter().filter(|target| target.is_complete)
}

fn is_inherited(diagnostic: &Diagnostic, source: &Source<'_>) -> bool {
    matches!(&diagnostic.place, Place::Key(key) if source.is_inherited(key))
}
