"""The tutorials run as they are written, and every number in their prose comes from their own run."""

import ast
import contextlib
import hashlib
import io
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

TUTORIALS = Path(__file__).parent.parent / "docs" / "tutorials"
NAMES = sorted(path.stem for path in TUTORIALS.glob("*.md") if path.stem != "index")
CELL = re.compile(r"^```\{code-cell\} python3\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?!\w)")

# Numbers of the prose that no cell prints, as expressions of a notebook's own variables.
DERIVED = {
    "annulus_background": [
        "20.0 + 0.03 * x0 - 0.02 * y0",
        "apsum - src_npix * (20.0 + 0.03 * x0 - 0.02 * y0)",
        "100 * (1 - srcsum / (apsum - src_npix * (20.0 + 0.03 * x0 - 0.02 * y0)))",
        "src_npix / np.pi",
        "bad_pixels.sum()",
        "sky_values.size - sky_values_masked.size",
    ],
    "quick_start": ["1 / np.sqrt(2 * len(stars))"],
    "custom_weights": ["100 / np.sqrt(2 * n)"],
    "wedge_for_a_jet": ["360 / 24"],
}

# The seed of this project: its cells are kept to the letter, and so is what they print.
SEED = "annulus_background"
SEED_CELLS = "887c7c73a5af17f70ee9fbc16246ac693e4bb5b92c6c07589a645c30d0181bd7"
SEED_PRINTS = """\
Aperture sum: 2050.868
Sky median: 20.385
Source npix: 78.540
Source sum: 449.827 = apsum - npix * sky
Unmasked sky pixels: 451
Masked sky pixels: 438
Unmasked sky median: 20.385
Masked sky median: 20.372
Masked source npix: 78.540
Masked source sum: 450.871
"""


@dataclass(frozen=True)
class Run:
    """A notebook that has been run."""

    code: str
    prose: str
    printed: str
    variables: dict
    last: object
    figures: int


def cells_of(name):
    text = (TUTORIALS / f"{name}.md").read_text(encoding="utf-8")
    return CELL.findall(text), CELL.sub("", HEADER.sub("", text))


def run_cell(source, variables):
    """Run a cell; give the value of its last line if that is an expression, as a notebook does."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), variables)
    return None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), variables)


@cache
def run(name):
    cells, prose = cells_of(name)
    variables, printed, last, figures = {"__name__": "__main__"}, io.StringIO(), None, 0
    with mpl.rc_context(fname=TUTORIALS / "matplotlibrc"), contextlib.redirect_stdout(printed):
        for cell in cells:
            last = run_cell(cell, variables)
            figures += len(plt.get_fignums())
            for number in plt.get_fignums():
                plt.figure(number).canvas.draw()
            plt.close("all")
    return Run("\n".join(cells), prose, printed.getvalue(), variables, last, figures)


pytestmark = pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")


def says(value, stated):
    """Whether a value, rounded to the digits of a stated number, is that number."""
    digits = max(0, -Decimal(stated).as_tuple().exponent)
    return round(float(value), digits) == float(stated)


def test_all_topics_are_there():
    assert set(NAMES) >= {
        "annulus_background",
        "quick_start",
        "masks_and_boxes",
        "background",
        "many_apertures",
        "custom_weights",
        "mixed_annuli",
        "wedge_for_a_jet",
        "path_shapes",
        "one_call",
        "fits_files",
        "errors_and_flags",
        "galaxies",
        "crowded_sky",
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_number_in_the_prose_comes_from_the_run(name):
    done = run(name)
    known = {Decimal(number) for number in NUMBER.findall(done.printed)}
    known |= {abs(Decimal(number)) for number in NUMBER.findall(done.printed + done.code)}
    derived = [eval(expression, done.variables) for expression in DERIVED.get(name, ())]
    for stated in NUMBER.findall(done.prose):
        assert Decimal(stated) in known or any(says(value, stated) for value in derived), (
            f"{name} does not give {stated}"
        )
    for value, expression in zip(derived, DERIVED.get(name, ()), strict=True):
        assert any(says(value, stated) for stated in NUMBER.findall(done.prose)), f"{name} does not state {expression}"


@pytest.mark.parametrize("name", NAMES)
def test_one_to_three_figures(name):
    assert 1 <= run(name).figures <= 3


def test_the_seed_is_kept_to_the_letter():
    cells, _ = cells_of(SEED)
    assert hashlib.sha256("\n".join(cells).encode()).hexdigest() == SEED_CELLS


def test_the_seed_gives_the_numbers_it_gave():
    done = run(SEED)
    assert done.printed == SEED_PRINTS
    assert done.last == pytest.approx((20.385090278577795, 449.8267084524746), rel=0, abs=1e-9)
