//! Template texts: built in, each replaceable by a namesake from `--templates DIR`.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use include_dir::{Dir, include_dir};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tera::{Context, Kwargs, State, Tera};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// All templates, ready to be rendered.
pub struct Templates {
    tera: Tera,
    digest: String,
}

/// The values that one package's templates see.
pub struct Values(Context);

impl Values {
    /// Makes every field of `view` a variable.
    ///
    /// # Errors
    /// A value that no template could hold; a bug of the view.
    pub fn new(view: &impl Serialize) -> Result<Self> {
        Ok(Self(Context::from_serialize(view)?))
    }
}

impl Templates {
    /// The built-in templates with the files below `replacements` in the place of their namesakes.
    ///
    /// # Errors
    /// A file that replaces nothing or cannot be read; a template that cannot be parsed, with its line.
    pub fn load(replacements: Option<&Path>) -> Result<Self> {
        let mut texts = built_in();
        if let Some(folder) = replacements {
            for (name, text) in files_below(folder, folder)? {
                match texts.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, built_in)) => *built_in = text,
                    None => bail!(
                        "{}: replaces nothing; there is no template {name} (known: {})",
                        folder.join(&name).display(),
                        built_in().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ")
                    ),
                }
            }
        }
        let mut tera = Tera::default();
        // uWSGI and systemd substitute what follows a %; doubled, it stands for itself.
        for syntax in ["ini", "unit"] {
            tera.register_filter(syntax, |text: &str, _: Kwargs, _: &State| text.replace('%', "%%"));
        }
        let digest = digest_of(&texts);
        tera.add_raw_templates(texts).map_err(|error| anyhow::anyhow!("a template cannot be parsed:\n{error}"))?;
        Ok(Self { tera, digest })
    }

    /// Of all texts: equal digests render the same.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether there is a template called `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// Renders the template called `name`.
    ///
    /// # Errors
    /// A variable the template uses and the values do not have, with its line.
    pub fn render(&self, name: &str, values: &Values) -> Result<String> {
        self.tera
            .render(name, &values.0)
            .map_err(|error| anyhow::anyhow!("template {name} cannot be rendered:\n{error}"))
    }
}

fn digest_of(texts: &[(String, String)]) -> String {
    let mut digest = Sha256::new();
    for part in texts.iter().flat_map(|(name, text)| [name, text]) {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    hex::encode(digest.finalize())
}

fn built_in() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let mut folders = vec![&BUILT_IN];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        texts.extend(folder.files().map(|file| {
            (file.path().to_string_lossy().into_owned(), file.contents_utf8().unwrap_or_default().to_owned())
        }));
    }
    texts.sort_unstable();
    texts
}

fn files_below(folder: &Path, root: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("cannot read the templates in {}", folder.display()))?
    {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        let path = entry.path();
        // A link is not followed: it may lead to any file of the machine that builds.
        let kind = entry.file_type().with_context(|| format!("cannot look at {}", path.display()))?;
        if kind.is_dir() {
            files.extend(files_below(&path, root)?);
        } else if kind.is_file() {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read the template {}", path.display()))?;
            files.push((name, text));
        } else {
            bail!("{}: a template is a plain file, not a link or device", path.display());
        }
    }
    Ok(files)
}
