//! Coverage matrices that can be checked with pencil and paper, rows upwards.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use astroapers::shapes::{self, Command};
use astroapers::{Aperture, Method, Result, Scratch, SpanVisitor, Stop, Window};

/// The pixels -1, 0, 1 in both directions.
const NINE: Window = Window { x0: -1, x1: 2, y0: -1, y1: 2 };

struct Matrix([[f64; 3]; 3]);

impl SpanVisitor for Matrix {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        (x0..x1).for_each(|x| self.partial(y, x, &[1.0]));
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        for (x, weight) in (x0..).zip(weights) {
            let cell = &mut self.0[(y + 1) as usize][(x + 1) as usize];
            assert_eq!(*cell, 0.0, "pixel ({x}, {y}) is reported twice");
            *cell = *weight;
        }
    }
}

fn coverage(aperture: &Aperture, method: Method, x: f64, y: f64) -> [[f64; 3]; 3] {
    let mut matrix = Matrix([[0.0; 3]; 3]);
    aperture
        .visit(method, x, y, NINE, &mut Scratch::default(), &Stop::new(), &mut matrix)
        .expect("nobody asked to stop");
    matrix.0
}

#[track_caller]
fn assert_exact(aperture: Result<Aperture>, (x, y): (f64, f64), want: [[f64; 3]; 3]) {
    let got = coverage(&aperture.expect("the shape is valid"), Method::Exact, x, y);
    for (got, want) in got.iter().flatten().zip(want.iter().flatten()) {
        let sharp = *want == 0.0 || *want == 1.0;
        assert!(if sharp { got == want } else { (got - want).abs() < 1e-15 }, "{got} {want} in {got:?}");
    }
}

#[track_caller]
fn assert_centres(aperture: Result<Aperture>, (x, y): (f64, f64), want: [[u8; 3]; 3]) {
    let got = coverage(&aperture.expect("the shape is valid"), Method::Center, x, y);
    assert_eq!(got, want.map(|row| row.map(f64::from)));
}

/// Of a unit disc, the part of the pixel next to its centre's and of the one diagonal to it.
const BESIDE: f64 = 0.456_611_477_490_518_17; // sqrt(3)/4 + pi/6 - 1/2
const DIAGONAL: f64 = 0.078_786_685_906_930_1; // (pi - 1 - 4 BESIDE) / 4

#[test]
fn discs() {
    let (b, d) = (BESIDE, DIAGONAL);
    assert_exact(shapes::circle(1.0), (0.0, 0.0), [[d, b, d], [b, 1.0, b], [d, b, d]]);
    let q = FRAC_PI_4;
    assert_exact(shapes::circle(0.5), (0.0, 0.0), [[0.0; 3], [0.0, q, 0.0], [0.0; 3]]);
    assert_exact(shapes::circle(1.0), (0.5, 0.5), [[0.0; 3], [0.0, q, q], [0.0, q, q]]);
    assert_exact(shapes::circle(9.0), (0.0, 0.0), [[1.0; 3]; 3]);
    assert_exact(shapes::circle(1.0), (40.0, 0.0), [[0.0; 3]; 3]);
}

#[test]
fn rings() {
    let (b, d) = (BESIDE, DIAGONAL);
    let ring = shapes::circular_annulus(0.5, 1.0);
    assert_exact(ring, (0.0, 0.0), [[d, b, d], [b, 1.0 - FRAC_PI_4, b], [d, b, d]]);
    let disc = shapes::circular_annulus(0.0, 1.0);
    assert_exact(disc, (0.0, 0.0), [[d, b, d], [b, 1.0, b], [d, b, d]]);
}

#[test]
fn rectangles() {
    assert_exact(shapes::rectangle(1.0, 1.0, 0.0), (0.0, 0.0), [[0.0; 3], [0.0, 1.0, 0.0], [0.0; 3]]);
    let (q, h) = (0.25, 0.5);
    assert_exact(shapes::rectangle(2.0, 2.0, 0.0), (0.0, 0.0), [[q, h, q], [h, 1.0, h], [q, h, q]]);
    // A square on its tip: |x| + |y| <= 1.
    let tip = shapes::rectangle(2f64.sqrt(), 2f64.sqrt(), FRAC_PI_4);
    let got = coverage(&tip.expect("valid"), Method::Exact, 0.0, 0.0);
    for (got, want) in got.iter().flatten().zip([0.0, q, 0.0, q, 1.0, q, 0.0, q, 0.0]) {
        assert!((got - want).abs() < 1e-15, "{got} {want}");
    }
    // Lower half of the middle row.
    let strip = shapes::rectangle(8.0, 0.5, 0.0);
    assert_exact(strip, (0.0, -0.25), [[0.0; 3], [0.5; 3], [0.0; 3]]);
}

#[test]
fn a_stadium_and_a_quarter() {
    let h = PI / 8.0;
    assert_exact(shapes::pill(1.0, 0.5, 0.5, 0.0), (0.0, 0.0), [[0.0; 3], [h, 1.0, h], [0.0; 3]]);
    let quarter = shapes::wedge(0.0, 1.0, 0.0, 1.0, FRAC_PI_4, FRAC_PI_2);
    let got = coverage(&quarter.expect("valid"), Method::Exact, -0.5, -0.5);
    for (got, want) in got.iter().flatten().zip([0.0, 0.0, 0.0, 0.0, FRAC_PI_4, 0.0, 0.0, 0.0, 0.0]) {
        assert!((got - want).abs() < 1e-15, "{got} {want}");
    }
}

