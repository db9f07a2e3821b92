"""Wrong input is refused with the name of the parameter, its value and the rule it breaks, and nothing is done."""

import re

import numpy as np
import pytest
from figures import FIGURES, PARAMETERS, Figure, figure, path, polygon

import astroapers as aap
from astroapers import kernels

IMAGE = np.ones((20, 20))
EACH_KIND = list({fig.kind: fig for fig in FIGURES}.values())
WITH_PARAMETERS = [fig for fig in EACH_KIND if fig.kind != "path"]
EACH_PARAMETER = [(fig, name) for fig in WITH_PARAMETERS for name in PARAMETERS[fig.kind]]
every_kind = pytest.mark.parametrize("fig", EACH_KIND, ids=lambda fig: fig.kind)
every_parameter = pytest.mark.parametrize(
    ("fig", "name"), EACH_PARAMETER, ids=[f"{fig.kind}-{name}" for fig, name in EACH_PARAMETER]
)
EACH_LENGTH = [(fig, name) for fig, name in EACH_PARAMETER if not name.startswith("theta")]
every_length = pytest.mark.parametrize(
    ("fig", "name"), EACH_LENGTH, ids=[f"{fig.kind}-{name}" for fig, name in EACH_LENGTH]
)
MAY_BE_ZERO = {"r_in", "w_in", "h_in", "a_in", "b_in"}  # may be 0: nothing is taken away
NOT_FINITE = [np.nan, np.inf, -np.inf]


def with_value(fig, name, value):
    return Figure(fig.kind, fig.geometry | {name: value})


def refused_everywhere(fig, *words, error=ValueError, **options):
    """The object and every kernel of the shape refuse the geometry, with all the words in the message."""
    attempts = [
        lambda: fig.at(4.0, 5.0, **options),
        lambda: fig.kernel("apsum", "exact")(IMAGE, 4.0, 5.0, **options),
        lambda: fig.kernel("apsum", "center")(IMAGE, 4.0, 5.0, **options),
        lambda: fig.kernel("npix", "exact")(4.0, 5.0, shape=(20, 20), **options),
        lambda: fig.kernel("weights", "center")(4.0, 5.0, **options),
        lambda: fig.kernel("bboxes")(4.0, 5.0, **options),
    ]
    for attempt in attempts:
        with pytest.raises(error) as caught:
            attempt()
        for word in words:
            assert word in str(caught.value)


# ---------------------------------------------------------------- positions


@every_kind
@pytest.mark.parametrize("bad", NOT_FINITE)
def test_positions_that_are_not_finite(fig, bad):
    with pytest.raises(ValueError, match=r"positions.*must be finite"):
        fig.at(bad, 0.0)
    with pytest.raises(ValueError, match=r"positions\[1\].*must be finite"):
        fig.at([1.0, 2.0], [3.0, bad])
    with pytest.raises(ValueError, match=rf"x\[2\]={re.escape(str(bad))} must be finite"):
        fig.kernel("apsum", "exact")(IMAGE, [1.0, 2.0, bad], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=rf"y\[0\]={re.escape(str(bad))} must be finite"):
        fig.kernel("bboxes")([1.0], [bad])


@every_kind
@pytest.mark.parametrize("positions", [1.0, (1.0,), (1.0, 2.0, 3.0), [[1.0, 2.0, 3.0]], np.zeros((2, 2, 2))], ids=repr)
@pytest.mark.parametrize("validate", [True, False])
def test_positions_of_the_wrong_shape(fig, positions, validate):
    with pytest.raises(ValueError, match=r"positions must be .*\(N, 2\).*got shape"):
        type(fig.at(0, 0))(positions, **fig.geometry, validate=validate)


@every_kind
@pytest.mark.parametrize("positions", [None, "here", [("a", "b")], [(1 + 2j, 0)]], ids=repr)
def test_positions_that_are_not_numbers(fig, positions):
    with pytest.raises((TypeError, ValueError), match="positions must be"):
        type(fig.at(0, 0))(positions, **fig.geometry)


