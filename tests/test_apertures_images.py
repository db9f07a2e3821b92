"""Apertures on images: shapes, dtypes and meaning of every result, masks, cutouts, values."""

import numpy as np
import pytest

import astroapers as aap

POSITIONS = [(5.0, 6.0), (18.0, 19.0), (50.0, 50.0)]


@pytest.fixture
def data():
    return np.arange(440.0).reshape(20, 22)


@pytest.fixture
def mask():
    mask = np.zeros((20, 22), dtype=bool)
    mask[6, 5:7] = True
    return mask


class TestSums:
    @pytest.mark.parametrize("method", ["exact", "center"])
    def test_shapes(self, data, method):
        for positions, shape in ((POSITIONS[0], ()), (POSITIONS[:1], (1,)), (POSITIONS, (3,))):
            ap = aap.CircAp(positions, r=2.0)
            sums = getattr(ap, f"apsum_{method}")
            for array in (*sums(data), sums(data, return_npix=False), getattr(ap, f"npix_{method}")(data.shape)):
                assert type(array) is np.ndarray
                assert array.dtype == np.float64
                assert array.shape == shape

    @pytest.mark.parametrize("method", ["exact", "center"])
    def test_sum_of_weights_times_values(self, data, mask, method):
        ap = aap.EllipAp(POSITIONS, 3.0, 2.0, 0.4)
        sums, npix = getattr(ap, f"apsum_{method}")(data, mask)
        weights = getattr(ap, f"weights_{method}")()
        whole = [b.to_image(w, data.shape) * ~mask for w, b in zip(weights, ap.bboxes(), strict=True)]
        np.testing.assert_allclose(sums, [(w * data).sum() for w in whole], rtol=1e-13)
        np.testing.assert_allclose(npix, [w.sum() for w in whole], rtol=1e-13)
        np.testing.assert_array_equal(getattr(ap, f"npix_{method}")(data.shape, mask=mask), npix)

    def test_return_npix_changes_no_bit(self, data):
        ap = aap.CircAp(POSITIONS, r=2.3)
        np.testing.assert_array_equal(ap.apsum_exact(data, return_npix=False), ap.apsum_exact(data)[0])

    def test_npix_inside_is_the_area(self, data):
        ap = aap.CircAn((10.0, 9.7), 2.2, 5.1)
        assert ap.apsum_exact(data)[1] == ap.npix_exact(data.shape) == ap.area

    def test_off_the_image(self, data):
        assert [float(v) for v in aap.CircAp((50, 50), 2.0).apsum_exact(data)] == [0.0, 0.0]

    @pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)])
    def test_empty_images(self, shape):
        ap = aap.CircAp((1, 1), 2.0)
        assert [float(v) for v in ap.apsum_exact(np.zeros(shape))] == [0.0, 0.0]
        assert ap.npix_exact(shape) == 0.0
        assert ap.sampled_values(np.zeros(shape))[0].size == 0

    def test_single_results_format_like_floats(self, data):
        flux, npix = aap.CircAp((5.0, 6.0), r=2.0).apsum_exact(np.ones_like(data))
        assert f"{flux:.3f} {npix:.3f}" == "12.566 12.566"


