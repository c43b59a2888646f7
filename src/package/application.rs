//! The package of one application: the page a packager reviews.

use anyhow::Result;

use super::files::{begin, directory, documents, ghost_link, plain, provides_of_users, requires_shared, scripts};
use super::view::{Application, summary};
use super::{File, Package, Relation, RelationKind, Role, Stamp};
use crate::site::Target;
use crate::spec::{Mode, UwsgiFrom};
use crate::template::{Templates, Values};
use crate::uwsgi::{Restriction, restriction};

/// Makes the package.
///
/// # Errors
/// A template that cannot be rendered.
pub fn package(target: &Target<'_>, templates: &Templates, stamp: &Stamp) -> Result<Package> {
    let about = format!(
        "Settings, users and scripts with which uWSGI runs the application {} of {}. The application itself is not part of the \
         package: it is expected in {}.",
        target.name,
        target.header.site,
        target.chdir()
    );
    let mut package = begin(target.header, target.family, target.package(), summary(target), &about, stamp);
    package.application = Some(target.name.to_string());
    package.manages = Some(target.managed());
    package.unsafe_directives = unsafe_directives(target);
    let values = Values::new(&Application::of(target))?;
    package.files = files(target, &package.name, templates, &values)?;
    documents(&mut package, templates, &values, "app/README")?;
    package.relations = requires(target, stamp);
    if target.family.user_provides {
        package.relations.extend(provides_of_users(&package.files));
    }
    package.scripts = scripts(templates, &values, target.family, "app")?;
    Ok(package)
}

fn files(target: &Target<'_>, package: &str, templates: &Templates, values: &Values) -> Result<Vec<File>> {
    let text = |template: &str| templates.render(template, values);
    let config = |path: String, text: String| File { role: Role::Config, ..plain(path, text) };
    let mut files = vec![
        // The application's group may read its settings, and others may not: they can hold what is not for everybody.
        File { mode: 0o640, group: target.group(), ..config(target.ini(), text("app/vassal.ini")?) },
        plain(format!("/usr/lib/sysusers.d/{package}.conf"), text("app/sysusers.conf")?),
        plain(format!("/usr/lib/tmpfiles.d/{package}.conf"), text("app/tmpfiles.conf")?),
    ];
    if target.mode() == Mode::Service {
        files.push(plain(format!("/usr/lib/systemd/system/{package}.service"), text("app/app.service")?));
        files.push(plain(format!("/usr/lib/systemd/system/{package}.socket"), text("app/app.socket")?));
        if target.family.scripts.presets {
            files.push(plain(format!("/usr/lib/systemd/system-preset/80-{package}.preset"), text("app/preset")?));
        }
    }
    if target.rotate().is_some() {
        files.push(config(format!("/etc/logrotate.d/{package}"), text("app/logrotate")?));
        if target.family.owns_run_time {
            let (owner, group) = (target.user(), target.log_group());
            files.push(File { mode: 0o2750, owner, group, ..directory(target.log_directory()) });
        }
    }
    if target.family.owns_run_time && target.mode() == Mode::Emperor {
        files.push(ghost_link(target.vassal(), format!("../apps/{}.ini", target.name)));
    }
    Ok(files)
}

fn unsafe_directives(target: &Target<'_>) -> Vec<String> {
    let reason = |option: &String| match restriction(option) {
        Some(Restriction::Unsafe(reason)) => Some(format!("{option} {reason}")),
        _ => None,
    };
    target.app.uwsgi.keys().filter_map(reason).collect()
}

/// What it requires.
pub fn requires(target: &Target<'_>, stamp: &Stamp) -> Vec<Relation> {
    let depends = &target.family.depends;
    let mut relations = vec![requires_shared(target.header, target.family, stamp)];
    relations.extend(Relation::all(RelationKind::Requires, &depends.users));
    relations.extend(Relation::all(RelationKind::RequiresBefore, &depends.users_before_unpacking));
    if target.app.uwsgi_from == UwsgiFrom::System {
        relations.extend(Relation::all(RelationKind::Requires, &depends.uwsgi));
        relations.extend(Relation::all(RelationKind::Requires, &depends.python));
    }
    if target.rotate().is_some() {
        relations.extend(Relation::all(RelationKind::Requires, &depends.rotation));
    }
    relations
}
