"""Agreement with other packages where they are right: photutils on circles and ellipses, shapely on polygons."""

import math

import numpy as np
import pytest
import shapely
from figures import FIGURES, common_window, convex_polygons, coordinates, figure, path, polygon, weights_in
from hypothesis import given
from photutils.aperture import CircularAperture, EllipticalAperture, RectangularAperture

# Where the other package's own rounding ends, measured on the cases below.
PHOTUTILS_CIRCLE = 1e-12
PHOTUTILS_ELLIPSE = 1e-10
SHAPELY = 1e-12


def theirs_in(aperture, method, window):
    """Weights of a photutils aperture laid into a window."""
    x0, x1, y0, y1 = window
    mask = aperture.to_mask(method=method)
    out = np.zeros((y1 - y0, x1 - x0))
    out[mask.bbox.iymin - y0 : mask.bbox.iymax - y0, mask.bbox.ixmin - x0 : mask.bbox.ixmax - x0] = mask.data
    return out


def window_around(aperture, margin=2):
    x0, x1, y0, y1 = common_window(aperture)
    return x0 - margin, x1 + margin, y0 - margin, y1 + margin


# Positions and sizes drawn at random: no boundary touches a grid line or a pixel's centre.
RANDOM = np.random.default_rng(12)
PLACES = RANDOM.uniform(-5, 40, (40, 2)).tolist()
RADII = np.geomspace(0.15, 40, 40).tolist()
ELLIPSES = [(r, r * RANDOM.uniform(0.2, 1.0), RANDOM.uniform(-3, 3)) for r in np.geomspace(0.6, 30, 40).tolist()]


@pytest.mark.parametrize(("xy", "r"), list(zip(PLACES, RADII, strict=True)))
def test_circles_with_photutils(xy, r):
    ours, theirs = figure("circ", r).at(*xy), CircularAperture(xy, r)
    window = window_around(ours)
    np.testing.assert_allclose(
        weights_in(ours, "exact", window), theirs_in(theirs, "exact", window), rtol=0, atol=PHOTUTILS_CIRCLE
    )
    np.testing.assert_array_equal(weights_in(ours, "center", window), theirs_in(theirs, "center", window))
    assert ours.area == pytest.approx(theirs.area, rel=1e-15)


@pytest.mark.parametrize(("xy", "axes"), list(zip(PLACES, ELLIPSES, strict=True)))
def test_ellipses_with_photutils(xy, axes):
    ours, theirs = figure("ellip", *axes).at(*xy), EllipticalAperture(xy, *axes[:2], theta=axes[2])
    window = window_around(ours)
    np.testing.assert_allclose(
        weights_in(ours, "exact", window), theirs_in(theirs, "exact", window), rtol=0, atol=PHOTUTILS_ELLIPSE
    )
    np.testing.assert_array_equal(weights_in(ours, "center", window), theirs_in(theirs, "center", window))


@pytest.mark.parametrize(("xy", "sides"), list(zip(PLACES, ELLIPSES, strict=True)))
def test_centres_in_rectangles_with_photutils(xy, sides):
    ours, theirs = figure("rect", *sides).at(*xy), RectangularAperture(xy, *sides[:2], theta=sides[2])
    window = window_around(ours)
    np.testing.assert_array_equal(weights_in(ours, "center", window), theirs_in(theirs, "center", window))


def test_sums_with_photutils():
    image = RANDOM.normal(10, 100, (64, 64))
    mask = RANDOM.random((64, 64)) < 0.1
    xy = np.array(PLACES)
    ours, npix = figure("circ", 6.3).at(*xy.T).apsum_exact(image, mask)
    theirs = CircularAperture(xy, 6.3)
    np.testing.assert_allclose(ours, theirs.do_photometry(image, mask=mask)[0], rtol=1e-10)
    np.testing.assert_allclose(npix, theirs.area_overlap(image, mask=mask), rtol=1e-12)


# ---------------------------------------------------------------- shapely


def shapely_weights(region, window, x, y):
    """Overlap of a shapely polygon at a position with every pixel of a window.

    The pixels are moved, not the polygon: far from the origin shapely's areas lose digits.
    """
    x0, x1, y0, y1 = window
    jj, ii = np.mgrid[y0:y1, x0:x1]
    pixels = shapely.box(ii - 0.5 - x, jj - 0.5 - y, ii + 0.5 - x, jj + 0.5 - y)
    shapely.prepare(region)
    return shapely.area(shapely.intersection(region, pixels))


def assert_agrees_with_shapely(fig, region, x, y):
    aperture = fig.at(x, y)
    window = window_around(aperture, 1)
    want = shapely_weights(region, window, x, y)
    np.testing.assert_allclose(weights_in(aperture, "exact", window), want, rtol=0, atol=SHAPELY)
    assert aperture.area == pytest.approx(region.area, rel=1e-13)


@given(convex_polygons(), coordinates, coordinates)
def test_convex_polygons_with_shapely(vertices, x, y):
    assert_agrees_with_shapely(path(polygon(*vertices)), shapely.Polygon(vertices), x, y)


STAR = [
    (
        (6.0 if n % 2 else 2.2) * math.cos(0.3 + n * math.pi / 5),
        (6.0 if n % 2 else 2.2) * math.sin(0.3 + n * math.pi / 5),
    )
    for n in range(10)
]
HOLES = [[(-1.0, -0.75), (0.5, -1.0), (0.25, 0.5)], [(0.75, 0.5), (1.25, 0.5), (1.25, 1.25), (0.5, 1.0)]]
COMB = [
    (-4, -3),
    (4, -3),
    (4, 3),
    (3, 3),
    (3, -2),
    (2, -2),
    (2, 3),
    (0.25, 3),
    (0.25, -2.5),
    (-1, -2),
    (-1, 3),
    (-4, 3),
]


@pytest.mark.parametrize(
    ("outer", "holes"),
    [(STAR, []), (STAR, HOLES), (COMB, []), ([(x, -y) for x, y in COMB], []), (STAR[::-1], HOLES[:1])],
    ids=["star", "star with holes", "comb", "comb upside down", "clockwise star"],
)
@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (0.5, 0.5), (12.3, -7.7), (1000.125, 3e5)])
def test_any_polygon_with_shapely(outer, holes, x, y):
    fig = path(polygon(*outer), [polygon(*hole) for hole in holes] or None)
    assert_agrees_with_shapely(fig, shapely.Polygon(outer, holes), x, y)


@pytest.mark.parametrize("fig", [f for f in FIGURES if f.kind == "rect"], ids=str)
def test_rectangles_with_shapely(fig):
    w, h, theta = fig.geometry.values()
    region = shapely.affinity.rotate(shapely.box(-w / 2, -h / 2, w / 2, h / 2), theta, (0, 0), use_radians=True)
    assert_agrees_with_shapely(fig, region, 3.3, -4.9)


def test_crossing_rectangles_with_shapely():
    fig = figure("rect_ann", 6.0, 1.5, 7.0, 3.0, 1.2, 0.1)

    def rectangle(w, h, theta):
        return shapely.affinity.rotate(shapely.box(-w / 2, -h / 2, w / 2, h / 2), theta, (0, 0), use_radians=True)

    region = rectangle(7.0, 3.0, 0.1).difference(rectangle(6.0, 1.5, 1.2))
    assert_agrees_with_shapely(fig, region, 3.3, -4.9)
