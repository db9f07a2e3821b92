//! Sums, counts, values and cutouts of images of any type, byte order, layout and mask.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::draw::{Coordinate, Shape, coordinate_within, row};
use super::levels::{NOBODY, scale, weight_bound};
use super::stored::{Side, Stored, excluded, masks, value};
use crate::aperture::{Aperture, Method, Scratch};
use crate::batch::{Batch, Column, Shapes, Sum};
use crate::image::{Dtype, Image};
use crate::reduce::WeightsReducer;
use crate::shapes::{KINDS, Kind};
use crate::stop::Stop;
use crate::window::Window;

/// Sources on an image.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) image: Stored,
    pub(super) masks: Vec<Stored>,
    pub(super) sources: Sources,
    pub(super) method: Method,
    fill: f64,
}

/// Positions, and one aperture for all or the parameters of each.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    pub(super) geometry: Geometry,
}

#[derive(Clone, Debug)]
pub(super) enum Geometry {
    Shared(Shape),
    /// One column per parameter; a single value stands for all sources.
    Each(&'static str, Vec<Vec<f64>>),
}

/// Most pixels of a bounding box of a case: memory is not what is tested here.
const MOST_PIXELS: usize = 1 << 14;

impl Sources {
    pub(super) fn of(u: &mut Unstructured<'_>, n: usize, (ny, nx): (usize, usize)) -> Result<Self> {
        let position = |u: &mut Unstructured<'_>, n: usize| -> Result<f64> {
            if u.ratio(1, 12)? { Ok(Coordinate::arbitrary(u)?.0) } else { coordinate_within(u, n) }
        };
        let x = (0..n).map(|_| position(u, nx)).collect::<Result<_>>()?;
        let y = (0..n).map(|_| position(u, ny)).collect::<Result<_>>()?;
        Ok(Self { x, y, geometry: Geometry::of(u, n)? })
    }

    /// The aperture of each source, where there is one.
    pub(super) fn apertures(&self) -> Vec<Option<Aperture>> {
        let n = self.x.len();
        match &self.geometry {
            Geometry::Shared(shape) => vec![shape.build().ok(); n],
            Geometry::Each(name, columns) => {
                let kind = Kind::named(name).expect("names come from the table");
                let row = |i: usize| -> Vec<f64> {
                    columns.iter().map(|column| of(column).get(i).unwrap_or(f64::NAN)).collect()
                };
                (0..n).map(|i| (kind.build)(&row(i)).ok()).collect()
            }
        }
    }

    /// What a batch takes: `shared` is the aperture that all sources share, if they do.
    pub(super) fn shapes<'a>(&'a self, shared: Option<&'a Aperture>) -> Option<Shapes<'a>> {
        Some(match &self.geometry {
            Geometry::Shared(_) => Shapes::Shared(shared?),
            Geometry::Each(name, columns) => Shapes::Each {
                kind: Kind::named(name).expect("names come from the table"),
                columns: columns.iter().map(|column| of(column)).collect(),
            },
        })
    }

    /// Source `i` alone.
    pub(super) fn alone(&self, i: usize) -> Self {
        let geometry = match &self.geometry {
            Geometry::Shared(shape) => Geometry::Shared(shape.clone()),
            Geometry::Each(name, columns) => Geometry::Each(
                name,
                columns.iter().map(|column| of(column).get(i).into_iter().collect()).collect(),
            ),
        };
        Self { x: vec![self.x[i]], y: vec![self.y[i]], geometry }
    }
}

impl Geometry {
    fn of(u: &mut Unstructured<'_>, n: usize) -> Result<Self> {
        if n == 0 || u.ratio(1, 2)? {
            return Ok(Self::Shared(u.arbitrary()?));
        }
        let kind = &KINDS[u.choose_index(KINDS.len())?];
        let rows = (0..n).map(|_| row(u, kind)).collect::<Result<Vec<_>>>()?;
        let columns = (0..kind.parameters.len())
            .map(|k| {
                let values: Vec<f64> = rows.iter().map(|row| row[k]).collect();
                Ok(if u.ratio(1, 3)? { values[..1].to_vec() } else { values })
            })
            .collect::<Result<_>>()?;
        Ok(Self::Each(kind.name, columns))
    }
}

