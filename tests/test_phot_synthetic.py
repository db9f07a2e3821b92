"""Files that are hard to read right: masks, blanks, errors, scaled integers, misleading keywords, colliding columns."""

import fits_by_hand as by_hand
import numpy as np
import pytest
from astropy.io import fits
from phot_command import catalogue, done, image, measured, phot, stars, xy

import astroapers as aap

SHAPE = (60, 70)
X, Y = np.array([20.3, 45.13, 33.4]), np.array([22.8, 20.27, 44.6])
FLUX = np.array([3000.0, 8000.0, 5000.0])
ANNULUS = (8, 12)
CORE = (45, 20)  # the pixel in the middle of the second star
ASKED = ["--r", 4, "--annulus", "8,12"]


@pytest.fixture
def data():
    return stars(SHAPE, X, Y, FLUX)


@pytest.fixture
def measure(tmp_path):
    """Run the command on an image; give the table, and what was said."""

    def run(path, *words, sources=(X, Y), **columns):
        out = tmp_path / "out.ecsv"
        ran = done(path, *xy(tmp_path / "xy.csv", *sources, **columns), *ASKED, *words, "-o", out, "--overwrite")
        return measured(out), ran.said

    return run


def flags(table):
    return [aap.Flag(int(bits)) for bits in table["flags"]]


def agrees(table, hand, tolerance=1e-10):
    assert table["flux"] == pytest.approx(hand.flux, rel=tolerance)
    assert table["npix"] == pytest.approx(hand.npix, rel=1e-11)
    assert table["sky"] == pytest.approx(hand.sky, rel=1e-13)
    assert table["n_sky"].tolist() == hand.n_sky.tolist()


# ---------------------------------------------------------------- masks


@pytest.fixture
def plane():
    """A mask whose bit 4 hides a core, and whose bit 1 hides everything."""
    bits = np.ones(SHAPE, dtype=np.int16)
    bits[CORE[::-1]] |= 4
    return bits


def test_a_masked_core(data, plane, measure, tmp_path):
    path = image(tmp_path / "a.fits", data)
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(plane, name="DQ")]).writeto(tmp_path / "mask.fits")
    table, _ = measure(path, "--mask", f"{tmp_path / 'mask.fits'}[DQ]", "--mask-bits", 4)
    agrees(table, by_hand.photometry(data, X, Y, 4, ANNULUS, bad=plane & 4 != 0))
    assert [bool(flag & aap.Flag.CORE_BAD) for flag in flags(table)] == [False, True, False]
    assert flags(table)[1] & aap.Flag.MASKED_PIXELS
    assert table["npix"][1] == pytest.approx(table["area"][1] - 1)


@pytest.mark.parametrize("bits", ["5", "0x5", "1,4"])
def test_bits_that_are_asked_for_count_together(bits, data, plane, measure, tmp_path):
    path = image(tmp_path / "a.fits", data)
    table, _ = measure(path, "--mask", image(tmp_path / "mask.fits", plane), "--mask-bits", bits)
    assert all(flag & aap.Flag.ALL_MASKED for flag in flags(table))
    assert np.isnan(table["flux"]).all()


def test_a_mask_in_the_file_itself(data, plane, measure, tmp_path):
    planes = [fits.PrimaryHDU(data), fits.ImageHDU((plane == 5).astype(np.uint8), name="BADPIX")]
    fits.HDUList(planes).writeto(tmp_path / "a.fits")
    table, _ = measure(tmp_path / "a.fits", "--mask", "[BADPIX]")
    agrees(table, by_hand.photometry(data, X, Y, 4, ANNULUS, bad=plane == 5))


def test_a_mask_of_another_shape_is_refused(data, tmp_path):
    path = image(tmp_path / "a.fits", data)
    words = [*xy(tmp_path / "xy.csv", X, Y), *ASKED, "-o", tmp_path / "out.ecsv"]
    ran = phot(path, *words, "--mask", image(tmp_path / "mask.fits", np.zeros((60, 71), np.uint8)))
    assert ran.code in (1, 2)
    assert "71 x 60" in ran.said
    assert "70 x 60" in ran.said


# ---------------------------------------------------------------- pixels that are nothing, and scaled integers


