//! One grammar for each kind of text a spec may hold.

use super::{Checked, Grammar};

/// Name of a site: begins package names, unit names and directories.
pub type SiteName = Checked<SiteNameGrammar>;
/// Name of an application: ends package names, unit names and file names.
pub type AppName = Checked<AppNameGrammar>;
/// A user or group, within what `useradd`, `systemd-sysusers` and rpm all take.
pub type Entity = Checked<EntityGrammar>;
/// An absolute, normalised path of harmless characters.
pub type AbsolutePath = Checked<AbsolutePathGrammar>;
/// A path that may be relative to `chdir`.
pub type RelativeOrAbsolute = Checked<RelativeOrAbsoluteGrammar>;
/// A dotted Python module, with `:callable` allowed behind it.
pub type Module = Checked<ModuleGrammar>;
/// The WSGI callable's name, or a call without arguments that makes it.
pub type Callable = Checked<CallableGrammar>;
/// Where an application is mounted: `/` or `/prefix`.
pub type UriPrefix = Checked<UriPrefixGrammar>;
/// One line of printable text.
pub type Line = Checked<LineGrammar>;
/// The summary of a package: one line that neither lintian nor rpmlint finds fault with.
pub type Summary = Checked<SummaryGrammar>;
/// One line of text that uWSGI reads from an ini as it stands (once `%` is doubled).
pub type IniText = Checked<IniTextGrammar>;
/// Several lines of printable text.
pub type Paragraphs = Checked<ParagraphsGrammar>;
/// Name of an environment variable.
pub type EnvironmentName = Checked<EnvironmentNameGrammar>;
/// `Name <address>`, as Debian Policy 5.6.2 wants it.
pub type Maintainer = Checked<MaintainerGrammar>;
/// An http(s) address without blanks.
pub type Homepage = Checked<HomepageGrammar>;
/// The site's version: valid in a deb's upstream version and in an rpm's `Version`.
pub type SiteVersion = Checked<SiteVersionGrammar>;
/// An SPDX licence expression.
pub type SpdxExpression = Checked<SpdxGrammar>;
/// An OpenSSL cipher list.
pub type Ciphers = Checked<CiphersGrammar>;

/// See [`SiteName`].
pub enum SiteNameGrammar {}
/// See [`AppName`].
pub enum AppNameGrammar {}
/// See [`Entity`].
pub enum EntityGrammar {}
/// See [`AbsolutePath`].
pub enum AbsolutePathGrammar {}
/// See [`RelativeOrAbsolute`].
pub enum RelativeOrAbsoluteGrammar {}
/// See [`Module`].
pub enum ModuleGrammar {}
/// See [`Callable`].
pub enum CallableGrammar {}
/// See [`UriPrefix`].
pub enum UriPrefixGrammar {}
/// See [`Line`].
pub enum LineGrammar {}
/// See [`Summary`].
pub enum SummaryGrammar {}
/// See [`IniText`].
pub enum IniTextGrammar {}
/// See [`Paragraphs`].
pub enum ParagraphsGrammar {}
/// See [`EnvironmentName`].
pub enum EnvironmentNameGrammar {}
/// See [`Maintainer`].
pub enum MaintainerGrammar {}
/// See [`Homepage`].
pub enum HomepageGrammar {}
/// See [`SiteVersion`].
pub enum SiteVersionGrammar {}
/// See [`SpdxExpression`].
pub enum SpdxGrammar {}
/// See [`Ciphers`].
pub enum CiphersGrammar {}

/// What is said of a text that [`is_clean_line`] refuses.
const NOT_ONE_LINE: &str =
    "this is one line: no line breaks, control or invisible characters, no blanks at either end, no \\ at the end";

