"""Apertures as values: construction, geometry, identity, indexing, errors."""

import copy
import math
import pickle

import numpy as np
import pytest

import astroapers as aap

SQUARE = [("move", -1, -1), ("line", 1, -1), ("line", 1, 1), ("line", -1, 1), ("close",)]
HOLE = [("move", -0.5, -0.5), ("line", 0.5, -0.5), ("line", 0.5, 0.5), ("line", -0.5, 0.5), ("close",)]

# Every class with geometry and its area by hand.
CASES = {
    "CircAp": (aap.CircAp, {"r": 2.0}, 4 * math.pi),
    "EllipAp": (aap.EllipAp, {"a": 3.0, "b": 2.0, "theta": 0.5}, 6 * math.pi),
    "RectAp": (aap.RectAp, {"w": 4.0, "h": 3.0, "theta": 0.5}, 12.0),
    "PillAp": (aap.PillAp, {"w": 3.0, "a": 1.0, "b": 1.5, "theta": 0.5}, 9 + 1.5 * math.pi),
    "WedgeAp": (
        aap.WedgeAp,
        {"r_in": 2.0, "r_out": 4.0, "theta_in": 0.5, "dtheta_in": 1.0, "theta_out": 0.6, "dtheta_out": 1.2},
        (16 * 1.2 - 4 * 1.0) / 2 + 8 * math.sin(-0.1) * math.cos(0.1),
    ),
    "CircAn": (aap.CircAn, {"r_in": 2.0, "r_out": 3.0}, 5 * math.pi),
    "EllipAn": (
        aap.EllipAn,
        {"a_in": 2.0, "b_in": 1.0, "a_out": 4.0, "b_out": 3.0, "theta_in": 0.5, "theta_out": 0.7},
        10 * math.pi,
    ),
    "RectAn": (
        aap.RectAn,
        {"w_in": 2.0, "h_in": 1.0, "w_out": 5.0, "h_out": 4.0, "theta_in": 0.5, "theta_out": 0.7},
        18.0,
    ),
    "PillAn": (
        aap.PillAn,
        {"w_in": 1, "a_in": 0.5, "b_in": 0.5, "w_out": 3, "a_out": 1.5, "b_out": 2, "theta_in": 0.5, "theta_out": 0.7},
        11 + 2.75 * math.pi,
    ),
    "PathAp": (aap.PathAp, {"segments": SQUARE, "holes": [HOLE]}, 3.0),
}
POSITIONS = [(8.25, 9.5), (11.0, 7.75), (9.0, 10.0)]

every = pytest.mark.parametrize(("cls", "geometry", "area"), CASES.values(), ids=CASES.keys())
numeric = pytest.mark.parametrize(
    ("cls", "geometry", "area"),
    [case for case in CASES.values() if case[0] is not aap.PathAp],
    ids=[name for name in CASES if name != "PathAp"],
)


@pytest.fixture
def data():
    return np.random.default_rng(1).normal(10.0, 1.0, (20, 22))


