"""Build wheel and sdist, check what they hold, install each in a clean environment and run it there.

The wheel is installed with no Rust on the path, the sdist is compiled. Both get an environment of their own,
which must end up with NumPy as the only other package.

    python tools/check_package.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

from packaging.metadata import Metadata

ROOT = Path(__file__).parent.parent
EXTRAS = ["all", "demo", "dev", "docs", "fits", "phot", "plot", "tables"]
IN_WHEEL = ("astroapers/py.typed", "astroapers/_rust.pyi", "astroapers/kernels.pyi", "astroapers/_rust.abi3.so")
IN_SDIST = ("Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "pyproject.toml", "python/astroapers/py.typed")
#: Variables that would lead a build or an interpreter out of its environment.
FOREIGN = ("CARGO_BUILD_TARGET", "CONDA_PREFIX", "PYO3_PYTHON", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
SMOKE = """
import sys
import numpy as np
import astroapers as aap
from astroapers import kernels

assert aap.__version__ == sys.argv[1], aap.__version__
assert aap.__file__.startswith(sys.prefix), aap.__file__
star = aap.CircAp((15.2, 14.7), r=5.0)
apsum, npix = star.apsum_exact(np.full((30, 31), 2, dtype=np.int16))
assert npix == star.area and abs(apsum - 2 * npix) < 1e-12, (apsum, npix)
assert kernels.apsum_circ_exact(np.ones((30, 31)), 15.2, 14.7, 5.0)[0] == npix
"""


def main() -> None:
    """Run every check; the first that fails stops with its reason."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        build = (sys.executable, "-m", "maturin")
        run([*build, "build", "--release", "--locked", "--out", str(place / "dist")], environment, ROOT)
        run([*build, "sdist", "--out", str(place / "dist")], environment, ROOT)
        (wheel,), (sdist,) = (place / "dist").glob("*.whl"), (place / "dist").glob("*.tar.gz")

        metadata = check_wheel(wheel)
        check_sdist(sdist, metadata)
        install(wheel, place / "wheel", without_rust(environment), ["--only-binary", ":all:"])
        install(sdist, place / "sdist", environment, ["--no-binary", "astroapers"])


def check_wheel(path: Path) -> bytes:
    """
    Check a wheel's files and metadata.

    Parameters
    ----------
    path : Path
        The wheel.

    Returns
    -------
    bytes
        Its metadata.
    """
    with zipfile.ZipFile(path) as wheel:
        files = {name for name in wheel.namelist() if not name.endswith("/")}
        (info,) = {name.split("/")[0] for name in files if ".dist-info/" in name}
        metadata = wheel.read(f"{info}/METADATA")
        scripts = wheel.read(f"{info}/entry_points.txt").decode()
    expect("abi3" in path.name and path.name.split("-")[2] == "cp311", f"the tags of {path.name}")
    strange = {name for name in files if name.split("/")[0] not in ("astroapers", info)}
    strange |= {name for name in files if {"tests", "docs", "__pycache__"} & set(name.split("/"))}
    expect(not strange, f"files that do not belong in a wheel: {sorted(strange)}")
    for name in (*IN_WHEEL, f"{info}/licenses/LICENSE"):
        expect(name in files, f"{name} in the wheel")
    python = ROOT / "python"
    sources = {path.relative_to(python).as_posix() for path in python.rglob("*.py*") if path.suffix != ".pyc"}
    expect(sources <= files, f"every module in the wheel: {sorted(sources - files)}")
    expect("[console_scripts]\nastroapers=astroapers.cli:main" in scripts.replace(" ", ""), "the console script")
    check_metadata(metadata)
    report(f"{path.name}: {len(files)} files, {path.stat().st_size / 1e6:.1f} MB")
    return metadata


