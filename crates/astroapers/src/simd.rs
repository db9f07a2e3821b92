//! Vector instructions: which of them this machine has, and how the kernels are compiled for each.
//!
//! A kernel is written once, over [`Simd`], and compiled for three levels: AVX-512, AVX2 with fused multiply-add, and what
//! every machine of its architecture has (SSE2 on x86, NEON on ARM). The level is chosen once per process; the
//! environment variable `ASTROAPERS_SIMD` (`portable`, `avx2` or `avx512`) asks for one, and gets the best the machine has up
//! to it. Between levels results may differ in the last bits, because of the fused multiply-add; on one level
//! they never depend on anything but the geometry.

use std::sync::LazyLock;

pub(crate) use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask};

#[cfg(target_arch = "x86_64")]
use fearless_simd::{Avx2, Avx512};

/// What every machine of this architecture has.
#[cfg(target_arch = "x86_64")]
pub(crate) type Baseline = fearless_simd::Sse2;
#[cfg(target_arch = "aarch64")]
pub(crate) type Baseline = fearless_simd::Neon;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(crate) type Baseline = fearless_simd::Fallback;

/// A proof that the machine has the instructions of a level.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Portable(Baseline),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

/// The variable that asks for a level.
const VARIABLE: &str = "ASTROAPERS_SIMD";

static LEVEL: LazyLock<Level> = LazyLock::new(|| Level::up_to(std::env::var(VARIABLE).ok().as_deref()));

/// The level that this process runs on.
pub(crate) fn level() -> Level {
    *LEVEL
}

/// The name of the level that this process runs on: `"portable"`, `"avx2"` or `"avx512"`.
///
/// ```
/// assert!(["portable", "avx2", "avx512"].contains(&astroapers::simd_level()));
/// ```
pub fn simd_level() -> &'static str {
    level().name()
}

impl Level {
    /// The best level of this machine that is not above the one asked for; of all, if none is asked for.
    #[cfg(target_arch = "x86_64")]
    fn up_to(wanted: Option<&str>) -> Self {
        let machine = fearless_simd::Level::new();
        let portable = || Self::Portable(machine.as_sse2().expect("every x86-64 has SSE2"));
        let avx2 = || machine.as_avx2().map(Self::Avx2);
        match wanted.map(str::trim) {
            Some("portable") => portable(),
            Some("avx2") => avx2().unwrap_or_else(portable),
            _ => machine.as_avx512().map(Self::Avx512).or_else(avx2).unwrap_or_else(portable),
        }
    }

    #[cfg(target_arch = "aarch64")]
    fn up_to(_wanted: Option<&str>) -> Self {
        Self::Portable(fearless_simd::Level::new().as_neon().expect("every AArch64 has NEON"))
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn up_to(_wanted: Option<&str>) -> Self {
        Self::Portable(fearless_simd::Fallback::new())
    }

    /// How many numbers a vector of this level holds.
    pub(crate) fn lanes(self) -> usize {
        dispatch!(self, simd => lanes(simd))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Portable(_) => "portable",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
        }
    }

    /// Every level that this machine has, the least first.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn all() -> Vec<Self> {
        let mut levels = vec![Self::up_to(Some("portable")), Self::up_to(Some("avx2")), Self::up_to(None)];
        levels.dedup_by_key(|level| level.name());
        levels
    }
}

/// Run an expression compiled for a level, with `$simd` as its token.
///
/// What is to be compiled with the level's instructions has to be inlined into it: functions it calls are marked
/// `#[inline(always)]`.
macro_rules! dispatch {
    ($level:expr, $simd:ident => $body:expr) => {
        match $level {
            $crate::simd::Level::Portable($simd) => $crate::simd::vectorized(
                $simd,
                #[inline(always)]
                || $body,
            ),
            #[cfg(target_arch = "x86_64")]
            $crate::simd::Level::Avx2($simd) => $crate::simd::vectorized(
                $simd,
                #[inline(always)]
                || $body,
            ),
            #[cfg(target_arch = "x86_64")]
            $crate::simd::Level::Avx512($simd) => $crate::simd::vectorized(
                $simd,
                #[inline(always)]
                || $body,
            ),
        }
    };
}
pub(crate) use dispatch;

/// The lanes of a level's vectors.
#[inline(always)]
fn lanes<S: Simd>(_: S) -> usize {
    S::f64s::LEN
}

/// Run a closure with the instructions of a level.
#[inline(always)]
pub(crate) fn vectorized<S: Simd, R>(simd: S, run: impl FnOnce() -> R) -> R {
    simd.vectorize(run)
}
