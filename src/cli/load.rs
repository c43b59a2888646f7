//! From the path of a spec to a site without mistakes.

use std::io::IsTerminal;
use std::path::Path;

use annotate_snippets::Renderer;
use anyhow::{Context as _, anyhow, bail};

use super::{Failure, Selection};
use crate::diagnostic::Diagnostic;
use crate::family::Family;
use crate::package::{Item, STANDARD_DATE, Stamp};
use crate::read;
use crate::rule;
use crate::site::Site;
use crate::source::Source;

/// Reads and checks the spec at `path` and hands the site to `then`. Every mistake and warning is told on standard error.
pub fn with_site<T>(path: &Path, then: impl FnOnce(&Site<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the spec {}", path.display()))?;
    let name = path.display().to_string();
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(&name, &error))?;
    let (source, syntax) = Source::parse(&name, &text);
    if !syntax.is_empty() {
        return Err(tell(&source, &syntax));
    }
    let (spec, mut found) = read::read(&source);
    let Some(spec) = spec else { return Err(tell(&source, &found)) };
    let site = Site::new(&spec);
    found.extend(rule::check(&site, &source));
    let failure = tell(&source, &found);
    if found.iter().any(Diagnostic::is_error) {
        return Err(failure);
    }
    then(&site)
}

/// Tells where a text is no UTF-8.
pub fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Failure {
    let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    eprintln!("error: {name}:{line}: a byte that is no UTF-8; save it as UTF-8");
    Failure::Spec
}

fn tell(source: &Source<'_>, diagnostics: &[Diagnostic]) -> Failure {
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    for diagnostic in diagnostics {
        eprintln!("{}\n", source.draw(diagnostic, &renderer));
    }
    let mistakes = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if mistakes > 0 {
        let plural = if mistakes == 1 { "" } else { "s" };
        eprintln!("{}: {mistakes} mistake{plural}; nothing was built", source.name());
    }
    Failure::Spec
}

/// What a release is stamped with: the date from SOURCE_DATE_EPOCH (reproducible-builds.org/specs/source-date-epoch).
pub fn stamp(selection: &Selection) -> anyhow::Result<Stamp> {
    let date = match std::env::var("SOURCE_DATE_EPOCH") {
        Err(_) => STANDARD_DATE,
        // rpm keeps dates in 32 bits.
        Ok(text) => match text.parse::<u32>() {
            Ok(seconds) => i64::from(seconds),
            Err(_) => bail!("SOURCE_DATE_EPOCH is {text:?}, but it must be whole seconds since 1970"),
        },
    };
    Ok(Stamp { date, release: selection.release })
}

/// What of the site was asked for.
pub fn select<'s, 'a>(site: &'s Site<'a>, selection: &Selection) -> anyhow::Result<Vec<Item<'s, 'a>>> {
    for name in &selection.families {
        let family = Family::named(name).map_err(|reason| anyhow!("--family: {reason}"))?;
        if !site.families.iter().any(|built| built.name == family.name) {
            bail!("--family {name}: the spec's families leave it out");
        }
    }
    if let Some(name) =
        selection.apps.iter().find(|name| !site.targets.iter().any(|target| target.name.as_str() == *name))
    {
        let nearest = crate::diagnostic::nearest(name, site.targets.iter().map(|target| target.name.as_str()));
        let hint = nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default();
        bail!("--app {name}: the spec has no such application{hint}");
    }
    Ok(Item::of(site).into_iter().filter(|item| selection.includes(&item.family().name, item.application())).collect())
}

impl Selection {
    /// Whether a package of that family and application is asked for.
    pub fn includes(&self, family: &str, application: Option<&str>) -> bool {
        let in_family = self.families.is_empty() || self.families.iter().any(|name| name == family);
        let in_apps = self.apps.is_empty() || application.is_some_and(|app| self.apps.iter().any(|name| name == app));
        in_family && in_apps
    }
}