@pytest.mark.parametrize("bscale", [0.25, 3.0])
def test_scaled_integers_with_blanks(bscale, data, measure, tmp_path):
    """Sums, skies and deviations come out in physical units, and BLANK, a raw value, is a mask."""
    bzero = 250.0
    raw = np.rint((data - bzero) / bscale).astype(np.int16)
    raw[CORE[::-1]] = raw[44, 34] = blank = -32768
    hdu = fits.PrimaryHDU(raw)
    hdu.header.update({"BSCALE": bscale, "BZERO": bzero, "BLANK": blank, "GAIN": 2.0})
    hdu.writeto(tmp_path / "a.fits")
    table, _ = measure(tmp_path / "a.fits", "--error-model", "iraf")
    physical = np.where(raw == blank, np.nan, bscale * raw + bzero)
    hand = by_hand.photometry(physical, X, Y, 4, ANNULUS)
    agrees(table, hand)
    assert table["apsum"] == pytest.approx(hand.apsum, rel=1e-12)
    assert table["sky_std"] == pytest.approx(hand.sky_std, rel=1e-10)
    assert table["flux_err"] == pytest.approx(by_hand.iraf_error(hand, 2.0), rel=1e-9)
    assert [bool(flag & aap.Flag.MASKED_PIXELS) for flag in flags(table)] == [False, True, True]
    assert flags(table)[1] & aap.Flag.CORE_BAD


def test_the_ccd_equation_of_scaled_integers(data, measure, tmp_path):
    raw = np.rint((data - 20) / 0.5).astype(np.int32)
    hdu = fits.PrimaryHDU(raw)
    hdu.header.update({"BSCALE": 0.5, "BZERO": 20.0, "GAIN": 1.7, "RDNOISE": 6.0})
    hdu.writeto(tmp_path / "a.fits")
    table, _ = measure(tmp_path / "a.fits", "--error-model", "ccd", "--bias-level", 30)
    hand = by_hand.photometry(0.5 * raw + 20 - 30, X, Y, 4, ANNULUS)
    agrees(table, hand)
    assert table["flux_err"] == pytest.approx(by_hand.ccd_error(hand, 1.7, 6.0), rel=1e-9)


def test_a_negative_scale(data, measure, tmp_path):
    """Bright is small in the file: saturation is still at the bright end, and the mode of the sky on its side."""
    raw = np.rint(-(data - 100) / 0.5).astype(np.int16)
    hdu = fits.PrimaryHDU(raw)
    hdu.header.update({"BSCALE": -0.5, "BZERO": 100.0})
    hdu.writeto(tmp_path / "a.fits")
    table, _ = measure(tmp_path / "a.fits", "--saturation", float(data[CORE[::-1]]) - 5)
    agrees(table, by_hand.photometry(-0.5 * raw + 100.0, X, Y, 4, ANNULUS))
    assert [bool(flag & aap.Flag.SATURATED) for flag in flags(table)] == [False, True, False]


def test_a_mask_of_unsigned_numbers(data, plane, measure, tmp_path):
    """The largest bit of unsigned numbers, which FITS stores as signed ones less half of their range."""
    words = np.where(plane == 5, 0x8000, 0x0100).astype(np.uint16)
    mask = image(tmp_path / "mask.fits", words)
    table, _ = measure(image(tmp_path / "a.fits", data), "--mask", mask, "--mask-bits", "0x8000")
    agrees(table, by_hand.photometry(data, X, Y, 4, ANNULUS, bad=plane == 5))


def test_saturation_is_in_physical_units(data, measure, tmp_path):
    raw = np.rint((data - 250) / 0.5).astype(np.int16)
    hdu = fits.PrimaryHDU(raw)
    hdu.header.update({"BSCALE": 0.5, "BZERO": 250.0, "SATURATE": float(data[CORE[::-1]]) - 5})
    hdu.writeto(tmp_path / "a.fits")
    table, _ = measure(tmp_path / "a.fits", "--saturation", "SATURATE")
    assert [bool(flag & aap.Flag.SATURATED) for flag in flags(table)] == [False, True, False]


