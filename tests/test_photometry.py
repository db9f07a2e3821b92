"""Photometry: the seed's numbers, laws of sums, flags, what may and what may not be asked for."""

import re

import numpy as np
import pytest
from figures import FIGURES

import astroapers as aap
from astroapers import _rust
from astroapers.flags import Flag

RNG = np.random.default_rng(12)
DATA = RNG.normal(100, 5, (60, 70))
STAR = (30.3, 29.8)
NAN = float("nan")
COLUMNS = ("flux", "flux_err", "apsum", "npix", "area", "bad_frac", "flags", "sky", "sky_std", "n_sky", "n_rejected")


def same(one, other, columns=COLUMNS):
    for name in columns:
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name


def flags_of(phot):
    return aap.Flag(int(np.ravel(phot.flags)[0]))


# ---------------------------------------------------------------- the seed


def seed_image():
    y, x = np.mgrid[:60, :60]
    return 20 + 0.03 * x - 0.02 * y + 10 * np.exp(-0.5 * ((x - 34.7) ** 2 + (y - 33.9) ** 2) / 3.2**2)


def test_the_seed_in_one_call():
    data = seed_image()
    phot = aap.photometry(data, (34.7, 33.9), r=5, annulus=(9, 15), sigma_clip=None)
    shown = [f"{values[0]:.3f}" for values in (phot.apsum, phot.sky, phot.npix, phot.flux)]
    assert shown == ["2050.868", "20.385", "78.540", "449.827"]
    assert phot.n_sky[0] == 451
    bad = np.zeros(data.shape, dtype=bool)
    bad[40:45, 45:52] = True
    phot = aap.photometry(
        data, aap.CircAp((34.7, 33.9), r=5), aap.CircAn((34.7, 33.9), 9, 15), mask=bad, sigma_clip=None
    )
    shown = [f"{values[0]:.3f}" for values in (phot.sky, phot.npix, phot.flux)]
    assert shown == ["20.372", "78.540", "450.871"]
    assert phot.n_sky[0] == 438


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("fig", FIGURES, ids=str)
@pytest.mark.parametrize("method", ["exact", "center"])
def test_sums_are_those_of_the_aperture(fig, method):
    aperture = fig.at(*RNG.uniform(-3, 65, (2, 30)))
    phot = aap.photometry(DATA, aperture, method=method)
    apsum, npix = getattr(aperture, f"apsum_{method}")(DATA)
    inside = npix > 0
    assert np.array_equal(phot.apsum[inside], apsum[inside])
    assert np.isnan(phot.apsum[~inside]).sum() == np.isnan(phot.flux).sum()
    assert np.array_equal(phot.npix, npix)
    assert np.array_equal(phot.area, np.broadcast_to(aperture.area, 30))
    # whatever makes the pixels be looked at one by one changes nothing
    for settings in ({"gain": 2.0}, {"saturation": 1e9}, {"mask": np.zeros(DATA.shape, bool)}, {"error": 1.0}):
        same(
            phot,
            aap.photometry(DATA, aperture, method=method, **settings),
            ("flux", "apsum", "npix", "bad_frac", "flags"),
        )


def test_a_flux_does_not_change_with_the_level_of_the_sky():
    integers = np.rint(DATA).astype(np.int64)
    low, high = (aap.photometry(integers + k, STAR, r=5, annulus=(8, 12)) for k in (0, 2**20))
    assert high.flux == pytest.approx(low.flux, abs=1e-7)
    assert high.flux_err == pytest.approx(low.flux_err, rel=1e-12)


def test_flux_and_error_scale_with_the_image():
    one, two = (aap.photometry(k * DATA, STAR, r=5, annulus=(8, 12)) for k in (1, 4))
    assert two.flux == pytest.approx(4 * one.flux, rel=1e-14)
    assert two.flux_err == pytest.approx(4 * one.flux_err, rel=1e-14)
    assert two.n_sky == one.n_sky


