//! Weights and selected centres of any shape at any position.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use arbitrary::Arbitrary;

use super::draw::{Coordinate, Shape};
use super::levels::{NOBODY, equals_general, scale, selects_by_sign, weight_bound};
use super::region::Region;
use crate::aperture::{Aperture, Method, PathElement, Scratch};
use crate::contour::Bounds;
use crate::span::SpanVisitor;
use crate::stop::Stop;
use crate::window::Window;

/// A shape somewhere, and where to look at it closely.
#[derive(Arbitrary, Clone, Debug)]
pub struct Scene {
    shape: Shape,
    x: Coordinate,
    y: Coordinate,
    /// Which corner of a large shape's outline to look at.
    corner: u8,
    /// Rows and columns that a clip takes away on each side.
    clip: [u8; 4],
    /// Which of the pixels on the edge to look at.
    edge: u8,
}

#[cfg(test)]
impl Scene {
    /// A row of the table of kinds, looked at closely where that needs no choice.
    pub(super) fn of(name: &'static str, row: &[f64], (x, y): (f64, f64)) -> Self {
        let (x, y) = (Coordinate(x), Coordinate(y));
        Self { shape: Shape::Row(name, row.to_vec()), x, y, corner: 0, clip: [10, 20, 30, 40], edge: 0 }
    }
}

/// Most pixels of a bounding box that are all looked at.
const MOST_PIXELS: usize = 64 * 64;

/// Half the width \[pixel\] of what is looked at of larger ones.
const HALF_VIEW: i64 = 12;

/// How many pixels on the edge are bracketed, and by how many divisions.
const BRACKETED: usize = 6;
const DIVISIONS: u32 = 4;

/// Largest area that needles thinner than the digits of wide numbers may leave beside them where they cross.
const NEEDLES: f64 = 1e-28;

/// All laws of one boundary.
///
/// # Panics
/// If it breaks one.
pub fn boundary(scene: &Scene) {
    let aperture = match scene.shape.build() {
        Ok(aperture) => aperture,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    it_has_an_extent(&aperture);
    let (x, y) = (scene.x.0, scene.y.0);
    let Ok(bbox) = aperture.bbox(x, y) else { return nothing_is_seen(&aperture, (x, y)) };
    let at = (x - x.round_ties_even(), y - y.round_ties_even());
    let window = view(&aperture, at, scene.corner);
    let seen = Seen::of(&aperture, Method::Exact, at, window);
    let selected = Seen::of(&aperture, Method::Center, at, window);
    if aperture.bbox(at.0, at.1).is_ok_and(|all| all == window) {
        weights_add_up_to_the_area(&scene.shape, &aperture, at, &seen);
    }
    equals_general(&aperture, at, window);
    selects_by_sign(&aperture, at, window);
    for (method, seen) in [(Method::Exact, &seen), (Method::Center, &selected)] {
        whole_pixels_of_translation_change_nothing(&aperture, method, (x, y), bbox, seen);
        a_clip_shows_the_same(&aperture, method, at, scene.clip, seen);
    }
    agrees_with_the_textbook(scene, &aperture, at, &seen, &selected);
}

/// The weights of a window, and that they came as a visitor may expect.
struct Seen {
    window: Window,
    values: Vec<f64>,
    /// The row, and one past the column, of the last pixel.
    last: Option<(i64, i64)>,
}

impl SpanVisitor for Seen {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        assert!(x0 < x1, "{x0}..{x1} is no run");
        self.take(y, x0, (x1 - x0) as usize, |_| 1.0);
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        self.take(y, x0, weights.len(), |i| weights[i]);
    }
}

impl Seen {
    fn of(aperture: &Aperture, method: Method, (x, y): (f64, f64), window: Window) -> Self {
        let mut seen = Self { window, values: vec![0.0; window.nx() * window.ny()], last: None };
        let (stop, scratch) = (Stop::new(), &mut Scratch::default());
        aperture.visit(method, x, y, window, scratch, &stop, &mut seen).expect(NOBODY);
        seen
    }

    fn take(&mut self, y: i64, x0: i64, n: usize, weight: impl Fn(usize) -> f64) {
        let x1 = x0 + n as i64;
        let run = Window { x0, x1, y0: y, y1: y + 1 };
        assert!(self.window.contains(run), "row {y}, columns {x0}..{x1} leave {:?}", self.window);
        assert!(self.last.is_none_or(|last| last <= (y, x0)), "row {y}, column {x0} after {:?}", self.last);
        self.last = Some((y, x1));
        let first = (y - self.window.y0) as usize * self.window.nx() + (x0 - self.window.x0) as usize;
        for (i, value) in self.values[first..first + n].iter_mut().enumerate() {
            *value = weight(i);
            assert!((0.0..=1.0).contains(value), "row {y}, column {x0} + {i} weighs {value}");
        }
    }

