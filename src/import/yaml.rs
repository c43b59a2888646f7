//! YAML and JSON as a tree whose every node knows its line.
//!
//! Bounded on purpose: a file is at most [`crate::bounded::LARGEST_TEXT`] bytes, [`DEEPEST`] levels deep, and aliases may not make it
//! larger than [`LARGEST_TREE`].

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

/// How deep mappings and sequences may be nested.
const DEEPEST: usize = 64;
/// How many bytes a document may take once its aliases are followed.
const LARGEST_TREE: usize = 64_000_000;
/// What a node takes besides its text, roughly.
const NODE: usize = 64;

/// A node of a document.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// The line it begins on.
    pub line: usize,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// Any text, number or flag, as it is written.
    Scalar(String),
    /// A text that Ansible Vault has encrypted.
    Encrypted,
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping, in the order of the file.
    Mapping(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// The line of its key.
    pub line: usize,
    /// Its value.
    pub node: Node,
}

/// Why a document cannot be read, and on which line.
pub struct Malformed {
    /// The line.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

fn malformed<T>(line: usize, message: impl Into<String>) -> Result<T, Malformed> {
    Err(Malformed { line, message: message.into() })
}

/// Reads the one document of `text`.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn parse(text: &str) -> Result<Node, Malformed> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Malformed {
            line: error.marker().line(),
            message: format!("no YAML: {}", error.info()),
        })?;
        builder.take(event, span)?;
    }
    Ok(builder.root.unwrap_or(Node { value: Value::Null, line: 1 }))
}

/// What a collection is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sequence,
    Mapping,
}

/// A mapping or sequence that is still being read; a mapping's keys and values take turns in `nodes`.
struct Open {
    kind: Kind,
    anchor: usize,
    line: usize,
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    size: usize,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Malformed> {
        let line = span.start.line();
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(NODE + text.len(), line)?;
                self.add(anchor, Node { value: scalar(&text, style, tag.as_deref()), line });
                Ok(())
            }
            Event::SequenceStart(anchor, _) => self.enter(Kind::Sequence, anchor, line),
            Event::MappingStart(anchor, _) => self.enter(Kind::Mapping, anchor, line),
            Event::SequenceEnd | Event::MappingEnd => self.leave(),
            Event::Alias(anchor) => self.repeat(anchor, line),
            Event::DocumentStart(_) if self.root.is_some() => {
                malformed(line, "a second document begins; keep one in a file")
            }
            _ => Ok(()),
        }
    }

    fn enter(&mut self, kind: Kind, anchor: usize, line: usize) -> Result<(), Malformed> {
        if self.open.len() == DEEPEST {
            return malformed(line, format!("more than {DEEPEST} levels are nested in each other"));
        }
        self.open.push(Open { kind, anchor, line, nodes: Vec::new() });
        self.count(NODE, line)
    }

    fn leave(&mut self) -> Result<(), Malformed> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = match open.kind {
            Kind::Sequence => Value::Sequence(open.nodes),
            Kind::Mapping => Value::Mapping(entries(open.nodes)?),
        };
        let node = Node { value, line: open.line };
        if open.anchor != 0 {
            // What an anchor keeps counts as well: anchors within anchors are copied over and over.
            self.count(node.size(), open.line)?;
        }
        self.add(open.anchor, node);
        Ok(())
    }

    /// Puts in once more what an anchor names.
    fn repeat(&mut self, anchor: usize, line: usize) -> Result<(), Malformed> {
        let Some(size) = self.anchors.get(&anchor).map(Node::size) else {
            return malformed(line, "the alias names nothing that stands before it");
        };
        self.count(size, line)?;
        if let Some(node) = self.anchors.get(&anchor).cloned() {
            self.add(0, node);
        }
        Ok(())
    }

    fn count(&mut self, bytes: usize, line: usize) -> Result<(), Malformed> {
        self.size = self.size.saturating_add(bytes);
        if self.size > LARGEST_TREE {
            return malformed(line, format!("with its aliases the document takes more than {LARGEST_TREE} bytes"));
        }
        Ok(())
    }

    fn add(&mut self, anchor: usize, node: Node) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.nodes.push(node),
            None => self.root = Some(node),
        }
    }
}