def everything(n=600):
    rng = np.random.default_rng(3)
    xy = rng.uniform(-4, 74, (n, 2))
    data = DATA.astype(np.float32).copy()
    data[rng.random(data.shape) < 0.01] = NAN
    return (
        data,
        xy,
        {
            "mask": rng.random(data.shape) < 0.02,
            "error": rng.uniform(-0.01, 5, data.shape),
            "error_kind": "background",
            "gain": 1.6,
            "saturation": 113.0,
        },
    )


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("masked", ["exclude", "nan", "interpolate"])
@pytest.mark.parametrize("statistic", ["median", "mmm", "biweight"])
def test_threads_leave_no_trace(threads, masked, statistic):
    data, xy, settings = everything()
    settings |= {"masked": masked, "sky_stat": statistic}
    apertures = [aap.CircAp(xy, 3), aap.EllipAp(xy, np.linspace(2, 6, len(xy)), 2, 0.4)]
    annuli = aap.EllipAn(xy, np.linspace(6, 7, len(xy)), 6, 10, 10)
    aap.set_parallel_threshold(2**31)
    alone = aap.photometry(data, apertures, annuli, **settings)
    aap.set_parallel_threshold(1)
    aap.set_num_threads(threads)
    same(alone, aap.photometry(data, apertures, annuli, **settings))


def test_sources_and_apertures_do_not_know_of_each_other():
    data, xy, settings = everything(80)
    radii = (2, 3.5, 5)
    apertures = [aap.CircAp(xy, r) for r in radii]
    together = aap.photometry(data, apertures, aap.CircAn(xy, 7, 10), **settings)
    assert together.flux.shape == (80, 3)
    but_neighbours = [name for name in COLUMNS if name != "flags"]
    for k, aperture in enumerate(apertures):
        alone = aap.photometry(data, aperture, aap.CircAn(xy, 7, 10), **settings)
        for name in COLUMNS[:7]:
            assert np.array_equal(getattr(together, name)[:, k], getattr(alone, name), equal_nan=True)
        one = aap.photometry(data, aperture[40], aap.CircAn(xy[40], 7, 10), **settings)
        same(one, alone[40], but_neighbours)
    reversed_ = aap.photometry(data, [ap[::-1] for ap in apertures], aap.CircAn(xy[::-1], 7, 10), **settings)
    same(reversed_[::-1], together)


def test_a_list_of_one_aperture_has_two_dimensions():
    one = aap.photometry(DATA, [aap.CircAp(STAR, 3)])
    assert one.flux.shape == one.flags.shape == (1, 1)
    assert one.sky.shape == (1,)
    assert aap.photometry(DATA, aap.CircAp(STAR, 3)).flux.shape == (1,)


def test_per_source_ellipses_with_per_source_annuli():
    rng = np.random.default_rng(5)
    n = 40
    xy = rng.uniform(20, 40, (n, 2))
    a, b, theta = rng.uniform(3, 5, n), rng.uniform(1, 3, n), rng.uniform(-2, 2, n)
    phot = aap.photometry(
        DATA, aap.EllipAp(xy, a, b, theta), aap.EllipAn(xy, 2 * a, 2 * b, 3 * a, 3 * b, theta_in=theta), gain=2.0
    )
    for i in range(n):
        annulus = aap.EllipAn(xy[i], 2 * a[i], 2 * b[i], 3 * a[i], 3 * b[i], theta_in=theta[i])
        one = aap.photometry(DATA, aap.EllipAp(xy[i], a[i], b[i], theta[i]), annulus, gain=2.0)
        same(phot[i], one, [name for name in COLUMNS if name != "flags"])


def test_shorthands():
    long = aap.photometry(DATA, aap.CircAp(STAR, r=5), sky=aap.CircAn(STAR, 9, 15))
    same(long, aap.photometry(DATA, STAR, r=5, annulus=(9, 15)))
    same(long, aap.photometry(DATA, aap.CircAp(STAR, r=5), annulus=(9, 15)))
    xy = [STAR, (20, 20)]
    long = aap.photometry(DATA, aap.CircAp(xy, r=[5, 4]), sky=aap.CircAn(xy, [9, 8], 15))
    same(long, aap.photometry(DATA, xy, r=[5, 4], annulus=([9, 8], 15)))


# ---------------------------------------------------------------- bad pixels


