"""Equal pixel values give equal bits, whatever holds them and whoever asks.

The pixels below are whole numbers that every number type of an image holds exactly. So each way to
store them - type, byte order, stride, alignment -, each layer of the interface and each number of
threads must give the very bits of the plainest call.
"""

import numpy as np
import pytest
from figures import FIGURES, PARAMETERS, figure, photometry_of

import astroapers as aap
from astroapers import _rust

NY, NX = 29, 33
PIXELS = np.random.default_rng(8).integers(0, 100, (NY, NX))
BITS = PIXELS % 2
POSITIONS = np.array([(15.2, 14.6), (0.4, 3.3), (31.0, 27.7), (16.0, 14.0), (-2.5, 30.1), (500.0, 3.0)])

TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]
ORDERS = ["<", ">"]
NEVER_PARALLEL = 2**31

every_figure = pytest.mark.parametrize("fig", FIGURES, ids=str)
every_type = pytest.mark.parametrize("kind", TYPES)


def at_positions(fig):
    return fig.at(*POSITIONS.T)


def unaligned(array):
    """A copy inside records of an odd number of bytes, where nothing is aligned."""
    records = np.zeros(array.shape, np.dtype([("pad", "u1"), ("value", array.dtype), ("tail", "u2")]))
    records["value"] = array
    return records["value"]


def every_other(array):
    """A copy on every second pixel of an array of other numbers."""
    wide = np.full([2 * n + 1 for n in array.shape], 77).astype(array.dtype)
    wide[1::2, 1::2] = array
    return wide[1::2, 1::2]


LAYOUTS = {
    "rows": np.ascontiguousarray,
    "columns": np.asfortranarray,
    "rows backwards": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "columns backwards": lambda a: np.ascontiguousarray(a[:, ::-1])[:, ::-1],
    "both backwards": lambda a: np.asfortranarray(a[::-1, ::-1])[::-1, ::-1],
    "every other": every_other,
    "unaligned": unaligned,
    "a window": lambda a: np.pad(a, 3, mode="edge")[3:-3, 3:-3],
}
every_layout = pytest.mark.parametrize("layout", LAYOUTS)


def read_only(array):
    array.flags.writeable = False
    return array


MASKS = {
    "none": lambda mask: None if not mask.any() else mask,
    "bool": lambda mask: mask,
    "columns": np.asfortranarray,
    "backwards": lambda mask: np.ascontiguousarray(mask[::-1, ::-1])[::-1, ::-1],
    "bytes": lambda mask: mask.astype("u1") * 4,
    "negative": lambda mask: -mask.astype("i8"),
    "swapped": lambda mask: mask.astype(">i4") * 256,
    "float": lambda mask: mask * 0.25,
    "half": lambda mask: mask.astype("f2"),
    "NaN": lambda mask: np.where(mask, np.nan, 0.0),
    "unaligned": lambda mask: unaligned(mask.astype("f8")),
    "every other": lambda mask: every_other(mask.astype("u2")),
    "odd bools": lambda mask: (mask * np.uint8(6)).view(bool),
    "read-only": lambda mask: read_only(mask.copy()),
}


def measured(aperture, data, mask=None):
    """What does not depend on the image's type: bytes of every float64 result, and the values sampled."""
    values, (yy, xx), offsets = aperture.sampled_values(data, mask=mask, flat=True, return_pix=True)
    weighted, _ = aperture.weighted_values(data, mask=mask, flat=True)
    results = [
        *aperture.apsum_exact(data, mask),
        *aperture.apsum_center(data, mask),
        values.astype("f8"),
        yy,
        xx,
        offsets,
        weighted,
        *aperture.weighted_cutout(data, mask),
        *aperture.sampled_cutout(data, mask),
        *photometry_of(aperture, data, mask),
    ]
    return [np.asarray(result).tobytes() for result in results]


# ---------------------------------------------------------------- type x byte order x layout


@every_figure
@every_type
@every_layout
def test_storage_does_not_matter(fig, kind, layout):
    aperture = at_positions(fig)
    want = measured(aperture, PIXELS.astype("f8"))
    for order in ORDERS:
        image = LAYOUTS[layout](PIXELS.astype(order + kind))
        assert image.dtype == np.dtype(order + kind)
        np.testing.assert_array_equal(image, PIXELS)
        assert measured(aperture, image) == want, order


@every_figure
@every_layout
def test_bool_images(fig, layout):
    aperture = at_positions(fig)
    assert measured(aperture, LAYOUTS[layout](BITS.astype(bool))) == measured(aperture, BITS.astype("f8"))


