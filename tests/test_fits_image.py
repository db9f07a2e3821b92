"""Images are read where they lie, whatever kind of file they are in."""

import gzip
import shutil

import numpy as np
import pytest
from astropy.io import fits
from fits_files import M13, M13_COMPRESSED, SIP, XY, celestial, measured, pixels, real, stars, written

import astroapers as aap
from astroapers import Flag
from astroapers._fits.image import open_image, opened
from astroapers._fits.sections import Section, section

NUMBERS = np.arange(12, dtype=np.int16).reshape(3, 4)


def test_a_plain_image(tmp_path):
    image = open_image(written(tmp_path / "a.fits", NUMBERS))
    np.testing.assert_array_equal(image.data, NUMBERS)
    assert image.data.dtype == ">i2"
    assert (image.ext, image.bscale, image.bzero, image.blank) == ("0", 1.0, 0.0, None)
    assert image.section == Section(0, 4, 0, 3)
    assert image.step == 1
    assert image.wcs is None


def test_unsigned_integers_are_neither_scaled_nor_shifted(tmp_path):
    path = tmp_path / "a.fits"
    fits.writeto(path, np.array([[0, 40000], [65535, 1]], dtype=np.uint16))
    image = open_image(path)
    np.testing.assert_array_equal(image.data, [[-32768, 7232], [32767, -32767]])
    np.testing.assert_array_equal(image.physical(), [[0, 40000], [65535, 1]])
    assert (image.bscale, image.bzero, image.step) == (1.0, 32768.0, 1.0)


def test_undefined_pixels(tmp_path):
    image = open_image(written(tmp_path / "a.fits", NUMBERS, BLANK=5, BSCALE=2.0, BZERO=1.0))
    np.testing.assert_array_equal(image.undefined, NUMBERS == 5)
    expected = NUMBERS * 2.0 + 1
    expected[NUMBERS == 5] = np.nan
    np.testing.assert_array_equal(image.physical(), expected)
    assert open_image(written(tmp_path / "b.fits", NUMBERS, BLANK=99)).undefined is None
    assert open_image(written(tmp_path / "c.fits", NUMBERS.astype(float), BLANK=5)).blank is None


@pytest.mark.parametrize("shape", [(1, 3, 4), (1, 1, 3, 4)])
def test_degenerate_axes(tmp_path, shape):
    cards = {**celestial((3, 4)), "WCSAXES": len(shape)}
    for axis, (kind, value) in enumerate((("FREQ", 1e9), ("STOKES", 1.0))[: len(shape) - 2], 3):
        cards |= {f"CTYPE{axis}": kind, f"CRPIX{axis}": 1.0, f"CRVAL{axis}": value, f"CDELT{axis}": 1.0}
    image = open_image(written(tmp_path / "a.fits", NUMBERS.reshape(shape), cards))
    np.testing.assert_array_equal(image.data, NUMBERS)
    assert image.wcs.pixel_to_world(1.0, 0.5).dec.deg == pytest.approx(20.0)


def test_a_cube_is_no_image(tmp_path):
    path = written(tmp_path / "a.fits", np.zeros((2, 3, 4)))
    with pytest.raises(ValueError, match=r"has no two-dimensional image, but 0 of shape \(2, 3, 4\)"):
        open_image(path)
    with pytest.raises(ValueError, match=r"ext=0 of .* is no two-dimensional image but of shape \(2, 3, 4\)"):
        open_image(path, 0)


@pytest.fixture
def several(tmp_path):
    """A primary header without pixels, a table, three images of which two share a name."""
    images = [
        fits.ImageHDU(NUMBERS + k, name=name, ver=version)
        for k, (name, version) in enumerate((("SCI", 1), ("DQ", 1), ("SCI", 2)))
    ]
    table = fits.BinTableHDU.from_columns([fits.Column("a", "E", array=[1.0])], name="LIST")
    fits.HDUList([fits.PrimaryHDU(), table, *images]).writeto(tmp_path / "a.fits")
    return tmp_path / "a.fits"


def test_extensions(several):
    first = open_image(several)
    assert (first.number, first.ext) == (2, "2 (SCI)")
    assert first.notes == (
        f"{several} has several images, 2 (SCI), 3 (DQ), 4 (SCI): the first is taken; ext= chooses another",
    )
    for ext, added in ((2, 0), ("DQ", 1), ("dq", 1), ("SCI,2", 2), ("SCI", 0), (4, 2)):
        chosen = open_image(several, ext)
        np.testing.assert_array_equal(chosen.data, NUMBERS + added)
        assert chosen.notes == ()


@pytest.mark.parametrize(
    ("ext", "words"),
    [
        (9, "ext=9 is not in"),
        (-1, "ext=-1 is not in"),
        ("ERR", "ext='ERR' is not in"),
        ("SCI,3", "ext='SCI,3' is not in"),
        ("LIST", "ext='LIST' of .* is no two-dimensional image but a table"),
        (0, r"ext=0 of .* is no two-dimensional image but of shape \(\)"),
    ],
)
def test_extensions_that_are_not_there(several, ext, words):
    with pytest.raises(ValueError, match=rf"{words}.*its images are 2 .SCI., 3 .DQ., 4 .SCI.$"):
        open_image(several, ext)