class TestConstruction:
    @every
    def test_attributes_are_the_arguments(self, cls, geometry, area):
        ap = cls(POSITIONS, **geometry)
        for name, value in geometry.items():
            assert getattr(ap, name) == value
        assert not ap.isscalar
        np.testing.assert_array_equal(ap.positions, POSITIONS)

    @every
    def test_area(self, cls, geometry, area):
        ap = cls(POSITIONS[0], **geometry)
        assert type(ap.area) is float
        assert ap.area == pytest.approx(area, rel=1e-14)

    @pytest.mark.parametrize(
        "given",
        [
            (1, 2),
            [1, 2],
            np.array([1, 2]),
            (np.float32(1), np.int16(2)),
            np.array([1.0, 2.0], dtype=">f8"),
            (True, 2.0),
        ],
    )
    def test_one_position(self, given):
        ap = aap.CircAp(given, 1.0)
        assert ap.isscalar
        assert ap.positions.tolist() == [[1.0, 2.0]]

    @pytest.mark.parametrize(
        "given",
        [
            [(1, 2), (3, 4)],
            ((1.0, 2.0), (3.0, 4.0)),
            np.array([[1, 2], [3, 4]], dtype=np.uint8),
            np.array([[1.0, 2.0], [3.0, 4.0]], order="F"),
            pytest.param(
                zip([1, 3], [2, 4], strict=True), marks=pytest.mark.thread_unsafe(reason="it can be used once")
            ),
            np.array([[1, 2], [3, 4]], dtype=object),
        ],
    )
    def test_several_positions(self, given):
        ap = aap.CircAp(given, 1.0)
        assert not ap.isscalar
        assert ap.positions.tolist() == [[1.0, 2.0], [3.0, 4.0]]

    @pytest.mark.parametrize("given", [[], np.empty((0, 2))])
    def test_no_position(self, given, data):
        ap = aap.CircAp(given, 1.0)
        assert len(ap) == 0
        assert not ap
        assert [result.shape for result in ap.apsum_exact(data)] == [(0,), (0,)]
        assert ap.bboxes() == ap.weights_exact() == ap.sampled_values(data) == []
        values, offsets = ap.sampled_values(data, flat=True)
        assert values.shape == (0,)
        assert offsets.tolist() == [0]

    def test_positions_are_a_read_only_fortran_copy(self):
        given = np.array([[1.0, 2.0], [3.0, 4.0]])
        ap = aap.CircAp(given, 1.0)
        given[0, 0] = 99.0
        assert ap.positions[0, 0] == 1.0
        assert ap.positions.flags.f_contiguous
        assert not ap.positions.flags.writeable
        assert ap.positions is ap.positions

    def test_angles_default_to_the_inner_ones(self):
        assert aap.EllipAn((1, 2), 1, 1, 2, 2, theta_in=0.3).theta_out == 0.3
        wedge = aap.WedgeAp((1, 2), 1, 2, 0.3, 0.4)
        assert (wedge.theta_out, wedge.dtheta_out) == (0.3, 0.4)

    def test_classes_tell_what_their_parameters_are(self):
        assert "radius" in aap.CircAp.r.__doc__.lower()

    def test_the_base_class_cannot_be_made(self):
        with pytest.raises(TypeError, match="PixelAp cannot be instantiated"):
            aap.PixelAp((1, 2))

    def test_an_inner_radius_of_zero_is_a_disc(self):
        assert aap.CircAn((5, 5), 0, 2).area == aap.CircAp((5, 5), 2).area

    def test_kinds_and_data_make_a_path(self):
        kinds = np.array([0, 1, 1, 3], dtype=np.int8)
        numbers = np.array([[0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0], [0, 2, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0.0]])
        triangle = aap.PathAp((5, 5), kinds, numbers)
        assert triangle == aap.PathAp.polygon((5, 5), [(0, 0), (2, 0), (0, 2)])

    def test_polygon_may_repeat_its_start(self):
        corners = [(0, 0), (2, 0), (0, 2)]
        assert aap.PathAp.polygon((5, 5), [*corners, corners[0]]) == aap.PathAp.polygon((5, 5), corners)


