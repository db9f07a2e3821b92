//! Sources of one shape that are measured together, as many as a vector has lanes; and several such shapes at the same positions.
//!
//! Only those that lie wholly inside the frame and have no pixel that is not finite: what cuts or spoils one of them is looked at one
//! by one. A source has the same bits either way.

use std::ops::Range;

use super::measure::{COMPANY, Company};
use super::{Batch, Shapes, Tools};
use crate::aperture::{Method, Scratch};
use crate::convex::{Convex, MOST};
use crate::image::Image;
use crate::place::Place;
use crate::reduce::{Places, Reader, Strips, Sum, SumsAbreast};
use crate::simd::{dispatch, level};
use crate::window::Window;

/// Fewer are measured one by one.
const FEWEST: usize = 2;

/// A batch whose sources may be measured together.
struct Member<'b> {
    shape: &'b Convex,
    area: f64,
}

impl<'b> Member<'b> {
    fn new(batch: &'b Batch<'_>) -> Option<Self> {
        let Shapes::Shared(aperture) = &batch.shapes else { return None };
        if batch.method != Method::Exact || batch.x.len() < FEWEST {
            return None;
        }
        let shape = aperture.convex()?;
        shape.reach_abreast()?;
        Some(Self { shape, area: aperture.area() })
    }

    /// Hand sums to `take`, source by source: of pixels and of weights, and of squared weights if there are any.
    #[inline(always)]
    fn hand(&self, sums: &SumsAbreast, here: &[usize], mut take: impl FnMut(usize, Sum, f64)) {
        for (lane, &k) in here.iter().enumerate() {
            let (sum, npix) = (sums.sums[lane], sums.npix[lane].unwrap_or(self.area));
            if sum.is_finite() {
                take(k, Sum { sum, npix }, sums.squares[lane]);
            }
        }
    }
}

/// The pixels of a frame that may hold a position, if all columns and rows counted from there are to be inside.
fn inside((ny, nx): (usize, usize), (columns, rows): &(Range<i64>, Range<i64>)) -> Window {
    Window {
        x0: -columns.start,
        x1: (nx as i64).saturating_sub(columns.end - 1),
        y0: -rows.start,
        y1: (ny as i64).saturating_sub(rows.end - 1),
    }
}

/// Sources side by side, with those that come next, and which of a company the first are.
type Group<'g> = ((&'g Places, &'g Places), &'g [usize]);

/// Put the sources of a company whose pixel is inside a window into groups of as many as a vector has lanes, and measure each with
/// `measure`, until it returns `None`.
#[inline(always)]
fn each_group(
    inside: Window,
    company: &Company<'_>,
    mut measure: impl FnMut(Group<'_>) -> Option<()>,
) -> Option<()> {
    let place = |i: usize| {
        let place = Place::new(company.batch.x[i], company.batch.y[i]);
        let Window { x0, x1, y0, y1 } = inside;
        let is_inside = (x0..x1).contains(&place.column) && (y0..y1).contains(&place.row);
        (is_inside && place.is_somewhere()).then_some(place)
    };
    let mut places = [Place::default(); COMPANY + MOST];
    let mut which = [0; COMPANY];
    let mut n = 0;
    for k in 0..company.len() {
        if let Some(place) = company.index(k).and_then(place) {
            (places[n], which[n]) = (place, k);
            n += 1;
        }
    }
    // Those that will be visited next are only asked for.
    for k in 0..MOST {
        if let Some(place) = company.index(company.len() + k).and_then(place) {
            places[n + k] = place;
        }
    }
    let lanes = level().lanes();
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
        measure(((&now, &next), here))?;
    }
    Some(())
}

/// Measures sources of one shape on an image.
pub(super) struct Abreast<'b> {
    member: Member<'b>,
    reader: Reader<'b>,
    /// The pixels that may hold a position.
    inside: Window,
}

impl<'b> Abreast<'b> {
    /// `None` if sources have to be measured one by one.
    pub(super) fn new(batch: &'b Batch<'_>, image: &'b Image<'_>) -> Option<Self> {
        let (member, reader) = (Member::new(batch)?, Reader::new(image)?);
        let inside = inside(image.shape(), member.shape.reach_abreast()?);
        Some(Self { member, reader, inside })
    }

