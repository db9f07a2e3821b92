//! Any shape anywhere.
#![no_main]

use astroapers::laws::boundary::{Scene, boundary};

libfuzzer_sys::fuzz_target!(|scene: Scene| boundary(&scene));
