//! The text of a spec, where each key stands, drawing what is wrong there, and inheritance between its tables.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Key, Place, Severity};
use crate::rule::form::TOML;

/// How many mistakes of form are told at once. More of them are one mistake made many times, or another kind of file; and to
/// find each, its table is read anew.
pub const MOST: usize = 100;

/// The longest line, in bytes. Each mistake is shown with its line, and each of 100 could be in one that is the whole file.
const LONGEST_LINE: usize = 100_000;

/// A table of the spec; every key and value in it knows its place in the text.
pub type Table<'a> = DeTable<'a>;

/// A spec's text, parsed but not yet understood.
pub struct Source<'a> {
    name: &'a str,
    text: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
    root: Table<'a>,
}

impl<'a> Source<'a> {
    /// Parses `text`; `name` is the path shown in messages. What is no TOML is told by the second value, and left out
    /// of the first.
    #[must_use]
    pub fn parse(name: &'a str, text: &'a str) -> (Self, Vec<Diagnostic>) {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(end, _)| end + 1)).collect();
        if let Some(long) = text.lines().position(|line| line.len() > LONGEST_LINE) {
            let message = format!("line {} is longer than {LONGEST_LINE} bytes, which no line of a spec is", long + 1);
            return (Self { name, text: "", lines: vec![0], root: Table::default() }, vec![TOML.within(0..0, message)]);
        }
        let (root, mut errors) = DeTable::parse_recoverable(text);
        // Each of many brackets that are not closed is missed at the same place.
        errors.dedup_by(|later, first| (later.span(), later.message()) == (first.span(), first.message()));
        let diagnostics = errors
            .iter()
            .take(MOST)
            .map(|error| TOML.within(error.span().unwrap_or(0..0), format!("not valid TOML: {}", error.message())))
            .collect();
        (Self { name, text, lines, root: root.into_inner() }, diagnostics)
    }

    /// The path shown in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// The text itself.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text
    }

    /// The top level.
    #[must_use]
    pub fn root(&self) -> &Table<'a> {
        &self.root
    }

    /// The place of a diagnostic as bytes of the text.
    #[must_use]
    pub fn span_of(&self, place: &Place) -> Range<usize> {
        match place {
            Place::Span(span) => span.clone(),
            Place::Key(key) => self.locate(key),
        }
    }

    /// The key of the innermost entry that `span` lies in, with its tables.
    #[must_use]
    pub fn key_at(&self, span: &Range<usize>) -> Option<String> {
        key_in(&self.root, span).filter(|_| !span.is_empty())
    }

    /// The line and column of a byte of the text, both from 1 on; a column counts characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.line_of(offset);
        let before = self.text.get(self.lines[line]..offset).unwrap_or_default();
        (line + 1, before.chars().count() + 1)
    }

    /// The line that a byte of the text lies in, from 0 on.
    fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|begin| *begin <= offset) - 1
    }

    /// The lines that a span lies in: the number of the first, and where they begin and end.
    fn lines_of(&self, span: &Range<usize>) -> (usize, Range<usize>) {
        let (first, last) = (self.line_of(span.start), self.line_of(span.end));
        (first + 1, self.lines[first]..self.lines.get(last + 1).copied().unwrap_or(self.text.len()))
    }

    /// Draws a diagnostic with its line, as rustc and the TOML parser draw theirs.
    #[must_use]
    pub fn draw(&self, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
        let level = match diagnostic.severity {
            Severity::Note => Level::NOTE,
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let title = level.primary_title(&diagnostic.message).id(diagnostic.code);
        let span = self.span_of(&diagnostic.place);
        // The whole text would be searched for lines with every mistake.
        let (number, lines) = self.lines_of(&span);
        let within = span.start - lines.start..span.end - lines.start;
        let line = Snippet::source(&self.text[lines]).path(self.name).line_start(number);
        let line = line.annotation(AnnotationKind::Primary.span(within));
        let mut group = title.element(line);
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help));
        }
        renderer.render(&[group])
    }

    /// Where the value of `key` is written: in the family's override, in the application's table or in `[defaults]`;
    /// where it is written nowhere, the name of the nearest table above it.
    #[must_use]
    pub fn locate(&self, key: &Key) -> Range<usize> {
        let path: Vec<&str> = key.path.iter().map(String::as_str).collect();
        let Some(app) = key.app.as_deref() else {
            return self.find(&path).unwrap_or(0..0);
        };
        let family = key.family.as_deref().unwrap_or_default();
        let tables = [vec!["app", app, "on", family], vec!["app", app], vec!["defaults"]];
        (0..=path.len())
            .rev()
            .flat_map(|depth| tables.iter().map(move |table| (table, depth)))
            .filter(|(table, depth)| *depth > 0 || table.as_slice() == ["app", app])
            .find_map(|(table, depth)| self.find(&[table.as_slice(), &path[..depth]].concat()))
            .unwrap_or(0..0)
    }

    /// Whether the value of `key` comes from `[defaults]` alone.
    #[must_use]
    pub fn is_inherited(&self, key: &Key) -> bool {
        let path: Vec<&str> = key.path.iter().map(String::as_str).collect();
        let (app, family) = (key.app.as_deref().unwrap_or_default(), key.family.as_deref().unwrap_or_default());
        let is_in = |table: &[&str]| self.find(&[table, &path].concat()).is_some();
        !is_in(&["app", app, "on", family]) && !is_in(&["app", app])
    }

    fn find(&self, path: &[&str]) -> Option<Range<usize>> {
        let (last, tables) = path.split_last()?;
        let mut table = &self.root;
        for name in tables {
            table = table.get(*name)?.get_ref().as_table()?;
        }
        let (key, value) = table.get_key_value(*last)?;
        Some(if value.get_ref().is_table() { key.span() } else { value.span() })
    }
}