/// Fails with `otherwise` unless `holds`.
fn require(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

fn is_lower_or_digit(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit()
}

fn is_hyphenated(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text.chars().all(|c| is_lower_or_digit(c) || c == '-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_path_tail(text: &str) -> bool {
    text.split('/').all(|part| {
        !matches!(part, "" | "." | "..")
            && !part.starts_with('-')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "._+-@".contains(c))
    })
}

/// Whether `text` is one line of printable characters without blanks at either end.
///
/// Marks of direction, line separators and all that is not seen (Unicode's category Cf) are refused besides control
/// characters: they make a reader of the spec see another text than the machine does. A backslash at the end would join the next line to this one in a unit file.
#[must_use]
pub fn is_clean_line(text: &str) -> bool {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    !text.chars().any(invisible) && text.trim() == text && !text.ends_with('\\')
}

impl Grammar for SiteNameGrammar {
    const KIND: &'static str = "name";
    const PATTERN: Option<&'static str> = Some(r"^[a-z]([a-z0-9]|-[a-z0-9])+$");
    const LONGEST: usize = 31;

    fn check(text: &str) -> Result<(), String> {
        require(
            is_hyphenated(text, Self::LONGEST) && text.len() >= 2 && text.starts_with(|c: char| c.is_ascii_lowercase()),
            "a site's name begins packages, units and directories: 2 to 31 of a-z, 0-9 and single -, a letter first",
        )
    }
}

impl Grammar for AppNameGrammar {
    const KIND: &'static str = "name";
    const PATTERN: Option<&'static str> = Some(r"^[a-z0-9]+(-[a-z0-9]+)*$");
    const LONGEST: usize = 47;

    fn check(text: &str) -> Result<(), String> {
        require(
            is_hyphenated(text, Self::LONGEST),
            "an application's name becomes part of packages, units and files: 1 to 47 of a-z, 0-9 and single -",
        )
    }
}

impl Grammar for EntityGrammar {
    const KIND: &'static str = "name";
    const PATTERN: Option<&'static str> = Some(r"^[a-z_][a-z0-9_-]*$");
    const LONGEST: usize = 31;

    fn check(text: &str) -> Result<(), String> {
        require(
            !["root", "nobody", "nogroup"].contains(&text),
            "root may do everything, and nobody is shared by many services: name a user or group of the application's own",
        )?;
        require(
            text.len() <= Self::LONGEST
                && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
                && text.chars().all(|c| is_lower_or_digit(c) || c == '_' || c == '-'),
            "a user or group is 1 to 31 of a-z, 0-9, _ and -, a letter or _ first",
        )
    }
}

impl Grammar for AbsolutePathGrammar {
    const KIND: &'static str = "absolute path";
    const PATTERN: Option<&'static str> = Some(r"^(/[A-Za-z0-9._+@][A-Za-z0-9._+@-]*)+$");
    const LONGEST: usize = 200;

    fn check(text: &str) -> Result<(), String> {
        require(text.starts_with('/'), "the path must be absolute: begin it with /")?;
        require(
            text.len() <= Self::LONGEST && is_path_tail(&text[1..]),
            "a path is made of letters, digits and . _ + - @ between single /, without . or .. parts and without / at its end",
        )
    }
}

impl Grammar for RelativeOrAbsoluteGrammar {
    const KIND: &'static str = "path";
    const PATTERN: Option<&'static str> =
        Some(r"^/?[A-Za-z0-9._+@][A-Za-z0-9._+@-]*(/[A-Za-z0-9._+@][A-Za-z0-9._+@-]*)*$");
    const LONGEST: usize = 200;

    fn check(text: &str) -> Result<(), String> {
        if text.starts_with('/') {
            return AbsolutePathGrammar::check(text);
        }
        require(
            text.len() <= Self::LONGEST && is_path_tail(text),
            "a path is made of letters, digits and . _ + - @ between single /, without . or .. parts",
        )
    }
}

impl Grammar for ModuleGrammar {
    const KIND: &'static str = "Python module";
    const PATTERN: Option<&'static str> =
        Some(r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*(:[A-Za-z_][A-Za-z0-9_]*(\(\))?)?$");

    fn check(text: &str) -> Result<(), String> {
        let (module, callable) = match text.split_once(':') {
            Some((module, callable)) => (module, Some(callable)),
            None => (text, None),
        };
        require(!module.ends_with(".py"), "this is a file and no module: write it as wsgi-file")?;
        require(
            module.split('.').all(is_identifier) && callable.is_none_or(|c| CallableGrammar::check(c).is_ok()),
            "a module is a dotted Python name such as shop.wsgi, or shop.wsgi:application",
        )
    }
}

impl Grammar for CallableGrammar {
    const KIND: &'static str = "Python name";
    const PATTERN: Option<&'static str> = Some(r"^[A-Za-z_][A-Za-z0-9_]*(\(\))?$");

    fn check(text: &str) -> Result<(), String> {
        require(
            is_identifier(text.strip_suffix("()").unwrap_or(text)),
            "a callable is a Python name such as application, or a call without arguments such as create_app()",
        )
    }
}

impl Grammar for UriPrefixGrammar {
    const KIND: &'static str = "prefix";
    const PATTERN: Option<&'static str> = Some(r"^(/|(/[A-Za-z0-9._+@][A-Za-z0-9._+@-]*)+)$");

    fn check(text: &str) -> Result<(), String> {
        require(
            text == "/" || text.strip_prefix('/').is_some_and(is_path_tail),
            "a mount point is / or a prefix such as /shop, without / at its end",
        )
    }
}

impl Grammar for LineGrammar {
    const PATTERN: Option<&'static str> = Some(r"^\S(.*\S)?$");

    fn check(text: &str) -> Result<(), String> {
        require(!text.is_empty(), "an empty text says nothing: leave the key out")?;
        require(is_clean_line(text), NOT_ONE_LINE)
    }
}

/// lintian's synopsis-too-long and description-synopsis-starts-with-article; rpmlint's summary-too-long, summary-not-capitalized
/// and summary-ended-with-dot.
impl Grammar for SummaryGrammar {
    const PATTERN: Option<&'static str> = Some(r"^\S(.*[^.\s])?$");
    const LONGEST: usize = 79;

    fn check(text: &str) -> Result<(), String> {
        LineGrammar::check(text)?;
        let first = text.split(' ').next().unwrap_or_default();
        let is_article = ["a", "an", "the"].contains(&first.to_lowercase().as_str());
        // A name such as uWSGI may begin it.
        let begins_small = text.starts_with(char::is_lowercase) && !first.contains(char::is_uppercase);
        require(
            text.chars().count() <= Self::LONGEST && !is_article && !begins_small && !text.ends_with('.'),
            "a summary has at most 79 characters, a capital first, no article before it and no full stop, such as Web shop with its API",
        )
    }
}

impl Grammar for IniTextGrammar {
    const PATTERN: Option<&'static str> = Some(r"^(\S(.*\S)?)?$");

    fn check(text: &str) -> Result<(), String> {
        require(is_clean_line(text), NOT_ONE_LINE)?;
        match ["%(", "$(", "@("].iter().find(|magic| text.contains(**magic)) {
            Some(magic) => {
                Err(format!("uWSGI would expand what follows {magic} and knows no way to quote it: leave it out"))
            }
            None => Ok(()),
        }
    }
}

impl Grammar for ParagraphsGrammar {
    fn check(text: &str) -> Result<(), String> {
        require(
            text.trim_end_matches('\n').split('\n').all(|line| is_clean_line(line.trim_start())),
            "only printable text and line breaks: no control or invisible characters, no blanks at the end of a line",
        )
    }
}

impl Grammar for EnvironmentNameGrammar {
    const KIND: &'static str = "name";
    const PATTERN: Option<&'static str> = Some(r"^[A-Za-z_][A-Za-z0-9_]*$");

    fn check(text: &str) -> Result<(), String> {
        require(is_identifier(text), "an environment variable's name is made of letters, digits and _, no digit first")
    }
}

impl Grammar for MaintainerGrammar {
    const PATTERN: Option<&'static str> = Some(r#"^[^<>,"]+ <[A-Za-z0-9.@_+-]+@[A-Za-z0-9.@_+-]+>$"#);

    fn check(text: &str) -> Result<(), String> {
        let well_formed =
            text.strip_suffix('>').and_then(|rest| rest.split_once(" <")).is_some_and(|(name, address)| {
                let (local, domain) = address.split_once('@').unwrap_or_default();
                !name.is_empty()
                    && !name.contains(['<', '>', ',', '"'])
                    && !local.is_empty()
                    && domain.contains('.')
                    && address.chars().all(|c| c.is_ascii_alphanumeric() || ".@_+-".contains(c))
            });
        require(is_clean_line(text) && well_formed, "a maintainer is written Name <name@example.org>")
    }
}

impl Grammar for HomepageGrammar {
    const KIND: &'static str = "address";
    const PATTERN: Option<&'static str> = Some(r"^https?://[A-Za-z0-9._~:/?#@!&+,;=-]+$");

    fn check(text: &str) -> Result<(), String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        require(
            rest.is_some_and(|rest| {
                !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#@!&+,;=".contains(c))
            }),
            "a homepage begins with https:// or http:// and holds no blanks, quotes or %",
        )
    }
}

impl Grammar for SiteVersionGrammar {
    const KIND: &'static str = "version";
    const PATTERN: Option<&'static str> = Some(r"^[0-9][A-Za-z0-9.+~]*$");
    const LONGEST: usize = 64;

    fn check(text: &str) -> Result<(), String> {
        require(
            text.len() <= Self::LONGEST
                && text.starts_with(|c: char| c.is_ascii_digit())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || ".+~".contains(c)),
            "a version is digits, letters and . + ~ with a digit first, such as 1.4.0 or 2.0~rc1",
        )
    }
}