def check_metadata(content: bytes) -> None:
    """
    Check that metadata is valid and says what an index shows and an installer asks for.

    Parameters
    ----------
    content : bytes
        The file METADATA or PKG-INFO.
    """
    metadata = Metadata.from_email(content, validate=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    expect(str(metadata.version) == version(), "the version")
    expect(metadata.summary == project["description"], "the description")
    expect(metadata.license_expression == "BSD-3-Clause" and metadata.license_files == ["LICENSE"], "the licence")
    expect(str(metadata.requires_python) == ">=3.11", "the Python versions")
    expect(metadata.classifiers == project["classifiers"], "the classifiers")
    expect(metadata.keywords == project["keywords"], "the keywords")
    expect(sorted(metadata.provides_extra or []) == EXTRAS, "the extras")
    core = [str(need) for need in metadata.requires_dist or [] if need.marker is None]
    expect(core == project["dependencies"], "NumPy as the only thing needed")
    expect((metadata.description_content_type or "").startswith("text/markdown"), "the type of the long description")
    expect((metadata.description or "").startswith("# astroapers"), "the long description")


def check_sdist(path: Path, metadata: bytes) -> None:
    """
    Check the files of a source distribution, and that its metadata is that of the wheel.

    Parameters
    ----------
    path : Path
        The archive.
    metadata : bytes
        That of the wheel.
    """
    with tarfile.open(path) as sdist:
        files = {name.partition("/")[2] for name in sdist.getnames()}
        (top,) = {name.partition("/")[0] for name in sdist.getnames()}
        member = sdist.extractfile(f"{top}/PKG-INFO")
        own = member.read() if member else b""
    for name in IN_SDIST:
        expect(name in files, f"{name} in the sdist")
    built = {name for name in files if name.endswith((".so", ".pyd", ".pyc")) or name.startswith("target/")}
    expect(not built, f"build products in the sdist: {sorted(built)}")
    expect(own == metadata, "one metadata for both")
    report(f"{path.name}: {len(files)} files, {path.stat().st_size / 1e6:.1f} MB")


def install(package: Path, place: Path, environment: Mapping[str, str], options: list[str]) -> None:
    """
    Install a package in a new environment and run it there.

    Parameters
    ----------
    package : Path
        Wheel or sdist.
    place : Path
        Where the environment goes.
    environment : mapping of str to str
        Variables of the processes.
    options : list of str
        More words for pip.
    """
    venv.create(place, with_pip=True)
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    run([python, "-m", "pip", "install", "--quiet", *options, str(package)], environment, place)
    run([python, "-I", "-W", "error", "-c", SMOKE, version()], environment, place)
    said = run([str(programs / "astroapers"), "--version"], environment, place)
    expect(said == f"astroapers {version()}\n", f"the command's version, not {said!r}")
    names = run([python, "-m", "pip", "list", "--format", "freeze"], environment, place)
    others = {line.partition("==")[0].lower() for line in names.splitlines()} - {"pip", "setuptools"}
    expect({name.partition(" ")[0] for name in others} == {"astroapers", "numpy"}, f"NumPy alone, not {sorted(others)}")
    rust = shutil.which("cargo", path=environment["PATH"])
    report(f"{package.name}: installed {'with' if rust else 'without'} Rust, runs; {said.strip()}")


def without_rust(environment: Mapping[str, str]) -> dict[str, str]:
    """
    Take every folder that has a Rust tool from the path.

    Parameters
    ----------
    environment : mapping of str to str
        Variables of a process.

    Returns
    -------
    dict
        The same, with a shorter path.
    """
    folders = environment["PATH"].split(os.pathsep)
    kept = [f for f in folders if not any(shutil.which(tool, path=f) for tool in ("cargo", "rustc"))]
    return {**environment, "PATH": os.pathsep.join(kept)}


def version() -> str:
    """
    Read the version, which stands in the workspace alone.

    Returns
    -------
    str
        Such as "1.2.3".
    """
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]
    return str(workspace["package"]["version"])


def run(command: list[str], environment: Mapping[str, str], place: Path) -> str:
    """
    Run a program; if it fails, show what it said and stop.

    Parameters
    ----------
    command : list of str
        Its words.
    environment : mapping of str to str
        Its variables.
    place : Path
        Its working directory.

    Returns
    -------
    str
        What it printed.
    """
    done = subprocess.run(command, env=environment, cwd=place, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"failed: {' '.join(command[:4])} ...\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(holds: bool, what: str) -> None:
    """
    Stop if something does not hold.

    Parameters
    ----------
    holds : bool
        Whether it does.
    what : str
        Its name.
    """
    if not holds:
        sys.exit(f"failed: {what}")


def report(line: str) -> None:
    """
    Print what was checked, at once.

    Parameters
    ----------
    line : str
        A line.
    """
    print(line, flush=True)


if __name__ == "__main__":
    main()
