"""Tables of one image: which columns, in which order, with whose names."""

import numpy as np
import pytest
from astropy.table import Table
from phot_files import STARS, catalogue, image

import astroapers as aap
from astroapers._fits.job import Job
from astroapers._fits.layout import to_table
from astroapers._fits.measure import measure


def made(tmp_path, words=False, catalog=None, cards=None, **options):
    given = {"r": 4, "annulus": (9, 15), "origin": 1, **options}
    path = image(tmp_path / "a.fits", **(cards or {}))
    job = Job(catalog=catalog if catalog is not None else str(catalogue(tmp_path / "stars.csv")), **given)
    measured = measure(job, path)
    return measured, to_table(measured, job, words=words)


OURS = ["flux", "flux_err", "apsum", "npix", "area", "bad_frac", "flags"]
SKY = ["sky", "sky_std", "n_sky", "n_rejected"]


def test_wide(tmp_path):
    measured, table = made(tmp_path, id="name")
    assert table.colnames == ["id", "x", "y", "ra", "dec", *OURS, *SKY, "name", "in_x", "in_y", "in_flux"]
    assert table["id"].tolist() == ["a", "b", "c", "d"]
    np.testing.assert_array_equal(table["x"].value, STARS[:, 0] + 1 - 1)  # 0-based
    np.testing.assert_array_equal(table["in_x"], STARS[:, 0] + 1)  # as it was
    assert table["in_flux"].tolist() == [1, 2, 3, 4]
    np.testing.assert_array_equal(table["flux"], measured.phot.flux)
    assert (str(table["x"].unit), str(table["ra"].unit), str(table["npix"].unit)) == ("pix", "deg", "pix2")


def test_sources_outside_the_image_are_rows_like_others(tmp_path):
    _, table = made(tmp_path)
    assert len(table) == 4
    assert np.isnan(table["flux"]).tolist() == [False, False, False, True]
    assert table["flags"][3] & aap.Flag.NO_OVERLAP
    assert np.isfinite(table["ra"]).all()


def test_several_radii_and_magnitudes(tmp_path):
    measured, table = made(tmp_path, r="3,5.5", zeropoint=25.0)
    of_both = ["flux", "flux_err", "mag", "mag_err", "apsum", "npix", "area", "bad_frac", "flags"]
    want = ["id", "x", "y", "ra", "dec", *(f"{n}_r3" for n in of_both), *(f"{n}_r5p5" for n in of_both), *SKY]
    assert table.colnames[: len(want)] == want
    np.testing.assert_array_equal(table["mag_r5p5"].value, measured.mag[:, 1])
    flux = table["flux_r3"][:3]
    np.testing.assert_allclose(table["mag_r3"][:3].value, 25 - 2.5 * np.log10(getattr(flux, "value", flux) / 30))
    assert str(table["mag_r3"].unit) == "mag"


def test_flags_in_words(tmp_path):
    _, table = made(tmp_path, words=True, r="3,5")
    place = table.colnames.index("flags_r3")
    assert table.colnames[place + 1] == "flag_names_r3"
    assert table["flag_names_r5"][3] == "NO_OVERLAP|SKY_NONE|SKY_FEW|SKY_PARTIAL"


def test_tidy(tmp_path):
    measured, table = made(tmp_path, r="3,5", tidy=True, words=True, zeropoint=25.0, id="name")
    of_image = ["image", "ext", "filter", "airmass", "mjd_mid"]
    of_row = ["flux", "flux_err", "mag", "mag_err", "apsum", "npix", "area", "bad_frac", "flags", "flag_names"]
    want = [*of_image, "id", "x", "y", "ra", "dec", "aperture", "r", *of_row, *SKY, "name", "in_x", "in_y", "in_flux"]
    assert table.colnames == want
    assert table["id"].tolist() == [name for name in "abcd" for _ in range(2)]
    assert table["aperture"].tolist() == ["3", "5"] * 4
    assert table["r"].value.tolist() == [3.0, 5.0] * 4
    np.testing.assert_array_equal(np.asarray(table["flux"]).reshape(4, 2), np.asarray(measured.phot.flux))
    np.testing.assert_array_equal(np.asarray(table["sky"])[::2], np.asarray(measured.phot.sky))
    assert set(table["image"]) == {str(tmp_path / "a.fits")}
    assert (set(table["filter"]), set(table["airmass"]), set(table["ext"])) == ({"R"}, {1.2}, {"0"})
    middle = 61042 + (3 * 3600 + 4 * 60 + 5 + 15) / 86400
    np.testing.assert_allclose(table["mjd_mid"].value, middle, rtol=0, atol=1e-8)