    /// Measure those of some sources that can be, and hand the sums of pixels and of weights to `take`, with the source's number in the
    /// company.
    pub(super) fn sums(
        &self,
        company: &Company<'_>,
        scratch: &mut Scratch,
        mut take: impl FnMut(usize, Sum),
    ) {
        each_group(self.inside, company, |(places, here)| {
            let sums = dispatch!(level(), simd => {
                self.reader.sums(simd, self.member.shape, places, scratch.abreast())
            })?;
            self.member.hand(&sums, here, |k, sum, _| take(k, sum));
            Some(())
        });
    }
}

/// Measures sources of several shapes at the same positions on an image, whose pixels are read once for all of them.
pub(super) struct Nested<'b> {
    /// The batches that can be measured so, with their numbers.
    members: Vec<(usize, Member<'b>)>,
    reader: Reader<'b>,
    strips: Strips,
    inside: Window,
}

impl<'b> Nested<'b> {
    /// `None` if sources have to be measured one by one.
    pub(super) fn new(batches: &'b [Batch<'_>], image: &'b Image<'_>) -> Option<Self> {
        let reader = Reader::new(image)?;
        let members = batches.iter().enumerate();
        let members: Vec<_> =
            members.filter_map(|(which, batch)| Some((which, Member::new(batch)?))).collect();
        let shapes: Vec<_> = members.iter().map(|(_, member)| member.shape).collect();
        let strips = Strips::new(&shapes, level().lanes())?;
        let inside = inside(image.shape(), &strips.reach());
        Some(Self { members, reader, strips, inside })
    }

    /// A batch whose sums are finite only if all pixels are that lie within some rows and columns of the position's pixel.
    pub(super) fn all_within(&self, distance: i64) -> Option<usize> {
        let is_within = |member: &Member<'_>| {
            let mut rows = member.shape.rows_abreast().into_iter().flatten();
            let whole = rows.by_ref().filter(|&(row, column, n)| {
                row.abs() <= distance && column <= -distance && column + n as i64 > distance
            });
            whole.count() as i64 == 2 * distance + 1
        };
        self.members.iter().find(|(_, member)| is_within(member)).map(|&(which, _)| which)
    }

    /// Measure those of some sources that can be, and hand the sums of pixels and of weights, and of squared weights if there are
    /// `SQUARES`, to `take`, with the source's number in the company and that of the batch.
    pub(super) fn sums<const SQUARES: bool>(
        &self,
        company: &Company<'_>,
        tools: &mut Tools<'_>,
        mut take: impl FnMut((usize, usize), Sum, f64),
    ) {
        each_group(self.inside, company, |(places, here)| {
            // There may be thousands of shapes.
            tools.stop.check().ok()?;
            let (scratch, pixels) = tools.scratch.abreast();
            let is_read = dispatch!(level(), simd => self.reader.read(simd, &self.strips, places, pixels));
            if !is_read {
                return None;
            }
            for (which, member) in &self.members {
                let sums = dispatch!(level(), simd => {
                    let scratch = (&mut *scratch, &*pixels);
                    self.reader.sums_of_read::<_, SQUARES>(simd, member.shape, &self.strips, places.0, scratch)
                })?;
                member.hand(&sums, here, |k, sum, squares| take((k, *which), sum, squares));
            }
            Some(())
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::batch::{Batch, Catalogue, Photometry, Runner, Shapes, Sky, Sum};
    use crate::image::{Dtype, Image, View};
    use crate::photometry::{Flags, SkyEstimator};
    use crate::{Aperture, Kind, Method, pool, shapes};

    const SIDE: usize = 70;

    /// Apertures that are measured abreast, and such as are not.
    fn apertures() -> Vec<Aperture> {
        let rows: [(&str, &[f64]); 12] = [
            ("circ", &[0.9]),
            ("circ", &[1.5]),
            ("circ", &[3.0]),
            ("circ", &[5.5]),
            ("circ", &[14.0]),
            ("circ", &[30.0]),
            ("ellip", &[6.0, 2.5, 0.7]),
            ("rect", &[8.0, 5.0, 1.1]),
            ("rect", &[3.0, 3.0, 0.0]),
            ("pill", &[6.0, 3.0, 2.0, 0.3]),
            ("circ_ann", &[2.0, 5.5]),
            ("wedge", &[2.0, 6.0, 0.3, 1.0, 0.3, 1.0]),
        ];
        rows.map(|(kind, row)| (Kind::named(kind).unwrap().build)(row).unwrap()).into()
    }

    /// Places everywhere in a frame, some on lines and centres of pixels, some across its edges and some nowhere.
    fn places(n: usize) -> (Vec<f64>, Vec<f64>) {
        let at = |i: usize, step: f64| {
            let x = (i as f64 * step).fract() * (SIDE as f64 + 8.0) - 4.0;
            match i % 11 {
                3 => (2.0 * x).round() / 2.0,
                7 => (8.0 * x).round() / 8.0,
                _ => x,
            }
        };
        let (mut x, mut y): (Vec<_>, Vec<_>) =
            (0..n).map(|i| (at(i, 0.754_877_666_246_692_8), at(i, 0.569_840_290_998_053_3))).unzip();
        for (i, nowhere) in [f64::NAN, f64::INFINITY, -1e300, 1e18].into_iter().enumerate().take(n / 8) {
            (x[5 * i + 1], y[7 * i + 2]) = (nowhere, nowhere);
        }
        (x, y)
    }

    fn pixels() -> Vec<f64> {
        (0..SIDE * SIDE).map(|i| ((i * 7919) % 311) as f64).collect()
    }

    fn sums(x: &[f64], y: &[f64], aperture: &Aperture, image: &Image<'_>) -> Vec<[u64; 2]> {
        let batch = Batch { x, y, shapes: Shapes::Shared(aperture), method: Method::Exact };
        let sums = batch.sums(image, &mut Runner { interrupted: &mut || false }).unwrap();
        sums.into_iter().map(|Sum { sum, npix }| [sum.to_bits(), npix.to_bits()]).collect()
    }

    /// Every source alone.
    fn alone(x: &[f64], y: &[f64], aperture: &Aperture, image: &Image<'_>) -> Vec<[u64; 2]> {
        x.iter().zip(y).flat_map(|(x, y)| sums(&[*x], &[*y], aperture, image)).collect()
    }

    #[test]
    fn a_source_has_the_same_sum_alone_and_among_others() {
        let data = pixels();
        let mut spoilt = data.clone();
        for i in (0..SIDE * SIDE).step_by(97) {
            spoilt[i] = [f64::NAN, f64::INFINITY, 1e308][i % 3];
        }
        let flags: Vec<u8> = (0..SIDE * SIDE).map(|i| [0, 0, 0, 0, 255, 0, 0, 2][i * i % 53 % 8]).collect();
        let clear = vec![false; SIDE * SIDE];
        let mask = View::from_slice(&flags, SIDE, SIDE).unwrap();
        let clear = View::from_slice(&clear, SIDE, SIDE).unwrap();
        let (data, spoilt) =
            (Image::from_slice(&data, SIDE, SIDE).unwrap(), Image::from_slice(&spoilt, SIDE, SIDE).unwrap());
        let images = [
            data,
            spoilt,
            data.masked(clear).unwrap(),
            data.masked(mask).unwrap(),
            spoilt.masked(mask).unwrap(),
            data.masked(mask).unwrap().masked(clear).unwrap(),
        ];
        let (x, y) = places(150);
        for aperture in apertures() {
            for image in &images {
                let expected = alone(&x, &y, &aperture, image);
                for n in [2, 3, 5, 8, 63, 64, 65, 150] {
                    let found = sums(&x[..n], &y[..n], &aperture, image);
                    assert_eq!(found, expected[..n], "{n} of {:?} on {image:?}", aperture.bounds());
                }
            }
        }
    }

    #[test]
    fn pixels_of_each_type_and_byte_order_give_the_same_sums() {
        let (data, (x, y)) = (pixels(), places(40));
        let aperture = shapes::circle(4.3).unwrap();
        let expected = alone(&x, &y, &aperture, &Image::from_slice(&data, SIDE, SIDE).unwrap());
        for &dtype in Dtype::ALL {
            let encode = |&value: &f64| match dtype {
                Dtype::F8 => value.to_ne_bytes().to_vec(),
                Dtype::F4 => (value as f32).to_ne_bytes().to_vec(),
                Dtype::U2 | Dtype::I2 => (value as u16).to_ne_bytes().to_vec(),
                Dtype::U4 | Dtype::I4 => (value as u32).to_ne_bytes().to_vec(),
                Dtype::U8 | Dtype::I8 => (value as u64).to_ne_bytes().to_vec(),
                _ => Vec::new(),
            };
            for swapped in [false, true] {
                let bytes: Vec<u8> = data
                    .iter()
                    .flat_map(|value| {
                        let mut bytes = encode(value);
                        if swapped {
                            bytes.reverse();
                        }
                        bytes
                    })
                    .collect();
                let size = bytes.len() / data.len();
                if size == 0 {
                    continue;
                }
                let strides = ((SIDE * size) as isize, size as isize);
                let view = View::from_bytes(&bytes, 0, (SIDE, SIDE), strides, dtype, swapped).unwrap();
                assert_eq!(sums(&x, &y, &aperture, &Image::new(view)), expected, "{dtype:?} {swapped}");
                let gaps = Image::new(view.every_other_column());
                assert_eq!(sums(&x, &y, &aperture, &gaps), alone(&x, &y, &aperture, &gaps), "{dtype:?}");
            }
        }
    }

    fn photometry(
        x: &[f64],
        y: &[f64],
        apertures: &[Aperture],
        sky: Sky<'_>,
        image: &Image<'_>,
    ) -> Catalogue {
        let apertures = apertures.iter().map(Shapes::Shared).collect();
        let photometry = Photometry { step: 1.0, ..Photometry::new(x, y, apertures, sky) };
        photometry.measure(image, &mut Runner { interrupted: &mut || false }).unwrap()
    }

    #[test]
    fn photometry_of_a_source_is_the_same_alone_and_among_others() {
        let mut data = pixels();
        data[SIDE * SIDE / 2] = f64::NAN;
        let image = Image::from_slice(&data, SIDE, SIDE).unwrap();
        let (apertures, ring) = (apertures(), shapes::circular_annulus(6.0, 9.0).unwrap());
        let (x, y) = places(150);
        let around = |x, y| Sky::Annulus {
            x,
            y,
            shapes: Shapes::Shared(&ring),
            estimator: SkyEstimator::default(),
            levels: None,
        };
        for threads in [1, 2] {
            pool::set_num_threads(threads).unwrap();
            for n in [2, 64, 150] {
                for ringed in [false, true] {
                    let sky = |x, y| if ringed { around(x, y) } else { Sky::NONE };
                    let all = photometry(&x[..n], &y[..n], &apertures, sky(&x[..n], &y[..n]), &image);
                    let per_source = all.apertures.chunks(apertures.len()).zip(&all.sky);
                    for (i, (found, found_sky)) in per_source.enumerate() {
                        let (x, y) = (&x[i..=i], &y[i..=i]);
                        let mut one = photometry(x, y, &apertures, sky(x, y), &image);
                        // Alone nobody has neighbours.
                        for (one, found) in one.apertures.iter_mut().zip(found) {
                            one.flags.set(Flags::NEIGHBOUR, found.flags.has(Flags::NEIGHBOUR));
                        }
                        // As text, so that NaN is NaN; the shortest digits that make a number tell it from any other.
                        assert_eq!(format!("{found:?}"), format!("{:?}", one.apertures), "source {i} of {n}");
                        assert_eq!(
                            format!("{found_sky:?}"),
                            format!("{:?}", one.sky[0]),
                            "source {i} of {n}"
                        );
                    }
                }
            }
        }
    }
}
