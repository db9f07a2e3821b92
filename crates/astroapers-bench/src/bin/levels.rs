//! What each level of vector instructions computes, bit by bit: `ASTROAPERS_SIMD=avx2 levels`.
//!
//! The first line names the level, each further one a quantity and the bits of one number. `reliability/avx512.py` compares
//! what the levels print.

use astroapers::batch::{Batch, Photometry, Runner, Shapes, Sky};
use astroapers::image::{Image, View};
use astroapers::photometry::{SkyEstimator, Statistic};
use astroapers::{Aperture, Kind, Method, Result, pool, shapes, simd_level};
use std::io::Write;

const SIDE: usize = 160;

/// Positions of each shape: on lines and centres of the grid, and anywhere.
const SOURCES: usize = 24;

const SHAPES: [(&str, &[f64]); 14] = [
    ("circ", &[1.5]),
    ("circ", &[3.0]),
    ("circ", &[5.0]),
    ("circ", &[20.0]),
    ("circ", &[62.3]),
    ("ellip", &[5.0, 3.0, 0.5]),
    ("ellip", &[30.0, 4.0, -1.1]),
    ("rect", &[10.0, 6.0, 0.3]),
    ("pill", &[9.0, 5.0, 8.0, 0.7]),
    ("wedge", &[4.0, 30.0, 0.3, 2.0, 0.3, 2.0]),
    ("circ_ann", &[9.0, 15.0]),
    ("ellip_ann", &[6.0, 3.0, 12.0, 6.0, 0.4, 0.4]),
    ("rect_ann", &[4.0, 5.0, 14.0, 15.0, 0.3, 0.3]),
    ("pill_ann", &[3.0, 2.0, 2.0, 9.0, 6.0, 6.0, 0.3, 0.3]),
];

const STATISTICS: [(&str, Statistic); 7] = [
    ("median", Statistic::Median),
    ("mean", Statistic::Mean),
    ("mode", Statistic::Mode),
    ("mmm", Statistic::Mmm),
    ("sextractor", Statistic::Sextractor),
    ("biweight", Statistic::Biweight),
    ("median_interp", Statistic::MedianInterp),
];

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    pool::set_parallel_threshold(usize::MAX)?;
    let mut lines = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(lines, "{}", simd_level())?;
    let mut show = |what: &str, number: f64| writeln!(lines, "{what} {:016x}", number.to_bits());

    let step = |i: usize, by: f64| (i as f64 * by).fract();
    let place = |i: usize, by: f64| match i % 4 {
        0 => 70.0 + (i / 4) as f64,
        1 => 70.5 + (i / 4) as f64,
        _ => 40.0 + 80.0 * step(i, by),
    };
    let x: Vec<f64> = (0..SOURCES).map(|i| place(i, 0.754_877_666_246_692_8)).collect();
    let y: Vec<f64> = (0..SOURCES).map(|i| place(i + i / 4, 0.569_840_290_998_053_3)).collect();

    let sky: Vec<f64> = (0..SIDE * SIDE).map(|i| 100.0 + 10.0 * step(i, 0.618_033_988_749_894_9)).collect();
    let counts: Vec<u16> = (0..SIDE * SIDE).map(|i| (i * 31 % 4093) as u16).collect();
    let rounded: Vec<f32> = sky.iter().map(|&value| value as f32).collect();
    let bad: Vec<bool> = (0..SIDE * SIDE).map(|i| i % 53 == 0).collect();
    let masked = Image::from_slice(&rounded, SIDE, SIDE)?.masked(View::from_slice(&bad, SIDE, SIDE)?)?;
    let images = [
        ("f64", Image::from_slice(&sky, SIDE, SIDE)?),
        ("u16", Image::from_slice(&counts, SIDE, SIDE)?),
        ("masked f32", masked),
    ];

    let runner = &mut Runner { interrupted: &mut || false };
    for (name, row) in SHAPES {
        let aperture = built(name, row)?;
        for (how, method) in [("exact", Method::Exact), ("center", Method::Center)] {
            let batch = Batch { x: &x, y: &y, shapes: Shapes::Shared(&aperture), method };
            for weight in batch.weights(runner)?.0.into_iter().flatten() {
                show(&format!("weights, {how}"), weight)?;
            }
            for (dtype, image) in &images {
                for sum in batch.sums(image, runner)? {
                    show(&format!("sums of {dtype}, {how}"), sum.sum)?;
                    show("npix", sum.npix)?;
                }
            }
        }
    }

    let (disc, annulus) = (shapes::circle(5.0)?, shapes::circular_annulus(9.0, 15.0)?);
    for (name, statistic) in STATISTICS {
        let estimator = SkyEstimator { statistic, ..SkyEstimator::default() };
        let sky = Sky::Annulus { x: &x, y: &y, shapes: Shapes::Shared(&annulus), estimator, levels: None };
        let photometry = Photometry::new(&x, &y, vec![Shapes::Shared(&disc)], sky);
        for (_, image) in &images {
            let catalogue = photometry.measure(image, runner)?;
            for (sky, star) in catalogue.sky.iter().zip(&catalogue.apertures) {
                show(&format!("sky, {name}"), sky.level)?;
                show("scatter of the sky", sky.std)?;
                show("survivors of the sky", sky.n as f64)?;
                show("flux", star.flux)?;
                show("error of the flux", star.flux_err)?;
            }
        }
    }
    lines.flush()?;
    Ok(())
}

fn built(name: &str, row: &[f64]) -> Result<Aperture> {
    let kind = Kind::named(name).expect("it is one of the shapes");
    (kind.build)(row)
}
