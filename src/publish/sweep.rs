//! Removes files that the present root no longer names. It is done before the next root is there: what this one names stays
//! until then for those who are still reading it.

use std::collections::BTreeSet;

use anyhow::Result;

use super::merge::GRACE;
use super::{Policy, Repository, State};

/// Removes what the present state does not name, unless it is so young that another publisher may be about to name it.
/// Packages are looked through only when old versions are pruned.
pub fn sweep(repository: &Repository<'_>, state: &State, policy: &Policy<'_>) -> Result<()> {
    let Some(root) = &state.root else { return Ok(()) };
    let [indices, packages] = repository.kind.stores(&repository.settings);
    let named = repository.kind.named(root, &repository.reader())?;
    remove(repository, &indices, &named.iter().map(|path| repository.path(path)).collect(), policy)?;
    if policy.keep.is_some() {
        let named = state.entries.iter().map(|entry| repository.path(&entry.path)).collect();
        remove(repository, &packages, &named, policy)?;
    }
    Ok(())
}

fn remove(
    repository: &Repository<'_>,
    directories: &[String],
    named: &BTreeSet<String>,
    policy: &Policy<'_>,
) -> Result<()> {
    for directory in directories {
        let found = repository.store.list(&repository.path(directory))?;
        let stale = found.into_iter().filter(|file| !named.contains(&file.path) && file.modified < policy.now - GRACE);
        repository.store.remove(&stale.map(|file| file.path).collect::<Vec<_>>())?;
    }
    Ok(())
}