class TestImages:
    @pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "bool"])
    @pytest.mark.parametrize("order", ["<", ">"])
    def test_equal_values_give_equal_bits(self, dtype, order):
        values = np.random.default_rng(2).integers(0, 2 if dtype == "bool" else 100, (20, 22))
        ap = aap.CircAp(POSITIONS, r=2.3)
        image = values.astype(np.dtype(dtype).newbyteorder(order))
        np.testing.assert_array_equal(ap.apsum_exact(image), ap.apsum_exact(values.astype(np.float64)))

    def test_layouts(self, data):
        ap = aap.CircAp(POSITIONS, r=2.3)
        expected = ap.apsum_exact(data)
        wide = np.zeros((40, 44))
        wide[::2, ::2] = data
        record = np.zeros((20, 22), dtype=[("flag", "u1"), ("value", ">f8")])
        record["value"] = data
        layouts = [np.asfortranarray(data), wide[::2, ::2], data[::-1, ::-1].copy()[::-1, ::-1], record["value"]]
        for image in [*layouts, data.tolist(), data.view(np.ma.MaskedArray)]:
            np.testing.assert_array_equal(ap.apsum_exact(image), expected)

    def test_objects_that_hold_arrays(self, data):
        class Frame:
            def __array__(self, dtype=None, copy=None):
                return data

        np.testing.assert_array_equal(
            aap.CircAp(POSITIONS, 2.0).apsum_exact(Frame()), aap.CircAp(POSITIONS, 2.0).apsum_exact(data)
        )

    @pytest.mark.parametrize(
        ("image", "error", "words"),
        [
            (np.zeros((5, 5), dtype=complex), TypeError, r"complex128; take the real part or abs\(data\)"),
            (np.zeros((5, 5), dtype="U1"), TypeError, "data has dtype"),
            (np.zeros((5, 5), dtype=object), TypeError, "data has dtype object"),
            (np.zeros((5, 5), dtype="M8[s]"), TypeError, "data has dtype"),
            (np.zeros((5, 5), dtype=[("a", float)]), TypeError, "data has dtype"),
            (np.zeros((5, 5), dtype=np.longdouble), TypeError, r"astype\(float\)"),
            (np.zeros(5), ValueError, r"data must be a 2-D array, got shape \(5,\)"),
            (np.zeros((5, 5, 5)), ValueError, r"data must be a 2-D array, got shape \(5, 5, 5\)"),
            (3.0, ValueError, r"data must be a 2-D array, got shape \(\)"),
            ([[1, 2], [3]], ValueError, "data must be a 2-D array"),
            (None, (TypeError, ValueError), "data"),
        ],
    )
    @pytest.mark.parametrize(
        "method",
        ["apsum_exact", "apsum_center", "sampled_values", "weighted_values", "sampled_cutout", "weighted_cutout"],
    )
    def test_refused_images(self, image, error, words, method):
        with pytest.raises(error, match=words):
            getattr(aap.CircAp((2, 2), 1.0), method)(image)

    @pytest.mark.parametrize("shape", [(5,), (5, 5, 5), 5, (5, -1), (5, 2.5), (5, "a"), None])
    def test_refused_frames(self, shape):
        with pytest.raises((TypeError, ValueError), match="shape"):
            aap.CircAp((2, 2), 1.0).npix_exact(shape)

    def test_whole_floats_are_a_frame(self):
        assert aap.CircAp((2, 2), 1.0).npix_center((5.0, np.int16(5))) == 1.0


class TestMasks:
    @pytest.mark.parametrize(
        "convert", [np.asarray, lambda m: m.astype(np.int16), lambda m: m * 0.5, np.ndarray.tolist]
    )
    def test_nonzero_is_masked(self, data, mask, convert):
        ap = aap.CircAp(POSITIONS, 2.0)
        np.testing.assert_array_equal(ap.apsum_exact(data, convert(mask)), ap.apsum_exact(data, mask))
        assert ap.npix_exact(data.shape, mask=convert(mask))[0] == pytest.approx(np.pi * 4 - 2)

    def test_the_mask_of_masked_data_counts(self, data, mask):
        ap = aap.CircAp(POSITIONS, 2.0)
        spoilt = np.where(mask, np.nan, data)
        masked = np.ma.array(spoilt, mask=mask)
        np.testing.assert_array_equal(ap.apsum_exact(masked), ap.apsum_exact(data, mask))
        other = np.zeros_like(mask)
        other[5, 5] = True
        np.testing.assert_array_equal(ap.apsum_exact(masked, other), ap.apsum_exact(data, mask | other))
        assert [v.tolist() for v in ap.sampled_values(masked, mask=other)] == [
            v.tolist() for v in ap.sampled_values(data, mask=mask | other)
        ]

    def test_no_mask_at_all(self, data):
        ap = aap.CircAp(POSITIONS, 2.0)
        np.testing.assert_array_equal(ap.apsum_exact(data, np.ma.nomask), ap.apsum_exact(data))

    def test_a_masked_mask_masks(self, data, mask):
        ap = aap.CircAp(POSITIONS, 2.0)
        unsure = np.ma.array(np.zeros_like(mask), mask=mask)
        np.testing.assert_array_equal(ap.apsum_exact(data, unsure), ap.apsum_exact(data, mask))

    @pytest.mark.parametrize("shape", [(20, 21), (20,), (20, 22, 1), ()])
    def test_wrong_shapes(self, data, shape):
        ap = aap.CircAp((5, 6), 2.0, validate=False)
        wrong = np.zeros(shape, dtype=np.int8)
        for call in (
            lambda: ap.apsum_exact(data, wrong),
            lambda: ap.npix_center(data.shape, mask=wrong),
            lambda: ap.sampled_values(data, mask=wrong),
            lambda: ap.weighted_cutout(data, wrong),
        ):
            with pytest.raises(ValueError, match=r"mask must have the shape \(20, 22\)"):
                call()


