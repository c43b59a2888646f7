//! A .deb or .rpm: unpacked, compared, and admitted to a repository.

#![no_main]

#[path = "../support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use liege::family::Family;
use liege::format;
use liege::repository::of_format;
use support::SIGNER;

fuzz_target!(|data: &[u8]| {
    for name in ["debian", "redhat"] {
        let family = Family::named(name).expect("the family exists");
        let format = format::of_family(family).expect("it has a format");
        let _ = format.unpack(data);
        let kind = of_format(format.name()).expect("the format has repositories");
        let _ = kind.contents(data);
        let _ = kind.check_package(data, SIGNER.certificate());
        if let Ok((entry, bytes)) = kind.admit("package", data.to_vec(), &SIGNER) {
            assert_eq!(entry.size, bytes.len() as u64);
        }
    }
});
