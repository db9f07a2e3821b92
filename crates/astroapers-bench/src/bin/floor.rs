//! The least that a sum over an aperture could cost: adding up the pixels of its bounding box, no geometry.
//!
//! The benchmarks run it beside the packages that they compare, over the same boxes in the same order. It holds
//! a square image of its own, and answers questions on standard input until that ends:
//!
//! - `boxes N`, then 4 N little-endian `i64` (`x0`, `x1`, `y0`, `y1`, half-open): remember these boxes;
//! - `time K`: add up every box `K` times, and print the nanoseconds that took.
//!
//! `cargo rustc --release -p astroapers-bench --bin floor -- -C target-cpu=native`, so that it uses what the
//! machine has: a floor for one level of SIMD is no floor.

use std::hint::black_box;
use std::io::{BufRead, Read, Write};
use std::time::Instant;

/// Values added side by side: enough chains to hide the latency of an addition.
const LANES: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let side: usize = std::env::args().nth(1).ok_or("usage: floor SIDE")?.parse()?;
    // The values do not matter; that every page of them exists does.
    let image: Vec<f64> = (0..side * side).map(|i| (i % 251) as f64).collect();
    let mut boxes: Vec<[usize; 4]> = Vec::new();
    let mut input = std::io::stdin().lock();
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["boxes", n] => {
                let mut bytes = vec![0; n.parse::<usize>()? * 32];
                input.read_exact(&mut bytes)?;
                boxes = bytes.chunks_exact(32).map(|row| within(row, side)).collect();
            }
            ["time", k] => {
                let loops: usize = k.parse()?;
                let start = Instant::now();
                for _ in 0..loops {
                    for &window in &boxes {
                        black_box(total(&image, side, window));
                    }
                }
                println!("{}", start.elapsed().as_nanos());
                std::io::stdout().flush()?;
            }
            _ => return Err(format!("no such question: {line:?}").into()),
        }
        line.clear();
    }
    Ok(())
}

/// A box as it came in, clipped to the image.
fn within(row: &[u8], side: usize) -> [usize; 4] {
    let mut edges = [0; 4];
    for (edge, bytes) in edges.iter_mut().zip(row.as_chunks::<8>().0) {
        *edge = i64::from_le_bytes(*bytes).clamp(0, side as i64) as usize;
    }
    edges
}

/// The sum of a box.
fn total(image: &[f64], side: usize, [x0, x1, y0, y1]: [usize; 4]) -> f64 {
    let mut sums = [0.0; LANES];
    let mut rest = [0.0; 3];
    for y in y0..y1 {
        let (lanes, last) = image[y * side + x0..y * side + x1].as_chunks::<LANES>();
        for lane in lanes {
            add(&mut sums, lane);
        }
        let (halves, last) = last.as_chunks::<{ LANES / 2 }>();
        for half in halves {
            add(&mut sums, half);
        }
        // No more than three: each has a chain of its own.
        match last {
            [a] => add(&mut rest, &[*a]),
            [a, b] => add(&mut rest, &[*a, *b]),
            [a, b, c] => add(&mut rest, &[*a, *b, *c]),
            _ => {}
        }
    }
    rest.iter().sum::<f64>() + sums.iter().sum::<f64>()
}

/// Add values to the first of the sums.
fn add<const N: usize>(sums: &mut [f64], values: &[f64; N]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}