@every_kind
def test_x_and_y_of_different_shapes(fig):
    for x, y in [([1.0, 2.0], [1.0]), ([1.0, 2.0], 1.0), ([[1.0, 2.0]], [1.0, 2.0])]:
        with pytest.raises(ValueError, match="x and y must have equal shapes"):
            fig.kernel("apsum", "exact")(IMAGE, x, y)


@every_kind
def test_no_positions_give_empty_results(fig):
    aperture = fig.at(np.empty(0), np.empty(0))
    assert len(aperture) == 0
    for result in (*aperture.apsum_exact(IMAGE), *aperture.apsum_center(IMAGE), aperture.npix_exact((20, 20))):
        assert result.shape == (0,)
        assert result.dtype == np.float64
    assert aperture.weights_exact() == aperture.weights_center() == aperture.bboxes() == []
    assert aperture.sampled_values(IMAGE) == aperture.weighted_cutout(IMAGE) == []
    values, offsets = aperture.sampled_values(IMAGE, flat=True)
    assert values.size == 0
    assert offsets.tolist() == [0]
    assert fig.kernel("apsum", "exact")(IMAGE, [], [])[0].shape == (0,)
    assert fig.kernel("weights", "exact")([], []) == ([], [])


# ---------------------------------------------------------------- geometry


@every_parameter
@pytest.mark.parametrize("bad", NOT_FINITE)
@pytest.mark.parametrize("validate", [True, False])
def test_parameters_that_are_not_finite(fig, name, bad, validate):
    refused_everywhere(with_value(fig, name, bad), f"{name}={bad} must be", validate=validate)


@every_length
@pytest.mark.parametrize("validate", [True, False])
def test_lengths_that_are_not_positive(fig, name, validate):
    refused_everywhere(with_value(fig, name, -1.5), f"{name}=-1.5 must be", validate=validate)
    if name not in MAY_BE_ZERO:
        refused_everywhere(with_value(fig, name, 0.0), f"{name}=0.0 must be", validate=validate)


@every_parameter
@pytest.mark.parametrize("bad", ["wide", 1 + 2j, None, object(), {"r": 1}], ids=lambda bad: type(bad).__name__)
def test_parameters_that_are_not_numbers(fig, name, bad):
    if bad is None and name in ("theta_out", "dtheta_out"):
        with_value(fig, name, None).at(0, 0)  # means: as the inner one
        return
    with pytest.raises((TypeError, ValueError), match=rf"{name} must be"):
        with_value(fig, name, bad).at(0.0, 0.0)


@pytest.mark.parametrize("fig", [f for f in WITH_PARAMETERS if f.kind.endswith("_ann")], ids=lambda fig: fig.kind)
def test_inner_not_smaller_than_outer(fig):
    for name in [n for n in PARAMETERS[fig.kind] if n.endswith("_in") and "theta" not in n]:
        outer = name.replace("_in", "_out")
        too_large = with_value(fig, name, fig.geometry[outer] * 1.5)
        refused_everywhere(too_large, f"{name}=", f"{outer}={fig.geometry[outer]}")
    nothing_left = dict(fig.geometry)
    nothing_left |= {n: nothing_left[n.replace("_in", "_out")] for n in nothing_left if n.endswith("_in")}
    refused_everywhere(Figure(fig.kind, nothing_left), "must be")


def test_the_message_about_radii():
    with pytest.raises(ValueError, match=re.escape("r_in=5.0 must be smaller than r_out=3.0")):
        aap.CircAn((0, 0), r_in=5, r_out=3)


