//! Answers → a first spec, with comments that teach what it may hold.
//!
//! There are no checks of answers here: an answer is right when the spec with it has no mistake, as `liege check` sees it.

use indexmap::IndexMap;
use toml::Value;

use crate::diagnostic::Diagnostic;
use crate::family::Family;
use crate::site::Site;
use crate::source::Source;
use crate::value::AppName;
use crate::{read, rule};

/// Something that the spec has to know.
pub struct Question {
    /// Its name, which is its flag as well.
    pub name: &'static str,
    /// What is asked.
    pub text: &'static str,
    /// Whether the spec can do without an answer.
    pub need: Need,
    /// What is offered as an answer.
    suggest: fn(&Answers) -> Option<String>,
    /// What stands for the answer until there is one.
    stand_in: &'static str,
}

/// Whether an answer is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// What is suggested is only a guess: somebody has to say so.
    Required,
    /// What is suggested holds, or nothing.
    Optional,
}

/// The questions, in the order they are asked.
pub static QUESTIONS: [Question; 10] = [
    required("site", "Name of the site, which begins the names of its packages", |_| None, "site"),
    required("maintainer", "Who answers for the packages, as Name <name@example.org>", |_| None, "N <n@example.org>"),
    required("app", "Name of its first application", |_| None, "app"),
    optional("chdir", "Directory that its code is deployed to", |answers| {
        Some(format!("/opt/{}", answers.value("app").unwrap_or_default()))
    }),
    required(
        "module",
        "Python module of its WSGI callable",
        |answers| Some(format!("{}.wsgi", module(answers))),
        "app",
    ),
    optional("virtualenv", "Virtualenv, if it has one", |_| None),
    optional("user", "User it runs as, whom the package makes", |answers| answers.value("app")),
    optional("mode", "Run by one emperor, or each application as a systemd service (emperor, service)", |_| {
        Some("emperor".to_owned())
    }),
    optional("listen", "Where it listens (unix, uwsgi://ADDRESS:PORT, http://ADDRESS:PORT)", |_| {
        Some("unix".to_owned())
    }),
    optional("family", "Families of systems to build for", |_| {
        Some(Family::all().map(|family| family.name.as_str()).collect::<Vec<_>>().join(", "))
    }),
];

const fn required(
    name: &'static str,
    text: &'static str,
    suggest: fn(&Answers) -> Option<String>,
    stand_in: &'static str,
) -> Question {
    Question { name, text, need: Need::Required, suggest, stand_in }
}

const fn optional(name: &'static str, text: &'static str, suggest: fn(&Answers) -> Option<String>) -> Question {
    Question { name, text, need: Need::Optional, suggest, stand_in: "" }
}

fn module(answers: &Answers) -> String {
    answers.value("app").unwrap_or_default().replace('-', "_")
}

