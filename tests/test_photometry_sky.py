"""The sky: the survivors are astropy's, the medians NumPy's, and every statistic is what its definition says."""

import astropy.stats
import numpy as np
import photutils.background
import pytest

import astroapers as aap

N = 10_000
ANNULUS = (5.0, 8.0)
STATISTICS = ("median", "mean", "mode", "mmm", "sextractor", "biweight", "median_interp")


def hostile(kind, size=500):
    """An image with everything that skies have: noise, stars, ties, NaN, infinities and masked pixels."""
    rng = np.random.default_rng(5)
    data = rng.normal(100, 3, (size, size))
    stars = rng.random((size, size)) < 0.03
    data[stars] += rng.exponential(60, stars.sum())
    if kind == "ties":
        data = np.rint(data / 2)
    if kind == "offset":
        data += 1e7
    data[rng.random((size, size)) < 0.02] = np.nan
    data[rng.random((size, size)) < 0.002] = -np.inf
    if kind == "integers":
        data = np.nan_to_num(np.rint(data), nan=0, neginf=0).astype(np.int16)
    mask = rng.random((size, size)) < 0.05
    return data, mask, rng.uniform(-12, size + 12, (N, 2))


def clipped(values, sigma, maxiters):
    """What astropy leaves of some values."""
    clip = astropy.stats.SigmaClip(sigma=sigma, maxiters=np.inf if maxiters is None else maxiters)
    left = clip(values.astype(np.float64), axis=-1, masked=False)
    return left[~np.isnan(left)]


def pixels_of(annuli, data, mask):
    """The good pixels of each annulus, without the package's photometry."""
    bad = mask | ~np.isfinite(data)
    return [values.astype(np.float64) for values in annuli.sampled_values(data, mask=bad)]


@pytest.mark.parametrize("kind", ["floats", "ties", "offset", "integers"])
def test_survivors_are_astropys_and_medians_numpys(kind):
    data, mask, xy = hostile(kind)
    annuli = aap.CircAn(xy, *ANNULUS)
    seen = []
    phot = aap.photometry(data, xy, r=2, sky=annuli, mask=mask)
    own = aap.photometry(data, xy, r=2, sky=annuli, mask=mask, sky_stat=lambda v: seen.append(v) or np.median(v))
    expected = [clipped(values, 3.0, 5) if values.size else values for values in pixels_of(annuli, data, mask)]
    some = np.array([values.size > 0 for values in expected])
    assert 20 < (~some).sum() < 500
    for got, want in zip(seen, [values for values in expected if values.size], strict=True):
        assert np.array_equal(got, want)
    medians = np.array([np.median(values) if values.size else np.nan for values in expected])
    for result in (phot, own):
        assert np.array_equal(result.sky, medians, equal_nan=True)
        assert np.array_equal(result.n_sky, [values.size for values in expected])
    before = np.array([values.size for values in pixels_of(annuli, data, mask)])
    assert np.array_equal(phot.n_rejected, before - phot.n_sky)
    stds = [values.std(ddof=1) if values.size > 1 else np.nan for values in expected]
    assert phot.sky_std == pytest.approx(np.array(stds), rel=1e-12, abs=0, nan_ok=True)


@pytest.mark.parametrize(("sigma", "maxiters"), [(2.0, 5), (2.5, None), (1.5, 2), (3.0, 1), (5.0, 5)])
def test_survivors_under_other_settings(sigma, maxiters):
    data, mask, xy = hostile("ties")
    annuli = aap.CircAn(xy[:1000], *ANNULUS)
    phot = aap.photometry(data, xy[:1000], r=2, sky=annuli, mask=mask, sigma_clip=sigma, maxiters=maxiters)
    expected = [clipped(v, sigma, maxiters) if v.size else v for v in pixels_of(annuli, data, mask)]
    assert np.array_equal(phot.n_sky, [values.size for values in expected])
    medians = [np.median(values) if values.size else np.nan for values in expected]
    assert np.array_equal(phot.sky, medians, equal_nan=True)


