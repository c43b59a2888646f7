//! The site exactly as written: types only.
//!
//! The doc comment of a field is the reference of that option; `Default:` begins what holds without it. The example is a value
//! that differs from the default, which is how `reference` finds out what a change causes.

mod lists;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::value::{
    AbsolutePath, AppName, BufferSize, Bytes, Callable, Ciphers, Count, Entity, EnvironmentName, Homepage, IniText,
    Line, Listeners, Maintainer, Megabytes, Module, OptionValue, Paragraphs, Processes, RelativeOrAbsolute, Seconds,
    Served, SiteName, SiteVersion, Size, SpdxExpression, Summary, UriPrefix,
};

pub use lists::{Allowed, Families};

/// A whole spec: what is said of the site, and its applications with their inheritance resolved.
pub struct Spec {
    /// What is said of the site as a whole.
    pub header: Header,
    /// The applications, in the order of the file.
    pub applications: Vec<Application>,
}

/// One application, once for each OS family that overrides something.
pub struct Application {
    /// The name in `[app.NAME]`.
    pub name: AppName,
    /// `[defaults]` and `[app.NAME]`.
    pub options: App,
    /// The same with `[app.NAME.on.FAMILY]` on top, for the families that have such a table.
    pub on: IndexMap<String, App>,
    /// Whether everything that was written could be read. Where something is left out, rules that weigh one option against
    /// another have nothing to say.
    pub is_complete: bool,
}

/// The top level of a spec.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Header {
    /// Name of the site. Packages are called `SITE-uwsgi` and `SITE-APP`.
    #[schemars(example = "web-shop")]
    pub site: SiteName,
    /// Version of the packages that are new or changed. What did not change keeps the version that `liege.lock` has for it.
    #[schemars(example = "1.4.0")]
    pub version: SiteVersion,
    /// Who answers for the packages: `Name <name@example.org>`.
    #[schemars(example = "Shop Operations <ops@shop.example>")]
    pub maintainer: Maintainer,
    /// One line on what the site is. Default: `uWSGI applications of SITE`.
    #[schemars(example = "Web shop with its API")]
    pub summary: Option<Summary>,
    /// A longer text on what the site is; each package adds what it holds.
    #[schemars(example = "The web shop and what belongs to it.")]
    pub description: Option<Paragraphs>,
    /// Where to read more about the site.
    #[schemars(example = "https://shop.example/operations")]
    pub homepage: Option<Homepage>,
    /// Licence of the packages' contents, an SPDX expression. Default: `MIT`.
    #[schemars(example = "GPL-3.0-or-later")]
    #[serde(default = "default_license")]
    pub license: SpdxExpression,
    /// The OS families to build for. Default: all.
    #[schemars(example = lists::one_family())]
    pub families: Option<Families>,
    /// How applications run unless one says otherwise. Default: `emperor`.
    #[schemars(example = Mode::Service)]
    #[serde(default)]
    pub mode: Mode,
    /// The group through which the web server reaches the UNIX sockets. Default: `uwsginginx`.
    #[schemars(example = "web-sockets")]
    #[serde(default = "default_web_group")]
    pub group: Entity,
    /// The smallest machine that the site is installed on, for the arithmetic of workers and memory alone:
    /// `{ cores = 8, memory = "16G" }`.
    #[schemars(example = json!({ "cores": 4, "memory": "8G" }))]
    #[serde(default)]
    pub machine: Machine,
    /// Codes of rules whose warnings and notes are not told of this site; `liege explain` lists them. Default: none.
    #[schemars(example = ["proxy-timeout"])]
    #[serde(default)]
    pub allow: Allowed,
}

/// What a machine has.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Machine {
    /// Its cores. Default: 8.
    #[schemars(example = 16)]
    pub cores: Count,
    /// Its memory, such as `4G`. Default: `16G`.
    #[schemars(example = "32G")]
    pub memory: Size,
}

impl Default for Machine {
    fn default() -> Self {
        Self { cores: fixed(Count::new(8)), memory: fixed(Size::new("16G")) }
    }
}

/// How an application runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A vassal of the site's emperor.
    #[default]
    Emperor,
    /// A systemd service of its own, with a socket unit.
    Service,
}

/// Where an application's uWSGI comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UwsgiFrom {
    /// The distribution's uWSGI with its python3 plugin.
    #[default]
    System,
    /// The binary that pip put into the application's virtualenv; it has Python built in.
    Virtualenv,
}

/// Where an application's log goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Log {
    /// The journal.
    #[default]
    Journal,
    /// A file below `/var/log/SITE/APP`, rotated by logrotate.
    File,
}

/// How often a log file is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// Each day.
    Daily,
    /// Each week.
    Weekly,
    /// Each month.
    Monthly,
}