class TestCutouts:
    def test_weighted(self, data, mask):
        ap = aap.CircAp([(5.0, 6.0), (0.0, 1.0)], r=1.5)
        weights, boxes = ap.weights_exact(), ap.bboxes()
        cutouts = ap.weighted_cutout(data, mask, fill_value=-1)
        for cutout, weight, box in zip(cutouts, weights, boxes, strict=True):
            assert cutout.dtype == np.float64
            assert cutout.shape == box.shape
            yy, xx = np.mgrid[box.iymin : box.iymax, box.ixmin : box.ixmax]
            inside = (yy >= 0) & (xx >= 0)
            open_ = inside & ~mask[np.where(inside, yy, 0), np.where(inside, xx, 0)]
            expected = np.where(open_, weight * data[np.where(inside, yy, 0), np.where(inside, xx, 0)], -1.0)
            np.testing.assert_allclose(cutout, expected, rtol=1e-14)

    def test_sampled(self, data, mask):
        (cutout,) = aap.CircAp((5.0, 6.0), r=1.2).sampled_cutout(data, mask)
        np.testing.assert_array_equal(
            cutout, [[0.0, data[5, 5], 0.0], [data[6, 4], np.nan, np.nan], [0.0, data[7, 5], 0.0]]
        )

    def test_pixels(self, data, mask):
        ap = aap.CircAp([(5.0, 6.0), (0.0, 0.0), (50, 50)], r=1.2)
        cutouts, pixels = ap.sampled_cutout(data, mask, return_pix=True)
        values, flat_pixels = ap.sampled_values(data, mask=mask, return_pix=True)
        for cutout, (yy, xx), value, (y, x) in zip(cutouts, pixels, values, flat_pixels, strict=True):
            assert cutout.shape == yy.shape == xx.shape
            assert yy.dtype == xx.dtype == np.float64
            chosen = np.isfinite(yy)
            np.testing.assert_array_equal(chosen, np.isfinite(xx))
            np.testing.assert_array_equal(cutout[chosen], value)
            np.testing.assert_array_equal(yy[chosen], y)
            np.testing.assert_array_equal(xx[chosen], x)
        assert cutouts[1][0, 0] != cutouts[1][0, 0]  # off the image: NaN

    def test_a_bad_value_under_zero_weight_is_zero(self, data):
        data[5, 4] = np.nan
        data[7, 6] = np.inf
        (sampled,) = aap.CircAp((5.0, 6.0), r=1.2).sampled_cutout(data)
        assert np.isfinite(sampled).all()
        assert sampled[0, 0] == sampled[2, 2] == 0.0

    def test_a_huge_box_is_an_error(self, data):
        with pytest.raises(ValueError, match="too large"):
            aap.CircAp((5.0, 6.0), r=1e9).weighted_cutout(data)
        with pytest.raises(ValueError, match="too large"):
            aap.CircAp((5.0, 6.0), r=1e9).weights_exact()


