//! A spec: read, checked by every rule, every mistake drawn, and what is right made into packages.

#![no_main]

use std::sync::LazyLock;

use annotate_snippets::Renderer;
use libfuzzer_sys::fuzz_target;
use liege::diagnostic::Diagnostic;
use liege::package::{Item, Stamp};
use liege::site::Site;
use liege::source::Source;
use liege::template::Templates;

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::load(None).expect("built-in templates are right"));

fuzz_target!(|text: &str| {
    let (source, mut found) = Source::parse("fuzz.toml", text);
    let (spec, mistakes) = if found.is_empty() { liege::read::read(&source) } else { (None, Vec::new()) };
    found.extend(mistakes);
    if let Some(spec) = &spec {
        let site = Site::new(spec);
        found.extend(liege::rule::check(&site, &source));
        if !found.iter().any(Diagnostic::is_error) {
            let stamp = Stamp::standard(&spec.header.version);
            for item in Item::of(&site) {
                item.package(&site, &TEMPLATES, &stamp).expect("a spec without mistakes becomes packages");
            }
        }
    }
    for diagnostic in &found {
        let _ = source.draw(diagnostic, &Renderer::plain());
        let _ = source.key_at(&source.span_of(&diagnostic.place));
    }
});