@pytest.mark.parametrize("bad", [NAN, np.inf, -np.inf, 1e300, -1e300])
def test_bad_pixels_leave_no_trace(bad):
    """Masked pixels and those that are not finite count as if they were not there, in aperture and annulus."""
    rng = np.random.default_rng(6)
    hidden = rng.random(DATA.shape) < 0.1
    spoilt = np.where(hidden, bad, DATA)
    xy = rng.uniform(15, 45, (50, 2))
    settings = {"r": 4.3, "annulus": (7, 11), "gain": 2.0}
    clean = aap.photometry(DATA, xy, mask=hidden, **settings)
    same(clean, aap.photometry(spoilt, xy, mask=hidden, **settings))
    if not np.isfinite(bad):
        same(clean, aap.photometry(spoilt, xy, **settings), [name for name in COLUMNS if name != "flags"])
    plain = {"r": 4.3, "annulus": (7, 11)}
    if not np.isfinite(bad):
        same(
            aap.photometry(DATA, xy, mask=hidden, **plain),
            aap.photometry(spoilt, xy, **plain),
            [name for name in COLUMNS if name != "flags"],
        )


def test_pixels_without_a_valid_error_count_as_bad():
    rng = np.random.default_rng(7)
    hidden = rng.random(DATA.shape) < 0.1
    error = np.where(hidden, rng.choice([NAN, np.inf, 0.0, -1.0], DATA.shape), 2.0)
    spoilt = np.where(hidden, 1e9, DATA)
    xy = rng.uniform(15, 45, (50, 2))
    clean = aap.photometry(DATA, xy, r=4.3, annulus=(7, 11), mask=hidden, error=2.0)
    same(clean, aap.photometry(spoilt, xy, r=4.3, annulus=(7, 11), error=error), [c for c in COLUMNS if c != "flags"])


def test_what_becomes_of_bad_pixels():
    mask = np.zeros(DATA.shape, bool)
    mask[30, 30] = True
    aperture = aap.CircAp(STAR, 4)
    out = aap.photometry(DATA, aperture, sky=90.0, mask=mask)
    assert out.apsum[0] == aperture.apsum_exact(DATA, mask)[0]
    assert out.flux == pytest.approx(out.apsum - 90 * out.npix)
    assert out.bad_frac == pytest.approx(1 / aperture.area)
    nan = aap.photometry(DATA, aperture, sky=90.0, mask=mask, masked="nan")
    assert np.isnan([nan.apsum[0], nan.flux[0], nan.flux_err[0]]).all()
    assert nan.npix == out.npix
    patched = DATA.copy()
    patched[30, 30] = (DATA[29, 30] + DATA[31, 30] + DATA[30, 29] + DATA[30, 31]) / 4
    full = aap.photometry(patched, aperture, sky=90.0)
    mended = aap.photometry(DATA, aperture, sky=90.0, mask=mask, masked="interpolate")
    assert mended.flux == pytest.approx(full.flux, rel=1e-13)
    assert (mended.npix, mended.bad_frac) == (pytest.approx(full.npix, rel=1e-15), pytest.approx(0, abs=1e-14))
    # a masked pixel outside of the aperture is nobody's business
    elsewhere = np.zeros(DATA.shape, bool)
    elsewhere[30, 40] = True
    same(
        aap.photometry(DATA, aperture, sky=90.0), aap.photometry(DATA, aperture, sky=90.0, mask=elsewhere, masked="nan")
    )


def test_interpolation_takes_good_neighbours_only():
    data = DATA.copy()
    mask = np.zeros(data.shape, bool)
    mask[30, 30:32] = True
    data[29, 30], data[31, 30] = NAN, 1e6
    phot = aap.photometry(data, aap.RectAp((30, 30), 1, 1), mask=mask, masked="interpolate", saturation=1e5)
    assert phot.apsum[0] == data[30, 29]
    lonely = aap.photometry(data, aap.RectAp((30, 30), 1, 1), mask=np.ones_like(mask), masked="interpolate")
    assert np.isnan(lonely.flux[0])
    corner = np.zeros(data.shape, bool)
    corner[0, 0] = True
    phot = aap.photometry(data, aap.RectAp((0, 0), 1, 1), mask=corner, masked="interpolate")
    assert phot.apsum[0] == (data[0, 1] + data[1, 0]) / 2