class TestPerPositionGeometry:
    @numeric
    def test_each_source_is_as_if_alone(self, cls, geometry, area, data):
        scale = np.array([1.0, 1.1, 1.3])
        columns = {name: value * scale for name, value in geometry.items()}
        ap = cls(POSITIONS, **columns)
        alone = [cls(p, **{n: float(c[i]) for n, c in columns.items()}) for i, p in enumerate(POSITIONS)]
        sums, npix = ap.apsum_exact(data)
        assert sums.tolist() == [float(one.apsum_exact(data)[0]) for one in alone]
        assert npix.tolist() == [float(one.apsum_exact(data)[1]) for one in alone]
        assert ap.area.tolist() == [one.area for one in alone]
        assert ap.bboxes() == [one.bboxes()[0] for one in alone]
        assert list(ap) == alone

    def test_attributes_and_area_are_read_only(self):
        ap = aap.CircAp(POSITIONS, [1.0, 2.0, 3.0])
        for array in (ap.r, ap.area):
            assert array.shape == (3,)
            assert not array.flags.writeable
        assert aap.CircAp((1, 2), [3.0]).area.shape == (1,)

    def test_nothing_can_be_made_writeable(self):
        ap = aap.CircAp(POSITIONS, [1.0, 2.0, 3.0])
        for one in (ap, ap[:2], pickle.loads(pickle.dumps(ap))):
            for array in (one.r, one.area, one.positions):
                with pytest.raises(ValueError, match="WRITEABLE"):
                    array.flags.writeable = True

    def test_the_array_is_copied(self):
        r = np.array([1.0, 2.0, 3.0])
        ap = aap.CircAp(POSITIONS, r)
        r[0] = 99.0
        assert ap.r[0] == 1.0

    def test_scalar_and_array_parameters_mix(self, data):
        ap = aap.CircAn(POSITIONS, 1, [2, 3, 4])
        assert ap.r_in == 1.0
        np.testing.assert_allclose(ap.area, np.pi * (np.array([4, 9, 16]) - 1), rtol=1e-15)
        np.testing.assert_allclose(ap.apsum_exact(np.ones_like(data))[1], ap.area, rtol=1e-14)

    @pytest.mark.parametrize("r", [[1.0, 2.0], np.ones((3, 1)), []])
    def test_no_broadcasting(self, r):
        with pytest.raises(ValueError, match=r"r must be a float or have one value per position"):
            aap.CircAp(POSITIONS, r)
        with pytest.raises(ValueError, match=r"shape \(1,\).*got shape \(3,\)"):
            aap.CircAp((1.0, 2.0), [1.0, 2.0, 3.0])

    def test_a_bad_row_names_itself(self):
        with pytest.raises(ValueError, match=r"r\[1\]=-2\.0 must be"):
            aap.CircAp(POSITIONS, [1.0, -2.0, 3.0])

    def test_unvalidated_bad_rows_are_nan_rows(self, data):
        ap = aap.CircAp([(8, 9), (np.nan, 7), (9, 10)], [1.0, 2.0, -3.0], validate=False)
        sums, npix = ap.apsum_exact(data)
        assert np.isnan(sums).tolist() == np.isnan(npix).tolist() == [False, True, True]
        assert np.isnan(ap.area).tolist() == [False, False, True]
        assert ap.bboxes()[1:] == [aap.BoundingBox(0, 0, 0, 0)] * 2
        assert [w.shape for w in ap.weights_exact()[1:]] == [(0, 0), (0, 0)]
        assert [v.size for v in ap.sampled_values(data)[1:]] == [0, 0]
        assert [c.shape for c in ap.weighted_cutout(data)[1:]] == [(0, 0), (0, 0)]
        good = aap.CircAp((8, 9), 1.0)
        assert sums[0] == good.apsum_exact(data)[0]


class TestImmutability:
    @every
    def test_nothing_can_be_set_or_deleted(self, cls, geometry, area):
        ap = cls(POSITIONS, **geometry)
        for name in [*geometry, "positions", "isscalar", "area", "something_new"]:
            with pytest.raises(AttributeError, match="is immutable"):
                setattr(ap, name, 1.0)
            with pytest.raises(AttributeError, match="is immutable"):
                delattr(ap, name)
        with pytest.raises(ValueError, match="read-only"):
            ap.positions[0] = 0.0

    def test_a_path_hands_out_copies(self):
        ap = aap.PathAp((5, 5), SQUARE, [HOLE])
        ap.segments.clear()
        ap.holes[0].clear()
        assert ap == aap.PathAp((5, 5), SQUARE, [HOLE])


