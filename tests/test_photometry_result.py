"""What photometry gives back, and what it makes of units, masks and errors that came with the data."""

import copy
import json
import math
import pickle
import re
import subprocess
import sys

import astropy.units as u
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from astropy.nddata import CCDData, InverseVariance, NDData, StdDevUncertainty, UnknownUncertainty, VarianceUncertainty
from astropy.table import QTable
from astropy.wcs import WCS

import astroapers as aap

RNG = np.random.default_rng(4)
DATA = RNG.normal(100, 5, (60, 60)) + 300 * (np.hypot(*(np.mgrid[:60, :60] - 30)) < 3)
XY = np.array([(30.3, 29.8), (20.0, 20.5), (40.0, 41.0)])
SETTINGS = {"r": 4, "annulus": (8, 12)}
PHOT = aap.photometry(DATA, XY, **SETTINGS)
SEVERAL = aap.photometry(DATA, [aap.CircAp(XY, r) for r in (3, 3.5, 4)], aap.CircAn(XY, 8, 12))
ARRAYS = (
    "x",
    "y",
    "flux",
    "flux_err",
    "apsum",
    "npix",
    "area",
    "bad_frac",
    "flags",
    "sky",
    "sky_std",
    "n_sky",
    "n_rejected",
)


def same(one, other, unit=None):
    for name in ARRAYS:
        mine, theirs = getattr(one, name), getattr(other, name)
        if unit is not None and isinstance(mine, u.Quantity):
            assert mine.unit == unit
            mine = mine.value
        assert np.array_equal(mine, theirs, equal_nan=True), name


# ---------------------------------------------------------------- a frozen table of arrays


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        PHOT.flux = 3
    of_unit = aap.photometry(DATA * u.adu, XY, **SETTINGS)
    for phot in (PHOT, SEVERAL, PHOT[1:], of_unit, of_unit[1:]):
        for name in ARRAYS:
            values = getattr(phot, name)
            with pytest.raises(ValueError, match="read-only"):
                values[0] = values[-1]


@pytest.mark.parametrize("phot", [PHOT, SEVERAL], ids=["one", "several"])
@pytest.mark.parametrize(
    ("index", "rows"),
    [
        (1, [1]),
        (-1, [2]),
        (np.int64(0), [0]),
        (slice(1, None), [1, 2]),
        ([2, 0], [2, 0]),
        ([], []),
        (np.array([True, False, True]), [0, 2]),
        ([False, True, False], [1]),
    ],
)
def test_indexing(phot, index, rows):
    picked = phot[index]
    assert len(picked) == len(rows)
    for name in ARRAYS:
        assert np.array_equal(getattr(picked, name), getattr(phot, name)[rows])
    assert len(picked.to_table()) == len(rows)


def test_bad_indices():
    for index in ((0, 1), np.zeros((2, 2), int), None):
        with pytest.raises(IndexError):
            SEVERAL[index]
    with pytest.raises(IndexError):
        PHOT[3]


def test_it_can_be_iterated_copied_and_pickled():
    assert [len(one) for one in PHOT] == [1, 1, 1]
    for other in (copy.copy(PHOT), copy.deepcopy(PHOT), pickle.loads(pickle.dumps(PHOT))):
        same(PHOT, other)
        assert other.to_table().meta == PHOT.to_table().meta
    own = aap.photometry(DATA, XY, mask=np.zeros(DATA.shape, bool), sky_stat=lambda v: v[0], **SETTINGS)
    small = pickle.dumps(own)
    assert len(small) < 10_000 < DATA.nbytes
    assert pickle.loads(small).to_table().meta["sky_stat"] == "<lambda>"
    with pytest.raises(ValueError, match="lost its image"):
        pickle.loads(small).plot()
    given = aap.photometry(DATA, XY, r=4, sky=[99.0, 100.0, 101.0], sky_err=[0.1, 0.2, 0.3])
    again = pickle.loads(pickle.dumps(given))
    same(given, again)
    assert again.to_table()["sky_err"].tolist() == [0.1, 0.2, 0.3]


