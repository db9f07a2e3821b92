//! Laws of batches: the same bits in every layout and company, nothing leaks, nothing is too far or too small.

use super::*;
use crate::image::{Dtype, Image, Masks, View};
use crate::shapes;
use std::time::{Duration, Instant};

const NY: usize = 41;
const NX: usize = 90;

fn quiet<T>(work: impl FnOnce(&mut Runner<'_>) -> Result<T>) -> T {
    work(&mut Runner { interrupted: &mut || false }).unwrap()
}

/// Apertures of all sorts, each with a position: inside, across the edge of the frame, wider than a tile, outside.
fn sources() -> Vec<(Aperture, f64, f64)> {
    let mut sources = Vec::new();
    for (kind, row) in [
        ("circ", &[7.3][..]),
        ("circ", &[60.0]),
        ("ellip", &[9.0, 2.5, 0.7]),
        ("rect", &[12.0, 5.0, 1.1]),
        ("rect", &[3.0, 3.0, 0.0]),
        ("pill", &[8.0, 3.0, 2.0, 0.3]),
        ("circ_ann", &[5.0, 11.5]),
    ] {
        for (x, y) in [(44.3, 20.1), (0.2, 39.7), (88.0, 3.5), (-40.0, 17.0)] {
            let aperture = (Kind::named(kind).unwrap().build)(row).unwrap();
            sources.push((aperture, x, y));
        }
    }
    sources
}

/// A number that every dtype holds, different from pixel to pixel.
fn pixel(i: usize, dtype: Dtype) -> u8 {
    let value = (i * 37 + i / NX * 11) % 101;
    (if dtype == Dtype::Bool { value % 2 } else { value }) as u8
}

fn encoded(value: u8, dtype: Dtype) -> Vec<u8> {
    match dtype {
        Dtype::Bool | Dtype::U1 | Dtype::I1 => vec![value],
        Dtype::U2 | Dtype::I2 => u16::from(value).to_ne_bytes().to_vec(),
        Dtype::U4 | Dtype::I4 => u32::from(value).to_ne_bytes().to_vec(),
        Dtype::U8 | Dtype::I8 => u64::from(value).to_ne_bytes().to_vec(),
        Dtype::F2 => half::f16::from(value).to_ne_bytes().to_vec(),
        Dtype::F4 => f32::from(value).to_ne_bytes().to_vec(),
        Dtype::F8 => f64::from(value).to_ne_bytes().to_vec(),
    }
}

/// Pixels in memory of their own.
struct Memory {
    bytes: Vec<u8>,
    origin: usize,
    strides: (isize, isize),
    dtype: Dtype,
    swapped: bool,
}

impl Memory {
    /// Lay `value(i)` out with these steps in bytes, which may be negative.
    fn new(dtype: Dtype, swapped: bool, strides: (isize, isize), value: impl Fn(usize) -> u8) -> Self {
        let steps = |n: usize, stride: isize| (n - 1) * stride.unsigned_abs();
        let lead = 3; // so that no pixel is aligned
        let mut bytes = vec![0xA5; lead + steps(NY, strides.0) + steps(NX, strides.1) + dtype.size()];
        let origin = [(NY, strides.0), (NX, strides.1)]
            .iter()
            .fold(lead, |origin, &(n, stride)| if stride < 0 { origin + steps(n, stride) } else { origin });
        for i in 0..NY * NX {
            let at =
                origin.wrapping_add_signed((i / NX) as isize * strides.0 + (i % NX) as isize * strides.1);
            let mut pixel = encoded(value(i), dtype);
            if swapped {
                pixel.reverse();
            }
            bytes[at..at + pixel.len()].copy_from_slice(&pixel);
        }
        Self { bytes, origin, strides, dtype, swapped }
    }

    fn view(&self) -> View<'_> {
        View::from_bytes(&self.bytes, self.origin, (NY, NX), self.strides, self.dtype, self.swapped).unwrap()
    }
}