@pytest.mark.parametrize("kind", ["f8", ">i2"])
def test_one_row_repeated(kind):
    """An image of stride zero."""
    row = PIXELS[7].astype(kind)
    repeated = np.broadcast_to(row, (NY, NX))
    aperture = at_positions(FIGURES[1])
    assert measured(aperture, repeated) == measured(aperture, repeated.astype("f8"))


@every_type
@pytest.mark.parametrize("order", ORDERS)
def test_sampled_values_keep_the_type(kind, order):
    image = PIXELS.astype(order + kind)
    (values,) = FIGURES[1].at(15.2, 14.6).sampled_values(image)
    assert values.dtype == np.dtype(kind)
    assert values.dtype.isnative


def test_values_beyond_float64_are_sampled_unrounded():
    image = np.full((5, 5), 2**63 - 1, "i8")
    image[2, 2] = -(2**62) - 1
    (values,) = figure("circ", 1.1).at(2.0, 2.0).sampled_values(image)
    assert values.tolist() == [2**63 - 1, 2**63 - 1, -(2**62) - 1, 2**63 - 1, 2**63 - 1]


# ---------------------------------------------------------------- masks


@every_figure
@pytest.mark.parametrize("form", [form for form in MASKS if form != "NaN"])
def test_an_empty_mask_is_no_mask(fig, form):
    aperture, image = at_positions(fig), PIXELS.astype("f4")
    nothing = MASKS[form](np.zeros((NY, NX), bool))
    assert measured(aperture, image, nothing) == measured(aperture, image)


@pytest.mark.parametrize("aperture", [aap.CircAp([(350.2, 349.7)], 300), aap.CircAn([(350.2, 349.7)], 280, 300)])
def test_an_empty_mask_is_no_mask_of_an_aperture_that_is_shown_in_parts(aperture):
    image = np.random.default_rng(3).normal(size=(700, 700))
    assert measured(aperture, image, np.zeros(image.shape, bool)) == measured(aperture, image)


@every_figure
@pytest.mark.parametrize("form", MASKS)
def test_the_form_of_a_mask_does_not_matter(fig, form):
    aperture, image = at_positions(fig), PIXELS.astype(">i2")
    mask = np.random.default_rng(9).random((NY, NX)) < 0.25
    assert measured(aperture, image, MASKS[form](mask)) == measured(aperture, image, mask)


@every_figure
def test_masked_arrays(fig):
    aperture, image = at_positions(fig), PIXELS.astype("i4")
    mask = np.random.default_rng(9).random((NY, NX)) < 0.25
    assert measured(aperture, np.ma.MaskedArray(image, mask)) == measured(aperture, image, mask)
    assert measured(aperture, np.ma.MaskedArray(image)) == measured(aperture, image)
    assert measured(aperture, np.ma.MaskedArray(image, np.zeros((NY, NX), bool))) == measured(aperture, image)


# ---------------------------------------------------------------- layers


@every_figure
@pytest.mark.parametrize("method", ["exact", "center"])
def test_objects_and_kernels_agree(fig, method):
    x, y = POSITIONS.T
    image = PIXELS.astype(">f4")
    mask = np.random.default_rng(9).random((NY, NX)) < 0.25
    aperture = at_positions(fig)
    apsum = aperture.apsum_exact if method == "exact" else aperture.apsum_center
    npix = aperture.npix_exact if method == "exact" else aperture.npix_center
    weights = aperture.weights_exact if method == "exact" else aperture.weights_center

    for m in (None, mask):
        np.testing.assert_array_equal(fig.kernel("apsum", method)(image, x, y, mask=m), apsum(image, m))
        np.testing.assert_array_equal(fig.kernel("npix", method)(x, y, shape=(NY, NX), mask=m), npix((NY, NX), mask=m))
    arrays, boxes = fig.kernel("weights", method)(x, y)
    assert boxes == aperture.bboxes()
    assert [a.tobytes() for a in arrays] == [a.tobytes() for a in weights()]


RAW_TYPES = {"": "f8", "_f32": "f4", "_i32": "i4", "_i16": "i2"}