/// A single value stands for all sources.
fn of(column: &[f64]) -> Column<'_> {
    match *column {
        [value] => Column::Same(value),
        _ => Column::Each(column),
    }
}

impl<'a> Arbitrary<'a> for Request {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (Side(ny), Side(nx)): (Side, Side) = (u.arbitrary()?, u.arbitrary()?);
        let shape = (ny, nx);
        let n = u.int_in_range(0..=6)?;
        Ok(Self {
            image: Stored::of(u, shape, Dtype::ALL, false)?,
            masks: masks(u, shape)?,
            sources: Sources::of(u, n, shape)?,
            method: if u.ratio(1, 2)? { Method::Exact } else { Method::Center },
            fill: value(u, false)?,
        })
    }
}

/// All laws of sources on an image.
///
/// # Panics
/// If it breaks one.
pub fn pixels(request: &Request) {
    let apertures = request.sources.apertures();
    let shared = apertures.first().and_then(Option::as_ref);
    let Some(shapes) = request.sources.shapes(shared) else { return };
    let Sources { x, y, .. } = &request.sources;
    let batch = Batch { x, y, shapes, method: request.method };
    let image = masked(Image::new(request.image.view()), &request.masks);
    let places: Vec<Option<Place>> =
        apertures.iter().enumerate().map(|(i, aperture)| Place::of(request, aperture.as_ref()?, i)).collect();
    sums_are_those_of_a_loop(request, &batch, &image, &places);
    values_are_copied(request, &batch, &image, &places);
    arrays_cover_the_boxes(request, &batch, &image, &places);
    the_same_bits_however_they_lie(request, &batch, &image);
}

fn masked<'a>(image: Image<'a>, masks: &'a [Stored]) -> Image<'a> {
    masks.iter().fold(image, |image, mask| image.masked(mask.view()).expect("masks have the image's shape"))
}

/// A runner that nobody interrupts.
macro_rules! runner {
    () => {
        &mut $crate::batch::Runner { interrupted: &mut || false }
    };
}
pub(super) use runner;

/// One source: its box, and its weights over the image.
struct Place<'a> {
    aperture: &'a Aperture,
    bbox: crate::Result<Window>,
    /// Row by row, for each pixel of the image.
    weights: Vec<f64>,
}

impl<'a> Place<'a> {
    /// `None` for a row of NaN.
    fn of(request: &Request, aperture: &'a Aperture, i: usize) -> Option<Self> {
        let (x, y) = (request.sources.x[i], request.sources.y[i]);
        let finite = x.is_finite() && y.is_finite();
        finite.then(|| Self {
            aperture,
            bbox: aperture.bbox(x, y),
            weights: weights(aperture, request.method, (x, y), request.image.shape),
        })
    }

    fn fits(&self) -> bool {
        self.bbox.as_ref().is_ok_and(|bbox| bbox.nx().saturating_mul(bbox.ny()) <= MOST_PIXELS)
    }
}

/// The weights of an aperture for each pixel of an image, row by row.
pub(super) fn weights(
    aperture: &Aperture,
    method: Method,
    (x, y): (f64, f64),
    (ny, nx): (usize, usize),
) -> Vec<f64> {
    let frame = Window::frame(ny, nx);
    let mut weights = vec![0.0; ny * nx];
    let mut reducer = WeightsReducer::new(frame, &mut weights);
    aperture.visit(method, x, y, frame, &mut Scratch::default(), &Stop::new(), &mut reducer).expect(NOBODY);
    weights
}

/// Equal, or both no numbers.
#[track_caller]
pub(super) fn same(one: f64, other: f64, what: &str) {
    assert!(
        one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan()),
        "{what}: {one:?}, {other:?}"
    );
}

/// Equal but for `bound`, or both no numbers, or both beyond all bounds.
#[track_caller]
pub(super) fn near(one: f64, other: f64, bound: f64, what: &str) {
    let near = one == other || (one - other).abs() <= bound || (one.is_nan() && other.is_nan());
    assert!(near, "{what}: {one:?}, {other:?}, off by {:e} > {bound:e}", (one - other).abs());
}