def test_the_scatter_of_interpolated_fluxes_is_that_of_their_errors():
    rng = np.random.default_rng(10)
    data = rng.normal(0, 1, (3000, 300))
    xy = np.stack(np.meshgrid(np.arange(7, 300, 15), np.arange(7, 3000, 15)), axis=-1).reshape(-1, 2)
    mask = np.zeros(data.shape, bool)
    mask[xy[:, 1], xy[:, 0] + 1] = True
    phot = aap.photometry(data, xy, r=3, sky_std=1.0, mask=mask, masked="interpolate")
    assert np.std(phot.flux / phot.flux_err) == pytest.approx(1.0, abs=0.03)


def test_an_aperture_that_the_edge_cuts():
    aperture = aap.CircAp((1.0, 30.0), 4)
    part = aap.photometry(DATA, aperture, sky=90.0)
    assert part.apsum == aperture.apsum_exact(DATA)[0]
    assert part.bad_frac == pytest.approx(1 - part.npix / aperture.area)
    none = aap.photometry(DATA, aperture, sky=90.0, edge="nan")
    assert np.isnan(none.flux[0])
    assert none.npix == part.npix
    whole = aap.CircAp((30.0, 30.0), 4)
    same(aap.photometry(DATA, whole, edge="nan"), aap.photometry(DATA, whole))


# ---------------------------------------------------------------- flags


def test_flags_are_those_of_the_extension():
    assert _rust._flags() == [(flag.name, flag.value) for flag in Flag]


def mask_at(*pixels):
    mask = np.zeros(DATA.shape, bool)
    for x, y in pixels:
        mask[y, x] = True
    return mask


def image_with(value, *pixels):
    data = DATA.copy()
    for x, y in pixels:
        data[y, x] = value
    return data


F = Flag
CASES = {
    "nothing": ({}, F(0)),
    "outside": ({"aperture": (-20, 30)}, F.NO_OVERLAP | F.SKY_NONE | F.SKY_FEW | F.SKY_PARTIAL),
    "edge": ({"aperture": (2, 30)}, F.PARTIAL_OVERLAP | F.SKY_PARTIAL),
    "annulus at the edge": ({"aperture": (8, 30)}, F.SKY_PARTIAL),
    "masked": ({"mask": mask_at((33, 30))}, F.MASKED_PIXELS),
    "masked core": ({"mask": mask_at((31, 30))}, F.MASKED_PIXELS | F.CORE_BAD),
    "masked nearby": ({"mask": mask_at((36, 30))}, F(0)),
    "masked sky": ({"mask": mask_at((40, 30))}, F(0)),
    "all masked": (
        {"mask": np.hypot(*(np.mgrid[:60, :70] - [[[30]], [[30]]])) < 6},
        F.MASKED_PIXELS | F.ALL_MASKED | F.CORE_BAD,
    ),
    "nan": ({"data": image_with(NAN, (33, 30))}, F.NON_FINITE_DATA),
    "infinite core": ({"data": image_with(np.inf, (30, 30))}, F.NON_FINITE_DATA | F.CORE_BAD),
    "masked nan": ({"data": image_with(NAN, (33, 30)), "mask": mask_at((33, 30))}, F.MASKED_PIXELS),
    "bad error": ({"error": np.where(mask_at((33, 30)), 0.0, 1.0)}, F.NON_FINITE_ERROR),
    "bad error at the core": ({"error": np.where(mask_at((30, 30)), NAN, 1.0)}, F.NON_FINITE_ERROR | F.CORE_BAD),
    "saturated": ({"data": image_with(900.0, (33, 30)), "saturation": 900.0}, F.SATURATED),
    "saturated core": ({"data": image_with(901.0, (30, 30)), "saturation": 900}, F.SATURATED | F.CORE_BAD),
    "not saturated": ({"data": image_with(800.0, (30, 30)), "saturation": 900}, F(0)),
    "saturated but masked": (
        {"data": image_with(999.0, (33, 30)), "saturation": 900, "mask": mask_at((33, 30))},
        F.MASKED_PIXELS,
    ),
    "negative": ({"data": image_with(-1e4, (30, 30))}, F.NEGATIVE_FLUX),
    "few": ({"min_sky": 252}, F.SKY_FEW),
    "enough": ({"min_sky": 200}, F(0)),
    "crowded": ({"data": DATA + 40 * (np.arange(70) > 36)}, F.SKY_CROWDED),
    "quantized": ({"data": np.rint(DATA / 5).astype(int)}, F.SKY_QUANTIZED),
    "not quantized": ({"data": np.rint(DATA).astype(int)}, F(0)),
    "overlap": ({"annulus": (3, 12)}, F.SKY_OVERLAP),
    "touching": ({"annulus": (4, 12)}, F(0)),
    "bad position": ({"aperture": (NAN, 30)}, F.BAD_POSITION | F.SKY_NONE | F.SKY_FEW),
    "infinite position": ({"aperture": (30, -np.inf)}, F.BAD_POSITION | F.SKY_NONE | F.SKY_FEW),
    "bad radius": ({"aperture": [STAR], "r": [-1.0]}, F.BAD_GEOMETRY),
    "bad annulus": ({"aperture": [STAR], "annulus": ([5.0], [4.0])}, F.BAD_GEOMETRY | F.SKY_NONE | F.SKY_FEW),
}