def test_tidy_of_what_the_header_does_not_know(tmp_path):
    _, table = made(tmp_path, tidy=True, cards={"FILTER": "", "AIRMASS": -1, "DATE-OBS": ""})
    assert set(table["filter"]) == {""}
    assert np.isnan(table["airmass"]).all()
    assert np.isnan(table["mjd_mid"]).all()


def test_tidy_with_radii_on_the_sky_and_of_each_source(tmp_path):
    _, table = made(tmp_path, r="1.08arcsec", tidy=True)
    np.testing.assert_allclose(table["r"].value, 3, rtol=1e-4)
    assert set(table["aperture"]) == {"1p08arcsec"}
    rows = str(catalogue(tmp_path / "radii.csv", size=[3.0, 4.0, 5.0, 6.0]))
    _, table = made(tmp_path, catalog=rows, r="size", tidy=True)
    assert table["r"].value.tolist() == [3.0, 4.0, 5.0, 6.0]
    assert set(table["aperture"]) == {"size"}


def test_tidy_ellipses(tmp_path):
    _, table = made(tmp_path, r=(1, 2), ellipse=(4, 3, 90), tidy=True)
    assert table["aperture_a"][:2].tolist() == [4.0, 8.0]
    assert table["aperture_b"][:2].tolist() == [3.0, 6.0]
    np.testing.assert_allclose(table["aperture_theta"], np.pi / 2)


def test_a_column_called_id_is_the_id(tmp_path):
    rows = Table({"id": [7, 5], "x": [20, 60], "y": [30, 40], "in_x": [1, 2]})
    _, table = made(tmp_path, catalog=rows)
    assert table["id"].tolist() == [7, 5]
    assert "in_id" not in table.colnames
    assert table["in_x"].tolist() == [1, 2]  # it had that name already
    assert table["in_in_x"].tolist() == [20, 60]


def test_ids_are_numbers_from_one_on_otherwise(tmp_path):
    rows = Table({"x": [20, 60], "y": [30, 40], "z": [1.5, 2.5]})
    _, table = made(tmp_path, catalog=rows)
    assert table["id"].tolist() == [1, 2]
    rows["id"] = [3, 4]
    _, table = made(tmp_path, catalog=rows, id="z")
    assert table["id"].tolist() == [1.5, 2.5]
    assert table["in_id"].tolist() == [3, 4]


def test_masked_cells_of_the_catalogue_stay_masked(tmp_path):
    rows = Table({"x": [20.0, 60.0], "y": [30.0, 40.0], "V": [1.0, 2.0]}, masked=True)
    rows["V"].mask = [True, False]
    rows["V"].unit = "mag"
    rows["y"].mask = [False, True]
    _, table = made(tmp_path, catalog=rows)
    assert np.asarray(table["V"].mask).tolist() == [True, False]
    assert np.isnan(table["flux"]).tolist() == [False, True]
    assert table["flags"][1] & aap.Flag.BAD_POSITION


@pytest.mark.parametrize("tidy", [False, True])
def test_python_gets_the_table_of_the_command(tmp_path, tidy):
    path, rows = image(tmp_path / "a.fits"), catalogue(tmp_path / "stars.csv")
    table = aap.photometry_fits(path, rows, origin=1, r=(3, 5), annulus=(9, 15), tidy=tidy)
    about = table.meta["astroapers"]
    assert about["command"] == "astroapers.photometry_fits"
    assert about["images"][0]["rows"] == len(table) == (8 if tidy else 4)
    assert about["options"]["r"] == [3, 5]
    assert "flag_names" not in "".join(table.colnames)