/// When a log file is rotated and how many old ones stay.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rotate {
    /// How many rotated files stay. Default: 14.
    #[schemars(example = 30)]
    #[serde(default = "default_rotate_count")]
    pub count: Count,
    /// `daily`, `weekly` or `monthly`. Default: `daily`, unless `size` alone is given.
    #[schemars(example = Every::Monthly)]
    pub every: Option<Every>,
    /// Rotate when the file is larger than this, such as `100M`; beside `every`, whichever comes first.
    #[schemars(example = "100M")]
    pub size: Option<Size>,
}

/// The certificate of an https listener. Only paths: the files stay on the machine, never in a package.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tls {
    /// Path of the certificate chain, PEM.
    #[schemars(example = "/etc/shop/tls.pem")]
    pub certificate: AbsolutePath,
    /// Path of the private key, PEM; `root:GROUP`, mode 0640.
    #[schemars(example = "/etc/shop/tls.key")]
    pub key: AbsolutePath,
    /// OpenSSL cipher list. Default: uWSGI's own.
    #[schemars(example = "HIGH:!aNULL")]
    pub ciphers: Option<Ciphers>,
    /// Path of the CA whose client certificates are demanded.
    #[schemars(example = "/etc/ssl/certs/clients.pem")]
    pub client_ca: Option<AbsolutePath>,
}