@pytest.mark.parametrize("scale", [1.0, 0.1, 1 / 3])
@pytest.mark.parametrize("sigma", [1.0, 2.0, 1.5, np.sqrt(2)])
def test_values_on_a_bound_are_decided_as_astropy_decides(scale, sigma):
    """Few small multiples of one number: bounds fall on values all the time, give or take a rounding."""
    rng = np.random.default_rng(17)
    size, n = 300, 900
    data = 7.3 + scale * rng.choice([-4, -2, 0, 0, 0, 0, 2, 4], (size, size))
    x, y = np.meshgrid(np.arange(4.5, size, 10), np.arange(4.5, size, 10))
    boxes = aap.RectAp(np.column_stack([x.ravel(), y.ravel()])[:n], w=4, h=2)
    phot = aap.photometry(data, boxes, sky=boxes, sigma_clip=sigma)
    expected = [clipped(values, sigma, 5).size for values in boxes.sampled_values(data)]
    assert np.array_equal(phot.n_sky, expected)
    assert 0.2 < np.mean(phot.n_rejected > 0) < 1


def test_nothing_is_clipped_unless_asked_for():
    data, mask, xy = hostile("floats")
    phot = aap.photometry(data, xy[:100], r=2, annulus=ANNULUS, mask=mask, sigma_clip=None)
    values = pixels_of(aap.CircAn(xy[:100], *ANNULUS), data, mask)
    assert not phot.n_rejected.any()
    assert np.array_equal(phot.sky, [np.median(v) if v.size else np.nan for v in values], equal_nan=True)


@pytest.mark.parametrize("maxiters", [None, 2**40])
def test_clipping_goes_on_for_as_many_rounds_as_it_takes(maxiters):
    """Each value is ten times the next smaller: the largest is farther than 3 deviations, the next is not."""
    data = np.random.default_rng(6).normal(0, 1, (40, 40))
    (places,) = aap.CircAn((20, 20), *ANNULUS).sampled_values(np.arange(1600).reshape(40, 40))
    data.flat[places[:80]] = 10.0 ** np.arange(2, 82)
    phot = aap.photometry(data, (20, 20), r=3, annulus=ANNULUS, maxiters=maxiters)
    assert phot.n_rejected[0] == 80
    assert aap.photometry(data, (20, 20), r=3, annulus=ANNULUS, maxiters=79).n_rejected[0] == 79


def test_no_sky_has_as_many_pixels_as_a_large_number():
    for least in (10**6, 2**64):
        phot = aap.photometry(np.ones((40, 40)), (20, 20), r=3, annulus=ANNULUS, min_sky=least)
        assert aap.Flag.SKY_FEW in aap.Flag(phot.flags[0])


def stetson(values):
    """DAOPHOT's mode from its description, in plain steps over a sorted array."""
    sky = np.sort(values)
    n = sky.size
    centre = np.median(sky)
    reach = min(centre - sky[0], sky[-1] - centre)
    kept = sky[(sky >= centre - reach) & (sky <= centre + reach)]
    mean, sigma, median = kept.mean(), kept.std(), np.median(kept)
    mode = 3 * median - 2 * mean if median < mean else mean
    damping, last = 1.0, 0.0
    for _ in range(50):
        log = np.log10(kept.size)
        cut = max(2.0, (-0.1042 * log + 1.1695) * log + 0.8895) * sigma + 0.5 * abs(mean - mode)
        before, kept = kept.size, sky[(sky >= mode - cut) & (sky <= mode + cut)]
        bounds = kept[0], kept[-1]
        mean, sigma = kept.mean(), kept.std()
        first = np.searchsorted(sky, bounds[0])
        middle = first + (kept.size - 1) / 2
        side = np.floor(0.2 * kept.size + 0.5) / 2 + 0.25
        central = sky[int(np.floor(middle - side + 0.5)) : int(np.floor(middle + side + 0.5)) + 1]
        median = central.mean()
        change = (3 * median - 2 * mean if median < mean else mean) - mode
        damping *= 0.5 if change * last < 0 else 1.0
        mode, last = mode + damping * change, change
        if kept.size == before:
            return mode
    assert n < 20
    return centre


def spread(values):
    """The median of integers that each fill the step around them, from their cumulative histogram."""
    levels, counts = np.unique(values, return_counts=True)
    below = np.concatenate([[0], np.cumsum(counts)])
    edges = np.column_stack([levels - 0.5, levels + 0.5]).ravel()
    height = np.column_stack([below[:-1], below[1:]]).ravel()
    low = edges[height <= values.size / 2][-1] if values.size / 2 in height else None
    if low is not None:
        at = edges[height == values.size / 2]
        return (at[0] + at[-1]) / 2
    return np.interp(values.size / 2, height, edges)


