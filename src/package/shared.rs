//! The package that all applications of a site share: group, directories, emperor.

use anyhow::Result;

use super::files::{begin, directory, documents, plain, program, provides_of_users, scripts, triggers};
use super::view::{Shared, libexec};
use super::{File, Package, Relation, RelationKind, Stamp};
use crate::family::Family;
use crate::site::Site;
use crate::template::{Templates, Values};

/// Makes the package.
///
/// # Errors
/// A template that cannot be rendered.
pub fn package(site: &Site<'_>, family: &'static Family, templates: &Templates, stamp: &Stamp) -> Result<Package> {
    let header = site.header;
    let name = header.site_package();
    let summary = format!("What the uWSGI applications of {} share", header.site);
    let emperor = if site.has_emperor(family) { ", and the emperor that runs them" } else { "" };
    let about = format!(
        "The group through which the web server reaches the uWSGI applications of {}, the directories they share{emperor}. \
         Every application's package needs it.",
        header.site
    );
    let mut package = begin(header, family, name.clone(), summary, &about, stamp);
    package.manages = site.has_emperor(family).then(|| header.emperor_unit());
    let values = Values::new(&Shared::of(site, family, name))?;
    package.files = files(site, family, &package.name, templates, &values)?;
    documents(&mut package, templates, &values, "site/README")?;
    package.relations = relations(site, family, &package.files);
    package.scripts = scripts(templates, &values, family, "site")?;
    package.scripts.extend(triggers(templates, &values, family, "site", &family.depends.web_server)?);
    Ok(package)
}

fn files(site: &Site<'_>, family: &Family, package: &str, templates: &Templates, values: &Values) -> Result<Vec<File>> {
    let text = |template: &str| templates.render(template, values);
    let name = &site.header.site;
    let mut files = vec![
        directory(format!("/etc/{name}")),
        directory(format!("/etc/{name}/apps")),
        directory(libexec(site.header)),
        program(format!("{}/preflight", libexec(site.header)), text("site/preflight")?),
        program(format!("{}/reload", libexec(site.header)), text("site/reload")?),
        plain(format!("/usr/lib/sysusers.d/{package}.conf"), text("site/sysusers.conf")?),
        plain(format!("/usr/lib/tmpfiles.d/{package}.conf"), text("site/tmpfiles.conf")?),
    ];
    if site.has_emperor(family) {
        files.push(directory(format!("/etc/{name}/vassals")));
        files.push(plain(
            format!("/usr/lib/systemd/system/{}", site.header.emperor_unit()),
            text("site/emperor.service")?,
        ));
        if family.scripts.presets {
            files.push(plain(format!("/usr/lib/systemd/system-preset/80-{name}.preset"), text("site/preset")?));
        }
    }
    if family.owns_run_time && site.on(family).any(|target| target.rotate().is_some()) {
        // Not an application's: rpm would take it away with the first one, when it is empty then.
        files.push(directory(format!("/var/log/{name}")));
    }
    Ok(files)
}

/// What it requires.
pub fn requires(site: &Site<'_>, family: &Family) -> Vec<Relation> {
    let depends = &family.depends;
    let mut relations: Vec<Relation> = Relation::all(RelationKind::Requires, &depends.users).collect();
    relations.extend(Relation::all(RelationKind::RequiresBefore, &depends.users_before_unpacking));
    if site.has_emperor(family) {
        relations.extend(Relation::all(RelationKind::Requires, &depends.uwsgi));
    }
    relations
}

fn relations(site: &Site<'_>, family: &Family, files: &[File]) -> Vec<Relation> {
    let mut relations = requires(site, family);
    relations.extend(Relation::all(RelationKind::Recommends, &family.depends.web_server));
    if family.scripts.selinux && site.has_unix_socket(family) {
        let name = format!("({} if selinux-policy-targeted)", site.header.selinux_package());
        relations.push(Relation::any(RelationKind::Recommends, &name));
    }
    if family.user_provides {
        relations.extend(provides_of_users(files));
    }
    relations
}
