"""
What can go wrong around the command ``astroapers phot``: damaged files, full disks, signals, folders that vanish.

    python -m reliability.faults

writes ``results/faults.json``. After each fault the run is taken up with --resume, and every image must be in its table
once, with the right numbers, and nothing else be left.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import io
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from astroapers._fits import command
from reliability import damage, record
from reliability.night import SIGNALS, Ended, Night, ended, stopped, wait_until

#: Where tables go, by what they are called here.
OUTPUTS = {
    "a table each": ["-o", "out/{stem}.parquet"],
    "one table": ["--tidy", "-o", "out/all.parquet"],
}
FORMATS = ("ecsv", "csv", "fits", "parquet")
PICTURES = ("png", "pdf", "svg", "jpg")
#: Bytes of a disk that is full at once, soon, and nearly at the end.
SIZES = (0, 100, 3000)


@dataclass
class Tally:
    """
    What became of some tries of one fault.

    Attributes
    ----------
    fault : str
        What went wrong.
    tries : int
        How often.
    codes : collections.Counter
        Exit codes.
    whole, lost, doubled, left_over : int
        Images, after the run was taken up again; and files that nobody asked for.
    wrong : list of str
        What should not have been.
    """

    fault: str
    tries: int = 0
    codes: collections.Counter[int] = field(default_factory=collections.Counter)
    whole: int = 0
    lost: int = 0
    doubled: int = 0
    left_over: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, how: Ended, codes: Sequence[int], named: str = "") -> None:
        """
        Count a command that met the fault.

        Parameters
        ----------
        how : Ended
            How it ended.
        codes : sequence of int
            Exit codes that are right.
        named : str, optional
            What must be named, if it is not 0.
        """
        self.tries += 1
        self.codes[how.code] += 1
        if how.code not in codes:
            self.wrong.append(f"exit code {how.code}: {how.err[-300:]}")
        if not how.is_plain:
            self.wrong.append(f"no plain words: {how.err[-300:]}")
        if how.code > 0 and named not in how.err:
            self.wrong.append(f"{named} is not named: {how.err[-300:]}")

    def look(self, night: Night) -> None:
        """
        Count what there is after the run was taken up again.

        Parameters
        ----------
        night : Night
            The night.
        """
        whole, lost, doubled = night.count()
        self.whole, self.lost, self.doubled = self.whole + whole, self.lost + lost, self.doubled + doubled
        self.left_over += night.left_over()
        if lost or doubled or night.left_over():
            self.wrong.append(f"{lost} lost, {doubled} doubled, left over: {night.files()[:3]}")

    @property
    def row(self) -> dict[str, record.Cell]:
        """A row of the table of the record."""
        return {
            "fault": self.fault,
            "tries": self.tries,
            "exit codes": ", ".join(f"{code} ({n})" for code, n in sorted(self.codes.items())),
            "whole in the end": self.whole,
            "lost": self.lost,
            "doubled": self.doubled,
            "left over": self.left_over,
            "not as it should be": len(self.wrong),
        }


def damaged_files(folder: Path, flips: int) -> Iterator[Tally]:
    """
    Measure files with one thing wrong: they must be refused by name, or measured with a word of warning.

    Parameters
    ----------
    folder : Path
        Where they are written.
    flips : int
        See `damage.files`.

    Yields
    ------
    Tally
        One for each kind of damage.
    """
    Night(folder, 1).make()
    found: dict[str, Tally] = {}
    for file in damage.files(flips):
        path, output = folder / f"damaged{file.suffix}", folder / "out.csv"
        path.write_bytes(file.content)
        output.unlink(missing_ok=True)
        how = in_this_process(
            path, "--catalog", folder / "stars.csv", *["--origin", "0", "--r", "2", "--no-sky", "-o"], output
        )
        tally = found.setdefault(file.group, Tally(file.group))
        tally.add(how, (0, 2), path.name)
        if how.code == 0 and "checksum" not in how.err and not file.harmless:
            tally.wrong.append(f"{file.what}: measured without a word")
        if output.exists() != (how.code == 0):
            tally.wrong.append(f"{file.what}: exit code {how.code}, but output.exists() is {output.exists()}")
    yield from found.values()


def in_this_process(*words: object) -> Ended:
    """
    Run the command in this process.

    Parameters
    ----------
    *words : object
        What comes after ``astroapers phot``.

    Returns
    -------
    Ended
        What became of it.
    """
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command.run([str(word) for word in words])
    return Ended(code, out.getvalue(), err.getvalue())


def full_disk(night: Night, sizes: Sequence[int] = SIZES) -> Iterator[Tally]:
    """
    Write every kind of output where files may not grow; then again where they may.

    Parameters
    ----------
    night : Night
        The night.
    sizes : sequence of int, optional
        How large files may be.

    Yields
    ------
    Tally
        One for each kind of output.
    """
    kinds = [(f"{name}, full disk", [*words]) for name, words in OUTPUTS.items()]
    kinds += [(f"{suffix}, full disk", ["-o", f"out/{{stem}}.{suffix}"]) for suffix in FORMATS]
    kinds += [
        (f"{suffix}, full disk", ["--plot", f"out/{{stem}}.{suffix}", "-o", "out/{stem}.csv"]) for suffix in PICTURES
    ]
    for name, words in kinds:
        tally = Tally(name)
        night.output = words
        for size in sizes:
            night.clear()
            tally.add(night.run(file_size=size), (1, 2), "cannot be written")
            if left := night.files():
                tally.wrong.append(f"left: {left}")
        night.run("--resume")
        for picture in night.out.glob("*.*"):
            if "--plot" in words and picture.suffix != ".csv":
                picture.unlink()
        tally.look(night)
        yield tally


def signals(night: Night, tries: int, seed: int = 3) -> Iterator[Tally]:
    """
    End a run in the middle, at random moments, and take it up again.

    Parameters
    ----------
    night : Night
        The night.
    tries : int
        How often, for each signal, number of workers and kind of output.
    seed : int, optional
        Of the moments.

    Yields
    ------
    Tally
        One for each of these.
    """
    rng = random.Random(seed)
    for name, (number, code) in SIGNALS.items():
        for jobs in ("1", "4"):
            for kind, words in OUTPUTS.items():
                night.output = words
                tally = Tally(f"{name}, --jobs {jobs}, {kind}")
                for _ in range(tries):
                    night.clear()
                    how, orphans = stopped(night, number, rng.randrange(1, night.images), ("--jobs", jobs))
                    tally.add(how, (code, 0))
                    if orphans:
                        tally.wrong.append(f"{len(orphans)} workers outlived it")
                    if name != "SIGKILL" and how.code == code and night.tidy is False and night.left_over():
                        tally.wrong.append(f"{night.left_over()} files were left half-written")
                    again = night.run("--jobs", jobs, "--resume")
                    if again.code != 0:
                        tally.wrong.append(f"--resume: {again.code}: {again.err[-300:]}")
                    tally.look(night)
                yield tally


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink()


def _vanishing(night: Night, remove: Callable[[], object]) -> Ended:
    """Begin a run, take something away, and see how it ends."""
    night.clear()
    process = night.start("--jobs", "2")
    wait_until(lambda: process.poll() is not None or len(night.files()) >= 5)
    with contextlib.suppress(OSError):
        remove()
    return ended(process)


def others(night: Night, tries: int) -> Iterator[Tally]:
    """
    Take away folder, catalogue or images in the middle; run the command twice at once; hang up on it.

    Parameters
    ----------
    night : Night
        The night.
    tries : int
        How often each.

    Yields
    ------
    Tally
        One for each fault and kind of output.
    """
    removals: dict[str, tuple[Callable[[], object], tuple[int, ...]]] = {
        "the folder of outputs vanishes": (lambda: shutil.rmtree(night.out), (0, 1, 2)),
        "the catalogue vanishes": (lambda: _remove(night.folder.glob("stars.csv")), (0, 1, 2)),
        "images vanish": (lambda: _remove(night.folder.glob("n*[05].fits")), (0, 1, 2)),
    }
    for kind, words in OUTPUTS.items():
        night.output = words
        for name, (remove, codes) in removals.items():
            tally = Tally(f"{name}, {kind}")
            for _ in range(tries):
                tally.add(_vanishing(night, remove), codes)
                night.make()  # with new times: what was measured is measured again
                if (again := night.run("--jobs", "2", "--resume")).code != 0:
                    tally.wrong.append(f"--resume: {again.code}: {again.err[-300:]}")
                tally.look(night)
            yield tally
        tally = Tally(f"two runs at once, {kind}")
        for _ in range(tries):
            night.clear()
            for how in [ended(process) for process in [night.start("--jobs", "2") for _ in range(2)]]:
                tally.add(how, (0, 1, 2))
            if (again := night.run("--resume")).code != 0:
                tally.wrong.append(f"--resume: {again.code}: {again.err[-300:]}")
            tally.look(night)
        yield tally
        tally = Tally(f"nobody reads what it says (| head -1), {kind}")
        for _ in range(tries):
            night.clear()
            process = night.start()
            assert process.stdout is not None
            process.stdout.readline()
            process.stdout.close()
            process.stdout = None
            tally.add(ended(process), (0,))
            tally.look(night)
        yield tally


@contextlib.contextmanager
def small_disk(size: str = "300k") -> Iterator[Path | None]:
    """
    Mount a small disk in memory, where that is allowed.

    Parameters
    ----------
    size : str, optional
        How large.

    Yields
    ------
    Path or None
        Where it is.
    """
    with tempfile.TemporaryDirectory(prefix="astroapers-") as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False
        )
        try:
            yield Path(folder) if mounted.returncode == 0 else None
        finally:
            if mounted.returncode == 0:
                subprocess.run(["umount", folder], check=False)


def really_full(night: Night) -> Iterator[Tally]:
    """
    Fill a small disk with outputs, make room, and take the run up again.

    Parameters
    ----------
    night : Night
        The night.

    Yields
    ------
    Tally
        One for each kind of output; none where nothing may be mounted.
    """
    with small_disk() as disk:
        if disk is None:
            return
        for kind, words in OUTPUTS.items():
            night.output = [word.replace("out/", f"{disk}/") for word in words]
            tally = Tally(f"a disk of 300 kB fills up, {kind}")
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(200_000))
            tally.add(night.run("--jobs", "2"), (1, 2), "No space left")
            ballast.unlink()
            subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=False)
            if (again := night.run("--resume")).code != 0:
                tally.wrong.append(f"--resume: {again.err[-300:]}")
            tally.look(night)
            for path in sorted(disk.iterdir()):
                if path.is_file():
                    path.unlink()
            subprocess.run(["mount", "-o", "remount,size=300k", str(disk)], check=False)
            yield tally


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run everything and write the record.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words of the command line.

    Returns
    -------
    int
        1 if anything was not as it should be.
    """
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0] if __doc__ else None)
    parser.add_argument("--images", type=int, default=200, metavar="N", help="images of a night")
    parser.add_argument("--tries", type=int, default=3, metavar="N", help="runs ended by each signal")
    parser.add_argument("--flips", type=int, default=200, metavar="N", help="flipped bits of each kind of file")
    chosen = parser.parse_args(arguments)
    start = time.monotonic()
    tallies: list[Tally] = []
    with tempfile.TemporaryDirectory(prefix="astroapers-") as folder:
        path = Path(folder)
        night = Night(path / "night", chosen.images).make()
        for some in (
            damaged_files(path / "damaged", chosen.flips),
            full_disk(Night(path / "few", 2).make()),
            really_full(Night(path / "night", chosen.images)),
            signals(night, chosen.tries),
            others(night, max(chosen.tries // 2, 1)),
        ):
            for tally in some:
                tallies.append(tally)
                print(f"{tally.fault}: {tally.tries} tries, wrong: {tally.wrong[:3]}", flush=True)
                _save(tallies, time.monotonic() - start)
    return int(any(tally.wrong for tally in tallies))


def _save(tallies: Sequence[Tally], seconds: float) -> None:
    """Write the record of what was done so far: a run may be ended, too."""
    figures: dict[str, record.Cell] = {
        "kinds of fault": len(tallies),
        "tries": sum(tally.tries for tally in tallies),
        "images measured through them": sum(tally.whole for tally in tallies),
        "lost": sum(tally.lost for tally in tallies),
        "doubled": sum(tally.doubled for tally in tallies),
        "files left over": sum(tally.left_over for tally in tallies),
        "tries that were not as they should be": sum(len(tally.wrong) for tally in tallies),
    }
    notes = [
        "Exit codes are those of the command that met the fault; images are counted after --resume.",
        "A negative code is the signal that ended the process; 0 under a signal: the run was over before it came.",
    ]
    if not any("fills up" in tally.fault for tally in tallies):
        notes.append("No disk could be mounted: full disks are limits of the size of files alone.")
    record.save("faults", "make faults", figures, seconds, [tally.row for tally in tallies], notes)


if __name__ == "__main__":
    sys.exit(main())