/// Row and column strides: C order, Fortran order, backwards, every third pixel of every second row, odd steps.
fn layouts(size: usize) -> [(isize, isize); 6] {
    let (size, nx, ny) = (size as isize, NX as isize, NY as isize);
    [
        (nx * size, size),
        (size, ny * size),
        (-nx * size, -size),
        (-nx * size, size),
        (6 * nx * size, 3 * size),
        (nx * (size + 5) + 7, size + 5),
    ]
}

fn bits(sum: Sum) -> [u64; 2] {
    [sum.sum.to_bits(), sum.npix.to_bits()]
}

fn alone(source: &(Aperture, f64, f64), method: Method, image: &Image<'_>) -> [u64; 2] {
    let (aperture, x, y) = source;
    let batch = Batch { x: &[*x], y: &[*y], shapes: Shapes::Shared(aperture), method };
    bits(quiet(|runner| batch.sums(image, runner))[0])
}

#[test]
fn equal_values_give_equal_bits_in_every_dtype_layout_and_byte_order_and_under_empty_masks() {
    for method in [Method::Exact, Method::Center] {
        for &dtype in Dtype::ALL {
            let plain: Vec<f64> = (0..NY * NX).map(|i| f64::from(pixel(i, dtype))).collect();
            let plain = Image::from_slice(&plain, NY, NX).unwrap();
            let expected: Vec<_> = sources().iter().map(|source| alone(source, method, &plain)).collect();
            for strides in layouts(dtype.size()) {
                for swapped in [false, true] {
                    let memory = Memory::new(dtype, swapped, strides, |i| pixel(i, dtype));
                    let image = Image::new(memory.view());
                    let mask = Memory::new(dtype, swapped, strides, |_| 0);
                    let once = image.masked(mask.view()).unwrap();
                    let twice = once.masked(View::from_slice(&[false; NY * NX], NY, NX).unwrap()).unwrap();
                    for image in [image, once, twice] {
                        let sums =
                            sources().iter().map(|source| alone(source, method, &image)).collect::<Vec<_>>();
                        assert_eq!(sums, expected, "{method:?} {image:?}");
                    }
                }
            }
        }
    }
}

/// A disc of its own radius for each source.
fn discs(radii: &[f64]) -> Shapes<'_> {
    Shapes::Each { kind: Kind::named("circ").unwrap(), columns: vec![Column::Each(radii)] }
}

#[test]
fn a_source_has_the_same_bits_alone_in_company_and_on_any_number_of_threads() {
    let data: Vec<f64> = (0..NY * NX).map(|i| (i as f64 * 0.7).sin() * 1e3).collect();
    let image = Image::from_slice(&data, NY, NX).unwrap();
    let radii: Vec<f64> = (0..700).map(|i| 0.3 + f64::from(i % 90) * 0.5).collect();
    let x: Vec<f64> = (0..700).map(|i| f64::from(i * 31 % 1100) / 11.0).collect();
    let y: Vec<f64> = (0..700).map(|i| f64::from(i * 17 % 500) / 11.0).collect();
    for method in [Method::Exact, Method::Center] {
        let expected: Vec<_> = (0..700)
            .map(|i| alone(&(shapes::circle(radii[i]).unwrap(), x[i], y[i]), method, &image))
            .collect();
        for threads in [1, 2, 5] {
            crate::pool::set_num_threads(threads).unwrap();
            for n in [1, 2, 63, 64, 700] {
                let shapes = discs(&radii[..n]);
                let batch = Batch { x: &x[..n], y: &y[..n], shapes, method };
                let sums: Vec<_> = quiet(|runner| batch.sums(&image, runner)).into_iter().map(bits).collect();
                assert_eq!(sums, expected[..n], "{n} sources on {threads} threads");
            }
            let reversed = |values: &[f64]| values.iter().rev().copied().collect::<Vec<_>>();
            let (radii, x, y) = (reversed(&radii), reversed(&x), reversed(&y));
            let batch = Batch { x: &x, y: &y, shapes: discs(&radii), method };
            let sums = quiet(|runner| batch.sums(&image, runner));
            assert!(sums.into_iter().map(bits).eq(expected.iter().rev().copied()));
        }
    }
}

