"""Faults around the command: damaged files, full disks, signals, hidden files that nobody finished, readers that leave.

`make faults` does the same at length.
"""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from astropy.io import fits

from astroapers._fits import report, write
from astroapers._fits.image import open_image
from astroapers._fits.write import beside, sweep
from reliability import damage
from reliability.faults import OUTPUTS, in_this_process
from reliability.night import Night, ended, stopped

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals and limits files")

DAMAGED = list(damage.files(flips=3))


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")
    Night(folder, 1).make()
    return folder


@pytest.mark.parametrize("file", DAMAGED, ids=lambda file: f"{file.group}: {file.what}")
def test_a_damaged_file_is_refused_by_name_or_measured_with_a_warning(file, damaged):
    path, output = damaged / f"damaged{file.suffix}", damaged / "out.csv"
    path.write_bytes(file.content)
    output.unlink(missing_ok=True)
    asked = ["--origin", 0, "--r", 2, "--no-sky", "-o", output]
    how = in_this_process(path, "--catalog", damaged / "stars.csv", *asked)
    assert how.is_plain
    assert output.exists() == (how.code == 0)
    if how.code == 0:
        assert file.harmless or "do not fit their checksum DATASUM" in how.err
    else:
        assert how.code == 2
        (line,) = how.err.splitlines()
        assert path.name in line
        assert len(line) < 300


def test_a_checksum_is_that_of_astropy(tmp_path):
    data = np.random.default_rng(0).integers(0, 2**32, (700, 901), dtype=np.uint32)
    fits.PrimaryHDU(data).writeto(tmp_path / "a.fits", checksum=True)
    assert open_image(tmp_path / "a.fits").notes == ()


# ---------------------------------------------------------------- disks


@pytest.fixture
def night(tmp_path):
    return Night(tmp_path, 2).make()


KINDS = {
    **{suffix: ["-o", f"out/{{stem}}.{suffix}"] for suffix in ("ecsv", "fits")},
    "parts of one table": OUTPUTS["one table"],
    "pdf": ["--plot", "out/{stem}.pdf", "-o", "out/{stem}.csv"],
}


@pytest.mark.uncounted
@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_named_and_nothing_is_left(kind, night):
    night.output = KINDS[kind]
    how = night.run(file_size=1500)
    assert how.code == 1
    assert how.is_plain
    assert how.err.count("cannot be written: File too large") == 2
    assert night.files() == []
    assert not (night.out / ".all.parquet.parts").exists()


def test_what_hides_the_error_of_a_disk_is_looked_through(tmp_path):
    """Writers stumble over their own ends: the first fault counts."""

    def write_badly():
        with beside(tmp_path / "out.pdf"):
            try:
                raise OSError(28, "No space left on device")
            finally:
                raise AttributeError("pos")

    with pytest.raises(OSError, match="cannot be written: No space left on device; make room") as raised:
        write_badly()
    assert raised.value.filename == str(tmp_path / "out.pdf")


def test_a_folder_that_is_a_file(night):
    (night.folder / "out").write_text("")
    night.output = OUTPUTS["a table each"]
    how = night.run()
    assert how.code == 1
    assert "out: File exists; a folder cannot be there, give another place" in how.err


def test_links_in_a_circle(night):
    (night.folder / "n003.fits").symlink_to("n003.fits")
    night.images = 3
    how = night.run()
    assert (how.code, how.is_plain) == (1, True)
    assert "n003.fits does not exist" in how.err


# ---------------------------------------------------------------- hidden files


