"""The command ``astroapers``: a thin dispatcher that needs nothing but NumPy.

Sub-commands that need more say what to install when it is missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from astroapers import __version__
from astroapers._calibrate import COUNTS, IMAGE_SIZE, RADIUS, REPEATS, calibrate_parallel_threshold
from astroapers._extras import require


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after the command's name; those of the process by default.

    Returns
    -------
    int
        The exit status: 0 if all went well, 1 if not. Wrong usage exits with 2.

    Examples
    --------
    >>> main(["calibrate-threshold", "--counts", "1", "--repeats", "0"])  # the reason goes to stderr
    1
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["phot"]:
        return _phot(words[1:])
    chosen = _parser().parse_args(words)
    try:
        chosen.run(chosen)
    except (ImportError, OSError, ValueError) as error:
        print(f"astroapers: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="astroapers", description="Exact aperture photometry.")
    parser.add_argument("--version", action="version", version=f"astroapers {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    # Only for the list of commands: its words go to click.
    commands.add_parser("phot", help="measure FITS images: a catalogue in, a calibrated table and a picture out")

    demo = commands.add_parser("demo", help="measure the stars of M13 on an image that comes with astropy")
    demo.add_argument(
        "--directory", type=Path, default=Path("demo"), help="where m13.ecsv and m13.png go (default: %(default)s)"
    )
    demo.set_defaults(run=_demo)

    calibrate = commands.add_parser(
        "calibrate-threshold", help="measure from how many apertures on the thread pool is faster"
    )
    sizes = f"batch sizes to time (default: {' '.join(map(str, COUNTS))})"
    calibrate.add_argument("--counts", type=int, nargs="+", default=COUNTS, metavar="N", help=sizes)
    calibrate.add_argument("--repeats", type=int, default=REPEATS, metavar="N", help="how often (default: %(default)s)")
    calibrate.add_argument(
        "--image-size", type=int, default=IMAGE_SIZE, metavar="N", help="in pixels (default: %(default)s)"
    )
    calibrate.add_argument(
        "--radius", type=float, default=RADIUS, metavar="R", help="of the circles (default: %(default)s)"
    )
    calibrate.set_defaults(run=_calibrate)
    return parser


def _phot(words: list[str]) -> int:
    """Hand the words to click, which is imported here and not before."""
    try:
        for module in ("click", "rich", "rich_click", "astropy"):
            require(module, extra="phot")
        from astroapers._fits import command
    except ImportError as error:
        print(f"astroapers phot: {error}", file=sys.stderr)
        return 1
    return command.run(words)


def _demo(chosen: argparse.Namespace) -> None:
    from astroapers import demo

    demo.run(chosen.directory)


def _calibrate(chosen: argparse.Namespace) -> None:
    result = calibrate_parallel_threshold(
        counts=chosen.counts,
        repeats=chosen.repeats,
        image_size=chosen.image_size,
        radius=chosen.radius,
        apply=False,
    )
    print(f"{'apertures':>9} {'one thread':>12} {'pool':>12}   faster")
    for count, serial, parallel in zip(result.counts, result.serial_seconds, result.parallel_seconds, strict=True):
        faster = "pool" if parallel < serial else "one thread"
        print(f"{count:9d} {serial * 1e6:9.1f} us {parallel * 1e6:9.1f} us   {faster}")
    print(
        f"\nrecommended threshold: {result.threshold} (in force: {result.original_threshold})\n\n"
        f"for later sessions:  export ASTROAPERS_PARALLEL_THRESHOLD={result.threshold}\n"
        f"in a running one:    astroapers.set_parallel_threshold({result.threshold})"
    )


if __name__ == "__main__":
    sys.exit(main())
