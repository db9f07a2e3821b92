//! Photometry of one source: its aperture sum, the sky around it, the error of both, and what to beware of.
//!
//! One concept per file. `sky` collects the pixels of an annulus; `clip` and `select` say which of them are sky, `statistic`
//! and `mmm` what their level is; `noise` and `factors` what error that leaves; `pixels` weighs those of the aperture and finds
//! the bad ones; `neighbours` compares positions. [`batch::Photometry`](crate::batch::Photometry) does it for a catalogue.

mod annulus;
mod clip;
mod factors;
mod flags;
mod list;
mod mmm;
mod neighbours;
mod noise;
mod pixels;
mod rank;
mod select;
mod sky;
mod statistic;
mod summary;
#[cfg(test)]
mod testing;
mod wirth;

pub(crate) use annulus::Runs;
pub use clip::Clip;
pub use flags::Flags;
pub use neighbours::{Reach, neighbours};
pub(crate) use noise::SkyKnowledge;
pub use noise::{Correction, ErrorModel};
pub use pixels::{ErrorKind, Errors, Masked, Measured};
pub(crate) use pixels::{Pixels, PixelsReducer};
pub use select::median;
pub(crate) use sky::Observer;
pub use sky::{SkyEstimator, SkyMeasured};
pub use statistic::Statistic;