class TestIdentity:
    @every
    def test_equal_values_are_equal(self, cls, geometry, area):
        ap, same = cls(POSITIONS, **geometry), cls(np.array(POSITIONS), **geometry)
        assert ap == same
        assert hash(ap) == hash(same)
        assert len({ap, same}) == 1

    @every
    def test_different_values_are_not(self, cls, geometry, area):
        ap = cls(POSITIONS[0], **geometry)
        assert ap != cls([POSITIONS[0]], **geometry)
        assert ap != cls(POSITIONS[1], **geometry)
        assert ap != "something else"
        for name, value in geometry.items():
            if cls is not aap.PathAp:
                assert ap != ap.replace(**{name: value * 1.01})

    def test_shapes_are_not_equal_across_classes(self):
        assert aap.RectAp((1, 2), 3, 4, 0.5) != aap.EllipAp((1, 2), 3, 4, 0.5)

    def test_zeros_of_either_sign_are_equal(self):
        ap, same = aap.CircAp((0.0, -0.0), 1), aap.CircAp((-0.0, 0.0), 1)
        assert ap == same
        assert hash(ap) == hash(same)

    def test_arrays_of_geometry_count(self):
        ap = aap.CircAp(POSITIONS, [1.0, 2.0, 3.0])
        assert ap == aap.CircAp(POSITIONS, np.array([1, 2, 3]))
        assert ap != aap.CircAp(POSITIONS, [1.0, 2.0, 4.0])
        assert aap.CircAp(POSITIONS, 1.0) != aap.CircAp(POSITIONS, [1.0, 1.0, 1.0])

    @every
    @pytest.mark.parametrize("positions", [POSITIONS, POSITIONS[0]])
    def test_pickle_and_copies(self, cls, geometry, area, positions, data):
        ap = cls(positions, **geometry)
        for other in (pickle.loads(pickle.dumps(ap)), copy.copy(ap), copy.deepcopy(ap)):
            assert other == ap
            assert other.isscalar == ap.isscalar
            assert not other.positions.flags.writeable
            np.testing.assert_array_equal(other.apsum_exact(data), ap.apsum_exact(data))

    def test_pickle_keeps_what_validation_would_refuse(self):
        ap = aap.CircAp((np.nan, 1.0), 2.0, validate=False)
        assert pickle.loads(pickle.dumps(ap)) == ap

    @every
    @pytest.mark.parametrize("positions", [POSITIONS, POSITIONS[0]])
    def test_repr_makes_an_equal_aperture(self, cls, geometry, area, positions):
        ap = cls(positions, **geometry)
        assert eval(repr(ap), vars(aap)) == ap

    def test_repr(self):
        assert repr(aap.CircAp((5, 6), r=2)) == "CircAp((5.0, 6.0), r=2.0)"
        assert repr(aap.CircAp([(5, 6), (7, 8)], r=[1, 2])) == "CircAp([(5.0, 6.0), (7.0, 8.0)], r=[1.0, 2.0])"
        many = aap.CircAp(np.ones((1000, 2)), r=np.ones(1000))
        assert repr(many) == "CircAp(<1000 positions>, r=<1000 values>)"
        pill = aap.PillAp((5, 6), 1, 1, 1, plot_samples=10, validate=False)
        assert repr(pill) == "PillAp((5.0, 6.0), w=1.0, a=1.0, b=1.0, theta=0.0, plot_samples=10, validate=False)"
        round_ish = aap.PathAp.polygon((5, 6), [(math.cos(t), math.sin(t)) for t in range(6)])
        assert repr(round_ish) == "PathAp((5.0, 6.0), segments=<7 commands>)"


class TestReplace:
    @every
    def test_positions(self, cls, geometry, area):
        assert cls(POSITIONS[0], **geometry).replace(positions=POSITIONS) == cls(POSITIONS, **geometry)

    def test_geometry(self):
        ap = aap.EllipAn(POSITIONS, 1, 1, 3, 2, theta_in=0.4)
        assert ap.replace(a_in=2.0).a_in == 2.0
        assert ap.replace(theta_in=0.1).theta_out == 0.4
        assert ap.replace(theta_in=0.1, theta_out=None).theta_out == 0.1

    def test_options_stay(self):
        ap = aap.PillAp((np.nan, 1), 3, 1, 1, plot_samples=7, validate=False).replace(w=4)
        assert (ap.w, ap.plot_samples) == (4.0, 7)

    def test_refusals(self):
        with pytest.raises(ValueError, match=r"r=-1\.0 must be"):
            aap.CircAp((1, 2), 3).replace(r=-1)
        with pytest.raises(TypeError, match="radius"):
            aap.CircAp((1, 2), 3).replace(radius=1)


