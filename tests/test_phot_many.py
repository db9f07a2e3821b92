"""Many images: nothing is lost but what was in hand, and nothing is measured twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from phot_files import catalogue, image

import astroapers as aap
from astroapers import cli
from astroapers._fits import many, provenance, report, workers, write
from astroapers._fits.job import Job
from astroapers._fits.many import plan
from astroapers._fits.names import parts_of
from astroapers._fits.read import read_meta, read_table
from astroapers._fits.tasks import Done, Task

posix_only = pytest.mark.skipif(os.name != "posix", reason="sends signals")

BASE = ["--catalog", "stars.csv", "--origin", "1", "--r", "4", "--annulus", "9,15"]
PATIENCE = 120  # seconds before a hanging program counts as hung


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for k in range(3):
        image(tmp_path / f"{k}.fits", seed=k, FILTER="BVR"[k], EXPTIME=10.0 + k)
    catalogue(tmp_path / "stars.csv")
    return tmp_path


IMAGES = ["0.fits", "1.fits", "2.fits"]


@pytest.fixture
def phot(capsys):
    def run(*words):
        code = cli.main(["phot", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def stamps(*names):
    return [Path(name).stat().st_mtime_ns for name in names]


def alone(name, **options):
    return aap.photometry_fits(name, "stars.csv", origin=1, r=4, annulus=(9, 15), **options)


# ---------------------------------------------------------------- outputs


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("out", ["out/0.ecsv", "out/1.ecsv", "out/2.ecsv"]),
        ("out/", ["out/0.ecsv", "out/1.ecsv", "out/2.ecsv"]),
        ("{stem}.csv", ["0.csv", "1.csv", "2.csv"]),
        ("{stem}/a_{stem}.fits", ["0/a_0.fits", "1/a_1.fits", "2/a_2.fits"]),
    ],
)
def test_one_output_per_image(phot, target, names):
    code, out, _ = phot(*IMAGES, *BASE, "-o", target)
    assert code == 0
    assert f"wrote {names[0]}: 4 rows, and the same of 2 more images" in out
    for name, output in zip(IMAGES, names, strict=True):
        table = read_table(Path(output))
        np.testing.assert_array_equal(np.asarray(table["flux"]), np.asarray(alone(name)["flux"]))
        assert [about["path"] for about in table.meta["astroapers"]["images"]] == [name]


def test_one_picture_per_image(phot, folder):
    assert phot(*IMAGES, *BASE, "-o", "out/", "--plot", "pictures/")[0] == 0
    assert sorted(file.name for file in (folder / "pictures").iterdir()) == ["0.png", "1.png", "2.png"]


def test_values_that_differ_are_printed_with_their_images(phot):
    _, out, _ = phot(*IMAGES, *BASE, "--dry-run")
    assert out.startswith("3 images, 0.fits to 2.fits\n")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "gain 2 e-/adu keyword EGAIN of the primary header" in lines
    assert "filter B keyword FILTER of the primary header (0.fits)" in lines
    assert "V keyword FILTER of the primary header (1.fits)" in lines


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["-o", "out.csv"],
            "-o out.csv is one file for 3 images: use {stem} in it, as in -o {stem}_out.csv, or a folder, or --tidy",
        ),
        (
            ["-o", "out/", "--plot", "a.png"],
            "--plot a.png is one file for 3 images: use {stem} in it, as in --plot {stem}_a.png",
        ),
        (["-o", "{stem}.txt"], "-o 0.txt must end in .ecsv, .csv, .fits or .parquet"),
    ],
)
def test_one_name_for_many(phot, words, said):
    code, _, err = phot(*IMAGES, *BASE, *words)
    assert code == 2
    assert said in err


def test_two_images_with_one_name(phot, folder):
    (folder / "other").mkdir()
    image(folder / "other" / "0.fits")
    code, _, err = phot("0.fits", "other/0.fits", *BASE, "-o", "out/")
    assert code == 2
    assert "0.fits and other/0.fits would both write out/0.ecsv: measure them in two runs" in err


# ---------------------------------------------------------------- one table of all


@pytest.mark.parametrize("suffix", ["ecsv", "csv", "fits", "parquet"])
def test_one_tidy_table(phot, folder, suffix):
    output = folder / f"all.{suffix}"
    code, out, _ = phot(*IMAGES, *BASE, "--r", "3,4", "--tidy", "-o", output.name)
    assert code == 0
    assert f"wrote all.{suffix}: 24 rows of 3 images" in out
    table = read_table(output)
    assert len(table) == 24
    assert list(dict.fromkeys(table["image"].tolist())) == IMAGES
    assert list(dict.fromkeys(table["filter"].tolist())) == ["B", "V", "R"]
    rows = table[(table["image"] == "1.fits") & (table["aperture"] == "4")]
    np.testing.assert_array_equal(np.asarray(rows["flux"]), np.asarray(alone("1.fits")["flux"]))
    meta = read_meta(output)
    assert [about["rows"] for about in meta["images"]] == [8, 8, 8]
    assert [about["path"] for about in meta["images"]] == IMAGES
    assert not parts_of(output).exists()


def test_images_in_different_units_go_into_one_table(phot, folder):
    image(folder / "1.fits", BUNIT="adu")
    image(folder / "2.fits", BUNIT="electron", GAIN=1.0)
    assert phot(*IMAGES, *BASE, "--tidy", "-o", "all.ecsv")[0] == 0
    table = read_table(folder / "all.ecsv")
    assert table["flux_unit"].tolist()[::4] == ["", "adu", "electron"]
    assert table["flux"].unit is None


def test_tidy_tables_in_a_folder(phot, folder):
    assert phot(*IMAGES, *BASE, "--tidy", "-o", "out/")[0] == 0
    assert len(read_table(folder / "out" / "2.ecsv")) == 4


# ---------------------------------------------------------------- broken images


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_broken_image_does_not_stop_the_others(phot, folder, jobs):
    (folder / "1.fits").write_bytes((folder / "1.fits").read_bytes()[:5000])
    words = ["0.fits", "1.fits", "none.fits", "2.fits"]
    code, out, err = phot(*words, *BASE, "-o", "out/", "--jobs", jobs)
    assert code == 1
    lines = err.splitlines()
    assert lines[0] == "2 of 4 images could not be measured:"
    assert lines[1].startswith("  1.fits ")
    assert "cut short" in lines[1] or "cannot be read" in lines[1]
    assert lines[2] == "  none.fits does not exist"
    assert len(lines) == 3
    assert sorted(file.name for file in (folder / "out").iterdir()) == ["0.ecsv", "2.ecsv"]
    assert "wrote out/0.ecsv" in out


def test_a_broken_image_in_one_table(phot, folder):
    (folder / "1.fits").write_text("nothing")
    code, out, err = phot(*IMAGES, *BASE, "--tidy", "-o", "all.csv")
    assert code == 1
    assert "wrote all.csv: 8 rows of 2 images" in out
    assert "  1.fits cannot be read as FITS" in err
    image(folder / "1.fits")
    code, out, _ = phot(*IMAGES, *BASE, "--tidy", "-o", "all.csv", "--resume")
    assert code == 0
    assert "kept 2 images" in out
    assert [about["path"] for about in read_meta(folder / "all.csv")["images"]] == IMAGES


def test_one_table_of_broken_images_alone_is_none(phot, folder):
    for name in IMAGES:
        (folder / name).write_text("nothing")
    before = sorted(folder.iterdir())
    code, out, err = phot(*IMAGES, *BASE, "--tidy", "-o", "all.csv")
    assert (code, out) == (1, "")
    assert all(f"  {name} cannot be read as FITS" in err for name in IMAGES)
    assert sorted(folder.iterdir()) == before


def test_debug_shows_the_traceback_of_a_broken_image(phot, folder):
    (folder / "1.fits").write_text("nothing")
    code, _, err = phot(*IMAGES, *BASE, "-o", "out/", "--debug")
    assert code == 1
    assert "Traceback" in err


def test_a_dry_run_names_broken_images(phot, folder):
    (folder / "1.fits").write_text("nothing")
    code, out, err = phot(*IMAGES, *BASE, "--dry-run")
    assert code == 1
    assert "  1.fits cannot be read as FITS" in err
    assert out.startswith("2 images, 0.fits to 2.fits")


# ---------------------------------------------------------------- resume


def test_resume_skips_what_is_the_same(phot):
    assert phot(*IMAGES[:2], *BASE, "-o", "out/")[0] == 0
    before = stamps("out/0.ecsv", "out/1.ecsv")
    code, out, _ = phot(*IMAGES, *BASE, "-o", "out/", "--resume")
    assert code == 0
    assert "wrote out/2.ecsv: 4 rows" in out
    assert "kept 2 images that had been measured before" in out
    assert stamps("out/0.ecsv", "out/1.ecsv") == before


def test_resume_with_nothing_there_measures_everything(phot):
    code, out, _ = phot(*IMAGES, *BASE, "-o", "out/", "--resume")
    assert code == 0
    assert "kept" not in out


@pytest.mark.parametrize(
    "change",
    [
        lambda: ["--r", "5"],
        lambda: ["--gain", "3"],
        lambda: catalogue(Path("stars.csv"), new=[1, 2, 3, 4]) and [],
        lambda: image(Path("0.fits"), seed=9) and [],
        lambda: os.utime("0.fits", ns=(1, 1)) or [],
        lambda: Path("0.fits").write_bytes(Path("0.fits").read_bytes() + b"\0" * 2880) and [],
        lambda: Path("out/0.ecsv").write_text(Path("out/0.ecsv").read_text().replace("version: ", "version: x")) and [],
    ],
    ids=["r", "gain", "catalogue", "image", "mtime", "size", "version"],
)
def test_resume_measures_again_what_is_not(phot, change):
    assert phot("0.fits", *BASE, "-o", "out/")[0] == 0
    before = stamps("out/0.ecsv")
    words = change()
    code, out, _ = phot("0.fits", *BASE, *words, "-o", "out/", "--resume")
    assert code == 0
    assert "wrote out/0.ecsv" in out
    assert stamps("out/0.ecsv") != before
    code, out, _ = phot("0.fits", *BASE, *words, "-o", "out/", "--resume")
    assert "kept 1 image" in out


def test_resume_looks_at_masks_and_keywords_too(phot):
    image(Path("bad.fits"), seed=5)
    Path("more.toml").write_text('gain = ["G"]')
    words = ["0.fits", *BASE, "--mask", "bad.fits", "--keywords", "more.toml", "-o", "out/", "--resume"]
    for change in (lambda: None, lambda: os.utime("bad.fits", ns=(1, 1)), lambda: Path("more.toml").write_text("")):
        change()
        assert "wrote" in phot(*words)[1]
        assert "kept 1 image" in phot(*words)[1]


def test_a_picture_that_is_missing_is_drawn(phot, folder):
    words = ["0.fits", *BASE, "-o", "out/", "--plot", "out/", "--resume"]
    assert phot(*words)[0] == 0
    assert "kept 1 image" in phot(*words)[1]
    (folder / "out" / "0.png").unlink()
    assert "wrote out/0.ecsv and out/0.png" in phot(*words)[1]


def test_an_existing_folder_of_outputs(phot):
    phot(*IMAGES, *BASE, "-o", "out/")
    code, _, err = phot(*IMAGES, *BASE, "-o", "out/")
    assert code == 2
    assert "out/0.ecsv and 2 more exist: --resume keeps" in err
    before = stamps("out/0.ecsv")
    assert phot(*IMAGES, *BASE, "-o", "out/", "--overwrite")[0] == 0
    assert stamps("out/0.ecsv") != before


@pytest.mark.parametrize("suffix", ["ecsv", "csv", "fits", "parquet"])
def test_one_more_night_in_the_table(phot, folder, suffix, monkeypatch):
    """Rows that are there are kept, to the bit; only the new image is measured."""
    output = folder / f"all.{suffix}"
    words = ["--tidy", "-o", output.name]
    assert phot("0.fits", "2.fits", *BASE, *words)[0] == 0
    before = read_table(output)
    measured = []
    real = many.work
    monkeypatch.setattr(many, "work", lambda task: (measured.append(task.path.name), real(task))[1])
    code, out, _ = phot(*IMAGES, *BASE, *words, "--resume")
    assert (code, measured) == (0, ["1.fits"])
    assert f"wrote all.{suffix}: 12 rows of 3 images" in out
    assert "kept 2 images" in out
    after = read_table(output)
    assert list(dict.fromkeys(after["image"].tolist())) == IMAGES
    kept = after[after["image"] != "1.fits"]
    for name in before.colnames:
        assert kept[name].dtype.kind == before[name].dtype.kind
        np.testing.assert_array_equal(np.asarray(kept[name]), np.asarray(before[name]))
    measured.clear()
    stamp = stamps(output)
    assert phot(*IMAGES, *BASE, *words, "--resume")[0] == 0
    assert (measured, stamps(output)) == ([], stamp)
    assert phot(*IMAGES, *BASE, "--r", "5", *words, "--resume")[0] == 0
    assert measured == IMAGES


def test_an_image_of_the_table_that_has_changed_is_measured_again(phot, folder, monkeypatch):
    words = [*IMAGES, *BASE, "--tidy", "-o", "all.csv"]
    assert phot(*words)[0] == 0
    image(folder / "1.fits", seed=7)
    measured = []
    real = many.work
    monkeypatch.setattr(many, "work", lambda task: (measured.append(task.path.name), real(task))[1])
    assert phot(*words, "--resume")[0] == 0
    assert measured == ["1.fits"]
    table = read_table(folder / "all.csv")
    rows = table[table["image"] == "1.fits"]
    np.testing.assert_array_equal(np.asarray(rows["flux"]), np.asarray(alone("1.fits")["flux"]))


def test_parts_that_another_run_took_away(phot, folder, monkeypatch):
    real = many.work

    def work(task):
        done = real(task)
        if task.path.name == IMAGES[-1]:
            for path in parts_of(folder / "all.csv").iterdir():
                path.unlink()
        return done

    monkeypatch.setattr(many, "work", work)
    code, _, err = phot(*IMAGES, *BASE, "--tidy", "-o", "all.csv")
    assert code == 2
    assert "all.csv cannot be put together: what was measured of 0.fits is gone from .all.csv.parts" in err
    assert "--resume goes on" in err
    assert not (folder / "all.csv").exists()


def test_a_mask_that_is_gone_makes_an_image_another_one(phot, folder):
    image(folder / "bad.fits", seed=5)
    words = ["0.fits", *BASE, "-o", "out/", "--resume"]
    assert phot(*words, "--mask", "bad.fits")[0] == 0
    (record,) = read_meta(folder / "out" / "0.ecsv")["images"]
    assert provenance.same_image(record, Path("0.fits"))
    (folder / "bad.fits").unlink()
    assert not provenance.same_image(record, Path("0.fits"))


def test_rows_of_images_that_are_not_named_stay(phot, folder):
    """A new night is added with its own images alone."""
    assert phot("0.fits", *BASE, "--tidy", "-o", "all.csv")[0] == 0
    (folder / "0.fits").unlink()  # on a tape by now
    code, out, _ = phot("1.fits", "2.fits", *BASE, "--tidy", "-o", "all.csv", "--resume")
    assert code == 0
    assert "wrote all.csv: 12 rows of 3 images" in out
    assert list(dict.fromkeys(read_table(folder / "all.csv")["image"].tolist())) == IMAGES
    code, _, err = phot("1.fits", *BASE, "--r", "5", "--tidy", "-o", "all.csv", "--resume")
    assert code == 2
    assert "all.csv was made with other options or another catalogue, and holds 0.fits, which is not among" in err
    assert len(read_table(folder / "all.csv")) == 12


@pytest.mark.parametrize("tidy", [[], ["--tidy"]])
def test_resume_replaces_nothing_of_others(phot, folder, tidy):
    (folder / "mine.csv").write_text("a,b\n1,2\n")
    code, _, err = phot("0.fits", *BASE, *tidy, "-o", "mine.csv", "--resume")
    assert code == 2
    assert "mine.csv is no table of ours, or a damaged one: --overwrite replaces it" in err
    assert (folder / "mine.csv").read_text() == "a,b\n1,2\n"


def test_a_table_that_was_begun(phot, folder):
    """Parts of a run that was killed are an existing output like others."""
    assert phot(*IMAGES, *BASE, "--tidy", "-o", "all.csv")[0] == 0
    (folder / "all.csv").unlink()
    parts_of(folder / "all.csv").mkdir()
    code, _, err = phot(*IMAGES, *BASE, "--tidy", "-o", "all.csv")
    assert code == 2
    assert "all.csv was begun and not finished: --resume goes on with it, --overwrite begins anew" in err
    assert phot(*IMAGES, *BASE, "--tidy", "-o", "all.csv", "--overwrite")[0] == 0


# ---------------------------------------------------------------- processes


def test_workers_give_what_one_process_gives(phot, folder):
    assert phot(*IMAGES, *BASE, "--tidy", "-o", "one.parquet")[0] == 0
    assert phot(*IMAGES, *BASE, "--tidy", "-o", "two.parquet", "--jobs", "2")[0] == 0
    one, two = (read_table(folder / f"{name}.parquet") for name in ("one", "two"))
    assert one.colnames == two.colnames
    for name in one.colnames:
        np.testing.assert_array_equal(np.asarray(one[name]), np.asarray(two[name]))


def tasks(names, output="out"):
    job = Job(catalog="stars.csv", origin=1, r=4, annulus=(9, 15))
    return plan(job, [Path(name) for name in names], output=output, command="test").tasks


WORKER = """
import json, os, signal, sys
from pathlib import Path
import astroapers as aap
from astroapers._fits import many
from astroapers._fits.tasks import Done, Task

