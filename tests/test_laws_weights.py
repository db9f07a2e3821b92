"""Laws of areas and weights that hold for every shape: what is cut apart adds up again."""

import math

import numpy as np
import pytest
from figures import (
    FIGURES,
    annuli,
    circle_commands,
    common_window,
    convex_polygons,
    coordinates,
    figure,
    figures,
    lengths,
    nested_annuli,
    pairs,
    path,
    polygon,
    weights_in,
)
from hypothesis import given
from hypothesis import strategies as st

import astroapers as aap

every_figure = pytest.mark.parametrize("fig", FIGURES, ids=str)
POSITION = (4.3, -7.85)


def exact_weights(fig, window=None, position=POSITION):
    aperture = fig.at(*position)
    return weights_in(aperture, "exact", window or common_window(aperture))


def solid(annulus, which):
    """The inner or outer solid of an annulus."""
    kind = annulus.kind.removesuffix("_ann")
    values = [value for name, value in annulus.geometry.items() if name.endswith(which)]
    return figure(kind, *values)


# ---------------------------------------------------------------- area


def assert_area_is_sum_of_weights(fig, x, y):
    weights = fig.at(x, y).weights_exact()[0]
    assert weights.min() >= 0.0
    assert weights.max() <= 1.0
    # Cutting a crossing annulus out of its solid costs the solid's rounding, not the remainder's.
    whole = solid(fig, "_out").area if fig.kind.endswith("_ann") else fig.area
    assert abs(math.fsum(weights.ravel()) - fig.area) <= 1e-12 * whole


@every_figure
def test_area_is_sum_of_weights(fig):
    assert_area_is_sum_of_weights(fig, *POSITION)


@given(figures, coordinates, coordinates)
def test_area_is_sum_of_weights_anywhere(fig, x, y):
    assert_area_is_sum_of_weights(fig, x, y)


@given(st.floats(1e-8, 1e-2), coordinates, coordinates)
def test_area_of_tiny_circles(r, x, y):
    fig = figure("circ", r)
    assert math.fsum(fig.at(x, y).weights_exact()[0].ravel()) == pytest.approx(math.pi * r * r, rel=1e-12, abs=0)


@every_figure
def test_analytic_area(fig):
    g = fig.geometry
    match fig.kind:
        case "circ":
            want = math.pi * g["r"] ** 2
        case "ellip":
            want = math.pi * g["a"] * g["b"]
        case "rect":
            want = g["w"] * g["h"]
        case "pill":
            want = 2 * g["w"] * g["b"] + math.pi * g["a"] * g["b"]
        case "circ_ann":
            want = math.pi * (g["r_out"] ** 2 - g["r_in"] ** 2)
        case _:
            want = math.fsum(fig.at(0.125, -0.25).weights_exact()[0].ravel())
    assert fig.area == pytest.approx(want, rel=1e-13)


@every_figure
def test_centre_weights_are_zero_or_one(fig):
    weights = fig.at(*POSITION).weights_center()[0]
    assert set(np.unique(weights)) <= {0.0, 1.0}
    assert weights.shape == fig.at(*POSITION).bboxes()[0].shape


@every_figure
def test_centre_weights_follow_exact_ones(fig):
    exact, centre = fig.at(*POSITION).weights_exact()[0], fig.at(*POSITION).weights_center()[0]
    assert (centre[exact == 1] == 1).all()
    assert (centre[exact == 0] == 0).all()


# ---------------------------------------------------------------- disc + annulus = larger disc


@given(nested_annuli, coordinates, coordinates)
def test_solid_plus_annulus_is_larger_solid(ann, x, y):
    inner, outer = solid(ann, "_in").at(x, y), solid(ann, "_out").at(x, y)
    annulus, window = ann.at(x, y), common_window(outer)
    together = weights_in(inner, "exact", window) + weights_in(annulus, "exact", window)
    np.testing.assert_allclose(together, weights_in(outer, "exact", window), rtol=0, atol=3 * ann.weight_bound)
    together = weights_in(inner, "center", window) + weights_in(annulus, "center", window)
    np.testing.assert_array_equal(together, weights_in(outer, "center", window))
    assert inner.area + annulus.area == pytest.approx(outer.area, rel=1e-14)


@pytest.mark.parametrize(
    ("inner", "outer"),
    [(1.0, 2.0), (3.0, 5.0), (0.5, 12.5), (5.0, 13.0)],
)
@pytest.mark.parametrize("x", [0.0, 0.5])
def test_centres_on_circles_are_counted_once(inner, outer, x):
    """Radii on which pixel centres lie exactly."""
    discs = [figure("circ", r).at(x, 0.0) for r in (inner, outer)]
    window = common_window(*discs)
    small, large = (weights_in(disc, "center", window) for disc in discs)
    annulus = weights_in(figure("circ_ann", inner, outer).at(x, 0.0), "center", window)
    np.testing.assert_array_equal(small + annulus, large)