class TestSequence:
    @every
    def test_items_are_scalar_apertures(self, cls, geometry, area):
        ap = cls(POSITIONS, **geometry)
        assert len(ap) == 3
        assert [ap[i] for i in range(3)] == list(ap) == [cls(p, **geometry) for p in POSITIONS]
        assert ap[-1] == ap[2]
        assert ap[np.int64(1)].isscalar

    @every
    @pytest.mark.parametrize(
        ("index", "chosen"),
        [
            (slice(1, None), [1, 2]),
            (slice(None, None, -1), [2, 1, 0]),
            ([2, 0], [2, 0]),
            (np.array([True, False, True]), [0, 2]),
            ([False, True, False], [1]),
            ([], []),
            (Ellipsis, [0, 1, 2]),
        ],
    )
    def test_parts(self, cls, geometry, area, index, chosen):
        part = cls(POSITIONS, **geometry)[index]
        assert not part.isscalar
        assert part == cls(np.array(POSITIONS)[chosen].reshape(-1, 2), **geometry)
        assert part.area == pytest.approx(area)

    def test_geometry_follows(self, data):
        ap = aap.CircAn(POSITIONS, 1.0, [2.0, 3.0, 4.0])
        assert ap[[2, 0]].r_out.tolist() == [4.0, 2.0]
        assert ap[1] == aap.CircAn(POSITIONS[1], 1.0, 3.0)
        assert type(ap[1].r_out) is float

    def test_indexing_keeps_bad_rows(self):
        ap = aap.CircAp([(1, 2), (np.nan, 2)], [1.0, -1.0], validate=False)
        assert np.isnan(ap[1:].area).tolist() == [True]

    @numeric
    @pytest.mark.parametrize("bad", [np.nan, -1e16])
    def test_a_bad_row_alone_is_a_nan_aperture(self, cls, geometry, area, bad, data):
        """Picking checks nothing again; the good rows beside it are as ever."""
        name = next(iter(geometry))
        columns = geometry | {name: [geometry[name], bad, geometry[name]]}
        ap = cls(POSITIONS, **columns, validate=False)
        first, picked, last = ap
        assert picked == ap[1] == ap[-2]
        assert [first, last] == [cls(p, **geometry) for p in (POSITIONS[0], POSITIONS[2])]
        assert picked.isscalar
        assert np.isnan(picked.area).all()
        for result in (*picked.apsum_exact(data), *picked.apsum_center(data), picked.npix_exact(data.shape)):
            assert result.shape == ()
            assert np.isnan(result)
        assert picked.bboxes() == [aap.BoundingBox(0, 0, 0, 0)]
        assert picked.weights_exact()[0].shape == picked.weights_center()[0].shape == (0, 0)
        assert picked.sampled_values(data)[0].size == picked.weighted_values(data)[0].size == 0
        assert pickle.loads(pickle.dumps(picked)) == picked
        assert eval(repr(picked), vars(aap) | {"nan": np.nan}) == picked
        assert picked.replace(**{name: geometry[name]}).area == pytest.approx(area)

    def test_a_bad_position_alone_is_a_nan_aperture(self, data):
        picked = aap.CircAp([(8, 9), (np.nan, 9)], 2.0, validate=False)[1]
        assert np.isnan(picked.apsum_exact(data)).all()
        assert picked.area == pytest.approx(4 * math.pi)

    @every
    def test_picking_is_never_checked_again(self, cls, geometry, area, monkeypatch):
        ap = cls(POSITIONS, **geometry)
        monkeypatch.setattr(cls, "_check", None)
        assert [len(ap[:2]), ap[0].area] == [2, ap.area]

    @pytest.mark.parametrize("index", [3, -4, (0, 0), None, [[0, 1]], np.array([True])])
    def test_bad_indices(self, index):
        with pytest.raises(IndexError):
            aap.CircAp(POSITIONS, 2.0)[index]

    def test_a_scalar_aperture_is_no_sequence(self):
        ap = aap.CircAp(POSITIONS[0], 2.0)
        assert ap
        with pytest.raises(TypeError, match="has no len"):
            len(ap)
        with pytest.raises(TypeError, match="cannot be indexed"):
            ap[0]
        with pytest.raises(TypeError, match="cannot be iterated"):
            iter(ap)