@pytest.mark.parametrize("dtype", [">f4", ">f8", ">i4", "u1", "<u2", ">i8"])
def test_every_type_of_pixel(dtype, data, measure, tmp_path):
    data = data / 4 if dtype == "u1" else data
    stored = (
        data.astype(dtype)
        if dtype[1] == "f"
        else np.rint(np.clip(data, 0, 255 if dtype == "u1" else None)).astype(dtype)
    )
    table, _ = measure(image(tmp_path / "a.fits", stored))
    agrees(table, by_hand.photometry(stored.astype(float), X, Y, 4, ANNULUS))


@pytest.mark.parametrize("kind", ["RICE_1", "GZIP_1", "GZIP_2"])
def test_compressed_scaled_integers_are_scaled_once(kind, data, measure, tmp_path):
    raw = np.rint((data - 300) / 0.25).astype(np.int16)
    hdu = fits.CompImageHDU(raw, compression_type=kind, name="SCI")
    hdu.header["BSCALE"], hdu.header["BZERO"] = 0.25, 300.0
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(tmp_path / "a.fits")
    expected = by_hand.frame(tmp_path / "a.fits", 1).data
    table, _ = measure(tmp_path / "a.fits")
    agrees(table, by_hand.photometry(expected, X, Y, 4, ANNULUS))


@pytest.mark.parametrize("axes", [(1,), (1, 1)])
def test_degenerate_axes(axes, data, measure, tmp_path):
    table, _ = measure(image(tmp_path / "a.fits", data.reshape(*axes, *SHAPE)))
    agrees(table, by_hand.photometry(data, X, Y, 4, ANNULUS))


def test_a_cube_is_refused(data, tmp_path):
    path = image(tmp_path / "a.fits", np.stack([data, data]))
    ran = phot(path, *xy(tmp_path / "xy.csv", X, Y), *ASKED, "-o", tmp_path / "out.ecsv")
    assert ran.code in (1, 2)
    assert "(2, 60, 70)" in ran.said


def test_a_pixel_that_is_nan(data, measure, tmp_path):
    data[CORE[::-1]] = np.nan
    table, _ = measure(image(tmp_path / "a.fits", data))
    agrees(table, by_hand.photometry(data, X, Y, 4, ANNULUS))
    assert flags(table)[1] & aap.Flag.NON_FINITE_DATA
    assert flags(table)[1] & aap.Flag.CORE_BAD


# ---------------------------------------------------------------- errors of pixels


def stored_as(kind, error):
    return {"std": error, "var": error**2, "ivar": 1 / error**2}[kind]


@pytest.mark.parametrize("kind", ["std", "var", "ivar"])
def test_errors_of_pixels_some_of_which_are_nan(kind, data, tmp_path):
    """Sum of the squares of weight times error over the good pixels: the sky is given, so that it adds nothing."""
    error = np.random.default_rng(3).uniform(4, 6, SHAPE)
    error[CORE[::-1]] = np.nan
    path = image(tmp_path / "a.fits", data, GAIN=2.0)
    plane = image(tmp_path / "e.fits", stored_as(kind, error))
    words = [*xy(tmp_path / "xy.csv", X, Y), "--r", 4, "--sky", 100]
    ran = done(path, *words, "--error", plane, "--error-type", kind, "-o", tmp_path / "out.ecsv")
    table = measured(tmp_path / "out.ecsv")
    bad = ~np.isfinite(error)
    hand = by_hand.photometry(data, X, Y, 4, sky=100.0, bad=bad)
    assert table["flux"] == pytest.approx(hand.flux, rel=1e-10)
    variance = [by_hand.weighted(error**2, x, y, 4, bad=bad, power=2) for x, y in zip(X, Y, strict=True)]
    assert table["flux_err"] == pytest.approx(np.sqrt(variance), rel=1e-10)
    assert [bool(flag & aap.Flag.NON_FINITE_ERROR) for flag in flags(table)] == [False, True, False]
    assert flags(table)[1] & aap.Flag.CORE_BAD
    # the header's gain was not added in silence
    assert "gain" in ran.said
    assert "not part of the error" in ran.said