@every_parameter
@pytest.mark.parametrize("wrong", [[1.0, 2.0, 3.0], [[1.0, 2.0]], [1.0]], ids=str)
def test_geometry_arrays_fit_the_positions(fig, name, wrong):
    """One value per position, and no other broadcasting."""
    changed = with_value(fig, name, np.array(wrong))
    for attempt in (
        lambda: changed.at([1.0, 2.0], [3.0, 4.0]),
        lambda: changed.kernel("apsum", "exact")(IMAGE, [1.0, 2.0], [3.0, 4.0]),
    ):
        with pytest.raises(ValueError, match=rf"{name} must .*shape"):
            attempt()


@every_length
def test_geometry_arrays_name_the_row(fig, name):
    value = fig.geometry[name]
    for bad in (np.nan, -2.0):
        changed = with_value(fig, name, np.array([value, value, bad]))
        with pytest.raises(ValueError, match=rf"{name}\[2\]={bad} must be"):
            changed.at([1.0, 2.0, 3.0], [3.0, 4.0, 5.0])
        with pytest.raises(ValueError, match=rf"{name}\[2\]={bad} must be"):
            changed.kernel("weights", "exact")([1.0, 2.0, 3.0], [3.0, 4.0, 5.0])


@every_length
@pytest.mark.parametrize("bad", [np.nan, -2.0])
def test_unchecked_bad_rows_are_nan_rows(fig, name, bad):
    """One bad source must not cost the batch."""
    value = fig.geometry[name]
    changed = with_value(fig, name, np.array([value, bad, value]))
    x, y = [8.0, 9.0, 10.0], [9.0, 9.5, 8.0]
    good, mixed = fig.at(x, y), changed.at(x, y, validate=False)
    for got, want in zip(mixed.apsum_exact(IMAGE), good.apsum_exact(IMAGE), strict=True):
        np.testing.assert_array_equal(got, [want[0], np.nan, want[2]])
    np.testing.assert_array_equal(mixed.npix_center((20, 20))[[0, 2]], good.npix_center((20, 20))[[0, 2]])
    np.testing.assert_array_equal(np.isnan(mixed.npix_center((20, 20))), [False, True, False])
    np.testing.assert_array_equal(np.isnan(mixed.area), [False, True, False])
    assert mixed.bboxes()[1] == aap.BoundingBox(0, 0, 0, 0)
    assert mixed.bboxes()[::2] == good.bboxes()[::2]
    assert [w.shape for w in mixed.weights_exact()] == [
        good.weights_exact()[0].shape,
        (0, 0),
        good.weights_exact()[2].shape,
    ]
    assert mixed.sampled_values(IMAGE)[1].size == 0


@every_kind
def test_unchecked_bad_positions_are_nan_rows(fig):
    x, y = np.array([8.0, np.nan, 10.0]), np.array([9.0, 9.5, np.inf])
    aperture = fig.at(x, y, validate=False)
    total, npix = aperture.apsum_exact(IMAGE)
    assert np.isnan(total).tolist() == np.isnan(npix).tolist() == [False, True, True]
    assert (total[0], npix[0]) == fig.at(8.0, 9.0).apsum_exact(IMAGE)
    assert aperture.bboxes()[1:] == [aap.BoundingBox(0, 0, 0, 0)] * 2
    assert [w.size for w in aperture.weights_center()[1:]] == [0, 0]
    kernel_total, _ = fig.kernel("apsum", "exact")(IMAGE, x, y, validate=False)
    np.testing.assert_array_equal(kernel_total, total)


# ---------------------------------------------------------------- images

REFUSED_IMAGES = [
    (np.ones((5, 5), complex), TypeError, "complex128"),
    (np.ones((5, 5), np.complex64), TypeError, "complex64"),
    (np.ones((5, 5), np.longdouble), TypeError, str(np.dtype(np.longdouble))),
    (np.full((5, 5), "a"), TypeError, "<U1"),
    (np.full((5, 5), b"a"), TypeError, "S1"),
    (np.full((5, 5), None), TypeError, "object"),
    (np.zeros((5, 5), "M8[s]"), TypeError, "datetime64"),
    (np.zeros((5, 5), "m8[s]"), TypeError, "timedelta64"),
    (np.zeros((5, 5), [("a", "f8")]), TypeError, "data"),
    (np.ones(5), ValueError, "(5,)"),
    (np.ones((2, 5, 5)), ValueError, "(2, 5, 5)"),
    (np.float64(3.0), ValueError, "()"),
    (3, ValueError, "()"),
    ([1.0, 2.0], ValueError, "(2,)"),
]


