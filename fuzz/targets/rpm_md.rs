//! rpm-md's mirrorlist, repomd.xml behind its signature, and the three indices, which a NUL byte parts.

#![no_main]

#[path = "../support.rs"]
mod support;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use liege::repository::of_format;
use liege::sign::armor_signature;
use support::{NOW, SIGNER, settings};

const POINTER: &[u8] = b"https://packages.example/redhat/states/1-0123456789abcdef/\n";

fuzz_target!(|data: &[u8]| {
    let rpm_md = of_format("rpm").expect("there is rpm-md");
    let read = |path: &str| {
        Ok(Some(if path.ends_with(".asc") { armor_signature(SIGNER.sign(data, NOW)?)? } else { data.to_vec() }))
    };
    let open = |pointer: &[u8]| rpm_md.open(pointer, &read, &settings(), SIGNER.certificate());
    let _ = open(data);
    if let Ok(root) = open(POINTER) {
        rpm_md.sources(&root);
        let _ = rpm_md.named(&root, &read);
    }
    let parts: Vec<Vec<u8>> = data.splitn(3, |byte| *byte == 0).map(stored).collect();
    if let Ok(entries) = rpm_md.entries(&parts) {
        for pair in entries.windows(2) {
            let order = rpm_md.compare(&pair[0].version, &pair[1].version);
            assert_eq!(order, rpm_md.compare(&pair[1].version, &pair[0].version).reverse());
        }
    }
    let _ = rpm_md.entries(&[data.to_vec(), data.to_vec(), data.to_vec()]);
});

/// As an index is written, without the work of compressing it.
fn stored(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(text).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}
