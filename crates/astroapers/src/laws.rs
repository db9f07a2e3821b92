//! Laws that no input may break, whatever it is.
//!
//! A law takes a case that was drawn from bytes and panics if the case breaks it. The same functions are driven in two ways: by the
//! fuzzers of the folder `fuzz`, whose bytes look for code that no case has reached yet, and by the tests below, from the bytes of a
//! generator, a bounded number on every change. So a law is written once, and what a fuzzer finds is a line of a test.
//!
//! - [`boundary`]: weights and selected centres of any shape anywhere.
//! - [`pixels`]: sums, counts, values and cutouts of images of any type, layout and mask.
//! - [`measured`]: photometry of any pixels with any options.
//!
//! `draw` makes the cases, `region` says by textbook formulae what lies inside of a shape, `levels` compares rasterisers,
//! `stored` lays images out in memory, `naive` has the statistics of the sky by their definitions.

pub mod boundary;
pub(crate) mod draw;
pub(crate) mod levels;
pub mod measured;
mod naive;
pub mod pixels;
mod region;
mod stored;

pub use boundary::boundary;
pub use measured::measured;
pub use pixels::pixels;

/// Of so many random cases of a test those that there is time for: one in `ASTROAPERS_ONE_CASE_IN`, where every instruction is emulated.
#[cfg(test)]
pub(crate) fn some_of(cases: u32) -> u32 {
    let one_in = std::env::var("ASTROAPERS_ONE_CASE_IN").ok().and_then(|text| text.parse().ok());
    cases.div_ceil(one_in.unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::some_of;
    use arbitrary::{Arbitrary, Unstructured};

    /// Bytes of a case; one that wants more gets zeros.
    const BYTES: usize = 2048;

    /// Put this many cases to a law.
    fn cases<T: for<'a> Arbitrary<'a> + std::fmt::Debug>(seed: u64, number: u32, law: impl Fn(&T)) {
        for case in 0..some_of(number) {
            let bytes = bytes(seed.wrapping_mul(number.into()).wrapping_add(case.into()));
            let Ok(case) = T::arbitrary(&mut Unstructured::new(&bytes)) else { continue };
            let obeyed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| law(&case)));
            assert!(obeyed.is_ok(), "a law is broken by {case:#?}");
        }
    }

    /// `SplitMix64` (Steele, Lea & Flood 2014, OOPSLA 49, 453).
    fn bytes(seed: u64) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0xD134_2543_DE82_EF95);
        let mut word = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        (0..BYTES / 8).flat_map(|_| word().to_le_bytes()).collect()
    }

    /// Cases that broke a law once.
    #[test]
    fn what_was_found_obeys() {
        const HALF_RIGHT: f64 = std::f64::consts::FRAC_PI_4;
        const RIGHT: f64 = std::f64::consts::FRAC_PI_2;
        const THIN: f64 = 12.499_999_999_999_99;
        for (name, row, at) in [
            // Nearly round and turned by half a right angle: the kernel took it for a circle.
            (
                "ellip_ann",
                &[7.830_743_55, 7.830_743_36, 8.996_716_53, 8.996_716_32, HALF_RIGHT, HALF_RIGHT][..],
                (-2.01, 0.3),
            ),
            // Needles: of a thinness beyond the digits of their coordinates weights were NaN, or any number.
            ("ellip", &[3.7, 1e-30, 0.4], (0.3, 0.2)),
            ("ellip", &[3.37e-54, 11.8, -6.25], (-2.36, 1e-300)),
            ("pill", &[9.5, 1e-60, 9.5, -4.36], (-2.69, -0.6)),
            // Needles that cross: a panic, and an area below 0.
            (
                "rect_ann",
                &[1.144_697_6e-40, 11.019_741, 1.144_697_7e-40, 11.019_742, 0.0, -2.568e68],
                (-5.5, 1e-17),
            ),
            (
                "rect_ann",
                &[0.616, 3.23e-52, 2.238, 1.17e-51, 0.0, -1.570_796_326_794_895_2],
                (2.5, -9.07e-31),
            ),
            // Caps of no height that cross: parts of the annulus were lost.
            ("pill_ann", &[16.164, 4.99e-16, 8.957, 16.164, 5e-16, 9.0, 0.0, 0.0563], (4.65, 5.0)),
            ("pill_ann", &[4.72, 1.7e-28, 8.0, 8.0, 1.7e-28, 8.0, 3.05, 0.0], (1e-60, 2.66)),
            // Angles that are none but for rounding: half of an annulus was missing, or its weights were NaN.
            (
                "pill_ann",
                &[5.143_921_567_505_458, 15.827, 1.000_001_278, 6.5, 15.827, 1.000_001_278, 0.0, 3.785e-270],
                (-10.0, -10.0),
            ),
            (
                "rect_ann",
                &[0.960_741_424_560_547, 0.025_282_669_067_382_815, 19.0, 0.5, 9.57e-315, 9.57e-315],
                (-10.0, -10.0),
            ),
            (
                "rect_ann",
                &[5.0, 0.294_379_437_143_778_6, 5.0, 5.885_882_351_605_687, -6.14e-92, 9.865e-320],
                (-10.0, -10.0),
            ),
            // A ring that is a few roundings wide, along a line between pixels.
            ("pill_ann", &[THIN, THIN, THIN, 12.5, 12.5, 12.5, RIGHT, RIGHT], (1e-17, 2.999_908_447_265_625)),
        ] {
            super::boundary(&super::boundary::Scene::of(name, row, at));
        }
    }

    #[test]
    fn every_boundary_obeys() {
        cases(1, 2000, super::boundary);
    }

    #[test]
    fn all_images_obey() {
        cases(2, 1000, super::pixels);
    }

    #[test]
    fn all_photometry_obeys() {
        cases(3, 2000, super::measured);
    }
}