fn sums_are_those_of_a_loop(
    request: &Request,
    batch: &Batch<'_>,
    image: &Image<'_>,
    places: &[Option<Place<'_>>],
) {
    let (values, frame) = (request.image.values(), image.frame());
    let hidden = excluded(&request.masks, values.len());
    let sums = batch.sums(image, runner!()).expect("it fits together");
    let npix = batch.npix(image.shape(), image.masks(), runner!()).expect("it fits together");
    let areas = batch.areas(runner!()).expect("it fits together");
    for (i, place) in places.iter().enumerate() {
        let Some(Place { weights, aperture, bbox }) = place else {
            assert!(sums[i].sum.is_nan() && sums[i].npix.is_nan() && npix[i].is_nan() && areas[i].is_nan());
            continue;
        };
        same(areas[i], aperture.area(), "area");
        same(npix[i], sums[i].npix, "npix of both functions");
        let (mut sum, mut size, mut count, mut unknown) = (0.0, 0.0, 0.0, false);
        for ((&weight, &value), &hidden) in weights.iter().zip(&values).zip(&hidden) {
            if weight != 0.0 && !hidden {
                sum += weight * value;
                size += if value.is_finite() { (weight * value).abs() } else { 0.0 };
                count += weight;
                unknown |= value.is_nan();
            }
        }
        // Either adds at most so many terms, each with a rounding.
        let roundings = 2.0 * f64::EPSILON * weights.len() as f64;
        assert!(!unknown || sums[i].sum.is_nan(), "a pixel is NaN, and the sum is {}", sums[i].sum);
        // Where sums pass the largest number, it depends on their order whether the total is infinite or none.
        if size < f64::MAX {
            near(sums[i].sum, sum, roundings * size, "sum");
        }
        let inside = bbox.as_ref().is_ok_and(|&bbox| frame.contains(bbox));
        let whole = inside && hidden.iter().zip(weights).all(|(hidden, &weight)| weight == 0.0 || !hidden);
        if whole && request.method == Method::Exact {
            same(npix[i], aperture.area(), "npix inside an unmasked frame");
        } else {
            near(npix[i], count, roundings * count, "npix");
        }
    }
}

fn values_are_copied(request: &Request, batch: &Batch<'_>, image: &Image<'_>, places: &[Option<Place<'_>>]) {
    let (values, nx) = (request.image.values(), image.shape().1);
    let hidden = excluded(&request.masks, values.len());
    let found = batch.values(image, true, runner!()).expect("it fits together");
    let (products, offsets) = batch.weighted_values(image, runner!()).expect("it fits together");
    assert_eq!(found.offsets, offsets);
    let (mut bytes, mut yy, mut xx, mut expected, mut ends) = (vec![], vec![], vec![], vec![], vec![0_i64]);
    for place in places {
        for (pixel, &weight) in place.iter().flat_map(|place| place.weights.iter().enumerate()) {
            if weight != 0.0 && !hidden[pixel] {
                bytes.extend(request.image.native(pixel));
                yy.push((pixel / nx) as i64);
                xx.push((pixel % nx) as i64);
                expected.push(weight * values[pixel]);
            }
        }
        ends.push(expected.len() as i64);
    }
    assert_eq!((&found.offsets, &found.yy, &found.xx), (&ends, &yy, &xx));
    assert_eq!(found.bytes, bytes, "values are copied as they are");
    assert_eq!(products.len(), expected.len());
    products
        .iter()
        .zip(&expected)
        .for_each(|(&product, &expected)| same(product, expected, "weighted value"));
    assert_eq!(batch.values(image, false, runner!()).expect("it fits together").bytes, bytes);
}

fn arrays_cover_the_boxes(
    request: &Request,
    batch: &Batch<'_>,
    image: &Image<'_>,
    places: &[Option<Place<'_>>],
) {
    let boxes = batch.bboxes(runner!());
    if let Some(Err(error)) = places.iter().flatten().map(|place| &place.bbox).find(|bbox| bbox.is_err()) {
        assert_eq!(boxes.as_ref().err(), Some(error));
        return;
    }
    let boxes = boxes.expect("every source has a box");
    if !places.iter().flatten().all(Place::fits) {
        return;
    }
    let (weights, of_weights) = batch.weights(runner!()).expect("boxes are small");
    let (cutouts, of_cutouts) = batch.cutouts(image, request.fill, runner!()).expect("boxes are small");
    assert_eq!((&of_weights, &of_cutouts), (&boxes, &boxes));
    let (values, frame) = (request.image.values(), image.frame());
    let hidden = excluded(&request.masks, values.len());
    for (i, place) in places.iter().enumerate() {
        let Some(place) = place else {
            assert!(boxes[i] == Window::EMPTY && weights[i].is_empty() && cutouts[i].is_empty());
            continue;
        };
        assert_eq!(Ok(boxes[i]), place.bbox);
        let bbox = boxes[i];
        assert_eq!((weights[i].len(), cutouts[i].len()), (bbox.nx() * bbox.ny(), bbox.nx() * bbox.ny()));
        for (k, (&weight, &cutout)) in weights[i].iter().zip(&cutouts[i]).enumerate() {
            let (x, y) = (bbox.x0 + (k % bbox.nx()) as i64, bbox.y0 + (k / bbox.nx()) as i64);
            let inside = frame.contains(Window { x0: x, x1: x + 1, y0: y, y1: y + 1 });
            if !inside {
                same(cutout, request.fill, "cutout outside the image");
                continue;
            }
            let pixel = y as usize * frame.nx() + x as usize;
            // A clip at the image's edge may round otherwise than the whole box.
            near(weight, place.weights[pixel], weight_bound(scale(place.aperture)), "weight");
            let expected = match (hidden[pixel], place.weights[pixel]) {
                (true, _) => request.fill,
                (_, 0.0) => 0.0,
                (_, weight) => weight * values[pixel],
            };
            same(cutout, expected, "cutout");
        }
    }
}

/// Sums have the same bits whatever an image's type, byte order and layout, in whatever company a source is, whatever the
/// number of threads, with a mask that hides nothing, and whatever pixels hold that do not count.
fn the_same_bits_however_they_lie(request: &Request, batch: &Batch<'_>, image: &Image<'_>) {
    let sums = batch.sums(image, runner!()).expect("it fits together");
    let equal = |others: &[Sum], what: &str| {
        for (sum, other) in sums.iter().zip(others) {
            same(sum.sum, other.sum, what);
            same(sum.npix, other.npix, what);
        }
    };
    let (ny, nx) = image.shape();
    let mut plain = request.image.values();
    let copy = Image::from_slice(&plain, ny, nx).expect("as many values as pixels");
    let of_copy = batch.sums(&masked(copy, &request.masks), runner!()).expect("it fits together");
    equal(&of_copy, "numbers of eight bytes that follow one another");
    if request.masks.len() < 2 {
        let nothing = vec![false; plain.len()];
        let mask = crate::image::View::from_slice(&nothing, ny, nx).expect("as many flags as pixels");
        let other = image.masked(mask).expect("it has the image's shape");
        equal(&batch.sums(&other, runner!()).expect("it fits together"), "a mask that hides nothing");
    }
    for (value, hidden) in plain.iter_mut().zip(excluded(&request.masks, ny * nx)) {
        if hidden {
            *value = f64::NAN;
        }
    }
    let spoilt = Image::from_slice(&plain, ny, nx).expect("as many values as pixels");
    let of_spoilt = batch.sums(&masked(spoilt, &request.masks), runner!()).expect("it fits together");
    equal(&of_spoilt, "what is masked");
    for (i, together) in sums.iter().enumerate() {
        let alone = request.sources.alone(i);
        let apertures = alone.apertures();
        let Some(shapes) = alone.shapes(apertures[0].as_ref()) else { continue };
        let single = Batch { x: &alone.x, y: &alone.y, shapes, method: request.method };
        let sum = single.sums(image, runner!()).expect("it fits together");
        same(together.sum, sum[0].sum, "alone");
        same(together.npix, sum[0].npix, "alone");
    }
    let many = |column: &[f64]| column.repeat(CROWD / column.len());
    if let (Shapes::Shared(aperture), false) = (&batch.shapes, batch.x.is_empty()) {
        let (x, y) = (many(batch.x), many(batch.y));
        let crowd = Batch { x: &x, y: &y, shapes: Shapes::Shared(aperture), method: request.method };
        let crowd = crowd.sums(image, runner!()).expect("it fits together");
        crowd.chunks(sums.len()).for_each(|crowd| equal(crowd, "in a crowd on all threads"));
    }
}

/// Sources of a crowd: enough to be sorted and shared out among threads.
const CROWD: usize = 600;
