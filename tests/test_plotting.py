"""Patches: the right kind, the true outline, holes, properties, axes."""

import math
import sys

import numpy as np
import pytest

import astroapers as aap
from astroapers import plotting

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")

import matplotlib.patches as mpatches  # noqa: E402
import matplotlib.pyplot as plt  # noqa: E402

SQUARE = [("move", -2, -2), ("line", 2, -2), ("line", 2, 2), ("line", -2, 2), ("close",)]
HOLE = [("move", -1, -1), ("line", 1, -1), ("arc", 0, -1, 1, 0, math.pi), ("close",)]
AT = (5.25, 6.5)
APERTURES = {
    "circ": (aap.CircAp(AT, 2.0), mpatches.Circle),
    "ellip": (aap.EllipAp(AT, 3.0, 2.0, 0.5), mpatches.Ellipse),
    "rect": (aap.RectAp(AT, 4.0, 3.0, 0.5), mpatches.Polygon),
    "pill": (aap.PillAp(AT, 3.0, 1.0, 1.5, 0.5), mpatches.PathPatch),
    "wedge": (aap.WedgeAp(AT, 2.0, 4.0, 0.5, 1.0, 0.6, 1.2), mpatches.PathPatch),
    "path": (aap.PathAp(AT, SQUARE, [HOLE]), mpatches.PathPatch),
    "circ_ann": (aap.CircAn(AT, 2.0, 4.0), mpatches.PathPatch),
    "ellip_ann": (aap.EllipAn(AT, 2.0, 1.0, 4.0, 3.0, theta_in=0.5), mpatches.PathPatch),
    "rect_ann": (aap.RectAn(AT, 2.0, 1.0, 5.0, 4.0, theta_in=0.5), mpatches.PathPatch),
    "pill_ann": (aap.PillAn(AT, 1.0, 0.5, 0.5, 3.0, 1.5, 2.0, theta_in=0.5), mpatches.PathPatch),
    "crossing": (aap.EllipAn(AT, 3.9, 1.0, 4.0, 2.0, theta_in=1.0, theta_out=0.0), mpatches.PathPatch),
}
every = pytest.mark.parametrize(("ap", "kind"), APERTURES.values(), ids=APERTURES.keys())


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def boundary_area(patch):
    """Area inside a patch's path, each Bezier piece integrated exactly: half the integral of x dy - y dx."""
    path = patch.get_transform().transform_path(patch.get_path()) if patch.get_path().codes is None else None
    path = patch.get_patch_transform().transform_path(path or patch.get_path())
    total, start, at = 0.0, None, None
    nodes, weights = np.polynomial.legendre.leggauss(8)
    t = (nodes + 1) / 2
    for points, code in path.iter_segments(simplify=False, curves=True):
        if code == path.MOVETO:
            start = at = points
            continue
        if code == path.STOP:
            continue
        control = [at, *points.reshape(-1, 2)] if code != path.CLOSEPOLY else [at, start]
        degree = len(control) - 1
        basis = [math.comb(degree, k) * t**k * (1 - t) ** (degree - k) for k in range(degree + 1)]
        slope = [math.comb(degree - 1, k) * t**k * (1 - t) ** (degree - 1 - k) for k in range(degree)]
        x, y = sum(b[:, None] * c for b, c in zip(basis, control, strict=True)).T
        steps = np.diff(control, axis=0)
        dx, dy = degree * sum(s[:, None] * c for s, c in zip(slope, steps, strict=True)).T
        total += 0.25 * float(weights @ (x * dy - y * dx))
        at = control[-1]
    return abs(total)


