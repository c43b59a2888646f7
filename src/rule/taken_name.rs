use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Key, Severity};
use crate::site::{Site, Target};

/// Names below /etc, /run and /var/log, and beginnings of units and packages, that are the system's own.
const TAKEN: [&str; 24] = [
    "apache2",
    "apt",
    "cron",
    "dbus",
    "dnf",
    "dpkg",
    "httpd",
    "kernel",
    "logrotate",
    "lock",
    "mount",
    "network",
    "nginx",
    "pam",
    "python3",
    "rpm",
    "selinux",
    "ssh",
    "ssl",
    "sudo",
    "systemd",
    "udev",
    "user",
    "uwsgi",
];

pub static RULE: Rule = Rule {
    code: "taken-name",
    severity: Severity::Error,
    about: "The names of a site and its packages are not those of the system.",
    why: "A site has /etc/SITE, /run/SITE and units that begin with SITE-. Called systemd or nginx, it would write \
          into another package's directories and take its units' places, and removing it would take them away.",
    wrong: r#"site = "nginx"
version = "1.0"
maintainer = "Ann <ann@shop.example>"

[app.web]
module = "web""#,
    right: r#"site = "shop"
version = "1.0"
maintainer = "Ann <ann@shop.example>"

[app.web]
module = "web""#,
    check: Check::Site(check),
};

fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    let name = site.header.site.as_str();
    let of_the_system = TAKEN.contains(&name).then(|| {
        RULE.at(
            Key::site("site"),
            format!("site: {name} is a name of the system's own directories, packages and units"),
        )
        .help("call the site after what it is for, or after who runs it")
    });
    of_the_system.into_iter().chain(site.targets.iter().filter_map(package_of_another)).collect()
}

/// A package that the application's package itself asks for cannot be called the same.
fn package_of_another(target: &Target<'_>) -> Option<Diagnostic> {
    let depends = &target.family.depends;
    let package = target.package();
    let names = [&depends.users, &depends.uwsgi, &depends.python, &depends.rotation, &depends.web_server];
    let is_taken = names.into_iter().flatten().any(|relation| relation.split(' ').next() == Some(package.as_str()));
    is_taken.then(|| {
        let key = Key { app: Some(target.name.to_string()), ..Key::default() };
        RULE.at(key, format!("app.{}: {package} is a package of {}", target.name, target.family.title))
            .help("call the site or the application something else")
    })
}
