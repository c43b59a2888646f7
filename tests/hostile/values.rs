//! What a spec's author, or who deceives one, may write.

use proptest::prelude::*;

/// Pieces that mean something to a reader of some file, or look like what they are not.
pub const HOSTILE: [&str; 62] = [
    "",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\u{0}",
    "\t",
    "\u{b}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{ad}",
    "\u{61c}",
    "\u{200b}",
    "\u{200d}",
    "\u{2028}",
    "\u{202e}",
    "\u{2066}",
    "\u{206a}",
    "\u{feff}",
    "\u{fff9}",
    "\u{e0041}",
    "\u{430}\u{440}\u{456}",
    "%",
    "%%",
    "%d",
    "%(canary)",
    "%%(x)",
    "$(canary)",
    "$$(canary)",
    "${IFS}",
    "$HOME",
    "`canary`",
    "@(exec://canary)",
    "@(/etc/shadow)",
    ";",
    "; canary",
    "& canary",
    "| canary",
    "'; canary; '",
    "\"; canary; \"",
    "'",
    "\"",
    "\\",
    "\\x41",
    "\\\n",
    "-rf",
    "--",
    "../",
    "/../etc",
    "//",
    "#",
    "# canary",
    "[uwsgi]",
    "[Service]",
    "Depends: canary",
    "exec-asap = canary",
    "ExecStart=canary",
    "{{ site }}",
    "*",
    "{}",
];

/// Texts of several such pieces and harmless ones.
pub fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
        2 => "[a-z/.:A-Z0-9]{1,6}",
        1 => Just("x".repeat(900)),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

/// A piece alone, and within harmless text.
pub fn around(piece: &str) -> [String; 2] {
    [piece.to_owned(), format!("x{piece}y")]
}