@pytest.mark.parametrize("case", CASES)
def test_each_flag(case):
    settings, expected = CASES[case]
    settings = {"aperture": STAR, "r": 4, "annulus": (8, 12), "data": DATA} | settings
    if "sky" not in settings and not expected & F.NEGATIVE_FLUX:
        # a source bright enough for no flux to be negative by chance
        settings["data"] = settings["data"] + (np.hypot(*(np.mgrid[:60, :70] - [[[30]], [[30]]])) < 3) * 60
        if case == "quantized":
            settings["data"] = settings["data"].astype(int)
    phot = aap.photometry(settings.pop("data"), settings.pop("aperture"), **settings)
    got = flags_of(phot)
    if not expected & F.NEGATIVE_FLUX:
        got &= ~F.NEGATIVE_FLUX
    assert got == expected


def test_rows_that_are_nowhere_are_nan_and_spoil_no_other():
    xy = np.array([(30, 30), (NAN, 20), (20, np.inf), (25, 25)])
    data = np.full((60, 60), 3.0)
    phot = aap.photometry(data, xy, r=[3, 3, 3, NAN], annulus=(6, 9))
    for name in ("flux", "flux_err", "apsum", "npix", "area", "bad_frac"):
        assert np.isnan(getattr(phot, name)).tolist() == [False, True, True, True]
    assert np.isnan(phot.sky).tolist() == [False, True, True, False]
    objects = aap.photometry(data, aap.CircAp(xy, [3, 3, 3, NAN], validate=False), aap.CircAn(xy, 6, 9, validate=False))
    same(phot, objects)


def test_neighbours():
    xy = np.array([(10, 10), (17.9, 10), (40, 40), (48, 40), (NAN, 40), (10, 50)])
    data = np.ones((60, 60))
    phot = aap.photometry(data, [aap.CircAp(xy, r, validate=False) for r in (3, 4, 40)])
    found = (phot.flags & Flag.NEIGHBOUR) != 0
    assert found[:, 0].tolist() == [False] * 6
    assert found[:, 1].tolist() == [True, True, False, False, False, False]
    assert found[:, 2].tolist() == [True, True, True, True, False, True]
    # long boxes side by side, whose circles overlap
    boxes = aap.photometry(data, aap.RectAp([(30, 20), (30, 23)], 20, 2))
    assert not (boxes.flags & Flag.NEIGHBOUR).any()
    assert (aap.photometry(data, aap.RectAp([(30, 20), (30, 23)], 20, 4)).flags & Flag.NEIGHBOUR).all()
    each = aap.photometry(data, aap.CircAp([(10, 10), (20, 10), (40, 40)], r=[8, 3, 3]))
    assert ((each.flags & Flag.NEIGHBOUR) != 0).tolist() == [True, True, False]


def test_neighbours_of_a_large_catalogue_are_found_in_time():
    xy = np.random.default_rng(2).uniform(0, 3000, (100_000, 2))
    phot = aap.photometry(np.ones((4, 4)), xy, r=2)
    near = aap.photometry(np.ones((4, 4)), xy[:2000], r=2)
    distance = np.hypot(*(np.subtract.outer(c, c) for c in xy[:2000].T)) + 1e9 * np.eye(2000)
    assert np.array_equal((near.flags & Flag.NEIGHBOUR) != 0, distance.min(axis=0) < 4)
    assert 0.2 < np.mean((phot.flags & Flag.NEIGHBOUR) != 0) < 0.6


