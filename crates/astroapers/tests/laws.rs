//! Laws that every shape obeys at every position.

use astroapers::shapes::{self, Command};
use astroapers::{Aperture, Kind, Method, Scratch, SpanVisitor, Stop, Window};
use proptest::prelude::*;

#[derive(Clone, Debug, PartialEq)]
struct Weights {
    window: Window,
    values: Vec<f64>,
}

impl SpanVisitor for Weights {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        (x0..x1).for_each(|x| self.partial(y, x, &[1.0]));
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        for (x, weight) in (x0..).zip(weights) {
            let at = (y - self.window.y0) as usize * self.window.nx() + (x - self.window.x0) as usize;
            self.values[at] = *weight;
        }
    }
}

fn weights(aperture: &Aperture, method: Method, x: f64, y: f64, window: Window) -> Weights {
    weights_with(&mut Scratch::default(), aperture, method, (x, y), window)
}

fn weights_with(
    scratch: &mut Scratch,
    aperture: &Aperture,
    method: Method,
    (x, y): (f64, f64),
    window: Window,
) -> Weights {
    let mut weights = Weights { window, values: vec![0.0; window.nx() * window.ny()] };
    aperture.visit(method, x, y, window, scratch, &Stop::new(), &mut weights).expect("nobody asked to stop");
    weights
}

fn polygon(corners: &[(f64, f64)]) -> Aperture {
    let lines = corners[1..].iter().map(|&(x, y)| Command::Line { x, y });
    let start = Command::Move { x: corners[0].0, y: corners[0].1 };
    let path: Vec<_> = std::iter::once(start).chain(lines).chain([Command::Close]).collect();
    shapes::path(&path, &[]).expect("the polygon is simple")
}

/// Corners of a star about a place: a polygon of any number of sides, which cannot cross itself.
fn star() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let arms =
        prop::collection::vec(prop_oneof![0.5..9.0, (2i32..18).prop_map(|r| 0.5 * f64::from(r))], 3..14);
    let middle = prop_oneof![Just((0.0, 0.0)), (-3.0..3.0, -3.0..3.0)];
    (arms, middle, prop_oneof![Just(0.0), 0.0..1.0]).prop_map(|(arms, (x, y), turn)| {
        let step = std::f64::consts::TAU / arms.len() as f64;
        let corner = |(i, r): (usize, &f64)| {
            let (sin, cos) = (step * (i as f64 + turn)).sin_cos();
            (x + r * cos, y + r * sin)
        };
        arms.iter().enumerate().map(corner).collect()
    })
}

/// The area that a polygon shares with a pixel: what is left of it once it is cut at the pixel's four sides
/// (Sutherland & Hodgman 1974, Communications of the ACM 17, 32), by the shoelace formula.
fn shared(corners: &[(f64, f64)], x: f64, y: f64) -> f64 {
    let mut left: Vec<_> = corners.iter().map(|corner| [corner.0 - x, corner.1 - y]).collect();
    for (axis, sign) in [(0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0)] {
        let within = |p: [f64; 2]| 0.5 - sign * p[axis];
        let mut cut = Vec::new();
        for (i, &q) in left.iter().enumerate() {
            let p = left[(i + left.len() - 1) % left.len()];
            let (a, b) = (within(p), within(q));
            if (a < 0.0) != (b < 0.0) {
                let t = a / (a - b);
                cut.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
            }
            if b >= 0.0 {
                cut.push(q);
            }
        }
        left = cut;
    }
    let next = left.iter().cycle().skip(1);
    0.5 * left.iter().zip(next).map(|(p, q)| p[0] * q[1] - p[1] * q[0]).sum::<f64>()
}

/// Whether a point lies strictly inside a polygon, for coordinates in quarters: no product or difference is rounded.
fn strictly_inside(corners: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let mut winding = 0;
    for (i, &(x1, y1)) in corners.iter().enumerate() {
        let (x0, y0) = corners[(i + corners.len() - 1) % corners.len()];
        let left = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0);
        let within = (x0.min(x1)..=x0.max(x1)).contains(&x) && (y0.min(y1)..=y0.max(y1)).contains(&y);
        if left == 0.0 && within {
            return false;
        }
        winding += i32::from(y0 <= y && y < y1 && left > 0.0) - i32::from(y1 <= y && y < y0 && left < 0.0);
    }
    winding != 0
}

