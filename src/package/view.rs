//! What the templates see.

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::{FIRST_SOCKET, Package};
use crate::family::Family;
use crate::site::{Site, Target};
use crate::spec::{App, Header, Mode, Rotate, UwsgiFrom};

use crate::value::{Checked, Grammar as _, Listen, Served, SummaryGrammar};

/// Where uWSGI is documented, for a site without a page of its own.
const UWSGI_HOMEPAGE: &str = "https://uwsgi-docs.readthedocs.io/";

/// What every template of a package sees.
#[derive(Serialize)]
pub struct Common<'a> {
    site: &'a str,
    site_package: String,
    package: String,
    summary: String,
    homepage: String,
    web_group: &'a str,
    family: &'static Family,
    /// Whether the package is about an emperor: the site's own, or the one that runs the application.
    emperor: bool,
    emperor_unit: String,
    /// The units it ships.
    units: Vec<String>,
    /// The program that starts and stops units for a maintainer script.
    invoke: &'static str,
    /// Whether restarts wait for the end of the package manager's transaction.
    restart_later: bool,
    /// The file that tells a script of an upgrade what was there before.
    mark: String,
    /// The directory of the programs that units and scripts call.
    libexec: String,
}

/// What an application's templates see.
#[derive(Serialize)]
pub struct Application<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    app: &'a str,
    options: &'a App,
    comment: Option<&'a str>,
    user: String,
    group: String,
    gecos: String,
    ini: String,
    vassal: String,
    runtime: String,
    socket: String,
    chdir: String,
    uwsgi: String,
    plugin: Option<&'a str>,
    mercy: u32,
    env_file: Option<&'a str>,
    listeners: Vec<Listener>,
    unix: bool,
    freebind: bool,
    module: Option<&'a str>,
    wsgi_file: Option<&'a str>,
    mounts: Vec<Mount<'a>>,
    processes: Option<String>,
    further: Vec<Line>,
    log_file: Option<String>,
    log_directory: String,
    log_group: String,
    rotate: Option<Rotate>,
    reopen: String,
    in_home: bool,
}

/// One listener in the ini and in the socket unit.
#[derive(Serialize)]
struct Listener {
    option: &'static str,
    value: String,
    stream: String,
}

/// A prefix and what is served there.
#[derive(Serialize)]
struct Mount<'a> {
    prefix: &'a str,
    served: &'a Served,
}

/// One line of the ini.
#[derive(Serialize)]
struct Line {
    option: String,
    value: String,
}

/// What the shared package's templates see.
#[derive(Serialize)]
pub struct Shared<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    file_logs: bool,
    in_home: bool,
    selinux_package: String,
    module: String,
}

/// What copyright and changelog see.
#[derive(Serialize)]
pub struct Document<'a> {
    package: &'a str,
    site: &'a str,
    version: &'a str,
    release: u32,
    maintainer: &'a str,
    license: &'a str,
    common_licenses: Vec<&'a str>,
    homepage: &'a str,
    homepage_given: bool,
    change: &'a str,
    /// Paths of files that not everybody may read, without the leading `/`.
    restricted: Vec<&'a str>,
    year: i16,
    date: String,
}

impl<'a> Common<'a> {
    fn new(header: &'a Header, family: &'static Family, package: String, units: Vec<String>) -> Self {
        Self {
            site: header.site.as_str(),
            site_package: header.site_package(),
            mark: format!("/run/{}/.{package}.upgrade", header.site),
            package,
            summary: header.summary(),
            homepage: header.homepage.as_ref().map_or_else(|| UWSGI_HOMEPAGE.to_owned(), ToString::to_string),
            web_group: header.group.as_str(),
            family,
            emperor: false,
            emperor_unit: header.emperor_unit(),
            units,
            invoke: &family.scripts.invoke,
            restart_later: family.scripts.restart_later,
            libexec: libexec(header),
        }
    }
}