def work(task):
    if task.path.name == "deadly.fits":
        os.kill(os.getpid(), signal.SIGKILL)
    if task.path.name == "slow.fits":
        import time
        time.sleep(600)
    Path(task.path.stem + ".json").write_text(json.dumps([aap.get_num_threads(), os.getpid()]))
    return Done(task.path, rows=1)

many.work = work  # spawned processes import this file, and get the same
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin with it ignored
    names, jobs = sys.argv[2:], int(sys.argv[1])
    tasks = [Task(None, Path(n), Path(n).with_suffix(".out"), None, "", False) for n in names]
    aap.set_num_threads(4)
    print("ready", flush=True)
    try:
        many.run(tasks, jobs, lambda done: print(done.path, done.reason, flush=True))
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.fixture
def worker(folder):
    """A program that runs tasks which only say who they are."""
    (folder / "program.py").write_text(WORKER)
    return [sys.executable, str(folder / "program.py")]


def test_threads_are_shared_among_workers(worker):
    subprocess.run([*worker, "2", "a.fits", "b.fits", "c.fits"], check=True, timeout=PATIENCE, capture_output=True)
    found = [json.loads(Path(f"{name}.json").read_text()) for name in "abc"]
    assert [threads for threads, _ in found] == [2, 2, 2]
    assert 1 <= len({process for _, process in found}) <= 2
    subprocess.run([*worker, "8", "a.fits", "b.fits"], check=True, timeout=PATIENCE, capture_output=True)
    assert json.loads(Path("a.json").read_text())[0] == 2  # no more workers than images


