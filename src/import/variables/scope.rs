//! The variables that expressions can name: those of all files together.

use std::collections::{HashMap, HashSet};

use crate::import::expression;
use crate::import::yaml::{Entry, Node, Value};

/// A variable at the top of a file.
#[derive(Debug)]
pub struct Variable<'a> {
    /// The file.
    pub file: &'a str,
    /// Its name and value.
    pub entry: &'a Entry,
}

/// All variables; of those with the same name the last one counts.
#[derive(Default)]
pub struct Scope<'a> {
    variables: Vec<Variable<'a>>,
    by_name: HashMap<&'a str, &'a Node>,
    named: HashSet<String>,
}

impl<'a> Scope<'a> {
    /// Takes in the variables of a file.
    pub fn add(&mut self, file: &'a str, entries: &'a [Entry]) {
        for entry in entries {
            self.note_names(&entry.node);
            self.by_name.insert(&entry.key, &entry.node);
            self.variables.push(Variable { file, entry });
        }
    }

    /// All of them, in the order of the files.
    #[must_use]
    pub fn variables(&self) -> &[Variable<'a>] {
        &self.variables
    }

    /// Whether the expression of another variable has a word that is this name.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.named.contains(name)
    }

    /// The value of the variable that `node` refers to, where it is nothing but a reference to a list or mapping; else `node`.
    #[must_use]
    pub fn follow<'n>(&'n self, node: &'n Node) -> &'n Node {
        let referred = node.text().and_then(expression::reference).and_then(|name| self.by_name.get(name));
        match referred {
            Some(other) if matches!(other.value, Value::Sequence(_) | Value::Mapping(_)) => other,
            _ => node,
        }
    }

    /// `text` with its expressions replaced.
    ///
    /// # Errors
    /// Why one of them cannot be known here.
    pub fn expand(&self, text: &str) -> Result<String, String> {
        expression::expand(text, &|name| self.by_name.get(name).and_then(|node| node.text()).map(str::to_owned))
    }

    fn note_names(&mut self, node: &Node) {
        match &node.value {
            Value::Scalar(text) if expression::is_template(text) => {
                let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                self.named.extend(words.map(str::to_owned));
            }
            Value::Sequence(nodes) => nodes.iter().for_each(|node| self.note_names(node)),
            Value::Mapping(entries) => entries.iter().for_each(|entry| self.note_names(&entry.node)),
            _ => {}
        }
    }
}