@given(annuli, coordinates, coordinates)
def test_annulus_is_outer_without_inner(ann, x, y):
    """Also where the inner shape pokes out of the outer one."""
    window = common_window(solid(ann, "_in").at(x, y), solid(ann, "_out").at(x, y))
    inner, outer, annulus = (
        {m: weights_in(f.at(x, y), m, window) for m in ("exact", "center")}
        for f in (solid(ann, "_in"), solid(ann, "_out"), ann)
    )
    np.testing.assert_array_equal(annulus["center"] == 1, (outer["center"] == 1) & (inner["center"] == 0))
    bound = 3 * ann.weight_bound
    left, out, inn = annulus["exact"], outer["exact"], inner["exact"]
    assert (left <= out + bound).all()
    assert (left >= out - inn - bound).all()
    whole = (inn == 0) | (inn == 1) | (out == 0) | (out == 1)  # where the pixel's numbers alone decide
    np.testing.assert_allclose(left[whole], np.minimum(out, 1 - inn)[whole], rtol=0, atol=bound)


@pytest.mark.parametrize("method", ["exact", "center"])
def test_annulus_without_a_hole_is_a_disc(method):
    disc, annulus = figure("circ", 3.3).at(*POSITION), figure("circ_ann", 0.0, 3.3).at(*POSITION)
    window = common_window(disc)
    np.testing.assert_array_equal(weights_in(annulus, method, window), weights_in(disc, method, window))
    assert annulus.area == disc.area


# ---------------------------------------------------------------- halves of a path = the whole


@given(convex_polygons(), st.data(), coordinates, coordinates)
def test_polygon_cut_along_a_diagonal(vertices, data, x, y):
    n = len(vertices)
    if n == 3:  # cut a triangle from a corner to the middle of the far side instead
        vertices = [*vertices, tuple(np.mean([vertices[0], vertices[2]], axis=0))]
        i, j = 1, 3
    else:
        i = data.draw(st.integers(0, n - 3))
        j = data.draw(st.integers(i + 2, n - 1 if i else n - 2))
    whole = path(polygon(*vertices))
    halves = path(polygon(*vertices[i : j + 1])), path(polygon(*vertices[j:], *vertices[: i + 1]))
    window = common_window(whole.at(x, y))
    together = sum(exact_weights(half, window, (x, y)) for half in halves)
    want = exact_weights(whole, window, (x, y))
    # The middle of a triangle's side is rounded: it may lie off the side by that much.
    np.testing.assert_allclose(together, want, rtol=0, atol=3 * whole.weight_bound + 1e-15 * whole.half_extent)


@given(lengths(0.1), st.floats(-3, 3), st.floats(0.2, 6.0), coordinates, coordinates)
def test_disc_cut_along_a_chord(r, start, width, x, y):
    def segment(theta, width):
        return path(
            [("move", r * math.cos(theta), r * math.sin(theta)), ("arc", 0.0, 0.0, r, theta, width), ("close",)]
        )

    disc = figure("circ", r)
    window = common_window(disc.at(x, y))
    halves = segment(start, width), segment(start + width, 2 * math.pi - width)
    together = sum(exact_weights(half, window, (x, y)) for half in halves)
    atol = 3 * disc.weight_bound + 1e-15 * r  # the ends of the chord are rounded
    np.testing.assert_allclose(together, exact_weights(disc, window, (x, y)), rtol=0, atol=atol)


def test_frame_cut_through_its_hole():
    whole = path(polygon((-4, -3), (5, -3), (5, 4), (-4, 4)), [polygon((-2, -1.5), (2.25, -1.5), (2.25, 2), (-2, 2))])
    left = path(polygon((0.3, -3), (0.3, -1.5), (-2, -1.5), (-2, 2), (0.3, 2), (0.3, 4), (-4, 4), (-4, -3)))
    right = path(polygon((0.3, -3), (5, -3), (5, 4), (0.3, 4), (0.3, 2), (2.25, 2), (2.25, -1.5), (0.3, -1.5)))
    window = common_window(whole.at(*POSITION))
    together = exact_weights(left, window) + exact_weights(right, window)
    np.testing.assert_allclose(together, exact_weights(whole, window), rtol=0, atol=3e-13)


# ---------------------------------------------------------------- a path that traces a shape is that shape