#[test]
fn sums_are_the_weights_times_the_values() {
    let data: Vec<f64> = (0..NY * NX).map(|i| (i as f64 * 0.3).cos()).collect();
    let mask: Vec<bool> = (0..NY * NX).map(|i| i % 7 == 2).collect();
    let image = Image::from_slice(&data, NY, NX).unwrap();
    let image = image.masked(View::from_slice(&mask, NY, NX).unwrap()).unwrap();
    for (aperture, x, y) in &sources() {
        for method in [Method::Exact, Method::Center] {
            let batch = Batch { x: &[*x], y: &[*y], shapes: Shapes::Shared(aperture), method };
            let weights = quiet(|runner| batch.weights_in(image.frame(), runner));
            let (mut sum, mut npix, mut scale) = (0.0, 0.0, 0.0);
            let (mut raw, mut weighted) = (Vec::new(), Vec::new());
            for (i, &weight) in weights.iter().enumerate().filter(|&(i, &weight)| weight > 0.0 && !mask[i]) {
                sum += weight * data[i];
                scale += (weight * data[i]).abs();
                npix += weight;
                raw.push(data[i]);
                weighted.push(weight * data[i]);
            }
            let got = quiet(|runner| batch.sums(&image, runner))[0];
            assert!((got.sum - sum).abs() <= 1e-14 * scale);
            assert!((got.npix - npix).abs() <= 1e-14 * npix);
            let counted = quiet(|runner| batch.npix((NY, NX), image.masks(), runner))[0];
            assert_eq!(counted.to_bits(), got.npix.to_bits());
            let values = quiet(|runner| batch.values(&image, true, runner));
            assert_eq!(values.bytes, raw.iter().flat_map(|value| value.to_ne_bytes()).collect::<Vec<_>>());
            let at = |(&y, &x): (&i64, &i64)| data[y as usize * NX + x as usize];
            assert!(values.yy.iter().zip(&values.xx).map(at).eq(raw.iter().copied()));
            let (products, offsets) = quiet(|runner| batch.weighted_values(&image, runner));
            assert_eq!(products, weighted);
            assert_eq!(offsets, values.offsets);
        }
    }
}

#[test]
fn weights_and_cutouts_cover_the_bounding_box() {
    let data: Vec<f64> = (0..NY * NX).map(|i| 1.0 + i as f64).collect();
    let mask: Vec<u8> = (0..NY * NX).map(|i| u8::from(i % 5 == 0)).collect();
    let image = Image::from_slice(&data, NY, NX).unwrap();
    let image = image.masked(View::from_slice(&mask, NY, NX).unwrap()).unwrap();
    for (aperture, x, y) in &sources() {
        let batch = Batch { x: &[*x], y: &[*y], shapes: Shapes::Shared(aperture), method: Method::Exact };
        let (weights, windows) = quiet(|runner| batch.weights(runner));
        let (weights, window) = (&weights[0], windows[0]);
        assert_eq!(weights.len(), window.ny() * window.nx());
        let total: f64 = weights.iter().sum();
        assert!((total - aperture.area()).abs() <= 1e-13 * aperture.area());
        let (cutouts, boxes) = quiet(|runner| batch.cutouts(&image, -7.0, runner));
        assert_eq!(boxes, windows);
        for (k, &weight) in weights.iter().enumerate() {
            let (y, x) = (window.y0 + (k / window.nx()) as i64, window.x0 + (k % window.nx()) as i64);
            let inside = image.frame().contains(Window { x0: x, x1: x + 1, y0: y, y1: y + 1 });
            let expected = match (y * NX as i64 + x) as usize {
                i if inside && mask[i] == 0 => weight * data[i],
                _ => -7.0,
            };
            assert_eq!(cutouts[0][k], expected);
        }
    }
}