impl Node {
    /// How many bytes it takes with all that is below it.
    fn size(&self) -> usize {
        NODE + match &self.value {
            Value::Sequence(nodes) => nodes.iter().map(Node::size).sum(),
            Value::Mapping(entries) => entries.iter().map(|entry| entry.key.len() + entry.node.size()).sum(),
            Value::Scalar(text) => text.len(),
            Value::Null | Value::Encrypted => 0,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The entries, if it is a mapping.
    #[must_use]
    pub fn mapping(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    if tag.is_some_and(|tag| tag.suffix.starts_with("vault")) {
        return Value::Encrypted;
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" if style == ScalarStyle::Plain => Value::Null,
        _ => Value::Scalar(text.to_owned()),
    }
}

/// Keys and values in turns as entries; `<<` brings in what the mapping does not say itself.
fn entries(nodes: Vec<Node>) -> Result<Vec<Entry>, Malformed> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut merged = Vec::new();
    let mut nodes = nodes.into_iter();
    while let (Some(key), Some(node)) = (nodes.next(), nodes.next()) {
        let Value::Scalar(text) = key.value else {
            return malformed(key.line, "this key is no plain text");
        };
        match node.value {
            Value::Mapping(further) if text == "<<" => merged.extend(further),
            Value::Sequence(mappings) if text == "<<" => {
                merged.extend(mappings.iter().filter_map(Node::mapping).flatten().cloned());
            }
            _ => entries.push(Entry { key: text, line: key.line, node }),
        }
    }
    let mut known: HashSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    entries.extend(merged.into_iter().filter(|entry| known.insert(entry.key.clone())));
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, line: usize, message: &str) {
        let malformed = parse(text).map(|_| ()).unwrap_err();
        assert!(malformed.message.contains(message), "{}", malformed.message);
        assert_eq!(malformed.line, line, "{}", malformed.message);
    }

    #[test]
    fn every_node_knows_its_line() {
        let node = parse("# top\na: 1\nb:\n  - x: 'yes'\n    y:\n").ok().unwrap();
        let entries = node.mapping().unwrap();
        assert_eq!((entries[1].key.as_str(), entries[1].line), ("b", 3));
        let Value::Sequence(items) = &entries[1].node.value else { panic!() };
        let item = items[0].mapping().unwrap();
        assert_eq!((item[0].line, item[0].node.text()), (4, Some("yes")));
        assert!(matches!(item[1].node.value, Value::Null));
    }

    #[test]
    fn json_is_yaml_as_well() {
        let node = parse("{\n  \"uwsgi\": {\"processes\": 4}\n}\n").ok().unwrap();
        assert_eq!(node.mapping().unwrap()[0].node.mapping().unwrap()[0].node.text(), Some("4"));
    }

    #[test]
    fn merged_keys_give_way_to_own_ones() {
        let node = parse("base: &base {a: 1, b: 2}\nx: {<<: *base, b: 3}\n").ok().unwrap();
        let own: Vec<_> = node.mapping().unwrap()[1].node.mapping().unwrap().iter().map(|e| e.node.text()).collect();
        assert_eq!(own, [Some("3"), Some("1")]);
        // However many there are.
        let many: String = (0..20_000).map(|number| format!("  k{number}: 1\n")).collect();
        let node = parse(&format!("base: &base\n{many}x: {{<<: *base}}\n")).ok().unwrap();
        assert_eq!(node.mapping().unwrap()[1].node.mapping().unwrap().len(), 20_000);
    }

    #[test]
    fn a_secret_stays_one() {
        let node = parse("a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\n").ok().unwrap();
        assert!(matches!(node.mapping().unwrap()[0].node.value, Value::Encrypted));
    }

    #[test]
    fn what_is_malformed_or_too_large_is_refused_with_its_line() {
        refused("a: 1\nb: [1, 2\n", 3, "no YAML");
        refused("a: 1\n---\nb: 1\n", 2, "second document");
        refused(&"[".repeat(100), 1, "64 levels");
        refused("a: 1\n? [b, c]\n: 2\n", 2, "no plain text");
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb += &format!("a{level}: &a{level} [{aliases}]\n");
        }
        refused(&bomb, 6, "64000000 bytes");
        // A few values, each of them long.
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 100].join(", "));
        refused(&long, 2, "64000000 bytes");
    }
}
