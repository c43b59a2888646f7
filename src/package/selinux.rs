//! The package with the SELinux policy module that lets nginx use the sockets.

use anyhow::Result;

use super::files::{begin, documents, plain, requires_shared, scripts};
use super::view::{Shared, module};
use super::{Package, Relation, RelationKind, Stamp};
use crate::family::Family;
use crate::site::Site;
use crate::template::{Templates, Values};

/// Makes the package.
///
/// # Errors
/// A template that cannot be rendered.
pub fn package(site: &Site<'_>, family: &'static Family, templates: &Templates, stamp: &Stamp) -> Result<Package> {
    let header = site.header;
    let name = header.selinux_package();
    let summary = format!("SELinux policy: nginx may reach the sockets of {}", header.site);
    let about = format!(
        "An SELinux policy module: nginx may connect to UNIX sockets below /run of services that have no policy of their own, \
         as the uWSGI applications of {} are. Without it, nginx answers 502 where SELinux is enforcing.",
        header.site
    );
    let mut package = begin(header, family, name.clone(), summary, &about, stamp);
    let values = Values::new(&Shared::of(site, family, name))?;
    let path = format!("/usr/share/selinux/packages/{}.cil", module(header));
    package.files.push(plain(path, templates.render("selinux/site.cil", &values)?));
    documents(&mut package, templates, &values, "selinux/README")?;
    package.relations = requires(site, family, stamp);
    package.scripts = scripts(templates, &values, family, "selinux")?;
    Ok(package)
}

/// What it requires.
pub fn requires(site: &Site<'_>, family: &Family, stamp: &Stamp) -> Vec<Relation> {
    let mut relations = vec![requires_shared(site.header, family, stamp)];
    relations.extend(Relation::all(RelationKind::Requires, &family.depends.selinux));
    relations
}
