"""The raw layer: its names, its signatures, and what its functions agree on."""

import inspect
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import astroapers._rust as aapr

#: One signature a line, as documented.
SIGNATURES = dict(
    line.split("(", 1) for line in Path(__file__).with_name("raw_names.txt").read_text(encoding="utf-8").splitlines()
)

#: Geometry of each shape, by its name in the raw functions' names.
GEOMETRY = {
    "circ": (4.3,),
    "ellip": (5.2, 2.9, 0.7),
    "rect": (7.1, 4.2, -0.4),
    "pill": (5.3, 1.7, 2.4, 1.1),
    "wedge": (2.5, 7.5, 0.3, 0.8, 0.3, 0.8),
    "circ_ann": (2.4, 5.6),
    "ellip_ann": (2.1, 1.3, 5.2, 4.4, 0.2, 0.9),
    "rect_ann": (2.2, 1.8, 7.6, 5.4, 0.1, 0.6),
    "pill_ann": (2.1, 0.8, 1.2, 4.2, 1.6, 2.4, 0.3, 0.3),
    "path": (
        np.array([0, 1, 1, 3, 0, 2, 2, 3], np.int8),
        np.array(
            [
                [-4.0, -3.0, 0, 0, 0, 0],
                [5.0, -3.0, 0, 0, 0, 0],
                [0.5, 6.0, 0, 0, 0, 0],
                [0, 0, 0, 0, 0, 0],
                [1.0, 0.0, 0, 0, 0, 0],
                [0.0, 0.0, 1.0, 0.0, np.pi, 0],
                [0.0, 0.0, 1.0, np.pi, np.pi, 0],
                [0, 0, 0, 0, 0, 0],
            ]
        ),
    ),
}
DTYPES = {"": np.float64, "_f32": np.float32, "_i32": np.int32, "_i16": np.int16}

NY, NX = 40, 50
X = np.array([20.3, 3.1, 47.9, -30.0, 25.0, np.nan])
Y = np.array([17.8, 36.2, 20.5, 10.0, 20.0, 20.0])


def integers():
    """An image that every dtype holds exactly."""
    return np.random.default_rng(3).integers(-99, 999, (NY, NX))


def has(name):
    return name in SIGNATURES


def call(name, *arguments):
    return getattr(aapr, name)(*arguments)


def same(one, other):
    """Equal to the bit, NaN included."""
    one, other = np.asarray(one), np.asarray(other)
    assert one.dtype == other.dtype
    assert one.shape == other.shape
    assert one.tobytes() == other.tobytes()


cases = [
    pytest.param(shape, method, suffix, id=f"{shape}_{method}{suffix}")
    for shape in GEOMETRY
    for method in ("exact", "center")
    for suffix in DTYPES
    if has(f"apsum_{shape}_{method}{suffix}")
]
shapes_and_methods = [(shape, method) for shape in GEOMETRY for method in ("exact", "center")]


#: What the other layers call: the generic entry, photometry, and what is known of photometry beforehand.
PRIVATE = {"_engine", "_flags", "_photometry", "_sky_variance"}


# Names and signatures ------------------------------------------------------------------------------------------


def test_public_names_are_the_documented_ones():
    assert len(SIGNATURES) == 115
    assert {name for name in dir(aapr) if not name.startswith("_")} == set(SIGNATURES)
    assert set(aapr.__all__) - PRIVATE == set(SIGNATURES)


def test_the_only_private_functions_are_the_entries_of_the_other_layers():
    private = {name for name in dir(aapr) if name.startswith("_") and not name.startswith("__")}
    assert private == PRIVATE


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature(name):
    function = getattr(aapr, name)
    assert str(inspect.signature(function)) == "(" + SIGNATURES[name]
    assert function.__name__ == name
    assert function.__module__ == "astroapers._rust"
    assert function.__doc__
    assert pickle.loads(pickle.dumps(function)) is function


def test_arguments_can_be_named():
    data = integers().astype(float)
    expected = aapr.apsum_circ_exact(data, X, Y, 4.3)
    same(expected, aapr.apsum_circ_exact(data=data, xs=X, ys=Y, r=4.3))
    same(expected, aapr.apsum_circ_exact(data, X, r=4.3, ys=Y))


@pytest.mark.parametrize("number", [4, 4.0, np.float64(4), np.float32(4), np.int16(4), np.array(4.0), np.uint8(4)])
def test_any_real_number_is_a_parameter(number):
    data = integers().astype(float)
    assert aapr.apsum_circ_exact_one(data, 20, 20, number) == aapr.apsum_circ_exact_one(data, 20.0, 20.0, 4.0)


