//! Photometry in plain Rust: stars on a sloping sky, measured over discs, with the sky from annuli.
//!
//! `cargo run --release --example photometry`

use astroapers::batch::{Batch, Runner, Shapes};
use astroapers::image::{Image, View};
use astroapers::{Aperture, Method, Result, shapes};

const NY: usize = 200;
const NX: usize = 300;

/// Standard deviation of a star's profile \[pixel\].
const SEEING: f64 = 1.6;

/// Column, row and flux of each star.
const STARS: [[f64; 3]; 4] =
    [[60.3, 50.8, 10_000.0], [150.0, 100.5, 4_000.0], [220.71, 160.2, 25_000.0], [40.1, 150.9, 800.0]];

fn main() -> Result<()> {
    // The camera writes single precision; a column of it is dead, and says so in a mask.
    let data: Vec<f32> = (0..NY * NX).map(|i| brightness((i % NX) as f64, (i / NX) as f64) as f32).collect();
    let dead: Vec<bool> = (0..NY * NX).map(|i| i % NX == 228).collect();
    let image = Image::from_slice(&data, NY, NX)?.masked(View::from_slice(&dead, NY, NX)?)?;

    let (x, y) = (STARS.map(|[x, ..]| x), STARS.map(|[_, y, _]| y));
    let (disc, ring) = (shapes::circle(6.5)?, shapes::circular_annulus(10.0, 15.0)?);
    let over = |aperture: &Aperture| {
        let batch = Batch { x: &x, y: &y, shapes: Shapes::Shared(aperture), method: Method::Exact };
        let mut never = || false;
        let mut runner = Runner { interrupted: &mut never };
        batch.check(&mut runner)?;
        batch.sums(&image, &mut runner)
    };

    println!("       x        y      npix    sky/px        flux      truth");
    for ((star, disc), ring) in STARS.iter().zip(over(&disc)?).zip(over(&ring)?) {
        let sky = ring.sum / ring.npix;
        let flux = disc.sum - sky * disc.npix;
        println!("{:8.2} {:8.2} {:9.3} {sky:9.3} {flux:11.2} {:10.1}", star[0], star[1], disc.npix, star[2]);
    }
    Ok(())
}

/// What falls on the pixel in column `x` and row `y`: a sky that slopes, and Gaussian stars.
fn brightness(x: f64, y: f64) -> f64 {
    let sky = 100.0 + 0.02 * x - 0.01 * y;
    let star = |&[x0, y0, flux]: &[f64; 3]| {
        let r2 = (x - x0).powi(2) + (y - y0).powi(2);
        let peak = flux / (std::f64::consts::TAU * SEEING * SEEING);
        peak * (-r2 / (2.0 * SEEING * SEEING)).exp()
    };
    sky + STARS.iter().map(star).sum::<f64>()
}