impl<'a> Application<'a> {
    /// Everything about one application on one family.
    pub fn of(target: &'a Target<'_>) -> Self {
        let service = target.mode() == Mode::Service;
        let package = target.package();
        let units = if service { vec![format!("{package}.socket"), format!("{package}.service")] } else { Vec::new() };
        let common = Common {
            emperor: !service,
            summary: summary(target),
            ..Common::new(target.header, target.family, package, units)
        };
        let app = target.app;
        let (module, wsgi_file, mounts) = ways_in(app);
        let log_file = target.rotate().is_some().then(|| format!("{}/uwsgi.log", target.log_directory()));
        Self {
            common,
            app: target.name.as_str(),
            options: app,
            comment: app.comment.as_ref().map(|comment| comment.as_str()),
            user: target.user(),
            group: target.group(),
            gecos: format!("{} application {}", target.header.site, target.name),
            ini: target.ini(),
            vassal: target.vassal(),
            runtime: target.runtime_directory(),
            socket: target.unix_socket(),
            chdir: target.chdir(),
            uwsgi: target.uwsgi(),
            plugin: (app.uwsgi_from == UwsgiFrom::System).then_some(target.family.plugin.as_str()),
            mercy: app.mercy(),
            env_file: app.env_file.as_ref().map(|path| path.as_str()),
            listeners: listeners(target),
            unix: target.listens_on_unix(),
            freebind: target
                .app
                .listen
                .iter()
                .filter_map(Listen::address)
                .any(|address| !address.host.is_loopback() && !address.host.is_unspecified()),
            module,
            wsgi_file,
            mounts,
            processes: app.processes.map(|processes| processes.ini()),
            further: further(app),
            log_file,
            log_directory: target.log_directory(),
            log_group: target.log_group(),
            rotate: target.rotate(),
            reopen: format!("{}/reopen-log", target.runtime_directory()),
            in_home: lives_in_home(target),
        }
    }
}

impl<'a> Shared<'a> {
    /// Everything about what the applications of one family share, for the package called `package`.
    pub fn of(site: &'a Site<'_>, family: &'static Family, package: String) -> Self {
        let header = site.header;
        let emperor = site.has_emperor(family);
        let units = if emperor { vec![header.emperor_unit()] } else { Vec::new() };
        Self {
            common: Common { emperor, ..Common::new(header, family, package, units) },
            file_logs: site.on(family).any(|target| target.rotate().is_some()),
            in_home: site.on(family).any(lives_in_home),
            selinux_package: header.selinux_package(),
            module: module(header),
        }
    }
}

impl<'a> Document<'a> {
    /// What the documents of `package` say of it.
    ///
    /// # Errors
    /// A date outside the calendar.
    pub fn of(package: &'a Package) -> Result<Self> {
        let day = jiff::Timestamp::from_second(package.date).context("SOURCE_DATE_EPOCH is outside the calendar")?;
        let day = day.to_zoned(jiff::tz::TimeZone::UTC);
        Ok(Self {
            package: &package.name,
            site: &package.site,
            version: &package.version,
            release: package.release,
            maintainer: &package.maintainer,
            license: &package.license,
            common_licenses: common_licenses(package),
            homepage: package.homepage.as_deref().unwrap_or_default(),
            homepage_given: package.homepage.is_some(),
            change: &package.change,
            restricted: package
                .files
                .iter()
                .filter(|file| file.mode == 0o640)
                .map(|file| file.path.trim_start_matches('/'))
                .collect(),
            year: day.year(),
            date: jiff::fmt::rfc2822::to_string(&day).context("SOURCE_DATE_EPOCH is no date of an e-mail")?,
        })
    }
}

/// The files of the family's licence texts that the package's licence names.
fn common_licenses(package: &Package) -> Vec<&str> {
    let names = package.license.split([' ', '(', ')']);
    let files = names.filter_map(|name| {
        package.family.common_licenses.iter().find(|(spdx, _)| name.starts_with(*spdx)).map(|(_, file)| file.as_str())
    });
    files.collect()
}

/// Name of the SELinux module: CIL takes no `-` in it.
pub fn module(header: &Header) -> String {
    header.selinux_package().replace('-', "_")
}

