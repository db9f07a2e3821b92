"""Every option of the command is exercised: a table of them, compared with the command's own list.

Each case is run beside the plain measurement, and says what must differ, by how much, and why.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import fits_by_hand as by_hand
import numpy as np
import pytest
from astropy.io import fits
from astropy.stats import sigma_clip
from phot_command import Ran, catalogue, image, measured, phot, stars, xy

from astroapers._fits.command import phot as command

SHAPE = (70, 80)
X, Y = np.array([20.3, 55.13, 33.4]), np.array([22.8, 25.37, 50.6])
FLUX = np.array([6000.0, 9000.0, 5000.0])
ANNULUS = (8, 12)
NO_POSITIONS = ("--x", "--y", "--origin", "--catalog")


@dataclass
class Bench:
    """A folder with an image, its companions, and catalogues; words that are replaced or dropped by each case."""

    folder: Any
    data: np.ndarray
    image: Any
    plain: dict[str, Any] = field(default_factory=dict)

    def run(self, words, without=()):
        """Run the plain measurement with other words."""
        asked = {name: value for name, value in self.plain.items() if name not in without}
        out = self.folder / "out.ecsv"
        out.unlink(missing_ok=True)
        asked["--output"] = out
        for name, *values in words:
            asked.pop(name, None)
            asked[name] = tuple(values)
        flat = [
            word for name, value in asked.items() for word in (name, *(value if isinstance(value, tuple) else (value,)))
        ]
        ran = phot(self.image, *flat)
        path = asked["--output"] if not isinstance(asked["--output"], tuple) else asked["--output"][0]
        return Outcome(self, ran, measured(path) if path.is_file() else None)

    def hand(self, r=4, annulus=ANNULUS, **settings):
        return by_hand.photometry(self.data, X, Y, r, annulus, **settings)


@dataclass
class Outcome:
    """What came of a case."""

    bench: Bench
    ran: Ran
    table: Any

    def __getitem__(self, name):
        return np.asarray(self.table[name])


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder = tmp_path_factory.mktemp("options")
    data = stars(SHAPE, X, Y, FLUX)
    keywords = {"GAIN": 1.5, "RDNOISE": 4.0, "EXPTIME": 30.0, "MYGAIN": 3.0, "NFRAMES": 4, "SATLEVEL": 300.0}
    path = image(folder / "frame.fits", data, **keywords, TRIMSEC="[1:60,1:70]", BIASSEC="[61:80,1:10]", MYZP=22.0)
    header = fits.getheader(path)
    header.update(
        {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 150.0, "CRVAL2": 20.0, "CRPIX1": 40.0, "CRPIX2": 35.0}
    )
    header.update({"CDELT1": -0.5 / 3600, "CDELT2": 0.5 / 3600, "CUNIT1": "deg", "CUNIT2": "deg", "RADESYS": "ICRS"})
    bits = np.zeros(SHAPE, np.int16)
    bits[23, 20], bits[25, 55] = 2, 8
    planes = [
        fits.PrimaryHDU(data, header),
        fits.ImageHDU(data * 2, header, name="DOUBLE"),
        fits.ImageHDU(bits, name="DQ"),
        fits.ImageHDU(np.full(SHAPE, 16.0), name="VAR"),
    ]
    fits.HDUList(planes).writeto(path, overwrite=True)
    ra, dec = by_hand.sky_positions(by_hand.frame(path).wcs, X, Y)
    columns = {"x": X, "y": Y, "alpha": ra, "delta": dec, "name": ["a", "b", "c"]}
    shapes = {"radius": [3.0, 4.0, 5.0], "major": [4.0, 5.0, 6.0], "minor": [2.0, 3.0, 4.0], "angle": [0.0, 30.0, 90.0]}
    words = xy(folder / "stars.csv", **{**columns, **shapes})
    plain = dict(zip(words[::2], words[1::2], strict=True)) | {"--r": 4, "--annulus": "8,12"}
    return Bench(folder, data, path, plain)


@pytest.fixture(scope="module")
def plain(bench):
    return bench.run([])


CASES: dict[str, list[tuple[Any, tuple[str, ...], Callable[..., Any]]]] = {}


def case(option, words, *, without=()):
    """Register a check of an option: what is run, and what must hold of it."""

    def register(check):
        CASES.setdefault(option, []).append((words, without, check))
        return check

    return register


def fluxes(outcome, hand, tolerance=1e-9):
    assert outcome.ran.code == 0, outcome.ran.out + outcome.ran.err
    assert outcome["flux"] == pytest.approx(hand.flux, rel=tolerance)


# ---------------------------------------------------------------- sources


@case("--catalog", lambda b: [("--catalog", catalogue(b.folder / "one.csv", x=X[:1], y=Y[:1]))])
def _catalogue(one, plain):
    assert len(one.table) == 1
    assert one["flux"][0] == plain["flux"][0]


@case("--x", lambda b: [("--x", "y")])
@case("--y", lambda b: [("--y", "x")])
def _columns_of_pixels(other, plain):
    assert other.ran.code == 0
    x, y = (X, X) if other["x"][0] == X[0] else (Y, Y)
    hand = by_hand.photometry(other.bench.data, x, y, 4, ANNULUS)
    fluxes(other, hand)


@case("--origin", lambda b: [("--origin", 1)])
def _origin(other, plain):
    fluxes(other, by_hand.photometry(other.bench.data, X - 1, Y - 1, 4, ANNULUS))


SKY_COLUMNS = [("--ra", "alpha"), ("--dec", "delta")]


@case("--ra", lambda b: SKY_COLUMNS, without=("--x", "--y", "--origin"))
@case("--dec", lambda b: SKY_COLUMNS, without=("--x", "--y", "--origin"))
def _columns_of_the_sky(other, plain):
    fluxes(other, other.bench.hand(), 1e-5)


@case("--id", lambda b: [("--id", "name")])
def _id(other, plain):
    assert plain["id"].tolist() == [1, 2, 3]
    assert other["id"].tolist() == ["a", "b", "c"]


@case("--detect", lambda b: [("--detect", 20)], without=NO_POSITIONS)
def _detect(other, plain):
    assert other.ran.code == 0, other.ran.err
    assert len(other.table) == 3
    for x, y in zip(X, Y, strict=True):
        assert np.hypot(other["x"] - x, other["y"] - y).min() < 0.2


# ---------------------------------------------------------------- apertures and sky


@case("--r", lambda b: [("--r", "2,6")])
def _radii(other, plain):
    for r in (2, 6):
        assert other[f"flux_r{r}"] == pytest.approx(other.bench.hand(r).flux, rel=1e-9)


@case("--r", lambda b: [("--r", "2arcsec")])
def _a_radius_on_the_sky(other, plain):
    """Half an arcsecond per pixel: the radius of the plain measurement."""
    fluxes(other, other.bench.hand(4), 1e-6)


@case("--r", lambda b: [("--r", "radius")])
def _a_radius_for_each(other, plain):
    for row, r in enumerate((3, 4, 5)):
        assert other["flux"][row] == pytest.approx(other.bench.hand(r).flux[row], rel=1e-9)


def ellipses(outcome, shapes):
    from photutils.aperture import EllipticalAperture

    sky = outcome.bench.hand().sky
    for row, (a, b, angle) in enumerate(shapes):
        shape = EllipticalAperture((X[row], Y[row]), a, b, theta=np.deg2rad(angle))
        total = shape.do_photometry(outcome.bench.data, method="exact")[0][0]
        assert outcome["flux"][row] == pytest.approx(total - shape.area * sky[row], rel=1e-6)


@case("--ellipse", lambda b: [("--ellipse", 5, 3, 30)], without=("--r",))
def _ellipse(other, plain):
    assert other.ran.code == 0, other.ran.err
    ellipses(other, [(5, 3, 30)] * 3)


SHAPE_COLUMNS = [("--a", "major"), ("--b", "minor"), ("--theta", "angle")]


@case("--a", lambda b: SHAPE_COLUMNS, without=("--r",))
@case("--b", lambda b: SHAPE_COLUMNS, without=("--r",))
@case("--theta", lambda b: SHAPE_COLUMNS, without=("--r",))
def _columns_of_ellipses(other, plain):
    assert other.ran.code == 0, other.ran.err
    ellipses(other, [(4, 2, 0), (5, 3, 30), (6, 4, 90)])


@case("--annulus", lambda b: [("--annulus", "10,15")])
def _annulus(other, plain):
    fluxes(other, other.bench.hand(annulus=(10, 15)))


@case("--sky", lambda b: [("--sky", 90)], without=("--annulus",))
def _sky(other, plain):
    fluxes(other, other.bench.hand(annulus=None, sky=90.0))


@case("--no-sky", lambda b: [("--no-sky",)], without=("--annulus",))
def _no_sky(other, plain):
    fluxes(other, other.bench.hand(annulus=None))


@case("--sky-stat", lambda b: [("--sky-stat", "mean"), ("--clip", "none")])
def _sky_stat(other, plain):
    from photutils.aperture import CircularAnnulus

    for row, (x, y) in enumerate(zip(X, Y, strict=True)):
        ring = CircularAnnulus((x, y), *ANNULUS).to_mask(method="center").get_values(other.bench.data)
        assert other["sky"][row] == pytest.approx(ring.mean(), rel=1e-13)


@case("--clip", lambda b: [("--clip", 1.5)])
def _clip(other, plain):
    assert other["n_sky"].tolist() == other.bench.hand(clip=1.5).n_sky.tolist()
    fluxes(other, other.bench.hand(clip=1.5))


@case("--min-sky", lambda b: [("--min-sky", 400)])
def _min_sky(other, plain):
    import astroapers as aap

    assert all(bits & aap.Flag.SKY_FEW for bits in other["flags"].tolist())
    assert not any(bits & aap.Flag.SKY_FEW for bits in plain["flags"].tolist())


# ---------------------------------------------------------------- planes and errors


@case("--ext", lambda b: [("--ext", "DOUBLE")])
@case("--ext", lambda b: [("--ext", 1)])
def _ext(other, plain):
    assert other["flux"] == pytest.approx(2 * plain["flux"], rel=1e-12)


@case("--mask", lambda b: [("--mask", f"{b.image}[DQ]")])
def _mask(other, plain):
    bad = np.zeros(SHAPE, bool)
    bad[23, 20] = bad[25, 55] = True
    fluxes(other, other.bench.hand(bad=bad))


@case("--mask-bits", lambda b: [("--mask", f"{b.image}[DQ]"), ("--mask-bits", 8)])
def _mask_bits(other, plain):
    bad = np.zeros(SHAPE, bool)
    bad[25, 55] = True
    fluxes(other, other.bench.hand(bad=bad))


ERRORS = [("--sky", 100)]


def quadratic(outcome, error, gain=None):
    data = outcome.bench.data
    for row, (x, y) in enumerate(zip(X, Y, strict=True)):
        variance = by_hand.weighted(np.full(SHAPE, error**2), x, y, 4, power=2)
        if gain:
            variance += by_hand.weighted(data - 100, x, y, 4, power=2) / gain
        assert outcome["flux_err"][row] == pytest.approx(np.sqrt(variance), rel=1e-9)


@case("--error", lambda b: [*ERRORS, ("--error", f"{b.image}[VAR]")], without=("--annulus",))
def _error(other, plain):
    assert other.ran.code == 0, other.ran.err
    quadratic(other, 16.0)


@case(
    "--error-type", lambda b: [*ERRORS, ("--error", f"{b.image}[VAR]"), ("--error-type", "var")], without=("--annulus",)
)
def _error_type(other, plain):
    quadratic(other, 4.0)


@case(
    "--error-kind",
    lambda b: [*ERRORS, ("--error", f"{b.image}[VAR]"), ("--error-kind", "background"), ("--gain", 2)],
    without=("--annulus",),
)
def _error_kind(other, plain):
    quadratic(other, 16.0, gain=2.0)


@case("--error-model", lambda b: [("--error-model", "iraf")])
def _error_model(other, plain):
    assert other["flux_err"] == pytest.approx(by_hand.iraf_error(other.bench.hand(), 1.5), rel=1e-9)


@case("--gain", lambda b: [("--error-model", "iraf"), ("--gain", "MYGAIN")])
@case("--gain", lambda b: [("--error-model", "iraf"), ("--gain", 3)])
def _gain(other, plain):
    assert other["flux_err"] == pytest.approx(by_hand.iraf_error(other.bench.hand(), 3.0), rel=1e-9)


@case("--read-noise", lambda b: [("--error-model", "ccd"), ("--read-noise", 20)])
def _read_noise(other, plain):
    assert other["flux_err"] == pytest.approx(by_hand.ccd_error(other.bench.hand(), 1.5, 20.0), rel=1e-9)


@case("--dark", lambda b: [("--error-model", "ccd"), ("--dark", 2), ("--exptime", 50)])
def _dark(other, plain):
    """Electrons per pixel and second times seconds, beside the square of the read noise."""
    hand = other.bench.hand()
    assert other["flux_err"] == pytest.approx(by_hand.ccd_error(hand, 1.5, np.sqrt(4.0**2 + 2 * 50)), rel=1e-9)


@case("--exptime", lambda b: [("--zeropoint", "MYZP"), ("--exptime", 300)])
def _exptime(other, plain):
    hand = other.bench.hand()
    assert other["mag"] == pytest.approx(by_hand.magnitudes(hand.flux, 22.0, 300.0), rel=1e-10)


@case("--zeropoint", lambda b: [("--zeropoint", "MYZP")])
def _zeropoint(other, plain):
    assert "mag" not in plain.table.colnames
    assert other["mag"] == pytest.approx(by_hand.magnitudes(other.bench.hand().flux, 22.0, 30.0), rel=1e-10)


@case("--saturation", lambda b: [("--saturation", "SATLEVEL")])
def _saturation(other, plain):
    import astroapers as aap

    peaks = [
        other.bench.data[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3].max()
        for x, y in zip(X, Y, strict=True)
    ]
    assert [bool(bits & aap.Flag.SATURATED) for bits in other["flags"].tolist()] == [peak >= 300 for peak in peaks]


@case("--ncombine", lambda b: [("--error-model", "iraf"), ("--ncombine", "NFRAMES")])
def _ncombine(other, plain):
    assert other["flux_err"] == pytest.approx(by_hand.iraf_error(other.bench.hand(), 1.5 * 4), rel=1e-9)


@case("--trim", lambda b: [("--trim",)])
def _trim(other, plain):
    """The part beyond column 60 is gone, and positions are still those of the file."""
    import astroapers as aap

    assert other["x"].tolist() == X.tolist()
    assert other["flux"][[0, 2]].tolist() == plain["flux"][[0, 2]].tolist()
    assert other["flags"][1] & aap.Flag.SKY_PARTIAL
    cut = by_hand.photometry(other.bench.data[:, :60], X, Y, 4, ANNULUS)
    assert other["n_sky"].tolist() == cut.n_sky.tolist()


@case("--bias-level", lambda b: [("--bias-level", 40)])
def _bias(other, plain):
    assert other["sky"] == pytest.approx(plain["sky"] - 40, rel=1e-12)
    assert other["flux"] == pytest.approx(plain["flux"], rel=1e-9)


@case("--bias-level", lambda b: [("--bias-level", "BIASSEC")])
def _bias_of_a_section(other, plain):
    """The mean of what clipping leaves of it."""
    level = sigma_clip(other.bench.data[0:10, 60:80], sigma=3, maxiters=None).mean()
    assert other["sky"] == pytest.approx(plain["sky"] - level, rel=0, abs=1e-10)


# ---------------------------------------------------------------- output


@case("--output", lambda b: [("--output", b.folder / "named.csv")])
def _output(other, plain):
    assert other["flux"].tolist() == plain["flux"].tolist()


@case("--tidy", lambda b: [("--tidy",), ("--r", "2,4")])
def _tidy(other, plain):
    assert len(other.table) == 6
    assert other["flux"].reshape(-1)[np.asarray(other["r"], float) == 4].tolist() == plain["flux"].tolist()


@case("--plot", lambda b: [("--plot", b.folder / "picture.png")])
def _plot(other, plain):
    picture = (other.bench.folder / "picture.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000


@case("--dry-run", lambda b: [("--dry-run",)])
def _dry_run(other, plain):
    assert other.ran.code == 0
    assert other.table is None
    for word in ("gain", "1.5", "GAIN", "exptime", "30", "EXPTIME", "read_noise", "4", "RDNOISE", "annulus"):
        assert word in other.ran.said.replace("read-noise", "read_noise").replace("read noise", "read_noise"), word


@case("--jobs", lambda b: [("--jobs", 1)])
def _jobs(other, plain):
    assert other["flux"].tolist() == plain["flux"].tolist()


@case("--resume", lambda b: [("--resume",)])
def _resume(other, plain):
    assert other["flux"].tolist() == plain["flux"].tolist()


@case("--overwrite", lambda b: [("--overwrite",)])
def _overwrite(other, plain):
    assert other["flux"].tolist() == plain["flux"].tolist()


def written(path, text):
    path.write_text(text)
    return path


@case(
    "--keywords",
    lambda b: [("--keywords", written(b.folder / "more.toml", 'gain = ["MYGAIN"]\n')), ("--error-model", "iraf")],
)
def _keywords(other, plain):
    """What a user adds is looked for first."""
    assert other["flux_err"] == pytest.approx(by_hand.iraf_error(other.bench.hand(), 3.0), rel=1e-9)


@case(
    "--config",
    lambda b: [("--config", written(b.folder / "job.toml", "r = 4\nannulus = [10, 15]\nmin_sky = 30\n"))],
    without=("--r", "--annulus"),
)
def _config(other, plain):
    fluxes(other, other.bench.hand(annulus=(10, 15)))


@case("--config", lambda b: [("--config", written(b.folder / "job.toml", "r = 6\n")), ("--r", 4)])
def _the_command_line_wins(other, plain):
    fluxes(other, other.bench.hand(4))


@case("--debug", lambda b: [("--debug",), ("--catalog", b.folder / "nowhere.csv")])
def _debug(other, plain):
    assert other.ran.code == 2
    assert "Traceback" in other.ran.err


@case("--help", lambda b: [("--help",)])
def _help(other, plain):
    assert other.ran.code == 0
    assert other.ran.out.count("astroapers phot ") >= 4  # usage, and three examples
    for option in CASES:
        assert option in other.ran.out, option


TABLE = [(option, *entry) for option, entries in CASES.items() for entry in entries]


@pytest.mark.parametrize(
    ("option", "words", "without", "check"), TABLE, ids=[f"{row[0]}:{row[3].__name__}" for row in TABLE]
)
def test_an_option(option, words, without, check, bench, plain):
    assert option in {name for name, *_ in words(bench)} or option == "--catalog"
    check(bench.run(words(bench), without), plain)


def test_every_option_has_a_case():
    """A new option without a case fails here. Of an option's names the longest counts."""
    import click

    known = {max(parameter.opts, key=len) for parameter in command.params if isinstance(parameter, click.Option)}
    assert known - set(CASES) == set()
    assert set(CASES) - known <= {"--help"}


def test_the_plain_measurement_is_that_of_photutils(plain, bench):
    fluxes(plain, bench.hand())