def test_text():
    assert repr(PHOT).startswith("<Photometry: 3 sources, 1 aperture: CircAp(")
    assert len(repr(PHOT).splitlines()) == 5
    many = aap.photometry(DATA, np.repeat(XY, 100, axis=0), r=2)
    assert repr(many).endswith("... 292 more")
    assert "flux_r3p5" in repr(SEVERAL)
    assert "3 apertures: CircAp, CircAp, CircAp>" in repr(SEVERAL)
    for few in (PHOT, many[:8]):
        assert "more" not in repr(few) + few._repr_html_()
    page = many._repr_html_()
    assert page.count("<tr>") == 9
    assert "... 292 more" in page
    assert SEVERAL._repr_html_().count("<th>") == len(repr(SEVERAL).splitlines()[1].split())


# ---------------------------------------------------------------- numbers derived from others


def test_snr():
    assert np.array_equal(PHOT.snr, PHOT.flux / PHOT.flux_err)
    assert np.isnan(aap.photometry(DATA, XY, r=3).snr).all()
    # A small error is an error, none is none.
    for sky_std, snr in ((0.1, 9 / 0.3), (0.0, math.nan)):
        phot = aap.photometry(np.ones((9, 9)), aap.RectAp((4, 4), 3, 3), sky_std=sky_std)
        assert phot.snr == pytest.approx(snr, nan_ok=True)


def test_magnitudes():
    mag = PHOT.mag(zeropoint=25.0)
    good = PHOT.flux > 0
    assert good[0]
    assert mag[good] == pytest.approx(25 - 2.5 * np.log10(PHOT.flux[good]))
    assert np.isnan(mag[~good]).all()
    assert PHOT.mag_err[good] == pytest.approx(2.5 / math.log(10) * (PHOT.flux_err / PHOT.flux)[good])
    assert np.array_equal(mag.err, PHOT.mag_err, equal_nan=True)
    fainter = PHOT.mag(25.0, exptime=10.0, zeropoint_err=0.03)
    assert fainter[0] - mag[0] == pytest.approx(2.5)
    assert fainter.err[0] == pytest.approx(math.hypot(PHOT.mag_err[0], 0.03))
    assert fainter[:1].err.tolist() == [fainter.err[0]]
    assert isinstance(fainter[0], float)
    assert (fainter + 1).err is None


def test_magnitudes_of_no_light_are_nan_without_a_warning():
    data = np.full((30, 30), 5.0)
    square = aap.RectAp([(10, 10), (20, 20)], 3, 3)
    phot = aap.photometry(data, square, sky=[5.0, 6.0], sky_std=1.0)
    assert phot.flux.tolist() == [0.0, -9.0]
    for values in (phot.mag(20), phot.mag_err):
        assert np.isnan(values).all()
    faint = aap.photometry(data / 100, square, sky_std=0.1)
    assert faint.flux == pytest.approx(0.45)
    assert faint.mag(20) == pytest.approx(20 - 2.5 * math.log10(0.45))
    assert faint.mag_err == pytest.approx(2.5 / math.log(10) * 0.3 / 0.45)


def test_copies_of_magnitudes_keep_their_errors():
    with_errors = SEVERAL.mag(25.0)
    for mag in (with_errors, with_errors + 1, with_errors[0]):
        for other in (mag.copy(), copy.copy(mag), copy.deepcopy(mag), pickle.loads(pickle.dumps(mag))):
            assert type(other) is type(mag)
            assert np.array_equal(other, mag, equal_nan=True)
            assert (other.err is None) == (mag.err is None)
            assert mag.err is None or np.array_equal(other.err, mag.err, equal_nan=True)
            assert not np.shares_memory(other, mag)
    with pytest.raises(ValueError, match=r"err must have the shape \(2,\) of the magnitudes, got \(3,\)"):
        type(with_errors).of(np.zeros(2), np.zeros(3))


