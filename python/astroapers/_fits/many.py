"""Many images: outputs that survive a kill, and what is left to do.

Every image is a task of its own, and leaves a file of its own: the output, or a part of the one table that all go
into. Parts lie in a hidden folder beside that table until it is written. Whatever ends a run, only the images in hand
are lost.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from astroapers._extras import require
from astroapers._fits import catalog, layout, provenance, workers
from astroapers._fits.job import Job
from astroapers._fits.measure import measure
from astroapers._fits.names import PICTURES, STEM, UsageError, is_folder, outputs, part, parts_of
from astroapers._fits.picture import draw
from astroapers._fits.planes import plane
from astroapers._fits.read import METADATA, read_meta, read_table
from astroapers._fits.tasks import Done, Task
from astroapers._fits.types import Catalog, Measured, Setting
from astroapers._fits.write import format_of, to_json, write_table


@functools.lru_cache(maxsize=1)
def _read(wanted: tuple[Any, ...]) -> Any:
    """Read the catalogue once per process."""
    names = ("catalog", "x", "y", "origin", "ra", "dec", "identifier")
    options = dict(zip(names, wanted, strict=True))
    return catalog.catalog(options.pop("catalog"), **options)


def with_catalog(job: Job) -> Job:
    """
    Give the job with its catalogue read, which happens once however many images there are.

    Parameters
    ----------
    job : Job
        A job that names a file.

    Returns
    -------
    Job
        One that holds its sources.
    """
    if not isinstance(job.catalog, str | os.PathLike):
        return job
    read = _read((str(job.catalog), job.x, job.y, job.origin, job.ra, job.dec, job.id))
    return replace(job, catalog=read)


def work(task: Task) -> Done:
    """
    Measure one image and write what came out; nothing that can go wrong with it leaves this function.

    Parameters
    ----------
    task : Task
        The image.

    Returns
    -------
    Done
        What became of it.
    """
    try:
        return _work(task)
    except Exception as error:  # one bad image must not end a night
        return Done(task.path, reason=one_line(error), trace=traceback.format_exc())


def _work(task: Task) -> Done:
    job = with_catalog(task.job)
    measured = measure(job, task.path)
    settings = with_origins((*sources(job), *measured.settings), dict(task.from_file))
    measured = replace(measured, settings=settings)
    table = documented(measured, task.job, task.command, words=task.words)
    if task.plot is not None:
        draw(measured, task.plot)
    write_table(table, task.output)
    noise = measured.noise
    notes = tuple(note for note in measured.notes if noise is None or note != noise.warning)
    return Done(task.path, len(table), settings, notes, noise)


def documented(measured: Measured, job: Job, command: str, *, words: bool = False) -> Any:
    """
    Make the table of one image, with everything that is known of it as metadata.

    Parameters
    ----------
    measured : Measured
        What was measured.
    job : Job
        What was asked for, with the catalogue as it was named.
    command : str
        The command line, or the call.
    words : bool, optional
        Whether the table has flags in words.

    Returns
    -------
    astropy.table.QTable
        The table; ``meta["astroapers"]`` says where it comes from.
    """
    table = layout.to_table(measured, job, words=words)
    planes = {name: text for name in ("mask", "error") if (text := getattr(job, name))}
    files = {plane(name, text, measured.path).path for name, text in planes.items()} - {measured.path}
    image = provenance.of_image(measured, len(table), sorted(files))
    table.meta.clear()
    table.meta[METADATA] = provenance.of_run(job, command, [image])
    return table


def sources(job: Job) -> tuple[Setting, ...]:
    """
    Say what is measured, as settings like the others.

    Parameters
    ----------
    job : Job
        The job, with its catalogue read.

    Returns
    -------
    tuple of Setting
        Catalogue and columns, or the threshold of the detection.

    Examples
    --------
    >>> print(*sources(Job(detect=5, r=3)))
    detect = 5 sigma (option)
    """
    if job.detect is not None:
        return (Setting("detect", job.detect, "sigma", "option"),)
    found = [Setting("catalog", str(getattr(job.catalog, "source", job.catalog)), "", "option")]
    if isinstance(job.catalog, Catalog):
        given = job.x is not None or job.ra is not None
        names = "usual names of columns"
        columns = "option" if given else names + (", option" if job.origin is not None else "")
        found.append(Setting("positions", job.catalog.positions, "", columns))
        if job.catalog.id_column is not None:
            found.append(Setting("id", job.catalog.id_column, "", "option" if job.id is not None else names))
    return tuple(found)


def with_origins(settings: tuple[Setting, ...], from_file: dict[str, str]) -> tuple[Setting, ...]:
    """
    Name the file that gave an option instead of the command line.

    Parameters
    ----------
    settings : tuple of Setting
        Values that say "option".
    from_file : dict
        Files by the names of options.

    Returns
    -------
    tuple of Setting
        The same values.

    Examples
    --------
    >>> print(*with_origins((Setting("gain", 1.5, "e-/adu", "option"),), {"gain": "phot.toml"}))
    gain = 1.5 e-/adu (phot.toml)
    """
    return tuple(
        replace(each, origin=from_file[each.name] + each.origin.removeprefix("option"))
        if each.name in from_file and each.origin.startswith("option")
        else each
        for each in settings
    )


def one_line(error: BaseException) -> str:
    """
    Say in one line what went wrong.

    Parameters
    ----------
    error : BaseException
        What was raised.

    Returns
    -------
    str
        Its message without line breaks, or its kind.

    Examples
    --------
    >>> one_line(FileNotFoundError(2, "No such file or directory", "a.fits"))
    'a.fits: No such file or directory'
    >>> one_line(MemoryError())
    'MemoryError'
    """
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    text = " ".join(str(error).split())
    if isinstance(error, ValueError | TypeError | OSError | ImportError):
        return text or type(error).__name__
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


# ---------------------------------------------------------------- what is done already


def finished(task: Task, want: dict[str, Any]) -> bool:
    """
    Tell whether an image was measured before, by the same work, from the same files.

    Parameters
    ----------
    task : Task
        The image.
    want : dict
        What `provenance.asked` says of the job, as JSON gives it back.

    Returns
    -------
    bool
        Whether its output can stay.
    """
    if not task.output.exists() or (task.plot is not None and not task.plot.exists()):
        return False
    meta = read_meta(task.output)
    images = meta.get("images") or []
    return provenance.same_work(meta, want) and len(images) == 1 and provenance.same_image(images[0], task.path)


@dataclass
class Pieces:
    """
    Rows of a table that exists, by image, as far as they are what would be measured now.

    Attributes
    ----------
    table : Path
        The table.
    records : dict
        What it says of each image, with the rows of that.
    others : list of Path
        Images of the table that are not asked for now; their rows stay.
    """

    table: Path
    records: dict[Path, tuple[dict[str, Any], slice]] = field(default_factory=dict)
    others: list[Path] = field(default_factory=list)

    @classmethod
    def of(cls, table: Path, want: dict[str, Any], images: Sequence[Path]) -> Pieces:
        """
        Find what a table holds.

        Parameters
        ----------
        table : Path
            The table, which need not exist.
        want : dict
            See `finished`.
        images : sequence of Path
            What is asked for now.

        Returns
        -------
        Pieces
            Without records if the table is of other work.

        Raises
        ------
        UsageError
            If it is of other work, and of other images as well, whose rows would be lost.
        """
        found = cls(table)
        meta = read_meta(table) if table.exists() else {}
        records = meta.get("images") or []
        others = [record["path"] for record in records if Path(record["path"]) not in set(images)]
        if not provenance.same_work(meta, want):
            if others:
                raise UsageError(
                    f"{table} was made with other options or another catalogue, and holds {others[0]}, which is not "
                    "among these images: give another name, or --overwrite replaces all of it"
                )
            return found
        start = 0
        for record in records:
            rows = slice(start, start + record["rows"])
            start = rows.stop
            path = Path(record["path"])
            if record["path"] in others:
                found.others.append(path)
            elif not provenance.same_image(record, path):
                continue
            found.records[path] = (record, rows)
        return found


def assemble(plan: Plan, images: Sequence[Path]) -> int:
    """
    Put one table together of its parts and of what an older table holds.

    Parameters
    ----------
    plan : Plan
        What was to be done.
    images : sequence of Path
        The images that were measured, in their order.

    Returns
    -------
    int
        Number of rows.
    """
    tables = require("astropy.table", extra="phot")
    table, pieces = plan.pieces.table, plan.pieces
    old = read_table(table) if any(image in pieces.records for image in images) else None
    rows, records = [], []
    for image in images:
        if old is not None and image in pieces.records:
            record, which = pieces.records[image]
            rows.append(old[which])
        else:
            rows.append(_part_of(table, image))
            (record,) = rows[-1].meta[METADATA]["images"]
        records.append(record)
    whole = tables.vstack(_one_unit(rows), metadata_conflicts="silent")
    whole.meta = {METADATA: provenance.of_run(plan.job, plan.command, records)}
    write_table(whole, table)
    shutil.rmtree(parts_of(table), ignore_errors=True)
    return len(whole)


def _part_of(table: Path, image: Path) -> Any:
    try:
        return read_table(part(table, image))
    except FileNotFoundError:
        raise UsageError(
            f"{table} cannot be put together: what was measured of {image} is gone from {parts_of(table)}: did another "
            "run write the same table? --resume goes on"
        ) from None


def _one_unit(rows: list[Any]) -> list[Any]:
    """Where images differ in the unit of a column, it becomes a column of its own."""
    names = dict.fromkeys(name for table in rows for name in table.colnames)
    for name in names:
        units = [table[name].unit for table in rows if name in table.colnames]
        if len({str(unit) for unit in units}) > 1:
            for table in rows:
                if name in table.colnames:
                    table[f"{name}_unit"] = [str(table[name].unit or "")] * len(table)
                    table[name].unit = None
    return rows


@dataclass(frozen=True)
class Plan:
    """
    What is to be done.

    Attributes
    ----------
    job : Job
        What is asked for, of each image.
    images : tuple of Path
        All images, in their order.
    tasks : tuple of Task
        Those that are to be measured.
    table : Path or None
        The one table that all go into; None if each has its own.
    pieces : Pieces
        What that table holds already.
    command : str
        The command line.
    """

    job: Job
    images: tuple[Path, ...]
    tasks: tuple[Task, ...]
    table: Path | None
    pieces: Pieces
    command: str

    @property
    def complete(self) -> bool:
        """Whether the one table holds all rows already, in their order."""
        return not self.tasks and list(self.pieces.records) == [*self.pieces.others, *self.images]

    @property
    def kept(self) -> list[Path]:
        """Images that were measured before, and stay as they are."""
        todo = {task.path for task in self.tasks}
        return [image for image in self.images if image not in todo]


def plan(
    job: Job,
    images: Sequence[Path],
    *,
    output: str | None,
    plot: str | None = None,
    resume: bool = False,
    overwrite: bool = False,
    command: str = "",
    from_file: dict[str, str] | None = None,
) -> Plan:
    """
    Find out what is to be done, and whether it can be.

    Parameters
    ----------
    job : Job
        What is asked for.
    images : sequence of Path
        The images.
    output, plot : str, optional
        As the user named them.
    resume, overwrite : bool, optional
        What is to become of outputs that exist.
    command : str, optional
        The command line.
    from_file : dict, optional
        See `Task`.

    Returns
    -------
    Plan
        Nothing is written yet.

    Raises
    ------
    UsageError
        If an output has no name, a bad one, or exists.
    """
    if output is None:
        raise UsageError("where does the table go? -o OUT.ecsv names it, or .csv, .fits, .parquet, or a folder")
    if resume and overwrite:
        raise UsageError("--resume keeps what is there and --overwrite replaces it: give one of them")
    one = job.tidy and STEM not in output and not is_folder(output)
    tables = [Path(output)] * len(images) if one else outputs(output, images, "-o", ".ecsv")
    plots = [None] * len(images) if plot is None else outputs(plot, images, "--plot", ".png")
    _check_names(job, images, tables, plots)
    words = format_of(tables[0]) == "csv"
    table = tables[0] if one else None
    tasks = [
        Task(
            job,
            image,
            out if table is None else part(table, image),
            picture,
            command,
            words,
            tuple((from_file or {}).items()),
        )
        for image, out, picture in zip(images, tables, plots, strict=True)
    ]
    pieces = Pieces(tables[0])
    if resume:
        want = wanted(job)
        _check_ours(tables)
        pieces = Pieces.of(table, want, images) if table is not None else pieces
        drawn = {task.path for task in tasks if task.plot is None or task.plot.exists()}
        kept = {path for path in pieces.records if path in drawn} | {t.path for t in tasks if finished(t, want)}
        pieces.records = {p: record for p, record in pieces.records.items() if p in kept or p in pieces.others}
        tasks = [task for task in tasks if task.path not in kept]
    elif overwrite:
        if table is not None:
            shutil.rmtree(parts_of(table), ignore_errors=True)
    else:
        _check_nothing_is_there([*tables, *(path for path in plots if path is not None)], table)
    return Plan(job, tuple(images), tuple(tasks), table, pieces, command)


def _check_names(job: Job, images: Sequence[Path], tables: list[Path], plots: Sequence[Path | None]) -> None:
    try:
        format_of(tables[0])
    except ValueError as error:
        raise UsageError(f"-o {error}") from None
    for picture in plots:
        if picture is not None and picture.suffix.lower() not in PICTURES:
            raise UsageError(f"--plot {picture} must end in {', '.join(PICTURES[:-1])} or {PICTURES[-1]}")
    named = {getattr(job.catalog, "source", job.catalog): "the catalogue", job.keywords: "the file of keywords"}
    inputs = {os.path.realpath(path): what for path, what in named.items() if isinstance(path, str)}
    inputs |= {os.path.realpath(image): "an image" for image in images}
    for path in (*tables, *plots):
        if path is not None and (what := inputs.get(os.path.realpath(path))) is not None:
            raise UsageError(f"{path} is {what}: give the output another name")


def _check_ours(tables: list[Path]) -> None:
    """Resuming replaces tables of other work, but no file that somebody else made."""
    foreign = next((path for path in dict.fromkeys(tables) if path.exists() and not read_meta(path)), None)
    if foreign is not None:
        raise UsageError(f"{foreign} is no table of ours, or a damaged one: --overwrite replaces it")


def _check_nothing_is_there(paths: list[Path], table: Path | None) -> None:
    there = list(dict.fromkeys(path for path in paths if path.exists()))
    if there:
        more = f" and {len(there) - 1} more exist" if len(there) > 1 else " exists"
        raise UsageError(
            f"{there[0]}{more}: --resume keeps what is there and measures the rest, --overwrite replaces it"
        )
    if table is not None and parts_of(table).exists():
        raise UsageError(f"{table} was begun and not finished: --resume goes on with it, --overwrite begins anew")


def run(tasks: Sequence[Task], jobs: int, done: Callable[[Done], None]) -> None:
    """
    Measure images; see `workers.run`.

    Parameters
    ----------
    tasks : sequence of Task
        The images.
    jobs : int
        How many at a time.
    done : callable
        Is told what became of each image.
    """
    workers.run(work, tasks, jobs, done)


def wanted(job: Job) -> dict[str, Any]:
    """
    Say what is asked for, in the form in which it is read back from a table.

    Parameters
    ----------
    job : Job
        The job.

    Returns
    -------
    dict
        See `provenance.asked`.
    """
    found: dict[str, Any] = json.loads(to_json(provenance.asked(job)))
    return found
