"""The demo measures M13 as a user would want it measured."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from astroapers import _demo_picture, demo


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    directory = tmp_path_factory.mktemp("demo")
    demo.run(directory)
    return directory


@pytest.fixture(scope="module")
def stars(output):
    return Table.read(output / "m13.ecsv")


@pytest.fixture(scope="module")
def data():
    return fits.getdata(demo.image())


def test_the_image_is_measured_as_it_lies():
    measured, _ = demo.measure(demo.image())
    assert measured.image.data.dtype == np.dtype(">i2")
    assert measured.image.data.shape == (300, 300)
    assert measured.settings  # of the machinery of the command


def test_columns_and_units(stars):
    assert stars.colnames == ["id", "x", "y", "ra", "dec", "flux", "npix", "apsum", "sky"]
    assert stars["id"].tolist() == list(range(1, len(stars) + 1))
    assert (stars["ra"].unit, stars["dec"].unit, stars["x"].unit) == ("deg", "deg", "pix")


def test_no_errors_are_claimed(stars):
    """The plate has no gain: the table says so, and has no column of errors."""
    assert stars.meta["errors"] == demo.NO_ERRORS
    assert "no gain" in demo.NO_ERRORS


def test_fluxes_are_sums_minus_sky(stars):
    np.testing.assert_array_equal(stars["flux"], stars["apsum"] - stars["npix"] * stars["sky"])
    np.testing.assert_array_equal(stars["npix"], np.pi * demo.APERTURE_RADIUS**2)
    assert (np.diff(stars["flux"]) <= 0).all()
    assert len(stars) > 100


def test_one_star_measured_by_hand(stars, data):
    """The brightest star, with plain NumPy: distances decide the annulus, a fine grid the overlap."""
    data, star = data.astype(float), stars[0]
    y, x = np.indices(data.shape)
    distance = np.hypot(x - star["x"], y - star["y"])
    inner, outer = demo.ANNULUS_RADII
    assert star["sky"] == np.median(data[(distance >= inner) & (distance < outer)])
    steps = (np.arange(50) + 0.5) / 50 - 0.5
    total = sum(
        data[np.hypot(x + dx - star["x"], y + dy - star["y"]) < demo.APERTURE_RADIUS].sum()
        for dx in steps
        for dy in steps
    )
    assert star["apsum"] == pytest.approx(total / 2500, rel=1e-4)


def test_positions_on_the_sky(stars):
    """The image is centred on the cluster, a twelfth of a degree wide."""
    assert abs(stars["ra"] - 250.4226).max() < 0.06
    assert abs(stars["dec"] - 36.4602).max() < 0.05
    assert np.corrcoef(stars["x"], stars["ra"])[0, 1] < -0.999  # east is left
    assert np.corrcoef(stars["y"], stars["dec"])[0, 1] > 0.999


def test_the_ten_brightest_are_printed(tmp_path, capsys):
    demo.run(tmp_path / "new" / "folder")
    lines = capsys.readouterr().out.splitlines()
    assert f"errors: {demo.NO_ERRORS}" in lines
    rows = [line for line in lines if line.split()[:1] and line.split()[0].isdigit()]
    assert [int(row.split()[0]) for row in rows if len(row.split()) == 9] == list(range(1, 11))


def test_the_star_drawn_large_is_alone(stars):
    """Its annulus touches the aperture of no other star, and every brighter star's does."""
    star = _demo_picture.lone(stars)
    nearest = [np.sort(np.hypot(stars["x"] - s["x"], stars["y"] - s["y"]))[1] for s in stars[: star["id"]]]
    needed = demo.ANNULUS_RADII[1] + demo.APERTURE_RADIUS
    assert nearest[-1] > needed
    assert all(distance <= needed for distance in nearest[:-1])


def test_the_picture(output):
    """It is as large as the one that the texts show, which `make picture` writes anew."""
    made = (output / "m13.png").read_bytes()
    shown = (Path(__file__).parent.parent / "docs" / "_static" / "m13.png").read_bytes()
    for picture in (made, shown):
        assert picture.startswith(b"\x89PNG")
        assert 100_000 < len(picture) < 600_000
    assert made[16:24] == shown[16:24]  # width and height