/// What was answered so far.
#[derive(Clone, Debug, Default)]
pub struct Answers(IndexMap<&'static str, String>);

impl Answers {
    /// Takes an answer if the spec has no mistake with it.
    ///
    /// # Errors
    /// What `liege check` says of the spec with this answer.
    pub fn take(&mut self, question: &Question, answer: &str) -> Result<(), String> {
        let mut with_it = self.clone();
        with_it.0.insert(question.name, answer.to_owned());
        match with_it.mistake() {
            Some(mistake) => Err(mistake),
            None => {
                *self = with_it;
                Ok(())
            }
        }
    }

    /// Whether this was answered.
    #[must_use]
    pub fn has(&self, question: &Question) -> bool {
        self.0.contains_key(question.name)
    }

    /// The site's name.
    #[must_use]
    pub fn site(&self) -> String {
        self.value("site").unwrap_or_default()
    }

    /// What to offer as an answer, if liege would take it.
    #[must_use]
    pub fn suggestion(&self, question: &Question) -> Option<String> {
        (question.suggest)(self).filter(|suggestion| self.clone().take(question, suggestion).is_ok())
    }

    /// The answer, or what holds without one.
    fn value(&self, name: &str) -> Option<String> {
        if let Some(answer) = self.0.get(name) {
            return Some(answer.clone()).filter(|answer| !answer.is_empty());
        }
        let question = QUESTIONS.iter().find(|question| question.name == name)?;
        match question.need {
            Need::Required => Some(question.stand_in.to_owned()),
            Need::Optional => (question.suggest)(self),
        }
    }

    /// The first mistake of the spec as it is so far.
    fn mistake(&self) -> Option<String> {
        let text = self.spec();
        let (source, mut found) = Source::parse("", &text);
        let (spec, mistakes) = read::read(&source);
        found.extend(mistakes);
        if let Some(spec) = &spec {
            found.extend(rule::check(&Site::new(spec), &source));
        }
        let mistake = found.into_iter().find(Diagnostic::is_error)?;
        // Who is asked sees the question, and who wrote a flag its name: the key is no news.
        let message = match mistake.message.split_once(": ") {
            Some((key, message)) if !key.contains(' ') => message.to_owned(),
            _ => mistake.message,
        };
        Some(mistake.help.into_iter().fold(message, |message, help| format!("{message}; {help}")))
    }

    /// The text of the spec.
    #[must_use]
    pub fn spec(&self) -> String {
        let quoted = |name: &str| Value::from(self.value(name).unwrap_or_default()).to_string();
        let (site, app, chdir) = (self.comment("site"), self.comment("app"), self.comment("chdir"));
        let key =
            AppName::new(self.value("app").unwrap_or_default()).map_or_else(|_| quoted("app"), |name| name.to_string());
        let families = self.value("family").unwrap_or_default();
        let families: Vec<&str> = families.split([',', ' ']).filter(|family| !family.is_empty()).collect();
        let virtualenv = match self.value("virtualenv") {
            Some(path) => format!("virtualenv = {}", Value::from(path)),
            None => format!("# virtualenv = \"{chdir}/venv\""),
        };
        format!(
            r#"# One spec describes a site: its applications, and the packages that bring their settings.
# liege check finds mistakes, liege plan shows every file, liege build writes the packages.
site = {}
version = "1.0"       # of what is new or changed; liege.lock remembers the rest
maintainer = {}
families = {}
mode = {}      # "emperor": one uWSGI runs all applications; "service": systemd runs each

# For every application that does not say otherwise. Options bear uWSGI's own names.
[defaults]
harakiri = 60         # seconds that a request may take
max-requests = 5000   # then a worker is replaced

[app.{key}]
# The code is deployed there by you; the package holds the settings alone.
chdir = {}
{virtualenv}
module = {}
# The package makes this user, and a group called the same.
user = {}
# "unix" is /run/{site}/{app}/uwsgi.sock, which nginx may use.
listen = {}
processes = 2         # or "2 per core", counted on the machine
threads = 1
# env = {{ LANG = "C.UTF-8" }}
# Secrets belong into a file on the machine, never into a package:
# env-file = "/etc/{site}/{app}.env"

# Any other option of uWSGI, by its own name.
# [app.{app}.uwsgi]
# enable-threads = true
"#,
            quoted("site"),
            quoted("maintainer"),
            Value::from(families),
            quoted("mode"),
            quoted("chdir"),
            quoted("module"),
            quoted("user"),
            quoted("listen"),
        )
    }

    /// An answer as part of a comment: whatever is no plain word yet must not end it.
    fn comment(&self, name: &str) -> String {
        let is_plain = |value: &String| value.chars().all(|c| c.is_ascii_alphanumeric() || "-_/.".contains(c));
        self.value(name).filter(is_plain).unwrap_or_else(|| "NAME".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(name: &str) -> &'static Question {
        QUESTIONS.iter().find(|question| question.name == name).unwrap()
    }

    #[test]
    fn an_answer_is_right_when_the_spec_has_no_mistake() {
        let mut answers = Answers::default();
        for (name, wrong, right) in [
            ("site", "My Site", "shop"),
            ("maintainer", "ops", "Ops <ops@shop.example>"),
            ("app", "uwsgi", "web-shop"),
            ("chdir", "/tmp/shop", "/srv/shop"),
            ("module", "shop.py", "shop.wsgi"),
            ("virtualenv", "venv", "/srv/shop/venv"),
            ("user", "root", "shop"),
            ("mode", "tyrant", "emperor"),
            ("listen", "http://127.0.0.1:80", "http://127.0.0.1:8000"),
            ("family", "arch", "debian, suse"),
        ] {
            assert!(answers.take(question(name), wrong).is_err(), "{name} = {wrong}");
            assert_eq!(answers.take(question(name), right), Ok(()), "{name} = {right}");
        }
        assert!(answers.spec().contains("\nfamilies = [\"debian\", \"suse\"]\n"), "{}", answers.spec());
    }

    #[test]
    fn no_answer_becomes_anything_but_an_answer() {
        for hostile in ["x\n[app.evil]\nmodule = 'x'", "\"", "'''", "x\" # ", "x]\ny = 1", "\u{202e}"] {
            for question in &QUESTIONS {
                assert!(Answers::default().take(question, hostile).is_err(), "{} = {hostile:?}", question.name);
            }
        }
    }

    #[test]
    fn suggestions_follow_the_answers_and_are_right() {
        let mut answers = Answers::default();
        answers.take(question("app"), "web-shop").unwrap();
        let suggested = |name: &str| answers.suggestion(question(name));
        assert_eq!(suggested("chdir").as_deref(), Some("/opt/web-shop"));
        assert_eq!(suggested("module").as_deref(), Some("web_shop.wsgi"));
        assert_eq!(suggested("user").as_deref(), Some("web-shop"));
        assert_eq!(suggested("site"), None);
    }
}
