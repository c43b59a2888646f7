//! uWSGI itself reads inis, and says which options it found.

use rayon::prelude::*;

use crate::readers::{Reader, files};
use crate::support::{both, tool};

pub const UWSGI: Reader =
    Reader { name: "uWSGI", texts: |package| files(package, |path| path.ends_with(".ini")), read };

/// uWSGI loads a plugin as soon as it reads its name, and no plugin twice; and it opens the certificate of a socket.
fn without_deeds(text: &str) -> String {
    text.replace("\nneed-plugin = python3\n", "\n").replace("\nhttps-socket = ", "\nhttp-socket = ")
}

/// So many inis are read at once; of many more uWSGI shows only the first.
const AT_ONCE: usize = 8;

fn read(texts: &[&str]) -> Vec<Vec<String>> {
    texts.par_chunks(AT_ONCE).flat_map(read_some).collect()
}

fn read_some(texts: &[&str]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tool("uwsgi-core");
    command.args(["--plugin", "python3"]);
    for (number, text) in texts.iter().enumerate() {
        let path = folder.path().join(format!("{number}.ini"));
        std::fs::write(&path, without_deeds(text)).unwrap();
        command.arg("--ini").arg(path);
    }
    // It shows what it read and then ends, for the user that it should become does not exist.
    let output = command.args(["--uid", "no-such-user", "--show-config", "--no-server"]).output().unwrap();
    let said = both(&output);
    let config = said.split_once("[uwsgi]\n").and_then(|(_, rest)| rest.split_once("\n;end of configuration"));
    let (config, _) = config.unwrap_or_else(|| panic!("{}", &said[said.len().saturating_sub(2000)..]));
    // Each file is shown before what is in it; no value knows its name.
    let begin = format!("ini = {}/", folder.path().display());
    let mut files: Vec<Vec<String>> = Vec::new();
    for line in config.lines() {
        if line.starts_with(&begin) {
            files.push(Vec::new());
        } else if let Some(file) = files.last_mut() {
            // What is mounted on / may be either.
            let line = line.replace("wsgi-file = ", "module = ");
            file.push(format!("{} {line}", file.len()));
        }
    }
    // What stands on the command line behind the files is shown behind the last of them.
    let own = ["uid = no-such-user", "show-config = true", "no-server = true"];
    if let Some(last) = files.last_mut() {
        last.retain(|line| !own.iter().any(|own| line.ends_with(own)));
    }
    files
}
