//! Has cargo build again when a file comes or goes in a folder that is built in.

fn main() {
    for folder in ["templates", "specs/families"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