#[test]
fn npix_of_a_whole_aperture_is_its_area_to_the_bit() {
    let image = Image::from_slice(&[1.0_f32; NY * NX], NY, NX).unwrap();
    let ring = shapes::circular_annulus(3.1, 8.7).unwrap();
    let sums = |x: &[f64], image: &Image<'_>| {
        let batch = Batch { x, y: &[20.123], shapes: Shapes::Shared(&ring), method: Method::Exact };
        quiet(|runner| batch.sums(image, runner))[0]
    };
    assert_eq!(sums(&[40.7], &image).npix.to_bits(), ring.area().to_bits());
    // A mask in the hole takes nothing away, one on the ring does.
    let masked = |x: usize, y: usize| {
        let mut mask = vec![0.0; NY * NX];
        mask[y * NX + x] = f64::NAN;
        let image = image.masked(View::from_slice(&mask, NY, NX).unwrap()).unwrap();
        sums(&[40.7], &image).npix
    };
    assert_eq!(masked(41, 20).to_bits(), ring.area().to_bits());
    assert!((masked(46, 20) - (ring.area() - 1.0)).abs() < 1e-12);
    // Across the edge of the frame the weights are added up.
    assert!(sums(&[8.0], &image).npix < ring.area());
}

#[test]
fn what_is_masked_weightless_in_a_hole_or_off_the_frame_never_leaks() {
    let ring = shapes::circular_annulus(4.0, 9.0).unwrap();
    for method in [Method::Exact, Method::Center] {
        let batch = Batch { x: &[30.4], y: &[20.6], shapes: Shapes::Shared(&ring), method };
        let weights = quiet(|runner| batch.weights_in(Window::frame(NY, NX), runner));
        let mask: Vec<bool> = (0..NY * NX).map(|i| i % 11 == 3).collect();
        let clean: Vec<f64> =
            (0..NY * NX).map(|i| if mask[i] || weights[i] == 0.0 { 0.0 } else { 1.0 + i as f64 }).collect();
        let mask = View::from_slice(&mask, NY, NX).unwrap();
        let image = Image::from_slice(&clean, NY, NX).unwrap().masked(mask).unwrap();
        let expected = quiet(|runner| batch.sums(&image, runner))[0];
        for bad in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
            let dirty: Vec<f64> = clean.iter().map(|&value| if value == 0.0 { bad } else { value }).collect();
            let image = Image::from_slice(&dirty, NY, NX).unwrap().masked(mask).unwrap();
            assert_eq!(bits(quiet(|runner| batch.sums(&image, runner))[0]), bits(expected));
            let (values, _) = quiet(|runner| batch.weighted_values(&image, runner));
            assert!(values.iter().all(|value| value.abs() < 1e5));
            let (cutouts, _) = quiet(|runner| batch.cutouts(&image, 0.0, runner));
            assert!(cutouts[0].iter().all(|value| value.abs() < 1e5));
            let values = quiet(|runner| batch.values(&image, false, runner));
            let (values, _) = values.bytes.as_chunks();
            assert!(values.iter().all(|&value| f64::from_ne_bytes(value).abs() < 1e5));
        }
        // A NaN of some weight is the caller's.
        let mut dirty = clean.clone();
        dirty[20 * NX + 36] = f64::NAN;
        let image = Image::from_slice(&dirty, NY, NX).unwrap();
        assert!(quiet(|runner| batch.sums(&image, runner))[0].sum.is_nan());
    }
}

#[test]
fn a_bad_row_is_a_row_of_nan_and_spoils_no_other() {
    let image = Image::from_slice(&[1.0_f32; NY * NX], NY, NX).unwrap();
    let x = [20.0, f64::NAN, 20.0, 20.0, 20.0];
    let y = [20.0, 20.0, f64::INFINITY, 20.0, 20.0];
    let columns = vec![Column::Each(&[2.0, 2.0, 2.0, -1.0, 2.0]), Column::Each(&[3.0, 3.0, 3.0, 3.0, 2.0])];
    let shapes = Shapes::Each { kind: Kind::named("circ_ann").unwrap(), columns };
    let batch = Batch { x: &x, y: &y, shapes, method: Method::Exact };
    let sums = quiet(|runner| batch.sums(&image, runner));
    let area = shapes::circular_annulus(2.0, 3.0).unwrap().area();
    assert!((sums[0].sum - area).abs() < 1e-13);
    assert!(sums[1..].iter().all(|sum| sum.sum.is_nan() && sum.npix.is_nan()));
    let npix = quiet(|runner| batch.npix((NY, NX), &Masks::NONE, runner));
    assert!(npix[0] == area && npix[1..].iter().all(|npix| npix.is_nan()));
    let areas = quiet(|runner| batch.areas(runner));
    assert!(areas[0] == area && areas[1..].iter().all(|area| area.is_nan()));
    let (weights, windows) = quiet(|runner| batch.weights(runner));
    assert!(
        weights[1..].iter().all(Vec::is_empty) && windows[1..].iter().all(|&window| window == Window::EMPTY)
    );
    let (cutouts, windows) = quiet(|runner| batch.cutouts(&image, 0.0, runner));
    assert!(
        cutouts[1..].iter().all(Vec::is_empty) && windows[1..].iter().all(|&window| window == Window::EMPTY)
    );
    let values = quiet(|runner| batch.values(&image, false, runner));
    assert!(values.offsets[1] > 0 && values.offsets[1..].iter().all(|&offset| offset == values.offsets[1]));
}