def test_limiting_magnitudes():
    three, five = PHOT.mag_limit(zeropoint=25), PHOT.mag_limit(5, zeropoint=25)
    assert three == pytest.approx(25 - 2.5 * np.log10(3 * PHOT.flux_err))
    assert five - three == pytest.approx(-2.5 * math.log10(5 / 3))
    assert PHOT.mag_limit(exptime=100) == pytest.approx(PHOT.mag_limit() + 5)
    assert np.isnan(aap.photometry(DATA, XY, r=3).mag_limit()).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PHOT.mag(25, exptime=0), "exptime=0.0 must be finite and greater than 0"),
        (lambda: PHOT.mag(math.nan), "zeropoint=nan must be finite"),
        (lambda: PHOT.mag(25, zeropoint_err=-1), "zeropoint_err=-1.0 must be finite and at least 0"),
        (lambda: PHOT.mag_limit(0), "nsigma=0.0 must be finite and greater than 0"),
    ],
)
def test_magnitudes_refuse(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
    # Of an argument without a limit, that is all.
    with pytest.raises(ValueError, match=r"^zeropoint=nan must be finite$"):
        PHOT.mag(math.nan)


# ---------------------------------------------------------------- units, masks and errors of the data


def test_quantities():
    phot = aap.photometry(DATA * u.adu, XY, saturation=1e5 * u.adu, gain=2 * u.electron / u.adu, **SETTINGS)
    same(phot, aap.photometry(DATA, XY, saturation=1e5, gain=2, **SETTINGS), u.adu)
    assert isinstance(phot.snr, np.ndarray)
    assert not isinstance(phot.snr, u.Quantity)
    assert phot.mag(25)[0] == aap.photometry(DATA, XY, **SETTINGS).mag(25)[0]
    counts = aap.photometry(DATA * u.ct, XY, gain=2 * u.electron / u.ct, **SETTINGS)
    same(counts, aap.photometry(DATA, XY, gain=2, **SETTINGS), u.ct)
    in_mjy = aap.photometry(DATA * u.mJy, XY, r=4, sky=0.1 * u.Jy, error=0.002 * u.Jy, sky_err=1 * u.mJy)
    plain = aap.photometry(DATA, XY, r=4, sky=100.0, error=2.0, sky_err=1.0)
    assert in_mjy.flux.to_value(u.mJy) == pytest.approx(plain.flux, abs=1e-9)
    assert in_mjy.flux_err.to_value(u.mJy) == pytest.approx(plain.flux_err)
    ccd = {"error_model": "ccd", "gain": 2 * u.electron / u.adu, "read_noise": 5 * u.electron}
    ccd |= {"dark": 6 * u.electron / u.min, "exptime": 1 * u.min}
    numbers = {"error_model": "ccd", "gain": 2.0, "read_noise": 5.0, "dark": 0.1, "exptime": 60.0}
    one, other = (aap.photometry(DATA, XY, **SETTINGS, **settings) for settings in (ccd, numbers))
    assert one.flux_err == pytest.approx(other.flux_err)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sky": 3 * u.Jy}, "sky has the unit Jy, which does not fit adu"),
        ({"error": 3 * u.Jy}, "error has the unit Jy, which does not fit adu"),
        ({"saturation": 3 * u.s}, "saturation has the unit s, which does not fit adu"),
        ({"gain": 3 * u.s}, "gain has the unit s, which does not fit electron / adu"),
    ],
)
def test_units_that_do_not_fit(settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        aap.photometry(DATA * u.adu, XY, r=3, **settings)
    with pytest.raises(ValueError, match="has the unit"):
        aap.photometry(DATA, XY, r=3, **settings)


def masks():
    first, second = np.zeros((2, *DATA.shape), bool)
    first[29, 31] = first[40, 25] = second[31, 29] = second[20, 22] = True
    return first, second


def test_masked_arrays():
    first, second = masks()
    both = aap.photometry(DATA, XY, mask=first | second, **SETTINGS)
    same(both, aap.photometry(np.ma.array(DATA, mask=first), XY, mask=second, **SETTINGS))
    same(both, aap.photometry(np.ma.array(DATA, mask=first | second), XY, **SETTINGS))
    error = np.ma.array(np.full(DATA.shape, 2.0), mask=first)
    phot = aap.photometry(DATA, XY, error=error, **SETTINGS)
    assert phot.npix[0] == aap.photometry(DATA, XY, mask=first, **SETTINGS).npix[0]


def test_masked_quantities():
    from astropy.utils.masked import Masked

    first, second = masks()
    phot = aap.photometry(Masked(DATA * u.adu, mask=first), XY, mask=second, **SETTINGS)
    same(phot, aap.photometry(DATA, XY, mask=first | second, **SETTINGS), u.adu)


@pytest.mark.parametrize("kind", [StdDevUncertainty, VarianceUncertainty, InverseVariance])
def test_nddata(kind):
    first, second = masks()
    error = RNG.uniform(1, 9, DATA.shape)
    values = {StdDevUncertainty: error, VarianceUncertainty: error**2, InverseVariance: error**-2}[kind]
    plain = aap.photometry(DATA, XY, error=error, mask=first | second, **SETTINGS)
    for cls, unit in ((NDData, None), (CCDData, u.adu)):
        data = cls(DATA, mask=first, uncertainty=kind(values), unit=unit)
        phot = aap.photometry(data, XY, mask=second, **SETTINGS)
        assert np.asarray(phot.flux_err) == pytest.approx(plain.flux_err, rel=1e-14)
        assert np.array_equal(np.asarray(phot.flux), plain.flux)
        assert getattr(phot.flux, "unit", None) == unit
        # what is given wins
        explicit = aap.photometry(data, XY, mask=second, error=3.0, **SETTINGS)
        wanted = aap.photometry(DATA, XY, mask=first | second, error=3.0, **SETTINGS)
        assert np.array_equal(np.asarray(explicit.flux_err), wanted.flux_err)
    background = aap.photometry(data, XY, gain=2.0, error_kind="background", mask=second, **SETTINGS)
    # Photons add to the error; where there are none, it is the same but for rounding.
    assert (np.asarray(background.flux_err) >= plain.flux_err * (1 - 1e-14)).all()


@pytest.mark.parametrize("uncertainty", [StdDevUncertainty(np.zeros(DATA.shape)), UnknownUncertainty(DATA)])
def test_a_model_that_knows_no_errors_of_pixels_does_not_look_at_them(uncertainty):
    model = {"error_model": "iraf", "gain": 2.0}
    phot = aap.photometry(NDData(DATA, uncertainty=uncertainty), XY, **SETTINGS, **model)
    same(phot, aap.photometry(DATA, XY, **SETTINGS, **model))


@pytest.mark.parametrize(
    ("kind", "values", "unit"),
    [(StdDevUncertainty, 0.002, u.Jy), (VarianceUncertainty, 4e-6, u.Jy**2), (InverseVariance, 0.25e6, u.Jy**-2)],
)
def test_an_uncertainty_of_another_unit(kind, values, unit):
    uncertainty = kind(np.full(DATA.shape, values), unit=unit)
    phot = aap.photometry(NDData(DATA, uncertainty=uncertainty, unit=u.mJy), XY, **SETTINGS)
    assert phot.flux_err.value == pytest.approx(aap.photometry(DATA, XY, error=2.0, **SETTINGS).flux_err)


def test_an_uncertainty_of_no_known_kind_is_refused():
    data = NDData(DATA, uncertainty=UnknownUncertainty(np.ones(DATA.shape)))
    with pytest.raises(ValueError, match=r"data.uncertainty is of the kind 'unknown'.*or give error="):
        aap.photometry(data, XY, **SETTINGS)
    same(aap.photometry(data, XY, error=2.0, **SETTINGS), aap.photometry(DATA, XY, error=2.0, **SETTINGS))


def test_a_mask_of_nddata_may_be_one_value():
    same(PHOT, aap.photometry(NDData(DATA, mask=False), XY, **SETTINGS))
    assert np.isnan(aap.photometry(NDData(DATA, mask=True), XY, **SETTINGS).flux).all()


@pytest.mark.parametrize(
    ("data", "header", "step"),
    [
        (np.rint(DATA).astype("i2"), {}, 1),
        (np.rint(DATA).astype(">u2"), {}, 1),
        (DATA > 100, {}, 1),
        (DATA.astype("f4"), {}, 0),
        (DATA.astype("f4"), {"BSCALE": -0.5, "BITPIX": 16}, 0.5),
        (DATA.astype("f4"), {"BSCALE": 1.0, "BITPIX": -32}, 0),
        (DATA.astype("f4"), {"BSCALE": "one"}, 0),
    ],
)
def test_the_step_of_pixel_values(data, header, step):
    phot = aap.photometry(NDData(data, meta=header), XY, **SETTINGS)
    of_floats = aap.photometry(data.astype(float), XY, **SETTINGS)
    added = phot.flux_err**2 - of_floats.flux_err**2
    assert added == pytest.approx(phot.npix**2 * step**2 / 12, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("dtype", ["u1", "i2", ">i4", "f2", ">f8", "f4"])
def test_images_of_any_kind_are_read_in_place(dtype):
    whole = np.rint(DATA / 4).astype(dtype)
    plain = aap.photometry(whole.astype("f8") if np.dtype(dtype).kind == "f" else whole.astype("i8"), XY, **SETTINGS)
    same(plain, aap.photometry(whole, XY, **SETTINGS))
    same(plain, aap.photometry(np.asfortranarray(whole), XY, **SETTINGS))
    same(plain, aap.photometry(np.repeat(np.repeat(whole, 2, 0), 3, 1)[::2, ::3], XY, **SETTINGS))


MEMORY = """
import resource, sys
import numpy as np
import astroapers as aap
data = np.zeros((6000, 6000), dtype=">i2")  # 72 MB, none of it touched but by the sources
xy = np.random.default_rng(1).uniform(2900, 3100, (500, 2))
settings = {"r": 4, "annulus": (8, 12), "error": np.broadcast_to(2.0, data.shape)}
aap.photometry(data, xy, **settings)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
aap.photometry(data, xy, mask=np.broadcast_to(False, data.shape), **settings)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def test_memory_does_not_grow_with_the_image():
    ran = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 8e6


# ---------------------------------------------------------------- tables


def test_table():
    table = PHOT.to_table()
    assert isinstance(table, QTable)
    assert table.colnames == [*ARRAYS[:9], "flag_names", *ARRAYS[9:]]
    assert table["x"].unit == u.pix
    assert table["npix"].unit == u.pix**2
    for name in ARRAYS:
        assert np.array_equal(getattr(table[name], "value", table[name]), getattr(PHOT, name))
    assert aap.photometry(DATA * u.adu, XY, **SETTINGS).to_table()["flux"].unit == u.adu


def test_the_meta_of_a_table_holds_everything(tmp_path):
    def own(values):
        return values.mean()

    phot = aap.photometry(
        DATA, XY, r=4, annulus=(8, 12), sky_stat=own, gain=2.0, mask=np.zeros(DATA.shape, bool), saturation=9e9
    )
    meta = phot.to_table().meta
    assert meta["astroapers"] == aap.__version__
    assert meta["sky_stat"] == "own"
    assert meta["mask"] == "bool array of shape (60, 60)"
    assert meta["variance"].startswith("sum(w^2) s^2")
    assert "gain" in meta["variance"]
    assert meta["apertures"][0].startswith("CircAp(")
    arguments = set(aap.photometry.__kwdefaults__) - {"r", "annulus"}
    assert arguments <= set(meta)
    path = tmp_path / "stars.ecsv"
    phot.to_table().write(path)
    back = QTable.read(path)
    assert back.meta == meta
    assert np.array_equal(back["flux"], phot.flux)
    assert json.loads(json.dumps(meta)) == meta


def test_the_meta_of_a_table_tells_units():
    phot = aap.photometry(DATA * u.adu, XY, r=4, gain=2.0 * u.electron / u.adu)
    assert phot.to_table().meta["gain"] == "2.0 electron / adu"


def test_columns_of_several_apertures():
    ends = ("_r3", "_r3p5", "_r4")
    columns = SEVERAL.to_table().colnames
    assert [name for name in columns if name.startswith("npix")] == ["npix" + end for end in ends]
    assert columns.count("sky") == columns.count("x") == 1
    boxes = aap.photometry(DATA, [aap.RectAp(XY, 3, 3), aap.CircAp(XY, 3)])
    assert {"flux_1", "flux_2"} <= set(boxes.to_table().colnames)
    assert len(boxes.to_table().meta["apertures"]) == 2
    assert "CircAp" in boxes.to_table().meta["apertures"][1]
    each = aap.photometry(DATA, [aap.CircAp(XY, r) for r in ([1, 2, 3], 4)])
    assert {"flux_1", "flux_2", "aperture_1_r"} <= set(each.to_table().colnames)
    assert np.array_equal(each.to_table()["flux_2"], each.flux[:, 1])
    assert "flux" in aap.photometry(DATA, [aap.CircAp(XY, 3)]).to_table().colnames


def test_arguments_of_one_value_per_source_are_columns():
    phot = aap.photometry(DATA, aap.CircAp(XY, [2, 3, 4]), sky=[1.0, 2.0, 3.0], sky_err=[0.1, 0.2, 0.3], sky_std=2.0)
    table = phot[1:].to_table()
    assert table["aperture_r"].tolist() == [3, 4]
    assert phot[1:][1:].to_table()["aperture_r"].tolist() == [4]
    assert table["sky_err"].tolist() == [0.2, 0.3]
    assert table["sky"].tolist() == [2.0, 3.0]
    assert table.meta["sky_err"] == "column sky_err"
    annuli = aap.photometry(DATA, XY, r=2, annulus=([5, 6, 7], 10)).to_table()
    assert annuli["annulus_r_in"].tolist() == [5, 6, 7]
    assert "annulus_r_out" not in annuli.colnames


def test_flags_come_in_words():
    data = DATA.copy()
    data[30, 30] = np.nan
    names = aap.photometry(data, XY, **SETTINGS).to_table()["flag_names"]
    assert names[0] == "NON_FINITE_DATA|CORE_BAD"
    assert "flag_names_r3p5" in SEVERAL.to_table().colnames


def wcs():
    found = WCS(naxis=2)
    found.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    found.wcs.crval = [150.0, 2.0]
    found.wcs.crpix = [30.0, 30.0]
    found.wcs.cdelt = [-1e-4, 1e-4]
    return found


def test_coordinates():
    phot = aap.photometry(CCDData(DATA, unit=u.adu, wcs=wcs()), XY, **SETTINGS)
    assert phot.coord.ra.deg == pytest.approx(150 - (XY[:, 0] - 29) * 1e-4, abs=1e-6)
    table = phot.to_table()
    assert table.colnames[:3] == ["x", "y", "coord"]
    assert table["coord"][1].dec.deg == phot.coord[1].dec.deg
    assert phot[1:].to_pandas()["ra"].tolist() == phot.coord.ra.deg[1:].tolist()
    assert PHOT.coord is None


def test_pandas():
    frame = aap.photometry(DATA * u.adu, XY, **SETTINGS).to_pandas()
    assert np.array_equal(frame["flux"], PHOT.flux)
    assert frame.attrs["unit"] == "adu"
    assert frame.attrs["sigma_clip"] == 3.0
    assert list(SEVERAL.to_pandas().columns) == SEVERAL.to_table().colnames


def test_arrow():
    table = SEVERAL[1:].to_arrow()
    assert table.column_names == SEVERAL.to_table().colnames
    assert np.array_equal(table["flux_r3p5"].to_numpy(), SEVERAL.flux[1:, 1])
    meta = json.loads(table.schema.metadata[b"astroapers"])
    assert meta["astroapers"] == aap.__version__
    assert meta["maxiters"] == 5


@pytest.mark.parametrize(
    ("method", "module", "extra"),
    [("to_table", "astropy.table", "phot"), ("to_pandas", "pandas", "tables"), ("to_arrow", "pyarrow", "tables")],
)
def test_a_missing_package_names_its_command(method, module, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=re.escape(f'pip install "astroapers[{extra}]"')):
        getattr(PHOT, method)()


ALONE = """
import sys
import numpy as np
import astroapers as aap
ccd = {"error_model": "ccd", "read_noise": 5.0, "dark": 0.1, "exptime": 60.0}
for model in ({}, ccd):
    phot = aap.photometry(np.ones((20, 20)), [(9, 9), (11, 11)], r=2, annulus=(4, 6), gain=1.0, **model)
repr(phot), phot.mag(25), phot.snr, phot[0]
print([name for name in ("astropy", "pandas", "pyarrow", "matplotlib", "scipy") if name in sys.modules])
"""


def test_photometry_needs_numpy_alone():
    ran = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


# ---------------------------------------------------------------- pictures


@pytest.fixture(autouse=True)
def no_open_figures():
    with mpl.rc_context({"backend": "agg"}):
        yield
    plt.close("all")


def test_the_picture_of_a_catalogue_shows_every_aperture():
    assert len(PHOT.plot().axes[0].patches) == 6
    assert len(SEVERAL[1:].plot().axes[0].patches) == 8
    assert len(aap.photometry(DATA, XY, r=3).plot(color="r").axes[0].patches) == 3


@pytest.mark.parametrize("dtype", ["f8", ">i2", "u1"])
def test_the_picture_of_a_source(dtype):
    phot = aap.photometry(DATA.astype(dtype), XY, mask=masks()[0], **SETTINGS)
    pixels, growth, sky = phot.plot(0).axes
    assert len(pixels.patches) == 2
    (curve,) = [line for line in growth.lines if len(line.get_xdata()) > 2]
    x, y = curve.get_data()
    assert np.interp(4.0, x, y) == pytest.approx(phot.flux[0], rel=0.02)
    assert sum(patch.get_height() for patch in sky.patches[:-1]) >= phot.n_sky[0]


@pytest.mark.parametrize(
    "phot",
    [
        SEVERAL,
        aap.photometry(DATA, XY, r=3),
        aap.photometry(DATA * u.adu, aap.EllipAp(XY, [3, 4, 5], 2, 0.3), sky=100 * u.adu),
        aap.photometry(DATA, aap.WedgeAp(XY, 2, 5, 0.2, 1.0), aap.RectAn(XY, 12, 12, 20, 20)),
        aap.photometry(DATA, aap.PathAp.polygon(XY, [(-3, -3), (3, -3), (0, 3)]), annulus=(6, 9)),
        aap.photometry(DATA, XY, r=3, annulus=(80, 81)),
    ],
    ids=["several", "no sky", "ellipses", "wedges", "paths", "no pixel of sky"],
)
def test_every_kind_of_source_can_be_drawn(phot):
    for i in range(len(phot)):
        phot.plot(i).canvas.draw()


def test_what_cannot_be_drawn():
    with pytest.raises(IndexError, match=r"source=slice\(0, 2, None\) must be the index of one source"):
        PHOT.plot(slice(0, 2))
    with pytest.raises(IndexError):
        PHOT.plot(7)
    nowhere = aap.photometry(DATA, [(np.nan, 3), (3, 3)], **SETTINGS)
    with pytest.raises(ValueError, match="source 0 has no position"):
        nowhere.plot(0)
    nowhere.plot().canvas.draw()