@pytest.mark.parametrize("bscale", [1.0, 0.1])
def test_scaled_errors_of_a_scaled_image(bscale, data, tmp_path):
    raw = np.rint((data - 50) / 0.5).astype(np.int16)
    error = np.random.default_rng(3).integers(40, 60, SHAPE).astype(np.int16)
    for name, values, scale, zero in (("a", raw, 0.5, 50.0), ("e", error, bscale, 3.0)):
        hdu = fits.PrimaryHDU(values)
        hdu.header.update({"BSCALE": scale, "BZERO": zero})
        hdu.writeto(tmp_path / f"{name}.fits")
    words = [*xy(tmp_path / "xy.csv", X, Y), "--r", 4, "--sky", 100, "--error", tmp_path / "e.fits"]
    done(tmp_path / "a.fits", *words, "-o", tmp_path / "out.ecsv")
    variance = [by_hand.weighted((bscale * error + 3.0) ** 2, x, y, 4, power=2) for x, y in zip(X, Y, strict=True)]
    assert measured(tmp_path / "out.ecsv")["flux_err"] == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_a_gain_beside_errors_of_the_background_adds_the_photons(data, tmp_path):
    error = np.full(SHAPE, 5.0)
    path = image(tmp_path / "a.fits", data)
    words = [*xy(tmp_path / "xy.csv", X, Y), "--r", 4, "--sky", 100, "--error", image(tmp_path / "e.fits", error)]
    done(path, *words, "--error-kind", "background", "--gain", 2, "-o", tmp_path / "out.ecsv")
    table = measured(tmp_path / "out.ecsv")
    for row, (x, y) in enumerate(zip(X, Y, strict=True)):
        noise = by_hand.weighted(error**2, x, y, 4, power=2)
        photons = by_hand.weighted(data - 100, x, y, 4, power=2) / 2
        assert table["flux_err"][row] == pytest.approx(np.sqrt(noise + photons), rel=1e-10)


# ---------------------------------------------------------------- keywords

GAINS = {
    "egain wins over gain": ({"GAIN": 100.0, "EGAIN": 0.8}, 0.8),
    "gain": ({"GAIN": 1.7}, 1.7),
    "gaineff": ({"GAINEFF": 2.1}, 2.1),
    "atodgain": ({"ATODGAIN": 7.0}, 7.0),
    "cvf": ({"CVF": 3.5}, 3.5),
    "eso's gain is inverse": ({"GAIN": 0.5, "ORIGIN": "ESO", "INSTRUME": "FORS2"}, None),
    "electrons": ({"BUNIT": "electron", "GAIN": 3.0}, 1.0),
}


@pytest.mark.parametrize("case", GAINS)
def test_which_gain_is_taken(case, data, measure, tmp_path):
    keywords, gain = GAINS[case]
    hand = by_hand.photometry(data, X, Y, 4, ANNULUS)
    path = image(tmp_path / "a.fits", data, **keywords)
    if gain is None:
        ran = phot(path, *xy(tmp_path / "xy.csv", X, Y), *ASKED, "--error-model", "iraf", "-o", tmp_path / "o.ecsv")
        assert ran.code in (1, 2)
        assert "gain" in ran.said
        return
    table, said = measure(path, "--error-model", "iraf")
    assert table["flux_err"] == pytest.approx(by_hand.iraf_error(hand, gain), rel=1e-10)
    assert f"{gain:g}" in said


def test_a_keyword_may_be_named(data, measure, tmp_path):
    hand = by_hand.photometry(data, X, Y, 4, ANNULUS)
    path = image(tmp_path / "a.fits", data, GAIN=100.0, EGAIN=0.8)
    table, said = measure(path, "--error-model", "iraf", "--gain", "GAIN")
    assert table["flux_err"] == pytest.approx(by_hand.iraf_error(hand, 100), rel=1e-10)
    assert "GAIN" in said


def test_airmass_is_the_mean_of_start_and_end(data, measure, tmp_path):
    path = image(
        tmp_path / "a.fits", data, AMSTART=1.1, AMEND=1.3, FILTER="V", EXPTIME=60.0, DATE__OBS="2020-01-01T00:00:00"
    )
    table, _ = measure(path, "--tidy")
    assert table["airmass"] == pytest.approx(1.2)
    assert table["mjd_mid"] == pytest.approx(58849 + 30 / 86400, rel=0, abs=1e-9)
    assert set(table["filter"]) == {"V"}


