//! Sources of one shape that are measured together, as many as a vector has lanes.
//!
//! Only those that lie wholly inside the frame and have no pixel that is not finite: what cuts or spoils one of them is looked at one
//! by one. A source has the same bits either way.

use super::measure::{COMPANY, Company};
use super::{Batch, Shapes};
use crate::aperture::{Method, Scratch};
use crate::convex::{Convex, MOST};
use crate::image::Image;
use crate::place::Place;
use crate::reduce::{Places, Reader, Sum};
use crate::simd::{dispatch, level};
use crate::window::Window;

/// Measures sources of one shape on an image.
pub(super) struct Abreast<'b> {
    shape: &'b Convex,
    area: f64,
    reader: Reader<'b>,
    /// The pixels that may hold a position.
    inside: Window,
}

/// Fewer are measured one by one.
const FEWEST: usize = 2;

impl<'b> Abreast<'b> {
    /// `None` if sources have to be measured one by one.
    pub(super) fn new(batch: &'b Batch<'_>, image: &'b Image<'_>) -> Option<Self> {
        let Shapes::Shared(aperture) = &batch.shapes else { return None };
        if batch.method != Method::Exact || batch.x.len() < FEWEST {
            return None;
        }
        let reader = Reader::new(image)?;
        let shape = aperture.convex()?;
        let (columns, rows) = shape.reach_abreast()?;
        let (ny, nx) = image.shape();
        let inside = Window {
            x0: -columns.start,
            x1: (nx as i64).saturating_sub(columns.end - 1),
            y0: -rows.start,
            y1: (ny as i64).saturating_sub(rows.end - 1),
        };
        Some(Self { shape, area: aperture.area(), reader, inside })
    }

    /// Where a source is, if its pixels are all there.
    #[inline]
    fn place(&self, batch: &Batch<'_>, i: usize) -> Option<Place> {
        let place = Place::new(batch.x[i], batch.y[i]);
        let Window { x0, x1, y0, y1 } = self.inside;
        let is_inside =
            (x0..x1).contains(&place.column) && (y0..y1).contains(&place.row) && place.is_somewhere();
        is_inside.then_some(place)
    }

    /// Measure those of some sources that can be, and hand the sums of pixels and of weights, and of squared weights, to `take`, with the source's
    /// number in the company.
    pub(super) fn sums<const SQUARES: bool>(
        &self,
        company: &Company<'_>,
        scratch: &mut Scratch,
        mut take: impl FnMut(usize, Sum, f64),
    ) {
        let mut places = [Place::default(); COMPANY + MOST];
        let mut which = [0; COMPANY];
        let mut n = 0;
        for k in 0..company.len() {
            if let Some(place) = company.index(k).and_then(|i| self.place(company.batch, i)) {
                (places[n], which[n]) = (place, k);
                n += 1;
            }
        }
        // Those that will be visited next are only asked for.
        for k in 0..MOST {
            if let Some(place) = company.index(company.len() + k).and_then(|i| self.place(company.batch, i)) {
                places[n + k] = place;
            }
        }
        let lanes = level().lanes();
        let scratch = scratch.convex();
        for first in (0..n).step_by(lanes) {
            let here = &which[first..n.min(first + lanes)];
            if here.len() < FEWEST {
                break;
            }
            let group = |from: usize| -> Places {
                std::array::from_fn(|lane| places[if from + lane < n + MOST { from + lane } else { first }])
            };
            let (mut now, next) = (group(first), group(first + lanes));
            // The rest of the last group is whatever comes along.
            let any = now[0];
            now[here.len()..].fill(any);
            let sums = dispatch!(level(), simd => {
                self.reader.sums::<_, SQUARES>(simd, self.shape, &now, &next, scratch)
            });
            let Some(sums) = sums else { return };
            for (lane, &k) in here.iter().enumerate() {
                let (sum, npix) = (sums.sums[lane], sums.npix[lane].unwrap_or(self.area));
                if sum.is_finite() {
                    take(k, Sum { sum, npix }, sums.squares[lane]);
                }
            }
        }
    }
}
