//! One OS family's data. All of it is read from `specs/families/`; no family is named in this source.

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/specs/families");

static FAMILIES: LazyLock<IndexMap<String, Family>> = LazyLock::new(|| {
    let mut families: IndexMap<String, Family> = FILES
        .files()
        .map(|file| {
            let name = file.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let read = |text: &str| toml::from_str::<Family>(text).map_err(|error| error.to_string());
            let family = file.contents_utf8().ok_or_else(|| "not UTF-8".to_owned()).and_then(read);
            // The files are part of this program and read by its tests: one that cannot be read is a bug.
            let mut family = family.unwrap_or_else(|reason| panic!("specs/families/{name}.toml: {reason}"));
            family.name.clone_from(&name);
            (name, family)
        })
        .collect();
    families.sort_unstable_keys();
    families
});

/// An OS family: what differs between the distributions.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "kebab-case"), deny_unknown_fields)]
pub struct Family {
    /// The name in `families` and `--family`: the file's own.
    #[serde(skip_deserializing)]
    pub name: String,
    /// The distributions, for people.
    pub title: String,
    /// `deb` or `rpm`.
    pub format: String,
    /// Path of the distribution's uWSGI.
    pub uwsgi: String,
    /// What the ini calls the Python 3 plugin.
    pub plugin: String,
    /// Shell of an account that nobody logs in to.
    pub nologin: String,
    /// The group that may read logs; without one, the application's own group.
    pub log_group: Option<String>,
    /// What goes behind a version to mean: before any release of it.
    pub before_any_release: String,
    /// Documents that every package carries besides its README: path, with PACKAGE for its name → template.
    pub documents: IndexMap<String, String>,
    /// Whether packages own the log directories, and the links that their scripts make (`%ghost`).
    pub owns_run_time: bool,
    /// Whether users are made from Provides with encoded sysusers.d lines.
    pub user_provides: bool,
    /// Licence texts that every system of the family has: beginning of an SPDX name → file.
    #[serde(default)]
    pub common_licenses: IndexMap<String, String>,
    /// The user nginx runs as.
    pub web_user: WebUser,
    /// Names of the distribution's packages.
    pub depends: Depends,
    /// How the family's maintainer scripts work.
    pub scripts: Scripts,
    /// Its repositories.
    pub repository: Repository,
}

/// What a family's repositories and their users need.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "kebab-case"), deny_unknown_fields)]
pub struct Repository {
    /// Architectures of machines that may ask for a package of all architectures.
    pub architectures: Vec<String>,
    /// Template of the file that tells the package manager of a repository.
    pub client: String,
    /// The end of that file's name.
    pub extension: String,
    /// Further lines in it.
    pub lines: Vec<String>,
}

/// The user nginx runs as.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "kebab-case"), deny_unknown_fields)]
pub struct WebUser {
    /// Its name.
    pub name: String,
    /// Whether it exists on every system, or only once nginx is installed.
    pub always_exists: bool,
}

/// Packages of the distribution, in the package format's own syntax.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "kebab-case"), deny_unknown_fields)]
pub struct Depends {
    /// What makes users and runtime directories.
    pub users: Vec<String>,
    /// What makes users before the files are unpacked (`Requires(pre)`).
    pub users_before_unpacking: Vec<String>,
    /// uWSGI itself.
    pub uwsgi: Vec<String>,
    /// Its Python 3 plugin.
    pub python: Vec<String>,
    /// What rotates log files.
    pub rotation: Vec<String>,
    /// What loads an SELinux policy module, and the policy it is for.
    #[serde(default)]
    pub selinux: Vec<String>,
    /// The web server.
    pub web_server: Vec<String>,
}

/// How the family's maintainer scripts work.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "kebab-case"), deny_unknown_fields)]
pub struct Scripts {
    /// The folder of `templates/` that holds them.
    pub folder: String,
    /// The program by which a script starts and stops units.
    pub invoke: String,
    /// Whether restarts wait for the end of the package manager's transaction.
    pub restart_later: bool,
    /// Whether presets decide what is enabled.
    pub presets: bool,
    /// Whether SELinux keeps nginx from the sockets.
    pub selinux: bool,
    /// Whether all four scriptlets call systemd's helper, and obey the family's two switches against restarts and writes.
    pub four_calls: bool,
}

impl Family {
    /// All families, by name.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        FAMILIES.values()
    }

    /// The family called `name`.
    ///
    /// # Errors
    /// That there is none, and which there are.
    pub fn named(name: &str) -> Result<&'static Self, String> {
        let known = || {
            FAMILIES.values().map(|family| format!("{} ({})", family.name, family.title)).collect::<Vec<_>>().join(", ")
        };
        FAMILIES.get(name).ok_or_else(|| format!("there is no OS family {name}; known are {}", known()))
    }
}
