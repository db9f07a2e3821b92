"""The kernels: signatures, result shapes, agreement with the objects, errors, documentation."""

import inspect
import typing
from pathlib import Path

import numpy as np
import pytest

import astroapers as aap
from astroapers import _kernel_source, kernels

TRIANGLE = [("move", -1.2, -1.2), ("line", 1.6, -1.2), ("line", -1.2, 1.6), ("close",)]

# For each shape: its class, geometry parameters with the defaults of apsum and npix, and an example.
SHAPES = {
    "circ": (aap.CircAp, "r", (2.3,)),
    "ellip": (aap.EllipAp, "a, b, theta=0.0", (3.0, 2.0, 0.5)),
    "rect": (aap.RectAp, "w, h, theta=0.0", (4.0, 3.0, 0.5)),
    "pill": (aap.PillAp, "w, a, b, theta=0.0", (3.0, 1.0, 1.5, 0.5)),
    "wedge": (
        aap.WedgeAp,
        "r_in, r_out, theta_in, dtheta_in, theta_out=None, dtheta_out=None",
        (2.0, 4.0, 0.5, 1.0, 0.6, 1.2),
    ),
    "circ_ann": (aap.CircAn, "r_in, r_out", (2.0, 4.0)),
    "ellip_ann": (
        aap.EllipAn,
        "a_in, b_in, a_out, b_out, theta_in=0.0, theta_out=None",
        (2.0, 1.0, 4.0, 3.0, 0.5, 0.6),
    ),
    "rect_ann": (aap.RectAn, "w_in, h_in, w_out, h_out, theta_in=0.0, theta_out=None", (2.0, 1.0, 5.0, 4.0, 0.5, 0.6)),
    "pill_ann": (
        aap.PillAn,
        "w_in, a_in, b_in, w_out, a_out, b_out, theta_in=0.0, theta_out=None",
        (1.0, 0.5, 0.5, 3.0, 1.5, 2.0, 0.5, 0.6),
    ),
    "path": (aap.PathAp, "segments, holes=None", (TRIANGLE,)),
}
TAILS = {
    "apsum": "*, mask=None, return_npix=True, validate=True",
    "npix": "*, shape, mask=None, validate=True",
    "weights": "*, validate=True",
    "bboxes": "*, validate=True",
}
METHODS = ("exact", "center")
NAMES = sorted(
    f"{operation}_{tag}" + (f"_{method}" if method else "")
    for operation in TAILS
    for tag in SHAPES
    for method in (METHODS if operation != "bboxes" else ("",))
)
POSITIONS = ([8.25, 11.0, 9.0], [9.5, 7.75, 10.0])

every_shape = pytest.mark.parametrize("tag", SHAPES)
numeric_shape = pytest.mark.parametrize("tag", [tag for tag in SHAPES if tag != "path"])
every_method = pytest.mark.parametrize("method", METHODS)


def kernel(operation, tag, method=""):
    return getattr(kernels, "_".join(part for part in (operation, tag, method) if part))


@pytest.fixture
def data():
    return np.random.default_rng(1).normal(10.0, 1.0, (20, 22))


def aperture(tag, positions=POSITIONS):
    cls, names, values = SHAPES[tag]
    given = dict(zip([name.partition("=")[0].strip() for name in names.split(",")], values, strict=False))
    return cls(np.transpose(positions), **given)


