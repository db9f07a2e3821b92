//! What to make of an aperture's pixels: reducers consume spans and know no geometry.
//!
//! One file per reducer. They share what is in `tile.rs`: the cutting of a span into tiles, the mask of a
//! tile, and the one order in which numbers are added.

mod abreast;
mod cutout;
mod flags;
mod npix;
mod reading;
mod sum;
mod tile;
mod values;
mod weighted_values;
mod weights;

pub(crate) use abreast::{AbreastPixels, Places, Reader, Strips, SumsAbreast};
pub use cutout::CutoutReducer;
pub use npix::NpixReducer;
pub use sum::{Sum, SumReducer};
pub(crate) use values::{PixelCount, ValueSlot};
pub use values::{Values, ValuesReducer};
pub use weighted_values::WeightedValuesReducer;
pub use weights::WeightsReducer;
