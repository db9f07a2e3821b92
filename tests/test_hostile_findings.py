"""What hostile input once did: each case crashed, lied, or was refused without reason or in useless words."""

import copy
import pickle
import re
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import astroapers as aap
from astroapers import kernels
from reliability.hostile.layouts import unaligned

IMAGE = np.arange(400.0).reshape(20, 20)


# ---------------------------------------------------------------- shapes thinner than their own rounding


@pytest.mark.parametrize(
    ("cls", "geometry", "text"),
    [
        (aap.EllipAp, {"a": 3.0, "b": 1e-30}, "b=1e-30 must be at least 1e-25 of a=3.0"),  # a weight of 1 far outside
        (aap.EllipAp, {"a": 1e-40, "b": 0.1}, "a=1e-40 must be at least 1e-25 of b=0.1"),  # NaN
        (aap.RectAp, {"w": 3.0, "h": 1e-60}, "h=1e-60 must be at least 1e-25 of w=3.0"),  # no weight at all
        (aap.PillAp, {"w": 3.0, "a": 1.0, "b": 1e-60}, "b=1e-60 must be at least 1e-25 of w=3.0"),  # NaN
        (aap.PillAp, {"w": 1e-40, "a": 1e-50, "b": 7.0}, "w=1e-40 must be at least 1e-25 of b=7.0"),
        (
            aap.PillAn,  # weights summed to 20, the area was 7e-5
            {"w_in": 2.0, "a_in": 1e-16, "b_in": 6.5, "w_out": 2.0, "a_out": 1e-16, "b_out": 6.6, "theta_in": 1.0}
            | {"theta_out": 0.0},
            "a_in=1e-16 must be at least 1e-12 (in an annulus of two angles) of b_in=6.5",
        ),
        (
            aap.EllipAn,  # NaN
            {"a_in": 1e-18, "b_in": 10.0, "a_out": 1.1e-18, "b_out": 10.5, "theta_in": 3.0, "theta_out": -0.4},
            "a_in=1e-18 must be at least 1e-12 (in an annulus of two angles) of b_in=10.0",
        ),
        (
            aap.RectAn,  # PanicException: an outline around the origin meets every ray
            {"w_in": 1e-45, "h_in": 10.0, "w_out": 2e-45, "h_out": 10.5, "theta_in": 3.0, "theta_out": -0.4},
            "w_in=1e-45 must be at least 1e-12 (in an annulus of two angles) of h_in=10.0",
        ),
    ],
)
def test_shapes_that_are_rounding_alone_are_refused(cls, geometry, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        cls((9.25, 8.5), **geometry)


@pytest.mark.parametrize("thickness", [1e-10, 1e-20, 3e-25])
@pytest.mark.parametrize("theta", [0.0, 0.5, 1e-8, np.pi / 2, 1e10])
@pytest.mark.parametrize("at", [(9.25, 8.5), (0.5, 0.5), (1e9, 3.0)])
def test_the_thinnest_shapes_have_their_area(thickness, theta, at):
    shapes = [
        aap.EllipAp(at, a=3.0, b=thickness * 3, theta=theta),
        aap.RectAp(at, w=thickness * 3, h=3.0, theta=theta),
        aap.PillAp(at, w=3.0, a=1.0, b=thickness * 3, theta=theta),
    ]
    for aperture in shapes:
        (weights,) = aperture.weights_exact()
        assert ((weights >= 0) & (weights <= 1)).all()
        # The corners are right to 1e-31 of the size.
        assert weights.sum() == pytest.approx(aperture.area, rel=max(1e-13, 1e-29 / thickness))


@pytest.mark.parametrize("thickness", [1e-6, 2e-12])
@pytest.mark.parametrize("angles", [(0.3, 1.1), (0.0, np.pi / 2), (1e-9, 0.0), (2.0, 2.0 + 1e-14)])
def test_the_thinnest_annuli_that_cross_have_their_area(thickness, angles):
    long, short = 6.0, 6.0 * thickness
    options = {"theta_in": angles[0], "theta_out": angles[1]}
    for aperture in (
        aap.EllipAn((9.25, 8.5), long, short, long, 2 * short, **options),
        aap.RectAn((9.25, 8.5), short, long, 3 * short, long, **options),
        aap.PillAn((9.25, 8.5), long, short, short, long, 2 * short, 2 * short, **options),
    ):
        (weights,) = aperture.weights_exact()
        assert ((weights >= 0) & (weights <= 1)).all()
        assert abs(weights.sum() - aperture.area) <= 1e-13 * weights.size


# ---------------------------------------------------------------- neighbours that are tiny or far away


def test_a_catalogue_of_far_away_or_tiny_sources_takes_no_square_of_its_length():
    """All of them shared the last cell that an index reaches: 100 000 took 20 s, ten times as many half an hour."""
    rng = np.random.default_rng(1)
    n = 30_000
    far = aap.photometry(IMAGE, rng.uniform(-1e300, 1e300, (n, 2)), r=3.0)
    assert (far.flags & aap.Flag.NEIGHBOUR == 0).all()
    tiny = aap.photometry(IMAGE, rng.uniform(0, 20, (n, 2)), r=10.0 ** rng.uniform(-50, -20, n))
    assert (tiny.flags & aap.Flag.NEIGHBOUR == 0).all()
    twice = np.repeat(rng.uniform(-1e300, 1e300, (n // 2, 2)), 2, axis=0)
    assert (aap.photometry(IMAGE, twice, r=3.0).flags & aap.Flag.NEIGHBOUR != 0).all()


# ---------------------------------------------------------------- what is the same as plain numbers


def test_unaligned_positions_are_positions():
    """Kernels refused them, and told the user to pass what they had: a C-contiguous float64 array."""
    x, y = np.array([8.0, 9.5]), np.array([9.0, 10.25])
    want = kernels.apsum_circ_exact(IMAGE, x, y, 2.5)
    np.testing.assert_array_equal(kernels.apsum_circ_exact(IMAGE, unaligned(x), unaligned(y), 2.5), want)


@pytest.mark.parametrize(
    "hidden", [np.array(["1", ""]), np.array([1j, 0]), np.array([1, 0], "M8[s]")], ids=["text", "complex", "time"]
)
def test_masked_arrays_of_no_numbers_are_no_numbers(hidden):
    """Text was parsed, dates were counted and imaginary parts dropped, if they came as a masked array."""
    with pytest.raises(TypeError, match="r must be"):
        aap.CircAp([(1, 2), (3, 4)], np.ma.MaskedArray(hidden))
    with pytest.raises(TypeError, match="mask has dtype"):
        aap.CircAp((1, 0), 1.0).apsum_exact(np.ones((1, 2)), np.ma.MaskedArray(hidden[None]))
    with pytest.raises(TypeError, match="mask has dtype"):
        aap.BoundingBox(0, 2, 0, 1).npix(np.ones((1, 2)), (1, 2), hidden[None])


def test_quantities_that_are_no_pixels_are_refused():
    """``r=3 * u.arcsec`` was a radius of three pixels."""
    u = pytest.importorskip("astropy.units")
    for attempt in (
        lambda: aap.CircAp((1, 2), 3 * u.arcsec),
        lambda: aap.CircAp([(1, 2), (3, 4)], [3, 4] * u.arcsec),
        lambda: aap.photometry(IMAGE, (9, 9), r=3 * u.arcsec),
        lambda: kernels.apsum_circ_exact(IMAGE, 9.0, 9.0, 3 * u.arcsec),
    ):
        with pytest.raises(ValueError, match="r has the unit arcsec; it must be in pixels, or a plain number"):
            attempt()
    with pytest.raises(ValueError, match="positions has the unit deg"):
        aap.CircAp([(1, 2)] * u.deg, 3)
    with pytest.raises(ValueError, match="theta has the unit deg; it must be in radians, or a plain number"):
        aap.EllipAp((1, 2), 3, 2, theta=30 * u.deg)
    assert aap.CircAp([(1, 2)] * u.pix, 3 * u.pix) == aap.CircAp([(1, 2)], 3)
    assert aap.EllipAp((1, 2), 3, 2, theta=0.5 * u.rad).theta == 0.5


def test_masked_weights_and_pixels_take_no_part():
    """Only the numbers under the mask were looked at."""
    weights = np.ma.MaskedArray(np.ones((2, 2)), [[True, False], [False, False]])
    assert aap.BoundingBox(0, 2, 0, 2).apsum(weights, np.full((2, 2), 5.0)) == (15.0, 3.0)
    marked = np.ma.MaskedArray(np.ones((3, 3), bool), np.eye(3, dtype=bool))
    assert aap.farthest_mask_pixel(marked, (0, 0)) == np.hypot(1, 2)


def test_a_byte_that_is_not_zero_is_true_everywhere():
    odd = np.frombuffer(bytes([0, 1, 2, 255, 0, 0, 0, 7, 0]), dtype=bool).reshape(3, 3)
    plain = odd.view(np.uint8) != 0
    data, disc, box = np.arange(9.0).reshape(3, 3), aap.CircAp((1, 1), 1.4), aap.BoundingBox(0, 3, 0, 3)
    for measure in (
        lambda mask: disc.apsum_exact(data, mask),
        lambda mask: disc.apsum_center(np.ma.MaskedArray(data, mask)),
        lambda mask: kernels.npix_circ_exact(1.0, 1.0, 1.4, shape=(3, 3), mask=mask),
        lambda mask: disc.sampled_values(data, mask=mask)[0],
        lambda mask: box.apsum(np.ones((3, 3)), data, mask),
        lambda mask: aap.photometry(data, (1, 1), r=1.4, mask=mask).apsum,
        lambda mask: aap.farthest_mask_pixel(mask, (0, 0)),
        lambda image: disc.apsum_exact(image),
        lambda image: aap.photometry(image, (1, 1), r=1.4).flux,
    ):
        np.testing.assert_array_equal(measure(odd), measure(plain))


def test_denormal_pixels_are_summed():
    image = np.full((9, 9), 5e-324)
    assert (
        aap.RectAp((4, 4), 3, 3).apsum_exact(image)[0] == aap.CircAp((4, 4), 1.5).apsum_center(image)[0] == 9 * 5e-324
    )


# ---------------------------------------------------------------- integers beyond their width


def test_more_rounds_and_pixels_than_there_can_be():
    """``OverflowError: out of range integral type conversion attempted``."""
    want = aap.photometry(IMAGE, (9, 9), r=3, annulus=(4, 7), maxiters=None)
    got = aap.photometry(IMAGE, (9, 9), r=3, annulus=(4, 7), maxiters=2**70)
    assert (got.flux, got.flux_err) == (want.flux, want.flux_err)
    few = aap.photometry(IMAGE, (9, 9), r=3, annulus=(4, 7), min_sky=2**70)
    assert few.flags[0] & aap.Flag.SKY_FEW


def test_more_frames_than_a_float_can_count():
    with pytest.raises(ValueError, match="ncombine must be a real number, got 1000"):
        aap.photometry(IMAGE, (9, 9), r=3, gain=1.0, ncombine=10**400)
    with pytest.raises(ValueError, match=r"gain=1e\+300 times ncombine=1e\+300 must be a finite number"):
        aap.photometry(IMAGE, (9, 9), r=3, gain=1e300, ncombine=10**300)


def test_images_and_boxes_larger_than_memory_can_be():
    """NumPy's ``array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size``."""
    box = aap.BoundingBox(0, 2, 0, 2)
    with pytest.raises(ValueError, match=f"shape of {2**62} x {2**62} pixels is too large to hold"):
        box.to_image(np.ones((2, 2)), (2**62, 2**62))
    huge = aap.BoundingBox(0, 2**62, 0, 2**62)
    with pytest.raises(ValueError, match=f"bounding box of {2**62} x {2**62} pixels is too large to hold"):
        huge.weighted_cutout(np.ones((2, 2)), IMAGE, validate=False)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("value", [object(), np.ones((2, 2, 2)), np.zeros(0), {"a": 1}], ids=lambda v: type(v).__name__)
def test_messages_are_one_line_and_show_no_addresses(value):
    for attempt in (
        lambda: aap.CircAp((1, 2), value),
        lambda: aap.CircAp((1, 2), 2.0).npix_exact(value),
        lambda: aap.BoundingBox(value, 2, 0, 1),
        lambda: aap.PillAp((1, 2), 3, 1, 1, plot_samples=value),
        lambda: aap.photometry(IMAGE, (9, 9), r=3, gain=value),
    ):
        with pytest.raises((TypeError, ValueError)) as caught:
            attempt()
        assert " at 0x" not in str(caught.value)
        assert "\n" not in str(caught.value)


class Silent:
    """An object that cannot even be shown."""

    def __repr__(self):
        raise RuntimeError("not today")


def test_what_cannot_be_shown_is_named_by_its_class():
    with pytest.raises(TypeError, match=r"r must be .*, got a Silent$"):
        aap.CircAp((1, 2), Silent())


def test_texts_among_numbers_are_no_numbers():
    """NumPy would read the text as a number, and Python does so for a Decimal."""
    mixed = np.array([Decimal("2.5"), "3"], dtype=object)
    with pytest.raises(TypeError, match="r must be"):
        aap.CircAp([(1, 2), (3, 4)], mixed)
    mixed[1] = Fraction(7, 2)
    assert aap.CircAp([(1, 2), (3, 4)], mixed).r.tolist() == [2.5, 3.5]


def test_any_truth_value_says_whether_to_validate():
    """Kernels knew bool alone, and said ``'int' object is not an instance of 'bool'`` without a name."""
    assert np.isnan(kernels.npix_circ_exact(np.nan, 2.0, 2.0, shape=(5, 5), validate=0))
    with pytest.raises(ValueError, match="x"):
        kernels.npix_circ_exact(np.nan, 2.0, 2.0, shape=(5, 5), validate=1)


@pytest.mark.parametrize("name", ["method", "masked", "edge", "error_kind", "error_model", "sky_stat"])
def test_an_array_is_no_choice(name):
    """``The truth value of an array with more than one element is ambiguous``."""
    error = {"error": 1.0} if name == "error_kind" else {}
    with pytest.raises(ValueError, match=f"{name}="):
        aap.photometry(IMAGE, (9, 9), r=3, annulus=(4, 7), **error, **{name: np.array(["exact", "center"])})


def test_numbers_beyond_their_range_give_no_warnings():
    """A quotient that is too large is infinite; under ``-W error`` the warning was an exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        phot = aap.photometry(IMAGE, (9, 9), r=3, sky=-1e308, sky_std=1e308)
        assert phot.flux[0] == np.inf
        assert phot.mag(25.0)[0] == -np.inf
        assert np.isnan(phot.snr[0])
        faint = aap.photometry(IMAGE, (9, 9), r=3, sky_std=1.0)
        # 5342 counts in the shortest time that there is.
        assert faint.mag(25.0, exptime=5e-324)[0] == pytest.approx(25 - 2.5 * (np.log10(faint.flux[0]) + 323.3062))
        box = aap.BoundingBox(0, 2, 0, 2)
        assert box.apsum(np.full((2, 2), 1.7e308), np.full((2, 2), 9.0)) == (np.inf, np.inf)


# ---------------------------------------------------------------- copies


@pytest.mark.parametrize(
    "copied",
    [lambda m: m.copy(), copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))],
    ids=["copy", "copy.copy", "deepcopy", "pickle"],
)
def test_magnitudes_keep_their_errors(copied):
    """A copy of magnitudes had none, and said so nowhere."""
    mag = aap.photometry(IMAGE, [(9, 9), (5, 5)], r=3, sky_std=1.0).mag(25.0)
    again = copied(mag)
    np.testing.assert_array_equal(again, mag)
    np.testing.assert_array_equal(again.err, mag.err)
    assert type(again) is aap.Magnitudes
    assert copied(mag + 1.0).err is None
