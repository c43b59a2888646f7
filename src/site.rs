//! Spec × families → Site: every question a template or a rule may ask, answered.

use crate::diagnostic::Key;
use crate::family::Family;
use crate::spec::{App, Header, Log, Mode, Rotate, Spec, UwsgiFrom};
use crate::value::{AppName, Listen};

/// A spec on the families it is built for.
pub struct Site<'a> {
    /// What is said of the site as a whole.
    pub header: &'a Header,
    /// The families, in the order of the spec.
    pub families: Vec<&'static Family>,
    /// Each application on each family.
    pub targets: Vec<Target<'a>>,
}

/// One application on one family.
pub struct Target<'a> {
    /// The site.
    pub header: &'a Header,
    /// The application's name.
    pub name: &'a AppName,
    /// Its options on this family.
    pub app: &'a App,
    /// The family.
    pub family: &'static Family,
    /// Whether everything that was written of it could be read.
    pub is_complete: bool,
}

impl<'a> Site<'a> {
    /// Answers every question of `spec` for its families.
    #[must_use]
    pub fn new(spec: &'a Spec) -> Self {
        let header = &spec.header;
        let families = header.families.as_ref().map_or_else(|| Family::all().collect(), |families| families.0.clone());
        let targets = families
            .iter()
            .flat_map(|family| {
                spec.applications.iter().map(|application| Target {
                    header,
                    name: &application.name,
                    app: application.on.get(&family.name).unwrap_or(&application.options),
                    family,
                    is_complete: application.is_complete,
                })
            })
            .collect();
        Self { header, families, targets }
    }

    /// The applications on one family.
    pub fn on(&self, family: &Family) -> impl Iterator<Item = &Target<'a>> {
        self.targets.iter().filter(move |target| target.family.name == family.name)
    }

    /// Whether the site has an emperor on `family`.
    #[must_use]
    pub fn has_emperor(&self, family: &Family) -> bool {
        self.on(family).any(|target| target.mode() == Mode::Emperor)
    }

    /// Whether an application listens on a UNIX socket on `family`.
    #[must_use]
    pub fn has_unix_socket(&self, family: &Family) -> bool {
        self.on(family).any(|target| target.listens_on_unix())
    }
}

impl Header {
    /// Name of the package that all applications share.
    #[must_use]
    pub fn site_package(&self) -> String {
        format!("{}-uwsgi", self.site)
    }

    /// Name of the package with the SELinux policy module.
    #[must_use]
    pub fn selinux_package(&self) -> String {
        format!("{}-selinux", self.site)
    }

    /// The emperor's unit.
    #[must_use]
    pub fn emperor_unit(&self) -> String {
        format!("{}-emperor.service", self.site)
    }

    /// The site in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        self.summary.as_ref().map_or_else(|| format!("uWSGI applications of {}", self.site), ToString::to_string)
    }
}

impl Target<'_> {
    /// The key of one of its options, for messages.
    #[must_use]
    pub fn key(&self, option: &str) -> Key {
        Key { app: Some(self.name.to_string()), family: Some(self.family.name.clone()), path: vec![option.to_owned()] }
    }

    /// How it runs.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.app.mode.unwrap_or(self.header.mode)
    }

    /// Name of its package, and of its units.
    #[must_use]
    pub fn package(&self) -> String {
        format!("{}-{}", self.header.site, self.name)
    }

    /// The user it runs as.
    #[must_use]
    pub fn user(&self) -> String {
        self.app.user.as_ref().map_or_else(|| self.name.to_string(), ToString::to_string)
    }

    /// The group it runs as.
    #[must_use]
    pub fn group(&self) -> String {
        self.app.group.as_ref().map_or_else(|| self.user(), ToString::to_string)
    }

    /// Its directory.
    #[must_use]
    pub fn chdir(&self) -> String {
        self.app.chdir.as_ref().map_or_else(|| format!("/opt/{}", self.name), ToString::to_string)
    }

    /// Where uWSGI is.
    #[must_use]
    pub fn uwsgi(&self) -> String {
        match (&self.app.virtualenv, self.app.uwsgi_from) {
            (Some(virtualenv), UwsgiFrom::Virtualenv) => format!("{virtualenv}/bin/uwsgi"),
            _ => self.family.uwsgi.clone(),
        }
    }

    /// Its ini.
    #[must_use]
    pub fn ini(&self) -> String {
        format!("/etc/{}/apps/{}.ini", self.header.site, self.name)
    }

    /// The link by which the emperor finds the ini.
    #[must_use]
    pub fn vassal(&self) -> String {
        format!("/etc/{}/vassals/{}.ini", self.header.site, self.name)
    }

    /// Its directory below /run.
    #[must_use]
    pub fn runtime_directory(&self) -> String {
        format!("/run/{}/{}", self.header.site, self.name)
    }

    /// Its UNIX socket.
    #[must_use]
    pub fn unix_socket(&self) -> String {
        format!("{}/uwsgi.sock", self.runtime_directory())
    }

    /// Its directory below /var/log, with `log = "file"`.
    #[must_use]
    pub fn log_directory(&self) -> String {
        format!("/var/log/{}/{}", self.header.site, self.name)
    }

    /// The group that may read its log.
    #[must_use]
    pub fn log_group(&self) -> String {
        self.family.log_group.clone().unwrap_or_else(|| self.group())
    }

    /// How its log file is rotated, if it has one.
    #[must_use]
    pub fn rotate(&self) -> Option<Rotate> {
        (self.app.log == Log::File).then(|| self.app.rotate.clone().unwrap_or_else(Rotate::standard))
    }

    /// Whether it has a UNIX socket for the web server.
    #[must_use]
    pub fn listens_on_unix(&self) -> bool {
        self.app.listen.iter().any(|listen| listen == Listen::Unix)
    }

    /// What starts and stops it: its unit, or the vassal's link.
    #[must_use]
    pub fn managed(&self) -> String {
        match self.mode() {
            Mode::Service => format!("{}.service", self.package()),
            Mode::Emperor => self.vassal(),
        }
    }
}