class TestOutlines:
    @every
    def test_kind(self, ap, kind):
        patch = ap.to_patches()
        assert type(patch) is kind

    @every
    def test_the_enclosed_area(self, ap, kind):
        assert boundary_area(ap.to_patches()) == pytest.approx(ap.area, rel=2e-6)

    @every
    def test_a_filled_patch_covers_the_inside(self, ap, kind):
        n, size = 400, 12.0  # dots of the drawing along a side, and pixels of the image
        fig = plt.figure(figsize=(1, 1), dpi=n)
        ax = fig.add_axes((0, 0, 1, 1), xlim=(0, size), ylim=(size, 0), frame_on=False)
        ax.add_patch(ap.to_patches(fill=True, fc="k", ec="none", antialiased=False))
        fig.canvas.draw()
        drawn = np.asarray(fig.canvas.buffer_rgba())[..., 0] < 128
        plt.close(fig)
        dots = (np.arange(n) + 0.5) * size / n
        x, y = (axis.ravel() for axis in np.meshgrid(dots, dots))
        seen_from = ap.replace(positions=np.column_stack((AT[0] - x, AT[1] - y)))
        inside = (seen_from.npix_center((1, 1)) == 1.0).reshape(n, n)
        around = np.lib.stride_tricks.sliding_window_view(inside, (5, 5)).sum(axis=(2, 3))
        clear = (around == 0) | (around == 25)  # no boundary within two dots
        np.testing.assert_array_equal(drawn[2:-2, 2:-2][clear], inside[2:-2, 2:-2][clear])
        assert np.count_nonzero(around == 25) > 1000

    def test_properties_of_the_simple_ones(self):
        circle = aap.CircAp(AT, 2.0).to_patches()
        assert (circle.center, circle.radius) == (AT, 2.0)
        ellipse = aap.EllipAp(AT, 3.0, 2.0, 0.5).to_patches()
        assert (tuple(ellipse.center), ellipse.width, ellipse.height) == (AT, 6.0, 4.0)
        assert ellipse.angle == pytest.approx(math.degrees(0.5))

    def test_arcs_are_accurate(self):
        path = aap.WedgeAp((0, 0), 2.0, 4.0, 0.0, 6.0).to_patches().get_path()
        t = np.linspace(0.0, 1.0, 101)[:, None]
        curves, at = 0, None
        for points, code in path.iter_segments(simplify=False, curves=True):
            if code == path.CURVE4:
                a, b, c = points.reshape(3, 2)
                curve = at * (1 - t) ** 3 + 3 * a * t * (1 - t) ** 2 + 3 * b * t**2 * (1 - t) + c * t**3
                radii = np.hypot(*curve.T)
                assert min(np.abs(radii - r).max() / r for r in (2.0, 4.0)) < 1e-6
                curves += 1
            at = points[-2:]
        assert curves >= 2 * 6 / (math.pi / 2)


class TestPlacing:
    @every
    def test_one_or_several(self, ap, kind):
        assert isinstance(ap.to_patches(), mpatches.Patch)
        several = ap.replace(positions=[AT, (1, 2)]).to_patches()
        assert isinstance(several, list)
        assert len(several) == 2
        assert len(ap.replace(positions=[AT]).to_patches()) == 1
        assert ap.replace(positions=[]).to_patches() == []

    @every
    def test_origin(self, ap, kind):
        moved = ap.to_patches(origin=(1.0, 2.0))
        shifted = ap.replace(positions=(AT[0] - 1, AT[1] - 2)).to_patches()
        np.testing.assert_allclose(moved.get_extents().get_points(), shifted.get_extents().get_points(), atol=1e-12)

    @pytest.mark.parametrize("origin", [1, (1,), ("a", "b"), (1, np.nan), None])
    def test_bad_origins(self, origin):
        with pytest.raises(ValueError, match="origin"):
            aap.CircAp(AT, 2.0).to_patches(origin=origin)

    def test_per_position_geometry(self):
        patches = aap.CircAp([(1, 2), (3, 4)], [1.0, 2.0]).to_patches()
        assert [patch.radius for patch in patches] == [1.0, 2.0]

    def test_bad_rows_draw_nothing(self, ax):
        ap = aap.CircAn([AT, (np.nan, 1), (2, 2)], 1.0, [2.0, 2.0, -1.0], validate=False)
        assert [len(patch.get_path().vertices) > 0 for patch in ap.plot(ax)] == [True, False, False]
        ax.figure.canvas.draw()


