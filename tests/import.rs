//! What people have becomes a spec: each folder in tests/import/ is imported, the spec and what is told of it are kept beside
//! it, and the spec's packages set what the inputs set.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use liege::import::Input;
use liege::site::Site;
use liege::source::Source;
use proptest::prelude::*;
use support::{both, expect_text, liege, project, succeed, tool};

/// Options that random values are given to.
const OPTIONS: [&str; 32] = [
    "chdir",
    "virtualenv",
    "module",
    "wsgi-file",
    "callable",
    "mount",
    "paste",
    "uid",
    "gid",
    "processes",
    "cheaper",
    "cheaper-initial",
    "threads",
    "harakiri",
    "buffer-size",
    "env",
    "socket",
    "http-socket",
    "http",
    "https",
    "protocol",
    "listen",
    "stats",
    "logto",
    "lazy-apps",
    "log-format",
    "static-map",
    "procname",
    "thunder-lock",
    "log-date",
    "cron2",
    "max-fd",
];

/// The folders. The spec made of each is without mistakes as it stands.
const CASES: [&str; 7] = ["documents", "hostile", "instances", "playbook", "role-list", "role-single", "vassals"];

/// The files in a case's folder that are imported.
fn inputs(case: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(project().join("tests/import").join(case))
        .unwrap()
        .map(|entry| format!("tests/import/{case}/{}", entry.unwrap().file_name().to_string_lossy()))
        .filter(|name| !name.ends_with("expected.toml") && !name.ends_with("expected.txt"))
        .collect();
    names.sort();
    names
}

/// Imports a case; the spec's path in the folder it keeps alive, and what was told.
fn import(case: &str) -> (tempfile::TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("site.toml");
    let output = liege().args(["import", "--site", "demo", "--out"]).arg(&spec).args(inputs(case)).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{case}: {told}");
    (folder, spec, told)
}

/// The ini of an application in the packages of a spec, as pairs.
fn ini(spec: &Path, application: &str) -> Vec<(String, String)> {
    let plan = succeed(liege().arg("plan").arg(spec).args(["--family", "debian", "--app", application]));
    let ini = plan.split("[uwsgi]\n").nth(1).unwrap().split("\n\n\n").next().unwrap();
    let pairs = ini.lines().filter_map(|line| line.trim().split_once(" = ")).filter(|(key, _)| !key.contains(' '));
    pairs.map(|(key, value)| (key.to_owned(), value.replace("%%", "%"))).collect()
}

#[test]
fn every_case_becomes_the_spec_and_the_report_that_are_kept() {
    for case in CASES {
        let (_folder, spec, told) = import(case);
        let kept = project().join("tests/import").join(case);
        expect_text(&kept.join("expected.toml"), &fs::read_to_string(&spec).unwrap());
        expect_text(&kept.join("expected.txt"), &told);
        succeed(liege().arg("check").arg(&spec));
    }
    let folders = fs::read_dir(project().join("tests/import")).unwrap().count();
    assert_eq!(folders, CASES.len());
}

/// The names that options have in a package's ini, where it is another than in the input.
fn name_in_package(option: &str) -> &str {
    match option {
        "workers" => "processes",
        "home" | "venv" | "pyhome" => "virtualenv",
        other => other,
    }
}