/// Where the shared package installs the programs that units and scripts call.
pub fn libexec(header: &Header) -> String {
    format!("/usr/libexec/{}", header.site)
}

/// An application in one line.
pub fn summary(target: &Target<'_>) -> String {
    if let Some(summary) = &target.app.summary {
        return summary.to_string();
    }
    let short = format!("uWSGI application {}", target.name);
    let whole = format!("{short} of {}", target.header.site);
    // What is longer than a summary may be does without the site, which the package's name begins with.
    if whole.len() > SummaryGrammar::LONGEST { short } else { whole }
}

/// Whether the application needs a directory that `ProtectHome=yes` would hide (systemd.exec(5)).
fn lives_in_home(target: &Target<'_>) -> bool {
    let app = target.app;
    let mut paths = vec![target.chdir()];
    paths.extend([&app.virtualenv, &app.paste].into_iter().flatten().map(ToString::to_string));
    paths.extend(app.wsgi_file.iter().map(ToString::to_string));
    paths.extend(app.writable.iter().map(ToString::to_string));
    paths.iter().any(|path| ["/home/", "/root/", "/run/user/"].iter().any(|home| path.starts_with(home)))
}

/// Module, file and mounts. What is mounted on `/` is the default application and no mount: uWSGI would hand a request for
/// `/` to a mount with an empty path, and frameworks answer that with a redirection to itself (tried with 2.0.21).
fn ways_in(app: &App) -> (Option<&str>, Option<&str>, Vec<Mount<'_>>) {
    let (mut module, mut file) =
        (app.module.as_ref().map(Checked::as_str), app.wsgi_file.as_ref().map(Checked::as_str));
    let mut mounts = Vec::new();
    for (prefix, served) in &app.mount {
        match (prefix.as_str(), served) {
            ("/", Served::Module(at_root)) => module = Some(at_root.as_str()),
            ("/", Served::File(at_root)) => file = Some(at_root.as_str()),
            (prefix, served) => mounts.push(Mount { prefix, served }),
        }
    }
    (module, file, mounts)
}

/// In service mode systemd opens the sockets in the order of the unit's lines; the ini gives each its protocol.
fn listeners(target: &Target<'_>) -> Vec<Listener> {
    let service = target.mode() == Mode::Service;
    let listener = |(number, listen): (usize, Listen)| {
        let stream = listen.address().map_or_else(|| target.unix_socket(), |address| address.to_string());
        let bound = if service { format!("fd://{}", FIRST_SOCKET + number) } else { stream.clone() };
        let (option, value) = match listen {
            Listen::Unix | Listen::Uwsgi(_) => ("socket", bound),
            Listen::Http(_) => ("http-socket", bound),
            Listen::Https(_) => ("https-socket", format!("{bound}{}", tls(target.app))),
        };
        Listener { option, value, stream }
    };
    target.app.listen.iter().enumerate().map(listener).collect()
}

/// The rest of an `https-socket`: certificate, key, ciphers, and the CA of clients behind a `!`, which demands one.
fn tls(app: &App) -> String {
    let Some(tls) = &app.tls else { return String::new() };
    let mut parts = format!(",{},{}", tls.certificate, tls.key);
    match (&tls.ciphers, &tls.client_ca) {
        (None, None) => {}
        (ciphers, client_ca) => {
            parts.push(',');
            parts.push_str(ciphers.as_ref().map_or("HIGH:!aNULL:!MD5", |ciphers| ciphers.as_str()));
            parts.extend(client_ca.iter().map(|path| format!(",!{path}")));
        }
    }
    parts
}

/// The lines for `[app.NAME.uwsgi]`. In values that name log variables the `%` of `%(name)` stays single.
fn further(app: &App) -> Vec<Line> {
    let written =
        |option: &String, value: String| Line { value: crate::uwsgi::escape(option, &value), option: option.clone() };
    app.uwsgi
        .iter()
        .flat_map(|(option, value)| value.lines().into_iter().map(move |value| written(option, value)))
        .collect()
}
