//! Values of arguments that a shell can complete: codes of rules, families, modes, options.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::ErrorKind;

use crate::diagnostic::Severity;
use crate::family::Family;
use crate::level::{ALL, allowable};
use crate::reference;
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

/// What `-W` makes errors of.
#[derive(Clone, Copy)]
pub enum Raised {
    /// All warnings; notes stay notes, for what they ask is done on the machine and not in the spec.
    AllWarnings,
    /// Breaches of one rule.
    Rule(&'static Rule),
}

impl Raised {
    /// The codes of the rules. One that is named is raised even where the spec allows it; among all, it stays allowed.
    pub fn codes(self, allowed: &[&'static str]) -> Vec<&'static str> {
        let is_meant = |rule: &&&Rule| rule.severity == Severity::Warning && !allowed.contains(&rule.code);
        match self {
            Self::AllWarnings => RULES.iter().filter(is_meant).map(|rule| rule.code).collect(),
            Self::Rule(rule) => vec![rule.code],
        }
    }
}

/// Reads what `-W` takes.
#[derive(Clone, Copy)]
pub struct RaisedCode;

impl TypedValueParser for RaisedCode {
    type Value = Raised;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        if value == ALL {
            return Ok(Raised::AllWarnings);
        }
        RuleCode::Any.parse_ref(command, argument, value).map(Raised::Rule)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let all = PossibleValue::new(ALL).help("all warnings, but no notes");
        Some(Box::new(std::iter::once(all).chain(RuleCode::Any.possible_values().into_iter().flatten())))
    }
}

/// Takes any text, and tells a shell which are likely; whether it is right depends on more than the text.
#[derive(Clone, Copy)]
pub enum Likely {
    /// Names of families.
    Family,
    /// Modes of a site.
    Mode,
    /// Options of a spec.
    Option,
}

impl TypedValueParser for Likely {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values: Vec<PossibleValue> = match self {
            Self::Family => {
                Family::all().map(|family| PossibleValue::new(&*family.name).help(&*family.title)).collect()
            }
            Self::Mode => ["emperor", "service"].map(PossibleValue::new).into(),
            Self::Option => {
                let entries = reference::entries().unwrap_or_default();
                entries.into_iter().map(|entry| PossibleValue::new(entry.name)).collect()
            }
        };
        Some(Box::new(values.into_iter()))
    }
}
