//! Photometry of one source: its aperture sum, the sky around it, the error of both, and what to beware of.
//!
//! One concept per file. `pixels` and `errors` say which pixels are good. `annulus` collects those of the sky; `clip` says which of
//! them stay, with `summary`, `rank` and `select` for mean, median and how many there are, and `wirth` where rounding decides;
//! `statistic` and `mmm` say what their level is, `noise` and `factors` what error that leaves, and `sky` puts it together.
//! `weigh` adds up the pixels of the aperture `piece` by piece, for what is `measured`; `neighbours` compares positions.
//! [`batch::Photometry`](crate::batch::Photometry) does it for a catalogue.

mod annulus;
mod clip;
mod errors;
mod factors;
mod flags;
mod huge;
mod list;
mod measured;
mod mmm;
mod neighbours;
mod noise;
mod piece;
mod pixels;
mod rank;
mod select;
mod sky;
mod statistic;
mod summary;
#[cfg(test)]
mod testing;
mod weigh;
mod wirth;

pub(crate) use annulus::Runs;
pub use clip::Clip;
pub use errors::{ErrorKind, Errors};
pub use flags::Flags;
pub use measured::Measured;
pub use neighbours::{Reach, neighbours};
pub(crate) use neighbours::{neighbours_alike, neighbours_each};
pub(crate) use noise::SkyKnowledge;
#[cfg(any(test, fuzzing))]
pub(crate) use noise::SkyNoise;
pub use noise::{Correction, ErrorModel};
pub use pixels::Masked;
pub(crate) use pixels::{CORE, Pixels};
pub use select::median;
pub(crate) use sky::Observer;
pub use sky::{SkyEstimator, SkyMeasured};
pub use statistic::Statistic;
pub(crate) use weigh::{PixelsReducer, Totals};
