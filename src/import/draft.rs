//! The tables of the spec that is being made.

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Value;

use super::setting::{Origin, Setting};
use crate::spec::App;
use crate::value::AppName;

/// A key below `[app.NAME]` or `[defaults]`, such as `harakiri` or `uwsgi.max-fd`.
pub type Path = Vec<String>;

/// A value of the spec, and where it is from.
#[derive(Debug)]
pub struct Entry {
    /// The value.
    pub value: Value,
    /// The settings of the input that it stands for.
    pub from: Vec<Setting>,
}

/// The keys of one application, or of `[defaults]`.
#[derive(Debug, Default)]
pub struct Draft {
    /// The values, in the order they came.
    pub entries: IndexMap<Path, Entry>,
}

/// An application of the spec.
#[derive(Debug)]
pub struct Application {
    /// Its name.
    pub name: AppName,
    /// Where it begins in the input.
    pub origin: Origin,
    /// Its keys.
    pub draft: Draft,
}

/// The whole spec.
#[derive(Debug)]
pub struct Drafts {
    /// The keys of the top level, with what stands behind each as a comment.
    pub header: Vec<(&'static str, String, &'static str)>,
    /// `[defaults]`.
    pub defaults: Draft,
    /// The applications.
    pub applications: Vec<Application>,
}

impl Draft {
    /// Sets a key; the settings that stood there before, with another value, are given back.
    ///
    /// # Errors
    /// The words of liege's own type for that key when the value does not fit it.
    pub fn set(&mut self, path: &[&str], value: Value, setting: &Setting) -> Result<Vec<Setting>, String> {
        fits(path, &value)?;
        let path: Path = path.iter().map(|part| (*part).to_owned()).collect();
        if let Some(entry) = self.entries.get_mut(&path).filter(|entry| entry.value == value) {
            entry.from.push(setting.clone());
            return Ok(Vec::new());
        }
        let former = self.entries.insert(path, Entry { value, from: vec![setting.clone()] });
        Ok(former.map(|former| former.from).unwrap_or_default())
    }

    /// Adds to a list.
    ///
    /// # Errors
    /// The words of liege's own type for that key when the value does not fit it.
    pub fn add(&mut self, path: &[&str], value: Value, setting: &Setting) -> Result<(), String> {
        fits(path, &Value::Array(vec![value.clone()]))?;
        let path: Path = path.iter().map(|part| (*part).to_owned()).collect();
        let entry = self.entries.entry(path).or_insert(Entry { value: Value::Array(Vec::new()), from: Vec::new() });
        entry.from.push(setting.clone());
        if let Value::Array(values) = &mut entry.value
            && !values.contains(&value)
        {
            values.push(value);
        }
        Ok(())
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, path: &[&str]) -> Option<&Value> {
        self.entries.iter().find(|(known, _)| *known == path).map(|(_, entry)| &entry.value)
    }

    /// Takes out the entry at `path`, or the one below or above it; none when there is none.
    pub fn remove(&mut self, path: &[String]) -> Option<Entry> {
        let found = self.entries.keys().find(|known| known.starts_with(path) || path.starts_with(known)).cloned()?;
        self.entries.shift_remove(&found)
    }
}

/// Whether liege would take this value for this key of an application.
fn fits(path: &[&str], value: &Value) -> Result<(), String> {
    let nested = path
        .iter()
        .rev()
        .fold(value.clone(), |value, part| Value::Table(toml::Table::from_iter([((*part).to_owned(), value)])));
    App::deserialize(nested).map(|_| ()).map_err(|error| error.message().trim().to_owned())
}