# Results -------------------------------------------------------------------------------------------------------


def test_shapes_are_never_mixed_up_however_many_came_before():
    data = integers().astype(float)
    rng = np.random.default_rng(5)
    sizes = rng.uniform(1.0, 9.0, (100, 2))
    triangles = [np.array([[0, 0, 0, 0, 0, 0], [w, 0, 0, 0, 0, 0], [0, h, 0, 0, 0, 0], [0] * 6]) for w, h in sizes]
    kinds = np.array([0, 1, 1, 3], np.int8)

    def areas(order):
        """Rectangles, ellipses and paths of the same numbers, one after another."""
        for i in order:
            w, h = sizes[i]
            assert aapr._engine("area", "rect", geometry=(w, h, 0.0)) == pytest.approx(w * h, rel=1e-14)
            assert aapr._engine("area", "ellip", geometry=(w, h, 0.0)) == pytest.approx(np.pi * w * h, rel=1e-14)
            assert aapr._engine("area", "path", geometry=(kinds, triangles[i])) == pytest.approx(w * h / 2, rel=1e-14)
            sums = aapr._engine("sum", "path", "exact", 20.3, 17.8, (kinds, triangles[i]), image=data)
            assert sums == measured.setdefault(i, sums)

    measured = {}
    for order in (range(100), [*range(40)] * 2, rng.permutation(100), [7] * 9):
        areas(order)
    with pytest.raises(ValueError, match="must be greater than 0"):
        aapr._engine("area", "rect", geometry=(-1.0, 1.0, 0.0))
    # Every thread remembers for itself.
    failures = []

    def work(order):
        try:
            areas(order)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(rng.permutation(100),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("method", ["exact", "center"])
@pytest.mark.parametrize("shape", GEOMETRY)
def test_a_single_position_has_the_bits_of_a_list_of_one(shape, method):
    data, geometry = integers().astype(float), GEOMETRY[shape]
    for x, y in zip(X.tolist(), Y.tolist(), strict=True):
        keywords = {"image": data, "validate": False}
        many = aapr._engine("apsum", shape, method, np.array([x]), np.array([y]), geometry, **keywords)
        for keepdims, shape_of_result in ((False, ()), (True, (1,))):
            one = aapr._engine("apsum", shape, method, x, y, geometry, keepdims=keepdims, **keywords)
            assert [result.shape for result in one] == [shape_of_result] * 2
            same([np.ravel(result) for result in one], many)
    with pytest.raises(ValueError, match=r"x\[0\]=nan must be finite"):
        aapr._engine("apsum", shape, method, np.nan, 1.0, geometry, image=data)
    if shape == "circ":
        same(
            aapr._engine("sum", shape, method, 20.3, 17.8, (np.array([4.3]),), image=data, keepdims=True),
            aapr._engine("sum", shape, method, np.array([20.3]), np.array([17.8]), geometry, image=data),
        )
        with pytest.raises(ValueError, match="one value per position"):
            aapr._engine("sum", shape, method, 20.3, 17.8, (np.array([4.3, 4.0]),), image=data)


@pytest.mark.parametrize(("shape", "method", "suffix"), cases)
def test_sums_agree_across_arity_dtype_and_layer(shape, method, suffix):
    data, geometry = integers().astype(DTYPES[suffix]), GEOMETRY[shape]
    sums, npix = call(f"apsum_{shape}_{method}{suffix}", data, X, Y, *geometry)
    for result in (sums, npix):
        assert (type(result), result.dtype, result.shape) == (np.ndarray, np.float64, X.shape)
    same([sums, npix], call(f"apsum_{shape}_{method}", data.astype(float), X, Y, *geometry))
    same([sums, npix], aapr._engine("apsum", shape, method, X, Y, geometry, image=data, validate=False))
    same(sums, aapr._engine("sum", shape, method, X, Y, geometry, image=data, validate=False))

    if has(f"apsum_{shape}_{method}_one{suffix}"):
        rows = [call(f"apsum_{shape}_{method}_one{suffix}", data, x, y, *geometry) for x, y in zip(X, Y, strict=True)]
        assert all(type(value) is float for row in rows for value in row)
        same(np.array(rows).T, [sums, npix])
    if has(f"apsum_{shape}_{method}_sum{suffix}"):
        same(sums, call(f"apsum_{shape}_{method}_sum{suffix}", data, X, Y, *geometry))
        alone = [
            call(f"apsum_{shape}_{method}_sum_one{suffix}", data, x, y, *geometry) for x, y in zip(X, Y, strict=True)
        ]
        assert all(type(value) is float for value in alone)
        same(sums, alone)
    if has(f"npix_{shape}_{method}"):
        same(npix, call(f"npix_{shape}_{method}", X, Y, *geometry, NY, NX))


@pytest.mark.parametrize(("shape", "method"), shapes_and_methods)
def test_weights_boxes_and_sums_tell_the_same(shape, method):
    geometry, data = GEOMETRY[shape], integers().astype(float)
    weights, *bounds = call(f"weights_{shape}_{method}", X, Y, *geometry)
    assert isinstance(weights, list)
    for bound in bounds:
        assert (type(bound), bound.dtype, bound.shape) == (np.ndarray, np.int64, X.shape)
    if has(f"bboxes_{shape}"):
        boxes = call(f"bboxes_{shape}", X, Y, *geometry)
        assert isinstance(boxes, tuple)
        same(boxes, bounds)
    same(aapr._engine("bboxes", shape, None, X, Y, geometry, validate=False), bounds)

    sums, npix = aapr._engine("apsum", shape, method, X, Y, geometry, image=data, validate=False)
    for i, (ixmin, ixmax, iymin, iymax) in enumerate(np.transpose(bounds)):
        array = weights[i]
        assert array.dtype == np.float64
        assert array.flags.writeable
        assert array.shape == (iymax - iymin, ixmax - ixmin)
        if np.isnan(X[i]):
            assert (ixmin, ixmax, iymin, iymax, array.size) == (0, 0, 0, 0, 0)
            continue
        window = call(f"weights_{shape}_{method}_one", X[i], Y[i], *geometry, ixmin, iymin, *array.shape)
        assert window.shape == (array.size,)
        same(window.reshape(array.shape), array)
        wider = call(f"weights_{shape}_{method}_one", X[i], Y[i], *geometry, ixmin - 2, iymin - 1, *(array + 0).shape)
        same(wider.reshape(array.shape)[1:, 2:], array[:-1, :-2])

        frame = np.zeros((NY, NX))
        ys, xs = np.ogrid[iymin:iymax, ixmin:ixmax]
        inside = (ys >= 0) & (ys < NY) & (xs >= 0) & (xs < NX)
        rows, columns = np.nonzero(inside)
        frame[rows + iymin, columns + ixmin] = array[inside]
        assert sums[i] == pytest.approx((frame * data).sum(), rel=0, abs=1e-12 * (frame * abs(data)).sum())
        assert npix[i] == pytest.approx(frame.sum(), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("shape", GEOMETRY)
def test_area_is_the_sum_of_the_weights(shape):
    geometry = GEOMETRY[shape]
    weights, *_ = call(f"weights_{shape}_exact", X[:1], Y[:1], *geometry)
    area = aapr._engine("area", shape, geometry=geometry)
    assert type(area) is float
    assert area == pytest.approx(weights[0].sum(), rel=1e-13)


def test_areas_of_many():
    r = np.array([1.0, 2.0, -1.0])
    same(aapr._engine("area", "circ", geometry=(r,)), [np.pi, 4 * np.pi, np.nan])


@pytest.mark.parametrize("shape", GEOMETRY)
def test_an_outline_holds_the_area(shape):
    vertices, codes = aapr._engine("outline", shape, geometry=GEOMETRY[shape])
    assert (vertices.dtype, codes.dtype) == (np.float64, np.uint8)
    assert vertices.shape == (codes.size, 2)
    assert set(codes) <= {1, 2, 4, 79}
    assert (codes == 1).sum() == (codes == 79).sum() == (2 if "ann" in shape or shape == "path" else 1)

    area, i = 0.0, 0
    t = (np.arange(4000) + 0.5)[:, None] / 4000
    while i < codes.size:
        if codes[i] == 4:
            p0, p1, p2, p3 = vertices[i - 1 : i + 3]
            point = (1 - t) ** 3 * p0 + 3 * t * (1 - t) ** 2 * p1 + 3 * t**2 * (1 - t) * p2 + t**3 * p3
            slope = 3 * ((1 - t) ** 2 * (p1 - p0) + 2 * t * (1 - t) * (p2 - p1) + t**2 * (p3 - p2))
            area += (point[:, 0] * slope[:, 1] - point[:, 1] * slope[:, 0]).mean() / 2
            i += 3
            continue
        if codes[i] != 1:
            (x0, y0), (x1, y1) = vertices[i - 1 : i + 1]
            area += (x0 * y1 - x1 * y0) / 2
        i += 1
    assert area == pytest.approx(aapr._engine("area", shape, geometry=GEOMETRY[shape]), rel=1e-6)


def test_values_weighted_values_and_cutouts():
    data = integers().astype(">i4")
    geometry, xs, ys = (4.3,), X[[0, 3, 1]], Y[[0, 3, 1]]
    keywords = {"image": data, "validate": False}
    values, offsets, yy, xx = aapr._engine("values", "circ", "center", xs, ys, geometry, pixels=True, **keywords)
    assert (values.dtype, offsets.dtype, yy.dtype, xx.dtype) == (np.int32, np.int64, np.int64, np.int64)
    assert values.dtype.isnative
    same(values, data[yy, xx].astype("=i4"))
    assert (np.hypot(xx - np.repeat(xs, np.diff(offsets)), yy - np.repeat(ys, np.diff(offsets))) < 4.3).all()
    assert offsets[0] == 0
    assert offsets[1] == offsets[2] > 0
    assert offsets[-1] == values.size
    pair = aapr._engine("values", "circ", "center", xs, ys, geometry, **keywords)
    same(pair[0], values)
    same(pair[1], offsets)

    weighted, offsets = aapr._engine("weighted_values", "circ", "exact", xs, ys, geometry, **keywords)
    sums = aapr._engine("sum", "circ", "exact", xs, ys, geometry, **keywords)
    totals = [part.sum() for part in np.split(weighted, offsets[1:-1])]
    assert totals == pytest.approx(sums, rel=1e-12)

    cutouts, boxes = aapr._engine("cutouts", "circ", "exact", xs, ys, geometry, fill=-5, **keywords)
    assert isinstance(boxes, tuple)
    same(boxes, aapr._engine("bboxes", "circ", None, xs, ys, geometry))
    assert cutouts[0].sum() == pytest.approx(sums[0], rel=1e-12)
    assert (cutouts[1] == -5).all()
    cutouts, _ = aapr._engine("cutouts", "circ", "exact", xs, ys, geometry, **keywords)
    assert np.isnan(cutouts[1]).all()


def test_a_shape_per_source():
    data, r = integers().astype(float), np.array([1.5, 2.5, -1.0, 3.5, 4.5, 5.5])
    sums, npix = aapr._engine("apsum", "circ", "exact", X, Y, (r,), image=data, validate=False)
    expected = [
        aapr.apsum_circ_exact_one(data, *row) if row[2] > 0 else (np.nan, np.nan) for row in zip(X, Y, r, strict=True)
    ]
    same([sums, npix], np.transpose(expected))
    mixed = aapr._engine("sum", "circ_ann", "exact", X, Y, (1.0, r), image=data, validate=False)
    same(mixed[:2], [aapr.apsum_circ_ann_exact_one(data, X[i], Y[i], 1.0, r[i])[0] for i in range(2)])


def test_no_positions_and_no_pixels():
    none, data = np.empty(0), integers().astype(float)
    for result in aapr.apsum_circ_exact(data, none, none, 3.0):
        assert result.shape == (0,)
    assert aapr.weights_circ_exact(none, none, 3.0)[0] == []
    values, offsets = aapr._engine("values", "circ", "center", none, none, (3.0,), image=data)
    assert (values.shape, list(offsets)) == ((0,), [0])
    for shape in [(0, 0), (0, 7), (7, 0)]:
        sums, npix = aapr.apsum_circ_exact(np.empty(shape), X, Y, 3.0)
        same([sums[:-1], npix[:-1]], np.zeros((2, 5)))
        same(npix[:-1], aapr.npix_circ_exact(X, Y, 3.0, *shape)[:-1])
    assert aapr.weights_circ_exact_one(5.0, 5.0, 3.0, 0, 0, 0, 9).shape == (0,)


# Images as they lie --------------------------------------------------------------------------------------------

REAL = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "?"]


def layouts(array):
    """The same pixels in other orders of memory."""
    yield array.copy()
    yield np.asfortranarray(array)
    yield np.ascontiguousarray(array[::-1, ::-1])[::-1, ::-1]
    wide = np.zeros((array.shape[0] * 2, array.shape[1] * 3), array.dtype)
    wide[1::2, 2::3] = array
    yield wide[1::2, 2::3]
    packed = np.zeros(array.shape, [("flag", "u1"), ("value", array.dtype)])
    packed["value"] = array
    yield packed["value"]
    read_only = array.copy()
    read_only.flags.writeable = False
    yield read_only


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("dtype", REAL)
def test_every_dtype_order_and_layout_gives_the_same_bits(dtype, order):
    pixels = (integers() % 100).astype(dtype).astype(np.dtype(dtype).newbyteorder(order))
    mask = np.random.default_rng(5).random((NY, NX)) < 0.1
    plain = pixels.astype(float)
    keywords = {"validate": False}
    expected = aapr._engine("apsum", "ellip", "exact", X, Y, GEOMETRY["ellip"], image=plain, **keywords)
    masked = aapr._engine("apsum", "ellip", "exact", X, Y, GEOMETRY["ellip"], image=plain, masks=(mask,), **keywords)
    assert masked[0].tobytes() != expected[0].tobytes()
    for image, lying in zip(layouts(pixels), layouts(mask.astype(pixels.dtype)), strict=True):
        arguments = ("ellip", "exact", X, Y, GEOMETRY["ellip"])
        same(aapr._engine("apsum", *arguments, image=image, **keywords), expected)
        same(aapr._engine("apsum", *arguments, image=image, masks=(lying,), **keywords), masked)
        same(aapr._engine("apsum", *arguments, image=image, masks=(lying, mask), **keywords), masked)
        same(aapr._engine("apsum", *arguments, image=image, masks=(np.zeros_like(mask),), **keywords), expected)
        values, _ = aapr._engine("values", "circ", "center", X, Y, (4.3,), image=image, **keywords)
        assert values.dtype == np.dtype(dtype)


def test_any_byte_but_zero_is_true():
    odd = np.array([[0, 1, 2, 255]], np.uint8).view(bool)
    x, y = np.array([1.5]), np.array([0.0])
    assert aapr._engine("sum", "rect", "exact", x, y, (4.0, 1.0, 0.0), image=odd)[0] == 3.0
    assert aapr._engine("npix", "rect", "exact", x, y, (4.0, 1.0, 0.0), frame=(1, 4), masks=(odd,))[0] == 1.0


def test_a_mask_of_nan_masks_and_masked_pixels_never_count():
    data = integers().astype(float)
    mask = np.zeros((NY, NX))
    mask[18, 20], data[18, 20] = np.nan, np.inf
    sums, npix = aapr._engine("apsum", "circ", "exact", X[:1], Y[:1], (4.3,), image=data, masks=(mask,))
    assert np.isfinite(sums[0])
    assert npix[0] == pytest.approx(np.pi * 4.3**2 - 1, rel=1e-13)
    same(npix, aapr._engine("npix", "circ", "exact", X[:1], Y[:1], (4.3,), frame=(NY, NX), masks=(mask,)))


def test_subclasses_are_read_as_arrays(tmp_path):
    data = integers().astype(float)
    np.save(tmp_path / "image.npy", data)
    mapped = np.load(tmp_path / "image.npy", mmap_mode="r")
    same(aapr.apsum_circ_exact(mapped, X, Y, 4.3), aapr.apsum_circ_exact(data, X, Y, 4.3))


# Running -------------------------------------------------------------------------------------------------------


def many():
    rng = np.random.default_rng(8)
    return rng.normal(size=(200, 300)), rng.uniform(-5, 305, 500), rng.uniform(-5, 205, 500)


def test_threads_and_threshold_change_no_bit():
    data, x, y = many()
    threads, threshold = aapr._engine("get_num_threads"), aapr.get_parallel_threshold()
    expected = aapr.apsum_circ_exact(data, x, y, 6.1)
    try:
        for n in (1, 2, 3, 8):
            assert aapr._engine("set_num_threads", x=n) is None
            assert aapr._engine("get_num_threads") == n
            for smallest in (1, 64, 10**6):
                assert aapr.set_parallel_threshold(smallest) is None
                assert aapr.get_parallel_threshold() == smallest
                same(aapr.apsum_circ_exact(data, x, y, 6.1), expected)
    finally:
        aapr._engine("set_num_threads", x=threads)
        aapr.set_parallel_threshold(threshold)


def python(code, **environment):
    """Run a program in a fresh interpreter; its standard output."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(("value", "expected"), [("3", (3, 3)), ("0", None), ("-2", None), ("many", None), ("", None)])
def test_environment(value, expected):
    code = "import astroapers._rust as r; print([r._engine('get_num_threads'), r.get_parallel_threshold()])"
    default = json.loads(python(code))
    got = json.loads(python(code, ASTROAPERS_NUM_THREADS=value, ASTROAPERS_PARALLEL_THRESHOLD=value))
    assert tuple(got) == (expected or tuple(default))


#: An aperture that takes many seconds, on an image that takes no memory.
HUGE = "np.broadcast_to(np.float32(1), (400_000, 400_000))"


def huge(operation="sum"):
    image = np.broadcast_to(np.float32(1), (400_000, 400_000))
    return aapr._engine(operation, "circ", "exact", np.array([2e5]), np.array([2e5]), (1.9e5,), image=image)


@pytest.mark.thread_unsafe(reason="signals are the main thread's")
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")
@pytest.mark.parametrize("operation", ["sum", "apsum", "values", "weighted_values"])
def test_an_exception_of_a_signal_handler_stops_the_work(operation):
    def handler(*_):
        raise TimeoutError("time is up")

    previous = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(TimeoutError, match="time is up"):
            huge(operation)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert aapr.apsum_circ_exact_one(np.ones((9, 9)), 4.0, 4.0, 2.0)[1] == np.pi * 4


INTERRUPTED = f"""
import signal, time
import numpy as np
import astroapers._rust as aapr
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin with it ignored
image = {HUGE}
print("ready", flush=True)
try:
    aapr._engine("sum", "circ", "exact", np.full(COUNT, 2e5), np.full(COUNT, 2e5), (1.9e5,), image=image)
except KeyboardInterrupt:
    print(time.monotonic(), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
@pytest.mark.parametrize("count", [1, 500], ids=["one aperture", "a batch"])
def test_keyboard_interrupt_stops_within_a_fifth_of_a_second(count):
    delays = []
    for _ in range(3):  # other programs may have the machine for a moment, but not each time
        code = INTERRUPTED.replace("COUNT", str(count))
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout.readline() == "ready\n"
                time.sleep(0.4)
                sent = time.monotonic()
                process.send_signal(signal.SIGINT)
                delays.append(float(process.communicate(timeout=30)[0]) - sent)
            finally:
                process.kill()
        assert process.returncode == 0
        if delays[-1] < 0.2:
            return
    pytest.fail(f"took {delays} seconds")


FORK = """
import os, sys
import numpy as np
import astroapers._rust as aapr
rng = np.random.default_rng(8)
data, x, y = rng.normal(size=(200, 300)), rng.uniform(0, 300, 500), rng.uniform(0, 200, 500)
aapr._engine("set_num_threads", x=2)
expected = aapr.apsum_circ_exact(data, x, y, 6.1)

def generation(depth):
    child = os.fork()
    if child == 0:
        same = all(a.tobytes() == b.tobytes() for a, b in zip(aapr.apsum_circ_exact(data, x, y, 6.1), expected))
        os._exit(0 if same and (depth == 0 or generation(depth - 1)) else 1)
    return os.waitpid(child, 0)[1] == 0

print(generation(2) and generation(0))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork_after_use():
    assert python(FORK) == "True"


def test_other_threads_run_meanwhile():
    """Two long calls and the main thread all make progress at the same time."""
    data = np.broadcast_to(np.float32(1), (20_000, 20_000))
    started, spans = threading.Barrier(3), []

    def work():
        started.wait()
        begin = time.monotonic()
        aapr._engine("sum", "circ", "exact", np.array([1e4]), np.array([1e4]), (9e3,), image=data)
        spans.append((begin, time.monotonic()))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    started.wait()
    ticks = []
    while any(worker.is_alive() for worker in workers):
        ticks.append(time.monotonic())
        time.sleep(0.001)
    (begin, end), (other_begin, other_end) = spans
    assert max(begin, other_begin) < min(end, other_end)
    for begin, end in spans:
        assert sum(begin < tick < end for tick in ticks) > 5


def test_many_threads_at_once_get_the_same_bits():
    data, x, y = many()
    expected, results = aapr.apsum_circ_exact(data, x, y, 6.1), []
    workers = [
        threading.Thread(target=lambda: results.append(aapr.apsum_circ_exact(data, x, y, 6.1))) for _ in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(results) == 8
    for result in results:
        same(result, expected)