impl Grammar for SpdxGrammar {
    const PATTERN: Option<&'static str> = Some(r"^[A-Za-z0-9.+() :-]+$");

    fn check(text: &str) -> Result<(), String> {
        require(
            !text.is_empty()
                && is_clean_line(text)
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "-.+() :".contains(c)),
            "a licence is an SPDX expression such as MIT, GPL-3.0-or-later or LicenseRef-Proprietary",
        )
    }
}

impl Grammar for CiphersGrammar {
    const PATTERN: Option<&'static str> = Some(r"^[A-Za-z0-9:+!@=_.-]+$");

    fn check(text: &str) -> Result<(), String> {
        require(
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ":+-!@=_.".contains(c)),
            "ciphers are an OpenSSL cipher list such as HIGH:!aNULL, without blanks or commas",
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether the pattern for editors lets a text through.
    fn passes<G: Grammar>(text: &str) -> bool {
        let fits = |pattern| regex::Regex::new(pattern).unwrap().is_match(text);
        G::PATTERN.is_none_or(fits) && text.len() <= G::LONGEST
    }

    /// Texts at the edge of a pattern: one that matches, with a character put into it.
    fn near<G: Grammar>() -> impl Strategy<Value = String> {
        let mut pattern = G::PATTERN.unwrap().trim_start_matches('^').trim_end_matches('$').to_owned();
        // Short ones, or most were longer than the grammar takes.
        for (from, to) in [("\\S", "[a-z%\"]"), ("*", "{0,3}"), (")+", "){1,3}"), ("]+", "]{1,3}")] {
            pattern = pattern.replace(from, to);
        }
        let matching = proptest::string::string_regex(&pattern).unwrap();
        let (character, place) =
            (proptest::option::of("[-a-z0-9A-Z_./:<>@ ()+~%!=\\\\]"), any::<prop::sample::Index>());
        (matching, character, place).prop_map(|(mut text, character, place)| {
            if let Some(character) = character {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                text.insert_str(*place.get(&places), &character);
            }
            text
        })
    }

    fn a_pattern_passes_what_fits<G: Grammar>() {
        let fitting = std::cell::Cell::new(0);
        let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
        proptest::test_runner::TestRunner::new(config)
            .run(&near::<G>(), |text| {
                let fits = G::check(&text).is_ok();
                fitting.set(fitting.get() + u32::from(fits));
                prop_assert!(!fits || passes::<G>(&text), "{text:?}");
                Ok(())
            })
            .unwrap();
        assert!(fitting.get() > 10, "{} texts fit: next to nothing was tried", fitting.get());
    }

    #[test]
    fn every_pattern_passes_what_fits() {
        a_pattern_passes_what_fits::<SiteNameGrammar>();
        a_pattern_passes_what_fits::<AppNameGrammar>();
        a_pattern_passes_what_fits::<EntityGrammar>();
        a_pattern_passes_what_fits::<AbsolutePathGrammar>();
        a_pattern_passes_what_fits::<RelativeOrAbsoluteGrammar>();
        a_pattern_passes_what_fits::<ModuleGrammar>();
        a_pattern_passes_what_fits::<CallableGrammar>();
        a_pattern_passes_what_fits::<UriPrefixGrammar>();
        a_pattern_passes_what_fits::<LineGrammar>();
        a_pattern_passes_what_fits::<SummaryGrammar>();
        a_pattern_passes_what_fits::<IniTextGrammar>();
        a_pattern_passes_what_fits::<EnvironmentNameGrammar>();
        a_pattern_passes_what_fits::<MaintainerGrammar>();
        a_pattern_passes_what_fits::<HomepageGrammar>();
        a_pattern_passes_what_fits::<SiteVersionGrammar>();
        a_pattern_passes_what_fits::<SpdxGrammar>();
        a_pattern_passes_what_fits::<CiphersGrammar>();
        a_pattern_passes_what_fits::<super::super::quantity::SizeGrammar>();
    }
}