#[test]
fn an_inner_shape_that_pokes_out() {
    // A wide bar less a narrow upright one that reaches beyond it.
    let bar = shapes::rectangular_annulus(2.9, 0.5, 3.0, 1.0, FRAC_PI_2, 0.0);
    let got = coverage(&bar.expect("valid"), Method::Exact, 0.0, 0.0);
    for (got, want) in got.iter().flatten().zip([0.0, 0.0, 0.0, 1.0, 0.5, 1.0, 0.0, 0.0, 0.0]) {
        assert!((got - want).abs() < 1e-15, "{got} {want}");
    }
}

#[test]
fn a_path_with_a_hole() {
    let square = |r: f64| {
        vec![
            Command::Move { x: -r, y: -r },
            Command::Line { x: -r, y: r },
            Command::Line { x: r, y: r },
            Command::Line { x: r, y: -r },
            Command::Close,
        ]
    };
    let frame = shapes::path(&square(1.5), &[square(0.25)]);
    assert_exact(frame, (0.0, 0.0), [[1.0; 3], [1.0, 0.75, 1.0], [1.0; 3]]);
}

#[test]
fn centres_on_the_outer_boundary_are_out_and_on_a_hole_in() {
    assert_centres(shapes::circle(1.0), (0.0, 0.0), [[0, 0, 0], [0, 1, 0], [0, 0, 0]]);
    assert_centres(shapes::circular_annulus(1.0, 9.0), (0.0, 0.0), [[1, 1, 1], [1, 0, 1], [1, 1, 1]]);
    assert_centres(shapes::rectangle(2.0, 2.0, 0.0), (0.0, 0.0), [[0, 0, 0], [0, 1, 0], [0, 0, 0]]);
    assert_centres(shapes::rectangle(2.0, 2.5, 0.0), (0.0, 0.0), [[0, 1, 0], [0, 1, 0], [0, 1, 0]]);
    assert_centres(shapes::ellipse(1.0, 2.0, 0.0), (0.0, 0.0), [[0, 1, 0], [0, 1, 0], [0, 1, 0]]);
    assert_centres(shapes::pill(1.0, 0.5, 1.0, 0.0), (0.0, 0.0), [[0, 0, 0], [0, 1, 0], [0, 0, 0]]);
    // Both straight edges of a half ring pass through centres.
    assert_centres(shapes::wedge(0.0, 1.5, 0.0, PI, 0.0, PI), (0.0, 0.0), [[0, 0, 1], [0, 0, 1], [0, 0, 1]]);
    let triangle = [
        Command::Move { x: -1.0, y: -1.0 },
        Command::Line { x: 1.0, y: -1.0 },
        Command::Line { x: -1.0, y: 1.0 },
        Command::Close,
    ];
    assert_centres(shapes::path(&triangle, &[]), (0.0, 0.0), [[0; 3]; 3]);
    let frame = [
        Command::Move { x: -2.0, y: -2.0 },
        Command::Line { x: 2.0, y: -2.0 },
        Command::Line { x: 2.0, y: 2.0 },
        Command::Line { x: -2.0, y: 2.0 },
        Command::Close,
    ];
    assert_centres(shapes::path(&frame, &[triangle.to_vec()]), (0.0, 0.0), [[1; 3]; 3]);
}

/// What is reported, in words and in its order.
#[derive(Default)]
struct Report(Vec<String>);

impl SpanVisitor for Report {
    fn full(&mut self, y: i64, x0: i64, x1: i64) {
        self.0.push(format!("{y}: {x0}..{x1} whole"));
    }

    fn partial(&mut self, y: i64, x0: i64, weights: &[f64]) {
        self.0.push(format!("{y}: {x0}.. {weights:?}"));
    }
}

#[test]
fn neighbours_are_reported_together_and_pixels_outside_not_at_all() {
    // A gate: two legs, and a beam across them. It has four sides where the legs are.
    let corners = [
        (6.25, -0.25),
        (6.25, 1.75),
        (-6.25, 1.75),
        (-6.25, -0.25),
        (-1.75, -0.25),
        (-1.75, 0.5),
        (1.75, 0.5),
    ];
    let mut gate = vec![Command::Move { x: 1.75, y: -0.25 }];
    gate.extend(corners.map(|(x, y)| Command::Line { x, y }));
    gate.push(Command::Close);
    let (mut report, everywhere) = (Report::default(), Window { x0: -9, x1: 10, y0: -9, y1: 10 });
    let gate = shapes::path(&gate, &[]).expect("the path is simple");
    gate.visit(Method::Exact, 0.0, 0.0, everywhere, &mut Scratch::default(), &Stop::new(), &mut report)
        .expect("nobody asked to stop");
    let beam = [&[0.1875][..], &[0.25; 11], &[0.1875]].concat();
    let want = [
        "0: -6.. [0.5625, 0.75, 0.75, 0.75, 0.5625]",
        "0: 2.. [0.5625, 0.75, 0.75, 0.75, 0.5625]",
        "1: -6.. [0.75]",
        "1: -5..6 whole",
        "1: 6.. [0.75]",
        &format!("2: -6.. {beam:?}"),
    ];
    assert_eq!(report.0, want);
}
