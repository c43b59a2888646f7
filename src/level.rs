//! What the user makes of the rules: raises a warning to an error, or allows what it warns of.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::Rule;

/// What stands for all warnings where rules are raised; no rule is called so.
pub const ALL: &str = "all";

/// Which rules are raised, and which allowed, by their codes.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// Breaches of these are errors.
    pub raised: Vec<&'static str>,
    /// Breaches of these are not told.
    pub allowed: Vec<&'static str>,
}

/// The rule with this code, if it may be allowed.
///
/// # Errors
/// That there is no such rule, or that a breach of it is an error.
pub fn allowable(code: &str) -> Result<&'static Rule, String> {
    let rule = Rule::named(code)?;
    if rule.severity == Severity::Error {
        return Err(format!("{code} is an error and cannot be allowed: no package could be built that works"));
    }
    Ok(rule)
}

impl Levels {
    /// What is left to tell, each as bad as the user takes it. Raising wins: it is what CI does to what a spec allows.
    #[must_use]
    pub fn apply(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let level = |mut diagnostic: Diagnostic| {
            if self.raised.contains(&diagnostic.code) {
                diagnostic.severity = Severity::Error;
            } else if self.allowed.contains(&diagnostic.code) {
                return None;
            }
            Some(diagnostic)
        };
        found.into_iter().filter_map(level).collect()
    }
}