def sextractor(values):
    mean, median, std = values.mean(), np.median(values), values.std()
    if std == 0:
        return mean
    return median if abs(mean - median) >= 0.3 * std else 2.5 * median - 1.5 * mean


REFERENCES = {
    "median": np.median,
    "mean": np.mean,
    "mode": photutils.background.ModeEstimatorBackground(sigma_clip=None),
    "mmm": stetson,
    "sextractor": sextractor,
    "biweight": lambda v: astropy.stats.biweight_location(v, c=6.0),
}


@pytest.mark.parametrize("kind", ["floats", "ties"])
@pytest.mark.parametrize("statistic", REFERENCES)
@pytest.mark.parametrize("sigma", [3.0, None])
def test_each_statistic_is_what_its_definition_says(statistic, sigma, kind):
    data, mask, _ = hostile(kind)
    xy = np.random.default_rng(9).uniform(20, 480, (150, 2))
    annuli = aap.CircAn(xy, *ANNULUS)
    phot = aap.photometry(data, xy, r=2, sky=annuli, mask=mask, sky_stat=statistic, sigma_clip=sigma)
    values = pixels_of(annuli, data, mask)
    if sigma is not None:
        values = [clipped(v, sigma, 5) for v in values]
    assert phot.sky == pytest.approx([float(REFERENCES[statistic](v)) for v in values], rel=1e-12)
    if statistic != "mmm":
        assert np.array_equal(phot.n_sky, [v.size for v in values])
    else:
        assert (phot.n_sky <= [v.size for v in values]).all()


def test_the_spread_median_of_integers():
    rng = np.random.default_rng(21)
    data = np.rint(rng.normal(50.37, 1.3, (300, 300))).astype(np.int32)
    xy = rng.uniform(10, 290, (200, 2))
    annuli = aap.CircAn(xy, *ANNULUS)
    phot = aap.photometry(data, xy, r=2, sky=annuli, sky_stat="median_interp", sigma_clip=None)
    assert phot.sky == pytest.approx([spread(values) for values in annuli.sampled_values(data)], rel=1e-14)
    medians = aap.photometry(data, xy, r=2, sky=annuli, sigma_clip=None).sky
    assert np.abs(phot.sky - 50.37).mean() < 0.4 * np.abs(medians - 50.37).mean()
    floats = aap.photometry(data.astype(float), xy, r=2, sky=annuli, sky_stat="median_interp", sigma_clip=None)
    assert np.array_equal(floats.sky, [np.median(values) for values in annuli.sampled_values(data)])


def test_statistics_of_special_samples():
    flat = np.full((40, 40), 7.0)
    for statistic in STATISTICS:
        phot = aap.photometry(flat, (20, 20), r=3, annulus=ANNULUS, sky_stat=statistic)
        assert (phot.sky[0], phot.sky_std[0], phot.flux[0]) == (7.0, 0.0, pytest.approx(0.0, abs=1e-12))
    # most pixels equal: the biweight's MAD is 0, and the sky their median
    mostly = flat.copy()
    mostly[::5] += 3
    assert aap.photometry(mostly, (20, 20), r=3, annulus=ANNULUS, sky_stat="biweight").sky[0] == 7.0


def test_a_function_sees_the_survivors_in_order_and_may_write_to_them():
    data = np.arange(1600.0).reshape(40, 40)
    data[20, 26] = 1e6
    seen = []

    def statistic(values):
        seen.append(values.copy())
        values[:] = 0
        return seen[-1][-1]

    xy = [(20.0, 20.0), (21.0, 20.0)]
    phot = aap.photometry(data, xy, r=3, annulus=ANNULUS, sky_stat=statistic)
    expected = aap.CircAn(xy, *ANNULUS).sampled_values(data)
    assert [v.tolist() for v in seen] == [v[v < 1e6].tolist() for v in expected]
    assert phot.sky.tolist() == [v[-1] for v in seen]
    assert phot.flux == pytest.approx(phot.apsum - phot.npix * phot.sky)


