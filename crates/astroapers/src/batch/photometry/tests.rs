//! Photometry of a few sources.

use super::*;
use crate::photometry::{ErrorKind, Statistic};
use crate::{Kind, image::View, shapes};

const SIZE: usize = 60;

fn data() -> Vec<f64> {
    (0..SIZE * SIZE).map(|i| 100.0 + ((i * 7919) % 31) as f64).collect()
}

fn request<'a>(x: &'a [f64], apertures: Vec<Shapes<'a>>, sky: Sky<'a>) -> Photometry<'a> {
    Photometry::new(x, x, apertures, sky)
}

fn annuli<'a>(x: &'a [f64], shape: &'a crate::Aperture, statistic: Statistic) -> Sky<'a> {
    let estimator = SkyEstimator { statistic, ..SkyEstimator::default() };
    Sky::Annulus { x, y: x, shapes: Shapes::Shared(shape), estimator, levels: None }
}

fn measured(request: &Photometry<'_>, image: &Image<'_>) -> Catalogue {
    request.measure(image, &mut Runner { interrupted: &mut || false }).unwrap()
}

#[test]
fn a_flux_is_a_sum_less_the_sky() {
    let (data, x) = (data(), [20.0, 35.5]);
    let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
    let (disc, ring) = (shapes::circle(3.0).unwrap(), shapes::circular_annulus(6.0, 9.0).unwrap());
    let found =
        measured(&request(&x, vec![Shapes::Shared(&disc)], annuli(&x, &ring, Statistic::Mean)), &image);
    let batch = Batch { x: &x, y: &x, shapes: Shapes::Shared(&disc), method: Method::Exact };
    let sums = batch.sums(&image, &mut Runner { interrupted: &mut || false }).unwrap();
    for ((source, sky), sum) in found.apertures.iter().zip(&found.sky).zip(sums) {
        assert_eq!((source.apsum, source.npix), (sum.sum, sum.npix));
        assert_eq!(source.flux, sum.sum - sum.npix * sky.level);
        assert!(sky.n > 100 && source.flux_err > 0.0);
    }
}

#[test]
fn given_levels_replace_the_statistic_alone() {
    let (data, x) = (data(), [20.0, 35.5]);
    let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
    let (disc, ring) = (shapes::circle(3.0).unwrap(), shapes::circular_annulus(6.0, 9.0).unwrap());
    let own = request(&x, vec![Shapes::Shared(&disc)], annuli(&x, &ring, Statistic::Median));
    let survivors = own.survivors(&image, &mut Runner { interrupted: &mut || false }).unwrap();
    let mut given = own.clone();
    if let Sky::Annulus { levels, .. } = &mut given.sky {
        *levels = Some(&[1.0, 2.0]);
    }
    let (own, given) = (measured(&own, &image), measured(&given, &image));
    for i in 0..2 {
        assert_eq!(given.sky[i], SkyMeasured { level: (i + 1) as f64, ..own.sky[i] });
        assert_eq!((survivors.offsets[i + 1] - survivors.offsets[i]) as usize, own.sky[i].n);
    }
}

#[test]
fn bad_rows_are_flagged_and_spoil_nothing() {
    let (data, x, radii) = (data(), [20.0, f64::NAN, 30.0], [3.0, 3.0, -1.0]);
    let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
    let kind = Kind::named("circ").unwrap();
    let shapes = Shapes::Each { kind, columns: vec![Column::Each(&radii)] };
    let found = measured(&request(&x, vec![shapes], Sky::NONE), &image);
    let fluxes = found.apertures.iter().map(|source| source.flux.is_nan());
    assert_eq!(fluxes.collect::<Vec<_>>(), [false, true, true]);
    assert!(found.apertures[1].flags.has(Flags::BAD_POSITION));
    assert!(found.apertures[2].flags.has(Flags::BAD_GEOMETRY));
    assert_eq!(found.apertures[0].flags, Flags::NONE);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let (data, x) = (data(), [20.0, 30.0]);
    let image = Image::from_slice(&data, SIZE, SIZE).unwrap();
    let disc = shapes::circle(3.0).unwrap();
    let refused = |request: &Photometry<'_>| {
        request.measure(&image, &mut Runner { interrupted: &mut || false }).unwrap_err().to_string()
    };
    let good = request(&x, vec![Shapes::Shared(&disc)], Sky::NONE);
    assert_eq!(
        refused(&Photometry { apertures: Vec::new(), ..good.clone() }),
        "photometry needs at least one aperture"
    );
    assert_eq!(refused(&Photometry { y: &[1.0], ..good.clone() }), "x has 2 values, but y has 1");
    let level = Column::Each(&[1.0; 3]);
    let sky = Sky::Given { level, std: Column::Same(1.0), err: Column::Same(0.0) };
    assert_eq!(refused(&Photometry { sky, ..good.clone() }), "x has 2 values, but sky has 3");
    let sky = annuli(&x[..1], &disc, Statistic::Median);
    assert_eq!(refused(&Photometry { sky, ..good.clone() }), "x has 2 values, but sky has 1");
    let view = View::from_slice(&[1.0; 4], 2, 2).unwrap();
    let errors = Some(Errors { view, kind: ErrorKind::Std, scale: 1.0 });
    assert_eq!(
        refused(&Photometry { errors, ..good.clone() }),
        "error has shape (2, 2), but the image has shape (60, 60)"
    );
    let none = good.survivors(&image, &mut Runner { interrupted: &mut || false }).unwrap_err();
    assert_eq!(none.to_string(), "there are no pixels of a sky that is given");
}
