//! An import of ini, YAML, JSON or Ansible variables: what comes of it is a spec that `check` reads.

#![no_main]

use libfuzzer_sys::fuzz_target;
use liege::import::{Input, import};
use liege::source::Source;

fuzz_target!(|text: &str| {
    let input = Input::new("fuzz.ini", "/etc/uwsgi/vassals/fuzz.ini".into(), text.to_owned());
    if let Ok(imported) = import(&[input], None) {
        let (source, mistakes) = Source::parse("import", &imported.spec);
        assert!(mistakes.is_empty(), "an import is TOML: {}\n{mistakes:?}", imported.spec);
        let (spec, mistakes) = liege::read::read(&source);
        assert!(spec.is_some() && mistakes.is_empty(), "{}\n{mistakes:?}", imported.spec);
    }
});