#[test]
fn the_check_names_the_row_the_value_and_the_rule() {
    let ring = Kind::named("circ_ann").unwrap();
    let (fine, bad) = ([1.0; 100], |i: usize, value: f64| {
        let mut column = [1.0; 100];
        column[i] = value;
        column
    });
    let check = |x: &[f64], y: &[f64], columns: Vec<Column<'_>>| {
        let batch = Batch { x, y, shapes: Shapes::Each { kind: ring, columns }, method: Method::Exact };
        batch.check(&mut Runner { interrupted: &mut || false }).map_err(|error| error.to_string())
    };
    let outer = Column::Same(3.0);
    let text = |text: &str| Err(text.to_owned());
    assert_eq!(check(&fine, &fine, vec![Column::Each(&fine), outer]), Ok(()));
    assert_eq!(
        check(&bad(3, f64::NAN), &fine, vec![Column::Same(1.0), outer]),
        text("x[3]=nan must be finite")
    );
    assert_eq!(
        check(&fine, &bad(99, -f64::INFINITY), vec![Column::Same(1.0), outer]),
        text("y[99]=-inf must be finite")
    );
    let error = check(&fine, &fine, vec![Column::Each(&bad(2, 5.0)), outer]).unwrap_err();
    assert!(error.starts_with("r_in[2]=5.0 must be") && error.ends_with("r_out=3.0"), "{error}");
    let error = check(&fine, &fine, vec![Column::Each(&fine), Column::Each(&bad(7, f64::NAN))]).unwrap_err();
    assert!(error.starts_with("r_out[") || error.starts_with("r_in["), "{error}");
    assert_eq!(check(&fine[..99], &fine, vec![outer, outer]), text("x has 99 values, but y has 100"));
    let short = Column::Each(&fine[..98]);
    assert_eq!(check(&fine, &fine, vec![short, outer]), text("x has 100 values, but r_in has 98"));
    assert_eq!(check(&fine, &fine, vec![outer]), text("circ_ann has 2 parameters, not 1"));
}

#[test]
fn images_without_pixels_and_batches_without_sources_are_empty() {
    let disc = shapes::circle(3.0).unwrap();
    for (ny, nx) in [(0, 0), (0, 7), (7, 0)] {
        let image = Image::from_slice::<i32>(&[], ny, nx).unwrap();
        for method in [Method::Exact, Method::Center] {
            let batch = Batch { x: &[0.0], y: &[0.0], shapes: Shapes::Shared(&disc), method };
            assert_eq!(quiet(|runner| batch.sums(&image, runner)), [Sum::default()]);
            assert_eq!(quiet(|runner| batch.npix((ny, nx), &Masks::NONE, runner)), [0.0]);
            assert_eq!(quiet(|runner| batch.values(&image, true, runner)).offsets, [0, 0]);
            let (cutouts, windows) = quiet(|runner| batch.cutouts(&image, 4.0, runner));
            assert_eq!(cutouts[0], vec![4.0; windows[0].ny() * windows[0].nx()]);
        }
    }
    let image = Image::from_slice(&[1.0], 1, 1).unwrap();
    let batch = Batch { x: &[], y: &[], shapes: Shapes::Shared(&disc), method: Method::Exact };
    assert_eq!(quiet(|runner| batch.sums(&image, runner)), []);
    assert_eq!(
        quiet(|runner| batch.values(&image, false, runner)),
        Values { offsets: vec![0], ..Values::default() }
    );
    assert_eq!(quiet(|runner| batch.weighted_values(&image, runner)), (vec![], vec![0]));
    assert_eq!(quiet(|runner| batch.weights(runner)), (vec![], vec![]));
    assert_eq!(quiet(|runner| batch.check(runner)), ());
}

