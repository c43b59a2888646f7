//! What the variables of roles are called, and what they mean.

use crate::uwsgi;

/// What a variable means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// An option of uWSGI.
    Option(String),
    /// The application's name.
    Name,
    /// Whether there is an emperor.
    Mode,
    /// Whether the application is enabled.
    Enable,
    /// Nothing that has a place in a spec.
    Nowhere(&'static str),
}

/// Names that are not uWSGI's, once `uwsgi_`, `wsgi_` and `app_` are taken off, with the option of uWSGI each means.
pub const NAMES: [(&str, &str); 24] = [
    ("app_dir", "chdir"),
    ("app_path", "chdir"),
    ("app_root", "chdir"),
    ("dir", "chdir"),
    ("directory", "chdir"),
    ("project_dir", "chdir"),
    ("venv_dir", "virtualenv"),
    ("venv_path", "virtualenv"),
    ("virtualenv_dir", "virtualenv"),
    ("virtualenv_path", "virtualenv"),
    ("wsgi_venv", "virtualenv"),
    ("wsgi_module", "module"),
    ("wsgi_path", "wsgi-file"),
    ("wsgi_file", "wsgi-file"),
    ("wsgi_callable", "callable"),
    ("user", "uid"),
    ("app_user", "uid"),
    ("group", "gid"),
    ("app_group", "gid"),
    ("environment", "env"),
    ("env_vars", "env"),
    ("environment_variables", "env"),
    ("log_dir", "logto"),
    ("log_file", "logto"),
];

const NO_ADDRESS: &str =
    "a port alone does not say what listens where; write listen = \"http://127.0.0.1:PORT\" or the like";

const NOWHERE: [(&str, &str); 9] = [
    ("emperor_dir", "liege makes an emperor and its directories itself"),
    ("vassals_dir", "liege makes an emperor and its directories itself"),
    ("port", NO_ADDRESS),
    ("http_port", NO_ADDRESS),
    ("bind_address", NO_ADDRESS),
    ("log_rotate", "liege brings the rotation of logs; see rotate"),
    ("service_name", "the unit is called SITE-NAME"),
    ("state", "installing the package starts the application; see enable and start"),
    ("version", "the distribution's uWSGI runs the application; see uwsgi-from"),
];

/// Options that only an application in Python has, so that whoever has them is one.
pub const MAKES_AN_APPLICATION: [&str; 10] =
    ["chdir", "virtualenv", "home", "venv", "module", "wsgi", "wsgi-file", "callable", "mount", "paste"];

/// Whether a variable outside the lists is of uWSGI by its name. Mere words such as `user` and `env` belong to others.
#[must_use]
pub fn concerns_uwsgi(key: &str) -> bool {
    let name = key.to_lowercase().replace('-', "_");
    name.contains("wsgi")
        || name.starts_with("app_")
        || (name.contains('_') && NAMES.iter().any(|(known, _)| *known == name))
}

/// What a variable called `key` means, if this can be told by its name.
#[must_use]
pub fn meaning(key: &str) -> Option<Meaning> {
    let name = key.to_lowercase().replace('-', "_");
    let after = |prefix: &str| name.rfind(prefix).and_then(|at| name.get(at + prefix.len()..));
    let rest = after("uwsgi_").unwrap_or(&name);
    let candidates = [Some(rest), Some(name.as_str()), rest.strip_prefix("wsgi_"), rest.strip_prefix("app_")];
    candidates.into_iter().flatten().find_map(|candidate| of_name(candidate, &name))
}

fn of_name(candidate: &str, whole: &str) -> Option<Meaning> {
    let find = |table: &[(&'static str, &'static str)]| {
        table.iter().find(|(name, _)| *name == candidate).map(|(_, meaning)| *meaning)
    };
    if let Some(option) = find(&NAMES) {
        return Some(Meaning::Option(option.to_owned()));
    }
    if let Some(reason) = find(&NOWHERE) {
        return Some(Meaning::Nowhere(reason));
    }
    let option = candidate.replace('_', "-");
    match candidate {
        "name" | "app" => Some(Meaning::Name),
        "mode" if whole.contains("uwsgi") => Some(Meaning::Mode),
        "enabled" | "enable" => Some(Meaning::Enable),
        _ => uwsgi::is_option(&option).then_some(Meaning::Option(option)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_the_same_with_every_prefix() {
        let option = |name: &str| Some(Meaning::Option(name.to_owned()));
        for (key, expected) in [
            ("uwsgi_reload_on_rss", option("reload-on-rss")),
            ("reload-on-rss", option("reload-on-rss")),
            ("wsgi_uwsgi_processes", option("processes")),
            ("my_site_uwsgi_threads", option("threads")),
            ("app_user", option("uid")),
            ("wsgi_virtualenv", option("virtualenv")),
            ("wsgi_module", option("module")),
            ("uwsgi_mode", Some(Meaning::Mode)),
            ("app_name", Some(Meaning::Name)),
            ("uwsgi_app_name", Some(Meaning::Name)),
            ("django_db_name", None),
        ] {
            assert_eq!(meaning(key), expected, "{key}");
        }
    }

    #[test]
    fn every_name_means_an_option_of_uwsgi() {
        for (name, option) in NAMES {
            assert!(uwsgi::is_option(option), "{name} is {option}");
        }
    }
}
