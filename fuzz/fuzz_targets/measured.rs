//! Photometry of anything.
#![no_main]

use astroapers::laws::measured::{Observation, measured};

libfuzzer_sys::fuzz_target!(|case: Observation| measured(&case));