def test_what_a_dead_process_left_is_swept_away(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    machine = write._machine()
    mine, theirs, elsewhere = (
        tmp_path / f".a.b.csv.{where}-{process}.part"
        for where, process in ((machine, dead.pid), (machine, os.getpid()), ("000000", dead.pid))
    )
    others = [tmp_path / name for name in (".a.csv.part", "a.part", ".12-34.part", ".x.csv.123456-.part")]
    for path in (mine, theirs, elsewhere, *others):
        path.write_text("half")
    sweep([tmp_path, tmp_path / "none"])
    assert not mine.exists()
    assert all(path.exists() for path in (theirs, elsewhere, *others))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks for a list of processes")
def test_a_process_that_nobody_took_note_of_is_dead(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    state = Path(f"/proc/{ended.pid}/stat")
    while state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
    part = tmp_path / f".a.csv.{write._machine()}-{ended.pid}.part"
    part.write_text("half")
    sweep([tmp_path])
    assert not part.exists()
    ended.wait()


def test_a_process_that_cannot_be_asked_lives(tmp_path, monkeypatch):
    """That of another user, or a number that is none here, as in a container."""
    part = tmp_path / f".a.csv.{write._machine()}-{10**30}.part"
    part.write_text("half")
    sweep([tmp_path])
    assert part.exists()

    def refuse(process, number):
        raise PermissionError

    part = part.rename(tmp_path / f".a.csv.{write._machine()}-999999999.part")
    with monkeypatch.context() as patch:
        patch.setattr(os, "kill", refuse)
        sweep([tmp_path])
    assert part.exists()
    sweep([tmp_path])
    assert not part.exists()


def test_where_processes_cannot_be_asked_the_age_tells(tmp_path, monkeypatch):
    """As on Windows, where to ask is to kill."""
    young, old = (tmp_path / f".{name}.csv.{write._machine()}-999999999.part" for name in ("young", "old"))
    for path in (young, old):
        path.write_text("half")
    os.utime(old, (0, 0))
    monkeypatch.setattr(write, "os", SimpleNamespace(name="nt"))
    sweep([tmp_path])
    assert (young.exists(), old.exists()) == (True, False)


def test_ctrl_c_while_a_file_is_written_is_no_fault_of_the_disk(tmp_path):
    def write_until_stopped():
        with beside(tmp_path / "out.csv") as part:
            part.write_text("half")
            try:
                raise OSError(28, "No space left on device")
            finally:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_until_stopped()
    assert list(tmp_path.iterdir()) == []


def test_two_writers_of_one_file_each_write_a_whole_one(tmp_path):
    path = tmp_path / "out.txt"
    code = (
        "import sys; from pathlib import Path; from astroapers._fits.write import beside\n"
        "with beside(Path(sys.argv[1])) as part:\n"
        "    part.write_text('other'); print(flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    other.stdout.readline()
    with beside(path) as part:
        part.write_text("mine")
    assert path.read_text() == "mine"
    other.communicate(timeout=60)
    assert path.read_text() == "other"
    assert list(tmp_path.iterdir()) == [path]


# ---------------------------------------------------------------- signals and readers


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_sigterm_leaves_nothing_half_written(jobs, tmp_path):
    night = Night(tmp_path, 40, OUTPUTS["a table each"]).make()
    how, orphans = stopped(night, signal.SIGTERM, 3, ("--jobs", jobs))
    assert how.code == 143
    assert "the same command with --resume goes on" in how.err
    assert not orphans
    assert night.left_over() == 0
    assert night.run("--resume").code == 0
    assert night.count() == (40, 0, 0)


@pytest.mark.parametrize("kind", OUTPUTS)
def test_a_reader_that_leaves_costs_no_table(kind, night):
    night.output = OUTPUTS[kind]
    process = night.start()
    process.stdout.close()  # as | head does when it has seen enough
    process.stdout = None
    assert ended(process).code == 0
    assert night.count() == (2, 0, 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="asks for a disk that is always full")
def test_a_report_that_cannot_be_printed_costs_no_table(night):
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            night.words(), stdout=full, stderr=subprocess.PIPE, text=True, cwd=night.folder, check=False
        )
    assert ran.returncode == 0
    assert "this report cannot be printed: No space left on device" in ran.stderr
    assert night.count() == (2, 0, 0)


def test_a_report_that_cannot_be_passed_on_is_told_once(capsys):
    class Full(io.StringIO):
        def flush(self):
            raise OSError(28, "No space left on device")

    stream = report._Unbreakable(Full())
    stream.flush()
    assert capsys.readouterr().err.count("this report cannot be printed: No space left on device") == 1