@posix_only
def test_a_worker_that_dies_takes_only_its_image_along(worker):
    names = ["a.fits", "deadly.fits", "b.fits", *(f"c{k}.fits" for k in range(20)), "d.fits"]
    ran = subprocess.run([*worker, "2", *names], check=True, timeout=PATIENCE, capture_output=True, text=True)
    lines = dict(line.split(" ", 1) for line in ran.stdout.splitlines()[1:])
    assert set(lines) == set(names)
    assert "the process that measured it died" in lines.pop("deadly.fits")
    assert set(lines.values()) == {""}


def running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc/self/stat").exists() else True


def gone(pids, seconds=20):
    """Whether processes end within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(running(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def begun(process, *names):
    """Wait until images were measured; give the processes that did it."""
    end = time.monotonic() + PATIENCE
    while not all(Path(f"{name}.json").exists() and Path(f"{name}.json").read_text() for name in names):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < end
        time.sleep(0.05)
    return {json.loads(Path(f"{name}.json").read_text())[1] for name in names}


@posix_only
@pytest.mark.parametrize("whom", ["parent", "group"])
def test_ctrl_c_ends_all_at_once(worker, whom):
    """Pressed on a terminal it reaches every process; sent to one, only that."""
    words = [*worker, "2", "a.fits", "b.fits", "slow.fits", "slow.fits/again"]
    process = subprocess.Popen(
        words[:-1], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        workers = begun(process, "a", "b")
        half = Path(f".slow.out.{write._machine()}-{min(workers)}.part")
        half.write_text("half")
        pressed = time.monotonic()
        if whom == "group":
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert time.monotonic() - pressed < 10
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[-1] == "interrupted"
    assert gone(workers)
    assert not half.exists()


@posix_only
def test_workers_do_not_outlive_a_parent_that_was_killed(worker):
    words = [*worker, "2", "a.fits", "b.fits", "slow.fits"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        workers = begun(process, "a", "b")
    finally:
        process.kill()
        process.communicate()
    assert gone(workers)


@posix_only
def test_ctrl_c_says_how_to_go_on(phot, monkeypatch):
    real, seen = many.work, []

    def work(task):
        if seen:
            raise KeyboardInterrupt
        seen.append(task)
        return real(task)

    monkeypatch.setattr(many, "work", work)
    code, _, err = phot(*IMAGES, *BASE, "--tidy", "-o", "all.csv")
    assert code == 130
    assert err == "astroapers phot: interrupted: 1 of 3 images done; the same command with --resume goes on\n"
    monkeypatch.setattr(many, "work", real)
    code, out, _ = phot(*IMAGES, *BASE, "--tidy", "-o", "all.csv", "--resume")
    assert code == 0
    assert "kept 1 image" in out


def test_a_bar_is_for_terminals_only(phot, monkeypatch):
    assert phot(*IMAGES, *BASE, "-o", "out/")[2] == ""
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in Jupyter and in CI: rich takes a pipe for a terminal
    assert phot(*IMAGES, *BASE, "-o", "more/")[2] == ""
    monkeypatch.setattr(report, "is_terminal", lambda console: True)
    assert "measuring" in phot(*IMAGES, *BASE, "-o", "again/")[2]


def test_nothing_leaves_a_task(folder):
    """Whatever goes wrong with one image is a result."""
    (task,) = tasks(["none.fits"])
    done = many.work(task)
    assert isinstance(task, Task)
    assert isinstance(done, Done)
    assert done.reason == "none.fits does not exist"
    assert "Traceback" in done.trace


def test_where_signals_cannot_be_blocked_workers_start_all_the_same(phot, folder, monkeypatch):
    """As on Windows."""
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    with workers._deaf_children():
        ran = subprocess.run([sys.executable, "-c", ""], check=False)
    assert ran.returncode == 0