@pytest.mark.parametrize("fig", [f for f in FIGURES if f.kind in ("circ", "ellip", "rect", "circ_ann")], ids=str)
@pytest.mark.parametrize("suffix", RAW_TYPES)
def test_raw_sums_agree_with_objects(fig, suffix):
    image = PIXELS.astype(RAW_TYPES[suffix])
    x, y = (np.ascontiguousarray(column) for column in POSITIONS.T)
    geometry = [fig.geometry[name] for name in PARAMETERS[fig.kind]]
    want = at_positions(fig).apsum_exact(PIXELS.astype("f8"))
    name = f"apsum_{fig.kind}_exact"
    np.testing.assert_array_equal(getattr(_rust, name + suffix)(image, x, y, *geometry), want)
    for i in range(len(x)):
        assert getattr(_rust, f"{name}_one{suffix}")(image, x[i], y[i], *geometry) == (want[0][i], want[1][i])
    if fig.kind in ("circ", "circ_ann"):
        np.testing.assert_array_equal(getattr(_rust, f"{name}_sum{suffix}")(image, x, y, *geometry), want[0])
        for i in range(len(x)):
            assert getattr(_rust, f"{name}_sum_one{suffix}")(image, x[i], y[i], *geometry) == want[0][i]
    if fig.kind != "circ_ann":
        want = at_positions(fig).apsum_center(PIXELS.astype("f8"))
        np.testing.assert_array_equal(getattr(_rust, f"apsum_{fig.kind}_center{suffix}")(image, x, y, *geometry), want)


@pytest.mark.parametrize("fig", [f for f in FIGURES if f.kind != "path"], ids=str)
@pytest.mark.parametrize("method", ["exact", "center"])
def test_raw_weights_agree_with_objects(fig, method):
    x, y = (np.ascontiguousarray(column) for column in POSITIONS.T)
    geometry = [fig.geometry[name] for name in PARAMETERS[fig.kind]]
    aperture = at_positions(fig)
    want = aperture.weights_exact() if method == "exact" else aperture.weights_center()
    arrays, ixmins, ixmaxs, iymins, iymaxs = getattr(_rust, f"weights_{fig.kind}_{method}")(x, y, *geometry)
    assert [a.tobytes() for a in arrays] == [a.tobytes() for a in want]
    assert list(zip(ixmins, ixmaxs, iymins, iymaxs, strict=True)) == [
        (b.ixmin, b.ixmax, b.iymin, b.iymax) for b in aperture.bboxes()
    ]
    one = getattr(_rust, f"weights_{fig.kind}_{method}_one")
    for i, weights in enumerate(want):
        ny, nx = weights.shape
        flat = one(x[i], y[i], *geometry, int(ixmins[i]), int(iymins[i]), ny, nx)
        assert flat.shape == (ny * nx,)
        assert flat.tobytes() == weights.tobytes()


# ---------------------------------------------------------------- threads


@every_figure
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("threshold", [1, 64, NEVER_PARALLEL])
def test_threads_do_not_matter(fig, threads, threshold):
    x, y = np.random.default_rng(10).uniform(-3, 36, (2, 150))
    aperture, image = fig.at(x, y), PIXELS.astype("u2")
    want = measured(aperture, image)
    aap.set_num_threads(threads)
    aap.set_parallel_threshold(threshold)
    assert measured(aperture, image) == want


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_do_not_matter_inside_one_large_aperture(threads):
    image = np.random.default_rng(11).normal(0, 1, (1500, 1500)).astype("f4")
    aperture = figure("ellip", 700.0, 520.0, 0.3).at(744.7, 750.2)
    want = measured(aperture, image)
    aap.set_num_threads(threads)
    aap.set_parallel_threshold(1)
    assert measured(aperture, image) == want


@pytest.mark.parametrize("kind", ["circ", "ellip", "circ_ann", "rect_ann"])
def test_a_shape_per_source_is_each_shape_alone(kind):
    """Geometry arrays give the bits of one call per source."""
    fig = next(f for f in FIGURES if f.kind == kind)
    factors = np.array([1.0, 0.5, 1.7, 2.0, 0.9, 1.1])
    each = {name: value if "theta" in name else value * factors for name, value in fig.geometry.items()}
    together = figure(kind, *each.values()).at(*POSITIONS.T)
    image = PIXELS.astype(">i4")
    for i, position in enumerate(POSITIONS):
        geometry = [float(np.broadcast_to(value, 6)[i]) for value in each.values()]
        alone = figure(kind, *geometry).at(*position)
        for method in ("apsum_exact", "apsum_center"):
            total, npix = getattr(together, method)(image)
            assert (total[i], npix[i]) == getattr(alone, method)(image)
        assert together.weights_exact()[i].tobytes() == alone.weights_exact()[0].tobytes()
        assert together.area[i] == alone.area