fn key_in(table: &Table<'_>, span: &Range<usize>) -> Option<String> {
    let encloses = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    table.iter().find_map(|(key, value)| {
        let name = key.get_ref();
        let below = value.get_ref().as_table().and_then(|table| key_in(table, span));
        let is_here = || encloses(key.span()) || encloses(value.span());
        below.map(|below| format!("{name}.{below}")).or_else(|| is_here().then(|| name.to_string()))
    })
}

/// `base` with `over` laid on top: tables are merged key by key, everything else is replaced.
#[must_use]
pub fn inherit<'a>(base: &Table<'a>, over: &Table<'a>) -> Table<'a> {
    let mut merged = base.clone();
    for (key, value) in over {
        let below = merged.get(key.get_ref().as_ref()).and_then(|value| value.get_ref().as_table());
        let value = match (below, value.get_ref()) {
            (Some(below), DeValue::Table(above)) => Spanned::new(value.span(), DeValue::Table(inherit(below, above))),
            _ => value.clone(),
        };
        merged.insert(key.clone(), value);
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table<'_> {
        DeTable::parse(text).unwrap().into_inner()
    }

    #[test]
    fn an_override_wins_and_tables_merge() {
        let base = table("a = 1\nenv = { X = 'x', Y = 'y' }");
        let over = table("a = 2\nenv = { Y = 'z' }");
        let merged = inherit(&base, &over);
        let env = merged.get("env").unwrap().get_ref().as_table().unwrap();
        assert_eq!(merged.get("a").unwrap().get_ref().as_integer().unwrap().as_str(), "2");
        assert_eq!(env.get("X").unwrap().get_ref().as_str(), Some("x"));
        assert_eq!(env.get("Y").unwrap().get_ref().as_str(), Some("z"));
    }

    #[test]
    fn a_key_is_found_where_it_is_inherited_from() {
        let text = "[defaults]\nthreads = 1\n[app.wiki]\nmodule = 'wiki'\n[app.wiki.on.suse]\nthreads = 3\n";
        let (source, _) = Source::parse("x", text);
        let key = |family: &str, option: &str| Key {
            app: Some("wiki".to_owned()),
            family: Some(family.to_owned()),
            path: vec![option.to_owned()],
        };
        let word = |key: Key| &text[source.locate(&key)];
        assert_eq!(word(key("suse", "threads")), "3");
        assert_eq!(word(key("debian", "threads")), "1");
        assert_eq!(word(key("debian", "module")), "'wiki'");
        assert_eq!(word(key("debian", "harakiri")), "wiki");
    }

    #[test]
    fn a_place_has_the_key_of_its_innermost_entry() {
        let text = "site = 'x'\n[app.wiki]\nenv = { A = 'one' }\n[app.wiki.on.suse]\nthreads = 3\n";
        let (source, _) = Source::parse("x", text);
        let key_of = |word: &str| text.find(word).and_then(|start| source.key_at(&(start..start + word.len())));
        assert_eq!(key_of("'one'").as_deref(), Some("app.wiki.env.A"));
        assert_eq!(key_of("3").as_deref(), Some("app.wiki.on.suse.threads"));
        assert_eq!(key_of("site").as_deref(), Some("site"));
    }
}
