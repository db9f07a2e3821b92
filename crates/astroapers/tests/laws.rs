//! Laws that every shape obeys at every position.

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
    let mut weights = Weights { window, values: vec![0.0; window.nx() * window.ny()] };
    aperture
        .visit(method, x, y, window, &mut Scratch::default(), &Stop::new(), &mut weights)
        .expect("nobody asked to stop");
    weights
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
    fn weights_add_up_to_the_area((x, y) in position(), aperture in shape()) {
        let all = weights(&aperture, Method::Exact, x, y, aperture.bbox(x, y).unwrap());
        let sum: f64 = all.values.iter().sum();
        prop_assert!((sum - aperture.area()).abs() <= 1e-12 * aperture.area().max(1e-12), "{sum} {}", aperture.area());
        prop_assert!(all.values.iter().all(|w| (0.0..=1.0).contains(w)));
    }

    #[test]
    fn whole_pixels_of_translation_change_nothing((x, y) in position(), aperture in shape(), method in prop_oneof![Just(Method::Exact), Just(Method::Center)]) {
        // Steps that keep the position's digits.
        let short = |v: f64| (v * 1_048_576.0).round() / 1_048_576.0;
        let (x, y) = (short(x), short(y));
        let here = weights(&aperture, method, x, y, aperture.bbox(x, y).unwrap());
        let there = weights(&aperture, method, x + 1e6, y - 3e6, aperture.bbox(x + 1e6, y - 3e6).unwrap());
        prop_assert_eq!(here.values, there.values);
    }

    #[test]
    fn a_clip_shows_the_same_weights((x, y) in position(), aperture in shape(), method in prop_oneof![Just(Method::Exact), Just(Method::Center)]) {
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
    fn a_selected_centre_has_some_weight((x, y) in position(), aperture in shape()) {
        let bbox = aperture.bbox(x, y).unwrap();
        let (exact, centres) =
            (weights(&aperture, Method::Exact, x, y, bbox), weights(&aperture, Method::Center, x, y, bbox));
        for (exact, centre) in exact.values.iter().zip(&centres.values) {
            prop_assert!(*centre == 0.0 || *exact > 0.0);
            prop_assert!(*exact < 1.0 || *centre == 1.0);
        }
    }
}
