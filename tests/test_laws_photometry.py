"""Photometry of any image with any options is what the definitions say, written down slowly in NumPy.

Types, layouts, masks, errors and options are drawn together, so that what works alone is seen to work in company.
"""

import math
import warnings

import astropy.stats
import numpy as np
from figures import annuli, coordinates, figures
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import astroapers as aap

SIDES = st.integers(0, 24)
TYPES = [f"{order}{kind}" for order in "<>" for kind in ("u1", "i2", "u2", "i4", "i8", "f4", "f8")] + ["b1"]
VALUES = st.one_of(
    st.integers(0, 60), st.floats(-50, 1000, width=32), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 250.0])
)
LAYOUTS = [
    np.ascontiguousarray,
    np.asfortranarray,
    lambda a: np.ascontiguousarray(a[::-1, ::-1])[::-1, ::-1],
    lambda a: np.repeat(np.repeat(a, 2, axis=0), 3, axis=1)[::2, ::3],
]
STATISTICS = {
    "mean": np.mean,
    "median": np.median,
    "mode": lambda v: 3 * np.median(v) - 2 * np.mean(v),
}


@st.composite
def images(draw):
    """An image of any type and layout, its values, and a mask or none."""
    shape = (draw(SIDES), draw(SIDES))
    dtype = np.dtype(draw(st.sampled_from(TYPES)))
    palette = draw(st.lists(VALUES, min_size=1, max_size=12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    drawn = rng.choice(np.array(palette, float), shape)
    if dtype.kind != "f":
        drawn = np.clip(np.nan_to_num(drawn, posinf=99, neginf=0), 0, 127)
    data = draw(st.sampled_from(LAYOUTS))(drawn.astype(dtype))
    mask = draw(st.none() | arrays.arrays(bool, shape, elements=st.booleans(), fill=st.just(False)))
    return data, data.astype("f8"), mask


@st.composite
def options(draw):
    """Options that go together, with their values spelled out."""
    chosen = {
        "method": draw(st.sampled_from(["exact", "center"])),
        "masked": draw(st.sampled_from(["exclude", "nan"])),
        "edge": draw(st.sampled_from(["partial", "nan"])),
        "sky_stat": draw(st.sampled_from(sorted(STATISTICS))),
        "sigma_clip": draw(st.sampled_from([None, 3.0, 2.0, 1.0])),
        "maxiters": draw(st.sampled_from([None, 1, 5])),
        "saturation": draw(st.none() | st.just(200.0)),
        "gain": draw(st.none() | st.sampled_from([1.0, 2.5])),
    }
    with_error = draw(st.booleans())
    return {**chosen, "error_kind": "background" if with_error and chosen["gain"] else "total"}, with_error


def weights_on(aperture, method, shape):
    """Weights laid over the image, from the aperture's own arrays."""
    weights = (aperture.weights_exact if method == "exact" else aperture.weights_center)()[0]
    box, frame = aperture.bboxes()[0], np.zeros(shape)
    y0, y1 = max(box.iymin, 0), min(box.iymax, shape[0])
    x0, x1 = max(box.ixmin, 0), min(box.ixmax, shape[1])
    if y0 < y1 and x0 < x1:
        frame[y0:y1, x0:x1] = weights[y0 - box.iymin : y1 - box.iymin, x0 - box.ixmin : x1 - box.ixmin]
    cut = box.iymin < 0 or box.ixmin < 0 or box.iymax > shape[0] or box.ixmax > shape[1]
    return frame, cut


def survivors(values, sigma, maxiters):
    if sigma is None or not values.size:
        return values
    clip = astropy.stats.SigmaClip(sigma=sigma, maxiters=np.inf if maxiters is None else maxiters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        left = clip(values, axis=-1, masked=False)
    return left[~np.isnan(left)]


def close(got, want, size):
    """Equal to 1e-12 of what was summed, or both no numbers."""
    return (math.isnan(got) and math.isnan(want)) or got == want or abs(got - want) <= 1e-12 * size


@given(images(), figures, annuli, options(), coordinates, coordinates)
def test_photometry_is_what_its_definition_says(image, figure, annulus, chosen, x, y):
    (data, values, mask), (chosen, with_error) = image, chosen
    aperture, ring = figure.at(x + 10, y + 9), annulus.at(x + 10, y + 9)
    errors = np.abs(np.nan_to_num(values, posinf=0, neginf=0)) % 7 if with_error else None
    phot = aap.photometry(data, aperture, ring, mask=mask, error=errors, **chosen)

    good = np.isfinite(values) & (True if mask is None else ~mask) & (True if errors is None else errors > 0)
    limit = math.inf if chosen["saturation"] is None else chosen["saturation"]
    in_ring, _ = weights_on(ring, "center", values.shape)
    of_sky = values[(in_ring > 0) & good & (values < limit)]
    kept = survivors(of_sky, chosen["sigma_clip"], chosen["maxiters"])
    assert phot.n_sky[0] == kept.size
    assert phot.n_rejected[0] == of_sky.size - kept.size
    spread = np.ptp(kept) + np.abs(kept).max() if kept.size else 0.0
    level = STATISTICS[chosen["sky_stat"]](kept) if kept.size else math.nan
    assert close(phot.sky[0], level, spread)
    assert close(phot.sky_std[0], kept.std(ddof=1) if kept.size > 1 else math.nan, spread)

    weights, cut = weights_on(aperture, chosen["method"], values.shape)
    counted = np.where(good, weights, 0.0)
    products = counted[counted > 0] * values[counted > 0]
    npix, size = math.fsum(counted.ravel()), math.fsum(abs(products))
    bad = bool((weights > 0)[~good].any())
    # Where the centre method selects no pixel at all nothing is missing, and the sum is 0.
    refused = (not npix and (bad or cut)) or (chosen["edge"] == "nan" and cut) or (chosen["masked"] == "nan" and bad)
    assert close(phot.apsum[0], math.nan if refused else math.fsum(products), size)
    assert close(phot.npix[0], npix, npix + weights.sum())
    assert close(phot.flux[0], phot.apsum[0] - phot.npix[0] * phot.sky[0], 0.0)
    assert 0 <= phot.bad_frac[0] <= 1
    flags = aap.Flag(int(phot.flags[0]))
    assert (aap.Flag.NO_OVERLAP in flags) == (cut and not weights.any())
    assert (aap.Flag.SATURATED in flags) == bool((values[counted > 0] >= limit).any())
    assert (aap.Flag.SKY_NONE in flags) == (not kept.size)
    assert (aap.Flag.NEGATIVE_FLUX in flags) == bool(phot.flux[0] < 0)

    # Of normal noise, a clip below sqrt(3) sigma that is repeated without end leaves nothing to tell its width from.
    sigma = chosen["sigma_clip"]
    endless = sigma is not None and sigma <= math.sqrt(3) and chosen["maxiters"] is None
    if errors is not None and math.isfinite(phot.flux[0]) and kept.size > 1 and not endless:
        photons = math.fsum((counted[counted > 0] ** 2) * (values[counted > 0] - phot.sky[0]))
        least = math.fsum((counted**2 * np.where(good, errors, 0) ** 2).ravel())
        if chosen["error_kind"] == "background":
            least += max(photons, 0.0) / chosen["gain"]
        # What is left is that of the sky, which is not negative.
        assert phot.flux_err[0] ** 2 >= least * (1 - 1e-12) - 1e-9 * size