    fn pixel(&self, i: usize) -> (i64, i64) {
        let nx = self.window.nx();
        (self.window.x0 + (i % nx) as i64, self.window.y0 + (i / nx) as i64)
    }

    /// The weight of a pixel of the window.
    fn at(&self, x: i64, y: i64) -> f64 {
        self.values[(y - self.window.y0) as usize * self.window.nx() + (x - self.window.x0) as usize]
    }

    /// Neumaier's sum of the weights.
    fn sum(&self) -> f64 {
        let (sum, error) = self.values.iter().fold((0.0_f64, 0.0), |(sum, error), &value| {
            let total = sum + value;
            let lost = if sum >= value { (sum - total) + value } else { (value - total) + sum };
            (total, error + lost)
        });
        sum + error
    }
}

fn it_has_an_extent(aperture: &Aperture) {
    let bounds = aperture.bounds();
    let (width, height) = (bounds.x_max - bounds.x_min, bounds.y_max - bounds.y_min);
    assert!(width.is_finite() && height.is_finite() && width >= 0.0 && height >= 0.0, "{bounds:?}");
    let (area, rounding) = (aperture.area(), 2.0 * f64::EPSILON * bounds.reach());
    assert!(area >= 0.0 && area <= (width + rounding) * (height + rounding), "{area} in {bounds:?}");
    assert!(aperture.radius() >= 0.0 && aperture.radius() <= 2.0 * scale(aperture));
    let numbers = aperture.outline().into_iter().flat_map(|element| match element {
        PathElement::MoveTo(p) | PathElement::LineTo(p) => p.to_vec(),
        PathElement::CurveTo(p, q, r) => [p, q, r].concat(),
        PathElement::Close => Vec::new(),
    });
    let room = 2.0 * scale(aperture);
    numbers.for_each(|number| assert!(number.abs() <= room, "{number} is not within {room}"));
}

fn nothing_is_seen(aperture: &Aperture, at: (f64, f64)) {
    let frame = Window::frame(9, 9);
    for method in [Method::Exact, Method::Center] {
        assert_eq!(Seen::of(aperture, method, at, frame).last, None);
    }
}

/// All of the bounding box if it is not large, else what is around a corner of the outline.
fn view(aperture: &Aperture, (x, y): (f64, f64), corner: u8) -> Window {
    let Ok(bbox) = aperture.bbox(x, y) else { return Window::EMPTY };
    if bbox.nx().saturating_mul(bbox.ny()) <= MOST_PIXELS {
        return bbox;
    }
    let ends: Vec<[f64; 2]> = aperture
        .outline()
        .into_iter()
        .filter_map(|element| match element {
            PathElement::MoveTo(p) | PathElement::LineTo(p) | PathElement::CurveTo(_, _, p) => Some(p),
            PathElement::Close => None,
        })
        .collect();
    let [dx, dy] = ends[usize::from(corner) % ends.len()];
    let (column, row) = ((x + dx) as i64, (y + dy) as i64);
    Window { x0: column - HALF_VIEW, x1: column + HALF_VIEW, y0: row - HALF_VIEW, y1: row + HALF_VIEW }
        .intersect(bbox)
}

/// The boundary is misplaced by a few roundings of its scale at either end of each piece. From where these make 250 units of 1e-16 of its area, a
/// shape is rasterised in wide numbers, whose last place is 2^-100 of the scale. Each weight is rounded once, and so are the lines
/// between pixels, as high as the shape is. Where an inner
/// shape may poke out, both are cut in directions that are known to 2e-15 rad, at up to eight places. The box of pixels is that of the
/// rounded extremes: where one of them lies on a line, what reaches beyond it by less than a rounding is not seen.
fn weights_add_up_to_the_area(shape: &Shape, aperture: &Aperture, (x, y): (f64, f64), seen: &Seen) {
    let boundary = aperture.boundary();
    let length: f64 = boundary.iter().flat_map(|c| &c.segments).map(|s| (s.to - s.from).norm().hi).sum();
    let (area, scale) = (aperture.area(), scale(aperture));
    let narrow = 32.0 * f64::EPSILON * (area + (scale * length).min(250.0 * area));
    let lines = 2.0 * f64::EPSILON * scale.min(1.0);
    let wide = 8.0 * 2_f64.powi(-100) * scale * (scale + length);
    let cuts = if shape.may_poke_out() { 8.0 * 2e-15 * scale * scale } else { 0.0 };
    let Bounds { x_min, x_max, y_min, y_max } = aperture.bounds();
    let flush =
        [x + x_min, x + x_max, y + y_min, y + y_max].into_iter().any(|end| (end + 0.5).fract() == 0.0);
    let unseen = if flush { 0.5 * f64::EPSILON * scale * length } else { 0.0 };
    let (sum, bound) = (seen.sum(), narrow + wide + lines + cuts + unseen);
    assert!((sum - area).abs() <= bound, "{sum} of {area}: {:e} > {bound:e}", sum - area);
}

