//! Fixed work whose instructions are counted: `instructions KERNEL`, under callgrind.
//!
//! Wall time is noise where machines are shared; the number of instructions is the same everywhere, as long as
//! compiler and level of SIMD are. `benchmarks/instructions.py` runs this and compares; it counts what happens
//! inside [`measured`] alone.
//!
//! Sums on the calling thread, a few sources at a time: a batch that takes long by the clock would go to the
//! pool, and under callgrind everything takes long.

use astroapers::batch::{Batch, Runner, Shapes};
use astroapers::image::Image;
use astroapers::{Aperture, Method, Result, pool, shapes};

const SIDE: usize = 128;

/// Sources of all kernels.
const SOURCES: usize = 64;

/// Sources per batch: cheap enough that no batch looks at the clock.
const AT_ONCE: usize = 32;

/// Builds a kernel's aperture.
type Build = fn() -> Result<Aperture>;

const KERNELS: [(&str, Build); 5] = [
    ("circle_1.5", || shapes::circle(1.5)),
    ("circle_5", || shapes::circle(5.0)),
    ("circle_20", || shapes::circle(20.0)),
    ("ellipse_5", || shapes::ellipse(5.0, 3.0, 0.5)),
    ("annulus_9_15", || shapes::circular_annulus(9.0, 15.0)),
];

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let names = KERNELS.map(|(name, _)| name).join(", ");
    let wanted = std::env::args().nth(1).ok_or_else(|| format!("which kernel? one of {names}"))?;
    let (_, make) = KERNELS
        .iter()
        .find(|(name, _)| *name == wanted)
        .ok_or_else(|| format!("{wanted} is not one of {names}"))?;
    let aperture = make()?;
    pool::set_parallel_threshold(usize::MAX)?;
    let data: Vec<f64> = (0..SIDE * SIDE).map(|i| (i % 97) as f64).collect();
    let image = Image::from_slice(&data, SIDE, SIDE)?;
    // Spread evenly by two irrational steps, all of them inside.
    let place = |i: usize, step: f64| 22.0 + (SIDE as f64 - 45.0) * (i as f64 * step).fract();
    let x: Vec<f64> = (0..SOURCES).map(|i| place(i, 0.754_877_666_246_692_8)).collect();
    let y: Vec<f64> = (0..SOURCES).map(|i| place(i, 0.569_840_290_998_053_3)).collect();

    // What is done once is done here: detection of the processor, first use of memory.
    let first = measure(&aperture, &image, &x[..AT_ONCE], &y[..AT_ONCE])?;
    let all = measured(&aperture, &image, &x, &y)?;
    println!("{first} {all}");
    Ok(())
}

/// The work that is counted.
#[inline(never)]
fn measured(aperture: &Aperture, image: &Image<'_>, x: &[f64], y: &[f64]) -> Result<f64> {
    let mut total = 0.0;
    for (x, y) in x.chunks(AT_ONCE).zip(y.chunks(AT_ONCE)) {
        total += measure(aperture, image, x, y)?;
    }
    Ok(total)
}

fn measure(aperture: &Aperture, image: &Image<'_>, x: &[f64], y: &[f64]) -> Result<f64> {
    let batch = Batch { x, y, shapes: Shapes::Shared(aperture), method: Method::Exact };
    let sums = batch.sums(image, &mut Runner { interrupted: &mut || false })?;
    Ok(sums.iter().map(|sum| sum.sum).sum())
}
