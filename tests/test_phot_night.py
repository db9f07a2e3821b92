"""Many images: worker processes, broken files, resuming after changes and after kill -9.

The k-th image is k everywhere, and nothing is subtracted: every sum is known, whichever file it comes from.
"""

import os
import re
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from phot_command import catalogue, done, image, measured, phot, same_columns, start, xy

SIDE, RADIUS = 32, 2.0
X, Y = np.array([10.0, 20.5, 15.0]), np.array([12.0, 18.0, 15.2])
ASKED = ["--r", RADIUS, "--no-sky"]


def images(folder, n):
    folder.mkdir(exist_ok=True)
    return [image(folder / f"n{k:03d}.fits", np.full((SIDE, SIDE), float(k)), FILTER="V") for k in range(1, n + 1)]


def total(k, r=RADIUS):
    return k * np.pi * r**2


def check(path, k, r=RADIUS):
    """An output of one image is whole, and of that image."""
    table = measured(path)
    assert table["id"].tolist() == [1, 2, 3]
    assert table["flux"] == pytest.approx(total(k, r), rel=1e-12)


def check_tidy(path, n, r=RADIUS):
    """A tidy table has each image once, in the order of the command line."""
    table = measured(path)
    assert [Path(str(name)).stem for name in table["image"]] == [f"n{k:03d}" for k in range(1, n + 1) for _ in X]
    assert table["flux"] == pytest.approx(np.repeat([total(k, r) for k in range(1, n + 1)], len(X)), rel=1e-12)
    assert table["id"].tolist() == [1, 2, 3] * n


@pytest.fixture
def words(tmp_path):
    return [*xy(tmp_path / "xy.csv", X, Y), *ASKED]


