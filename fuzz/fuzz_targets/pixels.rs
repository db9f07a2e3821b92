//! Any image, masks and sources.
#![no_main]

use astroapers::laws::pixels::{Request, pixels};

libfuzzer_sys::fuzz_target!(|case: Request| pixels(&case));
