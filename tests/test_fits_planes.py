"""Masks with bits and errors of pixels, in files of their own or in the image's."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from fits_files import measured, pixels, stars, written

import astroapers as aap
from astroapers import Flag
from astroapers._fits import planes
from astroapers._fits.image import open_image
from astroapers._fits.job import Job
from astroapers._fits.planes import Plane, plane, stem

DATA = stars()
AT = pixels([20.3, 44.6], [18.9, 33.1])


@pytest.mark.parametrize(
    ("text", "path", "ext"),
    [
        ("m.fits", "m.fits", None),
        ("m.fits[2]", "m.fits", 2),
        ("m.fits[DQ]", "m.fits", "DQ"),
        (" night/m.fits[DQ,2] ", "night/m.fits", "DQ,2"),
        ("m.fits[]", "m.fits", None),
        ("[DQ]", "images/a.b.fits.gz", "DQ"),
        ("masks/{stem}_m.fits[1]", "masks/a.b_m.fits", 1),
    ],
)
def test_where_planes_are(text, path, ext):
    assert plane("mask", text, Path("images/a.b.fits.gz")) == Plane(Path(path), ext)


@pytest.mark.parametrize("text", ["", "  ", "[]"])
def test_what_names_no_plane(text):
    with pytest.raises(
        ValueError, match=r"mask=.* must be a file and an extension, as in 'mask.fits\[DQ\]' or '\[DQ\]'"
    ):
        plane("mask", text, Path("a.fits"))


def test_stems():
    names = ("a.fits", "a.fit", "a.fits.gz", "a.fits.fz", "a.b.fits", "a")
    assert [stem(Path("x") / name) for name in names] == ["a", "a", "a", "a", "a.b", "a"]


@pytest.fixture
def image(tmp_path):
    return written(tmp_path / "a.fits", DATA)


def bits(dtype):
    """Bits 0, 2 and the highest in three squares."""
    mask = np.zeros(DATA.shape, dtype=dtype)
    mask[18, 20] = 1
    mask[19, 20:22] = 4
    limits = np.iinfo(dtype)
    mask[33, 44] = limits.min or limits.max // 2 + 1
    return mask


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64])
def test_bits(tmp_path, image, dtype):
    """Also of unsigned numbers, which are stored less half of their range, and with the highest bit."""
    mask = bits(dtype)
    fits.writeto(tmp_path / "m.fits", mask)
    highest = 1 << (np.dtype(dtype).itemsize * 8 - 1)
    file = f"{tmp_path}/m.fits"
    opened = open_image(image)
    for wanted, bad in (
        (None, mask != 0),
        (1, mask == 1),
        (4, mask == 4),
        (5, (mask == 1) | (mask == 4)),
        (2, np.zeros(mask.shape, dtype=bool)),
        (highest, mask == mask[33, 44]),
    ):
        read = planes.mask(plane("mask", file, image), wanted, opened)
        np.testing.assert_array_equal(read != 0, bad)
    whole = measured(image, AT).phot
    ours = measured(image, AT, mask=file, mask_bits="1,4").phot
    np.testing.assert_allclose(whole.npix - ours.npix, [3, 0])
    assert ours.flags[0] & Flag.CORE_BAD
    theirs = aap.photometry(DATA, [(20.3, 18.9), (44.6, 33.1)], r=4, annulus=(8, 14), mask=(mask == 1) | (mask == 4))
    np.testing.assert_allclose(ours.flux, theirs.flux)


def test_how_bits_are_written():
    for text in (12, "12", "0xc", "0b1100", "4,8", "4, 0x8", "4,8,4"):
        assert Job(catalog="a", r=3, mask="m", mask_bits=text).mask_bits == 12
    for text in (0, -4, "four", 1.5, "", "4,-8"):
        with pytest.raises(ValueError, match=r"mask_bits=.* must be the sum of values of bits, as in 12, 0xc or 4,8"):
            Job(catalog="a", r=3, mask="m", mask_bits=text)
    with pytest.raises(ValueError, match=r"mask_bits=4 needs mask="):
        Job(catalog="a", r=3, mask_bits=4)


def test_a_mask_is_read_in_place(tmp_path, image):
    fits.writeto(tmp_path / "m.fits", bits(np.int32))
    read = planes.mask(plane("mask", f"{tmp_path}/m.fits", image), None, open_image(image))
    assert read.dtype == ">i4"


def test_floats_as_a_mask(tmp_path, image):
    mask = bits(np.uint8).astype(np.float32)
    mask[0, 0] = np.nan
    fits.writeto(tmp_path / "m.fits", mask)
    read = planes.mask(plane("mask", f"{tmp_path}/m.fits", image), None, open_image(image))
    np.testing.assert_array_equal(read != 0, mask != 0)
    with pytest.raises(ValueError, match=r"mask_bits=4 needs a mask of whole numbers, but .*m.fits holds others"):
        measured(image, AT, mask=f"{tmp_path}/m.fits", mask_bits=4)


def test_undefined_pixels_of_a_mask_are_bad(tmp_path, image):
    mask = bits(np.int16)
    mask[5, 5] = -96  # has not the bit
    written(tmp_path / "m.fits", mask, BLANK=-96)
    for wanted in (None, 4):
        read = planes.mask(plane("mask", f"{tmp_path}/m.fits", image), wanted, open_image(image))
        assert read[5, 5]


def test_planes_of_the_image_s_own_file(tmp_path):
    errors = np.full(DATA.shape, 12.0)
    errors[18, 20] = np.nan
    hdus = [
        fits.PrimaryHDU(),
        fits.ImageHDU(DATA, name="SCI"),
        fits.ImageHDU(errors, name="ERR"),
        fits.ImageHDU(bits(np.uint16), name="DQ"),
    ]
    fits.HDUList(hdus).writeto(tmp_path / "mef.fits")
    ours = measured(tmp_path / "mef.fits", AT, mask="[DQ]", mask_bits=4, error="[ERR]").phot
    theirs = aap.photometry(
        DATA, [(20.3, 18.9), (44.6, 33.1)], r=4, annulus=(8, 14), mask=bits(np.uint16) == 4, error=errors
    )
    np.testing.assert_array_equal(ours.flux, theirs.flux)
    np.testing.assert_array_equal(ours.flux_err, theirs.flux_err)
    np.testing.assert_array_equal(ours.flags, theirs.flags)
    assert ours.flags[0] & Flag.NON_FINITE_ERROR
    assert ours.flags[0] & Flag.MASKED_PIXELS


def test_planes_that_do_not_fit(tmp_path, image):
    fits.writeto(tmp_path / "m.fits", np.zeros((61, 71), dtype=np.uint8))
    for option in ("mask", "error"):
        with pytest.raises(ValueError, match=rf"{option}=.*m.fits \(0\) is 71 x 61 pixels, but the image 70 x 60"):
            measured(image, AT, **{option: f"{tmp_path}/m.fits"})
        with pytest.raises(FileNotFoundError, match=r"none.fits does not exist"):
            measured(image, AT, **{option: f"{tmp_path}/none.fits"})
        with pytest.raises(ValueError, match=r"ext='DQ' is not in .*a.fits"):
            measured(image, AT, **{option: "[DQ]"})


def test_errors_in_another_unit_than_the_image_are_remarked(tmp_path):
    image = written(tmp_path / "a.fits", DATA, BUNIT="adu")
    error = f"{tmp_path}/e.fits"
    for unit, kind, remarked in (("electron", "std", True), ("ADU", "std", False), ("adu2", "var", False)):
        written(tmp_path / "e.fits", np.full(DATA.shape, 3.0), BUNIT=unit)
        notes = measured(image, AT, error=error, error_type=kind).notes
        assert any("error= is in electron but the image in adu" in note for note in notes) == remarked


@pytest.mark.parametrize("kind", ["std", "var", "ivar"])
def test_kinds_of_errors(tmp_path, image, kind):
    sigma = np.random.default_rng(2).uniform(5, 20, DATA.shape)
    fits.writeto(tmp_path / "e.fits", {"std": sigma, "var": sigma**2, "ivar": sigma**-2}[kind])
    ours = measured(image, AT, error=f"{tmp_path}/e.fits", error_type=kind).phot
    theirs = aap.photometry(DATA, [(20.3, 18.9), (44.6, 33.1)], r=4, annulus=(8, 14), error=sigma)
    np.testing.assert_allclose(ours.flux_err, theirs.flux_err, rtol=1e-12)
    squares = [(aap.CircAp(xy, 4).weights_exact()[0] ** 2).sum() for xy in [(20.3, 18.9), (44.6, 33.1)]]
    assert (ours.flux_err > 5 * np.sqrt(squares)).all()