def test_a_function_is_called_for_any_number_of_sources():
    data = np.random.default_rng(3).normal(10, 1, (64, 64))
    xy = np.random.default_rng(4).uniform(0, 63, (9000, 2))
    radii = np.linspace(5, 6, 9000)
    settings = {"r": 2, "sky": aap.CircAn(xy, radii, radii + 2)}
    own = aap.photometry(data, xy, sky_stat=lambda v: np.median(v), **settings)
    ours = aap.photometry(data, xy, **settings)
    for name in ("flux", "sky", "sky_std", "n_sky", "flags", "flux_err"):
        assert np.array_equal(getattr(own, name), getattr(ours, name), equal_nan=True)
    # A path is the same at every position.
    square = aap.PathAp.polygon(xy, [(-4, -4), (4, -4), (4, 4), (-4, 4)])
    own, ours = (aap.photometry(data, square, square, sky_stat=stat) for stat in (lambda v: np.median(v), "median"))
    assert np.array_equal(own.sky, ours.sky, equal_nan=True)


@pytest.mark.parametrize("result", ["text", None, [1.0, 2.0], 1j])
def test_a_function_must_give_a_number(result):
    with pytest.raises(TypeError, match="the result of sky_stat must be a real number"):
        aap.photometry(np.ones((40, 40)), (20, 20), r=3, annulus=ANNULUS, sky_stat=lambda v: result)


def test_an_error_of_a_function_is_passed_on():
    with pytest.raises(ZeroDivisionError):
        aap.photometry(np.ones((40, 40)), (20, 20), r=3, annulus=ANNULUS, sky_stat=lambda v: 1 / 0)


def test_saturated_pixels_never_enter_the_sky():
    data = np.random.default_rng(1).normal(10, 1, (60, 60))
    clean = aap.photometry(data, (30, 30), r=3, annulus=(5, 9), mask=np.hypot(*(np.mgrid[:60, :60] - 30)) > 8)
    data[np.hypot(*(np.mgrid[:60, :60] - 30)) > 8] = 50.0
    for saturation in (50.0, 20.0):
        phot = aap.photometry(data, (30, 30), r=3, annulus=(5, 9), saturation=saturation)
        assert (phot.sky[0], phot.n_sky[0], phot.flux[0]) == (clean.sky[0], clean.n_sky[0], clean.flux[0])
    assert aap.photometry(data, (30, 30), r=3, annulus=(5, 9), saturation=50.001).n_sky[0] > clean.n_sky[0]


def test_per_source_annuli_elsewhere():
    data = np.random.default_rng(2).normal(10, 1, (80, 80))
    xy, there = [(20, 20), (50, 50)], [(60, 20), (20, 60)]
    annuli = aap.EllipAn(there, [4, 5], [2, 3], [9, 10], [6, 7], theta_in=[0.3, 1.0])
    phot = aap.photometry(data, aap.EllipAp(xy, [3, 4], [2, 2.5], [0.3, 1.0]), annuli, sigma_clip=None)
    assert phot.sky.tolist() == [np.median(v) for v in annuli.sampled_values(data)]


def test_levels_are_taken_as_they_are():
    data = np.full((30, 30), 5.0)
    xy = [(10, 10), (20, 20)]
    one = aap.photometry(data, xy, r=3, sky=2.0)
    each = aap.photometry(data, xy, r=3, sky=[2.0, 3.0], sky_std=[1.0, 2.0], sky_err=0.1)
    assert one.flux == pytest.approx(3 * one.npix)
    assert each.flux == pytest.approx([3 * np.pi * 9, 2 * np.pi * 9])
    assert each.sky_std.tolist() == [1.0, 2.0]
    assert each.n_sky.tolist() == [0, 0]
    assert np.isnan(one.flux_err).all()
    squares = [sum((w**2).sum() for w in [weights]) for weights in aap.CircAp(xy, 3).weights_exact()]
    expected = np.sqrt(squares * np.array([1, 4]) + (0.1 * one.npix) ** 2)
    assert each.flux_err == pytest.approx(expected, rel=1e-14)
    # One number for all sources stays one.
    assert (type(one._record.sky.level), np.shape(each._record.sky.level)) == (float, (2,))
