//! Ansible's `{{ … }}`, as far as it can be known without Ansible: other variables, `default`, a product with the number of
//! cores, texts and numbers put together.

use std::cell::Cell;

use super::placeholder::CORES;

/// How often a variable may lead to another, or a bracket stand in another.
const DEEPEST: usize = 20;
/// How many variables one text may name, those named by its variables included.
const MOST: usize = 500;
/// How long a text may become.
const LONGEST: usize = 16_384;
/// What is said of a longer one.
const TOO_LONG: &str = "it becomes too long";

/// What is looked up: the text of a variable, as written.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variables, and how many may still be looked up.
#[derive(Clone, Copy)]
struct Variables<'a> {
    lookup: Lookup<'a>,
    left: &'a Cell<usize>,
}

/// A value that an expression has.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Text(String),
    /// So many for each core of the machine.
    Cores(i64),
    /// A variable that none of the files sets.
    Unknown(String),
}

/// Whether `text` holds an expression or a statement; `{%(` is how log formats of uWSGI look.
#[must_use]
pub fn is_template(text: &str) -> bool {
    ["{{", "{% ", "{%-"].iter().any(|opening| text.contains(opening))
}

/// The name of the variable, if `text` is nothing but a reference to one.
#[must_use]
pub fn reference(text: &str) -> Option<&str> {
    let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some(name)
}

/// `text` with every expression in it replaced by its value; so many per core become uWSGI's `%(%k * N)`.
///
/// # Errors
/// Why a value cannot be known here.
pub fn expand(text: &str, lookup: Lookup<'_>) -> Result<String, String> {
    let left = Cell::new(MOST);
    match template(text, Variables { lookup, left: &left }, DEEPEST)? {
        Term::Text(text) => Ok(text),
        Term::Cores(1) => Ok(CORES.to_string()),
        Term::Cores(number) => Ok(format!("%({CORES} * {number})")),
        Term::Unknown(name) => Err(unknown(&name)),
    }
}

fn unknown(name: &str) -> String {
    format!("{name} is set in none of these files")
}

fn template(text: &str, variables: Variables<'_>, depth: usize) -> Result<Term, String> {
    if text.contains("{%") {
        return Err("{% … is a program that only Ansible runs".to_owned());
    }
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("{{") {
        let (inner, after) = from.split_once("}}").ok_or("a }} is missing")?;
        let mut expression = Expression { rest: inner, variables, depth };
        let term = expression.whole()?;
        if before.is_empty() && after.is_empty() && result.is_empty() {
            return Ok(term);
        }
        result += before;
        result += &in_text(term)?;
        if result.len() > LONGEST {
            return Err(TOO_LONG.to_owned());
        }
        rest = after;
    }
    Ok(Term::Text(result + rest))
}

fn in_text(term: Term) -> Result<String, String> {
    match term {
        Term::Text(text) => Ok(text),
        Term::Cores(_) => Err("the number of cores is known only on the machine".to_owned()),
        Term::Unknown(name) => Err(unknown(&name)),
    }
}

/// One expression that is being read, from left to right.
struct Expression<'a> {
    rest: &'a str,
    variables: Variables<'a>,
    depth: usize,
}

impl<'a> Expression<'a> {
    fn whole(&mut self) -> Result<Term, String> {
        let term = self.joined()?;
        match self.rest.trim() {
            "" => Ok(term),
            rest => Err(format!("what begins with {} is beyond an import", super::setting::shown(rest))),
        }
    }

    /// Texts joined by `~`, or by `+` as Jinja joins texts.
    fn joined(&mut self) -> Result<Term, String> {
        let mut left = self.product()?;
        loop {
            let is_sum = self.takes('+');
            if !is_sum && !self.takes('~') {
                return Ok(left);
            }
            let (before, after) = (in_text(left)?, in_text(self.product()?)?);
            if before.len() + after.len() > LONGEST {
                return Err(TOO_LONG.to_owned());
            }
            let numbers = before.parse::<i64>().ok().zip(after.parse::<i64>().ok());
            left = Term::Text(match numbers.filter(|_| is_sum) {
                Some((a, b)) => a.checked_add(b).ok_or("the sum is too large")?.to_string(),
                None => before + &after,
            });
        }
    }

