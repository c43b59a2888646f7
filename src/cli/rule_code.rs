use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;

use crate::diagnostic::Severity;
use crate::level::allowable;
use crate::rule::{RULES, Rule};

/// Reads the code of a rule, and tells a shell which there are.
#[derive(Clone, Copy)]
pub enum RuleCode {
    /// Any rule.
    Any,
    /// One that is no error.
    Allowable,
}

impl TypedValueParser for RuleCode {
    type Value = &'static Rule;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let code = value.to_string_lossy();
        let rule = match self {
            Self::Any => Rule::named(&code),
            Self::Allowable => allowable(&code),
        };
        rule.map_err(|reason| clap::Error::raw(ErrorKind::ValueValidation, reason + "\n").with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let is_one = |rule: &Rule| matches!(self, Self::Any) || rule.severity != Severity::Error;
        let rules = RULES.into_iter().filter(move |rule| is_one(rule));
        Some(Box::new(rules.map(|rule| PossibleValue::new(rule.code).help(rule.about))))
    }
}