@every_kind
@pytest.mark.parametrize(("image", "error", "shown"), REFUSED_IMAGES, ids=[str(shown) for *_, shown in REFUSED_IMAGES])
@pytest.mark.parametrize("validate", [True, False])
def test_images_that_are_refused(fig, image, error, shown, validate):
    aperture = fig.at(2.0, 2.0, validate=validate)
    for attempt in (
        lambda: aperture.apsum_exact(image),
        lambda: aperture.apsum_center(image),
        lambda: aperture.sampled_values(image),
        lambda: aperture.weighted_values(image),
        lambda: aperture.sampled_cutout(image),
        lambda: aperture.weighted_cutout(image),
        lambda: fig.kernel("apsum", "exact")(image, 2.0, 2.0, validate=validate),
        lambda: fig.kernel("apsum", "center")(image, [2.0], [2.0], validate=validate),
    ):
        with pytest.raises(error, match="data") as caught:
            attempt()
        assert shown in str(caught.value)


@pytest.mark.parametrize("image", [None, object(), {}, "image"], ids=lambda image: type(image).__name__)
def test_images_that_are_nothing_of_the_kind(image):
    """What is no array at all is not told to convert itself."""
    box = aap.BoundingBox(0, 2, 0, 2)
    for attempt in (
        lambda: aap.CircAp((2, 2), 1).apsum_exact(image),
        lambda: kernels.apsum_circ_exact(image, 2.0, 2.0, 1.0),
        lambda: box.apsum(np.ones((2, 2)), image),
    ):
        with pytest.raises(TypeError, match=rf"data must be .*2-D.* got {type(image).__name__}$"):
            attempt()


@pytest.mark.parametrize("bad", ["x", "1", None, 1j, [1.0], 10**400], ids=lambda bad: repr(bad)[:9])
def test_fill_values_that_are_not_numbers(bad):
    box, weights = aap.BoundingBox(0, 2, 0, 2), np.ones((2, 2))
    for attempt in (
        lambda: aap.CircAp((2, 2), 1).weighted_cutout(IMAGE, fill_value=bad),
        lambda: aap.CircAp((2, 2), 1).sampled_cutout(IMAGE, fill_value=bad),
        lambda: box.to_image(weights, (3, 3), fill_value=bad),
        lambda: box.weighted_cutout(weights, IMAGE, fill_value=bad),
    ):
        with pytest.raises((TypeError, ValueError), match="fill_value must be a real number, got "):
            attempt()


@pytest.mark.parametrize("kind", [complex, np.longdouble])
def test_the_message_names_the_remedy(kind):
    with pytest.raises(TypeError, match=r"real|abs|astype"):
        aap.CircAp((2, 2), 1).apsum_exact(np.ones((5, 5), kind))


def test_lists_are_images():
    assert aap.CircAp((1, 1), 1.5).apsum_center([[1, 2, 3], [4, 5, 6], [7, 8, 9]], return_npix=False) == 45


# ---------------------------------------------------------------- masks and frames


