"""Laws of motion: a shape moved, turned, mirrored or enlarged has its weights moved, turned, mirrored, refined."""

import numpy as np
import pytest
from figures import FIGURES, common_window, coordinates, figure, figures, weights_in
from hypothesis import example, given
from hypothesis import strategies as st

every_figure = pytest.mark.parametrize("fig", FIGURES, ids=str)
every_method = pytest.mark.parametrize("method", ["exact", "center"])
POSITION = (3.28125, -1.40625)

# With coordinates in steps of 2**-16, positions up to here are exact.
shifts = st.integers(-(2**35), 2**35)


def weights_and_corner(aperture, method):
    box = aperture.bboxes()[0]
    weights = aperture.weights_exact() if method == "exact" else aperture.weights_center()
    return weights[0], (box.ixmin, box.iymin)


def half_turns(window):
    """A window made symmetric about the origin, so that it maps onto itself when turned or mirrored."""
    reach = max(abs(edge) for edge in window) + 1
    return (-reach, reach + 1, -reach, reach + 1)


# ---------------------------------------------------------------- translation, near and far


def assert_moves_exactly(fig, x, y, dx, dy):
    for method in ("exact", "center"):
        weights, (i, j) = weights_and_corner(fig.at(x, y), method)
        moved, corner = weights_and_corner(fig.at(x + dx, y + dy), method)
        assert corner == (i + dx, j + dy)
        np.testing.assert_array_equal(moved, weights)


@given(figures, coordinates, coordinates, shifts, shifts)
def test_translation_by_whole_pixels(fig, x, y, dx, dy):
    assert_moves_exactly(fig, x, y, dx, dy)


@every_figure
@pytest.mark.parametrize("far", [2**40, -(2**46) - 1, 2**47 + 3])
def test_far_away(fig, far):
    assert_moves_exactly(fig, *POSITION, far, -far)


@every_figure
@pytest.mark.parametrize("far", [2**52, 2**53, -(2**60)])
def test_as_far_as_whole_numbers_go(fig, far):
    """Where float64 holds only whole or even numbers, a pixel is still a pixel."""
    assert_moves_exactly(fig, 0.0, 0.0, far, far)


# ---------------------------------------------------------------- mirror


@given(figures, coordinates, coordinates)
@example(FIGURES[3], 0.0, 0.0)
def test_mirror(fig, x, y):
    mirror, window = fig.mirrored(), half_turns(common_window(fig.at(x, y)))
    exact, centre = (weights_in(fig.at(x, y), method, window) for method in ("exact", "center"))
    got = weights_in(mirror.at(x, -y), "exact", window)[::-1]
    np.testing.assert_allclose(got, exact, rtol=0, atol=2 * fig.weight_bound)
    np.testing.assert_array_equal(weights_in(mirror.at(x, -y), "center", window)[::-1], centre)


@every_figure
def test_mirror_of_fixed_figures(fig):
    x, y = POSITION
    mirror, window = fig.mirrored(), half_turns(common_window(fig.at(x, y)))
    got = weights_in(mirror.at(x, -y), "exact", window)[::-1]
    np.testing.assert_allclose(got, weights_in(fig.at(x, y), "exact", window), rtol=0, atol=2 * fig.weight_bound)


# ---------------------------------------------------------------- rotation by a right angle


def assert_turns(fig, x, y):
    turned, window = fig.rotated(), half_turns(common_window(fig.at(x, y)))
    got = weights_in(turned.at(-y, x), "exact", window)
    want = np.rot90(weights_in(fig.at(x, y), "exact", window), -1)  # rows run upwards: clockwise for NumPy
    # The angle plus a quarter turn is rounded, by up to 1e-15: the rim moves by that part of the half-extent.
    np.testing.assert_allclose(got, want, rtol=0, atol=2 * fig.weight_bound + 2e-15 * fig.half_extent)


@given(figures, coordinates, coordinates)
def test_right_angle(fig, x, y):
    assert_turns(fig, x, y)


@every_figure
def test_right_angle_of_fixed_figures(fig):
    assert_turns(fig, *POSITION)


@every_method
@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (0.5, 0.25), (0.5, 0.5)])
@pytest.mark.parametrize("kind", ["ellip", "rect"])
def test_right_angle_by_swapping_axes(kind, x, y, method):
    """Without an angle the turn is exact, ties included."""
    lying, standing = figure(kind, 5.0, 3.0, 0.0).at(x, y), figure(kind, 3.0, 5.0, 0.0).at(-y, x)
    window = half_turns(common_window(lying))
    got, want = weights_in(standing, method, window), np.rot90(weights_in(lying, method, window), -1)
    np.testing.assert_allclose(got, want, rtol=0, atol=2e-13 if method == "exact" else 0)


@pytest.mark.parametrize("fig", [f for f in FIGURES if f.kind not in ("wedge", "path")], ids=str)
@every_method
def test_half_turn_of_point_symmetric_figures(fig, method):
    window = half_turns(common_window(fig.at(0.0, 0.0)))
    weights = weights_in(fig.at(0.0, 0.0), method, window)
    np.testing.assert_allclose(weights[::-1, ::-1], weights, rtol=0, atol=2e-13 if method == "exact" else 0)


# ---------------------------------------------------------------- scale


def assert_refines(fig, x, y):
    """Three times larger, each old pixel is a block of 3 x 3 new ones, and its centre the block's centre."""
    x0, x1, y0, y1 = common_window(fig.at(x, y))
    coarse_window = (x0 - 1, x1 + 1, y0 - 1, y1 + 1)
    fine_window = tuple(3 * edge - 1 for edge in coarse_window)
    large = fig.scaled(3)
    coarse = weights_in(fig.at(x, y), "exact", coarse_window)
    fine = weights_in(large.at(3 * x, 3 * y), "exact", fine_window)
    ny, nx = coarse.shape
    blocks = fine.reshape(ny, 3, nx, 3).sum(axis=(1, 3))
    bound = 9 * fig.weight_bound + 9 * large.weight_bound + 2e-15 * large.half_extent  # parameters times 3 are rounded
    np.testing.assert_allclose(blocks, 9 * coarse, rtol=0, atol=bound)
    np.testing.assert_array_equal(
        weights_in(large.at(3 * x, 3 * y), "center", fine_window)[1::3, 1::3],
        weights_in(fig.at(x, y), "center", coarse_window),
    )
    assert large.area == pytest.approx(9 * fig.area, rel=1e-12)


@given(figures, coordinates, coordinates)
def test_scale(fig, x, y):
    assert_refines(fig, x, y)


@every_figure
def test_scale_of_fixed_figures(fig):
    assert_refines(fig, *POSITION)


@every_figure
@pytest.mark.parametrize("power", [-40, 20, 46])
def test_area_scales(fig, power):
    factor = 2.0**power
    assert fig.scaled(factor).at(0.0, 0.0).area == pytest.approx(factor**2 * fig.area, rel=1e-12)