class TestValues:
    @pytest.mark.parametrize("dtype", ["i2", ">i2", "u8", "f4", ">f8", "bool", "f2"])
    def test_sampled(self, dtype, mask):
        image = np.random.default_rng(3).integers(0, 2, (20, 22)).astype(dtype)
        ap = aap.CircAp(POSITIONS, r=2.0)
        values, pixels = ap.sampled_values(image, mask=mask, return_pix=True)
        for value, (yy, xx), weight, box in zip(values, pixels, ap.weights_center(), ap.bboxes(), strict=True):
            assert value.dtype == np.dtype(dtype).newbyteorder("=")
            full = box.to_image(weight, image.shape) > 0
            np.testing.assert_array_equal(value, image[full & ~mask])
            assert np.array_equal((yy, xx), np.nonzero(full & ~mask))
            np.testing.assert_array_equal(image[yy, xx], value)
        assert ap.sampled_values(image)[2].dtype == np.dtype(dtype).newbyteorder("=")

    @pytest.mark.parametrize("threads", [1, 2])
    @pytest.mark.parametrize("dtype", [">i2", "f8"])
    def test_many_in_company_are_what_each_is_alone(self, dtype, threads):
        """So many pixels that they are counted first and the sources are visited by place."""
        rng = np.random.default_rng(4)
        image = rng.integers(0, 1000, (300, 400)).astype(dtype)
        mask = rng.random(image.shape) < 0.02
        positions = rng.uniform(-20.0, 420.0, (700, 2))
        aap.set_num_threads(threads)
        for flags in (None, mask):
            stars = aap.CircAn(positions, 5.0, 12.0)
            listed = stars.sampled_values(image, mask=flags)
            values, (yy, xx), offsets = stars.sampled_values(image, mask=flags, flat=True, return_pix=True)
            alone = [aap.CircAn(position, 5.0, 12.0).sampled_values(image, mask=flags)[0] for position in positions]
            assert values.dtype == np.dtype(dtype).newbyteorder("=")
            np.testing.assert_array_equal(image[yy, xx], values)
            np.testing.assert_array_equal(np.diff(offsets), [one.size for one in alone])
            np.testing.assert_array_equal(values, np.concatenate(alone))
            np.testing.assert_array_equal(np.concatenate(listed), values)

    def test_large_integers_are_exact(self):
        image = np.full((5, 5), 2**63 + 1, dtype=np.uint64)
        assert aap.CircAp((2, 2), 1.0).sampled_values(image)[0].tolist() == [2**63 + 1]

    def test_flat(self, data, mask):
        ap = aap.CircAp(POSITIONS, r=2.0)
        listed, pixels = ap.sampled_values(data, mask=mask, return_pix=True)
        values, (yy, xx), offsets = ap.sampled_values(data, mask=mask, flat=True, return_pix=True)
        assert offsets.dtype == np.int64
        assert offsets.tolist() == np.cumsum([0] + [v.size for v in listed]).tolist()
        np.testing.assert_array_equal(values, np.concatenate(listed))
        np.testing.assert_array_equal(yy, np.concatenate([y for y, _ in pixels]))
        np.testing.assert_array_equal(xx, np.concatenate([x for _, x in pixels]))
        again, same = ap.sampled_values(data, mask=mask, flat=True)
        np.testing.assert_array_equal(again, values)
        np.testing.assert_array_equal(same, offsets)

    def test_weighted(self, data, mask):
        ap = aap.CircAp(POSITIONS, r=2.0)
        listed = ap.weighted_values(data, mask=mask)
        for value, weight, box in zip(listed, ap.weights_exact(), ap.bboxes(), strict=True):
            full = box.to_image(weight, data.shape) * ~mask
            np.testing.assert_allclose(value, (full * data)[full > 0], rtol=1e-14)
        values, offsets = ap.weighted_values(data.astype("f4"), mask=mask, flat=True)
        assert values.dtype == np.float64
        np.testing.assert_array_equal(values, np.concatenate(listed))
        assert offsets.tolist() == np.cumsum([0] + [v.size for v in listed]).tolist()

    def test_mask_and_flags_are_keywords(self, data, mask):
        with pytest.raises(TypeError):
            aap.CircAp(POSITIONS, 2.0).sampled_values(data, mask)
        with pytest.raises(TypeError):
            aap.CircAp(POSITIONS, 2.0).weighted_values(data, mask)


class TestWeights:
    def test_always_lists(self):
        ap = aap.CircAp((5.0, 6.0), r=2.0)
        for arrays in (ap.weights_exact(), ap.weights_center()):
            assert isinstance(arrays, list)
            assert arrays[0].shape == ap.bboxes()[0].shape == (5, 5)
            assert arrays[0].dtype == np.float64

    def test_they_do_not_depend_on_an_image(self):
        near, far = aap.CircAp((0.3, 0.6), r=2.0), aap.CircAp((1000.3, -999.4), r=2.0)
        np.testing.assert_allclose(far.weights_exact()[0], near.weights_exact()[0], atol=1e-12)
