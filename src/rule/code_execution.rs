use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::value::Listen;

pub static RULE: Rule = Rule {
    code: "remote-code-execution",
    severity: Severity::Error,
    about: "The uwsgi protocol is not offered on every address of a machine.",
    why: "A uwsgi request may name the file that uWSGI loads to answer it. Whoever reaches the port, from any network, \
          runs code as the application, without a password.",
    wrong: r#"[app.web]
module = "web"
listen = "uwsgi://0.0.0.0:3031""#,
    right: r#"[app.web]
module = "web"
listen = "uwsgi://127.0.0.1:3031""#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let name = target.name;
    let everywhere = |listen: &Listen| matches!(listen, Listen::Uwsgi(address) if address.host.is_unspecified());
    if target.app.allow_remote_code_execution {
        return Vec::new();
    }
    target.app.listen.iter().filter(everywhere).map(|listen| {
        let message = format!(
            "app.{name}.listen: {listen} offers the uwsgi protocol on every address; whoever reaches it can run code as {}",
            target.user()
        );
        RULE.at(target.key("listen"), message).help(
            "listen on one address, such as uwsgi://127.0.0.1:PORT, or on \"unix\"; if the network is closed, say so with \
             allow-remote-code-execution = true",
        )
    }).collect()
}
