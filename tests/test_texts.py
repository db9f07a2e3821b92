"""What the texts say of other packages and of the former one: every snippet runs, every number is measured."""

import doctest
import json
import math
import os
import re
import subprocess
from importlib import metadata
from pathlib import Path

import numpy as np
import photutils.aperture as pa
import pytest
import sep

import astroapers as aap

ROOT = Path(__file__).parent.parent
SNIPPET = re.compile(r"^```python\n(>>>.*?)^```\n", re.MULTILINE | re.DOTALL)
RECORDED = re.compile(r"^```\n\nVersion 0\.2\.0: `(.*)`$", re.MULTILINE)
RUN_ALL = """
import contextlib, io, json, sys, warnings
warnings.simplefilter("ignore")
variables, results = {}, []
for snippet in json.load(sys.stdin):
    for statement in snippet:
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(statement, variables)
        except Exception as error:
            result = type(error).__name__
            break
        result = printed.getvalue().strip()
    results.append(result or "no error")
print(json.dumps(results))
"""


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def installed(package):
    """Version of a package, or None."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def run_snippets(name):
    """Run the snippets of a page one after the other, as doctests that share their variables."""
    variables, runner = {}, doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    parser = doctest.DocTestParser()
    for number, snippet in enumerate(SNIPPET.findall(read(name))):
        test = parser.get_doctest(snippet, variables, f"{name}[{number}]", name, 0)
        runner.run(test, clear_globs=False)
        variables = test.globs
    return runner.summarize(verbose=False)


def test_differences_run():
    result = run_snippets("docs/differences.md")
    assert (result.failed, result.attempted) == (0, sum(map(len, statements())))


def statements():
    """Give the statements of each snippet of the page of differences."""
    parser = doctest.DocTestParser()
    return [[e.source for e in parser.get_examples(s)] for s in SNIPPET.findall(read("docs/differences.md"))]


def test_each_difference_records_the_former_result():
    page = read("docs/differences.md")
    first, *examples = statements()
    assert len(RECORDED.findall(page)) == len(examples) == page.count("\n### ")
    assert max(map(len, examples)) <= 4
    assert first[0].startswith("import")


def test_the_recorded_results_are_those_of_the_former_version():
    python = os.environ.get("ASTROAPERS_FORMER_PYTHON")
    if not python:
        pytest.skip("ASTROAPERS_FORMER_PYTHON names no interpreter that has version 0.2.0")
    done = subprocess.run(
        [python, "-c", RUN_ALL], input=json.dumps(statements()), cwd="/", capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)[1:] == RECORDED.findall(read("docs/differences.md"))


def test_migrating_runs():
    stated = dict(re.findall(r"(photutils|SEP) (\d+\.\d+\.\d+)", read("docs/migrating.md")))
    for package, version in stated.items():
        if installed(package.lower()) != version:
            pytest.skip(f"the page is about {package} {version}")
    assert run_snippets("docs/migrating.md").failed == 0


# ---------------------------------------------------------------- the table "What you can trust"

ONES = np.ones((60, 60))
HOLED = ONES.copy()
HOLED[30, 30] = np.nan
SPELLED = {
    "photutils": {
        "ellipse": lambda x, a, b: pa.EllipticalAperture((x, 30), a, b).do_photometry(ONES)[0][0],
        "nan": lambda: pa.CircularAperture((30, 30), 3).do_photometry(HOLED, mask=np.isnan(HOLED))[0][0],
        "rectangle": lambda w, h, t: pa.RectangularAperture((30, 30), w, h, theta=t).do_photometry(ONES)[0][0],
    },
    "sep": {
        "ellipse": lambda x, a, b: sep.sum_ellipse(ONES, [x], [30], a, b, 0.0, subpix=0)[0][0],
        "nan": lambda: sep.sum_circle(HOLED, [30], [30], 3, mask=np.isnan(HOLED), subpix=0)[0][0],
    },
}


def table():
    """Rows of the table: the call, the truth, and what each package gives."""
    section = read("README.md").split("## What you can trust")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(.*?)` \| (.*) \|$", section, re.MULTILINE)
    return section, [(call, [cell.strip(" *") for cell in cells.split("|")]) for call, cells in rows]


TRUTH = {
    "EllipAp((30, 30), 3.5, 2.5)": math.pi * 3.5 * 2.5,
    "EllipAp((30.5, 30), 3, 0.5)": math.pi * 3 * 0.5,
    "EllipAp((30, 30), 1.5, 0.25)": math.pi * 1.5 * 0.25,
    "RectAp((30, 30), 9, 3, theta=0.2)": 27.0,
    "PillAp((30, 30), w=6, a=2, b=4)": 48 + math.pi * 8,
    "CircAp((30, 30), 3)": math.pi * 9 - 1,
}


def test_our_column_is_the_truth():
    _, rows = table()
    assert {call for call, _ in rows} == set(TRUTH)
    for call, (truth, ours, *_) in rows:
        image = HOLED if call.startswith("CircAp") else ONES
        measured = eval(f"aap.{call}", {"aap": aap}).apsum_exact(image, np.isnan(image), return_npix=False)
        assert float(measured) == pytest.approx(TRUTH[call], rel=1e-15, abs=2e-14)
        assert truth == f"{TRUTH[call]:.6f}"
        assert ours == f"{float(measured):.6f}"


@pytest.mark.parametrize(("package", "column"), [("photutils", 2), ("sep", 3)])
def test_the_columns_of_others_are_measured(package, column):
    section, rows = table()
    version = re.search(rf"{package} (\d+\.\d+\.\d+)", section, re.IGNORECASE)[1]
    if installed(package) != version:
        pytest.skip(f"the table is about {package} {version}")
    arguments = {
        "EllipAp((30, 30), 3.5, 2.5)": ("ellipse", 30, 3.5, 2.5),
        "EllipAp((30.5, 30), 3, 0.5)": ("ellipse", 30.5, 3, 0.5),
        "EllipAp((30, 30), 1.5, 0.25)": ("ellipse", 30, 1.5, 0.25),
        "RectAp((30, 30), 9, 3, theta=0.2)": ("rectangle", 9, 3, 0.2),
        "CircAp((30, 30), 3)": ("nan",),
    }
    for call, cells in rows:
        name, *values = arguments.get(call, (None,))
        measure = SPELLED[package].get(name)
        assert cells[column] == ("no such shape" if measure is None else f"{measure(*values):.6f}"), call


def test_the_former_column_is_measured():
    python = os.environ.get("ASTROAPERS_FORMER_PYTHON")
    if not python:
        pytest.skip("ASTROAPERS_FORMER_PYTHON names no interpreter that has version 0.2.0")
    _, rows = table()
    head = (
        "import numpy as np, astroapers as aap\nONES = np.ones((60, 60)); HOLED = ONES.copy(); HOLED[30, 30] = np.nan"
    )
    snippets = [[head]]
    for call, _ in rows:
        image = "HOLED" if call.startswith("CircAp") else "ONES"
        total = f"aap.{call}.apsum_exact({image}, np.isnan({image}), return_npix=False)"
        snippets.append([f"print(f'{{{total}:.6f}}')"])
    done = subprocess.run(
        [python, "-c", RUN_ALL], input=json.dumps(snippets), cwd="/", capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)[1:] == [cells[4] for _, cells in rows]