    fn product(&mut self) -> Result<Term, String> {
        let mut left = self.filtered()?;
        while self.takes('*') {
            let right = self.filtered()?;
            let number = |term: &Term| match term {
                Term::Text(text) => text.parse::<i64>().ok(),
                _ => None,
            };
            let product = match (&left, &right) {
                (Term::Unknown(name), _) | (_, Term::Unknown(name)) => return Err(unknown(name)),
                (Term::Cores(cores), by) | (by, Term::Cores(cores)) => {
                    number(by).and_then(|by| cores.checked_mul(by)).map(Term::Cores)
                }
                (a, b) => number(a)
                    .zip(number(b))
                    .and_then(|(a, b)| a.checked_mul(b))
                    .map(|product| Term::Text(product.to_string())),
            };
            left = product.ok_or("only whole numbers can be multiplied")?;
        }
        Ok(left)
    }

    fn filtered(&mut self) -> Result<Term, String> {
        let mut term = self.primary()?;
        while self.takes('|') {
            let name = self.word();
            term = match name {
                "default" | "d" => {
                    let fallback = self.argument()?;
                    if matches!(term, Term::Unknown(_)) { fallback } else { term }
                }
                "int" | "string" | "bool" => term,
                "lower" => Term::Text(in_text(term)?.to_lowercase()),
                "upper" => Term::Text(in_text(term)?.to_uppercase()),
                "trim" => Term::Text(in_text(term)?.trim().to_owned()),
                "" => return Err("a filter is missing after |".to_owned()),
                other => return Err(format!("the filter {other} is beyond an import")),
            };
        }
        Ok(term)
    }

    /// The first argument of a filter; a second one, as in `default(x, true)`, changes nothing for values that are set.
    fn argument(&mut self) -> Result<Term, String> {
        if !self.takes('(') {
            return Err("default wants a value in ( )".to_owned());
        }
        let term = self.nested(Self::joined)?;
        if self.takes(',') {
            self.word();
        }
        if self.takes(')') { Ok(term) } else { Err("a ) is missing".to_owned()) }
    }

