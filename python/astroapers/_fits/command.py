"""The command ``astroapers phot``: options in; tables, pictures and a report out.

Wrong input is one line on stderr and exit code 2. Images that could not be measured are named at the end, with exit
code 1.
"""

from __future__ import annotations

import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import rich_click
from click.core import ParameterSource

from astroapers._extras import require
from astroapers._fits import config, many, report
from astroapers._fits.job import Job
from astroapers._fits.many import Plan
from astroapers._fits.measure import prepare
from astroapers._fits.names import UsageError, parts_of
from astroapers._fits.options import GROUPS, OPTIONS, Option
from astroapers._fits.tasks import Done
from astroapers._fits.types import Catalog

#: How the command is called.
NAME = "astroapers phot"

#: Exit codes: images that could not be measured, wrong input, Ctrl-C, the signal that ends processes.
_BROKEN, _WRONG, _INTERRUPTED, _TERMINATED = 1, 2, 130, 143

_HELP = """\
Measure the sources of a catalogue on FITS images: exact sums in apertures, less the sky around each, with honest
errors, flags, and magnitudes if there is a zero point.

Say which sources (--catalog or --detect), where to sum (--r), where the sky is (--annulus), and where the table
goes (-o). Gain, read noise and exposure time are read from the header; every value that is used is printed
with its origin.
"""

#: What each is for, and the words after the command's name, line by line; told by the help page and by the manual.
EXAMPLES = (
    (
        "Radii of 3 and 5 pixels around stars of a catalogue, sky from a ring:",
        ("m13.fits --catalog stars.csv --r 3,5 --annulus 9,15", "-o m13.ecsv"),
    ),
    (
        "No catalogue: find stars, measure within 2 arcseconds, draw them:",
        ("m13.fits --detect 5 --r 2arcsec --annulus 9,15", "-o stars.fits --plot stars.png"),
    ),
    (
        "A night into one table of light curves; if it was cut off, add --resume:",
        ("night/*.fits --catalog stars.csv --r 5 --annulus 9,15", "--zeropoint auto --tidy --jobs 2 -o night.parquet"),
    ),
)


class _Command(rich_click.RichCommand):
    """A command whose examples stand below its options, line by line as they are typed."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples."""
        text = require("rich.text", extra="phot").Text
        formatter.write(text("\n Examples", style="bold"))
        for about, words in EXAMPLES:
            formatter.write(text(f"\n {about}\n"))
            formatter.write(text("   " + " \\\n       ".join((f"{NAME} {words[0]}", *words[1:])), style="cyan"))
        formatter.write(text())


def _options(function: Callable[..., Any]) -> Any:
    """Give a command every option of the table, and a panel on its help page for each group."""
    for group in reversed(GROUPS):
        for option in reversed(group.options):
            function = _option(option)(function)
    for group in reversed(GROUPS):
        names = [_names(option)[-1] for option in group.options]
        function = rich_click.option_panel(group.title, options=names)(function)
    return function


def _names(option: Option) -> list[str]:
    return ["-o", "--output"] if option.name == "output" else [f"--{option.name}"]


def _option(option: Option) -> Any:
    about: dict[str, Any] = {"help": option.text, "default": None}
    if option.kind is bool:
        return rich_click.option(*_names(option), option.field, is_flag=True, **about)
    kind = click.Choice(option.choices) if option.choices else option.kind
    return rich_click.option(
        *_names(option), option.field, type=kind, nargs=option.nargs, metavar=option.metavar, **about
    )