class TestErrors:
    @pytest.mark.parametrize(
        "positions", [(1, 2, 3), [(1, 2, 3)], np.zeros((2, 2, 2)), 1.0, (1,), [[1], [2]], np.empty((2, 0))]
    )
    @pytest.mark.parametrize("validate", [True, False])
    def test_position_shapes(self, positions, validate):
        with pytest.raises(ValueError, match=r"positions must be one \(x, y\) or an array of shape \(N, 2\)"):
            aap.CircAp(positions, 1.0, validate=validate)

    @pytest.mark.parametrize("positions", [("a", "b"), None, [(1, 2j)], ("1", "2"), [(1, 2), (3,)], [{}, {}]])
    def test_positions_that_are_no_numbers(self, positions):
        with pytest.raises((TypeError, ValueError), match="positions must be"):
            aap.CircAp(positions, 1.0)

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_non_finite_positions(self, bad):
        with pytest.raises(ValueError, match=r"positions=\(1\.0, -?(nan|inf)\) must be finite"):
            aap.CircAp((1, bad), 1.0)
        with pytest.raises(ValueError, match=r"positions\[1\]=\(-?(nan|inf), 3\.0\) must be finite"):
            aap.CircAp([(1, 2), (bad, 3)], 1.0)

    def test_masked_positions_are_not_finite(self):
        with pytest.raises(ValueError, match=r"positions\[0\]=\(nan, 2\.0\)"):
            aap.CircAp(np.ma.array([[1, 2], [3, 4]], mask=[[1, 0], [0, 0]]), 1.0)

    @pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf, 0, np.float32(-1)])
    @pytest.mark.parametrize("validate", [True, False])
    def test_scalar_geometry_is_always_checked(self, bad, validate):
        with pytest.raises(ValueError, match=rf"^r={float(bad)}"):
            aap.CircAp((1, 2), bad, validate=validate)

    @pytest.mark.parametrize("bad", ["a", None, "5", 1j, {}, ["a"]])
    def test_geometry_that_is_no_number(self, bad):
        with pytest.raises((TypeError, ValueError), match=r"^r must be a float"):
            aap.CircAp((1, 2), bad)

    @pytest.mark.parametrize("validate", [True, False])
    @pytest.mark.parametrize(
        ("cls", "geometry", "words"),
        [
            (aap.CircAn, (5.0, 3.0), r"r_in=5\.0 must be smaller than r_out=3\.0"),
            (aap.CircAn, (3.0, 3.0), r"r_in=3\.0 must be smaller than r_out=3\.0"),
            (aap.EllipAn, (2, 3, 2, 2.5), r"b_in=3\.0"),
            (aap.RectAn, (2, 3, 2, 3), r"w_in|h_in"),
            (aap.PillAn, (2, 3, 1, 1, 4, 2), r"w_in=2\.0"),
            (aap.WedgeAp, (1, 2, 0, 7), r"dtheta_in=7\.0"),
            (aap.WedgeAp, (2, 6, 1, 1, 2, 0.5), "crosses itself"),
            (aap.EllipAp, (1, 1, np.nan), "theta=nan"),
        ],
    )
    def test_rules_of_each_shape(self, cls, geometry, words, validate):
        with pytest.raises(ValueError, match=words):
            cls((1, 2), *geometry, validate=validate)

    @pytest.mark.parametrize(
        ("segments", "holes", "error"),
        [
            ([], None, ValueError),
            ([("turn", 0, 0)], None, ValueError),
            ([("move", 0)], None, ValueError),
            ([("move", 0, "a")], None, TypeError),
            ("move", None, TypeError),
            ([5], None, TypeError),
            ([("line", 0, 0), ("line", 1, 0), ("line", 0, 1), ("close",)], None, ValueError),
            (SQUARE[:-1], None, ValueError),
            (SQUARE, 5, TypeError),
            (SQUARE, [[]], ValueError),
            (SQUARE, [SQUARE], ValueError),
            (SQUARE, [HOLE, HOLE], ValueError),
            ([("move", 0, 0), ("line", 2, 0), ("line", 2, 2), ("line", 1, -2), ("close",)], None, ValueError),
            ([("move", 0, 0), ("line", 2, np.nan), ("line", 2, 2), ("close",)], None, ValueError),
        ],
    )
    @pytest.mark.parametrize("validate", [True, False])
    def test_paths(self, segments, holes, error, validate):
        with pytest.raises(error):
            aap.PathAp((5, 5), segments, holes, validate=validate)

    @pytest.mark.parametrize(
        ("number", "error", "words"),
        [
            ("0", TypeError, "must be a real number, got '0'"),
            (None, TypeError, "must be a real number, got None"),
            (1j, TypeError, "must be a real number, got 1j"),
            ([1, 2], TypeError, "must be a real number, got an array of shape (2,)"),
            (10**400, ValueError, "must be a real number, got 1000"),
            (np.nan, ValueError, "=nan must be finite"),
            (-np.inf, ValueError, "=-inf must be finite"),
            (np.float32(np.inf), ValueError, "=inf must be finite"),
        ],
    )
    def test_numbers_of_paths(self, number, error, words):
        with pytest.raises(error, match=r"^segments\[1\]: y") as caught:
            aap.PathAp((5, 5), [SQUARE[0], ("line", 1, number), *SQUARE[2:]])
        assert words in str(caught.value)
        with pytest.raises(error, match=r"^holes\[1\]\[0\]: x") as caught:
            aap.PathAp((5, 5), SQUARE, [HOLE, [("move", number, 0), *HOLE[1:]]])
        assert words in str(caught.value)

    @pytest.mark.parametrize(
        ("arc", "words"),
        [
            ((0, 0, -3, 0, 1), "r=-3.0 must be greater than 0"),
            ((0, 0, 0, 0, 1), "r=0.0 must be greater than 0"),
            ((0, 0, np.nan, 0, 1), "r=nan must be finite"),
            ((0, 0, 3, np.inf, 1), "theta0=inf must be finite"),
            ((0, 0, 3, 0, -7), "dtheta=-7.0 must be more than 0 and less than 2 pi in size"),
            ((0, 0, 3, 0, 0), "dtheta=0.0 must be more than 0 and less than 2 pi in size"),
            ((0, np.nan, 3, 0, 1), "cy=nan must be finite"),
        ],
    )
    def test_arcs_of_paths(self, arc, words):
        commands = [("move", 3, 0), ("arc", *arc), ("line", 0, 3), ("close",)]
        with pytest.raises(ValueError, match=r"^segments\[1\]: ") as caught:
            aap.PathAp((5, 5), commands)
        assert words in str(caught.value)
        numbers = np.array([[3, 0, 0, 0, 0, np.nan], [*arc, 0], [0, 3, 0, 0, 0, 0], np.full(6, np.nan)])
        with pytest.raises(ValueError, match=r"^data\[1\]: ") as caught:  # the padding counts for nothing
            aap.PathAp((5, 5), np.array([0, 2, 1, 3]), numbers)
        assert words in str(caught.value)

    @pytest.mark.parametrize("name", [[], {}, 0, None, b"move"])
    def test_names_of_commands(self, name):
        with pytest.raises(ValueError, match=r"^segments\[0\]=.* must start with one of move, line, arc, close"):
            aap.PathAp((5, 5), [(name, 0, 0)])

    @pytest.mark.parametrize(
        ("samples", "error"), [(-1, ValueError), (0, ValueError), (2.5, ValueError), ("a", TypeError)]
    )
    def test_plot_samples(self, samples, error):
        with pytest.raises(error, match=r"plot_samples=.* must be a positive whole number"):
            aap.PillAp((5, 5), 3, 1, 1, plot_samples=samples)

    @pytest.mark.parametrize("vertices", [[(0, 0), (1, 1)], [(0, 0, 0)] * 3, 5, [("a", "b")] * 3])
    def test_polygons(self, vertices):
        with pytest.raises((TypeError, ValueError), match="vertices must"):
            aap.PathAp.polygon((5, 5), vertices)

    @pytest.mark.parametrize("kinds", [[0, 1, 1, 4], [0, 1, 1, -1]])
    def test_unknown_kinds_of_commands(self, kinds):
        with pytest.raises(ValueError, match="kinds of a path"):
            aap.PathAp((5, 5), np.array(kinds), np.zeros((4, 6)))

    def test_lengths_of_kinds_and_data(self):
        with pytest.raises(ValueError, match=r"\(n,\) and \(n, 6\)"):
            aap.PathAp((5, 5), np.array([0, 1, 1, 3]), np.zeros((4, 5)))