def test_what_is_no_image(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"a\.fits does not exist"):
        open_image(tmp_path / "a.fits")
    with pytest.raises(FileNotFoundError, match=r"is no file"):
        open_image(tmp_path)
    for name, content in {"text.fits": b"hello", "empty.fits": b"", "bad.fits.gz": b"\x1f\x8b\x08rubbish"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(OSError, match=rf"{name} cannot be read as FITS: [^\n]*$"):
            open_image(tmp_path / name)
    with pytest.raises(ValueError, match=r"has no two-dimensional image$"):
        open_image(written(tmp_path / "line.fits", np.zeros(5)))


def test_a_file_that_ends_in_the_header_of_its_image_says_more_than_that_it_has_none(tmp_path):
    whole = tmp_path / "whole.fits"
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.zeros((100, 100)))]).writeto(whole)
    (tmp_path / "cut.fits").write_bytes(whole.read_bytes()[: 2880 + 300])
    with pytest.raises(
        ValueError, match=r"cut.fits has no two-dimensional image: what follows its last extension is damaged"
    ):
        open_image(tmp_path / "cut.fits")


def test_a_file_that_was_cut_short(tmp_path):
    whole = written(tmp_path / "a.fits", np.zeros((100, 100)))
    (tmp_path / "cut.fits").write_bytes(whole.read_bytes()[:20000])
    with pytest.raises(OSError, match=r"cut.fits [^\n]*$"):
        open_image(tmp_path / "cut.fits")
    squeezed = gzip.compress(whole.read_bytes())
    (tmp_path / "cut.fits.gz").write_bytes(squeezed[: len(squeezed) // 2])
    with pytest.raises(OSError, match=r"cut.fits.gz cannot be read as FITS: [^\n]*$"):
        open_image(tmp_path / "cut.fits.gz")


@pytest.mark.parametrize(
    ("cards", "words"),
    [
        ({"BSCALE": 0.0}, "BSCALE=0 of .* makes all pixels equal"),
        ({"BSCALE": "two"}, "BSCALE='two' of .* must be a finite number"),
        ({"BZERO": True}, "BZERO=True of .* must be a finite number"),
    ],
)
def test_scales_that_make_no_sense(tmp_path, cards, words):
    path = tmp_path / "a.fits"
    hdu = fits.PrimaryHDU(NUMBERS)
    hdu.writeto(path)
    content = path.read_bytes()
    ((keyword, value),) = cards.items()
    card = fits.Card(keyword, value).image.encode()
    end = content.index(b"END" + b" " * 77)
    path.write_bytes(content[:end] + card + content[end : end + 80] + content[end + 160 :])
    with pytest.raises(ValueError, match=words):
        open_image(path)


def same(one, other, *columns):
    for name in columns or ("x", "y", "flux", "flux_err", "apsum", "npix", "flags", "sky", "sky_std", "n_sky"):
        np.testing.assert_array_equal(getattr(one.phot, name), getattr(other.phot, name), err_msg=name)


@pytest.mark.parametrize("kind", M13_COMPRESSED)
def test_compressed_twins_of_m13_are_identical(kind):
    catalog = pixels([126.4, 200.1, 280.0, 3.0], [127.0, 90.2, 299.0, 4.0])
    plain, twin = measured(M13, catalog, zeropoint=20), measured(M13_COMPRESSED[kind], catalog, zeropoint=20)
    same(plain, twin)
    np.testing.assert_array_equal(plain.mag, twin.mag)
    np.testing.assert_array_equal(plain.ra, twin.ra)


@pytest.mark.parametrize("unsigned", [False, True])
def test_gzip_tiles_and_plain_files_agree(tmp_path, unsigned):
    numbers = np.round(stars()).astype(np.uint16 if unsigned else np.int16)
    plain = tmp_path / "a.fits"
    fits.writeto(plain, numbers, fits.Header({"GAIN": 2.0, "BUNIT": "adu"}))
    with plain.open("rb") as source, gzip.open(tmp_path / "a.fits.gz", "wb") as target:
        shutil.copyfileobj(source, target)
    tiles = fits.CompImageHDU(numbers, fits.getheader(plain), compression_type="RICE_1")
    fits.HDUList([fits.PrimaryHDU(), tiles]).writeto(tmp_path / "a.fits.fz")
    of_plain = measured(plain)
    for name in ("a.fits.gz", "a.fits.fz"):
        same(measured(tmp_path / name), of_plain)
    theirs = aap.photometry(numbers, np.transpose(XY), r=4, annulus=(8, 14), gain=2.0)
    np.testing.assert_allclose(of_plain.phot.flux.value, theirs.flux, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(of_plain.phot.flux_err.value, theirs.flux_err, rtol=1e-12)


def test_tiles_of_scaled_integers_are_scaled_once(tmp_path):
    numbers = np.round((stars() - 700) / 0.25).astype(np.int16)
    plain = written(tmp_path / "a.fits", numbers, BSCALE=0.25, BZERO=700.0, BLANK=-32768)
    with fits.open(plain, do_not_scale_image_data=True) as hdus:
        tiles = fits.CompImageHDU(hdus[0].data, compression_type="RICE_1")
        for keyword in ("BSCALE", "BZERO", "BLANK"):
            tiles.header[keyword] = hdus[0].header[keyword]
        fits.HDUList([fits.PrimaryHDU(), tiles]).writeto(tmp_path / "t.fits")
    image, twin = open_image(plain), open_image(tmp_path / "t.fits")
    np.testing.assert_allclose(twin.physical(), image.physical())
    np.testing.assert_allclose(twin.physical(), numbers * 0.25 + 700)
    same(measured(tmp_path / "t.fits"), measured(plain))


def test_tiles_of_quantised_floats(tmp_path):
    data = stars().astype(np.float32)
    data[3, 4] = np.nan
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(data, compression_type="RICE_1")]).writeto(tmp_path / "a.fits")
    image = open_image(tmp_path / "a.fits")
    assert image.bscale == 1
    assert image.step == 0
    assert np.isnan(image.data[3, 4])
    np.testing.assert_allclose(image.data, data, atol=12)


def test_pixels_that_are_no_numbers(tmp_path):
    data = stars()
    data[19, 20] = np.nan
    path = written(tmp_path / "a.fits", data.astype(">f4"))
    ours = measured(path).phot
    assert ours.flags[0] & Flag.NON_FINITE_DATA
    assert ours.flags[0] & Flag.CORE_BAD
    assert ours.npix[0] == pytest.approx(np.pi * 16 - 1)
    theirs = aap.photometry(data.astype(np.float32), np.transpose(XY), r=4, annulus=(8, 14))
    np.testing.assert_array_equal(ours.flux, theirs.flux)


def test_headers_are_inherited_and_distortions_read():
    image = open_image(SIP)
    assert image.wcs.sip is not None
    ukidss = open_image(real("astroquery", "ukidss/tests/data/image.fits"))
    assert ukidss.ext == "1 (WSAIMAGE)"
    assert "EXP_TIME" in ukidss.primary
    assert "EXP_TIME" not in ukidss.header
    assert ukidss.wcs.wcs.ctype[0] == "RA---ZPN"


def test_a_broken_wcs_is_a_note(tmp_path):
    image = open_image(written(tmp_path / "a.fits", NUMBERS, {**celestial(), "CTYPE2": "DEC--XYZ"}))
    assert image.wcs is None
    assert any("the WCS of extension 0 cannot be used" in note for note in image.notes)


# ---------------------------------------------------------------- sections


def test_sections():
    data = np.arange(24).reshape(4, 6)
    np.testing.assert_array_equal(section("TRIMSEC", "[2:4,3:4]").of(data, "a"), data[2:4, 1:4])
    assert section("TRIMSEC", "[ 4:2 , 4:3 ]") == section("TRIMSEC", "[2:4,3:4]")
    assert section("DATASEC", "[1:6,1:4,1:1]") == Section(0, 6, 0, 4)
    assert str(section("TRIMSEC", "[2:4,3:4]")) == "[2:4,3:4]"
    assert section("TRIMSEC", "[2:4,3:4]").of(data, "a").base is data.base


@pytest.mark.parametrize("text", ["", "[1:4]", "[0:4,1:4]", "1:4,1:4", "[*,1:4]", "[1:4:2,1:4]", "[a:b,c:d]"])
def test_what_is_no_section(text):
    with pytest.raises(ValueError, match=r"TRIMSEC=.* must be a section such as '\[17:528,1:520\]', counted from 1"):
        section("TRIMSEC", text)


def test_a_section_beyond_the_image():
    with pytest.raises(ValueError, match=r"the section \[1:7,1:4\] reaches beyond a, whose size is 6 x 4 pixels"):
        Section(0, 7, 0, 4).of(np.zeros((4, 6)), "a")


def test_what_is_missing_here_is_no_fault_of_the_file(tmp_path):
    path = written(tmp_path / "a.fits", NUMBERS)
    with pytest.raises(ImportError, match="a package is missing"), opened(path):
        raise ImportError("a package is missing")


def test_a_stream_is_read_to_its_end(tmp_path):
    """Only there gzip tells that it was cut, far behind the image that is wanted."""
    path = tmp_path / "a.fits"
    numbers = np.random.default_rng(2).integers(0, 99, (1500, 1500), dtype=np.int16)
    fits.HDUList([fits.PrimaryHDU(NUMBERS), fits.ImageHDU(numbers)]).writeto(path)
    whole = gzip.compress(path.read_bytes(), 1)
    path.write_bytes(whole)
    np.testing.assert_array_equal(open_image(path, 0).data, NUMBERS)
    path.write_bytes(whole[:-9])
    with pytest.raises(OSError, match="is cut short"):
        open_image(path, 0)
