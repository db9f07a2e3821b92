"""Every public case of the arbitrary-precision oracle, within the bounds that the package promises.

A weight may be off by 1e-13, or by 1e-15 of the largest half-extent if that is more. Sums may be off by
1e-12 of the sum of weight times value. `area` is the analytic one and equals the sum of the weights.
"""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

import astroapers as aap

_path = Path(__file__).parent / "oracle" / "evaluate.py"
_spec = importlib.util.spec_from_file_location("evaluate", _path)
evaluate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(evaluate)

CASES = evaluate.load("public")
LIBRARY = evaluate.Aap(aap)
TIE = 2  # the oracle's mark for a pixel centre exactly on the boundary
ON_BOUNDARY = 1e-9  # pixels: how near float64 formulas place a centre that lies on the boundary

every_case = pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['id']}-{c['cat']}-{c['shape']}")
MARGIN = 4  # pixels of image around a case's window


def shifted(case):
    """The position moved by whole pixels, so that the window starts at MARGIN; None if that would round."""
    return evaluate.frac_shift(case, case["win"][0] - MARGIN, case["win"][2] - MARGIN)


shiftable_cases = pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["mode"] == "dense" and shifted(case)],
    ids=lambda c: f"{c['id']}-{c['cat']}-{c['shape']}",
)


def half_extent(case):
    """Largest half width of the shape, from its own bounding box: at most half a pixel too large."""
    if case["mode"] == "dense":
        i0, i1, j0, j1 = case["win"]
        return max(i1 - i0, j1 - j0) / 2
    return max(LIBRARY.make(case).bboxes()[0].shape) / 2


def weight_bound(case):
    return max(1e-13, 1e-15 * half_extent(case))


def test_all_cases_are_here():
    assert len(CASES) == 197
    assert {case["shape"] for case in CASES} == LIBRARY.shapes


@every_case
def test_weights(case):
    weights, i0, j0 = LIBRARY.exact(case)
    (error, (i, j, got, want)), _ = evaluate.compare(case, weights, i0, j0)
    assert error <= weight_bound(case), f"pixel ({i}, {j}): got {got!r}, want {want!r}, off by {error:.1e}"
    assert weights.min() >= 0.0
    assert weights.max() <= 1.0


@every_case
def test_area(case):
    aperture = LIBRARY.make(case)
    assert float(aperture.area) == pytest.approx(case["area"], rel=1e-12)
    weights = LIBRARY.exact(case)[0]
    assert math.fsum(weights.ravel()) == pytest.approx(case["area"], rel=1e-12)


@every_case
def test_centre_method(case):
    weights, i0, j0 = LIBRARY.centre(case)
    assert set(np.unique(weights)) <= {0.0, 1.0}
    near_ties = {"near": 0, "near_bad": 0, "tie": {}}
    assert evaluate.centre_check(case, weights, i0, j0, near_ties) == []


def partial_pixels(case):
    """(i, j, class of the centre) of every pixel that the boundary cuts."""
    if case["mode"] == "sample":
        return [(int(i), int(j), int(c)) for (i, j), c in zip(case["smp"], case["cen"], strict=True)]
    i0, _, j0, _ = case["win"]
    cut = np.argwhere(case["cls"] == 2)
    return [(int(i) + i0, int(j) + j0, int(c)) for (j, i), c in zip(cut, case["cen"], strict=True)]


def hole_distance(case, i, j):
    """Distance of a pixel's centre from the inner boundary of an annulus or path, in pixels."""
    x, y, shape, p = i - case["x"], j - case["y"], case["shape"], case["par"]
    if shape == "circ_ann":
        return abs(math.hypot(x, y) - p["r_in"])
    if shape == "path":
        loops = [[np.array(c[1:3]) for c in hole if c[0] != "close"] for hole in p.get("holes") or []]
        edges = [edge for loop in loops for edge in zip(loop, loop[1:] + loop[:1], strict=True)]
        return min((_distance_to_edge(np.array([x, y]), a, b) for a, b in edges), default=math.inf)
    if not shape.endswith("_ann"):
        return math.inf
    cos, sin = math.cos(p["theta_in"]), math.sin(p["theta_in"])
    u, v = abs(cos * x + sin * y), abs(cos * y - sin * x)
    if shape == "rect_ann":
        return abs(max(u - p["w_in"] / 2, v - p["h_in"] / 2))
    along = max(u - p.get("w_in", 0.0) / 2, 0.0)  # from the end of a pill's straight part
    return abs(math.hypot(along / p["a_in"], v / p["b_in"]) - 1) * min(p["a_in"], p["b_in"])


def _distance_to_edge(point, a, b):
    t = np.clip((point - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
    return math.hypot(*(point - a - t * (b - a)))


TIES = [(case, i, j) for case in CASES for i, j, centre in partial_pixels(case) if centre == TIE]


@pytest.mark.parametrize(("case", "i", "j"), TIES, ids=[f"{c['id']}-{c['shape']}-{i}-{j}" for c, i, j in TIES])
def test_tie(case, i, j):
    """A centre on an outer boundary is out, one on the boundary of a hole is in."""
    weights, i0, j0 = LIBRARY.centre(case)
    inside = 0 <= i - i0 < weights.shape[1] and 0 <= j - j0 < weights.shape[0]
    got = weights[j - j0, i - i0] if inside else 0.0
    assert got == (1.0 if hole_distance(case, i, j) < ON_BOUNDARY else 0.0)


@shiftable_cases
def test_sum_and_npix(case):
    i0, i1, j0, j1 = case["win"]
    image = np.random.default_rng(7).normal(0, 1000, (j1 - j0 + 2 * MARGIN, i1 - i0 + 2 * MARGIN))
    weights = np.pad(case["w"], MARGIN)
    total, npix = LIBRARY.apsum(case, image, *shifted(case))
    want = math.fsum((weights * image).ravel())
    assert abs(total - want) <= 1e-12 * math.fsum(abs(weights * image).ravel())
    assert npix == pytest.approx(case["area"], rel=1e-12)
    assert npix == LIBRARY.make(case).area  # wholly inside an unmasked frame: bit for bit


@shiftable_cases
def test_integer_translation(case):
    weights, i0, j0 = LIBRARY.exact(case)
    x, y = shifted(case)
    moved, i1, j1 = LIBRARY.exact(case, x=x, y=y)
    assert (i0 - i1, j0 - j1) == (case["win"][0] - MARGIN, case["win"][2] - MARGIN)
    np.testing.assert_array_equal(moved, weights)