class TestProperties:
    @every
    def test_unfilled_by_default(self, ap, kind):
        patch = ap.to_patches(color="r", lw=2)
        assert not patch.get_fill()
        assert patch.get_linewidth() == 2
        assert patch.get_edgecolor() == (1.0, 0.0, 0.0, 1.0)
        assert ap.to_patches(fill=True).get_fill()

    @every
    def test_edge_colours(self, ap, kind):
        first = matplotlib.colors.to_rgba("C0")
        assert ap.to_patches().get_edgecolor() == ap.to_patches(fc="w").get_edgecolor() == first
        assert ap.to_patches(ec="g").get_edgecolor() == ap.to_patches(edgecolor="g").get_edgecolor()
        assert ap.to_patches(ec="g").get_edgecolor() == matplotlib.colors.to_rgba("g")

    @every
    def test_plot(self, ap, kind, ax):
        patch = ap.plot(ax=ax, color="w")
        assert ax.patches[-1] is patch
        several = ap.replace(positions=[AT, (1, 2)]).plot(ax, (1, 1))
        assert list(ax.patches[-2:]) == several

    def test_current_axes(self, ax):
        plt.sca(ax)
        assert aap.CircAp(AT, 2.0).plot() in ax.patches


class TestFunctions:
    def test_to_patch_list(self):
        patch = aap.CircAp(AT, 2.0).to_patches()
        assert plotting.to_patch_list(patch) == [patch]
        assert plotting.to_patch_list((patch, patch)) == [patch, patch]

    def test_plot_apertures(self, ax):
        one = plotting.plot_apertures(aap.CircAp(AT, 2.0), ax, color="r")
        assert isinstance(one, mpatches.Circle)
        assert len(plotting.plot_apertures(aap.CircAp([AT, AT], 2.0), ax=ax)) == 2
        assert len(plotting.plot_apertures([aap.CircAp(AT, 2.0), aap.CircAn([AT, AT], 2.0, 3.0)], ax)) == 3
        assert len(ax.patches) == 6

    def test_plot_many(self, ax):
        patches = plotting.plot_many([aap.CircAp(AT, 2.0), aap.CircAn([AT, AT], 2.0, 3.0)], ax, (1, 1), color="r")
        assert list(ax.patches) == patches
        assert len(patches) == 3
        assert plotting.plot_many(aap.CircAp(AT, 2.0), ax)[0].radius == 2.0
        assert plotting.plot_many([], ax) == []


@pytest.mark.parametrize("bad", [5, None, [5], [aap.CircAp(AT, 2.0), "a"], "ab"], ids=repr)
def test_what_is_no_aperture(bad, ax):
    for draw in (plotting.plot_apertures, plotting.plot_many):
        with pytest.raises(TypeError, match=r"^apertures"):
            draw(bad, ax)
    assert len(ax.patches) == 0


def test_what_is_no_axes():
    for draw in (aap.CircAp(AT, 2.0).plot, lambda ax: plotting.plot_apertures(aap.CircAp(AT, 2.0), ax)):
        with pytest.raises(TypeError, match="ax=5 must be Matplotlib axes"):
            draw(5)


def test_a_bad_row_alone_draws_nothing(ax):
    patch = aap.CircAp([AT, AT], [2.0, np.nan], validate=False)[1].plot(ax)
    assert len(patch.get_path().vertices) == 0


def test_without_matplotlib(monkeypatch):
    for name in ("matplotlib.patches", "matplotlib.path", "matplotlib.pyplot"):
        monkeypatch.setitem(sys.modules, name, None)
    for ap, _ in APERTURES.values():
        with pytest.raises(ImportError, match=r'pip install "astroapers\[plot\]"'):
            ap.to_patches()
