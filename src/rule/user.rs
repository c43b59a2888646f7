use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;

pub static RULE: Rule = Rule {
    code: "user",
    severity: Severity::Error,
    about: "No application runs as the web server or as a member of its group.",
    why: "Members of the web server's group may write to every application's socket, and whoever may write to a uwsgi \
          socket can run code as the application behind it: a hole in one application would be a hole in all.",
    wrong: r#"[app.web]
module = "web"
user = "uwsginginx""#,
    right: r#"[app.web]
module = "web"
user = "web""#,
    check: Check::Target(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let name = target.name;
    let web_user = target.family.web_user.name.as_str();
    let web_group = target.header.group.as_str();
    let mut found = Vec::new();
    let mut refuse = |option: &str, value: &str, what: String| {
        found.push(
            RULE.at(target.key(option), format!("app.{name}.{option}: {value} {what}")).help(format!(
                "whoever may write to a uwsgi socket can run code as the application behind it; give {name} a user and group of its own"
            )),
        );
    };
    let (user, group) = (target.user(), target.group());
    if user == web_user {
        refuse("user", &user, "is the web server's user".to_owned());
    }
    if user == web_group {
        refuse("user", &user, "is also the group of the web server".to_owned());
    }
    if target.app.group.is_some() && (group == web_group || group == web_user) {
        refuse("group", &group, "is the web server's group".to_owned());
    }
    if target.app.user.is_none() && crate::value::Entity::new(target.name.as_str()).is_err() {
        found.push(
            RULE.at(target.key("user"), format!("app.{name}: the application's name cannot be the name of its user"))
                .help("name a user: 1 to 31 of a-z, 0-9, _ and -, a letter first"),
        );
    }
    found
}
