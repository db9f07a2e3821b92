"""
Jobs that take long, each run until Ctrl-C; a program for tests and for `threads`.

    python -m reliability.interrupted THREADS < names of jobs

prints, for every name it reads, ``ready`` when the job is about to start and the time at which Ctrl-C was felt; then it
measures something small, which must be right. `Victim` is the other side of that conversation.
"""

from __future__ import annotations

import functools
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

import astroapers as aap
from astroapers import _rust, kernels
from reliability.operations import star

# An image without memory of its own: one byte, repeated. Alone, a sum over it takes minutes.
SIDE = 400_000
MIDDLE = (SIDE / 2 + 0.3, SIDE / 2 + 0.7)
KITE = [
    ("move", -150_000, 0),
    ("line", 1_000, 1_000),
    ("line", 150_000, 190_000),
    ("line", 9_000, -180_000),
    ("close",),
]

image = np.broadcast_to(np.uint8(1), (SIDE, SIDE))
mask = np.broadcast_to(np.False_, image.shape)


@functools.cache
def many() -> NDArray[np.float64]:
    """Positions all over the image."""
    return np.random.default_rng(0).uniform(0, SIDE, (500_000, 2))


@functools.cache
def xy() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns and rows of many positions."""
    x, y = many().T
    return x, y


@functools.cache
def crowd() -> NDArray[np.float64]:
    """Positions along lines, where the search for neighbours is at its slowest."""
    rng = np.random.default_rng(1)
    return np.column_stack([rng.uniform(0, SIDE, 1_500_000), 300.0 * rng.integers(0, SIDE // 300, 1_500_000)])


@functools.cache
def sizes() -> NDArray[np.float64]:
    """Radii over a range of five powers of two."""
    return np.random.default_rng(2).uniform(0.02, 0.7, len(crowd()))


@functools.cache
def files() -> tuple[Path, list[str]]:
    """Write images and a catalogue that keep a run busy for some seconds; the folder ends with the process."""
    from astropy.io import fits
    from astropy.table import Table

    folder = tempfile.TemporaryDirectory(prefix="astroapers-")
    files.folder = folder  # type: ignore[attr-defined]
    path, rng = Path(folder.name), np.random.default_rng(3)
    data = np.round(rng.normal(100, 7, (1000, 1000))).astype(np.int16)
    names = [str(path / f"{k}.fits") for k in range(40)]
    for name in names:
        fits.PrimaryHDU(data).writeto(name)
    x, y = rng.uniform(0, 1000, (2, 30_000))
    Table({"x": x, "y": y}).write(path / "stars.parquet.fits")
    return path, names


def _photometry_fits() -> None:
    path, names = files()
    for name in names:
        aap.photometry_fits(name, path / "stars.parquet.fits", x="x", y="y", origin=0, r=5, annulus=(9, 15))


def _command(jobs: int) -> None:
    from astroapers._fits import command

    path, names = files()
    words = f"--x x --y y --origin 0 --r 5 --annulus 9,15 --overwrite --jobs {jobs}".split()
    code = command.run(
        [*names, "--catalog", str(path / "stars.parquet.fits"), *words, "-o", str(path / "out.parquet"), "--tidy"]
    )
    if code == 130:
        raise KeyboardInterrupt
    if code:
        raise RuntimeError(f"the command gave {code}")


def _slow_statistic(values: NDArray[np.float64]) -> float:
    return float(sorted(values.tolist())[len(values) // 2])


JOBS: dict[str, Callable[[], Any]] = {
    "one circle": lambda: aap.CircAp(MIDDLE, 190_000).apsum_exact(image),
    "one circle, centres": lambda: aap.CircAp(MIDDLE, 190_000).apsum_center(image),
    "one ellipse": lambda: aap.EllipAp(MIDDLE, 190_000, 120_000, 0.4).apsum_exact(image),
    "one annulus, masked": lambda: aap.CircAn(MIDDLE, 60_000, 190_000).apsum_exact(image, mask),
    "one path": lambda: aap.PathAp(MIDDLE, KITE).apsum_exact(image),
    "pixel count under a mask": lambda: aap.CircAp(MIDDLE, 190_000).npix_exact(image.shape, mask=mask),
    "values of one": lambda: aap.CircAp(MIDDLE, 9_000).sampled_values(image, flat=True),
    "weighted values of one": lambda: aap.CircAp(MIDDLE, 6_000).weighted_values(image, flat=True),
    "cutout of one": lambda: aap.CircAp(MIDDLE, 6_000).weighted_cutout(image),
    "weights of one": lambda: aap.CircAp(MIDDLE, 6_000).weights_exact(),
    "many": lambda: aap.CircAp(many(), 200).apsum_exact(image),
    "many, a size each": lambda: kernels.apsum_circ_exact(image, *xy(), np.linspace(100, 200, len(many()))),
    "many small": lambda: aap.CircAp(many(), 3).apsum_exact(image),
    "pixel counts of many": lambda: kernels.npix_ellip_exact(*xy(), 300.0, 100.0, 0.3, shape=image.shape, mask=mask),
    "values of many": lambda: aap.CircAp(many(), 3).sampled_values(image),
    "weights of many": lambda: kernels.weights_circ_exact(*xy(), 3.0),
    "cutouts of many": lambda: aap.CircAp(many(), 3).weighted_cutout(image),
    "boxes of many": lambda: kernels.bboxes_pill(*xy(), 3.0, 2.0, 1.0, 0.3),
    "raw sums": lambda: _rust.apsum_circ_exact(np.zeros((3000, 3000)), xy()[0] / 200, xy()[1] / 200, 9.0),
    "a path of 20 000 corners is made": lambda: aap.PathAp(MIDDLE, star(20_000)),
    "a path of 300 000 corners is made": lambda: aap.PathAp(MIDDLE, star(300_000, 19.9999)),
    "photometry": lambda: aap.photometry(image, many(), r=20, annulus=(30, 50), mask=mask),
    "photometry of one": lambda: aap.photometry(image, MIDDLE, r=9_000, annulus=(9_500, 12_000)),
    "photometry, neighbours of equal size": lambda: aap.photometry(image, crowd(), r=0.4, sky_std=1.0),
    "photometry, neighbours of all sizes": lambda: aap.photometry(image, crowd(), r=sizes(), sky_std=1.0),
    "photometry, a function as statistic": lambda: aap.photometry(
        image, many()[:30_000], r=5, annulus=(9, 15), sky_stat=_slow_statistic
    ),
    "photometry_fits": _photometry_fits,
    "the command": lambda: _command(1),
    "the command, two workers": lambda: _command(2),
}

#: Jobs that begin with reading and writing files, or with starting processes.
SLOW_TO_START = ("photometry_fits", "the command", "the command, two workers")


#: Seconds after which a Ctrl-C that nobody felt is lost.
PATIENCE = 60.0


class Victim:
    """A process that runs jobs until Ctrl-C, one after another."""

    def __init__(self, threads: int) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "reliability.interrupted", str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=Path(__file__).parent.parent,
        )

    def __enter__(self) -> Victim:
        """Wait for nothing: it is as far as it is."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def seconds(self, job: str, under_way: float) -> float:
        """
        Measure how long Ctrl-C takes.

        Parameters
        ----------
        job : str
            Name of the job.
        under_way : float
            Seconds after the start at which the key is pressed.

        Returns
        -------
        float
            Seconds until Python felt it.

        Raises
        ------
        RuntimeError
            If the process did not survive it, or measured something wrong afterwards.
        """
        self._say(job)
        if self._hear() != "ready":
            raise RuntimeError(f"{job}: did not start")
        time.sleep(under_way)
        pressed = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        giving_up = threading.Timer(PATIENCE, self._process.kill)
        giving_up.start()
        try:
            felt = float(self._hear())
        except RuntimeError as error:
            waited = time.monotonic() - pressed
            raise RuntimeError(f"{job}: {waited:.0f} s after Ctrl-C {error}") from error
        finally:
            giving_up.cancel()
        if (after := self._hear()) != "right":
            raise RuntimeError(f"{job}: afterwards {after}")
        return felt - pressed

    def _say(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().rstrip("\n")
        if not line:
            self._process.wait()
            self._errors.seek(0)
            raise RuntimeError(f"it ended: {self._errors.read()[-2000:]}")
        return line


def _is_right() -> bool:
    """Tell whether the next call works as ever."""
    total, npix = aap.CircAp((5, 5), 3).apsum_exact(np.ones((11, 11)))
    many_sums, _ = aap.CircAp(np.full((500, 2), 5.0), 3).apsum_exact(np.ones((11, 11)))
    return bool(npix == aap.CircAp((5, 5), 3).area and abs(total - npix) <= 1e-12 * npix and (many_sums == total).all())


def main() -> None:
    """Run jobs as they are asked for."""
    # A shell's background jobs begin with it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    aap.set_num_threads(int(sys.argv[1]))
    quiet = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        job, felt = line.rstrip("\n"), 0.0
        for data in (many, crowd, sizes) + ((files,) if job in SLOW_TO_START else ()):
            data()
        try:
            print("ready", file=quiet, flush=True)
            while True:
                JOBS[job]()
        except KeyboardInterrupt:
            felt = time.monotonic()
        print(felt, "right" if _is_right() else "wrong", sep="\n", file=quiet, flush=True)


if __name__ == "__main__":
    main()
