//! What becomes of the pixels: every result and every type of image, for one circle on a calling thread.
//!
//! `cargo bench --bench reducers`

use astroapers::batch::{Batch, Runner, Shapes};
use astroapers::image::{Dtype, Image, View};
use astroapers::{Method, pool, shapes};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Small enough to stay in the cache: what is measured is work, not memory.
const SIDE: usize = 256;

const RADIUS: f64 = 5.0;

/// Positions all over the image.
fn places() -> (Vec<f64>, Vec<f64>) {
    let place = |i: usize, step: f64| 8.0 + (SIDE as f64 - 17.0) * (i as f64 * step).fract();
    let along = |step| (0..32).map(|i| place(i, step)).collect();
    (along(0.754_877_666_246_692_8), along(0.569_840_290_998_053_3))
}

/// Benchmark something that is done with a batch of circles.
fn bench<T>(
    criterion: &mut Criterion,
    group: &str,
    name: &str,
    work: impl Fn(&Batch<'_>, &mut Runner<'_>) -> astroapers::Result<T>,
) {
    pool::set_parallel_threshold(usize::MAX).expect("any number is a threshold");
    let (x, y) = places();
    let disc = shapes::circle(RADIUS).expect("a radius");
    let batch = Batch { x: &x, y: &y, shapes: Shapes::Shared(&disc), method: Method::Exact };
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Elements(x.len() as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| work(&batch, &mut Runner { interrupted: &mut || false }).expect("nothing is wrong"));
    });
}

fn results(criterion: &mut Criterion) {
    let data: Vec<f64> = (0..SIDE * SIDE).map(|i| (i % 97) as f64).collect();
    let mask: Vec<bool> = (0..SIDE * SIDE).map(|i| i % 53 == 0).collect();
    let image = Image::from_slice(&data, SIDE, SIDE).expect("a square");
    let masked = image.masked(View::from_slice(&mask, SIDE, SIDE).expect("a square")).expect("of one size");
    let group = "results";
    bench(criterion, group, "sums", |batch, runner| batch.sums(&image, runner));
    bench(criterion, group, "sums, masked", |batch, runner| batch.sums(&masked, runner));
    bench(criterion, group, "values", |batch, runner| batch.values(&image, false, runner));
    bench(criterion, group, "values, pixels", |batch, runner| batch.values(&image, true, runner));
    bench(criterion, group, "weighted values", |batch, runner| batch.weighted_values(&image, runner));
    bench(criterion, group, "cutouts", |batch, runner| batch.cutouts(&image, f64::NAN, runner));
    bench(criterion, group, "weights", |batch, runner| batch.weights(runner).map(|(grids, _)| grids));
}

fn types(criterion: &mut Criterion) {
    let types = [
        ("f8", Dtype::F8),
        ("f4", Dtype::F4),
        ("f2", Dtype::F2),
        ("i8", Dtype::I8),
        ("i4", Dtype::I4),
        ("i2", Dtype::I2),
        ("u2", Dtype::U2),
        ("u1", Dtype::U1),
    ];
    // Any bytes are numbers, but these are no NaN in either order.
    let bytes = vec![0x35_u8; SIDE * SIDE * 8];
    for (name, dtype) in types {
        let size = dtype.size() as isize;
        let strides = (size * SIDE as isize, size);
        for (order, swapped) in [("native", false), ("swapped", true)] {
            let view = View::from_bytes(&bytes, 0, (SIDE, SIDE), strides, dtype, swapped);
            let image = Image::new(view.expect("enough bytes"));
            bench(criterion, "types", &format!("{name} {order}"), |batch, runner| batch.sums(&image, runner));
        }
    }
}

criterion_group!(benches, results, types);
criterion_main!(benches);