def test_photflam_and_photplam_make_an_ab_zeropoint(data, measure, tmp_path):
    flam, plam = 7.9e-20, 5921.1
    path = image(tmp_path / "a.fits", data, PHOTFLAM=flam, PHOTPLAM=plam, BUNIT="ELECTRONS/S")
    table, _ = measure(path, "--zeropoint", "auto")
    ab = -2.5 * np.log10(flam) - 21.10 - 5 * np.log10(plam) + 18.6921
    hand = by_hand.photometry(data, X, Y, 4, ANNULUS)
    assert table["mag"] == pytest.approx(by_hand.magnitudes(hand.flux, ab), rel=0, abs=1e-3)


def test_megajanskys_per_steradian_make_an_ab_zeropoint(data, measure, tmp_path):
    """JWST: the image is in MJy/sr, so a flux is in MJy/sr times pixels; PIXAR_SR makes it MJy, 8.9 is 1 Jy in AB."""
    area = 2.3e-14
    path = image(tmp_path / "a.fits", data, PHOTMJSR=0.4, PIXAR_SR=area, BUNIT="MJy/sr", EXPTIME=1000.0)
    table, _ = measure(path, "--zeropoint", "auto")
    hand = by_hand.photometry(data, X, Y, 4, ANNULUS)
    assert table["mag"] == pytest.approx(8.90 - 2.5 * np.log10(hand.flux * area * 1e6), rel=0, abs=1e-3)


# ---------------------------------------------------------------- catalogues


def test_columns_of_the_catalogue_are_kept_beside_ours(data, measure, tmp_path):
    columns = {"flux": [1.5, 2.5, 3.5], "comment": ["first", "", "third"], "sky": [7, 8, 9]}
    table, _ = measure(image(tmp_path / "a.fits", data), **columns)
    agrees(table, by_hand.photometry(data, X, Y, 4, ANNULUS))
    assert table["in_flux"].tolist() == columns["flux"]
    assert table["in_sky"].tolist() == columns["sky"]
    assert table["comment"][0] == "first"


def test_rows_without_a_position_are_kept(data, measure, tmp_path):
    sources = np.array([X[0], np.nan, X[2]]), np.array([Y[0], 10.0, Y[2]])
    table, _ = measure(image(tmp_path / "a.fits", data), sources=sources)
    assert len(table) == 3
    assert flags(table)[1] & aap.Flag.BAD_POSITION
    assert np.isnan(table["flux"][1])
    hand = by_hand.photometry(data, X[[0, 2]], Y[[0, 2]], 4, ANNULUS)
    assert table["flux"][[0, 2]] == pytest.approx(hand.flux, rel=1e-10)


@pytest.mark.parametrize("kind", ["ecsv", "csv", "fits", "vot", "parquet", "txt"])
def test_catalogues_of_every_format(kind, data, tmp_path):
    import pyarrow
    import pyarrow.parquet
    from astropy.table import Table

    path, origin = tmp_path / f"stars.{kind}", ["--origin", 0]
    table, words = Table({"x": X, "y": Y}), ["--x", "x", "--y", "y"]
    if kind == "parquet":
        pyarrow.parquet.write_table(pyarrow.table({"x": X, "y": Y}), path)
    elif kind == "txt":
        path.write_text("# x y\n" + "".join(f"{x!r} {y!r}\n" for x, y in zip(X.tolist(), Y.tolist(), strict=True)))
        words = []
    else:
        table.write(path, format={"vot": "votable", "csv": "ascii.csv", "ecsv": "ascii.ecsv", "fits": "fits"}[kind])
    done(image(tmp_path / "a.fits", data), "--catalog", path, *words, *origin, *ASKED, "-o", tmp_path / "out.ecsv")
    agrees(measured(tmp_path / "out.ecsv"), by_hand.photometry(data, X, Y, 4, ANNULUS))


def test_pixels_need_an_origin(data, tmp_path):
    words = xy(tmp_path / "xy.csv", X, Y)[:-2]
    ran = phot(image(tmp_path / "a.fits", data), *words, *ASKED, "-o", tmp_path / "out.ecsv")
    assert ran.code == 2
    assert "origin" in ran.complaint


# ---------------------------------------------------------------- world coordinates