class TestSurface:
    def test_names(self):
        others = ["farthest_mask_pixel", "get_parallel_threshold", "set_parallel_threshold"]
        assert sorted(kernels.__all__) == sorted(NAMES + others)
        assert len(NAMES) == 70

    def test_the_package_exports_what_it_did(self):
        elsewhere = {"npix_path_center", "npix_path_exact"}
        exported = {n for n in NAMES if n.startswith(("apsum", "npix"))} - elsewhere | {"bboxes_path"}
        assert exported <= set(aap.__all__)
        for name in exported:
            assert getattr(aap, name) is getattr(kernels, name)
        assert all(hasattr(aap, name) for name in aap.__all__)

    def test_the_stubs_are_those_of_the_table(self):
        stubs = Path(kernels.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
        assert stubs == _kernel_source.stubs()

    @pytest.mark.parametrize("name", NAMES)
    def test_signatures(self, name):
        operation, _, rest = name.partition("_")
        tag = rest.removesuffix("_exact").removesuffix("_center")
        geometry = SHAPES[tag][1]
        if tag == "path" and operation == "weights":
            geometry = "segments_or_kinds, holes_or_data=None"
        elif operation == "weights" or name in {"bboxes_ellip", "bboxes_rect"}:
            geometry = geometry.replace("=0.0", "").replace("=None", "")
        leading = "data, x, y" if operation == "apsum" else "x, y"
        signature = inspect.signature(getattr(kernels, name))
        plain = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
        assert str(inspect.Signature(plain)) == f"({leading}, {geometry}, {TAILS[operation]})"

    @pytest.mark.parametrize("name", NAMES)
    def test_documentation(self, name):
        function = getattr(kernels, name)
        assert function.__name__ == function.__qualname__ == name
        assert function.__module__ == "astroapers.kernels"
        doc = inspect.getdoc(function)
        for section in ("Parameters", "Returns", "Raises", "Examples"):
            assert f"\n{section}\n{'-' * len(section)}\n" in doc
        for parameter in inspect.signature(function).parameters:
            assert f"\n{parameter} : " in doc
        assert max(map(len, doc.splitlines())) <= 120
        assert inspect.getsource(function).startswith(f"def {name}(")
        assert "return" in typing.get_type_hints(function)


class TestAgainstObjects:
    @every_shape
    @every_method
    def test_sums_and_counts(self, tag, method, data):
        ap, values = aperture(tag), SHAPES[tag][2]
        sums, npix = kernel("apsum", tag, method)(data, *POSITIONS, *values)
        expected = getattr(ap, f"apsum_{method}")(data)
        np.testing.assert_array_equal((sums, npix), expected)
        alone = kernel("apsum", tag, method)(data, *POSITIONS, *values, return_npix=False)
        np.testing.assert_array_equal(alone, sums)
        counts = kernel("npix", tag, method)(*POSITIONS, *values, shape=data.shape)
        np.testing.assert_array_equal(counts, npix)

    @every_shape
    @every_method
    def test_masks(self, tag, method, data):
        mask = np.zeros(data.shape, dtype=bool)
        mask[9] = True
        ap, values = aperture(tag), SHAPES[tag][2]
        expected = getattr(ap, f"apsum_{method}")(data, mask)
        np.testing.assert_array_equal(kernel("apsum", tag, method)(data, *POSITIONS, *values, mask=mask), expected)
        masked = np.ma.array(data, mask=mask)
        np.testing.assert_array_equal(kernel("apsum", tag, method)(masked, *POSITIONS, *values), expected)
        counts = kernel("npix", tag, method)(*POSITIONS, *values, shape=data.shape, mask=mask)
        np.testing.assert_array_equal(counts, expected[1])

    @every_shape
    @every_method
    def test_weights_and_boxes(self, tag, method):
        ap, values = aperture(tag), SHAPES[tag][2]
        weights, boxes = kernel("weights", tag, method)(*POSITIONS, *values)
        assert boxes == kernel("bboxes", tag)(*POSITIONS, *values) == ap.bboxes()
        for weight, expected in zip(weights, getattr(ap, f"weights_{method}")(), strict=True):
            np.testing.assert_array_equal(weight, expected)

    @numeric_shape
    def test_geometry_per_position(self, tag, data):
        values = [value * np.array([1.0, 1.1, 1.3]) for value in SHAPES[tag][2]]
        sums = kernel("apsum", tag, "exact")(data, *POSITIONS, *values, return_npix=False)
        for i, (x, y) in enumerate(zip(*POSITIONS, strict=True)):
            row = [float(value[i]) for value in values]
            assert kernel("apsum", tag, "exact")(data, x, y, *row, return_npix=False).tolist() == [sums[i]]

    @numeric_shape
    def test_defaults(self, tag, data):
        cls, names, values = SHAPES[tag]
        count = sum("=" not in name for name in names.split(","))
        sums = kernel("apsum", tag, "exact")(data, *POSITIONS, *values[:count])
        np.testing.assert_array_equal(sums, cls(np.transpose(POSITIONS), *values[:count]).apsum_exact(data))

    def test_paths_as_kinds_and_data(self, data):
        kinds = np.array([0, 1, 1, 3], dtype=np.int8)
        numbers = np.zeros((4, 6))
        numbers[:3, :2] = [row[1:] for row in TRIANGLE[:3]]
        both = (kinds, numbers), (TRIANGLE,)
        first, second = (kernels.apsum_path_exact(data, *POSITIONS, *path) for path in both)
        np.testing.assert_array_equal(first, second)
        first, second = (kernels.weights_path_center(*POSITIONS, *path)[0] for path in both)
        for weights, expected in zip(first, second, strict=True):
            np.testing.assert_array_equal(weights, expected)


class TestPositions:
    @pytest.mark.parametrize(
        ("x", "y", "shape"),
        [
            (5, 6, (1,)),
            (5.0, 6.0, (1,)),
            (np.float64(5), np.array(6), (1,)),
            ([5], [6], (1,)),
            ([5, 5], (6, 6), (2,)),
            ([], [], (0,)),
            (np.full((2, 3), 5), np.full((2, 3), 6.0, dtype=">f4"), (2, 3)),
            (np.full((4, 6), 5.0)[::2, ::2], np.full((2, 3), 6.0, order="F"), (2, 3)),
            (np.empty((0, 4)), np.empty((0, 4)), (0, 4)),
        ],
    )
    def test_shapes(self, x, y, shape, data):
        sums, npix = kernels.apsum_circ_exact(data, x, y, 2.0)
        counts = kernels.npix_circ_exact(x, y, 2.0, shape=data.shape)
        assert sums.shape == npix.shape == counts.shape == shape
        one = kernels.apsum_circ_exact(data, 5.0, 6.0, 2.0)[0][0]
        assert (sums == one).all()
        weights, boxes = kernels.weights_circ_exact(x, y, 2.0)
        assert len(weights) == len(boxes) == len(kernels.bboxes_circ(x, y, 2.0)) == sums.size

    def test_order(self, data):
        x, y = np.asfortranarray([[5.0, 6.0], [7.0, 8.0]]), np.array([[5.0, 5.0], [9.0, 9.0]])
        sums = kernels.apsum_circ_exact(data, x, y, 2.0, return_npix=False)
        flat = kernels.apsum_circ_exact(data, x.ravel(), y.ravel(), 2.0, return_npix=False)
        np.testing.assert_array_equal(sums.ravel(), flat)

    def test_geometry_has_the_positions_shape(self, data):
        x = np.array([[5.0, 6.0], [7.0, 8.0]])
        r = np.array([[1.0, 2.0], [3.0, 4.0]])
        npix = kernels.npix_circ_exact(x + 4, x + 4, r, shape=data.shape)
        np.testing.assert_allclose(npix, np.pi * r**2, rtol=0.5)
        np.testing.assert_allclose(npix[0], np.pi * r[0] ** 2, rtol=1e-14)
        with pytest.raises(ValueError, match=r"one value per position \(shape \(2, 2\)\), got shape \(4,\)"):
            kernels.npix_circ_exact(x, x, r.ravel(), shape=data.shape)

    @pytest.mark.parametrize(("x", "y"), [([5, 6], 6), ([5, 6], [6]), (5, [6]), (np.ones((2, 3)), np.ones(6))])
    @pytest.mark.parametrize("validate", [True, False])
    def test_unequal_shapes(self, x, y, validate):
        with pytest.raises(ValueError, match="x and y must have equal shapes"):
            kernels.bboxes_circ(x, y, 2.0, validate=validate)

    @pytest.mark.parametrize("bad", ["a", ["1"], None, [1j], [[1], [2, 3]]])
    def test_no_numbers(self, bad):
        with pytest.raises((TypeError, ValueError), match="x must be"):
            kernels.bboxes_circ(bad, [1.0], 2.0)


class TestValidation:
    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_non_finite_positions(self, bad, data):
        with pytest.raises(ValueError, match=r"y\[1\]=(nan|inf) must be finite"):
            kernels.apsum_circ_exact(data, [5, 6], [5, bad], 2.0)
        sums, npix = kernels.apsum_circ_exact(data, [5, 6], [5, bad], 2.0, validate=False)
        assert np.isnan(sums).tolist() == np.isnan(npix).tolist() == [False, True]
        weights, boxes = kernels.weights_circ_exact([5, 6], [5, bad], 2.0, validate=False)
        assert weights[1].shape == (0, 0)
        assert boxes[1] == aap.BoundingBox(0, 0, 0, 0)

    def test_per_position_geometry(self, data):
        with pytest.raises(ValueError, match=r"r\[1\]=-2\.0 must be"):
            kernels.apsum_circ_exact(data, [5, 6], [5, 6], [2.0, -2.0])
        sums, _ = kernels.apsum_circ_exact(data, [5, 6], [5, 6], [2.0, -2.0], validate=False)
        assert np.isnan(sums).tolist() == [False, True]

    @pytest.mark.parametrize("validate", [True, False])
    def test_scalar_geometry_and_paths_are_always_checked(self, data, validate):
        with pytest.raises(ValueError, match=r"r=-2\.0 must be"):
            kernels.apsum_circ_exact(data, [5], [5], -2.0, validate=validate)
        with pytest.raises(ValueError, match=r"r_in=3\.0 must be smaller than r_out=2\.0"):
            kernels.npix_circ_ann_center([5], [5], 3, 2, shape=data.shape, validate=validate)
        bow = [("move", 0, 0), ("line", 2, 0), ("line", 0, 2), ("line", 2, 2), ("close",)]
        with pytest.raises(ValueError, match="crosses"):
            kernels.weights_path_exact(5, 5, bow, validate=validate)

    def test_shape_is_required(self):
        with pytest.raises(TypeError, match="shape"):
            kernels.npix_circ_exact(5, 5, 2.0)


class TestFarthestPixel:
    def test_by_hand(self):
        mask = np.zeros((7, 8), dtype=bool)
        mask[5, 4] = True
        assert aap.farthest_mask_pixel(mask, (0, 0)) == np.hypot(5, 4)
        mask[1:5, 1:6] = True
        distance, positions = aap.farthest_mask_pixel(mask, (2.5, 3), return_pos=True)
        assert type(distance) is float
        assert distance == np.hypot(2.5, 1)
        assert positions.tolist() == [[5, 4]]
        assert positions.dtype == np.int64

    def test_ties_in_c_order(self):
        distance, positions = aap.farthest_mask_pixel(np.ones((3, 3)), (1, 1), return_pos=True)
        assert distance == np.sqrt(2)
        assert positions.tolist() == [[0, 0], [0, 2], [2, 0], [2, 2]]

    @pytest.mark.parametrize("shape", [(9,), (5, 7), (3, 4, 5), (2, 3, 2, 3), (6, 1), (1, 6)])
    @pytest.mark.parametrize("density", [0.1, 0.6, 1.0])
    def test_against_every_pixel(self, shape, density):
        rng = np.random.default_rng(len(shape))
        for _ in range(20):
            mask = rng.random(shape) <= density
            mask[(0,) * len(shape)] = True
            center = np.round(rng.uniform(-2, 7, len(shape)) * 2) / 2
            pixels = np.argwhere(mask)
            squares = ((pixels - center) ** 2).sum(axis=1)
            distance, positions = aap.farthest_mask_pixel(mask, center, return_pos=True)
            assert distance == np.sqrt(squares.max())
            np.testing.assert_array_equal(positions, pixels[squares == squares.max()])

    def test_inputs(self):
        assert aap.farthest_mask_pixel([[True, False]], (1.0, 1)) == np.sqrt(2)
        assert aap.farthest_mask_pixel([0, 0, 2], 1.0) == 1.0
        assert aap.farthest_mask_pixel(np.ones((4, 4), bool)[::2, ::-1], [0, 0]) == np.hypot(1, 3)
        assert aap.farthest_mask_pixel([True], 1e200) == 1e200

    @pytest.mark.parametrize(
        ("mask", "center", "error", "words"),
        [
            (np.zeros((3, 3)), (1, 1), ValueError, "at least one True"),
            (np.zeros((0, 3)), (1, 1), ValueError, "at least one True"),
            (np.zeros((3, 0)), (1, 1), ValueError, "at least one True"),
            (np.ones((3, 3)), (1,), ValueError, "center must hold 2 numbers"),
            (np.ones((3, 3)), 1.0, ValueError, "center must hold 2 numbers"),
            (np.ones((3, 3)), (1, np.nan), ValueError, "center=.* must be finite"),
            (np.ones((3, 3)), (1, "a"), TypeError, "center must be real"),
            (np.array("a"), (), TypeError, "mask must be real"),
            (True, (), ValueError, "at least one dimension"),
        ],
    )
    def test_errors(self, mask, center, error, words):
        with pytest.raises(error, match=words):
            aap.farthest_mask_pixel(mask, center)


class TestThreads:
    def test_threshold(self):
        aap.set_parallel_threshold(7)
        assert aap.get_parallel_threshold() == kernels.get_parallel_threshold() == 7

    def test_threads(self):
        aap.set_num_threads(3)
        assert aap.get_num_threads() == 3

    @pytest.mark.parametrize("setter", [aap.set_parallel_threshold, aap.set_num_threads])
    @pytest.mark.parametrize(("bad", "error"), [(0, ValueError), (-1, ValueError), (1.5, TypeError), ("a", TypeError)])
    def test_bad_numbers(self, setter, bad, error):
        before = aap.get_parallel_threshold(), aap.get_num_threads()
        with pytest.raises(error):
            setter(bad)
        assert (aap.get_parallel_threshold(), aap.get_num_threads()) == before