/// Any aperture: one of the table, or a star.
fn any_shape() -> impl Strategy<Value = Aperture> {
    prop_oneof![3 => shape(), 1 => star().prop_map(|corners| polygon(&corners))]
}

/// A shape with sizes from a thousandth of a pixel to twenty pixels and any angle.
fn shape() -> impl Strategy<Value = Aperture> {
    let size = prop_oneof![0.001..1.0, 1.0..20.0];
    let share = prop_oneof![Just(1.0), 0.05..1.0];
    let angle = prop_oneof![Just(0.0), Just(std::f64::consts::FRAC_PI_2), -7.0..7.0];
    let sizes = [size.clone(), size.clone(), size];
    let shares = ([share.clone(), share], 0.1..0.9);
    let angles = [angle.clone(), angle];
    (0usize..9, sizes, shares, angles).prop_filter_map(
        "a valid shape",
        |(kind, [a, b, c], ([p, q], s), [t, u])| {
            let (name, row) = match kind {
                0 => ("circ", vec![a]),
                1 => ("ellip", vec![a, b, t]),
                2 => ("rect", vec![a, b, t]),
                3 => ("pill", vec![a, b, c, t]),
                4 => ("wedge", vec![a * s, a, t, 0.1 + 6.0 * p * s, t, 0.1 + 6.0 * p * s]),
                5 => ("circ_ann", vec![a * s, a]),
                6 => ("ellip_ann", vec![a * p, b * s, a, b, u, t]),
                7 => ("rect_ann", vec![a * p, b * s, a, b, u, t]),
                _ => ("pill_ann", vec![a * p, b * q, c * s, a, b, c, u, t]),
            };
            let kind = Kind::named(name).expect("it is in the table");
            (kind.build)(&row).ok()
        },
    )
}

