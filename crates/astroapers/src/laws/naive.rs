//! Statistics of the sky as their definitions say them, one step after another.

use super::pixels::{near, same};
use crate::photometry::{Clip, ErrorKind, SkyMeasured, Statistic};

/// The variance that an error stands for; NaN unless both are positive and finite.
pub(super) fn variance(kind: ErrorKind, error: f64) -> f64 {
    let variance = match kind {
        ErrorKind::Std => error * error,
        ErrorKind::Variance => error,
        ErrorKind::InverseVariance => 1.0 / error,
    };
    let valid = error > 0.0 && variance > 0.0 && variance.is_finite();
    if valid { variance } else { f64::NAN }
}

/// The median of some numbers, from all of them in order.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

/// Mean and standard deviation, divided by `n` under the root.
///
/// About the median, so that equal numbers have a deviation of exactly 0.
fn moments(values: &[f64]) -> (f64, f64) {
    let (n, centre) = (values.len() as f64, median(values));
    let shift = values.iter().map(|v| v - centre).sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - centre - shift).powi(2)).sum::<f64>() / n;
    (centre + shift, variance.sqrt())
}

/// Share of the terms of a bound within which rounding may decide whether a value survives.
const DOUBT: f64 = 1e-9;

/// The values that survive; `None` if rounding may decide on one.
fn clipped(values: &[f64], clip: Option<Clip>) -> Option<Vec<f64>> {
    let Some(Clip { sigma, maxiters }) = clip else { return Some(values.to_vec()) };
    let mut left = values.to_vec();
    let mut bounds = [f64::NEG_INFINITY, f64::INFINITY];
    for _ in 0..maxiters.unwrap_or(u32::MAX) {
        if left.is_empty() {
            break;
        }
        let (_, std) = moments(&left);
        let (centre, width) = (median(&left), sigma * std);
        bounds = [centre - width, centre + width];
        let doubt = DOUBT * (centre.abs() + width);
        let doubtful = |v: f64| bounds.iter().any(|bound| (v - bound).abs() <= doubt || width.is_nan());
        // Of equal values the bounds are these values: nothing is rounded.
        let equal = std == 0.0 && values.iter().all(|&v| v == centre);
        if !equal && values.iter().any(|&v| doubtful(v)) {
            return None;
        }
        let before = left.len();
        left.retain(|v| (bounds[0]..=bounds[1]).contains(v));
        if left.len() == before {
            break;
        }
    }
    Some(values.iter().copied().filter(|v| (bounds[0]..=bounds[1]).contains(v)).collect())
}

/// The survivors are those of the definition, in the order of the image; where rounding decides, at least values of the image.
pub(super) fn check_survivors(values: &[f64], kept: &[f64], clip: Option<Clip>) {
    if let Some(expected) = clipped(values, clip) {
        assert_eq!(kept, expected, "survivors of {values:?}");
        return;
    }
    let mut rest = values.iter();
    assert!(kept.iter().all(|kept| rest.any(|value| value == kept)), "{kept:?} is no part of {values:?}");
}

/// Whether mean and median differ by 0.3 standard deviations; `None` if rounding decides.
pub(super) fn is_skewed(kept: &[f64]) -> Option<bool> {
    let (mean, std) = moments(kept);
    let (difference, limit) = ((mean - median(kept)).abs(), 0.3 * std);
    if std == 0.0 || kept.is_empty() {
        return Some(false);
    }
    let clear = (difference - limit).abs() > 1e-9 * (limit + 1e-6 * mean.abs());
    clear.then_some(difference >= limit)
}