def states(folder):
    """When each file of a folder was written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


# ---------------------------------------------------------------- outputs


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_output_for_each_image(jobs, words, tmp_path):
    files = images(tmp_path / "in", 3)
    done(*files, *words, "--jobs", jobs, "-o", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["n001.ecsv", "n002.ecsv", "n003.ecsv"]
    for k in (1, 2, 3):
        check(tmp_path / "out" / f"n{k:03d}.ecsv", k)


def test_outputs_named_after_the_images(words, tmp_path):
    files = images(tmp_path / "in", 3)
    (tmp_path / "out").mkdir()
    done(*files, *words, "--jobs", 1, "-o", tmp_path / "out" / "{stem}_phot.csv")
    for k in (1, 2, 3):
        check(tmp_path / "out" / f"n{k:03d}_phot.csv", k)


@pytest.mark.parametrize("suffix", ["ecsv", "csv", "fits", "parquet"])
def test_one_tidy_table(suffix, words, tmp_path):
    files = images(tmp_path / "in", 3)
    done(*files, *words, "--tidy", "--jobs", 1, "-o", tmp_path / f"all.{suffix}")
    check_tidy(tmp_path / f"all.{suffix}", 3)
    assert [path.name for path in tmp_path.glob("*all*")] == [f"all.{suffix}"]


def test_worker_processes_change_no_bit(words, tmp_path):
    files = images(tmp_path / "in", 4)
    for jobs in (1, 2):
        done(*files, *words, "--tidy", "--jobs", jobs, "-o", tmp_path / f"all{jobs}.ecsv")
    same_columns(measured(tmp_path / "all1.ecsv"), measured(tmp_path / "all2.ecsv"))


def test_several_images_need_a_folder_or_tidy(words, tmp_path):
    ran = phot(*images(tmp_path / "in", 2), *words, "-o", tmp_path / "one.ecsv")
    assert ran.code == 2
    assert "--tidy" in ran.complaint
    assert "{stem}" in ran.complaint


def test_two_images_of_one_name_do_not_share_an_output(words, tmp_path):
    files = [*images(tmp_path / "in", 1), *images(tmp_path / "also", 1)]
    ran = phot(*files, *words, "-o", tmp_path / "out")
    assert ran.code == 2
    assert "n001" in ran.complaint


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("tidy", [False, True])
def test_a_broken_file_is_reported_and_the_others_are_done(tidy, jobs, words, tmp_path):
    files = images(tmp_path / "in", 4)
    files[1].write_bytes(b"SIMPLE  = nothing of the kind")
    files[2].write_bytes(files[2].read_bytes()[:3000])  # cut in the middle of its pixels
    out = tmp_path / ("all.ecsv" if tidy else "out")
    ran = phot(*files, *words, "--jobs", jobs, "-o", out, *(["--tidy"] if tidy else []))
    assert ran.code == 1
    assert "Traceback" not in ran.said
    assert "n002.fits" in ran.said
    assert "n003.fits" in ran.said
    if tidy:
        table = measured(out)
        assert table["flux"] == pytest.approx(np.repeat([total(1), total(4)], 3), rel=1e-12)
    else:
        assert sorted(path.name for path in out.iterdir()) == ["n001.ecsv", "n004.ecsv"]
        check(out / "n004.ecsv", 4)


# ---------------------------------------------------------------- what is there already


def test_an_existing_output_is_an_error_that_names_the_remedies(words, tmp_path):
    files = images(tmp_path / "in", 2)
    done(*files[:1], *words, "-o", tmp_path / "out")
    before = states(tmp_path / "out")
    ran = phot(*files, *words, "-o", tmp_path / "out")
    assert ran.code == 2
    assert "--resume" in ran.complaint
    assert "--overwrite" in ran.complaint
    assert states(tmp_path / "out") == before


def test_overwriting(words, tmp_path):
    files = images(tmp_path / "in", 1)
    done(*files, *words, "-o", tmp_path / "out")
    done(*files, *words, "--r", 3, "-o", tmp_path / "out", "--overwrite")
    check(tmp_path / "out" / "n001.ecsv", 1, r=3)


def touch(files, words, folder):
    os.utime(files[1], ns=(0, files[1].stat().st_mtime_ns + 10**9))
    return words


def rewrite(files, words, folder):
    image(files[1], np.full((SIDE, SIDE), 2.0), FILTER="V", OBSERVER="another")
    return words


def move(files, words, folder):
    catalogue(words[1], x=X, y=Y + 1.0)
    return words


CHANGES = {
    "nothing": (lambda files, words, folder: words, set()),
    "the radius": (lambda files, words, folder: [*words, "--r", 3], {"n001.ecsv", "n002.ecsv", "n003.ecsv"}),
    "the catalogue": (move, {"n001.ecsv", "n002.ecsv", "n003.ecsv"}),
    "the time of an image": (touch, {"n002.ecsv"}),
    "an image": (rewrite, {"n002.ecsv"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_resuming_measures_again_what_has_changed(change, words, tmp_path):
    files = images(tmp_path / "in", 3)
    done(*files, *words, "--jobs", 1, "-o", tmp_path / "out")
    before = states(tmp_path / "out")
    make, again = CHANGES[change]
    words = make(files, words, tmp_path)
    done(*files, *words, "--jobs", 1, "-o", tmp_path / "out", "--resume")
    after = states(tmp_path / "out")
    assert {name for name in after if after[name] != before.get(name)} == again
    for k in (1, 2, 3):
        check(tmp_path / "out" / f"n{k:03d}.ecsv", k, r=3 if change == "the radius" else RADIUS)


def test_resuming_measures_what_is_new(words, tmp_path):
    files = images(tmp_path / "in", 3)
    done(*files[:2], *words, "--jobs", 1, "-o", tmp_path / "out")
    before = states(tmp_path / "out")
    done(*files, *words, "--jobs", 1, "-o", tmp_path / "out", "--resume")
    after = states(tmp_path / "out")
    assert {name: after[name] for name in before} == before
    check(tmp_path / "out" / "n003.ecsv", 3)


@pytest.mark.parametrize("change", ["nothing", "the radius", "one more"])
def test_resuming_a_tidy_table(change, words, tmp_path):
    files = images(tmp_path / "in", 4)
    first = files[:3] if change == "one more" else files
    done(*first, *words, "--tidy", "--jobs", 1, "-o", tmp_path / "all.ecsv")
    words = [*words, "--r", 3] if change == "the radius" else words
    done(*files, *words, "--tidy", "--jobs", 1, "-o", tmp_path / "all.ecsv", "--resume")
    check_tidy(tmp_path / "all.ecsv", 4, r=3 if change == "the radius" else RADIUS)


# ---------------------------------------------------------------- kill -9

MANY, SOME = 200, 15


def all_files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def children(pid):
    """Ids of the processes that a process has started, and of theirs."""
    try:
        own = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return own + [other for child in own for other in children(child)]


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.005)


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")


def begin(command, folder):
    """Start a long run; return when some images are done, with its process and its workers."""
    process = start(*command)
    try:
        wait_until(lambda: len(all_files(folder)) >= SOME or process.poll() is not None, 60, "the first outputs")
        assert process.poll() is None, process.communicate()[0]
        return process, children(process.pid)
    except BaseException:
        process.kill()
        raise


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def ask(tidy, files, words, folder):
    """Words of a long run. Parquet, as it is the quickest to read again."""
    output = ["--tidy", "-o", folder / "all.parquet"] if tidy else ["-o", folder / "{stem}.parquet"]
    return [*files, *words, "--jobs", 2, *output]


def finish(command):
    """Resume a run, in this process and without others; give what it said."""
    return done(*command, "--jobs", 1, "--resume").said


@needs_proc
@pytest.mark.parametrize("tidy", [False, True])
def test_kill_9_in_the_middle_loses_nothing_that_was_done(tidy, words, folder, tmp_path):
    command = ask(tidy, images(tmp_path / "in", MANY), words, folder)
    process, workers = begin(command, folder)
    assert workers
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    wait_until(lambda: not any(map(is_alive, workers)), 10, "the workers to notice that nobody waits for them")

    finished = {name: when for name, when in states(folder).items() if name.startswith("n")}
    assert len(finished) < MANY
    assert bool(finished) != tidy
    assert not (folder / "all.parquet").exists()
    for name in finished:
        check(folder / name, int(name[1:4]))

    whole = [path for path in all_files(folder) if path.suffix == ".parquet"]
    assert 0 < len(whole) < MANY
    said = finish(command)
    kept = int(re.search(r"kept (\d+) images? that had been measured before", said)[1])
    assert kept == len(whole)
    names = ["all.parquet"] if tidy else [f"n{k:03d}.parquet" for k in range(1, MANY + 1)]
    assert sorted(path.name for path in all_files(folder)) == names
    if tidy:
        check_tidy(folder / "all.parquet", MANY)
        return
    assert finished.items() <= states(folder).items()
    for k in range(1, MANY + 1):
        check(folder / f"n{k:03d}.parquet", k)
