//! The table of rules: what a spec must hold beyond its form. Each rule finds all of its mistakes.

mod backlog;
mod capacity;
mod cheaper;
mod code_execution;
mod exposed_uwsgi;
pub mod form;
mod hidden_path;
mod lifecycle;
mod listener_clash;
mod options;
mod plain_secret;
mod privileged_port;
mod proxy_timeout;
mod relative_path;
mod reserved_name;
mod secret_place;
mod shared_user;
mod taken_name;
mod tls;
mod unused;
mod user;
mod uwsgi_from;
mod uwsgi_release;
mod way_in;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Key, Place, Severity, nearest};
use crate::site::{Site, Target};
use crate::source::Source;

/// One rule, and all there is to say of it.
pub struct Rule {
    /// Its stable name.
    pub code: &'static str,
    /// How bad a breach is, unless the user raises or allows it.
    pub severity: Severity,
    /// What must hold, in one sentence.
    pub about: &'static str,
    /// What goes wrong on a machine otherwise.
    pub why: &'static str,
    /// An example that breaks it: lines of a spec, whose beginning is left out unless it matters.
    pub wrong: &'static str,
    /// One that is right.
    pub right: &'static str,
    /// Finds every breach of it.
    pub check: Check,
}

impl Rule {
    /// The rule with this code.
    ///
    /// # Errors
    /// That there is none, and which one was likely meant.
    pub fn named(code: &str) -> Result<&'static Self, String> {
        let codes = || RULES.iter().map(|rule| rule.code);
        RULES.into_iter().find(|rule| rule.code == code).ok_or_else(|| match nearest(code, codes()) {
            Some(near) => format!("there is no rule {code}; did you mean {near}?"),
            None => format!("there is no rule {code}; `liege explain` lists them all"),
        })
    }

    /// A breach of it at a key.
    #[must_use]
    pub fn at(&self, key: Key, message: impl Into<String>) -> Diagnostic {
        self.breach(Place::Key(key), message.into())
    }

    /// A breach of it at a place in the text.
    #[must_use]
    pub fn within(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        self.breach(Place::Span(span), message.into())
    }

    fn breach(&self, place: Place, message: String) -> Diagnostic {
        Diagnostic { severity: self.severity, code: self.code, place, message, help: None }
    }
}

/// What a rule looks at.
pub enum Check {
    /// The form of the spec: the reader itself finds it.
    Form,
    /// One application on one family at a time.
    Target(fn(&Target<'_>) -> Vec<Diagnostic>),
    /// The same, where each option is looked at by itself: also when others of the application could not be read.
    Option(fn(&Target<'_>) -> Vec<Diagnostic>),
    /// The same, but only what the application's own tables say counts: `[defaults]` are for whom they concern.
    Own(fn(&Target<'_>) -> Vec<Diagnostic>),
    /// The site as a whole.
    Site(fn(&Site<'_>) -> Vec<Diagnostic>),
}

/// Every rule, in the order its breaches are told.
pub static RULES: [&Rule; 29] = [
    &form::TOML,
    &form::MISSING_KEY,
    &form::NO_APPLICATION,
    &form::UNKNOWN_KEY,
    &form::WRONG_TYPE,
    &form::WRONG_VALUE,
    &reserved_name::RULE,
    &taken_name::RULE,
    &way_in::RULE,
    &user::RULE,
    &shared_user::RULE,
    &uwsgi_from::RULE,
    &hidden_path::RULE,
    &code_execution::RULE,
    &exposed_uwsgi::RULE,
    &listener_clash::RULE,
    &privileged_port::RULE,
    &tls::RULE,
    &plain_secret::RULE,
    &secret_place::RULE,
    &backlog::RULE,
    &cheaper::RULE,
    &capacity::RULE,
    &proxy_timeout::RULE,
    &lifecycle::RULE,
    &unused::RULE,
    &options::RULE,
    &uwsgi_release::RULE,
    &relative_path::RULE,
];

/// Everything that is wrong with the site, each mistake once although several families share it, or several applications
/// inherit it.
#[must_use]
pub fn check(site: &Site<'_>, source: &Source<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Found> = Vec::new();
    let mut at: HashMap<Range<usize>, Vec<usize>> = HashMap::new();
    for rule in RULES {
        let diagnostics = match rule.check {
            Check::Form => Vec::new(),
            Check::Option(check) => site.targets.iter().flat_map(check).collect(),
            Check::Target(check) => complete(site).flat_map(check).collect(),
            Check::Own(check) => complete(site).flat_map(check).filter(|found| !is_inherited(found, source)).collect(),
            Check::Site(check) => check(site),
        };
        for diagnostic in diagnostics {
            let span = source.span_of(&diagnostic.place);
            let inherited = is_inherited(&diagnostic, source);
            let app = diagnostic.app().map(str::to_owned);
            let here = at.entry(span).or_default();
            match here.iter().copied().find(|told| found[*told].is_same(&diagnostic, inherited)) {
                Some(told) => found[told].apps.extend(app),
                None => {
                    here.push(found.len());
                    found.push(Found { diagnostic, apps: app.into_iter().collect() });
                }
            }
        }
    }
    found.into_iter().map(Found::told).collect()
}

/// A breach, and every application that it is one in.
struct Found {
    diagnostic: Diagnostic,
    apps: BTreeSet<String>,
}

impl Found {
    /// Whether another one at the same place is the same breach once more: on another family, or in another application that
    /// inherits the value.
    fn is_same(&self, other: &Diagnostic, inherited: bool) -> bool {
        let is_inherited_too = inherited && self.diagnostic.code == other.code && self.diagnostic.app() != other.app();
        self.diagnostic.message == other.message || is_inherited_too
    }

    fn told(self) -> Diagnostic {
        let mut diagnostic = self.diagnostic;
        match self.apps.len() {
            0 | 1 => {}
            2 => diagnostic.message.push_str("; the same in 1 more application"),
            count => diagnostic.message.push_str(&format!("; the same in {} more applications", count - 1)),
        }
        diagnostic
    }
}

fn complete<'s, 'a>(site: &'s Site<'a>) -> impl Iterator<Item = &'s Target<'a>> {
    site.targets.iter().filter(|target| target.is_complete)
}

fn is_inherited(diagnostic: &Diagnostic, source: &Source<'_>) -> bool {
    matches!(&diagnostic.place, Place::Key(key) if source.is_inherited(key))
}
