//! What people have → a spec: Ansible variables of the usual roles, uWSGI's ini, YAML and JSON files.
//!
//! Readers ([`ini`], [`document`], [`variables`]) turn each input into settings under uWSGI's own names; [`carry`] puts those
//! into drafts of the spec's tables, each value checked by liege's own type for its key; [`settle`] takes out what the rules
//! would refuse; [`write`] makes the text. Whatever does not arrive there is in the [`report`], with its line.

pub mod carry;
mod document;
pub mod draft;
mod expression;
mod ini;
mod name;
mod placeholder;
mod playbook;
pub mod report;
pub mod setting;
mod settle;
pub mod variables;
mod write;
mod yaml;

use std::path::PathBuf;

use draft::{Application, Drafts, Entry};
use report::{Fate, Note, Report};
use setting::{Instance, Origin};

use crate::bounded::LARGEST_TEXT;
use crate::value::SiteName;

/// How many applications one import may have.
const MOST_APPLICATIONS: usize = 50_000;
/// How many settings an application may have.
const MOST_SETTINGS: usize = 5_000;

/// One file to import.
#[derive(Debug)]
pub struct Input {
    name: String,
    place: PathBuf,
    text: String,
}

/// An input that cannot be read, and where.
#[derive(Debug)]
pub struct Unreadable {
    /// Where.
    pub origin: Origin,
    /// What is wrong there.
    pub message: String,
}

/// What came of an import.
#[derive(Debug)]
pub struct Imported {
    /// The text of the spec.
    pub spec: String,
    /// What became of everything that is not in it as it was written.
    pub notes: Vec<Note>,
    /// How many settings are in it.
    pub carried: usize,
    /// How many are not.
    pub lost: usize,
}

impl Input {
    /// A file with its name in messages and its absolute path, for what uWSGI makes of `%d` and the like.
    #[must_use]
    pub fn new(name: &str, place: PathBuf, text: String) -> Self {
        Self { name: setting::visible(name), place, text }
    }

    /// A line of it.
    #[must_use]
    pub fn origin(&self, line: usize) -> Origin {
        Origin { file: self.name.clone(), line }
    }
}

/// What the inputs say, before it becomes a spec.
#[derive(Default)]
struct Found {
    mode: Option<&'static str>,
    defaults: Vec<setting::Setting>,
    instances: Vec<Instance>,
}

/// Makes one spec of all inputs.
///
/// # Errors
/// Everything that cannot be read, or that there is nothing in the inputs to make a spec of.
pub fn import(inputs: &[Input], site: Option<&SiteName>) -> Result<Imported, Vec<Unreadable>> {
    let mut report = Report::default();
    let found = read(inputs, &mut report)?;
    bound(&found)?;
    if found.defaults.is_empty() && found.instances.iter().all(|instance| instance.settings.is_empty()) {
        let origin = inputs.first().map_or(Origin { file: String::new(), line: 1 }, |input| input.origin(1));
        return Err(vec![Unreadable { origin, message: "nothing here is a setting of uWSGI".to_owned() }]);
    }
    let defaults = carry::carry(&found.defaults, None, &mut report);
    let mut applications = Vec::new();
    for instance in &found.instances {
        applications.push(application(instance, &applications, &mut report)?);
    }
    let mut drafts = Drafts { header: header(site, found.mode), defaults, applications };
    let _ = settle::settle(&mut drafts, &mut report);
    fill(&mut drafts, &mut report);
    let refused = settle::settle(&mut drafts, &mut report);
    refused.iter().for_each(|refusal| settle::tell(&drafts, refusal, &mut report));
    let sources: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    let notes = report.notes();
    let (carried, lost) = report.count();
    Ok(Imported {
        spec: write::spec(&drafts, &sources, &notes),
        notes: notes.into_iter().cloned().collect(),
        carried,
        lost,
    })
}

/// What is larger was made to keep the program busy: every setting is held against all others of its application, and every
/// application's name against all others'.
fn bound(found: &Found) -> Result<(), Vec<Unreadable>> {
    let refuse = |origin: &Origin, message: String| Err(vec![Unreadable { origin: origin.clone(), message }]);
    if let Some(instance) = found.instances.get(MOST_APPLICATIONS) {
        return refuse(&instance.origin, format!("these are more than {MOST_APPLICATIONS} applications"));
    }
    let lists = found.instances.iter().map(|instance| &instance.settings).chain([&found.defaults]);
    match lists.filter_map(|settings| settings.get(MOST_SETTINGS)).next() {
        Some(setting) => {
            refuse(&setting.origin, format!("these are more than {MOST_SETTINGS} settings of one application"))
        }
        None => Ok(()),
    }
}

fn read(inputs: &[Input], report: &mut Report) -> Result<Found, Vec<Unreadable>> {
    let mut found = Found::default();
    let mut unreadable = Vec::new();
    let mut documents = Vec::new();
    for input in inputs {
        if let Err(error) = read_one(input, &mut found, &mut documents, report) {
            unreadable.push(error);
        }
    }
    if !unreadable.is_empty() {
        return Err(unreadable);
    }
    let mut scope = variables::Scope::default();
    for (input, root) in &documents {
        scope.add(&input.name, root.mapping().unwrap_or_default());
    }
    let described = variables::read(&scope, report);
    found.mode = described.mode;
    found.defaults = described.defaults;
    found.instances.extend(described.instances);
    Ok(found)
}

