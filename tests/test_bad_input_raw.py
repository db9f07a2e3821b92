"""Wrong input to the raw layer and the engine: a worded TypeError or ValueError, and nothing half done."""

import re

import numpy as np
import pytest

import astroapers._rust as aapr

DATA = np.ones((6, 8))
X = np.array([2.0, 3.0])
Y = np.array([2.0, 3.0])
KINDS = np.array([0, 1, 1, 3], np.int8)
COMMANDS = np.zeros((4, 6))
COMMANDS[:3, :2] = [(0, 0), (3, 0), (0, 3)]
CROSSING = np.zeros((5, 6))
CROSSING[:4, :2] = [(0, 0), (3, 2), (3, 0), (0, 1)]


def unaligned(array):
    """The same numbers one byte off."""
    buffer = np.zeros(array.nbytes + 1, np.uint8)
    shifted = buffer[1:].view(array.dtype).reshape(array.shape)
    shifted[...] = array
    return shifted


def strided(array):
    return np.repeat(array, 2, axis=-1)[..., ::2]


def apsum(data=DATA, xs=X, ys=Y, r=1.5):
    return aapr.apsum_circ_exact(data, xs, ys, r)


def window(x=2.0, y=2.0, r=1.5, x_min=0, y_min=0, ny=4, nx=4):
    return aapr.weights_circ_exact_one(x, y, r, x_min, y_min, ny, nx)


def path(kinds=KINDS, data=COMMANDS):
    return aapr.weights_path_exact(X, Y, kinds, data)


def engine(operation="apsum", shape="circ", method="exact", x=X, y=Y, geometry=(1.5,), **keywords):
    if operation not in ("npix", "weights", "bboxes", "area", "outline"):
        keywords.setdefault("image", DATA)
    return aapr._engine(operation, shape, method, x, y, geometry, **keywords)


def photometry(**options):
    plain = {"sky": (0.0, 0.0, 0.0), "error": None, "model": ("scatter", [None]), "masked": "exclude", "edge": "clip"}
    asked = {**plain, "saturation": None, "step": 0.0, **options}
    return aapr._photometry(X, Y, [("circ", (1.5,))], "exact", DATA, (), asked)


class Awkward:
    """A number that raises when asked."""

    def __float__(self):
        raise RuntimeError("not today")

    def __index__(self):
        raise RuntimeError("not today")


IMAGE = "data must be a C-contiguous 2-D float64 array in native byte order, got "
COLUMN = "must be a C-contiguous 1-D float64 array, got "