@rich_click.command(name="phot", cls=_Command, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@rich_click.rich_config(help_config={"text_markup": "rich", "max_width": 120, "show_arguments": False})
@rich_click.argument("images", nargs=-1, type=click.Path(path_type=Path), metavar="IMAGE...")
@_options
@rich_click.pass_context
def phot(context: rich_click.RichContext, /, **_: Any) -> int:
    """Read the options, and run; `_HELP` is what users are told."""
    given = {
        name: value
        for name, value in context.params.items()
        if name in OPTIONS and context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    source = given.pop("config", None)
    stored = {} if source is None else config.read(Path(source))
    listed = stored.pop(config.IMAGES, [])
    options, names = config.merged(given, stored)
    images = list(context.params["images"]) or [Path(name) for name in listed]
    return _run(images, options, dict.fromkeys(sorted(names), str(source)), context.obj)


def _run(images: list[Path], options: dict[str, Any], from_file: dict[str, str], command: str) -> int:
    """Check what was asked for; then show it, or do it."""
    job = make_job(options)
    if not images:
        raise UsageError(f"which images? {NAME} IMAGE... takes one or more; {NAME} --help tells all")
    if twice := [image for image in images if images.count(image) > 1]:
        raise UsageError(f"{twice[0]} is named twice: name each image once")
    jobs = options.get("jobs", 1)
    if jobs < 1:
        raise UsageError(f"--jobs {jobs} must be at least 1")
    read = many.with_catalog(job)
    _check_columns(read)
    if options.get("dry_run"):
        return _dry_run(read, images, from_file)
    plan = many.plan(
        job,
        images,
        output=options.get("output"),
        plot=options.get("plot"),
        resume=bool(options.get("resume")),
        overwrite=bool(options.get("overwrite")),
        command=command,
        from_file=from_file,
    )
    return _measure(plan, jobs, debug=bool(options.get("debug")))


def make_job(options: dict[str, Any]) -> Job:
    """
    Make a job of options, which must say where the sky is.

    Parameters
    ----------
    options : dict
        Values by the names of Python.

    Returns
    -------
    Job
        The job.

    Raises
    ------
    TypeError, ValueError
        If an option breaks a rule.
    UsageError
        If nothing says where the sky is, or two options do.

    Examples
    --------
    >>> make_job({"detect": "5", "r": "3,5", "no_sky": True}).detect
    5.0
    """
    if "catalog" not in options and "detect" not in options:
        raise UsageError("which sources? --catalog FILE names them, --detect 5 finds those that stand out by 5 sigma")
    if not {"r", "ellipse", "a", "b", "theta"} & set(options):
        raise UsageError("where to sum? --r 5 makes circles of 5 pixels; --r 3,5 of two sizes; --ellipse A B THETA")
    known = {field.name for field in fields(Job)}
    job = Job(**{name: value for name, value in options.items() if name in known})
    _check_sky(options)
    return job


def _check_sky(options: dict[str, Any]) -> None:
    says = [name for name in ("annulus", "sky") if name in options] + ["no_sky"] * bool(options.get("no_sky"))
    if not says:
        raise UsageError(
            "where is the sky? --annulus 9,15 takes it from a ring, --sky gives its level, --no-sky takes 0"
        )
    if len(says) > 1:
        first, second = (f"--{name.replace('_', '-')}" for name in says[-2:])
        raise UsageError(f"{first} and {second} both say where the sky is: give one of them")


def _check_columns(job: Job) -> None:
    """Look for every column that is named before any image is opened."""
    if isinstance(job.catalog, Catalog):
        named = [("r", radius.column) for radius in job.radii]
        named += [(name, getattr(job, name) or "") for name in ("a", "b", "theta")]
        for parameter, column in named:
            if column:
                job.catalog.values(parameter, column)


def _dry_run(job: Job, images: Sequence[Path], from_file: dict[str, str]) -> int:
    """Show every value with its origin; no pixel is looked at."""
    found, notes, broken = [], [], []
    for path in images:
        try:
            ready = prepare(job, path)
        except (OSError, ValueError) as error:
            if len(images) == 1:
                raise
            broken.append(Done(path, reason=many.one_line(error)))
            continue
        found.append((path, many.with_origins((*many.sources(job), *ready.settings), from_file)))
        notes += [(path, note) for note in ready.notes]
    if found:
        report.show_settings(_title([path for path, _ in found]), found)
    report.show_notes(notes, len(images))
    report.show_broken(broken, len(images))
    report.say("dry run: nothing was measured or written")
    return _BROKEN if broken else 0


def _title(images: Sequence[Path]) -> str:
    return str(images[0]) if len(images) == 1 else f"{len(images)} images, {images[0]} to {images[-1]}"


def _measure(plan: Plan, jobs: int, *, debug: bool) -> int:
    """Measure, write, and tell what was done."""
    done = _with_progress(plan, jobs)
    good = [image for image in done if not image.reason]
    broken = [image for image in done if image.reason]
    if debug:
        for image in broken:
            print(image.trace, file=sys.stderr, end="")
    if good:
        report.show_settings(_title([image.path for image in good]), [(image.path, image.settings) for image in good])
        report.show_noise([(image.path, image.noise) for image in good if image.noise is not None], len(done))
        report.show_notes([(image.path, note) for image in good for note in image.notes], len(done))
    if len(plan.images) == 1 and broken:
        raise UsageError(broken[0].reason)
    if plan.table is not None:
        lost = {image.path for image in broken}
        ready = [*plan.pieces.others, *(image for image in plan.images if image not in lost)]
        if ready and not plan.complete:
            rows = many.assemble(plan, ready)
            report.say(f"wrote {plan.table}: {_count(rows, 'row')} of {_count(len(ready), 'image')}")
        elif not ready:
            with suppress(OSError):  # nothing was begun if there are no parts
                parts_of(plan.table).rmdir()
    elif plan.table is None:
        _say_written(plan, good)
    if plan.kept:
        report.say(f"kept {_count(len(plan.kept), 'image')} that had been measured before")
    report.show_broken(broken, len(plan.images))
    return _BROKEN if broken else 0


def _say_written(plan: Plan, good: Sequence[Done]) -> None:
    outputs = {task.path: task for task in plan.tasks}
    for image in good[:1] if len(good) > 1 else good:
        task = outputs[image.path]
        picture = "" if task.plot is None else f" and {task.plot}"
        more = f", and the same of {_count(len(good) - 1, 'more image')}" if len(good) > 1 else ""
        report.say(f"wrote {task.output}{picture}: {_count(image.rows, 'row')}{more}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _with_progress(plan: Plan, jobs: int) -> list[Done]:
    """Run the tasks with a bar on a terminal; give what became of them in the order of the images."""
    progress = require("rich.progress", extra="phot")
    console = report.console(error=True)
    found: dict[Path, Done] = {}
    columns = (
        progress.TextColumn("measuring"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.description}"),
    )
    shown = report.is_terminal(console) and len(plan.tasks) > 1
    with progress.Progress(*columns, console=console, transient=True, disable=not shown) as bar:
        line = bar.add_task("", total=len(plan.tasks))

        def one_more(image: Done) -> None:
            found[image.path] = image
            bar.update(line, advance=1, description=image.path.name)

        try:
            many.run(plan.tasks, jobs, one_more)
        except KeyboardInterrupt as stopped:
            ready = sum(not image.reason for image in found.values()) + len(plan.kept)
            raise _InterruptedError(
                f"interrupted: {ready} of {_count(len(plan.images), 'image')} done; "
                "the same command with --resume goes on",
                _code(stopped),
            ) from None
    return [found[task.path] for task in plan.tasks]


class _InterruptedError(Exception):
    """Ctrl-C, how far the run had come, and the exit code."""


class _Terminated(KeyboardInterrupt):
    """The signal that ends processes, which leaves no half-written file either."""


def _code(stopped: BaseException) -> int:
    return _TERMINATED if isinstance(stopped, _Terminated) else _INTERRUPTED


@contextmanager
def _terminable() -> Iterator[None]:
    """Take the signal that ends processes for Ctrl-C, where signals can be had, and nobody else has taken it."""
    own = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

    def terminate(*_: object) -> None:
        raise _Terminated

    if own:
        signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        if own:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def run(arguments: Sequence[str]) -> int:
    """
    Run the command.

    Parameters
    ----------
    arguments : sequence of str
        The words after ``astroapers phot``.

    Returns
    -------
    int
        The exit code: 0, 1 if images could not be measured, 2 for wrong input, 130 after Ctrl-C, 143 after SIGTERM.

    Examples
    --------
    >>> run(["m13.fits", "--detect", "5", "--annulus", "9,15", "--dry-run"])  # the reason goes to stderr
    2
    """
    debug = "--debug" in arguments
    try:
        with _terminable():
            code = phot.main(
                list(arguments), prog_name=NAME, standalone_mode=False, obj=shlex.join([*NAME.split(), *arguments])
            )
    except _InterruptedError as error:
        return _say_wrong(*error.args)
    except (KeyboardInterrupt, click.Abort) as stopped:
        return _say_wrong("interrupted", _code(stopped.__context__ or stopped))
    except click.ClickException as error:
        message = " ".join(error.format_message().split()).rstrip(".")
        return _say_wrong(f"{message}; {NAME} --help lists all options", _WRONG)
    except Exception as error:
        if debug:
            traceback.print_exc()
        if isinstance(error, UsageError | ImportError | OSError | TypeError | ValueError):
            return _say_wrong(report.as_options(many.one_line(error)), _WRONG)
        return _say_wrong(f"{many.one_line(error)}; this is a fault of ours: --debug shows where", _BROKEN)
    return int(code or 0)


def _say_wrong(text: str, code: int) -> int:
    with suppress(OSError):  # nobody may be there to read it
        print(f"{NAME}: {text}", file=sys.stderr)
    return code
