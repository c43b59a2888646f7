//! What becomes of uWSGI's options: the table that says which key of a spec each is, and who sees to it.

mod listen;
mod plain;
mod table;

use toml::Value;

use super::draft::Draft;
use super::report::{Outcome, Report};
use super::setting::{Setting, Target};
use crate::uwsgi::{self, Restriction};

/// How some options of uWSGI come into a spec.
pub struct Way {
    /// Their names in uWSGI.
    pub options: &'static [&'static str],
    /// The key of the spec.
    pub key: &'static str,
    /// What is different there; empty when nothing is.
    pub about: &'static str,
    /// Does it: takes the value and says what became of it.
    pub carry: fn(&mut Carrier<'_>, &Way, &Setting, &str) -> Outcome,
}

/// Every way but the two for the rest: options without restrictions go into `[app.NAME.uwsgi]`, all others are told.
pub static WAYS: &[Way] = table::WAYS;

/// Carries the settings of one application into a draft.
pub struct Carrier<'a> {
    settings: &'a [Setting],
    draft: Draft,
    /// Settings that a later one of the same name replaced, and the line of that one.
    replaced: Vec<(Setting, usize)>,
}

/// The draft of an application's settings; what became of each is recorded.
#[must_use]
pub fn carry(settings: &[Setting], application: Option<&str>, report: &mut Report) -> Draft {
    let mut carrier = Carrier { settings, draft: Draft::default(), replaced: Vec::new() };
    for setting in settings {
        let outcome = carrier.take(setting);
        report.record(setting, application, outcome);
        for (former, line) in carrier.replaced.drain(..) {
            report.lose(&former, application, format!("line {line} sets it again, and the last one counts"));
        }
    }
    carrier.draft
}

impl Carrier<'_> {
    fn take(&mut self, setting: &Setting) -> Outcome {
        let option = match &setting.target {
            Target::Nowhere(reason) => return Outcome::Lost(reason.clone()),
            Target::Spec(key) => return self.spec(key, setting),
            Target::Uwsgi(option) => option.as_str(),
        };
        let way = WAYS.iter().find(|way| way.options.contains(&option));
        match (&setting.value, way) {
            (Err(reason), _) => Outcome::Lost(reason.clone()),
            (Ok(value), Some(way)) => (way.carry)(self, way, setting, value),
            (Ok(value), None) => self.rest(option, setting, value),
        }
    }

    fn spec(&mut self, key: &'static str, setting: &Setting) -> Outcome {
        match &setting.value {
            Err(reason) => Outcome::Lost(reason.clone()),
            Ok(value) => self.put(&[key], plain::flag(value).map_or(Value::from(value.as_str()), Value::from), setting),
        }
    }

    /// An option that has no way of its own.
    fn rest(&mut self, option: &str, setting: &Setting, value: &str) -> Outcome {
        let Some(facts) = uwsgi::option(option) else {
            let near = uwsgi::nearest(option).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            return Outcome::Lost(format!("uWSGI 2.0 has no such option{near}"));
        };
        match uwsgi::restriction(option) {
            Some(Restriction::Owned(key)) => Outcome::Lost(format!("{key} decides this in a spec")),
            Some(Restriction::Defeats(why)) => Outcome::Lost(why.to_owned()),
            Some(Restriction::Unsafe(why)) => Outcome::Lost(format!(
                "it {why}; if that is meant, set it below uwsgi and name it in unsafe-directives"
            )),
            None if value.is_empty() && facts.value == "required" => {
                Outcome::Lost("uWSGI wants a value for it, and there is none".to_owned())
            }
            None if value.trim_end() != value => {
                self.free(option, facts.value, setting, value.trim_end()).adapted("without the blank at its end")
            }
            None => self.free(option, facts.value, setting, value),
        }
    }

    /// An option of the free table; a repeated one becomes a list.
    fn free(&mut self, option: &str, takes: &str, setting: &Setting, value: &str) -> Outcome {
        let path = ["uwsgi", option];
        let is_flag = takes == "none" || (takes == "optional" && plain::flag(value) == Some(true));
        if let Some(flag) = plain::flag(value).filter(|_| is_flag) {
            return self.put(&path, Value::from(flag), setting);
        }
        let text = match self.draft.get(&path) {
            None => return self.put(&path, plain::number_or_text(value), setting),
            Some(Value::Array(_)) => None,
            Some(Value::String(former)) => Some(former.clone()),
            Some(former) => Some(former.to_string()),
        };
        if let Some(former) = text
            && let Some(entry) = self.draft.entries.get_mut(&path.map(str::to_owned).to_vec())
        {
            entry.value = Value::Array(vec![Value::from(former)]);
        }
        match self.draft.add(&path, Value::from(value), setting) {
            Ok(()) => Outcome::Carried,
            Err(reason) => Outcome::Lost(reason),
        }
    }

    /// Sets a key of the spec.
    fn put(&mut self, path: &[&str], value: Value, setting: &Setting) -> Outcome {
        match self.draft.set(path, value, setting) {
            Err(reason) => Outcome::Lost(reason),
            Ok(former) => {
                let line = setting.origin.line;
                self.replaced.extend(former.into_iter().map(|setting| (setting, line)));
                Outcome::Carried
            }
        }
    }

    /// Sets a key of the spec to what is not quite what the input says, for this reason.
    fn put_adapted(&mut self, path: &[&str], value: Value, setting: &Setting, reason: &str) -> Outcome {
        match self.put(path, value, setting) {
            Outcome::Carried => Outcome::Adapted(reason.to_owned()),
            lost => lost,
        }
    }

    /// The last value given to an option in this application.
    fn value_of(&self, option: &str) -> Option<&str> {
        self.settings.iter().rev().find_map(|setting| setting.value_of(option))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_for_options_of_uwsgi_and_each_option_has_one() {
        let options: Vec<&str> = WAYS.iter().flat_map(|way| way.options).copied().collect();
        for (number, option) in options.iter().enumerate() {
            assert!(uwsgi::is_option(option), "uWSGI has no option {option}");
            assert!(!options[..number].contains(option), "{option} has two ways");
            assert!(uwsgi::restriction(option).is_some(), "{option} is free and needs no way");
        }
    }

    #[test]
    fn every_way_leads_to_the_key_that_owns_the_option() {
        for way in WAYS {
            for option in way.options {
                if let Some(Restriction::Owned(key)) = uwsgi::restriction(option) {
                    assert_eq!(way.key, key, "{option}");
                }
            }
        }
    }
}