WRONG = {
    # images of the raw functions
    "image list": (lambda: apsum([[1.0]]), TypeError, IMAGE + "list"),
    "image None": (lambda: apsum(None), TypeError, IMAGE + "NoneType"),
    "image scalar": (lambda: apsum(np.float64(3)), TypeError, IMAGE + "float64"),
    "image dtype": (lambda: apsum(DATA.astype("f4")), TypeError, IMAGE + "float32 array of shape (6, 8)"),
    "image order": (lambda: apsum(DATA.astype(">f8")), TypeError, IMAGE + ">f8 array of shape (6, 8)"),
    "image complex": (lambda: apsum(DATA + 1j), TypeError, IMAGE + "complex128 array of shape (6, 8)"),
    "image 1-D": (lambda: apsum(DATA[0]), ValueError, "data must be a 2-D array, got shape (8,)"),
    "image 3-D": (lambda: apsum(DATA[None]), ValueError, "data must be a 2-D array, got shape (1, 6, 8)"),
    "image 0-D": (lambda: apsum(np.array(1.0)), ValueError, "data must be a 2-D array, got shape ()"),
    "image strided": (lambda: apsum(strided(DATA)), ValueError, IMAGE + "non-contiguous float64 array of shape (6, 8)"),
    "image Fortran": (lambda: apsum(np.asfortranarray(DATA)), ValueError, IMAGE + "non-contiguous float64 array"),
    "image i16": (
        lambda: aapr.apsum_circ_exact_i16(DATA, X, Y, 1.0),
        TypeError,
        "data must be a C-contiguous 2-D int16 array in native byte order, got float64 array of shape (6, 8)",
    ),
    "image uint16": (
        lambda: aapr.apsum_circ_exact_i16(DATA.astype("u2"), X, Y, 1.0),
        TypeError,
        "data must be a C-contiguous 2-D int16 array in native byte order, got uint16 array of shape (6, 8)",
    ),
    # positions
    "xs list": (lambda: apsum(xs=[1.0, 2.0]), TypeError, "xs " + COLUMN + "list"),
    "xs float": (lambda: apsum(xs=1.0), TypeError, "xs " + COLUMN + "float"),
    "ys dtype": (lambda: apsum(ys=Y.astype(int)), TypeError, "ys " + COLUMN + "int64 array of shape (2,)"),
    "ys order": (lambda: apsum(ys=Y.astype(">f8")), TypeError, "ys " + COLUMN + ">f8 array of shape (2,)"),
    "xs 2-D": (lambda: apsum(xs=X[None]), ValueError, "xs " + COLUMN + "float64 array of shape (1, 2)"),
    "xs 0-D": (lambda: apsum(xs=np.array(1.0)), ValueError, "xs " + COLUMN + "float64 array of shape ()"),
    "xs strided": (
        lambda: apsum(xs=strided(X)),
        ValueError,
        "xs " + COLUMN + "non-contiguous float64 array of shape (2,)",
    ),
    "xs backwards": (
        lambda: apsum(xs=X[::-1]),
        ValueError,
        "xs " + COLUMN + "non-contiguous float64 array of shape (2,)",
    ),
    "xs unaligned": (
        lambda: apsum(xs=unaligned(X)),
        ValueError,
        "xs " + COLUMN + "unaligned float64 array of shape (2,)",
    ),
    "lengths": (lambda: apsum(ys=Y[:1]), ValueError, "xs and ys must have equal lengths, got 2 and 1"),
    # numbers
    "r str": (lambda: apsum(r="5"), TypeError, "r must be a real number, got str"),
    "r NumPy str": (lambda: apsum(r=np.str_("5")), TypeError, "r must be a real number, got str_"),
    "r None": (lambda: apsum(r=None), TypeError, "r must be a real number, got NoneType"),
    "r complex": (lambda: apsum(r=2 + 0j), TypeError, "r must be a real number, got complex"),
    "r complex64": (lambda: apsum(r=np.complex64(2)), TypeError, "r must be a real number, got complex64"),
    "r complex128": (lambda: apsum(r=np.complex128(2)), TypeError, "r must be a real number, got complex128"),
    "r array": (
        lambda: apsum(r=np.array([2.0])),
        TypeError,
        "r must be a real number, got float64 array of shape (1,)",
    ),
    "r list": (lambda: apsum(r=[2.0]), TypeError, "r must be a real number, got list"),
    "r huge": (lambda: apsum(r=10**400), ValueError, "r must be a number that fits a float, got a larger one"),
    "r awkward": (lambda: apsum(r=Awkward()), RuntimeError, "not today"),
    "r negative": (lambda: apsum(r=-1.0), ValueError, "r=-1.0 must be greater than 0"),
    "r zero": (lambda: apsum(r=0), ValueError, "r=0.0 must be greater than 0"),
    "r nan": (lambda: apsum(r=np.nan), ValueError, "r=nan must be finite"),
    "r inf": (lambda: apsum(r=np.inf), ValueError, "r=inf must be finite"),
    "x str": (lambda: window(x="1"), TypeError, "x must be a real number, got str"),
    "inner not smaller": (
        lambda: aapr.apsum_circ_ann_exact(DATA, X, Y, 5.0, 3.0),
        ValueError,
        "r_in=5.0 must be smaller than r_out=3.0",
    ),
    # windows and frames
    "ny float": (lambda: window(ny=4.0), TypeError, "ny must be an integer, got float"),
    "ny None": (lambda: window(ny=None), TypeError, "ny must be an integer, got NoneType"),
    "ny awkward": (lambda: window(ny=Awkward()), RuntimeError, "not today"),
    "ny negative": (lambda: window(ny=-1), ValueError, "ny=-1 must be at least 0"),
    "nx negative": (lambda: aapr.npix_circ_exact(X, Y, 1.0, 5, -3), ValueError, "nx=-3 must be at least 0"),
    "x_min str": (lambda: window(x_min="0"), TypeError, "x_min must be an integer, got str"),
    "y_min huge": (lambda: window(y_min=2**70), ValueError, "y_min must be an integer of 64 bits, got a larger one"),
    "window too large": (lambda: window(ny=10**9, nx=10**9), ValueError, "too large"),
    "weights too large": (lambda: aapr.weights_circ_exact(X, Y, 1e9), ValueError, "too large"),
    "box too far": (lambda: aapr.bboxes_circ(np.array([1e300]), Y[:1], 1.0), ValueError, "bounding box"),
    # paths
    "kinds dtype": (
        lambda: path(kinds=KINDS.astype(int)),
        TypeError,
        "kinds must be a C-contiguous 1-D int8 array, got int64 array of shape (4,)",
    ),
    "commands dtype": (
        lambda: path(data=COMMANDS.astype("f4")),
        TypeError,
        "data must be a C-contiguous (n, 6) float64 array, got float32 array of shape (4, 6)",
    ),
    "commands shape": (
        lambda: path(data=COMMANDS[:, :5].copy()),
        ValueError,
        "data must be a C-contiguous (n, 6) float64 array, got float64 array of shape (4, 5)",
    ),
    "commands 1-D": (
        lambda: path(data=COMMANDS.ravel()),
        ValueError,
        "data must be a C-contiguous (n, 6) float64 array, got float64 array of shape (24,)",
    ),
    "commands Fortran": (
        lambda: path(data=np.asfortranarray(COMMANDS)),
        ValueError,
        "data must be a C-contiguous (n, 6) float64 array, got non-contiguous float64 array of shape (4, 6)",
    ),
    "commands count": (
        lambda: path(data=COMMANDS[:3]),
        ValueError,
        "kinds and data must have equal lengths, got 4 and 3",
    ),
    "commands crossing": (lambda: path(np.array([0, 1, 1, 1, 3], np.int8), CROSSING), ValueError, "cross"),
    "commands none": (lambda: path(KINDS[:0], COMMANDS[:0]), ValueError, "segments"),
    "commands unknown": (lambda: path(np.array([0, 1, 7, 3], np.int8)), ValueError, "7"),
    "commands nan": (lambda: path(data=np.full((4, 6), np.nan)), ValueError, "nan"),
    # calls
    "too few": (lambda: aapr.apsum_circ_exact(DATA, X, Y), TypeError, "missing 1 required positional argument: 'r'"),
    "too many": (lambda: aapr.apsum_circ_exact(DATA, X, Y, 1.0, 2.0), TypeError, "takes 4 positional arguments"),
    "unknown keyword": (
        lambda: aapr.apsum_circ_exact(DATA, X, Y, radius=1.0),
        TypeError,
        "got an unexpected keyword argument 'radius'",
    ),
    "twice": (lambda: aapr.apsum_circ_exact(DATA, X, Y, 1.0, r=1.0), TypeError, "multiple values for argument 'r'"),
    # settings
    "threshold zero": (lambda: aapr.set_parallel_threshold(0), ValueError, "threshold=0 must be at least 1"),
    "threshold negative": (lambda: aapr.set_parallel_threshold(-5), ValueError, "threshold=-5 must be at least 1"),
    "threshold float": (lambda: aapr.set_parallel_threshold(2.5), TypeError, "threshold must be an integer, got float"),
    "threads zero": (lambda: aapr._engine("set_num_threads", x=0), ValueError, "n=0 must be at least 1"),
    "threads None": (lambda: aapr._engine("set_num_threads"), TypeError, "n must be an integer, got NoneType"),
    # the engine's own arguments
    "operation": (lambda: engine("squares"), ValueError, 'there is no operation "squares"'),
    "operation type": (lambda: engine(3), TypeError, "operation"),
    "shape": (lambda: engine(shape="star"), ValueError, 'there is no shape "star"'),
    "shape None": (lambda: engine(shape=None), TypeError, "shape must be a name, got NoneType"),
    "method": (lambda: engine(method="subpixel"), ValueError, "method must be 'exact' or 'center', got \"subpixel\""),
    "geometry count": (
        lambda: engine(shape="ellip"),
        TypeError,
        "geometry must hold 3 parameters (a, b, theta), got 1",
    ),
    "geometry list": (lambda: engine(geometry=[1.0]), TypeError, "geometry"),
    "geometry length": (
        lambda: engine(geometry=(np.ones(3),)),
        ValueError,
        "r must be a number or an array with one value per position (2), got 3 values",
    ),
    "geometry lengths without positions": (
        lambda: engine("area", "circ_ann", geometry=(np.ones(3), np.ones(2))),
        ValueError,
        "r_out must be a number or an array with one value per position (3), got 2 values",
    ),
    "geometry dtype": (
        lambda: engine(geometry=(np.ones(2, int),)),
        TypeError,
        "r " + COLUMN + "int64 array of shape (2,)",
    ),
    "geometry 2-D": (
        lambda: engine(geometry=(np.ones((2, 1)),)),
        ValueError,
        "r " + COLUMN + "float64 array of shape (2, 1)",
    ),
    "geometry scalar": (lambda: engine(geometry=(-1.0,), validate=False), ValueError, "r=-1.0 must be greater than 0"),
    "geometry mixed": (
        lambda: engine(shape="circ_ann", geometry=(np.nan, np.ones(2)), validate=False),
        ValueError,
        "r_in=nan must be finite",
    ),
    "geometry row": (lambda: engine(geometry=(np.array([1.0, -2.0]),)), ValueError, "r[1]=-2.0 must be greater than 0"),
    "outline of many": (lambda: engine("outline", geometry=(np.ones(2),)), ValueError, "an outline needs one number"),
    "position row": (lambda: engine(x=np.array([1.0, np.nan])), ValueError, "x[1]=nan must be finite"),
    "position row y": (lambda: engine("check", y=np.array([np.inf, 1.0])), ValueError, "y[0]=inf must be finite"),
    "positions missing": (lambda: engine(x=None), TypeError, "x " + COLUMN + "NoneType"),
    "positions lengths": (lambda: engine(x=X[:1]), ValueError, "x and y must have equal lengths, got 1 and 2"),
    # the engine's images and masks
    "no image": (lambda: engine(image=None), TypeError, "this operation needs an image"),
    "any list": (lambda: engine(image=[[1.0]]), TypeError, "data must be a NumPy array, got list"),
    "any complex": (
        lambda: engine(image=DATA + 1j),
        TypeError,
        "data has dtype complex128; take the real part or abs(data)",
    ),
    "any str": (lambda: engine(image=DATA.astype(str)), TypeError, "convert to numbers with data.astype(float)"),
    "any bytes": (lambda: engine(image=DATA.astype(bytes)), TypeError, "convert to numbers with data.astype(float)"),
    "any object": (lambda: engine(image=DATA.astype(object)), TypeError, "data has dtype object; convert to numbers"),
    "any longdouble": (
        lambda: engine(image=DATA.astype(np.longdouble)),
        TypeError,
        "it does not fit a float64; convert with data.astype(float)",
    ),
    "any datetime": (
        lambda: engine(image=DATA.astype("M8[s]")),
        TypeError,
        "data has dtype datetime64[s]; bool, integers",
    ),
    "any timedelta": (lambda: engine(image=DATA.astype("m8[s]")), TypeError, "data has dtype timedelta64[s]; bool"),
    "any structured": (lambda: engine(image=np.zeros((6, 8), "f8,f8")), TypeError, "; pick one of its fields"),
    "any 1-D": (lambda: engine(image=DATA[0]), ValueError, "data must be a 2-D array, got shape (8,)"),
    "any 3-D": (lambda: engine(image=DATA[None]), ValueError, "data must be a 2-D array, got shape (1, 6, 8)"),
    "mask shape": (
        lambda: engine(masks=(DATA[:3],)),
        ValueError,
        "mask has shape (3, 8), but the image has shape (6, 8)",
    ),
    "mask 1-D": (lambda: engine(masks=(DATA[0],)), ValueError, "mask must be a 2-D array, got shape (8,)"),
    "mask complex": (lambda: engine(masks=(DATA + 1j,)), TypeError, "mask has dtype complex128"),
    "mask list": (lambda: engine(masks=([[0]],)), TypeError, "mask must be a NumPy array, got list"),
    "three masks": (lambda: engine(masks=(DATA,) * 3), ValueError, "an image can have at most two masks"),
    "masks list": (lambda: engine(masks=[DATA]), TypeError, "masks"),
    "frame missing": (lambda: engine("npix"), TypeError, "shape must be a tuple (ny, nx), got NoneType"),
    "frame length": (lambda: engine("npix", frame=(3,)), TypeError, "shape must be a tuple (ny, nx), got tuple"),
    "frame float": (lambda: engine("npix", frame=(3.0, 4)), TypeError, "ny must be an integer, got float"),
    "frame negative": (lambda: engine("npix", frame=(3, -4)), ValueError, "nx=-4 must be at least 0"),
    "frame mask": (
        lambda: engine("npix", frame=(3, 4), masks=(DATA,)),
        ValueError,
        "mask has shape (6, 8), but the image has shape (3, 4)",
    ),
    "fill": (lambda: engine("cutouts", fill="nan"), TypeError, "fill_value must be a real number, got str"),
    # what the Python layer checks before it asks for photometry
    "statistic": (
        lambda: aapr._sky_variance("avg", None, 0.0),
        ValueError,
        'sky_stat must be "median", "mean", "mode", "mmm", "sextractor", "biweight", "median_interp", got "avg"',
    ),
    "masked": (
        lambda: photometry(masked="skip"),
        ValueError,
        "masked must be 'exclude', 'nan' or 'interpolate', got \"skip\"",
    ),
    "kind of errors": (
        lambda: photometry(error=(DATA, "rms", 1.0)),
        ValueError,
        "kind must be 'std', 'var' or 'ivar', got \"rms\"",
    ),
    "model of errors": (
        lambda: photometry(model=("ccd", [1.0])),
        ValueError,
        'there is no error model "ccd" of these numbers',
    ),
    "weights of the engine too large": (lambda: engine("weights", geometry=(1e9,)), ValueError, "too large"),
    "cutouts too large": (lambda: engine("cutouts", geometry=(1e9,)), ValueError, "too large"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused_in_words(name):
    function, error, text = WRONG[name]
    with pytest.raises(error, match=re.escape(text)) as caught:
        function()
    assert type(caught.value) is error
    assert str(caught.value)


def test_what_the_wrong_calls_change_is_fine():
    (measured, _) = photometry()
    np.testing.assert_allclose(measured[0], np.pi * 1.5**2)


@pytest.mark.parametrize("r", [2, np.int16(2), np.array(2.0), np.float32(2)])
def test_any_real_number_is_a_parameter_of_the_engine(r):
    assert engine(geometry=(r,))[0].tolist() == engine(geometry=(2.0,))[0].tolist()


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="since NumPy 2.0")
def test_types_that_are_not_of_numpy_s_own_old_ones():
    """They have numbers of their own, and may borrow the letters of others for what is no number."""
    texts = DATA.astype(str).astype(np.dtypes.StringDType())
    with pytest.raises(TypeError, match=r"data has dtype .*String.*; bool, integers and floats of at most 8 bytes"):
        engine(image=texts)


def test_a_refused_setting_changes_nothing():
    threads, threshold = aapr._engine("get_num_threads"), aapr.get_parallel_threshold()
    for wrong in (0, -1, 1.5, "2", None):
        with pytest.raises((TypeError, ValueError)):
            aapr.set_parallel_threshold(wrong)
        with pytest.raises((TypeError, ValueError)):
            aapr._engine("set_num_threads", x=wrong)
    assert (aapr._engine("get_num_threads"), aapr.get_parallel_threshold()) == (threads, threshold)


def test_an_aperture_of_any_size_costs_at_most_the_image():
    sums, npix = apsum(r=1e9)
    assert list(sums) == list(npix) == [DATA.size] * 2
    sums, npix = apsum(xs=np.array([1e300, 2.0]))
    assert (sums[0], npix[0]) == (0.0, 0.0)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, -1e18, 5e-324])
def test_any_position_is_safe(value):
    """Raw functions check no positions: any float gives numbers, never a crash."""
    for x, y in [(value, 2.0), (2.0, value)]:
        finite = np.isfinite(value)
        sums, npix = apsum(xs=np.array([x]), ys=np.array([y]))
        assert np.isfinite(sums[0]) == np.isfinite(npix[0]) == finite
        weights = window(x, y)
        assert weights.shape == (16,)
        assert np.isfinite(weights).all() == finite


def test_a_window_ends_below_the_largest_index():
    with pytest.raises(ValueError, match=r"x_min=9223372036854775807 must leave room for 7 more pixels below 2\*\*63"):
        aapr.weights_circ_exact_one(9.0, 9.0, 3.0, 2**63 - 1, 6, 7, 7)
    with pytest.raises(ValueError, match=r"y_min=9223372036854775807 must leave room"):
        aapr.weights_circ_exact_one(9.0, 9.0, 3.0, 6, 2**63 - 1, 7, 7)
    assert aapr.weights_circ_exact_one(9.0, 9.0, 3.0, 2**63 - 8, 6, 7, 7).sum() == 0