/// One application. Options bear uWSGI's names where it has one.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(deserialize = "kebab-case"), deny_unknown_fields, default)]
pub struct App {
    /// One line on what the application is, for its package. Default: made from the names.
    #[schemars(example = "Catalogue of the shop")]
    pub summary: Option<Summary>,
    /// `emperor` or `service`. Default: the site's `mode`. An upgrade that changes it ends the application and begins it anew.
    #[schemars(example = Mode::Service)]
    pub mode: Option<Mode>,
    /// The user it runs as, created when missing. Default: the application's name.
    #[schemars(example = "web-shop")]
    pub user: Option<Entity>,
    /// The user's group. Default: a group called like the user.
    #[schemars(example = "web-shop")]
    pub group: Option<Entity>,
    /// Its directory. Default: `/opt/NAME`.
    #[schemars(example = "/srv/shop")]
    pub chdir: Option<AbsolutePath>,
    /// Its virtualenv, made for the Python of the target machine.
    #[schemars(example = "/srv/shop/venv")]
    pub virtualenv: Option<AbsolutePath>,
    /// The way in: a module such as `shop.wsgi` or `shop.wsgi:application`.
    #[schemars(example = "shop.wsgi:application")]
    pub module: Option<Module>,
    /// The callable in `module` or `wsgi-file`. Default: uWSGI's own, `application`.
    #[schemars(example = "create_app()")]
    pub callable: Option<Callable>,
    /// The way in: a Python file, relative to `chdir` or absolute.
    #[schemars(example = "wsgi.py")]
    pub wsgi_file: Option<RelativeOrAbsolute>,
    /// The way in: several applications by prefix, `{ "/" = "shop.wsgi:application" }`.
    #[schemars(example = json!({ "/": "shop.wsgi:application", "/admin": "admin.wsgi:application" }))]
    pub mount: IndexMap<UriPrefix, Served>,
    /// The way in: a Paste configuration file.
    #[schemars(example = "/etc/shop/paste.ini")]
    pub paste: Option<AbsolutePath>,
    /// Worker processes: a number, or `"2 per core"` counted on the target machine. Default: uWSGI's own, 1.
    #[schemars(example = "2 per core")]
    #[serde(skip_serializing)]
    pub processes: Option<Processes>,
    /// Keep only this many workers while there is little to do; less than `processes`.
    #[schemars(example = 2)]
    pub cheaper: Option<Count>,
    /// Workers at the start, with `cheaper`.
    #[schemars(example = 4)]
    pub cheaper_initial: Option<Count>,
    /// Workers added at a time, with `cheaper`.
    #[schemars(example = 2)]
    pub cheaper_step: Option<Count>,
    /// Threads of each worker. Default: uWSGI's own, 1.
    #[schemars(example = 4)]
    pub threads: Option<Count>,
    /// Seconds after which a request is given up and its worker ended.
    #[schemars(example = 45)]
    pub harakiri: Option<Seconds>,
    /// Requests after which a worker is replaced.
    #[schemars(example = 5000)]
    pub max_requests: Option<Count>,
    /// Megabytes of resident memory above which a worker is replaced.
    #[schemars(example = 512)]
    pub reload_on_rss: Option<Megabytes>,
    /// Bytes for a request's headers. Default: uWSGI's own, 4096.
    #[schemars(example = 8192)]
    pub buffer_size: Option<BufferSize>,
    /// Bytes of a request's body kept in memory; a larger body goes to a file.
    #[schemars(example = 65536)]
    pub post_buffering: Option<Bytes>,
    /// Environment variables. Readable by the application's group: no secrets here, see `env-file`.
    #[schemars(example = json!({ "LANG": "C.UTF-8" }))]
    pub env: IndexMap<EnvironmentName, IniText>,
    /// Path of a file with secrets, `NAME=VALUE` a line, kept by the administrator and never in a package; `root:GROUP`,
    /// mode 0640. In emperor mode uWSGI reads it: values without quotes, 1023 bytes a line, and `%(`, `$(`, `@(` are expanded.
    #[schemars(example = "/etc/shop/web.env")]
    pub env_file: Option<AbsolutePath>,
    /// Seconds that a worker gets to finish its request when it is stopped or reloaded. Default: `harakiri`, or else 30.
    #[schemars(example = 60)]
    pub worker_reload_mercy: Option<Seconds>,
    /// Load the application in each worker instead of once before them. It makes a start look good before it is.
    #[schemars(example = true)]
    pub lazy_apps: bool,
    /// Where it listens, one or a list: `"unix"`, `"uwsgi://ADDRESS:PORT"`, `"http://…"`, `"https://…"`. `"unix"` is
    /// `/run/SITE/APP/uwsgi.sock`; without an address, or with `*`, it is every IPv4 address. Default: `"unix"`.
    #[schemars(example = ["unix", "http://127.0.0.1:8000"])]
    #[serde(skip_serializing)]
    pub listen: Listeners,
    /// Length of the queue of connections (uWSGI's own `listen`); the kernel's `net.core.somaxconn` is its limit.
    #[schemars(example = 1024)]
    pub backlog: Option<Count>,
    /// Certificate and key of the https listener.
    #[schemars(example = json!({ "certificate": "/etc/ssl/certs/shop.pem", "key": "/etc/ssl/private/shop.key" }))]
    pub tls: Option<Tls>,
    /// Statistics on a UNIX socket in the application's own directory. Default: true.
    #[schemars(example = false)]
    pub stats: Toggle,
    /// Where the log goes: `"journal"` or `"file"`, which is `/var/log/SITE/APP/uwsgi.log`. Default: `"journal"`.
    #[schemars(example = Log::File)]
    pub log: Log,
    /// When the log file is rotated, with `log = "file"`: `{ count = 14, every = "daily", size = "100M" }`.
    #[schemars(example = json!({ "every": "weekly", "count": 8 }))]
    pub rotate: Option<Rotate>,
    /// Whose uWSGI runs it: `"system"` or `"virtualenv"` (service mode only). Default: `"system"`.
    #[schemars(example = UwsgiFrom::Virtualenv)]
    pub uwsgi_from: UwsgiFrom,
    /// Directories the application may write to besides its own runtime directory and log; in service mode alone, which is
    /// otherwise read-only.
    #[schemars(example = ["/var/lib/shop"])]
    pub writable: Vec<AbsolutePath>,
    /// A line put on top of every file written for it.
    #[schemars(example = "Changes go through the change board.")]
    pub comment: Option<Line>,
    /// Whether installing the package enables the application. Default: true.
    #[schemars(example = false)]
    pub enable: Toggle,
    /// Whether installing the package starts the application. Default: true.
    #[schemars(example = false)]
    pub start: Toggle,
    /// Allows a uwsgi:// listener on every address of the machine. Whoever reaches it can run code as the application.
    #[schemars(example = true)]
    pub allow_remote_code_execution: bool,
    /// Names of uWSGI options that run commands or load code and may all the same stand in `uwsgi`.
    #[schemars(example = ["cron2"])]
    pub unsafe_directives: Vec<String>,
    /// Any further uWSGI option, by its own name: a text, a number, `true`, or a list for one that is given several times.
    #[schemars(example = json!({ "enable-threads": true }))]
    #[serde(skip_serializing)]
    pub uwsgi: IndexMap<String, OptionValue>,
}

/// A switch that is on unless the spec turns it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Toggle(bool);

impl Default for Toggle {
    fn default() -> Self {
        Self(true)
    }
}

impl App {
    /// Seconds that a worker gets to finish its request.
    #[must_use]
    pub fn mercy(&self) -> u32 {
        self.worker_reload_mercy.or(self.harakiri).map_or(30, Seconds::get)
    }
}

impl Toggle {
    /// Whether it is on.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.0
    }
}

fn default_license() -> SpdxExpression {
    fixed(SpdxExpression::new("MIT"))
}

fn default_web_group() -> Entity {
    fixed(Entity::new("uwsginginx"))
}

fn default_rotate_count() -> Count {
    fixed(Count::new(14))
}

/// A default written in this file fits its own type, or this file has a bug.
fn fixed<T>(value: Result<T, String>) -> T {
    value.unwrap_or_else(|reason| panic!("a default of src/spec.rs does not fit its type: {reason}"))
}

impl Rotate {
    /// What holds for `log = "file"` when the spec says nothing more.
    #[must_use]
    pub fn standard() -> Self {
        Self { count: default_rotate_count(), every: Some(Every::Daily), size: None }
    }
}
