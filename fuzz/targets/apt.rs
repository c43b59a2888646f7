//! apt's InRelease, before and behind its signature, and Packages.

#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use liege::repository::of_format;
use support::{NOW, SIGNER, settings};

fuzz_target!(|data: &[u8]| {
    let apt = of_format("deb").expect("there is apt");
    let open = |pointer: &[u8]| apt.open(pointer, &|_| Ok(None), &settings(), SIGNER.certificate());
    let _ = open(data);
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(message) = SIGNER.clearsign(text, NOW)
        && let Ok(root) = open(message.as_bytes())
    {
        apt.sources(&root);
        let _ = apt.named(&root, &|_| Ok(None));
    }
    if let Ok(entries) = apt.entries(&[data.to_vec()]) {
        for pair in entries.windows(2) {
            let order = apt.compare(&pair[0].version, &pair[1].version);
            assert_eq!(order, apt.compare(&pair[1].version, &pair[0].version).reverse());
        }
    }
});