/// Reads an input by what it holds; variables are kept, for those of all files belong together.
fn read_one<'a>(
    input: &'a Input,
    found: &mut Found,
    documents: &mut Vec<(&'a Input, yaml::Node)>,
    report: &mut Report,
) -> Result<(), Unreadable> {
    let refuse = |line: usize, message: &str| Unreadable { origin: input.origin(line), message: message.to_owned() };
    if input.text.len() as u64 > LARGEST_TEXT {
        return Err(refuse(1, "the file is larger than 10 MB, which no settings are"));
    }
    if input.text.trim_start().starts_with('<') {
        return Err(refuse(1, "XML is not read; write the options as ini: one option = value a line below [uwsgi]"));
    }
    if ini::is_ini(&input.text) {
        found.instances.push(ini::read(input, report)?);
        return Ok(());
    }
    let root = yaml::parse(&input.text).map_err(|error| refuse(error.line, &error.message))?;
    let Some(root) = playbook::variables(input, root, report) else {
        return Err(refuse(
            1,
            "this is no uWSGI file with a section [uwsgi], no mapping of variables, and no playbook",
        ));
    };
    if document::is_uwsgi(&root) {
        found.instances.push(document::read(input, &root, report)?);
    } else {
        documents.push((input, root));
    }
    Ok(())
}

/// The keys of the top level.
fn header(site: Option<&SiteName>, mode: Option<&'static str>) -> Vec<(&'static str, String, &'static str)> {
    let name = site.map_or("mysite", SiteName::as_str);
    let mut header = vec![
        ("site", name.to_owned(), "begins the names of packages, units and directories"),
        ("version", "1.0".to_owned(), "of what is new or changed; liege.lock remembers the rest"),
        (
            "maintainer",
            format!("{name} operations <ops@{name}.example>"),
            "who answers for the packages: put in who does",
        ),
    ];
    header.extend(mode.map(|mode| ("mode", mode.to_owned(), "or \"service\": a systemd service for each application")));
    if let Some(last) = header.last_mut().filter(|(_, mode, _)| mode == "service") {
        last.2 = "or \"emperor\": one uWSGI that runs all applications";
    }
    header
}

/// An instance as an application with a name that fits.
fn application(
    instance: &Instance,
    known: &[Application],
    report: &mut Report,
) -> Result<Application, Vec<Unreadable>> {
    let taken: Vec<&str> = known.iter().map(|application| application.name.as_str()).collect();
    let hints = hints(instance);
    let candidates: Vec<&str> =
        std::iter::once(instance.name.as_str()).chain(hints.iter().map(String::as_str)).collect();
    let Some(name) = name::application(&candidates, &taken) else {
        let message = format!("{} is no name for an application: use a-z, 0-9 and -", setting::shown(&instance.name));
        return Err(vec![Unreadable { origin: instance.origin.clone(), message }]);
    };
    let own = Some(name.as_str());
    if name.as_str() != instance.name && !instance.name.is_empty() {
        let subject = format!("the name {}", setting::shown(&instance.name));
        report.tell(Fate::Adapted, &instance.origin, own, &subject, format!("it is called {name} now"));
    }
    let draft = carry::carry(&instance.settings, own, report);
    Ok(Application { name, origin: instance.origin.clone(), draft })
}

/// What else an application may be called after: its module, its file, its directory.
fn hints(instance: &Instance) -> Vec<String> {
    let value = |option: &str| instance.settings.iter().find_map(|setting| setting.value_of(option));
    let module = value("module").or(value("wsgi")).and_then(|module| module.split(['.', ':']).next());
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let folder = value("chdir").map(last);
    let file = value("wsgi-file").map(|path| last(path.rsplit_once('/').map_or(path, |(folder, _)| folder)));
    module.map(str::to_owned).into_iter().chain(folder).chain(file).collect()
}

/// Says what liege takes where the input is silent, or says what cannot be; an application whose name cannot be that of its
/// user gets one.
fn fill(drafts: &mut Drafts, report: &mut Report) {
    for application in &mut drafts.applications {
        let name = application.name.as_str();
        if application.draft.get(&["user"]).is_none() {
            let user = name::user(name);
            let runs_as = user.as_ref().map_or(name, |user| user.as_str());
            let reason = format!("it runs as the user {runs_as}, which its package makes");
            report.tell(Fate::Missing, &application.origin, Some(name), "user", reason);
            if let Some(user) = user {
                let entry = Entry { value: toml::Value::from(user.as_str()), from: Vec::new() };
                application.draft.entries.insert(vec!["user".to_owned()], entry);
            }
        }
        if application.draft.get(&["chdir"]).is_none() {
            report.tell(Fate::Missing, &application.origin, Some(name), "chdir", format!("it runs in /opt/{name}"));
        }
    }
}