@every_kind
@pytest.mark.parametrize("shape", [(19, 20), (20, 19), (20,), (1, 20, 20), (1, 1), (400,), (0, 0)], ids=str)
@pytest.mark.parametrize("validate", [True, False])
def test_masks_of_the_wrong_shape(fig, shape, validate):
    mask = np.zeros(shape, bool)
    aperture = fig.at(2.0, 2.0, validate=validate)
    for attempt in (
        lambda: aperture.apsum_exact(IMAGE, mask),
        lambda: aperture.npix_center((20, 20), mask=mask),
        lambda: aperture.sampled_values(IMAGE, mask=mask),
        lambda: aperture.weighted_cutout(IMAGE, mask),
        lambda: fig.kernel("apsum", "center")(IMAGE, 2.0, 2.0, mask=mask, validate=validate),
        lambda: fig.kernel("npix", "exact")(2.0, 2.0, shape=(20, 20), mask=mask, validate=validate),
    ):
        with pytest.raises(ValueError, match=r"mask.*shape") as caught:
            attempt()
        assert str(shape) in str(caught.value)
        assert "(20, 20)" in str(caught.value)


@every_kind
@pytest.mark.parametrize("kind", [complex, object, "U1", np.longdouble], ids=str)
def test_masks_that_are_not_real_numbers(fig, kind):
    with pytest.raises(TypeError, match="mask"):
        fig.at(2.0, 2.0).apsum_exact(IMAGE, np.zeros((20, 20), kind))


@every_kind
@pytest.mark.parametrize("shape", [(20,), (20, 20, 20), (-1, 20), (20, -1), (2.5, 3), 20, None, "20"], ids=str)
def test_frames_that_are_not_shapes(fig, shape):
    with pytest.raises((TypeError, ValueError), match="shape"):
        fig.at(2.0, 2.0).npix_exact(shape)
    with pytest.raises((TypeError, ValueError), match="shape"):
        fig.kernel("npix", "center")(2.0, 2.0, shape=shape)


# ---------------------------------------------------------------- outlines

SQUARE = [(-3, -3), (3, -3), (3, 3), (-3, 3)]
INNER = [(-1, -1), (1, -1), (1, 1), (-1, 1)]


def moved(vertices, dx, dy):
    return [(x + dx, y + dy) for x, y in vertices]


BAD_PATHS = {
    "bow tie": (polygon((-3, -3), (3, 3), (3, -3), (-3, 3)), None),
    "spike": (polygon((-3, -3), (3, -3), (5, -3), (3, -3), (0, 3)), None),
    "edge of no length": (polygon((-3, -3), (3, -3), (3, -3), (0, 3)), None),
    "no area": (polygon((-3, -3), (3, 3), (0, 0)), None),
    "two corners": (polygon((-3, -3), (3, 3)), None),
    "arc across a line": (
        [("move", 3, 0), ("arc", 0, 0, 3, 0, 3.0), ("line", 0, 4), ("line", 1, 0), ("close",)],
        None,
    ),
    "arc that starts elsewhere": ([("move", 0, 0), ("line", 3, 0), ("arc", 0, 0, 4, 0, 1.0), ("close",)], None),
    "arc without a radius": (
        [("move", 0, 0), ("arc", 0, 0, 0, 0, 1.0), ("line", 1, 1), ("line", 0, 1), ("close",)],
        None,
    ),
    "arc without a width": (
        [("move", 3, 0), ("arc", 0, 0, 3, 0, 0.0), ("line", 1, 1), ("line", 0, 1), ("close",)],
        None,
    ),
    "more than a full turn": ([("move", 3, 0), ("arc", 0, 0, 3, 0, 7.0), ("close",)], None),
    "hole outside": (polygon(*SQUARE), [polygon(*moved(INNER, 10, 0))]),
    "hole across the rim": (polygon(*SQUARE), [polygon(*moved(INNER, 3, 0))]),
    "hole on the rim": (polygon(*SQUARE), [polygon((-3, -1), (0, -1), (0, 1), (-3, 1))]),
    "hole as large": (polygon(*SQUARE), [polygon(*SQUARE)]),
    "holes overlap": (polygon(*SQUARE), [polygon(*INNER), polygon(*moved(INNER, 1, 1))]),
    "holes share an edge": (polygon(*SQUARE), [polygon(*INNER), polygon((1, -1), (2, -1), (2, 1), (1, 1))]),
    "hole in a hole": (polygon(*SQUARE), [polygon((-2, -2), (2, -2), (2, 2), (-2, 2)), polygon(*INNER)]),
    "hole crosses itself": (polygon(*SQUARE), [polygon((-1, -1), (1, 1), (1, -1), (-1, 1))]),
    "nothing": ([], None),
    "no move": ([("line", 1, 1), ("line", 2, 0), ("close",)], None),
    "move alone": ([("move", 1, 1)], None),
    "not finite": (polygon((0, 0), (np.nan, 1), (1, 1)), None),
    "infinite": (polygon((0, 0), (np.inf, 1), (1, 1)), None),
    "unknown command": ([("move", 0, 0), ("curve", 1, 1), ("line", 0, 1), ("close",)], None),
    "too few numbers": ([("move", 0, 0), ("line", 1), ("line", 0, 1), ("close",)], None),
    "too many numbers": ([("move", 0, 0), ("line", 1, 0, 5), ("line", 0, 1), ("close",)], None),
    "not numbers": ([("move", 0, 0), ("line", "a", "b"), ("line", 0, 1), ("close",)], None),
    "not commands": ([1, 2, 3], None),
    "not a sequence": (5, None),
}


