//! Fixed work whose instructions are counted: `instructions KERNEL`, under callgrind.
//!
//! Wall time is noise where machines are shared; the number of instructions is the same everywhere, as long as
//! compiler and level of SIMD are. `benchmarks/instructions.py` runs this and compares; it counts what happens
//! inside [`measured`] alone.
//!
//! Sums on the calling thread, a few sources at a time: a batch that takes long by the clock would go to the
//! pool, and under callgrind everything takes long.

use astroapers::batch::{Batch, Photometry, Runner, Shapes, Sky};
use astroapers::image::Image;
use astroapers::photometry::SkyEstimator;
use astroapers::{Aperture, Method, Result, pool, shapes};

const SIDE: usize = 128;

/// Sources of all kernels.
const SOURCES: usize = 64;

/// Sources per batch: cheap enough that no batch looks at the clock.
const AT_ONCE: usize = 32;

/// What is done with each source.
enum Work {
    Sum(Aperture),
    /// Photometry of some apertures, and of an annulus if there is one.
    Photometry(Vec<Aperture>, Option<Aperture>),
}

/// Builds a kernel's apertures.
type Build = fn() -> Result<Work>;

const KERNELS: [(&str, Build); 7] = [
    ("circle_1.5", || shapes::circle(1.5).map(Work::Sum)),
    ("circle_5", || shapes::circle(5.0).map(Work::Sum)),
    ("circle_20", || shapes::circle(20.0).map(Work::Sum)),
    ("ellipse_5", || shapes::ellipse(5.0, 3.0, 0.5).map(Work::Sum)),
    ("annulus_9_15", || shapes::circular_annulus(9.0, 15.0).map(Work::Sum)),
    ("photometry", || {
        Ok(Work::Photometry(vec![shapes::circle(5.0)?], Some(shapes::circular_annulus(9.0, 15.0)?)))
    }),
    ("ten_radii", || {
        let radii = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0];
        Ok(Work::Photometry(radii.into_iter().map(shapes::circle).collect::<Result<_>>()?, None))
    }),
];

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let names = KERNELS.map(|(name, _)| name).join(", ");
    let wanted = std::env::args().nth(1).ok_or_else(|| format!("which kernel? one of {names}"))?;
    let (_, make) = KERNELS
        .iter()
        .find(|(name, _)| *name == wanted)
        .ok_or_else(|| format!("{wanted} is not one of {names}"))?;
    let work = make()?;
    pool::set_parallel_threshold(usize::MAX)?;
    let data: Vec<f64> = (0..SIDE * SIDE).map(|i| (i % 97) as f64).collect();
    let image = Image::from_slice(&data, SIDE, SIDE)?;
    // Spread evenly by two irrational steps, all of them inside.
    let place = |i: usize, step: f64| 22.0 + (SIDE as f64 - 45.0) * (i as f64 * step).fract();
    let x: Vec<f64> = (0..SOURCES).map(|i| place(i, 0.754_877_666_246_692_8)).collect();
    let y: Vec<f64> = (0..SOURCES).map(|i| place(i, 0.569_840_290_998_053_3)).collect();

    // What is done once is done here: detection of the processor, first use of memory.
    let first = work.measure(&image, &x[..AT_ONCE], &y[..AT_ONCE])?;
    let all = measured(&work, &image, &x, &y)?;
    println!("{first} {all}");
    Ok(())
}

/// The work that is counted.
#[inline(never)]
fn measured(work: &Work, image: &Image<'_>, x: &[f64], y: &[f64]) -> Result<f64> {
    let mut total = 0.0;
    for (x, y) in x.chunks(AT_ONCE).zip(y.chunks(AT_ONCE)) {
        total += work.measure(image, x, y)?;
    }
    Ok(total)
}

impl Work {
    fn measure(&self, image: &Image<'_>, x: &[f64], y: &[f64]) -> Result<f64> {
        let runner = &mut Runner { interrupted: &mut || false };
        match self {
            Self::Sum(aperture) => {
                let batch = Batch { x, y, shapes: Shapes::Shared(aperture), method: Method::Exact };
                Ok(batch.sums(image, runner)?.iter().map(|sum| sum.sum).sum())
            }
            Self::Photometry(apertures, annulus) => {
                let sky = annulus.as_ref().map_or(Sky::NONE, |annulus| Sky::Annulus {
                    x,
                    y,
                    shapes: Shapes::Shared(annulus),
                    estimator: SkyEstimator::default(),
                    levels: None,
                });
                let apertures = apertures.iter().map(Shapes::Shared).collect();
                let photometry = Photometry::new(x, y, apertures, sky);
                Ok(photometry.measure(image, runner)?.apertures.iter().map(|source| source.flux).sum())
            }
        }
    }
}