fn position() -> impl Strategy<Value = (f64, f64)> {
    let one = prop_oneof![(-6i32..6).prop_map(|k| 0.5 * f64::from(k)), -3.0..3.0];
    (one.clone(), one)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weights_add_up_to_the_area((x, y) in position(), aperture in any_shape()) {
        let all = weights(&aperture, Method::Exact, x, y, aperture.bbox(x, y).unwrap());
        let sum: f64 = all.values.iter().sum();
        prop_assert!((sum - aperture.area()).abs() <= 1e-12 * aperture.area().max(1e-12), "{sum} {}", aperture.area());
        prop_assert!(all.values.iter().all(|w| (0.0..=1.0).contains(w)));
    }

    #[test]
    fn whole_pixels_of_translation_change_nothing((x, y) in position(), aperture in any_shape(), method in prop_oneof![Just(Method::Exact), Just(Method::Center)]) {
        // Steps that keep the position's digits.
        let short = |v: f64| (v * 1_048_576.0).round() / 1_048_576.0;
        let (x, y) = (short(x), short(y));
        let here = weights(&aperture, method, x, y, aperture.bbox(x, y).unwrap());
        let there = weights(&aperture, method, x + 1e6, y - 3e6, aperture.bbox(x + 1e6, y - 3e6).unwrap());
        prop_assert_eq!(here.values, there.values);
    }

    #[test]
    fn a_clip_shows_the_same_weights((x, y) in position(), aperture in any_shape(), method in prop_oneof![Just(Method::Exact), Just(Method::Center)]) {
        let bbox = aperture.bbox(x, y).unwrap();
        let clip = Window { x0: bbox.x0 + 1, x1: bbox.x1 - 1, y0: bbox.y0 + 2, y1: bbox.y1 };
        prop_assume!(!clip.is_empty());
        let (all, part) = (weights(&aperture, method, x, y, bbox), weights(&aperture, method, x, y, clip));
        for row in 0..clip.ny() {
            for column in 0..clip.nx() {
                let whole = all.values[(row + 2) * bbox.nx() + column + 1];
                prop_assert!((whole - part.values[row * clip.nx() + column]).abs() <= 1e-14);
            }
        }
    }

    #[test]
    fn a_selected_centre_has_some_weight((x, y) in position(), aperture in any_shape()) {
        let bbox = aperture.bbox(x, y).unwrap();
        let (exact, centres) =
            (weights(&aperture, Method::Exact, x, y, bbox), weights(&aperture, Method::Center, x, y, bbox));
        for (exact, centre) in exact.values.iter().zip(&centres.values) {
            prop_assert!(*centre == 0.0 || *exact > 0.0);
            prop_assert!(*exact < 1.0 || *centre == 1.0);
        }
    }
    #[test]
    fn the_weight_of_a_pixel_is_what_it_shares_with_a_polygon((x, y) in position(), corners in star()) {
        let aperture = polygon(&corners);
        let all = weights(&aperture, Method::Exact, x, y, aperture.bbox(x, y).unwrap());
        for (i, weight) in all.values.iter().enumerate() {
            let column = all.window.x0 + (i % all.window.nx()) as i64;
            let row = all.window.y0 + (i / all.window.nx()) as i64;
            let want = shared(&corners, column as f64 - x, row as f64 - y);
            prop_assert!((weight - want).abs() <= 1e-13, "{weight} {want} at ({column}, {row})");
        }
    }

    #[test]
    fn the_centres_strictly_inside_a_polygon_are_selected(quarters in [-3i32..4, -3i32..4], corners in star()) {
        // Corners and centres in quarters of a pixel: many centres lie on edges and at the height of corners.
        let [x, y] = quarters.map(|k| 0.25 * f64::from(k));
        let corners: Vec<_> = corners.iter().map(|(x, y)| ((2.0 * x).round() / 2.0, (2.0 * y).round() / 2.0)).collect();
        let lines = corners[1..].iter().map(|&(x, y)| Command::Line { x, y });
        let path: Vec<_> = std::iter::once(Command::Move { x: corners[0].0, y: corners[0].1 }).chain(lines).collect();
        let Ok(aperture) = shapes::path(&[&path[..], &[Command::Close]].concat(), &[]) else {
            return Err(TestCaseError::reject("rounding has made it cross itself"));
        };
        let window = Window { x0: -14, x1: 15, y0: -14, y1: 15 };
        let all = weights(&aperture, Method::Center, x, y, window);
        for (i, weight) in all.values.iter().enumerate() {
            let column = window.x0 + (i % window.nx()) as i64;
            let row = window.y0 + (i / window.nx()) as i64;
            let inside = strictly_inside(&corners, (column as f64 - x, row as f64 - y));
            prop_assert_eq!(*weight, f64::from(u8::from(inside)), "at ({}, {})", column, row);
        }
    }

    #[test]
    fn what_a_scratch_was_used_for_before_changes_nothing(
        (x, y) in position(),
        apertures in [any_shape(), any_shape()],
        method in prop_oneof![Just(Method::Exact), Just(Method::Center)],
        (rows, columns) in (1i64..9, 1i64..9),
    ) {
        let [before, after] = apertures;
        let (mut scratch, bbox) = (Scratch::default(), before.bbox(x, y).unwrap());
        // Left in the middle: the window ends before the aperture does.
        let (x1, y1) = (bbox.x1.min(bbox.x0 + columns), bbox.y1.min(bbox.y0 + rows));
        weights_with(&mut scratch, &before, method, (x, y), Window { x1, y1, ..bbox });
        let window = after.bbox(x, y).unwrap();
        let used = weights_with(&mut scratch, &after, method, (x, y), window);
        prop_assert_eq!(used, weights(&after, method, x, y, window));
    }
}

#[test]
fn columns_of_a_wide_aperture_weigh_what_they_weigh_alone() {
    // A low gate with slanted legs, of more columns than are traced at once.
    let wide = 70_000.0;
    let gate = polygon(&[
        (wide, -1.25),
        (wide + 1.5, 1.75),
        (-wide, 1.75),
        (-wide, -1.25),
        (-wide + 40.25, -1.25),
        (-wide + 90.0, 0.5),
        (wide - 90.0, 0.25),
        (wide - 40.0, -1.25),
    ]);
    let (x, y) = (0.25, -0.125);
    let bbox = gate.bbox(x, y).unwrap();
    let all = weights(&gate, Method::Exact, x, y, bbox);
    let sum: f64 = all.values.iter().sum();
    assert!((sum - gate.area()).abs() <= 1e-12 * gate.area(), "{sum} {}", gate.area());
    for x0 in (bbox.x0..bbox.x1).step_by(999) {
        let alone = weights(&gate, Method::Exact, x, y, Window { x0, x1: bbox.x1.min(x0 + 999), ..bbox });
        for (row, part) in alone.values.chunks(alone.window.nx()).enumerate() {
            let from = row * bbox.nx() + (x0 - bbox.x0) as usize;
            for (one, other) in part.iter().zip(&all.values[from..]) {
                assert!((one - other).abs() <= 1e-10, "{one} {other} near column {x0}");
            }
        }
    }
}
