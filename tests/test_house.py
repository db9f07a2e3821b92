"""What the project says about itself is true: one version everywhere, a README that runs."""

import re
import subprocess
import sys
import textwrap
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import astroapers as aap
from astroapers import cli
from astroapers._extras import require

ROOT = Path(__file__).parent.parent


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_one_version():
    version = metadata.version("astroapers")
    assert aap.__version__ == version
    assert f'\nversion = "{version}"\n' in read("Cargo.toml")
    assert f"\nversion: {version}\n" in read("CITATION.cff")
    assert f"\n## [{version}]" in read("CHANGELOG.md")


def test_the_fuzzers_build_on_what_the_crate_builds_on():
    """They have a lock file of their own, which cargo would mend without a word when they are built."""
    wanted = tomllib.loads(read("crates/astroapers/Cargo.toml"))["dependencies"]
    packages = tomllib.loads(read("fuzz/Cargo.lock"))["package"]
    (locked,) = [package["dependencies"] for package in packages if package["name"] == "astroapers"]
    assert set(wanted) <= set(locked)


NOT_INSTALLED = """
from importlib import metadata

def version(name):
    raise metadata.PackageNotFoundError(name)

metadata.version = version
import astroapers
print(astroapers.__version__)
"""


def test_a_source_tree_can_be_imported():
    """Without an installation nobody knows the version, which is no reason to fail."""
    ran = subprocess.run([sys.executable, "-c", NOT_INSTALLED], capture_output=True, text=True, check=True)
    assert ran.stdout == "0+unknown\n"


def test_the_readme_runs(capsys):
    code, shown = re.search(r"```python\n((?s:.*?))```\n\n((?:    .*\n)+)", read("README.md")).groups()
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == textwrap.dedent(shown)


def test_the_files_it_names_exist():
    for name in ("README.md", "CONTRIBUTING.md"):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", read(name)):
            assert (ROOT / link).exists(), f"{name} names {link}"


def test_extras_name_known_packages():
    wanted = metadata.metadata("astroapers").get_all("Provides-Extra")
    assert {"all", "demo", "dev", "docs", "fits", "phot", "plot", "tables"} == set(wanted)
    core = [r for r in metadata.requires("astroapers") if "extra ==" not in r]
    assert len(core) == 1
    assert core[0].startswith("numpy")


# ---------------------------------------------------------------- the command


def test_version_command(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"astroapers {aap.__version__}\n"


@pytest.mark.parametrize("words", [[], ["fly"], ["demo", "--fast"]])
def test_wrong_usage(words, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(words)
    assert left.value.code == 2
    assert "usage: astroapers" in capsys.readouterr().err


def test_calibration_command(capsys):
    before = aap.get_parallel_threshold()
    options = ["--counts", "2", "8", "--repeats", "3", "--image-size", "64", "--radius", "2.5"]
    assert cli.main(["calibrate-threshold", *options]) == 0
    out = capsys.readouterr().out
    recommended = int(re.search(r"recommended threshold: (\d+)", out)[1])
    assert recommended in (2, 8, 9)
    assert f"ASTROAPERS_PARALLEL_THRESHOLD={recommended}" in out
    assert aap.get_parallel_threshold() == before


def test_calibration():
    aap.set_parallel_threshold(40)
    result = aap.calibrate_parallel_threshold(counts=[8, 2, 2], repeats=2, image_size=32, radius=2.0)
    assert isinstance(result, aap.ParallelThresholdCalibration)
    assert result.counts == (2, 8)
    assert result.original_threshold == 40
    assert result.applied
    assert aap.get_parallel_threshold() == result.threshold
    assert len(result.serial_seconds) == len(result.parallel_seconds) == 2
    assert min(result.serial_seconds + result.parallel_seconds) > 0
    with pytest.raises(AttributeError):
        result.threshold = 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"counts": ()}, "counts"),
        ({"counts": (0,)}, "counts=0"),
        ({"counts": (1.5,)}, "counts=1.5"),
        ({"repeats": 0}, "repeats=0"),
        ({"image_size": -1}, "image_size=-1"),
        ({"radius": 0.0}, "radius=0.0"),
        ({"radius": float("nan")}, "radius=nan"),
    ],
)
def test_calibration_refuses(options, words):
    with pytest.raises(ValueError, match=rf"{words}.* must "):
        aap.calibrate_parallel_threshold(**options)
    assert cli.main(["calibrate-threshold", "--repeats", "0"]) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"counts": 5}, "counts=5 must be a sequence"),
        ({"counts": "12"}, "counts='12' must be a sequence"),
        ({"counts": ("a",)}, "counts='a' must be a positive whole number"),
        ({"counts": (None,)}, "counts=None must be a positive whole number"),
        ({"repeats": "a"}, "repeats='a' must be a positive whole number"),
        ({"image_size": None}, "image_size=None must be a positive whole number"),
        ({"radius": "5"}, "radius must be a real number, got '5'"),
    ],
)
def test_calibration_refuses_what_is_no_number(options, words):
    with pytest.raises(TypeError, match=words):
        aap.calibrate_parallel_threshold(**options)


def test_a_broken_package_is_no_missing_one(monkeypatch, tmp_path):
    """To install again what is there would not help: what it lacks itself is named."""
    (tmp_path / "installed_but_broken.py").write_text("import what_it_needs_itself\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="No module named 'what_it_needs_itself'"):
        require("installed_but_broken", extra="demo")


def test_a_missing_extra_names_its_command(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "sep", None)
    assert cli.main(["demo", "--directory", str(tmp_path)]) == 1
    assert 'pip install "astroapers[demo]"' in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