def test_decode_flags():
    assert aap.decode_flags(0) == []
    assert aap.decode_flags(np.int64(5)) == ["NO_OVERLAP", "MASKED_PIXELS"]
    assert aap.decode_flags(np.array([[1], [0]])) == [[["NO_OVERLAP"]], [[]]]
    assert aap.decode_flags([]) == []
    for bad in (-1, 2**18):
        with pytest.raises(ValueError, match=f"flags={bad} must be between"):
            aap.decode_flags(bad)
    with pytest.raises(TypeError, match="flags must be whole numbers"):
        aap.decode_flags(1.5)


# ---------------------------------------------------------------- what is refused

XY2 = [(20, 20), (30, 30)]


@pytest.mark.parametrize(
    ("error", "arguments", "settings", "message"),
    [
        (ValueError, (STAR,), {}, "aperture must be an aperture, a list of apertures, or positions together with r="),
        (ValueError, ([],), {}, "aperture must be an aperture"),
        (ValueError, (aap.CircAp(STAR, 3),), {"r": 3}, "r=3 is for positions"),
        (ValueError, ([aap.CircAp(STAR, 3)],), {"r": 3}, "r=3 is for positions"),
        (ValueError, ([aap.CircAp(STAR, 3), aap.CircAp((1, 2), 3)],), {}, "aperture[1] must have the positions of"),
        (ValueError, ([aap.CircAp(XY2, 3), aap.CircAp([STAR], 3)],), {}, "aperture[1] must have the positions of"),
        (TypeError, ([aap.CircAp(STAR, 3), "circle"],), {}, "aperture[1]='circle' must be an aperture"),
        (TypeError, ("star",), {"r": 3}, "positions must be one (x, y) or an array of shape (N, 2), got 'star'"),
        (ValueError, (STAR,), {"r": -3}, "r=-3.0 must be greater than 0"),
        (ValueError, (STAR,), {"r": [3, 4]}, "r must be a float or have one value per position"),
        (ValueError, (STAR, 3.0), {"r": 3, "annulus": (5, 8)}, "sky and annulus both say where the sky is"),
        (ValueError, (STAR,), {"r": 3, "annulus": 5}, "annulus=5 must be two radii (r_in, r_out)"),
        (ValueError, (STAR,), {"r": 3, "annulus": (8, 5)}, "r_in=8.0 must be smaller than r_out=5.0"),
        (
            ValueError,
            (XY2, aap.CircAn(STAR, 5, 8)),
            {"r": 3},
            "sky must have as many positions as the aperture (2), got 1",
        ),
        (
            ValueError,
            (XY2, [1, 2, 3]),
            {"r": 3},
            "sky must be a number or have one value per position (2), got shape (3,)",
        ),
        ((TypeError, ValueError), (XY2, "dark"), {"r": 3}, "sky must be an aperture, a number"),
        (ValueError, (XY2, 1.0), {"r": 3, "sky_std": [1, -1]}, "sky_std=-1.0 must be at least 0"),
        (
            ValueError,
            (XY2, aap.CircAn(XY2, 5, 8)),
            {"r": 3, "sky_std": 2.0},
            "sky_std=2.0 is not used with a sky that is",
        ),
        (
            ValueError,
            (XY2, aap.CircAn(XY2, 5, 8)),
            {"r": 3, "sky_err": 2.0},
            "sky_err=2.0 is not used with a sky that is",
        ),
        (
            TypeError,
            (XY2, 1.0),
            {"r": 3, "sky_err": "1"},
            "sky_err must be a number, or one number per position, got '1'",
        ),
        (ValueError, (XY2, 1.0), {"r": 3, "sky_stat": "mean"}, "sky_stat='mean' is not used with a sky that is given"),
        (ValueError, (XY2,), {"r": 3, "sigma_clip": 2.0}, "sigma_clip=2.0 is not used with sky=None"),
        (ValueError, (STAR,), {"r": 3, "annulus": (5, 8), "sky_stat": "average"}, "sky_stat='average' must be one of"),
        (
            ValueError,
            (STAR,),
            {"r": 3, "annulus": (5, 8), "sigma_clip": 0},
            "sigma_clip=0.0 must be finite and greater",
        ),
        (ValueError, (STAR,), {"r": 3, "annulus": (5, 8), "maxiters": 0}, "maxiters=0 must be a positive whole number"),
        (ValueError, (STAR,), {"r": 3, "annulus": (5, 8), "min_sky": 0}, "min_sky=0 must be a positive whole number"),
        (ValueError, (STAR,), {"r": 3, "method": "subpixel"}, "method='subpixel' must be one of 'exact', 'center'"),
        (ValueError, (STAR,), {"r": 3, "masked": None}, "masked=None must be one of 'exclude', 'nan', 'interpolate'"),
        (ValueError, (STAR,), {"r": 3, "edge": "wrap"}, "edge='wrap' must be one of 'partial', 'nan'"),
        (ValueError, (STAR,), {"r": 3, "mask": np.zeros((2, 2))}, "mask must have the shape (60, 70)"),
        (ValueError, (STAR,), {"r": 3, "error": np.ones((2, 2))}, "error must be a number or have the shape (60, 70)"),
        (TypeError, (STAR,), {"r": 3, "error": np.ones((60, 70), complex)}, "error has dtype complex128"),
        (ValueError, (STAR,), {"r": 3, "saturation": NAN}, "saturation=nan must be a number"),
        (TypeError, (STAR,), {"r": 3, "saturation": "full"}, "saturation must be a real number"),
        (TypeError, (STAR,), {"r": 3, "gain": [1.0, 2.0]}, "gain must be a real number, got an array"),
    ],
)
def test_refused(error, arguments, settings, message):
    with pytest.raises(error, match=re.escape(message)):
        aap.photometry(DATA, *arguments, **settings)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (np.ones(5), ValueError, "data must be a 2-D array"),
        (np.ones((5, 5), complex), TypeError, "data has dtype complex128"),
        ("image.fits", TypeError, "data must be a 2-D array of real numbers"),
        (None, TypeError, "data"),
    ],
)
def test_images_that_are_none(data, error, message):
    with pytest.raises(error, match=re.escape(message)):
        aap.photometry(data, (2, 2), r=1)


