//! No value of a spec becomes anything but a value: it is refused by name, or every file has as many lines as with a harmless
//! value in its place, and the value stands in it as written.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use liege::package::{Contents, Item, Package, Stamp};
use liege::site::Site;
use liege::source::Source;
use liege::template::Templates;
use proptest::prelude::*;

/// Where a text may be written, and a harmless text for it.
const FIELDS: [(&str, &str); 21] = [
    ("site", "shop"),
    ("version", "1.0"),
    ("maintainer", "Ops <ops@shop.example>"),
    ("summary", "A shop"),
    ("homepage", "https://shop.example"),
    ("license", "MIT"),
    ("group", "uwsginginx"),
    ("app.api.summary", "An API"),
    ("app.api.user", "api"),
    ("app.api.group", "apis"),
    ("app.api.chdir", "/opt/api"),
    ("app.api.virtualenv", "/opt/api/venv"),
    ("app.api.module", "api"),
    ("app.api.callable", "app"),
    ("app.api.listen", "unix"),
    ("app.api.env.NAME", "value"),
    ("app.api.env-file", "/etc/api.env"),
    ("app.api.comment", "a comment"),
    ("app.api.tls.ciphers", "HIGH"),
    ("app.api.uwsgi.procname", "api"),
    ("app.api.rotate.size", "1M"),
];

const HOSTILE: [&str; 44] = [
    "",
    " ",
    "x\ny",
    "x\r\ny",
    "x\u{0}y",
    "x\u{b}y",
    "x\u{85}y",
    "x\u{2028}y",
    "x\u{202e}y",
    "\u{feff}x",
    "x\t",
    "%",
    "%%",
    "100%",
    "%d",
    "%(chdir)",
    "%%(chdir)",
    "$(HOME)",
    "${HOME}",
    "$HOME",
    "`id`",
    "$(id)",
    "@(exec://id)",
    "@(/etc/shadow)",
    "; id",
    "| id",
    "&& id",
    "'; id; '",
    "\"; id; \"",
    "\\",
    "x\\",
    "\\x41",
    "-rf",
    "--",
    "../../etc",
    "/../etc",
    "/etc//shadow",
    "[x]",
    "#x",
    "*",
    "{{ site }}",
    "x: y",
    "x=y",
    "x\nexec-asap = touch /tmp/canary",
];

/// A spec with one field set to `value`; the fields that it needs beside it are there.
fn spec_with(field: &str, value: &str) -> String {
    let mut spec: toml::Table = toml::from_str(
        "site = 'shop'\nversion = '1.0'\nmaintainer = 'Ops <ops@shop.example>'\nmode = 'service'\n\
         [app.api]\nmodule = 'api'\nlog = 'file'\nlisten = ['unix', 'https://127.0.0.1:8443']\n\
         tls = { certificate = '/etc/a.pem', key = '/etc/a.key' }\nrotate = { count = 3 }\nenv = {}\nuwsgi = {}\n",
    )
    .unwrap();
    if field == "app.api.listen" {
        spec["app"]["api"].as_table_mut().unwrap().remove("tls");
    }
    let mut table = &mut spec;
    let (tables, key) = field.rsplit_once('.').unwrap_or(("", field));
    for name in tables.split('.').filter(|name| !name.is_empty()) {
        table = table[name].as_table_mut().unwrap();
    }
    table.insert(key.to_owned(), toml::Value::String(value.to_owned()));
    toml::to_string(&spec).unwrap()
}

/// The packages of a spec, or the messages of what is wrong with it.
fn packages(text: &str, templates: &Templates) -> Result<Vec<Package>, Vec<String>> {
    let (source, syntax) = Source::parse("hostile.toml", text);
    assert!(syntax.is_empty(), "the spec is TOML: {text}");
    let (spec, mut found) = liege::read::read(&source);
    let spec = spec.ok_or_else(|| found.iter().map(|mistake| mistake.message.clone()).collect::<Vec<_>>())?;
    let site = Site::new(&spec);
    found.extend(liege::rule::check(&site, &source));
    let mistakes: Vec<String> =
        found.iter().filter(|found| found.is_error()).map(|found| found.message.clone()).collect();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let stamp = Stamp::standard(&spec.header.version);
    Ok(Item::of(&site).iter().map(|item| item.package(&site, templates, &stamp).unwrap()).collect())
}

/// How many lines each file and script has, in their order.
fn shape(packages: &[Package]) -> Vec<usize> {
    let mut shape = Vec::new();
    for package in packages {
        shape.extend(package.files.iter().map(|file| file.lines().count()));
        shape.extend(package.scripts.iter().map(|script| script.text.lines().count()));
        shape.push(package.relations.len());
    }
    shape
}

fn ini(packages: &[Package]) -> String {
    let file = packages[1].files.iter().find(|file| file.path.ends_with(".ini")).unwrap();
    let Contents::Text(text) = &file.contents else { panic!("an ini is a file") };
    text.clone()
}

/// Holds the property for one field and value; whether the value was taken.
fn harmless(field: &str, plain: &str, value: &str, templates: &Templates) -> bool {
    match packages(&spec_with(field, value), templates) {
        Err(mistakes) => {
            let last = field.rsplit('.').next().unwrap();
            assert!(mistakes.iter().any(|mistake| mistake.contains(last)), "{field} = {value:?}: {mistakes:?}");
            false
        }
        Ok(packages) => {
            let expected = self::packages(&spec_with(field, plain), templates)
                .unwrap_or_else(|mistakes| panic!("{field}: {mistakes:?}"));
            assert_eq!(shape(&packages), shape(&expected), "{field} = {value:?}");
            if field == "app.api.env.NAME" {
                let line = format!("env = NAME={}", value.replace('%', "%%"));
                assert!(ini(&packages).lines().any(|found| found == line), "{line}: {}", ini(&packages));
            }
            true
        }
    }
}

#[test]
fn hostile_values_are_refused_by_name_or_stay_values() {
    let templates = Templates::load(None).unwrap();
    let mut taken = 0;
    for (field, plain) in FIELDS {
        assert!(harmless(field, plain, plain, &templates), "{field} = {plain} is harmless");
        for value in HOSTILE {
            taken += u32::from(harmless(field, plain, value, &templates));
        }
    }
    // Free texts take what would be dangerous elsewhere, and nothing else does.
    assert!(taken > 50, "{taken}");
    assert!(!harmless("app.api.chdir", "/opt/api", "/opt/$(id)", &templates));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_refused_by_name_or_stays_a_value(field in 0..FIELDS.len(), value in "[ -~\\n\\t%$@(){}\\[\\];#'\"\\\\é\u{202e}]{0,12}") {
        let templates = Templates::load(None).unwrap();
        let (field, plain) = FIELDS[field];
        harmless(field, plain, &value, &templates);
    }
}