#[test]
fn what_an_ini_sets_and_the_report_does_not_name_is_set_by_the_package() {
    let (_folder, spec, told) = import("vassals");
    let mut compared = 0;
    for (file, application) in [("blog.ini", "blog"), ("reports.ini", "reports"), ("uwsgi.ini", "tickets")] {
        let name = format!("tests/import/vassals/{file}");
        let in_package = ini(&spec, application);
        let text = fs::read_to_string(project().join(&name)).unwrap();
        let text = text.split("\n[app:main]").next().unwrap();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            let is_told = told.lines().any(|note| {
                note.strip_prefix(&format!("{name}:{number}: ")).is_some_and(|note| !note.starts_with("the input does"))
            });
            if is_told || line.is_empty() || line.starts_with(['[', ';', '#']) || line == "endif =" {
                continue;
            }
            let (key, value) = line.split_once('=').map_or((line, ""), |(key, value)| (key.trim(), value.trim()));
            let wanted = (name_in_package(key).to_owned(), if value.is_empty() { "true" } else { value }.to_owned());
            // What serves / is the module, as people write it.
            let wanted = match wanted.1.strip_prefix("/=") {
                Some(served) if wanted.0 == "mount" => ("module".to_owned(), served.to_owned()),
                _ => wanted,
            };
            let is_off = value == "false" && !in_package.iter().any(|(name, _)| *name == wanted.0);
            assert!(is_off || in_package.contains(&wanted), "{name}:{number}: {line}\n{in_package:?}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn what_is_set_in_another_way_means_the_same() {
    let (_folder, spec, _) = import("vassals");
    let expected = [
        ("blog", "chdir", "/srv/blog/current"),
        ("blog", "virtualenv", "/srv/blog/venv"),
        ("blog", "module", "blog.wsgi"),
        ("blog", "master", "true"),
        ("blog", "threads", "4"),
        ("blog", "harakiri", "60"),
        ("blog", "socket", "/run/demo/blog/uwsgi.sock"),
        ("blog", "static-map", "/media=/srv/blog/media"),
        ("blog", "procname-prefix", "100%"),
        ("blog", "logto2", "/var/log/demo/blog/uwsgi.log"),
        ("reports", "http-socket", "127.0.0.1:9000"),
        ("reports", "wsgi-file", "main/wsgi.py"),
        ("tickets", "https-socket", "0.0.0.0:8443,/etc/tls/tickets.pem,/etc/tls/tickets.key,HIGH"),
    ];
    for (application, option, value) in expected {
        let pair = (option.to_owned(), value.to_owned());
        let in_package = ini(&spec, application);
        assert!(in_package.contains(&pair), "{application}: {pair:?} in {in_package:?}");
    }
}

#[test]
fn the_variables_of_roles_are_set_by_the_packages() {
    let expected = [
        ("role-list", "web-shop", "chdir", "/srv/sites/current/shop"),
        ("role-list", "web-shop", "virtualenv", "/srv/sites/current/shop/venv"),
        ("role-list", "web-shop", "module", "shop.wsgi"),
        ("role-list", "web-shop", "uid", "shop"),
        ("role-list", "web-shop", "gid", "shop"),
        ("role-list", "web-shop", "processes", "4"),
        ("role-list", "web-shop", "threads", "2"),
        ("role-list", "web-shop", "harakiri", "90"),
        ("role-list", "web-shop", "env", "DJANGO_SETTINGS_MODULE=shop.settings"),
        ("role-list", "web-shop", "thunder-lock", "true"),
        ("role-list", "api", "module", "api:create_app()"),
        ("role-list", "api", "processes", "%(%k * 2)"),
        ("role-list", "api", "harakiri", "180"),
        ("role-list", "api", "max-requests", "5000"),
        ("role-list", "api", "reload-on-rss", "384"),
        ("role-list", "api", "buffer-size", "16384"),
        ("role-single", "intranet", "chdir", "/opt/intranet"),
        ("role-single", "intranet", "virtualenv", "/opt/intranet/venv"),
        ("role-single", "intranet", "processes", "3"),
        ("role-single", "intranet", "cheaper", "1"),
        ("role-single", "intranet", "max-requests", "2000"),
        ("role-single", "intranet", "static-map", "/media=/srv/intranet/media"),
        ("role-single", "intranet", "env", "TZ=Europe/Madrid"),
        ("role-single", "intranet", "listen", "256"),
        ("instances", "wiki", "wsgi-file", "wiki.py"),
        ("instances", "wiki", "callable", "app"),
        ("instances", "wiki", "socket", "127.0.0.1:3031"),
        ("instances", "wiki", "env", "WIKI_CONFIG=/etc/wiki.toml"),
        ("instances", "forum-old", "http-socket", "[::1]:8080"),
        ("instances", "forum-old", "harakiri", "30"),
        ("documents", "sapling", "paste", "config:/etc/sapling/paste.ini"),
        ("documents", "sapling", "max-worker-lifetime", "3600"),
        ("playbook", "crm", "module", "crm.wsgi:application"),
        ("playbook", "crm", "processes", "%(%k * 3)"),
        ("playbook", "crm", "uid", "crm"),
        ("documents", "sprout", "callable", "app"),
        ("documents", "sprout", "memory-report", "true"),
        ("hostile", "x-app-evil-module-y", "env", "QUOTE=it's \"so\" \\ 100%"),
        ("hostile", "x-app-evil-module-y", "procname", "\"; rm -rf /; \""),
    ];
    for case in CASES {
        let of_case: Vec<_> = expected.iter().filter(|(of, ..)| *of == case).collect();
        let (_folder, spec, _) = import(case);
        for application in of_case.iter().map(|(_, application, ..)| *application).collect::<HashSet<_>>() {
            let in_package = ini(&spec, application);
            for (.., option, value) in of_case.iter().filter(|(_, name, ..)| *name == application) {
                let pair = ((*option).to_owned(), (*value).to_owned());
                assert!(in_package.contains(&pair), "{case}, {application}: {pair:?} in {in_package:?}");
            }
        }
    }
}

/// What is wrong with the spec of an import, but for a way in, which an input may not say.
fn mistakes(inputs: &[Input]) -> Vec<String> {
    let Ok(imported) = liege::import::import(inputs, None) else { return Vec::new() };
    let (source, syntax) = Source::parse("imported.toml", &imported.spec);
    let (spec, mut found) = liege::read::read(&source);
    found.extend(syntax);
    found.extend(spec.map(|spec| liege::rule::check(&Site::new(&spec), &source)).unwrap_or_default());
    found.retain(|found| found.is_error() && found.code != "way-in");
    found.into_iter().map(|found| format!("{}\n{}", found.message, imported.spec)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn whatever_is_imported_the_spec_is_one_that_liege_takes(
        name in "[ -~é\u{202e}]{0,12}",
        lines in proptest::collection::vec((0..OPTIONS.len(), "[ -~é\u{202e}]{0,16}|[0-9]{1,6}|:[0-9]{2,5}|/[a-z/%n.]{0,9}|[a-z.]{1,9}"), 1..12),
    ) {
        let ini: String = lines.iter().map(|(option, value)| format!("{} = {value}\n", OPTIONS[*option])).collect();
        let place = PathBuf::from(format!("/etc/uwsgi/{}.ini", name.replace('/', "")));
        let ini = Input::new(&name, place, format!("[uwsgi]\n{ini}"));
        let items: String = lines
            .iter()
            .map(|(option, value)| format!("    {}: {}\n", OPTIONS[*option].replace('-', "_"), serde_json::json!(value)))
            .collect();
        let yaml = format!("uwsgi_apps:\n  - name: {}\n{items}", serde_json::json!(name));
        let yaml = Input::new("vars.yml", PathBuf::from("/vars.yml"), yaml);
        prop_assert_eq!(mistakes(&[ini]), Vec::<String>::new());
        prop_assert_eq!(mistakes(&[yaml]), Vec::<String>::new());
    }

    #[test]
    fn no_text_makes_an_import_panic(text in "(?s).{0,200}|([a-z\\[\\]{}:,&*!|>'\"#%= \n-]|\n  - |uwsgi|\\{\\{|\\}\\}){0,60}") {
        let input = Input::new("any", PathBuf::from("/any.ini"), text.clone());
        prop_assert_eq!(mistakes(&[input]), Vec::<String>::new());
        let input = Input::new("any", PathBuf::from("/any.ini"), format!("[uwsgi]\n{text}"));
        prop_assert_eq!(mistakes(&[input]), Vec::<String>::new());
    }
}

/// The status of an import of one text, and what was told.
fn import_text(name: &str, text: &[u8]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    let output = liege().current_dir(folder.path()).args(["import", name]).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    let large = vec![b'#'; 10_000_001];
    let many = format!("[uwsgi]\n{}", "processes = 1\n".repeat(600_000));
    let cases: [(&str, &[u8], &str); 10] = [
        ("a.ini", many.as_bytes(), "error: a.ini:5002: these are more than 5000 settings of one application"),
        ("a.yml", b"uwsgi_apps:\n  - name: [x\n", "error: a.yml:3: no YAML: "),
        ("a.yml", b"x: 1\n---\ny: 1\n", "error: a.yml:2: a second document begins"),
        ("a.yml", b"just text\n", "error: a.yml:1: this is no uWSGI file with a section [uwsgi], no mapping"),
        ("a.yml", b"color: red\n", "error: a.yml:1: nothing here is a setting of uWSGI"),
        ("a.ini", b"[other]\nx = 1\n", "error: a.ini:1: there is no section [uwsgi]"),
        ("a.xml", b"<uwsgi><processes>4</processes></uwsgi>", "error: a.xml:1: XML is not read"),
        ("a.ini", b"[uwsgi]\nchdir = /opt/\xff\n", "error: a.ini:2: a byte that is no UTF-8"),
        ("a.yml", &large, "larger than 10 MB"),
        ("a.ini", "[uwsgi]\n".as_bytes(), "nothing here is a setting of uWSGI"),
    ];
    for (name, text, message) in cases {
        let (status, told) = import_text(name, text);
        assert_eq!(status, Some(1), "{message}: {told}");
        assert!(told.contains(message), "{message}: {told}");
    }
}

#[test]
fn what_would_never_end_is_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut chain = "v0: x\n".to_owned();
    for level in 1..12 {
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
        chain += &format!("v{level}: \"{}\"\n", format!("{{{{ v{} }}}}", level - 1).repeat(10));
    }
    let (status, told) = import_text("bomb.yml", bomb.as_bytes());
    assert_eq!(status, Some(1), "{told}");
    let (status, told) =
        import_text("chain.yml", format!("{chain}uwsgi_apps: [{{name: x, module: '{{{{ v11 }}}}'}}]\n").as_bytes());
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("it names too many variables"), "{told}");
    let circle = "a: {x: \"{{ b }}\", y: \"{{ b }}\"}\nb: {x: \"{{ a }}\", y: \"{{ a }}\"}\nuwsgi_apps:\n  - {name: x, module: x, options: \"{{ a }}\"}\n";
    let (status, told) = import_text("circle.yml", circle.as_bytes());
    assert_eq!(status, Some(0), "{told}");
    let nested = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let (status, told) = import_text("nested.yml", nested.as_bytes());
    assert_eq!(status, Some(1), "{told}");
}

#[test]
fn a_file_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("site.toml");
    fs::write(&spec, "kept").unwrap();
    let run =
        |out: &Path| liege().args(["import", "tests/import/documents/sapling.yml", "--out"]).arg(out).output().unwrap();
    let output = run(&spec);
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains("exists already"), "{}", both(&output));
    assert_eq!(fs::read_to_string(&spec).unwrap(), "kept");
    let link = folder.path().join("link.toml");
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
    assert_eq!(run(&link).status.code(), Some(2));
    assert!(!folder.path().join("elsewhere").exists());
    assert_eq!(liege().args(["import", "/nonexistent"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn a_directory_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("one.ini"), "[uwsgi]\nmodule = one\n").unwrap();
    fs::write(folder.path().join("two.ini"), "[uwsgi]\nmodule = two\n").unwrap();
    fs::write(folder.path().join("notes.txt"), "").unwrap();
    let output = liege().arg("import").arg(folder.path()).output().unwrap();
    let spec = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(spec.contains("[app.one]") && spec.contains("[app.two]"), "{spec}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("notes.txt: left alone"));
}

#[test]
fn an_ini_is_read_as_the_real_uwsgi_reads_it() {
    let text = "ignored = 1\n[uwsgi]\n  base   =  /srv/%n  \nmodule = shop\n; no\n# no\nprocname = %(base) of %c, 100%%\n\
                procname-append = \"quoted\" # kept\nprocname-master = a \\\n\tprocname-prefix=x = y\n\
                static-map = /s=%d%s\nstatic-map = /p=%p/%e\n[other]\nprocname = other\n[uwsgi]\ncheck-static = %(late)/%(base)\n\
                late = /late\nlog-format = %(uri) %(nothing) %(late)\nthunder-lock = %(empty)true\nempty =\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.ini");
    fs::write(&path, text).unwrap();
    let shown = both(&tool("uwsgi-core").arg("--ini").arg(&path).arg("--show-config").output().unwrap());
    let shown = shown.split(";end of configuration").next().unwrap();

    let spec = folder.path().join("site.toml");
    let output = liege().args(["import", "--out"]).arg(&spec).arg(&path).output().unwrap();
    let told = both(&output);
    let in_package = ini(&spec, "shop");
    let mut compared = 0;
    for (key, value) in shown.lines().filter_map(|line| line.split_once(" = ")) {
        let value = value.trim_end();
        if liege::uwsgi::is_option(key) && !["ini", "show-config", "module"].contains(&key) {
            let pair = (key.to_owned(), value.to_owned());
            let is_lost = told.contains(&format!("not carried over: {key} = "));
            assert!(is_lost != in_package.contains(&pair), "{pair:?} in {in_package:?}\n{told}");
            compared += 1;
        }
    }
    assert_eq!(compared, 9, "{shown}");
}
