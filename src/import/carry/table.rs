//! The table of ways, in the order of a spec.

use super::{Way, listen, plain};

const TO_FILE: &str = "the log goes to /var/log/SITE/APP/uwsgi.log, which logrotate rotates";
const OF_LIEGE: &str = "liege sets this itself";

const fn way(options: &'static [&'static str], key: &'static str, carry: Carry) -> Way {
    Way { options, key, about: "", carry }
}

const fn adapted(options: &'static [&'static str], key: &'static str, about: &'static str, carry: Carry) -> Way {
    Way { options, key, about, carry }
}

type Carry = fn(&mut super::Carrier<'_>, &Way, &super::Setting, &str) -> super::Outcome;

pub const WAYS: &[Way] = &[
    way(&["uid"], "user", plain::text),
    way(&["gid"], "group", plain::text),
    way(&["chdir"], "chdir", plain::path),
    way(&["virtualenv", "home", "venv", "pyhome"], "virtualenv", plain::path),
    way(&["module", "wsgi"], "module", plain::text),
    way(&["callable"], "callable", plain::callable),
    way(&["wsgi-file", "file"], "wsgi-file", plain::path),
    way(&["mount"], "mount", plain::mount),
    adapted(&["paste"], "paste", "an absolute path, with or without `config:` before it", plain::paste),
    adapted(&["processes", "workers"], "processes", "`%k` and `%(%k * N)` become `\"N per core\"`", plain::processes),
    way(&["cheaper"], "cheaper", plain::number),
    way(&["cheaper-initial"], "cheaper-initial", plain::number),
    way(&["cheaper-step"], "cheaper-step", plain::number),
    way(&["threads"], "threads", plain::number),
    way(&["harakiri"], "harakiri", plain::number),
    way(&["max-requests"], "max-requests", plain::number),
    way(&["reload-on-rss"], "reload-on-rss", plain::number),
    way(&["buffer-size"], "buffer-size", plain::number),
    way(&["post-buffering"], "post-buffering", plain::number),
    way(&["worker-reload-mercy"], "worker-reload-mercy", plain::number),
    way(&["env"], "env", plain::environment),
    way(&["lazy-apps"], "lazy-apps", plain::switch),
    adapted(&["lazy"], "lazy-apps", "lazy-apps loads the application in each worker as well", plain::switch),
    adapted(
        &["socket", "uwsgi-socket"],
        "listen",
        "a UNIX socket becomes `\"unix\"`, /run/SITE/APP/uwsgi.sock; with `protocol = http` it is an HTTP port",
        listen::uwsgi,
    ),
    way(&["http-socket"], "listen", listen::http),
    adapted(
        &["http"],
        "listen",
        "liege writes http-socket: there is no router process, and options that begin with http- do nothing",
        listen::http,
    ),
    adapted(&["https", "https-socket", "ssl-socket"], "listen", "certificate and key go to `tls`", listen::https),
    adapted(&["protocol", "socket-protocol"], "listen", "it decides what `socket` becomes", listen::protocol),
    adapted(&["chmod-socket", "chmod"], "", "660, which liege sets itself", listen::mode),
    way(&["listen"], "backlog", plain::number),
    adapted(
        &["stats", "stats-server"],
        "stats",
        "statistics are on the UNIX socket /run/SITE/APP/stats.sock",
        listen::stats,
    ),
    adapted(&["logto", "logto2"], "log", TO_FILE, plain::log),
    adapted(&["plugin", "plugins", "need-plugin", "need-plugins"], "", "liege loads Python 3 itself", plain::plugins),
    adapted(&["master", "need-app", "no-orphans", "strict", "vacuum"], "", OF_LIEGE, plain::of_liege),
];