@pytest.mark.parametrize("case", BAD_PATHS)
@pytest.mark.parametrize("validate", [True, False])
def test_bad_paths(case, validate):
    """A path is checked whatever ``validate`` says."""
    segments, holes = BAD_PATHS[case]
    words = ("hole",) if holes else ()
    fig = path(segments, holes)
    refused_everywhere(fig, *words, error=(ValueError, TypeError), validate=validate)


GOOD_PATHS = {
    "closed onto its start": (polygon((-3, -3), (3, -3), (0, 3), (-3, -3)), None, 18.0),
    "half a disc": ([("move", 2, 0), ("arc", 0, 0, 2, 0, np.pi), ("close",)], None, 2 * np.pi),
    "touches itself at a corner": (polygon((-3, 0), (0, 0), (3, -3), (3, 3), (0, 0), (-3, 3)), None, 13.5),
    "clockwise": (polygon(*SQUARE[::-1]), None, 36.0),
    "holes that meet at a corner": (polygon(*SQUARE), [polygon(*INNER), polygon((1, 1), (2, 1), (2, 2), (1, 2))], 31.0),
    "hole that meets the rim at a corner": (polygon(*SQUARE), [polygon((-3, 0), (0, -1), (0, 1))], 33.0),
    "hole turning the other way": (polygon(*SQUARE), [polygon(*INNER[::-1])], 32.0),
    "straight corner": (polygon((-3, -3), (0, -3), (3, -3), (3, 3), (-3, 3)), None, 36.0),
}


@pytest.mark.parametrize("case", GOOD_PATHS)
def test_unusual_paths_that_are_fine(case):
    segments, holes, area = GOOD_PATHS[case]
    aperture = path(segments, holes).at(4.3, 5.1)
    assert aperture.area == pytest.approx(area, rel=1e-14)
    assert aperture.weights_exact()[0].sum() == pytest.approx(area, rel=1e-13)


@pytest.mark.parametrize(
    "geometry",
    [
        (2.0, 3.0, 0.0, 0.5, 3.0, 0.5),  # the sides cut through the inner arc
        (1.0, 4.0, 0.0, 5.0, 3.14, 1.0),  # the outer arc looks the other way
        (3.0, 3.5, 0.0, 1.0, 1.5, 1.0),
    ],
    ids=str,
)
@pytest.mark.parametrize("validate", [True, False])
def test_wedges_that_cross_themselves(geometry, validate):
    refused_everywhere(figure("wedge", *geometry), "cross", validate=validate)


def test_a_wedge_that_crosses_itself_names_its_row():
    with pytest.raises(ValueError, match=r"^source 1: the outline of the wedge crosses itself near"):
        aap.WedgeAp([(1, 2), (3, 4)], 2.0, 4.0, 0.5, 1.0, np.array([0.5, 2.5]), 0.3)


