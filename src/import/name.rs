//! Names for applications and users, where those of the input do not fit.

use crate::value::{AppName, Entity};

/// Names that say nothing of what an application is for, or belong to the site's own packages.
const POOR: [&str; 7] = ["uwsgi", "emperor", "selinux", "wsgi", "config", "settings", "app"];

/// The first of `candidates` that can be made the name of an application and is not in `taken`, else one with a number.
#[must_use]
pub fn application(candidates: &[&str], taken: &[&str]) -> Option<AppName> {
    let fitting: Vec<String> = candidates.iter().map(|text| convert(text)).filter(|name| !name.is_empty()).collect();
    let best = fitting.iter().find(|name| !POOR.contains(&name.as_str())).or(fitting.first())?;
    let base =
        if matches!(best.as_str(), "uwsgi" | "emperor" | "selinux") { format!("{best}-app") } else { best.clone() };
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    let name = std::iter::once(base.clone()).chain(numbered).find(|name| !taken.contains(&name.as_str()))?;
    AppName::new(name).ok()
}

/// `text` in the letters of an application's name; empty when none of its own fit.
fn convert(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    name.get(..name.len().min(40)).unwrap_or_default().trim_end_matches('-').to_owned()
}

/// A user for an application that names none and whose own name cannot be one.
#[must_use]
pub fn user(application: &str) -> Option<Entity> {
    if Entity::new(application).is_ok() {
        return None;
    }
    let name = format!("app-{application}");
    Entity::new(name.get(..name.len().min(31)).unwrap_or_default().trim_end_matches('-')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(candidates: &[&str], taken: &[&str]) -> Option<String> {
        application(candidates, taken).map(|name| name.to_string())
    }

    #[test]
    fn a_name_is_made_to_fit() {
        assert_eq!(named(&["My_Shop.v2"], &[]).as_deref(), Some("my-shop-v2"));
        assert_eq!(named(&["$(id)\nx"], &[]).as_deref(), Some("id-x"));
        assert_eq!(named(&["uwsgi", "blog"], &[]).as_deref(), Some("blog"));
        assert_eq!(named(&["uwsgi"], &[]).as_deref(), Some("uwsgi-app"));
        assert_eq!(named(&["shop"], &["shop", "shop-2"]).as_deref(), Some("shop-3"));
        assert_eq!(named(&["приложение"], &[]), None);
        assert_eq!(named(&[&"a-".repeat(60)], &[]).map(|name| name.len()), Some(39));
    }

    #[test]
    fn a_user_is_made_where_the_name_cannot_be_one() {
        assert_eq!(user("shop"), None);
        assert_eq!(user("2fa").map(|user| user.to_string()).as_deref(), Some("app-2fa"));
        assert_eq!(user(&"a".repeat(40)).map(|user| user.as_str().len()), Some(31));
    }
}