fn whole_pixels_of_translation_change_nothing(
    aperture: &Aperture,
    method: Method,
    (x, y): (f64, f64),
    bbox: Window,
    seen: &Seen,
) {
    let (column, row) = (x.round_ties_even() as i64, y.round_ties_even() as i64);
    let Window { x0, x1, y0, y1 } = seen.window;
    let window = Window { x0: x0 + column, x1: x1 + column, y0: y0 + row, y1: y1 + row };
    assert!(bbox.contains(window), "{bbox:?} does not hold {window:?}");
    assert_eq!(Seen::of(aperture, method, (x, y), window).values, seen.values, "{method:?}");
}

fn a_clip_shows_the_same(aperture: &Aperture, method: Method, at: (f64, f64), clip: [u8; 4], seen: &Seen) {
    let Window { x0, x1, y0, y1 } = seen.window;
    let [left, right, lower, upper] = clip.map(i64::from);
    // An odd number takes nothing away.
    let cut = |n: i64, all: i64| if n % 2 == 0 { n * (all + 1) / 512 } else { 0 };
    let (nx, ny) = (x1 - x0, y1 - y0);
    let window = Window {
        x0: x0 + cut(left, nx),
        x1: x1 - cut(right, nx),
        y0: y0 + cut(lower, ny),
        y1: y1 - cut(upper, ny),
    };
    let part = Seen::of(aperture, method, at, window);
    let bound = weight_bound(scale(aperture));
    for (i, &value) in part.values.iter().enumerate() {
        let (x, y) = part.pixel(i);
        let whole = seen.at(x, y);
        assert!(
            (value - whole).abs() <= bound,
            "{method:?}: ({x}, {y}) weighs {value} alone, {whole} in company"
        );
    }
}

/// Centres and whole pixels away from the boundary, and brackets of the weights of some pixels on it.
fn agrees_with_the_textbook(
    scene: &Scene,
    aperture: &Aperture,
    at: (f64, f64),
    exact: &Seen,
    selected: &Seen,
) {
    let region = Region::of(&scene.shape);
    // The textbook rounds, too: a few times, with numbers of that scale.
    let doubt = 1e-14 * (scale(aperture) + 1.0);
    let bound = weight_bound(scale(aperture));
    let half_diagonal = FRAC_1_SQRT_2;
    let mut edge = Vec::new();
    for (i, (&weight, &chosen)) in exact.values.iter().zip(&selected.values).enumerate() {
        let (x, y) = exact.pixel(i);
        let point = [x as f64 - at.0, y as f64 - at.1];
        let depth = region.depth(point);
        let inside = f64::from(u8::from(depth > 0.0));
        assert!(depth.abs() <= doubt || chosen == inside, "centre ({x}, {y}): {chosen}, depth {depth}");
        if depth.abs() > half_diagonal + doubt {
            let exactly = if scene.shape.may_poke_out() { NEEDLES } else { 0.0 };
            assert!((weight - inside).abs() <= exactly, "({x}, {y}) weighs {weight}, depth {depth}");
            continue;
        }
        // A disc about the centre lies on one side: a centre clearly inside has some weight, one outside lacks some.
        let disc = PI * (depth.abs() - doubt).clamp(0.0, 0.5).powi(2);
        let on_that_side = if depth > 0.0 { weight } else { 1.0 - weight };
        assert!(on_that_side >= disc - bound, "({x}, {y}) weighs {weight}, depth {depth}");
        edge.push((point, weight));
    }
    let step = edge.len() / BRACKETED + 1;
    for &(point, weight) in edge.iter().skip(usize::from(scene.edge) % step).step_by(step) {
        let [least, most] = region.bracket(point, 1.0, doubt, DIVISIONS);
        let within = weight >= least - bound && weight <= most + bound;
        assert!(within, "{point:?} weighs {weight}, not {least} to {most}");
    }
}
