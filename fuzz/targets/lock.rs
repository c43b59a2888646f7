//! A lock: what is read of it is written and read again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use liege::lock::Lock;

fuzz_target!(|text: &str| {
    if let Ok(lock) = Lock::parse(text) {
        let written = lock.text().expect("a lock can be written");
        assert_eq!(Lock::parse(&written).expect("what was written can be read"), lock);
    }
});