def test_no_sources_give_an_empty_catalogue():
    phot = aap.photometry(DATA, np.empty((0, 2)), r=3, annulus=(5, 8))
    assert len(phot) == 0
    assert phot.flux.shape == (0,)
    assert phot.to_table().colnames
    assert repr(phot).startswith("<Photometry: 0 sources")
    assert len(repr(phot).splitlines()) == 1
    several = aap.photometry(DATA, [aap.CircAp(np.empty((0, 2)), r) for r in (1, 2)])
    assert several.flux.shape == (0, 2)


def test_an_image_without_pixels():
    phot = aap.photometry(np.empty((0, 0)), (2, 2), r=1, annulus=(2, 3))
    assert flags_of(phot) >= F.NO_OVERLAP
    assert np.isnan(phot.flux[0])


def test_paths_and_annuli_can_be_apertures_and_skies():
    path = aap.PathAp.polygon(STAR, [(-3, -3), (3, -3), (3, 3), (-3, 3)])
    ring = aap.PathAp.polygon(STAR, [(-9, -9), (9, -9), (9, -6), (-9, -6)])
    phot = aap.photometry(DATA, path, ring, sky_stat=np.mean)
    assert phot.apsum[0] == path.apsum_exact(DATA)[0]
    assert phot.n_sky[0] + phot.n_rejected[0] == ring.sampled_values(DATA)[0].size
    assert aap.photometry(DATA, aap.CircAn(STAR, 3, 5)).npix == pytest.approx(np.pi * 16)


@pytest.mark.parametrize("others", [[(5.0, 5.0)] * 2, [(5.0, 5.0)] * 3])
def test_a_list_wants_as_many_positions_each(others: list[tuple[float, float]]) -> None:
    one = aap.CircAp([(5.0, 5.0)], 1.0)
    with pytest.raises(ValueError, match=r"aperture\[1\] must have the positions of aperture\[0\]"):
        aap.photometry(np.ones((9, 9)), [one, aap.CircAp(others, 2.0)])
