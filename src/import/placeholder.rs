//! uWSGI's placeholders: what it puts in for `%n` and `%(name)` while it reads a file (tried with 2.0.21).

use std::collections::HashMap;
use std::path::Path;

/// Stands for the number of cores of the machine, which only uWSGI knows when it starts: its `%k`.
pub const CORES: char = '\u{f8ff}';

/// How many placeholders one value may name, those named by its placeholders included.
const MOST: usize = 100;
/// How long a value may become by what is put into it.
const LONGEST: usize = 16_384;

/// What the placeholders of one file stand for.
pub struct Placeholders<'a> {
    /// The file, where it is known.
    pub path: Option<&'a Path>,
    /// Its keys with their values, as written.
    pub keys: HashMap<&'a str, &'a str>,
}

impl Placeholders<'_> {
    /// The value of `key` with all placeholders replaced; a log format keeps what stands for parts of a log line.
    ///
    /// # Errors
    /// Which of them cannot be known here.
    pub fn resolve(&self, key: &str, value: &str) -> Result<String, String> {
        self.expand(&self.magic(value)?, key, &mut 0)
    }

    /// The first pass: uWSGI replaces these in the text of the file.
    fn magic(&self, value: &str) -> Result<String, String> {
        let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let unknown = |sign: char| format!("what %{sign} stands for is known only to the uWSGI that reads it");
        let path = |sign: char| self.path.ok_or_else(|| unknown(sign));
        let folder = |sign: char| path(sign).map(|path| path.parent().unwrap_or(Path::new("/")));
        let mut result = String::new();
        let mut characters = value.chars();
        while let Some(character) = characters.next() {
            if character != '%' {
                result.push(character);
                continue;
            }
            match characters.next() {
                Some('%') | None => result.push('%'),
                Some('(') => result.push_str("%("),
                Some('k') => result.push(CORES),
                Some(sign @ ('n' | 'N')) => result += &part(path(sign)?.file_stem()),
                Some(sign @ ('s' | 'S')) => result += &part(path(sign)?.file_name()),
                Some(sign @ ('e' | 'E')) => result += &part(path(sign)?.extension()),
                Some(sign @ ('c' | 'C')) => result += &part(folder(sign)?.file_name()),
                Some(sign @ ('d' | 'D')) => result += &format!("{}/", folder(sign)?.display()),
                Some(sign @ ('p' | 'P')) => result += &path(sign)?.display().to_string(),
                Some(sign) => return Err(unknown(sign)),
            }
        }
        Ok(result)
    }

    /// The second pass: `%(name)` is the first value of the key called so, and arithmetic.
    fn expand(&self, value: &str, key: &str, named: &mut usize) -> Result<String, String> {
        if let Some(outside) = ["$(", "@("].iter().find(|outside| value.contains(**outside)) {
            let whence = if *outside == "$(" { "the environment" } else { "another place" };
            return Err(format!("{outside}…) takes the value from {whence} when uWSGI starts"));
        }
        let mut result = String::new();
        let mut rest = value;
        while let Some((before, from)) = rest.split_once("%(") {
            let Some((name, after)) = from.split_once(')') else { return Err("a ) is missing".to_owned()) };
            result += before;
            let own = self.keys.get(name);
            if let Some(value) = own {
                *named += 1;
                if *named > MOST {
                    return Err(format!("%({name}) leads back to itself"));
                }
                result += &self.expand(&self.magic(value)?, name, named)?;
                if result.len() > LONGEST {
                    return Err("it becomes too long".to_owned());
                }
            } else if crate::uwsgi::is_log_format(key) || name.starts_with(CORES) {
                result += &format!("%({name})");
            } else {
                return Err(format!("%({name}) stands for nothing in this file"));
            }
            rest = after;
        }
        Ok(result + rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(key: &str, value: &str) -> Result<String, String> {
        let long = "x".repeat(1000);
        let keys =
            HashMap::from([("base", "/srv/%n"), ("media", "%(base)/media"), ("loop", "%(loop)"), ("long", &*long)]);
        Placeholders { path: Some(Path::new("/etc/uwsgi/vassals/shop.ini")), keys }.resolve(key, value)
    }

    #[test]
    fn placeholders_become_what_uwsgi_makes_of_them() {
        assert_eq!(resolve("chdir", "/srv/%n").unwrap(), "/srv/shop");
        assert_eq!(resolve("chdir", "%d%s %c %e").unwrap(), "/etc/uwsgi/vassals/shop.ini vassals ini");
        assert_eq!(resolve("procname", "100%%").unwrap(), "100%");
        assert_eq!(resolve("check-static", "%(media)/x").unwrap(), "/srv/shop/media/x");
        assert_eq!(resolve("processes", "%(%k * 2)").unwrap(), format!("%({CORES} * 2)"));
        assert_eq!(resolve("log-format", "%(uri) %(base)").unwrap(), "%(uri) /srv/shop");
    }

    #[test]
    fn what_cannot_be_known_is_said() {
        for (value, reason) in [
            ("$(HOME)", "environment"),
            ("@(exec://id)", "another place"),
            ("%h", "%h"),
            ("%(nothing)", "nothing in this file"),
            ("%(loop)", "leads back to itself"),
            ("%(open", ") is missing"),
            (&"%(long)".repeat(20), "too long"),
        ] {
            assert!(resolve("chdir", value).unwrap_err().contains(reason), "{value}");
        }
    }
}
