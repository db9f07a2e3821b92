//! What geometry costs: every shape and size, exact and by centres, shown to a visitor that does next to nothing.
//!
//! `cargo bench --bench coverage`

use std::hint::black_box;

use astroapers::{Kind, Method, Scratch, SpanVisitor, Stop, Window, shapes};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// Largest half-extents \[pixel\].
const SIZES: [f64; 6] = [1.5, 3.0, 5.0, 10.0, 20.0, 100.0];

const ANGLE: f64 = 0.5;

const FRAME: Window = Window { x0: 0, x1: 512, y0: 0, y1: 512 };

/// Positions within a pixel, so that no lucky alignment is what is measured.
const PLACES: [(f64, f64); 4] = [(256.1, 255.7), (255.62, 256.38), (256.44, 256.03), (255.9, 255.51)];

/// A kind of aperture of largest half-extent `r`, in the order of its parameters.
fn parameters(kind: &str, r: f64) -> Vec<f64> {
    let inner = 0.6 * r;
    match kind {
        "circ" => vec![r],
        "ellip" => vec![r, 0.6 * r, ANGLE],
        "rect" => vec![1.6 * r, 1.2 * r, ANGLE],
        "pill" => vec![r, 0.5 * r, 0.5 * r, ANGLE],
        "wedge" => vec![0.4 * r, r, 0.3, 1.0, 0.3, 1.0],
        "circ_ann" => vec![inner, r],
        "ellip_ann" => vec![inner, 0.6 * inner, r, 0.6 * r, ANGLE, ANGLE],
        "rect_ann" => vec![1.6 * inner, 1.2 * inner, 1.6 * r, 1.2 * r, ANGLE, ANGLE],
        "pill_ann" => vec![inner, 0.5 * inner, 0.5 * inner, r, 0.5 * r, 0.5 * r, ANGLE, ANGLE],
        other => panic!("no size of {other} has been chosen"),
    }
}

/// Adds up weights.
#[derive(Default)]
struct Area(f64);

impl SpanVisitor for Area {
    fn full(&mut self, _: i64, x0: i64, x1: i64) {
        self.0 += (x1 - x0) as f64;
    }

    fn partial(&mut self, _: i64, _: i64, weights: &[f64]) {
        self.0 += weights.iter().sum::<f64>();
    }
}

fn visits(criterion: &mut Criterion, method: Method, name: &str, sizes: &[f64]) {
    for Kind { name: kind, build, .. } in shapes::KINDS {
        let mut group = criterion.benchmark_group(format!("{name} {kind}"));
        for &r in sizes {
            let aperture = build(&parameters(kind, r)).expect("every size makes an aperture");
            let (mut scratch, stop) = (Scratch::default(), Stop::new());
            let mut place = PLACES.iter().cycle();
            group.bench_function(BenchmarkId::from_parameter(r), |bencher| {
                bencher.iter(|| {
                    let &(x, y) = place.next().expect("places come round");
                    let mut area = Area::default();
                    let seen = aperture.visit(method, black_box(x), y, FRAME, &mut scratch, &stop, &mut area);
                    seen.expect("nobody asks to stop");
                    area.0
                });
            });
        }
    }
}

fn exact(criterion: &mut Criterion) {
    visits(criterion, Method::Exact, "exact", &SIZES);
}

fn centres(criterion: &mut Criterion) {
    visits(criterion, Method::Center, "center", &[5.0, 20.0]);
}

/// What it takes to build an aperture: once per source where each has its own.
fn construction(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    for Kind { name, build, .. } in shapes::KINDS {
        let parameters = parameters(name, 5.0);
        group.bench_function(*name, |bencher| bencher.iter(|| build(black_box(&parameters))));
    }
}

criterion_group!(benches, exact, centres, construction);
criterion_main!(benches);