/// Level, deviation and number are those of the survivors.
pub(super) fn check_sky(
    measured: &SkyMeasured,
    total: usize,
    kept: &[f64],
    own: Option<f64>,
    statistic: Statistic,
    step: f64,
) {
    let SkyMeasured { level, std, n, .. } = *measured;
    if let Some(own) = own {
        same(level, if total == 0 { f64::NAN } else { own }, "the user's level");
    }
    if kept.is_empty() {
        assert!(n == 0 && std.is_nan());
        return assert!(own.is_some() || level.is_nan());
    }
    let centre = median(kept);
    let spread = kept.iter().map(|v| (v - centre).abs()).fold(0.0, f64::max);
    let rounding = 8.0 * f64::EPSILON * (kept.len() + 8) as f64;
    // Squares of larger deviations pass the largest number.
    let wild = !(spread < 1e150 && centre.abs() < 1e300);
    let (mean, deviation) = moments(kept);
    if statistic == Statistic::Mmm {
        assert!(n <= kept.len() && (n == kept.len() || n >= 20), "{n} of {} values", kept.len());
        let near_by = (level - centre).abs() <= 4.0 * spread + rounding * centre.abs();
        return assert!(own.is_some() || wild || near_by, "mode {level}, median {centre}, spread {spread}");
    }
    assert_eq!(n, kept.len());
    if wild {
        return;
    }
    let corrected = deviation * (n as f64 / (n as f64 - 1.0)).sqrt();
    if n == 1 {
        assert!(std.is_nan());
    } else {
        near(std * std, corrected * corrected, rounding * spread * spread, "std");
    }
    if own.is_some() {
        return;
    }
    // The last term is for the numbers whose digits end at the least one.
    let of_mean = rounding * spread + f64::EPSILON * centre.abs() + f64::from_bits(8);
    match statistic {
        Statistic::Median => same(level + 0.0, centre + 0.0, "median"),
        Statistic::Mean => near(level, mean, of_mean, "mean"),
        Statistic::Mode => near(level, 3.0 * centre - 2.0 * mean, 8.0 * of_mean, "mode"),
        Statistic::Sextractor => {
            let mode = 2.5 * centre - 1.5 * mean;
            let matches = |expected: f64| (level - expected).abs() <= 8.0 * of_mean;
            match is_skewed(kept) {
                Some(true) => near(level, centre, 8.0 * of_mean, "SExtractor's median"),
                Some(false) => near(level, mode, 8.0 * of_mean, "SExtractor's mode"),
                None => assert!(matches(mode) || matches(centre)),
            }
        }
        Statistic::Biweight => near(level, biweight(kept), of_mean, "biweight"),
        Statistic::MedianInterp => near(
            level,
            interpolated(kept, step),
            8.0 * f64::EPSILON * (centre.abs() + step),
            "interpolated median",
        ),
        Statistic::Mmm => unreachable!("it has returned"),
    }
}

fn biweight(values: &[f64]) -> f64 {
    let centre = median(values);
    let deviations: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    let cut = 6.0 * median(&deviations);
    let weight = |d: f64| if d.abs() < cut { (1.0 - (d / cut).powi(2)).powi(2) } else { 0.0 };
    let sum = |term: &dyn Fn(f64) -> f64| values.iter().map(|v| term(v - centre)).sum::<f64>();
    if cut == 0.0 { centre } else { centre + sum(&|d| d * weight(d)) / sum(&weight) }
}

/// With each value spread over a step about itself, the place that half of them lie below.
fn interpolated(values: &[f64], step: f64) -> f64 {
    let centre = median(values);
    let count = |wanted: &dyn Fn(f64) -> bool| values.iter().filter(|&&v| wanted(v)).count() as f64;
    let (below, tied) = (count(&|v| v < centre), count(&|v| v == centre));
    if step == 0.0 || tied == 0.0 {
        return centre;
    }
    centre - 0.5 * step + step * (0.5 * values.len() as f64 - below) / tied
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample whose mean lies just 0.3 standard deviations above its median.
    fn on_the_limit() -> Vec<f64> {
        let sample = |tail: f64| vec![-1.0, -0.5, 0.0, 0.5, 1.0 + tail];
        let (mut low, mut high) = (0.0, 100.0);
        for _ in 0..200 {
            let tail = f64::midpoint(low, high);
            let (mean, std) = moments(&sample(tail));
            if mean < 0.3 * std { low = tail } else { high = tail }
        }
        sample(low)
    }

    #[test]
    fn where_rounding_decides_either_level_obeys() {
        let kept = on_the_limit();
        assert_eq!(is_skewed(&kept), None);
        let (mean, std) = moments(&kept);
        let std = std * (5.0_f64 / 4.0).sqrt();
        let check = |level: f64| {
            let measured = SkyMeasured { level, std, n: 5, rejected: 0 };
            check_sky(&measured, 5, &kept, None, Statistic::Sextractor, 0.0);
        };
        check(0.0);
        check(-1.5 * mean);
        assert!(std::panic::catch_unwind(|| check(-mean)).is_err());
    }
}