TAN = {
    "CRPIX1": 30.0,
    "CRPIX2": 25.0,
    "CRVAL1": 150.0,
    "CRVAL2": 40.0,
    "CUNIT1": "deg",
    "CUNIT2": "deg",
    "CD1_1": -2e-4,
    "CD1_2": 3e-5,
    "CD2_1": 3e-5,
    "CD2_2": 2e-4,
}
FRAMES = {
    "TAN": {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"},
    "TPV": {"CTYPE1": "RA---TPV", "CTYPE2": "DEC--TPV", "PV1_1": 1.0, "PV1_7": 40.0, "PV2_1": 1.0, "PV2_4": 0.3},
    "galactic": {"CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN"},
    "FK4": {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "RADESYS": "FK4", "EQUINOX": 1950.0},
    "declination first": {"CTYPE1": "DEC--TAN", "CTYPE2": "RA---TAN", "CRVAL1": 40.0, "CRVAL2": 150.0},
}


@pytest.mark.parametrize("name", FRAMES)
def test_right_ascension_and_declination_in_every_frame(name, data, tmp_path):
    path = image(tmp_path / "a.fits", data, **TAN | FRAMES[name])
    ra, dec = by_hand.sky_positions(by_hand.frame(path).wcs, X, Y)
    sky = catalogue(tmp_path / "sky.csv", ra=ra, dec=dec)
    words = ["--catalog", sky, "--ra", "ra", "--dec", "dec", *ASKED, "-o", tmp_path / "out.ecsv"]
    done(path, *words)
    table = measured(tmp_path / "out.ecsv")
    assert table["x"] == pytest.approx(X, rel=0, abs=1e-6)
    assert table["y"] == pytest.approx(Y, rel=0, abs=1e-6)
    assert table["ra"] == pytest.approx(ra, rel=0, abs=1e-9)
    assert table["dec"] == pytest.approx(dec, rel=0, abs=1e-9)


def test_a_source_on_the_other_side_of_the_sky(data, tmp_path):
    """A gnomonic projection cannot show it: a row of NaN, not a place in the image."""
    path = image(tmp_path / "a.fits", data, **TAN | FRAMES["TAN"])
    ra, dec = by_hand.sky_positions(by_hand.frame(path).wcs, X[:2], Y[:2])
    sky = catalogue(tmp_path / "sky.csv", ra=[*ra, ra[0] + 180], dec=[*dec, -dec[0]])
    done(path, "--catalog", sky, "--ra", "ra", "--dec", "dec", *ASKED, "-o", tmp_path / "out.ecsv")
    table = measured(tmp_path / "out.ecsv")
    assert np.isfinite(table["flux"]).tolist() == [True, True, False]
    assert flags(table)[2] & (aap.Flag.BAD_POSITION | aap.Flag.NO_OVERLAP)
    assert table["ra"][2] == pytest.approx(ra[0] + 180)


def test_planes_of_each_image_and_sources_of_each(data, tmp_path):
    """`{stem}` in the name of a mask is the image's own; sources are found where the frame is trimmed to."""
    for k in (1, 2):
        bad = np.zeros(SHAPE, np.uint8)
        bad[CORE[::-1]] = k == 2
        image(tmp_path / f"i{k}.fits", data, TRIMSEC="[11:70,1:60]")
        image(tmp_path / f"i{k}_mask.fits", bad)
    words = ["--detect", 15, *ASKED, "--mask", f"{tmp_path}/{{stem}}_mask.fits", "--trim", "--tidy"]
    done(tmp_path / "i1.fits", tmp_path / "i2.fits", *words, "-o", tmp_path / "out.ecsv")
    table = measured(tmp_path / "out.ecsv")
    assert len(table) == 6
    for k in (1, 2):
        of_image = table[[str(name).endswith(f"i{k}.fits") for name in table["image"]]]
        nearest = [int(np.argmin(np.hypot(of_image["x"] - x, of_image["y"] - y))) for x, y in zip(X, Y, strict=True)]
        assert sorted(nearest) == [0, 1, 2]
        assert np.hypot(of_image["x"][nearest] - X, of_image["y"][nearest] - Y).max() < 0.5
        assert [bool(aap.Flag(int(of_image["flags"][i])) & aap.Flag.CORE_BAD) for i in nearest] == [
            False,
            k == 2,
            False,
        ]