    /// Reads what stands in brackets; each level of them takes some of the stack.
    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Term, String>) -> Result<Term, String> {
        let depth = self.depth;
        self.depth = depth.checked_sub(1).ok_or("its brackets are nested too deeply")?;
        let term = read(self);
        self.depth = depth;
        term
    }

    fn primary(&mut self) -> Result<Term, String> {
        if self.takes('(') {
            let term = self.nested(Self::joined)?;
            return if self.takes(')') { Ok(term) } else { Err("a ) is missing".to_owned()) };
        }
        for quote in ['\'', '"'] {
            if self.takes(quote) {
                let (text, rest) = self.rest.split_once(quote).ok_or("a quote is missing")?;
                self.rest = rest;
                return Ok(Term::Text(text.to_owned()));
            }
        }
        let word = self.word();
        if word.is_empty() {
            return Err(format!("what begins with {} is beyond an import", super::setting::shown(self.rest)));
        }
        if word.parse::<i64>().is_ok() || matches!(word, "true" | "false" | "True" | "False") {
            return Ok(Term::Text(word.to_owned()));
        }
        if !self.takes('[') {
            return self.variable(word);
        }
        let key = in_text(self.nested(Self::primary)?)?;
        if self.takes(']') { self.variable(&format!("{word}.{key}")) } else { Err("a ] is missing".to_owned()) }
    }

    fn variable(&mut self, name: &str) -> Result<Term, String> {
        let fact = name.strip_prefix("ansible_facts.").or_else(|| name.strip_prefix("ansible_")).unwrap_or_default();
        let left = self.variables.left;
        left.set(left.get().checked_sub(1).ok_or("it names too many variables")?);
        match (self.variables.lookup)(name) {
            Some(text) => match self.depth.checked_sub(1) {
                Some(depth) => template(&text, self.variables, depth),
                None => Err(format!("{name} leads back to itself")),
            },
            None if matches!(fact, "processor_vcpus" | "processor_nproc") => Ok(Term::Cores(1)),
            None => Ok(Term::Unknown(name.to_owned())),
        }
    }

    /// A name with its dots, or a number.
    fn word(&mut self) -> &'a str {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        word
    }

    fn takes(&mut self, sign: char) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<String> {
        let known = [
            ("dir", "/opt"),
            ("app", "{{ dir }}/app"),
            ("n", "3"),
            ("loop", "{{ loop }}"),
            ("many", "{{ twice }}{{ twice }}"),
            ("twice", "{{ many }}{{ many }}"),
        ];
        known.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn what_can_be_known_is_put_in() {
        for (text, value) in [
            ("plain", "plain"),
            ("{{ app }}/venv", "/opt/app/venv"),
            ("{{app|default('/x')}}", "/opt/app"),
            ("{{ deploy | default('/opt/wsgi') }}/env", "/opt/wsgi/env"),
            ("{{ deploy | default(app, true) }}", "/opt/app"),
            ("{{ dir ~ '/' ~ n }}", "/opt/3"),
            ("{{ dir + '/x' }}", "/opt/x"),
            ("{{ n + 1 }}", "4"),
            ("{{ (n | int) * 2 }}", "6"),
            ("{{ 'A' | lower }}", "a"),
        ] {
            assert_eq!(expand(text, &lookup).as_deref(), Ok(value), "{text}");
        }
    }

    #[test]
    fn so_many_per_core_is_left_to_uwsgi() {
        let twice = format!("%({CORES} * 2)");
        for text in ["{{ ansible_processor_vcpus * 2 }}", "{{ 2 * ansible_facts['processor_nproc'] | int }}"] {
            assert_eq!(expand(text, &lookup).unwrap(), twice, "{text}");
        }
        assert_eq!(expand("{{ ansible_processor_vcpus }}", &lookup).unwrap(), CORES.to_string());
        assert!(expand("{{ ansible_processor_vcpus * 2 + 1 }}", &lookup).is_err());
    }

    #[test]
    fn what_is_too_deep_or_too_long_is_refused() {
        for (text, reason) in [
            (format!("{{{{ {} }}}}", "(".repeat(100_000)), "nested too deeply"),
            (format!("{{{{ {} }}}}", "a[".repeat(100_000)), "nested too deeply"),
            (format!("{{{{ {} }}}}", "x|d(".repeat(100_000)), "nested too deeply"),
            (format!("{{{{ '{0}' ~ '{0}' }}}}", "x".repeat(10_000)), "too long"),
            (format!("{0}{{{{ dir }}}}", "x".repeat(20_000)), "too long"),
        ] {
            assert!(expand(&text, &lookup).unwrap_err().contains(reason), "{}", &text[..20]);
        }
    }

    #[test]
    fn what_cannot_be_known_is_said() {
        for (text, reason) in [
            ("{{ user | default(ansible_user) }}", "ansible_user is set in none"),
            ("{{ loop }}", "leads back to itself"),
            ("{{ many }}", "leads back to itself"),
            ("{{ n | b64decode }}", "b64decode"),
            ("{{ lookup('env', 'X') }}", "beyond an import"),
            ("{{ x if y else z }}", "beyond an import"),
            ("{% if x %}1{% endif %}", "only Ansible"),
            ("{{ n", "}} is missing"),
            ("{{ }}", "beyond an import"),
        ] {
            let said = expand(text, &lookup).unwrap_err();
            assert!(said.contains(reason), "{text}: {said}");
        }
    }
}