def traced(fig):
    """The outline of a shape as path commands, written out by hand."""
    g = fig.geometry
    match fig.kind:
        case "circ":
            return circle_commands(g["r"])
        case "rect":
            cos, sin = math.cos(g["theta"]), math.sin(g["theta"])
            corners = [(su * g["w"] / 2, sv * g["h"] / 2) for su, sv in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            return polygon(*((cos * u - sin * v, sin * u + cos * v) for u, v in corners))
        case "pill":  # circular caps
            dx, dy = (math.cos(g["theta"]) * g["w"] / 2, math.sin(g["theta"]) * g["w"] / 2)
            r, down = g["a"], g["theta"] - math.pi / 2
            start = (dx + r * math.cos(down), dy + r * math.sin(down))
            other = (-dx - r * math.cos(down), -dy - r * math.sin(down))
            return [
                ("move", *start),
                ("arc", dx, dy, r, down, math.pi),
                ("line", *other),
                ("arc", -dx, -dy, r, down + math.pi, math.pi),
                ("close",),
            ]
        case "wedge":
            a, b = (g[f"theta_{side}"] - g[f"dtheta_{side}"] / 2 for side in ("in", "out"))
            at = lambda r, t: (r * math.cos(t), r * math.sin(t))  # noqa: E731
            return [
                ("move", *at(g["r_out"], b)),
                ("arc", 0.0, 0.0, g["r_out"], b, g["dtheta_out"]),
                ("line", *at(g["r_in"], a + g["dtheta_in"])),
                ("arc", 0.0, 0.0, g["r_in"], a + g["dtheta_in"], -g["dtheta_in"]),
                ("close",),
            ]


TRACEABLE = [
    figure("circ", 3.7),
    figure("rect", 6.1, 3.4, 0.4),
    figure("rect", 5.0, 3.0, 0.0),
    figure("pill", 4.2, 2.6, 2.6, 0.9),
    figure("wedge", 2.0, 6.0, 0.8, 1.1, 0.8, 1.1),
    figure("wedge", 1.5, 5.5, 2.0, 4.5, 2.3, 3.9),
]


@pytest.mark.parametrize("fig", TRACEABLE, ids=str)
def test_traced_path(fig):
    trace = path(traced(fig))
    window = common_window(fig.at(*POSITION), trace.at(*POSITION))
    np.testing.assert_allclose(exact_weights(trace, window), exact_weights(fig, window), rtol=0, atol=3e-13)
    np.testing.assert_array_equal(
        weights_in(trace.at(*POSITION), "center", window), weights_in(fig.at(*POSITION), "center", window)
    )
    assert trace.area == pytest.approx(fig.area, rel=1e-13)


# ---------------------------------------------------------------- complement

FRAME = polygon((-20.25, -19.5), (21.5, -20.75), (20.0, 22.25), (-18.5, 20.0))


@pytest.mark.parametrize("fig", [*TRACEABLE, *(f for f in FIGURES if f.kind == "path")], ids=str)
def test_complement(fig):
    """A shape and what it leaves of a larger one make the larger one."""
    outline = fig.geometry["segments"] if fig.kind == "path" else traced(fig)
    shape, frame, rest = path(outline), path(FRAME), path(FRAME, [outline])
    window = common_window(frame.at(*POSITION))
    together = exact_weights(shape, window) + exact_weights(rest, window)
    np.testing.assert_allclose(together, exact_weights(frame, window), rtol=0, atol=3e-13)
    np.testing.assert_array_equal(  # the hole's boundary belongs to the rest, so each centre counts once
        sum(weights_in(f.at(*POSITION), "center", window) for f in (shape, rest)),
        weights_in(frame.at(*POSITION), "center", window),
    )


# ---------------------------------------------------------------- order


@given(pairs(), coordinates, coordinates)
def test_larger_circle_covers_more(radii, x, y):
    small, large = (figure("circ", r) for r in radii)
    window = common_window(large.at(x, y))
    assert (exact_weights(small, window, (x, y)) <= exact_weights(large, window, (x, y)) + 2e-13).all()


# ---------------------------------------------------------------- angles of any size


@pytest.mark.parametrize("theta", [1e8, 1e10, 1e14, 1e18, 1e300])
def test_a_wedge_keeps_its_width_at_any_angle(theta):
    wedge = aap.WedgeAp((5.2, 4.7), 1, 3, theta, 0.7)
    assert wedge.area == pytest.approx(2.8, rel=1e-15)
    assert math.fsum(wedge.weights_exact()[0].ravel()) == pytest.approx(2.8, rel=1e-14)


@pytest.mark.parametrize("turns", [1, 1000, 10**9])
def test_whole_turns_change_next_to_nothing(turns):
    # 2 pi times a whole number is off by its rounding, which turns the ellipse by as much.
    ellipse = aap.EllipAp((5.2, 4.7), 4, 1.5, 0.3)
    turned = ellipse.replace(theta=0.3 + turns * 2 * math.pi)
    slack = turns * 2.5e-16 + np.spacing(turned.theta)
    np.testing.assert_allclose(turned.weights_exact()[0], ellipse.weights_exact()[0], rtol=0, atol=4 * slack + 1e-15)