@pytest.mark.parametrize("width", [2 * np.pi, 7.0, -0.5, 0.0])
@pytest.mark.parametrize("name", ["dtheta_in", "dtheta_out"])
def test_widths_of_wedges(name, width):
    fig = figure("wedge", 2.0, 5.0, 0.3, 1.0, 0.3, 1.0)
    refused_everywhere(with_value(fig, name, width), f"{name}={width}")


# ---------------------------------------------------------------- extent


@every_kind
@pytest.mark.parametrize("method", ["weights_exact", "weights_center"])
def test_weights_too_large_to_hold(fig, method):
    huge = fig.scaled(1e9).at(5.0, 5.0)
    with pytest.raises(ValueError, match=r"bounding box of \d+ x \d+ pixels .*too large"):
        getattr(huge, method)()
    with pytest.raises(ValueError, match=r"bounding box of \d+ x \d+ pixels .*too large"):
        huge.weighted_cutout(IMAGE)


@every_kind
@pytest.mark.parametrize("far", [1e19, -1e300])
def test_positions_too_far_for_a_bounding_box(fig, far):
    with pytest.raises(ValueError, match="has no bounding box in 64-bit pixel indices"):
        fig.at(far, 0.0).bboxes()


@pytest.mark.parametrize(
    ("fig", "name"),
    [(f, n) for f, n in EACH_LENGTH if not n.startswith("dtheta")],
    ids=[f"{f.kind}-{n}" for f, n in EACH_LENGTH if not n.startswith("dtheta")],
)
@pytest.mark.parametrize("size", ["1e16", "1e-70"])
def test_sizes_beyond_reason(fig, name, size):
    refused_everywhere(with_value(fig, name, float(size)), f"{name}={size} must be")


def test_a_huge_radius_is_summed():
    """Radius 1e9 over a small frame: the cost is that of the frame."""
    total, npix = kernels.apsum_circ_exact(IMAGE, [5.0, 1e9], [5.0, 5.0], 1e9)
    assert (total[0], npix[0]) == (400.0, 400.0)
    assert 0 < total[1] == npix[1] <= 400.0


# ---------------------------------------------------------------- calls


@every_kind
def test_unknown_and_missing_arguments(fig):
    with pytest.raises(TypeError, match="colour"):
        fig.at(1.0, 2.0, colour="red")
    with pytest.raises(TypeError, match="colour"):
        fig.kernel("apsum", "exact")(IMAGE, 1.0, 2.0, colour="red")
    first = next(iter(fig.geometry))
    with pytest.raises(TypeError, match=first):
        type(fig.at(0, 0))((1.0, 2.0))


@pytest.mark.parametrize("bad", [0, -1])
def test_thread_counts_and_thresholds(bad):
    for attempt in (aap.set_num_threads, aap.set_parallel_threshold):
        with pytest.raises(ValueError, match=str(bad)):
            attempt(bad)
        with pytest.raises(TypeError):
            attempt("many")


def test_refused_calls_leave_nothing_behind():
    """After an error the same objects give the same answers."""
    aperture = aap.CircAp([(4, 5), (7, 8)], 3.2)
    before = aperture.apsum_exact(IMAGE)
    for bad in (np.ones(3), np.ones((3, 3), complex)):
        with pytest.raises((TypeError, ValueError)):
            aperture.apsum_exact(bad)
    np.testing.assert_array_equal(aperture.apsum_exact(IMAGE), before)


def test_many_weights_count_together():
    discs = aap.CircAp([(0, 0)] * 200, 3000.0)
    with pytest.raises(ValueError, match="the bounding boxes of 200 apertures hold 7202400200 pixels together"):
        discs.weights_exact()
    assert discs[0].weights_exact()[0].shape == (6001, 6001)
