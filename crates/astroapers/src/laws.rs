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

#[cfg(test)]
mod tests {
    use arbitrary::{Arbitrary, Unstructured};

    /// Bytes of a case; one that wants more gets zeros.
    const BYTES: usize = 2048;

    /// Put this many cases to a law.
    fn cases<T: for<'a> Arbitrary<'a> + std::fmt::Debug>(seed: u64, number: u64, law: impl Fn(&T)) {
        for case in 0..number {
            let bytes = bytes(seed.wrapping_mul(number).wrapping_add(case));
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
