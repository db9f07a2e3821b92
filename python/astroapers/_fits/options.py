"""The options of ``astroapers phot``: the one table that command, help, configuration and manual are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Option:
    """
    One option.

    Attributes
    ----------
    name : str
        As it is written, without the dashes.
    metavar : str
        What stands for its value; empty for a flag.
    text : str
        What it is for.
    kind : type
        What click makes of its value.
    nargs : int
        How many values it has.
    choices : tuple of str
        What it may be, if that is a list.
    job : bool
        Whether it is a field of `Job`.
    """

    name: str
    metavar: str
    text: str
    kind: Any = str
    nargs: int = 1
    choices: tuple[str, ...] = ()
    job: bool = True

    @property
    def field(self) -> str:
        """
        The name that Python has for it.

        Examples
        --------
        >>> Option("dry-run", "", "show values").field
        'dry_run'
        """
        return self.name.replace("-", "_")


@dataclass(frozen=True)
class Group:
    """
    Options that belong together.

    Attributes
    ----------
    title : str
        What they say.
    options : tuple of Option
        These.
    """

    title: str
    options: tuple[Option, ...]


#: Every option, in the order of the help page.
GROUPS = (
    Group(
        "Which sources (one of --catalog and --detect)",
        (
            Option(
                "catalog", "FILE", "Catalogue: ECSV, CSV, FITS table, VOTable, Parquet, or a text with columns x y."
            ),
            Option("ra", "COL", "Column of right ascension. Usual names are found without it."),
            Option("dec", "COL", "Column of declination."),
            Option("x", "COL", "Column of the position in pixels. Usual names are found without it."),
            Option("y", "COL", "The other coordinate."),
            Option(
                "origin",
                "0|1",
                "What the first pixel counts as in --x and --y: 0 as in NumPy, 1 as in FITS, DS9 and SExtractor.",
                int,
            ),
            Option("id", "COL", "Column that names the sources. Default: that called id, or else numbers from 1 on."),
            Option(
                "detect", "NSIGMA", "No catalogue: find sources that stand out from the local sky by so many sigma."
            ),
        ),
    ),
    Group(
        "Where to sum",
        (
            Option(
                "r",
                "3,5,8",
                "Radii in pixels; or on the sky, as in 2arcsec; or a column of the catalogue. "
                "Beside an ellipse: factors of its axes.",
            ),
            Option(
                "ellipse", "A B THETA", "Semi-axes in pixels, or as in 2arcsec; angle from +x to A in degrees.", nargs=3
            ),
            Option("a", "COL", "Columns of the catalogue with an ellipse for each source: semi-axis a,"),
            Option("b", "COL", "semi-axis b,"),
            Option("theta", "COL", "and the angle, in degrees unless its column has a unit."),
        ),
    ),
    Group(
        "The sky (one of --annulus, --sky and --no-sky)",
        (
            Option(
                "annulus", "9,15", "Inner and outer radius of the ring around each source that the sky is taken from."
            ),
            Option("sky", "VALUE", "Level of the sky per pixel, the same for all."),
            Option("no-sky", "", "Subtract nothing: the image has no sky left.", bool, job=False),
            Option(
                "sky-stat",
                "STAT",
                "Statistic of the ring: median, mean, mode, mmm, sextractor, biweight, median_interp.",
            ),
            Option(
                "clip",
                "SIGMA",
                "Reject pixels of the ring farther than this from their median; none to keep all. Default: 3.",
            ),
            Option("min-sky", "N", "Flag sources with fewer pixels of sky. Default: 20.", int),
        ),
    ),
    Group(
        "Pixels: which, and how good",
        (
            Option("ext", "N|NAME", "Extension of the image. Default: the first that has one."),
            Option(
                "mask",
                "FILE[EXT]",
                "Mask: nonzero is bad. [EXT] alone is in the image's own file; {stem} stands for its name.",
            ),
            Option("mask-bits", "B", "Only these bits of the mask are bad: 12, 0xc and 4,8 are the same."),
            Option("error", "FILE[EXT]", "Errors of pixels."),
            Option("error-type", "TYPE", "What they are: std, var or ivar.", choices=("std", "var", "ivar")),
            Option(
                "error-kind",
                "KIND",
                "Whether they hold the photon noise of the sources: total, or background.",
                choices=("total", "background"),
            ),
            Option(
                "error-model", "MODEL", "Formula of the error: iraf or ccd instead of ours.", choices=("iraf", "ccd")
            ),
            Option("trim", "", "Use only the part of the frame that TRIMSEC or DATASEC names.", bool),
            Option(
                "bias-level",
                "B|KEY",
                "Subtract this level; or the mean of the section that a keyword such as BIASSEC names.",
            ),
            Option("dark", "D|KEY", "Dark current in electrons per pixel and second, for --error-model ccd."),
        ),
    ),
    Group(
        "What the header knows (else a number, a keyword, or none)",
        (
            Option("gain", "G|KEY", "Electrons per unit of the image."),
            Option("read-noise", "R|KEY", "Read noise in electrons."),
            Option("exptime", "T|KEY", "Exposure time in seconds."),
            Option(
                "zeropoint",
                "Z|KEY|auto",
                "Magnitude of one unit per second; auto looks for it. Without it: no magnitudes.",
            ),
            Option("saturation", "S|KEY", "Level from which pixels are flagged as saturated."),
            Option("ncombine", "N|KEY", "Number of frames that the image is the average of."),
            Option("keywords", "FILE.toml", "More keywords to try, by quantity."),
        ),
    ),
    Group(
        "What comes out",
        (
            Option(
                "output",
                "OUT",
                "Table: .ecsv, .csv, .fits or .parquet. For several images a folder, or a name with {stem}.",
                job=False,
            ),
            Option(
                "tidy",
                "",
                "One row per source and radius; several images go into one table, as for light curves.",
                bool,
            ),
            Option("plot", "OUT.png", "Picture of the image with its apertures.", job=False),
            Option("overwrite", "", "Replace what is there.", bool, job=False),
            Option("resume", "", "Keep what is there and still true; measure the rest.", bool, job=False),
        ),
    ),
    Group(
        "How to run",
        (
            Option("dry-run", "", "Show every value with its origin; measure nothing.", bool, job=False),
            Option("jobs", "N", "Images at a time, each in a process of its own. Default: 1.", int, job=False),
            Option(
                "config", "FILE.toml", "Read options from a file, as in r = [3, 5]; the command line wins.", job=False
            ),
            Option("debug", "", "Show where in the program an error arose.", bool, job=False),
        ),
    ),
)

#: Every option by the name that Python has for it.
OPTIONS = {option.field: option for group in GROUPS for option in group.options}

#: Options that contradict each other: what is on one side cannot stand beside what is on another.
SIDES = (
    (("catalog", "x", "y", "origin", "ra", "dec", "id"), ("detect",)),
    (("x", "y", "origin"), ("ra", "dec")),
    (("ellipse",), ("a", "b", "theta")),
    (("annulus", "sky_stat", "clip", "min_sky"), ("sky",), ("no_sky",)),
    (("error", "error_type", "error_kind"), ("error_model", "dark")),
    (("overwrite",), ("resume",)),
)
