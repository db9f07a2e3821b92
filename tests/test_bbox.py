"""Bounding boxes and what weights on them do."""

import dataclasses
import pickle

import numpy as np
import pytest

from astroapers import BoundingBox, CircAp, OverlapSlices

BOX = BoundingBox(3, 8, 4, 9)
CUT = BoundingBox(16, 22, -2, 3)  # reaches beyond two edges of a 20 x 20 image
OFF = BoundingBox(50, 55, 50, 55)
EMPTY = BoundingBox(0, 0, 0, 0)


@pytest.fixture
def image():
    return np.arange(400.0).reshape(20, 20)


def ones(box, dtype=float):
    return np.ones(box.shape, dtype=dtype)


class TestValue:
    def test_fields_and_shape(self):
        assert repr(BOX) == "BoundingBox(ixmin=3, ixmax=8, iymin=4, iymax=9)"
        assert CUT.shape == (5, 6)
        assert EMPTY.shape == (0, 0)
        assert BoundingBox(np.int64(3), 8.0, np.uint8(4), np.array(9.0)) == BOX
        assert type(BoundingBox(np.int64(3), 8.0, 4, 9).ixmin) is int

    def test_frozen_hashable_picklable(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            BOX.ixmin = 1
        assert hash(BOX) == hash(BoundingBox(3, 8, 4, 9))
        assert pickle.loads(pickle.dumps(BOX)) == BOX
        assert dataclasses.replace(BOX, ixmin=2) == BoundingBox(2, 8, 4, 9)

    def test_boxes_of_apertures_are_the_same_kind(self):
        (box,) = CircAp((5, 6), 2).bboxes()
        assert box == BOX
        assert hash(box) == hash(BOX)
        assert pickle.loads(pickle.dumps(box)) == BOX

    @pytest.mark.parametrize("bad", ["a", 1.5, None, np.nan])
    def test_bounds_are_whole_numbers(self, bad):
        with pytest.raises(TypeError, match="iymin must hold whole numbers"):
            BoundingBox(0, 5, bad, 5)

    def test_bounds_are_ordered(self):
        with pytest.raises(ValueError, match="ixmax=2 must not be smaller than ixmin=3"):
            BoundingBox(3, 2, 0, 1)
        with pytest.raises(ValueError, match="iymax=0 must not be smaller than iymin=1"):
            BoundingBox(3, 4, 1, 0)


class TestOverlap:
    def test_slices(self, image):
        inside = BOX.overlap_slices(image.shape)
        assert isinstance(inside, OverlapSlices)
        assert inside == ((slice(4, 9), slice(3, 8)), (slice(0, 5), slice(0, 5)))
        assert CUT.overlap_slices(image.shape) == ((slice(0, 3), slice(16, 20)), (slice(2, 5), slice(0, 4)))
        assert image[inside.image].shape == BOX.shape

    @pytest.mark.parametrize("box", [OFF, EMPTY, BoundingBox(20, 25, 0, 5), BoundingBox(-5, 0, 0, 5)])
    def test_none(self, box):
        assert box.overlap_slices((20, 20)) is None

    @pytest.mark.parametrize("shape", [(20,), (20, -1), 20, (1, 2, 3)])
    def test_bad_shapes(self, shape):
        with pytest.raises((TypeError, ValueError), match="shape"):
            BOX.overlap_slices(shape)

    def test_fits_sections(self, image):
        assert BOX.to_fits_section() == BOX.to_fits_section(image.shape) == "[4:8,5:9]"
        assert CUT.to_fits_section(image.shape) == "[17:20,1:3]"
        with pytest.raises(ValueError, match="does not overlap"):
            OFF.to_fits_section(image.shape)
        with pytest.raises(ValueError, match="begins outside"):
            CUT.to_fits_section()
        with pytest.raises(ValueError, match="is empty"):
            EMPTY.to_fits_section()


class TestSums:
    def test_by_hand(self, image):
        assert BOX.apsum(ones(BOX), image) == (3125.0, 25.0)
        assert CUT.apsum(ones(CUT), image) == (450.0, 12.0)
        assert OFF.apsum(ones(OFF), image) == (0.0, 0.0)
        assert EMPTY.apsum(np.empty((0, 0)), image) == (0.0, 0.0)
        assert BOX.apsum(-2 * ones(BOX), image) == (-6250.0, -50.0)
        assert BOX.npix(ones(BOX) / 2, image.shape) == 12.5
        assert CUT.npix(ones(CUT), image.shape) == 12.0
        assert OFF.npix(ones(OFF), image.shape) == 0.0

    @pytest.mark.parametrize("dtype", ["f4", "f8", ">f4", "i2", "u1", "bool"])
    def test_python_floats_of_float64_sums(self, image, dtype):
        values = np.full((20, 20), 1 / 3).astype(dtype)
        total, npix = BOX.apsum(ones(BOX, "f4"), values)
        assert type(total) is type(npix) is type(BOX.npix(ones(BOX, "f4"), image.shape)) is float
        assert total == pytest.approx(float(values[0, 0]) * 25, rel=1e-14)
        assert type(BOX.apsum(ones(BOX), values, return_npix=False)) is float

    def test_masks(self, image):
        mask = np.zeros((20, 20), dtype=int)
        mask[5, 4] = 7
        spoilt = np.where(mask, np.nan, image)
        assert (
            BOX.apsum(ones(BOX), spoilt, mask) == BOX.apsum(ones(BOX), np.ma.array(spoilt, mask=mask)) == (3021.0, 24.0)
        )
        assert BOX.npix(ones(BOX), image.shape, mask) == 24.0

    def test_zero_weight_keeps_bad_values_out(self, image):
        weights, image = ones(BOX), image.copy()
        weights[0, 0] = 0.0
        image[4, 3] = np.nan
        assert BOX.apsum(weights, image) == (3125.0 - 83.0, 24.0)
        image[5, 4] = np.nan
        assert np.isnan(BOX.apsum(weights, image)[0])

    def test_they_agree_with_the_aperture(self, image):
        ap = CircAp([(5.2, 6.1), (19.0, 0.4)], 2.3)
        rows = [b.apsum(w, image) for b, w in zip(ap.bboxes(), ap.weights_exact(), strict=True)]
        np.testing.assert_allclose(np.transpose(rows), ap.apsum_exact(image), rtol=1e-13)


class TestArrays:
    def test_to_image(self):
        full = CUT.to_image(2 * ones(CUT), (20, 20))
        assert full.sum() == 24.0
        assert full[:3, 16:].min() == 2.0
        assert np.isnan(BOX.to_image(ones(BOX), (20, 20), fill_value=np.nan)[0, 0])
        assert OFF.to_image(ones(OFF), (20, 20)).sum() == 0.0

    @pytest.mark.parametrize(
        ("weights", "values", "result"),
        [
            ("f4", "f4", "f4"),
            ("f4", ">f4", "f4"),
            ("f4", "i2", "f4"),
            ("f4", "f8", "f8"),
            ("f4", "i4", "f8"),
            ("f8", "f4", "f8"),
            ("i4", "i4", "f8"),
            ("bool", "f4", "f8"),
        ],
    )
    def test_dtypes(self, image, weights, values, result):
        w, data = ones(BOX, weights), image.astype(values)
        for array in (BOX.weighted_cutout(w, data), BOX.weighted_values(w, data)):
            assert array.dtype == np.dtype(result)
            np.testing.assert_array_equal(array.ravel(), data[4:9, 3:8].ravel())
        assert BOX.to_image(w, (20, 20)).dtype == (np.float32 if weights == "f4" else np.float64)

    def test_cutout(self, image):
        mask = np.zeros((20, 20), dtype=bool)
        mask[2, 17] = True
        weights = ones(CUT)
        weights[4, 0] = 0.0
        image[2, 16] = np.inf
        cutout = CUT.weighted_cutout(weights, image, mask, fill_value=-1)
        np.testing.assert_array_equal(cutout[:2], -1.0)
        np.testing.assert_array_equal(cutout[:, 4:], -1.0)
        np.testing.assert_array_equal(cutout[4, :4], [0.0, -1.0, 58.0, 59.0])
        assert np.isnan(OFF.weighted_cutout(ones(OFF), image)).all()

    def test_values(self, image):
        weights = ones(BOX) / 2
        weights[1:] = 0.0
        weights[0, 0] = -1.0
        image[8, 7] = np.nan
        mask = np.zeros((20, 20), dtype=bool)
        mask[4, 4] = True
        np.testing.assert_array_equal(BOX.weighted_values(weights, image, mask), image[4, 5:8] / 2)
        assert OFF.weighted_values(ones(OFF), image).shape == (0,)


class TestErrors:
    CALLS = (
        pytest.param(lambda b, w, d, m, **k: b.apsum(w, d, m, **k), id="apsum"),
        pytest.param(lambda b, w, d, m, **k: b.weighted_cutout(w, d, m, **k), id="weighted_cutout"),
        pytest.param(lambda b, w, d, m, **k: b.weighted_values(w, d, m, **k), id="weighted_values"),
        pytest.param(lambda b, w, d, m, **k: b.npix(w, np.shape(d), m, **k), id="npix"),
        pytest.param(lambda b, w, d, m, **k: b.to_image(w, np.shape(d), **k), id="to_image"),
    )

    @pytest.mark.parametrize("call", CALLS)
    def test_weights(self, image, call):
        with pytest.raises(ValueError, match=r"weights must have the shape \(5, 5\) of the bounding box, got \(5, 6\)"):
            call(BOX, np.ones((5, 6)), image, None)
        with pytest.raises(ValueError, match="weights must be a 2-D array: "):
            call(BOX, [[1.0, 2.0], [3.0]], image, None)
        with pytest.raises(TypeError, match="weights must be real numbers, got dtype complex128"):
            call(BOX, ones(BOX, complex), image, None)

    @pytest.mark.parametrize("call", CALLS)
    def test_unchecked_weights_are_cut_to_the_overlap(self, image, call):
        checked = call(BOX, ones(BOX), image, None)
        np.testing.assert_array_equal(call(BOX, np.ones((6, 7)), image, None, validate=False), checked)

    @pytest.mark.parametrize("call", CALLS[:4])
    def test_masks(self, image, call):
        with pytest.raises(ValueError, match="mask must have the shape"):
            call(BOX, ones(BOX), image, np.zeros((19, 20)))

    @pytest.mark.parametrize("call", CALLS[:3])
    def test_images(self, image, call):
        with pytest.raises(TypeError, match="data has dtype complex128"):
            call(BOX, ones(BOX), image * 1j, None)
        with pytest.raises(ValueError, match="2-D"):
            call(BOX, ones(BOX), image[0], None)