#[test]
fn a_position_far_off_the_frame_measures_nothing() {
    let image = Image::from_slice(&[1.0_f32; NY * NX], NY, NX).unwrap();
    let disc = shapes::circle(3.0).unwrap();
    for far in [1e3, -1e9, 1e17, -1e300, f64::MAX] {
        for method in [Method::Exact, Method::Center] {
            let batch = Batch { x: &[far], y: &[5.0], shapes: Shapes::Shared(&disc), method };
            assert_eq!(quiet(|runner| batch.sums(&image, runner)), [Sum::default()]);
            assert_eq!(
                quiet(|runner| batch.values(&image, true, runner)),
                Values { offsets: vec![0, 0], ..Values::default() }
            );
        }
    }
    let batch = Batch { x: &[1e300], y: &[5.0], shapes: Shapes::Shared(&disc), method: Method::Exact };
    let error = batch.weights(&mut Runner { interrupted: &mut || false }).unwrap_err();
    assert!(matches!(error, ApertureError::Extent(_)));
}

#[test]
fn a_giant_aperture_costs_its_rows_in_the_frame_and_has_no_array_of_weights() {
    let data: Vec<f64> = (0..NY * NX).map(|i| i as f64).collect();
    let image = Image::from_slice(&data, NY, NX).unwrap();
    let disc = shapes::circle(1e9).unwrap();
    let batch = Batch { x: &[0.0], y: &[0.5], shapes: Shapes::Shared(&disc), method: Method::Exact };
    let sum = quiet(|runner| batch.sums(&image, runner))[0];
    assert_eq!(sum, Sum { sum: data.iter().sum(), npix: (NY * NX) as f64 });
    for error in [
        batch.weights(&mut Runner { interrupted: &mut || false }).unwrap_err(),
        batch.cutouts(&image, 0.0, &mut Runner { interrupted: &mut || false }).unwrap_err(),
    ] {
        let text = "bounding box of 2000000001 x 2000000000 pixels at (0.0, 0.5) is too large to hold";
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn one_huge_aperture_stops_soon() {
    // A frame of 10^10 pixels that takes one byte of memory: all strides are 0.
    let view = View::from_bytes(&[1], 0, (100_000, 100_000), (0, 0), Dtype::U1, false).unwrap();
    let disc = shapes::circle(1e6).unwrap();
    for method in [Method::Exact, Method::Center] {
        let batch = Batch { x: &[5e4], y: &[5e4], shapes: Shapes::Shared(&disc), method };
        let begin = Instant::now();
        let outcome = batch.sums(&Image::new(view), &mut Runner { interrupted: &mut || true });
        assert!(matches!(outcome, Err(ApertureError::Stopped(_))));
        assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    }
}

#[test]
fn a_large_array_of_weights_stops_soon() {
    let disc = shapes::circle(8e3).unwrap();
    let x = [0.0; 8];
    let batch = Batch { x: &x, y: &x, shapes: Shapes::Shared(&disc), method: Method::Exact };
    let begin = Instant::now();
    let outcome = batch.weights(&mut Runner { interrupted: &mut || true });
    assert!(matches!(outcome, Err(ApertureError::Stopped(_))));
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[test]
fn one_window_is_for_one_source() {
    let disc = shapes::circle(1.0).unwrap();
    let window = Window::frame(2, 3);
    let run = |x: &[f64]| {
        let batch = Batch { x, y: x, shapes: Shapes::Shared(&disc), method: Method::Center };
        batch.weights_in(window, &mut Runner { interrupted: &mut || false })
    };
    assert_eq!(run(&[0.0]).unwrap(), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert!(run(&[f64::NAN]).unwrap().iter().all(|weight| weight.is_nan()));
    assert!(matches!(run(&[0.0, 1.0]), Err(ApertureError::Layout(_))));
}
